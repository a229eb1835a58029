"""The Bank of Russia: XML in windows-1251 with decimal commas, SOAP in UTF-8 with points."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from tests.replica.market import days, is_working
from tests.replica.service import Service
from tests.replica.wire import Reply

IDS = {"R01235": "USD", "R01239": "EUR", "R01375": "CNY"}
OTHERS = {  # number: code, nominal, Russian name, English name, the last day of its rates
    "R01335": ("KZT", 100, "Казахстанский тенге", "Kazakhstan Tenge", None),
    "R01720": ("UAH", 10, "Украинская гривна", "Ukrainian Hryvnia", None),
    "R01090B": ("BYN", 1, "Белорусский рубль", "Belarussian Ruble", None),
    "R01700J": ("TRY", 10, "Турецкая лира", "Turkish Lira", None),
    "R01820": ("JPY", 100, "Японская иена", "Japanese Yen", None),
    "R01717": ("UZS", 10_000, "Узбекский сум", "Uzbekistan Sum", None),
    "R01435": ("LTL", 1, "Литовский лит", "Lithuanian Lita", date(2014, 12, 31)),
}
REDENOMINATED = ("BYN", date(2025, 7, 1), 1_000)
"""A currency from a day on of which the unit is this many old ones (invented here)."""
NUMBERS = {"USD": "840", "EUR": "978", "CNY": "156"}
NAMES = {"USD": "Доллар США", "EUR": "Евро", "CNY": "Юань"}
HEAD = '<?xml version="1.0" encoding="windows-1251"?>'
KEY_RATES = (
    (date(2013, 9, 17), 5.5),
    (date(2014, 12, 16), 15.0),
    (date(2022, 2, 28), 20.0),
    (date(2023, 7, 24), 8.5),
    (date(2024, 10, 28), 21.0),
    (date(2026, 7, 27), 14.0),
)
CNY_BY_TEN_UNTIL = date(2025, 1, 1)


def xml(text):
    """A body as the service sends it: windows-1251, all on one line."""
    body = (HEAD + text).encode("windows-1251")
    return Reply(body, "application/xml; charset=windows-1251").with_headers(Server="ddos-guard")


ERROR_IN_PARAMETERS = xml("\r\n<ValCurs>\r\n    Error in parameters\r\n</ValCurs>")


def day_of(text):
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone


def comma(number, decimals=None):
    expected = f"{number:.4f}" if decimals == 4 else f"{number:.10g}"
    return expected.replace(".", ",")


def nominal(code, day):
    """CNY was quoted by ten until a day (invented here), then by one."""
    if code == "CNY":
        return 10 if day < CNY_BY_TEN_UNTIL else 1
    return next((other[1] for other in OTHERS.values() if other[0] == code), 1)


class Cbr(Service):
    """XML_dynamic, XML_daily and the key rate by SOAP."""

    name = "cbr"
    hosts = frozenset({"www.cbr.ru"})
    redenominates = False

    def right(self, question):
        page = question.path.rpartition("/")[2]
        try:
            if page == "XML_dynamic.asp":
                return self.dynamic(question.params)
            if page == "XML_valFull.asp":
                return self.directory()
            if page == "XML_daily.asp":
                return self.daily(question.params)
            if page == "DailyInfo.asmx" and question.method == "POST":
                return self.key_rate(question.body.decode())
        except (KeyError, ValueError):
            return ERROR_IN_PARAMETERS
        return Reply(b"<html>404</html>", "text/html", 404)

    def dynamic(self, params):
        number = params["VAL_NM_RQ"]
        code, _by, _name, _english, ended = OTHERS.get(number) or (IDS[number], 1, "", "", None)
        first, last = day_of(params["date_req1"]), day_of(params["date_req2"])
        records = "".join(
            self.record(number, code, day, value)
            for day, value in self.market.official(code, first, last).items()
            if ended is None or day <= ended
        )
        return xml(
            f'<ValCurs ID="{number}" DateRange1="{first:%d.%m.%Y}" DateRange2="{last:%d.%m.%Y}"'
            f' name="Foreign Currency Market Dynamic">{records}</ValCurs>'
        )

    def is_old_unit(self, code, day):
        """Whether a rate is that of the unit before the redenomination."""
        return self.redenominates and code == REDENOMINATED[0] and day < REDENOMINATED[1]

    def directory(self):
        """XML_valFull: every currency, retired ones too; some have no ISO code."""
        items = "".join(
            f'<Item ID="{number}"><Name>{name}</Name><EngName>{english}</EngName>'
            f"<Nominal>{by}</Nominal><ParentCode>{number}    </ParentCode>"
            "<ISO_Num_Code>1</ISO_Num_Code>"
            f"<ISO_Char_Code>{code}</ISO_Char_Code></Item>"
            for number, (code, by, name, english, _ended) in OTHERS.items()
        )
        nameless = (
            '<Item ID="R01436"><Name>Литовский талон</Name><EngName>Lithuanian talon</EngName>'
            "<Nominal>1</Nominal><ParentCode>R01435    </ParentCode><ISO_Num_Code/>"
            "<ISO_Char_Code/></Item>"
        )
        return xml(f'<Valuta name="Foreign Currency Market Lib">{items}{nameless}</Valuta>')

    def record(self, number, code, day, value):
        by = nominal(code, day)
        if self.is_old_unit(code, day):
            by, value = by * REDENOMINATED[2], value / REDENOMINATED[2]
        return (
            f'<Record Date="{day:%d.%m.%Y}" Id="{number}"><Nominal>{by}</Nominal>'
            f"<Value>{comma(value * by, 4)}</Value><VunitRate>{comma(value)}</VunitRate></Record>"
        )

    def daily(self, params):
        """The table in force; without a date the latest, which may be tomorrow's."""
        day = day_of(params["date_req"]) if "date_req" in params else date.max - timedelta(days=2)
        tables = {
            code: self.market.official(code, self.market.today - timedelta(days=30), upto)
            for code in NUMBERS
            for upto in [min(day, self.market.today + timedelta(days=1))]
        }
        in_force = max(tables["USD"])
        rows = "".join(
            f'<Valute ID="{number}"><NumCode>{NUMBERS[code]}</NumCode><CharCode>{code}</CharCode>'
            f"<Nominal>1</Nominal><Name>{NAMES[code]}</Name>"
            f"<Value>{comma(tables[code][in_force], 4)}</Value>"
            f"<VunitRate>{comma(tables[code][in_force])}</VunitRate></Valute>"
            for number, code in IDS.items()
        )
        return xml(
            f'<ValCurs Date="{in_force:%d.%m.%Y}" name="Foreign Currency Market">{rows}</ValCurs>'
        )

    def key_rate(self, body):
        first, last = (
            date.fromisoformat(re.search(rf"<{name}>(\d{{4}}-\d\d-\d\d)", body)[1])
            for name in ("fromDate", "ToDate")
        )
        last = min(last, self.market.today)
        rows = [(day, rate_in_force(day)) for day in days(first, last) if is_working(day)]
        message = "".join(
            f'<KR diffgr:id="KR{number}" msdata:rowOrder="{number - 1}">'
            f"<DT>{day}T00:00:00+03:00</DT><Rate>{rate:.2f}</Rate></KR>"
            for number, (day, rate) in enumerate(reversed(rows), 1)
            if rate is not None
        )
        return envelope(
            '<KeyRateResponse xmlns="http://web.cbr.ru/"><KeyRateResult><diffgr:diffgram'
            ' xmlns:msdata="urn:schemas-microsoft-com:xml-msdata"'
            ' xmlns:diffgr="urn:schemas-microsoft-com:xml-diffgram-v1">'
            f'<KeyRate xmlns="">{message}</KeyRate></diffgr:diffgram></KeyRateResult>'
            "</KeyRateResponse>"
        )


def rate_in_force(day):
    return next((rate for since, rate in reversed(KEY_RATES) if since <= day), None)


def envelope(body, status=200):
    text = (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope'
        f' xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>{body}</soap:Body>'
        "</soap:Envelope>"
    )
    return Reply(text.encode(), "text/xml; charset=utf-8", status)


# ---------------------------------------------------------------- failures of its own


def error_in_parameters(question, reply):
    """The error that comes with status 200."""
    return ERROR_IN_PARAMETERS


def no_records(question, reply):
    """A range without a rate."""
    return xml('<ValCurs ID="R01235" name="Foreign Currency Market Dynamic"></ValCurs>')


def empty_envelope(question, reply):
    return envelope(
        '<KeyRateResponse xmlns="http://web.cbr.ru/"><KeyRateResult/></KeyRateResponse>'
    )


def soap_fault(question, reply):
    return envelope("<soap:Fault><faultcode>soap:Server</faultcode></soap:Fault>", 500)


def another_currency(question, reply):
    """The answer to somebody else's question."""
    return Reply(reply.body.replace(b"R01235", b"R01239"), reply.content_type)
