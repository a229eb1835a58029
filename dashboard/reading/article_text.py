"""A whole text read: its candidates and its claims."""

from __future__ import annotations

from datetime import date

from dashboard.domain.article import TEXT_MOST, Claim, Statement, TextReading
from dashboard.reading.claims import claims_in
from dashboard.reading.dateline import is_stamp, without_dateline
from dashboard.reading.sentences import plain_text, sentences
from dashboard.reading.statements import Before, statements_in


def read_text(text: str, published: date | None) -> TextReading:
    """What a text says, in its order.

    Args:
        text: of an article; what lies beyond `TEXT_MOST` characters is not read.
        published: the day from which "on Sunday" counts; None leaves such days open.
    """
    lines = (without_dateline(line) for line in plain_text(text[:TEXT_MOST]).split("\n"))
    kept = "\n".join(line for line in lines if not is_stamp(line))
    statements: list[Statement] = []
    claims: list[Claim] = []
    before, last = Before(), None
    for sentence in sentences(kept):
        found = claims_in(sentence.text, published, before.anchor, last)
        claims.extend(found)
        last = found[-1] if found else None
        candidates, before = statements_in(sentence, published, before)
        statements.extend(candidates)
    return TextReading(tuple(_once(statements)), tuple(claims))


def _once(statements: list[Statement]) -> list[Statement]:
    """Each candidate once: the same words may stand in the lead and below."""
    seen = {(each.day, each.end_day, each.actor, each.sentence): each for each in statements}
    return list(seen.values())
