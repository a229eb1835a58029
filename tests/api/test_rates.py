"""Rates over the network, held against the shipped files."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

SHIPPED = Path(__file__).parents[2] / "data/rates"


def shipped(series_id):
    with (SHIPPED / f"{series_id}.csv").open(encoding="utf-8") as lines:
        return list(csv.reader(lines))[1:]


def test_the_default_file_holds_every_shipped_observation(ask):
    answer = ask("/v1/rates.csv")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8"))))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv; charset=utf-8")
    assert [(r["date"], float(r["rate"])) for r in rows] == [
        (day, float(rate)) for day, rate, *_ in shipped("usd_rub_cbr")
    ]
    assert {row["series"] for row in rows} == {"usd_rub_cbr"}


def test_a_period_counts_market_days(ask):
    # The record dated Tuesday 22 April 2025 was set on Monday the 21st.
    answer = ask("/v1/rates.json?from=2025-04-21&to=2025-04-21")
    assert answer.json["total"] == 1
    assert answer.json["rows"] == [
        {
            "date": "2025-04-22",
            "day": "2025-04-21",
            "known_at": "2025-04-21T12:30:00Z",
            "rate": 80.7597,
            "series": "usd_rub_cbr",
        }
    ]


def test_several_series_are_one_list_in_the_order_requested(ask):
    answer = ask("/v1/rates.csv?series=eur_usd_ecb&series=usd_rub_cbr&series=eur_usd_ecb")
    rows = list(csv.DictReader(io.StringIO(answer.body.decode("utf-8"))))
    first, second = len(shipped("eur_usd_ecb")), len(shipped("usd_rub_cbr"))
    assert [r["series"] for r in rows] == ["eur_usd_ecb"] * first + ["usd_rub_cbr"] * second


def test_a_list_comes_in_pages_that_join_to_the_whole(ask):
    total = len(shipped("usd_rub_cbr"))
    size = 1_500
    pages = [ask(f"/v1/rates.json?limit={size}&offset={at}") for at in range(0, total, size)]
    assert [row["date"] for page in pages for row in page.json["rows"]] == [
        day for day, *_ in shipped("usd_rub_cbr")
    ]
    assert {page.json["total"] for page in pages} == {total}


def test_the_link_header_leads_from_page_to_page(ask):
    first = ask("/v1/rates.json?series=usd_rub_cbr&limit=2000").headers["link"]
    last = ask("/v1/rates.json?series=usd_rub_cbr&limit=2000&offset=2000").headers["link"]
    following = "</api/v1/rates.json?series=usd_rub_cbr&limit=2000&offset=2000>"
    assert f'{following}; rel="next"' in first
    assert f'{following}; rel="last"' in first
    assert 'rel="prev"' not in first
    assert 'offset=0>; rel="prev"' in last
    assert 'rel="next"' not in last


def test_a_page_after_the_end_is_empty(ask):
    answer = ask("/v1/rates.json?offset=1000000")
    assert answer.status == 200
    assert answer.json["rows"] == []


def test_the_cards_say_source_and_licence(ask):
    (card,) = ask("/v1/rates.json?limit=1").json["series"]
    assert card["publisher"] == "Bank of Russia"
    assert card["source_url"].startswith("https://www.cbr.ru/")
    assert card["licence"]


def test_the_file_for_excel_starts_with_a_byte_order_mark(ask):
    plain, excel = ask("/v1/rates.csv"), ask("/v1/rates.csv?flavour=excel")
    assert excel.body == b"\xef\xbb\xbf" + plain.body.replace(b"\n", b"\r\n")
    assert excel.headers["content-disposition"].endswith('_excel.csv"')


def test_the_file_for_russian_excel_has_semicolons_and_decimal_commas(ask):
    answer = ask("/v1/rates.csv?flavour=excel-ru&from=2025-04-21&to=2025-04-21")
    line = "2025-04-22;2025-04-21;2025-04-21T12:30:00Z;80,7597;usd_rub_cbr"
    assert answer.body.decode("utf-8-sig") == f"date;day;known_at;rate;series\r\n{line}\r\n"
    assert answer.headers["content-disposition"].endswith('_excel_ru.csv"')


def test_a_workbook_has_typed_cells(ask):
    answer = ask("/v1/rates.xlsx?from=2025-04-21&to=2025-04-21")
    assert answer.headers["content-type"].endswith("spreadsheetml.sheet")
    assert answer.headers["content-disposition"].endswith('_2025-04-21_2025-04-21.xlsx"')
    header, row = load_workbook(io.BytesIO(answer.body))["rates"].iter_rows()
    assert [cell.value for cell in header] == ["date", "day", "known_at", "rate", "series"]
    assert [cell.data_type for cell in row] == ["d", "d", "d", "n", "s"]
    assert (str(row[2].value), row[3].value) == ("2025-04-21 12:30:00", 80.7597)


def test_a_workbook_has_no_dialect(ask):
    answer = ask("/v1/rates.xlsx?flavour=excel-ru")
    assert answer.status == 400
    assert "flavour excel-ru: is of CSV" in answer.json["detail"]


ADDRESSES = ["/v1/rates.csv", "/v1/rates.json?limit=5", "/v1/rates.xlsx?from=2026-01-01"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_that_still_holds_is_not_sent_again(ask, address):
    first = ask(address)
    again = ask(address, if_none_match=first.headers["etag"])
    weak = ask(address, if_none_match=f'"other", W/{first.headers["etag"]}')
    other = ask(address, if_none_match='"other"')
    assert "no-cache" in first.headers["cache-control"]
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert weak.status == 304
    assert other.status == 200
