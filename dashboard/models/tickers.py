"""Tickers: series of a publisher that a person names, as `moex:SBER` or `fred:DGS10`.

A ticker is `publisher:SYMBOL`, the symbol in the spelling of its publisher. What the publisher
says of it are its facts, which are stored with its numbers; its source makes its card of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

import numpy as np

from dashboard.models.errors import InputError
from dashboard.models.messages import join_or
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats, RateSeries

TickerKind: TypeAlias = Literal["rate", "price", "index", "yield"]
"""A rate prices one currency in another; a yield is in per cent and changes in points."""

TICKER_PUBLISHERS: Final = ("cbr", "ecb", "fred", "moex", "yahoo")
MAX_SYMBOL_LENGTH: Final = 40
MAX_NAME_LENGTH: Final = 60
MAX_SILENT_DAYS: Final = 14
"""More days than this without a number are a gap that is named."""
SPLIT_RATIOS: Final = (2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 50, 100, 1_000, 5_000, 10_000)
SPLIT_TOLERANCE: Final = 0.03
"""A jump this near to a split ratio may be one."""
_NAMED_TICKER: Final = re.compile(rf"([A-Za-z_]{{2,20}}):(\S{{1,{MAX_SYMBOL_LENGTH}}})", re.ASCII)
_NAME_BREAK: Final = re.compile(r"[\s:,/()]+")
LONG_WORD: Final = 4
_NAME_PUNCTUATION: Final = " .()/+%-&"


@dataclass(frozen=True, slots=True)
class TickerFacts:
    """What a publisher says of one of its series.

    Attributes:
        id: `publisher:SYMBOL` in the spelling of the publisher.
        name: what it is called, without punctuation that could be taken for markup.
        kind: what is measured.
        unit: `RUB per KZT` of a rate; else what one number counts: a currency, `points`, `%`.
        decimals: of its numbers.
        place: how its source finds it: a path, a number, a rule; known to the source alone.
        zone: the time zone of its exchange; empty where its publisher has one clock.
        close: when its day ends in that zone, HH:MM.
        first_day: the first day that is fetched.
        last_day: the last day there is; None: it goes on.
        is_adjusted: whether earlier numbers change with dividends and splits.
    """

    id: str
    name: str
    kind: TickerKind
    unit: str
    decimals: int = 4
    place: str = ""
    zone: str = ""
    close: str = ""
    first_day: date | None = None
    last_day: date | None = None
    is_adjusted: bool = False

    @property
    def symbol(self) -> str:
        """The name at its publisher."""
        return self.id.partition(":")[2]

    def to_json(self) -> str:
        """One line, as it is stored."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> TickerFacts:
        """Read it back.

        Raises:
            ValueError: it is no such line.
        """
        try:
            values = json.loads(text)
            for name in ("first_day", "last_day"):
                values[name] = values[name] and date.fromisoformat(values[name])
            return cls(**values)
        except (TypeError, KeyError) as error:
            raise ValueError(str(error)) from None


@dataclass(frozen=True, slots=True)
class TickerMatch:
    """A series that a search of names found.

    Attributes:
        id: of a series, or a ticker.
        title: its name, in English.
        publisher: the name of its publisher.
        kind: what is measured; empty where only the publisher knows.
        note: what to know before it is fetched, as that it ended; empty where nothing.
        also: other names that it goes by, for the search.
        is_stored: whether it has numbers here.
    """

    id: str
    title: str
    publisher: str
    kind: str = ""
    note: str = ""
    also: str = ""
    is_stored: bool = False


# ---- names


def is_ticker(name: str) -> bool:
    """Whether a name is `publisher:SYMBOL` of a publisher whose series can be named."""
    return split_ticker(name) is not None


def split_ticker(name: str) -> tuple[str, str] | None:
    """The id of the publisher and the symbol as it is written; None for any other name."""
    match = _NAMED_TICKER.fullmatch(name.strip())
    if match is None or match[1].lower() not in TICKER_PUBLISHERS:
        return None
    return match[1].lower(), match[2]


