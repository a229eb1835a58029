"""Reports of an event and of a claim check, with the parts and tables that every report has.

A report needs no page: the command line makes the same one from the same view. User text is cleaned
here and escaped by the writer of the format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from dashboard import __version__
from dashboard.models.article import ClaimAnswer
from dashboard.models.errors import InputError
from dashboard.models.event import TEXT_LIMIT, Category, Event
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView, Move, PathPoint, PlaceboRank
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import Pool, window_text
from dashboard.models.tables import (
    ReportChart,
    ReportDocument,
    ReportLink,
    ReportSource,
    ReportTable,
)
from dashboard.presentation import claims
from dashboard.presentation.charts.claim import (
    ClaimChart,
    build_claim_figure,
    list_marked_fixings,
    summarize_claim,
)
from dashboard.presentation.charts.event_window import (
    build_window_chart,
    build_window_figure,
    format_chart_subtitle,
    format_chart_title,
    has_band,
    summarize_window,
)
from dashboard.presentation.claims import build_plain_claim_columns
from dashboard.presentation.escaping import plain_text, plain_text_block, safe_link
from dashboard.presentation.events import (
    build_notices,
    format_citation,
    format_headline,
    get_main_move,
)
from dashboard.presentation.formatting import (
    MIN_POOL_SIZE,
    NO_VALUE,
    capitalize_first,
    describe_expected,
    format_day,
    format_event_time,
    format_offset,
    format_percent,
    format_range,
    format_timestamp,
    format_weekday,
    format_window,
)
from dashboard.presentation.moves import (
    MOSCOW_TIME,
    POOL_TITLES,
    describe_bar_mark,
    describe_comparison,
    describe_missing_move,
    describe_model,
    describe_pool_caveat,
    describe_verdict,
    describe_window,
    format_car,
    format_move_dates,
    format_move_rates,
    format_offset_time,
    format_p_value,
    format_percentile,
    format_percents,
    format_point_time,
    observation_name,
    quote_units,
)
from dashboard.presentation.palette import LIGHT_PALETTE, category_title
from dashboard.presentation.quoting import QuotedSeries
from dashboard.presentation.tables import TextColumns, View, build_text_columns
from dashboard.services.claims import series_for_currency
from dashboard.services.exports import TABLES
from dashboard.services.rates import DEFAULT_SERIES
from dashboard.services.study_inputs import DAY_WINDOWS, default_window, event_windows

SOFTWARE_VERSION: Final = f"Rouble Reaction {__version__}"
CAUSALITY_CAUTION: Final = deferred("A move near an event is no proof of its cause.")
LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "localhost", "::1"})
PRIVATE_TITLE: Final = deferred("A private note")
"""The title of a private note in a report that is not about it."""
TITLE_LIMIT: Final = 500
SENTENCE_LIMIT: Final = 2_000
MAX_TITLE_CLAIMS: Final = 3
PARAGRAPH_LIMIT: Final = 8_000


@dataclass(frozen=True, slots=True)
class ReportContext:
    """When a report is made and where its page is: `live` follows the data, `frozen` does not.

    `as_of` is the moment at which the page itself was frozen; None where it was live. `public_url`
    is where others reach the pages; without one a link to this machine is written without it.
    """

    made_at: datetime
    live: str
    frozen: str = ""
    as_of: datetime | None = None
    public_url: str = ""

    @property
    def known_on(self) -> datetime:
        """The moment as which the numbers were known."""
        return self.as_of or self.made_at

    @property
    def moment(self) -> str:
        """The moment of making for programs: whole seconds in UTC."""
        return self.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def made_on(self) -> str:
        """The moment of making for readers."""
        return _("made {moment}", moment=format_timestamp(self.made_at))

    @property
    def public_live(self) -> str:
        """The live link where it leads somewhere from everywhere; else empty."""
        return safe_link(self.publish(self.live)) or ""

    def publish(self, url: str) -> str:
        """A link as a file writes it: on the public address, or what follows this machine's own.

        `http://127.0.0.1:8501/event?id=x` is of no use elsewhere: it becomes `event?id=x`.
        """
        parts = urlsplit(url)
        if not self.public_url and parts.hostname not in LOOPBACK_HOSTS:
            return url
        path = f"{parts.path.lstrip('/')}{'?' if parts.query else ''}{parts.query}"
        if self.public_url:
            public = self.public_url.rstrip("/")
            # A page below a base path has it in its own address too.
            base = f"{urlsplit(public).path}/".lstrip("/")
            return f"{public}/{path.removeprefix(base)}"
        return ("/" if path.startswith("?") else "") + path.replace("%3A", ":")


def build_as_of_parameter(context: ReportContext) -> tuple[str, str]:
    """As of when the numbers are, and whether the page was frozen there."""
    mode = (
        _("the page was frozen at this moment") if context.as_of else _("live, when this was made")
    )
    return _("As of"), f"{format_timestamp(context.known_on)} ({mode})"


def build_report_links(context: ReportContext, subject: str = "") -> tuple[ReportLink, ...]:
    """The links back to the page; `subject` names their claim where there are several."""
    suffix = f", {subject}" if subject else ""
    label = _("Live page (follows the data){suffix}", suffix=suffix)
    links = [ReportLink(label, context.publish(context.live))]
    if context.frozen:
        known = format_timestamp(context.known_on)
        label = _("Frozen page (as known on {known}){suffix}", known=known, suffix=suffix)
        links.append(ReportLink(label, context.publish(context.frozen)))
    return tuple(link for link in links if link.url)


def build_rate_source(series: RateSeries) -> ReportSource:
    """Who publishes the rates, what they are, on which terms, and until when they are known."""
    card = series.card
    quantity = translate_deferred(card.quantity or card.description) or card.unit_label
    definition = [
        f"{card.label}: {quantity}.",
        translate_deferred(PUBLICATION_RULES[card.date_rule].description),
    ]
    if series.fetched_at is not None:
        definition.append(_("Fetched {moment}.", moment=format_timestamp(series.fetched_at)))
    return ReportSource(
        _("Rate"),
        card.publisher_label,
        " ".join(definition),
        _("Terms: {licence}", licence=translate_deferred(card.licence)),
        format_as_of(series),
        safe_link(card.source_url) or "",
    )


def build_factor_source(card: SeriesCard) -> ReportSource:
    """Who publishes a factor of the model."""
    return ReportSource(
        _("Factor of the model"),
        card.publisher_label,
        card.label,
        _("Terms: {licence}", licence=translate_deferred(card.licence)),
        url=safe_link(card.source_url) or "",
    )


def build_picture_report(
    chart: ReportChart,
    series: Iterable[RateSeries],
    context: ReportContext,
    tables: Sequence[ReportTable] = (),
) -> ReportDocument:
    """A chart alone, with its sources and the frozen link, for a picture of it.

    Args:
        chart: the chart.
        series: what it shows; their publishers are its sources.
        context: when, and the links back.
        tables: what it is drawn from; a picture does not show them.
    """
    sources = [
        ReportSource(_("Source"), one.card.publisher_label, as_of=format_as_of(one))
        for one in series
    ]
    return ReportDocument(
        title=chart.title,
        question="",
        parameters=(),
        paragraphs=(),
        charts=(chart,),
        tables=tuple(tables),
        cautions=(),
        sources=tuple(dict.fromkeys(sources)),
        links=build_report_links(context),
        software=SOFTWARE_VERSION,
        made_at=context.moment,
        made_on=context.made_on,
    )


def format_as_of(series: RateSeries) -> str:
    """`data to 1 Sep 2026`: the last market day that is known; empty for an empty series."""
    if not len(series):
        return ""
    return _("data to {day}", day=format_day(date.fromisoformat(str(series.day[-1]))))


def redact_private(event: Event) -> Event:
    """An event that a report is not about, without the text of a private note."""
    if not event.is_private:
        return event
    return replace(
        event, title=translate_deferred(PRIVATE_TITLE), category=Category.OTHER, text="", actor="",
        source_name="", source_url="", tags=(), author="",
    )  # fmt: skip


def describe_private_notes(events: Iterable[Event]) -> str:
    """That the file holds the text of private notes; empty where it does not."""
    private = sum(event.is_private for event in events)
    if not private:
        return ""
    return plural(
        "This holds the words of {n:,} private note of yours; whoever gets the file can read them.",
        "This holds the words of {n:,} private notes of yours; whoever gets the file can read"
        " them.",
        private,
    )


def build_table(title: str, columns: TextColumns) -> ReportTable:
    """Columns of plain text as a table."""
    return ReportTable(title, tuple(columns), tuple(zip(*columns.values(), strict=True)))


# ------------------------------------------------------------------ tables of an event


def build_event_tables(
    view: EventView, quoting: QuotedSeries, pool: Pool
) -> tuple[ReportTable, ...]:
    """Every table of an event, those without rows left out."""
    tables = (
        build_table(_("Moves around the event"), build_moves_columns(view, quoting, pool)),
        build_table(_("How certain is that?"), build_significance_columns(view, quoting, pool)),
        build_crowd_table(view),
        build_table(_("The window, offset by offset"), build_window_columns(view, quoting)),
    )
    return tuple(table for table in tables if table.rows)


def build_moves_columns(view: EventView, quoting: QuotedSeries, pool: Pool) -> TextColumns:
    """Window, days, rates, direction, both percentages, log points, how unusual, other events."""

    def measured(cell: Callable[[Any], str]) -> Callable[[Any], str]:
        return lambda part: NO_VALUE if part.item.log_points is None else cell(part.item)

    card, (unit, other_unit) = view.card, quote_units(quoting)
    columns: View = {
        _("Window"): lambda part: (
            f"{format_window(part.item.window)} {describe_window(part.item.window, card)}"
        ),
        _("Base → end"): lambda part: (
            describe_missing_move(part.item, card)
            if part.item.log_points is None
            else format_move_dates(part.item)
        ),
        unit: measured(lambda move: format_move_rates(move, quoting)),
        _("Direction"): measured(
            lambda move: f"{quoting.arrow(move.log_points)} {quoting.direction(move.log_points)}"
        ),
        f"{unit}, %": measured(lambda move: format_percents(move, quoting)[0]),
        f"{other_unit}, %": measured(lambda move: format_percents(move, quoting)[1]),
        _("Log pts"): measured(lambda move: quoting.signed(move.log_points)),
        _("How unusual"): measured(
            lambda move: f"{describe_comparison(move, pool)}: {describe_verdict(move, pool)}"
        ),
        _("Other events"): measured(lambda move: str(len(move.crowd))),
    }
    return build_text_columns(TABLES["event_moves"], [view], columns)


def build_significance_columns(view: EventView, quoting: QuotedSeries, pool: Pool) -> TextColumns:
    """CAR with its error, t, p with N, placebo p with the size of its pool, percentiles."""

    def share(pool: Pool, name: str = "percentile") -> Callable[[Any], str]:
        return lambda part: _format_share(part.item.rank(pool), name)

    first, *others = POOL_TITLES
    columns: View = {
        _("Window"): "window",
        _("CAR ± s.e., log pts"): lambda part: format_abnormal_move(part.item, quoting),
        "t": lambda part: quoting.signed(part.item.car_t),
        _("p of t"): lambda part: format_p_value(part.item.p_value, view.n_estimation),
        _("Placebo p, {dates}", dates=translate_deferred(POOL_TITLES[pool])): lambda part: (
            format_p_value(part.item.rank(pool).p, part.item.rank(pool).size)
        ),
        _("Percentile: {first}", first=translate_deferred(POOL_TITLES[first])): share(first),
        _("the same by size alone"): share(first, "by_move"),
        **{POOL_TITLES[other]: share(other) for other in others},
    }
    return build_text_columns(TABLES["event_moves"], [view], columns)


def build_crowd_table(view: EventView) -> ReportTable:
    """The other events in the event window, in the order of their offsets."""
    return ReportTable(
        _("Other events in the window"),
        (_("Offset"), _("Day"), _("Category"), _("Event")),
        tuple(
            (
                format_offset(offset),
                format_weekday(event.day),
                plain_text(category_title(event.category)),
                plain_text(event.title, TITLE_LIMIT),
            )
            for offset, event in sorted(view.crowd, key=lambda pair: (pair[0], pair[1].id))
        ),
    )


def format_abnormal_move(move: Move, quoting: QuotedSeries) -> str:
    """CAR with its standard error, or why a move has none."""
    if move.car is None and move.log_points is not None:
        return translate_deferred(move.reason) or _("a rate inside the window is missing")
    return format_car(move, quoting)


def _format_share(rank: PlaceboRank, name: str) -> str:
    """A percentile of a rank, or that there are too few dates for one."""
    percentile = getattr(rank, name)
    if percentile is None:
        return NO_VALUE
    if rank.size < MIN_POOL_SIZE:
        return _("too few ({among})", among=rank.size)
    return format_percentile(percentile)


def build_window_columns(view: EventView, quoting: QuotedSeries) -> TextColumns:
    """The figure as a table: offset, day, rate, move, ordinary range, whether inside it."""
    card, is_banded = view.card, has_band(view)

    def banded(cell: Callable[[PathPoint], str]) -> Callable[[Any], str]:
        return lambda part: cell(part.item) if is_banded and part.item.offset != -1 else NO_VALUE

    def ordinary(point: PathPoint) -> str:
        ends = sorted(map(quoting.quoted_percent, (point.low, point.high)))
        return format_range(*(format_percent(end, 2) for end in ends))

    columns: View = {
        _("Offset"): lambda part: format_offset(part.item.offset),
        **_list_time_columns(card),
        quoting.unit: lambda part: quoting.rate(part.item.rate),
        _("Against the base"): lambda part: quoting.percent(part.item.move, 2),
        _("Log pts"): lambda part: quoting.signed(part.item.move),
        card.subject.title if card.subject.is_currency else _("Direction"): lambda part: (
            quoting.direction(part.item.move) or NO_VALUE
        ),
        _("Ordinary range"): banded(ordinary),
        _("Inside it"): banded(
            lambda point: _("yes") if point.low <= point.move <= point.high else _("no")
        ),
    }
    return build_text_columns(TABLES["event_window"], [view], columns)


def _list_time_columns(card: SeriesCard) -> View:
    """The market day; on bars their hours in Moscow, how far from the event, what is special."""
    minutes = card.bar_minutes
    if not minutes:
        return {_("Market day"): lambda part: format_weekday(part.item.day)}
    return {
        _("Bar ({moscow_time})", moscow_time=translate_deferred(MOSCOW_TIME)): lambda part: (
            format_point_time(part.item, minutes)
        ),
        _("From the event"): lambda part: format_offset_time(part.item.offset, minutes),
        _("Mark"): lambda part: describe_bar_mark(part.item) or NO_VALUE,
    }


# ------------------------------------------------------------------ report of an event


def build_event_report(
    view: EventView, series: RateSeries, quoting: QuotedSeries, pool: Pool, context: ReportContext
) -> ReportDocument:
    """The content of the Event page for an event on a series.

    Args:
        view: the event measured.
        series: its observations, for the day of the data.
        quoting: the way to look at the rate.
        pool: the dates to compare with.
        context: when, and the links back.
    """
    moves = [replace(m, crowd=tuple(map(redact_private, m.crowd))) for m in view.moves]
    crowd = [(offset, redact_private(event)) for offset, event in view.crowd]
    view = replace(view, moves=tuple(moves), crowd=tuple(crowd))
    name = plain_text(view.event.title, TITLE_LIMIT)
    title = _("{move} after: {event}", move=format_chart_title(view, quoting), event=name)
    return ReportDocument(
        title=title,
        question=_(
            "What did {series} do around “{event}” ({time}), and was that unusual?",
            series=view.card.label,
            event=name,
            time=plain_text(format_event_time(view.event)),
        ),
        parameters=(*_build_event_parameters(view, quoting, pool), build_as_of_parameter(context)),
        paragraphs=_build_event_paragraphs(view, quoting, pool, context.public_live),
        charts=_build_event_charts(view, quoting, title),
        tables=build_event_tables(view, quoting, pool),
        cautions=_build_cautions(view, pool),
        sources=(
            build_rate_source(series),
            *map(build_factor_source, view.factors),
            build_event_source(view.event),
        ),
        links=build_report_links(context),
        software=SOFTWARE_VERSION,
        made_at=context.moment,
        made_on=context.made_on,
    )


def build_event_url(pages: str, view: EventView, window: str | None, pool: Pool) -> str:
    """The live address of an event's page, as its controls would write it.

    Args:
        pages: where the pages are.
        view: the event measured.
        window: the event window as it was typed; one that the page does not offer is left out.
        pool: the dates to compare with.

    Raises:
        InputError: `pages` is no http or https address.
    """
    if safe_link(pages) is None:
        msg = "is no address; write it like http://127.0.0.1:8501"
        raise InputError(msg, field="pages", value=pages)
    minutes = view.card.bar_minutes
    windows = event_windows(minutes)
    params = {
        "id": view.event.id,
        "wh" if minutes and windows is not DAY_WINDOWS else "w": (
            window if window in windows and window != default_window(minutes) else None
        ),
        "pool": None if pool == "near" else pool,
        "series": None if view.card.id == DEFAULT_SERIES else view.card.id,
    }
    query = urlencode({key: value for key, value in params.items() if value})
    return f"{pages.rstrip('/')}/event?{query}"


def build_event_source(event: Event) -> ReportSource:
    """The source of an event; the address is live only where it is a plain http or https link."""
    names = [plain_text(part, TITLE_LIMIT) for part in (event.source_name, event.author) if part]
    name = names[0] if names else _("no source named") if not event.source_url else _("source")
    link = safe_link(event.source_url) or ""
    refused = "" if link or not event.source_url else plain_text(event.source_url, TITLE_LIMIT)
    return ReportSource(_("Event"), name, definition=refused, url=link)


def _build_event_charts(
    view: EventView, quoting: QuotedSeries, title: str
) -> tuple[ReportChart, ...]:
    if not view.path:
        return ()
    chart = build_window_chart(view, quoting)
    return (
        ReportChart(
            build_window_figure(chart, LIGHT_PALETTE),
            title,
            format_chart_subtitle(view, quoting),
            _(
                "Change of {unit} in % from the {observation_name} before the event; 0 is the first"
                " that can contain it.",
                unit=quoting.unit,
                observation_name=observation_name(view.card),
            ),
            summarize_window(chart),
        ),
    )


def _describe_quote(quoting: QuotedSeries) -> str:
    if quoting.is_inverse:
        return _("one over the published rate")
    if quoting.axis_is_inverted:
        return _("as published, axis inverted")
    meaning = quoting.axis_meaning()
    return _("as published, {meaning}", meaning=meaning) if meaning else _("as published")


def _build_event_parameters(
    view: EventView, quoting: QuotedSeries, pool: Pool
) -> tuple[tuple[str, str], ...]:
    request = view.request
    return (
        (_("Event"), plain_text(view.event.id, TITLE_LIMIT)),
        (_("Series"), f"{view.card.id}: {view.card.label}"),
        (_("Shown as"), f"{quoting.unit}, {_describe_quote(quoting)}"),
        (_("Event window"), window_text(request.window)),
        (_("Ordinary move"), _("model {model}", model=describe_model(request.model, view.factors))),
        (
            _("Estimation"),
            _(
                "{n_estimation} returns of {estimation} asked, {gap} rows before the event window",
                n_estimation=view.n_estimation,
                estimation=request.estimation,
                gap=request.gap,
            ),
        ),
        (_("Compared with"), translate_deferred(POOL_TITLES[pool])),
    )


def _build_event_paragraphs(
    view: EventView, quoting: QuotedSeries, pool: Pool, address: str
) -> tuple[str, ...]:
    headline, unusual = format_headline(view, quoting, pool)
    event = view.event
    known = [
        plain_text(format_event_time(event)),
        plain_text(event.actor, TITLE_LIMIT),
        plain_text(category_title(event.category)),
        describe_expected(event.expected),
    ]
    parts = (
        f"{headline}. {capitalize_first(unusual)}." if unusual else f"{headline}.",
        " · ".join(part for part in known if part),
        plain_text_block(event.text, TEXT_LIMIT),
        _describe_timing(view, quoting),
        plain_text(format_citation(view, quoting, pool, address), SENTENCE_LIMIT),
    )
    return tuple(part for part in parts if part)


def _describe_timing(view: EventView, quoting: QuotedSeries) -> str:
    if view.timing is None:
        return ""
    first, base = (
        _(
            "{day}, {rate} {unit}, known at {known_at}",
            day=format_weekday(fixing.day),
            rate=quoting.rate(fixing.rate),
            unit=quoting.unit,
            known_at=format_timestamp(fixing.known_at),
        )
        for fixing in (view.timing.first, view.timing.base)
    )
    return _(
        "First {observation} that can contain it: {first}. Base: {base}.",
        observation=observation_name(view.card),
        first=first,
        base=base,
    )


def _build_cautions(view: EventView, pool: Pool) -> tuple[str, ...]:
    move = get_main_move(view)
    matched = describe_pool_caveat(move, pool) if move is not None else ""
    candidates = (
        *build_notices(view),
        matched,
        describe_private_notes([view.event]),
        translate_deferred(CAUSALITY_CAUTION),
    )
    return tuple(text for text in candidates if text)


# ------------------------------------------------------------------ report of a claim check


def build_claim_report(
    answers: Sequence[ClaimAnswer],
    chart: ClaimChart | None,
    series: Sequence[RateSeries],
    contexts: Sequence[ReportContext],
    notices: Sequence[str] = (),
) -> ReportDocument:
    """The content of "Check a claim" for one or several claims.

    Args:
        answers: one or more.
        chart: the figure of the page; None where no rate is known.
        series: the observations of the answers, for publisher, terms and day.
        contexts: when, and the links back: one for the page, or one for each claim.
        notices: what the page says first.
    """
    first = contexts[0]
    return ReportDocument(
        title=_format_claim_title(answers),
        question=_format_claim_question(answers),
        parameters=(*_build_claim_parameters(answers, chart), build_as_of_parameter(first)),
        paragraphs=tuple(_build_claim_paragraphs(answers, contexts)),
        charts=() if chart is None else (_build_claim_chart(replace(chart, phone=False)),),
        tables=tuple(_build_claim_tables(answers, chart)),
        cautions=(*notices, f"{capitalize_first(translate_deferred(claims.OTC_CAVEAT))}."),
        sources=tuple(build_rate_source(item) for item in _list_used_series(answers, series)),
        links=tuple(
            link
            for at, item in enumerate(contexts)
            for link in build_report_links(
                item, claims.format_question(answers[at].claim) if len(contexts) > 1 else ""
            )
        ),
        software=SOFTWARE_VERSION,
        made_at=first.moment,
        made_on=first.made_on,
    )


def _format_claim_title(answers: Sequence[ClaimAnswer]) -> str:
    """`Strongest since June 2024? No, it was stronger. …`: each question with its verdict."""
    sentences = [
        f"{claims.format_question(answer.claim)}"
        f" {claims.describe_answer(answer).partition(': ')[0].rstrip('.')}."
        for answer in answers[:MAX_TITLE_CLAIMS]
    ]
    more = len(answers) - MAX_TITLE_CLAIMS
    if more > 0:
        sentences.append(plural("And {n:,} more claim.", "And {n:,} more claims.", more))
    return " ".join(sentences)


def _format_claim_question(answers: Sequence[ClaimAnswer]) -> str:
    """The sentence that was pasted, else the question."""
    pasted = dict.fromkeys(answer.claim.sentence for answer in answers if answer.claim.sentence)
    if pasted:
        return _("Is it so? “{pasted}”", pasted=plain_text(" ".join(pasted), SENTENCE_LIMIT))
    return " ".join(claims.format_question(answer.claim) for answer in answers)


def _build_claim_paragraphs(
    answers: Sequence[ClaimAnswer], contexts: Sequence[ReportContext]
) -> Iterator[str]:
    for answer in answers:
        yield f"{claims.format_question(answer.claim)} {claims.describe_answer(answer)}"
        details = [f"{capitalize_first(item)}." for item in claims.list_needed_bases(answer)]
        if others := claims.describe_other_sources(answer):
            details.append(_("Other sources: {others}.", others=others))
        if details:
            yield " ".join(details)
    links = " ".join(item.live for item in contexts)
    yield plain_text(
        claims.write_paragraph(answers, format_timestamp(contexts[0].known_on), links),
        PARAGRAPH_LIMIT,
    )


def _build_claim_chart(chart: ClaimChart) -> ReportChart:
    return ReportChart(
        build_claim_figure(chart, LIGHT_PALETTE),
        chart.title,
        chart.subtitle,
        _(
            "{unit} by market day; marked are the day of the claim, the bases that a change is"
            " counted from, and the last day at least as strong, or as weak.",
            unit=chart.quoting.unit,
        ),
        summarize_claim(chart),
    )


def _build_claim_tables(
    answers: Sequence[ClaimAnswer], chart: ClaimChart | None
) -> Iterator[ReportTable]:
    for answer in answers:
        title = _("{question} Every source and base", question=claims.format_question(answer.claim))
        yield build_table(title, build_plain_claim_columns(answer))
    if chart is not None:
        points, quoting = list_marked_fixings(chart), chart.quoting
        yield build_table(
            _("The marks of the chart"),
            {
                _("Mark"): [name for name, _ in points],
                _("Market day"): [format_weekday(fixing.day) for _, fixing in points],
                _("Record date"): [format_weekday(fixing.record) for _, fixing in points],
                quoting.unit: [quoting.rate(fixing.rate) for _, fixing in points],
            },
        )


def _build_claim_parameters(
    answers: Sequence[ClaimAnswer], chart: ClaimChart | None
) -> Iterator[tuple[str, str]]:
    days = dict.fromkeys(format_day(answer.claim.day) for answer in answers if answer.claim.day)
    yield _("Day of the claim"), "; ".join(days) or _("not told")
    yield _("Claims"), "; ".join(claims.format_question(answer.claim) for answer in answers)
    mains = dict.fromkeys(answer.main for answer in answers if answer.main)
    yield _("Series that answers first"), "; ".join(mains) or _("none")
    if chart is not None:
        yield _("Shown as"), chart.quoting.unit


def _list_used_series(
    answers: Sequence[ClaimAnswer], series: Sequence[RateSeries]
) -> list[RateSeries]:
    """The series with a rate in the answers, derived ones too; the main one first."""
    mains = [answer.main for answer in answers]
    used_ids = {
        row.verdict.card.id for answer in answers for row in answer.rows if row.at is not None
    }
    currencies = dict.fromkeys(answer.claim.currency for answer in answers)
    held = [item for currency in currencies for item in series_for_currency(currency, series)]
    used = [item for item in held if item.card.id in {*used_ids, *mains}]
    return sorted(used, key=lambda item: item.card.id not in mains)
