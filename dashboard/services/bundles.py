"""Reproducible bundles of a study or a claim check: build one, recompute it and compare."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import numpy as np

from dashboard import __version__
from dashboard.export.bundle_inputs import (
    card_from_json,
    card_to_json,
    read_events,
    read_rates,
    write_events,
    write_rates,
)
from dashboard.export.bundles import (
    CITATION_FILE,
    MAX_ARCHIVE_BYTES,
    README_FILE,
    BundleDescription,
    citation_bytes,
    file_entry,
    readme_bytes,
    unzip_files,
    zip_files,
)
from dashboard.models.article import (
    Claim,
    ClaimAnswer,
    ClaimKind,
    ClaimRow,
    DateMention,
    Exactness,
    Precision,
)
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.event import Event
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import StudyRequest, Window
from dashboard.services.claims import CHANGE_KINDS, CLAIM_BASES, answer_claim
from dashboard.services.exports import (
    DataFile,
    Provenance,
    event_moves_csv,
    event_window_csv,
    request_json,
    study_csvs,
    table_csv,
)
from dashboard.services.source_moves import source_series_ids
from dashboard.services.study import build_event_view, check_study_size, run_study

if TYPE_CHECKING:
    from dashboard.sources.rates.base import RateSource

__all__ = [
    "MAX_ARCHIVE_BYTES",
    "CellDifference",
    "Reproduction",
    "reproduce_bundle",
    "reproduction_json",
]


# ------------------------------------------------------------
# Bundle a study: one file with the numbers, all they were computed from, and how to cite them.


BundleKind: TypeAlias = Literal["study", "event"]

BUNDLE_FORMAT: Final = 1
"""The form of a bundle; a later program reads this number first."""
MANIFEST_PATH: Final = "manifest.json"
RATES_PATH: Final = "inputs/rates.csv"
EVENTS_PATH: Final = "inputs/events.csv"
RESULTS_FOLDER: Final = "results/"
LEVEL_COLUMNS: Final = frozenset({"rate", "base_rate", "end_rate", "reached_rate"})
FREE_LICENCES: Final = ("free use", "free reuse", "public domain", "cc0")
USER_LICENCES: Final = ("as the owner of the file says", "yours")


@dataclass(frozen=True, slots=True)
class BundleRequest:
    """What is computed: a study of events, or the page of one event on one series.

    `known` are all events known then, for crowding and quiet dates; `events` those studied.
    """

    kind: BundleKind
    series: tuple[RateSeries, ...]
    events: tuple[Event, ...]
    known: tuple[Event, ...]
    request: StudyRequest
    factors: tuple[RateSeries, ...] = ()


def build_bundle(asked: BundleRequest, made: Provenance, question: str) -> bytes:
    """The bundle as the bytes of a zip; the same question at the same moment, the same bytes.

    Args:
        asked: what is computed.
        made: what was asked beside the request, the files it came from, and when.
        question: one line that says what this is.

    Raises:
        InputError: it is too large, or cannot be computed.
    """
    return pack_bundle(
        asked.kind,
        question,
        BundleContents(
            {EVENTS_PATH: write_events(asked.known, asked.events)},
            compute_results(asked),
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
class BundleContents:
    """What is in a bundle: inputs beside the rates, results, series with their roles, words.

    `more` are the entries of the manifest that belong to this kind of bundle; `private` counts
    the private notes whose words are in it.
    """

    inputs: Mapping[str, bytes]
    results: Mapping[str, bytes]
    series: tuple[tuple[RateSeries, str], ...]
    more: Mapping[str, Any]
    private: int = 0


def pack_bundle(kind: str, question: str, contents: BundleContents, made: Provenance) -> bytes:
    """The bytes of a bundle: words, a manifest that vouches for every file, inputs, results.

    Raises:
        InputError: it is too large.
    """
    every = [each for each, _ in contents.series]
    passed = tuple(each for each in every if is_redistributable(each.card))
    files = {
        RATES_PATH: write_rates(passed),
        **contents.inputs,
        **{f"{RESULTS_FOLDER}{name}": content for name, content in contents.results.items()},
    }
    created = made.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    left_out = [each.card for each in every if each not in passed]
    told = BundleDescription(
        question, [each.card for each in every], left_out, __version__, created,
        contents.private, has_events=EVENTS_PATH in contents.inputs,
    )  # fmt: skip
    words = {
        README_FILE: readme_bytes(told, list(contents.results)),
        CITATION_FILE: citation_bytes(told),
    }
    manifest = {
        "bundle": BUNDLE_FORMAT,
        "kind": kind,
        "question": question,
        **contents.more,
        "series": [_series_entry(each, role) for each, role in contents.series],
        "software_version": __version__,
        "data_files": [{"name": f.name, "sha256": f.sha256} for f in made.data_files],
        "files": {name: file_entry(content) for name, content in {**words, **files}.items()},
        "created_at": created,
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    return zip_files({**words, MANIFEST_PATH: text.encode("utf-8"), **files})


def build_event_bundle(asked: BundleRequest, made: Provenance) -> bytes:
    """The bundle of the page of one event on one series.

    Raises:
        InputError: it is too large, or cannot be computed.
    """
    (series,), (event,) = asked.series, asked.events
    question = f"How did {series.card.title} move around “{event.title}” ({event.day})?"
    return build_bundle(asked, made, " ".join(question.split()))


def source_files(sources: Sequence[RateSource], ids: Sequence[str]) -> list[DataFile]:
    """The files that some series were read from, with their hashes, as far as there are any."""
    there = {name: sha for source in sources for name, sha in source.files().items()}
    return [DataFile(f"{name}.csv", there[name]) for name in ids if name in there]


def compute_results(asked: BundleRequest) -> dict[str, bytes]:
    """The CSV files of the answer by name; levels that may not be passed on are empty.

    Raises:
        InputError: the question cannot be answered.
    """
    if asked.kind == "event":
        view = build_event_view(
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
    kept_back = {each.card.id for each in asked.series if not is_redistributable(each.card)}
    if not kept_back:
        return files
    return {name: blank_levels(content, kept_back) for name, content in files.items()}


def is_redistributable(card: SeriesCard) -> bool:
    """Whether the terms of a series allow its numbers in a file for others.

    Only terms that are known to allow it do; the file of a person is that person's to pass on.
    """
    terms = card.licence.casefold()
    return terms.startswith(FREE_LICENCES) or any(terms.startswith(own) for own in USER_LICENCES)


def rates_hash(series: RateSeries) -> str:
    """The hash of the rates of one series, as a bundle would hold them."""
    return hashlib.sha256(write_rates([series])).hexdigest()


def _series_entry(series: RateSeries, role: str) -> dict[str, Any]:
    return {
        "role": role,
        "included": is_redistributable(series.card),
        "rows": len(series),
        "last_known_at": f"{series.known_at[-1]}Z" if len(series) else None,
        "sha256": rates_hash(series),
        "card": card_to_json(series.card),
    }


def blank_levels(content: bytes, kept_back: Sequence[str] | set[str]) -> bytes:
    """A CSV file in which the rates of some series are empty."""
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    if "series" not in header or LEVEL_COLUMNS.isdisjoint(header):
        return content
    where = header.index("series")
    levels = [k for k, name in enumerate(header) if name in LEVEL_COLUMNS]
    for row in rows:
        if row[where] in kept_back:
            for k in levels:
                row[k] = ""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode("utf-8")


def study_question(parameters: Mapping[str, Any], n_events: int, titles: Sequence[str]) -> str:
    """`How did USD/RUB, Bank of Russia move around 365 events?`, the first line of a bundle."""
    which = parameters.get("category") or []
    kind = f" ({', '.join(which)})" if which else ""
    word = "event" if n_events == 1 else "events"
    return f"How did {', '.join(titles)} move around {n_events:,} {word}{kind}?"


# ------------------------------------------------------------
# Bundle a claim check: the claims, the rates they were held against, every verdict as a table.


CLAIMS_KIND: Final = "claims"
"""The kind of such a bundle."""
MAX_CLAIMS: Final = 50
MAX_DECIMALS: Final = 12
MAX_CLAIM_VALUE: Final = 1e12
MAX_CURRENCY_LENGTH: Final = 8


@dataclass(frozen=True, slots=True)
class ClaimBundleRequest:
    """Claims, each of a known day, the series that are known, and the one spoken of first."""

    claims: tuple[Claim, ...]
    series: tuple[RateSeries, ...]
    main: str = ""


def build_claim_bundle(asked: ClaimBundleRequest, made: Provenance) -> bytes:
    """The bundle of a claim check; the sentence that the claims were read from is not in it.

    Raises:
        InputError: it is too large, or a claim is of no day.
    """
    used = ClaimBundleRequest(asked.claims, claim_series(asked), asked.main)
    if any(claim.day is None for claim in used.claims):
        msg = "claim: the day is not known; say when the text was printed"
        raise InputError(msg)
    contents = BundleContents(
        {},
        compute_claim_results(used),
        tuple((each, "studied") for each in used.series),
        {
            "parameters": dict(made.parameters),
            "claims": [claim_to_json(claim) for claim in used.claims],
            "main": used.main,
            "counts": {"claims": len(used.claims)},
        },
    )
    return pack_bundle(CLAIMS_KIND, _claims_question(used.claims), contents, made)


def claim_series(asked: ClaimBundleRequest) -> tuple[RateSeries, ...]:
    """The series that the claims are held against, and those that a dollar is implied from."""
    units = {f"RUB per {claim.currency}" for claim in asked.claims}
    behind = source_series_ids(asked.series) if "RUB per USD" in units else ()
    return tuple(
        each
        for each in asked.series
        if not each.card.bar_minutes and (each.card.unit in units or each.card.id in behind)
    )


def compute_claim_results(asked: ClaimBundleRequest) -> dict[str, bytes]:
    """`claims.csv` and `needed_bases.csv`; levels that may not be passed on are empty."""
    answers = [answer_claim(claim, asked.series, asked.main) for claim in asked.claims]
    files = {
        f"{name}.csv": table_csv(
            name, [row for k, answer in enumerate(answers, 1) for row in rows(k, answer)]
        )
        for name, rows in (("claims", _claim_rows), ("needed_bases", _needed_base_rows))
    }
    cards = {row.verdict.card.id: row.verdict.card for answer in answers for row in answer.rows}
    kept_back = {name for name, card in cards.items() if not is_redistributable(card)}
    return {name: blank_levels(content, kept_back) for name, content in files.items()}


def claim_to_json(claim: Claim) -> dict[str, Any]:
    """A claim as JSON values, without the words it was read from."""
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
    }  # fmt: skip


def claims_from_json(told: Sequence[Mapping[str, Any]]) -> tuple[Claim, ...]:
    """The claims that `claim_to_json` was given.

    Raises:
        ValueError, KeyError, TypeError: they are none of ours.
    """
    if not 0 < len(told) <= MAX_CLAIMS:
        msg = f"{len(told)} claims"
        raise ValueError(msg)
    return tuple(_claim_from_json(each) for each in told)


def _claim_from_json(told: Mapping[str, Any]) -> Claim:
    value, decimals, base = told["value"], operator.index(told["decimals"]), str(told["base"])
    if value is not None and not (
        math.isfinite(float(value)) and abs(float(value)) <= MAX_CLAIM_VALUE
    ):
        msg = "value"
        raise ValueError(msg)
    if not 0 <= decimals <= MAX_DECIMALS or base not in {"", *CLAIM_BASES}:
        msg = "decimals or base"
        raise ValueError(msg)
    return Claim(
        ClaimKind(told["kind"]),
        str(told["currency"])[:MAX_CURRENCY_LENGTH],
        sentence="",
        phrase="",
        value=None if value is None else float(value),
        exactness=Exactness(told["exactness"]),
        decimals=decimals,
        since=None if told["since"] is None else _period_from_json(told["since"]),
        base=base,
        day=date.fromisoformat(told["day"]),
        subject=str(told["subject"])[:MAX_CURRENCY_LENGTH],
    )


def _period_from_json(told: Mapping[str, Any]) -> DateMention:
    first, last = (
        None if told[name] is None else date.fromisoformat(told[name])
        for name in ("day", "end_day")
    )
    return DateMention("", 0, Precision(told["precision"]), first, last)


def _claim_rows(number: int, answer: ClaimAnswer) -> Iterator[tuple[Any, ...]]:
    claim = answer.claim
    since = claim.since
    head = (number, claim.kind, claim.currency, claim.day, claim.value, claim.exactness,
            since.day if since else None, since.end_day if since else None)  # fmt: skip
    is_change = claim.kind in CHANGE_KINDS
    for row in answer.rows:
        yield (*head, *_verdict_cells(row, is_change=is_change))


def _verdict_cells(row: ClaimRow, *, is_change: bool) -> tuple[Any, ...]:
    verdict, at, base = row.verdict, row.at, row.base
    return (
        verdict.card.id,
        verdict.truth,
        int(verdict.is_claimed),
        verdict.base_name,
        verdict.quote,
        at.day if at else None,
        at.rate if at else None,
        base.day if base else None,
        base.rate if base else None,
        verdict.found if is_change else None,
        verdict.reason,
    )


def _needed_base_rows(number: int, answer: ClaimAnswer) -> Iterator[tuple[Any, ...]]:
    for base in answer.needed:
        reached = base.reached
        yield (
            number, base.card.id, base.quote, base.rate,
            reached.day if reached else None, reached.rate if reached else None,
            base.data_from.day,
        )  # fmt: skip


def _claims_question(claims: Sequence[Claim]) -> str:
    """`Are 3 claims about the rouble on 2025-04-21 so?`."""
    days = ", ".join(dict.fromkeys(str(claim.day) for claim in claims))
    if len(claims) == 1:
        return f"Is a claim about the rouble on {days} so?"
    return f"Are {len(claims)} claims about the rouble on {days} so?"


# ------------------------------------------------------------
# Compare results: a CSV file of a bundle with the same file computed again.


ComparisonStatus: TypeAlias = Literal["equal", "close", "different"]

RELATIVE_TOLERANCE: Final = 1e-12
"""Of a number, relative to its size where that is above 1; last digits of another processor."""


@dataclass(frozen=True, slots=True)
class CellDifference:
    """The first cell in which a file differs: row 1 is the first below the header, 0 the header."""

    file: str
    row: int
    column: str
    in_bundle: str
    computed: str


@dataclass(frozen=True, slots=True)
class FileComparison:
    """One file: how it compares, its first cell that differs, what the bundle does not have."""

    name: str
    status: ComparisonStatus
    difference: CellDifference | None = None
    added: str = ""


def compare_csv_files(name: str, kept: bytes, computed: bytes) -> FileComparison:
    """Compare a file of a bundle with the same file computed again.

    Columns at the end and tests that only the second has are left out and named in `added`.
    """
    if kept == computed:
        return FileComparison(name, "equal")
    ours = _parse_csv(kept)
    theirs, added = _without_additions(ours, _parse_csv(computed))
    if added and ours == theirs:
        return FileComparison(name, "equal", None, added)
    first = None
    for difference in _find_differences(name, ours, theirs):
        if not _is_close(difference.in_bundle, difference.computed):
            return FileComparison(name, "different", difference, added)
        first = first or difference
    if first:
        return FileComparison(name, "close", first, added)
    return FileComparison(name, "different", CellDifference(name, 0, "", "", ""), added)


def _parse_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")))


def _without_additions(
    ours: list[list[str]], theirs: list[list[str]]
) -> tuple[list[list[str]], str]:
    """The computed rows without columns at the end and tests that the bundle does not have.

    Returns:
        The rows, and a few words on what was left out; empty where nothing was.
    """
    old, new = (rows[0] if rows else [] for rows in (ours, theirs))
    if not old or new[: len(old)] != old:
        return theirs, ""
    added = [f"column {name}" for name in new[len(old) :]]
    rows = [row[: len(old)] for row in theirs]
    if "test" in old:
        at = old.index("test")
        known = {row[at] for row in ours[1:] if len(row) > at}
        fresh = list(dict.fromkeys(row[at] for row in rows[1:] if row[at] not in known))
        if known and fresh:
            rows = [rows[0], *(row for row in rows[1:] if row[at] in known)]
            added += [f"test {name}" for name in fresh]
    return rows, ", ".join(added)


def _find_differences(
    name: str, one: list[list[str]], other: list[list[str]]
) -> Iterator[CellDifference]:
    header = other[0] if other else []
    for row in range(max(len(one), len(other))):
        ours = one[row] if row < len(one) else []
        theirs = other[row] if row < len(other) else []
        for k in range(max(len(ours), len(theirs))):
            pair = (ours[k] if k < len(ours) else "", theirs[k] if k < len(theirs) else "")
            if pair[0] != pair[1] or k >= min(len(ours), len(theirs)):
                column = header[k] if k < len(header) else f"column {k + 1}"
                yield CellDifference(name, row, column, *pair)


def _is_close(one: str, other: str) -> bool:
    try:
        a, b = float(one), float(other)
    except ValueError:
        return False
    return math.isfinite(a) and abs(a - b) <= RELATIVE_TOLERANCE * max(1.0, abs(a), abs(b))


# ------------------------------------------------------------
# Reproduce a study: compute a bundle again from what is in it, and say whether it is equal.


MAX_SHOWN_DIFFERENCES: Final = 20
MAX_ROWS: Final = 100_000
MAX_CAR_WINDOWS: Final = 200
MAX_EVENTS: Final = 50_000
SeriesLookup = Callable[[str], RateSeries]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What came of it.

    `equal` = every file byte for byte; `close` = numbers differ by no more than 1e-12;
    `different` = something else, with the first cell of each file that differs. `notes` say
    what a person should know: another version of the program, series taken from this machine.
    `added` names the tables, columns and tests that this program computes and the bundle, made by
    an earlier one, does not have; they are not compared.
    """

    status: ComparisonStatus
    files: int
    differences: tuple[CellDifference, ...]
    notes: tuple[str, ...]
    added: tuple[str, ...] = ()


