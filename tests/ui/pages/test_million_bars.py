"""A million bars of one's own on Explore: few points are drawn, and every number is exact."""

from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pytest

from dashboard.container import build_context
from dashboard.export.schemas import RATES
from dashboard.models.publication import IMPORTED_BAR
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.services.exports import table_file
from tests.ui.app_in_test import figure_of, open_page, unfold, words_of

ROWS = 1_000_000
NOW = datetime(2026, 11, 23, tzinfo=UTC)
SPIKE = 600_123


@cache
def made_rates():
    """A wave with a little noise, and one bar a hundredth higher than its neighbours."""
    noise = np.random.default_rng(5).normal(0, 1e-5, ROWS)
    noise[SPIKE - 1 : SPIKE + 2] = 0
    rate = (90.0 + np.sin(np.arange(ROWS) / 5_000.0)) * (1 + noise)
    rate[SPIKE] *= 1.01
    return rate


def made_bars():
    opens = np.datetime64("2023-12-31T21:00:00") + 60 * np.arange(ROWS)
    opens = opens.astype("datetime64[s]")
    day = (opens + 3 * 3_600).astype("datetime64[D]")  # Moscow keeps three hours in these years
    card = SeriesCard("own_bars", "Bars", "RUB per USD", "USD per RUB", "your own file b.csv", "",
                      "yours", IMPORTED_BAR.id, move_sign=-1, bar_minutes=1)  # fmt: skip
    return RateSeries(card, day, day, opens, opens + 59, made_rates(), NOW)


@pytest.fixture(scope="module")
def home_with_bars(tmp_path_factory):
    """A million bars are stored once for all tests, which only read them."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(home))
        patch.delenv("DATABASE_URL", raising=False)
        build_context().own.store([made_bars()], "0" * 64)
    return home


@pytest.fixture(autouse=True)
def dashboard_home(home_with_bars, monkeypatch):
    monkeypatch.setenv("DASHBOARD_HOME", str(home_with_bars))
    monkeypatch.delenv("DATABASE_URL", raising=False)


@pytest.fixture(scope="module")
def page(home_with_bars):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_HOME", str(home_with_bars))
        return open_page("", series="own_bars", **{"from": "2024-01-01"})


def test_the_figure_stays_small_and_says_how_much_it_draws(page):
    assert not page.exception
    assert len(page.get("plotly_chart")[0].proto.spec.encode()) < 300_000
    figure = figure_of(page)
    line = figure["data"][0]
    assert 2_000 < len(line["x"]) <= 2_200
    told = [each["text"] for each in figure["layout"]["annotations"]]
    assert any(f"{len(line['x']):,} of 1,000,000 points drawn" in text for text in told)


def test_drawn_points_are_real_ones_and_the_spike_is_among_them(page):
    line = figure_of(page)["data"][0]
    rate = made_rates()
    begin = np.datetime64("2024-01-01T00:01")  # the first bar ends a minute after midnight there
    rows = (np.array(line["x"], dtype="datetime64[m]") - begin).astype(int)
    assert np.allclose(line["y"], np.round(rate[rows], 4), atol=1e-9)
    assert SPIKE in rows.tolist()
    at = rows.tolist().index(SPIKE)
    assert "1 min" in line["customdata"][at]
    # A rise by a hundredth is a rouble weaker by 100 ln(1.01), the wave aside: 1.00 log points.
    assert "1.00" in line["customdata"][at]


def test_the_largest_moves_are_those_of_every_bar(page):
    move = np.abs(np.diff(np.log(made_rates())))
    largest = move.max()
    assert largest == pytest.approx(np.log(1.01), rel=2e-2)
    frame = unfold(page, "moves.fold").dataframe[0].value
    day = str(made_bars().day[1 + int(move.argmax())])
    assert date.fromisoformat(day).strftime("%-d %b %Y") in str(frame["day"].iloc[0])
    # Up into the spike and down out of it, on the same day: the two largest of a million.
    rate = made_rates()
    percent = 100 * np.abs(rate[[SPIKE, SPIKE + 1]] / rate[[SPIKE - 1, SPIKE]] - 1)
    for text, value in zip(frame["move"].iloc[:2], sorted(percent, reverse=True), strict=True):
        assert f"{value:.1f}" in text


def test_the_file_has_every_row():
    text = table_file("rates", [build_context().own.get("own_bars")])
    assert text.count(b"\n") == ROWS + 1
    line = text.splitlines()[1 + SPIKE].decode().split(",")
    assert line[RATES.header.index("rate")] == repr(float(made_rates()[SPIKE]))


def test_data_opens_at_once_and_offers_the_study_on_demand():
    app = open_page("data", series="own_bars")
    assert not app.exception
    assert "1,000,000 rows" in words_of(app)
    assert any(button.label == "Study 1,000,000 rows now" for button in app.button)
