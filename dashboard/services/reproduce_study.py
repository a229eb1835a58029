"""Reproduce a study: compute a bundle again from what is in it, and say whether it is equal."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np

from dashboard import __version__
from dashboard.domain.errors import InputError, RoubleReactionError
from dashboard.domain.series import RateSeries
from dashboard.domain.study import StudyRequest, Window
from dashboard.export.archive import MOST_BYTES, unzipped
from dashboard.export.bundle import described
from dashboard.export.used import card_from, events_from, rates_from
from dashboard.services.bundle_claims import CLAIMS, AskedClaims, claim_results, claims_from
from dashboard.services.bundle_study import (
    EVENTS,
    FORM,
    MANIFEST,
    RATES,
    RESULTS,
    Asked,
    Kind,
    rates_hash,
    results_of,
)
from dashboard.services.check_bars import refuse_too_large
from dashboard.services.compare_results import Difference, Status, compare_files

__all__ = ["MOST_BYTES", "Difference", "Verdict", "reproduce", "verdict_json"]

SHOWN: Final = 20
MOST_ROWS: Final = 100_000
MOST_CARS: Final = 200
MOST_EVENTS: Final = 50_000
Find = Callable[[str], RateSeries]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it.

    `equal` = every file byte for byte; `close` = numbers differ by no more than 1e-12;
    `different` = something else, with the first cell of each file that differs. `notes` say
    what a person should know: another version of the program, series taken from this machine.
    `added` names the tables, columns and tests that this program computes and the bundle, made by
    an earlier one, does not have; they are not compared.
    """

    status: Status
    files: int
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]
    added: tuple[str, ...] = ()


def reproduce(content: bytes, shown: str, find: Find) -> Verdict:
    """Check the hashes of a bundle, compute it again with this program, compare.

    Args:
        content: the bytes of the bundle.
        shown: what messages call it.
        find: gives a series of this machine, for those whose terms kept them out.

    Raises:
        InputError: it is no bundle, or damaged, or a series it needs is not here.
    """
    files = unzipped(content, shown)
    manifest = _manifest(files, shown)
    _check_hashes(manifest, files, shown)
    try:
        compute, notes = _question(manifest, files, find)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise _damaged(shown, f"the inputs cannot be read ({type(error).__name__})") from error
    computed = compute()
    kept = {name.removeprefix(RESULTS): files[name] for name in files if name.startswith(RESULTS)}
    odd = ", ".join(sorted(set(kept) - set(computed)))
    if odd or not kept:
        told = odd[:200] or "none"
        raise _damaged(shown, f"other results than this program computes: {told}")
    compared = [compare_files(name, kept[name], computed[name]) for name in kept]
    worst = max((each.status for each in compared), key=("equal", "close", "different").index)
    found = tuple(each.difference for each in compared if each.difference is not None)
    added = (*(name for name in computed if name not in kept),
             *(f"{each.name}: {each.added}" for each in compared if each.added))  # fmt: skip
    return Verdict(worst, len(kept), found[:SHOWN], notes, added)


def verdict_json(verdict: Verdict) -> dict[str, Any]:
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


def _manifest(files: Mapping[str, bytes], shown: str) -> dict[str, Any]:
    try:
        manifest = json.loads(files[MANIFEST])
        form = manifest["bundle"]
        listed = manifest["files"].items()
        manifest["files"] = {str(name): str(entry["sha256"]) for name, entry in listed}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        msg = f"{shown}: is no bundle: there is no manifest of ours in it"
        raise InputError(msg) from error
    if form != FORM:
        msg = (
            f"{shown}: is a bundle of form {str(form)[:20]!r}, this program reads {FORM}; update it"
        )
        raise InputError(msg)
    return dict(manifest)


def _check_hashes(manifest: Mapping[str, Any], files: Mapping[str, bytes], shown: str) -> None:
    promised = manifest["files"]
    for name in sorted(set(promised) ^ (set(files) - {MANIFEST})):
        there = "is not in its manifest" if name in files else "is missing"
        raise _damaged(shown, f"{name[:80]!r} {there}")
    for name, sha in promised.items():
        if described(files[name])["sha256"] != sha:
            raise _damaged(shown, f"{name} was changed after it was made")


