"""MOEX ISS: closes of the day from `history`, bars of 1, 10 and 60 minutes from `candles`.

Stamps are Moscow time without a zone. `history` comes in pages of 100 with a cursor, `candles` in
pages of 500 without one. Since the exchange stopped trading the dollar on 2024-06-11, ISS lists it
with that day's price: a price counts only where there was a trade on its day.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import pandas as pd

from dashboard.models.currencies import CURRENCIES, CurrencyPair, pair_of_unit
from dashboard.models.errors import InputError, SourceError
from dashboard.models.event import MOSCOW
from dashboard.models.messages import (
    deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.publication import MOEX_BAR, MOEX_DAY
from dashboard.models.series import (
    AS_QUOTED,
    QUOTE_IS_SUBJECT,
    FetchResult,
    Moments,
    RateSeries,
    SeriesCard,
    with_pair,
)
from dashboard.models.tickers import TickerFacts, TickerKind, TickerMatch, clean_name
from dashboard.sources.http_client import Request
from dashboard.sources.rates.base import (
    BaseLiveSource,
    FetchPeriod,
    build_daily_series,
    make_read_only,
    name_units,
    read_directory,
    reject_invalid_rate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.sources.http_client import HttpClient

HOST: Final = "https://iss.moex.com"
HISTORY_PATH: Final = "/iss/history/{path}.json"
CANDLES_PATH: Final = "/iss/{path}/candles.json"
QUOTE_PATH: Final = "/iss/{path}.json"
CARD_PATH: Final = "/iss/securities/{secid}.json"
SEARCH_PATH: Final = "/iss/securities.json"
SPLITS_PATH: Final = "/iss/statistics/engines/stock/splits/{secid}.json"
MAX_MATCHES: Final = 20
FIRST_SHARE_DAY: Final = date(2014, 1, 1)
"""No ticker is fetched from before it: a page of 100 days is a request."""
MAX_PAGES: Final = 1_000
LAST_DOLLAR_DAY: Final = date(2024, 6, 11)
FIRST_BAR_PERIODS: Final = {1: timedelta(days=7), 10: timedelta(days=60), 60: timedelta(days=365)}

IssRows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument and its place in ISS."""

    secid: str
    market: str
    board: str

    @property
    def path(self) -> str:
        """Its path below /iss or /iss/history."""
        return f"engines/{self.market}/boards/{self.board}/securities/{self.secid}"

    @property
    def is_share(self) -> bool:
        """Whether its price changes with splits."""
        return self.market == "stock/markets/shares"


FX_MARKET: Final = "currency/markets/selt"
INSTRUMENTS: Final = {
    "cny_rub_moex": Instrument("CNYRUB_TOM", FX_MARKET, "CETS"),
    "usd_rub_future_moex": Instrument("USDRUBF", "futures/markets/forts", "RFUD"),
    "imoex_moex": Instrument("IMOEX", "stock/markets/index", "SNDX"),
    "usd_rub_moex": Instrument("USD000UTSTOM", FX_MARKET, "CETS"),
}
_card = partial(
    SeriesCard,
    publisher=deferred("Moscow Exchange"),
    source_url="https://www.moex.com/en/marketdata/",
    licence=deferred("For one's own information; not to be passed on"),
    date_rule=MOEX_DAY.id,
    move_sign=QUOTE_IS_SUBJECT,
    unit="RUB per USD",
    inverse_unit="USD per RUB",
    history_from=date(2012, 1, 3),
)
DAILY_CARDS: Final = (
    _card(
        id="cny_rub_moex",
        title=deferred("CNY/RUB, Moscow Exchange"),
        unit="RUB per CNY",
        inverse_unit="CNY per RUB",
        description=deferred("CNYRUB_TOM, the yuan for tomorrow, board CETS."),
        quantity=deferred("exchange price"),
        limits=deferred("Weekend sessions since 2025 are thin; they are days of their own."),
        history_from=date(2013, 4, 15),
    ),
    _card(
        id="usd_rub_future_moex",
        title=deferred("USD/RUB perpetual future, Moscow Exchange"),
        description=deferred("USDRUBF, roubles for one dollar, board RFUD."),
        quantity=deferred("price of a perpetual future"),
        limits=deferred("A future with daily funding: near the official rate, not equal to it."),
        history_from=date(2022, 4, 26),
    ),
    _card(
        id="imoex_moex",
        title=deferred("MOEX Russia index"),
        unit=deferred("points"),
        inverse_unit=deferred("inverse points"),
        move_sign=AS_QUOTED,
        description=deferred("IMOEX, the rouble index of Russian shares."),
        quantity=deferred("share index"),
        limits=deferred("Not an exchange rate; a control."),
        decimals=2,
    ),
    _card(
        id="usd_rub_moex",
        title=deferred("USD/RUB, Moscow Exchange to June 2024"),
        description=deferred("USD000UTSTOM, the dollar for tomorrow, board CETS."),
        quantity=deferred("exchange price"),
        limits=deferred("Trading ended on 11 June 2024; later listings repeat that day's price."),
        history_until=LAST_DOLLAR_DAY,
    ),
)


