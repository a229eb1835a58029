"""The page of findings is what the program answers, and claims no more than its tests allow."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tools.write_findings import answers, page, survives

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(tmp_path_factory.mktemp("home")))
        return answers()


def test_the_page_is_what_the_program_answers(result):
    assert page(result) == PAGE, "python -m tools.write_findings renews it"


def test_every_category_of_the_catalogue_is_answered():
    with (ROOT / "data/events/catalogue.csv").open(encoding="utf-8", newline="") as lines:
        categories = {row["category"] for row in csv.DictReader(lines)}
    assert set(SECTIONS) == categories


def test_unusual_is_said_where_the_adjusted_p_is_at_most_five_per_cent(result):
    for row in result.tables["headline"]:
        if row["group"] in SECTIONS and row["window"] == "[0,1]":
            message = SECTIONS[row["group"]].strip().split("\n\n")[0]
            assert ("**Unusual**" in message) == (float(row["p_adjusted"] or 1) <= 0.05)
            assert ("**Unusual**" in message) == survives(row)
            assert "adjusted for" in message or "No verdict" in message


def test_a_null_names_the_smallest_mean_it_could_have_seen():
    for text in SECTIONS.values():
        assert ("Not unusual" in text) == ("would not be seen" in text)


def test_nothing_is_called_significant_or_a_cause():
    text = PAGE.casefold()
    assert "significan" not in text
    assert "because of" not in text
    assert "due to" not in text
