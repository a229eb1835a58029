"""Yahoo through yfinance: indicative offshore quotes, the last bar always live.

Bars of currencies are stamped with the London midnight at which their day begins: in summer that
is 23:00 UTC of the day before. yfinance is imported when it is first needed, its errors are not
hidden, and every request it makes goes through the polite client.
"""

from __future__ import annotations

import re
import threading
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self
from zoneinfo import ZoneInfo

import numpy as np

from dashboard.models.currencies import CurrencyPair, pair_of_unit
from dashboard.models.errors import InputError, SourceError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import (
    LONDON_DAY,
    NEW_YORK_DAY,
    PUBLICATION_RULES,
    exchange_close_id,
)
from dashboard.models.series import (
    AS_QUOTED,
    QUOTE_IS_SUBJECT,
    FetchResult,
    Floats,
    RateSeries,
    SeriesCard,
    with_pair,
)
from dashboard.models.tickers import TickerFacts, TickerKind, TickerMatch, clean_name
from dashboard.sources.rates.base import (
    FIRST_TICKER_DAY,
    BaseLiveSource,
    FetchPeriod,
    build_daily_series,
    drop_missing,
    name_units,
    read_directory,
)

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient
    from dashboard.sources.polite_client import ClientSession

MIN_FROZEN_RUN: Final = 3
"""This many equal closes in a row are reported: a known failure of Yahoo."""
SYMBOLS: Final = {
    "usd_rub_yahoo": "RUB=X",
    "eur_rub_yahoo": "EURRUB=X",
    "cny_rub_yahoo": "CNYRUB=X",
    "brent_yahoo": "BZ=F",
    "dollar_index_yahoo": "DX-Y.NYB",
}
RECENT_PERIOD: Final = timedelta(days=30)
"""What is fetched to learn of a symbol; one without a price in it is no longer quoted."""
MAX_MATCHES: Final = 12
ADJUSTED_TYPES: Final = frozenset({"EQUITY", "ETF", "MUTUALFUND"})
YIELD_SYMBOLS: Final = frozenset({"^IRX", "^FVX", "^TNX", "^TYX"})
"""Indices of Cboe that are yields of Treasury securities in per cent."""
_CURRENCY_SYMBOL: Final = re.compile(r"([A-Z]{3})?([A-Z]{3})=X", re.ASCII)
QUANTITIES: Final[dict[TickerKind, str]] = {
    "rate": deferred("indicative offshore quote"),
    "price": deferred("closing price"),
    "index": deferred("index, its close"),
    "yield": deferred("yield; its changes are in percentage points"),
}
_yfinance_lock: Final = threading.Lock()
"""yfinance has one session, one configuration and one cache in a process."""

_card = partial(
    SeriesCard,
    publisher="Yahoo Finance",
    source_url="https://finance.yahoo.com",
    licence=deferred("Personal use; not to be passed on"),
    history_from=date(2012, 1, 2),
)
_rouble = partial(
    _card,
    date_rule=LONDON_DAY.id,
    move_sign=QUOTE_IS_SUBJECT,
    quantity=deferred("indicative offshore quote"),
    limits=deferred(
        "Not official: flat stretches, spikes and, in 2022 and June 2024, another level "
        "than the Bank of Russia's. Quotes far from it are left out."
    ),
)
CARDS: Final = (
    _rouble(
        id="usd_rub_yahoo",
        title=deferred("USD/RUB, Yahoo"),
        unit="RUB per USD",
        inverse_unit="USD per RUB",
        description=deferred("RUB=X, last quote of the London day."),
        checked_by="usd_rub_cbr",
    ),
    _rouble(
        id="eur_rub_yahoo",
        title=deferred("EUR/RUB, Yahoo"),
        unit="RUB per EUR",
        inverse_unit="EUR per RUB",
        description=deferred("EURRUB=X, last quote of the London day."),
        checked_by="eur_rub_cbr",
    ),
    _rouble(
        id="cny_rub_yahoo",
        title=deferred("CNY/RUB, Yahoo"),
        unit="RUB per CNY",
        inverse_unit="CNY per RUB",
        description=deferred("CNYRUB=X, last quote of the London day."),
        checked_by="cny_rub_cbr",
    ),
    _card(
        id="brent_yahoo",
        title=deferred("Brent future, Yahoo"),
        unit="USD per barrel",
        inverse_unit="barrels per USD",
        date_rule=NEW_YORK_DAY.id,
        move_sign=AS_QUOTED,
        description=deferred("BZ=F, the nearest future."),
        quantity=deferred("price of a future"),
        limits=deferred("Contracts change without adjustment: a jump may be the roll."),
        decimals=2,
    ),
    _card(
        id="dollar_index_yahoo",
        title=deferred("Dollar index, Yahoo"),
        unit="points",
        inverse_unit="inverse points",
        date_rule=NEW_YORK_DAY.id,
        move_sign=AS_QUOTED,
        description=deferred("DX-Y.NYB, the ICE dollar index."),
        quantity=deferred("index of six currencies"),
        limits=deferred("No rouble in it; a control."),
        decimals=3,
    ),
)


