"""Baskets: each move equal to a study of its series alone, hand-made numbers, no member lost."""

import math
from dataclasses import replace

import numpy as np
import pytest

from dashboard.eventstudy.study import study_series
from dashboard.models.analyses import CrossCell
from dashboard.models.baskets import Basket, create_basket
from dashboard.models.errors import InputError
from dashboard.models.publication import BANK_OF_RUSSIA, LONDON_DAY
from dashboard.models.study import StudyRequest
from dashboard.presentation.correlation import build_cell_mark, describe_cross_series
from dashboard.presentation.quoting import QuoteMode
from dashboard.services.baskets import (
    find_basket,
    load_members,
    measure_basket,
    put_basket,
    read_basket,
    window_request,
)
from dashboard.services.study import run_study
from dashboard.sources.datapackage import read_shipped_baskets
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import event_on, made_series

HEGSETH = "hegseth-nato-2025-02-12"
RATES = (BundledRates(),)


class Source:
    """Series made by hand as a source of rates."""

    id = "made"

    def __init__(self, *series):
        self._series = {one.card.id: one for one in series}

    def cards(self):
        return tuple(one.card for one in self._series.values())

    def get(self, series_id):
        return self._series[series_id]

    def files(self):
        return {}


def random_walk(series_id, seed, rule=LONDON_DAY, n=600, first="2023-10-02", **card):
    """An invented daily series around February 2025; nothing in it is measured anywhere."""
    days = np.busday_offset(first, np.arange(n), roll="forward").astype(str)
    steps = np.random.default_rng(seed).normal(0, 0.01, n)
    series = made_series(100 * np.exp(np.cumsum(steps)), list(days), rule=rule, series_id=series_id)
    return replace(series, card=replace(series.card, **card))


def ten_assets():
    """Five shipped series and five invented ones: two clocks, prices, two rates in per cent."""
    shipped = ("usd_rub_cbr", "cny_rub_cbr", "eur_usd_ecb", "brent_eia", "ruonia_cbr")
    invented = (
        random_walk("moex:RGBI", 1),
        random_walk("yahoo:UAH=X", 2, unit="UAH per USD", move_sign=-1),
        random_walk("ecb:PLN", 3),
        random_walk("yahoo:GC=F", 4, rule=BANK_OF_RUSSIA),
        random_walk("fred:DGS10", 5, change="difference"),
    )
    sources = (*RATES, Source(*invented))
    basket = create_basket("ten", [*shipped, *(one.card.id for one in invented)])
    return basket, load_members(sources, basket)


def test_each_of_ten_moves_equals_a_study_of_its_series_alone():
    known = Catalogue().events()
    event = next(e for e in known if e.id == HEGSETH)
    basket, members = ten_assets()
    answer = measure_basket(basket, members, event, known)
    assert {move.family for move in answer.moves} == {10}
    by_id = {member.series.card.id: member.series for member in members}
    for move in answer.moves:
        series = by_id[move.series]
        returns = "log" if series.card.is_price else "difference"
        request = StudyRequest(returns=returns)
        (alone,) = run_study([series], [event], request, known=known).results
        (car,) = alone.cars
        end = list(alone.offsets).index(1)
        assert (move.car, move.se) == (100 * car.car[0], 100 * car.se[0])
        assert (move.scar, move.p_value) == (car.t[0], car.placebo_p[0])
        assert move.rank.percentile == car.percentile[0]
        assert (move.rank.size, move.crowd) == (car.n_placebo[0], car.crowd[0])
        assert (move.flags, move.shift_days) == (alone.flags[0], alone.shift_days[0])
        raw, low, high = (100 * matrix[0, end] for matrix in alone.from_base)
        assert (move.move, move.low, move.high) == pytest.approx((raw, low, high), abs=1e-9)
        assert next(p.value for p in move.path if p.offset == 1) == pytest.approx(move.scar)


