"""Quote directions of a rate: numbers, direction names, arrows and axes in one of three modes.

An arrow follows the number shown; the direction name and its colour are always those of the
subject of the series: more roubles per dollar is a *weaker* rouble, more dollars per euro a
*stronger* euro, a higher price of oil is oil *up*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dashboard.models.currencies import UNCHANGED_BELOW, is_unchanged, name_unit
from dashboard.models.messages import deferred, translate_deferred, translate_in_context
from dashboard.models.messages import translate as _
from dashboard.models.series import SeriesCard
from dashboard.presentation.formatting import (
    NO_VALUE,
    THIN_SPACE,
    format_number,
    format_percent,
    format_range,
    format_signed,
)
from dashboard.presentation.palette import direction_colour

PERCENT: Final = 100.0
DIRECTION_LABELS: Final = {
    "": "",
    "stronger": deferred("stronger"),
    "weaker": deferred("weaker"),
    "up": deferred("up"),
    "down": deferred("down"),
    "unchanged": deferred("unchanged"),
}
"""The directions of a move as people read them."""


class QuoteMode(StrEnum):
    """The three ways to quote a rate; the values are those of a link."""

    WEAKER = "weaker"
    INVERTED = "inverted"
    USD = "usd"


@dataclass(frozen=True, slots=True)
class QuotedSeries:
    """A series in one of the three quote modes."""

    card: SeriesCard
    mode: QuoteMode

    @property
    def unit(self) -> str:
        """The unit of the number shown."""
        card = self.card
        return card.inverse_unit_label if self.is_inverse else card.unit_label

    @property
    def is_inverse(self) -> bool:
        """Whether the number shown is one over the rate."""
        return self.mode is QuoteMode.USD

    @property
    def axis_is_inverted(self) -> bool:
        """Whether the axis runs downwards."""
        return self.mode is QuoteMode.INVERTED

    @property
    def decimals(self) -> int:
        """Decimals of the number shown."""
        return self.card.inverse_decimals if self.is_inverse else self.card.decimals

    @property
    def axis_title(self) -> str:
        """The unit, and what up on the figure means."""
        meaning = self.axis_meaning()
        return f"{self.unit} ({meaning})" if meaning else self.unit

    @property
    def up_label(self) -> str:
        """The subject's direction when the line on the figure rises."""
        number_rises = -1 if self.axis_is_inverted else 1
        return name_direction(self.card, number_rises * self.quoted_log_points(1.0))

    def axis_meaning(self, side: str = "up") -> str:
        """`axis inverted: up = stronger rouble`; without a currency only that it is inverted."""
        subject = self.card.subject
        if not subject.is_currency:
            return _("axis inverted") if self.axis_is_inverted else ""
        meaning = describe_side(side, name_move(self.up_label, subject.noun))
        return _("axis inverted: {meaning}", meaning=meaning) if self.axis_is_inverted else meaning

    def shown(self, rate: float) -> float:
        """The number shown for a rate."""
        return 1.0 / rate if self.is_inverse else rate

    def rate(self, rate: float) -> str:
        """The number shown for a rate, with its published decimals."""
        return format_number(self.shown(rate), self.decimals)

    def price(self, rate: float) -> str:
        """`RUB 80.76`: the number shown with its currency, to be read; its unit where it has none.

        Two decimals fewer than are published.
        """
        number = format_number(self.shown(rate), max(self.decimals - 2, 0))
        unit = self.card.inverse_unit if self.is_inverse else self.card.unit
        currency, per, _base = unit.partition(" per ")
        if not per:
            return f"{number} {self.unit}"
        return _("{currency} {number}", currency=currency, number=number)

    def quoted_log_points(self, log_points: float) -> float:
        """A move of the subject as a move of the number shown (100 x log change)."""
        of_the_rate = log_points * self.card.move_sign
        return -of_the_rate if self.is_inverse else of_the_rate

    def quoted_percent(self, log_points: float) -> float:
        """A move of the subject as a % change of the number shown."""
        return log_to_percent(self.quoted_log_points(log_points))

    def percent(self, log_points: float, decimals: int = 1) -> str:
        """A move of the subject as a signed % change of the number shown."""
        return format_percent(self.quoted_percent(log_points), decimals)

    def signed(self, log_points: float | None, decimals: int = 2) -> str:
        """A move of the subject in log points of the number shown: `−0.47`."""
        if log_points is None or math.isnan(log_points):
            return NO_VALUE
        return format_signed(self.quoted_log_points(log_points), decimals)

    def directed(self, log_points: float) -> str:
        """`0.5 % stronger`, of no currency `up 0.5 %`: the size is that of the number shown."""
        if math.isnan(log_points) or is_unchanged(log_points):
            return self.direction(log_points) or NO_VALUE
        size = format_percent_size(self.quoted_percent(log_points))
        return _join_direction(self.card, size, self.direction(log_points))

    def other_percent(self, log_points: float, decimals: int = 1) -> str:
        """The same move in the other quote, with its unit: `USD per RUB −20.0 %`."""
        other = QuotedSeries(self.card, QuoteMode.WEAKER if self.is_inverse else QuoteMode.USD)
        return f"{other.unit} {other.percent(log_points, decimals)}"

    def arrow(self, log_points: float) -> str:
        """▲ or ▼ after the number shown, not after the subject."""
        quoted = self.quoted_log_points(log_points)
        if not abs(quoted) >= UNCHANGED_BELOW:
            return "■" if quoted == quoted else ""  # noqa: PLR0124 - NaN has no arrow
        return "▲" if quoted > 0 else "▼"

    def direction(self, log_points: float) -> str:
        """`stronger` or `weaker` of a currency, `up` or `down` of anything else."""
        return name_direction(self.card, log_points)

    def colour(self, log_points: float, *, dark: bool) -> str:
        """The colour of the direction of a move."""
        return move_colour(self.card, log_points, dark=dark)

    def move(self, log_points: float, decimals: int = 1) -> str:
        """`▲ +0.47 % weaker`: the arrow and the % of the number, the direction of the subject."""
        if math.isnan(log_points):
            return NO_VALUE
        word = self.direction(log_points)
        return f"{self.arrow(log_points)} {self.percent(log_points, decimals)} {word}"


