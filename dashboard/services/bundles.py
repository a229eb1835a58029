"""Reproducible bundles of a study, of an event or of a claim check, with all their inputs."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final, Literal, TypeAlias

from dashboard import __version__
from dashboard.export.bundles import (
    CITATION_FILE,
    MANIFEST_FILE,
    README_FILE,
    BundleDescription,
    card_to_json,
    citation_bytes,
    file_entry,
    readme_bytes,
    write_events,
    write_rates,
    zip_files,
)
from dashboard.models.article import (
    Claim,
    ClaimKind,
    DateMention,
    Exactness,
    Market,
    Precision,
)
from dashboard.models.errors import InputError
from dashboard.models.event import Event, iso_text
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import StudyRequest
from dashboard.services.claims import CLAIM_BASES, answer_claim
from dashboard.services.exports import (
    NumberedAnswer,
    Provenance,
    request_json,
    study_csvs,
    table_file,
)
from dashboard.services.source_moves import source_series_ids
from dashboard.services.study import build_event_view, run_study

BundleKind: TypeAlias = Literal["study", "event"]

BUNDLE_FORMAT: Final = 1
"""The version of the format; programs read this number first."""
CLAIMS_KIND: Final = "claims"
"""The kind of a bundle of a claim check."""
RATES_PATH: Final = "inputs/rates.csv"
EVENTS_PATH: Final = "inputs/events.csv"
RESULTS_FOLDER: Final = "results/"
LEVEL_COLUMNS: Final = frozenset({"rate", "base_rate", "end_rate", "reached_rate"})
FREE_LICENCES: Final = ("free use", "free reuse", "public domain", "cc0")
USER_LICENCES: Final = (deferred("as the owner of the file says"), "yours")
MAX_CLAIMS: Final = 50
MAX_DECIMALS: Final = 12
MAX_CLAIM_VALUE: Final = 1e12
MAX_CURRENCY_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """The computation: a study of events, or one event on one series.

    `known` are all known events, for crowding and quiet dates; `events` those studied.
    """

    kind: BundleKind
    series: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    known: tuple[Event, ...]
    request: StudyRequest
    factors: tuple[RateSeries, ...] = ()


def build_bundle(query: BundleRequest, provenance: Provenance, question: str) -> bytes:
    """The bundle as the bytes of a zip archive, a pure function of its arguments.

    Args:
        query: the computation.
        provenance: further parameters, the data files and the time of creation.
        question: the title, one line.

    Raises:
        InputError: the bundle is too large, or cannot be computed.
    """
    return pack_bundle(
        query.kind,
        question,
        BundleContents(
            {EVENTS_PATH: write_events(query.known, query.events)},
            compute_results(query),
            (
                *((series, "studied") for series in query.series),
                *((series, "factor") for series in query.factors),
            ),
            {
                "parameters": {**request_json(query.request), **provenance.parameters},
                "request": asdict(query.request),
                "counts": {"events_in": len(query.events), "events_known": len(query.known)},
            },
            sum(event.is_private for event in query.events),
        ),
        provenance,
    )


@dataclass(frozen=True, slots=True)
class BundleContents:
    """The content of a bundle: inputs other than rates, results, and series with their roles.

    `manifest` holds the entries of the manifest for this kind of bundle; `private` counts the
    private notes whose text it contains.
    """

    inputs: Mapping[str, bytes]
    results: Mapping[str, bytes]
    series: tuple[tuple[RateSeries, str], ...]
    manifest: Mapping[str, Any]
    private: int = 0


def pack_bundle(
    kind: str, question: str, contents: BundleContents, provenance: Provenance
) -> bytes:
    """The bytes of a bundle: README, citation, manifest with all hashes, inputs and results.

    Raises:
        InputError: the bundle is too large.
    """
    all_series = [series for series, _ in contents.series]
    included = tuple(series for series in all_series if is_redistributable(series.card))
    files = {
        RATES_PATH: write_rates(included),
        **contents.inputs,
        **{f"{RESULTS_FOLDER}{name}": content for name, content in contents.results.items()},
    }
    created = iso_text(provenance.created_at)
    left_out = [series.card for series in all_series if series not in included]
    description = BundleDescription(
        question, [series.card for series in all_series], left_out, __version__, created,
        contents.private, has_events=EVENTS_PATH in contents.inputs,
    )  # fmt: skip
    documents = {
        README_FILE: readme_bytes(description, list(contents.results)),
        CITATION_FILE: citation_bytes(description),
    }
    manifest = {
        "bundle": BUNDLE_FORMAT,
        "kind": kind,
        "question": question,
        **contents.manifest,
        "series": [
            {
                "role": role,
                "included": series in included,
                "rows": len(series),
                "last_known_at": f"{series.known_at[-1]}Z" if len(series) else None,
                "sha256": rates_hash(series),
                "card": card_to_json(series.card),
            }
            for series, role in contents.series
        ],
        "software_version": __version__,
        "data_files": [{"name": f.name, "sha256": f.sha256} for f in provenance.data_files],
        "files": {name: file_entry(content) for name, content in {**documents, **files}.items()},
        "created_at": created,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    return zip_files({**documents, MANIFEST_FILE: text.encode("utf-8"), **files})


def build_event_bundle(query: BundleRequest, provenance: Provenance) -> bytes:
    """The bundle of one event on one series.

    Raises:
        InputError: the bundle is too large, or cannot be computed.
    """
    (series,), (event,) = query.series, query.events
    question = deferred(
        "How did {series} move around “{title}” ({day})?",
        series=series.card.title,
        title=event.title,
        day=event.day,
    )
    return build_bundle(query, provenance, " ".join(question.split()))


def compute_results(query: BundleRequest) -> dict[str, bytes]:
    """The CSV files of the results by name; levels under restrictive licences are empty.

    Raises:
        InputError: the study cannot be computed.
    """
    if query.kind == "event":
        view = build_event_view(
            query.series[0], query.events[0], query.known, query.request, query.factors
        )
        files = {
            "event_moves.csv": table_file("event_moves", [view]),
            "event_window.csv": table_file("event_window", [view]),
        }
    else:
        answer = run_study(
            query.series, query.events, query.request, known=query.known, factors=query.factors
        )
        files = study_csvs(answer)
    withheld = {series.card.id for series in query.series if not is_redistributable(series.card)}
    if not withheld:
        return files
    return {name: blank_levels(content, withheld) for name, content in files.items()}


def is_redistributable(card: SeriesCard) -> bool:
    """Whether the licence of a series allows its numbers to be redistributed.

    Only licences known to allow it do; a user's own file is the user's to pass on.
    """
    return card.licence.casefold().startswith((*FREE_LICENCES, *USER_LICENCES))


def rates_hash(series: RateSeries) -> str:
    """The sha256 of the rates of one series in the format of a bundle."""
    return hashlib.sha256(write_rates([series])).hexdigest()


def blank_levels(content: bytes, withheld: Collection[str]) -> bytes:
    """A CSV file in which the rates of the withheld series are empty."""
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    if "series" not in header or LEVEL_COLUMNS.isdisjoint(header):
        return content
    series_column = header.index("series")
    levels = [k for k, name in enumerate(header) if name in LEVEL_COLUMNS]
    for row in rows:
        if row[series_column] in withheld:
            for k in levels:
                row[k] = ""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode("utf-8")


def study_question(parameters: Mapping[str, Any], n_events: int, titles: Sequence[str]) -> str:
    """The title of a bundle: `How did USD/RUB, Bank of Russia move around 365 events?`."""
    categories = parameters.get("category") or []
    message = _STUDY_QUESTIONS[n_events == 1, bool(categories)]
    kinds, series = ", ".join(categories), ", ".join(titles)
    return message.format(series=series, n=n_events, categories=kinds)


_STUDY_QUESTIONS: Final = {
    (True, False): deferred("How did {series} move around {n:,} event?"),
    (False, False): deferred("How did {series} move around {n:,} events?"),
    (True, True): deferred("How did {series} move around {n:,} event ({categories})?"),
    (False, True): deferred("How did {series} move around {n:,} events ({categories})?"),
}
"""By whether it is one event, and whether they are of some categories; a title of the bundle."""


# ---- claim checks


@dataclass(frozen=True, slots=True)
class ClaimBundleRequest:
    """Claims with known days, all known series, and the id of the main series."""

    claims: tuple[Claim, ...]
    series: tuple[RateSeries, ...]
    main: str = ""


def build_claim_bundle(query: ClaimBundleRequest, provenance: Provenance) -> bytes:
    """The bundle of a claim check, without the text that the claims were extracted from.

    Raises:
        InputError: the bundle is too large, or a claim has no day.
    """
    used = ClaimBundleRequest(query.claims, claim_series(query), query.main)
    if any(claim.day is None for claim in used.claims):
        msg = _("claim: the day is not known; say when the text was printed")
        raise InputError(msg)
    contents = BundleContents(
        {},
        compute_claim_results(used),
        tuple((series, "studied") for series in used.series),
        {
            "parameters": dict(provenance.parameters),
            "claims": [claim_to_json(claim) for claim in used.claims],
            "main": used.main,
            "counts": {"claims": len(used.claims)},
        },
    )
    days = ", ".join(dict.fromkeys(str(claim.day) for claim in used.claims))
    question = _(
        "Are {count} claims about the rouble on {days} so?", count=len(used.claims), days=days
    )
    if len(used.claims) == 1:
        question = _("Is a claim about the rouble on {days} so?", days=days)
    return pack_bundle(CLAIMS_KIND, question, contents, provenance)


def claim_series(query: ClaimBundleRequest) -> tuple[RateSeries, ...]:
    """The series that the claims are checked against, and those that a dollar is implied from."""
    units = {f"RUB per {claim.currency}" for claim in query.claims}
    implied_from = source_series_ids(query.series) if "RUB per USD" in units else ()
    return tuple(
        series
        for series in query.series
        if not series.card.bar_minutes
        and (series.card.unit in units or series.card.id in implied_from)
    )


def compute_claim_results(query: ClaimBundleRequest) -> dict[str, bytes]:
    """`claims.csv` and `needed_bases.csv`; levels under restrictive licences are empty."""
    answers = [answer_claim(claim, query.series, query.main) for claim in query.claims]
    numbered = [NumberedAnswer(number, answer) for number, answer in enumerate(answers, 1)]
    files = {f"{name}.csv": table_file(name, numbered) for name in ("claims", "needed_bases")}
    cards = {row.verdict.card.id: row.verdict.card for answer in answers for row in answer.rows}
    withheld = {name for name, card in cards.items() if not is_redistributable(card)}
    return {name: blank_levels(content, withheld) for name, content in files.items()}


def claim_to_json(claim: Claim) -> dict[str, Any]:
    """A claim as JSON values, without the text it was extracted from."""
    assert claim.day is not None
    since = claim.since
    return {
        "kind": str(claim.kind),
        "currency": claim.currency,
        "value": claim.value,
        "exactness": str(claim.exactness),
        "decimals": claim.decimals,
        "since": None if since is None else {
            "day": since.day.isoformat() if since.day else None,
            "end_day": since.end_day.isoformat() if since.end_day else None,
            "precision": str(since.precision),
        },
        "base": claim.base,
        "day": claim.day.isoformat(),
        "subject": claim.subject,
        "first_day": claim.first_day.isoformat() if claim.first_day else None,
        "market": claim.market,
    }  # fmt: skip


def claims_from_json(values: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
    """The inverse of `claim_to_json`, for several claims.

    Raises:
        ValueError, KeyError, TypeError: the values are no valid claims.
    """
    if not 0 < len(values) <= MAX_CLAIMS:
        msg = f"{len(values)} claims"
        raise ValueError(msg)
    return tuple(_claim_from_json(item) for item in values)


def _claim_from_json(values: Mapping[str, Any]) -> Claim:
    value, decimals, base = values["value"], operator.index(values["decimals"]), str(values["base"])
    if value is not None and not (
        math.isfinite(float(value)) and abs(float(value)) <= MAX_CLAIM_VALUE
    ):
        msg = "value"
        raise ValueError(msg)
    if not 0 <= decimals <= MAX_DECIMALS or base not in {"", *CLAIM_BASES}:
        msg = _("decimals or base")
        raise ValueError(msg)
    return Claim(
        ClaimKind(values["kind"]),
        str(values["currency"])[:MAX_CURRENCY_LENGTH],
        sentence="",
        phrase="",
        value=None if value is None else float(value),
        exactness=Exactness(values["exactness"]),
        decimals=decimals,
        since=None if values["since"] is None else _period_from_json(values["since"]),
        base=base,
        day=date.fromisoformat(values["day"]),
        subject=str(values["subject"])[:MAX_CURRENCY_LENGTH],
        first_day=_day_or_none(values.get("first_day")),
        market=Market(values["market"]) if values.get("market") else None,
    )


def _day_or_none(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _period_from_json(values: Mapping[str, Any]) -> DateMention:
    first, last = (_day_or_none(values[name]) for name in ("day", "end_day"))
    return DateMention("", 0, Precision(values["precision"]), first, last)
