"""The scale of Compare: moves of the rouble as log points or per cent of the number shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from dashboard.ui.quoting import Quoting, direction_words
from dashboard.ui.wording import NOTHING, THIN, number, signed

PERCENT: Final = 100.0


@dataclass(frozen=True, slots=True)
class Scale:
    """How a move in return units (positive = stronger rouble) is shown on a figure and in words.

    Log moves are log points of the number shown, in the quote that was chosen. Simple returns
    are no mirror images, so they are always those of the value of one rouble.
    """

    quoting: Quoting
    is_simple: bool = False

    def shown(self, move: float) -> float:
        """The number on the axis."""
        points = PERCENT * move
        return points if self.is_simple else self.quoting.quoted_log_points(points)

    @property
    def unit(self) -> str:
        """What the number counts, in short."""
        return f"{THIN}%" if self.is_simple else " log pts"

    @property
    def is_inverted(self) -> bool:
        """Whether the axis of moves runs downwards."""
        return self.quoting.axis_is_inverted and not self.is_simple

    @property
    def axis(self) -> str:
        """`log pts of RUB per USD, up = weaker rouble`, for an axis that stands."""
        return self.axis_towards("up")

    def axis_towards(self, side: str) -> str:
        """The same for an axis whose values grow to a side, as `right`."""
        card = self.quoting.card
        of = card.inverse_unit if self.is_simple and card.is_rouble else self.quoting.unit
        what = f"{'% (simple)' if self.is_simple else 'log pts'} of {of}"
        if not card.is_rouble:
            return what
        inverted = "axis inverted: " if self.is_inverted else ""
        word = direction_words(card)[0] if self.is_simple else self.up
        return f"{what}, {inverted}{side} = {word} rouble"

    @property
    def up(self) -> str:
        """The rouble's direction when a figure rises."""
        return self.quoting.up_word

    def direction(self, move: float) -> str:
        """`stronger`, `weaker`, `unchanged`; `up` and `down` of other series."""
        return self.quoting.direction(PERCENT * move)

    def size(self, move: float, decimals: int = 2) -> str:
        """`0.59 log pts`, without a sign; a word says the direction."""
        return (
            NOTHING if math.isnan(move) else f"{number(abs(PERCENT * move), decimals)}{self.unit}"
        )

    def directed(self, move: float, decimals: int = 2) -> str:
        """`0.59 log pts stronger`; `unchanged` where it did not move."""
        if not math.isfinite(move):
            return NOTHING
        word = self.direction(move)
        return word if word == "unchanged" else f"{self.size(move, decimals)} {word}"

    def directed_span(self, low: float, high: float) -> str:
        """`0.20 weaker to 1.40 log pts stronger`, `0.20 to 1.23 log pts weaker`, in any quote."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return NOTHING
        one, other = sorted((low, high), key=abs) if low * high > 0 else (low, high)
        word = self.direction(one)
        between = "" if word == self.direction(other) else f" {word}"
        return f"{number(abs(PERCENT * one))}{between} to {self.directed(other)}"

    def signed(self, move: float, decimals: int = 2) -> str:
        """`−0.59`: the number on the axis with its sign."""
        return signed(self.shown(move), decimals) if math.isfinite(move) else NOTHING

    def move(self, move: float) -> str:
        """`▼ −0.59 stronger`: arrow and sign of the number shown, the word of the rouble."""
        if not math.isfinite(move):
            return NOTHING
        shown = self.shown(move)
        arrow = "■" if self.direction(move) == "unchanged" else "▲" if shown > 0 else "▼"
        return f"{arrow} {self.signed(move)} {self.direction(move)}"

    def span(self, low: float, high: float) -> str:
        """`−1.2 to +0.4`: an interval as shown, the smaller number first."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return NOTHING
        ends = sorted((self.shown(low), self.shown(high)))
        return f"{signed(ends[0])} to {signed(ends[1])}"
