"""Phrases for dates, each with the day it means; days by the calendar, not by the program."""

from datetime import UTC, date, datetime

import dateparser
import pytest

from dashboard.models.article import Precision
from dashboard.nlp.attribution import refers_to_future
from dashboard.nlp.dates import DateContext, date_mentions

TUESDAY = date(2025, 4, 22)

# Printed on Tuesday, 22 April 2025.
CASES = [
    ("Kellogg said on Sunday that x", "2025-04-20"),
    ("Trump warned on Friday that x", "2025-04-18"),
    ("Peskov said on Tuesday that x", "2025-04-22"),
    ("They will meet on Friday", "2025-04-25"),
    ("Talks are due on Tuesday", "2025-04-22"),
    ("Putin said on Monday he will reply", "2025-04-21"),
    ("Putin said last Friday that x", "2025-04-18"),
    ("Putin said last Tuesday that x", "2025-04-15"),
    ("They meet next Tuesday", "2025-04-29"),
    ("Putin speaks this Thursday", "2025-04-24"),
    ("Putin said this week that x", "2025-04-21/2025-04-22"),
    ("Putin said last week that x", "2025-04-14/2025-04-20"),
    ("They will meet next week", "2025-04-28/2025-05-04"),
    ("Putin spoke at the weekend", "2025-04-19/2025-04-20"),
    ("Last June the Treasury imposed x", "2024-06-01/2024-06-30"),
    ("Last April the Treasury imposed x", "2024-04-01/2024-04-30"),
    ("In January the Treasury imposed x", "2025-01-01/2025-01-31"),
    ("In June the sides will meet", "2025-06-01/2025-06-30"),
    ("In November the Treasury imposed x", "2024-11-01/2024-11-30"),
    ("In March 2022 the EU cut x", "2022-03-01/2022-03-31"),
    ("Earlier this month Putin said x", "2025-04-01/2025-04-22"),
    ("Last month Putin said x", "2025-03-01/2025-03-31"),
    ("Putin said today x", "2025-04-22"),
    ("Yesterday Putin said x", "2025-04-21"),
    ("The day before yesterday Putin said x", "2025-04-20"),
    ("Tomorrow they meet", "2025-04-23"),
    ("Three days ago Putin said x", "2025-04-19"),
    ("Putin said two weeks ago x", "2025-04-07/2025-04-13"),
    ("On 30 December Putin said x", "2024-12-30"),
    ("On Dec. 30 Putin said x", "2024-12-30"),
    ("A summit is set for May 9", "2025-05-09"),
    ("On Sept. 21, 2022, Putin ordered x", "2022-09-21"),
    ("On 24th of February 2022 Russia invaded", "2022-02-24"),
    ("2025-03-06: a summit", "2025-03-06"),
    ("08.03.2025: a talk", "2025-03-08"),
    ("25/03/2025: a talk", "2025-03-25"),
    ("03/25/2025: a talk", "2025-03-25"),
    ("Песков заявил в воскресенье", "2025-04-20"),
    ("Песков заявил во вторник", "2025-04-22"),
    ("В минувшую пятницу Трамп заявил", "2025-04-18"),
    ("Накануне Путин заявил", "2025-04-21"),
    ("На прошлой неделе Путин заявил", "2025-04-14/2025-04-20"),
    ("В июне прошлого года Минфин США ввел", "2024-06-01/2024-06-30"),
    ("20 апреля 2025 года Келлог заявил", "2025-04-20"),
    ("30 декабря Путин заявил", "2024-12-30"),
    ("Три дня назад Путин заявил", "2025-04-19"),
    ("Встреча пройдет в пятницу", "2025-04-25"),
]  # fmt: skip


def days_in(sentence, printed=TUESDAY, anchor=None):
    result = date_mentions(
        sentence,
        DateContext(printed, anchor),
        lambda start, end: refers_to_future(sentence, start, end),
    )
    return [
        f"{mention.day}/{mention.end_day}" if mention.end_day != mention.day else str(mention.day)
        for mention in result
    ]


@pytest.mark.parametrize(("sentence", "days"), CASES)
def test_a_phrase_means_its_days(sentence, days):
    assert days_in(sentence) == [days]


@pytest.mark.parametrize(
    "sentence",
    ["It may rain in the march of time", "The sun and the sat nav", "Only 12 may apply", "$80 per"],
)
def test_a_word_is_no_date(sentence):
    assert days_in(sentence) == []


def test_a_sunday_paper_means_its_own_sunday():
    sunday = date(2025, 4, 20)
    assert days_in("Kellogg said on Sunday that x", sunday) == ["2025-04-20"]
    # The reason for a rule of our own:
    base = datetime(2025, 4, 20)  # noqa: DTZ001
    settings = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past"}
    assert dateparser.parse("Sunday", languages=["en"], settings=settings).day == 13


