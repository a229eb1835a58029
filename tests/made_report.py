"""Reports made by hand, with the texts that a hostile feed would send."""

from __future__ import annotations

from dataclasses import replace

from dashboard.models.errors import InputError
from dashboard.models.series import read_as_of
from dashboard.models.tables import (
    LinkedChart,
    ReportChart,
    ReportDocument,
    ReportLink,
    ReportSource,
    ReportTable,
)
from tests.made_series import made_series

HOSTILE = (
    "<script>document.title='ran'</script>",
    '<img src="http://tracker.example/beacon.png" onerror="document.title=1">',
    "![beacon](http://tracker.example/b.png)",
    '<meta http-equiv="refresh" content="0;url=http://evil.example/">',
    "</style></title></textarea><svg onload=alert(1)>",
    "</p><iframe src='http://evil.example'></iframe>",
    '"><a href="javascript:alert(1)">x</a>',
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "{{7*7}} {% raw %} {{ config }} ${7*7} #{7*7}",
    "$\\frac{1}{$ \\href{javascript:alert(1)}{x} %{customdata[0]}",
    "W" * 500,
    "слово " * 83,
    "שלום עולם and مرحبا",
    "<base href='http://evil.example/'><form action=http://evil.example><input></form>",
    "&lt;b&gt; &#60;i&#62; &amp;",
    "Кремль: «удовлетворение» — 📈 中文",
)

FIGURE = {
    "data": [
        {"type": "scatter", "mode": "lines+markers", "x": [0, 1, 2], "y": [1.0, 3.0, 2.0]},
    ],
    "layout": {
        "height": 300,
        "margin": {"l": 60, "r": 20, "t": 10, "b": 40},
        "paper_bgcolor": "#FFFFFF",
    },
}


def made_report(title="Rouble 1.00 log pts stronger after: a speech", figure=FIGURE, **more):
    """A report whose every word is `title` where a feed could have written it."""
    chart = ReportChart(figure, title, "A subtitle", "What is measured", "A line that rises")
    return ReportDocument(
        **{
            "title": title,
            "question": f"What happened after {title}?",
            "parameters": (("Event", title), ("Window", "[-5,10]")),
            "paragraphs": (title, "A move near an event is no proof of its cause."),
            "charts": (chart,),
            "tables": (ReportTable("Other events", ("Offset", "Event"), (("0", title),)),),
            "cautions": (title,),
            "sources": (
                ReportSource("Rate", "A bank", "official", "free", "as of 1 Sep 2026",
                             "https://bank.example/"),
                ReportSource("Event", title, url="https://news.example/?a=1&b=2"),
            ),
            "links": (ReportLink("Live page", "http://127.0.0.1:8501/event?id=x&pool=all"),),
            "software": "Rouble Reaction 0.1.0",
            "made_at": "2026-11-26T12:00:00Z",
            "made_on": "made 26 Nov 2026, 15:00 MSK",
            **more,
        }
    )  # fmt: skip


def with_links(report, url):
    """The report with one address wherever an address can stand."""
    return replace(
        report,
        sources=tuple(replace(source, url=url) for source in report.sources),
        links=(ReportLink("Live page", url),),
    )


def table_of(report, title):
    return next(table for table in report.tables if table.title == title)


def made_chart(asked):
    """A chart as the pages would build it: its title is the address, `id=none` is unknown."""
    query = dict(asked.query)
    if query.get("id") == "none":
        raise InputError("there is no such event", field="id", value="none")
    own = [key for key in query if key not in {"id", "series", "asof", "lang"}]
    series = made_series([80.0, 81.5], ["2025-04-21", "2025-04-22"], move_sign=-1)
    moment = read_as_of("asof", query["asof"]) if "asof" in query else None
    return LinkedChart(
        made_report(f"{asked.name} of {asked.address}"), "rates", (series,), (series.card,),
        frozen_at=moment, ignored=tuple(own), notice=f"not valid: {', '.join(own)}" if own else "",
    )  # fmt: skip
