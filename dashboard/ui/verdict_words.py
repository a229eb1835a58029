"""The words of a verdict on a claim: one choice for pages, reports and the command line."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from dashboard.domain.article import Claim, ClaimKind, Exactness
from dashboard.domain.claim_check import NeededBase, Truth
from dashboard.ui.wording import THIN, day, number

BASES: Final = {
    "previous": "the rate before",
    "week": "a week before",
    "month": "a month before",
    "quarter": "three months before",
    "year": "a year before",
    "year_end": "the last rate of the year before",
    "year_start": "the first rate of the year",
    "month_start": "the last rate of the month before",
    "since": "the day named",
}
HOW: Final = {
    Exactness.EXACT: "",
    Exactness.ABOUT: "about ",
    Exactness.MORE: "more than ",
    Exactness.LESS: "less than ",
}
LEVEL_HOW: Final = HOW | {Exactness.MORE: "above ", Exactness.LESS: "below "}
WORDS: Final = {
    Truth.TRUE: "true",
    Truth.ABOUT: "about so",
    Truth.FALSE: "false",
    Truth.UNKNOWN: "cannot be known",
}
MARKS: Final = {Truth.TRUE: "✓", Truth.ABOUT: "≈", Truth.FALSE: "✗", Truth.UNKNOWN: "?"}
FURTHER: Final = "goes back further"
ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_record(claim: Claim) -> bool:
    """Whether a claim says that nothing since some period was as strong, or as weak."""
    return claim.kind in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}


def verdict_word(claim: Claim, truth: Truth) -> str:
    """A verdict in words: `true`, `about so`, `goes back further`, `false`, `cannot be known`."""
    return FURTHER if truth == Truth.ABOUT and is_record(claim) else WORDS[truth]


def marked_verdict(claim: Claim, truth: Truth) -> str:
    """A verdict with its mark; a record that goes back further is not what was claimed."""
    word = verdict_word(claim, truth)
    return f"{MARKS[Truth.FALSE] if word == FURTHER else MARKS[truth]} {word}"


def reason_words(reason: str) -> str:
    """A reason with its days as people write them."""
    return ISO_DAY.sub(lambda found: day(date.fromisoformat(found[0])), reason)


def needed_words(claim: Claim, base: NeededBase) -> str:
    """The base that would make a change so, and when a series last was there."""
    gain = "gain" if claim.kind == ClaimKind.UP else "loss"
    need = (
        f"a {gain} of {number(claim.value or 0.0, claim.decimals)}{THIN}% counted in {base.quote}"
        f" needs a base of {number(base.rate, base.card.decimals)}"
    )
    if base.reached is None:
        return f"{need}, not reached in the data, which begin on {day(base.data_from.day)}"
    there = number(base.reached.rate, base.card.decimals)
    return f"{need}; last there on {day(base.reached.day)} ({there})"
