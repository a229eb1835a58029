"""Reading a page apart: the process of `sources.apart` that runs the reader of articles."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from dashboard.domain.article import Article, Published
from dashboard.domain.errors import InputError
from dashboard.sources.apart import REFUSED, ask_apart, serve_apart
from dashboard.sources.article.page import read_article

SECONDS: Final = 10.0
MEMORY: Final = 1_500_000_000
"""Bytes of address space that the process may take, where the system can limit it."""


def read_apart(
    content: bytes,
    name: str,
    today: date,
    *,
    content_type: str = "",
    seconds: float = SECONDS,
) -> Article:
    """An article from the bytes of a page, as `read_article` reads it, or a refusal in time.

    Args:
        content: the page.
        name: what messages call it.
        today: the day it is read.
        content_type: what its server said about it.
        seconds: after which it is given up.

    Raises:
        InputError: it is no article, or cannot be read within the limits.
    """
    told = {"name": name, "today": today.isoformat(), "content_type": content_type}
    try:
        answer = ask_apart("dashboard.sources.article.apart", told, content, seconds)
    except ChildProcessError:
        msg = f"{name}: is too large or too tangled to be read; paste the text of the article"
        raise InputError(msg) from None
    if REFUSED in answer:
        raise InputError(answer[REFUSED])
    return _article(answer)


def _article(answer: dict[str, Any]) -> Article:
    published = answer.pop("published")
    if published is not None:
        moment = published["moment"]
        published = Published(
            date.fromisoformat(published["day"]),
            published["origin"],
            datetime.fromisoformat(moment) if moment else None,
        )
    return Article(published=published, **{**answer, "messages": tuple(answer["messages"])})


def _answer(article: Article) -> dict[str, Any]:
    published = article.published
    return {
        "text": article.text,
        "title": article.title,
        "author": article.author,
        "site": article.site,
        "messages": list(article.messages),
        "published": published and {
            "day": published.day.isoformat(),
            "origin": published.origin,
            "moment": published.moment.isoformat() if published.moment else None,
        },
    }  # fmt: skip


def _read(told: dict[str, Any], content: bytes) -> dict[str, Any]:
    today = date.fromisoformat(told.pop("today"))
    return _answer(read_article(content, told.pop("name"), today, **told))


if __name__ == "__main__":
    serve_apart(_read, MEMORY)
