"""The functions of the Python interface: load, study, compare, check, plot.

They call the services that the pages call, on the same data, and compute nothing themselves.
Nothing is fetched and no file is written; a store of notes is read where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pandas as pd

from dashboard.container import (
    AppContext,
    article_from_bytes,
    article_from_file,
    build_reading_context,
    context_as_of,
    events_from_file,
    rates_from_file,
)
from dashboard.models.analyses import Group, SpecificationGrid
from dashboard.models.article import PublicationTime
from dashboard.models.currencies import AS_QUOTED_OPTION
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries, read_as_of
from dashboard.models.study import (
    Grouping,
    Overlap,
    Pool,
    Returns,
    StudyRequest,
    Window,
    read_length,
    read_window,
    read_windows,
)
from dashboard.models.user_files import EventFileOptions, RateFileOptions
from dashboard.notebooks.frames import (
    read_day,
    read_event_frame,
    read_frame,
    read_rate_frame,
    table_frame,
)
from dashboard.notebooks.results import (
    ArticleFindings,
    ClaimCheck,
    Compared,
    Facts,
    Robustness,
    Study,
    draw_figure,
    name_groups,
)
from dashboard.presentation.charts.event_window import build_window_chart, build_window_figure
from dashboard.presentation.palette import get_palette
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.services import article as article_service
from dashboard.services.claims import answer_claim, answer_facts, parse_claims
from dashboard.services.compare import compare_groups
from dashboard.services.events import EventFilter, find_events
from dashboard.services.notes import all_events
from dashboard.services.rates import DEFAULT_SERIES, daily_series
from dashboard.services.robustness import count_categories, run_robustness
from dashboard.services.source_moves import compare_sources_of_facts
from dashboard.services.study import build_event_view, common_bar_minutes, run_study
from dashboard.services.study_inputs import (
    SelectedSeries,
    default_request,
    resolve_series,
    select_events,
    split_factors,
)

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

Frame: TypeAlias = Any
"""A data frame of pandas, Polars or Arrow, or another that speaks the interchange protocol."""
Rates: TypeAlias = "str | Path | Sequence[str | Path] | Frame"
"""Ids of series, files of levels, or a data frame of levels."""
Events: TypeAlias = "str | Path | Frame | None"
"""A file or a data frame of events; None: the catalogue and the notes."""
WindowLike: TypeAlias = str | Window
"""`-5:10`, on bars also `-2h:6h`, or a pair of offsets."""
Names: TypeAlias = str | Sequence[str]

MAX_CLAIMS: Final = 12
PREFERRED_WINDOW: Final = (0, 1)

_CONTEXT: ContextVar[AppContext | None] = ContextVar("context", default=None)


@contextmanager
def use_context(context: AppContext) -> Iterator[None]:
    """Answer from a context instead of that of the environment, as an interface does."""
    token = _CONTEXT.set(context)
    try:
        yield
    finally:
        _CONTEXT.reset(token)


def _get_context(asof: str | None = None) -> AppContext:
    from dashboard.config import read_settings

    context = _CONTEXT.get() or build_reading_context(read_settings())
    return context if asof is None else context_as_of(context, read_as_of("asof", asof))


def _list(names: Names | None) -> list[str]:
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)


# ---- loading


def load_rates(
    rates: Rates = DEFAULT_SERIES,
    *,
    since: str | date | None = None,
    until: str | date | None = None,
    asof: str | None = None,
) -> pd.DataFrame:
    """Load published rates.

    Parameters
    ----------
    rates : str, path or sequence of these, optional
        Ids of series, or files of levels.
    since, until : str or date, optional
        The first and the last market day, both included.
    asof : str, optional
        The moment as of which data are known: `2025-04-20` is the end of that day in Moscow.

    Returns
    -------
    pandas.DataFrame
        The columns of `rates.csv`: `date` (that the publisher prints), `day` (the market day that
        the number describes), `known_at` (UTC), `rate` and `series`.

    Raises
    ------
    InputError
        There is no such series or file.

    Examples
    --------
    >>> load_rates("usd_rub_cbr", since="2025-04-18", until="2025-04-21")["rate"].tolist()
    [81.1371, 80.7597]
    """
    selection = _select_series(_get_context(asof), rates, _RateReading())
    first = None if since is None else read_day(since, "since")
    last = None if until is None else read_day(until, "until")
    return table_frame("rates", [one.between(first, last) for one in selection.series])


def load_events(
    events: Events = None,
    *,
    category: Names | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    asof: str | None = None,
) -> pd.DataFrame:
    """Load events: those of the catalogue and of your notes, or of a file.

    Parameters
    ----------
    events : path or data frame, optional
        A file of events in CSV, Excel, JSON or iCalendar.
    category : str or sequence of str, optional
        Only these categories.
    since, until : str or date, optional
        The first and the last day, both included.
    asof : str, optional
        The moment as of which the events are known.

    Returns
    -------
    pandas.DataFrame
        The columns of the file that `events export` writes: `id`, `date`, `time_utc`, `title`,
        `category`, `expected`, `source_url` and more.

    Raises
    ------
    InputError
        No event has a category, or a file cannot be read.
    """
    chosen = _choose_events(_get_context(asof), events, category)
    first = None if since is None else read_day(since, "since")
    last = None if until is None else read_day(until, "until")
    return table_frame("event_list", find_events(chosen.studied, EventFilter((), "", first, last)))


# ---- inputs of a study


@dataclass(frozen=True, slots=True)
class _RateReading:
    """How levels are read that say too little themselves."""

    quote: str = AS_QUOTED_OPTION
    date: str = ""
    zone: str = ""
    stamps: str = ""
    columns: tuple[str, ...] = ()
    factors: tuple[str, ...] = ()

    @property
    def options(self) -> RateFileOptions:
        """The same for a reader of files."""
        return RateFileOptions(
            quote=self.quote,
            columns=self.columns or None,
            factors=self.factors,
            date=self.date,
            zone=self.zone,
            stamps=self.stamps,  # type: ignore[arg-type]
        )


def _select_series(context: AppContext, rates: Rates, reading: _RateReading) -> SelectedSeries:
    """The series of ids, files or a data frame."""
    names = [rates] if isinstance(rates, str | Path) else rates
    if isinstance(names, list | tuple) and all(isinstance(name, str | Path) for name in names):
        return resolve_series(
            context.rates,
            [str(name) for name in names],
            lambda path: rates_from_file(path, reading.options),
            reading.columns,
            reading.factors,
        )
    table = read_rate_frame(read_frame(rates, "rates"), reading.options, context)
    wanted = {name.casefold() for name in (*reading.columns, *reading.factors)}
    known = {one.card.id.casefold() for one in table.series}
    for field, columns in (("series", reading.columns), ("factor", reading.factors)):
        for column in columns:
            if column.casefold() not in known:
                msg = _("is not there; choose one of {known}", known=", ".join(sorted(known)))
                raise InputError(msg, field=field, value=column)
    selected = [
        one for one in table.series if not reading.columns or one.card.id.casefold() in wanted
    ]
    return SelectedSeries(tuple(selected), (), table.messages)


@dataclass(frozen=True, slots=True)
class _ChosenEvents:
    """The events to study, every known one for the crowding of windows, and messages."""

    studied: tuple[Event, ...]
    known: tuple[Event, ...]
    messages: tuple[str, ...] = ()


def _choose_events(
    context: AppContext, events: Events, category: Names | None, zone: str = ""
) -> _ChosenEvents:
    """The events of the catalogue and the notes, of a file or of a data frame."""
    options, categories = EventFileOptions(zone=zone), _list(category)
    if events is None or not isinstance(events, str | Path):
        known = all_events(context.catalogue, context.notes)
        if events is None:
            return _ChosenEvents(select_events(known, categories), known)
        frame = read_frame(events, "events")
        found, messages, are_known = read_event_frame(frame, options, known)
        studied = select_events(found, categories)
        return _ChosenEvents(studied, known if are_known else found, messages)
    table = events_from_file(Path(events), options)
    return _ChosenEvents(select_events(table.events, categories), table.events, table.messages)


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The series, factors and events of a study."""

    series: tuple[RateSeries, ...]
    factors: tuple[RateSeries, ...]
    events: _ChosenEvents
    messages: tuple[str, ...]

    @property
    def bar_minutes(self) -> int:
        """The length of a bar; 0 for one number a day."""
        return common_bar_minutes(self.series, self.factors)


