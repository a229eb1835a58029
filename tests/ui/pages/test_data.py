"""Data: what there is, as this view and as all, with source, licence, address and columns."""

import csv
import json
from datetime import date
from pathlib import Path

import streamlit as st

from dashboard.cli import run
from dashboard.models.event import Draft
from dashboard.services.exports import TABLES, study_table_titles
from dashboard.services.notes import add_note
from dashboard.ui import session
from tests.shipped_catalogue import COUNT
from tests.ui.app_in_test import open_page, press, unfold, words_of

DATA = Path(__file__).parents[3] / "data"
DESCRIPTOR = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))


def shipped_events():
    with (DATA / "events/catalogue.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def resources(kind):
    return [entry for entry in DESCRIPTOR["resources"] if entry["kind"] == kind]


def files(app):
    return [button.label for button in app.get("download_button")]


def open_data(*keys, **link):
    """The page with some folds and menus open, given without the `data.` of their keys."""
    return unfold(open_page("data", **link), *(f"data.{key}" for key in keys))


def codes(app):
    return "\n".join(element.value for element in app.code)


def test_every_series_stands_with_source_licence_range_and_rows():
    app = open_data("series.details")
    series = next(each.value for each in app.table if "Series" in each.value)
    by_title = {row["Series"]: row for _, row in series.iterrows()}
    for entry in resources("rates"):
        row = by_title[entry["title"]]
        assert f"licence:] {entry['licenses'][0]['title']}" in words_of(app)
        assert row["Source"].startswith(f"[{entry['publisher']}](<{entry['sources'][0]['path']}")
        assert row["Rows"] == f"{entry['rows']:,}"
    assert by_title["USD/RUB, Bank of Russia"]["Market days"] == "9 Jan 2013 – 1 Sep 2026"
    assert "set the calendar day before" in words_of(app)


def test_the_catalogue_stands_with_its_licence():
    (entry,) = resources("events")
    words = words_of(open_page("data"))
    assert entry["licenses"][0]["title"].lower() in words.lower()
    assert f"{entry['rows']} rows · 1 Mar 2014 – 9 Oct 2026" in words


def test_without_filters_there_is_all():
    rates = {entry["name"]: entry["rows"] for entry in resources("rates")}
    app = open_data("rates.download", "events.download")
    assert files(app) == ["CSV", "Excel", "CSV for Excel", "CSV for Russian Excel", "JSON"] * 3
    words = words_of(app)
    assert f"All of this series, {rates['usd_rub_cbr']:,} rows" in words
    assert f"Every series, {sum(rates.values()):,} rows" in words
    assert f"All, {COUNT} rows" in words
    assert "This view" not in words


def test_nothing_is_made_before_a_menu_is_opened():
    assert files(open_page("data")) == []
    assert codes(open_page("data")) == ""


def test_a_table_too_long_for_a_workbook_has_no_button_for_one(monkeypatch):
    monkeypatch.setattr("dashboard.ui.pages.data.page.MAX_SHEET_ROWS", 10_000)
    labels = files(open_data("rates.download"))
    assert labels.count("Excel") == 1
    assert labels.count("CSV") == 2


def test_a_link_restores_this_view():
    link = {
        "from": "2025-01-01",
        "to": "2025-12-31",
        "cat": ["nato_remark"],
        "series": "eur_usd_ecb",
    }
    menus = [
        f"{name}.{part}"
        for name in ("rates", "events", "moves")
        for part in ("download", "contents")
    ]
    app = open_data(*menus, **link)
    remarks = [
        row
        for row in shipped_events()
        if row["category"] == "nato_remark" and row["date"].startswith("2025")
    ]
    with (DATA / "rates/eur_usd_ecb.csv").open(encoding="utf-8") as lines:
        days = [line[:10] for line in lines if line.startswith("2025")]
    words = words_of(app)
    assert f"This view, {len(days)} rows" in words
    assert f"This view, {len(remarks)} rows" in words
    assert "rates.csv?series=eur_usd_ecb&from=2025-01-01&to=2025-12-31" in codes(app)
    assert (
        "events.csv?origin=catalogue&from=2025-01-01&to=2025-12-31&category=nato_remark"
        in codes(app)
    )
    assert "study.csv?rates=eur_usd_ecb&from=2025-01-01" in codes(app)
    app = press(app, "Clear")
    assert app.query_params == {"series": "eur_usd_ecb"}


def test_notes_have_files_as_soon_as_there_is_one():
    assert "No notes yet." in words_of(open_page("data"))
    st.cache_resource.clear()
    add_note(session.get_context().notes, Draft("Something was said", date(2025, 4, 21)))
    app = open_data("notes.download", "notes.contents")
    assert "**Your notes**" in words_of(app)
    assert "All, 1 row" in words_of(app)
    assert "events.csv?origin=note" in codes(app)


def test_every_table_of_the_study_can_be_taken():
    app = open_data("moves.contents", cat=["nato_remark"])
    (choice,) = [box for box in app.selectbox if box.label == "Table"]
    for option, table in zip(choice.options, study_table_titles(), strict=True):
        (choice,) = [box for box in app.selectbox if box.label == "Table"]
        app = choice.set_value(option).run()
        columns = [row for element in app.table for row in element.value.get("Column", ())]
        assert set(columns) >= {f"`{name}`" for name in TABLES[table].header}
        assert (f"table={table}" in codes(app)) == (table != "events")


def test_the_choice_of_tables_is_that_of_the_command_line(tmp_path):
    app = open_page("data")
    (choice,) = [box for box in app.selectbox if box.label == "Table"]
    assert run(["study", "--category", "nato_remark", "--out", str(tmp_path)]) == 0
    written = {path.name for path in tmp_path.glob("*.csv")}
    assert {option.split(":")[0] for option in choice.options} == written
    assert len(choice.options) == len(written)


def test_beside_every_test_stands_how_to_read_it():
    app = open_page("data", table="tests", cat=["nato_remark"])
    (tests,) = [f.value for f in app.dataframe if "How to read it" in f.value.columns]
    read = dict(zip(tests["Test"], tests["How to read it"], strict=True))
    assert read["patell"].startswith("rejects too often (")
    assert tests["Test"].tolist()[0] == "cluster_rank"
    assert read["cluster_rank"].startswith("the declared test")
    assert read["bhar_t"].startswith("does not apply: needs simple returns")
    words = words_of(app)
    assert "dense dates. cluster" in words.replace("\\", "")
    assert "the share of simulated studies" in words


def test_without_an_event_there_is_no_test_to_read():
    words = words_of(open_page("data", table="tests", q="no such words anywhere"))
    assert "nothing to test" in words


def test_a_look_at_a_table_shows_text_as_text():
    st.cache_resource.clear()
    add_note(session.get_context().notes, Draft("=1+1 <b>bold</b> \u202egpj", date(2025, 4, 21)))
    app = open_data("notes.contents")
    (notes,) = [
        f.value for f in app.dataframe if "=1+1 <b>bold</b> gpj" in set(f.value.get("title", ()))
    ]
    assert list(notes["origin"]) == ["note"]


def test_lines_for_programs_are_ready_to_copy():
    told = codes(open_data("rates.contents", "further"))
    assert "rates = pd.read_csv(" in told
    assert "rates <- read.csv(" in told
    assert "curl --fail --output rates.csv" in told
    assert "/api/openapi.json" in told
    assert "python -m dashboard export FOLDER" in told


def test_the_moves_of_every_source_can_be_taken():
    app = open_data("further", "sources.download", "sources.contents", cat="nato_remark")
    assert f"All, {3 * COUNT:,} rows" in words_of(app)
    assert "/v1/sources.csv?category=nato_remark" in codes(app)
    assert "source_moves = pd.read_csv(" in codes(app)
    assert "The same move of the dollar on every source" in words_of(app)
