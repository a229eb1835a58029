"""Sentences about what an article says and whether its claims are so."""

from __future__ import annotations

from typing import Final

from dashboard.domain.article import Article, Claim, ClaimKind, Precision, Statement
from dashboard.domain.claim_check import ClaimVerdict, Truth
from dashboard.domain.series import SeriesCard
from dashboard.ui import wording
from dashboard.ui.verdict_words import BASES, HOW, LEVEL_HOW, is_record, reason_words, verdict_word

ORIGINS: Final = {
    "given": "as given",
    "json-ld": "the page's description (JSON-LD)",
    "open-graph": "the page's description (Open Graph)",
    "time": "the page's <time>",
    "htmldate": "a date on the page, the hour is not known",
    "text": "the text itself, the hour is not known",
}
OPTIONS: Final = {
    "say it with --published 2025-04-22": "give the day above",
    "say with --published from which day its text counts": "give above the day it counts from",
    "; give a file, a link or - for standard input": "",
}


def published_line(article: Article) -> str:
    """When an article was published, and how that is known."""
    if article.published is None:
        return "published: not known"
    published = article.published
    when = wording.day(published.day)
    if published.moment is not None:
        when = wording.moment(published.moment)
    return f"published {when}: {ORIGINS.get(published.origin, published.origin)}"


def on_page(message: str) -> str:
    """A message of the reader, with the controls of the page instead of options."""
    for option, control in OPTIONS.items():
        message = message.replace(option, control)
    return message


def statement_day(statement: Statement) -> str:
    """The day or days of a candidate, as exactly as they are known."""
    if statement.day is None:
        return "open"
    if statement.said.moment is not None:
        return wording.moment(statement.said.moment)
    return wording.days(statement.day, statement.end_day)


def precision_words(statement: Statement) -> str:
    """How exactly the day is known, and what is doubtful about it."""
    words = {Precision.NONE: "not known"}.get(statement.said.precision, statement.said.precision)
    doubt = f"; {statement.said.doubt}" if statement.said.doubt else ""
    return f"“{statement.said.phrase}”, to the {words}{doubt}" if statement.day else (
        f"“{statement.said.phrase}”{doubt}"
    )  # fmt: skip


def claim_line(claim: Claim) -> str:
    """What a claim says, in the words of the glossary."""
    day = f" on {wording.day(claim.day)}" if claim.day else ""
    if claim.kind == ClaimKind.LEVEL:
        how = LEVEL_HOW[claim.exactness]
        return (
            f"{how}{wording.number(claim.value or 0, claim.decimals)} RUB per {claim.currency}{day}"
        )
    if is_record(claim):
        since = claim.since.phrase if claim.since else ""
        return f"the rouble's {claim.kind} against {claim.currency} since {since}{day}"
    word = "stronger" if claim.kind == ClaimKind.UP else "weaker"
    value = f"{wording.number(claim.value or 0, claim.decimals)}{wording.THIN}%"
    since = claim.since.phrase if claim.base == "since" and claim.since else BASES[claim.base]
    than = f"{HOW[claim.exactness]}{value} {word} than {since}"
    return f"the rouble {than}, against {claim.currency}{day}"


def verdict_line(claim: Claim, verdict: ClaimVerdict) -> str:
    """What one series says to a claim, with its numbers."""
    word = verdict_word(claim, verdict.truth)
    return f"{word}: {verdict.card.id}: {verdict_numbers(claim, verdict)}"


def verdict_numbers(claim: Claim, verdict: ClaimVerdict) -> str:
    """The numbers behind what one series says to a claim, or why there are none."""
    card, at = verdict.card, verdict.at
    if verdict.truth == Truth.UNKNOWN or at is None:
        return reason_words(verdict.reason)
    here = f"{_rate(at.rate, card)} on {wording.day(at.day)}"
    if claim.kind == ClaimKind.LEVEL:
        return here
    if is_record(claim):
        return f"{here}, {_record(claim, verdict)}"
    assert verdict.base is not None
    assert verdict.found is not None
    there = f"{BASES[verdict.base_name]}, {_rate(verdict.base.rate, card)}"
    also = "" if verdict.is_claimed else " (not the base of the claim)"
    sign = 1 if claim.kind == ClaimKind.UP else -1
    towards = "stronger" if sign * verdict.found >= 0 else "weaker"
    share = f"{wording.number(abs(verdict.found), 2)}{wording.THIN}%"
    return (
        f"{share} {towards} in {verdict.quote}, from {there} on"
        f" {wording.day(verdict.base.day)}, to {here}{also}"
    )


def _record(claim: Claim, verdict: ClaimVerdict) -> str:
    word = claim.kind
    if verdict.base is None:
        return f"the {word} there is: {reason_words(verdict.reason)}"
    there = f"{wording.day(verdict.base.day)} ({_rate(verdict.base.rate, verdict.card)})"
    said = claim.since.phrase if claim.since else ""
    away = "" if verdict.truth == Truth.TRUE else f", not {said}"
    return f"the {word} since {there}{away}"


def _rate(rate: float, card: SeriesCard) -> str:
    return wording.number(rate, card.decimals)
