"""Events & notes: facets and their counts, the table, the card, notes saved and undone."""

import json
from collections import Counter
from datetime import date

import pytest
import streamlit as st

from dashboard.models.errors import StoreError
from dashboard.models.event import Draft
from dashboard.services.notes import add_note, delete_note, edit_note, list_notes
from dashboard.storage.notes import NoteRepository
from dashboard.ui import session
from tests.shipped_catalogue import CATALOGUE, COUNT, timed_ids
from tests.ui.app_in_test import open_page, page_to_read, press, words_of

WORDS = ("key", "rate")
TIMED = timed_ids()
KELLOGG = "kellogg-nato-off-table-2025-04-20"


def control(app, label):
    kinds = (
        "selectbox",
        "multiselect",
        "date_input",
        "text_input",
        "pills",
        "button_group",
        "segmented_control",
    )
    return next(widget for kind in kinds for widget in app.get(kind) if widget.label == label)


def table(app):
    return app.dataframe[0].value


def row_of(app, title):
    frame = table(app)
    return frame[frame["Title"] == title].iloc[0]


def buttons(app):
    return {button.label for button in app.button}


def add(**more):
    st.cache_resource.clear()
    draft = {"title": "Something was said", "day": date(2025, 4, 21), "author": "Anna"} | more
    return add_note(session.get_context().notes, Draft(**draft))


# ---------------------------------------------------------------- the table


def test_it_opens_on_every_event_newest_first():
    frame = table(page_to_read("events"))
    days = [day.date().isoformat() for day in frame["Day"]]
    assert days == sorted((row["date"] for row in CATALOGUE), reverse=True)


def test_a_row_has_the_moves_in_the_chosen_quote():
    # 81.1371 (base) -> 80.7597 ([0,0]) -> 81.4620 ([0,1])
    title = "Kellogg says NATO membership is off the table for Ukraine"
    row = row_of(page_to_read("events"), title)
    assert round(row["[0,0]"], 4) == round(100 * (80.7597 / 81.1371 - 1), 4)
    assert round(row["[0,1]"], 4) == round(100 * (81.4620 / 81.1371 - 1), 4)
    assert row["Others"] == 3
    assert row["Category"] == "✚ NATO remarks"
    assert row["Source"] == "Jerusalem Post (Reuters)"
    turned = row_of(open_page("events", up="usd"), title)
    assert round(turned["[0,0]"], 4) == round(100 * (81.1371 / 80.7597 - 1), 4)


def test_the_words_and_colours_turn_with_the_quote():
    link = {"q": "Kellogg says NATO membership", "up": "weaker"}
    styled = open_page("events", **link).dataframe[0].proto.arrow_data.styler
    assert "color: #2166AC" in styled.styles or "color: #6FA8DC" in styled.styles
    words = [
        str(value)
        for app in (open_page("events", **link), open_page("events", **link | {"up": "usd"}))
        for column in ("[0,0]",)
        for value in displayed(app)[column]
    ]
    assert words == ["▼ −0.47\u202f% stronger", "▲ +0.47\u202f% stronger"]


def displayed(app):
    """The table as it is read: the texts that the styler gives to the cells."""
    import pyarrow as pa

    data = app.dataframe[0].proto.arrow_data.styler.display_values
    return pa.ipc.open_stream(data).read_pandas()


def test_an_event_without_a_move_says_why():
    frame = table(page_to_read("events"))
    late = frame[frame["Day"] > "2026-09-02"]
    assert len(late) == sum(row["date"] > "2026-09-02" for row in CATALOGUE)
    assert set(late["Reason"]) == {"after the data"}
    assert late["[0,1]"].isna().all()
    assert (frame[frame["Day"] < "2026-08-01"]["Reason"] == "").all()


# ---------------------------------------------------------------- facets


def test_each_choice_says_how_many_it_would_find():
    app = open_page("events", **{"from": "2025-01-01"}, to="2025-12-31", cat=["peace_talks"])
    in_year = [row for row in CATALOGUE if row["date"].startswith("2025")]
    by_category = Counter(row["category"] for row in in_year)
    talks = [row for row in in_year if row["category"] == "peace_talks"]
    by_direction = Counter(row["expected"] for row in talks)
    categories = " ".join(control(app, "Categories").options)
    assert f"Sanctions · {by_category['sanctions']}" in categories
    assert f"Peace talks · {by_category['peace_talks']}" in categories
    assert control(app, "Expected rouble").options == [
        f"All · {len(talks)}",
        f"Stronger · {by_direction['stronger']}",
        f"Weaker · {by_direction['weaker']}",
        f"Unclear · {by_direction['unclear']}",
    ]
    assert f"**{len(talks)} of {COUNT}** events" in words_of(app)


