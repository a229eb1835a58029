"""The ECB: euro reference rates, as one zip of all days or as csvdata of single series.

Both give units of a currency for one euro, at 14:15 in Frankfurt. The rouble ended on
2022-03-01; its column remains, with N/A.
"""

from __future__ import annotations

import csv
import io
import math
import zipfile
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, Final

from dashboard.models.currencies import CurrencyPair
from dashboard.models.errors import InputError, SourceError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import ECB
from dashboard.models.series import QUOTE_IS_SUBJECT, FetchResult, SeriesCard, with_pair
from dashboard.models.tickers import TickerFacts
from dashboard.sources.http_client import CacheValidator, Request, Response
from dashboard.sources.rates.base import (
    FIRST_TICKER_DAY,
    BaseLiveSource,
    FetchPeriod,
    build_daily_series,
    read_directory,
)

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient

FILES_HOST: Final = "https://www.ecb.europa.eu"
DATA_HOST: Final = "https://data-api.ecb.europa.eu"
ZIP_PATH: Final = "/stats/eurofxref/eurofxref-hist.zip"
CSV_PATH: Final = "/service/data/EXR/D.{currency}.EUR.SP00.A"
MAX_CSV_PERIOD: Final = timedelta(days=120)
"""For at most this period single series are requested; for more, the zip of all."""
LAST_ROUBLE_DAY: Final = date(2022, 3, 1)
MAX_UNPACKED_BYTES: Final = 10_000_000
MISSING_VALUES: Final = frozenset({"", "N/A", "NaN", "-"})

# series -> the currency counted, and the one it is divided by (None: the euro itself)
CROSS_RATES: Final[dict[str, tuple[str, str | None]]] = {
    "usd_rub_ecb": ("RUB", "USD"),
    "eur_rub_ecb": ("RUB", None),
    "eur_usd_ecb": ("USD", None),
    "usd_cny_ecb": ("CNY", "USD"),
    "eur_pln_ecb": ("PLN", None),
    "eur_huf_ecb": ("HUF", None),
    "eur_czk_ecb": ("CZK", None),
    "eur_try_ecb": ("TRY", None),
}
CONTROL_CURRENCIES: Final = {
    "PLN": deferred("Euro reference rate of the Polish zloty."),
    "HUF": deferred("Euro reference rate of the Hungarian forint."),
    "CZK": deferred("Euro reference rate of the Czech koruna."),
    "TRY": deferred("Euro reference rate of the Turkish lira."),
}
"""Currencies of the region that ship as controls, with what their cards say."""
_card = partial(
    SeriesCard,
    publisher="European Central Bank",
    source_url="https://www.ecb.europa.eu/stats/policy_and_exchange_rates/"
    "euro_reference_exchange_rates/html/index.en.html",
    licence=deferred("Free reuse with the source named"),
    date_rule=ECB.id,
    quantity=deferred("reference rate, one moment of the day"),
    stale_after=5,
)
_rouble = partial(
    _card,
    move_sign=QUOTE_IS_SUBJECT,
    history_from=date(2005, 4, 1),
    history_until=LAST_ROUBLE_DAY,
    limits=deferred("Ended on 1 March 2022, when the ECB suspended the rouble."),
)


def _control_card(code: str) -> SeriesCard:
    """The card of a control currency, counted in its units for one euro."""
    pair = CurrencyPair("EUR", code)
    card = _card(
        id=f"eur_{code.lower()}_ecb",
        title=f"EUR/{code}, ECB",
        unit=pair.unit,
        inverse_unit=pair.inverse_unit,
        description=CONTROL_CURRENCIES[code],
        limits=deferred("Not a rouble rate; for crosses and as a control."),
        history_from=date(2005, 1, 3),
    )
    return with_pair(card, pair)


