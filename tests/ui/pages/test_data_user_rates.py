"""A person's own rates on the Data page: checked, stored, refused in words, removed."""

import pytest

from dashboard.container import build_context
from tests.ui.app_in_test import figure_of, open_page, page_to_read, press, words_of

GOOD = b"date,USD\n2025-04-17,82.5\n2025-04-18,81.1\n2025-04-21,80.8\n"
HOURS = b"date,USD\n2025-04-21 10:00,80.5\n2025-04-21 11:00,80.7\n2025-04-21 12:00,80.6\n"


@pytest.fixture
def page():
    return open_page("data")


def bring(app, content, name="desk.csv"):
    return app.file_uploader[0].upload(name, content, "text/csv").run()


def kept():
    return {card.id: card for card in build_context().own.cards()}


def test_the_card_says_what_may_be_brought():
    page = page_to_read("data")
    assert "Your own rates" in words_of(page)
    assert "Bring a CSV or Excel file" in words_of(page)
    assert not page.exception


def test_a_file_is_looked_at_before_it_is_kept(page):
    bring(page, GOOD)
    assert page.success[0].value == "File looks good."
    assert "**USD** · 3 rows · " in words_of(page)
    assert kept() == {}
    press(page, "Save")
    assert not page.exception
    assert list(kept()) == ["own_desk"]
    assert "Saved as own\\_desk" in words_of(page) or "Saved as own_desk" in words_of(page)
    assert "`own_desk`" in words_of(page)
    assert page.file_uploader[0].value is None


def test_what_is_kept_is_a_series_on_explore(page):
    bring(page, GOOD)
    press(page, "Save")
    app = open_page("", series="own_desk")
    assert not app.exception
    assert figure_of(app)["data"][0]["y"] == [82.5, 81.1, 80.8]
    assert "own_desk" in {card.id for card in build_context().own.cards()}
    assert "imported" in words_of(open_page("data", series="own_desk"))


def test_a_series_of_no_known_pair_is_called_by_its_name_and_has_no_expected_direction(page):
    bring(page, b"date,urals_desk\n2025-04-17,400\n2025-04-18,410\n2025-04-21,507.6\n")
    page.text_input(key="own.title").set_value("Urals").run()
    press(page, "Save")
    (card,) = kept().values()
    assert (card.unit, card.inverse_unit) == ("Urals", "1 / Urals")
    words = " ".join(words_of(open_page("", series=card.id)).split())
    assert "Urals up 26.9 %" in words  # 507.6 / 400 = 1.269
    assert "as quoted" not in words


def test_what_is_wrong_is_said_in_words_of_the_page_and_the_file_stays(page):
    bring(page, HOURS)
    told = page.warning[0].value
    assert "We can't read this file yet" in told
    assert "say its time zone" in told
    assert "--" not in told
    assert not any(button.label == "Save" for button in page.button)
    page.selectbox(key="own.zone").select("Europe/Moscow").run()
    assert page.file_uploader[0].value is not None
    assert "bars of 60 minutes" in words_of(page)
    assert "say on import whether a stamp is" in page.warning[0].value
    page.selectbox(key="own.stamps").select("begin").run()
    assert page.success
    page.text_input(key="own.name").set_value("hours").run()
    press(page, "Save")
    assert kept()["own_hours"].bar_minutes == 60


def test_a_name_that_is_taken_is_said_and_nothing_typed_is_lost(page):
    bring(page, GOOD)
    press(page, "Save")
    bring(page, GOOD.replace(b"80.8", b"80.9"))
    page.text_input(key="own.title").set_value("My desk").run()
    press(page, "Save")
    assert "Not saved: series" in words_of(page)
    assert "take another name" in words_of(page)
    assert page.file_uploader[0].value is not None
    assert page.text_input(key="own.title").value == "My desk"
    page.text_input(key="own.name").set_value("desk2").run()
    press(page, "Save")
    assert set(kept()) == {"own_desk", "own_desk2"}


def test_a_removed_series_is_gone(page):
    bring(page, GOOD)
    press(page, "Save")
    press(page, "Remove it")
    assert kept() == {}
    assert "Bring a CSV or Excel file" in words_of(page)


def test_a_hostile_name_and_column_run_nothing(page):
    column = "<img src=x onerror=alert(1)> [x](http://evil.example) www.evil.example"
    bring(page, f"date,{column}\n2025-04-17,82.5\n".encode(), "../../<script>.csv")
    press(page, "Save")
    (card,) = kept().values()
    for text in (card.id, card.title, card.publisher, card.description):
        assert not set(text) & set("<>[]*`$@&\"'")
        assert "www." not in text
    assert not open_page("", series=card.id).exception


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"PK\x03\x04", b"<html>", b"date\n"])
def test_no_file_breaks_the_page(page, content):
    bring(page, content)
    assert not page.exception
    assert "We can't read this file yet" in page.warning[0].value
