"""The Explore figure: few shapes, one lane a category, small, and turned by the quote switch."""

import json
import math
from datetime import date, timedelta

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.models.event import Event
from dashboard.models.series import QUOTE_IS_SUBJECT
from dashboard.presentation.charts.explore import build_explore_figure, build_rate_line
from dashboard.presentation.charts.timeline import MAX_MARKERS, ExploreChart
from dashboard.presentation.palette import DARK_PALETTE, LIGHT_PALETTE
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import made_series

JANUARY = date(2024, 1, 1)


def shipped_view(since=date(2024, 9, 1), until=date(2026, 9, 1), **more):
    series = BundledRates().get("usd_rub_cbr")
    events = tuple(e for e in Catalogue().events() if since <= e.day <= until)
    quoting = QuotedSeries(series.card, more.pop("mode", QuoteMode.WEAKER))
    return ExploreChart(series, quoting, events, since, until, **more)


def made_view(rates, *, events=(), mode=QuoteMode.WEAKER, **more):
    series = made_series(rates, move_sign=QUOTE_IS_SUBJECT, breaks=more.pop("breaks", ()))
    until = more.pop("until", JANUARY + timedelta(days=len(rates) - 1))
    return ExploreChart(
        series, QuotedSeries(series.card, mode), tuple(events), JANUARY, until, **more
    )


def rate_trace(figure):
    return figure["data"][0]


def test_the_default_figure_is_small_and_has_few_shapes():
    figure = build_explore_figure(shipped_view(selected=date(2025, 4, 20)), LIGHT_PALETTE)
    assert len(json.dumps(figure)) < 200_000
    assert 1 <= len(figure["layout"]["shapes"]) <= 5


@pytest.mark.parametrize("years", [5, 6, 13])
def test_no_window_sends_more_than_200_kb(years):
    until = date(2026, 9, 1)
    figure = build_explore_figure(
        shipped_view(until - timedelta(days=365 * years), until), LIGHT_PALETTE
    )
    assert len(json.dumps(figure)) < 200_000
    assert len(rate_trace(figure)["x"]) <= 1_500


@pytest.mark.parametrize("mode", list(QuoteMode))
@pytest.mark.parametrize("more", [{}, {"phone": True}, {"log_scale": True}, {"brush": True}])
def test_plotly_takes_every_form_of_it(mode, more):
    go.Figure(
        **build_explore_figure(
            shipped_view(mode=mode, selected=date(2025, 4, 20), **more), DARK_PALETTE
        )
    )


def test_every_category_in_view_is_a_lane():
    view = shipped_view()
    ticks = build_explore_figure(view, LIGHT_PALETTE)["layout"]["yaxis2"]["ticktext"]
    assert len(ticks) == len({event.category for event in view.events})


def test_a_phone_gets_three_lanes_and_no_drag():
    layout = build_explore_figure(shipped_view(phone=True), LIGHT_PALETTE)["layout"]
    assert len(layout["yaxis2"]["ticktext"]) == 3
    assert layout["dragmode"] is False
    assert layout["height"] == 360


def test_a_click_anywhere_can_find_a_day():
    figure = build_explore_figure(shipped_view(), LIGHT_PALETTE)
    trace = rate_trace(figure)
    assert trace["mode"] == "lines+markers"
    assert trace["marker"]["opacity"] == 0
    assert trace["unselected"]["marker"]["opacity"] == 0
    assert figure["layout"]["hovermode"] == "x"
    assert figure["layout"]["hoverdistance"] == -1


def test_a_missing_rate_stays_missing():
    trace = rate_trace(build_explore_figure(made_view([80.0, math.nan, 82.0]), LIGHT_PALETTE))
    assert trace["y"] == [80.0, None, 82.0]
    assert trace["connectgaps"] is False


def test_the_move_of_a_tooltip_is_that_of_the_day():
    # 80 to 100 is +25 %, 100 to 80 is -20 %
    texts = rate_trace(build_explore_figure(made_view([80.0, 100.0, 80.0]), LIGHT_PALETTE))[
        "customdata"
    ]
    assert texts == ["", "1 day ▲ +25.00\u202f% weaker", "1 day ▼ −20.00\u202f% stronger"]