def _read_inputs(
    context: AppContext,
    rates: Rates,
    events: tuple[Events, Names | None],
    factor: Names | None,
    reading: _RateReading,
) -> _Inputs:
    known_ids = {card.id for source in context.rates for card in source.cards()}
    factors = _list(factor)
    columns = tuple(name for name in factors if name not in known_ids)
    reading = _RateReading(
        reading.quote, reading.date, reading.zone, reading.stamps, reading.columns, columns
    )
    selection = _select_series(context, rates, reading)
    selection, factor_series = split_factors(selection, factors, context.rates, reading.columns)
    chosen = _choose_events(context, *events, reading.zone)
    messages = (*selection.messages, *chosen.messages)
    return _Inputs(selection.series, factor_series, chosen, messages)


def _format_window(window: WindowLike) -> str:
    return window if isinstance(window, str) else f"{window[0]}:{window[1]}"


def _list_windows(car: WindowLike | Sequence[WindowLike]) -> list[str]:
    is_pair = isinstance(car, tuple) and len(car) == 2 and all(isinstance(end, int) for end in car)
    if isinstance(car, str) or is_pair:
        return [_format_window(car)]  # type: ignore[arg-type]
    return [_format_window(window) for window in car]  # type: ignore[arg-type]


def _build_request(bar_minutes: int, given: Mapping[str, Any]) -> StudyRequest:
    """The request of a study from the arguments of a function."""
    values = dict(given)
    values["window"] = read_window("window", _format_window(given["window"]), bar_minutes)
    values["cars"] = read_windows("car", _list_windows(values.pop("car")), bar_minutes)
    for name in ("estimation", "gap", "min_estimation"):
        values[name] = read_length(name, str(given[name]), bar_minutes)
    return StudyRequest(**values)


