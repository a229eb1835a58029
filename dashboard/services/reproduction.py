"""Reproduction of bundles: recompute one from its inputs and compare the results cell by cell."""

from __future__ import annotations

import csv
import io
import json
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, TypeAlias, get_args

import numpy as np

from dashboard import __version__
from dashboard.export.bundles import (
    MANIFEST_FILE,
    MAX_ARCHIVE_BYTES,
    card_from_json,
    file_entry,
    read_events,
    read_rates,
    unzip_files,
)
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.models.study import StudyRequest, Window
from dashboard.services.bundles import (
    BUNDLE_FORMAT,
    CLAIMS_KIND,
    EVENTS_PATH,
    RATES_PATH,
    RESULTS_FOLDER,
    BundleKind,
    BundleRequest,
    ClaimBundleRequest,
    claims_from_json,
    compute_claim_results,
    compute_results,
    rates_hash,
)
from dashboard.services.study import check_study_size

__all__ = [
    "MAX_ARCHIVE_BYTES",
    "CellDifference",
    "Reproduction",
    "reproduce_bundle",
    "reproduction_json",
]

ComparisonStatus: TypeAlias = Literal["equal", "close", "different"]
SeriesLookup: TypeAlias = Callable[[str], RateSeries]

RELATIVE_TOLERANCE: Final = 1e-12
"""For numbers, relative to their size where that is above 1: last digits differ by processor."""
MAX_SHOWN_DIFFERENCES: Final = 20
MAX_ROWS: Final = 100_000
MAX_CAR_WINDOWS: Final = 200
MAX_EVENTS: Final = 50_000


@dataclass(frozen=True, slots=True)
class CellDifference:
    """The first different cell of a file; row 0 is the header."""

    file: str
    row: int
    column: str
    in_bundle: str
    computed: str


@dataclass(frozen=True, slots=True)
class FileComparison:
    """The comparison of one file: status, first difference, and additions not in the bundle."""

    name: str
    status: ComparisonStatus
    difference: CellDifference | None = None
    added: str = ""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """The result of a reproduction.

    `equal` = every file is equal byte for byte; `close` = numbers differ by at most 1e-12;
    `different` = other differences, with the first different cell of each file. `notes` report
    another version of the program and series taken from this machine. `added` names tables,
    columns and tests that a bundle of an earlier version lacks; they are not compared.
    """

    status: ComparisonStatus
    files: int
    differences: tuple[CellDifference, ...]
    notes: tuple[str, ...]
    added: tuple[str, ...] = ()


def reproduce_bundle(content: bytes, shown: str, get_series: SeriesLookup) -> Reproduction:
    """Check the hashes of a bundle, recompute its results and compare them.

    Args:
        content: the bytes of the bundle.
        shown: the name of the bundle in messages.
        get_series: returns a local series, for those whose licence excludes them from bundles.

    Raises:
        InputError: it is no valid bundle, or a series it needs is not available.
    """
    files = unzip_files(content, shown)
    manifest = _read_manifest(files, shown)
    _check_hashes(manifest, files, shown)
    try:
        compute, notes = _recomputation(manifest, files, get_series)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _damaged_error(
            shown, _("the inputs cannot be read ({type})", type=type(error).__name__)
        ) from error
    computed = compute()
    bundled = {
        name.removeprefix(RESULTS_FOLDER): files[name]
        for name in files
        if name.startswith(RESULTS_FOLDER)
    }
    unexpected = ", ".join(sorted(set(bundled) - set(computed)))
    if unexpected or not bundled:
        names = unexpected[:200] or "none"
        raise _damaged_error(
            shown, _("other results than this program computes: {names}", names=names)
        )
    compared = [compare_csv_files(name, bundled[name], computed[name]) for name in bundled]
    worst = max((file.status for file in compared), key=("equal", "close", "different").index)
    differences = tuple(file.difference for file in compared if file.difference is not None)
    added = (*(name for name in computed if name not in bundled),
             *(f"{file.name}: {file.added}" for file in compared if file.added))  # fmt: skip
    return Reproduction(worst, len(bundled), differences[:MAX_SHOWN_DIFFERENCES], notes, added)