class Yahoo(BaseLiveSource):
    """Yahoo.

    Args:
        client: sends its requests.
        folder: for the cookies and zones of yfinance.
    """

    id = "yahoo"
    publisher_name = "Yahoo"
    overlap_days = 7
    max_silent_days = 6
    symbol_pattern = r"\^?[A-Z0-9][A-Z0-9.=-]{0,30}"
    symbol_examples = "yahoo:UAH=X, yahoo:^GSPC"
    aliases: ClassVar[dict[str, str]] = {symbol: series_id for series_id, symbol in SYMBOLS.items()}

    def __init__(self, client: HttpClient, folder: Path) -> None:
        super().__init__(client)
        self._folder = folder
        self._session: ClientSession | None = None

    @classmethod
    def create(cls, client: HttpClient, cache_folder: Path) -> Self:
        """The source with its cookies in the folder of caches."""
        return cls(client, cache_folder / "yfinance")

    def cards(self) -> tuple[SeriesCard, ...]:
        """Rouble quotes, and two controls."""
        return CARDS

    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:  # noqa: ARG002
        """The closes of the days from `since` on; that of the day under way is provisional.

        Raises:
            InputError: the source has no such series.
            SourceError: Yahoo did not answer, or not with this symbol.
        """
        card, symbol = self.card(series_id), SYMBOLS.get(series_id, "")
        zone = PUBLICATION_RULES[card.date_rule].zone
        period = self._period(since, zone)
        frame, _metadata = self._history(symbol, period, zone)
        series = self._build(card, frame, "Close", period)
        return FetchResult(self.check_not_empty(card, series, period), frozen_price_notes(series))

    def _period(self, since: date, zone: str) -> FetchPeriod:
        return FetchPeriod(self.publisher_name, since, self.today(zone), self.now())

    def _build(self, card: SeriesCard, frame: Any, column: str, period: FetchPeriod) -> RateSeries:
        """The series of a column of prices; that of the day under way is provisional."""
        zone = PUBLICATION_RULES[card.date_rule].zone
        days = _local_days(frame.index.tz_convert(zone), period)
        prices = frame[column].astype(float).round(card.decimals).tolist()
        live = 1 if days and days[-1] == period.until else 0
        return build_daily_series(card, zip(days, prices, strict=True), period, live)

    def _history(self, symbol: str, period: FetchPeriod, zone: str = "") -> tuple[Any, Any]:
        """The daily bars of a symbol, and what Yahoo says of it.

        Args:
            symbol: as Yahoo writes it.
            period: the days.
            zone: the time zone it must be of; any where empty.

        Raises:
            InputError: Yahoo has no such symbol.
            SourceError: Yahoo did not answer, or not with this symbol.
        """
        from dashboard.sources.polite_client import ClientError

        with _yfinance_lock:
            ticker = self._library().Ticker(symbol, session=self._session)
            try:
                with warnings.catch_warnings():
                    warnings.filterwarnings(
                        "ignore", category=DeprecationWarning, module="yfinance"
                    )
                    frame = ticker.history(
                        start=period.since.isoformat(),
                        end=(period.until + timedelta(days=2)).isoformat(),
                        auto_adjust=False,
                        actions=True,
                        keepna=True,
                    )
                metadata = ticker.history_metadata
            except ClientError as error:
                raise error.source_error from None
            except Exception as error:
                raise self._failure(symbol, error) from error
        self._check_symbol(symbol, zone, metadata)
        return frame, metadata

    def _failure(self, symbol: str, error: Exception) -> InputError | SourceError:
        """The error of yfinance; a name that Yahoo does not find is that of the person who asks."""
        message = _error_message(symbol, error)
        is_unknown = symbol not in SYMBOLS.values() and _is_not_found(error)
        if not is_unknown:
            return SourceError(message)
        return InputError(
            _(
                "series {id}:{symbol}: Yahoo finds nothing of this name, or it is delisted;"
                " look for it with rates search",
                id=self.id,
                symbol=symbol,
            )
        )

    # ---- tickers

    def normal_symbol(self, symbol: str) -> str:
        """In capitals; a pair with the dollar first goes by its second currency, as at Yahoo."""
        return re.sub(r"^USD([A-Z]{3}=X)$", r"\1", symbol.upper())

    def resolve(self, symbol: str) -> TickerFacts:
        """Name, kind, currency and clock of a symbol.

        Raises:
            InputError: Yahoo has no such symbol.
            SourceError: Yahoo did not answer, or has no recent price of it.
        """
        today = self.today("UTC")
        period = FetchPeriod(self.publisher_name, today - RECENT_PERIOD, today, self.now())
        _frame, metadata = self._history(symbol, period)
        entry = read_directory(self.id).get(symbol)
        facts = _facts_of_metadata(symbol, metadata)
        return facts if entry is None else replace(facts, name=entry.title)

    def search_publisher(self, text: str) -> tuple[TickerMatch, ...]:
        """The symbols that the search of Yahoo finds.

        Raises:
            SourceError: Yahoo did not answer.
        """
        from dashboard.sources.polite_client import ClientError

        with _yfinance_lock:
            library = self._library()
            try:
                quotes = library.Search(
                    text, max_results=MAX_MATCHES, news_count=0, lists_count=0, recommended=0,
                    include_cb=False, session=self._session,
                ).quotes  # fmt: skip
            except ClientError as error:
                raise error.source_error from None
            except Exception as error:
                raise SourceError(_error_message(text, error)) from error
        return tuple(
            TickerMatch(
                self.aliases.get(symbol := str(quote["symbol"]), f"{self.id}:{symbol}"),
                clean_name(str(quote.get("longname") or quote.get("shortname") or symbol)),
                self.publisher_name,
                note=clean_name(str(quote.get("exchDisp") or "")),
            )
            for quote in quotes
        )

    def ticker_card(self, facts: TickerFacts) -> SeriesCard:
        """The card of a symbol."""
        unit, inverse = _units_of(facts)
        is_whole_day = facts.close >= WHOLE_DAY_CLOSE
        rules = {"Europe/London": LONDON_DAY.id, "America/New_York": NEW_YORK_DAY.id}
        rule = exchange_close_id(facts.zone, "24:00" if is_whole_day else facts.close)
        card = _card(
            id=facts.id,
            title=deferred("{name}, Yahoo", name=facts.name),
            unit=unit,
            inverse_unit=inverse,
            date_rule=rules.get(facts.zone, rule) if is_whole_day else rule,
            description=deferred("{symbol} at Yahoo.", symbol=facts.symbol),
            quantity=QUANTITIES[facts.kind],
            limits=_limits_of(facts),
            decimals=facts.decimals,
            change="difference" if facts.kind == "yield" else "ratio",
            history_from=facts.first_day,
            history_until=facts.last_day,
        )
        pair = pair_of_unit(facts.unit)
        return card if pair is None else with_pair(card, pair)

    def fetch_ticker(self, facts: TickerFacts, since: date, stamp: str = "") -> FetchResult:  # noqa: ARG002
        """The closes from `since` on; all of them where a dividend or a split changed earlier ones.

        Raises:
            InputError: Yahoo has the symbol no longer.
            SourceError: Yahoo did not answer, or not with this symbol.
        """
        card = self.ticker_card(facts)
        period = self._period(since, facts.zone)
        frame, _metadata = self._history(facts.symbol, period, facts.zone)
        if facts.is_adjusted and since > FIRST_TICKER_DAY and _has_actions(frame):
            period = self._period(FIRST_TICKER_DAY, facts.zone)
            frame, _metadata = self._history(facts.symbol, period, facts.zone)
        column = "Adj Close" if facts.is_adjusted else "Close"
        series = drop_missing(self._build(card, frame, column, period))
        self.check_not_empty(card, series, period)
        return FetchResult(series, (*_split_notes(frame), *frozen_price_notes(series)))

    def _library(self) -> Any:
        """yfinance, configured to raise its errors and to use our folder and our client."""
        import yfinance
        from yfinance.data import YfData

        from dashboard.sources.polite_client import ClientSession

        yfinance.config.debug.hide_exceptions = False
        if self._session is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._session = ClientSession(self._client, self.publisher_name, "yahoo.com")
        yfinance.set_tz_cache_location(str(self._folder))
        YfData.cache_get.cache_clear()
        return yfinance

    def _check_symbol(self, symbol: str, zone: str, metadata: Any) -> None:
        if metadata.get("symbol") not in {symbol, f"USD{symbol}"}:
            msg = _(
                "Yahoo answered {get} instead of {symbol}",
                get=str(metadata.get("symbol"))[:20],
                symbol=symbol,
            )
            raise SourceError(msg)
        if zone and metadata.get("exchangeTimezoneName") != zone:
            msg = _("Yahoo answered {symbol} in another zone than {zone}", symbol=symbol, zone=zone)
            raise SourceError(msg)


