"""Quote directions of a rate: numbers, direction names, arrows and axes in one of three modes.

More roubles per dollar is a *weaker* rouble. An arrow follows the number shown; the direction name
and its colour are always the rouble's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dashboard.models.series import SeriesCard
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    THIN_SPACE,
    format_number,
    format_percent,
    format_signed,
)

UNCHANGED_BELOW: Final = 5e-5
PERCENT: Final = 100.0


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
        return self.card.inverse_unit if self.is_inverse else self.card.unit

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
        up = "up" if not self.card.is_rouble else f"up = {self.up_label} rouble"
        if self.axis_is_inverted:
            return f"{self.unit} (axis inverted: {up})"
        return f"{self.unit} ({up})" if self.card.is_rouble else self.unit

    @property
    def up_label(self) -> str:
        """The rouble's direction when the line on the figure rises."""
        return "weaker" if self.mode is QuoteMode.WEAKER else "stronger"

    def shown(self, rate: float) -> float:
        """The number shown for a rate."""
        return 1.0 / rate if self.is_inverse else rate

    def rate(self, rate: float) -> str:
        """The number shown for a rate, with its published decimals."""
        return format_number(self.shown(rate), self.decimals)

    def quoted_log_points(self, log_points: float) -> float:
        """A move of the rouble as a move of the number shown (100 x log change)."""
        of_the_rate = log_points * self.card.move_sign
        return -of_the_rate if self.is_inverse else of_the_rate

    def percent(self, log_points: float, decimals: int = 1) -> str:
        """A move of the rouble as a signed % change of the number shown."""
        return format_percent(log_to_percent(self.quoted_log_points(log_points)), decimals)

    def other_percent(self, log_points: float, decimals: int = 1) -> str:
        """The same move in the other quote, with its unit: `USD per RUB −20.0 %`."""
        other = QuotedSeries(self.card, QuoteMode.WEAKER if self.is_inverse else QuoteMode.USD)
        return f"{other.unit} {other.percent(log_points, decimals)}"

    def arrow(self, log_points: float) -> str:
        """▲ or ▼ after the number shown, not after the rouble."""
        quoted = self.quoted_log_points(log_points)
        if not abs(quoted) >= UNCHANGED_BELOW:
            return "■" if quoted == quoted else ""  # noqa: PLR0124 - NaN has no arrow
        return "▲" if quoted > 0 else "▼"

    def direction(self, log_points: float) -> str:
        """`stronger` or `weaker` for the rouble, `up` or `down` for another series."""
        return name_direction(self.card, log_points)

    def move(self, log_points: float, decimals: int = 1) -> str:
        """`▲ +0.47 % weaker`: the arrow and the % of the number, the direction of the rouble."""
        if math.isnan(log_points):
            return NO_VALUE
        word = self.direction(log_points)
        return f"{self.arrow(log_points)} {self.percent(log_points, decimals)} {word}"

    def headline(self, log_points: float, subject: str = "Rouble") -> str:
        """`Rouble 5.3 % weaker (RUB per USD +5.3 %)`."""
        if math.isnan(log_points):
            return f"{subject}: no rate to compare"
        word, change = self.direction(log_points), self.percent(log_points)
        if word == "unchanged":
            return f"{subject} unchanged ({self.unit} {change})"
        return f"{subject} {change.lstrip('+' + MINUS)} {word} ({self.unit} {change})"


def name_direction(card: SeriesCard, log_points: float) -> str:
    """The direction of a move: the rouble's, or the number's where no rouble is quoted."""
    if math.isnan(log_points):
        return ""
    if abs(log_points) < UNCHANGED_BELOW:
        return "unchanged"
    up, down = direction_names(card)
    return up if log_points > 0 else down


def direction_names(card: SeriesCard) -> tuple[str, str]:
    """The directions of a positive and a negative move: of the rouble, else of the number."""
    return ("stronger", "weaker") if card.is_rouble else ("up", "down")


