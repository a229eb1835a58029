"""The page of imports: every row with its verdict, nothing guessed, nothing stored by itself."""

import re
from datetime import UTC, date, datetime

import pytest

from dashboard.container import build_context, event_rows_from_file
from dashboard.models.event import Draft, draft_from_event
from dashboard.models.user_files import EventFileOptions
from dashboard.services.event_import import TEMPLATE_ROWS
from dashboard.services.exports import table_file
from dashboard.services.notes import add_note, edit_note
from tests.event_collection.form import workbook
from tests.ui.app_in_test import open_page, press, words_of

GOOD = "date,title\n2025-04-21,Talks in Paris\n2025-04-22,A call\n"
MIXED = "date,title\n2025-04-21,Talks in Paris\n2025-02-31,Never\n"
HOSTILE_NAMES = [
    "<script>alert(1)</script>.csv",
    '"><img src=x onerror=alert(1)>.csv',
    "../../../../etc/passwd",
    "..\\..\\windows\\system32\\x.csv",
    "[x](javascript:alert(1)).csv",
    "![x](http://evil.example/x.png).csv",
    "=cmd|' /C calc'!A0.csv",
    "a\x00b\n\r\x1b[2J.csv",
    "\u202egnp.csv",
    ":material/delete: :red[x] $x^2$ `x`.csv",
    "я" * 3_000 + ".csv",
]


@pytest.fixture
def page():
    return open_page("import")


def bring(app, content, name="desk.csv"):
    data = content.encode() if isinstance(content, str) else content
    return app.file_uploader[0].upload(name, data, "text/csv").run()


def notes():
    return [note.title for note in build_context().notes.notes()]


def button(app, start):
    return next(each for each in app.button if each.label.startswith(start))


def table(app):
    return app.dataframe[0].value


def test_the_page_says_what_may_be_brought(page):
    assert "CSV, Excel" in words_of(page)
    assert "Earlier imports" in words_of(page)
    assert "None yet." in words_of(page)


def test_a_good_file_is_looked_at_and_taken_by_one_click(page):
    bring(page, GOOD)
    assert not page.exception
    assert "**2 rows**: 2 new, 0 already there, 0 wrong. Nothing is stored yet." in words_of(page)
    assert list(table(page)["Title"]) == ["Talks in Paris", "A call"]
    assert notes() == []
    press(page, "Add all 2 events")
    assert not page.exception
    assert notes() == ["Talks in Paris", "A call"]
    assert "2 notes added from desk.csv" in words_of(page)
    assert page.file_uploader[0].value is None


def test_who_took_it_in_is_on_record(page):
    bring(page, GOOD)
    page.text_input(key="kept:person.name").set_value("Anna").run()
    press(page, "Add all 2 events")
    (record,) = build_context().notes.imports()
    assert (record.author, record.file_name, record.added) == ("Anna", "desk.csv", 2)
    assert "by Anna · CSV · 2 rows · 2 added" in words_of(page)


def test_with_a_wrong_row_only_the_good_ones_can_be_taken(page):
    bring(page, MIXED)
    assert "1 new, 0 already there, 1 wrong" in words_of(page)
    assert button(page, "Add all rows").disabled
    assert list(table(page)["Verdict"]) == ["✚ New", "✕ Wrong"]
    assert "is a date that does not exist; correct it" in table(page)["What to know"][1]
    press(page, "Add the good rows only (1)")
    assert notes() == ["Talks in Paris"]
    assert "**1 row left out**" in words_of(page)
    assert list(table(page)["Row"]) == ["row 2 (line 3)"]
    labels = [each.label for each in page.get("download_button")]
    assert [label for label in labels if "template" not in label] == [
        "CSV (1 wrong row)",
        "Excel workbook (1 wrong row)",
        "CSV for Excel (1 wrong row)",
        "CSV for Russian Excel (1 wrong row)",
    ]


def test_the_table_shows_one_verdict_if_asked_and_the_link_says_so(page):
    bring(page, MIXED)
    page.segmented_control(key="view:show").set_value("wrong").run()
    assert list(table(page)["Verdict"]) == ["✕ Wrong"]
    assert page.query_params["show"] in ("wrong", ["wrong"])
    page.segmented_control(key="view:show").set_value("duplicate").run()
    assert "No such rows." in words_of(page)


def test_what_is_there_already_is_told_and_left_out(page):
    bring(page, GOOD)
    press(page, "Add all 2 events")
    bring(page, GOOD)
    assert "0 new, 2 already there, 0 wrong" in words_of(page)
    assert "is already there (note-" in table(page)["What to know"][0]
    assert button(page, "Add all 0 events").disabled


