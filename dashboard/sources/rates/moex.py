"""MOEX ISS: closes of the day from `history`, bars of 1, 10 and 60 minutes from `candles`.

Stamps are Moscow time without a zone. `history` comes in pages of 100 with a cursor, `candles` in
pages of 500 without one. Since the exchange stopped trading the dollar on 2024-06-11, ISS lists it
with that day's price: a price counts only where there was a trade on its day.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from dashboard.models.errors import SourceError
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
)
from dashboard.sources.http_client import Request
from dashboard.sources.rates.base import (
    BaseLiveSource,
    FetchPeriod,
    build_daily_series,
    make_read_only,
    reject_invalid_rate,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboard.sources.http_client import HttpClient

HOST: Final = "https://iss.moex.com"
HISTORY_PATH: Final = "/iss/history/{path}.json"
CANDLES_PATH: Final = "/iss/{path}/candles.json"
QUOTE_PATH: Final = "/iss/{path}.json"
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
        until = min(self.today(), card.history_until or date.max)
        period = FetchPeriod(self.publisher_name, since, until, self.now())
        if since > until:
            return FetchResult(None)
        series = self._bars(card, period) if card.bar_minutes else self._closes(card, period)
        return FetchResult(self.check_not_empty(card, series, period))

    def _closes(self, card: SeriesCard, period: FetchPeriod) -> RateSeries:
        instrument = INSTRUMENTS[card.id]
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

    def _request(self, url: str, period: FetchPeriod | None, **extra: int) -> dict[str, Any]:
        params = {"iss.meta": "off", **{name: str(value) for name, value in extra.items()}}
        if period is not None:
            params |= {"from": period.since.isoformat(), "till": period.until.isoformat()}
        response = self._client.send(Request(url, self.publisher_name, "json", params))
        try:
            document = json.loads(response.content)
        except ValueError:
            msg = _("Moscow Exchange answered damaged JSON")
            raise SourceError(msg) from None
        return document if isinstance(document, dict) else {}


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


# ---- answers


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
