"""The model of an ordinary move in the link of an Event page: its factor, and what it refuses."""

import csv
import math
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from dashboard.sources.rates.bundled import BundledRates
from tests.ui.app_in_test import open_page, tables_of, words_of

ROOT = Path(__file__).parents[3]
KELLOGG = "kellogg-nato-off-table-2025-04-20"
RATE_RISE = "cbr-2022-02-28"
IMPORTS = f"""
import sys
from tests.ui.app_in_test import open_page
open_page("event", id={RATE_RISE!r})
print("arch" in sys.modules)
open_page("event", id={RATE_RISE!r}, model="garch")
print("arch" in sys.modules)
"""


def open_event(event_id=KELLOGG, **link):
    return open_page("event", id=event_id, **link)


def car_of(app):
    """The CAR of [0,1] in the table of tests."""
    table = next(t for t in tables_of(app) if "CAR ± s.e., log pts" in t.columns)
    return table["CAR ± s.e., log pts"][1]


def labels_of(app):
    return [box.label for box in app.selectbox]


@pytest.mark.parametrize("model", ["market", "market-adjusted", "scholes-williams"])
def test_a_model_with_a_factor_offers_the_series_that_can_explain_it(model):
    app = open_event(RATE_RISE, model=model, factor="usd_cny_ecb")
    (choice,) = [box for box in app.selectbox if box.label == "Explained by"]
    assert choice.value == "usd_cny_ecb"
    # No rate of the rouble: Brent, USD/CNY, EUR/USD and four more of the euro; and where a
    # coefficient is fitted, the key rate, RUONIA and the risk index, which count points.
    assert len(choice.options) == (7 if model == "market-adjusted" else 10)
    assert not any("RUB" in option for option in choice.options)
    assert f"({model}, factor USD/CNY, ECB cross)" in words_of(app)
    assert car_of(app) != car_of(open_event(RATE_RISE))
    assert app.query_params == {"id": RATE_RISE, "model": model, "factor": "usd_cny_ecb"}


def test_without_a_factor_named_the_first_that_can_explain_it_is_taken():
    app = open_event(RATE_RISE, model="market")
    assert "(market, factor EUR/USD, ECB)" in words_of(app)


def test_market_adjusted_takes_the_factor_off_by_hand():
    with (ROOT / "data" / "rates/usd_rub_cbr.csv").open(encoding="utf-8") as lines:
        rouble = {row["date"]: float(row["rate"]) for row in csv.DictReader(lines)}
    with (ROOT / "data" / "rates/eur_usd_ecb.csv").open(encoding="utf-8") as lines:
        euro = {row["date"]: float(row["rate"]) for row in csv.DictReader(lines)}
    # A record of the Bank of Russia is dated the day after its market day; 28 Feb is offset 0.
    move = 100 * math.log(rouble["2022-03-01"] / rouble["2022-02-26"])
    factor = 100 * math.log(euro["2022-02-28"] / euro["2022-02-25"])
    app = open_event(RATE_RISE, model="market-adjusted", factor="eur_usd_ecb")
    table = next(t for t in tables_of(app) if "CAR ± s.e., log pts" in t.columns)
    shown = table["CAR ± s.e., log pts"][0].split(" ± ")[0].replace("−", "-")
    assert float(shown) == pytest.approx(move + factor, abs=0.006)


def test_garch_keeps_the_mean_and_widens_the_error():
    usual, agitated = car_of(open_event(RATE_RISE)), car_of(open_event(RATE_RISE, model="garch"))
    assert usual.split(" ± ")[0] == agitated.split(" ± ")[0]
    assert float(agitated.split(" ± ")[1]) > float(usual.split(" ± ")[1])


def test_a_model_that_does_not_fit_is_told_and_the_usual_one_shown():
    app = open_event(RATE_RISE, model="garch", series="usd_rub_ecb")
    words = words_of(app)
    assert "no stationary GARCH" in words
    assert "Shown with the constant mean instead" in words
    assert "--model" not in words
    assert "(mean)" in words
    assert "model" not in app.query_params
    assert not app.exception


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"model": "mean", "factor": "brent_eia"}, "The model mean looks at no other series"),
        ({"model": "market", "factor": "cny_rub_cbr"}, "it moves with the rouble itself"),
        ({"model": "market", "factor": "tea-leaves"}, "there is no such series"),
        (
            {"model": "market", "series": "eur_usd_ecb", "factor": "eur_usd_ecb"},
            "it is the series itself",
        ),
    ],
)
def test_a_factor_that_explains_nothing_is_told(link, said):
    app = open_event(RATE_RISE, **link)
    words = words_of(app)
    assert said in words
    assert "factor=" in words
    assert "factor" not in app.query_params


def test_a_day_without_the_factor_is_told_and_not_filled():
    # 21 April 2025 was Easter Monday: the ECB made no rates.
    app = open_event(model="market", factor="eur_usd_ecb")
    words = words_of(app)
    assert "No abnormal move: the return of a factor on 2025-04-21 is missing" in words
    assert "at the first fixing: not judged" in words
    assert "too few dates" not in words
    assert "not judged" in "\n".join(block.value for block in app.code)
    assert "the return of a factor on 2025-04-21 is missing" in car_of(app)


def test_an_event_before_the_factor_says_how_far_the_factor_goes(monkeypatch):
    read = BundledRates.get

    def read_late(self, series_id):
        series = read(self, series_id)
        return series.between(date(2022, 1, 3), None) if series_id == "brent_eia" else series

    monkeypatch.setattr(BundledRates, "get", read_late)
    app = open_event("crimea-referendum-2014-03-16", model="market", factor="brent_eia")
    words = words_of(app)
    assert "too little history" in words
    assert "Brent crude, EIA spot too: 3 Jan 2022" in words


def test_choosing_another_model_leaves_the_factor_behind():
    app = open_event(RATE_RISE, model="market", factor="brent_eia")
    (model,) = [box for box in app.selectbox if box.label == "Expected move"]
    assert len(model.options) == 6
    app = model.set_value("none").run()
    assert app.query_params == {"id": RATE_RISE, "model": "none"}
    assert "Explained by" not in labels_of(app)
    assert "was left out" not in words_of(app)


def test_the_package_of_garch_is_imported_only_when_asked():
    said = subprocess.run(
        [sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    assert said.split() == ["False", "True"]
