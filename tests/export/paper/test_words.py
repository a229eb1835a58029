"""Words on paper: markup away, characters as they are, lines that fit."""

import pytest

from dashboard.export.paper.words import plain_lines, printable, weight_of, wrapped
from dashboard.presentation.escaping import escape_plot


def test_markup_of_figures_becomes_lines():
    assert plain_lines("<b>▼ −1.00</b> stronger<br>21 Apr") == ["▼ −1.00 stronger", "21 Apr"]
    assert weight_of("<b>x</b>", {}) == weight_of("x", {"weight": 600}) == "bold"
    assert weight_of("x", {}) == "normal"


@pytest.mark.parametrize("text", ["<b>bold</b>", "a & b", "$x$ %{y}", "{{7*7}}", "x<br>y"])
def test_what_the_screen_escapes_comes_back_as_it_was(text):
    assert plain_lines(escape_plot(text)) == [text]


def test_invisible_characters_are_left_out():
    assert printable("a\u202eb\u200bc\x00d") == "abc d"


def test_lines_are_no_wider_than_asked_and_lose_nothing():
    lines = wrapped("one two three abcdefghij", 5, len)
    assert lines == ["one", "two", "three", "abcde", "fghij"]
    assert wrapped("", 5, len) == [""]
