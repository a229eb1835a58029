"""The table under a claim: a row for every source, base and quote, with dates and numbers."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.article import ClaimKind
from dashboard.domain.claim_answer import ClaimAnswer, ClaimRow
from dashboard.domain.event_view import Fixing
from dashboard.domain.series import SeriesCard
from dashboard.services.answer_claim import CHANGES
from dashboard.ui import claim_words as words
from dashboard.ui.claim_words import change_percent, moved_word
from dashboard.ui.text import escape_markdown
from dashboard.ui.verdict_words import BASES, is_record, reason_words, verdict_word
from dashboard.ui.wording import NOTHING, day, number

MARKET = "Market quotes, over the counter"
WHY = 400


def claim_columns(answer: ClaimAnswer) -> dict[str, list[str]]:
    """`plain_columns` as safe Markdown, the verdicts that the claim names in bold."""
    columns = plain_columns(answer)
    claimed = [group[0].verdict.is_claimed for group in _groups(answer.rows)]
    verdicts = columns["Verdict"]
    bold = [f"**{text}**" if is_bold else text
            for text, is_bold in zip(verdicts, claimed, strict=False)]  # fmt: skip
    return columns | {
        "Verdict": [*bold, *verdicts[len(bold) :]],
        "Source": [escape_markdown(cell) for cell in columns["Source"]],
        "Why": [escape_markdown(cell, WHY) for cell in columns["Why"]],
    }


def plain_columns(answer: ClaimAnswer) -> dict[str, list[str]]:
    """An answer as columns of plain text, the two quotes of a change in one row."""
    claim, groups = answer.claim, _groups(answer.rows)
    firsts = [group[0] for group in groups]
    columns = {
        "Verdict": [_verdicts(group, answer) for group in groups],
        "Source": [row.verdict.card.title for row in firsts],
        "That day": [_fixing(row.at, row.verdict.card) for row in firsts],
    }
    if claim.kind in CHANGES:
        columns |= {
            "Compared with": [base_words(row) for row in firsts],
            "Its rate": [_fixing(row.base, row.verdict.card) for row in firsts],
            "Change": [_change(group, answer) for group in groups],
        }
    elif is_record(claim):
        columns["Last at least as " + _positive(answer)] = [
            _fixing(row.base, row.verdict.card) for row in firsts
        ]
    columns["Why"] = [reason_words(row.verdict.reason) or NOTHING for row in firsts]
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


def _with_market(columns: dict[str, list[str]], answer: ClaimAnswer) -> dict[str, list[str]]:
    """A last row for what no source here holds."""
    reason = words.OVER_THE_COUNTER
    needed = [base for base in answer.needed if base.card.id == answer.main]
    if needed and answer.claim.kind in CHANGES:
        rates = " or ".join(number(base.rate, base.card.decimals) for base in needed)
        reason += f"; it would have to start from {rates}"
    last = {"Verdict": "cannot be known", "Source": MARKET, "Why": reason}
    return {name: [*cells, last.get(name, NOTHING)] for name, cells in columns.items()}


def _groups(rows: Sequence[ClaimRow]) -> list[list[ClaimRow]]:
    """The rows of one series and base together: they differ in the quote."""
    groups: dict[tuple[str, str], list[ClaimRow]] = {}
    for row in rows:
        groups.setdefault((row.verdict.card.id, row.verdict.base_name), []).append(row)
    return list(groups.values())


def _verdicts(group: Sequence[ClaimRow], answer: ClaimAnswer) -> str:
    """One verdict where both quotes agree, else that of each quote."""
    told = {row.verdict.quote: verdict_word(answer.claim, row.verdict.truth) for row in group}
    agree = len(set(told.values())) == 1
    if agree:
        return next(iter(told.values()))
    return "; ".join(f"{quote}: {word}" for quote, word in told.items())


def _fixing(fixing: Fixing | None, card: SeriesCard) -> str:
    """`80.7597, 21 Apr 2025 (record of 22 Apr 2025)`."""
    if fixing is None:
        return NOTHING
    told = f"{number(fixing.rate, card.decimals)}, {day(fixing.day)}"
    return told if fixing.record == fixing.day else f"{told} (record of {day(fixing.record)})"


def _change(group: Sequence[ClaimRow], answer: ClaimAnswer) -> str:
    """`stronger: RUB per USD −20.57 %, USD per RUB +25.90 %`."""
    if group[0].verdict.found is None:
        return NOTHING
    word = moved_word(answer.claim, group[0].verdict.found)
    sizes = [f"{row.verdict.quote} {change_percent(row, answer.claim)}" for row in group]
    return f"{word}: {', '.join(sizes)}"


def _positive(answer: ClaimAnswer) -> str:
    return "strong" if answer.claim.kind == ClaimKind.STRONGEST else "weak"
