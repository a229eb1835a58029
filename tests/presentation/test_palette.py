"""Shapes and colours can be distinguished: contrast against both surfaces, never colour alone."""

import re
import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from dashboard.models.event import Category, Event, Origin
from dashboard.presentation.palette import (
    ALL_STYLES,
    DARK_PALETTE,
    DIRECTION_COLOUR,
    DIRECTION_TEXT_DARK,
    GROUP_STYLES,
    LIGHT_PALETTE,
    LOGO_BACKGROUND,
    LOGO_BASELINE,
    LOGO_LINE,
    NOTES_STYLE,
    OVERLAY_STYLES,
    STRONGER_COLOUR,
    WEAKER_COLOUR,
    category_title,
    direction_colour,
    get_event_style,
    heat_colour_scale,
    marker_text_colour,
)
from tests.presentation.literals import literals

ROOT = Path(__file__).parents[2]
PALETTES = {"light": LIGHT_PALETTE, "dark": DARK_PALETTE}
COLOUR = re.compile(r"#(?:[0-9a-f]{3}){1,2}\b|\b(?:rgb|hsl)a?\(\s*\d", re.IGNORECASE)


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_known_extremes():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21.0)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    "surface", [LIGHT_PALETTE.surface, DARK_PALETTE.surface], ids=["light", "dark"]
)
@pytest.mark.parametrize("style", ALL_STYLES, ids=lambda style: style.id)
def test_a_mark_is_seen_on_both_surfaces(style, surface):
    assert contrast(style.colour, surface) >= 3


@pytest.mark.parametrize("style", ALL_STYLES, ids=lambda style: style.id)
def test_a_number_in_a_mark_can_be_read(style):
    assert contrast(marker_text_colour(style), style.colour) >= 4.5


@pytest.mark.parametrize("word", ["stronger", "weaker"])
def test_a_direction_can_be_read_as_text_on_both_surfaces(word):
    assert contrast(DIRECTION_COLOUR[word], LIGHT_PALETTE.surface) >= 4.5
    assert contrast(DIRECTION_TEXT_DARK[word], DARK_PALETTE.surface) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT_PALETTE, DARK_PALETTE], ids=["light", "dark"])
def test_text_can_be_read(palette):
    assert contrast(palette.text, palette.surface) >= 7
    assert contrast(palette.muted, palette.surface) >= 4.5


def test_every_lane_has_a_colour_and_a_shape_of_its_own():
    assert len({style.colour for style in ALL_STYLES}) == len(ALL_STYLES)
    assert len({style.symbol for style in ALL_STYLES}) == len(ALL_STYLES)
    assert len({style.glyph for style in ALL_STYLES}) == len(ALL_STYLES)


def test_every_category_has_a_lane_and_notes_have_their_own():
    assert {style.id for style in ALL_STYLES} == {NOTES_STYLE, *(c.value for c in Category)}


def test_no_colour_is_one_that_streamlit_replaces():
    # "#000001" to "#000040" are placeholders of theme colours in the browser
    assert all(int(style.colour[1:], 16) > 0x40 for style in ALL_STYLES)


def test_neither_red_nor_green_says_a_direction():
    for colour in (*DIRECTION_COLOUR.values(), *DIRECTION_TEXT_DARK.values()):
        red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
        assert not (green > red and green > blue)  # no green
        assert red <= blue or green >= 0.45 * red  # no red: the warm one is an orange-brown


def test_a_note_is_drawn_in_the_notes_lane_whatever_its_category():
    note = Event(id="n", day=date(2024, 1, 1), title="t", category="energy", origin=Origin.NOTE)
    assert get_event_style(note).id == NOTES_STYLE
    assert category_title("energy") == "Energy"


def test_a_files_own_category_is_drawn_under_other():
    event = Event(id="x", day=date(2024, 1, 1), title="t", category="grain", origin=Origin.FILE)
    assert get_event_style(event).id == "other"
    assert category_title("grain") == "grain"


def test_the_order_of_lanes_starts_with_the_readers_notes():
    assert ALL_STYLES[0].id == NOTES_STYLE
    assert all(one.title != other.title for one, other in pairwise(ALL_STYLES))


