"""FRED of the Federal Reserve Bank of St. Louis: Brent, the broad dollar and the VIX.

A row for every weekday; on holidays of the series its cell is empty (a point before
December 2024, when the header changed too).
"""

from __future__ import annotations

import csv
import html
import math
import re
from dataclasses import dataclass
from datetime import date
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np

from dashboard.models.currencies import pair_of_unit
from dashboard.models.errors import InputError, SourceError
from dashboard.models.messages import (
    deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.publication import (
    LONDON_CLOSE,
    NEW_YORK_CLOSE,
    NEW_YORK_DAY,
    NEW_YORK_NOON,
    PUBLICATION_RULES,
)
from dashboard.models.series import FetchResult, RateSeries, SeriesCard, with_pair
from dashboard.models.tickers import TickerFacts, TickerKind, clean_name
from dashboard.sources.http_client import CacheValidator, Request
from dashboard.sources.rates.base import (
    FIRST_TICKER_DAY,
    BaseLiveSource,
    FetchPeriod,
    build_daily_series,
    drop_missing,
    read_directory,
)

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient

HOST: Final = "https://fred.stlouisfed.org"
GRAPH_PATH: Final = "/graph/fredgraph.csv"
PAGE_PATH: Final = "/series/{symbol}"
DAILY_GAP: Final = 4
"""Days between two numbers; where half of the gaps are longer, the series is not daily."""
SILENT_DAYS: Final = 60
"""After so many days without a number a series is taken to have ended."""
UNITS: Final = {
    "yield": (deferred("% a year"), deferred("years per %")),
    "index": (deferred("points"), deferred("inverse points")),
}
QUANTITIES: Final = {
    "rate": deferred("exchange rate, one moment of the day"),
    "price": deferred("price, one moment of the day"),
    "index": deferred("index"),
    "yield": deferred("yield or interest rate; its changes are in percentage points"),
}
FRED_IDS: Final = {
    "brent_fred": "DCOILBRENTEU",
    "broad_dollar_fred": "DTWEXBGS",
    "vix_fred": "VIXCLS",
}
DATE_HEADERS: Final = frozenset({"observation_date", "DATE"})
MISSING_VALUES: Final = frozenset({"", "."})

_card = partial(SeriesCard, source_url="https://fred.stlouisfed.org", stale_after=12)
CARDS: Final = (
    _card(
        id="brent_fred",
        title=deferred("Brent, EIA by FRED"),
        unit=deferred("USD per barrel"),
        inverse_unit=deferred("barrels per USD"),
        publisher=deferred("US Energy Information Administration, by FRED"),
        licence="Public domain",
        date_rule=LONDON_CLOSE.id,
        description=deferred("Europe Brent spot price (DCOILBRENTEU)."),
        quantity=deferred("spot price, one moment of the day"),
        limits=deferred("A week late; empty on UK holidays; values are revised."),
        decimals=2,
        history_from=date(2021, 12, 27),
    ),
    _card(
        id="broad_dollar_fred",
        title=deferred("Broad dollar, Federal Reserve"),
        unit=deferred("January 2006 = 100"),
        inverse_unit=deferred("inverse index"),
        publisher=deferred("Board of Governors of the Federal Reserve System, by FRED"),
        licence="Public domain",
        date_rule=NEW_YORK_NOON.id,
        description=deferred("Nominal broad US dollar index (DTWEXBGS)."),
        quantity=deferred("trade-weighted index"),
        limits=deferred("Published on Mondays for the week before; no rouble in recent weights."),
        history_from=date(2012, 1, 2),
    ),
    _card(
        id="vix_fred",
        title=deferred("VIX, Cboe by FRED"),
        unit=deferred("% a year"),
        inverse_unit=deferred("years per %"),
        publisher=deferred("Cboe, by FRED"),
        licence=deferred("Copyright Cboe; not shipped, for looking at only"),
        date_rule=NEW_YORK_CLOSE.id,
        description=deferred("Cboe volatility index (VIXCLS)."),
        quantity=deferred("expected volatility of US shares"),
        limits=deferred("A day late; empty on US holidays."),
        decimals=2,
        history_from=date(2012, 1, 2),
    ),
)


class Fred(BaseLiveSource):
    """FRED.

    Args:
        client: sends its requests.
        host: its address.
    """

    id = "fred"
    publisher_name = "FRED"
    overlap_days = 30
    max_silent_days = 21
    symbol_pattern = r"[A-Z0-9_]{2,40}"
    symbol_examples = "fred:DGS10"
    aliases: ClassVar[dict[str, str]] = {name: series_id for series_id, name in FRED_IDS.items()}

    def __init__(self, client: HttpClient, host: str = HOST) -> None:
        super().__init__(client)
        self._host = host

    def cards(self) -> tuple[SeriesCard, ...]:
        """Brent, the broad dollar and the VIX."""
        return CARDS

    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:
        """The values dated `since` or later, NaN on holidays.

        Raises:
            InputError: the source has no such series.
            SourceError: FRED did not answer, or not with this series.
        """
        return self._fetch(self.card(series_id), FRED_IDS.get(series_id, ""), since, stamp)

    def _fetch(self, card: SeriesCard, name: str, since: date, stamp: str) -> FetchResult:
        params = {"id": name, "cosd": since.isoformat()}
        response = self._client.send(
            Request(
                self._host + GRAPH_PATH,
                self.publisher_name,
                "csv",
                params,
                validator=CacheValidator.from_text(stamp),
            )
        )
        if response.is_unchanged:
            return FetchResult(None, stamp=stamp)
        period = FetchPeriod(
            self.publisher_name, since, self.today("America/New_York"), response.fetched_at
        )
        series = build_daily_series(card, parse_graph(response.content, name), period)
        return FetchResult(
            self.check_not_empty(card, series, period), stamp=response.validator.to_text()
        )

    # ---- tickers

    def resolve(self, symbol: str) -> TickerFacts:
        """What a series counts: of the shipped list, or of its page at FRED.

        Raises:
            InputError: FRED has no such series, or it is not daily.
            SourceError: FRED did not answer, or not with such a page.
        """
        entry = read_directory(self.id).get(symbol)
        if entry is None:
            return self._resolve_from_page(symbol)
        return TickerFacts(
            id=f"{self.id}:{symbol}", name=entry.title, kind=entry.kind, unit=entry.unit,
            decimals=FRED_DECIMALS[entry.kind], place=entry.place, first_day=FIRST_TICKER_DAY,
        )  # fmt: skip

    def _resolve_from_page(self, symbol: str) -> TickerFacts:
        url = self._host + PAGE_PATH.format(symbol=symbol)
        missing = frozenset({HTTPStatus.NOT_FOUND})
        response = self._client.send(
            Request(url, self.publisher_name, "any", empty_statuses=missing)
        )
        if response.status == HTTPStatus.NOT_FOUND:
            raise self.unknown_symbol(symbol)
        page = parse_series_page(response.content, symbol)
        if not page.frequency.startswith("Daily"):
            raise not_daily(symbol, page.frequency)
        kind: TickerKind = (
            "yield" if re.search(r"percent|basis point", page.units, re.IGNORECASE)
            else "index" if "index" in page.units.casefold()
            else "price"
        )  # fmt: skip
        return TickerFacts(
            id=f"{self.id}:{symbol}", name=clean_name(page.title), kind=kind,
            unit=clean_name(page.units), decimals=FRED_DECIMALS[kind], place=NEW_YORK_DAY.id,
            first_day=FIRST_TICKER_DAY,
        )  # fmt: skip

    def ticker_card(self, facts: TickerFacts) -> SeriesCard:
        """The card of a series; a yield is no price, its changes are differences."""
        pair = pair_of_unit(facts.unit)
        unit, inverse = UNITS.get(
            facts.kind, (facts.unit, deferred("inverse of {unit}", unit=facts.unit))
        )
        card = _card(
            id=facts.id,
            title=deferred("{name}, by FRED", name=facts.name),
            unit=unit,
            inverse_unit=inverse,
            publisher=deferred("FRED, Federal Reserve Bank of St. Louis"),
            source_url=f"{HOST}/series/{facts.symbol}",
            licence=deferred("See the notes of the series at FRED; some are copyrighted"),
            date_rule=facts.place if facts.place in PUBLICATION_RULES else NEW_YORK_DAY.id,
            description=deferred("{symbol} at FRED.", symbol=facts.symbol),
            quantity=QUANTITIES[facts.kind],
            limits=deferred(
                "Days late, revised, empty on holidays. The hour of the number is that of its"
                " source, at the latest the end of the day."
            ),
            decimals=facts.decimals,
            change="difference" if facts.kind == "yield" else "ratio",
            history_from=facts.first_day,
        )
        return card if pair is None else with_pair(card, pair)

    def fetch_ticker(self, facts: TickerFacts, since: date, stamp: str = "") -> FetchResult:
        """The values dated `since` or later; holidays have no row.

        Raises:
            InputError: the series is not daily.
            SourceError: FRED did not answer, or not with this series.
        """
        result = self._fetch(self.ticker_card(facts), facts.symbol, since, stamp)
        if result.series is None:
            return result
        series = drop_missing(result.series)
        gaps = np.diff(series.record).astype(np.int64)
        if len(gaps) and np.median(gaps) > DAILY_GAP:
            raise not_daily(facts.symbol, "")
        return FetchResult(series, self._silence_notes(facts, series), result.stamp)

    def _silence_notes(self, facts: TickerFacts, series: RateSeries) -> tuple[str, ...]:
        if len(series) == 0:
            return ()
        last: date = series.record[-1].astype(object)
        if (self.today("America/New_York") - last).days <= SILENT_DAYS:
            return ()
        return (
            _(
                "FRED has no number of {symbol} after {last}: it has ended",
                symbol=facts.symbol,
                last=last,
            ),
        )


FRED_DECIMALS: Final[dict[TickerKind, int]] = {"rate": 4, "price": 2, "index": 2, "yield": 2}


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """What the page of a series says."""

    title: str
    units: str
    frequency: str


def parse_series_page(content: bytes, symbol: str) -> SeriesPage:
    """Title, units and frequency of the page of a series at FRED.

    Raises:
        SourceError: it is no such page.
    """
    text = content.decode("utf-8", "replace")

    def find(pattern: str) -> str:
        match = re.search(pattern, text, re.DOTALL)
        return " ".join(html.unescape(match[1]).split()).rstrip(",") if match else ""

    title = find(r"<title>(.*?)</title>")
    units = find(r'class="series-meta-value-units"[^>]*>([^<]*)<')
    frequency = find(r'class="series-meta-value-frequency"[^>]*>([^<]*)<')
    if f"({symbol})" not in title or not units or not frequency:
        msg = _("FRED answered a page that says nothing of {symbol}", symbol=symbol)
        raise SourceError(msg)
    return SeriesPage(title.partition(f"({symbol})")[0].strip(), units, frequency)


def not_daily(symbol: str, frequency: str) -> InputError:
    """The error of a series whose numbers are no days."""
    msg = _(
        "series fred:{symbol}: is {frequency}; only daily series can be set against events",
        symbol=symbol,
        frequency=frequency.casefold() or _("not daily"),
    )
    return InputError(msg)


def parse_graph(content: bytes, name: str) -> list[tuple[date, float]]:
    """Date and value of every row; trailing rows without a value are not yet observations.

    Raises:
        SourceError: it is no table of this series, or is cut off.
    """
    try:
        text = content.decode("ascii")
        header, *lines = csv.reader(text.splitlines(), strict=True)
        _check_series_name(header, name)
        rows = [(date.fromisoformat(day), _parse_value(cell)) for day, cell in lines]
    except (ValueError, csv.Error):
        msg = _("FRED answered CSV that cannot be read")
        raise SourceError(msg) from None
    if not text.endswith("\n"):
        msg = _("FRED broke off its answer")
        raise SourceError(msg)
    while rows and math.isnan(rows[-1][1]):
        rows.pop()
    return rows


def _check_series_name(header: list[str], name: str) -> None:
    if len(header) != 2 or header[0] not in DATE_HEADERS:
        msg = _("FRED answered a table with the columns {header}", header=", ".join(header)[:60])
        raise SourceError(msg)
    if header[1] != name:
        msg = _("FRED answered {header} instead of {name}", header=header[1][:20], name=name)
        raise SourceError(msg)


def _parse_value(cell: str) -> float:
    return math.nan if cell.strip() in MISSING_VALUES else float(cell)
