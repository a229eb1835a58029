"""Files of bundles: zip archives, folders with a manifest, inputs, README and citation.

Archives are equal byte for byte for equal content. Reading treats an archive as untrusted: nothing
is unpacked to disk, and an archive with unsafe or duplicate names, links, encrypted entries or too
many bytes is refused as a whole. In folders only files of the bundle are replaced; each is written
to a temporary file first and moved when complete, the manifest last, so that an interrupted run
leaves neither partial files nor a manifest of old ones.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from dashboard.export.csv_tables import csv_bytes
from dashboard.export.schemas import EVENT_LIST, RATES, series_moments
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.event import (
    EVENT_FIELDS,
    Category,
    Event,
    Hour,
    HourKind,
    Origin,
    Visibility,
    iso_text,
)
from dashboard.models.messages import ENGLISH, deferred, translate_deferred, use_language
from dashboard.models.messages import translate as _
from dashboard.models.series import MethodBreak, RateSeries, SeriesCard
from dashboard.models.tables import Column, Table
from dashboard.models.user_files import unescape_formula

MANIFEST_FILE: Final = "manifest.json"
_SHARED_MODE: Final = 0o666
"""What the mask of the process leaves of it."""
_PRIVATE_MODE: Final = 0o600
README_FILE: Final = "README.txt"
CITATION_FILE: Final = "CITATION.cff"
MAX_ARCHIVE_BYTES: Final = 100_000_000
"""The limit for the archive, and for the sum of its files."""
MAX_ARCHIVE_FILES: Final = 100
ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
CHUNK_BYTES: Final = 1 << 20
ENCRYPTED_FLAG: Final = 0x1
ALLOWED_COMPRESSION: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
TERMS_UNKNOWN: Final = "as the owner of the file says"

EVENTS_DESCRIPTION: Final = (
    "  inputs/events.csv   the events known; those studied are numbered. Of notes that were",
    "                      not studied only the dates and the category are here, of private",
    "                      ones the dates alone",
)
CLAIMS_DESCRIPTION: Final = (
    "                      (the claims stand in manifest.json, without the words they were in)",
)
MOVES_DESCRIPTION: Final = (
    "Moves are those of {subject}, positive = {direction}: in return units (0.01 = 1 log point)",
    "in the tables of a study, in log points where a column says so. The columns are described",
    "in the README of the program. A move near an event is no proof that the event moved the",
    "rate. Not investment advice.",
)
VERDICTS_DESCRIPTION: Final = (
    "A verdict holds for one source, one base and one quote: true, about, false, or cannot be",
    "known with the reason; of a record, about means that it goes back further than claimed.",
    "Over-the-counter quotes are in no source here. Not investment advice.",
)

# ---- zip archives


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """An archive of files in the order given, without timestamps, machine or user.

    Raises:
        InputError: the files exceed the size limit of a bundle.
    """
    if sum(map(len, files.values())) > MAX_ARCHIVE_BYTES:
        limit = f"{MAX_ARCHIVE_BYTES // 1_000_000} MB"
        msg = _("bundle: more than {limit} of data; study fewer series or events", limit=limit)
        raise InputError(msg)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.create_system = 3  # Unix on every system, for equal bytes
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=9)
    return out.getvalue()


def unzip_files(content: bytes, shown: str) -> dict[str, bytes]:
    """The files of an archive by name.

    Args:
        content: the bytes of the archive.
        shown: its name in messages.

    Raises:
        InputError: it is no valid zip archive, or violates the limits of a bundle.
    """
    if len(content) > MAX_ARCHIVE_BYTES:
        raise _archive_error(
            shown, _("is larger than {limit} MB", limit=MAX_ARCHIVE_BYTES // 1_000_000)
        )
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, shown)
            return _read_entries(archive, entries, shown)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
        raise _archive_error(shown, _("is no whole zip")) from error


def _check_entries(entries: list[zipfile.ZipInfo], shown: str) -> None:
    if len(entries) > MAX_ARCHIVE_FILES:
        msg = _(
            "holds {count:,} files, a bundle at most {limit}",
            count=len(entries),
            limit=MAX_ARCHIVE_FILES,
        )
        raise _archive_error(shown, msg)
    names: set[str] = set()
    for entry in entries:
        shown_name, name = _quote_name(entry.filename), entry.filename.casefold()
        if name in names:
            raise _archive_error(shown, _("holds {name} twice", name=shown_name))
        names.add(name)
    for entry in entries:
        reason = _entry_problem(entry)
        if reason:
            shown_name = _quote_name(entry.filename)
            raise _archive_error(shown, translate_deferred(reason, entry=shown_name))
    if sum(entry.file_size for entry in entries) > MAX_ARCHIVE_BYTES:
        raise _unpacked_size_error(shown)


def _entry_problem(entry: zipfile.ZipInfo) -> str:
    """The deferred message why an entry is not allowed in a bundle; empty where it is."""
    name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
    parts = name.split("/")
    checks = (
        (
            not name.isprintable() or "\\" in name or ":" in name,
            deferred("{entry} is no name of a file of ours"),
        ),
        (
            name.startswith("/") or ".." in parts or "" in parts or "." in parts,
            deferred("{entry} would leave its folder"),
        ),
        (kind not in {0, stat.S_IFREG}, deferred("{entry} is a link or a device, not a file")),
        (entry.flag_bits & ENCRYPTED_FLAG, deferred("{entry} is locked with a password")),
        (
            entry.compress_type not in ALLOWED_COMPRESSION,
            deferred("{entry} is packed in a way that is not ours"),
        ),
    )
    return next((reason for wrong, reason in checks if wrong), "")


def _read_entries(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], shown: str
) -> dict[str, bytes]:
    """Read the entries, counting the actual bytes and not the sizes in the directory."""
    left, files = MAX_ARCHIVE_BYTES, {}
    for entry in entries:
        pieces = []
        with archive.open(entry) as packed:
            while piece := packed.read(min(CHUNK_BYTES, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise _unpacked_size_error(shown)
                pieces.append(piece)
        files[entry.filename] = b"".join(pieces)
    return files


def _quote_name(name: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in name)
    return repr(shown if len(shown) <= 80 else f"{shown[:79]}…")


def _archive_error(shown: str, reason: str) -> InputError:
    return InputError(
        _("{shown}: {reason}; give a bundle that this program wrote", shown=shown, reason=reason)
    )


def _unpacked_size_error(shown: str) -> InputError:
    limit = MAX_ARCHIVE_BYTES // 1_000_000
    return _archive_error(shown, _("unpacks to more than {limit} MB", limit=limit))


# ---- folders with a manifest


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file with its hash."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a folder of tables.

    `parameters` are those of the request, as JSON values; `counts` those of events (`events_in`,
    `used`, `skipped`); the row counts of files are added when they are written.
    """

    parameters: Mapping[str, Any]
    software_version: str
    data_files: Sequence[DataFile]
    created_at: datetime
    counts: Mapping[str, int] = field(default_factory=dict)

    def as_json(self, files: Mapping[str, Mapping[str, Any]], before: bytes = b"") -> bytes:
        """The manifest with the rows, size and hash of every file.

        `before` is the previous manifest of the folder; where only `created_at` differs, its
        bytes are returned.
        """
        rows = {name: entry["rows"] for name, entry in files.items()}
        content = {
            "parameters": self.parameters,
            "software_version": self.software_version,
            "data_files": [{"name": f.name, "sha256": f.sha256} for f in self.data_files],
            "counts": {**self.counts, "rows": rows},
            "files": files,
            "created_at": iso_text(self.created_at),
        }
        with suppress(ValueError):
            previous = json.loads(before)
            created_at = previous.get("created_at") if isinstance(previous, dict) else None
            if created_at and _content_bytes({**content, "created_at": created_at}) == before:
                return before
        return _content_bytes(content)


