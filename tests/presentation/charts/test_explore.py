"""The Explore figure: few shapes, one lane a category, small, and turned by the quote switch."""

import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.models.event import Event
from dashboard.models.series import QUOTE_IS_SUBJECT
from dashboard.presentation.charts.explore import (
    build_explore_figure,
    build_rate_line,
    pixels_per_day,
)
from dashboard.presentation.charts.timeline import (
    EVENTS_TRACE,
    MAX_MARKERS,
    SCHEDULED_TRACE,
    ExploreChart,
    Overlay,
)
from dashboard.presentation.palette import DARK_PALETTE, LIGHT_PALETTE
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services.study import largest_moves
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import made_series

JANUARY = date(2024, 1, 1)


def shipped_view(since=date(2024, 9, 1), until=date(2026, 9, 1), **more):
    series = BundledRates().get("usd_rub_cbr")
    events = tuple(e for e in Catalogue().events() if since <= e.day <= until)
    quoting = QuotedSeries(series.card, more.pop("mode", QuoteMode.WEAKER))
    others = [BundledRates().get(name) for name in more.pop("overlays", ())]
    more["overlays"] = tuple(
        Overlay(other, QuotedSeries(other.card, QuoteMode.WEAKER)) for other in others
    )
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
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"phone": True},
        {"log_scale": True},
        {"average": 20, "has_band": True, "has_overview": True},
        {"overlays": ("brent_eia", "eur_rub_cbr"), "average": 50},
        {"overlays": ("brent_eia", "key_rate_cbr"), "overlay_mode": "pane", "has_overview": True},
        {"overlays": ("eur_rub_cbr",), "overlay_mode": "index", "log_scale": True, "average": 20},
    ],
)
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


def test_a_phone_gets_one_strip_of_events_and_no_drag():
    view = shipped_view(phone=True)
    figure = build_explore_figure(view, LIGHT_PALETTE)
    layout = figure["layout"]
    assert layout["yaxis2"]["ticktext"] == []
    assert layout["yaxis2"]["showticklabels"] is False
    (strip,) = [trace for trace in figure["data"] if trace.get("name") == EVENTS_TRACE]
    assert set(strip["y"]) == {0}
    assert sum(int(count or 1) for count in strip["text"]) == len(view.events)
    assert layout["dragmode"] is False
    assert layout["xaxis"]["fixedrange"] is True
    # the sheet with the card of the chosen day takes the lower half of the screen
    chosen = shipped_view(phone=True, selected=date(2025, 4, 21))
    over_sheet = build_explore_figure(chosen, LIGHT_PALETTE)["layout"]
    assert over_sheet["height"] < 844 / 2 < layout["height"]


def test_a_name_of_a_move_lies_neither_on_the_line_nor_on_another_name():
    view = shipped_view(has_overview=True)
    found = largest_moves(view.series, (), view.since, view.until)
    moves = found[:3]
    layout = build_explore_figure(replace(view, named_moves=moves), LIGHT_PALETTE)["layout"]
    names = [note for note in layout["annotations"] if note.get("showarrow")]
    assert len(names) == 3
    foot, top = layout["yaxis"]["range"]
    area = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    height = (layout["yaxis"]["domain"][1] - layout["yaxis"]["domain"][0]) * area
    per_day = pixels_per_day(view)
    days = [(day.astype(object) - view.since).days * per_day for day in view.series.day]
    rates = [(rate - foot) / (top - foot) * height for rate in view.series.rate]
    boxes = []
    for note in names:
        x = (date.fromisoformat(note["x"]) - view.since).days * per_day + note["ax"]
        y = (note["y"] - foot) / (top - foot) * height - note["ay"]
        # two lines of about 60 pixels, 12 high each
        left, right = (x, x + 60) if note["xanchor"] == "left" else (x - 60, x)
        inside = [r for day, r in zip(days, rates, strict=True) if left < day < right]
        assert not any(y - 12 < rate < y + 12 for rate in inside)
        boxes.append((left, right, y - 12, y + 12))
    for k, (left, right, low, high) in enumerate(boxes):
        for other in boxes[:k]:
            assert right < other[0] or other[1] < left or high < other[2] or other[3] < low


def test_a_desk_zooms_dates_only_and_has_a_line_through_all_panes_at_the_mouse():
    layout = build_explore_figure(shipped_view(has_overview=True), LIGHT_PALETTE)["layout"]
    assert layout["dragmode"] == "zoom"
    assert layout["xaxis"]["fixedrange"] is False
    assert layout["xaxis2"]["fixedrange"] is False
    assert all(layout[f"yaxis{k}"]["fixedrange"] for k in ("", "2", "3", "4"))
    assert layout["xaxis"]["spikemode"] == "across"
    assert layout["hovermode"] == "x"