def reproduce_bundle(content: bytes, shown: str, find: SeriesLookup) -> Reproduction:
    """Check the hashes of a bundle, compute it again with this program, compare.

    Args:
        content: the bytes of the bundle.
        shown: what messages call it.
        find: gives a series of this machine, for those whose terms kept them out.

    Raises:
        InputError: it is no bundle, or damaged, or a series it needs is not here.
    """
    files = unzip_files(content, shown)
    manifest = _read_manifest(files, shown)
    _check_hashes(manifest, files, shown)
    try:
        compute, notes = _recomputation(manifest, files, find)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _damaged_error(
            shown, f"the inputs cannot be read ({type(error).__name__})"
        ) from error
    computed = compute()
    kept = {
        name.removeprefix(RESULTS_FOLDER): files[name]
        for name in files
        if name.startswith(RESULTS_FOLDER)
    }
    odd = ", ".join(sorted(set(kept) - set(computed)))
    if odd or not kept:
        told = odd[:200] or "none"
        raise _damaged_error(shown, f"other results than this program computes: {told}")
    compared = [compare_csv_files(name, kept[name], computed[name]) for name in kept]
    worst = max((each.status for each in compared), key=("equal", "close", "different").index)
    found = tuple(each.difference for each in compared if each.difference is not None)
    added = (*(name for name in computed if name not in kept),
             *(f"{each.name}: {each.added}" for each in compared if each.added))  # fmt: skip
    return Reproduction(worst, len(kept), found[:MAX_SHOWN_DIFFERENCES], notes, added)


