"""Answer a claim: the verdict of every source, of a change from every base and in both quotes."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from dashboard.domain.article import Claim, ClaimKind, Exactness, Precision, SaidDate
from dashboard.domain.claim_answer import ClaimAnswer, ClaimRow
from dashboard.domain.claim_check import CheckedClaim, ClaimVerdict, Truth
from dashboard.domain.day_facts import BASES as NAMED_BASES
from dashboard.domain.day_facts import Observation
from dashboard.domain.errors import InputError
from dashboard.domain.event_view import Fixing
from dashboard.domain.series import RateSeries
from dashboard.services import check_claims as checking

CHANGES: Final = frozenset({ClaimKind.UP, ClaimKind.DOWN})
ASKED_BASES: Final = (*NAMED_BASES, "month_start", "since")
"""What a change may be counted from; `since` needs a day of its own."""

_PERIOD: Final = re.compile(r"((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d))?)?")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AskedClaim:
    """A claim in short words, as controls and links hold it.

    `value` is a level or a change in per cent; `since` a year, a month or a day in ISO form.
    """

    day: date
    kind: ClaimKind
    value: float | None = None
    how: Exactness = Exactness.ABOUT
    since: str = ""
    base: str = ""
    currency: str = "USD"


def read_claims(text: str, day: date) -> tuple[Claim, ...]:
    """The claims about the rate in a sentence that was printed on a day."""
    from dashboard.reading.article_text import read_text

    return read_text(text, day).claims


def claim_of(asked: AskedClaim) -> Claim:
    """The claim that was asked.

    Raises:
        InputError: it lacks its number or its period; the line says what to give.
    """
    is_record = asked.kind in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}
    base = asked.base if asked.kind in CHANGES else ""
    needs_since = is_record or base == "since"
    if not is_record and asked.value is None:
        msg = "value: is missing; give the level or the per cent that is claimed"
        raise InputError(msg)
    since = period_of(asked.since) if needs_since else None
    if since is not None and since.day is not None and since.day > asked.day:
        msg = f"since {asked.since}: lies after {asked.day}; give an earlier day"
        raise InputError(msg)
    return Claim(
        asked.kind,
        asked.currency,
        sentence="",
        phrase="",
        value=None if is_record else asked.value,
        exactness=Exactness.EXACT if is_record else asked.how,
        decimals=_decimals(asked.value),
        since=since,
        base=base,
        day=asked.day,
    )


def asked_of(claim: Claim) -> AskedClaim | None:
    """A claim in short words; None where its day or its period is open."""
    if claim.day is None:
        return None
    since = period_text(claim.since) if claim.since is not None else ""
    wants = claim.kind in {ClaimKind.STRONGEST, ClaimKind.WEAKEST} or claim.base == "since"
    if wants and not since:
        return None
    return AskedClaim(
        claim.day, claim.kind, claim.value, claim.exactness, since if wants else "", claim.base,
        claim.currency,
    )  # fmt: skip


def period_of(text: str) -> SaidDate:
    """The period that a year, a month or a day in ISO form means.

    Raises:
        InputError: it is none of these.
    """
    found = _PERIOD.fullmatch(text)
    msg = f"since {text}: is no period; write it like 2024-06, 2024 or 2024-06-12"
    if found is None:
        raise InputError(msg)
    year, month, day = (int(part) if part else 0 for part in found.groups())
    try:
        if not month:
            return SaidDate(text, 0, Precision.MONTH, date(year, 1, 1), date(year, 12, 31))
        first = date(year, month, day or 1)
    except ValueError:
        raise InputError(msg) from None
    if day:
        return SaidDate(f"{day} {_MONTHS[month - 1]} {year}", 0, Precision.DAY, first, first)
    last = first.replace(day=monthrange(year, month)[1])
    return SaidDate(f"{_MONTHS[month - 1]} {year}", 0, Precision.MONTH, first, last)


def period_text(said: SaidDate) -> str:
    """A period as `period_of` reads it; of another one its first day, empty where it is open."""
    if said.day is None:
        return ""
    first, last = said.day, said.end_day or said.day
    for text in (f"{first.year:04}", f"{first:%Y-%m}"):
        whole = period_of(text)
        if (whole.day, whole.end_day) == (first, last):
            return text
    return first.isoformat()


def answer_claim(claim: Claim, series: Sequence[RateSeries], main: str = "") -> ClaimAnswer:
    """What every daily series of its currency says to a claim.

    Args:
        claim: read from a text, or asked.
        series: all that are known; those of another currency are passed over.
        main: the series that is spoken of first; another one where it has no rate of the day.
    """
    held = checking.series_of(claim.currency, series)
    by_id = {each.card.id: each for each in held}
    checked = checking.check_claim(claim, series)
    verdicts = list(_every_base(claim, held, checked) if claim.kind in CHANGES
                    else checked.verdicts)  # fmt: skip
    known = [v.card.id for v in verdicts if v.truth != Truth.UNKNOWN]
    first = main if main in known else next(iter(known), next(iter(by_id), ""))
    verdicts.sort(key=lambda verdict: verdict.card.id != first)
    rows = tuple(_row(verdict, by_id[verdict.card.id]) for verdict in verdicts)
    needed = sorted(checked.needed, key=lambda base: base.card.id != first)
    return ClaimAnswer(claim, first, rows, tuple(needed))


def _every_base(
    claim: Claim, held: Sequence[RateSeries], checked: CheckedClaim
) -> Iterator[ClaimVerdict]:
    """The bases that the claim names, then all the others; a series without a rate once."""
    meant = checking.BASES.get(claim.base, (claim.base,))
    others = [name for name in NAMED_BASES if name not in meant]
    by_base = {
        name: checking.check_claim(replace(claim, base=name), held).verdicts for name in others
    }
    for series in held:
        of_series = [v for v in checked.verdicts if v.card.id == series.card.id and v.is_claimed]
        yield from of_series
        if any(verdict.at is not None for verdict in of_series):
            for name, verdicts in by_base.items():
                for verdict in verdicts:
                    if verdict.card.id == series.card.id and verdict.base_name == name:
                        yield replace(verdict, is_claimed=False)


def _row(verdict: ClaimVerdict, series: RateSeries) -> ClaimRow:
    return ClaimRow(verdict, _fixing(verdict.at, series), _fixing(verdict.base, series))


def _fixing(observation: Observation | None, series: RateSeries) -> Fixing | None:
    if observation is None:
        return None
    row = series.row_on_or_before(observation.day)
    return Fixing.at(series, row)


def _decimals(value: float | None) -> int:
    """How many decimals a number was written with, zeros at its end aside."""
    if value is None:
        return 0
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
