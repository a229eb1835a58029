"""The command that puts one event on paper: a page, a PDF, a picture, or its bundle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from dashboard.cli.house import DEFAULT_SERIES, all_known, give_file, moment_of, parts_of_house
from dashboard.cli.options import Arg, Opt, PoolOf
from dashboard.domain.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from dashboard.assembly import Parts
    from dashboard.domain.event import Event
    from dashboard.domain.report import PaperKind
    from dashboard.domain.study import Pool
    from dashboard.services.bundle_study import Asked

HERE = "http://127.0.0.1:8501"
ZIP = ".zip"


def report(  # noqa: PLR0913 - the options of the contract
    event: Annotated[str, Arg(metavar="EVENT_ID", help="As `events list` prints it.")],
    *,
    out: Annotated[
        Path, Opt(metavar="FILE", help="Ends with .html, .pdf, .png, or .zip for the bundle.")
    ],
    rates: Annotated[str, Opt("--rates", metavar="ID", help="A series.")] = DEFAULT_SERIES,
    window: Annotated[str | None, Opt(metavar="A:B", help="Event window: -5:10, -2h:6h.")] = None,
    pool: PoolOf = "near",
    pages: Annotated[str, Opt(metavar="URL", help="Where the pages are, for the link.")] = HERE,
) -> None:
    """Put an event on paper: what its page says, with chart, tables, sources and link."""
    from dashboard.services.bundle_study import Asked
    from dashboard.services.choose_windows import page_request
    from dashboard.services.get_rates import get_series
    from dashboard.services.write_report import paper_kind
    from dashboard.ui.terminal import say

    kind = None if out.suffix.lower() == ZIP else paper_kind(out)
    parts = parts_of_house()
    known, series = all_known(parts), get_series(parts.rates, rates)
    request = page_request(series.card.bar_minutes, window)
    asked = Asked("event", (series,), (_event(known, event),), known, request)
    if kind is None:
        content = _bundle(parts, asked)
    else:
        content = _paper(kind, asked, moment_of(parts), (pages, window, pool))
    give_file(out, content)
    say(f"written to {out}")


def _bundle(parts: Parts, asked: Asked) -> bytes:
    from dashboard.services.bundle_study import event_bundle, files_behind
    from dashboard.services.export_tables import MadeOf

    files = files_behind(parts.rates, [each.card.id for each in asked.series])
    return event_bundle(asked, MadeOf({"quote": "as-quoted"}, files, moment_of(parts)))


def _paper(
    kind: PaperKind, asked: Asked, moment: datetime, way: tuple[str, str | None, Pool]
) -> bytes:
    """The report of an event; `way` says where the pages are, the window typed, and the pool."""
    from dashboard.domain.as_of import as_of_text
    from dashboard.services.explain_event import explain_event
    from dashboard.services.write_report import write_report
    from dashboard.ui.event_report import event_address, event_report
    from dashboard.ui.quoting import Quote, Quoting
    from dashboard.ui.report_parts import MadeFor

    (series,), (event,) = asked.series, asked.events
    pages, window, pool = way
    view = explain_event(series, event, asked.known, asked.request)
    live = event_address(pages, view, window, pool)
    frozen = f"{live}&{urlencode({'asof': as_of_text(moment.replace(microsecond=0))})}"
    made = MadeFor(moment, live, frozen)
    quoting = Quoting(series.card, Quote.WEAKER)
    return write_report(event_report(view, series, quoting, pool, made), kind)


def _event(known: tuple[Event, ...], event_id: str) -> Event:
    found = next((each for each in known if each.id == event_id), None)
    if found is None:
        msg = f"event {event_id}: is not there; `events list --text WORDS` finds its id"
        raise InputError(msg)
    return found
