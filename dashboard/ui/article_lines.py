"""What `article` prints: candidates with their sentences, claims with their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.domain.claim_check import CheckedClaim, Truth
from dashboard.ui import article_words as words
from dashboard.ui import terminal
from dashboard.ui.text import clean
from dashboard.ui.verdict_words import needed_words

if TYPE_CHECKING:
    from dashboard.services.read_article import ArticleReading


def show_article(reading: ArticleReading) -> None:
    """Print what is proposed from an article; every candidate beside its sentence."""
    article = reading.article
    if article.title:
        _say(article.title)
    _say(words.published_line(article))
    _say(f"\n{_count(len(reading.statements), 'candidate')}; nothing is stored")
    for number, statement in enumerate(reading.statements, 1):
        actor = statement.actor or "nobody named"
        _say(f"\n{number}. {words.statement_day(statement)} · {actor} · {statement.category}")
        _say(f"   {words.precision_words(statement)}")
        _say(f"   {statement.sentence}")
    _say(f"\n{_count(len(reading.claims), 'claim')} about the rate")
    for number, checked in enumerate(reading.claims, 1):
        _show_claim(number, checked)


def _show_claim(number: int, checked: CheckedClaim) -> None:
    claim = checked.claim
    _say(f"\n{number}. “{claim.phrase}”: {words.claim_line(claim)}")
    for verdict in checked.verdicts:
        _say(f"   {words.verdict_line(claim, verdict)}")
    held = {Truth.TRUE} & {each.truth for each in checked.verdicts if each.is_claimed}
    for needed in () if held else checked.needed:
        _say(f"   {needed.card.id}: {needed_words(claim, needed)}")
    if not checked.verdicts:
        _say(f"   {Truth.UNKNOWN}: there is no series of RUB per {claim.currency}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number or 'no'} {noun}s"


def _say(line: str) -> None:
    indent = len(line) - len(line.lstrip(" \n"))
    terminal.say(line[:indent] + clean(line[indent:]))
