"""Every figure is described in text and has its table, and every key is in the list of its page."""

import re

import pytest

from dashboard.ui.pages import PAGES
from tests.ui.app_in_test import open_page, page_to_read, unfold

LINKS = {
    "event": [{"id": "kellogg-nato-off-table-2025-04-20"}],
    "compare": [
        {"cat": "escalation", "bcat": "peace_talks", "part": part}
        for part in ("moves", "placebo", "carries", "when", "lost")
    ],
    "correlation": [{"part": part} for part in ("lags", "hits", "series", "path", "scores")],
    "method": [{"part": "sample"}],
    "facts": [{"day": "2025-04-21", "kind": "strongest", "since": "2024-06"}],
}
CASES = [(page, link) for page in PAGES for link in LINKS.get(page.id, [{}])]
TABLE_FOLDS = {
    "compare": ("moves", "part.method", "averages", "left_out", "heat"),
}
"""Folds that are filled when they are opened, and hold the tables behind the figures."""
FIGURES = {
    "explore", "event", "compare", "correlation", "counterfactual", "drivers", "facts", "method",
}  # fmt: skip
"""The figure of Robustness follows a run that goes on beside the page: test_robustness.py."""


def named(case):
    page, link = case
    return f"{page.id}-{link['part']}" if "part" in link else f"{page.id}-{len(link)}"


def tables(app):
    """The tables that are open, and the folds that promise one or the names of a number."""
    folds = [
        fold
        for fold in app.expander
        if re.search(r"table|events? (?:lost|used)", fold.label, re.IGNORECASE)
    ]
    return len(folds) + len(app.dataframe) + len(app.table)


def listed_keys(app):
    """The keys that the settings of a page list, one a line."""
    lines = "\n".join(text.value for text in app.markdown)
    return {key.lower() for key in re.findall(r"^`(\S+)` ", lines, re.MULTILINE)}


@pytest.mark.parametrize("case", CASES, ids=named)
def test_every_figure_has_words_and_a_table(case):
    page, link = case
    folds = [f"{page.id}.{name}" for name in TABLE_FOLDS.get(page.id, ())]
    app = (
        unfold(open_page(page.url_path, **link), *folds)
        if folds
        else page_to_read(page.url_path, **link)
    )
    figures = app.get("plotly_chart")
    assert bool(figures) == (page.id in FIGURES)
    for figure in figures:
        assert len(figure.proto.alt.split()) >= 5
    assert tables(app) >= len(figures)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_every_key_of_a_page_is_in_its_list(page):
    app = page_to_read(page.url_path, **LINKS.get(page.id, [{}])[0])
    keys = {button.proto.shortcut for button in app.button if button.proto.shortcut}
    assert keys | {"/", "?"} == listed_keys(app)


def test_the_keys_of_the_first_pages_are_those_that_are_promised():
    assert listed_keys(page_to_read("")) >= {"a", "n", "i", "e", "1", "2", "3", "4", "5"}
    assert listed_keys(page_to_read("event", **LINKS["event"][0])) >= {"a", "left", "right"}
    assert "a" in listed_keys(page_to_read("events"))