@pytest.mark.parametrize(
    ("link", "fits"),
    [
        ({"cat": ["energy", "domestic"]}, lambda r: r["category"] in {"energy", "domestic"}),
        ({"exp": "stronger"}, lambda r: r["expected"] == "stronger"),
        ({"hour": "known"}, lambda r: r["id"] in TIMED),
        ({"hour": "unknown"}, lambda r: r["id"] not in TIMED),
        ({"from": "2022-02-24"}, lambda r: r["date"] >= "2022-02-24"),
        ({"to": "2014-12-31"}, lambda r: r["date"] <= "2014-12-31"),
        ({"q": "KEY rate"}, lambda r: all(w in "".join(r.values()).lower() for w in WORDS)),
        ({"cat": ["sanctions"], "exp": "weaker", "from": "2022-01-01", "to": "2022-12-31"},
         lambda r: r["category"] == "sanctions" and r["expected"] == "weaker"
         and r["date"].startswith("2022")),
    ],
    ids=["categories", "expected", "hour known", "hour unknown", "from", "to", "words", "several"],
)  # fmt: skip
def test_a_link_restores_what_it_finds(link, fits):
    frame = table(open_page("events", **link))
    assert sorted(frame["Title"]) == sorted(row["title"] for row in CATALOGUE if fits(row))


def test_a_long_title_is_cut_with_a_sign_and_its_card_has_it_whole():
    whole = {row["title"] for row in CATALOGUE}
    titles = list(displayed(page_to_read("events"))["Title"])
    assert all(len(title) <= 62 for title in titles)
    assert all(title.endswith("…") for title in titles if title not in whole)
    (row,) = [row for row in CATALOGUE if row["id"] == KELLOGG]
    assert row["title"] in words_of(open_page("events", sel=KELLOGG))


def test_the_columns_are_named_in_words_and_the_button_counts_what_it_hides():
    app = open_page("events", exp="weaker", hour="known", **{"from": "2022-02-01"})
    columns = json.loads(app.dataframe[0].proto.columns)
    titles = [columns[name]["label"] for name in ("[0,0]", "Percentile [0,0]", "[0,1]")]
    assert titles == ["First fixing", "Bigger than", "Two fixings"]
    assert "More · 3" in [each.proto.popover.label for each in app.get("popover")]


def test_a_year_is_a_period_in_the_link():
    app = open_page("events")
    control(app, "Year").select(2014).run()
    assert app.query_params == {"from": "2014-01-01", "to": "2014-12-31"}
    assert len(table(app)) == sum(row["date"].startswith("2014") for row in CATALOGUE)
    control(app, "Year").select(0).run()
    assert app.query_params == {}


def test_a_period_that_ends_before_it_starts_is_told_and_ignored():
    app = open_page("events", **{"from": "2022-01-01"}, to="2021-01-01")
    assert "from=2022-01-01, to=2021-01-01" in words_of(app)
    assert len(table(app)) == COUNT


def test_nothing_found_says_what_and_offers_the_ways_out():
    app = open_page("events", cat="nato_remark", to="2015-01-01")
    assert "No events match *NATO remarks* until 1 Jan 2015." in words_of(app)
    assert {"Clear category", "All dates", "Clear all filters"} <= buttons(app)
    assert not app.dataframe
    app = press(app, "Clear category")
    assert app.query_params == {"to": "2015-01-01"}
    assert len(table(app)) == sum(row["date"] <= "2015-01-01" for row in CATALOGUE)


def test_an_unknown_event_in_the_link_is_told():
    app = open_page("events", sel="nobody-said-it-2025-01-01")
    assert "1 setting in this link is not valid and was ignored: sel=nobody" in words_of(app)


# ---------------------------------------------------------------- notes


def test_without_notes_it_says_how_to_write_one():
    assert "No notes yet: press A to add one." in words_of(page_to_read("events"))


def test_add_note_opens_the_form_of_explore():
    app = press(open_page("events"), "Add note")
    assert {"Title", "Link", "Your name on the note"} <= {field.label for field in app.text_input}


def test_a_note_stands_among_the_events_with_its_author():
    add()
    app = open_page("events", origin="note")
    assert list(table(app)["Title"]) == ["Something was said"]
    assert list(table(app)["Author"]) == ["Anna"]
    # said on Monday 21 April, hour unknown: offset 0 is that day's fixing
    assert round(table(app)["[0,0]"].iloc[0], 4) == round(100 * (80.7597 / 81.1371 - 1), 4)


def test_the_card_of_a_note_offers_to_change_it_and_that_of_the_catalogue_to_copy_it():
    note = add(text="A long story.")
    app = open_page("events", sel=note.id)
    assert "A long story." in words_of(app)
    assert {"Open", "Edit", "Delete", "History"} <= buttons(app)
    app = open_page("events", sel=KELLOGG)
    assert {"Open", "Copy into a note"} <= buttons(app)
    assert {"Edit", "Delete", "History"} & buttons(app) == set()