@dataclass(frozen=True, slots=True)
class FileContent:
    """The chunks of one file and the number of its rows."""

    chunks: Iterable[bytes]
    rows: int


def write_bundle(
    folder: Path,
    files: Mapping[str, FileContent],
    manifest: Manifest,
    *,
    is_private: bool = False,
) -> tuple[Path, ...]:
    """Write the files and their manifest.

    Args:
        folder: created if it does not exist.
        files: content by file name.
        manifest: written last, as `manifest.json`.
        is_private: whether only the owner of the files may read them.

    Returns:
        The paths written, the manifest last.

    Raises:
        InputError: the folder cannot be used.
        RoubleReactionError: writing failed half-way (disk full).
    """
    ensure_folder(folder)
    try:
        before = _read_bytes(folder / MANIFEST_FILE)
        (folder / MANIFEST_FILE).unlink(missing_ok=True)
        mode = _PRIVATE_MODE if is_private else _SHARED_MODE
        entries = {
            name: _write_content(folder / name, content, mode) for name, content in files.items()
        }
        made = FileContent([manifest.as_json(entries, before)], 1)
        _write_content(folder / MANIFEST_FILE, made, mode)
    except PermissionError as error:
        msg = _("may not be written to; choose another folder")
        raise InputError(msg, field="out", value=folder.name) from error
    except OSError as error:
        msg = _(
            "{name}: writing failed ({reason}); free some space and retry",
            name=folder.name,
            reason=error.strerror,
        )
        raise RoubleReactionError(msg) from error
    return tuple(folder / name for name in (*files, MANIFEST_FILE))


