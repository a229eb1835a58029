"""Reproducing: equal is said only of equal bytes, and a bundle from anybody does no harm."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from dashboard.export.bundles import file_entry, zip_files
from dashboard.export.schemas import STUDY_TABLES
from dashboard.models.errors import InputError
from dashboard.models.series import RateSeries
from dashboard.services.bundles import build_bundle
from dashboard.services.exports import Provenance
from dashboard.services.reproduction import CellDifference, reproduce_bundle, reproduction_json
from tests.services.test_bundles import files_of, query

MADE = Provenance({}, (), datetime(2026, 11, 26, tzinfo=UTC))
KEPT_BACK = "Personal use; not to be passed on"


def nobody(series_id):
    raise InputError(f"series {series_id}: not known")


def bundle(**more):
    return build_bundle(query(**more), MADE, "x")


def changed(content, *, resigned=True, **files):
    """The bundle with files changed by functions of their text; `resigned` mends the hashes."""
    held = files_of(content)
    for name, change in files.items():
        path = {"manifest": "manifest.json", "rates": "inputs/rates.csv",
                "known": "inputs/events.csv"}.get(name, f"results/{name}.csv")  # fmt: skip
        held[path] = change(held[path].decode()).encode()
    if resigned and "manifest" not in files:
        manifest = json.loads(held["manifest.json"])
        manifest["files"] = {name: file_entry(held[name]) for name in manifest["files"]}
        held["manifest.json"] = json.dumps(manifest).encode()
    return zip_files(held)


def with_manifest(content, change):
    def edit(text):
        manifest = json.loads(text)
        change(manifest)
        return json.dumps(manifest)

    return changed(content, manifest=edit)


@pytest.mark.parametrize("kind", ["study", "event"])
def test_a_bundle_is_computed_again_byte_for_byte(kind):
    verdict = reproduce_bundle(bundle(kind=kind), "x.zip", nobody)
    assert (verdict.status, verdict.differences, verdict.notes) == ("equal", (), ())
    assert verdict.files == {"study": len(STUDY_TABLES), "event": 2}[kind]


def test_a_number_that_was_changed_is_found_with_its_place_and_both_values():
    # The first row of events.csv is that of the event `one` in [0,1]; shift_days is 0.
    content = changed(bundle(), events=lambda text: text.replace(",0,", ",7,", 1))
    verdict = reproduce_bundle(content, "x.zip", nobody)
    assert verdict.status == "different"
    assert verdict.differences == (CellDifference("events.csv", 1, "shift_days", "7", "0"),)
    assert reproduction_json(verdict)["differences"][0]["in_bundle"] == "7"


def test_a_rate_that_was_changed_changes_the_results():
    content = changed(bundle(), rates=lambda text: text.replace(",100.0,", ",101.0,", 1))
    assert reproduce_bundle(content, "x.zip", nobody).status in {"equal", "different"}
    content = changed(bundle(), rates=lambda text: _bump(text, 80))
    assert reproduce_bundle(content, "x.zip", nobody).status == "different"


def _bump(text, row):
    lines = text.split("\n")
    cells = lines[row].split(",")
    cells[3] = repr(float(cells[3]) * 1.5)
    return "\n".join([*lines[:row], ",".join(cells), *lines[row + 1 :]])


def test_last_digits_are_told_apart_from_equal_bytes():
    def nudge(text):
        lines = text.split("\n")
        cells = lines[1].split(",")  # "[0,1]" is quoted and holds a comma: car is the eighth
        cells[7] = repr(float(np.nextafter(float(cells[7]), 1.0)))
        return "\n".join([lines[0], ",".join(cells), *lines[2:]])

    verdict = reproduce_bundle(changed(bundle(), events=nudge), "x.zip", nobody)
    assert verdict.status == "close"
    (one,) = verdict.differences
    assert (one.file, one.row, one.column) == ("events.csv", 1, "car")


def test_rows_that_are_missing_or_too_many_are_found():
    fewer = changed(bundle(), averages=lambda text: text[: text.rindex("\n", 0, -1) + 1])
    assert reproduce_bundle(fewer, "x.zip", nobody).differences[0].file == "averages.csv"
    more = changed(bundle(), skipped=lambda text: text + "ghost,made,because\n")
    assert reproduce_bundle(more, "x.zip", nobody).differences == (
        CellDifference("skipped.csv", 1, "event_id", "ghost", ""),
    )


def as_before(content):
    """The bundle as a version without the declared test made it: nothing of it is there."""
    held = files_of(content)
    del held["results/headline.csv"]
    lines = held["results/tests.csv"].decode().splitlines()
    rows = [row[:-1] for row in csv.reader(lines) if row[2] != "cluster_rank"]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    held["results/tests.csv"] = text.getvalue().encode()
    manifest = json.loads(held["manifest.json"])
    manifest["files"] = {name: file_entry(held[name]) for name in manifest["files"] if name in held}
    held["manifest.json"] = json.dumps(manifest).encode()
    return zip_files(held)


def test_what_an_earlier_version_did_not_have_is_told_and_not_called_different():
    verdict = reproduce_bundle(as_before(bundle()), "x.zip", nobody)
    assert (verdict.status, verdict.files, verdict.differences) == (
        "equal", len(STUDY_TABLES) - 1, (),
    )  # fmt: skip
    assert verdict.added == ("headline.csv", "tests.csv: column role, test cluster_rank")
    assert reproduction_json(verdict)["added"] == list(verdict.added)


def test_a_number_that_was_changed_in_an_earlier_bundle_is_found():
    content = changed(as_before(bundle()), tests=lambda text: text.replace("mean", "mode", 1))
    verdict = reproduce_bundle(content, "x.zip", nobody)
    assert verdict.status == "different"
    (one,) = verdict.differences
    assert (one.file, one.column) == ("tests.csv", "null_hypothesis")
    assert one.in_bundle.replace("mode", "mean") == one.computed


def test_a_table_that_this_program_does_not_compute_is_no_result_of_ours():
    held = files_of(bundle())
    held["results/odd.csv"] = b"a\n1\n"
    manifest = json.loads(held["manifest.json"])
    manifest["files"]["results/odd.csv"] = file_entry(held["results/odd.csv"])
    held["manifest.json"] = json.dumps(manifest).encode()
    with pytest.raises(InputError, match=r"other results than this program computes: odd\.csv"):
        reproduce_bundle(zip_files(held), "x.zip", nobody)


def test_another_version_of_the_program_is_told():
    content = with_manifest(bundle(), lambda m: m.update(software_version="0.0.9"))
    (note,) = reproduce_bundle(content, "x.zip", nobody).notes
    assert note.startswith("made with version 0.0.9, computed again with ")


def test_a_series_that_was_left_out_is_taken_from_this_machine():
    (series,) = query(KEPT_BACK).series
    later = _longer(series)
    verdict = reproduce_bundle(bundle(licence=KEPT_BACK), "x.zip", lambda _: later)
    assert verdict.status == "equal"
    assert verdict.notes == ("made: rates of this machine, the same as those used",)
    revised = replace(later, rate=np.where(np.arange(len(later)) == 80, 50.0, later.rate))
    verdict = reproduce_bundle(bundle(licence=KEPT_BACK), "x.zip", lambda _: revised)
    assert verdict.status == "different"
    assert "not the same as those used" in verdict.notes[0]


def _longer(series):
    """The series a day later."""
    one = np.timedelta64(1, "D")
    arrays = [np.append(a, a[-1] + one) for a in (series.record, series.day, series.opens,
                                                  series.known_at)]  # fmt: skip
    return RateSeries(series.card, *arrays, np.append(series.rate, 99.0))


def test_a_series_that_is_not_here_is_asked_for():
    with pytest.raises(InputError, match="refresh it first"):
        reproduce_bundle(bundle(licence=KEPT_BACK), "x.zip", nobody)


def request_with(**values):
    return lambda content: with_manifest(content, lambda m: m["request"].update(values))


def series_with(**values):
    return lambda content: with_manifest(content, lambda m: m["series"][0].update(values))


def without(name):
    def drop(content):
        held = files_of(content)
        del held[name]
        return zip_files(held)

    return drop


@pytest.mark.parametrize(
    ("hurt", "said"),
    [
        (lambda c: changed(c, resigned=False, events=lambda t: t + "x"), "was changed after"),
        (lambda c: changed(c, resigned=False, rates=lambda t: t + "x"), "was changed after"),
        (without("inputs/rates.csv"), "is missing"),
        (lambda c: zip_files({**files_of(c), "evil.py": b"1"}), "is not in its manifest"),
        (without("manifest.json"), "no manifest of ours"),
        (lambda c: zip_files({"manifest.json": b"[]"}), "no manifest of ours"),
        (lambda c: zip_files({"manifest.json": b"[" * 100_000}), "no manifest of ours"),
        (lambda c: zip_files({"manifest.json": b'{"bundle": 1, "files": 3}'}), "no manifest"),
        (lambda c: with_manifest(c, lambda m: m.update(bundle=2)), "form '2'"),
        (lambda c: with_manifest(c, lambda m: m.update(kind="os.system")), "cannot be read"),
        (lambda c: with_manifest(c, lambda m: m.update(series=[])), "cannot be read"),
        (request_with(window=[-(10**9), 10**9]), "too long"),
        (request_with(estimation=10**9), "too long"),
        (request_with(estimation="120"), "cannot be read"),
        (request_with(window=[0, "x"]), "cannot be read"),
        (request_with(model="../../etc"), "model"),
        (request_with(surprise=1), "cannot be read"),
        (series_with(role="spy"), "cannot be read"),
        (series_with(card={"id": "made"}), "cannot be read"),
        (lambda c: changed(c, rates=lambda t: t.replace("2024-01-05", "never")), "cannot be read"),
        (lambda c: changed(c, rates=lambda t: "a,b\n1,2\n"), "cannot be read"),
        (lambda c: changed(c, known=lambda t: t.replace("2024-03-20", "20.03.2024")), "cannot be"),
        (lambda c: b"PK\x03\x04 nonsense", "no whole zip"),
    ],
    ids=[
        "result-changed",
        "rates-changed",
        "rates-missing",
        "stranger",
        "no-manifest",
        "list-manifest",
        "deep-manifest",
        "odd-files",
        "other-form",
        "other-kind",
        "no-series",
        "long-window",
        "long-estimation",
        "text-estimation",
        "text-window",
        "odd-model",
        "odd-option",
        "odd-role",
        "short-card",
        "odd-day",
        "odd-columns",
        "odd-event-day",
        "no-zip",
    ],
)
def test_what_no_program_of_ours_wrote_is_refused_in_one_line(hurt, said):
    with pytest.raises(InputError, match=said) as refused:
        reproduce_bundle(hurt(bundle()), "x.zip", nobody)
    assert "\n" not in str(refused.value)


def test_nothing_is_unpacked_to_the_disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(zipfile.ZipFile, "extract", None)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", None)
    assert reproduce_bundle(bundle(), "x.zip", nobody).status == "equal"
    assert list(tmp_path.iterdir()) == []
    assert zipfile.is_zipfile(io.BytesIO(bundle()))
