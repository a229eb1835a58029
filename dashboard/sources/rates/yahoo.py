"""Yahoo through yfinance: indicative offshore quotes, the last bar always live.

Bars of currencies are stamped with the London midnight at which their day begins: in summer that
is 23:00 UTC of the day before. yfinance is imported when it is first needed, its errors are not
hidden, and every request it makes goes through the polite client.
"""

from __future__ import annotations

import threading
import warnings
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from dashboard.models.errors import SourceError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import LONDON_DAY, NEW_YORK_DAY, PUBLICATION_RULES
from dashboard.models.series import (
    AS_QUOTED,
    QUOTE_IS_SUBJECT,
    FetchResult,
    Floats,
    RateSeries,
    SeriesCard,
)
from dashboard.sources.rates.base import BaseLiveSource, FetchPeriod, build_daily_series

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
        today = self.today(zone)
        period = FetchPeriod(self.publisher_name, since, today, self.now())
        with _yfinance_lock:
            rows = self._rows(symbol, period, zone)
        closes = [(day, round(close, card.decimals)) for day, close in rows]
        live = 1 if closes and closes[-1][0] == today else 0
        series = build_daily_series(card, closes, period, live)
        return FetchResult(self.check_not_empty(card, series, period), frozen_price_notes(series))

    def _rows(self, symbol: str, period: FetchPeriod, zone: str) -> list[tuple[date, float]]:
        from dashboard.sources.polite_client import ClientError

        yfinance = self._library()
        ticker = yfinance.Ticker(symbol, session=self._session)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", category=DeprecationWarning, module="yfinance")
                frame = ticker.history(
                    start=period.since.isoformat(),
                    end=(period.until + timedelta(days=2)).isoformat(),
                    auto_adjust=False,
                    actions=False,
                    keepna=True,
                )
            metadata = ticker.history_metadata
            self._check_symbol(symbol, zone, metadata)
            days = _local_days(frame.index.tz_convert(zone), period)
            return list(zip(days, frame["Close"].astype(float).tolist(), strict=True))
        except ClientError as error:
            raise error.source_error from None
        except SourceError:
            raise
        except Exception as error:
            raise SourceError(_error_message(symbol, error)) from error

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
        if metadata.get("exchangeTimezoneName") != zone:
            msg = _("Yahoo answered {symbol} in another zone than {zone}", symbol=symbol, zone=zone)
            raise SourceError(msg)


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
