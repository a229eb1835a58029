"""The Event page: the answer in words, its timing, its window, its exports, its empty states."""

import json
from datetime import date

import pytest

from dashboard.models.event import Draft
from dashboard.services.exports import table_file
from dashboard.services.notes import add_note, delete_note
from dashboard.services.study import DEFAULT_REQUEST, build_event_view
from dashboard.ui import session
from tests.ui.app_in_test import (
    as_read,
    code_of,
    figure_of,
    open_page,
    page_to_read,
    press,
    tables_of,
    words_of,
)

KELLOGG = "kellogg-nato-off-table-2025-04-20"
HOSTILE = "<script>alert(1)</script> **b** ![i](http://x.y/z) :material/bomb: =1+1 \u202e"
THIN = "\u202f"
JOINER = "\u2060"


def open_event(event_id=KELLOGG, **link):
    return open_page("event", id=event_id, **link)


def read_event(**link):
    return page_to_read("event", id=KELLOGG, **link)


def path_of(app):
    return next(t for t in figure_of(app)["data"] if t["mode"] == "lines+markers")


def a_note(**more):
    draft = Draft(**{"title": "My own note", "day": date(2025, 4, 22), **more})
    return add_note(session.get_context().notes, draft)


# ------------------------------------------------------------------ the answer


def test_the_kellogg_event_is_answered_in_words():
    words = words_of(read_event())
    # 100 ln(81.1371 / 80.7597) = 0.466, 80.7597/81.1371 - 1 = -0.465 %
    assert f"Rouble 0.5{THIN}% stronger" in words
    assert "at the first fixing: an ordinary move" in words
    words = as_read(read_event())
    assert f"Bigger than 35{THIN}% of the 500 nearest days" in words
    assert "81.1371 → 80.7597 RUB per USD (18 Apr → 21 Apr 2025)" in words
    assert "3 other events at the same fixing" in words
    assert "Sun 20 Apr 2025, first reported 15:09 MSK (12:09 UTC)" in words
    assert "evening of Saturday 19 April" in words


def test_the_timing_strip_names_record_market_day_and_base():
    words = words_of(read_event()).replace("\u2060", "")
    for part in (
        "**Sun 20 Apr 2025**",
        "time not known; first report 15:09 MSK (12:09 UTC), Vesti-UA",
        "no fixing on that day, so the hour does not matter",
        "**First report: not later:** 20 Apr 2025, 15:09 MSK (12:09 UTC)",
        "**Mon 21 Apr 2025**",
        "in force from 22 Apr 2025",
        "**Fri 18 Apr 2025**",
        "in force from 19 Apr 2025",
    ):
        assert part in words


def test_the_figure_runs_over_the_offsets_of_the_window():
    app = open_event(w="-10:20")
    assert path_of(app)["x"] == list(range(-10, 21))
    assert path_of(read_event())["y"][5] == pytest.approx(-0.4651, abs=1e-4)


def test_the_quote_switch_turns_figure_words_and_tables():
    usual, dollars = read_event(), read_event(up="usd")
    # 1 / (1 + change) - 1, in per cent
    turned = [100 * (100 / (100 + y) - 1) for y in path_of(usual)["y"]]
    assert path_of(dollars)["y"] == pytest.approx(turned, abs=2e-4)
    assert f"▼ Rouble 0.5{THIN}% stronger" in words_of(usual)
    assert f"▲ Rouble 0.5{THIN}% stronger" in words_of(dollars)
    # 1/81.1371 = 0.012325, 1/80.7597 = 0.012382
    assert "0.012325 → 0.012382" in as_read(dollars)
    assert "USD per RUB" in tables_of(dollars)[1].columns[2]
    assert tables_of(dollars)[1]["Log pts"].tolist()[0] == "+0.47"


def test_the_moves_stand_in_two_tables_of_five_windows():
    tables = tables_of(read_event())
    moves, certain = tables[1], tables[2]
    assert len(moves) == len(certain) == 5
    # [0,1]: 100 ln(81.4620/81.1371) = 0.400; [-5,-1]: 100 ln(81.1371/84.0040) = -3.472
    assert moves["Log pts"].tolist()[1] == "+0.40"
    assert moves["Log pts"].tolist()[4] == "−3.47"


def test_the_same_move_is_measured_on_every_source():
    sources = tables_of(read_event())[3]
    assert sources["Source"].tolist() == [
        "USD/RUB, Bank of Russia: official rate",
        "USD/RUB, ECB cross: reference rate",
        "USD/RUB implied by CNY/RUB, Bank of Russia",
    ]
    # In the window of the headline: 80.7597/81.1371 - 1 = -0.4651 %.
    assert sources["RUB per USD"].tolist()[0] == "81.1371 → 80.7597"
    assert sources["RUB per USD, %"].tolist()[0] == f"−0.47{THIN}%"
    assert "stronger" in sources["Direction"].tolist()[0]
    assert sources["Direction"].tolist()[1] == "not measured: the series ended on 2022-03-01"
    words = words_of(read_event())
    assert f"ECB cross.** Snapshot at 14:{JOINER}15 Frankfurt time of the printed date" in words


def test_sources_of_the_dollar_are_not_compared_beside_another_series():
    assert "The same move on every source" not in words_of(open_event(series="eur_usd_ecb"))


def test_the_other_pool_is_one_switch_away():
    app = open_event(pool="all")
    (pool,) = [each for each in app.segmented_control if each.label == "Compare with"]
    assert pool.value == "all"
    assert f"Bigger than 34{THIN}% of all days (3,223)" in as_read(app)


