"""Claims about the rate and facts of a day: parse, check against every series and answer them."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import Any, Final

import numpy as np

from dashboard.eventstudy.levels import compute_day_facts, first_observation, last_reached
from dashboard.models.article import (
    CheckedClaim,
    Claim,
    ClaimAnswer,
    ClaimKind,
    ClaimRow,
    ClaimTruth,
    ClaimVerdict,
    CommonBase,
    DateMention,
    Exactness,
    Market,
    Precision,
    RequiredBase,
)
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import CHANGE_BASES as NAMED_BASES
from dashboard.models.moves import DayFacts, Fixing, Observation, RateChange, SourceMove
from dashboard.models.publication import BANK_OF_RUSSIA, ECB
from dashboard.models.series import RateSeries, SeriesCard, require_price
from dashboard.services.serializers import table_json
from dashboard.services.source_moves import MAX_BASE_GAP_DAYS, dollar_series

MAX_DAYS_PAST_DATA: Final = 366
"""After the last rate: later than this even the base "end of the year before" is that rate."""
BASE_ALIASES: Final = {
    "year_start": ("year_end", "year_start"),
    "month_start": ("since",),
    "period": ("since",),
    "since": ("since",),
}
"""The bases that a name in a claim may mean; any other name means itself."""
ROUBLE_QUANTITY: Final = "RUB per"
RECORD_KINDS: Final = frozenset({ClaimKind.STRONGEST, ClaimKind.WEAKEST})
CHANGE_KINDS: Final = frozenset({ClaimKind.UP, ClaimKind.DOWN})
CLAIM_BASES: Final = (*NAMED_BASES, "month_start", "period", "since")
"""The bases of a change; `since` needs a date of its own."""

_ROUNDING_ERROR: Final = 1e-9
_PERIOD_PATTERN: Final = re.compile(r"((?:19|20)\d\d)(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class ClaimTolerance:
    """Relative tolerances: of a number given as approximate, and of the verdict "about"."""

    around: float
    about: float


LEVEL_TOLERANCE: Final = ClaimTolerance(around=0.02, about=0.01)
CHANGE_TOLERANCE: Final = ClaimTolerance(around=0.05, about=0.10)


# ---- tolerance
#
# An exact number is true to the last digit written; "around 80" is true within 2 %, "about 20 %"
# within a twentieth of it; "more than" is true where the rate is above. The verdict "about" is
# for numbers outside of that by so little that a reader is not misled.


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
    """The distance of a number from what was claimed."""
    if claim.exactness == Exactness.MORE:
        return value - measured
    return measured - value if claim.exactness == Exactness.LESS else abs(measured - value)


# ---- facts of a day


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
    """`check_facts` for a day entered by a user, which may lie after the data.

    Returns:
        The facts of every series with data near the day, and a message for each other series
        with the day on which it ended.

    Raises:
        InputError: the day lies before a series' first observation, or no series has data near
            it.
    """
    answers = check_facts(series, day, since)
    near = tuple(facts for facts in answers if (day - facts.day).days <= MAX_DAYS_PAST_DATA)
    left_out = tuple(
        _(
            "{day}: more than a year after the data of {series}; they end on {day_2}",
            day=day,
            series=facts.series,
            day_2=facts.day,
        )
        for facts in answers
        if facts not in near
    )
    if not near:
        raise InputError(left_out[0])
    return near, left_out


def facts_json(
    day: date, answers: Sequence[DayFacts], moves: Sequence[SourceMove] = ()
) -> dict[str, Any]:
    """The JSON of `facts --json` and of the HTTP API; `moves` are those on every source."""
    return {
        "asked": day.isoformat(),
        "answers": [_day_facts_json(answer) for answer in answers],
        "source_moves": table_json("source_moves", moves),
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
        "strongest_since": observation_json(answer.strongest_since),
        "weakest_since": observation_json(answer.weakest_since),
        "data_from": answer.first_day.isoformat(),
        "range_52_weeks": {
            "low": observation_json(answer.year_low),
            "high": observation_json(answer.year_high),
        },
    }


def observation_json(observation: Observation | None) -> dict[str, Any] | None:
    """A day and its rate as JSON values."""
    if observation is None:
        return None
    return {"day": observation.day.isoformat(), "rate": observation.rate}


# ---- verdicts


def check_claims(claims: Iterable[Claim], series: Sequence[RateSeries]) -> tuple[CheckedClaim, ...]:
    """Check claims against every daily series of their currencies.

    Args:
        claims: the claims of one text.
        series: all known series; those of other currencies are ignored.
    """
    return tuple(check_claim(claim, series) for claim in share_markets(tuple(claims)))


def check_claim(claim: Claim, series: Sequence[RateSeries]) -> CheckedClaim:
    """Check a claim against every daily series of its currency, from every base it may mean."""
    verdicts: list[ClaimVerdict] = []
    needed: list[RequiredBase] = []
    for one in series_for_currency(claim.currency, series):
        facts, reason = _claim_facts(claim, one)
        of_series = [ClaimVerdict(one.card, ClaimTruth.UNKNOWN, reason=reason)]
        if facts is not None and claim.kind == ClaimKind.LEVEL:
            of_series = [_check_level(claim, one, facts)]
        elif facts is not None and claim.kind in RECORD_KINDS:
            of_series = [_check_record(claim, one, facts)]
        elif facts is not None:
            of_series = list(_check_changes(claim, one, facts))
            needed.extend(_needed_bases(claim, one, facts))
        verdicts += [_of_another_market(claim, verdict) for verdict in of_series]
    return CheckedClaim(claim, tuple(verdicts), tuple(needed))


# ---- the market of a claim and of a series


def share_markets(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims of one text; those without a market have that of the others of their currency.

    "At 82.80 in the over-the-counter market … it is up 27 % this year" speaks of one market. Where
    the text names none, or several, a claim keeps its own.
    """
    named: dict[str, set[Market]] = {}
    for claim in claims:
        if claim.market is not None:
            named.setdefault(claim.currency, set()).add(claim.market)
    return tuple(
        replace(claim, market=next(iter(named[claim.currency])))
        if claim.market is None and len(named.get(claim.currency, ())) == 1
        else claim
        for claim in claims
    )


