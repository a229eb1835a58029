"""The shipped catalogue of events."""

import csv
import shutil
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from dashboard.models.errors import SourceError
from dashboard.models.event import Origin
from dashboard.sources.datapackage import DATA_FOLDER
from dashboard.sources.events.catalogue import Catalogue

EVENTS = {event.id: event for event in Catalogue().events()}


def shipped_rows(name):
    with (DATA_FOLDER / "events" / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def test_every_event_ships():
    assert len(Catalogue().events()) == len(EVENTS) == len(shipped_rows("catalogue.csv")) == 499


def test_every_hour_comes_with_its_event_and_its_evidence():
    rows = shipped_rows("hours.csv")
    assert sum(len(event.hours) for event in EVENTS.values()) == len(rows) == 201
    for row in rows:
        (hour,) = [
            hour
            for hour in EVENTS[row["id"]].hours
            if (hour.at, hour.kind) == (datetime.fromisoformat(row["time_utc"]), row["kind"])
        ]
        assert (hour.source_name, hour.source_url, hour.evidence, hour.confidence) == tuple(
            row[name] for name in ("source_name", "source_url", "evidence", "confidence")
        )


def test_the_kinds_of_hours_are_those_of_the_files():
    kinds = Counter(event.hour_kind for event in EVENTS.values())
    rows = shipped_rows("hours.csv")
    sentence = {row["id"] for row in rows if row["kind"] == "statement"}
    sentence |= {row["id"] for row in shipped_rows("catalogue.csv") if row["time_utc"]}
    planned = {row["id"] for row in rows if row["kind"] == "scheduled"} - sentence
    # The truce of Easter 2025 was reported before the hour from which it was to hold.
    planned -= {"easter-truce-2025-04-19"}
    reported = {row["id"] for row in rows} - sentence - planned
    counts = len(sentence), len(planned), len(reported), 499 - len(sentence | planned | reported)
    assert counts == (94, 10, 169, 226)
    assert kinds == dict(zip(("statement", "scheduled", "published", ""), counts, strict=True))


def test_the_sunday_of_the_strategist_is_told_in_full():
    event = EVENTS["kellogg-nato-off-table-2025-04-20"]
    assert event.title == "Kellogg says NATO membership is off the table for Ukraine"
    assert (event.day, event.moment) == (date(2025, 4, 20), None)
    assert (event.actor, event.category, event.expected) == (
        "Keith Kellogg",
        "nato_remark",
        "stronger",
    )
    assert event.source_name == "Jerusalem Post (Reuters)"
    assert event.source_url == "https://www.jpost.com/breaking-news/article-850908"
    assert (event.confidence, event.origin) == ("high", Origin.CATALOGUE)
    assert (event.hour_kind, event.reported) == (
        "published",
        datetime(2025, 4, 20, 12, 9, tzinfo=UTC),
    )
    assert "evening of Saturday 19 April" in event.text


def test_a_rate_decision_has_its_moment_in_utc():
    timed = [event for event in EVENTS.values() if event.moment is not None]
    assert len(timed) == 94 + 10
    decision = EVENTS["cbr-2014-04-25"]
    assert decision.moment == datetime(2014, 4, 25, 9, 30, tzinfo=UTC)


def test_events_that_fall_on_a_weekend_stay_on_it():
    assert sum(event.day.isoweekday() > 5 for event in EVENTS.values()) == 59


def test_the_manifest_gets_the_hash_of_the_files():
    assert [(name, len(sha)) for name, sha in Catalogue().files().items()] == [
        ("catalogue", 64),
        ("event_hours", 64),
        ("consensus", 64),
        ("event_stories", 64),
    ]


def test_a_decision_has_what_was_decided_and_expected_with_who_says_so():
    decision = EVENTS["cbr-2024-12-20"]
    values = decision.value_actual, decision.value_expected, decision.value_previous
    assert values == (21, 23, 21)
    assert (decision.value_unit, decision.surprise, decision.value_change) == ("%", -2, 0)
    assert decision.value_source.startswith("https://www.devdiscourse.com/")
    assert decision.text.endswith("(Reuters poll, by Devdiscourse, 2024-12-20)")
    assert decision.expected == "unclear"  # the direction of the rouble, another matter


def test_only_decisions_that_a_document_speaks_of_have_expected_values():
    with_values = {event.id for event in EVENTS.values() if event.value_expected is not None}
    assert with_values == {row["event_id"] for row in shipped_rows("consensus.csv")}
    unscheduled = ("cbr-2022-02-28", "cbr-2022-04-08", "cbr-2022-05-26", "cbr-2023-08-15")
    assert not with_values & set(unscheduled)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2014-03-01,,", "2014-02-30,,"),
        ("2014-04-25T09:30:00Z", "half past nine"),
        ("2014-04-25T09:30:00Z", "2014-04-25T09:30:00"),
        ("id,date", "key,date"),
    ],
)
def test_a_damaged_file_is_a_source_error_that_names_it(tmp_path, old, new):
    folder = shutil.copytree(DATA_FOLDER, tmp_path / "data")
    path = folder / "events" / "catalogue.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=r"^data/events/catalogue\.csv: "):
        Catalogue(folder).events()


@pytest.mark.parametrize(
    ("old", "new"), [("2022-02-21T19:35:00Z,statement", "2022-02-21T19:35:00Z,guessed"),
                     ("2022-02-21T19:35:00Z", "2022-02-21T19:35:00"), ("id,time", "key,time")],
)  # fmt: skip
def test_damaged_hours_are_a_source_error_that_names_the_file(tmp_path, old, new):
    folder = shutil.copytree(DATA_FOLDER, tmp_path / "data")
    path = folder / "events" / "hours.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=r"^data/events/hours\.csv: "):
        Catalogue(folder).events()


def test_two_dates_were_corrected_and_their_ids_stay():
    cut, stop = EVENTS["opec-surprise-cut-2023-04-03"], EVENTS["gas-cut-pl-bg-2022-04-27"]
    assert (cut.day, stop.day) == (date(2023, 4, 2), date(2022, 4, 26))
    assert cut.reported == datetime(2023, 4, 2, 15, 56, 17, tzinfo=UTC)