def test_a_day_counts_from_the_last_that_was_said():
    assert days_in("Russia invaded on 24 February 2022. Three days earlier") == [
        "2022-02-24", "2022-02-21",
    ]  # fmt: skip
    assert days_in("Two days later x", anchor=date(2025, 10, 22)) == ["2025-10-24"]
    assert days_in("On the following day x", anchor=date(2024, 12, 31)) == ["2025-01-01"]


def test_over_the_turn_of_the_year():
    second = date(2025, 1, 2)
    assert days_in("Putin said on Monday", second) == ["2024-12-30"]
    assert days_in("In December Putin said", second) == ["2024-12-01/2024-12-31"]
    assert days_in("They will meet on 3 January", date(2024, 12, 30)) == ["2025-01-03"]


def test_without_a_day_of_printing_relative_days_stay_open():
    (mention,) = date_mentions("Putin said on Sunday", DateContext(None), lambda *_: False)
    assert (mention.day, mention.precision) == (None, Precision.NONE)
    assert "not known" in mention.doubt
    assert days_in("On 24 February 2022 Russia invaded", None) == ["2022-02-24"]


def test_a_day_that_reads_two_ways_is_not_guessed():
    (mention,) = date_mentions("03/04/2025: x", DateContext(TUESDAY), lambda *_: False)
    assert mention.day is None
    assert mention.doubt == "reads two ways: 2025-03-04 or 2025-04-03"


def test_a_date_that_does_not_exist_is_none():
    assert days_in("On 31 June 2025 and 2025-02-30 and 99.99.2025 Putin said") == []


@pytest.mark.parametrize(
    ("sentence", "moment"),
    [
        ("The Bank cut at 13:30 Moscow time on Friday", datetime(2025, 4, 18, 10, 30, tzinfo=UTC)),
        ("On Friday at 3.15 p.m. ET Trump said", datetime(2025, 4, 18, 19, 15, tzinfo=UTC)),
        ("В пятницу в 13:30 мск ЦБ объявил", datetime(2025, 4, 18, 10, 30, tzinfo=UTC)),
        ("On 12 January 2013 at 12:00 MSK", datetime(2013, 1, 12, 8, tzinfo=UTC)),  # then UTC+4
    ],
)
def test_a_clock_time_with_its_zone_is_a_moment(sentence, moment):
    (mention,) = date_mentions(sentence, DateContext(TUESDAY), lambda *_: False)
    assert (mention.moment, mention.precision) == (moment, Precision.MINUTE)


def test_a_clock_time_without_a_zone_is_none():
    (mention,) = date_mentions(
        "On Friday at 13:30 Trump said", DateContext(TUESDAY), lambda *_: False
    )
    assert mention.moment is None


RANGES = [
    ("The truce will hold from April 18 to April 21.", "2025-04-22", "2025-04-18", "2025-04-21"),
    ("The truce will hold from April 18 to April 21.", "2025-04-17", "2025-04-18", "2025-04-21"),
    ("Talks ran from 16 to 18 April.", "2025-04-22", "2025-04-16", "2025-04-18"),
    ("It applies between 12 January and 30 April.", "2025-04-22", "2025-01-12", "2025-04-30"),
    ("The drills of April 14-16 are over.", "2025-04-22", "2025-04-14", "2025-04-16"),
    ("The pause of 28 December to 8 January.", "2025-01-20", "2024-12-28", "2025-01-08"),
    ("From 1 to 3 June 2023 it was closed.", "2025-04-22", "2023-06-01", "2023-06-03"),
    ("Переговоры пройдут 16–18 мая.", "2025-04-22", "2025-05-16", "2025-05-18"),
    ("Встречи 14-16 апреля ничего не дали.", "2025-04-22", "2025-04-14", "2025-04-16"),
    ("Покупки пройдут с 12 января по 30 апреля.", "2025-04-22", "2025-01-12", "2025-04-30"),
    ("С 28 декабря по 8 января биржа закрыта.", "2025-01-20", "2024-12-28", "2025-01-08"),
]


@pytest.mark.parametrize(("sentence", "printed", "first", "last"), RANGES)
def test_a_range_of_days_keeps_both_ends(sentence, printed, first, last):
    context = DateContext(date.fromisoformat(printed))
    is_future = "will" in sentence or "пройдут" in sentence
    (mention,) = date_mentions(sentence, context, lambda *_: is_future)
    assert (str(mention.day), str(mention.end_day)) == (first, last)


def test_a_year_after_a_month_belongs_to_it():
    (mention,) = date_mentions("В июне 2023 года", DateContext(date(2025, 4, 22)), lambda *_: False)
    assert (str(mention.day), str(mention.end_day)) == ("2023-06-01", "2023-06-30")
