"""The replica itself: every service of the checklist, in its own layout, and every way to fail."""

import csv
import hashlib
import io
import re
import socket
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

from tests.replica import failures
from tests.replica.server import HOST_HEADER
from tests.replica.services import cbr, ecb, fred, moex, news, yahoo

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ask(replica):
    with requests.Session() as session:
        session.trust_env = False

        def sent(host, path, body=None):
            send = session.get if body is None else session.post
            return send(replica.url + path, headers={HOST_HEADER: host}, data=body, timeout=5)

        yield sent


DYNAMIC = "/scripts/XML_dynamic.asp?date_req1=01/11/2026&date_req2=24/11/2026&VAL_NM_RQ=R01235"
FX = "/iss/history/engines/currency/markets/selt/boards/CETS/securities/CNYRUB_TOM.json"
BARS = "/iss/engines/currency/markets/selt/boards/CETS/securities/CNYRUB_TOM/candles.json"
CHART = "/v8/finance/chart/RUB=X?range=5d&interval=1d"
GRAPH = "/graph/fredgraph.csv?id=DCOILBRENTEU&cosd=2026-08-24"
SERIES = "/service/data/EXR/D.RUB.EUR.SP00.A?format=csvdata&startPeriod=2022-02-24"
ISS = "iss.moex.com"


# ---------------------------------------------------------------- what is right


def test_the_bank_of_russia_speaks_windows_1251_with_decimal_commas(ask):
    answer = ask("www.cbr.ru", DYNAMIC)
    assert answer.headers["Content-Type"] == "application/xml; charset=windows-1251"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="windows-1251"?><ValCurs')
    assert b"\n" not in answer.content
    record = ElementTree.fromstring(answer.content)[0]
    assert re.fullmatch(r"\d\d\.\d\d\.2026", record.get("Date"))
    assert re.fullmatch(r"\d+,\d{4}", record.findtext("Value"))


def test_a_daily_table_without_a_date_is_tomorrows_once_it_is_set(ask):
    table = ElementTree.fromstring(ask("www.cbr.ru", "/scripts/XML_daily.asp").content)
    assert table.get("Date") == "24.11.2026"  # it is the 23rd
    sent = ask("www.cbr.ru", "/scripts/XML_daily.asp?date_req=22/11/2026").content  # Sunday
    assert ElementTree.fromstring(sent).get("Date") == "21.11.2026"
    assert "Доллар США".encode("windows-1251") in sent


def test_wrong_parameters_are_an_error_with_status_200(ask):
    answer = ask("www.cbr.ru", "/scripts/XML_dynamic.asp?date_req1=2026-11-01")
    assert answer.status_code == 200
    assert b"Error in parameters" in answer.content


def test_the_key_rate_speaks_utf_8_with_points_newest_first(ask):
    body = "<KeyRate><fromDate>2026-07-20</fromDate><ToDate>2026-07-31</ToDate></KeyRate>"
    message = ask("www.cbr.ru", "/DailyInfoWebServ/DailyInfo.asmx", body).text
    rows = re.findall(r"<KR .*?><DT>(.*?)</DT><Rate>(.*?)</Rate></KR>", message)
    assert rows[0] == ("2026-07-31T00:00:00+03:00", "14.00")
    assert rows[-1] == ("2026-07-20T00:00:00+03:00", "21.00")


def test_history_has_pages_of_100_and_a_cursor_candles_pages_of_500_and_none(ask):
    message = ask(ISS, f"{FX}?from=2026-05-01&start=100").json()
    assert len(message["history"]["data"]) == 100
    assert message["history.cursor"]["data"][0][::2] == [100, 100]
    assert "history.cursor" not in ask(ISS, f"{FX}?iss.only=history").json()
    bars = ask(ISS, f"{BARS}?interval=1&from=2026-11-19").json()
    assert list(bars) == ["candles"]
    assert len(bars["candles"]["data"]) == 500


def test_the_dollar_is_quoted_for_ever_with_the_price_of_its_last_day(ask):
    message = ask(ISS, FX.replace("/history", "").replace("CNYRUB_TOM", "USD000UTSTOM")).json()
    (security,) = [dict(zip(message["securities"]["columns"], row, strict=True))
                   for row in message["securities"]["data"]]  # fmt: skip
    assert (security["PREVDATE"], security["PREVPRICE"]) == ("2024-06-11", 89.0625)


def test_the_last_bar_of_yahoo_is_live_and_the_others_start_at_london_midnight(ask):
    (result,) = ask("query2.finance.yahoo.com", CHART).json()["chart"]["result"]
    *whole, live = result["timestamp"]
    assert {stamp % 86_400 for stamp in whole} == {0}  # November: London is UTC
    assert live == result["meta"]["regularMarketTime"]
    assert result["meta"]["exchangeTimezoneName"] == "Europe/London"


