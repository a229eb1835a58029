"""A note is written on a day, previewed, saved, taken back; what is wrong is said by name."""

from contextlib import closing
from datetime import date, time

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.container import build_context
from dashboard.models.event import Draft
from dashboard.services.notes import add_note, edit_note, list_notes
from dashboard.ui import session
from tests.ui.app_in_test import SECONDS, open_page, press, words_of


def form(app, label):
    kinds = ("text_input", "text_area", "date_input", "time_input", "selectbox",
             "number_input")  # fmt: skip
    return next(widget for kind in kinds for widget in app.get(kind) if widget.label == label)


WRITER = """
from datetime import date, time
from dashboard.models.event import Draft
from dashboard.ui.components.elements import draw_flash
from dashboard.ui.components.note_form import NoteFormContext, draw_note_form
import streamlit as st
draw_flash()
author = st.session_state.get("note_form.author_of_this_session", "")
draft = Draft("", date.fromisoformat("DAY"), author=author)
draw_note_form(NoteFormContext(draft, "usd_rub_cbr"))
"""
EDITOR = """
import streamlit as st
from dashboard.models.event import draft_from_event
from dashboard.services.notes import list_notes
from dashboard.ui import session
from dashboard.ui.components.note_form import NoteFormContext, draw_note_form
(note,) = list_notes(session.get_context().notes)
read = st.session_state.setdefault("read", note)
draw_note_form(NoteFormContext(draft_from_event(read), "usd_rub_cbr", read))
"""


def writer(day="2025-04-21"):
    st.cache_resource.clear()
    return AppTest.from_string(WRITER.replace("DAY", day), default_timeout=SECONDS).run()


def editor():
    st.cache_resource.clear()
    add_note(session.get_context().notes, Draft("First words", date(2025, 4, 21), author="Anna"))
    return AppTest.from_string(EDITOR, default_timeout=SECONDS).run()


def stored():
    return list_notes(session.get_context().notes)


def test_the_form_opens_on_the_day_of_the_card():
    app = press(open_page(sel="2025-04-20"), "Add note")
    assert form(app, "Day").value == date(2025, 4, 20)


def test_a_note_is_saved_and_said():
    app = writer()
    form(app, "Title").set_value("Somebody said something").run()
    press(app, "Save note")
    app.run()
    (note,) = stored()
    assert (note.title, note.day) == ("Somebody said something", date(2025, 4, 21))
    assert "Note saved on 21 Apr 2025: Somebody said something" in words_of(app)


def test_what_was_released_and_expected_is_saved_with_the_story():
    app = writer()
    form(app, "Title").set_value("Key rate").run()
    form(app, "Released value").set_value(21.0).run()
    form(app, "Expected value").set_value(20.5).run()
    form(app, "Story").set_value("the last hikes").run()
    press(app, "Save note")
    (note,) = stored()
    assert (note.value_actual, note.surprise, note.story) == (21.0, 0.5, "the last hikes")


def test_a_saved_note_can_be_taken_back():
    app = writer()
    form(app, "Title").set_value("A slip of the pen").run()
    press(app, "Save note")
    app.run()
    press(app, "Undo")
    assert stored() == ()
    assert "Taken back: A slip of the pen" in words_of(app)


def test_a_note_without_a_title_is_refused_with_the_fix():
    app = press(writer(), "Save note")
    assert any("title: is empty" in error.value for error in app.error)
    assert stored() == ()


def test_a_link_that_is_no_web_address_is_refused():
    app = writer()
    form(app, "Title").set_value("T").run()
    form(app, "Link").set_value("javascript:alert(1)").run()
    press(app, "Save note")
    assert any("link:" in error.value for error in app.error)
    assert stored() == ()


def test_the_hour_is_stored_in_utc_with_its_zone():
    app = writer()
    form(app, "Title").set_value("T").run()
    form(app, "Time, if it is known").set_value(time(12, 30)).run()
    form(app, "Time zone").set_value("America/New_York").run()
    press(app, "Save note")
    (note,) = stored()
    # New York keeps summer time in April: UTC−4
    assert note.moment.isoformat() == "2025-04-21T16:30:00+00:00"
    assert note.zone == "America/New_York"


def test_the_preview_shows_the_timing_and_the_move_while_writing():
    app = writer("2025-04-20")
    text = words_of(app)
    assert "What this note will say" in text
    # a Sunday: first fixing Monday 21 April at 80.7597, base Friday 18 April at 81.1371
    assert "Mon 21 Apr 2025" in text
    assert "Fri 18 Apr 2025" in text
    assert "Rouble 0.5 % stronger" in text


def test_a_preview_before_the_end_makes_sense_is_only_a_hint():
    app = writer()
    form(app, "Last day, if it lasts").set_value(date(2025, 4, 1)).run()
    assert not app.exception
    assert "The last day lies before the day" in words_of(app)


