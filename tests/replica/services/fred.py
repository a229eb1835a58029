"""FRED: a table by series, a row for every weekday, an empty cell on the series' holidays."""

from __future__ import annotations

from datetime import date

from tests.replica.market import days, shipped
from tests.replica.service import Service
from tests.replica.wire import Reply, text

SERIES = {
    "DCOILBRENTEU": ("BRENT", 7), "DTWEXBGS": ("DOLLAR", 4), "VIXCLS": ("VIX", 1),
    "DGS10": ("DGS10", 1), "DGS2": ("DGS2", 1), "T10Y2Y": ("CURVE", 1), "DEXCHUS": ("USDCNY", 4),
    "DCOILWTICO": ("WTI", 7), "SOLARX": ("SOLAR", 1), "CPIAUCSL": ("KEY", 30),
    "DSWP10": ("DGS10", 1),
}  # fmt: skip
PAGES = {  # of series that no list ships: title, units, frequency
    "SOLARX": ("Solar Power Price", "Dollars per Megawatt Hour", "Daily"),
    "CPIAUCSL": ("Consumer Price Index for All Urban Consumers", "Index 1982-1984=100", "Monthly"),
    "DSWP10": ("10-Year Swap Rate (DISCONTINUED)", "Percent", "Daily"),
}
NEGATIVE_OIL = (date(2020, 4, 20), -36.98)
LAST_SWAP = date(2016, 10, 28)
START = date(2021, 12, 27)
EARLY = {"DCOILWTICO", "DSWP10", "CPIAUCSL"}


class Fred(Service):
    """fredgraph.csv, with the header of today or that before December 2024."""

    name = "fred"
    hosts = frozenset({"fred.stlouisfed.org"})
    date_header = "observation_date"
    missing = ""

    def right(self, question):
        if question.path.startswith("/series/"):
            return self.page(question.path.rpartition("/")[2])
        ids = question.params.get("id", "").split(",")
        if question.path != "/graph/fredgraph.csv" or not set(ids) <= set(SERIES):
            return text("<html><body>404</body></html>", "text/html", 404)
        start = date(2010, 1, 4) if set(ids) & EARLY else START
        first = max(start, date.fromisoformat(question.params.get("cosd", "1776-07-04")))
        result = {name: self.values(name, first) for name in ids}
        last = max((max(item) for item in result.values() if item), default=None)
        lines = [",".join([self.date_header, *ids])]
        for day in days(first, last) if last else ():
            if day.weekday() < 5:
                cells = [self.cell(result[name].get(day)) for name in ids]
                lines.append(",".join([str(day), *cells]))
        return Reply(("\n".join(lines) + "\n").encode(), "text/csv")

    def page(self, name):
        """The page of a series, for people; a series that is not there has none."""
        if name not in PAGES:
            return text("<html><title>404</title></html>", "text/html", 404)
        title, units, frequency = PAGES[name]
        return text(
            f"<!DOCTYPE html><html><head><title>{title} ({name}) | FRED | St. Louis Fed</title>"
            f'</head><body><span class="series-meta-value-units">{units}</span>, '
            f'<span class="series-meta-value-frequency">{frequency}</span></body></html>',
            "text/html; charset=utf-8",
        )

    def values(self, name, first):
        made, lag = SERIES[name]
        known = shipped("brent_eia") if made == "BRENT" else {}
        after = max(known) if known else START
        result = {day: rate for day, rate in known.items() if day >= first}
        later = self.market.daily(made, max(first, after) if known else first, date.max, lag)
        if name == "CPIAUCSL":
            later = {day: value for day, value in later.items() if day.day == 1}
        if name == "DSWP10":
            later = {day: value for day, value in later.items() if day <= LAST_SWAP}
        if name == "T10Y2Y":
            later = {day: value - 0.5 for day, value in later.items()}
        if name == "DCOILWTICO" and NEGATIVE_OIL[0] in later:
            later[NEGATIVE_OIL[0]] = NEGATIVE_OIL[1]
        return result | {day: rate for day, rate in later.items() if day not in known}

    def cell(self, value):
        return self.missing if value is None else f"{value:.2f}"


# ---------------------------------------------------------------- failures of its own


def header_only(question, reply):
    return Reply(reply.body.partition(b"\n")[0] + b"\n", reply.content_type)


def blank_and_point(question, reply):
    """The last two values are missing, in the spelling of today and that of before."""
    lines = reply.body.decode().splitlines()
    lines[-1] = lines[-1].partition(",")[0] + ","
    lines[-2] = lines[-2].partition(",")[0] + ",."
    return Reply(("\n".join(lines) + "\n").encode(), reply.content_type)


def another_series(question, reply):
    return Reply(reply.body.replace(b"DCOILBRENTEU", b"VIXCLS"), reply.content_type)
