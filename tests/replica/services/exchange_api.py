"""exchange-api: one JSON file a day on two hosts, lower-case codes, coins mixed in."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

from tests.replica.market import made
from tests.replica.service import Service
from tests.replica.wire import Reply, text

START = date(2024, 3, 2)
PAGES = ".currency-api.pages.dev"


class ExchangeApi(Service):
    """A file dated D holds the market of the day before; weekends repeat Friday's."""

    name = "exchange_api"
    hosts = frozenset({"cdn.jsdelivr.net"})

    def speaks_for(self, host):
        return host in self.hosts or host.endswith(PAGES)

    def right(self, question):
        if question.host.endswith(PAGES):
            version = question.host.removesuffix(PAGES)
        else:
            version = re.search(r"@([^/@]+)/v1/", question.path)[1]
        today = self.market.now.date()
        day = today if version == "latest" else date.fromisoformat(version)
        if not START <= day <= today:
            return text(f"Couldn't find the requested release version {version}.", status=404)
        market = day - timedelta(days=1)
        market -= timedelta(days=max(market.weekday() - 4, 0))
        value = self.market.changed.get(("exchange_api", day), round(made("USD", market), 8))
        body = {"date": str(day), "usd": {"$myro": 5.13, "1inch": 2.4, "eur": 0.9, "rub": value}}
        return Reply(json.dumps(body).encode(), "application/json; charset=utf-8").with_headers(
            ETag=f'"{day}-{value}"', Cache_Control="public, max-age=604800"
        )