def test_the_author_of_one_note_is_offered_for_the_next():
    app = writer()
    form(app, "Title").set_value("T").run()
    form(app, "Your name on the note").set_value("Anna").run()
    press(app, "Save note")
    again = AppTest.from_string(WRITER.replace("DAY", "2025-04-22"), default_timeout=SECONDS)
    again.session_state["note_form.author_of_this_session"] = "Anna"
    assert app.session_state["note_form.author_of_this_session"] == "Anna"
    app = again.run()
    assert form(app, "Your name on the note").value == "Anna"


def test_dates_and_text_of_a_note_can_be_edited():
    app = editor()
    form(app, "Title").set_value("Better words").run()
    form(app, "Day").set_value(date(2025, 4, 22)).run()
    press(app, "Save note")
    (note,) = stored()
    assert (note.title, note.day, note.revision) == ("Better words", date(2025, 4, 22), 2)


def test_the_second_of_two_editors_is_told_and_sees_both_texts():
    app = editor()
    (note,) = stored()
    edit_note(
        session.get_context().notes, note.id, Draft("Boris was here", note.day), note.revision
    )
    form(app, "Title").set_value("My words").run()
    press(app, "Save note")
    assert stored()[0].title == "Boris was here"
    assert app.error
    assert form(app, "Title").value == "My words"
    assert "Boris was here" in words_of(app)


def test_limits_a_reader_who_saves_too_often_is_told_and_keeps_the_text():
    app = writer()
    for _ in range(60):
        session.get_context().limits.take("Anna", "write")
    form(app, "Title").set_value("The sixty-first").run()
    press(app, "Save note")
    assert any("at most 60 changes in a minute" in error.value for error in app.error)
    assert form(app, "Title").value == "The sixty-first"
    assert stored() == ()


def conflicting():
    """An editor who typed a title, and a colleague who changed the text meanwhile."""
    app = editor()
    (note,) = stored()
    theirs = Draft("First words", note.day, text="By Boris", author="Boris")
    edit_note(session.get_context().notes, note.id, theirs, note.revision)
    form(app, "Title").set_value("My words").run()
    return press(app, "Save note")


def test_mine_is_put_on_top_of_theirs_and_nothing_of_theirs_is_lost():
    app = conflicting()
    assert "changed by you" in words_of(app)
    assert "changed by them" in words_of(app)
    press(app, "Keep mine on top of theirs")
    (note,) = stored()
    assert (note.title, note.text, note.author) == ("My words", "By Boris", "Boris")
    assert note.revision == 3


def test_theirs_is_taken_and_mine_is_dropped():
    press(conflicting(), "Take theirs")
    (note,) = stored()
    assert (note.title, note.text, note.revision) == ("First words", "By Boris", 2)


def test_a_conflict_is_merged_by_editing():
    app = conflicting()
    form(app, "Text").set_value("By both of us").run()
    press(app, "Save what this form says")
    (note,) = stored()
    assert (note.title, note.text, note.revision) == ("My words", "By both of us", 3)


def test_a_word_of_ones_own_is_offered_beside_the_closed_list():
    """(AppTest cannot type a word that is not among the options; a browser can.)"""
    st.cache_resource.clear()
    add_note(session.get_context().notes, Draft("First", date(2025, 4, 20), category="harvest"))
    app = writer()
    form(app, "Title").set_value("T").run()
    box = form(app, "Category")
    assert box.options == [
        "✕ Sanctions", "■ Monetary policy", "◆ Energy", "▲ Escalation", "● Peace talks",
        "✚ NATO remarks", "◯ Calls & summits", "⬟ Domestic", "⬢ Other", "harvest",
    ]  # fmt: skip
    box.set_value("harvest").run()
    press(app, "Save note")
    assert [note.category for note in stored()] == ["harvest", "harvest"]


def test_a_private_note_is_chosen_in_the_form_and_told():
    app = writer()
    form(app, "Title").set_value("T").run()
    seen = next(item for item in app.get("button_group") if item.label == "Who sees it")
    seen.set_value("private").run()
    assert "Only Anna sees it" in words_of(app)
    press(app, "Save note")
    assert (stored()[0].visibility, stored()[0].owner) == ("private", "Anna")


@pytest.mark.parametrize("owner", ["", "boris ![a](http://x)"])
def test_the_name_of_a_person_is_no_markup_in_the_help(monkeypatch, owner):
    monkeypatch.setenv("DASHBOARD_USER", "anna ![a](http://x)")
    st.cache_resource.clear()
    with closing(build_context().notes) as notes:
        add_note(notes.for_user(owner) if owner else notes, Draft("T", date(2025, 4, 20)))
    app = AppTest.from_string(EDITOR, default_timeout=SECONDS).run()
    seen = next(item for item in app.get("button_group") if item.label == "Who sees it")
    assert ("Only boris" if owner else "You are anna") in seen.help
    assert "\\!\\[a\\]" in seen.help
    assert "http://x" not in seen.help
