"""Sentences that claim something about the rate, and sentences that do not."""

from datetime import date

import pytest

from dashboard.nlp.claims import find_claims
from tests.nlp.measure import claim_text

DAY = date(2025, 4, 22)
CASES = [
    ("The rouble firmed to around 80 against the dollar.", ["level about 80 USD"]),
    ("The dollar fell below 80 roubles.", ["level below 80 USD"]),
    ("The rouble slid past 100 to the dollar.", ["level above 100 USD"]),
    ("The rouble rose past 80 to the dollar.", ["level below 80 USD"]),
    ("The ruble traded at 11.25 per yuan.", ["level exact 11.25 CNY"]),
    ("Евро вырос до 98,4 рубля.", ["level exact 98.4 EUR"]),
    ("The dollar's highest since June 2024 against the rouble.", ["weakest since 2024-06 USD"]),
    ("The rouble hit its lowest since March 2022.", ["weakest since 2022-03 USD"]),
    ("Рубль обновил максимум с мая 2023 года.", ["strongest since 2023-05 USD"]),
    ("The rouble lost a quarter since the start of the year.", ["down exact 25 year_start USD"]),
    ("The dollar gained 2.5 % on the week against the rouble.", ["down exact 2.5 week USD"]),
    ("Рубль с начала года укрепился к доллару почти на 30%.", ["up about 30 year_start USD"]),
]  # fmt: skip
NONE = [
    "The Bank of Russia cut its key rate by 100 basis points to 20 % on Friday.",
    "Exporters must sell 80 % of their dollars.",
    "The fine was 50 million roubles.",
    "Inflation rose to 9.5 %, the highest since 2023.",
    "The lamb is 40 % cheaper than last year.",
    "Shares of Gazprom gained 3 % on the day.",
]


@pytest.mark.parametrize(("sentence", "expected"), CASES)
def test_a_claim_is_recognised(sentence, expected):
    assert [claim_text(claim) for claim in find_claims(sentence, DAY)] == expected


@pytest.mark.parametrize("sentence", NONE)
def test_other_numbers_are_no_claims(sentence):
    assert find_claims(sentence, DAY) == ()


def test_a_claim_is_told_of_the_day_beside_it():
    text = "On Wednesday the rouble fell to 114 against the dollar."
    assert find_claims(text, DAY)[0].day == date(2025, 4, 16)
    assert find_claims("The rouble fell to 114 against the dollar.", DAY)[0].day == DAY


