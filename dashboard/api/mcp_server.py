"""The services as tools of the Model Context Protocol: read-only, over stdio or HTTP.

Every answer is what a page says, with its N, the last day of its data, its caution and the link of
the page. The SDK is the extra `agents` and is imported when a server is built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlencode

from anyio import to_thread
from starlette.requests import Request

from dashboard import __version__
from dashboard.api.dependencies import get_live_context, get_reader, known_events, read_token
from dashboard.api.errors import Problem, problem_response
from dashboard.container import AppContext, context_as_of, context_for
from dashboard.models.errors import InputError, RoubleReactionError
from dashboard.models.event import Event
from dashboard.models.messages import translate as _
from dashboard.models.messages import translate_deferred
from dashboard.models.people import Reader, Role, SignInRequired
from dashboard.models.series import RateSeries, read_as_of
from dashboard.models.study import StudyRequest
from dashboard.notebooks import analysis
from dashboard.notebooks.frames import read_day
from dashboard.notebooks.results import Result
from dashboard.presentation.comparison import STEP_TITLES
from dashboard.presentation.correlation import describe_answer, describe_lead_lag
from dashboard.presentation.events import format_headline
from dashboard.presentation.formatting import capitalize_first
from dashboard.presentation.quoting import QuotedSeries, QuoteMode
from dashboard.presentation.reports import (
    CAUSALITY_CAUTION,
    ReportContext,
    build_event_report,
    build_event_url,
    format_as_of,
)
from dashboard.services.compare import relate_events
from dashboard.services.events import EventFilter, find_events
from dashboard.services.method import describe_method
from dashboard.services.rates import DEFAULT_SERIES, get_series, list_cards
from dashboard.services.serializers import table_json
from dashboard.services.study import build_event_view, largest_moves
from dashboard.services.study_inputs import available_factors, check_categories, default_request

if TYPE_CHECKING:
    from mcp.server import MCPServer
    from starlette.types import ASGIApp, Receive, Scope, Send

Answer: TypeAlias = dict[str, Any]

MAX_ROWS: Final = 200
DEFAULT_ROWS: Final = 50
MAX_COUNT: Final = 20
PATH: Final = "/mcp"
INSTRUCTIONS: Final = (
    "What the news did to the exchange rate of the rouble: published rates, dated events, event"
    " studies with tests declared in advance, and claim checks. Everything is read-only. Moves are"
    " the rouble's: positive = stronger, fewer roubles per dollar. Quote `answer` with its `n`,"
    " `as_of` and `caution`, and give `link`, the page with chart and tables. A p-value is"
    " corrected for what was asked in one call, not for what you tried before. `after` is no"
    " `because of`."
)


NOBODY: Final = Reader("", Role.VIEWER)


# ---- who asks


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, with the context as that person may use it, and where the pages are."""

    context: AppContext
    address: str
    reader: Reader = NOBODY

    def at(self, asof: str | None) -> AppContext:
        """The context, live or as of a moment."""
        if asof is None:
            return self.context
        return context_as_of(self.context, read_as_of("asof", asof))


_ASKING: ContextVar[Asking] = ContextVar("asking")


@contextmanager
def answer_as(asking: Asking) -> Iterator[None]:
    """Answer the calls of one reader."""
    token = _ASKING.set(asking)
    try:
        yield
    finally:
        _ASKING.reset(token)


def _link(path: str, **params: object) -> str:
    """The address of a page with its settings."""
    query = urlencode({key: value for key, value in params.items() if value}, doseq=True)
    return f"{_ASKING.get().address}/{path}{'?' if query else ''}{query}"


def _answer(text: str, n: int, series: tuple[RateSeries, ...], link: str, **more: object) -> Answer:
    """An answer with what must stand with it."""
    known = "; ".join(f"{one.card.id}: {format_as_of(one)}" for one in series)
    return {
        "answer": text,
        "n": n,
        "as_of": known,
        "caution": translate_deferred(CAUSALITY_CAUTION),
        "link": link,
        **more,
    }


def _answer_result(result: Result, n: int, link: str, **more: object) -> Answer:
    """The answer of a result of the Python interface."""
    return _answer(result.summary(), n, result.series[:3], link, **more)


def _limit(limit: int, most: int = MAX_ROWS) -> int:
    if not 1 <= limit <= most:
        msg = _("must lie between 1 and {most}", most=most)
        raise InputError(msg, field="limit", value=limit)
    return limit


# ---- rates and events


