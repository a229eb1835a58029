"""The page of findings: its figures are those of the program, and its sentences use no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.write_findings import CATEGORIES, findings

PAGE = (Path(__file__).parents[1] / "docs" / "findings.md").read_text(encoding="utf-8")
MARKED = re.compile(r"<!-- figures: (\w+) -->\n(.*?)\n<!-- end -->\n(.*?)(?=\n## |\Z)", re.DOTALL)
PRINTED = {name: (figures, prose) for name, figures, prose in MARKED.findall(PAGE)}
BIG = re.compile(r"[+−]?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(tmp_path_factory.mktemp("home")))
        return dict(findings())


def test_every_category_has_its_figures_and_its_sentences():
    assert tuple(PRINTED) == CATEGORIES
    assert all(len(prose) > 500 for _, prose in PRINTED.values())


@pytest.mark.parametrize("category", CATEGORIES)
def test_the_figures_are_those_of_the_program(told, category):
    assert PRINTED[category][0] == told[category], "python -m tools.write_findings renews them"


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_sentence_uses_no_number_that_is_not_among_the_figures(category):
    figures, prose = PRINTED[category]
    known = set(BIG.findall(figures)) | {each.lstrip("+−") for each in BIG.findall(figures)}
    spoken = set(BIG.findall(prose.replace("[0,1]", ""))) - {"0"}
    assert spoken <= known, spoken - known


@pytest.mark.parametrize("category", CATEGORIES)
def test_nothing_is_called_significant_or_a_cause(category):
    prose = PRINTED[category][1].casefold()
    assert "significan" not in prose
    assert "because of" not in prose
    assert "due to" not in prose
    assert "adjusted" in prose
