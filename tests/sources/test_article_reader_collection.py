"""The collection of hostile pages: each is read as a careful person would, or refused in words."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date
from time import process_time

import pytest

from dashboard.models.errors import InputError
from dashboard.sources.article_reader import read_article, read_article_in_subprocess
from tests.article_collection import dates, texts

TODAY = date(2026, 11, 23)
PAGES = [*dates.PAGES, *texts.PAGES]
SECONDS = 10


def read(page):
    by = read_article_in_subprocess if page.in_subprocess else read_article
    return by(page.content, "page.html", TODAY, content_type=page.kind)


def published(article):
    if article.published is None:
        return ""
    moment = article.published.moment
    if moment is None:
        return article.published.day.isoformat()
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M}"


def test_the_collection_is_large_and_every_page_has_a_name_of_its_own():
    names = Counter(page.id for page in PAGES)
    assert max(names.values()) == 1
    assert len(PAGES) >= 70


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_a_page_of_the_collection_is_read_as_expected(page):
    began = process_time()
    article, refusal = tried(page)
    assert process_time() - began < SECONDS
    if page.refused is not None:
        assert page.refused in refusal
        assert "\n" not in refusal
        return
    if page.mentions:
        assert page.mentions in (refusal or "\n".join(article.messages))
        return
    assert refusal == ""
    assert published(article) == page.published
    assert page.says in "\n".join(article.messages)
    assert page.has in article.text
    assert page.title in article.title
    shown = "\n".join((article.title, article.text, article.author, article.site))
    assert not page.lacks or page.lacks not in shown


def tried(page):
    """The article, or why it is refused."""
    try:
        return read(page), ""
    except InputError as error:
        return None, str(error)
