"""What the README says is so: its commands run, its tables are those of the program."""

from __future__ import annotations

import csv
import importlib
import json
import re
import shlex
from pathlib import Path

import pytest

from dashboard.api.app import build_app
from dashboard.cli import run
from dashboard.config import Settings
from dashboard.export.schemas import STUDY_TABLES
from dashboard.presentation.method import TERMS
from dashboard.services.method import describe_size
from dashboard.ui.pages import PAGES
from tests.services.bar_cache import HOURS, fill_cache

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "dashboard"
README = (ROOT / "README.md").read_text(encoding="utf-8")
FLAGS_OF_BARS = {"no_bar_then", "session_break", "missing_bars", "weekend_session"}
SHELVES = {
    "sources/rates": "RATE_SOURCES",
    "sources/news": "NEWS_SOURCES",
    "compute": "COMPUTE_PLACES",
    "engine/normal": "NORMAL_MODELS",
    "engine/significance": "SIGNIFICANCE_TESTS",
    "ui/pages": "PAGES",
}


def section(heading):
    """The text below a heading, to the next of the same or a higher level."""
    level = len(heading.split(" ")[0])
    after = README.split(f"\n{heading}\n")[1]
    return re.split(rf"^#{{1,{level}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def table(text):
    """The rows of the first table of a text, without its header."""
    (first, *_) = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in first.splitlines()[2:]
    ]


def console_blocks():
    """The command and the answer of every example."""
    for block in re.findall(r"```console\n\$ python -m dashboard (.*?)```", README, re.S):
        command, _, answer = block.partition("\n")
        yield command, answer.strip("\n")


def csv_block():
    """The file of an example."""
    (block,) = re.findall(r"```csv\n(.*?)```", README, re.S)
    return block


# ------------------------------------------------------------------ what it claims


def test_the_first_paragraph_is_what_the_data_say():
    with (ROOT / "data/rates/usd_rub_cbr.csv").open(encoding="utf-8") as lines:
        rates = {row["date"]: float(row["rate"]) for row in csv.DictReader(lines)}
    # Records are dated the day after: 21 April is 04-22, 30 May 05-31, 28 December 12-29.
    there, since, year_end = rates["2025-04-22"], rates["2023-05-31"], rates["2024-12-29"]
    assert (there, year_end) == (80.7597, 101.6797)
    assert since <= there
    assert all(rate > there for day, rate in rates.items() if "2023-05-31" < day < "2025-04-22")
    words = " ".join(README.split("## ")[0].split())
    assert f"21 April 2025 was **{there}**, the strongest since **30 May 2023**" in words
    assert f"**−{100 * (1 - there / year_end):.3f} %** in RUB per USD" in words
    assert f"**+{100 * (year_end / there - 1):.3f} %** in USD per RUB" in words


@pytest.mark.parametrize("command", [command for command, _ in console_blocks()])
def test_an_example_answers_what_the_readme_shows(
    command, capsys, monkeypatch, tmp_path, dashboard_home
):
    monkeypatch.chdir(tmp_path)
    if "_moex_" in command:  # bars are fetched, here from the replica
        fill_cache(dashboard_home)
        monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
        (tmp_path / "remarks.csv").write_text(csv_block(), encoding="utf-8")
    assert run(shlex.split(command)) == 0
    said = capsys.readouterr().out.replace("\u202f", " ")
    shown = dict(console_blocks())[command]
    assert said.strip("\n").splitlines() == shown.splitlines()


