"""Counterfactuals: what a currency would have done around a date, had it moved as others did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dashboard.eventstudy.alignment import align_events
from dashboard.eventstudy.synthetic_control import (
    MIN_DONORS,
    Donor,
    PathPoint,
    SyntheticControl,
    SyntheticRequest,
    ValuePanel,
    compute_synthetic_control,
    join_by_day,
)
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Days, Floats, RateSeries, SeriesCard, require_price
from dashboard.services.rates import get_series
from dashboard.services.serializers import json_value, table_json

if TYPE_CHECKING:
    from dashboard.sources.rates.base import RateSource


DEFAULT_DONORS: Final = (
    "eur_usd_ecb",
    "usd_cny_ecb",
    "eur_pln_ecb",
    "eur_huf_ecb",
    "eur_czk_ecb",
    "eur_try_ecb",
    "brent_eia",
    "brent_fred",
)
"""The series that a counterfactual is made of unless others are named, where they are there."""
__all__ = [
    "Counterfactual",
    "Donor",
    "PathPoint",
    "SyntheticRequest",
    "build_counterfactual",
]

CROSS_RATES: Final = ("eur_usd_ecb", "usd_cny_ecb", "usd_rub_cbr")
"""The rates against the dollar that other pairs are crossed with."""
DOLLAR: Final = "USD"
MIN_SHARED_DAYS: Final = 0.8
"""The share of the days of the fit and after it that a donor has at least."""
MAX_DONORS: Final = 30


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A series that is no donor, and why."""

    id: str
    reason: str