def _bar_card(card: SeriesCard, minutes: int) -> SeriesCard:
    return SeriesCard(
        id=f"{card.id}_{minutes}m",
        title=deferred("{series}, hours", series=card.title)
        if minutes == 60
        else deferred("{series}, {minutes} min", series=card.title, minutes=minutes),
        unit=card.unit,
        inverse_unit=card.inverse_unit,
        publisher=card.publisher,
        source_url=card.source_url,
        licence=card.licence,
        date_rule=MOEX_BAR.id,
        description=deferred(
            "{description} Bars of {minutes} minutes.",
            description=card.description,
            minutes=minutes,
        ),
        move_sign=card.move_sign,
        decimals=card.decimals,
        quantity=deferred("{quantity}, close of each bar", quantity=card.quantity),
        limits=card.limits,
        bar_minutes=minutes,
    )


CARDS: Final = DAILY_CARDS + tuple(
    _bar_card(card, minutes)
    for card in DAILY_CARDS
    if card.history_until is None
    for minutes in FIRST_BAR_PERIODS
)


class Moex(BaseLiveSource):
    """MOEX ISS.

    Args:
        client: sends its requests.
        host: its address.
    """

    id = "moex"
    publisher_name = "Moscow Exchange"
    overlap_days = 5
    max_silent_days = 16
    symbol_pattern = r"[A-Za-z0-9_.-]{1,36}(@[A-Z0-9]{2,6})?"
    symbol_examples = "moex:SBER, moex:SBER@TQBR"
    aliases: ClassVar[dict[str, str]] = {
        symbol: series_id
        for series_id, instrument in INSTRUMENTS.items()
        for symbol in (instrument.secid, f"{instrument.secid}@{instrument.board}")
    }

    def __init__(self, client: HttpClient, host: str = HOST) -> None:
        super().__init__(client)
        self._host = host

    def cards(self) -> tuple[SeriesCard, ...]:
        """The yuan, the perpetual future, the share index, and the dollar to June 2024."""
        return CARDS

    def start(self, series_id: str) -> date:
        """The beginning for days, some weeks ago for bars."""
        card = self.card(series_id)
        if card.bar_minutes:
            return self.today() - FIRST_BAR_PERIODS[card.bar_minutes]
        return super().start(series_id)

    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:  # noqa: ARG002
        """The closes or bars of the days from `since` on; the last may be under way.

        Raises:
            InputError: the source has no such series.
            SourceError: ISS did not answer, or not with this instrument.
        """
        card = self.card(series_id)
        if card.bar_minutes:
            period = self._period(card, since)
            return FetchResult(self.check_not_empty(card, self._bars(card, period), period))
        return self._fetch_closes(card, INSTRUMENTS[series_id], since)

    def _period(self, card: SeriesCard, since: date) -> FetchPeriod:
        until = min(self.today(), card.history_until or date.max)
        return FetchPeriod(self.publisher_name, since, until, self.now())

    def _fetch_closes(self, card: SeriesCard, instrument: Instrument, since: date) -> FetchResult:
        period = self._period(card, since)
        if since > period.until:
            return FetchResult(None)
        series = self._closes(card, instrument, period)
        return FetchResult(self.check_not_empty(card, series, period))

    def _closes(self, card: SeriesCard, instrument: Instrument, period: FetchPeriod) -> RateSeries:
        rows = [
            row for page in self._history(instrument, period) for row in page if _was_traded(row)
        ]
        closes = [
            (date.fromisoformat(row["TRADEDATE"]), _rounded_price(row["CLOSE"], card))
            for row in rows
        ]
        live = self._live(instrument, period, card) if card.history_until is None else []
        live = [row for row in live if all(row[0] > day for day, _ in closes)]
        return build_daily_series(card, closes + live, period, provisional=len(live))

    def _history(self, instrument: Instrument, period: FetchPeriod) -> Iterator[IssRows]:
        """The pages of history, to the total of the cursor."""
        url = self._host + HISTORY_PATH.format(path=instrument.path)
        start = 0
        for _page in range(MAX_PAGES):
            answer = self._request(url, period, start=start)
            page = parse_block(answer, "history")
            _check_instrument(page, instrument)
            yield [row for row in page if row.get("BOARDID") == instrument.board]
            start += len(page)
            total = _total_rows(answer)
            if start >= total or not page:
                break
        if start != total:
            msg = _(
                "Moscow Exchange answered {start} of {total} rows of {secid}",
                start=start,
                total=total,
                secid=instrument.secid,
            )
            raise SourceError(msg)

    def _live(
        self, instrument: Instrument, period: FetchPeriod, card: SeriesCard
    ) -> list[tuple[date, float]]:
        """Today's last price, while the session is under way."""
        answer = self._request(self._host + QUOTE_PATH.format(path=instrument.path), None)
        price = live_price(parse_block(answer, "marketdata"), instrument.secid, period.until)
        return [] if price is None else [(period.until, _rounded_price(price, card))]

    def _bars(self, card: SeriesCard, period: FetchPeriod) -> RateSeries:
        instrument = INSTRUMENTS[card.id.rpartition("_")[0]]
        rows: IssRows = []
        url = self._host + CANDLES_PATH.format(path=instrument.path)
        for _page in range(MAX_PAGES):
            answer = self._request(url, period, start=len(rows), interval=card.bar_minutes)
            page = parse_block(answer, "candles")
            if not page:
                return build_bar_series(card, rows, period)
            if rows and page[0]["begin"] <= rows[-1]["begin"]:
                msg = _("Moscow Exchange answered a page of {secid} twice", secid=instrument.secid)
                raise SourceError(msg)
            rows += page
        msg = _(
            "Moscow Exchange answered more than {count:,} bars; ask for fewer days", count=len(rows)
        )
        raise SourceError(msg)

    # ---- tickers

    def normal_symbol(self, symbol: str) -> str:
        """The code as it is written, for those of futures have small letters; all small is none."""
        secid, at, board = symbol.partition("@")
        return f"{secid.upper() if secid.islower() else secid}{at}{board.upper()}"

    def resolve(self, symbol: str) -> TickerFacts:
        """Name, board, currency and history of an instrument.

        Raises:
            InputError: the exchange lists no such instrument, or not on this board.
            SourceError: ISS did not answer.
        """
        secid, _at, board = symbol.partition("@")
        answer = self._request(self._host + CARD_PATH.format(secid=secid), None)
        boards = parse_block(answer, "boards")
        if not boards:
            raise self.unknown_symbol(symbol)
        chosen = _choose_board(boards, board, symbol)
        names = {
            str(row.get("name")): row.get("value") for row in parse_block(answer, "description")
        }
        listed = read_directory(self.id).get(str(chosen["secid"]))
        facts = _facts_of_board(chosen, listed.title if listed else _name_of(names, secid))
        return replace(facts, id=f"{self.id}:{chosen['secid']}{symbol[len(secid) :]}")

    def search_publisher(self, text: str) -> tuple[TickerMatch, ...]:
        """The instruments that ISS finds by a part of a name or a code.

        Raises:
            SourceError: ISS did not answer.
        """
        params = {"iss.meta": "off", "q": text, "limit": str(MAX_MATCHES), "lang": "en"}
        request = Request(self._host + SEARCH_PATH, self.publisher_name, "json", params)
        rows = parse_block(_parse_json(self._client.send(request).content), "securities")
        return tuple(
            TickerMatch(
                self.aliases.get(secid := str(row["secid"]), f"{self.id}:{secid}"),
                clean_name(str(row.get("name") or row.get("shortname") or secid)),
                self.publisher_name,
                note="" if row.get("is_traded") else deferred("no longer traded"),
            )
            for row in rows[:MAX_MATCHES]
            if row.get("secid")
        )

    def ticker_card(self, facts: TickerFacts) -> SeriesCard:
        """The card of an instrument."""
        instrument = _instrument_of(facts)
        unit, inverse = _units_of(facts, instrument)
        card = _card(
            id=facts.id,
            title=deferred("{name}, Moscow Exchange", name=facts.name),
            unit=unit,
            inverse_unit=inverse,
            move_sign=AS_QUOTED,
            decimals=facts.decimals,
            description=deferred(
                "{secid}, board {board}.", secid=instrument.secid, board=instrument.board
            ),
            quantity=deferred("index") if facts.kind == "index" else deferred("exchange price"),
            limits=_limits_of(facts, instrument),
            history_from=facts.first_day,
            history_until=facts.last_day,
        )
        pair = pair_of_unit(facts.unit)
        return card if pair is None else with_pair(card, pair)

    def fetch_ticker(self, facts: TickerFacts, since: date, stamp: str = "") -> FetchResult:  # noqa: ARG002
        """The closes of the days from `since` on; earlier ones too where a split changed them.

        Raises:
            SourceError: ISS did not answer, or not with this instrument.
        """
        card, instrument = self.ticker_card(facts), _instrument_of(facts)
        splits = self._splits(instrument) if instrument.is_share else ()
        if any(split.day >= since for split in splits):
            since = facts.first_day or since
        result = self._fetch_closes(card, instrument, since)
        if result.series is None or not splits:
            return result
        return FetchResult(adjust_for_splits(result.series, splits), _split_notes(splits))

    def _splits(self, instrument: Instrument) -> tuple[Split, ...]:
        url = self._host + SPLITS_PATH.format(secid=instrument.secid)
        rows = parse_block(self._request(url, None), "splits")
        try:
            return tuple(
                Split(date.fromisoformat(row["tradedate"]), row["after"] / row["before"])
                for row in rows
                if row["secid"] == instrument.secid
            )
        except (KeyError, TypeError, ValueError, ZeroDivisionError):
            msg = _("Moscow Exchange answered splits that cannot be read")
            raise SourceError(msg) from None

    def _request(self, url: str, period: FetchPeriod | None, **extra: int) -> dict[str, Any]:
        params = {"iss.meta": "off", **{name: str(value) for name, value in extra.items()}}
        if period is not None:
            params |= {"from": period.since.isoformat(), "till": period.until.isoformat()}
        response = self._client.send(Request(url, self.publisher_name, "json", params))
        return _parse_json(response.content)