WHOLE_DAY_CLOSE: Final = "23:00"
"""A session that ends this late lasts to midnight."""


def _facts_of_metadata(symbol: str, metadata: Any) -> TickerFacts:
    """The facts of a symbol from what comes with its chart.

    Raises:
        SourceError: there is no time zone or no currency.
    """
    zone, currency = str(metadata.get("exchangeTimezoneName") or ""), metadata.get("currency")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError):
        zone = ""
    if not zone or not currency:
        msg = _("Yahoo answered {symbol} without its time zone or its currency", symbol=symbol)
        raise SourceError(msg)
    kind = _kind_of(symbol, str(metadata.get("instrumentType")))
    unit, is_adjusted = str(currency), metadata.get("instrumentType") in ADJUSTED_TYPES
    if match := _CURRENCY_SYMBOL.fullmatch(symbol):
        unit = CurrencyPair(match[1] or "USD", match[2]).unit
    name = clean_name(str(metadata.get("longName") or metadata.get("shortName") or symbol))
    hint = int(metadata.get("priceHint") or 2)
    return TickerFacts(
        id=f"yahoo:{symbol}",
        name=name or symbol,
        kind=kind,
        unit=unit,
        decimals=max(hint, 4 if is_adjusted or kind == "rate" else 2),
        zone=zone,
        close=_close_of(metadata, zone),
        first_day=FIRST_TICKER_DAY,
        is_adjusted=is_adjusted,
    )