def test_an_import_is_undone_by_one_click(page):
    bring(page, GOOD)
    press(page, "Add all 2 events")
    press(page, "Undo this import")
    assert notes() == []
    assert "2 notes of desk.csv removed" in words_of(page)
    assert "undone" in words_of(page)
    assert not any(each.label == "Undo" for each in page.button)


def test_an_undo_keeps_what_was_changed_since_and_says_so(page):
    bring(page, GOOD)
    press(page, "Add all 2 events")
    store = build_context().notes
    note = store.notes()[0]
    edit_note(store, note.id, Draft("Mine [now](x)", note.day), note.revision)
    app = open_page("import")
    press(app, "Undo")
    assert notes() == ["Mine [now](x)"]
    assert "1 note of desk.csv removed; 1 note changed since stays" in words_of(app)
    assert any("Stays" in link.label for link in app.get("page_link"))


def test_the_order_of_day_and_month_is_asked_and_kept(page):
    bring(page, "date,title\n03/04/2025,Talks\n")
    (asked,) = page.radio
    assert "Which day is 03/04/2025? The file does not tell." in asked.label
    assert (asked.options, asked.value) == (["3 Apr 2025", "4 Mar 2025"], None)
    assert "which order the dates have" in table(page)["What to know"][0]
    assert button(page, "Add the good rows").disabled
    page.radio[0].set_value("mdy").run()
    assert table(page)["Day"][0] == "4 Mar 2025"
    page.text_input(key="kept:person.name").set_value("Anna").run()
    assert page.radio[0].value == "mdy"
    press(page, "Add all 1 events")
    assert [str(note.day) for note in build_context().notes.notes()] == ["2025-03-04"]


def test_an_order_that_another_row_proves_is_told_and_can_be_changed(page):
    bring(page, "date,title\n03/04/2025,Talks\n25/04/2025,A call\n")
    assert page.radio[0].value == "dmy"
    assert "1 wrong" not in words_of(page)
    page.radio[0].set_value("mdy").run()
    assert "1 new, 0 already there, 1 wrong" in words_of(page)


def test_the_zone_of_times_is_asked(page):
    bring(page, "date,time,title\n2025-04-21,10:30,Talks\n")
    asked = page.selectbox(key="kept:import:zone")
    assert "1 time has no time zone. Whose clock is it?" in asked.label
    assert (asked.value, table(page)["MSK"][0]) == ("Europe/Moscow", "10:30")
    asked.select("America/New_York").run()
    assert table(page)["MSK"][0] == "17:30"


def test_a_column_of_another_name_is_chosen(page):
    bring(page, "Wann,Was\n2025-04-21,Talks\n")
    assert page.selectbox(key="kept:import:map.title").value == "Was"
    assert "by their content, not their names: date = Wann, title = Was" in page.info[0].value
    page.selectbox(key="kept:import:map.date").select("").run()
    assert (
        "has no column date (found: Wann, Was); name it in the first line" in page.warning[0].value
    )
    page.selectbox(key="kept:import:map.date").select("Wann").run()
    assert not page.warning
    assert "1 new" in words_of(page)
    page.selectbox(key="kept:import:map.title").select("Wann").run()
    assert "is given to two fields" in page.warning[0].value
    page.selectbox(key="kept:import:map.title").select("Was").run()
    press(page, "Add all 1 events")
    assert notes() == ["Talks"]


def test_a_guessed_column_can_be_left_out(page):
    bring(page, "date,title,notes\n2025-04-21,Talks,for me only\n")
    page.selectbox(key="kept:import:map.text").select("").run()
    press(page, "Add all 1 events")
    assert build_context().notes.notes()[0].text == ""


def test_the_sheet_is_asked_where_several_hold_dates(page):
    sheets = [[["date", "title"], [f"2025-04-2{n}", name]] for n, name in ((1, "One"), (2, "Two"))]
    book = workbook(*sheets, names=["First", "Second"])
    bring(page, book, "book.xlsx")
    assert not page.exception
    asked = page.selectbox(key="kept:import:sheet")
    assert "Which one holds the events?" in asked.label
    assert (asked.options, asked.value) == (["First", "Second"], None)
    asked.select("Second").run()
    assert list(table(page)["Title"]) == ["Two"]
    page.selectbox(key="kept:import:sheet").select("First").run()
    assert list(table(page)["Title"]) == ["One"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\x00\x01"),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.html", b"<html><body>date</body></html>"),
        ("a.json", b"{"),
        ("a.ics", b"BEGIN:VCALENDAR"),
        ("a.csv", b"date,title\n"),
        ("a.pdf", b"%PDF-1.7"),
    ],
)
def test_a_file_that_is_refused_leaves_the_page_usable(page, name, content):
    bring(page, content, name)
    assert not page.exception
    assert page.warning[0].value.startswith("We can't read this yet: ")
    assert "--" not in page.warning[0].value
    press(page, "Remove")
    bring(page, GOOD)
    assert "2 new" in words_of(page)


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(1, 12))
def test_a_hostile_name_does_nothing(page, name, dashboard_home):
    before = {path for path in dashboard_home.rglob("*") if path.suffix != ".sqlite3"}
    bring(page, GOOD, name)
    assert not page.exception
    press(page, "Add all 2 events")
    assert not page.exception
    words = re.sub(r"\\.", "", words_of(page))  # what is escaped is not live
    for live in ("<script", "<img", "](http", "](java", "](x", "![", ":material/delete:", ":red["):
        assert live not in words
    assert "\x1b" not in words
    assert "\u202e" not in words
    made = {path.name for path in dashboard_home.rglob("*")} - {path.name for path in before}
    assert all(each.startswith("events.sqlite3") for each in made)
    assert all("/" not in record.file_name for record in build_context().notes.imports())


