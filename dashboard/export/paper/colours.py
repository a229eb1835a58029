"""Plotly's colours, dashes and symbols in the words of Matplotlib."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from dashboard.export.paper.known import refuse

Rgba: TypeAlias = tuple[float, float, float, float]

_RGB: Final = re.compile(r"rgba?\(\s*([\d.]+),\s*([\d.]+),\s*([\d.]+)(?:,\s*([\d.]+))?\s*\)")
_HEX: Final = re.compile(r"#[0-9a-fA-F]{6}")
_NAMED: Final = {"white": "#ffffff", "black": "#000000", "transparent": "rgba(0,0,0,0)"}

POINT: Final = 0.72
"""Points in a pixel: a figure is drawn with 100 pixels to the inch."""
INK: Final = "#333333"

DASHES: Final[dict[str, Any]] = {
    "solid": "solid",
    "dot": (0, (1, 2)),
    "dash": (0, (5, 3)),
    "longdash": (0, (9, 4)),
    "dashdot": (0, (5, 2, 1, 2)),
}
STEPS: Final = {"linear": "default", "hv": "steps-post", "vh": "steps-pre", "hvh": "steps-mid"}
SYMBOLS: Final = {
    "circle": ("o", 1.0),
    "square": ("s", 0.9),
    "diamond": ("D", 0.75),
    "cross": ("P", 1.05),
    "x": ("X", 1.05),
    "triangle-up": ("^", 1.05),
    "triangle-down": ("v", 1.05),
    "triangle-left": ("<", 1.05),
    "triangle-right": (">", 1.05),
    "star": ("*", 1.35),
    "pentagon": ("p", 1.05),
    "hexagon": ("h", 1.05),
    "line-ns": ("|", 1.2),
    "line-ew": ("_", 1.2),
    "x-thin": ("x", 1.0),
    "cross-thin": ("+", 1.1),
}
"""Symbol: Matplotlib's marker, and how much larger it must be to look alike."""
LINES_ONLY: Final = frozenset("|_x+")


def colour(text: str, opacity: float = 1.0) -> Rgba:
    """A colour as `#RRGGBB`, `rgb(…)`, `rgba(…)` or one of three names.

    Raises:
        CannotDraw: it is written in another way.
    """
    text = _NAMED.get(text.lower(), text)
    if _HEX.fullmatch(text):
        red, green, blue = (int(text[k : k + 2], 16) / 255 for k in (1, 3, 5))
        return red, green, blue, opacity
    found = _RGB.fullmatch(text)
    if found is None:
        raise refuse("colour", text)
    red, green, blue = (float(found[k]) / 255 for k in (1, 2, 3))
    return red, green, blue, float(found[4] or 1.0) * opacity


def dash(name: str) -> Any:
    """How a line is broken.

    Raises:
        CannotDraw: the name is not known.
    """
    if name not in DASHES:
        raise refuse("dash", name)
    return DASHES[name]


def symbol(name: str) -> tuple[str, float, bool]:
    """Matplotlib's marker, its scale, and whether it is open.

    Raises:
        CannotDraw: the name is not known.
    """
    shape = name.removesuffix("-open")
    if shape not in SYMBOLS:
        raise refuse("symbol", name)
    return *SYMBOLS[shape], shape != name


def each(value: Any, size: int) -> list[Any]:
    """A value for each of `format_bytes` points, whether one was given or a list.

    Raises:
        CannotDraw: a list of another length.
    """
    if isinstance(value, Sequence) and not isinstance(value, str):
        if len(value) != size:
            raise refuse(f"a list of {len(value)} values for points", size)
        return list(value)
    return [value] * size
