"""The status of series: age, failures and withheld observations."""

from datetime import date, timedelta

from dashboard.services.live_rates import failing_sources, series_status, series_status_json
from tests.replica import failures

USD = "usd_rub_cbr"


def report_of(live, series_id):
    (found,) = series_status(live.known, live.rate_cache, live.clock.now(), [series_id])
    return found


def test_what_ships_is_as_old_as_it_is_and_overdue(live):
    report = report_of(live, USD)
    assert (report.first_day, report.last_day) == (date(2013, 1, 9), date(2026, 9, 1))
    assert report.rows == 3_370
    assert report.age_label == "83 days old, overdue"
    assert report.fetched_at is None
    assert report.source == "cbr"


def test_a_refreshed_series_is_new(live):
    live.refresh(USD)
    report = report_of(live, USD)
    assert report.age_label == "today"
    assert report.last_known_at.isoformat() == "2026-11-23T12:30:00+00:00"
    assert report.fetched_at is not None
    assert report.remark == ""


def test_a_day_old_is_one_day(live, clock):
    live.refresh(USD)
    clock.pass_by(86_400)
    assert report_of(live, USD).age_label == "1 day old"


def test_a_failure_is_told_with_the_data_that_stand(live, replica, clock):
    live.refresh(USD)
    replica.cbr.answers(failures.html_with_200)
    clock.pass_by(3_600)
    live.refresh(USD)
    report = report_of(live, USD)
    assert report.remark == (
        "Bank of Russia answered HTML instead of XML; the data of 23 Nov 2026 stand"
    )
    assert report.tried_at > report.fetched_at


def test_a_series_that_was_never_fetched_says_so(live, replica):
    report = report_of(live, "usd_rub_yahoo")
    assert report.age_label == "nothing fetched yet"
    assert (report.rows, report.last_day) == (0, None)
    replica.yahoo.answers(failures.too_many(60))
    live.refresh("usd_rub_yahoo")
    assert report_of(live, "usd_rub_yahoo").remark.startswith("Yahoo answered that we ask too")


def test_a_series_that_ended_is_not_overdue(live):
    assert report_of(live, "eur_rub_ecb").age_label == "ended on 2022-03-01"
    assert not report_of(live, "eur_rub_ecb").is_overdue


def test_holidays_do_not_make_a_series_overdue(live, clock):
    live.refresh(USD)
    clock.pass_by(timedelta(days=5).total_seconds())
    assert not report_of(live, USD).is_overdue
    clock.pass_by(timedelta(days=1).total_seconds())
    assert report_of(live, USD).is_overdue


def test_a_number_of_today_that_may_change_is_told_apart(live):
    live.refresh("usd_rub_yahoo")
    report = report_of(live, "usd_rub_yahoo")
    assert report.live.day == date(2026, 11, 23)
    assert report.last_day == date(2026, 11, 20)


def test_numbers_left_out_are_counted(live, replica):
    replica.market.change("RUB=X", date(2026, 11, 11), 120.0)
    live.refresh(USD, "usd_rub_yahoo")
    report = report_of(live, "usd_rub_yahoo")
    assert report.withheld >= 1
    assert report.remark.endswith("far from the official rate and left out")


def test_a_damaged_cache_is_told_and_nothing_raises(live, tmp_path):
    live.refresh(USD)
    for path in (tmp_path / "cache").iterdir():
        if path.is_file():
            path.write_bytes(b"damaged" * 1_000)
    report = report_of(live, USD)
    assert "rates stay as they ship" in report.problem


def test_every_series_is_reported_and_the_json_has_its_words(live):
    live.refresh("usd_rub_yahoo")
    reports = series_status(live.known, live.rate_cache, live.clock.now())
    assert [each.card.id for each in reports] == [card.id for card in live.known.all_cards()]
    result = {row["id"]: row for row in series_status_json(reports)}
    assert result[USD]["licence"] == "Free use with attribution to the Bank of Russia"
    assert result[USD]["last_known_at"] == "2026-09-01T12:30:00Z"
    assert result["usd_rub_yahoo"]["live"]["day"] == "2026-11-23"
    assert result["imoex_moex"]["last_day"] is None


def test_publishers_that_failed_are_named_until_they_answer(live, replica, clock):
    assert failing_sources(live.known, live.rate_cache) == ()
    replica.cbr.answers(failures.html_with_200)
    replica.yahoo.answers(failures.too_many(60))
    live.refresh(USD, "usd_rub_yahoo", "eur_usd_ecb")
    assert failing_sources(live.known, live.rate_cache) == ("Bank of Russia", "Yahoo")
    replica.cbr.answers_well()
    clock.pass_by(61)
    live.refresh(USD)
    assert failing_sources(live.known, live.rate_cache) == ("Yahoo",)