def reproduction_json(verdict: Reproduction) -> dict[str, Any]:
    """A reproduction as JSON values."""
    return {
        "status": verdict.status,
        "files": verdict.files,
        "differences": [asdict(difference) for difference in verdict.differences],
        "notes": list(verdict.notes),
        "added": list(verdict.added),
    }


def _read_manifest(files: Mapping[str, bytes], shown: str) -> dict[str, Any]:
    try:
        manifest = json.loads(files[MANIFEST_FILE])
        form = manifest["bundle"]
        listed = manifest["files"].items()
        manifest["files"] = {str(name): str(entry["sha256"]) for name, entry in listed}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        msg = _("{shown}: is no bundle: there is no manifest of ours in it", shown=shown)
        raise InputError(msg) from error
    if form != BUNDLE_FORMAT:
        msg = _(
            "{shown}: is a bundle of form {form!r}, this program reads {known}; update it",
            shown=shown,
            form=str(form)[:20],
            known=BUNDLE_FORMAT,
        )
        raise InputError(msg)
    return dict(manifest)


def _check_hashes(manifest: Mapping[str, Any], files: Mapping[str, bytes], shown: str) -> None:
    promised = manifest["files"]
    for name in sorted(set(promised) ^ (set(files) - {MANIFEST_FILE})):
        message = deferred("{file!r} is missing")
        if name in files:
            message = deferred("{file!r} is not in its manifest")
        raise _damaged_error(shown, translate_deferred(message, file=name[:80]))
    for name, sha in promised.items():
        if file_entry(files[name])["sha256"] != sha:
            raise _damaged_error(shown, _("{name} was changed after it was made", name=name))


def _recomputation(
    manifest: Mapping[str, Any], files: Mapping[str, bytes], get_series: SeriesLookup
) -> tuple[Callable[[], dict[str, bytes]], tuple[str, ...]]:
    """The function that computes the results of a bundle, and notes for the user."""
    series, notes = _series_by_role(manifest, files, get_series)
    if manifest["kind"] == CLAIMS_KIND:
        claims, studied = claims_from_json(manifest["claims"]), tuple(series["studied"])
        claims_query = ClaimBundleRequest(claims, studied, str(manifest["main"]))
        return lambda: compute_claim_results(claims_query), notes
    query = _bundle_request(manifest, files, series)
    return lambda: compute_results(query), notes


def _series_by_role(
    manifest: Mapping[str, Any], files: Mapping[str, bytes], get_series: SeriesLookup
) -> tuple[dict[str, list[RateSeries]], tuple[str, ...]]:
    """The series of a bundle by role, and notes for the user."""
    notes = []
    version = str(manifest["software_version"])[:40]
    if version != __version__:
        notes.append(
            _(
                "made with version {version}, computed again with {current}",
                version=version,
                current=__version__,
            )
        )
    entries = manifest["series"]
    cards = {entry["card"]["id"]: card_from_json(entry["card"]) for entry in entries}
    included = read_rates(files[RATES_PATH], cards)
    series: dict[str, list[RateSeries]] = {"studied": [], "factor": []}
    for entry in entries:
        rates = included.get(entry["card"]["id"])
        if not entry["included"]:
            rates, note = _local_series(entry, get_series)
            notes.append(note)
        if rates is None:
            msg = _("no rates of {entry}", entry=entry["card"]["id"])
            raise ValueError(msg)
        series[entry["role"]].append(rates)
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
    """Refuse computations beyond the limits of a study: a bundle is untrusted input."""
    numbers = (*request.window, request.estimation, request.gap, *sum(request.cars, ()))
    if any(abs(number) > MAX_ROWS for number in numbers) or len(request.cars) > MAX_CAR_WINDOWS:
        msg = _("bundle: asks for windows that are too long to compute")
        raise InputError(msg)
    if n_events > MAX_EVENTS:
        msg = _(
            "bundle: holds {n_events:,} events, at most {most:,} are computed again",
            n_events=n_events,
            most=MAX_EVENTS,
        )
        raise InputError(msg)
    check_study_size(series, request)