def list_series() -> Answer:
    """List the series of rates there are: id, title, unit, publisher, first and last day."""
    context = _ASKING.get().context
    series = [get_series(context.rates, card.id) for card in list_cards(context.rates)]
    rows = [
        {
            "id": one.card.id,
            "title": one.card.label,
            "unit": one.card.unit,
            "publisher": one.card.publisher_label,
            "from": str(one.day[0]),
            "to": str(one.day[-1]),
        }
        for one in series
        if len(one)
    ]
    text = "; ".join(f"{row['id']}: {row['title']} ({row['unit']})" for row in rows)
    return _answer(text, len(rows), (), _link("data"), rows=rows)


def rates(
    series: str = DEFAULT_SERIES,
    since: str | None = None,
    until: str | None = None,
    limit: int = DEFAULT_ROWS,
    asof: str | None = None,
) -> Answer:
    """Give published rates of a series, the last ones of a period.

    `date` is the printed date, `day` the market day, `known_at` the moment it was known.
    """
    whole = get_series(_ASKING.get().at(asof).rates, series)
    period = whole.between(
        None if since is None else read_day(since, "since"),
        None if until is None else read_day(until, "until"),
    )
    shown = period.part(slice(-_limit(limit), None))
    text = _("{count:,} rates of {title}", count=len(period), title=whole.card.label)
    link = _link("", **{"from": since, "to": until, "series": _other(series), "asof": asof})
    return _answer(text, len(period), (whole,), link, rows=table_json("rates", [shown]))


def largest_moves_of_period(
    since: str, until: str, series: str = DEFAULT_SERIES, count: int = 5, asof: str | None = None
) -> Answer:
    """Give the days of a period that moved a rate most, and the events their rates can contain."""
    context = _ASKING.get().at(asof)
    one = get_series(context.rates, series)
    days = read_day(since, "since"), read_day(until, "until")
    moves = largest_moves(one, known_events(context), *days, _limit(count, MAX_COUNT))
    quoting = QuotedSeries(one.card, QuoteMode.WEAKER)
    rows = [
        {
            "day": move.day.isoformat(),
            "rate": move.rate,
            "base_day": move.base_day.isoformat(),
            "base_rate": move.base_rate,
            "move": quoting.move(move.log_points),
            "percentile": move.rank.percentile,
            "events": [event.title for event in move.events],
        }
        for move in moves
    ]
    lines = [
        f"{row['day']}: {row['move']}, {row['base_rate']} -> {row['rate']}"
        f" ({'; '.join(row['events']) or '-'})"  # type: ignore[arg-type]
        for row in rows
    ]
    link = _link("", **{"from": since, "to": until, "series": _other(series), "asof": asof})
    return _answer("\n".join(lines), len(rows), (one,), link, rows=rows)


def events(  # noqa: PLR0913, PLR0917 - the filters of the list of events
    category: str | None = None,
    text: str = "",
    since: str | None = None,
    until: str | None = None,
    limit: int = DEFAULT_ROWS,
    asof: str | None = None,
) -> Answer:
    """Find dated events by category, words and period: id, date, title, source."""
    known = known_events(_ASKING.get().at(asof))
    categories = () if category is None else (category,)
    check_categories(known, categories)
    first = None if since is None else read_day(since, "since")
    last = None if until is None else read_day(until, "until")
    found = find_events(known, EventFilter(categories, text, first, last))
    answer = _("{count:,} events", count=len(found))
    link = _link("events", cat=category, q=text, **{"from": since, "to": until})
    rows = table_json("event_list", found[: _limit(limit)])
    return _answer(answer, len(found), (), link, rows=rows)


def event_window(
    event_id: str,
    series: str = DEFAULT_SERIES,
    window: str | None = None,
    asof: str | None = None,
) -> Answer:
    """Say what a rate did around one event, and whether such a move is ordinary."""
    asking = _ASKING.get()
    context = asking.at(asof)
    known, one = known_events(context), get_series(context.rates, series)
    event = _find_event(known, event_id)
    view = build_event_view(one, event, known, default_request(one.card.bar_minutes, window))
    quoting = QuotedSeries(one.card, QuoteMode.WEAKER)
    link = build_event_url(asking.address, view, window, "near")
    link += f"&{urlencode({'asof': asof})}" if asof else ""
    moment = datetime.now(UTC) if asof is None else read_as_of("asof", asof)
    report = build_event_report(view, one, quoting, "near", ReportContext(moment, link))
    headline, unusual = format_headline(view, quoting)
    head = f"{headline}. {capitalize_first(unusual)}." if unusual else f"{headline}."
    text = "\n".join(dict.fromkeys([head, *report.paragraphs, *report.cautions]))
    rows = table_json("event_moves", [view])
    path = table_json("event_window", [view])
    return _answer(text, view.n_estimation, (one,), link, rows=rows, path=path)