# ---- series


def build_bar_series(
    card: SeriesCard, rows: Sequence[dict[str, Any]], period: FetchPeriod
) -> RateSeries:
    """The closes of bars; `opens` is the begin of a bar, `known_at` its last second.

    The field `end` is not used: for the bar under way, and for some others, it is wrong.

    Args:
        card: with the length of a bar.
        rows: `begin` (Moscow, without a zone) and `close`, ascending.
        period: with the time of the response; the bar under way then is provisional.

    Raises:
        SourceError: a stamp or a price cannot be read, or bars are out of order.
    """
    try:
        local = pd.DatetimeIndex([row["begin"] for row in rows], dtype="datetime64[s]")
        rate = np.array([float(row["close"]) for row in rows]).round(card.decimals)
    except (KeyError, TypeError, ValueError):
        msg = _("{publisher} answered bars that cannot be read", publisher=period.publisher)
        raise SourceError(msg) from None
    for number, begin in zip(rate.tolist(), local, strict=True):
        reject_invalid_rate(number, begin, period.publisher)
    opens = _moscow_to_utc(local)
    if np.any(opens[1:] <= opens[:-1]):
        msg = _("{publisher} answered bars out of order", publisher=period.publisher)
        raise SourceError(msg)
    ends = opens + np.timedelta64(60 * card.bar_minutes - 1, "s")
    fetched = np.datetime64(period.fetched_at.replace(tzinfo=None), "s")
    known_at = np.maximum(np.minimum(ends, fetched), opens)
    day = local.to_numpy().astype("datetime64[D]")
    provisional = int(np.count_nonzero(ends >= fetched))
    return make_read_only(
        RateSeries(card, day.copy(), day, opens, known_at, rate, period.fetched_at, provisional)
    )