def reproduction_json(verdict: Reproduction) -> dict[str, Any]:
    """The verdict as JSON values."""
    return {
        "status": verdict.status,
        "files": verdict.files,
        "differences": [
            {
                "file": each.file,
                "row": each.row,
                "column": each.column,
                "in_bundle": each.in_bundle,
                "computed": each.computed,
            }
            for each in verdict.differences
        ],
        "notes": list(verdict.notes),
        "added": list(verdict.added),
    }


def _read_manifest(files: Mapping[str, bytes], shown: str) -> dict[str, Any]:
    try:
        manifest = json.loads(files[MANIFEST_PATH])
        form = manifest["bundle"]
        listed = manifest["files"].items()
        manifest["files"] = {str(name): str(entry["sha256"]) for name, entry in listed}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{shown}: is no bundle: there is no manifest of ours in it"
        raise InputError(msg) from error
    if form != BUNDLE_FORMAT:
        msg = f"{shown}: is a bundle of form {str(form)[:20]!r}, this program reads {BUNDLE_FORMAT}; update it"
        raise InputError(msg)
    return dict(manifest)


def _check_hashes(manifest: Mapping[str, Any], files: Mapping[str, bytes], shown: str) -> None:
    promised = manifest["files"]
    for name in sorted(set(promised) ^ (set(files) - {MANIFEST_PATH})):
        there = "is not in its manifest" if name in files else "is missing"
        raise _damaged_error(shown, f"{name[:80]!r} {there}")
    for name, sha in promised.items():
        if file_entry(files[name])["sha256"] != sha:
            raise _damaged_error(shown, f"{name} was changed after it was made")