FORMS = [
    ("The rouble strengthened to around 80 against the U.S. dollar — its highest level since June"
     " 2024.", ["level about 80 USD", "strongest since 2024-06 USD"]),
    ("A ten-month high of 80.9 was reached by the rouble.",
     ["strongest since 2024-05 USD", "level exact 80.9 USD"]),
    ("The rouble firmed to 78, a level not seen since mid-2023.",
     ["level exact 78 USD", "strongest since 2023-05 USD"]),
    ("The rouble sank past 100 for the first time since March 2022.",
     ["weakest since 2022-03 USD"]),
    ("The rouble was 0.8 % stronger at 81.20 by 0740 GMT.",
     ["up exact 0.8 previous USD", "level exact 81.2 USD"]),
    ("The rouble hit its strongest levels since June 2024.", ["strongest since 2024-06 USD"]),
    ("Рубль обновил десятимесячный максимум.", ["strongest since 2024-05 USD"]),
    ("Доллар упал до 78 рублей, такого не было с середины 2023 года.",
     ["level exact 78 USD", "strongest since 2023-05 USD"]),
    ("Доллар впервые с марта 2022 года поднялся выше 100 рублей.",
     ["weakest since 2022-03 USD", "level above 100 USD"]),
    ("Рубль подешевел: доллар стоил 97 рублей, это максимум за год.",
     ["level exact 97 USD", "weakest since 2023-04 USD"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), FORMS)
def test_the_forms_of_claims_in_print_are_recognised(sentence, expected):
    assert sorted(claim_text(claim) for claim in find_claims(sentence, DAY)) == sorted(expected)


SUBJECTS = [
    # nearest is the dollar, the subject is the rouble
    ("The rouble, at 80 against the dollar, is at its highest since June 2024.", "strongest"),
    ("The dollar, worth 80 roubles, is at its lowest since June 2024.", "strongest"),
    # the grammar says the dollar, the movement of the neighbour says the rouble
    ("The rouble weakened as the dollar gained, hitting its lowest since March 2022.", "weakest"),
    ("The rouble rallied while traders sold dollars, to its best level since 2023.", "strongest"),
    ("The euro slid against the rouble to its lowest since May 2023.", "strongest"),
]


@pytest.mark.parametrize(("sentence", "kind"), SUBJECTS)
def test_the_subject_is_that_of_the_grammar_and_agrees_with_its_neighbours(sentence, kind):
    records = [claim for claim in find_claims(sentence, DAY) if claim.since is not None]
    assert [(str(claim.kind), claim.doubt) for claim in records] == [(kind, "")]


@pytest.mark.parametrize("sentence", [
    "The rouble's exchange rate reached its highest since June 2024.",
    "The dollar costs 90 roubles, a level not seen since June 2024.",
])  # fmt: skip
def test_where_two_readings_are_left_both_are_given_and_marked(sentence):
    records = [claim for claim in find_claims(sentence, DAY) if claim.since is not None]
    assert [str(claim.kind) for claim in records] == ["strongest", "weakest"]
    assert all(claim.doubt for claim in records)


MARKETS = [
    ("The rouble was at 82.80 to the dollar in the over-the-counter market.", ["otc"]),
    ("The rouble was at 82.80 to the dollar, brokers in the OTC market said.", ["otc"]),
    ("The yuan cost 11.2 roubles on the Moscow Stock Exchange.", ["exchange"]),
    ("The official rate is 82.85 roubles per dollar.", ["official"]),
    ("The central bank's rate was 82.85 roubles per dollar.", ["official"]),
    ("Dollar futures fell to 84.1 roubles.", ["future"]),
    ("The rouble traded at 82 per dollar in interbank dealing, while the official rate was 83 per"
     " dollar.", ["otc", "official"]),
    ("Доллар на внебиржевом рынке стоил 82,8 рубля.", ["otc"]),
    ("Официальный курс доллара составил 82,85 рубля.", ["official"]),
    ("Юань на Мосбирже стоил 11,2 рубля.", ["exchange"]),
    ("Фьючерс на доллар подешевел до 84,1 рубля.", ["future"]),
    ("На межбанке доллар стоил 82,8 рубля.", ["otc"]),
    ("The rouble was at 82.80 to the dollar.", [None]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "markets"), MARKETS)
def test_a_claim_knows_the_market_of_its_clause(sentence, markets):
    claims = [claim for claim in find_claims(sentence, DAY) if claim.kind == "level"]
    assert [claim.market for claim in claims] == markets


PERIODS = [
    ("In June 2023 the rouble weakened to 84 per dollar.", "2023-06-01", "2023-06-30"),
    ("В июне 2023 года рубль ослаб до 84.", "2023-06-01", "2023-06-30"),
    ("The rouble hit its strongest levels since June 2024 this week.", "2025-04-21", "2025-04-22"),
    ("In March the rouble gained 4 % against the dollar.", "2025-03-01", "2025-03-31"),
    ("The rouble lost 7 % last week.", "2025-04-14", "2025-04-20"),
]


@pytest.mark.parametrize(("sentence", "first", "last"), PERIODS)
def test_a_claim_of_a_month_or_a_week_is_of_its_days(sentence, first, last):
    (claim,) = find_claims(sentence, DAY)
    assert (str(claim.first_day), str(claim.day)) == (first, last)


def test_the_official_rate_for_a_day_was_set_the_day_before():
    (claim,) = find_claims("Официальный курс доллара на 22 апреля составил 80,7597 рубля.", DAY)
    assert str(claim.day) == "2025-04-21"


def test_a_record_against_two_currencies_is_two_claims():
    sentence = (
        "The rouble hit its strongest levels against both the dollar and the yuan since 2023."
    )
    assert [claim_text(claim) for claim in find_claims(sentence, DAY)] == [
        "strongest since 2023-01 USD", "strongest since 2023-01 CNY",
    ]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), [
    ("Against the Chinese yuan, the rouble was down 1.2% at 11.36.",
     ["level exact 11.36 CNY", "down exact 1.2 previous CNY"]),
    ("The rouble increased by 1.3% to 81.22 to the US currency.",
     ["up exact 1.3 previous USD", "level exact 81.22 USD"]),
    ("It is up 27% against the dollar so far this year.", ["up exact 27 year_start USD"]),
    ("The rouble is up against the U.S. dollar by about 21% since the beginning of 2025.",
     ["up about 21 year_start USD"]),
    ("The rouble fell 3.7%, its biggest daily percentage fall since January 2015.",
     ["down exact 3.7 previous USD"]),
    ("The dollar was worth around 103 roubles in January and is at 81 roubles, not seen since"
     " spring 2023.",
     ["level about 103 USD", "level exact 81 USD", "strongest since 2023-03 USD"]),
])  # fmt: skip
def test_sentences_of_market_reports(sentence, expected):
    assert sorted(claim_text(claim) for claim in find_claims(sentence, DAY)) == sorted(expected)


