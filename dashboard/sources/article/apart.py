"""Reading a page in a process of its own, which is ended when it takes too long or too much.

Nothing bounds the libraries that find the text of a page: a page of a megabyte can keep them
busy for minutes. `python -m dashboard.sources.article.apart` is that process: a line of JSON
and the page on standard input, a line of JSON on standard output.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import dashboard
from dashboard.domain.article import Article, Published
from dashboard.domain.errors import InputError
from dashboard.sources.article.page import read_article

SECONDS: Final = 10.0
MEMORY: Final = 1_500_000_000
"""Bytes of address space that the process may take, where the system can limit it."""

_ROOT: Final = Path(dashboard.__file__).parents[1]


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
    command = [sys.executable, "-m", "dashboard.sources.article.apart"]
    too_much = f"{name}: is too large or too tangled to be read; paste the text of the article"
    try:
        done = subprocess.run(  # noqa: S603 - every word stands above
            command,
            input=json.dumps(told).encode() + b"\n" + content,
            cwd=_ROOT,
            capture_output=True,
            check=True,
            timeout=seconds,
        )
        answer = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, OSError):
        raise InputError(too_much) from None
    if "refused" in answer:
        raise InputError(answer["refused"])
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


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on every system
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """Read one page from standard input."""
    _limit_memory()
    told = json.loads(sys.stdin.buffer.readline())
    today = date.fromisoformat(told.pop("today"))
    try:
        article = read_article(sys.stdin.buffer.read(), told.pop("name"), today, **told)
    except InputError as refused:
        answer = {"refused": str(refused)}
    else:
        answer = _answer(article)
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