# ---- studies


def study(  # noqa: PLR0913 - the parameters of the command `study`
    rates: Rates = DEFAULT_SERIES,
    events: Events = None,
    *,
    category: Names | None = None,
    series: Names | None = None,
    factor: Names | None = None,
    returns: Returns = "log",
    model: str = "mean",
    window: WindowLike = "-5:10",
    car: WindowLike | Sequence[WindowLike] = "0:1",
    estimation: int | str = 120,
    gap: int | str = 10,
    min_estimation: int | str = 60,
    overlap: Overlap = "keep",
    pool: Pool = "near",
    clean_estimation: bool = False,
    correction: str = "holm",
    by: Grouping = "category",
    seed: int = 1,
    quote: str = AS_QUOTED_OPTION,
    date: str = "",
    zone: str = "",
    stamps: str = "",
    asof: str | None = None,
) -> Study:
    """Study the moves around events; every event is answered, or skipped with its reason.

    Parameters
    ----------
    rates : str, path, sequence of these, or data frame, optional
        Ids of series, files of levels, or a data frame of levels with a `DatetimeIndex` or a
        column of dates, one column a series.
    events : path or data frame, optional
        Events with a `date` and, where they are known, `time_utc`, `title` and `category`; the
        catalogue and your notes by default.
    category : str or sequence of str, optional
        Only events of these categories.
    series : str or sequence of str, optional
        Only these columns of `rates`.
    factor : str or sequence of str, optional
        Columns or ids that explain the normal return.
    returns : {"log", "simple"}, optional
        How a move is counted.
    model : str, optional
        `none`, `mean`, `market-adjusted`, `market`, `scholes-williams` or `garch`.
    window : str or pair of int, optional
        The event window in observations; on bars also `-2h:6h`.
    car : str, pair of int or sequence of these, optional
        The windows of cumulative abnormal returns.
    estimation, gap, min_estimation : int or str, optional
        Returns in the estimation window, rows between the two windows, and the fewest returns
        with which an event is studied.
    overlap : {"keep", "first", "exclude"}, optional
        What to do where event windows overlap.
    pool : {"near", "quiet", "all", "similar"}, optional
        The dates that a move is compared with.
    clean_estimation : bool, optional
        Estimate without the rows [0,1] of any event.
    correction : {"holm", "hochberg", "bonferroni", "bh", "by"}, optional
        Of the p-values.
    by : {"category", "expected"}, optional
        What makes the groups, next to all events.
    seed : int, optional
        Of random draws.
    quote : str, optional
        What the numbers of own data count, as `rub-per-usd`.
    date : str, optional
        The column of the dates of own data.
    zone : str, optional
        The time zone of times of day without one, as `Europe/Moscow`.
    stamps : {"", "begin", "end"}, optional
        Whether a bar is stamped when it begins or when it ends.
    asof : str, optional
        The moment as of which data are known.

    Returns
    -------
    Study
        With `.events`, `.paths`, `.averages`, `.headline`, `.tests`, `.skipped`, `.summary()`
        and `.plot()`.

    Raises
    ------
    InputError
        An argument is wrong; the message names it and says what to do.

    Examples
    --------
    >>> result = study("usd_rub_cbr", category="monetary_policy")
    >>> print(result.summary())  # doctest: +SKIP
    """
    context = _get_context(asof)
    reading = _RateReading(quote, date, zone, stamps, tuple(_list(series)))
    inputs = _read_inputs(context, rates, (events, category), factor, reading)
    request = _build_request(
        inputs.bar_minutes,
        {"returns": returns, "model": model, "window": window, "car": car, "overlap": overlap,
         "estimation": estimation, "gap": gap, "min_estimation": min_estimation, "pool": pool,
         "clean_estimation": clean_estimation, "correction": correction, "by": by, "seed": seed},
    )  # fmt: skip
    answer = run_study(
        inputs.series,
        inputs.events.studied,
        request,
        known=inputs.events.known,
        factors=inputs.factors,
        compute=context.compute,
    )
    return Study(answer, inputs.events.known, inputs.messages)


