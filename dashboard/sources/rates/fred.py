"""FRED of the Federal Reserve Bank of St. Louis: Brent, the broad dollar and the VIX.

A row for every weekday; on holidays of the series its cell is empty (a point before
December 2024, when the header changed too).
"""

from __future__ import annotations

import csv
import math
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Final

from dashboard.models.errors import SourceError
from dashboard.models.messages import (
    deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.publication import LONDON_CLOSE, NEW_YORK_CLOSE, NEW_YORK_NOON
from dashboard.models.series import FetchResult, SeriesCard
from dashboard.sources.http_client import CacheValidator, Request
from dashboard.sources.rates.base import BaseLiveSource, FetchPeriod, build_daily_series

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient

HOST: Final = "https://fred.stlouisfed.org"
GRAPH_PATH: Final = "/graph/fredgraph.csv"
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
        card, name = self.card(series_id), FRED_IDS.get(series_id, "")
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