_MARKET_BY_QUANTITY: Final = {
    "exchange price": Market.EXCHANGE,
    "price of a": Market.FUTURE,
    "indicative offshore quote": Market.OTC,
    "reference rate": Market.REFERENCE,
    "implied": Market.IMPLIED,
}


def market_of_series(card: SeriesCard) -> Market | None:
    """The market that a series is of; None where that is not known, as of a file."""
    named = (market for start, market in _MARKET_BY_QUANTITY.items()
             if card.quantity.startswith(start))  # fmt: skip
    if card.date_rule == BANK_OF_RUSSIA.id and not card.quantity.startswith("implied"):
        return Market.OFFICIAL
    return Market.REFERENCE if card.date_rule == ECB.id else next(named, None)


def _of_another_market(claim: Claim, verdict: ClaimVerdict) -> ClaimVerdict:
    """A verdict on a claim about another market: neither true nor false, the difference shown."""
    is_known = verdict.truth != ClaimTruth.UNKNOWN
    held = market_of_series(verdict.card)
    if not is_known or claim.market is None or held in {None, claim.market}:
        return verdict
    return replace(verdict, truth=ClaimTruth.ANOTHER)


def series_for_currency(currency: str, series: Sequence[RateSeries]) -> tuple[RateSeries, ...]:
    """The daily rouble rates of a currency; for the dollar also those implied by the yuan."""
    if currency == "USD":
        return dollar_series(series)
    unit = f"{ROUBLE_QUANTITY} {currency}"
    return tuple(one for one in series if one.card.unit == unit and not one.card.bar_minutes)


def _claim_facts(claim: Claim, series: RateSeries) -> tuple[DayFacts | None, str]:
    """The facts of the day of a claim, or the reason why there are none."""
    if claim.day is None:
        return None, deferred("the day of the claim is not known; say when the text was published")
    day = claim.day if claim.first_day is None else _day_within(claim, series)
    try:
        (facts,) = check_facts([series], day, _since_day(claim))
    except InputError as error:
        return None, str(error)
    if (day - facts.day).days > MAX_BASE_GAP_DAYS:
        return None, deferred("the last rate is of {day}", day=facts.day)
    return facts, ""


