"""The answer to a claim in words: question, verdict, reasons, and a paragraph to quote.

Every number comes from a `ClaimAnswer`; percentages carry the word for the rouble's direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from dashboard.domain.article import Claim, ClaimKind
from dashboard.domain.claim_answer import ClaimAnswer, ClaimRow
from dashboard.domain.claim_check import Truth
from dashboard.domain.date_rules import BANK_OF_RUSSIA
from dashboard.domain.event_view import Fixing
from dashboard.domain.series import SeriesCard
from dashboard.ui.verdict_words import (
    BASES,
    HOW,
    LEVEL_HOW,
    is_record,
    needed_words,
    reason_words,
    verdict_word,
)
from dashboard.ui.wording import THIN, day, listed, number, percent, weekday_day

OVER_THE_COUNTER: Final = (
    "over-the-counter market quotes are not in our data, so a sentence that rests on one can"
    " neither be confirmed nor refuted here"
)
OUTCOMES: Final = (
    (Truth.TRUE, "is so", "are so"),
    (Truth.ABOUT, "is nearly so", "are nearly so"),
    (Truth.FALSE, "is not", "are not"),
    (Truth.UNKNOWN, "cannot be known", "cannot be known"),
)
ICONS: Final = {
    Truth.TRUE: ":material/check_circle:",
    Truth.ABOUT: ":material/adjust:",
    Truth.FALSE: ":material/cancel:",
    Truth.UNKNOWN: ":material/help:",
}


def question(claim: Claim) -> str:
    """What is claimed, as a question: `Strongest since June 2024?`."""
    if claim.kind == ClaimKind.LEVEL:
        how = LEVEL_HOW[claim.exactness] or "at "
        return f"{_capital(how)}{_value(claim)} RUB per {claim.currency}?"
    if is_record(claim):
        return f"{_capital(claim.kind)} since {_since(claim)}?"
    word = "stronger" if claim.kind == ClaimKind.UP else "weaker"
    than = _capital(f"{HOW[claim.exactness]}{_value(claim)}{THIN}% {word}")
    return f"{than} than {_claimed_base(claim)}?"


def overall(answer: ClaimAnswer) -> Truth:
    """What the main series says: the best of the rows that the claim names.

    A record that goes back further than claimed counts as false: the sentence is not exact.
    """
    found = {row.verdict.truth for row in answer.of_main}
    if is_record(answer.claim) and Truth.ABOUT in found:
        return Truth.FALSE
    order = (Truth.TRUE, Truth.ABOUT, Truth.FALSE)
    return next((truth for truth in order if truth in found), Truth.UNKNOWN)


def headline(answers: Sequence[ClaimAnswer]) -> str:
    """What came out, before anything else: `Of 3 claims, 1 is so and 2 are not`."""
    if not answers:
        return "Is that so? A claim about the rouble, checked"
    if len(answers) == 1:
        verdict, *_ = answer_words(answers[0]).rstrip(".").split(": ")
        return f"{question(answers[0].claim)} {verdict}"
    found = [overall(answer) for answer in answers]
    told = [
        f"{found.count(truth)} {one if found.count(truth) == 1 else more}"
        for truth, one, more in OUTCOMES
        if truth in found
    ]
    return f"Of {len(answers)} claims, {listed(told)}"


def answer_words(answer: ClaimAnswer) -> str:
    """The verdict in one sentence: `No, it was stronger: strongest since 30 May 2023 …`."""
    if not answer.of_main:
        return f"Cannot be known: there is no series of RUB per {answer.claim.currency}."
    row = answer.of_main[0]
    if overall(answer) == Truth.UNKNOWN or row.at is None:
        return f"Cannot be known: {reason_words(row.verdict.reason)}."
    if answer.claim.kind == ClaimKind.LEVEL:
        return f"{_yes_or_no(answer)}: {_there(row.at, row.verdict.card)}."
    if is_record(answer.claim):
        return f"{_record(answer.claim, row)}."
    return f"{_yes_or_no(answer)}: {_changes(answer)}."


def needed_of(answer: ClaimAnswer) -> tuple[str, ...]:
    """The bases that would make a change so, of the main series; nothing where it is so."""
    if overall(answer) == Truth.TRUE:
        return ()
    needed = [base for base in answer.needed if base.card.id == answer.main]
    return tuple(needed_words(answer.claim, base) for base in needed)


def others_words(answer: ClaimAnswer) -> str:
    """What the other sources say, in one sentence; empty where there are none."""
    told: dict[str, str] = {}
    for row in answer.rows:
        card = row.verdict.card
        if card.id != answer.main and row.verdict.is_claimed:
            told.setdefault(card.title, verdict_word(answer.claim, row.verdict.truth))
            if row.verdict.truth == Truth.TRUE:
                told[card.title] = verdict_word(answer.claim, row.verdict.truth)
    return "; ".join(f"{title}: {word}" for title, word in told.items())


def shift_words(answer: ClaimAnswer) -> str:
    """That the day has no rate of its own and which one stands in; empty where it has."""
    row = next(iter(answer.of_main), None)
    asked = answer.claim.day
    if row is None or row.at is None or asked is None or row.at.day == asked:
        return ""
    card, used = row.verdict.card, row.at
    rests = "a weekend day" if asked.weekday() >= 5 else "a day without a rate"
    if card.date_rule == BANK_OF_RUSSIA.id:
        force = f"the rate in force, fixed on {day(used.day)} and dated {day(used.record)}"
    else:
        force = f"the last one before it, of {day(used.day)}"
    return f"{weekday_day(asked)} is {rests} of {card.title}: {force}, is used."


def paragraph(answers: Sequence[ClaimAnswer], as_of: str, address: str) -> str:
    """A few plain sentences with every number, date and source, for a newspaper.

    Args:
        answers: of one text or one question.
        as_of: until when the numbers are known.
        address: the link to this view; may be empty.
    """
    said: set[tuple[str, date]] = set()
    told = [_told(answer, said).strip() for answer in answers]
    cards = {row.verdict.card.id: row.verdict.card for a in answers for row in a.of_main if row.at}
    sources = "; ".join(f"{card.title}, {card.source_url}" for card in cards.values())
    source = f"Source: {sources}; as known on {as_of}." if sources else ""
    return " ".join(part for part in (*told, source, address) if part)


# ---------------------------------------------------------------- parts of sentences


def _yes_or_no(answer: ClaimAnswer) -> str:
    word = {Truth.TRUE: "Yes", Truth.ABOUT: "Nearly"}.get(overall(answer), "No")
    truths = {row.verdict.truth for row in answer.of_main}
    if word == "Yes" and len(truths) > 1:
        return "Only counted in one way"
    return word


def _record(claim: Claim, row: ClaimRow) -> str:
    verdict, word = row.verdict, str(claim.kind)
    than = "stronger" if claim.kind == ClaimKind.STRONGEST else "weaker"
    if row.base is None:
        return f"No, it was {than}: the {word} there is, {reason_words(verdict.reason)}"
    there = _on(row.base, verdict.card)
    if verdict.truth == Truth.TRUE:
        return f"Yes: {word} since {there}"
    if verdict.truth == Truth.ABOUT:
        return f"No, it was {than}: {word} since {there}"
    return f"No: it was at least as {_positive(claim)} later than that, on {there}"


def _changes(answer: ClaimAnswer) -> str:
    """`stronger by 20.57 % in RUB per USD and 25.90 % in USD per RUB than the last rate …`."""
    by_base: dict[str, list[ClaimRow]] = {}
    for row in answer.of_main:
        if row.base is not None and row.verdict.found is not None:
            by_base.setdefault(row.verdict.base_name, []).append(row)
    return "; ".join(_change(rows, answer.claim) for rows in by_base.values())


def _change(rows: Sequence[ClaimRow], claim: Claim) -> str:
    first = rows[0]
    assert first.base is not None
    word = moved_word(claim, first.verdict.found or 0.0)
    sizes = ", ".join(f"{row.verdict.quote} {change_percent(row, claim)}" for row in rows)
    named = first.verdict.base_name
    base = "the rate then" if named == "since" else BASES[named]
    joint = "and as it was at" if word == "unchanged" else "than"
    return f"{word} ({sizes}) {joint} {base}, {_on(first.base, first.verdict.card)}"


def change_percent(row: ClaimRow, claim: Claim) -> str:
    """The signed change of the number in the row's own quote: `−20.57 %` of RUB per USD."""
    verdict = row.verdict
    sign = 1 if claim.kind == ClaimKind.UP else -1
    of_quote = -sign if verdict.quote == verdict.card.unit else sign
    return percent(of_quote * (verdict.found or 0.0), 2)


