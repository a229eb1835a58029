"""Explore: the day chosen, the filters, the window; every control is in the link."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import streamlit as st
from sqlalchemy.exc import OperationalError

from dashboard.models.errors import StoreError
from dashboard.models.event import Draft
from dashboard.services import study
from dashboard.services.notes import add_note
from dashboard.ui import session
from dashboard.ui.components.view_controls import compute_limits
from dashboard.ui.pages.explore.state import read_zoom
from tests.ui.app_in_test import as_read, figure_of, open_page, page_to_read, press, words_of

CONTROLS = (
    "selectbox", "multiselect", "date_input", "text_input", "toggle", "pills", "segmented_control",
)  # fmt: skip


def lanes_of(app):
    return figure_of(app)["layout"]["yaxis2"]["ticktext"]


def control(app, label):
    kinds = (
        "selectbox",
        "multiselect",
        "date_input",
        "text_input",
        "toggle",
        "pills",
        "segmented_control",
    )
    return next(widget for kind in kinds for widget in app.get(kind) if widget.label == label)


def choose_window(app, name):
    return control(app, "Window").set_value(name).run()


def test_it_opens_on_the_last_two_years_and_the_latest_rate():
    app = page_to_read()
    assert figure_of(app)["layout"]["xaxis"]["range"][0].startswith("2024-08-2")
    # the last record ships as 2026-09-02, which is the market day before
    assert "#### Tue 1 Sep 2026" in words_of(app)
    assert "86.7530" in words_of(app)
    assert app.query_params == {}


def test_the_day_of_a_link_opens_its_card():
    words = words_of(page_to_read(sel="2025-04-20"))
    # Sunday 20 April 2025: the first rate after it is Monday's, 80.7597, against 81.1371
    assert "#### Sun 20 Apr 2025" in words
    assert "No rate on this day. The first rate after it: Mon 21 Apr 2025." in words
    assert "80.7597" in words
    assert "−0.47\u202f% stronger" in words
    assert "strongest since 30 May 2023 (80.6872)" in words
    # Sunday's and Monday's, before the fixing of Monday
    assert "**4 events in this rate**" in words
    assert "RUB 80.76" in words


def test_every_control_is_restored_from_a_link():
    app = open_page(
        **{"from": "2022-01-01"},
        to="2022-06-30",
        cat=["sanctions", "energy"],
        q="gas",
        up="usd",
        scale="log",
        notes="hidden",
        series="eur_rub_ecb",
    )
    assert control(app, "From").value == date(2022, 1, 1)
    # the ECB suspended its rouble rate on 1 March 2022, but one may look further
    assert control(app, "To").value == date(2022, 6, 30)
    assert control(app, "Search events").value == "gas"
    assert control(app, "Quote").value == "usd"
    assert control(app, "Series").value == "eur_rub_ecb"
    assert control(app, "Log scale").value is True
    assert control(app, "Your notes").value is False
    assert figure_of(app)["layout"]["yaxis"]["type"] == "log"


def test_the_quote_switch_turns_words_axis_and_card_together():
    usual = page_to_read(sel="2025-04-20")
    dollars = page_to_read(sel="2025-04-20", up="usd")
    assert "▼ −0.47\u202f% stronger" in words_of(usual)
    assert "▲ +0.47\u202f% stronger" in words_of(dollars)
    notes = [figure_of(app)["layout"]["annotations"][0]["text"] for app in (usual, dollars)]
    assert notes == ["RUB per USD (up = weaker rouble)", "USD per RUB (up = stronger rouble)"]


def test_a_control_that_is_used_goes_into_the_link():
    app = open_page()
    control(app, "Quote").set_value("inverted").run()
    assert app.query_params == {"up": "inverted"}
    control(app, "From").set_value(date(2026, 1, 1)).run()
    assert app.query_params == {"from": "2026-01-01", "up": "inverted"}
    choose_window(app, "2Y")
    assert app.query_params == {"up": "inverted"}


def test_a_preset_moves_the_window():
    app = choose_window(open_page(), "5Y")
    # five years before the last rate of 1 September 2026
    assert app.query_params == {"from": "2021-09-01"}
    assert control(app, "From").value == date(2021, 9, 1)


def test_impossible_days_are_told_and_the_usual_window_opens():
    app = open_page(**{"from": "2025-06-01", "to": "2024-06-01"})
    assert "were ignored: from=2025-06-01, to=2024-06-01." in words_of(app)
    assert control(app, "From").value == date(2024, 9, 1)
    assert app.query_params == {}


def test_an_unknown_series_and_a_day_outside_the_data_are_told():
    words = words_of(open_page(series="gold", sel="1812-09-07"))
    assert "were ignored: series=gold, sel=1812-09-07." in words


def test_a_start_before_the_data_is_told():
    assert "Rates start on 9 Jan 2013; showing from there." in words_of(
        open_page(**{"from": "2000-01-01"})
    )


def test_categories_leave_their_lanes_only():
    assert lanes_of(open_page(cat="sanctions")) == ["Sanctions"]
    assert len(lanes_of(page_to_read())) > 5


def test_a_search_that_finds_nothing_anywhere_offers_to_clear_it_and_no_other_window():
    app = open_page(q="zzzz")
    assert "No event matches in 1 Sep 2024 – 1 Sep 2026. None matches in any other year" in as_read(
        app
    )
    assert app.get("plotly_chart")
    assert not [button for button in app.button if button.label.endswith("in all years")]
    press(app, "Clear the search")
    assert app.query_params == {}
    assert "No event matches" not in words_of(app)


def test_a_search_that_finds_something_in_other_years_shows_it():
    app = open_page(q="crimea", **{"from": "2026-08-01"})
    label = next(b.label for b in app.button if b.label.endswith("in all years"))
    found = session.get_known_events().events
    texts = (f"{e.title} {e.actor} {e.text} {e.tags} {e.source_name}".lower() for e in found)
    wanted = [text for text in texts if "crimea" in text]
    assert label == f"Show {len(wanted)} in all years"
    press(app, label)
    assert app.query_params == {"from": "2013-01-09", "q": "crimea"}
    assert "No event matches" not in words_of(app)


def test_a_note_of_the_evening_is_listed_under_the_rate_that_can_contain_it():
    st.cache_resource.clear()
    evening = datetime(2025, 11, 12, 15, 30, tzinfo=UTC)  # 18:30 in Moscow, after the fixing
    draft = Draft("An evening talk", date(2025, 11, 12), moment=evening)
    add_note(session.get_context().notes, draft)
    words = words_of(open_page(sel="2025-11-12"))
    assert "**On this day, first in the rate of Thu 13 Nov 2025**" in words
    later = open_page(sel="2025-11-13")
    assert "in this rate" in words_of(later)
    assert "An evening talk" in str([link.proto.label for link in later.get("page_link")])


def test_a_note_has_its_own_lane_and_can_be_hidden():
    st.cache_resource.clear()
    add_note(session.get_context().notes, Draft("A talk that nobody saw", date(2026, 8, 20)))
    assert lanes_of(open_page())[0] == "Your notes"
    assert "Your notes" not in lanes_of(open_page(notes="hidden"))
    assert "A talk that nobody saw" in str(figure_of(open_page(q="nobody saw")))


def test_a_compact_view_draws_a_figure_that_leaves_swipes_alone():
    app = open_page(view="compact")
    chart = app.get("plotly_chart")[0].proto
    assert figure_of(app)["layout"]["dragmode"] is False
    assert list(chart.selection_mode) == []


@pytest.mark.parametrize("step", ["day_card.earlier", "day_card.later"])
def test_the_card_steps_from_rate_to_rate(step):
    app = open_page(sel="2025-04-21")
    app.button(key=step).click().run()
    # Easter Monday 2025: the rates around 21 April are of Friday 18 and Tuesday 22
    assert (
        app.query_params["sel"]
        == {
            "day_card.earlier": "2025-04-18",
            "day_card.later": "2025-04-22",
        }[step]
    )


def test_a_hostile_title_is_shown_as_text():
    st.cache_resource.clear()
    title = "<img src=x onerror=alert(1)> [a](https://evil.example) ![b](https://evil.example/b)"
    add_note(session.get_context().notes, Draft(title, date(2026, 8, 20)))
    app = open_page(sel="2026-08-20")
    spec = app.get("plotly_chart")[0].proto.spec
    assert "<img" not in spec
    card = [link.proto.label for link in app.main.get("page_link") if "★" in link.proto.label]
    assert all(label.startswith(":primary[") and label.endswith("]") for label in card)
    links = [label[len(":primary[") : -1] for label in card]
    assert any("img" in label for label in links)
    assert not any(re.search(r"(?<!\\)[\[\]]", label) for label in links)


def test_without_a_store_the_catalogue_is_shown_alone(monkeypatch):
    class Broken:
        def version(self):
            raise StoreError("the store cannot be read") from OperationalError("x", {}, None)

    st.cache_resource.clear()
    parts = session.get_context()
    monkeypatch.setattr(
        session,
        "get_context",
        lambda: replace(parts, notes=Broken()),
    )
    app = open_page()
    assert not app.exception
    assert "the notes cannot be read now" in words_of(app)
    assert len(lanes_of(app)) > 5


def test_the_largest_moves_are_named_on_the_chart_and_listed_when_their_fold_is_opened():
    app = open_page()
    names = [n["text"] for n in figure_of(app)["layout"]["annotations"] if n.get("showarrow")]
    # the three largest moves of the two years to September 2026
    assert [name.split("<br>")[1] for name in names] == ["6 Dec 2024", "18 Mar 2025", "29 Jul 2025"]
    assert not app.dataframe
    app.session_state["moves.fold"] = True
    app.run()
    assert app.dataframe[0].value["day"].tolist()[:2] == ["Fri 6 Dec 2024", "Tue 18 Mar 2025"]


def test_other_series_and_an_average_are_in_the_link():
    link = {"over": ["brent_eia", "eur_rub_cbr"], "as": "pane", "ma": "50", "band": "shown"}
    app = open_page(**link)
    assert app.query_params == link
    assert control(app, "Other series").value == ["brent_eia", "eur_rub_cbr"]
    assert control(app, "Drawn with").value == "pane"
    assert control(app, "Moving average, observations").value == "50"
    layout = figure_of(app)["layout"]
    assert layout["xaxis"]["anchor"] == "y6"


def test_an_overlay_that_there_is_not_is_told():
    told = as_read(open_page(over=["brent_eia", "gold", "usd_rub_cbr"]))
    assert "were ignored: over=gold, over=usd_rub_cbr." in told


def test_a_zoom_of_the_chart_is_the_window_of_the_link():
    bounds = compute_limits(session.load_series("usd_rub_cbr"), (), date(2026, 9, 1))
    # 1 January to 31 March 2025 are 89 days; the axis is wider by 0.6 % of that on both sides
    ends = {"from": "2024-12-31 11:10:58.1", "to": "2025-03-31 12:49:01.9"}
    assert read_zoom(ends, bounds) == (date(2025, 1, 1), date(2025, 3, 31))
    whole = {"from": "2025-01-01", "to": "2025-03-31 00:00", "overview": True}
    assert read_zoom(whole, bounds) == (date(2025, 1, 1), date(2025, 3, 31))
    turned = {"from": "2025-03-31", "to": "2025-01-01", "overview": True}
    assert read_zoom(turned, bounds) == (date(2025, 1, 1), date(2025, 3, 31))


def test_categories_carry_the_marks_and_counts_of_the_window():
    app = open_page(**{"from": "2026-01-01"})
    (options,) = [pills.options for pills in app.get("pills")]
    events = [e for e in session.get_known_events().events if e.day >= date(2026, 1, 1)]
    events = [e for e in events if e.day <= date(2026, 9, 1)]
    count = sum(event.category == "sanctions" for event in events)
    assert f':color[✕]{{foreground="#AE09AE"}} Sanctions :gray[{count}]' in options


def test_the_table_behind_the_chart_is_made_when_it_is_opened():
    app = open_page(**{"from": "2026-08-20"})
    assert not app.get("download_button")
    app.session_state["behind"] = True
    app.run()
    labels = [button.label for button in app.get("download_button")]
    # rates of 20 August to 1 September 2026: nine market days
    assert labels[0] == "CSV (this view, 9 rows)"


def test_a_rerun_computes_no_move_again(monkeypatch):
    st.cache_resource.clear()
    ranked = []
    rank = study.rank_rows

    def counted(series, rows, request):
        ranked.append(len(rows))
        return rank(series, rows, request)

    monkeypatch.setattr(study, "rank_rows", counted)
    app = open_page(sel="2025-04-20")
    assert sorted(ranked) == [1, 5]  # the move of the day and the largest in view
    again = app.run()
    assert "80.7597" in words_of(again)
    assert len(ranked) == 2


def test_regimes_are_drawn_where_they_are_chosen_with_their_table():
    assert not [f for f in open_page("").expander if "regimes" in f.label]
    app = open_page("", regimes="volatility", **{"from": "2013-01-10", "to": "2026-09-01"})
    assert not app.exception
    (fold,) = [f for f in app.expander if "regimes" in f.label]
    rows = len(fold.table[0].value)
    assert fold.label == f"Table of the regimes ({rows})"
    figure = figure_of(app)
    lines = [s for s in figure["layout"]["shapes"] if s.get("line", {}).get("dash") == "longdash"]
    assert len(lines) == rows - 1
    names = [n["text"] for n in figure["layout"]["annotations"] if "volatility" in n["text"]]
    assert names[0].startswith("1: volatility")