def _question(
    manifest: Mapping[str, Any], files: Mapping[str, bytes], find: Find
) -> tuple[Callable[[], dict[str, bytes]], tuple[str, ...]]:
    """What computes the results of the bundle, and what a person should know about it."""
    series, notes = _series(manifest, files, find)
    if manifest["kind"] == CLAIMS:
        claims, studied = claims_from(manifest["claims"]), tuple(series["studied"])
        asked_claims = AskedClaims(claims, studied, str(manifest["main"]))
        return lambda: claim_results(asked_claims), notes
    asked = _asked(manifest, files, series)
    return lambda: results_of(asked), notes


def _series(
    manifest: Mapping[str, Any], files: Mapping[str, bytes], find: Find
) -> tuple[dict[str, list[RateSeries]], tuple[str, ...]]:
    """The series of the bundle by their role."""
    notes = []
    version = str(manifest["software_version"])[:40]
    if version != __version__:
        notes.append(f"made with version {version}, computed again with {__version__}")
    told = manifest["series"]
    cards = {each["card"]["id"]: card_from(each["card"]) for each in told}
    held = rates_from(files[RATES], cards)
    series: dict[str, list[RateSeries]] = {"studied": [], "factor": []}
    for each in told:
        one = held.get(each["card"]["id"])
        if not each["included"]:
            one, said = _from_here(each, find)
            notes.append(said)
        if one is None:
            msg = f"no rates of {each['card']['id']}"
            raise ValueError(msg)
        series[each["role"]].append(one)
    return series, tuple(notes)


def _asked(
    manifest: Mapping[str, Any],
    files: Mapping[str, bytes],
    series: Mapping[str, Sequence[RateSeries]],
) -> Asked:
    known, studied = events_from(files[EVENTS])
    request = _request(manifest["request"])
    studied_series = tuple(series["studied"])
    _refuse_too_much(studied_series, len(known), request)
    kind = manifest["kind"]
    if kind not in get_args(Kind):
        raise ValueError(kind)
    return Asked(kind, studied_series, studied, known, request, tuple(series["factor"]))


def _refuse_too_much(series: Sequence[RateSeries], n_events: int, request: StudyRequest) -> None:
    """Refuse what no study of ours can be: a bundle may come from anybody."""
    numbers = (*request.window, request.estimation, request.gap, *sum(request.cars, ()))
    if any(abs(number) > MOST_ROWS for number in numbers) or len(request.cars) > MOST_CARS:
        msg = "bundle: asks for windows that are too long to compute"
        raise InputError(msg)
    if n_events > MOST_EVENTS:
        msg = f"bundle: holds {n_events:,} events, at most {MOST_EVENTS:,} are computed again"
        raise InputError(msg)
    refuse_too_large(series, request)


def _from_here(told: Mapping[str, Any], find: Find) -> tuple[RateSeries, str]:
    """A series that the bundle may not hold, as it was known here at its last moment."""
    name = told["card"]["id"]
    try:
        found = find(name)
    except RoubleReactionError as error:
        msg = (
            f"series {name}: its terms keep its rates out of the bundle, and it is not here"
            f" ({error}); fetch it with `rates refresh --series {name}`"
        )
        raise InputError(msg) from error
    last = np.datetime64(str(told["last_known_at"]).removesuffix("Z"), "s")
    one = found.part(slice(0, int(np.searchsorted(found.known_at, last, side="right"))))
    same = rates_hash(one) == told["sha256"]
    how = "the same as those used" if same else "not the same as those used"
    return one, f"{name}: rates of this machine, {how}"


def _request(told: Mapping[str, Any]) -> StudyRequest:
    """The request, with numbers where there must be numbers."""
    values = dict(told)
    values["window"] = _window(values["window"])
    values["cars"] = tuple(_window(car) for car in values["cars"])
    for name in ("estimation", "gap", "min_estimation", "seed"):
        values[name] = operator.index(values[name])
    return StudyRequest(**values)


def _window(told: Sequence[Any]) -> Window:
    first, last = told
    return operator.index(first), operator.index(last)


def _damaged(shown: str, reason: str) -> InputError:
    return InputError(f"{shown}: is damaged: {reason}; take the bundle anew from where it was made")