def test_the_family_is_corrected_by_holm_and_sorted_by_p():
    known = Catalogue().events()
    event = next(e for e in known if e.id == HEGSETH)
    answer = measure_basket(*ten_assets(), event, known)
    p = [move.p_value for move in answer.moves]
    assert p == sorted(p)
    holm, before = [], 0.0
    for place, value in enumerate(p):  # Holm 1979: (N - place) x p, never below the one before
        before = max(before, min(1.0, (len(p) - place) * value))
        holm.append(before)
    assert [move.p_adjusted for move in answer.moves] == pytest.approx(holm)
    assert answer.smallest_p == pytest.approx(10 / 500)


def test_a_rate_in_per_cent_moves_in_points():
    # 16 % every day but one: 21 % from the market day of the event on, which is known at 12:00.
    days = np.busday_offset("2025-01-01", np.arange(300), roll="forward").astype(str)
    wiggle = np.where(np.arange(300) % 2, 0.01, -0.01)
    rate = 16.0 + wiggle + np.where(np.arange(300) >= 200, 5.0, 0.0)
    series = made_series(rate, list(days), series_id="rate")
    series = replace(series, card=replace(series.card, change="difference", unit="% a year"))
    event = event_on(days[200])
    basket = Basket("one", ("rate",))
    (move,) = measure_basket(basket, load_members([Source(series)], basket), event, [event]).moves
    assert move.unit == "points"
    assert (move.base.rate, move.end.rate) == pytest.approx((16.01, 21.01))
    assert move.move == pytest.approx(5.0)
    # the returns alternate by 0.02 points, so their standard deviation is about 0.02
    assert move.se == pytest.approx(0.02 * math.sqrt(2 * (1 + 2 / 120)), rel=0.02)
    assert move.p_value == pytest.approx(1 / (move.rank.size + 1))


def test_every_clock_is_its_own():
    # Known at 15:30 Moscow and at midnight London: an event at 20:00 Moscow is in the same
    # day's quote and in the next day's fixing only.
    fixing, quote = random_walk("fix", 1, rule=BANK_OF_RUSSIA), random_walk("quote", 1)
    event = event_on("2025-02-12", at="2025-02-12T17:00")
    basket = Basket("two", ("fix", "quote"))
    members = load_members([Source(fixing, quote)], basket)
    moves = {m.series: m for m in measure_basket(basket, members, event, [event]).moves}
    assert str(moves["quote"].first.day) == "2025-02-12"
    assert str(moves["fix"].first.day) == "2025-02-13"
    assert moves["fix"].shift_days == 1


def test_a_move_over_the_smallest_visible_one_is_found_and_one_under_it_is_not():
    series = random_walk("made", 7)
    event = event_on("2025-02-12")
    basket = Basket("one", ("made",))

    def measured(extra):
        # The quote of the 11th is known at 03:00 Moscow time of the 12th: it is the first.
        at = int(np.flatnonzero(series.day == np.datetime64("2025-02-11"))[0])
        rate = series.rate.copy()
        rate[at:] *= math.exp(extra / 100)
        changed = replace(series, rate=rate)
        members = load_members([Source(changed)], basket)
        return measure_basket(basket, members, event, [event]).moves[0]

    first = measured(0.0)
    missing = first.visible - first.car
    assert measured(missing * 1.001 + 1e-6).is_outside
    assert not measured(missing - 0.02 * first.visible).is_outside


def test_no_member_is_dropped():
    bars = replace(
        random_walk("bars", 1), card=replace(random_walk("bars", 1).card, bar_minutes=60)
    )
    basket = create_basket("x", ["nope", "bars", "moex:RGBI", "usd_rub_cbr", "usd_rub_yahoo"])
    members = load_members((*RATES, Source(bars)), basket, {"usd_rub_yahoo"})
    reasons = {member.name: str(member.reason) for member in members}
    assert "there is no such series" in reasons["nope"]
    assert "bars" in reasons["bars"]
    assert reasons["moex:RGBI"] == "nothing of moex:RGBI was fetched yet; refresh it by this name"
    assert (
        reasons["usd_rub_yahoo"]
        == "nothing of usd_rub_yahoo was fetched yet; refresh it by this name"
    )
    assert reasons["usd_rub_cbr"] == ""
    early = event_on("2013-02-01")
    answer = measure_basket(basket, members, early, [early])
    assert [move.reason != "" for move in answer.moves] == [True] * 5
    assert "too little history" in next(m.reason for m in answer.moves if m.card is not None)
    assert math.isnan(answer.smallest_p)


