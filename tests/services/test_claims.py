"""What the rates say to claims; numbers by hand, or those of the README's first paragraph."""

from datetime import UTC, date, datetime

import pytest

from dashboard.models.article import (
    Article,
    Claim,
    ClaimKind,
    ClaimTruth,
    Exactness,
    PublicationTime,
)
from dashboard.models.errors import InputError
from dashboard.models.user_files import RateFileOptions
from dashboard.nlp.statements import read_text
from dashboard.services.article import (
    NO_PUBLICATION_DATE,
    article_json,
    draft_from_statement,
    read_article,
)
from dashboard.services.claims import (
    answer_claim,
    check_claim,
    check_claims,
    judge_change,
    judge_level,
    market_of_series,
    series_for_currency,
    solve_common_bases,
)
from dashboard.services.notes import clean_draft
from dashboard.sources.rates.bundled import BundledRates
from dashboard.sources.rates.csv_file import read_rate_file
from tests.nlp.measure import texts

ISSUE = texts("texts")[0]["text"]


@pytest.fixture(scope="module")
def shipped():
    source = BundledRates()
    return [source.get(card.id) for card in source.cards()]


@pytest.fixture(scope="module")
def reading(shipped):
    found = read_text(ISSUE, date(2025, 4, 22))
    return [check_claim(claim, shipped) for claim in found.claims]


def of(checked, series):
    return [each for each in checked.verdicts if each.card.id == series]


def made(tmp_path, rows):
    file = tmp_path / "rates.csv"
    file.write_text("date,x\n" + "\n".join(rows) + "\n", encoding="utf-8")
    from dataclasses import replace

    (series,) = read_rate_file(file, RateFileOptions(quote="rub-per-usd")).series
    return replace(series, card=replace(series.card, unit="RUB per USD"))


def claim(sentence, day):
    (found,) = read_text(sentence, day).claims
    return found


# ---------------------------------------------------------------- the sentence of the issue


def test_around_80_is_true_on_every_source_that_has_the_day(reading):
    level = reading[0]
    (official,) = of(level, "usd_rub_cbr")
    assert (official.truth, official.found, official.at.day) == (
        ClaimTruth.TRUE, 80.7597, date(2025, 4, 21),
    )  # fmt: skip
    assert [each.truth for each in of(level, "usd_rub_by_cny_rub_cbr")] == [ClaimTruth.TRUE]
    (ended,) = of(level, "usd_rub_ecb")
    assert (ended.truth, ended.reason) == (ClaimTruth.UNKNOWN, "the last rate is of 2022-03-01")


def test_strongest_since_june_2024_is_about_true_for_it_is_since_may_2023(reading):
    (official,) = of(reading[1], "usd_rub_cbr")
    assert official.truth == ClaimTruth.ABOUT
    assert (official.base.day, official.base.rate) == (date(2023, 5, 30), 80.6872)


def test_more_than_40_per_cent_is_false_on_either_base_and_in_either_quote(reading):
    official = [each for each in of(reading[2], "usd_rub_cbr") if each.is_claimed]
    # 28 December 101.6797 and 9 January 102.2911, to 80.7597 on 21 April.
    assert [(each.base_name, each.quote, round(each.found, 3)) for each in official] == [
        ("year_end", "RUB per USD", 20.574), ("year_end", "USD per RUB", 25.904),
        ("year_start", "RUB per USD", 21.049), ("year_start", "USD per RUB", 26.661),
    ]  # fmt: skip
    assert {each.truth for each in official} == {ClaimTruth.FALSE}


def test_it_is_told_from_which_base_it_would_be_so(reading):
    rouble, dollar = [each for each in reading[2].needed if each.card.id == "usd_rub_cbr"]
    assert (rouble.quote, rouble.rate) == ("RUB per USD", pytest.approx(80.7597 / 0.6))
    assert (dollar.quote, dollar.rate) == ("USD per RUB", pytest.approx(80.7597 * 1.4))
    assert rouble.reached is None
    # 14 March 2022 is the last market day with more than 113.06 roubles.
    assert (dollar.reached.day, dollar.reached.rate) == (date(2022, 3, 14), 115.1963)