def _kind_of(symbol: str, instrument_type: str) -> TickerKind:
    if symbol in YIELD_SYMBOLS:
        return "yield"
    if _CURRENCY_SYMBOL.fullmatch(symbol):
        return "rate"
    return "index" if instrument_type == "INDEX" else "price"


def _close_of(metadata: Any, zone: str) -> str:
    """When the regular session ends, HH:MM in the zone; the end of the day where it is not said."""
    try:
        end = metadata["currentTradingPeriod"]["regular"]["end"]
        moment = datetime.fromtimestamp(end, UTC) if isinstance(end, int) else end
        return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"
    except (KeyError, TypeError, ValueError, AttributeError):
        return "24:00"


def _units_of(facts: TickerFacts) -> tuple[str, str]:
    of_kind = (deferred("% a year"), deferred("years per %")) if facts.kind == "yield" else None
    return name_units(facts, of_kind, is_share=facts.is_adjusted)


def _limits_of(facts: TickerFacts) -> str:
    if facts.kind == "rate":
        return deferred("Not official: flat stretches and spikes are on record.")
    if facts.is_adjusted:
        return deferred(
            "The adjusted close: earlier numbers fall with every dividend and split, so that a"
            " payout is no move."
        )
    if facts.symbol.endswith("=F"):
        return deferred("Contracts change without adjustment: a jump may be the roll.")
    return deferred("Not official; for personal use.")