def _find_event(known: tuple[Event, ...], event_id: str) -> Event:
    event = next((each for each in known if each.id == event_id), None)
    if event is None:
        msg = _("is no event; the tool `events` finds ids")
        raise InputError(msg, field="event_id", value=event_id[:80])
    return event


def _other(series: str) -> str:
    """The series where it is not the default one, as a link has it."""
    return "" if series == DEFAULT_SERIES else series


# ---- studies


def study(  # noqa: PLR0913, PLR0917 - the parameters of a study
    category: str | None = None,
    series: str = DEFAULT_SERIES,
    model: str = "mean",
    window: str = "-5:10",
    car: str = "0:1",
    asof: str | None = None,
) -> Answer:
    """Study the moves after events of a category, or of all: the declared test of each group."""
    result = _run_heavy(
        lambda: analysis.study(
            series, category=category, model=model, window=window, car=car, asof=asof
        )
    )
    link = _link("compare", cat=category or "all", series=_other(series), asof=asof)
    rows = table_json("headline", result.answer.headlines)
    return _answer_result(result, result.answer.used, link, rows=rows)


def compare(
    first: str,
    second: str | None = None,
    series: str = DEFAULT_SERIES,
    car: str = "0:1",
    asof: str | None = None,
) -> Answer:
    """Judge the moves after one category of events, or compare those after two.

    `lost` says at which step events are lost, and how many are used.
    """
    result = _run_heavy(lambda: analysis.compare(first, second, rates=series, car=car, asof=asof))
    lost = [
        {
            "group": group.study.name,
            "step": translate_deferred(STEP_TITLES[step.name]),
            "left": step.left,
            "lost": [row.event_id for row in step.lost],
        }
        for group in result.groups
        for step in group.study.steps
    ]
    link = _link("compare", cat=first, bcat=second, series=_other(series), asof=asof)
    rows = [row for group in result.answer.groups for row in group.headlines]
    n = sum(group.study.n for group in result.groups)
    return _answer_result(result, n, link, rows=table_json("headline", rows), lost=lost)


def robustness(category: str, series: str = DEFAULT_SERIES, asof: str | None = None) -> Answer:
    """Ask about one category under 576 combinations of choices: does the answer survive?"""
    result = _run_heavy(lambda: analysis.robustness(series, category=category, asof=asof))
    link = _link("robustness", cat=category, series=_other(series), asof=asof)
    return _answer_result(result, max(row.n for row in result.answer.rows), link)


def correlation(
    category: str | None = None, series: str = DEFAULT_SERIES, asof: str | None = None
) -> Answer:
    """Ask whether a rate moves before or after events: correlations by lag, with their bands."""
    context = _ASKING.get().at(asof)
    one, known = get_series(context.rates, series), known_events(context)
    check_categories(known, () if category is None else (category,))
    controls = [
        get_series(context.rates, card.id)
        for card in available_factors(one.card, list_cards(context.rates))
        if card.id == "eur_usd_ecb"
    ]
    request = replace(StudyRequest(), cars=((0, 1),))
    related = _run_heavy(lambda: relate_events(one, known, known, request, controls))
    rows = [row for row in related.correlations if category in {None, row.group}]
    text = "\n".join(
        [
            f"{describe_answer(related.correlations, related.directions, related.used)}.",
            describe_lead_lag(related.correlations),
        ]
    )
    link = _link("correlation", cat=category, series=_other(series), asof=asof)
    table = table_json("correlation", rows)
    return _answer(text, related.used, (one,), link, rows=table)


def _run_heavy(work: Callable[[], Any]) -> Any:
    """A computation when it is its turn, as the API has it."""
    asking = _ASKING.get()
    asking.context.limits.take(asking.reader.person, "study")
    return asking.context.heavy_reads.run(work)


# ---- facts, claims and the method


def facts(
    day: str, series: str = DEFAULT_SERIES, since: str | None = None, asof: str | None = None
) -> Answer:
    """Say where a rate stood on a day, how it changed, and since when it was last there."""
    result = analysis.facts(day, series, since=since, asof=asof)
    rows = table_json("facts", result.answers)
    link = _link("facts", day=day, series=_other(series), asof=asof)
    return _answer_result(result, len(result.answers), link, rows=rows)


