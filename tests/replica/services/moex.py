"""MOEX ISS: pages of 100 with a cursor (history) and of 500 without one (candles)."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta

from tests.replica.market import days, near
from tests.replica.service import Service
from tests.replica.wire import Reply, text

HISTORY = (
    "BOARDID", "TRADEDATE", "SHORTNAME", "SECID", "OPEN", "LOW", "HIGH", "CLOSE", "NUMTRADES",
    "VOLRUR", "WAPRICE",
)  # fmt: skip
CANDLES = ("open", "close", "high", "low", "value", "volume", "begin", "end")
CURSOR = ("INDEX", "TOTAL", "PAGESIZE")
LEVELS = {"CNYRUB_TOM": "CNY", "USD000UTSTOM": "USD", "USDRUBF": "USD", "IMOEX": "IMOEX"}
BOARDS = {"CNYRUB_TOM": "CETS", "USD000UTSTOM": "CETS", "USDRUBF": "RFUD", "IMOEX": "SNDX"}
LAST_USD = date(2024, 6, 11)
BOARD_COLUMNS = (
    "secid", "boardid", "title", "board_group_id", "market_id", "market", "engine_id", "engine",
    "is_traded", "decimals", "history_from", "history_till", "listed_from", "listed_till",
    "is_primary", "currencyid",
)  # fmt: skip
LISTED = {  # secid: level, engine, market, board, decimals, currency, traded, names
    "SBER": ("SBER", "stock", "shares", "TQBR", 2, "RUB", 1, "Сбербанк России ПАО ао", "Sberbank"),
    "GAZP": ("GAZP", "stock", "shares", "TQBR", 2, "RUB", 1, "ГАЗПРОМ ПАО ао", "GAZPROM"),
    "LKOH": ("LKOH", "stock", "shares", "TQBR", 1, "RUB", 1, "НК ЛУКОЙЛ ПАО ао", "LUKOIL"),
    "GMKN": ("GMKN", "stock", "shares", "TQBR", 2, "RUB", 1, "Норникель ПАО ао", "Nornickel"),
    "RGBI": ("RGBI", "stock", "index", "SNDX", 2, None, 1, "Индекс гособлигаций", "RGBI"),
    "RTSI": ("RTSI", "stock", "index", "RTSI", 2, "USD", 1, "Индекс РТС", "RTS Index"),
    "SU26238RMFS4": ("OFZ", "stock", "bonds", "TQOB", 3, "RUB", 1, "ОФЗ-ПД 26238", "OFZ-PD 26238"),
    "GLDRUB_TOM": ("GLD", "currency", "selt", "CETS", 2, "RUB", 1, "GLD/RUB_TOM", "GLD/RUB_TOM"),
    "EUR_RUB__TOM": ("EUR", "currency", "selt", "CETS", 4, "RUB", 0, "EUR/RUB_TOM", "EUR/RUB_TOM"),
    "SiZ6": ("USD", "futures", "forts", "RFUD", 0, "RUB", 1, "Si-12.26", "Si-12.26"),
}  # fmt: skip
LEVELS |= {secid: row[0] for secid, row in LISTED.items()}
BOARDS |= {secid: row[3] for secid, row in LISTED.items()}
SPLITS = {"GMKN": (date(2024, 4, 8), 1, 100)}
CLOSED = (date(2025, 5, 5), date(2025, 6, 3))
"""Days on which the share of Lukoil is not traded (invented here)."""
START = date(2024, 2, 1)
PAGE, CANDLE_PAGE = 100, 500
PATH = re.compile(r"/boards/(\w+)/securities/(\w+?)(/candles)?\.json$")
CARD = re.compile(r"^/iss/securities/([\w.-]+)\.json$")
SPLIT = re.compile(r"/stock/splits/(\w+)\.json$")


def blocks(**named):
    body = {
        name.replace("__", "."): {"columns": list(columns), "data": [list(row) for row in rows]}
        for name, (columns, rows) in named.items()
    }
    return Reply(json.dumps(body).encode(), "application/json; charset=utf-8").with_headers(
        Cache_Control="max-age=5", X_MicexPassport_Marker="denied"
    )


class Moex(Service):
    """`after_halt` is what history tells of the dollar after its last session.

    "empty", "nulls" or "waprice": nobody has published which of them is so.
    """

    name = "moex"
    hosts = frozenset({"iss.moex.com"})
    after_halt = "empty"
    lists_splits = True

    def right(self, question):
        if question.path == "/iss/securities.json":
            return self.search(question.params)
        if card := CARD.match(question.path):
            return self.card(card[1])
        if split := SPLIT.search(question.path):
            return self.splits(split[1])
        result = PATH.search(question.path)
        if not result or BOARDS.get(result[2]) != result[1]:
            return self.without_board(question)
        _, secid, candles = result.groups()
        if candles:
            return self.candles(secid, question.params)
        if "/history/" in question.path:
            return self.history(secid, question.params)
        return self.quote(secid)

    def without_board(self, question):
        """An unknown instrument is answered with empty blocks, a wrong path with HTML."""
        if "/securities/" not in question.path:
            return text("<html><head><title>404 Not Found</title></head></html>", "text/html", 404)
        if "candles" in question.path:
            return blocks(candles=(CANDLES, []))
        if "/history/" not in question.path:
            return blocks(securities=(("SECID",), []), marketdata=(("SECID",), []))
        return blocks(history=(HISTORY, []), history__cursor=(CURSOR, [(0, 0, PAGE)]))

    # ------------------------------------------------------------ instruments

    def card(self, secid):
        """Description and boards; of an unknown instrument the blocks are empty."""
        row = LISTED.get(secid)
        names, boards = [], []
        if row:
            _level, engine, market, board, decimals, currency, traded, name, latin = row
            last = str(self.market.today if traded else LAST_USD)
            names = [("SECID", "Код", secid), ("NAME", "Имя", name), ("LATNAME", "Latin", latin)]
            boards = [
                (secid, board, "T+", 1, 1, market, 1, engine, traded, decimals, str(START), last,
                 str(START), last, 1, currency),
            ]  # fmt: skip
            if market == "shares":
                boards.append(
                    (secid, "SMAL", "T+", 1, 1, market, 1, engine, 1, decimals, str(START), last,
                     str(START), last, 0, currency),
                )  # fmt: skip
        return blocks(
            description=(("name", "title", "value"), names), boards=(BOARD_COLUMNS, boards)
        )

    def search(self, params):
        wanted = params.get("q", "").casefold()
        columns = ("secid", "shortname", "name", "is_traded", "type", "group", "primary_boardid")
        rows = [
            (secid, row[7], row[8], row[6], "common_share", "stock_shares", row[3])
            for secid, row in LISTED.items()
            if wanted in f"{secid} {row[7]} {row[8]}".casefold()
        ]
        return blocks(securities=(columns, rows))

    def splits(self, secid):
        rows = []
        if self.lists_splits and secid in SPLITS:
            day, before, after = SPLITS[secid]
            rows = [(str(day), secid, before, after)]
        return blocks(splits=(("tradedate", "secid", "before", "after"), rows))

    # ------------------------------------------------------------ history

    def history(self, secid, params):
        first, last = span(params)
        rows = [row for row in self.sessions(secid) if first <= date.fromisoformat(row[1]) <= last]
        start = int(params.get("start", 0))
        named = {"history": (HISTORY, rows[start : start + PAGE])}
        if "history.cursor" in params.get("iss.only", "history.cursor"):
            named["history__cursor"] = (CURSOR, [(start, len(rows), PAGE)])
        return blocks(**named)

    def sessions(self, secid):
        """A row for every session that has ended; since 2025 there are some on weekends."""
        for day in days(START, self.market.today - timedelta(days=1)):
            weekend = day.weekday() >= 5
            if (weekend and (day.year < 2025 or secid == "IMOEX")) or (day.month, day.day) == (
                1,
                1,
            ):
                continue
            if secid == "USD000UTSTOM" and day > LAST_USD:
                yield from self.after_the_halt(day)
                continue
            if secid == "EUR_RUB__TOM" and day > LAST_USD:
                continue
            if secid == "LKOH" and CLOSED[0] <= day <= CLOSED[1]:
                continue
            close = self.market.changed.get((secid, day), round(near(LEVELS[secid], day), 4))
            if secid in SPLITS and day < SPLITS[secid][0]:
                close = round(close * SPLITS[secid][2] / SPLITS[secid][1], 2)
            yield (BOARDS[secid], str(day), secid, secid, close, close * 0.99, close * 1.01,
                   close, 40 if weekend else 30_000, 1e9, close * 1.0001)  # fmt: skip

    def after_the_halt(self, day):
        if self.after_halt == "empty" or day > LAST_USD + timedelta(days=20):
            return
        average = 89.0655 if self.after_halt == "waprice" else None
        prices = (None, None, None, None, 0, 0, average)
        yield ("CETS", str(day), "USDRUB_TOM", "USD000UTSTOM", *prices)

    # ------------------------------------------------------------ candles

    def candles(self, secid, params):
        first, last = span(params)
        start, minutes = int(params.get("start", 0)), int(params.get("interval", 10))
        rows = list(self.bars(secid, first, last, minutes))
        return blocks(candles=(CANDLES, rows[start : start + CANDLE_PAGE]))

    def bars(self, secid, first, last, minutes):
        """Bars of 10:00-18:50 Moscow; the one under way is unfinished, with an odd end."""
        now = self.market.moscow.replace(tzinfo=None)
        for day in days(max(first, START), min(last, self.market.today)):
            if day.weekday() >= 5 and day.year < 2025:
                continue
            begin = datetime.combine(day, time(10))
            while begin < datetime.combine(day, time(18, 50)) and begin <= now:
                end = min(begin + timedelta(minutes=minutes, seconds=-1), now)
                part = (end - datetime.combine(day, time())) / timedelta(days=1)
                close = round(near(LEVELS[secid], day, part), 4)
                yield (close, close, close, close, 1e6, 0 if secid == "IMOEX" else 100,
                       f"{begin:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}")  # fmt: skip
                begin += timedelta(minutes=minutes)

    # ------------------------------------------------------------ quotes

    def quote(self, secid):
        """The block that keeps naming June's price of the dollar for ever."""
        zombie = secid == "USD000UTSTOM" and self.market.today > LAST_USD
        price = 89.0625 if zombie else round(near(LEVELS[secid], self.market.today), 4)
        before = LAST_USD if zombie else self.market.today - timedelta(days=1)
        moment = f"{self.market.moscow:%Y-%m-%d %H:%M:%S}"
        return blocks(
            securities=(
                ("SECID", "BOARDID", "DECIMALS", "PREVDATE", "PREVPRICE", "PREVWAPRICE"),
                [(secid, BOARDS[secid], 4, str(before), price, price)],
            ),
            marketdata=(
                ("SECID", "BOARDID", "LAST", "WAPRICE", "NUMTRADES", "TRADINGSTATUS", "SYSTIME"),
                [(secid, BOARDS[secid], None, None, 0, "N", moment) if zombie else
                 (secid, BOARDS[secid], price, price, 12_000, "T", moment)],
            ),
        )  # fmt: skip