def _has_actions(frame: Any) -> bool:
    """Whether a dividend or a split lies in a frame: earlier closes were adjusted to it."""
    columns = [name for name in ("Dividends", "Stock Splits") if name in frame]
    return bool(columns) and bool((frame[columns].fillna(0) != 0).to_numpy().any())


def _split_notes(frame: Any) -> tuple[str, ...]:
    if "Stock Splits" not in frame:
        return ()
    splits = frame["Stock Splits"].fillna(0)
    return tuple(
        _(
            "closes before {day} are in shares after the split ({ratio:g} for one)",
            day=moment.date(),
            ratio=ratio,
        )
        for moment, ratio in splits[splits != 0].items()
    )


def _is_not_found(error: Exception) -> bool:
    """Whether Yahoo says that there is no such symbol."""
    names = {kind.__name__ for kind in type(error).__mro__}
    status = getattr(getattr(error, "response", None), "status_code", None)
    reason = str(getattr(error, "yahoo_reason", None) or "")
    has_reason = "not found" in reason.casefold() or "delisted" in reason
    return has_reason or "YFTzMissingError" in names or status == HTTPStatus.NOT_FOUND


def frozen_price_notes(series: RateSeries) -> tuple[str, ...]:
    """A note about a stretch of equal closes: the dates advance, the price does not."""
    start, longest = longest_equal_run(series.rate)
    if longest < MIN_FROZEN_RUN:
        return ()
    days = series.day[[start, start + longest - 1]]
    return (
        _(
            "Yahoo repeats {rate:g} from {days} to {days_2}: frozen?",
            rate=series.rate[start],
            days=days[0],
            days_2=days[1],
        ),
    )


def longest_equal_run(rate: Floats) -> tuple[int, int]:
    """Start and length of the longest run of equal values."""
    if len(rate) == 0:
        return 0, 0
    starts = np.flatnonzero(np.concatenate(([True], rate[1:] != rate[:-1])))
    lengths = np.diff(np.append(starts, len(rate)))
    longest = int(lengths.argmax())
    return int(starts[longest]), int(lengths[longest])


def _local_days(stamps: Any, period: FetchPeriod) -> list[date]:
    """The local days of bars; yfinance moves a live 22:00 or 23:00 to the next midnight."""
    days: list[date] = stamps.date.tolist()
    if days and days[-1] == period.until + timedelta(days=1):
        now = period.fetched_at.astimezone(stamps.tz)
        if now.hour >= 22 and (stamps[-1].hour, stamps[-1].minute) == (0, 0):
            days[-1] = period.until
    return days


def _error_message(symbol: str, error: Exception) -> str:
    """The error of yfinance in one sentence; an empty answer is unknown, never zero."""
    names = {kind.__name__ for kind in type(error).__mro__}
    reason = getattr(error, "yahoo_reason", None)
    if "YFRateLimitError" in names:
        return _("Yahoo answered that we ask too often (429)")
    if reason:
        return _(
            "Yahoo answered about {symbol}: {split}",
            symbol=symbol,
            split=" ".join(str(reason).split())[:120],
        )
    if "JSONDecodeError" in names:
        return _("Yahoo answered something else than JSON")
    if "YFTzMissingError" in names or "YFPricesMissingError" in names:
        return _("Yahoo answered no prices of {symbol}", symbol=symbol)
    return _(
        "Yahoo could not be read about {symbol} ({name__})",
        symbol=symbol,
        name__=type(error).__name__,
    )
