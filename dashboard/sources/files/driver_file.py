"""Files of drivers: odds of prediction markets, tone and volume of the news, indices.

What the services write is recognised by its form: the history of Polymarket (`t`, `p`), the
candlesticks of Kalshi, the aggregate of Metaculus, the timelines of GDELT. Anything else is what
its user says. Odds become per cent, whatever the file counts them in.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from dashboard.models.errors import InputError
from dashboard.models.messages import at_place, deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats, SeriesCard
from dashboard.models.user_files import FileKind
from dashboard.sources.files.delimited_file import MAX_ROWS, TextTable
from dashboard.sources.files.text import decode_text

DATE_COLUMN: Final = "date"
VALUE_COLUMN: Final = "value"
STAMP_KEYS: Final = ("t", "end_period_ts", "timestamp", "date", "time", "start_time")
NUMBER_KEYS: Final = ("p", "value", "price", "probability", "yes_price", "close", "center")
LIST_KEYS: Final = ("history", "candlesticks", "data", "timeline", "points", "prices", "rows")
"""Where a document holds its list of points."""
NEWS_MEASURES: Final[dict[str, FileKind]] = {
    "average tone": "tone",
    "volume intensity": "volume",
    "article count": "volume",
}
"""What the timelines of GDELT are called."""
ODDS_COLUMNS: Final = ("timestamp (utc)", "probability yes", "probability", "odds")
"""Names of columns that only files of odds have."""
ODDS_KEYS: Final = ("p", "probability", "yes_price", "end_period_ts")
MAX_PERCENT: Final = 100.0
_COMPACT_MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
"""As GDELT writes moments."""
_KINDS: Final[dict[FileKind, tuple[str, str]]] = {
    "odds": ("difference", deferred("per cent")),
    "tone": ("difference", deferred("points of tone")),
    "volume": ("ratio", ""),
    "index": ("ratio", ""),
}
"""Of each kind, how its numbers are compared, and its unit."""


@dataclass(frozen=True, slots=True)
class ReadOdds:
    """Odds in per cent, and what was done to the numbers of the file, a sentence."""

    percent: Floats
    note: str


def read_json_table(data: bytes, name: str) -> tuple[TextTable, FileKind]:
    """The points of a JSON document as a table of dates and numbers, and what they count.

    Raises:
        InputError: it is no JSON, or holds no list of points with a time and a number.
    """
    text, messages = decode_text(data, name)
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        msg = _("{name}: is no JSON that can be read; save it again", name=name)
        raise InputError(msg) from None
    title, points = _find_points(document)
    rows = [row for row in map(_read_point, points) if row is not None]
    if not rows:
        msg = _(
            "{name}: holds no list of points with a time and a number, as"
            ' {{"history": [{{"t": 1735689600, "p": 0.41}}]}}',
            name=name,
        )
        raise InputError(msg)
    if len(rows) > MAX_ROWS:
        msg = _("{name}: has more than {most:,} rows; give a part", name=name, most=MAX_ROWS)
        raise InputError(msg)
    if len(rows) < len(points):
        left = len(points) - len(rows)
        messages.append(
            _("{name}: {count:,} points without a number were left out", name=name, count=left)
        )
    kind = NEWS_MEASURES.get(title.casefold(), "")
    if not kind and any(isinstance(p, dict) and not p.keys().isdisjoint(ODDS_KEYS) for p in points):
        kind = "odds"
    table = TextTable(
        name=name,
        header=(DATE_COLUMN, title or VALUE_COLUMN),
        rows=rows,
        lines=list(range(1, len(rows) + 1)),
        delimiter=",",
        sha256=hashlib.sha256(data).hexdigest(),
        messages=tuple(messages),
    )
    return table, kind


def _find_points(document: Any, depth: int = 0) -> tuple[str, list[Any]]:
    """The name of a series and its points; a list of one series holds those of that."""
    if isinstance(document, dict) and depth < 4:
        title = str(document.get("series") or document.get("title") or "")
        for key in LIST_KEYS:
            if isinstance(document.get(key), list):
                inner, points = _find_points(document[key], depth + 1)
                return inner or title, points
    if isinstance(document, list):
        first = document[0] if document else None
        if isinstance(first, dict) and isinstance(first.get("data"), list):
            return _find_points(first, depth + 1)
        return "", document
    return "", []


def _read_point(point: Any) -> list[str] | None:
    """Time and number of a point as text; None where it has none."""
    if isinstance(point, (list, tuple)) and len(point) == 2:
        point = {"t": point[0], "p": point[1]}
    if not isinstance(point, dict):
        return None
    stamp = next((point[key] for key in STAMP_KEYS if point.get(key) is not None), None)
    number = next((point[key] for key in NUMBER_KEYS if point.get(key) is not None), None)
    if isinstance(number, Mapping):  # of a candlestick
        closes = (number.get(key) for key in ("close", "close_dollars"))
        number = next((close for close in closes if close is not None), None)
    if isinstance(stamp, bool) or isinstance(number, bool) or stamp is None or number is None:
        return None
    try:
        is_number = math.isfinite(float(number))
    except (TypeError, ValueError):
        return None
    whole = int(stamp) if isinstance(stamp, float) and math.isfinite(stamp) else stamp
    text = _COMPACT_MOMENT.sub(r"\1-\2-\3T\4:\5:\6Z", str(whole))
    return [text, str(number)] if is_number else None


def recognize_kind(table: TextTable) -> tuple[TextTable, FileKind]:
    """What the numbers of a table count, where its form shows it; else empty.

    The column `Value` of a timeline of GDELT gets the name of what it counts.
    """
    names = {name.casefold().strip() for name in table.header}
    if not names.isdisjoint(ODDS_COLUMNS):
        return table, "odds"
    for name in table.header:
        measures = dict.fromkeys(table.column(name)) if name.casefold() == "series" else {}
        measure = next(iter(measures), "")
        if len(measures) == 1 and measure.casefold() in NEWS_MEASURES:
            header = (measure if n.casefold() == VALUE_COLUMN else n for n in table.header)
            return replace(table, header=tuple(header)), NEWS_MEASURES[measure.casefold()]
    return table, ""


def read_odds(place: str, values: Floats) -> ReadOdds:
    """Odds in per cent: of numbers to 1 a hundredfold, of others as they are.

    Raises:
        InputError: a number is below 0 or above 100.
    """
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    if low < 0 or high > MAX_PERCENT:
        wrong = low if low < 0 else high
        reason = _(
            "{number:g} is no probability; odds are numbers from 0 to 1, or per cent", number=wrong
        )
        raise InputError(at_place(place, reason))
    if high <= 1:
        note = _("read as odds: {number:g} is {percent:g} %", number=high, percent=100 * high)
        return ReadOdds(100 * values, at_place(place, note))
    return ReadOdds(values, at_place(place, _("read as odds in per cent")))


def strip_percent(cells: Sequence[str]) -> list[str]:
    """Cells without the sign of per cent."""
    return [cell.removesuffix("%").rstrip() for cell in cells]


def card_of_kind(card: SeriesCard, kind: FileKind, values: Floats) -> SeriesCard:
    """The card of a series that counts something else than a price."""
    if kind not in _KINDS:
        return card
    change, unit = _KINDS[kind]
    if change == "ratio" and bool(np.any(values[np.isfinite(values)] <= 0)):
        change = "difference"
    return replace(
        card,
        kind=kind,  # type: ignore[arg-type]  # not a price
        change=change,  # type: ignore[arg-type]  # of `_KINDS`
        unit=unit or card.unit,
        inverse_unit=unit or card.inverse_unit,
        decimals=2,
    )