def test_what_a_cell_says_is_shown_as_it_is(page):
    bring(page, "date,title\n2025-04-21,<b>x</b> [y](http://e.example)\n")
    assert table(page)["Title"][0] == "<b>x</b> [y](http://e.example)"


def test_what_was_chosen_is_there_after_another_page_was_read(page):
    bring(page, "date,title\n03/04/2025,Talks\n")
    page.radio[0].set_value("dmy").run()
    kept = page.session_state["kept_choice.values"]
    assert kept["import:dates"] == "dmy"
    assert page.session_state["import.upload"].name == "desk.csv"


def test_a_store_that_fails_is_told_and_the_file_stays(page, monkeypatch):
    from dashboard.models.errors import StoreError
    from dashboard.storage.notes import NoteRepository

    bring(page, GOOD)

    def fail(*_):
        msg = "the notes cannot be written now; try again"
        raise StoreError(msg)

    with monkeypatch.context() as patch:
        patch.setattr(NoteRepository, "import_notes", fail)
        press(page, "Add all 2 events")
        assert not page.exception
        assert "Not added: the notes cannot be written now" in words_of(page)
        assert "2 new" in words_of(page)
    press(page, "Add all 2 events")
    assert notes() == ["Talks in Paris", "A call"]


def test_ten_thousand_rows_with_137_wrong_ones_are_shown_taken_and_undone(page):
    from benchmarks.imports import files

    bring(page, files()["CSV"], "big.csv")
    assert "**10,000 rows**: 9,863 new, 0 already there, 137 wrong" in words_of(page)
    assert len(table(page)) == 200
    page.segmented_control(key="view:show").set_value("wrong").run()
    assert len(table(page)) == 137
    assert table(page)["Row"][0] == "row 51 (line 52)"
    press(page, "Add the good rows only (9,863)")
    assert "9,863 notes added from big.csv, 137 wrong and left out" in words_of(page)
    assert len(build_context().notes.notes()) == 9_863
    assert len(table(page)) == 137
    press(page, "Undo this import")
    assert "9,863 notes of big.csv removed" in words_of(page)
    assert notes() == []


def test_a_draft_of_a_note_comes_back_from_its_own_export(page):
    store = build_context().notes
    add_note(
        store,
        draft_from_event(
            add_note(store, Draft("Talks", build_context().catalogue.events()[0].day))
        ),
    )
    assert len(notes()) == 2


def test_a_template_can_be_had_before_a_file_is_brought(page):
    labels = [each.label for each in page.get("download_button")]
    assert labels[:2] == ["CSV (template)", "Excel workbook (template)"]
    assert "20.04.2025" in words_of(page)  # how a date may be written


@pytest.mark.parametrize("dialect", ["plain", "excel", "excel-ru", "xlsx"])
def test_a_template_is_read_as_it_is(dialect):
    data = table_file("event_template", TEMPLATE_ROWS, dialect)
    rows = event_rows_from_file(data, EventFileOptions(), "template")
    first, second = (row.event for row in rows.rows)
    assert (first.day, first.moment, first.source_name) == (
        date(2025, 4, 20), None, "Jerusalem Post",
    )  # fmt: skip
    assert second.moment == datetime(2025, 4, 25, 10, 30, tzinfo=UTC)  # 13:30 in Moscow


def test_who_published_it_is_kept_in_the_note(page):
    bring(page, "Datum;Ereignis;Quelle\n20.04.2025;Kellogg spricht;Reuters\n")
    press(page, "Add all 1 events")
    (note,) = build_context().notes.notes()
    assert (note.title, note.source_name) == ("Kellogg spricht", "Reuters")
    assert "notes do not keep" not in words_of(page)