CARDS: Final = (
    _rouble(
        id="usd_rub_ecb",
        title=deferred("USD/RUB, ECB cross"),
        unit="RUB per USD",
        inverse_unit="USD per RUB",
        description=deferred("RUB per EUR divided by USD per EUR."),
    ),
    _rouble(
        id="eur_rub_ecb",
        title=deferred("EUR/RUB, ECB"),
        unit="RUB per EUR",
        inverse_unit="EUR per RUB",
        description=deferred("Euro reference rate of the rouble."),
    ),
    _card(
        id="eur_usd_ecb",
        title=deferred("EUR/USD, ECB"),
        unit="USD per EUR",
        inverse_unit="EUR per USD",
        description=deferred("Euro reference rate of the US dollar."),
        limits=deferred("Not a rouble rate; for crosses and as a control."),
        history_from=date(1999, 1, 4),
    ),
    _card(
        id="usd_cny_ecb",
        title=deferred("USD/CNY, ECB cross"),
        unit="CNY per USD",
        inverse_unit="USD per CNY",
        description=deferred("CNY per EUR divided by USD per EUR."),
        decimals=5,
        limits=deferred("Not a rouble rate; for crosses and as a control."),
        history_from=date(2005, 4, 1),
    ),
    *map(_control_card, CONTROL_CURRENCIES),
)
DatedRates = list[tuple[date, float]]


class Ecb(BaseLiveSource):
    """The ECB.

    Args:
        client: sends its requests.
        files: the address of the zip.
        data: the address of single series.
    """

    id = "ecb"
    publisher_name = "ECB"
    max_silent_days = 6
    symbol_pattern = r"[A-Z]{3}"
    symbol_examples = "ecb:GBP"
    aliases: ClassVar[dict[str, str]] = {
        currency: series_id
        for series_id, (currency, divisor) in CROSS_RATES.items()
        if divisor is None
    }

    def __init__(self, client: HttpClient, files: str = FILES_HOST, data: str = DATA_HOST) -> None:
        super().__init__(client)
        self._files = files
        self._data = data

    def cards(self) -> tuple[SeriesCard, ...]:
        """The rouble until 2022, the crosses, and currencies of the region as controls."""
        return CARDS

    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:
        """The rates dated `since` or later.

        Raises:
            InputError: the source has no such series.
            SourceError: the ECB did not answer, or not with its rates.
        """
        return self._fetch(self.card(series_id), CROSS_RATES[series_id], since, stamp)

    def _fetch(
        self, card: SeriesCard, currencies: tuple[str, str | None], since: date, stamp: str
    ) -> FetchResult:
        currency, divisor = currencies
        today = self.today("Europe/Berlin")
        if today - since > MAX_CSV_PERIOD:
            response = self._request_zip(stamp)
            if response.is_unchanged:
                return FetchResult(None, stamp=stamp)
            table = parse_zip(response.content, [name for name in (currency, divisor) if name])
            stamp = response.validator.to_text()
        else:
            responses = {
                name: self._request_csv(name, since) for name in (currency, divisor) if name
            }
            table = {
                name: []
                if part.status == HTTPStatus.NOT_FOUND
                else parse_csvdata(part.content, name)
                for name, part in responses.items()
            }
            response, stamp = responses[currency], ""
        period = FetchPeriod(self.publisher_name, since, today, response.fetched_at)
        rows = cross_rates(table[currency], table[divisor] if divisor else None, card.decimals)
        return FetchResult(
            self.check_not_empty(card, build_daily_series(card, rows, period), period), stamp=stamp
        )

    # ---- tickers: the euro reference rate of any currency

    def resolve(self, symbol: str) -> TickerFacts:
        """A currency of the shipped list, with the day of its last rate where it has ended.

        Raises:
            InputError: the ECB has no reference rate of it.
        """
        entry = read_directory(self.id).get(symbol)
        if entry is None:
            msg = _(
                "series {id}:{symbol}: the ECB has no reference rate of it; choose {known}",
                id=self.id,
                symbol=symbol,
                known=", ".join(sorted(read_directory(self.id))),
            )
            raise InputError(msg)
        return TickerFacts(
            id=f"{self.id}:{symbol}",
            name=f"EUR/{symbol}",
            kind="rate",
            unit=CurrencyPair("EUR", symbol).unit,
            first_day=FIRST_TICKER_DAY,
            last_day=date.fromisoformat(entry.place) if entry.place else None,
        )

    def ticker_card(self, facts: TickerFacts) -> SeriesCard:
        """The card of the euro reference rate of a currency, whose moves are those of it."""
        pair = CurrencyPair("EUR", facts.symbol)
        ended = deferred("Ended on {day}.", day=str(facts.last_day))
        card = _card(
            id=facts.id,
            title=deferred("{name}, ECB", name=facts.name),
            unit=pair.unit,
            inverse_unit=pair.inverse_unit,
            description=deferred("Euro reference rate of {code}.", code=facts.symbol),
            limits=ended if facts.last_day else deferred("For information, not for deals."),
            history_from=facts.first_day,
            history_until=facts.last_day,
        )
        return with_pair(card, pair)

    def fetch_ticker(self, facts: TickerFacts, since: date, stamp: str = "") -> FetchResult:
        """The rates dated `since` or later.

        Raises:
            SourceError: the ECB did not answer, or not with its rates.
        """
        return self._fetch(self.ticker_card(facts), (facts.symbol, None), since, stamp)

    def _request_zip(self, stamp: str) -> Response:
        return self._client.send(
            Request(
                self._files + ZIP_PATH,
                self.publisher_name,
                "zip",
                validator=CacheValidator.from_text(stamp),
            )
        )

    def _request_csv(self, currency: str, since: date) -> Response:
        """No result is status 404, or status 200 with an empty body."""
        url = self._data + CSV_PATH.format(currency=currency)
        params = {"format": "csvdata", "startPeriod": since.isoformat()}
        missing = frozenset({HTTPStatus.NOT_FOUND})
        request = Request(
            url, self.publisher_name, "csv", params, empty_statuses=missing, allow_empty=True
        )
        return self._client.send(request)


