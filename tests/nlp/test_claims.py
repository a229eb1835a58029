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