@dataclass(frozen=True, eq=False, slots=True)
class Counterfactual:
    """The synthetic series of a currency at one date.

    `unit` is the code of the currency whose value in dollars is explained, `day` the market day of
    offset 0, `requested` the day in question and `event` the event where one was named. `cards` are
    those of the donors in the order of `control.donors`.
    """

    card: SeriesCard
    unit: str
    requested: date
    event: Event | None
    control: SyntheticControl
    cards: tuple[SeriesCard, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def day(self) -> date:
        """The market day of offset 0."""
        day: date = self.control.panel.day[self.control.row].item()
        return day

    @property
    def base_day(self) -> date:
        """The market day of the base, the last before the date."""
        day: date = self.control.panel.day[self.control.row - 1].item()
        return day


# ---- values in dollars


def value_in_dollars(
    series: RateSeries, dollar_rates: Sequence[RateSeries]
) -> tuple[str, Days, Floats]:
    """What one unit of the subject of a series costs in dollars, as 100 times its log.

    A pair with the dollar says it; any other pair is crossed with the rate of its other currency
    against the dollar on the same market days, without filling.

    Args:
        series: a pair, or a price in a currency, as USD per barrel.
        dollar_rates: pairs with the dollar to cross with.

    Returns:
        The code or name of what is valued, its days, and the values; NaN where the cross has none.

    Raises:
        InputError: it counts no currency, or there is no rate to cross it with.
    """
    card = series.card
    require_price(card)
    subject, money, sign = _subject_and_money(card)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = sign * 100 * np.log(series.rate)
    if money == DOLLAR:
        return subject, series.day, value
    for other in dollar_rates:
        pair = other.card.pair
        if pair is not None and {pair.base, pair.quote} == {money, DOLLAR}:
            at = np.searchsorted(other.day, series.day)
            found = np.minimum(at, len(other) - 1)
            is_there = other.day[found] == series.day
            money_sign = 1 if pair.quote == DOLLAR else -1
            money_value = money_sign * 100 * np.log(other.rate[found])
            return subject, series.day, np.where(is_there, value + money_value, np.nan)
    msg = _(
        "series {id}: counts {money}, and no rate of it against the dollar is here to cross with",
        id=card.id,
        money=money,
    )
    raise InputError(msg)


def _subject_and_money(card: SeriesCard) -> tuple[str, str, int]:
    """What a series values, the currency it is valued in, and the sign of the rate in that."""
    pair = card.pair
    if pair is None:
        money, _per, thing = card.unit.partition(" per ")
        if not thing or len(money) != len(DOLLAR) or not money.isupper():
            msg = _(
                "series {id}: counts {unit}, which is no price in a currency",
                id=card.id,
                unit=card.unit,
            )
            raise InputError(msg)
        return card.id, money, 1
    if DOLLAR in {pair.base, pair.quote}:
        return (pair.base, DOLLAR, 1) if pair.quote == DOLLAR else (pair.quote, DOLLAR, -1)
    is_about_quote = card.subject.code == pair.quote
    return (pair.quote, pair.base, -1) if is_about_quote else (pair.base, pair.quote, 1)


# ---- the counterfactual


def default_donors(cards: Sequence[SeriesCard]) -> tuple[str, ...]:
    """The ids of the usual donors that are there; of one price only the first."""
    known = {card.id: card for card in cards}
    present = [name for name in DEFAULT_DONORS if name in known]
    return tuple(
        name
        for at, name in enumerate(present)
        if known[name].unit not in {known[earlier].unit for earlier in present[:at]}
    )


def possible_donors(treated: SeriesCard, cards: Sequence[SeriesCard]) -> tuple[SeriesCard, ...]:
    """The daily prices of anything but the currency of a series."""
    own = _subject_and_money(treated)[0]
    return tuple(
        card
        for card in cards
        if card.is_price
        and not card.bar_minutes
        and card.id != treated.id
        and is_valued(card)
        and _subject_and_money(card)[0] != own
    )


def is_valued(card: SeriesCard) -> bool:
    """Whether a series is a pair of currencies, or a price in a currency."""
    try:
        _subject_and_money(card)
    except InputError:
        return False
    return True


def load_dollar_rates(sources: Sequence[RateSource]) -> tuple[RateSeries, ...]:
    """The rates to cross other pairs with."""
    return tuple(get_series(sources, name) for name in CROSS_RATES)


def build_counterfactual(
    series: RateSeries,
    when: date | Event,
    donors: Sequence[RateSeries],
    dollar_rates: Sequence[RateSeries],
    request: SyntheticRequest = SyntheticRequest(),  # noqa: B008 - frozen
) -> Counterfactual:
    """The synthetic series of a date, or of an event.

    Offset 0 is the first market day that can contain the event on the series, or the first day on
    or after it that the series and all donors have.

    Args:
        series: the series to explain; a pair of currencies, one number a day.
        when: the day, or an event.
        donors: the series that may explain it.
        dollar_rates: pairs with the dollar to cross others with.
        request: the rows of the fit.

    Raises:
        InputError: the series is no daily price of a currency, the date has too few rows before
            it, or fewer than two donors can be used.
    """
    if series.card.bar_minutes:
        msg = _("series {id}: has bars; a counterfactual needs one number a day", id=series.card.id)
        raise InputError(msg)
    event = when if isinstance(when, Event) else None
    requested = when.day if isinstance(when, Event) else when
    unit, day, value = value_in_dollars(series, dollar_rates)
    first = _first_day(series, event, requested)
    usable, left_out = _usable_donors((unit, day), first, donors, (dollar_rates, request))
    if len(usable) < MIN_DONORS:
        reasons = "; ".join(f"{one.id} {one.reason}" for one in left_out) or _("none was named")
        msg = _("needs at least two donors: {reasons}", reasons=reasons)
        raise InputError(msg, field="donors")
    panel = join_by_day(
        [(series.card.id, day, value), *((card.id, *values) for card, values in usable)]
    )
    row = _row_of(panel, first, request)
    control = compute_synthetic_control(panel, row, request)
    cards = tuple(card for card, _values in usable)
    return Counterfactual(series.card, unit, requested, event, control, cards, tuple(left_out))


def _first_day(series: RateSeries, event: Event | None, requested: date) -> np.datetime64:
    if event is None:
        return np.datetime64(requested, "D")
    row = int(align_events(series, [event]).row[0])
    if row < 1:
        msg = _("event {id}: lies outside the data of {series}", id=event.id, series=series.card.id)
        raise InputError(msg)
    return np.datetime64(str(series.day[row]), "D")


def _usable_donors(
    treated: tuple[str, Days],
    first: np.datetime64,
    donors: Sequence[RateSeries],
    how: tuple[Sequence[RateSeries], SyntheticRequest],
) -> tuple[list[tuple[SeriesCard, tuple[Days, Floats]]], list[LeftOut]]:
    """The donors with their values, and the others with the reason."""
    (unit, day), (dollar_rates, request) = treated, how
    if len(donors) > MAX_DONORS:
        msg = _(
            "{count} donors are too many; give {most} at most", count=len(donors), most=MAX_DONORS
        )
        raise InputError(msg, field="donors")
    row = int(np.searchsorted(day, first))
    needed = day[max(row - request.history, 0) : row + request.span + 1]
    usable: list[tuple[SeriesCard, tuple[Days, Floats]]] = []
    left_out: list[LeftOut] = []
    units = {unit}
    for donor in donors:
        try:
            thing, days, values = value_in_dollars(donor, dollar_rates)
        except InputError as error:
            reason = str(error).removeprefix(f"series {donor.card.id}: ")
            left_out.append(LeftOut(donor.card.id, reason))
            continue
        reason = _why_no_donor(donor.card, thing in units, (needed, days[np.isfinite(values)]))
        if reason:
            left_out.append(LeftOut(donor.card.id, reason))
        else:
            units.add(thing)
            usable.append((donor.card, (days, values)))
    return usable, left_out


def _why_no_donor(card: SeriesCard, is_repeated: bool, days: tuple[Days, Days]) -> str:  # noqa: FBT001
    """Why a series is no donor; empty where it is. `days` are those needed and those it has."""
    needed, there = days
    present = float(np.isin(needed, there).mean()) if len(needed) else 0.0
    if card.bar_minutes:
        return deferred("has bars, not one number a day")
    if is_repeated:
        return deferred("counts what is in already")
    if present < MIN_SHARED_DAYS:
        return deferred(
            "has {share:.0f} % of the days around the date, {least:.0f} % at least",
            share=100 * present,
            least=100 * MIN_SHARED_DAYS,
        )
    return ""


def _row_of(panel: ValuePanel, first: np.datetime64, request: SyntheticRequest) -> int:
    row = int(np.searchsorted(panel.day, first))
    if row >= len(panel):
        last = panel.day[-1].item() if len(panel) else _("nothing")
        msg = _("lies after the data that all series have, which end on {last}", last=last)
        raise InputError(msg, field="date", value=str(first))
    if row < request.history:
        msg = _(
            "has {row} days before it that all series have, {least} are needed",
            row=row,
            least=request.history,
        )
        raise InputError(msg, field="date", value=str(first))
    return row


# ---- JSON


def counterfactual_json(answer: Counterfactual) -> dict[str, Any]:
    """The gaps, the donors and what the answer rests on, as JSON values."""
    control = answer.control
    summary = {
        "series": answer.card.id,
        "unit": answer.unit,
        "event_id": answer.event.id if answer.event else None,
        "event_day": answer.requested.isoformat(),
        "day": answer.day.isoformat(),
        "base_day": answer.base_day.isoformat(),
        "fit_rows": control.request.length,
        "fit_gap": control.request.gap,
        "span": control.request.span,
        "rmspe_before": control.fit.before,
        "rmspe_after": control.fit.after,
        "ratio": control.fit.ratio,
        "fit_index": control.fit.index,
        "p_dates": control.p_dates,
        "n_dates": control.n_dates,
        "p_donors": control.p_donors,
        "n_donors": control.n_donors,
        "smallest_p_donors": control.smallest_p_donors,
        "smallest_visible": control.smallest_visible,
        "unique_weights": control.fit.unique,
        "reason": control.reason,
    }
    return {
        "summary": {name: json_value(value) for name, value in summary.items()},
        "counterfactual": table_json("counterfactual", [answer]),
        "counterfactual_donors": table_json("counterfactual_donors", [answer]),
        "left_out": [{"series": one.id, "reason": one.reason} for one in answer.left_out],
    }