def _join_direction(card: SeriesCard, size: str, direction: str) -> str:
    """`0.5 % stronger` of a currency; `up 0.5 %` of anything else, after its title."""
    if card.subject.is_currency:
        return _("{size} {direction}", size=size, direction=direction)
    return _("{direction} {size}", size=size, direction=direction)


def name_move(direction: str, subject: str) -> str:
    """`stronger rouble`."""
    return _("{direction} {subject}", direction=direction, subject=subject)


def name_direction(card: SeriesCard, log_points: float) -> str:
    """The direction of a move of the subject; empty where there is no move."""
    return translate_deferred(DIRECTION_LABELS[card.subject.direction(log_points)])


def move_colour(card: SeriesCard, log_points: float, *, dark: bool) -> str:
    """The colour of the direction of a move of the subject."""
    return direction_colour(card.subject.direction(log_points), dark=dark)


def describe_side(side: str, direction: str) -> str:
    """`up = stronger rouble`, `right = stronger rouble`: what a side of an axis means."""
    if side == "right":
        return _("right = {direction}", direction=direction)
    return _("up = {direction}", direction=direction)


def format_percent_size(percent: float) -> str:
    """`0.5 %`, `0.04 %`, `under 0.01 %`: a change without its sign."""
    size = abs(percent)
    if size < 0.005:
        return _("under {size}", size=f"{format_number(0.01)}{THIN_SPACE}%")
    return f"{format_number(size, 1 if size >= 0.095 else 2)}{THIN_SPACE}%"


def log_to_percent(log_points: float) -> float:
    """A log move (x 100) as a percentage change."""
    return 100.0 * math.expm1(log_points / 100.0)


# ------------------------------------------------------------------ moves as log points or per cent


