"""The files of pages, command line and API, on a study of synthetic data."""

import csv
import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from dashboard import __version__
from dashboard.models.study import StudyRequest
from dashboard.services.exports import (
    DataFile,
    Provenance,
    download_file_name,
    full_export_zip,
    study_csvs,
    table_file,
    write_full_export,
    write_study,
)
from dashboard.services.serializers import study_json
from dashboard.services.study import run_study
from tests.made_series import event_at_row, series_of_returns

MADE = Provenance(
    parameters={"rates": "made"},
    data_files=[DataFile("made.csv", "00" * 32)],
    created_at=datetime(2026, 1, 2, tzinfo=UTC),
)


@pytest.fixture(scope="module")
def series():
    return series_of_returns(np.random.default_rng(7).normal(0, 0.01, 300))


@pytest.fixture(scope="module")
def events():
    return [event_at_row(row, f"e{row}") for row in (5, 150, 200, 300)]


@pytest.fixture(scope="module")
def answer(series, events):
    return run_study([series], events, StudyRequest(cars=((0, 0), (0, 1))))


STUDY_FILES = {
    "moves.csv",
    "paths.csv",
    "events.csv",
    "averages.csv",
    "headline.csv",
    "tests.csv",
    "skipped.csv",
    "correlation.csv",
    "regression.csv",
    "direction.csv",
    "intervals.csv",
    "projections.csv",
}


def rows_of(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_every_event_is_in_a_window_or_skipped_with_its_reason(answer):
    files = study_csvs(answer)
    assert set(files) == STUDY_FILES
    used = {row["event_id"] for row in rows_of(files["events.csv"])}
    skipped = {row["event_id"] for row in rows_of(files["skipped.csv"])}
    assert used | skipped == {"e5", "e150", "e200", "e300"}
    assert used == {"e150", "e200", "e300"}
    windows = {(row["event_id"], row["window"]) for row in rows_of(files["events.csv"])}
    assert ("e300", "[0,0]") in windows
    assert ("e300", "[0,1]") not in windows
    assert all(row["reason"] for row in rows_of(files["skipped.csv"]))


def test_a_number_in_a_file_is_the_double_of_the_result(answer):
    row = rows_of(study_csvs(answer)["events.csv"])[0]
    assert float(row["car"]) == answer.results[0].cars[0].car[0]


def test_json_rows_are_those_of_the_files_with_null_for_missing(answer):
    shown = json.loads(json.dumps(study_json(answer), allow_nan=False))
    files = study_csvs(answer)
    shown["headline"] = shown.pop("headlines")
    assert {f"{name}.csv" for name in shown} == set(files) - {"paths.csv"}
    for row in shown["tests"]:  # the extra fields of a test are not in its file
        assert all(isinstance(row.pop(field), str) for field in ("note", "dates", "caution"))
    for name, rows in shown.items():
        read = rows_of(files[f"{name}.csv"])
        assert len(read) == len(rows)
        for one, other in zip(rows, read, strict=True):
            assert list(one) == list(other)
            assert {k: "" if v is None else v for k, v in other.items() if v == ""} == {
                k: "" for k, v in one.items() if v is None or v == ""
            }
    assert shown["events"][0]["event_day"] == "2024-05-30"


def test_all_files_and_their_counts(tmp_path, answer):
    paths = write_study(tmp_path, answer, MADE)
    assert {path.name for path in paths[:-1]} == STUDY_FILES | {"study.xlsx"}
    assert paths[0].name == "study.xlsx"
    assert paths[-1].name == "manifest.json"
    manifest = json.loads(paths[-1].read_text())
    assert manifest["software_version"] == __version__
    assert manifest["parameters"]["window"] == "[-5,10]"
    assert manifest["parameters"]["cars"] == ["[0,0]", "[0,1]"]
    assert manifest["parameters"]["rates"] == "made"
    assert manifest["data_files"] == [{"name": "made.csv", "sha256": "00" * 32}]
    counts = manifest["counts"]
    assert (counts["events_in"], counts["used"], counts["skipped"]) == (4, 3, 1)
    for name, data in study_csvs(answer).items():
        assert (tmp_path / name).read_bytes() == data
        assert counts["rows"][name] == len(rows_of(data))


def test_a_second_run_leaves_the_same_bytes(tmp_path, answer):
    later = replace(MADE, created_at=datetime(2026, 3, 4, tzinfo=UTC))
    first = {path: path.read_bytes() for path in write_study(tmp_path, answer, MADE)}
    assert {path: path.read_bytes() for path in write_study(tmp_path, answer, later)} == first


def test_a_run_with_other_parameters_has_its_own_moment(tmp_path, answer):
    write_study(tmp_path, answer, MADE)
    other = replace(MADE, created_at=datetime(2026, 3, 4, tzinfo=UTC), parameters={"rates": "x"})
    manifest = json.loads(write_study(tmp_path, answer, other)[-1].read_text())
    assert manifest["created_at"] == "2026-03-04T00:00:00Z"


def test_the_manifest_names_the_family_of_the_adjusted_p_values(tmp_path, answer):
    manifest = json.loads(write_study(tmp_path, answer, MADE)[-1].read_text())
    assert manifest["parameters"]["correction"] == "holm"
    assert "CAR windows" in manifest["parameters"]["p_adjusted_family"]


def test_everything_holds_rates_and_events_too(tmp_path, answer, series, events):
    paths = write_full_export(tmp_path, answer, MADE, series=[series], events=events)
    assert [path.name for path in paths[:2]] == ["rates.csv", "event_list.csv"]
    assert (tmp_path / "rates.csv").read_bytes() == table_file("rates", [series])
    assert (tmp_path / "event_list.csv").read_bytes() == table_file("event_list", events)
    rows = json.loads((tmp_path / "manifest.json").read_text())["counts"]["rows"]
    assert (rows["rates.csv"], rows["event_list.csv"]) == (301, 4)


def test_everything_in_one_file_is_the_folder_byte_for_byte(tmp_path, answer, series, events):
    packed = full_export_zip(answer, MADE, series=[series], events=events)
    paths = write_full_export(tmp_path, answer, MADE, series=[series], events=events)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            path.name: path.read_bytes() for path in paths
        }


def test_rates_of_a_range_hold_both_ends(series):
    rows = rows_of(table_file("rates", [series.between(date(2024, 1, 3), date(2024, 1, 5))]))
    assert [row["day"] for row in rows] == ["2024-01-03", "2024-01-04", "2024-01-05"]


@pytest.mark.parametrize(
    ("parts", "options", "name"),
    [
        (("usd_rub_cbr", "rates", date(2022, 1, 1), None), {}, "usd_rub_cbr_rates_2022-01-01.csv"),
        (("../../x", "=cmd"), {"dialect": "excel"}, "x_cmd_excel.csv"),
        (("rates",), {"dialect": "excel-ru"}, "rates_excel_ru.csv"),
        (("rates",), {"dialect": "xlsx"}, "rates.xlsx"),
        ((None,), {"extension": "zip"}, "export.zip"),
    ],
)
def test_a_download_is_named_after_what_it_holds(parts, options, name):
    assert download_file_name(*parts, **options) == name