def test_the_numbers_about_the_catalogue_are_its_own():
    with (ROOT / "data/events/catalogue.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    with (ROOT / "data/events/hours.csv").open(encoding="utf-8") as lines:
        hours = list(csv.DictReader(lines))
    said = {row["id"] for row in rows if row["time_utc"]}
    said |= {row["id"] for row in hours if row["kind"] == "statement"}
    reported = {row["id"]: row["time_utc"] for row in hours if row["kind"] == "published"}
    planned = {
        row["id"]
        for row in hours
        if row["kind"] == "scheduled" and row["time_utc"] <= reported.get(row["id"], "9")
    } - said
    only_reported = reported.keys() - said - planned
    wikipedia = sum("wikipedia.org" in row["source_url"] for row in rows)
    without = sum(not row["source_url"] for row in rows)
    words = " ".join(section("## Data, licences, and what is not known").split())
    assert f"of {len(rows)} events {len(said)} have the hour at which they were said" in words
    assert f"{len(planned)} a scheduled one, {len(only_reported)} only that of a first" in words
    assert f"{wikipedia} cite Wikipedia's dated current-events pages" in words
    assert f"{without} have no link" in words


def test_the_table_of_data_is_that_of_the_descriptor():
    described = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    rows = table(section("## Data, licences, and what is not known"))
    assert rows == [
        [
            f"`{each['name']}`",
            each["title"],
            each["publisher"],
            f"{each['range']['first']} to {each['range']['last']}",
            f"{each['rows']:,}",
            each["licenses"][0]["title"],
        ]
        for each in described["resources"]
    ]


# ------------------------------------------------------------------ commands, files, addresses


def commands(capsys, *group):
    run([*group, "--help"])
    listed = capsys.readouterr().out.partition("Commands:")[2]
    return [*group, *re.findall(r"^  ([a-z-]+)  ", listed, re.MULTILINE)]


def test_every_command_is_in_the_table_and_no_other(capsys):
    top = commands(capsys)
    groups = {"events", "rates", "inbox", "feeds", "tokens"}
    every = {name for name in top if name not in groups}
    for group in sorted(groups & set(top)):
        _, *names = commands(capsys, group)
        every |= {f"{group} {name}" for name in names}
    told = {row[0].strip("`"): row[1] for row in table(section("## Command line"))}
    assert {re.sub(r" [A-Z]+$", "", name) for name in told} == every
    assert all(len(words.split()) >= 4 for words in told.values())


def test_every_option_in_the_readme_exists(capsys):
    said = ""
    for command in ([], ["open"], ["study"], ["robustness"], ["facts"], ["article"],
                    ["report"], ["reproduce"],
                    ["events", "list"],
                    ["events", "add"], ["events", "edit"], ["events", "import"], ["events", "copy"],
                    ["rates", "import"], ["rates", "list"], ["rates", "refresh"],
                    ["inbox", "list"], ["inbox", "refresh"], ["inbox", "search"],
                    ["inbox", "accept"], ["inbox", "dismiss"], ["feeds", "add"],
                    ["tokens", "create"], ["audit"], ["restore"]):  # fmt: skip
        run([*command, "--help"])
        said += capsys.readouterr().out
    known = set(re.findall(r"--[a-z][a-z-]*", said))
    used = set(re.findall(r"--[a-z][a-z-]*", section("## Command line")))
    assert used <= known


def test_the_columns_are_those_that_are_written():
    told = {row[0].strip("`"): row[1] for row in table(section("### What a study writes"))}
    manifest = told.pop("manifest.json")
    assert told == {each.file_name: ", ".join(each.header) for each in STUDY_TABLES}
    assert "created_at" in manifest


def test_the_tests_to_read_are_those_that_follow_from_the_simulations():
    told = {row[0]: row[1:] for row in table(section("### Which test to read"))}
    size = describe_size()
    assert told == {
        f"{reading.dates}: {words}": [
            ", ".join(f"`{test}`" for test in tests) for tests in (reading.first, reading.also)
        ]
        for reading, words in size.readings
    }
    said = " ".join(section("### Which test to read").split())
    assert f"Of {size.studies:,} simulated studies" in said
    assert all(f"`{test}` ({question})" in said for test, question in size.others)


def test_what_is_told_of_hours_is_what_is_written(capsys, monkeypatch, tmp_path, dashboard_home):
    told = section("### Hours")
    assert HOURS in told
    fill_cache(dashboard_home)
    (tmp_path / "remarks.csv").write_text(csv_block(), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    run(["study", "--rates", HOURS, "--events", "remarks.csv", "--window", "-2h:6h", "--out", "x"])
    capsys.readouterr()
    with (tmp_path / "x/events.csv").open(encoding="utf-8") as lines:
        flags = {row["event_id"]: set(row["flags"].split()) for row in csv.DictReader(lines)}
    assert "partly_in_fixing" in flags["noon"]
    assert {"no_bar_then", "session_break", "weekend_session"} <= flags["friday"]
    written = set().union(*flags.values()) | {"missing_bars"}
    assert {flag for flag in FLAGS_OF_BARS if f"`{flag}`" in told} == FLAGS_OF_BARS <= written
    skipped = (tmp_path / "x/skipped.csv").read_text(encoding="utf-8")
    assert 'dated,cny_rub_moex_60m,"hour unknown' in skipped


def test_the_addresses_are_those_of_the_network_door():
    told = {
        address
        for row in table(section("## For programs"))
        for address in re.findall(r"`([^`]+)`", row[0])
    }
    answered = {f"/api{path}" for path in build_app().openapi()["paths"]}
    assert told == answered | {"/healthz"}


def test_the_variables_are_those_that_are_read():
    told = {row[0].strip("`") for row in table(section("## Configuration"))}
    assert told == {name.upper() for name in Settings.model_fields}


def test_the_targets_of_make_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|^ {4})make ([a-z]+)\b", README, re.MULTILINE))
    assert named <= targets
    rest = section("## Configuration").partition("`make help` lists the rest:")[2]
    assert targets == named | set(re.findall(r"`([a-z]+)`", rest))


# ------------------------------------------------------------------ the house


def test_every_room_is_told_in_words():
    rooms = {path.name for path in HOUSE.iterdir() if (path / "__init__.py").is_file()}
    rooms |= {path.stem for path in HOUSE.glob("*.py")} - {"__init__"}
    rows = table(section("## The house"))
    told = {name for _, names, _ in rows for name in re.findall(r"`([a-z_]+)`", names)}
    assert told == rooms
    assert all(len(words.split()) > 3 for *_, words in rows)


@pytest.mark.parametrize("shelf", SHELVES)
def test_every_entry_of_a_shelf_is_told(shelf):
    package = importlib.import_module("dashboard." + shelf.replace("/", "."))
    ids = [entry.id for entry in getattr(package, SHELVES[shelf])]
    told = dict(table(section("### Shelves")))[f"`{shelf}`"]
    assert sorted(re.findall(r"`([a-z_0-9-]+)`", told)) == sorted(ids)


def test_every_page_is_told():
    told = [row[0].strip("*") for row in table(section("## What it can do"))]
    assert told == [page.title for page in PAGES]


def test_the_terms_are_those_of_the_method_page():
    assert [tuple(row) for row in table(section("## Terminology"))] == list(TERMS)


def test_a_check_list_has_at_most_six_boxes():
    lists = re.findall(r"\*\*Add .*?\*\*\n\n((?:- \[ \] .*\n)+)", README)
    assert len(lists) == 3
    assert all(1 < boxes.count("- [ ]") <= 6 for boxes in lists)


def test_a_decision_has_a_date_and_says_over_what():
    decisions = [d for d in section("## Decisions").split("\n\n") if d.strip()]
    assert len(decisions) > 5
    for decision in decisions:
        assert re.match(r"\*\*\d{4}-\d{2}-\d{2} · ", decision.strip())
        assert "Chosen over" in decision
        assert len(decision.strip().splitlines()) <= 3


# ------------------------------------------------------------------ files


def test_pictures_are_there_and_not_heavy():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 3
    for name in pictures:
        content = (ROOT / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) < 300_000


def test_what_the_readme_points_at_is_there():
    for name in re.findall(r"`([a-z_]+(?:/[a-z_<>]+)*(?:\.[a-z]+|/))`", README):
        if "<" in name or name in {"manifest.json", "base.py", "datapackage.json"}:
            continue
        places = [ROOT / name, HOUSE / name]
        is_output = name.endswith(".csv") and "/" not in name
        assert is_output or any(place.exists() for place in places), name
