"""The ECB: a zip with one wide table, and csvdata of single series."""

from __future__ import annotations

import io
import zipfile
from datetime import date

from tests.replica.market import made as made_level
from tests.replica.market import shipped
from tests.replica.service import Service
from tests.replica.wire import Reply, text

MADE = {"PLN": "PLN", "HUF": "HUF", "CZK": "CZK", "TRY": "TRYEUR", "GBP": "GBP",
        "SEK": "SEK", "NOK": "NOK", "HRK": "HRK"}  # fmt: skip
COLUMNS = ("USD", "JPY", "BGN", "RUB", "CNY", "ZAR", *MADE)
SHIPPED = frozenset({"PLN", "HUF", "CZK", "TRY"})
LAST_KUNA = date(2022, 12, 30)
LONG = (
    "KEY,FREQ,CURRENCY,CURRENCY_DENOM,EXR_TYPE,EXR_SUFFIX,TIME_PERIOD,OBS_VALUE,OBS_STATUS,"
    "OBS_CONF,TITLE,TITLE_COMPL,UNIT,UNIT_MULT"
)


class Ecb(Service):
    """Both addresses give the same numbers: units of a currency for one euro."""

    name = "ecb"
    hosts = frozenset({"www.ecb.europa.eu", "data-api.ecb.europa.eu"})

    def right(self, question):
        if question.path.endswith("eurofxref-hist.zip"):
            return self.zipped(question)
        if "/EXR/D." in question.path:
            return self.csvdata(question)
        return text("<html>404</html>", "text/html", 404)

    def table(self):
        """Currencies by day: shipped ones, then made ones; N/A where a currency ended."""
        dollar, rouble = shipped("eur_usd_ecb"), shipped("eur_rub_ecb")
        yuan = shipped("usd_cny_ecb")
        made = self.market.daily("EURUSD", date(2026, 11, 2), date.max, lag=0)
        crosses = self.market.daily("USDCNY", date(2026, 11, 2), date.max, lag=0)
        dollar, yuan = dollar | made, yuan | crosses
        return {
            day: {
                "USD": dollar[day],
                "JPY": round(dollar[day] * 150, 2),
                "RUB": rouble.get(day),
                "CNY": round(dollar[day] * yuan[day], 4) if day in yuan else None,
                "ZAR": round(dollar[day] * 18, 4),
                **{
                    code: self.level(code, name, day)
                    for code, name in MADE.items()
                    if code != "HRK" or day <= LAST_KUNA
                },
            }
            for day in sorted(dollar)
        }

    def level(self, code, name, day):
        """The shipped number of the day, and after it (or of no shipped currency) a made one."""
        known = shipped(f"eur_{code.lower()}_ecb") if code in SHIPPED else {}
        return known.get(day) or round(made_level(name, day), 4)

    def zipped(self, question):
        lines = ["Date," + ",".join(COLUMNS) + ","]
        for day, row in reversed(self.table().items()):
            cells = [f"{row[code]:g}" if row.get(code) else "N/A" for code in COLUMNS]
            lines.append(f"{day}," + ",".join(cells) + ",")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
            member = zipfile.ZipInfo("eurofxref-hist.csv", (2026, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(member, "\n".join(lines) + "\n")
        tag = f'"{self.market.today}"'
        if question.headers.get("If-None-Match") == tag:
            return Reply(b"", "application/zip", 304).with_headers(ETag=tag)
        return Reply(packed.getvalue(), "application/zip").with_headers(
            ETag=tag, Cache_Control="max-age=30"
        )

    def csvdata(self, question):
        code = question.path.rpartition("/")[2].split(".")[1]
        first = date.fromisoformat(question.params.get("startPeriod", "1999-01-04"))
        rows = [
            f"EXR.D.{code}.EUR.SP00.A,D,{code},EUR,SP00,A,{day},{row[code]:g},A,F,{code}/Euro,"
            f'"ECB reference exchange rate, {code}/Euro, 2.15 pm (C.E.T.)",{code},0'
            for day, row in self.table().items()
            if day >= first and row.get(code)
        ]
        if not rows:
            return text("No results found.", "text/plain; charset=utf-8", 404)
        return Reply(("\n".join([LONG, *rows]) + "\n").encode(), "text/csv; charset=utf-8")


# ---------------------------------------------------------------- failures of its own


def missing_values(question, reply):
    """Observations that are marked as missing, in both spellings."""
    lines = reply.body.decode().splitlines()
    for at, value in ((1, "NaN"), (2, "")):
        cells = lines[at].split(",")
        cells[7:9] = [value, "M"]
        lines[at] = ",".join(cells)
    return Reply(("\n".join(lines) + "\n").encode(), reply.content_type)


def empty_200(question, reply):
    """No result, with a status of success."""
    return Reply(b"", "text/csv")