def compare(  # noqa: PLR0913 - the controls of the Compare page
    first: str | Sequence[str] | Frame,
    second: str | Sequence[str] | Frame | None = None,
    *,
    rates: Rates = DEFAULT_SERIES,
    names: tuple[str, str] = ("first", "second"),
    factor: Names | None = None,
    returns: Returns = "log",
    model: str = "mean",
    window: WindowLike = "-5:10",
    car: WindowLike = "0:1",
    estimation: int | str = 120,
    gap: int | str = 10,
    min_estimation: int | str = 60,
    overlap: Overlap = "keep",
    pool: Pool = "near",
    clean_estimation: bool = False,
    seed: int = 1,
    quote: str = AS_QUOTED_OPTION,
    zone: str = "",
    asof: str | None = None,
) -> Compared:
    """Compare the moves after two groups of events, or judge those after one.

    Parameters
    ----------
    first, second : str, sequence of str or data frame
        A category, several categories, `all`, or events as for `study`.
    rates : str, path or data frame, optional
        One series.
    names : pair of str, optional
        What groups of own events are called.
    factor, returns, model, window, car, estimation, gap, min_estimation, overlap, pool
        As for `study`; one window `car`.
    clean_estimation, seed, quote, zone, asof
        As for `study`.

    Returns
    -------
    Compared
        With `.verdicts`, `.events`, `.paths`, `.averages`, `.headline`, `.tests`, `.skipped`,
        `.summary()` and `.plot()`.

    Raises
    ------
    InputError
        An argument is wrong; the message names it and says what to do.
    """
    context = _get_context(asof)
    reading = _RateReading(quote, zone=zone)
    inputs = _read_inputs(context, rates, (None, None), factor, reading)
    if len(inputs.series) != 1:
        msg = _("a comparison looks at one series, not {count}", count=len(inputs.series))
        raise InputError(msg, field="rates")
    request = _build_request(
        inputs.bar_minutes,
        {"returns": returns, "model": model, "window": window, "car": car, "overlap": overlap,
         "estimation": estimation, "gap": gap, "min_estimation": min_estimation, "pool": pool,
         "clean_estimation": clean_estimation, "seed": seed},
    )  # fmt: skip
    sides = [side for side in (first, second) if side is not None]
    groups = [
        _read_group(side, (field, name), inputs.events.known, zone)
        for side, field, name in zip(sides, ("first", "second"), names, strict=False)
    ]
    filters = tuple(filter_ for filter_, _events in groups)
    listed = tuple(events for _filter, events in groups)
    known = dict.fromkeys((*inputs.events.known, *(event for side in listed for event in side)))
    answer = compare_groups(
        inputs.series[0],
        list(map(Group, name_groups(filters), listed)),
        tuple(known),
        request,
        inputs.factors,
    )
    return Compared(answer, filters, listed, inputs.messages)