def _moscow_to_utc(local: pd.DatetimeIndex) -> Moments:
    """To UTC by the tz database: Moscow had UTC+4 from 2011 to 2014, summer time before."""
    winter = np.zeros(len(local), dtype=bool)
    zoned = local.tz_localize(MOSCOW, ambiguous=winter, nonexistent="shift_forward")
    utc = zoned.tz_convert("UTC").tz_localize(None)
    return utc.to_numpy().astype("datetime64[s]")


# ---- instruments by name


@dataclass(frozen=True, slots=True)
class Split:
    """From `day` on one old share is `ratio` new ones."""

    day: date
    ratio: float


def adjust_for_splits(series: RateSeries, splits: Sequence[Split]) -> RateSeries:
    """The closes in today's shares: those before the day of a split divided by its ratio."""
    rate = series.rate.copy()
    for split in splits:
        rate[series.day < np.datetime64(split.day, "D")] /= split.ratio
    return make_read_only(replace(series, rate=rate))


def _split_notes(splits: Sequence[Split]) -> tuple[str, ...]:
    return tuple(
        _(
            "closes before {day} are in shares after the split ({ratio:g} for one)",
            day=split.day,
            ratio=split.ratio,
        )
        for split in splits
    )


def _choose_board(boards: IssRows, board: str, symbol: str) -> dict[str, Any]:
    """The board that is named, or the primary one.

    Raises:
        InputError: the instrument is not on it; the message names those with a history.
    """
    with_history = [row for row in boards if row.get("history_from")]
    named = [row for row in with_history if row.get("boardid") == board]
    primary = [row for row in with_history if row.get("is_primary")]
    traded = [row for row in with_history if row.get("is_traded")]
    chosen = named if board else primary or traded or with_history
    if not chosen:
        known = ", ".join(str(row["boardid"]) for row in with_history)
        msg = _(
            "series moex:{symbol}: is not on this board; choose {known}",
            symbol=symbol,
            known=known or _("another instrument, this one has no history"),
        )
        raise InputError(msg)
    return chosen[0]