def cross_rates(counted: DatedRates, divisor_rates: DatedRates | None, decimals: int) -> DatedRates:
    """A rate for one euro, or a cross on the days that both have."""
    if divisor_rates is None:
        return counted
    divisor = dict(divisor_rates)
    return [
        (day, round(value / divisor[day], decimals)) for day, value in counted if day in divisor
    ]


def parse_zip(content: bytes, currencies: Iterable[str]) -> dict[str, DatedRates]:
    """The columns of some currencies; a trailing comma makes a last column without a name.

    Raises:
        SourceError: it is no such zip, or a cell cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (name,) = archive.namelist()
            with archive.open(name) as member:
                text = member.read(MAX_UNPACKED_BYTES + 1)
        if len(text) > MAX_UNPACKED_BYTES:
            msg = _("ECB answered a zip that unpacks to more than 10 MB")
            raise SourceError(msg)
        lines = list(csv.DictReader(text.decode("ascii").splitlines(), strict=True))
        return {currency: _currency_column(lines, currency) for currency in currencies}
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError, csv.Error):
        msg = _("ECB answered a damaged zip")
        raise SourceError(msg) from None


def _currency_column(lines: list[dict[str, str]], currency: str) -> DatedRates:
    cells = [(line["Date"], line[currency].strip()) for line in lines]
    return [
        (date.fromisoformat(day), float(cell)) for day, cell in cells if cell not in MISSING_VALUES
    ]


def parse_csvdata(content: bytes, currency: str) -> DatedRates:
    """The observations of one series; nothing where there is none.

    Raises:
        SourceError: it is no csvdata, or of another currency.
    """
    text = content.decode("utf-8", "replace")
    if not text.strip():
        return []
    try:
        lines = list(csv.DictReader(io.StringIO(text), strict=True))
        if any(line["CURRENCY"] != currency for line in lines):
            msg = _("ECB answered another currency than {currency}", currency=currency)
            raise SourceError(msg)
        rows = [(date.fromisoformat(line["TIME_PERIOD"]), _parse_value(line)) for line in lines]
    except (ValueError, KeyError, TypeError, csv.Error):
        msg = _("ECB answered CSV that cannot be read")
        raise SourceError(msg) from None
    if not text.endswith("\n"):
        msg = _("ECB broke off its answer")
        raise SourceError(msg)
    return [(day, value) for day, value in rows if not math.isnan(value)]


def _parse_value(line: dict[str, str]) -> float:
    cell = (line["OBS_VALUE"] or "").strip()
    is_missing = cell in MISSING_VALUES or line.get("OBS_STATUS") == "M"
    return math.nan if is_missing else float(cell)
