"""Bundle a claim check: the claims, the rates they were held against, every verdict as a table."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dashboard.domain.article import Claim, ClaimKind, Exactness, Precision, SaidDate
from dashboard.domain.claim_answer import ClaimAnswer, ClaimRow
from dashboard.domain.errors import InputError
from dashboard.domain.series import RateSeries
from dashboard.services.answer_claim import ASKED_BASES, CHANGES, answer_claim
from dashboard.services.bundle_study import (
    Contents,
    may_be_passed_on,
    sealed_bundle,
    without_levels,
)
from dashboard.services.compare_sources import series_behind
from dashboard.services.export_tables import MadeOf, table_bytes

CLAIMS: Final = "claims"
"""The kind of such a bundle."""
MOST_CLAIMS: Final = 50
MOST_DECIMALS: Final = 12
MOST: Final = 1e12
CURRENCY: Final = 8


@dataclass(frozen=True, slots=True)
class AskedClaims:
    """Claims, each of a known day, the series that are known, and the one spoken of first."""

    claims: tuple[Claim, ...]
    series: tuple[RateSeries, ...]
    main: str = ""


def claims_bundle(asked: AskedClaims, made: MadeOf) -> bytes:
    """The bundle of a claim check; the sentence that the claims were read from is not in it.

    Raises:
        InputError: it is too large, or a claim is of no day.
    """
    used = AskedClaims(asked.claims, series_used(asked), asked.main)
    if any(claim.day is None for claim in used.claims):
        msg = "claim: the day is not known; say when the text was printed"
        raise InputError(msg)
    contents = Contents(
        {},
        claim_results(used),
        tuple((each, "studied") for each in used.series),
        {
            "parameters": dict(made.parameters),
            "claims": [claim_json(claim) for claim in used.claims],
            "main": used.main,
            "counts": {"claims": len(used.claims)},
        },
    )
    return sealed_bundle(CLAIMS, _question(used.claims), contents, made)


def series_used(asked: AskedClaims) -> tuple[RateSeries, ...]:
    """The series that the claims are held against, and those that a dollar is implied from."""
    units = {f"RUB per {claim.currency}" for claim in asked.claims}
    behind = series_behind(asked.series) if "RUB per USD" in units else ()
    return tuple(
        each
        for each in asked.series
        if not each.card.bar_minutes and (each.card.unit in units or each.card.id in behind)
    )


def claim_results(asked: AskedClaims) -> dict[str, bytes]:
    """`claims.csv` and `needed_bases.csv`; levels that may not be passed on are empty."""
    answers = [answer_claim(claim, asked.series, asked.main) for claim in asked.claims]
    files = {
        f"{name}.csv": table_bytes(
            name, [row for k, answer in enumerate(answers, 1) for row in rows(k, answer)]
        )
        for name, rows in (("claims", _rows), ("needed_bases", _needed))
    }
    cards = {row.verdict.card.id: row.verdict.card for answer in answers for row in answer.rows}
    kept_back = {name for name, card in cards.items() if not may_be_passed_on(card)}
    return {name: without_levels(content, kept_back) for name, content in files.items()}


def claim_json(claim: Claim) -> dict[str, Any]:
    """A claim as JSON values, without the words it was read from."""
    assert claim.day is not None
    since = claim.since
    return {
        "kind": str(claim.kind),
        "currency": claim.currency,
        "value": claim.value,
        "exactness": str(claim.exactness),
        "decimals": claim.decimals,
        "since": None if since is None else {
            "day": since.day.isoformat() if since.day else None,
            "end_day": since.end_day.isoformat() if since.end_day else None,
            "precision": str(since.precision),
        },
        "base": claim.base,
        "day": claim.day.isoformat(),
        "subject": claim.subject,
    }  # fmt: skip


def claims_from(told: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
    """The claims that `claim_json` was given.

    Raises:
        ValueError, KeyError, TypeError: they are none of ours.
    """
    if not 0 < len(told) <= MOST_CLAIMS:
        msg = f"{len(told)} claims"
        raise ValueError(msg)
    return tuple(_claim(each) for each in told)


def _claim(told: Mapping[str, Any]) -> Claim:
    value, decimals, base = told["value"], operator.index(told["decimals"]), str(told["base"])
    if value is not None and not (math.isfinite(float(value)) and abs(float(value)) <= MOST):
        msg = "value"
        raise ValueError(msg)
    if not 0 <= decimals <= MOST_DECIMALS or base not in {"", *ASKED_BASES}:
        msg = "decimals or base"
        raise ValueError(msg)
    return Claim(
        ClaimKind(told["kind"]),
        str(told["currency"])[:CURRENCY],
        sentence="",
        phrase="",
        value=None if value is None else float(value),
        exactness=Exactness(told["exactness"]),
        decimals=decimals,
        since=None if told["since"] is None else _since(told["since"]),
        base=base,
        day=date.fromisoformat(told["day"]),
        subject=str(told["subject"])[:CURRENCY],
    )


def _since(told: Mapping[str, Any]) -> SaidDate:
    first, last = (
        None if told[name] is None else date.fromisoformat(told[name])
        for name in ("day", "end_day")
    )
    return SaidDate("", 0, Precision(told["precision"]), first, last)


def _rows(number: int, answer: ClaimAnswer) -> Iterator[tuple[Any, ...]]:
    claim = answer.claim
    since = claim.since
    head = (number, claim.kind, claim.currency, claim.day, claim.value, claim.exactness,
            since.day if since else None, since.end_day if since else None)  # fmt: skip
    is_change = claim.kind in CHANGES
    for row in answer.rows:
        yield (*head, *_verdict(row, is_change=is_change))


def _verdict(row: ClaimRow, *, is_change: bool) -> tuple[Any, ...]:
    verdict, at, base = row.verdict, row.at, row.base
    return (
        verdict.card.id,
        verdict.truth,
        int(verdict.is_claimed),
        verdict.base_name,
        verdict.quote,
        at.day if at else None,
        at.rate if at else None,
        base.day if base else None,
        base.rate if base else None,
        verdict.found if is_change else None,
        verdict.reason,
    )


def _needed(number: int, answer: ClaimAnswer) -> Iterator[tuple[Any, ...]]:
    for base in answer.needed:
        reached = base.reached
        yield (
            number, base.card.id, base.quote, base.rate,
            reached.day if reached else None, reached.rate if reached else None,
            base.data_from.day,
        )  # fmt: skip


def _question(claims: Sequence[Claim]) -> str:
    """`Are 3 claims about the rouble on 2025-04-21 so?`."""
    days = ", ".join(dict.fromkeys(str(claim.day) for claim in claims))
    if len(claims) == 1:
        return f"Is a claim about the rouble on {days} so?"
    return f"Are {len(claims)} claims about the rouble on {days} so?"
