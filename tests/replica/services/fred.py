"""FRED: a table by series, a row for every weekday, an empty cell on the series' holidays."""

from __future__ import annotations

from datetime import date

from tests.replica.market import days, shipped
from tests.replica.service import Service
from tests.replica.wire import Reply, text

SERIES = {"DCOILBRENTEU": ("BRENT", 7), "DTWEXBGS": ("DOLLAR", 4), "VIXCLS": ("VIX", 1)}
START = date(2021, 12, 27)


class Fred(Service):
    """fredgraph.csv, with the header of today or that before December 2024."""

    name = "fred"
    hosts = frozenset({"fred.stlouisfed.org"})
    date_header = "observation_date"
    missing = ""

    def right(self, question):
        ids = question.params.get("id", "").split(",")
        if question.path != "/graph/fredgraph.csv" or not set(ids) <= set(SERIES):
            return text("<html><body>404</body></html>", "text/html", 404)
        first = max(START, date.fromisoformat(question.params.get("cosd", "1776-07-04")))
        result = {name: self.values(name, first) for name in ids}
        last = max((max(item) for item in result.values() if item), default=None)
        lines = [",".join([self.date_header, *ids])]
        for day in days(first, last) if last else ():
            if day.weekday() < 5:
                cells = [self.cell(result[name].get(day)) for name in ids]
                lines.append(",".join([str(day), *cells]))
        return Reply(("\n".join(lines) + "\n").encode(), "text/csv")

    def values(self, name, first):
        made, lag = SERIES[name]
        known = shipped("brent_eia") if made == "BRENT" else {}
        after = max(known) if known else START
        result = {day: rate for day, rate in known.items() if day >= first}
        later = self.market.daily(made, max(first, after), date.max, lag)
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
