"""The Bank of Russia: what its records mean, and every way it is known to fail."""

import time
from datetime import date

import pytest

from dashboard.models.errors import CircuitOpen, InputError, SourceError
from dashboard.sources.http_client import RequestLimits
from dashboard.sources.http_transport import new_session
from dashboard.sources.polite_client import PoliteClient
from dashboard.sources.rates.cbr import Cbr, parse_dynamic, parse_key_rate
from tests.replica import failures
from tests.replica.services import cbr as how
from tests.sources.made_time import at

USD = "usd_rub_cbr"


@pytest.fixture
def cbr(client):
    return Cbr(client)


def rows(fetched):
    series = fetched.series
    return dict(zip(series.record.astype(str).tolist(), series.rate.tolist(), strict=True))


def failure_of(cbr, series_id=USD, since=date(2026, 11, 2)):
    with pytest.raises(SourceError) as caught:
        cbr.fetch(series_id, since)
    return str(caught.value)


# ---------------------------------------------------------------- dates


def test_the_friday_fixing_is_the_record_dated_saturday(cbr, replica):
    replica.market.change("USD", date(2026, 11, 21), 84.5)  # a Saturday
    series = cbr.fetch(USD, date(2026, 11, 20)).series
    (row,) = (series.record.astype(str) == "2026-11-21").nonzero()[0]
    assert series.rate[row] == 84.5
    assert str(series.day[row]) == "2026-11-20"  # Friday
    assert str(series.known_at[row]) == "2026-11-20T12:30:00"  # 15:30 in Moscow


def test_there_is_no_record_dated_sunday_or_monday(cbr):
    series = cbr.fetch(USD, date(2026, 10, 1)).series
    weekdays = {day.astype(object).isoweekday() for day in series.record}
    assert weekdays == {2, 3, 4, 5, 6}


def test_the_rate_of_30_december_stays_in_force_over_the_new_year(cbr, replica, clock):
    at("2026-01-15T18:00:00+00:00", replica, clock)
    message = [("2025-12-26", 78.9512), ("2025-12-27", 77.6936), ("2025-12-30", 77.8843),
            ("2025-12-31", 78.2267), ("2026-01-13", 78.7883), ("2026-01-14", 78.5338)]  # fmt: skip
    replica.cbr.answers(failures.instead(dynamic("R01235", message), "application/xml"))
    series = cbr.fetch(USD, date(2025, 12, 26)).series
    assert rows(cbr.fetch(USD, date(2025, 12, 26))) == dict(message)
    assert str(series.day[3]) == "2025-12-30"
    assert str(series.day[4]) == "2026-01-12"  # thirteen days without a record before it


def test_the_call_without_a_date_that_answers_tomorrow_is_never_made(cbr, replica, clock):
    """After the fixing such a call answers tomorrow's table; ours names its dates.

    The record that is dated tomorrow comes all the same, and is the market of today.
    """
    at("2026-11-23T18:00:00+00:00", replica, clock)  # Monday 21:00 in Moscow
    series = cbr.fetch(USD, date(2026, 11, 20)).series
    assert str(series.record[-1]) == "2026-11-24"
    assert str(series.day[-1]) == "2026-11-23"
    params = replica.cbr.requests[-1].params
    assert params == {"date_req1": "20/11/2026", "date_req2": "24/11/2026", "VAL_NM_RQ": "R01235"}


def test_before_the_fixing_there_is_no_record_of_tomorrow(cbr, replica, clock):
    at("2026-11-24T09:00:00+00:00", replica, clock)
    assert str(cbr.fetch(USD, date(2026, 11, 20)).series.record[-1]) == "2026-11-24"


def test_a_record_of_the_day_after_tomorrow_is_refused(cbr, replica):
    message = dynamic("R01235", [("2026-11-26", 84.1)])
    replica.cbr.answers(failures.instead(message, "application/xml"))
    assert failure_of(cbr) == (
        "Bank of Russia answered a rate of 2026-11-26, which is still to come"
    )


# ---------------------------------------------------------------- numbers


def test_a_change_of_nominal_is_no_change_of_the_rate(cbr):
    """The yuan is quoted for ten until a day and for one from then on."""
    content = dynamic("R01375", [("2021-07-01", 112.3456, 10), ("2022-12-01", 8.5, 1)])
    assert parse_dynamic(content, "R01375") == [
        (date(2021, 7, 1), 11.23456),
        (date(2022, 12, 1), 8.5),
    ]


