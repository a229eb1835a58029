"""Claims of controls: the verdicts of every source from every base."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard.models.article import ClaimKind, ClaimTruth, Exactness, Precision
from dashboard.models.errors import InputError
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.models.series import QUOTE_IS_SUBJECT
from dashboard.services.claims import (
    ClaimQuery,
    answer_claim,
    claim_from_query,
    format_period,
    parse_claims,
    parse_period,
    query_from_claim,
)
from tests.made_series import made_series

# Records are dated the day after: market days 30 Dec, 10 Jan, 14 Apr, 17 Apr, 18 Apr, 21 Apr.
RECORDS = ["2024-12-31", "2025-01-11", "2025-04-15", "2025-04-18", "2025-04-19", "2025-04-22"]
RATES = [100.0, 125.0, 90.0, 82.0, 81.0, 80.0]
MONDAY = date(2025, 4, 21)


def rouble(series_id, rates=RATES, records=RECORDS):
    made = made_series(
        rates, records, rule=BANK_OF_RUSSIA, series_id=series_id, move_sign=QUOTE_IS_SUBJECT
    )
    card = replace(made.card, unit="RUB per USD", inverse_unit="USD per RUB")
    return replace(made, card=card)


@pytest.fixture
def series():
    return [rouble("one"), rouble("other", [60.0], ["2022-03-02"])]


def ask(kind, series, **more):
    claim = claim_from_query(ClaimQuery(MONDAY, ClaimKind(kind), **more))
    return answer_claim(claim, series, "one")


def test_a_change_is_held_against_all_seven_bases_in_both_quotes(series):
    answer = ask("up", series, value=20.0, exactness=Exactness.EXACT, base="year_end")
    result = {
        (row.verdict.base_name, row.verdict.quote): (row.base.rate, round(row.verdict.found, 4))
        for row in answer.rows
        if row.verdict.card.id == "one" and row.base is not None
    }
    unknown = [row.verdict for row in answer.rows if row.at is not None and row.base is None]
    assert [(v.base_name, v.reason) for v in unknown] == [("year", "there is no rate at the base")]
    # From 100 to 80: RUB per USD -20 %, USD per RUB +25 %; from 125: -36 % and +56.25 %.
    assert result["year_end", "RUB per USD"] == (100.0, 20.0)
    assert result["year_end", "USD per RUB"] == (100.0, 25.0)
    assert result["year_start", "USD per RUB"] == (125.0, 56.25)
    assert result["previous", "USD per RUB"] == (81.0, 1.25)
    assert result["week", "RUB per USD"] == (90.0, round(100 * 10 / 90, 4))
    assert {base for base, _ in result} == {"year_end", "year_start", "previous", "week", "month",
                                          "quarter"}  # fmt: skip
    claimed = [row.verdict.truth for row in answer.of_main]
    assert claimed == [ClaimTruth.TRUE, ClaimTruth.FALSE]


def test_the_observations_of_a_row_carry_their_printed_dates(series):
    row = ask("up", series, value=20.0, base="year_end").of_main[0]
    assert (row.at.day, row.at.record) == (MONDAY, date(2025, 4, 22))
    assert (row.base.day, row.base.record) == (date(2024, 12, 30), date(2024, 12, 31))


def test_a_source_without_a_rate_of_the_day_has_one_row_with_the_reason(series):
    rows = [r for r in ask("up", series, value=20.0, base="week").rows if r.at is None]
    assert [(r.verdict.card.id, r.verdict.truth, r.verdict.reason) for r in rows] == [
        ("other", ClaimTruth.UNKNOWN, "the last rate is of 2022-03-01")
    ]


def test_the_base_that_would_make_a_change_so_is_told_with_the_day_it_last_was(series):
    answer = ask("up", series, value=50.0, exactness=Exactness.MORE, base="year_end")
    # 50 % counted in USD per RUB needs 80 x 1.5 = 120; the rate was 125 on 10 January.
    needed = {base.quote: (base.rate, base.reached) for base in answer.needed}
    assert needed["USD per RUB"][0] == pytest.approx(120.0)
    assert needed["USD per RUB"][1].day == date(2025, 1, 10)
    assert needed["RUB per USD"] == (160.0, None)


def test_the_series_that_is_spoken_of_is_another_one_where_the_chosen_has_no_rate(series):
    claim = claim_from_query(ClaimQuery(MONDAY, ClaimKind.LEVEL, 80.0))
    assert answer_claim(claim, series, "other").main == "one"
    assert answer_claim(claim, [], "one").rows == ()


@pytest.mark.parametrize(
    ("text", "first", "last", "words"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31), "2024"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
        ("2024-06-12", date(2024, 6, 12), date(2024, 6, 12), "12 June 2024"),
    ],
)
def test_a_period_is_a_year_a_month_or_a_day(text, first, last, words):
    verdicts = parse_period(text)
    assert (verdicts.day, verdicts.end_day, verdicts.phrase) == (first, last, words)
    assert format_period(verdicts) == text
    assert verdicts.precision in {Precision.DAY, Precision.MONTH}


@pytest.mark.parametrize("text", ["", "June 2024", "2024-13", "2024-02-30", "24", "1899"])
def test_what_is_no_period_is_refused_in_one_line(text):
    with pytest.raises(InputError, match="is no period; write it like 2024-06, 2024 or 2024-06-12"):
        parse_period(text)


def test_a_claim_that_lacks_its_number_or_looks_ahead_is_refused():
    with pytest.raises(InputError, match="value: is missing"):
        claim_from_query(ClaimQuery(MONDAY, ClaimKind.LEVEL))
    with pytest.raises(InputError, match="since 2025-05: lies after 2025-04-21"):
        claim_from_query(ClaimQuery(MONDAY, ClaimKind.STRONGEST, since="2025-05"))


def test_the_sentence_is_read_as_three_claims_and_each_can_be_asked_again():
    text = "the rouble is at about 80, its highest since June 2024, up more than 40 % this year"
    query = [query_from_claim(claim) for claim in parse_claims(text, MONDAY)]
    assert query == [
        ClaimQuery(MONDAY, ClaimKind.LEVEL, 80.0, Exactness.ABOUT),
        ClaimQuery(MONDAY, ClaimKind.STRONGEST, None, Exactness.EXACT, since="2024-06"),
        ClaimQuery(MONDAY, ClaimKind.UP, 40.0, Exactness.MORE, base="year_start"),
    ]
    for each in query:
        again = query_from_claim(claim_from_query(each))
        assert (again.kind, again.value, again.since, again.base) == (
            each.kind, each.value, each.since, each.base,
        )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["The rouble held while the key rate is at 21", "The index was at 99 and the rouble was firm"],
)
def test_a_level_of_something_else_is_no_claim_about_the_rate(text):
    assert parse_claims(text, MONDAY) == ()