def span(params):
    """The requested days, both included."""
    first, last = params.get("from", "0001-01-01"), params.get("till", "9999-12-31")
    return date.fromisoformat(first[:10]), date.fromisoformat(last[:10])


# ---------------------------------------------------------------- failures of its own


def no_rows(question, reply):
    """What an unknown instrument gets: the blocks are there, empty."""
    body = json.loads(reply.body)
    for name, block in body.items():
        block["data"] = [(0, 0, PAGE)] if name == "history.cursor" else []
    return Reply(json.dumps(body).encode(), reply.content_type)


def all_boards(question, reply):
    """As if no board was requested: several rows a date."""
    body = json.loads(reply.body)
    rows = body["history"]["data"]
    body["history"]["data"] = [
        [board, *row[1:7], row[7] and row[7] * factor, *row[8:]]
        for row in rows
        for board, factor in (("CETS", 1), ("CNGD", 1.01), ("LICU", 1.02))
    ]
    body["history.cursor"]["data"] = [[0, len(body["history"]["data"]), PAGE]]
    return Reply(json.dumps(body).encode(), reply.content_type)


def lost_page(question, reply):
    """The cursor promises more rows than come."""
    body = json.loads(reply.body)
    body["history"]["data"] = body["history"]["data"][:-3]
    return Reply(json.dumps(body).encode(), reply.content_type)


def zombie_quote(question, reply):
    """The quote of what is no longer traded: no trade today, an old price as yesterday's."""
    body = json.loads(reply.body)
    columns = body["marketdata"]["columns"]
    nothing = {"LAST": None, "WAPRICE": None, "NUMTRADES": 0, "TRADINGSTATUS": "N"}
    for row in body["marketdata"]["data"]:
        row[:] = [nothing.get(name, cell) for name, cell in zip(columns, row, strict=True)]
    return Reply(json.dumps(body).encode(), reply.content_type)
