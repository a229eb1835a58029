"""What a page hides from its readers: styles of an element, and names in its style sheets."""

from time import process_time

import pytest
from lxml import html

from dashboard.sources.article_reader import is_hiding_style, strip_hidden


@pytest.mark.parametrize(
    "style",
    ["display:none", "DISPLAY : NONE", "visibility: hidden", "font-size:0", "opacity:0",
     "left:-9999px", "text-indent:-5000px", "height:0;overflow:hidden",
     "max-height: 0px; overflow-y:hidden", "color:#fff;background:#ffffff",
     "background-color:white;color:#FFF"],
)  # fmt: skip
def test_a_style_that_hides_is_known(style):
    assert is_hiding_style(style)


@pytest.mark.parametrize(
    "style",
    ["", "display:block", "font-size:0.9em", "opacity:0.5", "left:-99px", "height:0",
     "line-height:0;overflow:hidden", "color:#fff;background:#000", "color:red", "overflow:hidden",
     "background-color:#fff"],
)  # fmt: skip
def test_a_style_that_shows_is_left(style):
    assert not is_hiding_style(style)


def left_of(sheet, body):
    tree = html.fromstring(f"<html><head><style>{sheet}</style></head><body>{body}</body></html>")
    strip_hidden(tree)
    return "".join(tree.xpath("//body//text()"))


BODY = '<p class="a b">one</p><p id="c">two</p><p class="d">three</p>'


@pytest.mark.parametrize(
    ("sheet", "left"),
    [
        (".a{display:none}", "twothree"),
        ("/* .d{display:none} */ #c , .d { visibility:hidden }", "one"),
        ("@media print{.a{display:none}} .d{display:none}", "onetwo"),
        (".a .d{display:none} p.a{display:none}", "onetwothree"),
        (".a{display:block}", "onetwothree"),
        ("}}{.a{display:none", "onetwothree"),
    ],
)
def test_names_that_a_style_sheet_hides_everywhere_are_taken_out(sheet, left):
    assert left_of(sheet, BODY) == left


@pytest.mark.parametrize("piece", ["/*", "{", "}", "a{", ".a,", "*/", "display", " ", "color:"])
def test_a_style_sheet_made_to_keep_us_busy_is_read_in_time(piece):
    began = process_time()
    left_of(piece * (30_000 // len(piece)), BODY)
    is_hiding_style(piece * (30_000 // len(piece)))
    assert process_time() - began < 1
