"""Baskets: what is in each, and one event or categories of events on every series of one."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from dashboard.eventstudy.alignment import DatedEvents
from dashboard.eventstudy.numerics import adjust_rows
from dashboard.eventstudy.study import study_event_with_near_sizes
from dashboard.models.baskets import (
    AssetMove,
    Basket,
    BasketMember,
    BasketMoves,
    ScaledPoint,
    create_basket,
)
from dashboard.models.errors import InputError, SourceError
from dashboard.models.event import Event
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import Fixing, PlaceboRank
from dashboard.models.series import Floats
from dashboard.models.study import SIGNIFICANCE_LEVEL, StudyRequest, StudyResult, read_window
from dashboard.models.tickers import is_ticker
from dashboard.services.compare import request_for
from dashboard.services.rates import get_series, list_cards

if TYPE_CHECKING:
    from dashboard.sources.rates.base import RateSource

DEFAULT_BASKET: Final = "rouble"
DEFAULT_REQUEST: Final = StudyRequest()
WINDOW_OPTIONS: Final = ("0:0", "0:1", "0:2", "0:5", "0:10")
"""The windows that pages offer."""
MAX_FILE_LENGTH: Final = 20_000
MAX_BASKETS: Final = 100


class BasketStore(Protocol):
    """Where a person's baskets are."""

    def baskets(self) -> tuple[Basket, ...]:
        """Those of the person, by name."""
        ...

    def put(self, basket: Basket) -> Basket:
        """Store one; one of its name is replaced."""
        ...


# ---- which baskets there are


def list_baskets(shipped: Iterable[Basket], store: BasketStore) -> tuple[Basket, ...]:
    """The shipped baskets and those of the person."""
    return (*shipped, *store.baskets())


def find_basket(baskets: Sequence[Basket], name: str) -> Basket:
    """The basket of a name.

    Raises:
        InputError: there is none; the message names those there are.
    """
    for basket in baskets:
        if basket.name == name.strip().casefold():
            return basket
    known = ", ".join(basket.name for basket in baskets)
    msg = _("there is no such basket; choose one of {known}", known=known)
    raise InputError(msg, field="basket", value=name[:60])


def put_basket(store: BasketStore, shipped: Iterable[Basket], basket: Basket) -> Basket:
    """Store a basket of one's own; one of its name is replaced.

    Raises:
        InputError: its name is that of a shipped basket, or there are too many already.
    """
    if any(other.name == basket.name for other in shipped):
        msg = _("is a basket that ships with the program; choose another name")
        raise InputError(msg, field="name", value=basket.name)
    others = [other for other in store.baskets() if other.name != basket.name]
    if len(others) >= MAX_BASKETS:
        msg = _("you have {most} baskets; remove one first", most=MAX_BASKETS)
        raise InputError(msg, field="name", value=basket.name)
    return store.put(basket)


def read_basket(text: str, name: str) -> Basket:
    """The basket of a file: a series a line, `#` begins a comment; or JSON with `members`.

    Args:
        text: the content of the file.
        name: what the basket is called, its file name without the ending.

    Raises:
        InputError: it is neither, or names no series.
    """
    if len(text) > MAX_FILE_LENGTH:
        msg = _("{name}: is too long for a list of series", name=name)
        raise InputError(msg)
    members: Iterable[str] = (line.partition("#")[0] for line in text.splitlines())
    if text.lstrip().startswith(("{", "[")):
        members = _members_of_json(text, name)
    slug = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in name).split())
    return create_basket(slug[:40] or "basket", members)


def _members_of_json(text: str, name: str) -> Iterable[str]:
    try:
        content = json.loads(text)
    except ValueError:
        content = None
    members = content.get("members") if isinstance(content, dict) else content
    if not isinstance(members, list) or not all(isinstance(item, str) for item in members):
        msg = _('{name}: is no list of series; write {{"members": ["usd_rub_cbr"]}}', name=name)
        raise InputError(msg)
    return members


def load_members(
    sources: Sequence[RateSource], basket: Basket, live_ids: Collection[str] = ()
) -> tuple[BasketMember, ...]:
    """Every member of a basket with its series, or with the reason why there is none.

    Two names of one series count once. Nothing is fetched.

    Args:
        sources: the sources of series.
        basket: the basket.
        live_ids: the series that can be fetched.
    """
    members: dict[str, BasketMember] = {}
    bars = {card.id for card in list_cards(sources) if card.bar_minutes}
    for name in basket.members:
        member = _load_member(sources, name, bars, live_ids)
        key = member.series.card.id if member.series is not None else name
        members.setdefault(key, member)
    return tuple(members.values())


def _load_member(
    sources: Sequence[RateSource], name: str, bars: set[str], live_ids: Collection[str]
) -> BasketMember:
    of_bars = deferred("it has bars; a basket compares series of one number a day")
    if name in bars:  # they may have a million rows, which are not read
        return BasketMember(name, reason=of_bars)
    try:
        series = get_series(sources, name)
        if series.card.bar_minutes:
            return BasketMember(name, reason=of_bars)
        return BasketMember(name, series)
    except InputError:
        is_live = is_ticker(name) or name in live_ids
        reason = deferred("nothing of {id} was fetched yet; refresh it by this name", id=name)
        if not is_live:
            reason = deferred("there is no such series; import it, or take it out of the basket")
        return BasketMember(name, reason=reason, is_fetchable=is_live)
    except SourceError as error:
        return BasketMember(name, reason=str(error))


# ---- one event on every series


def window_request(window: str) -> StudyRequest:
    """The default study with one window as it is typed.

    Raises:
        InputError: it cannot be parsed, or is not within the event window.
    """
    return replace(DEFAULT_REQUEST, cars=(read_window("window", window, 0),))


