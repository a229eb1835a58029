"""Colours and shapes of categories, groups and directions, on light and dark surfaces.

Position first, shape second, colour third; never red against green.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from dashboard.models.event import Category, Event, Origin
from dashboard.models.messages import deferred, deferred_in_context, translate_deferred

NOTES_STYLE: Final = "notes"


@dataclass(frozen=True, slots=True)
class CategoryStyle:
    """The style of a category of events: titles, colour, Plotly symbol and printed glyph."""

    id: str
    title_message: str
    short_message: str
    colour: str
    symbol: str
    glyph: str

    @property
    def title(self) -> str:
        """The name of the category."""
        return translate_deferred(self.title_message)

    @property
    def short(self) -> str:
        """The name for a narrow place."""
        return translate_deferred(self.short_message)


ALL_STYLES: Final[tuple[CategoryStyle, ...]] = tuple(CategoryStyle(*style) for style in (
    (NOTES_STYLE, deferred("Your notes"), deferred("Your notes"), "#F64CB2", "star", "★"),
    (Category.SANCTIONS, deferred("Sanctions"), deferred("Sanctions"), "#AE09AE", "x", "✕"),
    (Category.MONETARY_POLICY, deferred("Monetary policy"),
     deferred("Monetary"), "#2491FF", "square", "■"),
    (Category.ENERGY, deferred("Energy"), deferred("Energy"), "#7A5F1F", "diamond", "◆"),
    (Category.ESCALATION, deferred("Escalation"),
     deferred("Escalation"), "#CC6060", "triangle-up", "▲"),
    (Category.PEACE_TALKS, deferred("Peace talks"),
     deferred("Peace talks"), "#8A9900", "circle", "●"),
    (Category.NATO_REMARK, deferred_in_context("category", "NATO remarks"),
     deferred("NATO"), "#006C84", "cross", "✚"),
    (Category.LEADER_CALL_OR_SUMMIT, deferred("Calls & summits"),
     deferred("Summits"), "#4A50E8", "circle-open", "◯"),
    (Category.DOMESTIC, deferred("Domestic"), deferred("Domestic"), "#C08448", "pentagon", "⬟"),
    (Category.OTHER, deferred("Other"), deferred("Other"), "#7D828A", "hexagon", "⬢"),
))  # fmt: skip
STYLE_BY_ID: Final = {style.id: style for style in ALL_STYLES}
CATEGORY_STYLES: Final = tuple(style for style in ALL_STYLES if style.id != NOTES_STYLE)


def get_event_style(event: Event) -> CategoryStyle:
    """The style of an event: notes have one of their own, unknown categories are Other."""
    key = NOTES_STYLE if event.origin == Origin.NOTE else event.category
    return STYLE_BY_ID.get(key, STYLE_BY_ID[Category.OTHER])


def category_title(category: str) -> str:
    """The printed name of a category; a custom category is printed as it is."""
    style = STYLE_BY_ID.get(category) if category != NOTES_STYLE else None
    return style.title if style else category


@dataclass(frozen=True, slots=True)
class GroupStyle:
    """The style of one of two groups: hue, dash of its lines, symbol and glyph of its points.

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


GROUP_STYLES: Final[tuple[GroupStyle, GroupStyle]] = (
    GroupStyle("#00857A", "#3CC4B4", "solid", "circle", "●"),
    GroupStyle("#AE09AE", "#E48BE4", "dash", "diamond", "◆"),
)
"""Two compared groups: neither hue is that of a direction, and dash and symbol differ."""
OVERLAY_STYLES: Final[tuple[GroupStyle, ...]] = (
    *GROUP_STYLES,
    GroupStyle("#7A5F1F", "#D9B45A", "dot", "square", "■"),
)
"""Other series on the chart of the rate, whose own line is neutral."""

STRONGER_COLOUR: Final = "#2166AC"
WEAKER_COLOUR: Final = "#B35806"
DIRECTION_COLOUR: Final = {"stronger": STRONGER_COLOUR, "weaker": WEAKER_COLOUR}
# Text needs 4.5:1, which the two hues do not reach on the dark surface.
DIRECTION_TEXT_DARK: Final = {"stronger": "#6FA8DC", "weaker": "#E58E3A"}


@dataclass(frozen=True, slots=True)
class Palette:
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


LIGHT_PALETTE: Final = Palette(
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
DARK_PALETTE: Final = Palette(
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


TRANSPARENT: Final = "rgba(0,0,0,0)"
"""The background of a legend that lies on the figure."""

_HEAT_ENDS: Final = {
    LIGHT_PALETTE.surface: ("#C58042", "#6494C5"),
    DARK_PALETTE.surface: ("#A45207", STRONGER_COLOUR),
}


def heat_colour_scale(palette: Palette) -> list[list[float | str]]:
    """The colour scale of cells that carry text: from weaker over the surface to stronger.

    The ends are the two hues of a direction with a contrast of 3:1 to the surface and of 4.5:1 to
    the text of the theme.
    """
    weaker, stronger = _HEAT_ENDS[palette.surface]
    return [[0.0, weaker], [0.5, palette.surface], [1.0, stronger]]


LOGO_BACKGROUND: Final = "#2B5C8A"
LOGO_LINE: Final = "#FFFFFF"
LOGO_BASELINE: Final = "#8AB4DE"


_ON_BRIGHT: Final = "#101214"
_ON_DEEP: Final = "#FFFFFF"
_DEEP: Final = {"#AE09AE", "#7A5F1F", "#4A50E8", "#006C84"}


def marker_text_colour(style: CategoryStyle) -> str:
    """The colour of a number written into a mark of a category, on either surface."""
    return _ON_DEEP if style.colour in _DEEP else _ON_BRIGHT


def get_palette(*, dark: bool) -> Palette:
    """The neutral colours for the reader's theme."""
    return DARK_PALETTE if dark else LIGHT_PALETTE


def signed_colour(towards_stronger: float, *, dark: bool) -> str:
    """The colour of a number that is positive where the rouble is stronger."""
    word = "stronger" if towards_stronger > 0 else "weaker" if towards_stronger < 0 else ""
    return direction_colour(word, dark=dark)


def direction_colour(word: str, *, dark: bool) -> str:
    """The colour of a direction word on text; neutral for a move of zero."""
    if dark:
        return DIRECTION_TEXT_DARK.get(word, DARK_PALETTE.muted)
    return DIRECTION_COLOUR.get(word, LIGHT_PALETTE.muted)


def format_coloured(text: str, colour: str) -> str:
    """Markdown of a text in a colour of the palette; the text is never a user's."""
    return f':color[{text}]{{foreground="{colour}"}}'
