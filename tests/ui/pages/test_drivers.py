"""The Drivers page: one answer over five parts, each with N and what would be found."""

from __future__ import annotations

import pytest

from tests.ui.app_in_test import as_read, figures_of, open_page, page_to_read, unfold

PARTS = {
    "response": "After a change of the driver",
    "levels": "Rate and driver",
    "lags": "Before and after the driver's change",
    "rolling": "Does the relation change over time?",
    "samples": "Is it the same under every method?",
}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_opens_alone_with_a_small_figure_under_one_answer(part):
    app = page_to_read("drivers", part=part, **{"from": "2022-01-10"})
    assert not app.exception
    assert [head.value for head in app.header] == [PARTS[part]]
    assert [head.value for head in app.title] == ["What moved with the rouble?"]
    said = as_read(app)
    assert "No move of the rouble beyond chance is seen after changes of Brent" in said
    assert "would be found at +1 in 80 % of cases; N = 1,1" in said
    (chart,) = app.get("plotly_chart")
    assert len(chart.proto.spec) < 250_000
    for forbidden in ("significant", "because", "due to", "caused by", "reacted"):
        assert forbidden not in said.lower()


def test_a_response_is_said_with_its_direction_interval_and_n():
    said = as_read(page_to_read("drivers"))
    assert "After Brent crude, EIA spot rises by one standard deviation (2.97 log pts)" in said
    assert "the rouble is 0.2 % stronger at 0 (95 % 0.08 to 0.2 % stronger)" in said
    assert "the band of the whole path leaves 0 out at 0; N = 3,2" in said


def test_levels_have_a_pane_and_an_axis_each():
    (figure,) = figures_of(page_to_read("drivers", part="levels"))
    assert [line["yaxis"] for line in figure["data"]] == ["y", "y2"]
    upper, lower = (figure["layout"][name] for name in ("yaxis", "yaxis2"))
    assert upper["domain"][0] > lower["domain"][1]
    assert "overlaying" not in upper | lower


def test_the_numbers_follow_the_quote_and_the_files_do_not():
    weaker = figures_of(page_to_read("drivers"))[0]["data"][-1]["y"]
    value = figures_of(page_to_read("drivers", up="usd"))[0]["data"][-1]["y"]
    assert [round(-y, 6) + 0.0 for y in value] == [round(y, 6) + 0.0 for y in weaker]


def test_the_menu_has_the_chart_and_both_tables_of_the_samples():
    app = unfold(open_page("drivers", part="samples"), "drivers.download")
    labels = [button.label for button in app.get("download_button")]
    assert {"PNG, web", "SVG, print", "CSV", "Excel"} <= set(labels)
    assert "driver_samples.csv, 18 rows" in as_read(app)
    assert "driver_tests.csv, 17 rows" in as_read(app)


def test_a_day_of_ones_own_is_a_split_and_what_is_no_day_is_told():
    app = page_to_read("drivers", part="samples", split=["2025-06-02", "soon"], breaks="off")
    (figure,) = figures_of(app)
    assert len(figure["layout"]["yaxis"]["ticktext"]) == 9  # all, before and after, three horizons
    assert "split=soon" in as_read(app)


def test_the_rate_is_never_its_own_driver():
    app = page_to_read("drivers", series="brent_eia")
    assert not app.exception
    assert "after changes of Brent" not in as_read(app)
    told = page_to_read("drivers", driver="none_such")
    assert "driver=none_such" in as_read(told)


def test_too_short_a_period_is_refused_in_a_sentence():
    said = as_read(page_to_read("drivers", **{"from": "2026-08-01"}))
    assert "40 are needed; choose a longer period or another series" in said