def log_to_percent(log_points: float) -> float:
    """A log move (x 100) as a percentage change."""
    return 100.0 * math.expm1(log_points / 100.0)


# ------------------------------------------------------------------ moves as log points or per cent


@dataclass(frozen=True, slots=True)
class MoveScale:
    """How a move in return units (positive = stronger rouble) is shown in figures and text.

    Log moves are log points of the number shown, in the quote that was chosen. Simple returns
    are no mirror images, so they are always those of the value of one rouble.
    """

    quoting: QuotedSeries
    is_simple: bool = False

    def shown(self, move: float) -> float:
        """The number on the axis."""
        points = PERCENT * move
        return points if self.is_simple else self.quoting.quoted_log_points(points)

    @property
    def unit(self) -> str:
        """What the number counts, in short."""
        return f"{THIN_SPACE}%" if self.is_simple else " log pts"

    @property
    def is_inverted(self) -> bool:
        """Whether the axis of moves runs downwards."""
        return self.quoting.axis_is_inverted and not self.is_simple

    @property
    def axis(self) -> str:
        """`log pts of RUB per USD, up = weaker rouble`, for a vertical axis."""
        return self.axis_towards("up")

    def axis_towards(self, side: str) -> str:
        """The same for an axis whose values grow to a side, as `right`."""
        card = self.quoting.card
        of = card.inverse_unit if self.is_simple and card.is_rouble else self.quoting.unit
        text = f"{'% (simple)' if self.is_simple else 'log pts'} of {of}"
        if not card.is_rouble:
            return text
        inverted = "axis inverted: " if self.is_inverted else ""
        word = direction_names(card)[0] if self.is_simple else self.up
        return f"{text}, {inverted}{side} = {word} rouble"

    @property
    def up(self) -> str:
        """The rouble's direction when a figure rises."""
        return self.quoting.up_label

    def direction(self, move: float) -> str:
        """`stronger`, `weaker`, `unchanged`; `up` and `down` of other series."""
        return self.quoting.direction(PERCENT * move)

    def size(self, move: float, decimals: int = 2) -> str:
        """`0.59 log pts`, without a sign and direction."""
        return (
            NO_VALUE
            if math.isnan(move)
            else f"{format_number(abs(PERCENT * move), decimals)}{self.unit}"
        )

    def directed(self, move: float, decimals: int = 2) -> str:
        """`0.59 log pts stronger`; `unchanged` where it did not move."""
        if not math.isfinite(move):
            return NO_VALUE
        word = self.direction(move)
        return word if word == "unchanged" else f"{self.size(move, decimals)} {word}"

    def directed_span(self, low: float, high: float) -> str:
        """`0.20 weaker to 1.40 log pts stronger`, `0.20 to 1.23 log pts weaker`, in any quote."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return NO_VALUE
        first, second = sorted((low, high), key=abs) if low * high > 0 else (low, high)
        word = self.direction(first)
        between = "" if word == self.direction(second) else f" {word}"
        return f"{format_number(abs(PERCENT * first))}{between} to {self.directed(second)}"

    def signed(self, move: float, decimals: int = 2) -> str:
        """`−0.59`: the number on the axis with its sign."""
        return format_signed(self.shown(move), decimals) if math.isfinite(move) else NO_VALUE

    def move(self, move: float) -> str:
        """`▼ −0.59 stronger`: arrow and sign of the number shown, direction of the rouble."""
        if not math.isfinite(move):
            return NO_VALUE
        shown = self.shown(move)
        arrow = "■" if self.direction(move) == "unchanged" else "▲" if shown > 0 else "▼"
        return f"{arrow} {self.signed(move)} {self.direction(move)}"

    def span(self, low: float, high: float) -> str:
        """`−1.2 to +0.4`: an interval as shown, the smaller number first."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return NO_VALUE
        ends = sorted((self.shown(low), self.shown(high)))
        return f"{format_signed(ends[0])} to {format_signed(ends[1])}"