@dataclass(frozen=True, slots=True)
class MoveScale:
    """How a move in return units (positive = stronger subject) is shown in figures and text.

    Log moves are log points of the number shown, in the quote that was chosen. Simple returns
    are no mirror images, so they are always those of the value of one unit of the subject.
    """

    quoting: QuotedSeries
    is_simple: bool = False

    def shown(self, move: float) -> float:
        """The number on the axis."""
        points = PERCENT * move
        return points if self.is_simple else self.quoting.quoted_log_points(points)

    def shown_percent(self, move: float) -> float:
        """The change of the number on the axis in per cent."""
        points = PERCENT * move
        return points if self.is_simple else self.quoting.quoted_percent(points)

    def with_unit(self, number: str) -> str:
        """A number with what it counts: `0.59 log pts`, `0.59 %`."""
        return f"{number}{THIN_SPACE}%" if self.is_simple else _("{value} log pts", value=number)

    @property
    def is_inverted(self) -> bool:
        """Whether the axis of moves runs downwards."""
        return self.quoting.axis_is_inverted and not self.is_simple

    @property
    def axis(self) -> str:
        """`log pts of RUB per USD, up = weaker rouble`, for a vertical axis."""
        return self.axis_towards("up")

    def axis_towards(self, side: str, *, in_percent: bool = False) -> str:
        """The same for an axis whose values grow to a side, as `right`; per cent where wanted."""
        card, unit = self.quoting.card, self.quoting.unit
        if not self.is_simple:
            text = _("% of {unit}", unit=unit) if in_percent else _("log pts of {unit}", unit=unit)
            meaning = self.quoting.axis_meaning(side)
        else:
            text = _("% (simple) of {unit}", unit=name_unit(card.subject_unit))
            rise = name_move(name_direction(card, 1.0), card.subject.noun)
            meaning = describe_side(side, rise) if card.subject.is_currency else ""
        return f"{text}, {meaning}" if meaning else text

    def direction(self, move: float) -> str:
        """`stronger`, `weaker`, `unchanged`; `up` and `down` of what is no currency."""
        return self.quoting.direction(PERCENT * move)

    def colour(self, move: float, *, dark: bool) -> str:
        """The colour of the direction of a move."""
        return self.quoting.colour(PERCENT * move, dark=dark)

    def percent(self, move: float, decimals: int = 1) -> str:
        """`−0.6 %`: the change of the number on the axis with its sign."""
        return format_percent(self.shown_percent(move), decimals)

    def directed_percent(self, move: float) -> str:
        """`0.6 % stronger`: its size, and the direction of the subject."""
        if math.isnan(move) or is_unchanged(PERCENT * move):
            return self.direction(move) or NO_VALUE
        size = format_percent_size(self.shown_percent(move))
        return _join_direction(self.quoting.card, size, self.direction(move))

    def directed_span(self, low: float, high: float) -> str:
        """`0.2 % weaker to 1.4 % stronger`, `0.2 to 1.2 % weaker`, `up 0.2 to 1.2 %`."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return NO_VALUE
        if self.direction(low) != self.direction(high):
            ends = [self.directed_percent(end) for end in (low, high)]
            return translate_in_context("directions", "{low} to {high}", low=ends[0], high=ends[1])
        first, second = sorted((low, high), key=abs)
        if is_unchanged(PERCENT * second):
            return self.direction(second) or NO_VALUE
        start, end = (format_percent_size(self.shown_percent(size)) for size in (first, second))
        start = start.removesuffix(f"{THIN_SPACE}%")
        span = translate_in_context("sizes", "{low} to {high}", low=start, high=end)
        return _join_direction(self.quoting.card, span, self.direction(second))

    def percent_span(self, low: float, high: float, decimals: int = 1) -> str:
        """`−1.8 % to +0.2 %`: an interval as shown, the smaller number first."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return NO_VALUE
        ends = sorted((self.shown_percent(low), self.shown_percent(high)))
        return format_range(*(format_percent(end, decimals) for end in ends))

    def signed(self, move: float, decimals: int = 2) -> str:
        """`−0.59`: the number on the axis with its sign."""
        return format_signed(self.shown(move), decimals) if math.isfinite(move) else NO_VALUE

    def move(self, move: float) -> str:
        """`▼ −0.59 stronger`: arrow and sign of the number shown, direction of the subject."""
        if not math.isfinite(move):
            return NO_VALUE
        return f"{self._arrow(move)} {self.signed(move)} {self.direction(move)}"

    def percent_move(self, move: float, decimals: int = 1) -> str:
        """`▼ −0.6 % stronger`: the same in per cent."""
        if not math.isfinite(move):
            return NO_VALUE
        return f"{self._arrow(move)} {self.percent(move, decimals)} {self.direction(move)}"

    def _arrow(self, move: float) -> str:
        if is_unchanged(PERCENT * move):
            return "■"
        return "▲" if self.shown(move) > 0 else "▼"

    def span(self, low: float, high: float) -> str:
        """`−1.2 to +0.4`: an interval as shown, the smaller number first."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return NO_VALUE
        ends = sorted((self.shown(low), self.shown(high)))
        return format_range(*map(format_signed, ends))