def measure_basket(
    basket: Basket,
    members: Sequence[BasketMember],
    event: Event,
    known: Sequence[Event],
    request: StudyRequest = DEFAULT_REQUEST,
) -> BasketMoves:
    """The move of every series at an event, each as in a study of that series alone.

    Every series has its own clock, unit and ordinary range (docs/statistics.md, 17.2 and 28); the
    p-values are corrected over the family of the basket by Holm.

    Args:
        basket: the basket.
        members: its members as `load_members` gives them.
        event: the event.
        known: every known event, for crowding.
        request: the parameters; the first CAR window is compared, and the returns of numbers that
            are no prices are differences.

    Raises:
        InputError: the pool is another one than the dates near the event, or the model cannot be
            used without factors.
    """
    if request.pool != "near":
        msg = _("a basket is compared with the dates near the event; leave it out")
        raise InputError(msg, field="pool", value=request.pool)
    window = request.cars[0]
    dated = DatedEvents.of(tuple(known))
    measured = [_measure_member(member, event, dated, request) for member in members]
    family = sum(not math.isnan(move.p_value) for move, _sizes in measured)
    moves = [
        replace(move, family=family, visible=_smallest_visible(move, sizes, family))
        for move, sizes in measured
    ]
    adjusted = adjust_rows(moves, "holm")
    return BasketMoves(event, basket, window, tuple(sorted(adjusted, key=_ordinariness)))


def _ordinariness(move: AssetMove) -> tuple[bool, float, float]:
    """Sorts by p, then by size in forecast errors; moves without numbers come last."""
    if move.scar is None or math.isnan(move.p_value):
        return True, 0.0, -abs(move.scar or 0.0)
    return False, move.p_value, -abs(move.scar)


def _smallest_visible(move: AssetMove, sizes: Floats, family: int) -> float | None:
    """The abnormal move that the first step of Holm's correction would find, in its unit.

    p = (dates at least as large + 1) / (dates + 1) has to be below 0.05 over the family.
    """
    if move.se is None or not len(sizes):
        return None
    larger = math.ceil(SIGNIFICANCE_LEVEL / family * (len(sizes) + 1) - 1e-9) - 2
    return None if larger < 0 else move.se * float(sizes[len(sizes) - 1 - larger])


def _measure_member(
    member: BasketMember, event: Event, known: DatedEvents, request: StudyRequest
) -> tuple[AssetMove, Floats]:
    """The move of a series, and the sizes that it is compared with."""
    window = request.cars[0]
    if member.series is None:
        return AssetMove(event, member.name, window, reason=member.reason), np.array([])
    series = member.series
    own_request = request_for(series.card, request)
    result, sizes = study_event_with_near_sizes(series, event, known, own_request)
    move = AssetMove(event, member.name, window, series.card)
    if not result.events:
        reason = deferred(
            "the event belongs to the series {series}, not to {id}",
            series=event.series,
            id=series.card.id,
        )
        reason = result.skipped[0].reason if result.skipped else reason
        return replace(move, reason=reason), sizes
    return _with_numbers(move, result), sizes


def _with_numbers(move: AssetMove, result: StudyResult) -> AssetMove:
    """The move with what the study of its series alone says."""
    series, car, row = result.series, result.cars[0], int(result.anchor[0])
    first, last = row + move.window[0] - 1, row + move.window[1]
    placed = replace(
        move,
        first=Fixing.at(series, row),
        base=Fixing.at(series, first) if first >= 0 else None,
        end=Fixing.at(series, last) if last < len(series) else None,
        shift_days=int(result.shift_days[0]),
        crowd=tuple(car.crowd[0]),
        flags=result.flags[0],
        path=_scaled_path(result),
    )
    if not math.isfinite(car.car[0]) or placed.base is None or placed.end is None:
        reason = result.skipped[0].reason if result.skipped else deferred("a rate is missing")
        return replace(placed, reason=reason)
    moved = _raw_move(result, placed.base.rate, placed.end.rate)
    abnormal, error = 100.0 * float(car.car[0]), 100.0 * float(car.se[0])
    reach = error * _forecast_quantile(float(car.df[0]))
    return replace(
        placed,
        move=moved,
        car=abnormal,
        se=error,
        low=moved - abnormal - reach,
        high=moved - abnormal + reach,
        scar=float(car.t[0]) if math.isfinite(car.t[0]) else None,
        rank=PlaceboRank.of_car(car, 0, "near"),
    )


def _raw_move(result: StudyResult, base: float, end: float) -> float:
    """The move from base to end in the unit of the series."""
    card = result.series.card
    change = 100.0 * math.log(end / base) if card.is_price else end - base
    return card.move_sign * change + 0.0


def _forecast_quantile(df: float) -> float:
    """The quantile of t that bounds 95 of 100 ordinary moves."""
    from scipy import special

    return float(special.stdtrit(df, 0.975)) if df > 0 else math.nan


def _scaled_path(result: StudyResult) -> tuple[ScaledPoint, ...]:
    """The abnormal path from the base in forecast errors of the window; empty without an error.

    At the last offset of a window from 0 on it is the SCAR of the window.
    """
    error = float(result.cars[0].se[0])
    if not error > 0:
        return ()
    move, low, high = (matrix[0] for matrix in result.from_base)
    value, reach = (move - (low + high) / 2) / error, (high - low) / 2 / error
    points = zip(result.offsets.tolist(), value.tolist(), reach.tolist(), strict=True)
    return tuple(ScaledPoint(*point) for point in points if np.isfinite(point[1]))
