"""What a link may carry: closed lists, ISO dates, defaults left out. Nothing of Streamlit here.

A `Param` reads its value from the repeated texts of a link and writes it back, so that a copied
address restores every control. Whatever cannot be read is ignored and reported, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from dashboard.domain.as_of import as_of_text, read_as_of
from dashboard.domain.errors import InputError

NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,120}")
TEXT_IN_LINK: Final = 200
TOLD_VALUE: Final = 40


@dataclass(frozen=True, slots=True)
class Param:
    """One key of a link.

    `read` turns the texts of the link (at least one) into a value and raises ValueError where
    it cannot; `write` turns a value into texts. `example` is a text that is not the default,
    for the tests. A `shared` value is carried along when the reader changes the page.
    """

    key: str
    default: Any
    read: Callable[[Sequence[str]], Any]
    write: Callable[[Any], list[str]]
    example: tuple[str, ...]
    shared: bool = False


class PartlyRead(ValueError):
    """Some texts of a repeated key are good: `value` holds those, `strange` the others."""

    def __init__(self, value: Any, strange: Sequence[str]) -> None:
        """Keep what could be read and what could not."""
        super().__init__(", ".join(strange))
        self.value = value
        self.strange = tuple(strange)


@dataclass(frozen=True, slots=True)
class Reading:
    """The values of a link, and the `key=text` pairs that were ignored."""

    values: dict[str, Any]
    ignored: tuple[str, ...]


def read_link(params: Sequence[Param], link: Mapping[str, Sequence[str]]) -> Reading:
    """Read a link key by key; a bad or unknown one keeps its default and is reported."""
    known = {param.key: param for param in params}
    values = {param.key: param.default for param in params}
    ignored: list[str] = []
    for key, texts in link.items():
        param = known.get(key)
        try:
            if param is None:
                raise ValueError(key)  # noqa: TRY301 - told like any other bad setting
            values[key] = param.read(texts)
        except PartlyRead as partly:
            values[key] = partly.value
            ignored.extend(told(key, text) for text in partly.strange)
        except (ValueError, OverflowError):
            ignored.extend(told(key, text) for text in texts)
    return Reading(values, tuple(ignored))


def told(key: str, text: str) -> str:
    """How a notice names one setting of a link."""
    pair = f"{key}={text}"
    return pair if len(pair) <= TOLD_VALUE else f"{pair[: TOLD_VALUE - 1]}…"


def write_link(params: Sequence[Param], values: Mapping[str, Any]) -> dict[str, list[str]]:
    """The texts of a link for these values; a default is left out."""
    return {
        param.key: param.write(values[param.key])
        for param in params
        if param.key in values and values[param.key] != param.default
    }


def ignored_notice(ignored: Sequence[str]) -> str:
    """One sentence about the settings of a link that were ignored; empty where none was."""
    if not ignored:
        return ""
    count, listed = len(ignored), ", ".join(ignored[:5])
    more = f" and {count - 5} more" if count > 5 else ""
    if count == 1:
        return f"1 setting in this link is not valid and was ignored: {listed}."
    return f"{count} settings in this link are not valid and were ignored: {listed}{more}."


def one_of(key: str, options: Sequence[str], default: str, *, shared: bool = False) -> Param:
    """A choice from a closed list."""

    def read(texts: Sequence[str]) -> str:
        if texts[-1] not in options:
            raise ValueError(texts[-1])
        return texts[-1]

    example = next((option for option in options if option != default), default)
    return Param(key, default, read, lambda value: [value], (example,), shared)


def many_of(key: str, options: Sequence[str]) -> Param:
    """Several from a closed list, in the order of the list; none chosen by default."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = tuple(option for option in options if option in texts)
        strange = [text for text in texts if text not in options]
        if strange:
            raise PartlyRead(chosen, strange)
        return chosen

    return Param(key, (), read, list, tuple(options[:2]))


def some_of(key: str, options: Sequence[str], default: Sequence[str]) -> Param:
    """At least one from a closed list, in the order of the list; some are chosen by default."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        chosen = tuple(option for option in options if option in texts)
        strange = [text for text in texts if text not in options]
        if not chosen:
            raise ValueError(key)
        if strange:
            raise PartlyRead(chosen, strange)
        return chosen

    example = tuple(options[:1]) if tuple(default) != tuple(options[:1]) else tuple(options[:2])
    return Param(key, tuple(default), read, list, example)


def many_names(key: str, default: Sequence[str], example: Sequence[str], nothing: str) -> Param:
    """Several ids, in the order given; the word `nothing` stands for none of them.

    The page says whether there are such things.
    """

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        if list(texts) == [nothing]:
            return ()
        names = tuple(dict.fromkeys(text for text in texts if NAME.fullmatch(text)))
        strange = [text for text in texts if not NAME.fullmatch(text)]
        if not names:
            raise ValueError(key)
        if strange:
            raise PartlyRead(names, strange)
        return names

    def write(value: Sequence[str]) -> list[str]:
        return list(value) or [nothing]

    return Param(key, tuple(default), read, write, tuple(example))


def many_words(key: str, options: Sequence[str], longest: int) -> Param:
    """Several from a list, in its order, then words that people made; the page says which exist."""

    def read(texts: Sequence[str]) -> tuple[str, ...]:
        listed = [option for option in options if option in texts]
        own = [text for text in dict.fromkeys(texts) if text not in options]
        good = [text for text in own if text.strip() and text.isprintable()]
        good = [text for text in good if len(text) <= longest]
        if len(good) < len(own):
            raise PartlyRead((*listed, *good), [text for text in own if text not in good])
        return (*listed, *good)

    return Param(key, (), read, list, tuple(options[:2]))


def a_day(key: str, example: str = "2024-03-13") -> Param:
    """A calendar day as 2024-03-13, or None."""
    return Param(
        key,
        None,
        lambda texts: date.fromisoformat(texts[-1]),
        lambda value: [value.isoformat()],
        (example,),
    )


def a_text(key: str, example: str = "swift") -> Param:
    """A short free text, such as the words of a search."""

    def read(texts: Sequence[str]) -> str:
        if len(texts[-1]) > TEXT_IN_LINK:
            raise ValueError(key)
        return " ".join("".join(c for c in texts[-1] if c.isprintable()).split())

    return Param(key, "", read, lambda value: [value], (example,))


def a_name(key: str, default: str, example: str, *, shared: bool = False) -> Param:
    """An id of letters, digits, `-`, `_` and `.`; the page says whether there is such a thing."""

    def read(texts: Sequence[str]) -> str:
        if not NAME.fullmatch(texts[-1]):
            raise ValueError(key)
        return texts[-1]

    return Param(key, default, read, lambda value: [value], (example,), shared)


def a_moment(key: str, example: str = "2026-11-20", *, shared: bool = False) -> Param:
    """A moment at which knowledge is frozen: a day, or a UTC moment; None by default."""

    def read(texts: Sequence[str]) -> datetime:
        try:
            return read_as_of(key, texts[-1])
        except InputError as error:
            raise ValueError(key) from error

    return Param(key, None, read, lambda value: [as_of_text(value)], (example,), shared)


def a_count(key: str, default: int, least: int, most: int) -> Param:
    """A whole number between two bounds."""

    def read(texts: Sequence[str]) -> int:
        value = int(texts[-1])
        if not least <= value <= most:
            raise ValueError(texts[-1])
        return value

    return Param(key, default, read, lambda value: [str(value)], (str(least),))