def test_no_button_is_filled_where_white_on_it_cannot_be_read():
    pages = ROOT / "dashboard" / "ui"
    filled = [
        path.name for path in sorted(pages.rglob("*.py")) if 'type="primary"' in path.read_text()
    ]
    assert filled == []
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    assert contrast(settings["theme"]["light"]["primaryColor"], "#FFFFFF") >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_caption_can_be_read(theme):
    # Streamlit writes captions in the colour of text at 60 %
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"][theme]
    text, surface = settings["textColor"], settings["backgroundColor"]
    mixed = "#" + "".join(
        f"{round(0.6 * int(text[k : k + 2], 16) + 0.4 * int(surface[k : k + 2], 16)):02X}"
        for k in (1, 3, 5)
    )
    assert contrast(mixed, surface) >= 4.5


@pytest.mark.parametrize("style", OVERLAY_STYLES, ids=lambda style: style.symbol)
def test_a_group_is_seen_on_both_surfaces(style):
    assert contrast(style.colour(dark=False), LIGHT_PALETTE.surface) >= 4.5
    assert contrast(style.colour(dark=True), DARK_PALETTE.surface) >= 7


def test_two_groups_differ_in_more_than_hue_and_take_no_hue_of_a_direction():
    one, other = GROUP_STYLES
    assert one.dash != other.dash
    assert one.symbol != other.symbol
    assert one.glyph != other.glyph
    hues = {style.colour(dark=dark) for style in GROUP_STYLES for dark in (False, True)}
    assert len(hues) == 4
    assert hues.isdisjoint({*DIRECTION_COLOUR.values(), *DIRECTION_TEXT_DARK.values()})


@pytest.mark.parametrize("theme", PALETTES)
def test_cells_are_seen_and_the_text_on_them_is_read(theme):
    palette = PALETTES[theme]
    (_, weaker), (_, middle), (_, stronger) = heat_colour_scale(palette)
    assert middle == palette.surface
    for end in (weaker, stronger):
        assert contrast(end, palette.surface) >= 3
        assert contrast(end, palette.text) >= 4.5
        # between the ends and the surface the luminance only grows towards the surface
        assert (luminance(end) < luminance(middle)) == (theme == "light")


@pytest.mark.parametrize(
    "surface", [LIGHT_PALETTE.surface, DARK_PALETTE.surface], ids=["light", "dark"]
)
@pytest.mark.parametrize("colour", [STRONGER_COLOUR, WEAKER_COLOUR])
def test_the_ends_of_a_heat_map_without_text_are_seen_on_both_surfaces(colour, surface):
    assert contrast(colour, surface) >= 3


@pytest.mark.parametrize("theme", PALETTES)
def test_every_neutral_mark_is_seen_and_text_on_a_pill_is_read(theme):
    palette = PALETTES[theme]
    for mark in (palette.line, palette.muted, palette.selected, palette.text):
        assert contrast(mark, palette.surface) >= 3
    assert contrast(palette.text, palette.pill) >= 4.5
    assert contrast(palette.muted, palette.pill) >= 4.5


@pytest.mark.parametrize("word", ["stronger", "weaker", "unchanged"])
@pytest.mark.parametrize("theme", PALETTES)
def test_a_direction_word_is_read_on_the_surface_of_its_theme(word, theme):
    assert contrast(direction_colour(word, dark=theme == "dark"), PALETTES[theme].surface) >= 4.5


def test_the_logo_can_be_seen():
    assert contrast(LOGO_LINE, LOGO_BACKGROUND) >= 4.5
    assert contrast(LOGO_BASELINE, LOGO_BACKGROUND) >= 3


def literal_colours(text):
    """The colours written out in a module, outside what it says about itself."""
    return [value for value in literals(text) if COLOUR.search(value)]


def test_every_colour_of_the_pages_is_in_the_palette():
    package = ROOT / "dashboard"
    result = {
        str(path.relative_to(package)): literal_colours(path.read_text(encoding="utf-8"))
        for folder in ("presentation", "ui")
        for path in sorted((package / folder).rglob("*.py"))
    }
    assert {path for path, colours in result.items() if colours} == {"presentation/palette.py"}


@pytest.mark.parametrize("code", ['a = "#1F2a3B"', 'a = "x #fff;"', 'a = f"rgba(1,2,{b})"'])
def test_a_colour_written_elsewhere_would_be_found(code):
    assert literal_colours(code)


def test_a_colour_that_is_only_spoken_of_is_none():
    assert literal_colours('"""Like #FFFFFF."""\na = "event #12"') == []