def _recomputation(
    manifest: Mapping[str, Any], files: Mapping[str, bytes], find: SeriesLookup
) -> tuple[Callable[[], dict[str, bytes]], tuple[str, ...]]:
    """What computes the results of the bundle, and what a person should know about it."""
    series, notes = _series_by_role(manifest, files, find)
    if manifest["kind"] == CLAIMS_KIND:
        claims, studied = claims_from_json(manifest["claims"]), tuple(series["studied"])
        asked_claims = ClaimBundleRequest(claims, studied, str(manifest["main"]))
        return lambda: compute_claim_results(asked_claims), notes
    asked = _bundle_request(manifest, files, series)
    return lambda: compute_results(asked), notes


def _series_by_role(
    manifest: Mapping[str, Any], files: Mapping[str, bytes], find: SeriesLookup
) -> tuple[dict[str, list[RateSeries]], tuple[str, ...]]:
    """The series of the bundle by their role."""
    notes = []
    version = str(manifest["software_version"])[:40]
    if version != __version__:
        notes.append(f"made with version {version}, computed again with {__version__}")
    told = manifest["series"]
    cards = {each["card"]["id"]: card_from_json(each["card"]) for each in told}
    held = read_rates(files[RATES_PATH], cards)
    series: dict[str, list[RateSeries]] = {"studied": [], "factor": []}
    for each in told:
        one = held.get(each["card"]["id"])
        if not each["included"]:
            one, said = _series_known_here(each, find)
            notes.append(said)
        if one is None:
            msg = f"no rates of {each['card']['id']}"
            raise ValueError(msg)
        series[each["role"]].append(one)
    return series, tuple(notes)


