"""Colours and shapes: position first, shape second, colour third; never red against green.

The seven hues keep 3:1 or more against both backgrounds and stay apart for colour-blind
readers; the three categories of diplomacy share one hue and differ by shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.domain.event import Category, Event, Origin

NOTES_LANE: Final = "notes"


@dataclass(frozen=True, slots=True)
class Lane:
    """How one kind of event looks: its words, colour, Plotly symbol and printed glyph."""

    id: str
    title: str
    short: str
    colour: str
    symbol: str
    glyph: str


LANES: Final[tuple[Lane, ...]] = (
    Lane(NOTES_LANE, "Your notes", "Your notes", "#F64CB2", "star", "★"),
    Lane(Category.SANCTIONS, "Sanctions", "Sanctions", "#AE09AE", "x", "✕"),
    Lane(Category.MONETARY_POLICY, "Monetary policy", "Monetary", "#2491FF", "square", "■"),
    Lane(Category.ENERGY, "Energy", "Energy", "#7A5F1F", "diamond", "◆"),
    Lane(Category.ESCALATION, "Escalation", "Escalation", "#5C33FF", "triangle-up", "▲"),
    Lane(Category.PEACE_TALKS, "Peace talks", "Peace talks", "#8A9900", "circle", "●"),
    Lane(Category.NATO_REMARK, "NATO remarks", "NATO", "#8A9900", "cross", "✚"),
    Lane(
        Category.LEADER_CALL_OR_SUMMIT, "Calls & summits", "Summits", "#8A9900", "circle-open", "◯"
    ),
    Lane(Category.DOMESTIC, "Domestic", "Domestic", "#CB7F76", "pentagon", "⬟"),
    Lane(Category.OTHER, "Other", "Other", "#7D828A", "hexagon", "⬢"),
)
LANE_OF: Final = {lane.id: lane for lane in LANES}
CATEGORY_LANES: Final = tuple(lane for lane in LANES if lane.id != NOTES_LANE)


_TITLES: Final = {lane.id: lane.title for lane in CATEGORY_LANES}


def lane_of(event: Event) -> Lane:
    """The lane an event is drawn in: a person's notes have their own, unknown words are Other."""
    key = NOTES_LANE if event.origin == Origin.NOTE else event.category
    return LANE_OF.get(key, LANE_OF[Category.OTHER])


def category_title(category: str) -> str:
    """The printed name of a category; a word of one's own is printed as it is."""
    return _TITLES.get(category, category)


@dataclass(frozen=True, slots=True)
class GroupLook:
    """How one of two groups looks: hue, dash of its lines, symbol and glyph of its points.

    The hue is another on the dark surface, where thin lines need more light.
    """

    light: str
    dark: str
    dash: str
    symbol: str
    glyph: str

    def colour(self, *, dark: bool) -> str:
        """The hue on one of the two surfaces."""
        return self.dark if dark else self.light


GROUP_LOOKS: Final[tuple[GroupLook, GroupLook]] = (
    GroupLook("#00857A", "#3CC4B4", "solid", "circle", "●"),
    GroupLook("#AE09AE", "#E48BE4", "dash", "diamond", "◆"),
)
"""Two groups side by side: neither hue is that of a direction, and dash and symbol differ."""

STRONGER: Final = "#2166AC"
WEAKER: Final = "#B35806"
DIRECTION_COLOUR: Final = {"stronger": STRONGER, "weaker": WEAKER}
# Text needs 4.5:1, which the two hues do not reach on the dark surface.
DIRECTION_TEXT_DARK: Final = {"stronger": "#6FA8DC", "weaker": "#E58E3A"}


@dataclass(frozen=True, slots=True)
class Ink:
    """The neutral colours of a figure on one of the two surfaces."""

    surface: str
    text: str
    muted: str
    line: str
    grid: str
    guide: str
    band: str
    selected: str
    pill: str


LIGHT: Final = Ink(
    surface="#FFFFFF",
    text="#22262B",
    muted="#5C636D",
    line="#333333",
    grid="#E8EAED",
    guide="rgba(60,66,75,0.15)",
    band="rgba(92,99,109,0.14)",
    selected="#22262B",
    pill="#F4F5F7",
)
DARK: Final = Ink(
    surface="#101214",
    text="#E8EAED",
    muted="#A3ABB5",
    line="#D5D9DE",
    grid="#262A30",
    guide="rgba(220,225,232,0.15)",
    band="rgba(163,171,181,0.18)",
    selected="#F2F4F6",
    pill="#1C2025",
)


CLEAR: Final = "rgba(0,0,0,0)"
"""No colour at all: the ground of a legend that lies on the figure."""

_MAP_ENDS: Final = {LIGHT.surface: ("#C58042", "#6494C5"), DARK.surface: ("#A45207", STRONGER)}


def map_scale(neutral: Ink) -> list[list[float | str]]:
    """The colour scale of cells that carry text: from weaker over the surface to stronger.

    The ends are the two hues of a direction at the strength where they are seen on the surface
    (3:1) and the text of the theme is read on them (4.5:1).
    """
    weaker, stronger = _MAP_ENDS[neutral.surface]
    return [[0.0, weaker], [0.5, neutral.surface], [1.0, stronger]]


LOGO_GROUND: Final = "#2B5C8A"
LOGO_LINE: Final = "#FFFFFF"
LOGO_FOOT: Final = "#8AB4DE"


_ON_BRIGHT: Final = "#101214"
_ON_DEEP: Final = "#FFFFFF"
_DEEP: Final = {"#AE09AE", "#7A5F1F", "#5C33FF"}


def text_on(lane: Lane) -> str:
    """The colour of a number that is written into a mark of a lane, on either surface."""
    return _ON_DEEP if lane.colour in _DEEP else _ON_BRIGHT


def ink(*, dark: bool) -> Ink:
    """The neutral colours for the reader's theme."""
    return DARK if dark else LIGHT


def signed_colour(towards_stronger: float, *, dark: bool) -> str:
    """The colour of a number that is positive where the rouble is stronger."""
    word = "stronger" if towards_stronger > 0 else "weaker" if towards_stronger < 0 else ""
    return direction_colour(word, dark=dark)


def direction_colour(word: str, *, dark: bool) -> str:
    """The colour of a direction word on text; neutral for a move of zero."""
    if dark:
        return DIRECTION_TEXT_DARK.get(word, DARK.muted)
    return DIRECTION_COLOUR.get(word, LIGHT.muted)