_PAIR_CODE: Final = re.compile(r"([A-Z]{3})_?([A-Z]{3})_*(?:TOM|TOD|TDM)", re.ASCII)
_ROUBLE_CODES: Final = {"SUR", "RUR", "RUB", ""}


def _facts_of_board(board: dict[str, Any], name: str) -> TickerFacts:
    engine, market, secid = str(board["engine"]), str(board["market"]), str(board["secid"])
    currency = str(board.get("currencyid") or "")
    currency = "RUB" if currency in _ROUBLE_CODES else currency
    first, last = (_read_day(board.get(key)) for key in ("history_from", "history_till"))
    pair = _PAIR_CODE.fullmatch(secid)
    kind: TickerKind = "index" if market == "index" else "price"
    unit = currency
    if pair and {pair[1], pair[2]} <= set(CURRENCIES):
        kind, unit = "rate", CurrencyPair(pair[1], pair[2]).unit
    return TickerFacts(
        id=secid,
        name=name,
        kind=kind,
        unit=unit,
        decimals=int(board.get("decimals") or 2),
        place=f"{engine}/markets/{market} {board['boardid']} {secid}",
        first_day=max(first or FIRST_SHARE_DAY, FIRST_SHARE_DAY),
        last_day=None if board.get("is_traded") else last,
        is_adjusted=market == "shares",
    )


