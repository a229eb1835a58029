"""Yahoo: the chart endpoint with its cookie, crumb and consent hosts around it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from tests.replica.market import days, near
from tests.replica.service import Service
from tests.replica.wire import Reply, text

LEVELS = {"RUB=X": "USD", "EURRUB=X": "EUR", "CNYRUB=X": "CNY", "BZ=F": "BRENT",
          "DX-Y.NYB": "DOLLAR"}  # fmt: skip
LISTED = {  # symbol: level, type, currency, zone, open and close of the session, decimals, name
    "UAH=X": ("USDUAH", "CURRENCY", "UAH", "Europe/London", "00:00", "23:59", 4, "USD/UAH"),
    "EURPLN=X": ("EURPLN", "CURRENCY", "PLN", "Europe/London", "00:00", "23:59", 4, "EUR/PLN"),
    "GC=F": ("GOLD", "FUTURE", "USD", "America/New_York", "00:00", "23:59", 2, "Gold Dec 26"),
    "NG=F": ("GAS", "FUTURE", "USD", "America/New_York", "00:00", "23:59", 3, "Natural Gas Dec 26"),
    "^GSPC": ("GSPC", "INDEX", "USD", "America/New_York", "09:30", "16:00", 2, "S&P 500"),
    "^TNX": ("DGS10", "INDEX", "USD", "America/Chicago", "07:20", "14:00", 4, "CBOE Interest Rate"),
    "SHEL.L": ("SHEL", "EQUITY", "GBp", "Europe/London", "08:00", "16:30", 2, "Shell plc"),
    "AAPL": ("AAPL", "EQUITY", "USD", "America/New_York", "09:30", "16:00", 2, "Apple, Inc. <b>"),
    "7203.T": ("SHEL", "EQUITY", "JPY", "Asia/Tokyo", "09:00", "15:30", 2, "Toyota Motor"),
}
LEVELS |= {symbol: row[0] for symbol, row in LISTED.items()}
SPLIT = ("AAPL", date(2025, 8, 28), 4)
DIVIDEND = ("SHEL.L", date(2026, 8, 13), 0.02)
"""An ex-date, and the share of the price that is paid."""
START = date(2023, 12, 1)
RANGES = ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"]
CONSENT = '<html><form action="https://consent.yahoo.com/x"><input name="agree"></form></html>'


def as_json(body, status=200):
    return Reply(json.dumps(body).encode(), "application/json;charset=utf-8", status)


def error(code, description, status):
    body = {"chart": {"result": None, "error": {"code": code, "description": description}}}
    return as_json(body, status)


class Yahoo(Service):
    """Daily bars stamped at midnight of the exchange; the last one is live, stamped now."""

    name = "yahoo"
    hosts = frozenset({
        "fc.yahoo.com", "guce.yahoo.com", "consent.yahoo.com", "query1.finance.yahoo.com",
        "query2.finance.yahoo.com",
    })  # fmt: skip

    def right(self, question):
        if "/v8/finance/chart/" in question.path:
            return self.chart(question)
        if "/quoteSummary/" in question.path:
            return as_json({"quoteSummary": {"result": None, "error": {
                "code": "Not Found", "description": "Quote not found for symbol: X",
            }}}, 404)  # fmt: skip
        if question.path.endswith("/v1/finance/search"):
            return self.search(question.params)
        if question.path.endswith("getcrumb"):
            return text("crumb-of-the-replica")
        if question.host == "fc.yahoo.com":
            return text("", "text/plain", 404).with_headers(
                Set_Cookie="A3=replica; Max-Age=31536000; Domain=.yahoo.com"
            )
        return text(CONSENT, "text/html")

    def chart(self, question):
        symbol = unquote(question.path.rpartition("/")[2])
        if symbol not in LEVELS:
            return error("Not Found", "No data found, symbol may be delisted", 404)
        zone = ZoneInfo("Europe/London" if symbol.endswith("=X") else "America/New_York")
        if symbol in LISTED:
            zone = ZoneInfo(LISTED[symbol][3])
        first, last = self.span(question.params, zone)
        stamps, closes = self.bars(symbol, first, last, zone)
        result = self.result(symbol, zone, stamps, closes)
        if symbol in LISTED:
            self.describe(symbol, zone, result)
        return as_json({"chart": {"result": [result], "error": None}})

    def describe(self, symbol, zone, result):
        """What is said of a listed symbol, and its dividends and splits."""
        _level, kind, currency, _zone, opens, closes, hint, name = LISTED[symbol]
        day = self.market.now.astimezone(zone).date()
        start, end = (
            int(datetime.combine(day, time.fromisoformat(clock), zone).timestamp())
            for clock in (opens, closes)
        )
        regular = result["meta"]["currentTradingPeriod"]["regular"] | {"start": start, "end": end}
        result["meta"] |= {
            "currency": currency, "instrumentType": kind, "exchangeName": "XXX",
            "fullExchangeName": "Exchange", "priceHint": hint, "longName": name, "shortName": name,
            "currentTradingPeriod": {"pre": regular, "regular": regular, "post": regular},
        }  # fmt: skip
        if "timestamp" not in result:
            return
        stamps = result["timestamp"]
        closes = result["indicators"]["quote"][0]["close"]
        events = {}
        if symbol == DIVIDEND[0]:
            ex_date = midnight_of(DIVIDEND[1], zone)
            adjusted = (
                [
                    close * (1 - DIVIDEND[2]) if stamp < ex_date else close
                    for stamp, close in zip(stamps, closes, strict=True)
                ]
                if self.market.now.timestamp() > ex_date
                else closes
            )
            result["indicators"]["adjclose"] = [{"adjclose": adjusted}]
            paid = [s for s in stamps if datetime.fromtimestamp(s, zone).date() == DIVIDEND[1]]
            if paid:
                events["dividends"] = {str(paid[0]): {"amount": 50.0, "date": paid[0]}}
        if symbol == SPLIT[0]:
            split = [s for s in stamps if datetime.fromtimestamp(s, zone).date() == SPLIT[1]]
            if split:
                events["splits"] = {str(split[0]): {
                    "date": split[0], "numerator": SPLIT[2], "denominator": 1, "splitRatio": "4:1",
                }}  # fmt: skip
        if events:
            result["events"] = events

    def search(self, params):
        wanted = params.get("q", "").casefold()
        quotes = [
            {"symbol": symbol, "longname": row[7], "shortname": row[7], "quoteType": row[1],
             "exchDisp": "Exchange", "exchange": "XXX"}
            for symbol, row in LISTED.items()
            if wanted in f"{symbol} {row[7]}".casefold()
        ]  # fmt: skip
        return as_json({"count": len(quotes), "quotes": quotes, "news": [], "lists": []})

    def span(self, params, zone):
        now = self.market.now
        if "period1" not in params:
            return (now - timedelta(days=5)).date(), now
        # The live bar comes even when the range ended before it.
        first = datetime.fromtimestamp(int(params["period1"]), zone).date()
        return first, min(datetime.fromtimestamp(int(params["period2"]), UTC), now)

    def bars(self, symbol, first, last, zone):
        stamps, closes = [], []
        for day in days(max(first, START), last.astimezone(zone).date()):
            midnight = datetime.combine(day, time(), zone)
            if day.weekday() >= 5 or midnight > last:
                continue
            value = self.market.changed.get((symbol, day), round(near(LEVELS[symbol], day), 4))
            is_live = midnight + timedelta(days=1) > self.market.now
            if symbol in LISTED and not symbol.endswith("=X"):
                midnight = datetime.combine(day, time.fromisoformat(LISTED[symbol][4]), zone)
                if midnight > self.market.now:
                    continue
                is_live = is_live and self.market.now < midnight + timedelta(hours=6)
            stamps.append(int((self.market.now if is_live else midnight).timestamp()))
            closes.append(value)
        return stamps, closes

    def result(self, symbol, zone, stamps, closes):
        now = self.market.now.astimezone(zone)
        meta = {
            "currency": "RUB", "symbol": symbol, "exchangeName": "CCY", "fullExchangeName": "CCY",
            "instrumentType": "CURRENCY", "firstTradeDate": 1070236800,
            "regularMarketTime": int(self.market.now.timestamp()), "hasPrePostMarketData": False,
            "gmtoffset": int(now.utcoffset().total_seconds()), "timezone": now.tzname(),
            "exchangeTimezoneName": zone.key, "regularMarketPrice": closes[-1] if closes else 1.0,
            "priceHint": 4, "currentTradingPeriod": period(now), "dataGranularity": "1d",
            "range": "", "validRanges": RANGES,
        }  # fmt: skip
        if not stamps:
            return {"meta": meta, "indicators": {"quote": [{}], "adjclose": [{}]}}
        quote = dict.fromkeys(("open", "high", "low", "close"), closes)
        quote["volume"] = [None if close is None else 0 for close in closes]
        return {"meta": meta, "timestamp": stamps,
                "indicators": {"quote": [quote], "adjclose": [{"adjclose": closes}]}}  # fmt: skip


def midnight_of(day, zone):
    return datetime.combine(day, time(), zone).timestamp()


def period(now):
    start = datetime.combine(now.date(), time(), now.tzinfo)
    one = {"timezone": now.tzname(), "start": int(start.timestamp()),
           "end": int((start + timedelta(days=1)).timestamp()) - 60,
           "gmtoffset": int(now.utcoffset().total_seconds())}  # fmt: skip
    return {"pre": one, "regular": one, "post": one}


# ---------------------------------------------------------------- failures of its own


def no_such_symbol(question, reply):
    return error("Not Found", "No data found, symbol may be delisted", 404)


def too_long_a_range(question, reply):
    return error("Unprocessable Entity", "1m data not available for startTime=1.", 422)


def invalid_crumb(question, reply):
    body = {"finance": {"result": None, "error": {"code": "Unauthorized"}}}
    return as_json(body, 401)


def consent(question, reply):
    """The page that asks Europeans, with a status of success."""
    return text(CONSENT, "text/html; charset=utf-8")


def no_bars(question, reply):
    """A valid symbol without a bar: no `timestamp` at all."""
    body = json.loads(reply.body)
    result = body["chart"]["result"][0]
    result.pop("timestamp", None)
    result["indicators"] = {"quote": [{}], "adjclose": [{}]}
    return as_json(body)


def null_bar(question, reply):
    """One bar in the middle is null."""
    return _closes(reply, lambda at, close: None if at == 2 else close)


def frozen(question, reply):
    """Dates advance, the price does not."""
    return _closes(reply, lambda at, close: 92.125)


def _closes(reply, change):
    body = json.loads(reply.body)
    result = body["chart"]["result"][0]
    closes = [change(at, c) for at, c in enumerate(result["indicators"]["quote"][0]["close"])]
    for name in ("open", "high", "low", "close"):
        result["indicators"]["quote"][0][name] = closes
    result["indicators"]["adjclose"][0]["adjclose"] = closes
    return as_json(body)