def _read_group(
    side: str | Sequence[str] | Frame,
    named: tuple[str, str],
    known: tuple[Event, ...],
    zone: str,
) -> tuple[EventFilter, tuple[Event, ...]]:
    """The filter of a group, and its events."""
    field, name = named
    is_names = isinstance(side, list | tuple) and all(isinstance(each, str) for each in side)
    if isinstance(side, str) or is_names:
        categories = [each for each in _list(side) if each != "all"]
        available = sorted({str(event.category) for event in known})
        for category in categories:
            if category not in available:
                msg = _(
                    "no event has it; choose one of {available}", available=", ".join(available)
                )
                raise InputError(msg, field=field, value=category)
        filter_ = EventFilter(categories=tuple(categories))
        return filter_, find_events(known, filter_)
    options = EventFileOptions(zone=zone)
    found, _messages, _known = read_event_frame(read_frame(side, field), options, known)
    kinds = {str(event.category) for event in found}
    label = next(iter(kinds)) if len(kinds) == 1 and kinds != {"other"} else name
    return EventFilter(categories=(label,)), found


def robustness(  # noqa: PLR0913 - the options of the command `robustness`
    rates: Rates = DEFAULT_SERIES,
    events: Events = None,
    *,
    category: Names | None = None,
    factor: Names | None = None,
    grid: Mapping[str, Any] | None = None,
    seed: int = 1,
    quote: str = AS_QUOTED_OPTION,
    zone: str = "",
    asof: str | None = None,
) -> Robustness:
    """Ask one question under every combination of choices, and how much the choices matter.

    Parameters
    ----------
    rates, events, category, factor, seed, quote, zone, asof
        As for `study`.
    grid : mapping, optional
        The choices to combine, each a sequence: `windows` (pairs of offsets), `estimations`,
        `gaps`, `models`, `overlaps`, `event_filters`; and `returns`. The 576 of the Robustness
        page by default.

    Returns
    -------
    Robustness
        With `.specifications`, `.summary()` and `.plot()`.

    Raises
    ------
    InputError
        An argument is wrong; the message names it and says what to do.
    """
    context = _get_context(asof)
    inputs = _read_inputs(
        context, rates, (events, category), factor, _RateReading(quote, zone=zone)
    )
    known_choices = [*SpecificationGrid.__dataclass_fields__][1:]
    for name in grid or {}:
        if name not in known_choices:
            msg = _("is no choice; choose one of {known}", known=", ".join(known_choices))
            raise InputError(msg, field="grid", value=name)
    choices: dict[str, Any] = {
        name: choice if isinstance(choice, str) else tuple(choice)
        for name, choice in (grid or {}).items()
    }
    ids = tuple(one.card.id for one in inputs.series)
    specifications = SpecificationGrid(series=ids, **choices)
    answer = run_robustness(
        specifications,
        inputs.series,
        inputs.events.studied,
        inputs.factors,
        seed=seed,
        categories=count_categories(inputs.events.known),
        compute=context.compute,
    )
    return Robustness(
        answer, specifications, inputs.series, tuple(_list(category)), inputs.messages
    )


# ---- facts, claims and articles


def facts(
    day: str | date,
    rates: Rates = DEFAULT_SERIES,
    *,
    since: str | date | None = None,
    quote: str = AS_QUOTED_OPTION,
    asof: str | None = None,
) -> Facts:
    """Say where a rate stood on a day, how it changed, and since when it was last there.

    Parameters
    ----------
    day : str or date
        The market day.
    rates : str, path, sequence of these, or data frame, optional
        As for `study`.
    since : str or date, optional
        One more base; records look back to it.
    quote, asof
        As for `study`.

    Returns
    -------
    Facts
        With `.facts`, `.source_moves` and `.summary()`.

    Raises
    ------
    InputError
        The day lies before the data, or an argument is wrong.
    """
    context = _get_context(asof)
    market_day = read_day(day, "day")
    base = None if since is None else read_day(since, "since")
    selection = _select_series(context, rates, _RateReading(quote))
    answers, messages = answer_facts(selection.series, market_day, base)
    moves = compare_sources_of_facts(
        daily_series(context.rates), selection.series, market_day, base
    )
    return Facts(answers, tuple(moves), selection.series, (*selection.messages, *messages))