def _day_within(claim: Claim, series: RateSeries) -> date:
    """The day of a claim about a week, a month or a year.

    A level held where it was nearest to the claim, a record where the rouble was strongest, or
    weakest; a change is measured to the last rate of the period.
    """
    assert claim.day is not None
    days = series.day.astype("datetime64[D]")
    inside = (days >= np.datetime64(claim.first_day)) & (days <= np.datetime64(claim.day))
    inside &= np.isfinite(series.rate)
    rows = np.flatnonzero(inside)
    if not len(rows) or claim.kind in CHANGE_KINDS:
        return claim.day
    if claim.kind == ClaimKind.LEVEL:
        value = claim.value or 0.0
        row = min(rows, key=lambda k: _excess(claim, float(series.rate[k]), value))
    else:
        sign = 1 if claim.kind == ClaimKind.STRONGEST else -1
        row = max(rows, key=lambda k: sign * series.card.move_sign * float(series.rate[k]))
    found: date = days[row].astype(object)
    return found


def _since_day(claim: Claim) -> date | None:
    """The base of a change that names a date: no later than the day of the claim."""
    assert claim.day is not None
    if claim.base == "period" and claim.first_day is not None:
        return claim.first_day - timedelta(days=1)
    if claim.base == "month_start":
        return claim.day.replace(day=1) - timedelta(days=1)
    if claim.base != "since" or claim.since is None or claim.since.day is None:
        return None
    return min(claim.since.day, claim.day)


def _claimed_observation(facts: DayFacts) -> Observation:
    return Observation(facts.day, facts.rate)


def _check_level(claim: Claim, series: RateSeries, facts: DayFacts) -> ClaimVerdict:
    truth = judge_level(claim, facts.rate)
    return ClaimVerdict(
        series.card, truth, quote=series.card.unit, at=_claimed_observation(facts), found=facts.rate
    )  # fmt: skip


def _check_record(claim: Claim, series: RateSeries, facts: DayFacts) -> ClaimVerdict:
    """A record since a period: true where the rate was last at this level within the period.

    About where it was last at this level before the period (a longer record than claimed);
    false where it was at this level after the period.
    """
    strongest = claim.kind == ClaimKind.STRONGEST
    last = facts.strongest_since if strongest else facts.weakest_since
    assert claim.since is not None
    assert claim.since.day is not None
    first, end = claim.since.day, claim.since.end_day or claim.since.day
    if last is None and facts.first_day > first:
        reason = deferred("the data begin on {day}", day=facts.first_day)
        return ClaimVerdict(
            series.card, ClaimTruth.UNKNOWN, at=_claimed_observation(facts), reason=reason
        )
    if last is None or last.day < first:
        truth = ClaimTruth.ABOUT
    else:
        truth = ClaimTruth.TRUE if last.day <= end else ClaimTruth.FALSE
    reason = (
        deferred("not in the data, which begin on {day}", day=facts.first_day)
        if last is None
        else ""
    )
    return ClaimVerdict(
        series.card, truth, "since", series.card.unit, at=_claimed_observation(facts), base=last,
        found=facts.rate, reason=reason,
    )  # fmt: skip


def _check_changes(claim: Claim, series: RateSeries, facts: DayFacts) -> Iterator[ClaimVerdict]:
    """Verdicts for the bases that the claim may mean, then other bases for which it is true."""
    meant = BASE_ALIASES.get(claim.base, (claim.base,))
    by_name = {change.base: change for change in facts.changes}
    for name in meant:
        if name in by_name:
            yield from _check_change(claim, series, facts, by_name[name], is_claimed=True)
        else:
            reason = deferred("there is no rate at the base")
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
            "period" if claim.base == "period" and is_claimed else change.base,
            quote,
            _claimed_observation(facts),
            base,
            measured,
            is_claimed,
        )


def _needed_bases(claim: Claim, series: RateSeries, facts: DayFacts) -> Iterator[RequiredBase]:
    """The base rate for which the change would be exactly as claimed, in both quotes."""
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


# ---- several claims of one text


_ROUND_TO: Final = 0.5
"""Of the last digit: a per cent without decimals is true to half of one."""
_MOST_PER_CENT: Final = 99.0