def _local_series(entry: Mapping[str, Any], get_series: SeriesLookup) -> tuple[RateSeries, str]:
    """A local series in place of one that the bundle excludes, up to the same last moment."""
    name = entry["card"]["id"]
    try:
        current = get_series(name)
    except RoubleReactionError as error:
        msg = _(
            "series {name}: its terms keep its rates out of the bundle, and it is not here "
            "({error}); refresh it first",
            name=name,
            error=error,
        )
        raise InputError(msg) from error
    last = np.datetime64(str(entry["last_known_at"]).removesuffix("Z"), "s")
    used = current.part(slice(0, int(np.searchsorted(current.known_at, last, side="right"))))
    same = rates_hash(used) == entry["sha256"]
    if same:
        return used, _("{name}: rates of this machine, the same as those used", name=name)
    return used, _("{name}: rates of this machine, not the same as those used", name=name)


def _study_request(parameters: Mapping[str, Any]) -> StudyRequest:
    """The request of a manifest, with integers validated."""
    values = dict(parameters)
    values["window"] = _parse_window(values["window"])
    values["cars"] = tuple(_parse_window(car) for car in values["cars"])
    for name in ("estimation", "gap", "min_estimation", "seed"):
        values[name] = operator.index(values[name])
    return StudyRequest(**values)


def _parse_window(values: Sequence[Any]) -> Window:
    first, last = values
    return operator.index(first), operator.index(last)


def _damaged_error(shown: str, reason: str) -> InputError:
    return InputError(
        _(
            "{shown}: is damaged: {reason}; take the bundle anew from where it was made",
            shown=shown,
            reason=reason,
        )
    )


# ---- comparing CSV files


def compare_csv_files(name: str, bundled: bytes, computed: bytes) -> FileComparison:
    """Compare a file of a bundle with the recomputed file.

    Trailing columns and tests that only the recomputed file has are named in `added`.
    """
    if bundled == computed:
        return FileComparison(name, "equal")
    bundled_rows = _parse_csv(bundled)
    computed_rows, added = _without_additions(bundled_rows, _parse_csv(computed))
    if added and bundled_rows == computed_rows:
        return FileComparison(name, "equal", None, added)
    first = None
    for difference in _find_differences(name, bundled_rows, computed_rows):
        if not _is_close(difference.in_bundle, difference.computed):
            return FileComparison(name, "different", difference, added)
        first = first or difference
    if first:
        return FileComparison(name, "close", first, added)
    return FileComparison(name, "different", CellDifference(name, 0, "", "", ""), added)


def _parse_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")))


def _without_additions(
    bundled: list[list[str]], computed: list[list[str]]
) -> tuple[list[list[str]], str]:
    """The computed rows without trailing columns and tests that the bundle lacks.

    Returns:
        The rows, and a list of what was left out; empty where nothing was.
    """
    old, new = (rows[0] if rows else [] for rows in (bundled, computed))
    if not old or new[: len(old)] != old:
        return computed, ""
    added = [f"column {name}" for name in new[len(old) :]]
    rows = [row[: len(old)] for row in computed]
    if "test" in old:
        at = old.index("test")
        known = {row[at] for row in bundled[1:] if len(row) > at}
        fresh = list(dict.fromkeys(row[at] for row in rows[1:] if row[at] not in known))
        if known and fresh:
            rows = [rows[0], *(row for row in rows[1:] if row[at] in known)]
            added += [f"test {name}" for name in fresh]
    return rows, ", ".join(added)


def _find_differences(
    name: str, bundled: list[list[str]], computed: list[list[str]]
) -> Iterator[CellDifference]:
    header = computed[0] if computed else []
    for row in range(max(len(bundled), len(computed))):
        bundled_row = bundled[row] if row < len(bundled) else []
        computed_row = computed[row] if row < len(computed) else []
        for k in range(max(len(bundled_row), len(computed_row))):
            pair = (
                bundled_row[k] if k < len(bundled_row) else "",
                computed_row[k] if k < len(computed_row) else "",
            )
            if pair[0] != pair[1] or k >= min(len(bundled_row), len(computed_row)):
                column = header[k] if k < len(header) else f"column {k + 1}"
                yield CellDifference(name, row, column, *pair)


def _is_close(first: str, second: str) -> bool:
    try:
        a, b = float(first), float(second)
    except ValueError:
        return False
    return math.isfinite(a) and abs(a - b) <= RELATIVE_TOLERANCE * max(1.0, abs(a), abs(b))
