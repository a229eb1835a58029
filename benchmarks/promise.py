"""One promise about speed or size, and whether it holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One promise: what was measured, as text, and whether it holds."""

    what: str
    measured: str
    goal: str
    holds: bool

    def __str__(self) -> str:
        """The line as it is printed."""
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        return f"{self.what:<13}{self.measured:<64}goal {self.goal:<16}{verdict}"