def check_claim(
    text: str, day: str, series: str = DEFAULT_SERIES, asof: str | None = None
) -> Answer:
    """Hold what a sentence claims about the rate against every source, base and quote."""
    result = analysis.check_claim(text, day, rates=series, asof=asof)
    link = _link("facts", day=day, series=_other(series), asof=asof)
    rows = result.to_markdown()
    return _answer_result(result, len(result.answers), link, table=rows)


def method(name: str | None = None) -> Answer:
    """Say what a test or a model is: null hypothesis, assumptions, source; all without a name."""
    description = describe_method()
    rows = [
        {"id": test.id, "title": translate_deferred(test.title),
         "null_hypothesis": translate_deferred(test.null_hypothesis),
         "assumptions": translate_deferred(test.assumptions), "reference": test.reference}
        for test in description.tests
    ] + [
        {"id": model.id, "title": translate_deferred(model.title), "says": model.says,
         "reference": model.reference}
        for model in description.models
    ]  # fmt: skip
    chosen = [row for row in rows if name in {None, row["id"]}]
    if not chosen:
        msg = _("is no test and no model; choose one of {known}",
                known=", ".join(row["id"] for row in rows))  # fmt: skip
        raise InputError(msg, field="name", value=name or "")
    text = "\n".join(f"{row['id']}: {row['title']}" for row in chosen)
    return _answer(text, len(chosen), (), _link("method"), rows=chosen)


TOOLS: Final[dict[str, Callable[..., Answer]]] = {
    "list_series": list_series,
    "rates": rates,
    "largest_moves": largest_moves_of_period,
    "events": events,
    "event_window": event_window,
    "study": study,
    "compare": compare,
    "robustness": robustness,
    "correlation": correlation,
    "facts": facts,
    "check_claim": check_claim,
    "method": method,
}


# ---- the server


def build_server(asking: Asking | None = None) -> MCPServer:
    """The server with its tools.

    Args:
        asking: who asks over stdio; over HTTP each request says so itself.

    Raises:
        InputError: the extra is not installed.
    """
    try:
        from mcp.server import MCPServer
        from mcp.types import ToolAnnotations
    except ImportError:
        msg = _("needs the extra `agents`; install it: pip install 'rouble-reaction[agents]'")
        raise InputError(msg, field="mcp") from None
    server: MCPServer = MCPServer(
        "rouble-reaction",
        title="Rouble Reaction",
        instructions=INSTRUCTIONS,
        version=__version__,
        log_level="ERROR",
    )
    reading = ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )
    for name, tool in TOOLS.items():
        server.add_tool(_one_line_errors(tool, asking), name=name, annotations=reading)
    return server


def _one_line_errors(tool: Callable[..., Answer], asking: Asking | None) -> Callable[..., Answer]:
    """A tool whose errors are one line for the program that asks."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(tool)
    def answer(**arguments: Any) -> Answer:
        asks = asking or _ASKING.get()
        try:
            with answer_as(asks), analysis.use_context(asks.context):
                return tool(**arguments)
        except RoubleReactionError as error:
            raise ToolError(" ".join(str(error).split())) from None

    return answer


def serve_stdio(asking: Asking) -> None:
    """Serve the program that started this one, until it closes its pipe."""
    build_server(asking).run("stdio")


def build_http_app(address: str) -> ASGIApp:
    """The server as an ASGI application at `/mcp`, with the tokens of the API.

    Args:
        address: where the pages are, for links.
    """
    application = build_server().streamable_http_app(
        streamable_http_path=PATH, json_response=True, stateless_http=True
    )
    return _ReaderMiddleware(application, address)


class _ReaderMiddleware:
    """Looks up who asks: the person of a token, else nobody where nobody has to sign in."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        self.app = app
        self.address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            asking = await to_thread.run_sync(self._read, Request(scope))
        except Problem as problem:
            response = problem_response(problem.status, problem.detail, PATH)
        except SignInRequired as error:
            response = problem_response(401, str(error), PATH)
        except RoubleReactionError as error:
            response = problem_response(403, str(error), PATH)
        else:
            with answer_as(asking):
                await self.app(scope, receive, send)
            return
        await response(scope, receive, send)

    def _read(self, request: Request) -> Asking:
        live = get_live_context()
        reader = get_reader(request, live, read_token(request, live))
        return Asking(context_for(live, reader), self.address, reader)
