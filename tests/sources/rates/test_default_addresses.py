"""The addresses that are used by default are those the publishers document."""

from datetime import date

import pytest

from dashboard.sources.http_transport import ReplicaAdapter, new_session
from dashboard.sources.polite_client import PoliteClient
from dashboard.sources.rates.cbr import Cbr
from dashboard.sources.rates.ecb import Ecb
from dashboard.sources.rates.exchange_api import ExchangeApi
from dashboard.sources.rates.fred import Fred
from dashboard.sources.rates.moex import Moex
from dashboard.sources.rates.yahoo import Yahoo

ISS = "https://iss.moex.com/iss"
FX = "engines/currency/markets/selt/boards/CETS/securities"
DAY = date(2026, 11, 17)
# Used by yfinance for a cookie and a crumb, unless it still has them.
AROUND_YAHOO = {"https://fc.yahoo.com/", "https://query1.finance.yahoo.com/v1/test/getcrumb"}


class Noting(ReplicaAdapter):
    """Notes every address before the request is led to the replica."""

    def __init__(self, upstream):
        super().__init__(upstream)
        self.requests = []

    def send(self, request, *args, **kwargs):
        self.requests.append(request.url)
        return super().send(request, *args, **kwargs)


@pytest.mark.parametrize(
    ("source", "series_id", "documented"),
    [
        (Cbr, "usd_rub_cbr", ["https://www.cbr.ru/scripts/XML_dynamic.asp"]),
        (Cbr, "key_rate_cbr", ["https://www.cbr.ru/DailyInfoWebServ/DailyInfo.asmx"]),
        (Moex, "cny_rub_moex",
         [f"{ISS}/history/{FX}/CNYRUB_TOM.json", f"{ISS}/{FX}/CNYRUB_TOM.json"]),
        (Moex, "cny_rub_moex_10m", [f"{ISS}/{FX}/CNYRUB_TOM/candles.json"]),
        (Moex, "usd_rub_future_moex_60m",
         [f"{ISS}/engines/futures/markets/forts/boards/RFUD/securities/USDRUBF/candles.json"]),
        (Moex, "imoex_moex_60m",
         [f"{ISS}/engines/stock/markets/index/boards/SNDX/securities/IMOEX/candles.json"]),
        (Ecb, "eur_usd_ecb",
         ["https://data-api.ecb.europa.eu/service/data/EXR/D.USD.EUR.SP00.A"]),
        (Ecb, "eur_rub_ecb", ["https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"]),
        (Fred, "vix_fred", ["https://fred.stlouisfed.org/graph/fredgraph.csv"]),
        (ExchangeApi, "usd_rub_exchange_api",
         [f"https://cdn.jsdelivr.net/npm/@fawazahmed0/currency-api@{DAY}/v1/currencies/usd.min.json"]),
        (Yahoo, "usd_rub_yahoo", ["https://query2.finance.yahoo.com/v8/finance/chart/RUB=X"]),
    ],
)  # fmt: skip
def test_the_default_address_is_the_documented_one(
    replica, clock, tmp_path, source, series_id, documented
):
    with new_session(replica.url) as session:
        noting = Noting(replica.url)
        session.mount("https://", noting)
        client = PoliteClient(session, clock)
        made = source(client, tmp_path) if source is Yahoo else source(client)
        since = DAY if series_id != "eur_rub_ecb" else date(2022, 2, 28)
        made.fetch(series_id, since)
    requests = list(dict.fromkeys(url.partition("?")[0] for url in noting.requests))
    requests = [url for url in requests if url not in AROUND_YAHOO]
    assert requests[: len(documented)] == documented


@pytest.mark.parametrize("make", [Cbr, Fred, Moex], ids=lambda make: make.id)
def test_the_address_can_be_injected(client, replica, make):
    replica.services[make.id].hosts |= {"mirror.example"}
    make(client, "https://mirror.example").fetch(make(client).cards()[0].id, date(2026, 10, 20))
    assert {request.host for request in replica.requests} == {"mirror.example"}