# ---------------------------------------------------------------- made rates

FALL = ["2024-12-30,140", "2025-01-09,100", "2025-02-03,90", "2025-04-18,85", "2025-04-21,100"]


def test_another_base_that_would_make_it_so_is_named(tmp_path):
    series = made(tmp_path, FALL)
    # From 140 to 100 is 28.6 % in RUB per USD and 40 % in USD per RUB; from 9 January nothing.
    checked = check_claim(
        claim("The rouble gained more than 39 % on the day against the dollar.", date(2025, 4, 21)),
        [series],
    )
    assert [(v.base_name, v.quote, v.truth) for v in checked.verdicts] == [
        ("previous", "RUB per USD", ClaimTruth.FALSE),
        ("previous", "USD per RUB", ClaimTruth.FALSE),
        ("year_end", "USD per RUB", ClaimTruth.TRUE),
    ]  # fmt: skip
    assert [v.is_claimed for v in checked.verdicts] == [True, True, False]


def test_a_record_is_true_inside_its_period_and_false_where_it_was_there_later(tmp_path):
    series = made(tmp_path, FALL)
    day = date(2025, 2, 3)
    strongest = claim("The rouble hit 90 per dollar.", day)
    assert check_claim(strongest, [series]).verdicts[0].truth == ClaimTruth.TRUE
    weakest = "The rouble fell to its weakest since {} against the dollar."
    today = date(2025, 4, 21)  # 100; last as weak on 9 January
    truths = {
        month: check_claim(claim(weakest.format(month), today), [series]).verdicts[0].truth
        for month in ("January 2025", "February 2025", "December 2024", "June 2023")
    }
    assert truths == {
        "January 2025": ClaimTruth.TRUE, "February 2025": ClaimTruth.ABOUT,
        "December 2024": ClaimTruth.FALSE, "June 2023": ClaimTruth.FALSE,
    }  # fmt: skip


def test_a_record_that_reaches_beyond_the_data_cannot_be_known(tmp_path):
    series = made(tmp_path, FALL)
    record = claim("The rouble is at its strongest since June 2023.", date(2025, 2, 3))
    (verdict,) = check_claim(record, [series]).verdicts
    assert (verdict.truth, verdict.reason) == (ClaimTruth.UNKNOWN, "the data begin on 2024-12-30")


def test_a_day_before_or_long_after_the_data_cannot_be_known(tmp_path):
    series = made(tmp_path, FALL)
    for day, verdicts in (
        (date(2024, 1, 1), "before the data"),
        (date(2025, 6, 1), "last rate is of"),
    ):
        (verdict,) = check_claim(claim("The rouble is at 80 per dollar.", day), [series]).verdicts
        assert verdict.truth == ClaimTruth.UNKNOWN
        assert verdicts in verdict.reason


def test_a_claim_without_a_day_cannot_be_known(tmp_path):
    (found,) = read_text("The rouble is at 80 per dollar.", None).claims
    (verdict,) = check_claim(found, [made(tmp_path, FALL)]).verdicts
    assert verdict.truth == ClaimTruth.UNKNOWN
    assert "say when the text was published" in verdict.reason


def test_a_claim_is_held_against_the_series_of_its_currency_only(shipped):
    assert {each.card.id for each in series_for_currency("EUR", shipped)} == {
        "eur_rub_cbr",
        "eur_rub_ecb",
    }
    assert {each.card.id for each in series_for_currency("CNY", shipped)} == {"cny_rub_cbr"}
    assert {each.card.unit for each in series_for_currency("USD", shipped)} == {"RUB per USD"}


# ---------------------------------------------------------------- how near is near