def solve_common_bases(
    claims: Sequence[Claim], series: Sequence[RateSeries]
) -> tuple[CommonBase, ...]:
    """The base at which several changes of a text meet, where each names its level too.

    A gain of p per cent to the level P started from P / (1 - p) counted in roubles per unit, from
    P (1 + p) counted in units per rouble; a loss from P / (1 + p), or P (1 - p). Every number is
    rounded, so that each way of counting gives an interval of bases. Those ways are taken whose
    intervals all share a part; where there are several, the narrowest.
    """
    groups: dict[tuple[str, int], list[_Ways]] = {}
    for change, level in _changes_with_levels(claims):
        assert change.day is not None
        key = (change.currency, change.day.year)
        groups.setdefault(key, []).append(_ways_of_counting(change, level))
    bases = (
        _common_base(ways, year, series_for_currency(currency, series))
        for (currency, year), ways in groups.items()
        if len(ways) > 1
    )
    return tuple(base for base in bases if base is not None)


@dataclass(frozen=True, slots=True)
class _Ways:
    """The bases of a change by the quote it is counted in."""

    change: Claim
    by_quote: dict[str, tuple[float, float]]


def _changes_with_levels(claims: Sequence[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Every change since the start of a year, with the nearest stated level of its day."""
    levels = [(k, claim) for k, claim in enumerate(claims) if claim.kind == ClaimKind.LEVEL]
    for place, change in enumerate(claims):
        is_of_year = change.kind in CHANGE_KINDS and change.base in {"year_start", "year_end"}
        same_day = [
            (abs(place - k), level)
            for k, level in levels
            if (level.currency, level.day) == (change.currency, change.day)
        ]
        if is_of_year and same_day and change.day is not None:
            yield change, min(same_day, key=lambda pair: pair[0])[1]


def _ways_of_counting(change: Claim, level: Claim) -> _Ways:
    least, most = (share / 100 for share in _change_interval(change))
    low, high = _level_interval(level)
    if change.kind == ClaimKind.UP:
        direct = low / (1 - least), high / (1 - most)
        inverse = low * (1 + least), high * (1 + most)
    else:
        direct = low / (1 + most), high / (1 + least)
        inverse = low * (1 - most), high * (1 - least)
    currency = change.currency
    by_quote = {f"RUB per {currency}": direct, f"{currency} per RUB": inverse}
    return _Ways(change, by_quote)


def _change_interval(change: Claim) -> tuple[float, float]:
    """The per cent that a change may be: rounded, about so, or more."""
    value, half = change.value or 0.0, _ROUND_TO * 10.0**-change.decimals
    if change.exactness == Exactness.MORE:
        return value, _MOST_PER_CENT
    if change.exactness == Exactness.LESS:
        return 0.0, value
    about = CHANGE_TOLERANCE.around * value if change.exactness == Exactness.ABOUT else 0.0
    return value - half - about, min(value + half + about, _MOST_PER_CENT)


def _level_interval(level: Claim) -> tuple[float, float]:
    value, half = level.value or 0.0, _ROUND_TO * 10.0**-level.decimals
    about = 0.0 if level.exactness == Exactness.EXACT else LEVEL_TOLERANCE.around * value
    return value - half - about, value + half + about


def _common_base(
    ways: Sequence[_Ways], year: int, series: Sequence[RateSeries]
) -> CommonBase | None:
    """The narrowest interval that all changes share, over the ways of counting each."""
    shared: list[tuple[float, float, tuple[str, ...]]] = []
    for quotes in product(*(way.by_quote for way in ways)):
        intervals = [way.by_quote[quote] for way, quote in zip(ways, quotes, strict=True)]
        low, high = max(first for first, _ in intervals), min(last for _, last in intervals)
        shared += [(low, high, quotes)] if low <= high else []
    if not shared:
        return None
    low, high, quotes = min(shared, key=lambda item: item[1] - item[0])
    counted = zip((way.change for way in ways), quotes, strict=True)
    return CommonBase(low, high, year, tuple(counted), tuple(_rates_at_year_end(series, year - 1)))


def _rates_at_year_end(
    series: Sequence[RateSeries], year: int
) -> Iterator[tuple[SeriesCard, Observation]]:
    end = date(year, 12, 31)
    for one in series:
        row = one.row_on_or_before(end)
        day = Fixing.at(one, row).day if row >= 0 else None
        if day is not None and (end - day).days <= MAX_BASE_GAP_DAYS:
            yield one.card, Observation(day, float(one.rate[row]))


# ---- claims from controls and links


@dataclass(frozen=True, slots=True)
class ClaimQuery:
    """A claim as the fields of controls and links.

    `value` is a level or a change in per cent; `since` a year, a month or a day in ISO format.
    """

    day: date
    kind: ClaimKind
    value: float | None = None
    exactness: Exactness = Exactness.ABOUT
    since: str = ""
    base: str = ""
    currency: str = "USD"


def parse_claims(text: str, day: date) -> tuple[Claim, ...]:
    """The claims about the rate in a text published on a day."""
    from dashboard.nlp.statements import read_text

    return share_markets(read_text(text, day).claims)


def claim_from_query(query: ClaimQuery) -> Claim:
    """The claim of a query.

    Raises:
        InputError: the number or the period is missing.
    """
    is_record = query.kind in RECORD_KINDS
    base = query.base if query.kind in CHANGE_KINDS else ""
    needs_since = is_record or base == "since"
    if not is_record and query.value is None:
        msg = _("value: is missing; give the level or the per cent that is claimed")
        raise InputError(msg)
    since = parse_period(query.since) if needs_since else None
    if since is not None and since.day is not None and since.day > query.day:
        msg = _(
            "since {since}: lies after {day}; give an earlier day", since=query.since, day=query.day
        )
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
    """The inverse of `claim_from_query`; None where the day or the period is unknown.

    A claim about a period or a named market has no fields of its own there: None, too.
    """
    if claim.day is None or claim.first_day is not None or claim.market is not None:
        return None
    since = format_period(claim.since) if claim.since is not None else ""
    needs_since = claim.kind in RECORD_KINDS or claim.base == "since"
    if needs_since and not since:
        return None
    return ClaimQuery(
        claim.day, claim.kind, claim.value, claim.exactness, since if needs_since else "",
        claim.base, claim.currency,
    )  # fmt: skip


def parse_period(text: str) -> DateMention:
    """The period of a year, a month or a day in ISO format.

    Raises:
        InputError: the text has another format.
    """
    matched = _PERIOD_PATTERN.fullmatch(text)
    msg = _("since {text}: is no period; write it like 2024-06, 2024 or 2024-06-12", text=text)
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
        return DateMention(f"{day} {first:%B} {year}", 0, Precision.DAY, first, first)
    last = first.replace(day=monthrange(year, month)[1])
    return DateMention(f"{first:%B} {year}", 0, Precision.MONTH, first, last)


def format_period(mention: DateMention) -> str:
    """The inverse of `parse_period`: of other periods the first day, empty where it is unknown."""
    if mention.day is None:
        return ""
    first, last = mention.day, mention.end_day or mention.day
    for text in (f"{first.year:04}", f"{first:%Y-%m}"):
        whole = parse_period(text)
        if (whole.day, whole.end_day) == (first, last):
            return text
    return first.isoformat()


def answer_claim(claim: Claim, series: Sequence[RateSeries], main: str = "") -> ClaimAnswer:
    """The verdicts of every daily series on a claim; for a change from every base.

    Args:
        claim: the claim.
        series: all known series; those of other currencies are ignored.
        main: the id of the series to list first, where it has a rate of the day.
    """
    candidates = series_for_currency(claim.currency, series)
    by_id = {one.card.id: one for one in candidates}
    checked = check_claim(claim, series)
    verdicts = list(_verdicts_of_all_bases(claim, candidates, checked) if claim.kind in CHANGE_KINDS
                    else checked.verdicts)  # fmt: skip
    known = [v.card.id for v in verdicts if v.truth != ClaimTruth.UNKNOWN]
    of_market = [name for name in known if market_of_series(by_id[name].card) == claim.market]
    preferred = known if claim.market is None or not of_market else of_market
    first = main if main in preferred else next(iter(preferred), next(iter(by_id), ""))
    verdicts.sort(key=lambda verdict: verdict.card.id != first)
    rows = tuple(_claim_row(verdict, by_id[verdict.card.id]) for verdict in verdicts)
    needed = sorted(checked.needed, key=lambda base: base.card.id != first)
    return ClaimAnswer(claim, first, rows, tuple(needed))


def _verdicts_of_all_bases(
    claim: Claim, held: Sequence[RateSeries], checked: CheckedClaim
) -> Iterator[ClaimVerdict]:
    """Verdicts for the claimed bases, then all others; one for a series without a rate."""
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
    """The number of decimals of a value without trailing zeros."""
    if value is None:
        return 0
    return len(f"{value:.6f}".rstrip("0").partition(".")[2])
