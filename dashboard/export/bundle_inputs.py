"""Inputs of a bundle: rates, events and series cards, written and read back without loss."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime
from typing import Any, Final

import numpy as np

from dashboard.export.csv_tables import csv_bytes
from dashboard.export.schemas import EVENT_LIST, RATES, series_moments
from dashboard.models.event import EVENT_FIELDS, Category, Event, Hour, HourKind, Origin, Visibility
from dashboard.models.messages import translate as _
from dashboard.models.series import MethodBreak, RateSeries, SeriesCard
from dashboard.models.tables import Column, Table
from dashboard.models.user_files import unescape_formula

RATES_USED: Final = Table(
    "rates",
    "Rates used, with the moments they cover",
    (*RATES.columns, Column("opens", "moment", get=lambda series: series_moments(series.opens))),
    batched=True,
)
EVENTS_USED: Final = Table(
    "events",
    "Events known, and which were studied",
    (*EVENT_LIST.columns, Column("studied", "int")),
)
_LAST_COLUMN_OF_FIRST_RELEASE: Final = "visibility"
OPTIONAL_COLUMNS: Final = frozenset(
    EVENT_LIST.header[EVENT_LIST.header.index(_LAST_COLUMN_OF_FIRST_RELEASE) + 1 :]
)
"""Columns of events that bundles of earlier releases lack."""
_TEXT_FIELDS: Final = tuple(each for each in EVENT_FIELDS if each.kind in {"line", "text", "link"})
_PUBLIC_TEXTS: Final = frozenset({"id", "series", "confidence"})
"""Texts of a note that is not studied that go into a bundle."""
_TAG_PATTERN: Final = re.compile(r"((?:\\.|[^\\;])+)")
_ESCAPE_PATTERN: Final = re.compile(r"\\(.)")


def write_rates(series: Iterable[RateSeries]) -> bytes:
    """`rates.csv`: the columns of an export and the start of the period of each rate."""
    return csv_bytes(RATES_USED, RATES_USED.rows(series))


def read_rates(content: bytes, cards: Mapping[str, SeriesCard]) -> dict[str, RateSeries]:
    """The inverse of `write_rates`, by id.

    Raises:
        ValueError: the file has another format.
    """
    by_id: dict[str, list[dict[str, str]]] = {name: [] for name in cards}
    for row in _read_table(content, RATES_USED):
        by_id[unescape_formula(row["series"])].append(row)
    return {name: _series_from_rows(cards[name], rows) for name, rows in by_id.items() if rows}


def write_events(known: Sequence[Event], studied: Sequence[Event]) -> bytes:
    """`events.csv`: every known event; the studied ones are numbered in their order.

    Notes that are not studied matter for crowding only: their text, links and author are left
    out, and the category of private ones too.
    """
    numbers = {event.id: number for number, event in enumerate(studied, 1)}
    written = [event if event.id in numbers else _without_text(event) for event in known]
    rows = zip(EVENT_LIST.rows(written), written, strict=True)
    return csv_bytes(EVENTS_USED, ((*row, numbers.get(event.id)) for row, event in rows))


def read_events(content: bytes) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """The inverse of `write_events`: the known and the studied events in their orders.

    Raises:
        ValueError: the file has another format.
    """
    rows = list(_read_table(content, EVENTS_USED))
    known = tuple(_event_from_row(row) for row in rows)
    numbered = [(int(row["studied"]), event) for row, event in zip(rows, known, strict=True)
                if row["studied"]]  # fmt: skip
    return known, tuple(event for _, event in sorted(numbered, key=lambda pair: pair[0]))


def card_to_json(card: SeriesCard) -> dict[str, Any]:
    """A card as JSON values."""
    values = asdict(card)
    values["breaks"] = [{"day": item.day.isoformat(), "text": item.text} for item in card.breaks]
    for name in ("history_from", "history_until"):
        values[name] = values[name].isoformat() if values[name] else None
    return values


def card_from_json(content: Mapping[str, Any]) -> SeriesCard:
    """The inverse of `card_to_json`.

    Raises:
        ValueError, KeyError, TypeError: the values are no valid card.
    """
    content = {"change": "ratio"} | dict(content)  # bundles of earlier releases know no other
    values = {field.name: content[field.name] for field in fields(SeriesCard)}
    values["breaks"] = tuple(
        MethodBreak(date.fromisoformat(item["day"]), str(item["text"]))
        for item in content["breaks"]
    )
    for name in ("history_from", "history_until"):
        values[name] = date.fromisoformat(content[name]) if content[name] else None
    return SeriesCard(**values)


def _read_table(content: bytes, table: Table) -> Iterable[dict[str, str]]:
    reader = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    header = tuple(next(reader, ()))
    expected = (n for n in table.header if n in header or n not in OPTIONAL_COLUMNS)
    if header != tuple(expected):
        msg = _("{file_name}: other columns than ours", file_name=table.file_name)
        raise ValueError(msg)
    for row in reader:
        yield dict(zip(header, row, strict=True))


def _series_from_rows(card: SeriesCard, rows: Sequence[Mapping[str, str]]) -> RateSeries:
    def days(name: str) -> Any:
        return np.array([row[name] for row in rows], dtype="datetime64[D]")

    def moments(name: str) -> Any:
        return np.array([row[name].removesuffix("Z") for row in rows], dtype="datetime64[s]")

    rate = np.array([float(row["rate"]) if row["rate"] else math.nan for row in rows])
    return RateSeries(card, days("date"), days("day"), moments("opens"), moments("known_at"), rate)


def _without_text(event: Event) -> Event:
    if event.origin != Origin.NOTE:
        return event
    texts: dict[str, Any] = {f.name: "" for f in _TEXT_FIELDS if f.name not in _PUBLIC_TEXTS}
    category = Category.OTHER if event.is_private else event.category
    return replace(event, **texts, tags=(), category=category)


def _event_from_row(row: Mapping[str, str]) -> Event:
    text = {name: unescape_formula(value) for name, value in row.items()}
    texts: dict[str, Any] = {field.name: text.get(field.column, "") for field in _TEXT_FIELDS}
    texts["series"] = texts["series"] or None
    return Event(
        **texts,
        day=date.fromisoformat(row["date"]),
        category=text["category"],
        expected=text["expected"],
        moment=_parse_timestamp(row["time_utc"]),
        zone=text["zone"],
        end_day=date.fromisoformat(row["end_date"]) if row["end_date"] else None,
        tags=tuple(_ESCAPE_PATTERN.sub(r"\1", tag) for tag in _TAG_PATTERN.findall(text["tags"])),
        origin=Origin(row["origin"]),
        created=_parse_timestamp(row["created"]),
        updated=_parse_timestamp(row["updated"]),
        revision=int(row["revision"] or 0),
        visibility=text["visibility"] or Visibility.SHARED,
        hours=_hours_from_row(row),
    )


def _hours_from_row(row: Mapping[str, str]) -> tuple[Hour, ...]:
    """The hours of an event; bundles of earlier releases have none."""
    moment, reported = (
        _parse_timestamp(row["time_utc"]),
        _parse_timestamp(row.get("reported_utc", "")),
    )
    hours = [] if reported is None else [Hour(reported, HourKind.PUBLISHED)]
    kind = row.get("hour_kind", "")
    if moment is not None and (kind == HourKind.SCHEDULED or hours):
        hours.insert(0, Hour(moment, kind))
    return tuple(hours)


def _parse_timestamp(text: str) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None