def refuse_other_publisher(name: str) -> None:
    """Refuse `publisher:SYMBOL` of a publisher that is not known.

    Raises:
        InputError: the message names the known ones.
    """
    match = _NAMED_TICKER.fullmatch(name.strip())
    if match is not None and match[1].lower() not in TICKER_PUBLISHERS:
        msg = _(
            "no publisher is called {prefix}; write {publishers} before the colon",
            prefix=match[1],
            publishers=join_or(TICKER_PUBLISHERS),
        )
        raise InputError(msg, field="rates", value=name)


def clean_name(text: str) -> str:
    """A name by a publisher as plain text: letters, digits and safe punctuation."""
    plain = "".join(c if c.isalnum() or c in _NAME_PUNCTUATION else " " for c in text)
    return " ".join(plain.split())[:MAX_NAME_LENGTH].strip()


# ---- numbers


@dataclass(frozen=True, slots=True)
class Jump:
    """A change from one number to the next that is near the ratio of a split."""

    day: date
    ratio: int
    is_up: bool


def split_like_jumps(series: RateSeries) -> tuple[Jump, ...]:
    """The changes of a series that are nearly 1:2, 1:3 … 1:10,000, or the reverse.

    A split or a redenomination that its publisher did not work into earlier numbers looks so; a
    crash may too.
    """
    present = np.flatnonzero(np.isfinite(series.rate) & (series.rate > 0))
    factor = series.rate[present][1:] / series.rate[present][:-1]
    size = np.maximum(factor, 1 / factor)
    found = []
    for at in np.flatnonzero(size > min(SPLIT_RATIOS) * (1 - SPLIT_TOLERANCE)).tolist():
        ratio = min(SPLIT_RATIOS, key=lambda number: abs(np.log(number / size[at])))
        if abs(size[at] / ratio - 1) <= SPLIT_TOLERANCE:
            day = series.day[present[at + 1]].astype(object)
            found.append(Jump(day, ratio, is_up=bool(factor[at] > 1)))
    return tuple(found)


def longest_gap(series: RateSeries) -> tuple[date, date] | None:
    """The market days around the longest gap of more than `MAX_SILENT_DAYS`; None without one."""
    days = series.day[np.isfinite(series.rate)]
    lengths = np.diff(days).astype(np.int64)
    if len(lengths) == 0 or lengths.max() <= MAX_SILENT_DAYS:
        return None
    at = int(lengths.argmax())
    return days[at].astype(object), days[at + 1].astype(object)


def without_log(rate: Floats) -> list[int]:
    """The rows whose number is zero or negative and has no logarithm."""
    with np.errstate(invalid="ignore"):
        return np.flatnonzero(rate <= 0).tolist()


def find_matches(matches: Iterable[TickerMatch], text: str) -> list[TickerMatch]:
    """The matches that have every word of a text in their id, title or other names.

    Those whose symbol is the text come first, then those with a name that begins with it.
    """
    wanted = text.casefold().split()
    found = [match for match in matches if all(_has_word(match, word) for word in wanted)]
    whole = " ".join(wanted)
    return sorted(found, key=lambda match: _distance(match, whole))


def _has_word(match: TickerMatch, word: str) -> bool:
    """Whether a name begins with a short word, or has a longer one anywhere."""
    names = f"{match.id} {match.title} {match.also} {match.publisher}".casefold()
    if len(word) >= LONG_WORD:
        return word in names
    return any(name.startswith(word) for name in (*_NAME_BREAK.split(names), match.id.casefold()))


def _distance(match: TickerMatch, whole: str) -> int:
    symbol, title = match.id.partition(":")[2].casefold(), match.title.casefold()
    if whole in {symbol, match.id.casefold()}:
        return 0
    if title.startswith(whole) or f" {whole}" in f" {match.also.casefold()}":
        return 1
    return 2
