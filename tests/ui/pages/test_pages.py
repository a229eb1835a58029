"""Every page of the register opens from a cold link, whatever stands in it."""

import re

import pytest

from dashboard.models.messages import plural
from dashboard.ui.pages import PAGES
from tests.ui.app_in_test import open_page, words_of

HOSTILE = "<script>alert(1)</script>\x00" + "9" * 300
SETTINGS = [(page, param) for page in PAGES for param in page.params]


def named(page_param):
    return f"{page_param[0].id}-{page_param[1].key}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_a_page_opens_from_a_cold_link(page):
    app = open_page(page.url_path)
    assert not app.exception
    assert "Something went wrong" not in words_of(app)
    assert "Not investment advice" in words_of(app)


CANNOT_BE_TOGETHER = {"event", "robustness"}
"""Pages with settings that exclude one another: each is tried alone."""
LINKS = [
    (page, params)
    for page in PAGES
    for params in (
        [(param,) for param in page.params] if page.id in CANNOT_BE_TOGETHER else [page.params]
    )
]


@pytest.mark.parametrize(
    ("page", "params"), LINKS, ids=[f"{p.id}-{'-'.join(one.key for one in ps)}" for p, ps in LINKS]
)
def test_the_settings_of_a_link_come_back_as_they_were(page, params):
    app = open_page(page.url_path, **{param.key: list(param.example) for param in params})
    assert not app.exception
    for param in params:
        kept = app.query_params[param.key]
        assert tuple(kept if isinstance(kept, list) else [kept]) == param.example
    assert "ignored" not in words_of(app)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_unknown_settings_are_told_and_dropped(page):
    app = open_page(page.url_path, win="99", cat9="foo")
    assert not app.exception
    assert "win=99, cat9=foo." in words_of(app)
    assert app.query_params == {}


@pytest.mark.parametrize("page", [p for p in PAGES if p.params], ids=lambda page: page.id)
def test_settings_that_cannot_be_are_never_a_broken_page(page):
    app = open_page(page.url_path, **{param.key: HOSTILE for param in page.params})
    assert not app.exception
    words = words_of(app)
    assert "Something went wrong" not in words
    told = plural("{n:,} setting", "{n:,} settings", len(page.params))
    assert re.search(rf"{told} in this link (is|are) not valid and (was|were) ignored: ", words)
    assert app.query_params == {}


@pytest.mark.parametrize("setting", SETTINGS, ids=named)
def test_each_setting_refuses_what_it_cannot_be(setting):
    _, param = setting
    with pytest.raises(ValueError):
        param.read([HOSTILE])


def test_one_page_opens_first_and_paths_differ():
    paths = [page.url_path for page in PAGES]
    assert paths.count("") == 1
    assert len(set(paths)) == len(paths)