def _read_day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


def _name_of(names: dict[str, Any], secid: str) -> str:
    found = (clean_name(str(names.get(key) or "")) for key in ("LATNAME", "NAME", "SHORTNAME"))
    return next(filter(None, found), secid)


def _instrument_of(facts: TickerFacts) -> Instrument:
    market, board, secid = facts.place.split(" ")
    return Instrument(secid, market, board)


def _units_of(facts: TickerFacts, instrument: Instrument) -> tuple[str, str]:
    of_kind = None
    if instrument.market == "stock/markets/bonds":
        of_kind = deferred("% of face value"), deferred("face value per %")
    return name_units(facts, of_kind, is_share=instrument.is_share)


def _limits_of(facts: TickerFacts, instrument: Instrument) -> str:
    if facts.last_day is not None:
        return deferred("Trading ended on {day}.", day=str(facts.last_day))
    if instrument.is_share:
        return deferred(
            "Adjusted for splits that the exchange lists, not for dividends: on the day without"
            " one the price falls. Weekend sessions since 2025 are thin; they are days of their"
            " own."
        )
    if instrument.market == "stock/markets/bonds":
        return deferred("A clean price, without accrued interest. Not an exchange rate.")
    if instrument.market.startswith("futures"):
        return deferred("One contract, which expires: its end is no move of the market.")
    return deferred("Weekend sessions since 2025 are thin; they are days of their own.")


# ---- answers


def _parse_json(content: bytes) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except ValueError:
        msg = _("Moscow Exchange answered damaged JSON")
        raise SourceError(msg) from None
    return document if isinstance(document, dict) else {}


def parse_block(answer: dict[str, Any], block: str) -> IssRows:
    """The rows of a block by the names of its columns, whose order differs and has grown.

    Raises:
        SourceError: there is no such block.
    """
    try:
        columns = [str(name) for name in answer[block]["columns"]]
        return [dict(zip(columns, row, strict=True)) for row in answer[block]["data"]]
    except (KeyError, TypeError, ValueError):
        msg = _("Moscow Exchange answered no block of {block}", block=block)
        raise SourceError(msg) from None


def live_price(rows: IssRows, secid: str, today: date) -> float | None:
    """The last price of an instrument, where it was traded today; never one of another day.

    ISS lists instruments that are no longer traded, with their last price.
    """
    for row in rows:
        is_today = str(row.get("SYSTIME", ""))[:10] == today.isoformat()
        if row.get("SECID") == secid and is_today and (row.get("NUMTRADES") or 0) > 0:
            price = row.get("LAST")
            return None if price is None else float(price)
    return None


def _was_traded(row: dict[str, Any]) -> bool:
    """A close counts where there was a trade; no other price replaces it."""
    return row.get("CLOSE") is not None and row.get("NUMTRADES", 1) != 0


def _rounded_price(price: float, card: SeriesCard) -> float:
    return round(float(price), card.decimals)


def _total_rows(answer: dict[str, Any]) -> int:
    (cursor,) = parse_block(answer, "history.cursor") or [{}]
    try:
        return int(cursor["TOTAL"])
    except (KeyError, TypeError, ValueError):
        msg = _("Moscow Exchange answered no count of rows")
        raise SourceError(msg) from None


def _check_instrument(page: IssRows, instrument: Instrument) -> None:
    if any(row.get("SECID") != instrument.secid for row in page):
        msg = _("Moscow Exchange answered another instrument than {secid}", secid=instrument.secid)
        raise SourceError(msg)
