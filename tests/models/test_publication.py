"""Date rules: market day and moments of printed dates, from the publishers' own notices."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from dashboard.models.publication import (
    BANK_OF_RUSSIA,
    BANK_OF_RUSSIA_BREAKS,
    ECB,
    END_OF_DAY,
    LONDON_CLOSE,
    PUBLICATION_RULES,
    crosses_break,
)


def clock(rule, *records):
    day, opens, known_at = rule.timestamps(np.array(records, dtype="datetime64[D]"))
    return [tuple(str(value) for value in row) for row in zip(day, opens, known_at, strict=True)]


@pytest.mark.parametrize(
    ("record", "row"),
    [
        # Summer of 2013: Moscow is UTC+4, deals 10:00-11:30.
        ("2013-06-04", ("2013-06-03", "2013-06-03T06:00:00", "2013-06-03T07:30:00")),
        # Winter of 2014/15 and ever since: UTC+3.
        ("2014-12-17", ("2014-12-16", "2014-12-16T07:00:00", "2014-12-16T08:30:00")),
        # The last day to 11:30, the first to 16:30, the last to 16:30, the first to 15:30.
        ("2022-03-12", ("2022-03-11", "2022-03-11T07:00:00", "2022-03-11T08:30:00")),
        ("2022-03-15", ("2022-03-14", "2022-03-14T07:00:00", "2022-03-14T13:30:00")),
        ("2022-04-23", ("2022-04-22", "2022-04-22T07:00:00", "2022-04-22T13:30:00")),
        ("2022-04-26", ("2022-04-25", "2022-04-25T07:00:00", "2022-04-25T12:30:00")),
        # A record dated Saturday is Friday's market, one dated Sunday a working Saturday's.
        ("2025-04-19", ("2025-04-18", "2025-04-18T07:00:00", "2025-04-18T12:30:00")),
        ("2024-12-29", ("2024-12-28", "2024-12-28T07:00:00", "2024-12-28T12:30:00")),
    ],
)
def test_a_bank_of_russia_record_describes_the_day_before_it(record, row):
    assert clock(BANK_OF_RUSSIA, record) == [row]


@pytest.mark.parametrize(
    ("rule", "record", "known_at"),
    [
        (ECB, "2021-01-15", "2021-01-15T13:15:00"),
        (ECB, "2021-07-15", "2021-07-15T12:15:00"),
        (LONDON_CLOSE, "2021-01-15", "2021-01-15T16:30:00"),
        (LONDON_CLOSE, "2021-07-15", "2021-07-15T15:30:00"),
        (END_OF_DAY, "2021-07-15", "2021-07-15T20:59:00"),
        (END_OF_DAY, "2013-07-15", "2013-07-15T19:59:00"),
    ],
)
def test_other_publishers_date_their_own_day(rule, record, known_at):
    ((day, _, result),) = clock(rule, record)
    assert (day, result) == (record, known_at)


@pytest.mark.parametrize("rule", PUBLICATION_RULES.values(), ids=lambda rule: rule.id)
def test_known_at_rises_with_the_date_and_never_precedes_opening(rule):
    record = np.arange(np.datetime64("2013-01-01"), np.datetime64("2027-01-01"))
    _, opens, known_at = rule.timestamps(record)
    assert (known_at[1:] > known_at[:-1]).all()
    assert (opens <= known_at).all()


@pytest.mark.parametrize("rule", PUBLICATION_RULES.values(), ids=lambda rule: rule.id)
def test_no_records_have_no_moments(rule):
    assert clock(rule) == []


@pytest.mark.parametrize(
    ("day", "closes"),
    [("2013-01-09", "11:30"), ("2022-03-13", "11:30"), ("2022-03-14", "16:30"),
     ("2022-04-24", "16:30"), ("2022-04-25", "15:30"), ("2026-09-01", "15:30")],
)  # fmt: skip
def test_the_session_of_a_day(day, closes):
    record = np.array([day], dtype="datetime64[D]") + 1  # the record is dated a day later
    _, _, known_at = BANK_OF_RUSSIA.timestamps(record)
    moscow = datetime.fromisoformat(str(known_at[0])).replace(tzinfo=UTC)
    assert f"{moscow.astimezone(ZoneInfo('Europe/Moscow')):%Y-%m-%d %H:%M}" == f"{day} {closes}"


def test_the_method_breaks_are_those_of_the_notices():
    assert [str(method.day) for method in BANK_OF_RUSSIA_BREAKS] == [
        "2022-03-14", "2022-04-25", "2024-06-13", "2024-12-27",
    ]  # fmt: skip


def test_a_break_lies_after_the_first_day_and_up_to_the_last():
    after = np.array(["2024-06-11", "2024-06-12", "2024-06-13"], dtype="datetime64[D]")
    until = np.array(["2024-06-12", "2024-06-13", "2024-06-20"], dtype="datetime64[D]")
    assert crosses_break(BANK_OF_RUSSIA_BREAKS, after, until).tolist() == [False, True, False]
    assert crosses_break((), after, until).tolist() == [False, False, False]