@pytest.mark.parametrize(
    ("exactness", "value", "decimals", "found", "truth"),
    [
        (Exactness.EXACT, 80.3, 1, 80.34, ClaimTruth.TRUE),
        (Exactness.EXACT, 80.3, 1, 80.36, ClaimTruth.ABOUT),
        (Exactness.EXACT, 80.3, 1, 82.0, ClaimTruth.FALSE),
        (Exactness.ABOUT, 80, 0, 81.6, ClaimTruth.TRUE),
        (Exactness.ABOUT, 80, 0, 82.4, ClaimTruth.ABOUT),
        (Exactness.ABOUT, 80, 0, 82.5, ClaimTruth.FALSE),
        (Exactness.MORE, 100, 0, 100.01, ClaimTruth.TRUE),
        (Exactness.MORE, 100, 0, 99.5, ClaimTruth.ABOUT),
        (Exactness.MORE, 100, 0, 98.0, ClaimTruth.FALSE),
        (Exactness.LESS, 80, 0, 79.9, ClaimTruth.TRUE),
        (Exactness.LESS, 80, 0, 80.7, ClaimTruth.ABOUT),
        (Exactness.LESS, 80, 0, 81.0, ClaimTruth.FALSE),
    ],
)
def test_a_level_is_weighed_as_it_was_written(exactness, value, decimals, found, truth):
    level = Claim(ClaimKind.LEVEL, "USD", "", "", value, exactness, decimals)
    assert judge_level(level, found) == truth


@pytest.mark.parametrize(
    ("exactness", "found", "truth"),
    [(Exactness.MORE, 40.0, ClaimTruth.TRUE), (Exactness.MORE, 36.0, ClaimTruth.ABOUT),
     (Exactness.MORE, 35.9, ClaimTruth.FALSE), (Exactness.ABOUT, 42.0, ClaimTruth.TRUE),
     (Exactness.ABOUT, 46.0, ClaimTruth.ABOUT), (Exactness.ABOUT, 46.1, ClaimTruth.FALSE),
     (Exactness.EXACT, 40.4, ClaimTruth.TRUE), (Exactness.EXACT, -40.0, ClaimTruth.FALSE)],
)  # fmt: skip
def test_a_change_is_weighed_as_it_was_written(exactness, found, truth):
    change = Claim(ClaimKind.UP, "USD", "", "", 40.0, exactness, 0)
    assert judge_change(change, found) == truth


# ---------------------------------------------------------------- an article


def test_a_text_that_says_its_own_day_needs_no_other(shipped):
    text = "Published 24 October 2025\nPutin said on Wednesday that talks go on."
    found = read_article(Article(text), shipped)
    assert (found.article.published.day, found.article.published.origin) == (
        date(2025, 10, 24), "text",
    )  # fmt: skip
    assert [each.day for each in found.statements] == [date(2025, 10, 22)]


def test_a_candidate_becomes_a_draft_that_could_be_saved():
    text = (
        "Trump said on Monday at 9:30 p.m. ET that talks go on. Putin spoke of a ceasefire last"
        " week. Peskov said 03/04/2025 that talks failed."
    )
    given = PublicationTime(date(2025, 4, 22), "given")
    found = read_article(Article(text, url="https://example.org/a"), [], given)
    drafts = [clean_draft(draft_from_statement(each, found.article), date(2026, 11, 23))
              for each in found.statements[:2]]  # fmt: skip
    # 21:30 in New York on Monday 21 April is 04:30 in Moscow on the 22nd.
    assert (drafts[0].day, drafts[0].moment) == (
        date(2025, 4, 22), datetime(2025, 4, 22, 1, 30, tzinfo=UTC),
    )  # fmt: skip
    assert (drafts[1].day, drafts[1].end_day) == (date(2025, 4, 14), date(2025, 4, 20))
    assert drafts[0].source_url == "https://example.org/a"
    assert drafts[1].tags == ("Vladimir Putin",)
    with pytest.raises(InputError, match="reads two ways"):
        draft_from_statement(found.statements[2], found.article)


def test_without_any_day_the_candidates_stay_open_and_that_is_said(shipped):
    found = read_article(Article("Putin said on Wednesday that talks go on."), shipped)
    assert [each.day for each in found.statements] == [None]
    assert found.article.messages == (NO_PUBLICATION_DATE,)
    assert article_json(found)["statements"][0]["precision"] == "none"


