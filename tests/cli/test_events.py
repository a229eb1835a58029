"""`events`: notes from the run_cli, and files of events in and out."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from dashboard.storage.notes import NoteRepository
from tests.shipped_catalogue import COUNT

HOSTILE = [
    "=1+1",
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "+7 495 000",
    "-2+3",
    "＝1+1",
    "a,=1+1",
    "<script>alert(1)</script> **bold** [x](http://e.example)",
    "\u202eright to left\u202c",
    '"quoted", with; separators|and\ttabs',
]

VALUE_COLUMNS = (
    "value_actual", "value_expected", "value_previous", "value_unit", "value_source", "intensity",
    "story",
)  # fmt: skip


@pytest.fixture
def note(run_cli):
    """The id of a note that was added."""
    answer = run_cli("events", "add", "Somebody said something", "--date", "2025-04-21", "--json")
    assert answer.code == 0
    return answer.json["id"]


def one(run_cli, note_id, *options):
    (row,) = [
        row for row in run_cli("events", "list", *options, "--json").json if row["id"] == note_id
    ]
    return row


# ------------------------------------------------------------------ a note and its life


def test_a_note_is_added_changed_removed_and_brought_back(run_cli, note):
    assert one(run_cli, note)["title"] == "Somebody said something"
    assert run_cli("events", "edit", note, "--title", "Said it louder").code == 0
    assert one(run_cli, note)["title"] == "Said it louder"
    assert run_cli("events", "remove", note).code == 0
    assert all(row["id"] != note for row in run_cli("events", "list", "--json").json)
    assert one(run_cli, note, "--removed")["title"] == "Said it louder"
    assert run_cli("events", "restore", note).code == 0
    assert one(run_cli, note)["revision"] == 4


def test_the_history_has_a_line_for_every_change(run_cli, note):
    run_cli("events", "edit", note, "--title", "Louder", "--author", "the desk")
    run_cli("events", "remove", note)
    run_cli("events", "restore", note)
    history = run_cli("events", "history", note, "--json").json
    assert [(row["revision"], row["action"]) for row in history] == [
        (1, "create"), (2, "edit"), (3, "delete"), (4, "restore"),
    ]  # fmt: skip
    assert history[0]["before"] is None
    assert history[1]["before"]["title"] == "Somebody said something"
    assert (history[1]["after"]["title"], history[1]["who"]) == ("Louder", "Anna")
    assert all(row["at"].endswith("Z") for row in history)
    text = run_cli("events", "history", note).out
    assert [word in text for word in ("create", "edit", "delete", "restore")] == [True] * 4


def test_every_field_is_stored(run_cli):
    fields = {
        "--date": "2024-02-24", "--time": "05:45", "--end": "2024-02-26", "--text": "More",
        "--category": "peace_talks", "--expected": "stronger", "--author": "Anna",
        "--link": "https://example.org/a", "--value-actual": "0.25", "--value-expected": "-1",
        "--value-previous": "1e3", "--value-unit": "%", "--intensity": "3",
        "--value-source": "https://example.org/poll", "--story": "talks",
    }  # fmt: skip
    options = [word for pair in fields.items() for word in pair]
    run_cli("events", "add", "Summit", *options, "--tag", "one", "--tag", "two")
    (row,) = run_cli("events", "list", "--origin", "note", "--json").json
    assert (row["date"], row["time_utc"], row["end_date"]) == (
        "2024-02-24", "2024-02-24T02:45:00Z", "2024-02-26",
    )  # fmt: skip
    assert (row["category"], row["expected"], row["text"]) == ("peace_talks", "stronger", "More")
    assert (row["source_url"], row["tags"], row["author"]) == (
        "https://example.org/a", "one;two", "Anna",
    )  # fmt: skip
    assert [row[name] for name in VALUE_COLUMNS] == [
        0.25, -1.0, 1000.0, "%", "https://example.org/poll", 3.0, "talks",
    ]  # fmt: skip


def test_a_value_can_be_taken_away_and_has_to_be_a_number(run_cli):
    added = run_cli("events", "add", "x", "--date", "2024-07-01", "--intensity", "2", "--json").json
    run_cli("events", "edit", added["id"], "--intensity", "none")
    assert one(run_cli, added["id"])["intensity"] is None
    refused = run_cli("events", "edit", added["id"], "--value-actual", "inf")
    assert (refused.code, "--value-actual" in refused.err) == (2, True)
    assert "is no number" in refused.err


def test_a_time_is_read_in_its_zone(run_cli):
    run_cli("events", "add", "Fed", "--date", "2024-07-31", "--time", "14:00", "--zone",
          "America/New_York")  # fmt: skip
    (row,) = run_cli("events", "list", "--origin", "note", "--json").json
    assert (row["time_utc"], row["zone"]) == ("2024-07-31T18:00:00Z", "America/New_York")


def test_a_time_and_an_end_can_be_taken_away(run_cli):
    added = run_cli("events", "add", "x", "--date", "2024-07-01", "--time", "9:00", "--end",
                  "2024-07-05", "--json").json  # fmt: skip
    run_cli("events", "edit", added["id"], "--time", "none", "--end", "none")
    row = one(run_cli, added["id"])
    assert (row["time_utc"], row["end_date"]) == (None, None)


def test_what_is_not_given_stays(run_cli):
    added = run_cli(
        "events", "add", "x", "--date", "2024-07-01", "--tag", "a", "--text", "t", "--json"
    )
    run_cli("events", "edit", added.json["id"], "--category", "energy")
    row = one(run_cli, added.json["id"])
    assert (row["title"], row["tags"], row["text"], row["category"]) == ("x", "a", "t", "energy")


def test_an_edit_of_a_stale_revision_is_refused_with_who_was_faster(run_cli, note):
    run_cli("events", "edit", note, "--title", "Second", "--author", "the desk")
    answer = run_cli("events", "edit", note, "--title", "Third", "--revision", "1")
    assert answer.code == 2
    assert "Anna" in answer.err
    assert one(run_cli, note)["title"] == "Second"


def test_the_catalogue_cannot_be_edited(run_cli):
    answer = run_cli("events", "edit", "cbr-2014-03-03", "--title", "x")
    assert (answer.code, answer.out) == (2, "")
    assert "read-only" in answer.err


# ------------------------------------------------------------------ list


def test_the_list_is_the_catalogue_and_the_notes_in_the_order_of_days(run_cli, note):
    rows = run_cli("events", "list", "--json").json
    assert len(rows) == COUNT + 1
    assert [row["date"] for row in rows] == sorted(row["date"] for row in rows)
    assert {row["origin"] for row in rows} == {"catalogue", "note"}


def test_a_list_can_be_narrowed(run_cli):
    result = run_cli("events", "list", "--text", "kellogg nato", "--since", "2025-04-01", "--until",
                  "2025-04-30", "--category", "nato_remark", "--json").json  # fmt: skip
    assert [row["id"] for row in result] == ["kellogg-nato-off-table-2025-04-20"]


def test_an_export_takes_the_same_filters_as_the_list(run_cli):
    filters = ("--expected", "stronger", "--since", "2025-04-01", "--until", "2025-04-30")
    listed = [row["id"] for row in run_cli("events", "list", *filters, "--json").json]
    text = run_cli("events", "export", "-", *filters).out
    assert [row["id"] for row in csv.DictReader(io.StringIO(text))] == listed
    assert "kellogg-nato-off-table-2025-04-20" in listed
    assert len(listed) < 30


def test_a_list_can_be_narrowed_to_a_tag(run_cli):
    run_cli("events", "add", "x", "--date", "2025-04-21", "--tag", "Gas")
    assert len(run_cli("events", "list", "--tag", "gas", "--json").json) == 1


def test_a_person_reads_a_table(run_cli):
    text = run_cli("events", "list", "--text", "kellogg", "--since", "2025-04-01").out
    assert "20 Apr 2025" in text
    assert "kellogg-nato-off-table-2025-04-20" in text


# ------------------------------------------------------------------ out


def test_an_export_is_the_whole_list(run_cli, note, tmp_path):
    path = tmp_path / "events.csv"
    assert run_cli("events", "export", path).code == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert len(rows) == COUNT + 1
    assert run_cli("events", "export", "-").out == path.read_text(encoding="utf-8")


def test_an_export_for_spreadsheets_has_its_mark(run_cli, tmp_path):
    run_cli("events", "export", tmp_path / "e.csv", "--excel", "--origin", "catalogue")
    content = (tmp_path / "e.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") >= COUNT + 1


def test_an_export_to_xlsx_holds_a_hostile_title_as_text(run_cli, tmp_path):
    run_cli("events", "add", "--date", "2025-04-21", "--", "=1+1")
    run_cli("events", "export", tmp_path / "e.xlsx", "--origin", "note")
    (sheet,) = load_workbook(tmp_path / "e.xlsx").worksheets
    cell = sheet.cell(2, [each.value for each in sheet[1]].index("title") + 1)
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert "is already there" in run_cli("events", "import", tmp_path / "e.xlsx").err


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_stored_as_text_and_is_harmless_in_the_export(run_cli, title, tmp_path):
    added = run_cli("events", "add", "--date", "2025-04-21", "--json", "--", title)
    assert added.code == 0
    run_cli("events", "export", tmp_path / "e.csv", "--origin", "note")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "e.csv").read_text(encoding="utf-8")))
    for cell in row.values():
        for piece in re.split(r"[,;|\n]", cell):
            assert not piece.lstrip(' "').startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    listed = run_cli("events", "list", "--origin", "note").out
    assert "\x1b" not in listed
    assert len(listed.splitlines()) == 3  # a header, a line, one note


def test_a_place_that_cannot_be_written_is_refused(run_cli, tmp_path):
    answer = run_cli("events", "export", tmp_path / "nowhere" / "e.csv")
    assert answer.code == 2
    assert answer.err == "error: e.csv: cannot be written (No such file or directory);" \
        " choose another place\n"  # fmt: skip


# ------------------------------------------------------------------ in

FILE = (
    "id,date,time_utc,title,category\n"
    "a,2024-03-05,,Something happened,sanctions\n"
    "b,2024-03-06,10:00,Something else,energy\n"
)


def test_a_file_becomes_notes(run_cli, write_file):
    answer = run_cli("events", "import", write_file("e.csv", FILE))
    assert (answer.code, answer.out) == (0, "2 notes were added\n")
    rows = run_cli("events", "list", "--origin", "note", "--json").json
    assert [(row["title"], row["date"], row["time_utc"]) for row in rows] == [
        ("Something happened", "2024-03-05", None),
        ("Something else", "2024-03-06", "2024-03-06T10:00:00Z"),
    ]


def test_a_dry_run_changes_nothing_and_has_the_shape_of_the_contract(run_cli, write_file):
    answer = run_cli("events", "import", write_file("e.csv", FILE), "--dry-run", "--json")
    assert answer.code == 0
    assert set(answer.json) == {"status", "rows", "messages"}
    assert (answer.json["status"], answer.json["messages"]) == ("accept", [])
    assert [(row["date"], row["title"]) for row in answer.json["rows"]] == [
        ("2024-03-05", "Something happened"),
        ("2024-03-06", "Something else"),
    ]
    assert run_cli("events", "list", "--origin", "note", "--json").json == []


def test_a_second_import_adds_nothing_and_says_so(run_cli, write_file):
    path = write_file("e.csv", FILE)
    run_cli("events", "import", path)
    answer = run_cli("events", "import", path, "--json")
    assert (answer.code, answer.json["status"], answer.json["rows"]) == (0, "warn", [])
    assert "e.csv, row 1 (line 2): is already there (note-" in answer.json["messages"][0]
    assert len(run_cli("events", "list", "--origin", "note", "--json").json) == 2


def test_a_wrong_row_is_reported_with_its_place_and_nothing_is_added(run_cli, write_file):
    path = write_file("e.csv", FILE + "c,2024-02-30,,Never,other\n")
    answer = run_cli("events", "import", path, "--json")
    assert answer.code == 2
    assert (answer.json["status"], answer.json["rows"]) == ("reject", [])
    (message,) = answer.json["messages"]
    assert message.startswith("e.csv, row 3 (line 4), column date: '2024-02-30' is a date that")
    assert answer.err == f"error: {message}\n"
    assert run_cli("events", "list", "--origin", "note", "--json").json == []


def test_a_store_that_fails_half_way_keeps_none_of_the_rows(run_cli, write_file, monkeypatch):
    from dashboard.storage import notes

    json_of, calls = notes.json_from_note, []

    def fail_at_the_second(note):
        calls.append(1)
        if len(calls) == 2:
            msg = "the power went"
            raise RuntimeError(msg)
        return json_of(note)

    with monkeypatch.context() as patch:
        patch.setattr(notes, "json_from_note", fail_at_the_second)
        assert run_cli("events", "import", write_file("e.csv", FILE)).code == 3
    assert len(calls) == 2
    assert run_cli("events", "list", "--origin", "note", "--json").json == []
    assert run_cli("events", "imports", "--json").json == []


def test_an_own_export_is_read_back_without_a_change(run_cli, note, tmp_path):
    run_cli("events", "edit", note, "--title", "=1+1", "--text", "two\nlines", "--tag", "a;b",
            "--value-actual", "-0.5", "--value-expected", "1e-7", "--value-unit", "=%",
            "--story", "@talks")  # fmt: skip
    run_cli("events", "export", tmp_path / "e.csv", "--origin", "note")
    before = one(run_cli, note)
    run_cli("events", "remove", note)
    assert run_cli("events", "import", tmp_path / "e.csv").code == 0
    (after,) = run_cli("events", "list", "--origin", "note", "--json").json
    for field in ("title", "text", "tags", "date", "category", "expected", *VALUE_COLUMNS):
        assert after[field] == before[field]


def test_the_export_of_the_catalogue_is_all_there_already(run_cli, tmp_path):
    run_cli("events", "export", tmp_path / "e.csv")
    answer = run_cli("events", "import", tmp_path / "e.csv", "--dry-run", "--json")
    assert (answer.json["status"], answer.json["rows"]) == ("warn", [])
    assert any(
        f"and {COUNT - 10} more rows like this" in message for message in answer.json["messages"]
    )


def test_the_good_rows_are_taken_where_they_are_requested_for(run_cli, write_file):
    path = write_file("e.csv", FILE + "c,2024-02-30,,Never,other\n")
    answer = run_cli("events", "import", path, "--good-rows", "--json")
    assert (answer.code, answer.json["status"]) == (0, "warn")
    assert [row["title"] for row in answer.json["rows"]] == ["Something happened", "Something else"]
    assert len(run_cli("events", "list", "--origin", "note", "--json").json) == 2
    (record,) = run_cli("events", "imports", "--json").json
    assert (record["rows"], record["added"], record["wrong"]) == (3, 2, 1)


def test_where_every_row_is_wrong_there_are_no_good_ones_to_take(run_cli, write_file):
    path = write_file("e.csv", "date,title\nsoon,Never\nlater,Never\n")
    answer = run_cli("events", "import", path, "--good-rows", "--json")
    assert (answer.code, answer.json["status"]) == (2, "reject")
    assert "2 of 2 rows are wrong; mend them; the first: e.csv, row 1" in answer.err


def test_an_import_is_listed_and_undone_with_what_was_changed_since_stored(run_cli, write_file):
    path = write_file("e.csv", FILE)
    name = run_cli("events", "import", path, "--author", "Anna", "--json").json["import"]
    assert name in run_cli("events", "imports").out
    (record,) = run_cli("events", "imports", "--json").json
    assert (record["id"], record["who"], record["file_name"]) == (name, "Anna", "e.csv")
    first, second = (
        row["id"] for row in run_cli("events", "list", "--origin", "note", "--json").json
    )
    run_cli("events", "edit", first, "--title", "Mine now")
    answer = run_cli("events", "undo-import", name)
    assert answer.out == f"1 note of {name} removed; 1 stay\n"
    assert f"{first} was changed since and stays: Mine now" in answer.err
    assert [row["id"] for row in run_cli("events", "list", "--origin", "note", "--json").json] == [
        first
    ]
    again = run_cli("events", "undo-import", name)
    assert (again.code, again.out) == (2, "")
    assert "was undone already" in again.err
    assert run_cli("events", "restore", second).code == 0


def test_an_undo_in_json_says_what_it_did(run_cli, write_file):
    name = run_cli("events", "import", write_file("e.csv", FILE), "--json").json["import"]
    answer = run_cli("events", "undo-import", name, "--json").json
    assert (answer["removed"], answer["kept"], answer["removed_before"]) == (2, [], 0)
    assert answer["import"]["undone_at"].endswith("Z")
    assert run_cli("events", "undo-import", "import-2020-01-01-00000000").code == 2


def test_after_an_undo_the_file_can_be_imported_again(run_cli, write_file):
    path = write_file("e.csv", FILE)
    name = run_cli("events", "import", path, "--json").json["import"]
    run_cli("events", "undo-import", name)
    assert len(run_cli("events", "import", path, "--json").json["rows"]) == 2


def test_columns_dates_zone_and_sheet_can_be_said(run_cli, write_file):
    path = write_file("e.csv", "Wann,Uhr,Was\n03/04/2025,10:30,Treffen\n")
    answer = run_cli("events", "import", path)
    assert "by their content, not their names: date = Wann, title = Was" in answer.err
    assert "column Wann: '03/04/2025' can be 2025-04-03 or 2025-03-04" in answer.out
    text = ("--map", "date=Wann", "--map", "title=Was", "--map", "time=Uhr")
    response = run_cli("events", "import", path, *text)
    assert (
        response.code,
        "dmy or mdy" in response.err,
    ) == (2, True)
    for order, day in (("dmy", "2025-04-03"), ("mdy", "2025-03-04")):
        answer = run_cli("events", "import", path, *text, "--dates", order, "--zone",
                       "America/New_York", "--dry-run", "--json")  # fmt: skip
        (row,) = answer.json["rows"]
        assert (row["date"], row["time_utc"][:10], row["zone"]) == (day, day, "America/New_York")
        assert answer.json["status"] == "accept"


@pytest.mark.parametrize(
    ("option", "text"),
    [
        (("--map", "title"), "--map title: is no pair"),
        (("--map", "titel=title"), "--map titel: is no field"),
        (("--map", "title=Nowhere"), "e.csv: has no column Nowhere"),
        (("--map", "title=title", "--map", "title=id"), "--map title: is given twice"),
        (("--map", "title=title", "--map", "text=title"), "the column title is given to two"),
        (("--zone", "Mars"), "--zone Mars: is no time zone"),
        (("--sheet", "One"), "--sheet One: e.csv is CSV and has no sheets"),
        (("--dates", "ymd"), "Invalid value for '--dates'"),
    ],
)
def test_what_is_said_wrongly_about_a_file_is_refused_in_one_line(
    run_cli, write_file, option, text
):
    answer = run_cli("events", "import", write_file("e.csv", FILE), *option)
    assert answer.code == 2
    assert text in answer.err
    assert len(answer.err.splitlines()) == 1


def test_of_ten_thousand_rows_the_bad_ones_are_listed_and_the_good_ones_stored_and_undone(
    run_cli, write_file
):
    bad = set(range(50, 10_000, 73)[:137])
    rows = [
        f"{'31.02.2024' if k in bad else '05.03.2024'};Event {k};https://e.example/{k}"
        for k in range(10_000)
    ]
    path = write_file("big.csv", "Дата;Событие;Ссылка\n" + "\n".join(rows) + "\n")
    rejected = run_cli("events", "import", path, "--dry-run", "--json")
    assert (rejected.code, rejected.json["status"], rejected.json["rows"]) == (2, "reject", [])
    assert rejected.json["messages"] == [
        f"big.csv, row {k + 1} (line {k + 2}), column Дата: '31.02.2024' is a date that does not"
        " exist; correct it"
        for k in sorted(bad)
    ]
    assert "137 of 10,000 rows are wrong" in rejected.err
    taken = run_cli("events", "import", path, "--good-rows", "--json").json
    assert (taken["status"], len(taken["rows"]), len(taken["messages"])) == ("warn", 9_863, 137)
    assert len(run_cli("events", "list", "--origin", "note", "--json").json) == 9_863
    undone = run_cli("events", "undo-import", taken["import"])
    assert undone.out == f"9,863 notes of {taken['import']} removed\n"
    assert run_cli("events", "list", "--origin", "note", "--json").json == []


def test_a_home_of_its_own_is_used(run_cli, note, dashboard_home):
    store = NoteRepository(f"sqlite:///{dashboard_home / 'events.sqlite3'}")
    assert [event.id for event in store.notes()] == [note]
    store.close()


def test_json_is_one_document(run_cli):
    json.loads(run_cli("events", "list", "--json").out)


def test_upcoming_lists_a_note_with_a_future_day_and_what_is_usual(run_cli):
    day = date.today() + timedelta(days=2)  # noqa: DTZ011 - that of Moscow is a day later at most
    run_cli("events", "add", "Summit in Geneva", "--date", day.isoformat())
    result = run_cli("events", "upcoming")
    assert "Summit in Geneva" in result.out
    assert re.search(r"tomorrow|in 2 days", result.out)
    (row,) = [
        row for row in run_cli("events", "upcoming", "--json").json if row["origin"] == "note"
    ]
    assert row["date"] == day.isoformat()
    assert row["usual"]["median_abs_log_points"] is None  # no event of the category `other`
    studied = run_cli("study", "--category", "other")
    assert studied.code == 0
    assert "1 event: 0 studied + 1 skipped = 1" in studied.out
    assert "after the data" in studied.out


def test_precedents_of_an_event_and_of_words(run_cli, tmp_path):
    answer = run_cli("precedents", "hegseth-nato-2025-02-12", "--out", tmp_path / "out", "--json")
    assert answer.code == 0, answer.err
    taken = {row["precedent_id"] for row in answer.json["precedents"] if row["taken"]}
    # What an analyst would name: the US had said no before.
    assert {"biden-not-ready-2023-07-09", "us-opposes-roadmap-2023-04-06"} <= taken
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "manifest.json", "precedent_paths.csv", "precedent_summary.csv", "precedents.csv",
    ]  # fmt: skip
    words = run_cli("precedents", "--text", "US sanctions a Russian bank", "--actor", "US Treasury",
                    "--expected", "weaker")  # fmt: skip
    assert "US sanctions Gazprombank" in words.out
    for wrong, message in (
        ((), "give either the id of an event or --text WORDS"),
        (("no-such",), "event no-such: is not there"),
        (("hegseth-nato-2025-02-12", "--number", "41"), "must lie between 1 and 40"),
    ):
        refused = run_cli("precedents", *wrong)
        assert (refused.code, refused.out) == (2, "")
        assert message in refused.err


def test_a_study_by_story_takes_first_events_or_whole_spans(run_cli, tmp_path):
    spans = run_cli("study", "--by-story", "span", "--category", "peace_talks", "--json",
                    "--out", tmp_path / "out")  # fmt: skip
    assert spans.code == 0, spans.err
    (answer,) = spans.json
    rows = {row["story"]: row for row in answer["rows"]}
    assert rows["Istanbul talks of 2025"]["n_events"] == 4
    assert rows["Istanbul talks of 2025"]["last_event_day"] == "2025-07-23"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "episodes.csv", "manifest.json",
    ]  # fmt: skip
    first = run_cli("study", "--by-story", "first", "--category", "peace_talks", "--json")
    studied = {row["event_id"] for row in first.json["events"]}
    assert "putin-offers-istanbul-2025-05-11" in studied
    assert "istanbul-round-1-2025-05-16" not in studied
    none = run_cli("study", "--by-story", "span", "--category", "other")
    assert none.code == 2
