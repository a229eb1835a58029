"""The notebooks of the documentation, executed: what they answer is what they show."""

import io

import nbformat
import pandas as pd
import pytest

from dashboard.cli import run
from tools.run_notebooks import NOTEBOOKS, list_outputs, run_notebook, write_page

NAMES = ("first_study", "own_data", "panel")


def test_there_are_three():
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_answers_what_it_shows_and_its_page_shows_the_same(name):
    path = NOTEBOOKS / f"{name}.ipynb"
    shown = nbformat.read(path, as_version=4)
    executed = run_notebook(path)
    assert list_outputs(executed) == list_outputs(shown)
    assert any(list_outputs(shown))
    page = path.with_suffix(".md").read_text(encoding="utf-8")
    assert page == write_page(shown, name)


def test_the_first_study_shows_the_numbers_of_the_command_line(tmp_path):
    assert run(["study", "--category", "nato_remark", "--out", str(tmp_path)]) == 0
    written = pd.read_csv(tmp_path / "events.csv").head()
    averages = pd.read_csv(tmp_path / "averages.csv").query("group == 'all'")
    headline = pd.read_csv(tmp_path / "headline.csv").query("group == 'all'").iloc[0]
    outputs = list_outputs(nbformat.read(NOTEBOOKS / "first_study.ipynb", as_version=4))
    shown = next(texts[0] for texts in outputs if texts and "percentile" in texts[0])
    rows = pd.read_csv(io.StringIO(shown), sep=r"\s+", engine="python")
    assert rows["event_id"].tolist() == written["event_id"].tolist()
    for column in ("car", "p_value", "percentile"):
        assert rows[column].tolist() == pytest.approx(written[column].tolist(), abs=1e-6)
    path = next(texts[0] for texts in outputs if texts and "caar_low" in texts[0])
    means = pd.read_csv(io.StringIO(path), sep=r"\s+", engine="python")
    assert means["caar"].tolist() == pytest.approx(averages["caar"].round(5).tolist(), abs=1e-9)
    summary = next(texts[0] for texts in outputs if texts and "not unusual" in texts[0])
    assert f"p {headline['p_value']:.4f}" in summary
    assert f"mean {100 * headline['mean']:+.2f} log pts" in summary
