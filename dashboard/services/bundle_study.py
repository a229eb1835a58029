"""Bundle a study: one file with the numbers, all they were computed from, and how to cite them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from dashboard import __version__
from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.domain.study import StudyRequest
from dashboard.export.archive import zip_bytes
from dashboard.export.bundle import described
from dashboard.export.bundle_words import CITATION, README, Told, citation_bytes, readme_bytes
from dashboard.export.used import card_json, events_bytes, rates_bytes
from dashboard.services.explain_event import explain_event
from dashboard.services.export_tables import (
    DataFile,
    MadeOf,
    event_moves_csv,
    event_window_csv,
    request_json,
    study_csvs,
)
from dashboard.services.run_study import run_study

if TYPE_CHECKING:
    from dashboard.sources.rates.base import RateSource

Kind: TypeAlias = Literal["study", "event"]

FORM: Final = 1
"""The form of a bundle; a later program reads this number first."""
MANIFEST: Final = "manifest.json"
RATES: Final = "inputs/rates.csv"
EVENTS: Final = "inputs/events.csv"
RESULTS: Final = "results/"
LEVELS: Final = frozenset({"rate", "base_rate", "end_rate", "reached_rate"})
FREE: Final = ("free use", "free reuse", "public domain", "cc0")
YOURS: Final = ("as the owner of the file says", "yours")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is computed: a study of events, or the page of one event on one series.

    `known` are all events known then, for crowding and quiet dates; `events` those studied.
    """

    kind: Kind
    series: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    known: tuple[Event, ...]
    request: StudyRequest
    factors: tuple[RateSeries, ...] = ()


def bundle_bytes(asked: Asked, made: MadeOf, question: str) -> bytes:
    """The bundle as the bytes of a zip; the same question at the same moment, the same bytes.

    Args:
        asked: what is computed.
        made: what was asked beside the request, the files it came from, and when.
        question: one line that says what this is.

    Raises:
        InputError: it is too large, or cannot be computed.
    """
    return sealed_bundle(
        asked.kind,
        question,
        Contents(
            {EVENTS: events_bytes(asked.known, asked.events)},
            results_of(asked),
            (
                *((each, "studied") for each in asked.series),
                *((each, "factor") for each in asked.factors),
            ),
            {
                "parameters": {**request_json(asked.request), **made.parameters},
                "request": asdict(asked.request),
                "counts": {"events_in": len(asked.events), "events_known": len(asked.known)},
            },
            sum(event.is_private for event in asked.events),
        ),
        made,
    )


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a bundle: inputs beside the rates, results, series with their roles, words.

    `more` are the entries of the manifest that belong to this kind of bundle; `private` counts
    the private notes whose words are in it.
    """

    inputs: Mapping[str, bytes]
    results: Mapping[str, bytes]
    series: tuple[tuple[RateSeries, str], ...]
    more: Mapping[str, Any]
    private: int = 0


def sealed_bundle(kind: str, question: str, contents: Contents, made: MadeOf) -> bytes:
    """The bytes of a bundle: words, a manifest that vouches for every file, inputs, results.

    Raises:
        InputError: it is too large.
    """
    every = [each for each, _ in contents.series]
    passed = tuple(each for each in every if may_be_passed_on(each.card))
    files = {
        RATES: rates_bytes(passed),
        **contents.inputs,
        **{f"{RESULTS}{name}": content for name, content in contents.results.items()},
    }
    created = made.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    left_out = [each.card for each in every if each not in passed]
    told = Told(
        question, [each.card for each in every], left_out, __version__, created,
        contents.private, has_events=EVENTS in contents.inputs,
    )  # fmt: skip
    words = {
        README: readme_bytes(told, list(contents.results)),
        CITATION: citation_bytes(told),
    }
    manifest = {
        "bundle": FORM,
        "kind": kind,
        "question": question,
        **contents.more,
        "series": [_series_json(each, role) for each, role in contents.series],
        "software_version": __version__,
        "data_files": [{"name": f.name, "sha256": f.sha256} for f in made.data_files],
        "files": {name: described(content) for name, content in {**words, **files}.items()},
        "created_at": created,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    return zip_bytes({**words, MANIFEST: text.encode("utf-8"), **files})


def event_bundle(asked: Asked, made: MadeOf) -> bytes:
    """The bundle of the page of one event on one series.

    Raises:
        InputError: it is too large, or cannot be computed.
    """
    (series,), (event,) = asked.series, asked.events
    question = f"How did {series.card.title} move around “{event.title}” ({event.day})?"
    return bundle_bytes(asked, made, " ".join(question.split()))


def files_behind(sources: Sequence[RateSource], ids: Sequence[str]) -> list[DataFile]:
    """The files that some series were read from, with their hashes, as far as there are any."""
    there = {name: sha for source in sources for name, sha in source.files().items()}
    return [DataFile(f"{name}.csv", there[name]) for name in ids if name in there]


def results_of(asked: Asked) -> dict[str, bytes]:
    """The CSV files of the answer by name; levels that may not be passed on are empty.

    Raises:
        InputError: the question cannot be answered.
    """
    if asked.kind == "event":
        view = explain_event(
            asked.series[0], asked.events[0], asked.known, asked.request, asked.factors
        )
        files = {
            "event_moves.csv": event_moves_csv(view),
            "event_window.csv": event_window_csv(view),
        }
    else:
        answer = run_study(
            asked.series, asked.events, asked.request, known=asked.known, factors=asked.factors
        )
        files = study_csvs(answer)
    kept_back = {each.card.id for each in asked.series if not may_be_passed_on(each.card)}
    if not kept_back:
        return files
    return {name: without_levels(content, kept_back) for name, content in files.items()}


def may_be_passed_on(card: SeriesCard) -> bool:
    """Whether the terms of a series allow its numbers in a file for others.

    Only terms that are known to allow it do; the file of a person is that person's to pass on.
    """
    terms = card.licence.casefold()
    return terms.startswith(FREE) or any(terms.startswith(own) for own in YOURS)


def rates_hash(series: RateSeries) -> str:
    """The hash of the rates of one series, as a bundle would hold them."""
    return hashlib.sha256(rates_bytes([series])).hexdigest()


def _series_json(series: RateSeries, role: str) -> dict[str, Any]:
    return {
        "role": role,
        "included": may_be_passed_on(series.card),
        "rows": len(series),
        "last_known_at": f"{series.known_at[-1]}Z" if len(series) else None,
        "sha256": rates_hash(series),
        "card": card_json(series.card),
    }


def without_levels(content: bytes, kept_back: Sequence[str] | set[str]) -> bytes:
    """A CSV file in which the rates of some series are empty."""
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    if "series" not in header or LEVELS.isdisjoint(header):
        return content
    where = header.index("series")
    levels = [k for k, name in enumerate(header) if name in LEVELS]
    for row in rows:
        if row[where] in kept_back:
            for k in levels:
                row[k] = ""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode("utf-8")


def question_of(parameters: Mapping[str, Any], n_events: int, titles: Sequence[str]) -> str:
    """`How did USD/RUB, Bank of Russia move around 365 events?`, the first line of a bundle."""
    which = parameters.get("category") or []
    kind = f" ({', '.join(which)})" if which else ""
    word = "event" if n_events == 1 else "events"
    return f"How did {', '.join(titles)} move around {n_events:,} {word}{kind}?"
