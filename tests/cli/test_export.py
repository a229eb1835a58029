"""`export DIR`: everything in one folder, each file whole and vouched for."""

from __future__ import annotations

import hashlib
import json

import pytest

from dashboard.cli import run
from tests.cli.conftest import table


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One export for all tests that read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(tmp_path_factory.mktemp("home")))
        patch.delenv("DATABASE_URL", raising=False)
        path = tmp_path_factory.mktemp("export") / "all"
        assert run(["export", str(path)]) == 0
    return path


def test_everything_is_there_and_the_manifest_vouches_for_it(folder):
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "rates.csv", "event_list.csv", "paths.csv", "events.csv", "averages.csv", "headline.csv",
        "tests.csv",
        "skipped.csv", "correlation.csv", "regression.csv", "direction.csv", "intervals.csv",
        "projections.csv",
        "source_moves.csv", "manifest.json", "moves.csv", "study.xlsx",
    }  # fmt: skip
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name in names - {"manifest.json"}:
        content = (folder / name).read_bytes()
        assert manifest["files"][name]["sha256"] == hashlib.sha256(content).hexdigest()
        if name.endswith(".csv"):
            assert manifest["counts"]["rows"][name] == len(table(folder / name)[1])


def test_the_windows_are_those_of_the_pages(folder):
    windows = {row["window"] for row in table(folder / "events.csv")[1]}
    assert windows == {"[0,0]", "[0,1]", "[-1,1]", "[0,5]", "[-5,-1]"}


def test_the_rates_are_those_of_every_series(run_cli, folder):
    shipped = {row["id"]: row["rows"] for row in run_cli("rates", "list", "--json").json}
    written = [row["series"] for row in table(folder / "rates.csv")[1]]
    assert {name: written.count(name) for name in shipped} == shipped


def test_every_event_is_compared_on_every_source(folder):
    rows = table(folder / "source_moves.csv")[1]
    events = [row["id"] for row in table(folder / "event_list.csv")[1]]
    sources = {"usd_rub_cbr", "usd_rub_ecb", "usd_rub_by_cny_rub_cbr"}
    assert len(rows) == len(events) * len(sources)
    assert {row["series"] for row in rows} == sources
    assert {row["window"] for row in rows} == {"[0,1]"}
    assert all(bool(row["reason"]) != bool(row["move_log_pts"]) for row in rows)
    # The move of an event on the official rate is that of the study without a model.
    kellogg = next(row for row in rows if row["event_id"].startswith("kellogg-nato-off"))
    assert (kellogg["base_day"], kellogg["end_day"]) == ("2025-04-18", "2025-04-22")


def test_a_file_in_the_way_is_refused(run_cli, tmp_path):
    (tmp_path / "file").write_text("mine")
    answer = run_cli("export", tmp_path / "file")
    assert answer.code == 2
    assert answer.err == "error: --out file: is a file; give a folder\n"
