"""Claims about the rate and facts of a day: parse, check against every series and answer them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from dashboard.eventstudy.levels import compute_day_facts, first_observation, last_reached
from dashboard.models.article import (
    CheckedClaim,
    Claim,
    ClaimAnswer,
    ClaimKind,
    ClaimRow,
    ClaimTruth,
    ClaimVerdict,
    DateMention,
    Exactness,
    Precision,
    RequiredBase,
)
from dashboard.models.errors import InputError
from dashboard.models.moves import CHANGE_BASES as NAMED_BASES
from dashboard.models.moves import DayFacts, Fixing, Observation, RateChange, SourceMove
from dashboard.models.series import RateSeries, require_price
from dashboard.services.serializers import source_move_rows_json
from dashboard.services.source_moves import MAX_BASE_GAP_DAYS, dollar_series

# ------------------------------------------------------------
# Weigh a claim: how near a number must come for a sentence to be true, or about true.
#
# A number is true where it is what was written, to the last digit that was written; "around 80"
# is true within 2 %, "about 20 %" within a twentieth of it; "more than" is true where it is more.
# Beside that lies "about": a reader would not be led astray.


_ROUNDING_ERROR: Final = 1e-9


@dataclass(frozen=True, slots=True)
class ClaimTolerance:
    """Shares of the number: within what "around" is true, and what still is about so."""

    around: float
    about: float


LEVEL_TOLERANCE: Final = ClaimTolerance(around=0.02, about=0.01)
CHANGE_TOLERANCE: Final = ClaimTolerance(around=0.05, about=0.10)


def judge_level(claim: Claim, measured: float) -> ClaimTruth:
    """Whether a rate is the level that is claimed."""
    return _judge_value(claim, measured, LEVEL_TOLERANCE)


def judge_change(claim: Claim, measured: float) -> ClaimTruth:
    """Whether a change in per cent, in the direction of the claim, is what is claimed."""
    return _judge_value(claim, measured, CHANGE_TOLERANCE)


def _judge_value(claim: Claim, measured: float, tolerance: ClaimTolerance) -> ClaimTruth:
    value = claim.value or 0.0
    beyond, about = _excess(claim, measured, value), tolerance.about * value
    if claim.exactness == Exactness.ABOUT:
        about += tolerance.around * value
        is_true = beyond <= tolerance.around * value + _ROUNDING_ERROR
    elif claim.exactness == Exactness.EXACT:
        written = 0.5 * 10.0**-claim.decimals
        about = max(about, written)
        is_true = beyond <= written + _ROUNDING_ERROR
    else:
        is_true = beyond <= 0
    if is_true:
        return ClaimTruth.TRUE
    return ClaimTruth.ABOUT if beyond <= about + _ROUNDING_ERROR else ClaimTruth.FALSE


def _excess(claim: Claim, measured: float, value: float) -> float:
    """How far the number lies outside of what was claimed."""
    if claim.exactness == Exactness.MORE:
        return value - measured
    return measured - value if claim.exactness == Exactness.LESS else abs(measured - value)


# ------------------------------------------------------------
# Check facts: what every series says about a day, in the shape of the JSON contract.


MAX_DAYS_PAST_DATA: Final = 366
"""After the last rate: a year on, even the base "end of the year before" would be that rate."""


def check_facts(
    series: Sequence[RateSeries], day: date, since: date | None = None
) -> tuple[DayFacts, ...]:
    """Facts of one day on every series.

    Raises:
        InputError: when the day lies before a series' first observation, or the series is no
            price.
    """
    for one in series:
        require_price(one.card)
    return tuple(compute_day_facts(one, day, since) for one in series)


def answer_facts(
    series: Sequence[RateSeries], day: date, since: date | None = None
) -> tuple[tuple[DayFacts, ...], tuple[str, ...]]:
    """`check_facts` for a day that somebody typed, which the data may not reach.

    Returns:
        The facts of every series that reaches near the day, and of each other one a line that
        says where it ended: its last rate would be of another time.

    Raises:
        InputError: the day lies before a series' first observation, or none reaches near it.
    """
    answers = check_facts(series, day, since)
    near = tuple(facts for facts in answers if (day - facts.day).days <= MAX_DAYS_PAST_DATA)
    left_out = tuple(
        f"{day}: more than a year after the data of {facts.series}; they end on {facts.day}"
        for facts in answers
        if facts not in near
    )
    if not near:
        raise InputError(left_out[0])
    return near, left_out


def facts_json(
    day: date, answers: Sequence[DayFacts], moves: Sequence[SourceMove] = ()
) -> dict[str, Any]:
    """The contract of `facts --json` and of the HTTP API; `moves` are those of every source."""
    return {
        "asked": day.isoformat(),
        "answers": [_day_facts_json(answer) for answer in answers],
        "source_moves": source_move_rows_json(moves),
    }


def _day_facts_json(answer: DayFacts) -> dict[str, Any]:
    return {
        "series": answer.series,
        "quote": answer.quote,
        "day": answer.day.isoformat(),
        "rate": answer.rate,
        "changes": [
            {
                "base": change.base,
                "base_day": change.base_day.isoformat(),
                "base_rate": change.base_rate,
                "rub_per_usd_pct": change.rub_per_usd_pct,
                "usd_per_rub_pct": change.usd_per_rub_pct,
                "log_points": change.log_points,
            }
            for change in answer.changes
        ],
        "strongest_since": _observation_json(answer.strongest_since),
        "weakest_since": _observation_json(answer.weakest_since),
        "data_from": answer.first_day.isoformat(),
        "range_52_weeks": {
            "low": _observation_json(answer.year_low),
            "high": _observation_json(answer.year_high),
        },
    }


def _observation_json(observation: Observation | None) -> dict[str, Any] | None:
    if observation is None:
        return None
    return {"day": observation.day.isoformat(), "rate": observation.rate}


# ------------------------------------------------------------
# Check claims: what every series says to what an article claims about the rate.


BASE_ALIASES: Final = {
    "year_start": ("year_end", "year_start"),
    "month_start": ("since",),
    "since": ("since",),
}
"""The bases that a name in a claim may mean; any other name means itself."""

ROUBLE_QUANTITY: Final = "RUB per"
RECORD_KINDS: Final = {ClaimKind.STRONGEST, ClaimKind.WEAKEST}


def check_claims(claims: Iterable[Claim], series: Sequence[RateSeries]) -> tuple[CheckedClaim, ...]:
    """Every claim, held against every daily series of its currency.

    Args:
        claims: of one text.
        series: all that are known; those of another currency are passed over.
    """
    return tuple(check_claim(claim, series) for claim in claims)


def check_claim(claim: Claim, series: Sequence[RateSeries]) -> CheckedClaim:
    """One claim, held against every daily series of its currency, from every base it may mean."""
    checked = [
        (one, *_claim_facts(claim, one)) for one in series_for_currency(claim.currency, series)
    ]
    verdicts: list[ClaimVerdict] = []
    needed: list[RequiredBase] = []
    for one, facts, reason in checked:
        if facts is None:
            verdicts.append(ClaimVerdict(one.card, ClaimTruth.UNKNOWN, reason=reason))
        elif claim.kind == ClaimKind.LEVEL:
            verdicts.append(_check_level(claim, one, facts))
        elif claim.kind in RECORD_KINDS:
            verdicts.append(_check_record(claim, one, facts))
        else:
            verdicts.extend(_check_changes(claim, one, facts))
            needed.extend(_needed_bases(claim, one, facts))
    return CheckedClaim(claim, tuple(verdicts), tuple(needed))


def series_for_currency(currency: str, series: Sequence[RateSeries]) -> tuple[RateSeries, ...]:
    """The daily series of roubles for a currency; for the dollar also those the yuan implies."""
    if currency == "USD":
        return dollar_series(series)
    unit = f"{ROUBLE_QUANTITY} {currency}"
    return tuple(one for one in series if one.card.unit == unit and not one.card.bar_minutes)


def _claim_facts(claim: Claim, series: RateSeries) -> tuple[DayFacts | None, str]:
    """The facts of the day of a claim, or why there are none."""
    if claim.day is None:
        return None, "the day of the claim is not known; say when the text was published"
    try:
        (facts,) = check_facts([series], claim.day, _since_day(claim))
    except InputError as error:
        return None, str(error)
    if (claim.day - facts.day).days > MAX_BASE_GAP_DAYS:
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


def _claimed_observation(facts: DayFacts) -> Observation:
    return Observation(facts.day, facts.rate)


# ---------------------------------------------------------------- levels and records


def _check_level(claim: Claim, series: RateSeries, facts: DayFacts) -> ClaimVerdict:
    truth = judge_level(claim, facts.rate)
    return ClaimVerdict(
        series.card, truth, quote=series.card.unit, at=_claimed_observation(facts), found=facts.rate
    )  # fmt: skip


def _check_record(claim: Claim, series: RateSeries, facts: DayFacts) -> ClaimVerdict:
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
        return ClaimVerdict(
            series.card, ClaimTruth.UNKNOWN, at=_claimed_observation(facts), reason=reason
        )
    if last is None or last.day < first:
        truth = ClaimTruth.ABOUT
    else:
        truth = ClaimTruth.TRUE if last.day <= end else ClaimTruth.FALSE
    reason = f"not in the data, which begin on {facts.first_day}" if last is None else ""
    return ClaimVerdict(
        series.card, truth, "since", series.card.unit, at=_claimed_observation(facts), base=last, found=facts.rate,
        reason=reason,
    )  # fmt: skip


# ---------------------------------------------------------------- changes


def _check_changes(claim: Claim, series: RateSeries, facts: DayFacts) -> Iterator[ClaimVerdict]:
    """The bases that the claim may mean; then others from which it would be so."""
    meant = BASE_ALIASES.get(claim.base, (claim.base,))
    by_name = {change.base: change for change in facts.changes}
    for name in meant:
        if name in by_name:
            yield from _check_change(claim, series, facts, by_name[name], is_claimed=True)
        else:
            reason = "there is no rate at the base"
            yield ClaimVerdict(
                series.card, ClaimTruth.UNKNOWN, name, at=_claimed_observation(facts), reason=reason
            )
    for name, change in by_name.items():
        if name not in meant:
            others = _check_change(claim, series, facts, change, is_claimed=False)
            yield from (other for other in others if other.truth == ClaimTruth.TRUE)


def _check_change(
    claim: Claim, series: RateSeries, facts: DayFacts, change: RateChange, *, is_claimed: bool
) -> Iterator[ClaimVerdict]:
    if (facts.day - change.base_day).days < 0:
        return
    sign = 1 if claim.kind == ClaimKind.UP else -1
    pairs = (
        (series.card.unit, -sign * change.rub_per_usd_pct),
        (series.card.inverse_unit, sign * change.usd_per_rub_pct),
    )
    base = Observation(change.base_day, change.base_rate)
    for quote, measured in pairs:
        truth = judge_change(claim, measured)
        yield ClaimVerdict(
            series.card,
            truth,
            change.base,
            quote,
            _claimed_observation(facts),
            base,
            measured,
            is_claimed,
        )


def _needed_bases(claim: Claim, series: RateSeries, facts: DayFacts) -> Iterator[RequiredBase]:
    """The base from which the change would be exactly as claimed, in either quote."""
    share = (claim.value or 0.0) / 100.0
    rises = claim.kind == ClaimKind.UP
    rates = {
        series.card.unit: facts.rate / (1 - share) if rises else facts.rate / (1 + share),
        series.card.inverse_unit: facts.rate * (1 + share) if rises else facts.rate * (1 - share),
    } if share < 1 else {}  # fmt: skip
    start = first_observation(series)
    assert start is not None
    for quote, rate in rates.items():
        reached = last_reached(series, facts.day, rate, from_above=rises)
        yield RequiredBase(series.card, quote, rate, reached, start)


# ------------------------------------------------------------
# Answer a claim: the verdict of every source, of a change from every base and in both quotes.


CHANGE_KINDS: Final = frozenset({ClaimKind.UP, ClaimKind.DOWN})
CLAIM_BASES: Final = (*NAMED_BASES, "month_start", "since")
"""What a change may be counted from; `since` needs a day of its own."""

_PERIOD_PATTERN: Final = re.compile(r"((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d))?)?")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """A claim in short words, as controls and links hold it.

    `value` is a level or a change in per cent; `since` a year, a month or a day in ISO form.
    """

    day: date
    kind: ClaimKind
    value: float | None = None
    exactness: Exactness = Exactness.ABOUT
    since: str = ""
    base: str = ""
    currency: str = "USD"


def parse_claims(text: str, day: date) -> tuple[Claim, ...]:
    """The claims about the rate in a sentence that was printed on a day."""
    from dashboard.nlp.statements import read_text

    return read_text(text, day).claims


def claim_from_query(query: ClaimQuery) -> Claim:
    """The claim that was asked.

    Raises:
        InputError: it lacks its number or its period; the line says what to give.
    """
    is_record = query.kind in {ClaimKind.STRONGEST, ClaimKind.WEAKEST}
    base = query.base if query.kind in CHANGE_KINDS else ""
    needs_since = is_record or base == "since"
    if not is_record and query.value is None:
        msg = "value: is missing; give the level or the per cent that is claimed"
        raise InputError(msg)
    since = parse_period(query.since) if needs_since else None
    if since is not None and since.day is not None and since.day > query.day:
        msg = f"since {query.since}: lies after {query.day}; give an earlier day"
        raise InputError(msg)
    return Claim(
        query.kind,
        query.currency,
        sentence="",
        phrase="",
        value=None if is_record else query.value,
        exactness=Exactness.EXACT if is_record else query.exactness,
        decimals=_count_decimals(query.value),
        since=since,
        base=base,
        day=query.day,
    )


def query_from_claim(claim: Claim) -> ClaimQuery | None:
    """A claim in short words; None where its day or its period is open."""
    if claim.day is None:
        return None
    since = format_period(claim.since) if claim.since is not None else ""
    needs_since = claim.kind in {ClaimKind.STRONGEST, ClaimKind.WEAKEST} or claim.base == "since"
    if needs_since and not since:
        return None
    return ClaimQuery(
        claim.day, claim.kind, claim.value, claim.exactness, since if needs_since else "", claim.base,
        claim.currency,
    )  # fmt: skip


def parse_period(text: str) -> DateMention:
    """The period that a year, a month or a day in ISO form means.

    Raises:
        InputError: it is none of these.
    """
    matched = _PERIOD_PATTERN.fullmatch(text)
    msg = f"since {text}: is no period; write it like 2024-06, 2024 or 2024-06-12"
    if matched is None:
        raise InputError(msg)
    year, month, day = (int(part) if part else 0 for part in matched.groups())
    try:
        if not month:
            return DateMention(text, 0, Precision.MONTH, date(year, 1, 1), date(year, 12, 31))
        first = date(year, month, day or 1)
    except ValueError:
        raise InputError(msg) from None
    if day:
        return DateMention(f"{day} {_MONTHS[month - 1]} {year}", 0, Precision.DAY, first, first)
    last = first.replace(day=monthrange(year, month)[1])
    return DateMention(f"{_MONTHS[month - 1]} {year}", 0, Precision.MONTH, first, last)


def format_period(mention: DateMention) -> str:
    """A period as `parse_period` reads it; of another one its first day, empty where it is open."""
    if mention.day is None:
        return ""
    first, last = mention.day, mention.end_day or mention.day
    for text in (f"{first.year:04}", f"{first:%Y-%m}"):
        whole = parse_period(text)
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
    candidates = series_for_currency(claim.currency, series)
    by_id = {one.card.id: one for one in candidates}
    checked = check_claim(claim, series)
    verdicts = list(_verdicts_of_all_bases(claim, candidates, checked) if claim.kind in CHANGE_KINDS
                    else checked.verdicts)  # fmt: skip
    known = [v.card.id for v in verdicts if v.truth != ClaimTruth.UNKNOWN]
    first = main if main in known else next(iter(known), next(iter(by_id), ""))
    verdicts.sort(key=lambda verdict: verdict.card.id != first)
    rows = tuple(_claim_row(verdict, by_id[verdict.card.id]) for verdict in verdicts)
    needed = sorted(checked.needed, key=lambda base: base.card.id != first)
    return ClaimAnswer(claim, first, rows, tuple(needed))


def _verdicts_of_all_bases(
    claim: Claim, held: Sequence[RateSeries], checked: CheckedClaim
) -> Iterator[ClaimVerdict]:
    """The bases that the claim names, then all the others; a series without a rate once."""
    meant = BASE_ALIASES.get(claim.base, (claim.base,))
    others = [name for name in NAMED_BASES if name not in meant]
    by_base = {name: check_claim(replace(claim, base=name), held).verdicts for name in others}
    for series in held:
        of_series = [v for v in checked.verdicts if v.card.id == series.card.id and v.is_claimed]
        yield from of_series
        if any(verdict.at is not None for verdict in of_series):
            for name, verdicts in by_base.items():
                for verdict in verdicts:
                    if verdict.card.id == series.card.id and verdict.base_name == name:
                        yield replace(verdict, is_claimed=False)


def _claim_row(verdict: ClaimVerdict, series: RateSeries) -> ClaimRow:
    return ClaimRow(verdict, _fixing_of(verdict.at, series), _fixing_of(verdict.base, series))


def _fixing_of(observation: Observation | None, series: RateSeries) -> Fixing | None:
    if observation is None:
        return None
    row = series.row_on_or_before(observation.day)
    return Fixing.at(series, row)


def _count_decimals(value: float | None) -> int:
    """How many decimals a number was written with, zeros at its end aside."""
    if value is None:
        return 0
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