def test_two_names_of_one_series_are_one_question():
    class Aliased(Source):
        def cards(self):
            card = super().cards()[0]
            return card, replace(card, id="cbr:USD")

        def get(self, series_id):
            return super().get("usd")

    source = Aliased(random_walk("usd", 1))
    members = load_members([source], create_basket("x", ["usd", "cbr:USD"]))
    assert [member.series.card.id for member in members] == ["usd"]


def test_the_pool_is_that_of_the_dates_near_the_event():
    with pytest.raises(InputError, match="pool"):
        measure_basket(Basket("x", ()), (), event_on("2025-02-12"), (), StudyRequest(pool="all"))
    assert window_request("0:5").cars == ((0, 5),)
    with pytest.raises(InputError, match="window"):
        window_request("0:1h")


def test_levels_of_a_rate_in_per_cent_are_refused_as_prices():
    rate = BundledRates().get("key_rate_cbr")
    event = event_on("2025-02-12")
    with pytest.raises(InputError, match="is no price"):
        study_series(rate, [event], [event], StudyRequest())


def test_the_shipped_baskets_are_four_and_cannot_be_replaced():
    shipped = read_shipped_baskets()
    assert [basket.name for basket in shipped] == [
        "rouble", "peace-and-war", "energy", "russian-assets"
    ]  # fmt: skip
    assert all(len(create_basket("x", b.members).members) == len(b.members) for b in shipped)
    assert find_basket(shipped, "Rouble ").label == "The rouble"
    with pytest.raises(InputError, match="choose one of rouble, peace-and-war"):
        find_basket(shipped, "roubel")
    with pytest.raises(InputError, match="ships with the program"):
        put_basket(None, shipped, Basket("energy", ("brent_eia",)))


@pytest.mark.parametrize(
    ("name", "members", "message"),
    [
        ("Два", ["a"], "no name of a basket"),
        ("x" * 41, ["a"], "no name of a basket"),
        ("x", [], "1 to 50 series, not 0"),
        ("x", [f"s{n}" for n in range(51)], "1 to 50 series, not 51"),
        ("x", ["=1+1"], "neither the id"),
        ("x", ["<b>"], "neither the id"),
        ("x", ["a" * 81], "neither the id"),
    ],
)
def test_what_is_no_basket_is_refused(name, members, message):
    with pytest.raises(InputError, match=message):
        create_basket(name, members)


def test_a_file_names_a_series_a_line_or_is_json():
    text = "# what we watch\nusd_rub_cbr\nmoex:RGBI  # bonds\n\nusd_rub_cbr\n"
    assert read_basket(text, "Our Desk_1") == Basket(
        "Our-Desk-1".casefold(), ("usd_rub_cbr", "moex:RGBI")
    )
    assert read_basket('{"members": ["ecb:PLN"]}', "x").members == ("ecb:PLN",)
    assert read_basket('["ecb:PLN"]', "x").members == ("ecb:PLN",)
    with pytest.raises(InputError, match="is no list of series"):
        read_basket('{"members": 3}', "x")
    with pytest.raises(InputError, match="1 to 50 series, not 0"):
        read_basket("# nothing\n", "x")


def test_a_mean_of_a_rate_in_per_cent_is_given_in_points():
    card = BundledRates().get("gpr_daily").card
    cell = CrossCell(
        "monetary_policy", "gpr_daily", (0, 1), 87, caar=-0.286, p_value=1e-5, p_adjusted=1e-4,
        n_rates=87, mean_scar=-0.37, largest_share=0.04, clusters=79,
    )  # fmt: skip
    sentence = describe_cross_series((cell,), (card,), QuoteMode.WEAKER)
    assert "28.60 points down on average" in sentence
    assert "%" not in sentence
    assert build_cell_mark(card, cell, (QuoteMode.WEAKER, "scar")).mark.endswith("(\u221228.60)")