def test_the_yuan_of_the_replica_goes_through_its_change_of_nominal(cbr):
    series = cbr.fetch("cny_rub_cbr", date(2024, 12, 20)).series
    assert 5 < series.rate.min() < series.rate.max() < 20


def test_a_record_without_the_rate_for_one_unit_is_read():
    content = dynamic("R01235", [("2016-03-01", 75.0903)]).replace(
        b"<VunitRate>75,0903</VunitRate>", b""
    )
    assert parse_dynamic(content, "R01235") == [(date(2016, 3, 1), 75.0903)]


def test_a_record_that_contradicts_itself_is_refused(cbr, replica):
    message = dynamic("R01235", [("2026-11-20", 84.1)])
    message = message.replace(b"<VunitRate>84,1<", b"<VunitRate>8,41<")
    replica.cbr.answers(failures.instead(message, "application/xml"))
    assert failure_of(cbr).startswith("Bank of Russia answered 84.1 for 1 on 2026-11-20, but 8,41")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<Value>84,1000", b"<Value>0,0000"),
        (b"<Value>84,1000", b"<Value>-84,1000"),
        (b"<Value>84,1000", b"<Value>"),
        (b"<Value>84,1000", b"<Value>1e999"),
        (b"<Nominal>1<", b"<Nominal>0<"),
        (b"<Nominal>1<", b"<Nominal>one<"),
        (b'"20.11.2026"', b'"2026-11-20"'),
        (b'"20.11.2026"', b'"31.02.2026"'),
    ],
)
def test_a_record_that_is_no_rate_is_refused(cbr, replica, old, new):
    message = dynamic("R01235", [("2026-11-20", 84.1)]).replace(b"<VunitRate>84,1</VunitRate>", b"")
    replica.cbr.answers(failures.instead(message.replace(old, new), "application/xml"))
    assert failure_of(cbr).startswith("Bank of Russia answered")


def test_two_rates_for_one_date_are_refused(cbr, replica):
    message = dynamic("R01235", [("2026-11-20", 84.1), ("2026-11-20", 84.2)])
    replica.cbr.answers(failures.instead(message, "application/xml"))
    assert failure_of(cbr) == "Bank of Russia answered two rates for 2026-11-20: 84.1 and 84.2"


# ---------------------------------------------------------------- the wrong charset


def test_the_header_may_name_a_wrong_charset(cbr, replica):
    right = rows(cbr.fetch(USD, date(2026, 11, 2)))
    replica.cbr.answers(failures.wrong_charset)
    assert rows(cbr.fetch(USD, date(2026, 11, 2))) == right


def test_names_in_windows_1251_are_read_by_the_declaration_of_the_document():
    named = dynamic("R01235", [("2026-11-20", 84.1)]).replace(b"Dynamic", "Доллар".encode("cp1251"))
    assert parse_dynamic(named, "R01235") == [(date(2026, 11, 20), 84.1)]


# ---------------------------------------------------------------- failures


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (how.error_in_parameters, "Bank of Russia answered “Error in parameters” instead of rates"),
        (how.no_records, "Bank of Russia answered no rate at all since 2026-11-02"),
        (how.another_currency, "Bank of Russia answered another currency than R01235"),
        (failures.html_with_200, "Bank of Russia answered HTML instead of XML"),
        (failures.forbidden_html, "Bank of Russia answered 403 Forbidden"),
        (failures.nothing_at_all, "Bank of Russia answered nothing instead of XML"),
        (failures.reset, "Bank of Russia broke the connection"),
        (failures.cut_off(), "Bank of Russia broke off its answer"),
        (failures.cut_off_gzip, "Bank of Russia broke off its answer"),
        (failures.cut_off_unnoticed(), "Bank of Russia answered damaged XML"),
    ],
    ids=["parameters", "empty", "currency", "html", "forbidden", "nothing", "reset", "cut",
         "cut gzip", "cut unnoticed"],
)  # fmt: skip
def test_every_known_failure_is_told_in_one_sentence(cbr, replica, failure, text):
    replica.cbr.answers(failure)
    assert failure_of(cbr).startswith(text)


