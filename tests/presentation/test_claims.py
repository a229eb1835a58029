"""A claim and its verdict in words, on six fixings made by hand."""

from datetime import date

import pytest

from dashboard.models.article import ClaimKind, Exactness
from dashboard.presentation import claims
from dashboard.services.claims import ClaimQuery, answer_claim, claim_from_query
from tests.services.test_claims_answer import ask, rouble


@pytest.fixture
def series():
    return [rouble("one"), rouble("other", [60.0], ["2022-03-02"])]


@pytest.mark.parametrize(
    ("kind", "more", "question", "answer"),
    [
        ("level", {"value": 80.5}, "About 80.5 RUB per USD?",
         "Yes: 80.0000 RUB per USD on 21 Apr 2025."),
        ("level", {"value": 90.0}, "About 90 RUB per USD?",
         "No: 80.0000 RUB per USD on 21 Apr 2025."),
        ("strongest", {"since": "2025-02"}, "Strongest since February 2025?",
         "Not since then: the strongest there is, not in the data, which begin on"
         " 30 Dec 2024."),
        ("weakest", {"since": "2025-01"}, "Weakest since January 2025?",
         "No: it was at least as weak later than that, on 18 Apr 2025 (81.0000)."),
        ("weakest", {"since": "2025-04"}, "Weakest since April 2025?",
         "Yes: weakest since 18 Apr 2025 (81.0000)."),
    ],
)  # fmt: skip
def test_question_and_answer_in_words(series, kind, more, question, answer):
    result = ask(kind, series, **more)
    assert claims.format_question(result.claim) == question
    assert claims.describe_answer(result) == answer


def test_the_headline_counts_what_came_out(series):
    so = ask("level", series, value=80.5)
    not_so = ask("level", series, value=90.0)
    nearly = ask("level", series, value=82.0)  # 2.5 % away; "about" is 2 %
    other = claim_from_query(ClaimQuery(date(2025, 4, 21), ClaimKind.LEVEL, 80.0, currency="EUR"))
    unknown = answer_claim(other, [], "one")
    headline = claims.format_claims_headline
    assert headline([]) == "Check a claim"
    assert headline([so]) == "About 80.5 RUB per USD? Yes"
    assert headline([not_so]) == "About 90 RUB per USD? No"
    assert headline([so, not_so]) == "1 of 2 claims holds"
    assert headline([so, not_so, so]) == "2 of 3 claims hold"
    assert headline([so, so]) == "2 of 2 claims hold"
    assert headline([not_so, not_so]) == "0 of 2 claims hold"
    assert headline([so, nearly, not_so, unknown]) == (
        "1 of 4 claims holds; 1 is roughly true; 1 cannot be checked"
    )
    assert headline([unknown]) == "About 80 RUB per EUR? No data"


@pytest.mark.parametrize(
    ("kind", "more", "badge", "lines"),
    [
        ("level", {"value": 80.5}, "True", ["80.0000 RUB per USD on 21 Apr 2025."]),
        ("weakest", {"since": "2025-01"}, "False",
         ["It was at least as weak later than that, on 18 Apr 2025 (81.0000)."]),
        ("strongest", {"since": "2025-02"}, "Not since then",
         ["The strongest there is, not in the data, which begin on 30 Dec 2024."]),
        ("up", {"value": 25.0, "exactness": Exactness.EXACT, "base": "year_end"},
         "In one quote only",
         ["Stronger (RUB per USD −20.00 %, USD per RUB +25.00 %) than the last rate of the year"
          " before, 30 Dec 2024 (100.0000)."]),
    ],
)  # fmt: skip
def test_a_badge_and_the_numbers_behind_it(series, kind, more, badge, lines):
    result = ask(kind, series, **more)
    assert claims.format_badge(result).endswith(f" {badge}]")
    assert [line.replace("\u202f", " ") for line in claims.list_answer_lines(result)] == lines


def test_a_change_that_holds_in_one_quote_only_says_so(series):
    result = ask("up", series, value=25.0, exactness=Exactness.EXACT, base="year_end")
    thin = "\u202f"
    assert claims.describe_answer(result) == (
        f"In one quote only: stronger (RUB per USD −20.00{thin}%, USD per RUB +25.00{thin}%)"
        " than the last rate of the year before, 30 Dec 2024 (100.0000)."
    )


def test_a_day_without_a_rate_names_the_one_that_stood_in(series):
    claim = claim_from_query(ClaimQuery(date(2025, 4, 20), ClaimKind.LEVEL, 81.0))
    assert claims.describe_day_shift(answer_claim(claim, series, "one")).endswith(
        "the rate in force, fixed on 18 Apr 2025 and dated 19 Apr 2025, is used."
    )