def moved_word(claim: Claim, found: float) -> str:
    """The rouble's direction of a change that is told in the claim's own sign."""
    if abs(found) < 5e-5:
        return "unchanged"
    return "stronger" if (found > 0) == (claim.kind == ClaimKind.UP) else "weaker"


def _told(answer: ClaimAnswer, said: set[tuple[str, date]]) -> str:
    """One sentence; the rate of a day is told once."""
    claim, row = answer.claim, next(iter(answer.of_main), None)
    if row is None or row.at is None:
        return f"{question(claim)} {answer_words(answer)}"
    card, at = row.verdict.card, row.at
    here = ""
    if (card.id, at.day) not in said:
        here = f"On {day(at.day)} the {_name(card)} stood at {_printed(at, row)}."
        said.add((card.id, at.day))
    if overall(answer) == Truth.UNKNOWN:
        return f"{here} {question(claim)} {answer_words(answer)}"
    if claim.kind == ClaimKind.LEVEL:
        return here
    if is_record(claim):
        return f"{here} {_record_told(claim, row)}."
    needed = needed_of(answer)
    more = f" {_capital('; '.join(needed))}." if needed and _is_towards(answer) else ""
    return f"{here} The rouble was {_changes(answer)}.{more}"


def _is_towards(answer: ClaimAnswer) -> bool:
    """Whether the rouble moved in the direction that is claimed."""
    return any((row.verdict.found or 0.0) > 0 for row in answer.of_main)


