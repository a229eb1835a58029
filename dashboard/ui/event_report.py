"""The report of one event: what its page says, handed over for HTML, PDF and PNG.

It needs no page: the command line makes the same report from the same view. Every word comes
from the glossary that the page uses; user text is cleaned here, escaped by the paper.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from dashboard.domain.errors import InputError
from dashboard.domain.event import TEXT_LIMIT, Event
from dashboard.domain.event_view import EventView
from dashboard.domain.report import Report, ReportChart, ReportSource
from dashboard.domain.series import RateSeries
from dashboard.domain.study import Pool, window_text
from dashboard.services.choose_windows import DAY_WINDOWS, default_window, windows_for
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui.charts.event_window import build_window_figure, window_summary
from dashboard.ui.event_chart import chart_of_view, chart_subtitle, what_moved
from dashboard.ui.event_tables import tables_of_view
from dashboard.ui.event_words import copy_text, headline, main_move, notices, sentence_case
from dashboard.ui.move_words import POOL_TITLES, model_words, noun, pool_remark
from dashboard.ui.palette import LIGHT, category_title
from dashboard.ui.quoting import Quote, Quoting
from dashboard.ui.report_parts import (
    NO_PROOF,
    SOFTWARE,
    TITLE_LIMIT,
    MadeFor,
    as_of_parameter,
    factor_source,
    for_others,
    links_of,
    private_words,
    rate_source,
)
from dashboard.ui.text import link_or_none, plain, plain_block
from dashboard.ui.wording import expected_phrase, stamp, weekday_day, when

SENTENCE_LIMIT: Final = 2_000
QUOTES: Final = {
    Quote.WEAKER: "as published, up = weaker rouble",
    Quote.INVERTED: "as published, axis inverted",
    Quote.USD: "one over the published rate",
}


def event_report(
    view: EventView, series: RateSeries, quoting: Quoting, pool: Pool, made: MadeFor
) -> Report:
    """What the Event page says about an event on a series.

    Args:
        view: the event measured.
        series: the observations behind it, for the day of the data.
        quoting: the way to look at the rate.
        pool: the dates to compare with.
        made: when, and the links back.
    """
    view = _for_others(view)
    title = plain(view.event.title, TITLE_LIMIT)
    return Report(
        title=f"{what_moved(view, quoting)} after: {title}",
        question=(
            f"What did {view.card.title} do around “{title}”"
            f" ({plain(when(view.event))}), and was that unusual?"
        ),
        parameters=(*_parameters(view, quoting, pool), as_of_parameter(made)),
        paragraphs=_paragraphs(view, quoting, pool, made.live),
        charts=_charts(view, quoting),
        tables=tables_of_view(view, quoting, pool),
        cautions=_cautions(view, pool),
        sources=(
            rate_source(series),
            *map(factor_source, view.factors),
            event_source(view.event),
        ),
        links=links_of(made),
        software=SOFTWARE,
        made_at=made.moment,
    )


def _for_others(view: EventView) -> EventView:
    """The view without the words of private notes that only crowd its event."""
    return replace(
        view,
        crowd=tuple((offset, for_others(event)) for offset, event in view.crowd),
        moves=tuple(replace(move, crowd=tuple(map(for_others, move.crowd))) for move in view.moves),
    )


def event_address(pages: str, view: EventView, window: str | None, pool: Pool) -> str:
    """The live address of an event's page, as its controls would write it.

    Args:
        pages: where the pages are.
        view: the event measured.
        window: the event window as it was typed; one that the page does not offer is left out.
        pool: the dates to compare with.

    Raises:
        InputError: `pages` is no http or https address.
    """
    if link_or_none(pages) is None:
        msg = f"--pages {pages}: is no address; write it like http://127.0.0.1:8501"
        raise InputError(msg)
    minutes = view.card.bar_minutes
    windows = windows_for(minutes)
    asked = {
        "id": view.event.id,
        "wh" if minutes and windows is not DAY_WINDOWS else "w": (
            window if window in windows and window != default_window(minutes) else None
        ),
        "pool": None if pool == "near" else pool,
        "series": None if view.card.id == DEFAULT_SERIES else view.card.id,
    }
    query = urlencode({key: value for key, value in asked.items() if value})
    return f"{pages.rstrip('/')}/event?{query}"


def event_source(event: Event) -> ReportSource:
    """Who says so; the address is live only where it is a plain http or https link."""
    told = [plain(part, TITLE_LIMIT) for part in (event.source_name, event.author) if part]
    name = told[0] if told else "no source named" if not event.source_url else "source"
    link = link_or_none(event.source_url) or ""
    refused = "" if link or not event.source_url else plain(event.source_url, TITLE_LIMIT)
    return ReportSource("Event", name, definition=refused, url=link)


def _charts(view: EventView, quoting: Quoting) -> tuple[ReportChart, ...]:
    if not view.path:
        return ()
    chart = chart_of_view(view, quoting)
    title = f"{what_moved(view, quoting)} after: {plain(view.event.title, TITLE_LIMIT)}"
    return (
        ReportChart(
            build_window_figure(chart, LIGHT),
            title,
            chart_subtitle(view, quoting),
            (
                f"Move of {quoting.unit} against the {noun(view.card)} before the event, in log"
                " points (100 × log change), by offset; 0 is the first that can contain it."
            ),
            window_summary(chart),
        ),
    )


def _parameters(view: EventView, quoting: Quoting, pool: Pool) -> tuple[tuple[str, str], ...]:
    request = view.request
    return (
        ("Event", plain(view.event.id, TITLE_LIMIT)),
        ("Series", f"{view.card.id}: {view.card.title}"),
        ("Shown as", f"{quoting.unit}, {QUOTES[quoting.mode]}"),
        ("Event window", window_text(request.window)),
        ("Ordinary move", f"model {model_words(request.model, view.factors)}"),
        (
            "Estimation",
            f"{view.n_estimation} returns of {request.estimation} asked, {request.gap} rows"
            " before the event window",
        ),
        ("Compared with", POOL_TITLES[pool]),
    )


def _paragraphs(view: EventView, quoting: Quoting, pool: Pool, address: str) -> tuple[str, ...]:
    what, unusual = headline(view, quoting, pool)
    event = view.event
    known = [
        plain(when(event)),
        plain(event.actor, TITLE_LIMIT),
        plain(category_title(event.category)),
        expected_phrase(event.expected),
    ]
    parts = (
        f"{what}. {sentence_case(unusual)}." if unusual else f"{what}.",
        " · ".join(part for part in known if part),
        plain_block(event.text, TEXT_LIMIT),
        _timing_words(view, quoting),
        plain(copy_text(view, quoting, pool, address), SENTENCE_LIMIT),
    )
    return tuple(part for part in parts if part)


def _timing_words(view: EventView, quoting: Quoting) -> str:
    if view.timing is None:
        return ""
    each, first, base = noun(view.card), view.timing.first, view.timing.base
    return (
        f"First {each} that can contain it: {weekday_day(first.day)}, {quoting.rate(first.rate)}"
        f" {quoting.unit}, known at {stamp(first.known_at)}. Base: {weekday_day(base.day)},"
        f" {quoting.rate(base.rate)} {quoting.unit}, known at {stamp(base.known_at)}."
    )


def _cautions(view: EventView, pool: Pool) -> tuple[str, ...]:
    move = main_move(view)
    matched = pool_remark(move, pool) if move is not None else ""
    told = (*notices(view), matched, private_words([view.event]), NO_PROOF)
    return tuple(said for said in told if said)
