"""The table under a claim: a row for every source, base and quote, with dates and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.article import ClaimKind
from dashboard.domain.claim_answer import ClaimAnswer, ClaimRow
from dashboard.domain.event_view import Fixing
from dashboard.domain.series import SeriesCard
from dashboard.ui import claim_words as words
from dashboard.ui.article_words import BASES
from dashboard.ui.claim_words import change_percent, moved_word, reason_words, verdict_words
from dashboard.ui.text import escape_markdown
from dashboard.ui.wording import NOTHING, day, number

MARKET = "Market quotes, over the counter"


def claim_columns(answer: ClaimAnswer) -> dict[str, list[str]]:
    """The rows of an answer as columns; every cell is safe Markdown."""
    claim, rows = answer.claim, answer.rows
    columns = {
        "Verdict": [_bold(row, verdict_words(row, claim)) for row in rows],
        "Source": [escape_markdown(row.verdict.card.title) for row in rows],
        "That day": [_fixing(row.at, row.verdict.card) for row in rows],
    }
    if claim.kind in words.CHANGES:
        columns |= {
            "Compared with": [base_words(row) for row in rows],
            "Its rate": [_fixing(row.base, row.verdict.card) for row in rows],
            "Quote": [row.verdict.quote or NOTHING for row in rows],
            "Change": [_change(row, answer) for row in rows],
        }
    elif words.is_record(claim):
        columns["Last at least as " + _positive(answer)] = [
            _fixing(row.base, row.verdict.card) for row in rows
        ]
    columns["Why"] = [escape_markdown(reason_words(row.verdict.reason)) or NOTHING for row in rows]
    return _with_market(columns, answer)


def claim_lines(answer: ClaimAnswer) -> list[str]:
    """The same rows as short paragraphs, for a narrow screen; safe Markdown."""
    columns = claim_columns(answer)
    names = [name for name in columns if name not in {"Verdict", "Source", "Why"}]
    lines = []
    for k, (verdict, source) in enumerate(zip(columns["Verdict"], columns["Source"], strict=True)):
        told = [f"{name}: {columns[name][k]}" for name in names if columns[name][k] != NOTHING]
        why = columns["Why"][k]
        lines.append(" · ".join([f"{verdict} {source}", *told, *([why] if why != NOTHING else [])]))
    return lines


def base_words(row: ClaimRow) -> str:
    """The name of the base of a row; one that the claim does not name is marked so."""
    name = row.verdict.base_name
    if not name:
        return NOTHING
    return BASES[name] if row.verdict.is_claimed else f"{BASES[name]} (not claimed)"


def other_columns(answers: Sequence[ClaimAnswer]) -> dict[str, list[str]]:
    """One row a claim: what is asked, what the main series says, what the others say."""
    return {
        "Claim": [escape_markdown(words.question(answer.claim)) for answer in answers],
        "Verdict": [words.WORDS[words.overall(answer)] for answer in answers],
        "Other sources": [escape_markdown(words.others_words(answer), 500) for answer in answers],
    }


def _with_market(columns: dict[str, list[str]], answer: ClaimAnswer) -> dict[str, list[str]]:
    """A last row for what no source here holds."""
    reason = words.OVER_THE_COUNTER
    needed = [base for base in answer.needed if base.card.id == answer.main]
    if needed and answer.claim.kind in words.CHANGES:
        rates = " or ".join(number(base.rate, base.card.decimals) for base in needed)
        reason += f"; it would have to start from {rates}"
    last = {"Verdict": "cannot be known", "Source": MARKET, "Why": escape_markdown(reason, 400)}
    return {name: [*cells, last.get(name, NOTHING)] for name, cells in columns.items()}


def _bold(row: ClaimRow, word: str) -> str:
    return f"**{word}**" if row.verdict.is_claimed else word


def _fixing(fixing: Fixing | None, card: SeriesCard) -> str:
    """`80.7597, 21 Apr 2025 (record of 22 Apr 2025)`."""
    if fixing is None:
        return NOTHING
    told = f"{number(fixing.rate, card.decimals)}, {day(fixing.day)}"
    return told if fixing.record == fixing.day else f"{told} (record of {day(fixing.record)})"


def _change(row: ClaimRow, answer: ClaimAnswer) -> str:
    if row.verdict.found is None:
        return NOTHING
    word = moved_word(answer.claim, row.verdict.found)
    return f"{change_percent(row, answer.claim)} {word}"


def _positive(answer: ClaimAnswer) -> str:
    return "strong" if answer.claim.kind == ClaimKind.STRONGEST else "weak"
