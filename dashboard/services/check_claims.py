"""Check claims: what every series says to what an article claims about the rate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from dashboard.domain.article import Claim, ClaimKind
from dashboard.domain.claim_check import CheckedClaim, ClaimVerdict, NeededBase, Truth
from dashboard.domain.day_facts import Change, DayFacts, Observation
from dashboard.domain.errors import InputError
from dashboard.domain.series import RateSeries
from dashboard.engine.reach import first_rate, last_reach
from dashboard.services.check_facts import check_facts
from dashboard.services.compare_sources import FAR_DAYS, dollar_series
from dashboard.services.weigh_claim import weigh_change, weigh_level

BASES: Final = {
    "year_start": ("year_end", "year_start"),
    "month_start": ("since",),
    "since": ("since",),
}
"""The bases that a name in a claim may mean; any other name means itself."""

ROUBLES: Final = "RUB per"
RECORDS: Final = {ClaimKind.STRONGEST, ClaimKind.WEAKEST}


def check_claims(claims: Iterable[Claim], series: Sequence[RateSeries]) -> tuple[CheckedClaim, ...]:
    """Every claim, held against every daily series of its currency.

    Args:
        claims: of one text.
        series: all that are known; those of another currency are passed over.
    """
    return tuple(check_claim(claim, series) for claim in claims)


def check_claim(claim: Claim, series: Sequence[RateSeries]) -> CheckedClaim:
    """One claim, held against every daily series of its currency, from every base it may mean."""
    held = [(each, *_facts(claim, each)) for each in series_of(claim.currency, series)]
    verdicts: list[ClaimVerdict] = []
    needed: list[NeededBase] = []
    for each, facts, reason in held:
        if facts is None:
            verdicts.append(ClaimVerdict(each.card, Truth.UNKNOWN, reason=reason))
        elif claim.kind == ClaimKind.LEVEL:
            verdicts.append(_level(claim, each, facts))
        elif claim.kind in RECORDS:
            verdicts.append(_record(claim, each, facts))
        else:
            verdicts.extend(_changes(claim, each, facts))
            needed.extend(_needed(claim, each, facts))
    return CheckedClaim(claim, tuple(verdicts), tuple(needed))


def series_of(currency: str, series: Sequence[RateSeries]) -> tuple[RateSeries, ...]:
    """The daily series of roubles for a currency; for the dollar also those the yuan implies."""
    if currency == "USD":
        return dollar_series(series)
    unit = f"{ROUBLES} {currency}"
    return tuple(each for each in series if each.card.unit == unit and not each.card.bar_minutes)


def _facts(claim: Claim, series: RateSeries) -> tuple[DayFacts | None, str]:
    """The facts of the day of a claim, or why there are none."""
    if claim.day is None:
        return None, "the day of the claim is not known; say when the text was published"
    try:
        (facts,) = check_facts([series], claim.day, _since_day(claim))
    except InputError as error:
        return None, str(error)
    if (claim.day - facts.day).days > FAR_DAYS:
        return None, f"the last rate is of {facts.day}"
    return facts, ""


def _since_day(claim: Claim) -> date | None:
    """The base a change names by a date of its own: no day of it may lie after the claim."""
    assert claim.day is not None
    if claim.base == "month_start":
        return claim.day.replace(day=1) - timedelta(days=1)
    if claim.base != "since" or claim.since is None or claim.since.day is None:
        return None
    return min(claim.since.day, claim.day)


def _at(facts: DayFacts) -> Observation:
    return Observation(facts.day, facts.rate)


# ---------------------------------------------------------------- levels and records


def _level(claim: Claim, series: RateSeries, facts: DayFacts) -> ClaimVerdict:
    truth = weigh_level(claim, facts.rate)
    return ClaimVerdict(
        series.card, truth, quote=series.card.unit, at=_at(facts), found=facts.rate
    )  # fmt: skip


def _record(claim: Claim, series: RateSeries, facts: DayFacts) -> ClaimVerdict:
    """A record since some period: true where the rate was last there inside it.

    Where it was last there before the period, nothing since was stronger, but the period is
    not the right one: about. Where it was there after the period: false.
    """
    strongest = claim.kind == ClaimKind.STRONGEST
    last = facts.strongest_since if strongest else facts.weakest_since
    assert claim.since is not None
    assert claim.since.day is not None
    first, end = claim.since.day, claim.since.end_day or claim.since.day
    if last is None and facts.first_day > first:
        reason = f"the data begin on {facts.first_day}"
        return ClaimVerdict(series.card, Truth.UNKNOWN, at=_at(facts), reason=reason)
    if last is None or last.day < first:
        truth = Truth.ABOUT
    else:
        truth = Truth.TRUE if last.day <= end else Truth.FALSE
    reason = f"not in the data, which begin on {facts.first_day}" if last is None else ""
    return ClaimVerdict(
        series.card, truth, "since", series.card.unit, at=_at(facts), base=last, found=facts.rate,
        reason=reason,
    )  # fmt: skip


# ---------------------------------------------------------------- changes


def _changes(claim: Claim, series: RateSeries, facts: DayFacts) -> Iterator[ClaimVerdict]:
    """The bases that the claim may mean; then others from which it would be so."""
    meant = BASES.get(claim.base, (claim.base,))
    by_name = {change.base: change for change in facts.changes}
    for name in meant:
        if name in by_name:
            yield from _change(claim, series, facts, by_name[name], is_claimed=True)
        else:
            reason = "there is no rate at the base"
            yield ClaimVerdict(series.card, Truth.UNKNOWN, name, at=_at(facts), reason=reason)
    for name, change in by_name.items():
        if name not in meant:
            others = _change(claim, series, facts, change, is_claimed=False)
            yield from (other for other in others if other.truth == Truth.TRUE)


def _change(
    claim: Claim, series: RateSeries, facts: DayFacts, change: Change, *, is_claimed: bool
) -> Iterator[ClaimVerdict]:
    if (facts.day - change.base_day).days < 0:
        return
    sign = 1 if claim.kind == ClaimKind.UP else -1
    pairs = (
        (series.card.unit, -sign * change.rub_per_usd_pct),
        (series.card.inverse_unit, sign * change.usd_per_rub_pct),
    )
    base = Observation(change.base_day, change.base_rate)
    for quote, found in pairs:
        truth = weigh_change(claim, found)
        yield ClaimVerdict(
            series.card, truth, change.base, quote, _at(facts), base, found, is_claimed
        )


def _needed(claim: Claim, series: RateSeries, facts: DayFacts) -> Iterator[NeededBase]:
    """The base from which the change would be exactly as claimed, in either quote."""
    share = (claim.value or 0.0) / 100.0
    rises = claim.kind == ClaimKind.UP
    rates = {
        series.card.unit: facts.rate / (1 - share) if rises else facts.rate / (1 + share),
        series.card.inverse_unit: facts.rate * (1 + share) if rises else facts.rate * (1 - share),
    } if share < 1 else {}  # fmt: skip
    start = first_rate(series)
    assert start is not None
    for quote, rate in rates.items():
        reached = last_reach(series, facts.day, rate, from_above=rises)
        yield NeededBase(series.card, quote, rate, reached, start)