def test_the_line_goes_on_a_quarter_of_the_window_on_both_sides():
    rates = [80.0 + day % 3 for day in range(101)]
    series = made_series(rates, move_sign=QUOTE_IS_SUBJECT)
    quoting = QuotedSeries(series.card, QuoteMode.WEAKER)
    first, last = JANUARY + timedelta(days=40), JANUARY + timedelta(days=60)
    trace = rate_trace(
        build_explore_figure(ExploreChart(series, quoting, (), first, last), LIGHT_PALETTE)
    )
    assert (trace["x"][0], trace["x"][-1]) == ("2024-02-05", "2024-03-06")


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


def test_no_event_has_a_line_of_its_own_until_it_is_chosen():
    events = [Event(id=str(k), day=JANUARY + timedelta(days=20 * k), title="T") for k in range(40)]
    rates = [80.0 + k % 7 for k in range(800)]
    figure = build_explore_figure(made_view(rates, events=events), LIGHT_PALETTE)
    assert [trace for trace in figure["data"] if trace.get("yaxis") == "y3"] == []
    assert figure["layout"]["shapes"] == []
    chosen = made_view(rates, events=events, selected=JANUARY + timedelta(days=20))
    line, _band = build_explore_figure(chosen, LIGHT_PALETTE)["layout"]["shapes"]
    assert line["x0"] == "2024-01-21"


def test_a_changed_method_is_marked_and_told():
    view = made_view([80.0, 81.0, 82.0], breaks=("2024-01-02",))
    figure = build_explore_figure(view, LIGHT_PALETTE)
    (mark,) = [t for t in figure["data"] if t.get("line", {}).get("dash") == "dot"]
    assert mark["x"][:2] == ["2024-01-02", "2024-01-02"]
    assert rate_trace(figure)["customdata"][1].endswith("fixing method changed")
    (label,) = [n for n in figure["layout"]["annotations"] if n.get("yref") == "y3"]
    assert (label["x"], label["text"]) == ("2024-01-02", "fixing method changed")


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


def test_the_largest_moves_are_named_on_the_line():
    view = made_view([80.0, 100.0, 80.0])
    moves = largest_moves(view.series, (), JANUARY, view.until)
    figure = build_explore_figure(replace(view, named_moves=moves), LIGHT_PALETTE)
    names = [note for note in figure["layout"]["annotations"] if note.get("showarrow")]
    # 80 to 100 is +25 %, 100 to 80 is -20 %; the name of a rise stands above the line
    assert [(note["x"], note["text"].split("<br>")[0]) for note in names] == [
        ("2024-01-02", "<b>▲ +25.0\u202f% weaker</b>"),
        ("2024-01-03", "<b>▼ −20.0\u202f% stronger</b>"),
    ]
    assert names[0]["ay"] < 0 < names[1]["ay"]


def test_the_hover_text_of_an_event_has_its_move_and_its_source():
    event = Event(id="e", day=JANUARY, title="Said", category="energy", source_name="A paper")
    view = made_view([80.0, 81.0], events=[event], event_moves={"e": "▲ +1.25 % weaker"})
    (marks,) = [
        trace
        for trace in build_explore_figure(view, LIGHT_PALETTE)["data"]
        if trace.get("name") == EVENTS_TRACE
    ]
    assert marks["customdata"][0].split("<br>") == [
        "<b>Mon 1 Jan 2024</b>",
        "◆ Said",
        "▲ +1.25 % weaker",
        "Energy · A paper",
    ]


def test_other_series_have_axes_of_their_own_at_the_right():
    view = shipped_view(overlays=("brent_eia", "eur_rub_cbr"))
    figure = build_explore_figure(view, LIGHT_PALETTE)
    assert [trace["yaxis"] for trace in figure["data"] if "yaxis" in trace][:2] == ["y5", "y6"]
    assert figure["layout"]["yaxis5"]["side"] == "right"
    assert figure["layout"]["yaxis6"]["overlaying"] == "y"


def test_rebased_lines_begin_at_100():
    other = made_series([50.0, 60.0, 40.0], move_sign=QUOTE_IS_SUBJECT)
    view = made_view([80.0, 100.0, 60.0], overlay_mode="index")
    overlay = Overlay(other, QuotedSeries(other.card, QuoteMode.WEAKER))
    figure = build_explore_figure(replace(view, overlays=(overlay,)), LIGHT_PALETTE)
    # 100 / 80 and 60 / 80; 60 / 50 and 40 / 50
    assert figure["data"][0]["y"] == [100.0, 125.0, 75.0]
    assert figure["data"][1]["y"] == [100.0, 120.0, 80.0]
    assert figure["data"][1]["yaxis"] == "y"


def test_points_are_never_rebased_and_have_an_axis_of_their_own():
    view = shipped_view(overlays=("brent_eia", "key_rate_cbr", "gpr_daily"), overlay_mode="index")
    figure = build_explore_figure(view, LIGHT_PALETTE)
    brent, key, risk = (trace for trace in figure["data"] if len(trace.get("meta") or []) == 2)
    assert (brent["yaxis"], key["yaxis"], risk["yaxis"]) == ("y", "y6", "y7")
    assert brent["y"][0] is None or brent["y"][0] > 0
    assert set(key["meta"][1:]) == {"% a year"}
    assert max(key["y"]) <= 21
    assert [figure["layout"][f"yaxis{n}"]["shift"] for n in (6, 7)] == [0, 46]
    assert figure["layout"]["margin"]["r"] == 2 * 46 + 8