def test_30_seconds_of_silence_are_cut_short(replica, clock):
    replica.cbr.answers(failures.hang(30))
    with new_session(replica.url) as session:
        short = RequestLimits(connect=0.5, read=0.5, total=1.0, attempts=1)
        started = time.monotonic()
        assert failure_of(Cbr(PoliteClient(session, clock, short))) == (
            "Bank of Russia did not answer in time"
        )
    assert time.monotonic() - started < 20


def test_too_many_questions_are_answered_by_a_pause(cbr, replica):
    replica.cbr.answers(failures.too_many(600))
    with pytest.raises(CircuitOpen):
        cbr.fetch(USD, date(2026, 11, 2))


def test_a_range_of_a_weekend_without_a_record_is_no_failure(cbr, replica, clock):
    at("2026-11-22T12:00:00+00:00", replica, clock)  # Sunday
    assert len(cbr.fetch(USD, date(2026, 11, 22)).series) == 0


def test_an_unknown_series_is_refused_with_the_names_of_those_there_are(cbr):
    with pytest.raises(InputError, match="usd_rub_cbr, cny_rub_cbr"):
        cbr.fetch("usd_rub", date(2026, 11, 2))


@pytest.mark.parametrize(
    "hostile",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><ValCurs ID="R01235">&b;</ValCurs>',
        b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1:9999/x"><ValCurs/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><ValCurs/>'.encode("utf-16"),
    ],
    ids=["entity", "external", "utf-16"],
)
def test_a_document_type_is_refused_unread(hostile):
    with pytest.raises(SourceError, match="damaged XML"):
        parse_dynamic(hostile, "R01235")


# ---------------------------------------------------------------- the key rate


def test_the_key_rate_is_dated_by_the_day_it_is_in_force(cbr, replica):
    message = rows(cbr.fetch("key_rate_cbr", date(2026, 7, 20)))
    assert message["2026-07-24"] == 21.0  # the Friday of the decision still has the old rate
    assert message["2026-07-27"] == 14.0
    assert replica.cbr.requests[-1].method == "POST"
    assert replica.cbr.requests[-1].headers["SOAPAction"] == '"http://web.cbr.ru/KeyRate"'
    body = replica.cbr.requests[-1].body
    assert b"<fromDate>2026-07-20</fromDate><ToDate>2026-11-24</ToDate>" in body


def test_local_midnight_is_not_turned_into_the_day_before():
    reply = how.envelope(
        "<KR><DT>2026-08-04T00:00:00+03:00</DT><Rate>14.00</Rate></KR>"
        "<KR><DT>2026-08-03T00:00:00+03:00</DT><Rate>14.25</Rate></KR>"
    )
    assert parse_key_rate(reply.body) == [(date(2026, 8, 4), 14.0), (date(2026, 8, 3), 14.25)]


def test_the_element_may_have_the_name_of_the_old_documents():
    reply = how.envelope("<KeyRate><DT>2026-08-04T00:00:00+03:00</DT><Rate>14.00</Rate></KeyRate>")
    assert parse_key_rate(reply.body) == [(date(2026, 8, 4), 14.0)]


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (how.empty_envelope, "Bank of Russia answered no rate at all since 2026-11-02"),
        (how.soap_fault, "Bank of Russia answered 500 Internal Server Error"),
        (failures.html_with_200, "Bank of Russia answered HTML instead of XML"),
        (how.no_records, "Bank of Russia answered something else than the key rate"),
    ],
)
def test_a_key_rate_that_does_not_come_is_told(cbr, replica, failure, text):
    replica.cbr.answers(failure)
    assert failure_of(cbr, "key_rate_cbr") == text


def dynamic(number, records):
    """XML_dynamic with some records: printed date, value, nominal."""
    message = "".join(
        f'<Record Date="{day[8:]}.{day[5:7]}.{day[:4]}" Id="{number}">'
        f"<Nominal>{(by or [1])[0]}</Nominal><Value>{how.comma(value, 4)}</Value>"
        f"<VunitRate>{how.comma(value / (by or [1])[0])}</VunitRate></Record>"
        for day, value, *by in records
    )
    name = "Foreign Currency Market Dynamic"
    return how.xml(f'<ValCurs ID="{number}" name="{name}">{message}</ValCurs>').body