def test_a_deleted_note_comes_back_with_undo():
    note = add()
    app = press(open_page("events", sel=note.id), "Delete")
    assert "Deleted: Something was said" in words_of(app)
    assert list_notes(session.get_context().notes) == ()
    app = press(app, "Undo")
    assert "Restored: Something was said" in words_of(app)
    assert [kept.title for kept in list_notes(session.get_context().notes)] == [
        "Something was said"
    ]


def test_a_deleted_note_waits_in_the_list_of_deleted_ones():
    note = add(text="A long story.")
    delete_note(session.get_context().notes, note.id, note.revision)
    app = open_page("events", show="deleted")
    assert list(app.dataframe[0].value["Title"]) == ["Something was said"]
    assert "A long story." in words_of(app)
    app = press(app, "Restore")
    assert "Restored: Something was said" in words_of(app)
    assert "No deleted notes." in words_of(app)
    assert len(list_notes(session.get_context().notes)) == 1


def test_a_note_that_was_changed_meanwhile_is_not_deleted():
    note = add()
    app = open_page("events", sel=note.id)
    changed = Draft("Somebody else's words", date(2025, 4, 22), author="Boris")
    edit_note(session.get_context().notes, note.id, changed, note.revision)
    app = press(app, "Delete")
    assert "Not deleted:" in words_of(app)
    (kept,) = list_notes(session.get_context().notes)
    assert (kept.title, kept.deleted) == ("Somebody else's words", None)


def test_the_history_tells_who_changed_what_from_what_to_what():
    note = add()
    notes = session.get_context().notes
    moved = Draft(
        "Something was said", date(2025, 4, 22), end_day=date(2025, 4, 25), author="Boris"
    )
    changed = edit_note(notes, note.id, moved, note.revision)
    deleted = delete_note(notes, note.id, changed.revision, author="Clara")
    assert deleted.deleted is not None
    app = press(open_page("events", show="deleted"), "History")
    words = words_of(app)
    assert [word in words for word in ("**Deleted**", "**Changed**", "**Written**")] == [True] * 3
    assert "by Anna" in words
    (change,) = [
        frame.value for frame in app.dataframe if "Last day" in set(frame.value.get("Field", ()))
    ]
    assert change.to_numpy().tolist() == [
        ["Day", "21 Apr 2025", "22 Apr 2025"],
        ["Last day", "–", "25 Apr 2025"],
        ["Author", "Anna", "Boris"],
    ]


def test_a_hostile_note_is_shown_as_text():
    note = add(title="=1+1 <b>x</b> ![i](http://evil.example/i.png) \u202egpj", text="[a](b)")
    app = open_page("events", sel=note.id, origin="note")
    assert list(table(app)["Title"]) == ["=1+1 <b>x</b> ![i](http://evil.example/i.png) gpj"]
    assert not any("![i](http" in element.value for element in app.markdown)
    assert "[a](b)" in [element.value for element in app.text]


def test_without_the_store_the_catalogue_is_shown_and_it_is_said(monkeypatch):
    def fail(_notes):
        raise StoreError("the notes cannot be read now")

    monkeypatch.setattr(NoteRepository, "version", fail)
    app = open_page("events")
    assert len(table(app)) == COUNT
    assert "The notes cannot be read now; the catalogue is shown alone." in words_of(app)


# ---------------------------------------------------------------- files


def test_the_files_say_their_rows():
    add()
    app = open_page("events", cat="nato_remark")
    remarks = sum(row["category"] == "nato_remark" for row in CATALOGUE)
    assert not app.get("download_button")
    app.session_state["events.download"] = True
    app.run()
    assert f"This view, {remarks} rows" in words_of(app)
    assert f"All, {COUNT + 1} rows" in words_of(app)
    labels = [button.label for button in app.get("download_button")]
    assert labels == ["CSV", "Excel", "CSV for Excel", "CSV for Russian Excel"] * 2


def test_editing_starts_from_every_field_of_the_note():
    note = add(end_day=date(2025, 4, 25), category="energy", tags=("gas",), text="Words")
    app = press(open_page("events", sel=note.id), "Edit")
    kinds = ("text_input", "text_area", "date_input")
    fields = {field.label: field.value for kind in kinds for field in app.get(kind)}
    assert fields["Title"] == "Something was said"
    assert fields["Day"] == date(2025, 4, 21)
    assert fields["Last day, if it lasts"] == date(2025, 4, 25)
    assert fields["Text"] == "Words"
    assert fields["Tags, with commas"] == "gas"
    assert control(app, "Category").value == "energy"


def test_the_way_to_data_takes_the_filters_along():
    app = open_page("events", cat=["energy", "sanctions"], exp="weaker", origin="catalogue")
    (way,) = [link for link in app.get("page_link") if "This view on Data" in link.label]
    assert way.proto.query_string == "cat=sanctions&cat=energy&exp=weaker"
