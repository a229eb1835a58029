"""The ECB: two addresses of the same numbers, and every way they are known to fail."""

from datetime import date

import pytest

from dashboard.models.errors import SourceError
from dashboard.sources.rates.ecb import Ecb, parse_csvdata, parse_zip
from tests.replica import failures
from tests.replica.services import ecb as how


@pytest.fixture
def ecb(client):
    return Ecb(client)


def rows(fetched):
    series = fetched.series
    return dict(zip(series.record.astype(str).tolist(), series.rate.tolist(), strict=True))


def failure_of(ecb, since=date(2026, 10, 20)):
    with pytest.raises(SourceError) as caught:
        ecb.fetch("eur_usd_ecb", since)
    return str(caught.value)


def test_the_zip_and_the_single_series_tell_the_same(ecb, replica):
    long = rows(ecb.fetch("eur_usd_ecb", date(2026, 1, 2)))
    short = rows(ecb.fetch("eur_usd_ecb", date(2026, 10, 20)))
    assert [request.path.rpartition("/")[2] for request in replica.ecb.requests] == [
        "eurofxref-hist.zip", "D.USD.EUR.SP00.A",
    ]  # fmt: skip
    assert short == {day: rate for day, rate in long.items() if day >= "2026-10-20"}
    assert short["2026-10-30"] == 1.1172  # as the ECB published it


def test_the_rouble_ends_on_1_march_2022_though_its_column_stays(ecb):
    message = rows(ecb.fetch("eur_rub_ecb", date(2022, 2, 24)))
    assert list(message) == ["2022-02-24", "2022-02-25", "2022-02-28", "2022-03-01"]
    assert message["2022-03-01"] == 117.201
    assert message["2022-02-25"] == 92.5673


def test_a_cross_is_a_quotient(ecb):
    # 117.201 RUB and 1.1162 USD for a euro on 2022-03-01
    assert rows(ecb.fetch("usd_rub_ecb", date(2022, 2, 28)))["2022-03-01"] == 105.0


def test_a_trailing_comma_is_no_currency():
    packed = zipped("Date,USD,RUB,\n2026-10-30,1.1172,N/A,\n2026-10-29,1.113,N/A,\n")
    assert parse_zip(packed, ["USD", "RUB"]) == {
        "USD": [(date(2026, 10, 30), 1.1172), (date(2026, 10, 29), 1.113)],
        "RUB": [],
    }


def test_a_quoted_title_with_a_comma_shifts_no_column(ecb, replica):
    message = ecb.fetch("eur_usd_ecb", date(2026, 10, 28)).series
    assert message.rate[0] > 1
    assert (
        b'"ECB reference exchange rate, USD/Euro, 2.15 pm'
        in replica.ecb.right(replica.ecb.requests[-1]).body
    )


def test_observations_marked_as_missing_are_left_out(ecb, replica):
    whole = rows(ecb.fetch("eur_usd_ecb", date(2026, 10, 20)))
    replica.ecb.answers(how.missing_values)
    without = rows(ecb.fetch("eur_usd_ecb", date(2026, 10, 20)))
    assert list(without) == list(whole)[2:]


def test_none_is_told_as_404_or_as_nothing_and_neither_is_a_failure(ecb, replica, clock):
    since = clock.now().date()
    replica.ecb.answers(failures.not_found)
    assert len(ecb.fetch("eur_usd_ecb", since).series) == 0
    replica.ecb.answers(how.empty_200)
    assert len(ecb.fetch("eur_usd_ecb", since).series) == 0


def test_nothing_in_a_month_is_a_failure(ecb, replica):
    replica.ecb.answers(how.empty_200)
    assert failure_of(ecb) == "ECB answered no rate at all since 2026-10-20"


@pytest.mark.parametrize(
    ("since", "kind"),
    [(date(2026, 1, 2), "a ZIP file"), (date(2026, 10, 20), "CSV")],
    ids=["zip", "csv"],
)
@pytest.mark.parametrize(
    ("failure", "sentence"),
    [
        (failures.html_with_200, "answered HTML instead of {kind}"),
        (failures.forbidden_html, "answered 403 Forbidden"),
        (failures.cut_off(), "broke off its answer"),
        (failures.cut_off_gzip, "broke off its answer"),
        (failures.cut_off_unnoticed(), "answered {damaged}"),
        (failures.garbage, "answered unreadable bytes instead of {kind}"),
    ],
    ids=["html", "forbidden", "cut", "cut gzip", "cut unnoticed", "garbage"],
)
def test_every_known_failure_is_told_in_one_sentence(ecb, replica, failure, sentence, since, kind):
    replica.ecb.answers(failure)
    damaged = {"CSV": "CSV that cannot be read"}.get(kind, "a damaged zip")
    expected = sentence.format(kind=kind, damaged=damaged)
    assert failure_of(ecb, since).startswith(f"ECB {expected}")


def test_another_currency_is_refused():
    content = b"CURRENCY,TIME_PERIOD,OBS_VALUE,OBS_STATUS\nCNY,2026-10-30,7.4,A\n"
    with pytest.raises(SourceError, match="another currency than USD"):
        parse_csvdata(content, "USD")


def test_a_value_that_was_cut_in_the_middle_is_not_taken_for_a_smaller_one():
    content = b"CURRENCY,TIME_PERIOD,OBS_VALUE,OBS_STATUS\nUSD,2026-10-29,1.113,A\nUSD,2026-10-30,1"
    with pytest.raises(SourceError, match="broke off"):
        parse_csvdata(content, "USD")


def test_a_zip_that_has_not_changed_is_not_sent_again(ecb):
    first = ecb.fetch("eur_usd_ecb", date(2026, 1, 2))
    again = ecb.fetch("eur_usd_ecb", date(2026, 1, 2), first.stamp)
    assert first.stamp
    assert again.series is None
    assert again.stamp == first.stamp


def test_a_zip_that_unpacks_to_more_than_ten_megabytes_is_refused():
    with pytest.raises(SourceError, match="more than 10 MB"):
        parse_zip(zipped("Date,USD,\n" + "2026-10-30,1.1172,\n" * 600_000), ["USD"])


def zipped(text):
    import io
    import zipfile

    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("eurofxref-hist.csv", text)
    return result.getvalue()
