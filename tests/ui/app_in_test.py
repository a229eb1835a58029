"""The product as AppTest opens it: one page from a cold link, with a store of its own."""

from __future__ import annotations

import json
import re
import tempfile
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import dashboard.app

SCRIPT = Path(dashboard.app.__file__)
SECONDS = 180  # what is broken takes longer, and a crowded machine less


def open_page(url_path="", **link):
    """Open a page from a link, as a new reader would; values are texts or lists of texts."""
    st.cache_resource.clear()
    app = AppTest.from_file(SCRIPT, default_timeout=SECONDS)
    for key, value in link.items():
        app.query_params[key] = value
    # AppTest.switch_page knows pages that are files; ours are functions, found by their path.
    app._page_hash = calc_hash(url_path) if url_path else ""
    return app.run()


def page_to_read(url_path="", **link):
    """A page on the shipped data alone, opened once for all tests: they only read it."""
    return _page_to_read(url_path, json.dumps(link, sort_keys=True))


@cache
def _page_to_read(url_path, link):
    folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with folder as home, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", home)
        patch.delenv("DATABASE_URL", raising=False)
        app = open_page(url_path, **json.loads(link))
        st.cache_resource.clear()  # nothing may go on with a home that is gone
    return app


MARKDOWN = ("markdown", "caption", "header", "subheader", "title", "info", "warning")


def words_of(app, kinds=(*MARKDOWN, "text")):
    """Everything a page says, one text a line."""
    said = [element.value for kind in kinds for element in app.get(kind)]
    return "\n".join(str(text) for text in said)


def figure_of(app):
    """The first figure of a page as a dictionary."""
    return json.loads(app.get("plotly_chart")[0].proto.spec)


def press(app, label):
    """Press the first button of this label."""
    return next(button for button in app.button if button.label == label).click().run()


def as_read(app):
    """What a page says as a reader sees it, without the marks that keep it text."""
    return words_of(app).replace("\\", "").replace("\u2060", "")


def figures_of(app):
    """Every figure of a page as a dictionary."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def tables_of(app):
    """The values of every static table."""
    return [table.value for table in app.table]


def code_of(app):
    """The text of every block of code."""
    return [block.value for block in app.code]


def unfold(app, *keys):
    """Open folds and menus that are filled when they are opened, by their keys."""
    for key in keys:
        app.session_state[key] = True
    return app.run()


HOSTILE = "<img src=x> ![a](http://x) <b>"


def has_markup(app):
    """Whether any Markdown of a page, its buttons, links and tables holds `HOSTILE` unescaped."""
    cells = [cell for table in tables_of(app) for cell in table.to_numpy().ravel()]
    labels = [f"{button.label} {button.help}" for button in app.button]
    labels += [link.proto.label for link in app.get("page_link")]
    shown = "\n".join([words_of(app, (*MARKDOWN, "error", "toast")), *map(str, cells), *labels])
    return re.search(r"(?<!\\)(<img|!\[|\[a|<b>)|http://x", shown) is not None
