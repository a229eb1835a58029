"""A chart as one static SVG: the picture that kaleido draws, with its caption around it.

Title, definition, sources, the day of the data and the links stand in the picture itself, so
that it stays true when it is copied out of its page. What the browser returns is parsed and
refused if it holds a script, a link or a reference to anything outside the picture.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dashboard.models.errors import RoubleReactionError
from dashboard.models.messages import translate as _
from dashboard.models.tables import PictureSize

if TYPE_CHECKING:
    from lxml.etree import _Element

DEFAULT_HEIGHT: Final = 450
TOP: Final = 24
"""Pixels between the caption and the plotting area, for the name of the axis above it."""
MARGIN: Final = 24
ROW_HEIGHT: Final = 15
"""Pixels from the name of a row to the next, at least."""
MIN_PLOT: Final = 180
TITLE_SIZE: Final = 20
SUBTITLE_SIZE: Final = 14
FOOTER_SIZE: Final = 11
LINE_HEIGHT: Final = 1.35
"""Height of a line of text in sizes of its font."""
PORTABLE_FONT: Final = "Arial, Helvetica, 'Liberation Sans', sans-serif"
"""Of an SVG file, which another machine draws: fonts that every one has in the same widths."""
FONT: Final = '"Source Sans", "Source Sans 3", "Source Sans Pro", Arial, Helvetica, sans-serif'
INK: Final = "#333333"
MUTED: Final = "#5C636D"
WHITE: Final = "#FFFFFF"
DARK_FILLS: Final = {INK: "#E6E8EB", MUTED: "#A9B0BA"}
"""The colours of the caption on a dark background."""

_SVG: Final = "http://www.w3.org/2000/svg"
_ACTIVE: Final = frozenset(
    {
        "a", "animate", "embed", "foreignobject", "handler", "iframe", "listener", "object",
        "script", "set", "style",
    }
)  # fmt: skip
_REFERENCES: Final = frozenset({"href", "src"})
_INSIDE: Final = ("#", "data:image/png;base64,")
_EM: Final = (
    (frozenset("ijlIft.,:;·'|![]/\\ \u00a0"), 0.29),
    (frozenset('r()-"'), 0.36),
    (frozenset("wmMGOQ%&жмфыЫ"), 0.9),
    (frozenset("W@—→шщюЖШЩЮФ"), 1.02),
)
"""Widths of Arial in sizes of the font; Source Sans, which pictures are drawn in, is narrower."""
_UNBREAKABLE: Final = re.compile(
    r"(?<=\d) (?=%)|(?<=\b\d) (?=\w+\.? \d{4}\b)"
    r"|(?<=\b\d\d) (?=\w+\.? \d{4}\b)|(?<=[^\W\d]) (?=\d{4}\b)"
)
"""The spaces inside a date or before a per cent sign."""
_NO_BREAK: Final = "\u00a0"
_BOLD: Final = 1.09
"""How much wider bold letters are."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of a picture: of its layout in pixels, and of the file.

    Attributes:
        width: of the layout.
        height: of the layout; 0 takes the height of the figure.
        scale: pixels of a PNG to a pixel of the layout.
        unit: of `output`, the width that an SVG declares.
        has_caption: whether title, sources and link stand in the picture.
        margin: around the plot and its caption.
    """

    width: int
    height: int = 0
    scale: float = 2
    output: float = 0
    unit: str = ""
    has_caption: bool = True
    margin: int = MARGIN

    def size_attributes(self, height: int) -> dict[str, str]:
        """Width, height and coordinates of an SVG whose layout has a height."""
        zoom = self.output / self.width if self.output else 1
        return {
            "width": f"{self.width * zoom:g}{self.unit}",
            "height": f"{height * zoom:g}{self.unit}",
            "viewBox": f"0 0 {self.width} {height}",
        }


PAGE_CANVAS: Final = Canvas(1_000)
"""Of a chart in a report."""
CANVASES: Final[dict[PictureSize, Canvas]] = {
    "web": Canvas(960, 540, scale=2.5, output=1_200),
    "print": Canvas(960, 480, scale=180 / 25.4 * 600 / 960, output=180, unit="mm"),
    "square": Canvas(720, 720, scale=3, output=1_080),
    "embed": Canvas(800, 440, has_caption=False, margin=6),
    "narrow": Canvas(340, 380, has_caption=False, margin=6),
}
"""PNG of 2,400 x 1,350 pixels, of 180 mm at 600 dpi, of 2,160 x 2,160 pixels, and two for the
pages of other sites, which write the caption themselves.
"""


class ChartRefused(RoubleReactionError):
    """A chart could not be drawn, or what was drawn is no static picture."""


@dataclass(frozen=True, slots=True)
class Caption:
    """The text around a chart: title and subtitle above it, a line each below it."""

    title: str
    subtitle: str
    footer: Sequence[str]
    description: str = ""
    font: str = FONT


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    size: float
    color: str
    weight: str = "normal"


def fit_figure(figure: Mapping[str, Any], caption: Caption, canvas: Canvas) -> dict[str, Any]:
    """A figure to be drawn on a canvas between the lines of its caption, without its own title.

    Where its rows need more than the height that is left, the picture is higher than the canvas.
    """
    layout = {key: value for key, value in figure.get("layout", {}).items() if key != "title"}
    margin = {"t": 100, "b": 80, **layout.get("margin", {})}
    natural = int(layout.get("height") or DEFAULT_HEIGHT) - margin["t"] + TOP
    margin["t"] = TOP
    if canvas.height:
        header, footer = _header(caption, canvas), _footer(caption, canvas)
        left = canvas.height - _height(header) - _height(footer) - 2 * canvas.margin
        height = max(round(left), _needed_height(layout, margin, natural))
    else:
        height = natural
    layout |= {"width": canvas.width - 2 * canvas.margin, "height": height, "margin": margin}
    return {"data": list(figure.get("data", ())), "layout": layout}


def _needed_height(layout: Mapping[str, Any], margin: Mapping[str, int], natural: int) -> int:
    """The height at which the names of rows do not touch; at most the one on the page."""
    plot = 0.0
    for name, axis in layout.items():
        if name.startswith("yaxis"):
            low, high = axis.get("domain") or (0, 1)
            plot = max(plot, ROW_HEIGHT * len(axis.get("ticktext") or ()) / max(high - low, 0.05))
    return min(natural, round(max(plot, MIN_PLOT) + margin["t"] + margin["b"]))


def captioned_svg(plot: bytes, caption: Caption, canvas: Canvas, background: str = WHITE) -> bytes:
    """The picture of a figure with its caption.

    Args:
        plot: the SVG that the browser drew of a fitted figure.
        caption: what is written above and below it.
        canvas: the size of the picture.
        background: the background colour of the caption, that of the figure.

    Returns:
        A standalone SVG document in UTF-8.

    Raises:
        ChartRefused: the SVG is not well formed or not static.
    """
    from lxml import etree

    picture = _static(plot)
    header, footer = _header(caption, canvas), _footer(caption, canvas)
    top = _height(header) + canvas.margin * 0.75
    middle = top + float(picture.get("height", DEFAULT_HEIGHT))
    height = max(canvas.height, round(middle + _height(footer) + 1.25 * canvas.margin))
    root = etree.Element(f"{{{_SVG}}}svg", canvas.size_attributes(height), nsmap={None: _SVG})
    root.set("role", "img")
    _add(root, "title", printable(caption.title))
    _add(root, "desc", printable(caption.description))
    _add(root, "rect", width=str(canvas.width), height=str(height), fill=background)
    style = caption.font, DARK_FILLS if is_dark(background) else {}
    _write(root, header, MARGIN / 2, style)
    picture.set("x", str(canvas.margin))
    picture.set("overflow", "visible")  # a label at the edge, in a wider font than it was drawn in
    picture.set("y", f"{top:g}")
    root.append(picture)
    _write(root, footer, height - MARGIN - _height(footer), style)
    document: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def svg_size(svg: bytes) -> tuple[int, int]:
    """Width and height of an SVG of `captioned_svg` in the pixels of its layout."""
    width, height = (_parsed(svg).get("viewBox") or "0 0 0 0").split()[2:]
    return int(width), int(height)


def printable(text: str) -> str:
    """One line without control and invisible characters, which XML and fonts do not take."""
    cleaned = "".join(
        " " if char.isspace() or unicodedata.category(char) == "Cc" else char
        for char in text
        if unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"}
    )
    return " ".join(cleaned.split()) if "\n" in text else cleaned.strip()


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The lines of a text that fit a width; a long word is cut, nothing is lost.

    Args:
        text: any text.
        width: pixels.
        size: pixels of the font.
    """
    lines: list[str] = []
    line = ""
    for word in filter(None, _UNBREAKABLE.sub(_NO_BREAK, printable(text)).split(" ")):
        candidate = f"{line} {word}" if line else word
        if text_width(candidate, size) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width, size)
        lines += full
    return [*lines, line] if line or not lines else lines


