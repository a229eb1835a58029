"""The Bank of Russia: official rates from XML_dynamic, the key rate by SOAP.

A record has the first day on which the rate is in force, the calendar day after it was set:
Friday's market is dated Saturday. Numbers have decimal commas, count `Nominal` units, and the
nominal changes within the history of a currency.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dashboard.models.errors import SourceError
from dashboard.models.messages import (
    deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.publication import BANK_OF_RUSSIA, BANK_OF_RUSSIA_BREAKS, KEY_RATE
from dashboard.models.series import QUOTE_IS_SUBJECT, FetchResult, SeriesCard
from dashboard.sources.http_client import Request, Response
from dashboard.sources.rates.base import BaseLiveSource, FetchPeriod, build_daily_series

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient

HOST: Final = "https://www.cbr.ru"
DYNAMIC_PATH: Final = "/scripts/XML_dynamic.asp"
SOAP_PATH: Final = "/DailyInfoWebServ/DailyInfo.asmx"
KEY_RATE_ACTION: Final = '"http://web.cbr.ru/KeyRate"'
KEY_RATE_BODY: Final = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope'
    ' xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<KeyRate xmlns="http://web.cbr.ru/"><fromDate>{since}</fromDate><ToDate>{until}</ToDate>'
    "</KeyRate></soap:Body></soap:Envelope>"
)
CURRENCY_CODES: Final = {"usd_rub_cbr": "R01235", "eur_rub_cbr": "R01239", "cny_rub_cbr": "R01375"}
KEY_RATE_ID: Final = "key_rate_cbr"

_card = partial(
    SeriesCard,
    publisher="Bank of Russia",
    source_url="https://www.cbr.ru/eng/currency_base/dynamics/",
    licence=deferred("Free use with attribution to the Bank of Russia"),
    stale_after=5,
)
_official = partial(
    _card,
    date_rule=BANK_OF_RUSSIA.id,
    move_sign=QUOTE_IS_SUBJECT,
    quantity=deferred("official rate, an average of the day's deals"),
    limits=deferred(
        "An average over hours: news inside them is only partly in it. No records over "
        "New Year and the May holidays. From June 2024 the dollar and the euro come from "
        "bank reports."
    ),
    breaks=BANK_OF_RUSSIA_BREAKS,
    history_from=date(2013, 1, 10),
)
CARDS: Final = (
    _official(
        id="usd_rub_cbr",
        title=deferred("USD/RUB, Bank of Russia"),
        unit="RUB per USD",
        inverse_unit="USD per RUB",
        description=deferred("Official rate of the US dollar (R01235)."),
    ),
    _official(
        id="cny_rub_cbr",
        title=deferred("CNY/RUB, Bank of Russia"),
        unit="RUB per CNY",
        inverse_unit="CNY per RUB",
        description=deferred(
            "Official rate of the yuan (R01375), for one yuan whatever the nominal."
        ),
    ),
    _official(
        id="eur_rub_cbr",
        title=deferred("EUR/RUB, Bank of Russia"),
        unit="RUB per EUR",
        inverse_unit="EUR per RUB",
        description=deferred("Official rate of the euro (R01239)."),
    ),
    _card(
        id=KEY_RATE_ID,
        title=deferred("Key rate, Bank of Russia"),
        unit=deferred("% a year"),
        inverse_unit=deferred("years per %"),
        date_rule=KEY_RATE.id,
        decimals=2,
        change="difference",
        description=deferred("The key rate in force on each business day."),
        quantity=deferred("policy rate"),
        limits=deferred(
            "No exchange rate: a control, in percentage points. In force from a Monday; the "
            "decision was known on the Friday before."
        ),
        history_from=date(2013, 9, 17),
    ),
)


class Cbr(BaseLiveSource):
    """The Bank of Russia.

    Args:
        client: sends its requests.
        host: its address.
    """

    id = "cbr"
    publisher_name = "Bank of Russia"
    overlap_days = 16

    def __init__(self, client: HttpClient, host: str = HOST) -> None:
        super().__init__(client)
        self._host = host

    def cards(self) -> tuple[SeriesCard, ...]:
        """The official rates, the dollar first, and the key rate."""
        return CARDS

    def fetch(self, series_id: str, since: date, stamp: str = "") -> FetchResult:  # noqa: ARG002
        """The records dated `since` or later; tomorrow's exists once it has been set.

        Raises:
            InputError: the source has no such series.
            SourceError: the Bank of Russia did not answer, or not with its rates.
        """
        card = self.card(series_id)
        until = self.today() + timedelta(days=1)
        since = min(since, until)
        response = self._request(series_id, since, until)
        period = FetchPeriod(self.publisher_name, since, until, response.fetched_at)
        key_rates = parse_key_rate(response.content) if series_id == KEY_RATE_ID else None
        rows = (
            parse_dynamic(response.content, CURRENCY_CODES[series_id])
            if key_rates is None
            else key_rates
        )
        return FetchResult(
            self.check_not_empty(card, build_daily_series(card, rows, period), period)
        )

    def _request(self, series_id: str, since: date, until: date) -> Response:
        if series_id == KEY_RATE_ID:
            headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": KEY_RATE_ACTION}
            body = KEY_RATE_BODY.format(since=since, until=until).encode()
            url = self._host + SOAP_PATH
            return self._client.send(
                Request(url, self.publisher_name, "xml", headers=headers, body=body)
            )
        params = {
            "date_req1": f"{since:%d/%m/%Y}",
            "date_req2": f"{until:%d/%m/%Y}",
            "VAL_NM_RQ": CURRENCY_CODES[series_id],
        }
        return self._client.send(
            Request(self._host + DYNAMIC_PATH, self.publisher_name, "xml", params)
        )


def parse_dynamic(content: bytes, number: str) -> list[tuple[date, float]]:
    """Date in force and roubles per unit, of every record.

    Raises:
        SourceError: it is no table of this currency, or a record is implausible.
    """
    root = _parse_document(content)
    text = " ".join("".join(root.itertext()).split())
    if root.tag != "ValCurs" or (len(root) == 0 and text):
        msg = _("Bank of Russia answered “{text}” instead of rates", text=text[:60])
        raise SourceError(msg)
    if root.get("ID") != number or any(record.get("Id") != number for record in root):
        msg = _("Bank of Russia answered another currency than {number}", number=number)
        raise SourceError(msg)
    return [_parse_record(record) for record in root]


def _parse_record(record: Element) -> tuple[date, float]:
    printed = record.get("Date", "")
    try:
        day = datetime.strptime(printed, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
        units = int(record.findtext("Nominal", ""))
        value = _parse_decimal(record.findtext("Value", ""))
        unit_rate = record.findtext("VunitRate")
        rate = value / units
        if unit_rate is not None and not math.isclose(
            rate, _parse_decimal(unit_rate), rel_tol=1e-3
        ):
            msg = _(
                "Bank of Russia answered {value:g} for {units} on {day}, but {unit_rate} for one",
                value=value,
                units=units,
                day=day,
                unit_rate=unit_rate,
            )
            raise SourceError(msg)
    except (ValueError, ZeroDivisionError):
        msg = _(
            "Bank of Russia answered a record that cannot be read (dated {printed})",
            printed=printed[:12],
        )
        raise SourceError(msg) from None
    return day, round(rate, 8)


def _parse_decimal(text: str) -> float:
    """A number with a decimal comma."""
    return float(text.strip().replace("\xa0", "").replace(",", "."))


def parse_key_rate(content: bytes) -> list[tuple[date, float]]:
    """Day in force and percent a year; the envelope has points for decimals, newest first.

    `DT` is local midnight with an offset: its first ten letters are the day, and a
    conversion to UTC would make it the day before.

    Raises:
        SourceError: it is no envelope, or a row cannot be read.
    """
    root = _parse_document(content)
    if local_name(root) != "Envelope":
        msg = _("Bank of Russia answered something else than the key rate")
        raise SourceError(msg)
    try:
        return list(_key_rate_rows(root))
    except ValueError:
        msg = _("Bank of Russia answered a key rate that cannot be read")
        raise SourceError(msg) from None


def _key_rate_rows(root: Element) -> Iterator[tuple[date, float]]:
    for row in root.iter():
        if local_name(row) in {"KR", "KeyRate"} and (moment := row.findtext("DT")) is not None:
            yield date.fromisoformat(moment.strip()[:10]), float(row.findtext("Rate", ""))


def _parse_document(content: bytes) -> Element:
    try:
        return parse_xml(content)
    except XmlError as error:
        msg = _("Bank of Russia answered damaged XML ({error})", error=error)
        raise SourceError(msg) from None


# ---- XML without document types, which can expand, refer or run


class XmlError(ValueError):
    """The bytes are not well-formed XML, or hold a document type."""


def parse_xml(content: bytes) -> Element:
    """Parse a document in the encoding of its declaration.

    A document type is refused before anything in it is read: data services send none, and
    every known way to make an XML parser expand, fetch or hang begins with one.

    Raises:
        XmlError: it is cut off, malformed, in an unknown encoding, or has a document type.
    """
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _reject_document_type
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, LookupError, ValueError, AssertionError) as error:
        raise XmlError(str(error)) from None


def _reject_document_type(*_declared: Any) -> NoReturn:
    raise XmlError(_("it has a document type"))


def local_name(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition(":")[2]
