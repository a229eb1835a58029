"""What a page holds and its readers do not see: taken out before it is read, and counted."""

from __future__ import annotations

import re
from typing import Any, Final

MOST_STYLE: Final = 300_000
"""Characters of style sheets in a page that are looked at."""

_HIDES: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])"
    r"|opacity\s*:\s*0(?![.\d])|(?:left|top|text-indent)\s*:\s*-\d{4}",
    re.IGNORECASE,
)
_NO_HEIGHT: Final = re.compile(r"(?<![\w-])(?:max-)?height\s*:\s*0(?![.\d])", re.IGNORECASE)
_CUT_OFF: Final = re.compile(r"overflow(?:-y)?\s*:\s*hidden", re.IGNORECASE)
_COLOUR: Final = re.compile(r"(?<![\w-])color\s*:\s*([#\w]+)", re.IGNORECASE)
_BACKGROUND: Final = re.compile(r"background(?:-color)?\s*:\s*([#\w]+)", re.IGNORECASE)
_SHORT: Final = re.compile(r"#([0-9a-f])([0-9a-f])([0-9a-f])")
_NAMED: Final = {"white": "#ffffff", "black": "#000000"}
_RULE: Final = re.compile(r"([^{}]*+)\{([^{}]*+)\}")
_NAME: Final = re.compile(r"\s*([.#])([\w-]++)\s*")


def take_out_hidden(tree: Any) -> int:
    """Take out what a reader does not see; how many characters of text that was."""
    classes, ids = _hidden_names(tree)
    count = 0
    for element in tree.xpath("//body//*[@hidden or @style or @class or @id or self::template]"):
        parent = element.getparent()
        if parent is None or not _is_hidden(element, classes, ids):
            continue
        count += len(" ".join("".join(element.itertext()).split()))
        element.drop_tree()
    return count


def _is_hidden(element: Any, classes: set[str], ids: set[str]) -> bool:
    if element.tag == "template" or element.get("hidden") is not None:
        return True
    if hides(element.get("style") or "") or element.get("id") in ids:
        return True
    return not classes.isdisjoint((element.get("class") or "").split())


def hides(style: str) -> bool:
    """Whether the declarations of a style make a text invisible."""
    if _HIDES.search(style) or (_NO_HEIGHT.search(style) and _CUT_OFF.search(style)):
        return True
    colour, background = _COLOUR.search(style), _BACKGROUND.search(style)
    return bool(colour and background and _plain(colour[1]) == _plain(background[1]))


def _plain(colour: str) -> str:
    """A colour in one way of writing: `#FFF` and `white` are `#ffffff`."""
    colour = colour.casefold()
    return _NAMED.get(colour, _SHORT.sub(r"#\1\1\2\2\3\3", colour) if len(colour) == 4 else colour)


def _hidden_names(tree: Any) -> tuple[set[str], set[str]]:
    """Classes and ids that the page's own style sheets hide on every screen."""
    names: dict[str, set[str]] = {".": set(), "#": set()}
    sheet = "\n".join(style.text or "" for style in tree.xpath("//style[not(@media)]"))
    for selectors, declarations in _rules(_without_comments(sheet[:MOST_STYLE])):
        if not hides(declarations):
            continue
        for selector in selectors.split(","):
            found = _NAME.fullmatch(selector)
            if found:
                names[found[1]].add(found[2])
    return names["."], names["#"]


def _without_comments(sheet: str) -> str:
    first, *others = sheet.split("/*")
    return first + "".join(other.partition("*/")[2] for other in others)


def _rules(sheet: str) -> list[tuple[str, str]]:
    """The rules that hold everywhere; what stands in `@media` and the like is left out."""
    rules, depth, start = [], 0, 0
    for place, sign in enumerate(sheet):
        if sign == "{":
            depth += 1
        elif sign == "}" and depth:
            depth -= 1
            if depth == 0:
                found = _RULE.fullmatch(sheet[start : place + 1])
                rules += [(found[1], found[2])] if found else []
                start = place + 1
    return rules