def bundle_files(files: Mapping[str, FileContent], manifest: Manifest) -> dict[str, bytes]:
    """The files and manifest of `write_bundle` in memory, by name, the manifest last."""
    contents = {name: (b"".join(content.chunks), content.rows) for name, content in files.items()}
    entries = {name: {"rows": rows, **file_entry(data)} for name, (data, rows) in contents.items()}
    return {name: data for name, (data, _) in contents.items()} | {
        MANIFEST_FILE: manifest.as_json(entries)
    }


def file_entry(content: bytes) -> dict[str, Any]:
    """The size and hash of a file for a manifest."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def ensure_folder(folder: Path) -> None:
    """Create a folder if it does not exist.

    Raises:
        InputError: it is a file, or cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        msg = _("is a file; give a folder")
        raise InputError(msg, field="out", value=folder.name) from error
    except OSError as error:
        msg = _("cannot be made ({reason}); choose another folder", reason=error.strerror)
        raise InputError(msg, field="out", value=folder.name) from error


def write_file(path: Path, chunks: Iterable[bytes], *, is_private: bool = False) -> None:
    """Write one file atomically; a private one may be read by its owner only.

    Raises:
        InputError: the path is not writable.
        RoubleReactionError: writing failed half-way (disk full).
    """
    if path.is_dir():
        msg = _("{value}: is a folder; give a file name", value=path.name or path)
        raise InputError(msg)
    try:
        _write_content(path, FileContent(chunks, 0), _PRIVATE_MODE if is_private else _SHARED_MODE)
    except (PermissionError, FileNotFoundError, NotADirectoryError) as error:
        msg = _(
            "{name}: cannot be written ({reason}); choose another place",
            name=path.name,
            reason=error.strerror,
        )
        raise InputError(msg) from error
    except OSError as error:
        msg = _(
            "{name}: writing failed ({reason}); free some space and retry",
            name=path.name,
            reason=error.strerror,
        )
        raise RoubleReactionError(msg) from error


def hash_data_file(path: Path) -> DataFile:
    """A user's file with its hash, for a manifest."""
    return DataFile(path.name, hashlib.sha256(path.read_bytes()).hexdigest())