def test_the_zip_of_the_ecb_ends_every_line_with_a_comma_and_keeps_a_column_of_roubles(ask):
    content = ask("www.ecb.europa.eu", "/stats/eurofxref/eurofxref-hist.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        lines = packed.read("eurofxref-hist.csv").decode().splitlines()
    assert all(line.endswith(",") for line in lines)
    assert lines[1].split(",")[lines[0].split(",").index("RUB")] == "N/A"
    assert lines[1] > lines[-1]


def test_csvdata_quotes_a_title_with_a_comma(ask):
    rows = list(csv.DictReader(io.StringIO(ask("data-api.ecb.europa.eu", SERIES).text)))
    assert rows[-1]["TIME_PERIOD"] == "2022-03-01"
    assert rows[-1]["OBS_VALUE"] == "117.201"
    assert "," in rows[0]["TITLE_COMPL"]


@pytest.mark.parametrize("header", ["observation_date", "DATE"])
def test_fred_has_both_headers_and_no_value_on_holidays(ask, replica, header):
    replica.fred.date_header = header
    lines = ask("fred.stlouisfed.org", GRAPH).text.splitlines()
    assert lines[0] == f"{header},DCOILBRENTEU"
    assert "2026-08-31," in lines


def test_exchange_api_has_two_hosts(ask):
    path = "/npm/@fawazahmed0/currency-api@2026-11-20/v1/currencies/usd.min.json"
    one = ask("cdn.jsdelivr.net", path).json()
    other = ask("2026-11-20.currency-api.pages.dev", "/v1/currencies/usd.min.json").json()
    assert one == other
    assert one["date"] == "2026-11-20"
    missing = ask("cdn.jsdelivr.net", path.replace("2026-11-20", "2023-01-01"))
    assert missing.status_code == 404
    assert missing.text.startswith("Couldn't find the requested release version")


def test_gdelt_tells_articles_timelines_and_files(ask):
    listed = ask("api.gdeltproject.org", "/api/v2/doc/doc?query=rouble&mode=ArtList").json()
    assert set(listed["articles"][0]) >= {"url", "title", "seendate", "domain"}
    line = ask("api.gdeltproject.org", "/api/v2/doc/doc?query=rouble&mode=TimelineVol").json()
    assert line["timeline"][0]["data"][0]["date"].endswith("T000000Z")
    size, md5, url = ask("data.gdeltproject.org", "/gdeltv2/lastupdate.txt").text.split()
    content = ask("data.gdeltproject.org", "/" + url.partition(".org/")[2]).content
    assert len(content) == int(size)
    assert hashlib.md5(content, usedforsecurity=False).hexdigest() == md5
    assert ask("data.gdeltproject.org", "/gdeltv2/20200101000000.export.CSV.zip").status_code == 404


def test_feeds_come_in_both_charsets_and_both_kinds_and_pages_are_pages(ask):
    assert ask("tass.com", "/rss/v2.xml").content.startswith(b'<?xml version="1.0" encoding="utf-8')
    assert "Новости".encode("cp1251") in ask("interfax.ru", "/rss.asp").content
    assert b"<feed xmlns" in ask("kremlin.ru", "/events/all/feed").content
    assert b"datePublished" in ask("news.example", "/1").content


# ---------------------------------------------------------------- what is wrong


OF_EVERY_SERVICE = [
    ("cbr", "www.cbr.ru", DYNAMIC), ("moex", ISS, FX), ("yahoo", "query2.finance.yahoo.com", CHART),
    ("ecb", "data-api.ecb.europa.eu", SERIES), ("fred", "fred.stlouisfed.org", GRAPH),
    ("gdelt", "api.gdeltproject.org", "/api/v2/doc/doc?query=x"),
    ("feeds", "tass.com", "/rss/v2.xml"), ("pages", "news.example", "/1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "host", "path"), OF_EVERY_SERVICE, ids=lambda value: value[:8])
def test_a_test_says_in_one_line_how_a_service_misbehaves(ask, replica, name, host, path):
    service = replica.services[name]
    right = ask(host, path).content
    service.answers(failures.html_with_200)
    spoiled = ask(host, path)
    assert (spoiled.status_code, spoiled.headers["Content-Type"][:9]) == (200, "text/html")
    service.answers(failures.too_many(30), times=1)
    assert ask(host, path).headers["Retry-After"] == "30"
    assert ask(host, path).content == right
    service.answers_well()
    assert len(service.requests) == 4


@pytest.mark.parametrize("name", sorted(failures.NAMED.keys() - {"hang", "drip", "endless"}))
def test_every_failure_that_can_be_named_by_hand_spoils_an_answer(ask, replica, name):
    right = ask("fred.stlouisfed.org", GRAPH)
    replica.fred.answers(failures.NAMED[name])
    try:
        spoiled = ask("fred.stlouisfed.org", GRAPH)
    except requests.RequestException:
        return
    same = ("Content-Type", "Content-Encoding", "Content-Length")
    assert (
        spoiled.status_code != right.status_code
        or spoiled.content != right.content
        or [spoiled.headers.get(one) for one in same] != [right.headers.get(one) for one in same]
    )


@pytest.mark.parametrize(
    ("host", "path", "service", "failure", "shows"),
    [
        ("www.cbr.ru", DYNAMIC, "cbr", cbr.no_records, b"Dynamic\"></ValCurs>"),
        ("www.cbr.ru", DYNAMIC, "cbr", cbr.empty_envelope, b"<KeyRateResult/>"),
        ("www.cbr.ru", DYNAMIC, "cbr", cbr.soap_fault, b"soap:Fault"),
        (ISS, FX, "moex", moex.no_rows, b'"data": []'),
        ("query2.finance.yahoo.com", CHART, "yahoo", yahoo.no_bars, b'"quote": [{}]'),
        ("query2.finance.yahoo.com", CHART, "yahoo", yahoo.no_such_symbol, b"Not Found"),
        ("query2.finance.yahoo.com", CHART, "yahoo", yahoo.too_long_a_range, b"Unprocessable"),
        ("query2.finance.yahoo.com", CHART, "yahoo", yahoo.invalid_crumb, b"Unauthorized"),
        ("query2.finance.yahoo.com", CHART, "yahoo", yahoo.consent, b"consent.yahoo.com"),
        ("query2.finance.yahoo.com", CHART, "yahoo", yahoo.frozen, b"92.125, 92.125"),
        ("data-api.ecb.europa.eu", SERIES, "ecb", ecb.missing_values, b",NaN,M,"),
        ("data-api.ecb.europa.eu", SERIES, "ecb", ecb.empty_200, b""),
        ("fred.stlouisfed.org", GRAPH, "fred", fred.header_only, b",DCOILBRENTEU\n"),
        ("fred.stlouisfed.org", GRAPH, "fred", fred.blank_and_point, b",.\n"),
        ("api.gdeltproject.org", "/api/v2/doc/doc?query=x", "gdelt", news.no_articles, b"{}"),
        ("api.gdeltproject.org", "/api/v2/doc/doc?query=x", "gdelt", news.bad_escape, b"\\d"),
        ("data.gdeltproject.org", "/gdeltv2/lastupdate.txt", "gdelt_files", news.wrong_md5, b"00"),
        ("tass.com", "/rss/v2.xml", "feeds", news.zero_items, b"<channel></channel>"),
        ("news.example", "/1", "pages", news.paywall, b"Subscribe"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)  # fmt: skip
def test_a_service_has_failures_of_its_own(ask, replica, host, path, service, failure, shows):
    replica.services[service].answers(failure)
    assert shows in ask(host, path).content


def test_the_three_things_that_history_may_tell_of_the_dollar_after_its_end(ask, replica):
    path = FX.replace("CNYRUB_TOM", "USD000UTSTOM") + "?from=2024-06-11&till=2024-06-20"
    message = {}
    for replica.moex.after_halt in ("empty", "nulls", "waprice"):
        rows = ask(ISS, path).json()["history"]["data"]
        message[replica.moex.after_halt] = (len(rows), rows[-1][7], rows[-1][-1] is not None)
    assert message["empty"][0] == 1
    assert message["nulls"][0] > 1
    assert message["nulls"][1:] == (None, False)
    assert message["waprice"][1:] == (None, True)


def test_it_hangs_until_it_is_stopped(replica):
    replica.fred.answers(failures.hang(30))
    with socket.create_connection(("127.0.0.1", int(replica.url.rpartition(":")[2])), 5) as one:
        one.sendall(f"GET {GRAPH} HTTP/1.1\r\n{HOST_HEADER}: fred.stlouisfed.org\r\n\r\n".encode())
        one.settimeout(0.3)
        with pytest.raises(TimeoutError):
            one.recv(1)
        started = time.monotonic()
        replica.stop()
        assert time.monotonic() - started < 20


def test_it_counts_what_it_was_asked_in_order(ask, replica):
    ask("www.cbr.ru", DYNAMIC)
    ask("fred.stlouisfed.org", GRAPH)
    assert [sent.host for sent in replica.requests] == ["www.cbr.ru", "fred.stlouisfed.org"]


def test_it_listens_on_this_machine_only(replica):
    assert replica.url.startswith("http://127.0.0.1:")


def test_it_can_be_run_by_hand():
    command = [sys.executable, "-m", "tests.replica", "--port", "0", "--misbehave",
               "cbr=html_with_200", "--now", "2026-11-23T18:00"]  # fmt: skip
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        try:
            url = running.stdout.readline().strip().partition("=")[2]
            with requests.Session() as session:
                session.trust_env = False
                page = session.get(f"{url}/www.cbr.ru/scripts/XML_daily.asp", timeout=5)
                right = session.get(f"{url}/fred.stlouisfed.org{GRAPH}", timeout=5)
        finally:
            running.terminate()
    assert page.headers["Content-Type"].startswith("text/html")
    assert right.text.startswith("observation_date")
