"""The three ways to look at a rate: numbers, words, arrows and axis turn together.

The rouble's view, always with a word: more roubles per dollar is a *weaker* rouble. The arrow
points where the number shown goes; the word and the colour are the rouble's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from dashboard.domain.series import SeriesCard
from dashboard.ui.wording import MINUS, NOTHING, number, percent

UNCHANGED_BELOW: Final = 5e-5


class Quote(StrEnum):
    """The three ways to look at a rate; the values are those of a link."""

    WEAKER = "weaker"
    INVERTED = "inverted"
    USD = "usd"


@dataclass(frozen=True, slots=True)
class Quoting:
    """A series seen in one of the three ways: numbers, words and axis turn together."""

    card: SeriesCard
    mode: Quote

    @property
    def unit(self) -> str:
        """The unit of the number shown."""
        return self.card.inverse_unit if self.is_inverse else self.card.unit

    @property
    def is_inverse(self) -> bool:
        """Whether the number shown is one over the rate."""
        return self.mode is Quote.USD

    @property
    def axis_is_inverted(self) -> bool:
        """Whether the axis runs downwards."""
        return self.mode is Quote.INVERTED

    @property
    def decimals(self) -> int:
        """Decimals of the number shown."""
        return self.card.inverse_decimals if self.is_inverse else self.card.decimals

    @property
    def axis_title(self) -> str:
        """The unit, and what up on the figure means."""
        up = "up" if not self.card.is_rouble else f"up = {self.up_word} rouble"
        if self.axis_is_inverted:
            return f"{self.unit} (axis inverted: {up})"
        return f"{self.unit} ({up})" if self.card.is_rouble else self.unit

    @property
    def up_word(self) -> str:
        """The rouble's direction when the line on the figure rises."""
        return "weaker" if self.mode is Quote.WEAKER else "stronger"

    def shown(self, rate: float) -> float:
        """The number shown for a rate."""
        return 1.0 / rate if self.is_inverse else rate

    def rate(self, rate: float) -> str:
        """The number shown for a rate, with its published decimals."""
        return number(self.shown(rate), self.decimals)

    def quoted_log_points(self, log_points: float) -> float:
        """A move of the rouble as a move of the number shown (100 x log change)."""
        of_the_rate = log_points * self.card.move_sign
        return -of_the_rate if self.is_inverse else of_the_rate

    def percent(self, log_points: float, decimals: int = 1) -> str:
        """A move of the rouble as a signed % change of the number shown."""
        return percent(percent_of_log(self.quoted_log_points(log_points)), decimals)

    def other_percent(self, log_points: float, decimals: int = 1) -> str:
        """The same move in the other quote, with its unit: `USD per RUB −20.0 %`."""
        other = Quoting(self.card, Quote.WEAKER if self.is_inverse else Quote.USD)
        return f"{other.unit} {other.percent(log_points, decimals)}"

    def arrow(self, log_points: float) -> str:
        """▲ or ▼ after the number shown, not after the rouble."""
        quoted = self.quoted_log_points(log_points)
        if not abs(quoted) >= UNCHANGED_BELOW:
            return "■" if quoted == quoted else ""  # noqa: PLR0124 - NaN has no arrow
        return "▲" if quoted > 0 else "▼"

    def direction(self, log_points: float) -> str:
        """`stronger` or `weaker` for the rouble, `up` or `down` for another series."""
        return direction(self.card, log_points)

    def move(self, log_points: float, decimals: int = 1) -> str:
        """`▲ +0.47 % weaker`: the arrow and the % of the number, the word of the rouble."""
        if math.isnan(log_points):
            return NOTHING
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


def direction(card: SeriesCard, log_points: float) -> str:
    """The word for a move: the rouble's, or the number's where no rouble is quoted."""
    if math.isnan(log_points):
        return ""
    if abs(log_points) < UNCHANGED_BELOW:
        return "unchanged"
    up, down = direction_words(card)
    return up if log_points > 0 else down


def direction_words(card: SeriesCard) -> tuple[str, str]:
    """The words for a positive and a negative move: of the rouble, else of the number."""
    return ("stronger", "weaker") if card.is_rouble else ("up", "down")


def percent_of_log(log_points: float) -> float:
    """A log move (x 100) as a percentage change."""
    return 100.0 * math.expm1(log_points / 100.0)