def _read_bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _content_bytes(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def _write_content(path: Path, content: FileContent, mode: int) -> dict[str, Any]:
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    digest, size = hashlib.sha256(), 0
    try:
        partial.unlink(missing_ok=True)  # its permissions are those of its creation
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as out:
            for chunk in content.chunks:
                digest.update(chunk)
                size += out.write(chunk)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return {"rows": content.rows, "bytes": size, "sha256": digest.hexdigest()}


# ---- inputs: rates, events and cards, written and read back without loss

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
_NUMBER_FIELDS: Final = tuple(each.name for each in EVENT_FIELDS if each.kind == "number")
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

    Notes that are not studied matter for crowding only: their text, values, links and author are
    left out, and the category of private ones too.
    """
    numbers = {event.id: number for number, event in enumerate(studied, 1)}
    left_out: dict[str, Any] = {f.name: "" for f in _TEXT_FIELDS if f.name not in _PUBLIC_TEXTS}
    left_out |= dict.fromkeys(_NUMBER_FIELDS)
    written = []
    for event in known:
        if event.id in numbers or event.origin != Origin.NOTE:
            written.append(event)
        else:
            category = Category.OTHER if event.is_private else event.category
            written.append(replace(event, **left_out, tags=(), category=category))
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


def _event_from_row(row: Mapping[str, str]) -> Event:
    text = {name: unescape_formula(value) for name, value in row.items()}
    texts: dict[str, Any] = {field.name: text.get(field.column, "") for field in _TEXT_FIELDS}
    texts["series"] = texts["series"] or None
    texts |= {name: float(row[name]) if row.get(name) else None for name in _NUMBER_FIELDS}
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
    moment = _parse_timestamp(row["time_utc"])
    reported = _parse_timestamp(row.get("reported_utc", ""))
    hours = [] if reported is None else [Hour(reported, HourKind.PUBLISHED)]
    kind = row.get("hour_kind", "")
    if moment is not None and (kind == HourKind.SCHEDULED or hours):
        hours.insert(0, Hour(moment, kind))
    return tuple(hours)


def _parse_timestamp(text: str) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


# ---- README and citation


@dataclass(frozen=True, slots=True)
class BundleDescription:
    """The content of README and citation: question, series, and those whose rates are left out.

    `private` counts the studied private notes, whose text is in the bundle; without events it is
    a bundle of a claim check.
    """

    question: str
    cards: Sequence[SeriesCard]
    left_out: Sequence[SeriesCard]
    software_version: str
    created_at: str
    private: int = 0
    has_events: bool = True


def readme_bytes(description: BundleDescription, results: Sequence[str]) -> bytes:
    """`README.txt`."""
    about: Iterable[str] = VERDICTS_DESCRIPTION
    if description.has_events:
        with use_language(ENGLISH):  # the text is English throughout
            subject = description.cards[0].subject
        values = {"subject": subject.name, "direction": subject.up}
        about = (line.format(**values) for line in MOVES_DESCRIPTION)
    lines = [
        description.question,
        "=" * min(len(description.question), 90),
        "",
        f"Made by Rouble Reaction {description.software_version} on {description.created_at}.",
        "",
        "Compute it again and compare, in a clone of the program:",
        "",
        "    python -m dashboard reproduce THIS-FILE.zip",
        "",
        "What is here:",
        "",
        "  manifest.json       parameters, software version, sha256 and size of every file",
        "  inputs/rates.csv    the rates used, with the moments each covers (UTC)",
        *(EVENTS_DESCRIPTION if description.has_events else CLAIMS_DESCRIPTION),
        *(f"  results/{name}" for name in results),
        "  CITATION.cff        how to cite this file",
        *_private_lines(description, results),
        "",
        *about,
        "",
        "Cite the publishers beside this file, on their terms:",
        "",
        *(f"  {card.id}: {card.publisher}, {card.source_url}\n    {_licence_line(card)}"
          for card in description.cards),
        *_withheld_lines(description),
        "",
    ]  # fmt: skip
    return "\n".join(lines).encode("utf-8")


def citation_bytes(description: BundleDescription) -> bytes:
    """`CITATION.cff` (Citation File Format 1.2.0); every text is a quoted YAML string."""
    lines = [
        "cff-version: 1.2.0",
        'message: "Cite this bundle and the publishers of the rates in it."',
        "type: dataset",
        f"title: {_yaml_string(description.question)}",
        "authors:",
        '  - name: "Rouble Reaction contributors"',
        f"version: {_yaml_string(description.software_version)}",
        f"date-released: {description.created_at[:10]}",
        "references:",
    ]
    for card in description.cards:
        lines += [
            "  - type: data",
            f"    title: {_yaml_string(card.title)}",
            "    authors:",
            f"      - name: {_yaml_string(card.publisher or 'unknown')}",
            f"    notes: {_yaml_string(_licence_line(card))}",
        ]
        if card.source_url.startswith(("http://", "https://")):
            lines.append(f"    url: {_yaml_string(card.source_url)}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _licence_line(card: SeriesCard) -> str:
    return f"terms: {card.licence or TERMS_UNKNOWN}"


def _private_lines(description: BundleDescription, results: Sequence[str]) -> list[str]:
    if not description.private:
        return []
    count = description.private
    places = "inputs/events.csv"
    if "moves.csv" in results:
        places += " and results/moves.csv"
    notes = f"{count} of the events studied are private notes"
    return [
        "",
        f"PRIVATE: {notes if count > 1 else 'one of the events studied is a private note'}"
        " of whoever made this",
        f"file; their words are in {places}. Pass it on only to those who may read them.",
    ]


def _withheld_lines(description: BundleDescription) -> list[str]:
    if not description.left_out:
        return []
    named = ", ".join(card.id for card in description.left_out)
    return [
        "",
        f"Left out, for their terms forbid passing them on: the rates of {named}. To compute",
        "this again these series are needed on your own machine (`rates refresh`), as they were",
        "then; cells that would print their levels are empty.",
    ]


def _yaml_string(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