def _record_told(claim: Claim, row: ClaimRow) -> str:
    if row.base is None:
        return f"It was the rouble's {claim.kind} in the data: {reason_words(row.verdict.reason)}"
    there = f"{day(row.base.day)} ({_printed(row.base, row)})"
    if row.verdict.truth == Truth.FALSE:
        return (
            f"It was not the rouble's {claim.kind} since {_since(claim)}: the rouble was at least"
            f" as {_positive(claim)} on {there}"
        )
    words = f"It was the rouble's {claim.kind} since {there}"
    return words if row.verdict.truth == Truth.TRUE else f"{words}, not since {_since(claim)}"


def _name(card: SeriesCard) -> str:
    if card.date_rule == BANK_OF_RUSSIA.id and card.quantity.startswith("official"):
        return f"official rate of the {card.publisher}"
    return card.title


def _printed(fixing: Fixing, row: ClaimRow) -> str:
    """`80.7597 RUB per USD (record of 22 Apr 2025)`."""
    card = row.verdict.card
    rate = f"{number(fixing.rate, card.decimals)} {card.unit}"
    return rate if fixing.record == fixing.day else f"{rate}, record of {day(fixing.record)}"


def _there(fixing: Fixing, card: SeriesCard) -> str:
    return f"{number(fixing.rate, card.decimals)} {card.unit} on {day(fixing.day)}"


def _on(fixing: Fixing, card: SeriesCard) -> str:
    return f"{day(fixing.day)} ({number(fixing.rate, card.decimals)})"


def _claimed_base(claim: Claim) -> str:
    if claim.base == "since":
        return f"in {_since(claim)}" if claim.since and claim.since.end_day != claim.since.day \
            else f"on {_since(claim)}"  # fmt: skip
    if claim.base == "year_start":
        return "at the start of the year"
    return BASES[claim.base]


def _since(claim: Claim) -> str:
    return claim.since.phrase if claim.since else ""


def _value(claim: Claim) -> str:
    return number(claim.value or 0.0, claim.decimals)


def _positive(claim: Claim) -> str:
    return "strong" if claim.kind == ClaimKind.STRONGEST else "weak"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def day_of(answers: Sequence[ClaimAnswer]) -> date | None:
    """The first day of which a claim speaks."""
    return next((answer.claim.day for answer in answers if answer.claim.day), None)