# ---------------------------------------------------------------- a week, a month, a year


def test_a_level_of_a_month_is_checked_in_that_month(shipped):
    """June 2023: 83.9866, the record of 20 June, is the nearest to 84."""
    found = claim("In June 2023 the rouble weakened to 84 per dollar.", date(2025, 4, 22))
    (official,) = of(check_claim(found, shipped), "usd_rub_cbr")
    assert (official.truth, official.found) == (ClaimTruth.TRUE, 83.9866)
    assert official.at.day == date(2023, 6, 19)


def test_a_record_of_this_week_is_that_of_its_strongest_day(tmp_path):
    rows = ["2024-06-03,85", "2024-06-04,88", "2025-04-21,86", "2025-04-22,84", "2025-04-23,89"]
    sentence = "The rouble hit its strongest levels since June 2024 this week."
    (verdict,) = check_claim(claim(sentence, date(2025, 4, 23)), [made(tmp_path, rows)]).verdicts
    assert (verdict.at.day, verdict.at.rate) == (date(2025, 4, 22), 84)
    assert verdict.base is None  # nothing in the data is as strong as 84


def test_a_change_of_a_month_runs_from_the_rate_before_it_to_its_last(tmp_path):
    """From 100 on 28 February to 80 on 31 March: 20 % in RUB per USD, 25 % in USD per RUB."""
    rows = ["2025-02-28,100", "2025-03-03,90", "2025-03-31,80", "2025-04-21,70"]
    found = claim("In March the rouble gained 20 % against the dollar.", date(2025, 4, 21))
    verdicts = check_claim(found, [made(tmp_path, rows)]).verdicts
    claimed = [(v.base_name, v.quote, v.found, v.truth) for v in verdicts if v.is_claimed]
    assert claimed == [
        ("period", "RUB per USD", pytest.approx(20.0), ClaimTruth.TRUE),
        ("period", "USD per RUB", pytest.approx(25.0), ClaimTruth.FALSE),
    ]


# ---------------------------------------------------------------- markets

NAMED_MARKETS = [
    "The rouble was at 82.80 to the dollar in the over-the-counter market.",
    "The rouble was at 60 to the dollar in over-the-counter trade.",
    "The rouble was at 60 to the dollar on the Moscow Stock Exchange.",
    "The dollar cost 60 roubles on MOEX.",
    "Dollar futures fell to 60 roubles.",
    "In interbank trade the dollar cost 60 roubles.",
    "The rouble gained 90 % since the start of the year in the OTC market.",
    "In the over-the-counter market the rouble hit its weakest since March 2022.",
    "Доллар на внебиржевом рынке стоил 60 рублей.",
    "На Московской бирже доллар стоил 60 рублей.",
    "Доллар на межбанке стоил 60 рублей.",
    "Фьючерс на доллар подешевел до 60 рублей.",
]


@pytest.mark.parametrize("sentence", NAMED_MARKETS)
def test_a_claim_of_another_market_is_never_false(shipped, sentence):
    verdicts = of(check_claim(claim(sentence, date(2025, 3, 19)), shipped), "usd_rub_cbr")
    assert {verdict.truth for verdict in verdicts if verdict.is_claimed} == {ClaimTruth.ANOTHER}


def test_a_claim_of_the_official_rate_is_judged_on_it(shipped):
    for level, truth in (("82.8487", ClaimTruth.TRUE), ("60", ClaimTruth.FALSE)):
        found = claim(f"The official rate was {level} roubles per dollar.", date(2025, 3, 19))
        checked = check_claim(found, shipped)
        assert [each.truth for each in of(checked, "usd_rub_cbr")] == [truth]


