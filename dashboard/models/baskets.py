"""Baskets: named lists of series, and what one event did to every series of one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.models.moves import Fixing, PlaceboRank
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import SIGNIFICANCE_LEVEL, Window

NAME_PATTERN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MAX_MEMBERS: Final = 50
MAX_MEMBER_LENGTH: Final = 80
MEMBER_PATTERN: Final = re.compile(r"[A-Za-z0-9^][A-Za-z0-9_.:@=^&-]*")


@dataclass(frozen=True, slots=True)
class Basket:
    """A named list of series.

    Attributes:
        name: in links and commands: small letters, digits and `-`.
        members: ids of series and tickers, in the order given, each once.
        title: what it is about; of a basket of one's own the name.
        is_shipped: whether it comes with the program and cannot be changed.
    """

    name: str
    members: tuple[str, ...]
    title: str = ""
    is_shipped: bool = False

    @property
    def label(self) -> str:
        """The title in the language in use."""
        return translate_deferred(self.title) or self.name


def create_basket(name: str, members: Iterable[str]) -> Basket:
    """A basket of one's own, checked.

    Args:
        name: as it is typed; it is stored in small letters.
        members: ids of series and tickers; repeated ones count once.

    Raises:
        InputError: the name or a member cannot be one, there is none, or there are too many.
    """
    stored = name.strip().casefold()
    if not NAME_PATTERN.fullmatch(stored):
        msg = _("is no name of a basket; take small letters, digits and -, at most 40")
        raise InputError(msg, field="name", value=_shown(name))
    unique = tuple(dict.fromkeys(filter(None, (member.strip() for member in members))))
    if not 1 <= len(unique) <= MAX_MEMBERS:
        msg = _("a basket has 1 to {most} series, not {count}", most=MAX_MEMBERS, count=len(unique))
        raise InputError(msg, field="series")
    for member in unique:
        if len(member) > MAX_MEMBER_LENGTH or not MEMBER_PATTERN.fullmatch(member):
            msg = _("is neither the id of a series nor a ticker such as moex:RGBI")
            raise InputError(msg, field="series", value=_shown(member))
    return Basket(stored, unique)


def _shown(text: str) -> str:
    return "".join(c for c in text if c.isprintable())[:40]


@dataclass(frozen=True, slots=True)
class BasketMember:
    """A member of a basket: its series, or why there is none and what to do.

    `is_fetchable` says that a refresh would bring it.
    """

    name: str
    series: RateSeries | None = None
    reason: str = ""
    is_fetchable: bool = False


@dataclass(frozen=True, slots=True)
class ScaledPoint:
    """A point of the path around an event in forecast errors of the window that is compared.

    `value` is the abnormal move from the base, `reach` how far an ordinary one goes in either
    direction (95 %).
    """

    offset: int
    value: float
    reach: float


@dataclass(frozen=True, slots=True)
class AssetMove:
    """What one series did at an event, each by its own clock, in its own unit.

    Attributes:
        event: the event.
        member: the series as the basket names it.
        window: first and last offset, in observations of the series.
        card: the series; None where there is none.
        first: the first observation that can contain the event.
        base: the last observation before the window.
        end: the last observation of the window.
        shift_days: calendar days from the event to the market day of `first`.
        move: from base to end: log points of a price, points of a number that is none; positive
            as `SeriesCard.move_sign` says.
        car: the abnormal move in the same unit.
        se: its forecast error in the same unit.
        low: the lower end of the range in which 95 of 100 ordinary moves lie, in the same unit.
        high: its upper end.
        scar: the abnormal move in forecast errors, the unit in which series can be compared.
        visible: the smallest abnormal move, whatever its sign, whose corrected p would be below
            0.05, in the unit of the series; None where no move would do.
        rank: the move among the dates near the event by size of `scar`; None where there is none.
        p_adjusted: the p of `rank` corrected over the family; NaN where there is none.
        family: how many series of the basket were tested.
        crowd: ids of the other events in the window.
        flags: what to know of the event on this series, as in a study.
        path: the points of the event window.
        reason: why there is no number, and what to do; empty where there is one.
    """

    event: Event
    member: str
    window: Window
    card: SeriesCard | None = None
    first: Fixing | None = None
    base: Fixing | None = None
    end: Fixing | None = None
    shift_days: int | None = None
    move: float | None = None
    car: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    scar: float | None = None
    visible: float | None = None
    rank: PlaceboRank | None = None
    p_adjusted: float = math.nan
    family: int = 0
    crowd: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    path: tuple[ScaledPoint, ...] = ()
    reason: str = ""

    @property
    def series(self) -> str:
        """The id of the series; as the basket names it where there is none."""
        return self.card.id if self.card else self.member

    @property
    def p_value(self) -> float:
        """The share of the dates near the event with a move at least as large; NaN for none."""
        return math.nan if self.rank is None or self.rank.p is None else self.rank.p

    @property
    def unit(self) -> str:
        """The unit of the moves, as files write it: `log pts`, `points`; empty for no series."""
        return "" if self.card is None else "log pts" if self.card.is_price else "points"

    @property
    def is_outside(self) -> bool:
        """Whether the corrected p is below 0.05."""
        return self.p_adjusted < SIGNIFICANCE_LEVEL


@dataclass(frozen=True, slots=True)
class BasketMoves:
    """One event on every series of a basket, the least ordinary first, those without last."""

    event: Event
    basket: Basket
    window: Window
    moves: tuple[AssetMove, ...]

    @property
    def tested(self) -> tuple[AssetMove, ...]:
        """The moves with a p, which make the family."""
        return tuple(move for move in self.moves if not math.isnan(move.p_value))

    @property
    def smallest_p(self) -> float:
        """The smallest corrected p that the family and its pools allow; NaN without a test."""
        sizes = [move.rank.size for move in self.tested if move.rank is not None]
        return min(1.0, len(sizes) / (max(sizes) + 1)) if sizes else math.nan
