"""What the command line must show on the data that ship, run as a person runs it."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.shipped_catalogue import COUNT

ROOT = Path(__file__).parents[1]


def dashboard(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "dashboard", *map(str, arguments)], cwd=ROOT, check=True,
        capture_output=True, text=True, encoding="utf-8",
    ).stdout  # fmt: skip


def rows(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder of `study --out` on the shipped data, and what was printed."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("study") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(home))
        return folder, dashboard("study", "--out", folder)


def test_all_events_are_each_answered_or_skipped_and_the_sum_is_printed(out):
    folder, message = out
    answered = {row["event_id"] for row in rows(folder / "events.csv")}
    skipped = {row["event_id"]: row["reason"] for row in rows(folder / "skipped.csv")}
    catalogue = {row["id"] for row in rows(ROOT / "data/events/catalogue.csv")}
    assert len(catalogue) == COUNT
    assert answered | set(skipped) == catalogue
    assert answered & set(skipped) == set()
    assert all(skipped.values())
    counts = [int(n) for n in re.findall(r"\d+", message.splitlines()[0])]
    assert counts == [COUNT, len(answered), len(skipped), COUNT]
    assert message.splitlines()[0] == (
        f"{COUNT} events: {len(answered)} in events.csv + {len(skipped)} in skipped.csv = {COUNT}"
    )


def test_the_manifest_says_what_made_the_tables(out):
    manifest = json.loads((out[0] / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["counts"]["events_in"] == COUNT
    assert manifest["parameters"]["window"] == "[-5,10]"
    assert {file["name"] for file in manifest["data_files"]} == {
        "usd_rub_cbr.csv",
        "catalogue.csv",
        "event_hours.csv",
        "consensus.csv",
        "event_stories.csv",
    }
    assert all(re.fullmatch("[0-9a-f]{64}", file["sha256"]) for file in manifest["data_files"])
    assert str(ROOT) not in json.dumps(manifest)


def test_kelloggs_sunday_is_monday_the_21st_and_the_rouble_is_stronger(out):
    (event,) = [
        row
        for row in rows(out[0] / "events.csv")
        if row["event_id"] == "kellogg-nato-off-table-2025-04-20"
    ]
    assert (event["event_day"], event["anchor_day"], event["shift_days"]) == (
        "2025-04-20", "2025-04-21", "1",
    )  # fmt: skip
    path = {
        int(row["offset"]): row
        for row in rows(out[0] / "paths.csv")
        if row["event_id"] == "kellogg-nato-off-table-2025-04-20"
    }
    assert (path[-1]["day"], float(path[-1]["rate"])) == ("2025-04-18", 81.1371)
    assert (path[0]["day"], float(path[0]["rate"])) == ("2025-04-21", 80.7597)
    assert 100 * float(path[0]["return"]) == pytest.approx(0.466, abs=5e-4)


def test_the_journalists_sentence_is_answered():
    answer = json.loads(dashboard("facts", "2025-04-21", "--json"))
    assert answer["asked"] == "2025-04-21"
    (facts,) = answer["answers"]
    assert facts["rate"] == 80.7597
    assert facts["strongest_since"] == {"day": "2023-05-30", "rate": 80.6872}
    year_end = next(change for change in facts["changes"] if change["base"] == "year_end")
    assert year_end["base_rate"] == 101.6797
    assert year_end["rub_per_usd_pct"] == pytest.approx(-20.574, abs=5e-4)
    assert year_end["usd_per_rub_pct"] == pytest.approx(25.904, abs=5e-4)
