"""The lines of an iCalendar file: unfolded as bytes, then read, each with its number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dashboard.models.errors import InputError
from dashboard.sources.files.text import decode_text, display_text

MAX_LINES: Final = 500_000
MAX_DEPTH: Final = 10

_LINE: Final = re.compile(
    r'(?P<name>[A-Za-z0-9-]+)(?P<params>(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)'
    r'(?:,(?:"[^"]*"|[^";:,]*))*)*):(?P<value>.*)',
    re.DOTALL,
)
_PARAM: Final = re.compile(r';([A-Za-z0-9-]+)=("[^"]*"|[^";:]*)')
_ESCAPED: Final = re.compile(r"\\([\\;,Nn])")
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Property:
    """One line: its name in capitals, its parameters, its value as written."""

    name: str
    params: dict[str, str]
    value: str
    line: int


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END; `broken` is a line that could not be read."""

    name: str
    line: int
    properties: dict[str, list[Property]] = field(default_factory=dict)
    parts: list[Component] = field(default_factory=list)
    broken: str = ""

    def first(self, name: str) -> Property | None:
        """The first line of a name."""
        return next(iter(self.properties.get(name, ())), None)

    def text(self, name: str) -> str:
        """The first value of a name without its escapes; empty where there is none."""
        found = self.first(name)
        return unescape(found.value) if found else ""


def read_components(data: bytes, name: str) -> tuple[list[Component], list[str]]:
    """The calendars of a file, and what a person should know about the reading.

    Folded lines are joined before the bytes become text: a fold may cut a letter in two.

    Raises:
        InputError: it is no calendar, is cut off, or its parts do not close.
    """
    lines, numbers = _unfolded(data, name)
    text, told = decode_text(lines, name)
    calendars: list[Component] = []
    open_parts: list[Component] = []
    for line, number in zip(text.split("\n"), numbers, strict=True):
        if line.strip():
            _take(line, number, open_parts, calendars, name)
        if len(open_parts) > MAX_DEPTH:
            msg = f"{name}, line {number}: is nested too deeply; correct the file"
            raise InputError(msg)
    if open_parts:
        part = open_parts[-1]
        msg = (
            f"{name}, line {part.line}: {display_text(part.name)} has no end; the file was cut off"
        )
        raise InputError(msg)
    return calendars, told


def unescape(value: str) -> str:
    r"""Text without the escapes of iCalendar: `\n`, `\,`, `\;`, `\\`."""
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value).strip()


def split_words(value: str) -> list[str]:
    """The words of a list, at the commas that are not escaped."""
    return [unescape(word) for word in re.split(r"(?<!\\),", value)]


def _unfolded(data: bytes, name: str) -> tuple[bytes, list[int]]:
    if data.startswith(_UTF_16):
        data = decode_text(data, name)[0].encode("utf-8")
    physical = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if len(physical) > MAX_LINES:
        msg = f"{name}: {len(physical):,} lines, at most {MAX_LINES:,} are read; split it"
        raise InputError(msg)
    lines: list[list[bytes]] = []
    numbers: list[int] = []
    for number, line in enumerate(physical, 1):
        if lines and line[:1] in {b" ", b"\t"}:
            lines[-1].append(line[1:])
        else:
            lines.append([line])
            numbers.append(number)
    return b"\n".join(b"".join(parts) for parts in lines), numbers


def _take(
    line: str, number: int, open_parts: list[Component], calendars: list[Component], name: str
) -> None:
    found = _LINE.fullmatch(line)
    key = found["name"].upper() if found else ""
    if found and key == "BEGIN":
        part = Component(found["value"].strip().upper(), number)
        (open_parts[-1].parts if open_parts else calendars).append(part)
        open_parts.append(part)
    elif not open_parts:
        msg = f"{name}, line {number}: is no iCalendar file; the first line is BEGIN:VCALENDAR"
        raise InputError(msg)
    elif found and key == "END":
        part = open_parts.pop()
        if found["value"].strip().upper() != part.name:
            msg = (
                f"{name}, line {number}: {display_text(part.name)} of line {part.line} ends as"
                f" {display_text(found['value'])}; correct the file"
            )
            raise InputError(msg)
    elif found:
        read = Property(key, _params(found["params"]), found["value"], number)
        open_parts[-1].properties.setdefault(key, []).append(read)
    else:
        part = open_parts[-1]
        part.broken = (
            part.broken or f"line {number} is not NAME:VALUE ({display_text(line)}); correct it"
        )


def _params(text: str) -> dict[str, str]:
    return {name.upper(): value.strip('"') for name, value in _PARAM.findall(text)}


def walk(parts: list[Component]) -> Iterator[Component]:
    """Every component of calendars, one level down."""
    for calendar in parts:
        yield from calendar.parts
