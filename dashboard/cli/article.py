"""The command about articles: what is proposed from a text, and whether its claims are so."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from dashboard.cli.house import chosen_series, parts_of_house
from dashboard.cli.options import Arg, AsJson, Opt, RatesOf

if TYPE_CHECKING:
    from dashboard.assembly import Parts
    from dashboard.domain.article import Article

_LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def article(
    source: Annotated[
        str, Arg(metavar="FILE|URL|-", help="A page or a text; - is standard input.")
    ],
    *,
    published: Annotated[
        str | None,
        Opt(metavar="DATETIME", help="As 2025-04-22 or 2025-04-22T10:15, in Moscow time."),
    ] = None,
    rates: RatesOf = None,
    as_json: AsJson = False,
) -> None:
    """Propose dated events from an article and check what it claims about the rate."""
    from dashboard.services.get_rates import get_series, list_cards
    from dashboard.services.read_article import article_json, read_article
    from dashboard.ui import article_lines, terminal, typed

    given = typed.read_published("--published", published) if published is not None else None
    parts = parts_of_house()
    read = _read(parts, source)
    if rates:
        series = chosen_series(parts, rates).series
    else:
        series = tuple(get_series(parts.rates, card.id) for card in list_cards(parts.rates))
    reading = read_article(read, series, given)
    if as_json:
        terminal.show_json(article_json(reading))
        return
    terminal.mention(reading.article.messages)
    article_lines.show_article(reading)


def _read(parts: Parts, source: str) -> Article:
    from dashboard.assembly import article_from_bytes, article_from_file, article_from_link

    if source == "-":
        return article_from_bytes(sys.stdin.buffer.read(20_000_000), "standard input")
    if _LINK.match(source):
        return article_from_link(source, parts.settings)
    return article_from_file(Path(source))
