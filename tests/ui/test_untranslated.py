"""In another language every page is in that language: no English is left but names and data.

The language is made of the catalogue: every letter of every message becomes another alphabet's.
Whatever is still in Latin letters on a page was never a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from dashboard.services.method import describe_method
from dashboard.sources.feeds.registry import FeedRegistry
from dashboard.ui import session
from dashboard.ui.index_page import APP_NAME
from dashboard.ui.pages import PAGES
from tests.made_catalogue import write_catalogue
from tests.shipped_catalogue import CATALOGUE, SCHEDULE
from tests.ui.app_in_test import open_page
from tools.update_messages import extract_template

# What a translator leaves as it is: placeholders, code, formulas, markup, addresses.
MARKUP = re.compile(
    r"\{[^{}]*\}|```.*?```|`[^`]*`|\$[^$]*\$|<[^<>]*>|&\w+;|:material/\w+:|:[a-z-]+\[|https?://\S+"
    r"|\]\([^()]*\)|YYYY-MM-DD",
    re.DOTALL,
)
ALPHABET = str.maketrans(
    {chr(ord(a) + n): chr(ord(b) + n) for a, b in ("aа", "AА") for n in range(26)}
)
NAMES = re.compile(
    r"\b[a-z]{3,5}:[\w.=^@]+|\w+/\w+|\b[A-Z]{3} per \w+|\b[A-Z]{3}\b|\w*_\w*|YYYY-MM-DD"
)
NAMES_OF_EVENTS = ("title", "actor", "source_name", "evidence")
WRITTEN_BY_READERS = {
    # Examples of what a reader may write; claims are understood in English and Russian.
    "the rouble is at about 80, its highest since June 2024, up more than 40 % this year",
    "rouble sanctions",
    'rouble "key rate"',
    "my own",
    APP_NAME,
}
SHOWING_FILES = {"data"}
"""Pages whose tables are the rows of a file, which are the same in every language."""
EXCLUSIVE = {"event", "robustness"}
"""Pages with settings that exclude one another: their examples make no link together."""
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,})+")
KEYS_OF_TEXTS = {"text", "name", "hovertemplate", "hovertext", "ticktext", "title"}
NO_TEXT = {"id", "key", "url", "icon", "form_id", "page_script_hash", "app_id", "url_pathname"}


def pseudo(text):
    """A message in the made language; of a plural both forms."""
    if isinstance(text, tuple):
        return tuple(pseudo(form) for form in (*text, text[1]))
    parts, last = [], 0
    for match in MARKUP.finditer(text):
        parts += [text[last : match.start()].translate(ALPHABET), match.group()]
        last = match.end()
    return "".join([*parts, text[last:].translate(ALPHABET)])


@cache
def translations():
    """The messages in the made language, by context; those without one by None."""
    texts = {None: {}}
    for message in extract_template():
        if message.id:
            texts.setdefault(message.context, {})[message.id] = pseudo(message.id)
    return texts


@pytest.fixture(autouse=True)
def made_language(tmp_path, monkeypatch):
    contexts = dict(translations())
    write_catalogue(tmp_path / "locale", "ru", contexts.pop(None), monkeypatch, contexts)


def texts_of_message(message):
    """Every text of an element as Streamlit sends it."""
    for field, value in message.ListFields():
        if field.name in NO_TEXT:
            continue
        for item in value if isinstance(value, (list, tuple)) or _is_repeated(value) else [value]:
            if isinstance(item, str):
                yield item
            elif hasattr(item, "ListFields"):
                yield from texts_of_message(item)


def _is_repeated(value):
    return hasattr(value, "__iter__") and not isinstance(value, (str, bytes, Mapping))


def texts_of_figure(node, key=""):
    if isinstance(node, dict):
        for name, value in node.items():
            yield from texts_of_figure(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from texts_of_figure(value, key)
    elif isinstance(node, str) and key in KEYS_OF_TEXTS:
        yield node


def texts_of_frame(frame, config):
    """The headings, of which a configured one has its label, and the cells."""
    yield from (str(config.get(name, {}).get("label") or name) for name in frame.columns)
    for name in frame.columns:
        yield from (value for value in frame[name] if isinstance(value, str))


def nodes_of(block):
    yield block
    for child in getattr(block, "children", {}).values():
        yield from nodes_of(child)


def texts_of(app, *, with_rows=True):
    """Every text of a page: of its elements, its tables and its figures."""
    for node in nodes_of(app._tree):
        proto = getattr(node, "proto", None)
        if proto is None or node.type == "code":
            continue
        if node.type == "plotly_chart":
            yield from texts_of_figure(json.loads(proto.spec))
        elif node.type == "dataframe":
            if with_rows:
                yield from texts_of_frame(node.value, json.loads(proto.columns or "{}"))
        elif node.type == "table":
            yield from texts_of_frame(node.value, {})
        else:
            yield from texts_of_message(proto)


def english(text, names):
    """The words of a text that are English, without markup and without names."""
    plain = fold(unescape(text))
    for before in plain.split("…")[:-1]:  # each may end with a name that is cut
        beginning = cut_name(before, names)
        plain = plain.replace(f"{beginning}…", "·") if beginning else plain
    for name in names:
        plain = plain.replace(fold(name), "·")
    return ENGLISH.findall(NAMES.sub("·", MARKUP.sub("·", plain)))


def cut_name(text, names):
    """The longest beginning of a name, of eight letters at least, with which a text ends."""
    beginnings = (
        name[:length]
        for name in map(fold, names)
        for length in range(8, len(name))
        if text.endswith(name[:length])
    )
    return max(beginnings, key=len, default="")


def fold(text):
    """A text without the marks that keep it text, and with blanks of one kind."""
    return re.sub(r"[ \u202f]%", "%", re.sub(r"[\\\u2060]", "", text)).replace("\u2011", "-")


@cache
def names():
    """Names and data, the longest first."""
    cards = session.get_live_context().known.all_cards()
    method = describe_method()
    texts = {row[column] for row in (*CATALOGUE, *SCHEDULE) for column in NAMES_OF_EVENTS}
    texts |= {name for card in cards for name in (card.publisher, card.unit, card.inverse_unit)}
    texts |= {feed.title for feed in FeedRegistry(Path()).bundled}
    texts |= {described.reference for described in (*method.models, *method.tests)}
    return sorted(filter(None, texts | WRITTEN_BY_READERS), key=len, reverse=True)


LINKS = [
    *((page, {}) for page in PAGES),
    *(
        (page, {param.key: list(param.example) for param in page.params})
        for page in PAGES
        if page.params and page.id not in EXCLUSIVE
    ),
]


@pytest.mark.parametrize(
    ("page", "link"), LINKS, ids=[f"{page.id}-{bool(link)}" for page, link in LINKS]
)
def test_a_page_in_another_language_has_no_english_sentence(page, link):
    app = open_page(page.url_path, lang="ru", **link)
    assert not app.exception
    texts = texts_of(app, with_rows=page.id not in SHOWING_FILES)
    left = {words for text in texts for words in english(text, names())}
    assert left == set()


def test_english_would_be_noticed():
    assert english("Мажор: not fetched yet `in code` and {n} rows", []) == ["not fetched yet"]