def check_claim(
    text: str, day: str | date, *, rates: str = DEFAULT_SERIES, asof: str | None = None
) -> ClaimCheck:
    """Hold what a sentence claims about the rate against every source, base and quote.

    Parameters
    ----------
    text : str
        One or more sentences in English or Russian.
    day : str or date
        The day on which it was said.
    rates : str, optional
        The series that is answered for first.
    asof : str, optional
        The moment as of which data are known.

    Returns
    -------
    ClaimCheck
        With `.claims`, `.needed_bases` and `.summary()`.

    Raises
    ------
    InputError
        The text holds no claim about the rate.

    Examples
    --------
    >>> check = check_claim("The rouble is at about 80, its highest since June 2024.", "2025-04-21")
    >>> sorted(check.claims["kind"].unique())
    ['level', 'strongest']
    """
    context, claim_day = _get_context(asof), read_day(day, "day")
    found = parse_claims(text, claim_day)
    if not found:
        msg = _("holds no claim about a rate; give a sentence such as “the rouble rose to 80”")
        raise InputError(msg, field="text", value=text[:60])
    known = tuple(daily_series(context.rates))
    answers = tuple(answer_claim(claim, known, rates) for claim in found[:MAX_CLAIMS])
    return ClaimCheck(answers, known)


def read_article(
    article: str | Path, *, published: str | date | None = None, asof: str | None = None
) -> ArticleFindings:
    """Find the dated statements and the claims about the rate in an article.

    Parameters
    ----------
    article : str or path
        The text, or a file with a text or a web page; links are not followed.
    published : str or date, optional
        The day of publication, from which words such as “on Sunday” are counted.
    asof : str, optional
        The moment as of which data are known.

    Returns
    -------
    ArticleFindings
        With `.events` (drafts), `.claims` and `.summary()`.

    Raises
    ------
    InputError
        It cannot be read, or is a link.
    """
    context = _get_context(asof)
    if isinstance(article, str) and article.casefold().startswith(("http://", "https://")):
        msg = _("links are not followed here; give the text, or the page as a file")
        raise InputError(msg, field="article", value=article[:60])
    if isinstance(article, Path):
        found = article_from_file(article)
    else:
        found = article_from_bytes(article.encode(), "article")
    stated = None
    if published is not None:
        moment = None
        if isinstance(published, datetime) and published.tzinfo is not None:
            moment = published.astimezone(UTC)
        stated = PublicationTime(read_day(published, "published"), "given", moment)
    known = tuple(daily_series(context.rates))
    events = all_events(context.catalogue, context.notes)
    return ArticleFindings(article_service.read_article(found, known, stated, events), known)


# ---- figures


def plot_event(
    event: str,
    rates: Rates = DEFAULT_SERIES,
    *,
    window: WindowLike | None = None,
    dark: bool = False,
    asof: str | None = None,
) -> Figure:
    """Draw the rate around one event with its ordinary range, as the Event page does.

    Parameters
    ----------
    event : str
        Its id, as `load_events` gives it.
    rates : str, path or data frame, optional
        One series.
    window : str or pair of int, optional
        The event window; that of the page by default.
    dark : bool, optional
        Whether it is drawn in dark colours.
    asof : str, optional
        The moment as of which data are known.

    Returns
    -------
    plotly.graph_objects.Figure
        The path against the base, its ordinary range, and the other events in the window.

    Raises
    ------
    InputError
        There is no such event, or it cannot be studied on the series.
    """
    context = _get_context(asof)
    known = all_events(context.catalogue, context.notes)
    found = next((each for each in known if each.id == event), None)
    if found is None:
        msg = _("is no event; load_events() has the ids")
        raise InputError(msg, field="event", value=event[:80])
    series = _select_series(context, rates, _RateReading()).series[0]
    text = None if window is None else _format_window(window)
    view = build_event_view(series, found, known, default_request(series.card.bar_minutes, text))
    if not view.path:
        raise InputError(str(view.reason), field="event", value=event)
    chart = build_window_chart(view, QuotedSeries(series.card, QuoteMode.WEAKER), dark=dark)
    return draw_figure(build_window_figure(chart, get_palette(dark=dark)))


def plot_compare(
    first: str | Sequence[str] | Frame,
    second: str | Sequence[str] | Frame | None = None,
    *,
    dark: bool = False,
    each: bool = False,
    **options: Any,
) -> Figure:
    """Draw the average paths after one or two groups of events, as the Compare page does.

    Parameters
    ----------
    first, second : str, sequence of str or data frame
        As for `compare`.
    dark : bool, optional
        Whether it is drawn in dark colours.
    each : bool, optional
        Whether the path of every event is drawn.
    **options
        As for `compare`.

    Returns
    -------
    plotly.graph_objects.Figure
        The mean of each group with its bands.

    Raises
    ------
    InputError
        An argument is wrong; the message names it and says what to do.
    """
    return compare(first, second, **options).plot(dark=dark, each=each)