def test_the_other_model_is_one_switch_away():
    app = open_event(model="none")
    # Without an expected move the abnormal move is the move.
    assert tables_of(app)[2]["CAR ± s.e., log pts"].tolist()[0].startswith("−0.47 ±")


def test_a_model_there_is_not_is_ignored_and_told():
    words = words_of(open_event(model="tea-leaves"))
    assert "model=tea-leaves" in words
    assert f"Rouble 0.5{THIN}% stronger" in words


def test_the_page_never_claims_a_cause():
    words = words_of(read_event()).lower()
    for word in ("significant", "caused", "due to", "reacted"):
        assert word not in words


# ------------------------------------------------------------------ ways on and out


def test_the_sentence_to_copy_carries_source_and_link():
    sentence, address, frozen = (
        text.replace("\u2060", "") for text in code_of(read_event(up="usd"))
    )
    assert "asof=" in frozen
    assert "the rouble was 0.5 % stronger at the first fixing that can contain it" in sentence
    assert "https://www.jpost.com/breaking-news/article-850908" in sentence
    assert sentence.endswith(address)
    assert address.endswith(f"/event?id={KELLOGG}&up=usd")


def test_previous_and_next_keep_the_way_to_look():
    app = open_event(up="usd", w="-5:5")
    later = next(button for button in app.button if button.key == "event.after")
    app = later.click().run()
    assert app.query_params["up"] == "usd"
    assert app.query_params["w"] == "-5:5"
    assert app.query_params["id"] == "trump-deal-this-week-2025-04-20"
    back = next(button for button in app.button if button.key == "event.before")
    assert back.click().run().query_params["id"] == KELLOGG


def test_the_csv_is_that_of_the_services():
    app = open_event()
    app.session_state["event.download"] = True
    app.run()
    events = session.get_known_events().events
    kellogg = next(event for event in events if event.id == KELLOGG)
    view = build_event_view(session.load_series("usd_rub_cbr"), kellogg, events, DEFAULT_REQUEST)
    assert table_file("event_moves", [view]).startswith(b"event_id,")
    labels = [button.label for button in app.get("download_button")]
    pictures = [f"{kind}, {size}" for kind in ("PNG", "SVG") for size in ("web", "print", "square")]
    table = ["CSV", "Excel", "CSV for Excel", "CSV for Russian Excel"]
    report = ["PDF", "Web page (HTML)", "Bundle to reproduce it (ZIP)"]
    assert labels == [*pictures, *table, *table, *table, *report]
    captions = [caption.value for caption in app.caption]
    for title in ("Moves, 5 rows", "This window, 16 rows", "Every source, 3 rows"):
        assert title in captions


# ------------------------------------------------------------------ other events


def test_an_event_among_the_deals_is_answered_over_two_fixings():
    words = words_of(open_event("cbr-2025-04-25")).replace(JOINER, "")  # deals until 15:30
    assert "25 Apr 2025 13:30 MSK (10:30 UTC)" in words
    assert "over the first two fixings" in words
    assert "holds it only in part" in words


def test_a_window_that_crosses_a_change_of_method_says_so():
    words = words_of(open_event("cbr-2022-02-28", w="-10:20"))
    assert "crosses a change of the official method: 14 Mar 2022" in words


def test_an_event_after_the_data_has_the_reason_instead_of_numbers():
    app = open_event("uk-oil-sanctions-2026-10-08")
    words = words_of(app)
    assert "No move to show: after the data: the last observation describes 1 Sep 2026" in words
    assert "UK widens sanctions" in words
    assert "Series with rates on this day: EUR/USD, ECB" in words
    assert not app.get("plotly_chart")


def test_a_series_that_is_no_rouble_goes_up_and_down():
    words = words_of(open_event(series="brent_eia"))
    assert "Brent crude" in words
    assert "Rouble 0" not in words


# ------------------------------------------------------------------ notes


def test_the_title_of_a_note_is_text_wherever_it_stands():
    open_page("event")
    note = a_note(title=HOSTILE, text=HOSTILE, author=HOSTILE)
    app = open_event(note.id)
    assert not app.exception
    (title,) = app.title
    assert "\\<script\\>alert(1)\\</script\\>" in title.value
    assert "![i](" not in words_of(app).replace(app.text[0].value, "")
    assert "<script>" not in json.dumps(figure_of(app))
    assert "★" in words_of(app)


def test_a_note_is_deleted_and_taken_back():
    open_page("event")
    note = a_note()
    app = press(open_event(note.id), "Delete note")
    assert "This note was deleted on" in words_of(app)
    assert press(app, "Restore this note").title[0].value == "My own note"


def test_a_deleted_note_says_when_it_went():
    open_page("event")
    note = a_note()
    delete_note(session.get_context().notes, note.id, note.revision)
    assert "This note was deleted on" in words_of(open_event(note.id))


def test_a_catalogue_event_cannot_be_edited():
    labels = [button.label for button in read_event().button]
    assert "Edit note" not in labels
    assert "Delete note" not in labels


# ------------------------------------------------------------------ no event


@pytest.mark.parametrize("event_id", ["no-such-event", "note-999", HOSTILE[:60]])
def test_an_unknown_id_is_told_and_shown_as_text(event_id):
    app = open_event(event_id)
    assert not app.exception
    assert "There is no event with this id" in words_of(app)
    assert app.text[0].value


def test_without_an_id_the_page_says_what_it_is_for():
    assert "No event was asked for" in words_of(open_page("event"))
