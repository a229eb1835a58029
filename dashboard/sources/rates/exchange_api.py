"""exchange-api: one file a day of undisclosed origin, a last resort for checks."""

from __future__ import annotations

import json
from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from dashboard.models.errors import SourceError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import NEXT_DAY_UTC
from dashboard.models.series import QUOTE_IS_SUBJECT, FetchResult, SeriesCard
from dashboard.sources.http_client import Request, Response
from dashboard.sources.rates.base import BaseLiveSource, FetchPeriod, build_daily_series

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient

CDN_URL: Final = "https://cdn.jsdelivr.net/npm/@fawazahmed0/currency-api@{day}/v1/currencies/{file}"
PAGES_URL: Final = "https://{day}.currency-api.pages.dev/v1/currencies/{file}"
FILE_NAME: Final = "usd.min.json"
FIRST_FETCH_PERIOD: Final = timedelta(days=10)
FRIDAY: Final = 4

CARDS: Final = (
    SeriesCard(
        id="usd_rub_exchange_api",
        title=deferred("USD/RUB, exchange-api"),
        unit="RUB per USD",
        inverse_unit="USD per RUB",
        publisher="fawazahmed0/exchange-api",
        source_url="https://github.com/fawazahmed0/exchange-api",
        licence="CC0",
        date_rule=NEXT_DAY_UTC.id,
        description=deferred("A daily number from sources it does not name."),
        move_sign=QUOTE_IS_SUBJECT,
        quantity=deferred("unknown mixture of quotes"),
        limits=deferred("A cross-check only: wrong values and outages are on record."),
        history_from=date(2024, 3, 2),
    ),
)


class ExchangeApi(BaseLiveSource):
    """exchange-api, on a content delivery network with a second host as a fallback.

    Args:
        client: sends its requests.
        hosts: address patterns with `{day}` and `{file}`, in order of preference.
    """

    id = "exchange_api"
    publisher_name = "exchange-api"
    overlap_days = 2
    max_silent_days = 8

    def __init__(self, client: HttpClient, hosts: tuple[str, ...] = (CDN_URL, PAGES_URL)) -> None:
        super().__init__(client)
        self._hosts = hosts

    def cards(self) -> tuple[SeriesCard, ...]:
        """The dollar."""
        return CARDS

    def start(self, series_id: str) -> date:
        """Ten days ago: it is one file a day, and a cross-check needs no more."""
        self.card(series_id)
        return self.today("UTC") - FIRST_FETCH_PERIOD

    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:  # noqa: ARG002
        """The files dated `since` or later, no earlier than a first fetch goes.

        Files dated Sunday and Monday repeat Friday's market and are left out.

        Raises:
            InputError: the source has no such series.
            SourceError: both hosts failed, or answered something else.
        """
        card, today = self.card(series_id), self.today("UTC")
        since = max(since, self.start(series_id))
        period = FetchPeriod(self.publisher_name, since, today, self.now())
        rows = []
        for ago in range((today - since).days, -1, -1):
            day = today - timedelta(days=ago)
            if (day - timedelta(days=1)).weekday() <= FRIDAY:
                response = self._request(day)
                if response is not None:
                    rows.append((day, parse_day_file(response.content, day)))
        return FetchResult(
            self.check_not_empty(card, build_daily_series(card, rows, period), period)
        )

    def _request(self, day: date) -> Response | None:
        """The file of a day from the first host that has it; None where none has."""
        failures: list[SourceError] = []
        for host in self._hosts:
            url = host.format(day=day, file=FILE_NAME)
            missing = frozenset({HTTPStatus.NOT_FOUND})
            try:
                response = self._client.send(
                    Request(url, self.publisher_name, "json", empty_statuses=missing)
                )
            except SourceError as error:
                failures.append(error)
                continue
            if response.status != HTTPStatus.NOT_FOUND:
                return response
        if len(failures) == len(self._hosts):
            raise failures[0]
        return None


def parse_day_file(content: bytes, day: date) -> float:
    """Roubles for a dollar in the file of a day.

    Raises:
        SourceError: it is the file of another day, or has no rouble.
    """
    try:
        document = json.loads(content)
        printed, rate = date.fromisoformat(document["date"]), document["usd"]["rub"]
    except (ValueError, KeyError, TypeError):
        msg = _("exchange-api answered JSON without the dollar in roubles")
        raise SourceError(msg) from None
    if printed != day:
        msg = _(
            "exchange-api answered the file of {printed} instead of {day}", printed=printed, day=day
        )
        raise SourceError(msg)
    if isinstance(rate, bool) or not isinstance(rate, int | float):
        msg = _("exchange-api answered no number for {day}", day=day)
        raise SourceError(msg)
    return float(rate)
