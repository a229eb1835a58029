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
from dashboard.services.claims import check_claim, judge_change, judge_level, series_for_currency
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
        "December 2024": ClaimTruth.FALSE,
        "June 2023": ClaimTruth.FALSE,
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