def test_the_quote_switch_turns_numbers_words_and_axis():
    rates = [80.0, 100.0]
    usual = build_explore_figure(made_view(rates), LIGHT_PALETTE)
    inverted = build_explore_figure(made_view(rates, mode=QuoteMode.INVERTED), LIGHT_PALETTE)
    dollars = build_explore_figure(made_view(rates, mode=QuoteMode.USD), LIGHT_PALETTE)
    assert rate_trace(usual)["y"] == rate_trace(inverted)["y"] == [80.0, 100.0]
    assert rate_trace(dollars)["y"] == [0.0125, 0.01]
    low, high = usual["layout"]["yaxis"]["range"]
    assert inverted["layout"]["yaxis"]["range"] == [high, low]
    assert "axis inverted" in inverted["layout"]["annotations"][0]["text"]
    assert "▲ +25.00" in rate_trace(usual)["customdata"][1]
    assert "▼ −20.00" in rate_trace(dollars)["customdata"][1]
    for figure in (usual, inverted, dollars):
        assert rate_trace(figure)["customdata"][1].endswith("weaker")


def test_the_axis_fits_the_window_and_not_the_whole_series():
    view = made_view([80.0] * 10 + [1_000.0], until=date(2024, 1, 10))
    low, high = build_explore_figure(view, LIGHT_PALETTE)["layout"]["yaxis"]["range"]
    assert low < 80 < high < 200


def test_a_log_axis_is_given_in_powers_of_ten():
    layout = build_explore_figure(made_view([10.0, 1000.0], log_scale=True), LIGHT_PALETTE)[
        "layout"
    ]
    low, high = layout["yaxis"]["range"]
    assert low == pytest.approx(1 - 0.12)
    assert high == pytest.approx(3 + 0.12)
    assert layout["annotations"][1]["y"] == pytest.approx(3.0)


def test_weeks_are_drawn_beyond_six_years():
    days = 6 * 366 + 10
    line = build_rate_line(made_view(np.linspace(50, 100, days + 1)))
    assert line.weekly
    gaps = np.diff(line.day).astype(int)
    assert set(gaps[:-1].tolist()) == {7}


def test_guides_are_one_broken_line_and_not_shapes():
    events = [Event(id=str(k), day=JANUARY + timedelta(days=20 * k), title="T") for k in range(40)]
    figure = build_explore_figure(
        made_view([80.0 + k % 7 for k in range(800)], events=events), LIGHT_PALETTE
    )
    guides = [trace for trace in figure["data"] if trace.get("yaxis") == "y3"]
    assert len(guides) == 1
    assert guides[0]["x"].count(None) == 40
    assert figure["layout"]["shapes"] == []


def test_a_changed_method_is_marked_and_told():
    view = made_view([80.0, 81.0, 82.0], breaks=("2024-01-02",))
    figure = build_explore_figure(view, LIGHT_PALETTE)
    (mark,) = [t for t in figure["data"] if t.get("line", {}).get("dash") == "dot"]
    assert mark["x"][:2] == ["2024-01-02", "2024-01-02"]
    assert rate_trace(figure)["customdata"][1].endswith("fixing method changed")


def test_the_day_chosen_is_a_line_and_a_band_from_its_base():
    # Saturday 6 January has no rate: the band runs from Friday's to the second rate after it
    series_days = ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09"]
    series = made_series([80.0, 81.0, 82.0, 83.0], series_days, move_sign=QUOTE_IS_SUBJECT)
    view = ExploreChart(
        series,
        QuotedSeries(series.card, QuoteMode.WEAKER),
        (),
        date(2024, 1, 4),
        date(2024, 1, 9),
        selected=date(2024, 1, 6),
    )
    line, band = build_explore_figure(view, LIGHT_PALETTE)["layout"]["shapes"]
    assert (line["x0"], line["line"]["width"]) == ("2024-01-06", 2)
    assert (band["x0"], band["x1"]) == ("2024-01-05", "2024-01-09")


def test_more_events_than_can_be_told_apart_are_counted():
    events = [Event(id=str(k), day=JANUARY, title="T") for k in range(MAX_MARKERS + 1)]
    figure = build_explore_figure(made_view([80.0, 81.0], events=events), LIGHT_PALETTE)
    (bars,) = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert bars["y"] == [MAX_MARKERS + 1]


def test_an_empty_window_is_still_a_figure():
    figure = build_explore_figure(made_view([math.nan, math.nan]), LIGHT_PALETTE)
    go.Figure(**figure)
    assert figure["layout"]["annotations"][0]["text"].startswith("RUB per USD")


def test_the_end_is_labelled_with_value_and_day():
    label = build_explore_figure(made_view([80.0, 81.5]), LIGHT_PALETTE)["layout"]["annotations"][1]
    assert label["text"] == "<b>81.5000</b><br>2 Jan 2024"