def test_the_clock_of_a_sentence_has_no_day_of_the_sentence_before():
    (claim,) = find_claims(
        "At 0900 GMT the rouble was at 80.90 per dollar.", DAY, date(2024, 6, 28)
    )
    assert claim.day == DAY


PRINTED = [
    ("The rouble weakened past 100 to the dollar, its lowest in more than seven weeks.",
     ["level above 100 USD", "weakest since 2025-02 USD"]),
    ("The dollar dropped to a ten-month low of 80.9 roubles.",
     ["level exact 80.9 USD", "strongest since 2024-05 USD"]),
    ("The rouble touched 81 per dollar after a rally, a level last seen in June 2024.",
     ["level exact 81 USD", "strongest since 2024-06 USD", "weakest since 2024-06 USD"]),
    ("The ruble's 40% rally this year is the world's best.", ["up exact 40 year_start USD"]),
    ("The rouble extended its gains, up 1.2% against the greenback at 80.75.",
     ["level exact 80.75 USD", "up exact 1.2 previous USD"]),
    ("The rouble lost ground, slipping 0.3% to 82.45 against the dollar by 1400 GMT.",
     ["down exact 0.3 previous USD", "level exact 82.45 USD"]),
    ("One dollar bought 81.2 rubles, the fewest since June 2023.",
     ["level exact 81.2 USD", "strongest since 2023-06 USD"]),
    ("At 81 to the dollar the rouble is the strongest it has been since June 2023.",
     ["level exact 81 USD", "strongest since 2023-06 USD"]),
    ("The rouble hasn't been this strong since the summer of 2023.",
     ["strongest since 2023-06 USD"]),
    ("The yuan fell to its lowest against the rouble since July 2023.",
     ["strongest since 2023-07 CNY"]),
    ("Oil fell 3% while the rouble held at 82 per dollar.", ["level exact 82 USD"]),
    ("The rouble retreated from a ten-month high of 80.9.", []),
    ("Russian rouble eases from strongest level since June 2024.", []),
    ("Официальный курс доллара снизился на 0,6% до 80,76 рубля, минимума с мая 2023 года.",
     ["level exact 80.76 USD", "strongest since 2023-05 USD", "up exact 0.6 previous USD"]),
    ("Рубль обвалился: доллар превысил 110 рублей впервые с 16 марта 2022 года.",
     ["level above 110 USD", "weakest since 2022-03 USD"]),
    ("Евро упал на 1,2 рубля, до 92,3 рубля.", ["level exact 92.3 EUR"]),
    ("Юань подешевел до 11,02 руб., обновив минимум с июля 2023 г.",
     ["level exact 11.02 CNY", "strongest since 2023-07 CNY"]),
    ("Рубль достиг самых сильных отметок почти за два года.", ["strongest since 2022-04 USD"]),
    ("Рубль не был таким крепким с лета 2023 года.", ["strongest since 2023-06 USD"]),
    ("Доллар впервые за год опустился ниже 81 рубля.",
     ["level below 81 USD", "strongest since 2023-04 USD"]),
    ("Рубль стал крепче 81 за доллар.", ["level below 81 USD"]),
    ("Нефть упала на 3%, а рубль стоит 82 за доллар.", ["level exact 82 USD"]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), PRINTED)
def test_sentences_as_they_are_printed(sentence, expected):
    assert sorted(claim_text(claim) for claim in find_claims(sentence, DAY)) == sorted(expected)
