"""One number as plain text, for a cell of a spreadsheet.

The journalist's figures: 80.7597 of 21 April 2025 against 101.6797, the last record of 2024, is
100 (80.7597 / 101.6797 - 1) = -20.574 % of RUB per USD and 100 (101.6797 / 80.7597 - 1) = 25.904 %
of USD per RUB; against 81.1371 of the rate before the rouble moved
100 ln(81.1371 / 80.7597) = 0.46622 log points.
"""

import pytest

DAY = "/v1/value.txt?on=2025-04-21"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("", "80.7597"),
        ("&decimal=comma", "80,7597"),
        ("&digits=2", "80.76"),
        ("&show=day", "2025-04-21"),
        ("&show=inverse&digits=6", "0.012382"),
        ("&show=change&base=year_end&digits=3", "-20.574"),
        ("&show=inverse_change&base=year_end&digits=3", "25.904"),
        ("&show=change&since=2024-12-31&digits=3", "-20.574"),
        ("&show=move&digits=4", "0.4662"),
        ("&show=move&digits=4&decimal=comma", "0,4662"),
    ],
)
def test_the_number_alone_is_answered(ask, query, text):
    answer = ask(DAY + query)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.body.decode() == text


def test_a_printed_date_is_one_day_after_its_market_day(ask):
    assert ask("/v1/value.txt?on=2025-04-22&by=record").body == b"80.7597"


def test_a_day_without_a_rate_has_that_of_the_last_day_before(ask):
    assert ask("/v1/value.txt?on=2025-04-20&show=day").body == b"2025-04-18"


@pytest.mark.parametrize(
    ("query", "status", "line"),
    [
        ("on=2027-01-01", 404, "usd_rub_cbr has no rate on 2027-01-01; its rates are of 2013-01-09"
         " to 2026-09-01"),
        ("on=2012-05-01", 404, "usd_rub_cbr has no rate on 2012-05-01; its rates are of 2013-01-09"
         " to 2026-09-01"),
        ("on=2027-01-01&by=record", 404, "usd_rub_cbr has no rate on 2027-01-01; its rates are of"
         " 2013-01-09 to 2026-09-01"),
        ("on=21.04.2025", 422, 'on: "21.04.2025" is not a date; write it as 2024-03-13'),
        ("on=2025-04-21&show=change&base=since", 400,
         "since: is missing; the base is a day of your own"),
        ("on=2025-04-21&pretty=1", 422, 'pretty: "1" there is no such parameter'),
        ("on=2013-01-09&show=move", 404, "usd_rub_cbr has no rate at the base previous"),
    ],
)  # fmt: skip
def test_an_error_is_one_line_of_plain_text_with_its_status(ask, query, status, line):
    answer = ask(f"/v1/value.txt?{query}")
    assert (answer.status, answer.body.decode()) == (status, line)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_an_unknown_series_names_the_known_ones(ask):
    answer = ask("/v1/value.txt?series=usd")
    assert answer.status == 400
    assert answer.body.startswith(b"series usd: not known; choose one of usd_rub_cbr, ")


def test_a_copy_is_revalidated(ask):
    tag = ask(DAY).headers["etag"]
    assert ask(DAY, if_none_match=tag).status == 304