def text_width(text: str, size: float) -> float:
    """An upper estimate of the width of a text in pixels, in Source Sans, Arial or Helvetica."""
    return size * sum(map(_em, text))


def _em(char: str) -> float:
    """Width of a character in sizes of the font."""
    if unicodedata.combining(char):
        return 0.0
    for chars, width in _EM:
        if char in chars:
            return width
    if unicodedata.east_asian_width(char) in "WF":
        return 1.05
    return 0.73 if char.isupper() else 0.58


def _pieces(word: str, width: float, size: float) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and text_width(pieces[-1] + char, size) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _static(svg: bytes) -> _Element:
    """The parsed picture.

    Raises:
        ChartRefused: it could run, open or load something.
    """
    root = _parsed(svg)
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2].lower()
        if not isinstance(element.tag, str) or name in _ACTIVE:
            msg = _("report: the chart is no static picture (<{name}>)", name=name)
            raise ChartRefused(msg)
        for attribute in _active_attributes(element):
            msg = _(
                "report: the chart is no static picture ({attribute} of <{name}>)",
                attribute=attribute,
                name=name,
            )
            raise ChartRefused(msg)
    return root


def _active_attributes(element: _Element) -> Iterator[str]:
    for key, value in element.items():
        attribute = str(key).rpartition("}")[2].lower()
        outside = attribute in _REFERENCES and not str(value).startswith(_INSIDE)
        if outside or attribute.startswith("on") or _loads(str(value)):
            yield attribute