def test_with_the_right_series_present_a_claim_is_judged_on_it(tmp_path, shipped):
    from dataclasses import replace

    exchange = made(tmp_path, ["2025-03-18,84", "2025-03-19,83.5"])
    card = replace(exchange.card, id="moex", quantity="exchange price")
    found = claim("The rouble was at 83.5 to the dollar on MOEX.", date(2025, 3, 19))
    answer = answer_claim(found, [*shipped, replace(exchange, card=card)], "usd_rub_cbr")
    truths = {row.verdict.card.id: row.verdict.truth for row in answer.rows}
    assert answer.main == "moex"
    assert truths["moex"] == ClaimTruth.TRUE
    assert truths["usd_rub_cbr"] == truths["usd_rub_by_cny_rub_cbr"] == ClaimTruth.ANOTHER


def test_the_markets_of_the_shipped_series(shipped):
    markets = {
        one.card.id: market_of_series(one.card) for one in series_for_currency("USD", shipped)
    }
    assert markets == {
        "usd_rub_cbr": "official", "usd_rub_ecb": "reference",
        "usd_rub_by_cny_rub_cbr": "implied",
    }  # fmt: skip


# ---------------------------------------------------------------- several claims of one text

SPRING = (
    "On 19 March 2025 the rouble was at 82.80 to the dollar, up 27 % since the start of the year.\n"
    "On 23 April 2025 the rouble was at 82.70 to the dollar, up 38 % since the start of the year.\n"
    "On 21 April 2025 the rouble was at around 80 to the dollar, more than 40 % stronger since the"
    " start of the year."
)


def test_the_year_to_date_claims_of_spring_2025_meet_at_one_base(shipped):
    """By hand: 82.695 x 1.375 = 113.706 and 82.805 / (1 - 0.275) = 114.214.

    27 % can only be counted in RUB per USD (82.80 x 1.27 = 105.2), 38 % only in USD per RUB
    (82.70 / 0.62 = 133.4); about 80, up more than 40 %, starts above 78.4 x 1.4 = 109.7.
    """
    (base,) = solve_common_bases(read_text(SPRING, date(2025, 4, 24)).claims, shipped)
    assert (base.low, base.high) == (
        pytest.approx(113.706, abs=1e-3),
        pytest.approx(114.214, abs=1e-3),
    )
    assert [quote for _, quote in base.counted] == ["RUB per USD", "USD per RUB", "USD per RUB"]
    held = {card.id: observation.rate for card, observation in base.held}
    assert held["usd_rub_cbr"] == 101.6797


def test_changes_that_share_no_base_have_none(shipped):
    text = SPRING.replace("38 %", "55 %")
    assert solve_common_bases(read_text(text, date(2025, 4, 24)).claims, shipped) == ()
    alone = SPRING.partition("\n")[0]
    assert solve_common_bases(read_text(alone, date(2025, 4, 24)).claims, shipped) == ()


def test_a_loss_is_solved_too():
    """From 100: a loss of 20 % counted in USD per RUB is 125, one of 50 % in RUB per USD 150."""
    text = (
        "On 3 March 2025 the dollar was at 125.00 roubles; the rouble lost 20.00 % since the start"
        " of the year.\nOn 4 March 2025 the dollar was at 150.00 roubles; the rouble lost 50.00 %"
        " since the start of the year."
    )
    (base,) = solve_common_bases(read_text(text, date(2025, 3, 5)).claims, [])
    assert base.low < 100 < base.high
    assert base.high - base.low < 0.1
    assert [quote for _, quote in base.counted] == ["USD per RUB", "RUB per USD"]


def test_claims_without_a_market_have_the_only_one_that_their_text_names(shipped):
    text = (
        "At noon the rouble was at 82.80 per dollar in the over-the-counter market. The currency is"
        " up 27 % against the dollar so far this year. The euro cost 90 roubles."
    )
    level, change, euro = read_text(text, date(2025, 3, 19)).claims
    assert (level.market, change.market, euro.market) == ("otc", None, None)
    checked = check_claims([level, change, euro], shipped)
    assert [item.claim.market for item in checked] == ["otc", "otc", None]
    truths = {v.truth for v in of(checked[1], "usd_rub_cbr") if v.is_claimed}
    assert truths == {ClaimTruth.ANOTHER}
