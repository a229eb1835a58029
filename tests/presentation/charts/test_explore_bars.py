"""Explore with bars: the clock of Moscow, open nights, weekends marked, events at their hour."""

from __future__ import annotations

from datetime import date

import plotly.graph_objects as go
import pytest

from dashboard.presentation.charts.explore import build_explore_figure
from dashboard.presentation.charts.timeline import ExploreChart
from dashboard.presentation.palette import LIGHT_PALETTE
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from tests.made_bars import begins_of, event_on, made_bars, working_days

DAYS = [*working_days("2025-06-02", 15), "2025-06-21", "2025-06-23", "2025-06-24"]


def view(since="2025-06-16", until="2025-06-24", events=(), **more):
    begins = begins_of(DAYS)
    series = made_bars([80 + k / 100 for k in range(len(begins))], begins, move_sign=-1)
    ends = date.fromisoformat(since), date.fromisoformat(until)
    return ExploreChart(
        series, QuotedSeries(series.card, QuoteMode.WEAKER), tuple(events), *ends, **more
    )


def line_of(figure):
    return figure["data"][0]


@pytest.mark.parametrize("more", [{}, {"phone": True}, {"selected": date(2025, 6, 20)}])
def test_plotly_takes_it(more):
    go.Figure(
        **build_explore_figure(
            view(events=[event_on("2025-06-20", "12:20")], **more), LIGHT_PALETTE
        )
    )


def test_bars_lie_at_their_ends_by_the_clock_of_moscow_and_the_axis_says_so():
    figure = build_explore_figure(view("2025-06-20", "2025-06-20"), LIGHT_PALETTE)
    assert line_of(figure)["x"][0] == "2025-06-20T11:00:00"
    assert line_of(figure)["x"][-1] == "2025-06-20T19:00:00"
    assert "MSK" in line_of(figure)["hovertemplate"]
    assert figure["layout"]["xaxis"]["title"]["text"] == "Moscow time"
    assert figure["layout"]["xaxis"]["range"][1] >= "2025-06-21"


def test_a_night_is_left_open_in_a_short_window_and_not_in_a_long_one():
    short = line_of(build_explore_figure(view("2025-06-18", "2025-06-20"), LIGHT_PALETTE))
    assert [k for k, x in enumerate(short["x"]) if x is None] == [9, 19]
    assert len(short["x"]) == len(short["y"]) == len(short["customdata"]) == 3 * 9 + 2
    assert short["connectgaps"] is False
    long = line_of(build_explore_figure(view("2025-06-02", "2025-06-24"), LIGHT_PALETTE))
    assert None not in long["x"]


def test_a_move_over_a_break_and_a_weekend_say_so_where_the_mouse_is():
    texts = line_of(build_explore_figure(view("2025-06-20", "2025-06-21"), LIGHT_PALETTE))[
        "customdata"
    ]
    assert texts[0].endswith("(over a break)")
    assert texts[1].startswith("1 hour ▲")
    assert texts[10].split("<br>")[1] == "weekend session"


def test_weekend_sessions_have_a_band_with_a_name():
    layout = build_explore_figure(view(), LIGHT_PALETTE)["layout"]
    (band,) = [s for s in layout["shapes"] if s["type"] == "rect"]
    assert (band["x0"], band["x1"]) == ("2025-06-21T10:00:00", "2025-06-21T19:00:00")
    assert "weekend session" in [note["text"] for note in layout["annotations"]]


def test_a_timed_event_stands_at_its_hour_and_in_the_hover_of_its_bar():
    events = [
        event_on("2025-06-20", "12:20"),
        event_on("2025-06-20", "16:10"),
        event_on("2025-06-19"),
    ]
    figure = build_explore_figure(view("2025-06-19", "2025-06-20", events), LIGHT_PALETTE)
    rows = next(t for t in figure["data"] if t.get("yaxis") == "y2" and "symbol" in t["marker"])
    assert rows["x"] == ["2025-06-19T00:00:00", "2025-06-20T12:20:00", "2025-06-20T16:10:00"]
    line = line_of(figure)
    contained = [x for x, text in zip(line["x"], line["customdata"], strict=True) if "⬢" in text]
    assert contained == ["2025-06-20T13:00:00", "2025-06-20T17:00:00"]


def test_the_day_chosen_is_as_wide_as_its_bars_and_its_last_bar_has_the_dot():
    figure = build_explore_figure(view(selected=date(2025, 6, 20)), LIGHT_PALETTE)
    bands = [s for s in figure["layout"]["shapes"] if s["x0"] == "2025-06-20"]
    assert [s["x1"] for s in bands] == ["2025-06-21"]
    assert figure["data"][-1]["x"] == ["2025-06-20T19:00:00"]