def _bundle_request(
    manifest: Mapping[str, Any],
    files: Mapping[str, bytes],
    series: Mapping[str, Sequence[RateSeries]],
) -> BundleRequest:
    known, studied = read_events(files[EVENTS_PATH])
    request = _study_request(manifest["request"])
    studied_series = tuple(series["studied"])
    _check_bundle_size(studied_series, len(known), request)
    kind = manifest["kind"]
    if kind not in get_args(BundleKind):
        raise ValueError(kind)
    return BundleRequest(kind, studied_series, studied, known, request, tuple(series["factor"]))


def _check_bundle_size(series: Sequence[RateSeries], n_events: int, request: StudyRequest) -> None:
    """Refuse what no study of ours can be: a bundle may come from anybody."""
    numbers = (*request.window, request.estimation, request.gap, *sum(request.cars, ()))
    if any(abs(number) > MAX_ROWS for number in numbers) or len(request.cars) > MAX_CAR_WINDOWS:
        msg = "bundle: asks for windows that are too long to compute"
        raise InputError(msg)
    if n_events > MAX_EVENTS:
        msg = f"bundle: holds {n_events:,} events, at most {MAX_EVENTS:,} are computed again"
        raise InputError(msg)
    check_study_size(series, request)


def _series_known_here(told: Mapping[str, Any], find: SeriesLookup) -> tuple[RateSeries, str]:
    """A series that the bundle may not hold, as it was known here at its last moment."""
    name = told["card"]["id"]
    try:
        found = find(name)
    except RoubleReactionError as error:
        msg = (
            f"series {name}: its terms keep its rates out of the bundle, and it is not here"
            f" ({error}); fetch it first"
        )
        raise InputError(msg) from error
    last = np.datetime64(str(told["last_known_at"]).removesuffix("Z"), "s")
    one = found.part(slice(0, int(np.searchsorted(found.known_at, last, side="right"))))
    same = rates_hash(one) == told["sha256"]
    how = "the same as those used" if same else "not the same as those used"
    return one, f"{name}: rates of this machine, {how}"


def _study_request(told: Mapping[str, Any]) -> StudyRequest:
    """The request, with numbers where there must be numbers."""
    values = dict(told)
    values["window"] = _parse_window(values["window"])
    values["cars"] = tuple(_parse_window(car) for car in values["cars"])
    for name in ("estimation", "gap", "min_estimation", "seed"):
        values[name] = operator.index(values[name])
    return StudyRequest(**values)


def _parse_window(told: Sequence[Any]) -> Window:
    first, last = told
    return operator.index(first), operator.index(last)


def _damaged_error(shown: str, reason: str) -> InputError:
    return InputError(f"{shown}: is damaged: {reason}; take the bundle anew from where it was made")
