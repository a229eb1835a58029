"""The language of a page comes from its link, stays in it, and is English where there is none."""

import pytest

from dashboard.models.messages import set_default_language
from tests.made_catalogue import write_catalogue
from tests.ui.app_in_test import open_page, words_of

DISCLAIMER = "Research tool. Moves near an event are not proof of cause. Not investment advice."


@pytest.fixture(autouse=True)
def pseudo_language(tmp_path, monkeypatch):
    write_catalogue(
        tmp_path,
        "ru",
        {
            DISCLAIMER: "[[A tool]]",
            "Method": "[[Method]]",
            "Rate: {series}": "[[Rate]] {series}",
            ("{n:,} event in the catalogue", "{n:,} events in the catalogue"): (
                "[[{n} event]]", "[[{n} events]]", "[[{n} events]]",
            ),
        },
        monkeypatch,
    )  # fmt: skip


def test_the_link_chooses_the_language_and_keeps_it():
    page = open_page("method", lang="ru")
    assert "[[A tool]]" in words_of(page)
    assert "[[Method]]" in [title.value for title in page.title]
    assert "[[Rate]] USD/RUB" in words_of(page)
    assert " events]]" in words_of(page)
    assert page.query_params["lang"] == "ru"


def test_without_a_language_the_page_is_english():
    page = open_page("method")
    assert DISCLAIMER in words_of(page)
    assert "[[" not in words_of(page)


def test_an_unknown_language_is_english_with_one_line():
    page = open_page("method", lang="tlh")
    assert DISCLAIMER in words_of(page)
    assert [info.value for info in page.info] == [
        "There are no texts in the language “tlh” of this link: they are in English."
    ]


def test_without_a_language_of_the_link_it_is_that_of_the_process(monkeypatch):
    monkeypatch.setenv("DASHBOARD_LANGUAGE", "ru")
    try:
        for link in ({}, {"lang": "tlh"}):
            page = open_page("method", **link)
            assert "[[A tool]]" in words_of(page)
    finally:
        set_default_language("en")
