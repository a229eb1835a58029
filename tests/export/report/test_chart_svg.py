"""The SVG of a chart: the drawing with its caption, nothing active in it, any text whole."""

import pytest
from lxml import etree

from dashboard.export.report.chart_svg import (
    CANVASES,
    MARGIN,
    PAGE_CANVAS,
    Caption,
    ChartRefused,
    captioned_svg,
    fit_figure,
    printable,
    svg_size,
    text_width,
    wrapped,
)
from tests.made_report import HOSTILE

NAME = "{http://www.w3.org/2000/svg}"
CAPTION = Caption("A title", "A subtitle", ["Source: a bank", "Live page: http://x.example/"], "Up")


def plot(inside="", attributes=""):
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
        f' width="1000" height="300" {attributes}>{inside}</svg>'
    ).encode()


def lines_of(svg):
    return [element.text for element in etree.fromstring(svg).findall(f"{NAME}text")]


def test_the_caption_stands_around_the_drawing():
    svg = captioned_svg(plot('<path d="M0,0L9,9"/>'), CAPTION, PAGE_CANVAS, "#FAFAFA")
    root = etree.fromstring(svg)
    assert lines_of(svg) == ["A title", "A subtitle", *CAPTION.footer]
    assert root.findtext(f"{NAME}title") == "A title"
    assert root.findtext(f"{NAME}desc") == "Up"
    assert root.find(f"{NAME}rect").get("fill") == "#FAFAFA"
    drawing = root.find(f"{NAME}svg")
    top = float(drawing.get("y"))
    texts = root.findall(f"{NAME}text")
    assert {element.get("x") for element in [drawing, *texts]} == {str(MARGIN)}  # one left edge
    heights = [float(element.get("y")) for element in root.findall(f"{NAME}text")]
    assert heights[0] < heights[1] <= top < top + 300 < heights[2] < heights[3]
    # 20, 14 and twice 11 pixels x 1.35, margins above, below and between, the drawing of 300
    assert svg_size(svg) == (1000, round(300 + 1.35 * (20 + 14 + 22) + 2 * MARGIN))


@pytest.mark.parametrize(
    ("size", "declared", "layout"),
    [
        ("web", ("1200", "675"), (960, 540)),
        ("print", ("180mm", "90mm"), (960, 480)),
        ("square", ("1080", "1080"), (720, 720)),
    ],
)
def test_a_picture_has_the_size_that_its_name_promises(size, declared, layout):
    figure = {"data": [], "layout": {"height": 500, "margin": {"t": 80, "b": 40}}}
    canvas = CANVASES[size]
    fitted = fit_figure(figure, CAPTION, canvas)
    height = fitted["layout"]["height"]
    drawn = plot().replace(b'height="300"', f'height="{height}"'.encode())
    svg = captioned_svg(drawn, CAPTION, canvas)
    root = etree.fromstring(svg)
    assert (root.get("width"), root.get("height")) == declared
    assert svg_size(svg) == layout
    bottom = float(root.findall(f"{NAME}text")[-1].get("y"))
    assert float(root.find(f"{NAME}svg").get("y")) + height < bottom < layout[1]


def test_named_rows_get_the_height_they_need_and_no_more_than_on_the_page():
    def height(rows, natural):
        axis = {"ticktext": ["a name"] * rows}
        layout = {"height": natural, "margin": {"t": 30, "b": 40}, "yaxis": axis}
        return fit_figure({"layout": layout}, CAPTION, CANVASES["web"])["layout"]["height"]

    left = height(1, 2_000)
    assert left < 540
    assert height(60, 2_000) == 60 * 15 + 24 + 40  # 15 pixels a row, and both margins
    assert height(60, 600) == 600 - 30 + 24


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_only_text_and_loses_nothing(text):
    svg = captioned_svg(plot(), Caption(text, text, [text], text), PAGE_CANVAS)
    root = etree.fromstring(svg)
    names = {element.tag.removeprefix(NAME) for element in root.iter()}
    assert names == {"svg", "title", "desc", "rect", "text"}
    joined = "".join(lines_of(svg)).replace(" ", "")
    assert joined == 3 * "".join(printable(text).split())


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ("<style>@import url(http://x.example/)</style>", "<style>"),
        ("<foreignObject><p>x</p></foreignObject>", "<foreignobject>"),
        ('<a xlink:href="http://x.example/"><text>x</text></a>', "<a>"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "<set>"),
        ('<image xlink:href="http://x.example/b.png"/>', "href of <image>"),
        ('<image href="//x.example/b.png"/>', "href of <image>"),
        ('<image href="data:image/svg+xml;base64,PHN2Zy8+"/>', "href of <image>"),
        ('<use href="other.svg#x"/>', "href of <use>"),
        ('<rect onload="alert(1)"/>', "onload of <rect>"),
        ("<rect style=\"fill: URL( 'http://x.example/')\"/>", "style of <rect>"),
        ('<rect fill="url(http://x.example/#p)"/>', "fill of <rect>"),
        ("<?xml-stylesheet href='http://x.example/'?>", "no static picture"),
    ],
)
def test_what_runs_loads_or_leads_elsewhere_is_refused_by_name(inside, named):
    with pytest.raises(ChartRefused) as refused:
        captioned_svg(plot(inside), CAPTION, PAGE_CANVAS)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_parts_of_the_picture_itself_stay():
    inside = (
        '<defs><clipPath id="c"/></defs><g clip-path="url(#c)" style="fill: url(&quot;#c&quot;)"/>'
        '<image xlink:href="data:image/png;base64,iVBORw0KGgo="/><use href="#c"/>'
    )
    drawing = etree.fromstring(captioned_svg(plot(inside), CAPTION, PAGE_CANVAS)).find(f"{NAME}svg")
    assert [element.tag.removeprefix(NAME) for element in drawing] == ["defs", "g", "image", "use"]


def test_what_is_no_xml_is_refused():
    with pytest.raises(ChartRefused, match="no picture"):
        captioned_svg(b"<svg><g></svg>", CAPTION, PAGE_CANVAS)


def test_a_figure_is_drawn_without_its_title_and_the_room_for_it():
    figure = {
        "data": [{"type": "bar", "y": [1]}],
        "layout": {"height": 400, "title": {"text": "T"}, "margin": {"l": 50, "t": 90}},
    }
    drawn = fit_figure(figure, CAPTION, PAGE_CANVAS)
    assert drawn["data"] == figure["data"]
    assert "title" not in drawn["layout"]
    assert drawn["layout"]["width"] == 1000 - 2 * MARGIN
    top = drawn["layout"]["margin"]["t"]
    assert drawn["layout"]["height"] - top == 400 - 90
    assert drawn["layout"]["margin"]["l"] == 50
    assert figure["layout"]["title"] == {"text": "T"}


def test_invisible_characters_are_left_out():
    assert printable("a\u202eb\u200bc\x00d") == "abc d"


def test_lines_are_no_wider_than_the_room_and_a_long_word_is_cut():
    lines = wrapped(" ".join(HOSTILE), 300, 13)
    assert max(text_width(line, 13) for line in lines) <= 300
    assert wrapped("", 300, 13) == [""]
    assert wrapped("one two", 30, 11) == ["one", "two"]
    assert len(wrapped("W" * 40, 100, 10)) > 1