def _loads(value: str) -> bool:
    """Whether a style or a fill refers to anything but a part of the picture itself."""
    parts = value.lower().split("url(")[1:]
    return any(not part.lstrip(" \"'").startswith("#") for part in parts)


def _parsed(svg: bytes) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    try:
        return etree.fromstring(svg, parser)
    except etree.XMLSyntaxError as error:
        msg = _("report: the chart is no picture ({error})", error=error)
        raise ChartRefused(msg) from None


def _header(caption: Caption, canvas: Canvas) -> list[_Line]:
    return [
        *_lines(caption.title, canvas, TITLE_SIZE, INK, "bold"),
        *_lines(caption.subtitle, canvas, SUBTITLE_SIZE, MUTED),
    ]


def _footer(caption: Caption, canvas: Canvas) -> list[_Line]:
    texts = caption.footer
    return [line for text in texts for line in _lines(text, canvas, FOOTER_SIZE, MUTED)]


def _lines(
    text: str, canvas: Canvas, size: float, color: str, weight: str = "normal"
) -> list[_Line]:
    width: float = canvas.width - 2 * MARGIN
    measured = size * (_BOLD if weight == "bold" else 1)
    lines = wrapped(text, width, measured)
    if weight == "bold":  # a title of several lines has lines of about the same length
        while len(shorter := wrapped(text, width - size, measured)) == len(lines) > 1:
            lines, width = shorter, width - size
    return [_Line(line, size, color, weight) for line in lines if line]


def _height(lines: Sequence[_Line]) -> float:
    return sum(line.size * LINE_HEIGHT for line in lines)


def is_dark(colour: str) -> bool:
    """Whether light text is read better on a colour than dark text; `#RRGGBB`."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 128


def _write(
    root: _Element, lines: Sequence[_Line], top: float, style: tuple[str, Mapping[str, str]]
) -> None:
    """Write lines in a font, with the colours of a dark background where there is one."""
    font, fills = style
    for line in lines:
        top += line.size * LINE_HEIGHT
        _add(
            root,
            "text",
            line.text,
            x=str(MARGIN),
            y=f"{top - line.size * (LINE_HEIGHT - 1):g}",
            fill=fills.get(line.color, line.color),
            **{"font-family": font, "font-size": f"{line.size:g}px", "font-weight": line.weight},
        )


def _add(root: _Element, name: str, text: str = "", **attributes: str) -> None:
    from lxml import etree

    element = etree.SubElement(root, f"{{{_SVG}}}{name}", attributes)
    element.text = text or None
