"""The Bank of Russia: official rates from XML_dynamic, the key rate by SOAP.

A record has the first day on which the rate is in force, the calendar day after it was set:
Friday's market is dated Saturday. Numbers have decimal commas, count `Nominal` units, and the
nominal changes within the history of a currency.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dashboard.models.currencies import CurrencyPair
from dashboard.models.errors import SourceError
from dashboard.models.messages import (
    deferred,
)
from dashboard.models.messages import translate as _
from dashboard.models.publication import BANK_OF_RUSSIA, BANK_OF_RUSSIA_BREAKS, KEY_RATE
from dashboard.models.series import QUOTE_IS_SUBJECT, FetchResult, SeriesCard
from dashboard.models.tickers import TickerFacts, TickerMatch, find_matches
from dashboard.sources.http_client import Request, Response
from dashboard.sources.rates.base import (
    FIRST_TICKER_DAY,
    BaseLiveSource,
    FetchPeriod,
    build_daily_series,
    read_directory,
)

if TYPE_CHECKING:
    from dashboard.sources.http_client import HttpClient

HOST: Final = "https://www.cbr.ru"
DYNAMIC_PATH: Final = "/scripts/XML_dynamic.asp"
DIRECTORY_PATH: Final = "/scripts/XML_valFull.asp"
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
ENDED_AFTER_DAYS: Final = 60
"""A currency without a rate for so long is no longer quoted."""
LARGE_NOMINAL: Final = 10_000
"""From this nominal on a rate for one unit needs more than eight decimals."""

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
    symbol_pattern = r"[A-Z]{3}|R\d{5}[A-Z]?"
    symbol_examples = "cbr:KZT"
    aliases: ClassVar[dict[str, str]] = {
        "USD": "usd_rub_cbr", "EUR": "eur_rub_cbr", "CNY": "cny_rub_cbr",
        **{number: series_id for series_id, number in CURRENCY_CODES.items()},
    }  # fmt: skip

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
        return self._fetch(self.card(series_id), CURRENCY_CODES.get(series_id, ""), since)

    def _fetch(self, card: SeriesCard, number: str, since: date) -> FetchResult:
        """The official rates of the currency with a number, or the key rate where there is none."""
        until = self.today() + timedelta(days=1)
        since = min(since, until)
        response = self._request(number, since, until)
        period = FetchPeriod(self.publisher_name, since, until, response.fetched_at)
        rows = (
            parse_dynamic(response.content, number) if number else parse_key_rate(response.content)
        )
        return FetchResult(
            self.check_not_empty(card, build_daily_series(card, rows, period), period)
        )

    def _request(self, number: str, since: date, until: date) -> Response:
        if not number:
            headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": KEY_RATE_ACTION}
            body = KEY_RATE_BODY.format(since=since, until=until).encode()
            url = self._host + SOAP_PATH
            return self._client.send(
                Request(url, self.publisher_name, "xml", headers=headers, body=body)
            )
        params = {
            "date_req1": f"{since:%d/%m/%Y}",
            "date_req2": f"{until:%d/%m/%Y}",
            "VAL_NM_RQ": number,
        }
        return self._client.send(
            Request(self._host + DYNAMIC_PATH, self.publisher_name, "xml", params)
        )

    # ---- tickers: the official rate of any currency of its directory

    def normal_symbol(self, symbol: str) -> str:
        """The ISO code, also of a number of the shipped list."""
        normal = symbol.upper()
        codes = {entry.place: code for code, entry in read_directory(self.id).items()}
        return codes.get(normal, normal)

    def resolve(self, symbol: str) -> TickerFacts:
        """The number of a currency, its nominal now, and whether its rates have ended.

        Raises:
            InputError: the Bank of Russia lists no such currency.
            SourceError: it did not answer.
        """
        code, number = self._find_currency(symbol)
        until = self.today() + timedelta(days=1)
        response = self._request(number, FIRST_TICKER_DAY, until)
        records = parse_dynamic(response.content, number)
        if not records:
            raise self.unknown_symbol(symbol)
        last, units = max(records)[0], last_nominal(response.content)
        has_ended = (until - last).days > ENDED_AFTER_DAYS
        return TickerFacts(
            id=f"{self.id}:{code}",
            name=f"{code}/RUB",
            kind="rate",
            unit=CurrencyPair(code, "RUB").unit,
            decimals=3 + len(str(units)),
            place=number,
            first_day=FIRST_TICKER_DAY,
            last_day=last - timedelta(days=1) if has_ended else None,
        )

    def _find_currency(self, symbol: str) -> tuple[str, str]:
        """The ISO code and the number of a currency, from the shipped list or else the Bank's."""
        shipped = {code: entry.place for code, entry in read_directory(self.id).items()}
        for code, number in shipped.items():
            if symbol in {code, number}:
                return code, number
        found = [c for c in self._listed_currencies() if symbol in {c.code, c.number} and c.code]
        if not found:
            raise self.unknown_symbol(symbol)
        return found[0].code, found[0].number

    def _listed_currencies(self) -> list[ListedCurrency]:
        request = Request(self._host + DIRECTORY_PATH, self.publisher_name, "xml")
        return parse_directory(self._client.send(request).content)

    def search_publisher(self, text: str) -> tuple[TickerMatch, ...]:
        """The currencies of its directory, retired ones too, by Russian or English name.

        Raises:
            SourceError: the Bank of Russia did not answer.
        """
        listed = [
            TickerMatch(
                self.aliases.get(c.code, f"{self.id}:{c.code}"), f"{c.code}/RUB",
                self.publisher_name, "rate", also=f"{c.english} {c.russian} {c.number}",
            )
            for c in self._listed_currencies()
            if c.code
        ]  # fmt: skip
        return tuple(find_matches(listed, text))

    def ticker_card(self, facts: TickerFacts) -> SeriesCard:
        """The card of the official rate of a currency."""
        code = facts.symbol
        return _official(
            id=facts.id,
            title=deferred("{name}, Bank of Russia", name=facts.name),
            unit=facts.unit,
            inverse_unit=CurrencyPair(code, "RUB").inverse_unit,
            decimals=facts.decimals,
            description=deferred(
                "Official rate of {code} ({number}), for one unit whatever the nominal.",
                code=code,
                number=facts.place,
            ),
            history_from=facts.first_day,
            history_until=facts.last_day,
        )

    def fetch_ticker(self, facts: TickerFacts, since: date, stamp: str = "") -> FetchResult:  # noqa: ARG002
        """The records dated `since` or later.

        Raises:
            SourceError: the Bank of Russia did not answer, or not with its rates.
        """
        return self._fetch(self.ticker_card(facts), facts.place, since)


@dataclass(frozen=True, slots=True)
class ListedCurrency:
    """A currency of the directory of the Bank of Russia."""

    number: str
    code: str
    english: str
    russian: str


def parse_directory(content: bytes) -> list[ListedCurrency]:
    """The currencies of XML_valFull, retired ones too; some have no ISO code.

    Raises:
        SourceError: it is no such list.
    """
    root = _parse_document(content)
    if root.tag != "Valuta":
        msg = _("Bank of Russia answered something else than its list of currencies")
        raise SourceError(msg)

    def text(item: Element, name: str) -> str:
        return (item.findtext(name) or "").strip()

    return [
        ListedCurrency(
            item.get("ID", ""), text(item, "ISO_Char_Code"), text(item, "EngName"),
            text(item, "Name"),
        )
        for item in root
    ]  # fmt: skip


def last_nominal(content: bytes) -> int:
    """For how many units the last record of a currency is.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        return int(_parse_document(content)[-1].findtext("Nominal", ""))
    except (IndexError, ValueError):
        msg = _(
            "Bank of Russia answered a record that cannot be read (dated {printed})", printed=""
        )
        raise SourceError(msg) from None


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
    return day, round(rate, 8 if units < LARGE_NOMINAL else 10)


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