def test_a_policy_rate_is_a_step_on_the_day_it_is_in_force():
    view = shipped_view(overlays=("key_rate_cbr", "ruonia_cbr"))
    view = replace(view, since=date(2013, 9, 17), until=date(2026, 8, 20))
    figure = build_explore_figure(view, LIGHT_PALETTE)
    key, money = (trace for trace in figure["data"] if len(trace.get("meta") or []) == 2)
    assert (key["line"]["shape"], money["line"].get("shape")) == ("hv", None)
    level = dict(zip(key["x"], key["y"], strict=True))
    # Decided on Friday 25 October 2024, in force from Monday the 28th.
    assert level["2024-10-28"] == 21.0
    assert [y for x, y in level.items() if x < "2024-10-28"][-1] == 19.0


def test_a_pane_of_its_own_lies_below_the_rate():
    view = shipped_view(overlays=("brent_eia", "eur_rub_cbr"), overlay_mode="pane")
    layout = build_explore_figure(view, LIGHT_PALETTE)["layout"]
    first, second = layout["yaxis5"]["domain"], layout["yaxis6"]["domain"]
    assert layout["yaxis"]["domain"][0] > first[1] > first[0] > second[1] > second[0]
    assert layout["xaxis"]["anchor"] == "y6"


def test_the_average_is_that_of_the_number_shown():
    view = made_view([80.0, 100.0, 60.0, 100.0], average=2, has_band=True)
    band, average = build_explore_figure(view, LIGHT_PALETTE)["data"][1:3]
    # pairs 80 100, 100 60, 60 100: means 90 80 80, deviations 10 20 20
    assert average["x"] == ["2024-01-02", "2024-01-03", "2024-01-04"]
    assert average["y"] == [90.0, 80.0, 80.0]
    assert band["y"] == [110.0, 120.0, 120.0, 40.0, 40.0, 70.0]
    dollars = made_view([80.0, 100.0], average=2, mode=QuoteMode.USD)
    # 1 / 80 and 1 / 100: the mean is 0.01125, and not 1 / 90
    assert build_explore_figure(dollars, LIGHT_PALETTE)["data"][1]["y"] == [0.01125]


def test_the_overview_has_the_last_number_of_each_week_of_the_whole_series():
    view = made_view([80.0 + k for k in range(15)], has_overview=True)
    figure = build_explore_figure(replace(view, until=JANUARY + timedelta(days=3)), LIGHT_PALETTE)
    overview = figure["data"][-1]
    # 1 January 2024 is a Monday: the weeks end on the 7th and the 14th, the data on the 15th
    assert overview["x"] == ["2024-01-07", "2024-01-14", "2024-01-15"]
    assert overview["y"] == [86.0, 93.0, 94.0]
    window = figure["layout"]["shapes"][-1]
    assert (window["xref"], window["x0"], window["x1"]) == ("x2", "2024-01-01", "2024-01-05")


def test_scheduled_events_are_hollow_with_a_dashed_line_to_the_right_of_a_marked_today():
    until = date(2024, 3, 1)
    days = [date(2024, 3, 20), date(2024, 4, 2), date(2024, 5, 1)]
    events = [Event(str(day), day, "Meeting", "monetary_policy") for day in (until, *days)]
    view = made_view(
        [80.0] * 61,
        events=events[:1],
        today=date(2024, 3, 10),
        horizon=date(2024, 4, 5),
        upcoming=tuple(events[1:]),
        countdowns={str(days[0]): "in 10 days"},
    )
    figure = build_explore_figure(view, LIGHT_PALETTE)
    (scheduled,) = [trace for trace in figure["data"] if trace.get("name") == SCHEDULED_TRACE]
    assert scheduled["x"] == ["2024-03-20", "2024-04-02"]  # the third lies beyond the axis
    assert scheduled["marker"]["symbol"] == ["square-open-dot"] * 2
    assert "in 10 days" in scheduled["customdata"][0]
    shapes = figure["layout"]["shapes"]
    dashed = [s["x0"] for s in shapes if s.get("line", {}).get("dash") == "dash"]
    assert dashed == ["2024-03-20", "2024-04-02"]
    assert [s["x0"] for s in shapes if s.get("line", {}).get("dash") == "dot"] == ["2024-03-10"]
    assert "today" in [note["text"] for note in figure["layout"]["annotations"]]
    # 95 days and 0.6 % of them
    assert figure["layout"]["xaxis"]["range"] == ["2023-12-31 10:19", "2024-04-05 13:40"]
    plain = build_explore_figure(made_view([80.0] * 61, events=events[:1]), LIGHT_PALETTE)
    assert "today" not in [note["text"] for note in plain["layout"]["annotations"]]
