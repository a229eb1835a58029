"""Commands of numbers: study, robustness, facts, export, report, reproduce."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlencode

from dashboard.cli.context import (
    DEFAULT_SERIES,
    StudyInputs,
    export_time,
    get_context,
    list_data_files,
    list_known_events,
    list_series,
    read_study_inputs,
    select_series,
    write_output,
)
from dashboard.cli.options import (
    Arg,
    AsOfOption,
    CategoryFilter,
    JsonOption,
    Opt,
    OriginFilter,
    PoolOption,
    QuoteOption,
    RatesOption,
    SeedOption,
    Texts,
)
from dashboard.models.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

    from dashboard.container import AppContext
    from dashboard.models.event import Event
    from dashboard.models.report import ReportFormat
    from dashboard.models.study import Pool, StudyAnswer, StudyRequest
    from dashboard.models.user_files import FileQuote
    from dashboard.services.bundles import BundleRequest


# ------------------------------------------------------------
# The bundle of a study, and the command that computes one again and compares.


EXIT_DIFFERENT = 1
"""As `diff` has it: 0 equal, 1 different; 2 and 3 are what they are everywhere."""


def write_bundle(file: Path, question: StudyInputs, request: StudyRequest) -> None:
    """Write the bundle of a study that was computed.

    Raises:
        InputError: the place cannot be written to, or there is too much for one file.
    """
    from dashboard.services.bundles import BundleRequest, build_bundle, study_question

    asked = BundleRequest(
        "study", question.series, question.events, question.known, request, question.factors
    )
    titles = [each.card.title for each in question.series]
    words = study_question(question.made.parameters, len(question.events), titles)
    write_output(file, build_bundle(asked, question.made, words))


def reproduce(
    bundle: Annotated[Path, Arg(metavar="BUNDLE", help="A .zip that this program wrote.")],
    *,
    as_json: JsonOption = False,
) -> int:
    """Compute a bundle again from what is in it, and say whether every file is equal.

    Exit code 0 where the files are equal, byte for byte or to 1e-12; 1 where they differ.
    """
    from dashboard.cli import output
    from dashboard.services.rates import get_series
    from dashboard.services.reproduction import reproduce_bundle as compare
    from dashboard.services.reproduction import reproduction_json

    parts = get_context()
    verdict = compare(_read_bundle(bundle), bundle.name, lambda name: get_series(parts.rates, name))
    if as_json:
        output.print_json(reproduction_json(verdict))
    else:
        output.show_reproduction(verdict)
    return EXIT_DIFFERENT if verdict.status == "different" else 0


def _read_bundle(file: Path) -> bytes:
    from dashboard.services.reproduction import MAX_ARCHIVE_BYTES

    try:
        if not file.is_file():
            msg = f"{file.name or file}: is no file; give a bundle that this program wrote"
            raise InputError(msg)
        if file.stat().st_size > MAX_ARCHIVE_BYTES:
            msg = f"{file.name}: is larger than {MAX_ARCHIVE_BYTES // 1_000_000} MB; that is no bundle"
            raise InputError(msg)
        return file.read_bytes()
    except OSError as error:
        msg = f"{file.name}: cannot be read ({error.strerror}); choose another file"
        raise InputError(msg) from error


# ------------------------------------------------------------
# The commands about numbers: study, facts, and the export of everything.


MODEL_NAMES = "none, mean, market-adjusted, market, scholes-williams or garch."


def study(  # noqa: PLR0913 - the options of the contract
    *,
    rates: RatesOption = None,
    events: Annotated[
        Path | None, Opt(metavar="FILE", help="A CSV id,date[,time_utc]… instead of ours.")
    ] = None,
    factor: Annotated[
        Texts, Opt(metavar="COLUMN|ID", help="A regressor of the normal return; repeatable.")
    ] = None,
    series: Annotated[Texts, Opt(metavar="COLUMN", help="Only this series; repeatable.")] = None,
    category: CategoryFilter = None,
    origin: OriginFilter = None,
    returns: Annotated[Literal["log", "simple"], Opt(help="How a move is counted.")] = "log",
    model: Annotated[str, Opt(metavar="MODEL", help=MODEL_NAMES)] = "mean",
    window: Annotated[
        str, Opt(metavar="A:B", help="Event window: -5:10, on bars also -2h:6h.")
    ] = "-5:10",
    car: Annotated[Texts, Opt(metavar="A:B", help="CAR window; repeatable. [default: 0:1]")] = None,
    estimation: Annotated[
        str, Opt(metavar="N", help="Returns in the estimation window; on bars also 120h.")
    ] = "120",
    gap: Annotated[str, Opt(metavar="N", help="Rows between the two windows.")] = "10",
    min_estimation: Annotated[
        str, Opt(metavar="N", help="With fewer returns an event is skipped.")
    ] = "60",
    overlap: Annotated[
        Literal["keep", "first", "exclude"], Opt(help="What to do where event windows overlap.")
    ] = "keep",
    pool: PoolOption = "near",
    clean_estimation: Annotated[
        bool, Opt("--clean-estimation", help="Estimate without the [0,1] rows of any event.")
    ] = False,
    correction: Annotated[
        Literal["holm", "hochberg", "bonferroni", "bh", "by"], Opt(help="Of the p-values.")
    ] = "holm",
    by: Annotated[
        Literal["category", "expected"], Opt(help="What makes the groups beside all events.")
    ] = "category",
    seed: SeedOption = 1,
    quote: QuoteOption = "as-quoted",
    asof: AsOfOption = None,
    out: Annotated[Path | None, Opt(metavar="DIR", help="Write the CSVs and a manifest.")] = None,
    bundle: Annotated[
        Path | None, Opt(metavar="FILE.zip", help="Write all of it to compute it again.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Study the moves around events; every event is answered, or skipped with its reason."""
    from dashboard.cli import output
    from dashboard.models import study as study_module
    from dashboard.models.study import StudyRequest
    from dashboard.services.exports import write_study
    from dashboard.services.serializers import study_json

    def request(bar_minutes: int) -> StudyRequest:
        return StudyRequest(
            returns=returns,
            model=model,
            window=study_module.read_window("window", window, bar_minutes),
            cars=study_module.read_windows("car", car or ["0:1"], bar_minutes),
            estimation=study_module.read_length("estimation", estimation, bar_minutes),
            gap=study_module.read_length("gap", gap, bar_minutes),
            min_estimation=study_module.read_length("min_estimation", min_estimation, bar_minutes),
            overlap=overlap,
            pool=pool,
            clean_estimation=clean_estimation,
            correction=correction,
            by=by,
            seed=seed,
        )

    of_rates, of_events = (rates, quote, series, factor), (events, category, origin)
    answer, question = _run_study(request, of_rates, of_events, asof=asof)
    if out is not None:
        write_study(out, answer, question.made)
    if bundle is not None:
        write_bundle(bundle, question, answer.request)
    if as_json:
        output.print_json(study_json(answer))
    else:
        output.show_study(answer, out)


def facts(  # noqa: PLR0913 - the options of the contract
    day: Annotated[str, Arg(metavar="DATE", help="As 2025-04-21.")],
    *,
    rates: RatesOption = None,
    since: Annotated[
        str | None, Opt(metavar="DATE", help="One more base; records look back to it.")
    ] = None,
    quote: QuoteOption = "as-quoted",
    asof: AsOfOption = None,
    out: Annotated[Path | None, Opt(metavar="DIR", help="Write the CSVs and a manifest.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Say where a rate stood on a day, how it changed, and since when it was last there.

    Below it, the same move of the dollar on every source there is, each by its own clock: from
    --since, or from the end of the year before.
    """
    from dashboard.cli import output, parsing
    from dashboard.services.claims import answer_facts, facts_json
    from dashboard.services.exports import Provenance, write_facts
    from dashboard.services.rates import daily_series
    from dashboard.services.source_moves import (
        compare_sources_of_facts,
        resolve_base_day,
        source_series_ids,
    )

    asked, base = parsing.read_day("DATE", day), parsing.read_optional_day("since", since)
    parts = get_context(asof)
    chosen = select_series(parts, rates, quote)
    answers, left_out = answer_facts(chosen.series, asked, base)
    output.print_notices(left_out)
    known = daily_series(parts.rates)
    moves = compare_sources_of_facts(known, chosen.series, asked, base)
    if out is not None:
        made = Provenance(
            {"date": day, "since": since, "quote": quote, **_as_of_parameters(asof)},
            list_data_files(parts, chosen, source_series_ids(known) if moves else ()),
            export_time(parts),
        )
        write_facts(out, answers, moves, made)
    if as_json:
        output.print_json(facts_json(asked, answers, moves))
        return
    cards = {series.card.id: series.card for series in chosen.series}
    for answer in answers:
        output.show_facts(answer, cards[answer.series])
    if moves:
        output.show_source_moves(moves, resolve_base_day(asked, base), asked)
    if out is not None:
        output.print_line(f"written to {out}")


def export_everything(
    folder: Annotated[Path, Arg(metavar="DIR", help="Made if it is not there.")],
    *,
    asof: AsOfOption = None,
) -> None:
    """Write everything: rates, events and notes, the study with its windows, a manifest."""
    from dashboard.cli import output
    from dashboard.models.study import DEFAULT_CAR_WINDOWS, StudyRequest
    from dashboard.services.exports import write_full_export

    parts = get_context(asof)
    answer, question = _run_study(lambda _: StudyRequest(cars=DEFAULT_CAR_WINDOWS), asof=asof)
    made = question.made
    write_full_export(
        folder, answer, made, series=list_series(parts), events=list_known_events(parts)
    )
    output.show_study(answer, folder)


def _run_study(
    request: Callable[[int], StudyRequest],
    of_rates: tuple[Texts, FileQuote | None, Texts, Texts] = (None, None, None, None),
    of_events: tuple[Path | None, Texts, str | None] = (None, None, None),
    asof: str | None = None,
) -> tuple[StudyAnswer, StudyInputs]:
    """The answer of a study, and what went into it.

    Args:
        request: what is asked of series with bars of so many minutes, 0 for days.
        of_rates: ids or files, quote, columns, factors.
        of_events: a file, categories, origin.
        asof: the moment as which rates and events are known; None: now.
    """
    parts = get_context(asof)
    from dashboard.services.study import common_bar_minutes, run_study

    question = read_study_inputs(parts, of_rates, of_events)
    answer = run_study(
        question.series,
        question.events,
        request(common_bar_minutes(question.series, question.factors)),
        known=question.known,
        factors=question.factors,
        compute=parts.compute,
    )
    made = question.made
    frozen = replace(made, parameters={**made.parameters, **_as_of_parameters(asof)})
    return answer, replace(question, made=frozen)


def _as_of_parameters(asof: str | None) -> dict[str, str]:
    """What a manifest says of a frozen answer; nothing of a live one."""
    return {} if asof is None else {"asof": asof}


# ------------------------------------------------------------
# The command about robustness: one question under every defensible choice.


def robustness(  # noqa: PLR0913 - the options of the contract
    *,
    rates: RatesOption = None,
    events: Annotated[
        Path | None, Opt(metavar="FILE", help="A CSV id,date[,time_utc]… instead of ours.")
    ] = None,
    factor: Annotated[Texts, Opt(metavar="COLUMN|ID", help="For models with factors.")] = None,
    series: Annotated[Texts, Opt(metavar="COLUMN", help="Only this series; repeatable.")] = None,
    category: CategoryFilter = None,
    origin: OriginFilter = None,
    returns: Annotated[Literal["log", "simple"], Opt(help="How a move is counted.")] = "log",
    car: Annotated[Texts, Opt(metavar="A:B", help="Windows to try; repeatable.")] = None,
    estimation: Annotated[Texts, Opt(metavar="N", help="Lengths to try; repeatable.")] = None,
    gap: Annotated[Texts, Opt(metavar="N", help="Gaps to try; repeatable.")] = None,
    model: Annotated[Texts, Opt(help="Models to try; repeatable.")] = None,
    overlap: Annotated[Texts, Opt(help="keep, first, exclude; repeatable.")] = None,
    event_filter: Annotated[
        Texts, Opt("--filter", help="all, high-confidence, hour-known, alone; repeatable.")
    ] = None,
    seed: SeedOption = 1,
    quote: QuoteOption = "as-quoted",
    out: Annotated[Path | None, Opt(metavar="DIR", help="Write specifications.csv there.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask one question under every combination of choices, and how much the choices matter."""
    from dashboard.cli import output
    from dashboard.models import study as study_module
    from dashboard.models.analyses import SpecificationGrid
    from dashboard.services.exports import robustness_json, write_robustness
    from dashboard.services.robustness import count_categories, run_robustness
    from dashboard.services.study import common_bar_minutes

    parts = get_context()
    question = read_study_inputs(parts, (rates, quote, series, factor), (events, category, origin))
    bar = common_bar_minutes(question.series, question.factors)
    chosen = {
        "windows": study_module.read_windows("car", car or (), bar),
        "estimations": [study_module.read_length("estimation", n, bar) for n in estimation or ()],
        "gaps": [study_module.read_length("gap", n, bar) for n in gap or ()],
        "models": model,
        "overlaps": overlap,
        "event_filters": event_filter,
    }
    given = {name: tuple(dict.fromkeys(values)) for name, values in chosen.items() if values}
    ids = tuple(each.card.id for each in question.series)
    grid = SpecificationGrid(series=ids, returns=returns, **given)  # type: ignore[arg-type]
    with specification_progress() as told:
        answer = run_robustness(
            grid,
            question.series,
            question.events,
            question.factors,
            seed=seed,
            categories=count_categories(question.known),
            compute=parts.compute,
            progress=told,
        )
    if out is not None:
        write_robustness(out, answer, grid, question.made)
    if as_json:
        output.print_json(robustness_json(answer))
    else:
        output.show_robustness(answer, out)


@contextmanager
def specification_progress() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while specifications run; none where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("specifications", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


# ------------------------------------------------------------
# The command that reports one event: a page, a PDF, a picture, or its bundle.


DEFAULT_PAGES_URL = "http://127.0.0.1:8501"
BUNDLE_SUFFIX = ".zip"


def report(  # noqa: PLR0913 - the options of the contract
    event: Annotated[str, Arg(metavar="EVENT_ID", help="As `events list` prints it.")],
    *,
    out: Annotated[
        Path, Opt(metavar="FILE", help="Ends with .html, .pdf, .png, .svg, or .zip for the bundle.")
    ],
    rates: Annotated[str, Opt("--rates", metavar="ID", help="A series.")] = DEFAULT_SERIES,
    window: Annotated[str | None, Opt(metavar="A:B", help="Event window: -5:10, -2h:6h.")] = None,
    pool: PoolOption = "near",
    pages: Annotated[
        str, Opt(metavar="URL", help="Where the pages are, for the link.")
    ] = DEFAULT_PAGES_URL,
) -> None:
    """Report an event: what its page says, with chart, tables, sources and link."""
    from dashboard.cli.output import print_line
    from dashboard.services.bundles import BundleRequest
    from dashboard.services.exports import report_format
    from dashboard.services.rates import get_series
    from dashboard.services.study_inputs import default_request

    kind = None if out.suffix.lower() == BUNDLE_SUFFIX else report_format(out)
    parts = get_context()
    known, series = list_known_events(parts), get_series(parts.rates, rates)
    request = default_request(series.card.bar_minutes, window)
    asked = BundleRequest("event", (series,), (_find_event(known, event),), known, request)
    if kind is None:
        content = _event_bundle(parts, asked)
    else:
        content = _event_report(kind, asked, export_time(parts), (pages, window, pool))
    write_output(out, content)
    print_line(f"written to {out}")


def _event_bundle(parts: AppContext, asked: BundleRequest) -> bytes:
    from dashboard.services.bundles import build_event_bundle, source_files
    from dashboard.services.exports import Provenance

    files = source_files(parts.rates, [each.card.id for each in asked.series])
    return build_event_bundle(asked, Provenance({"quote": "as-quoted"}, files, export_time(parts)))


def _event_report(
    kind: ReportFormat, asked: BundleRequest, moment: datetime, way: tuple[str, str | None, Pool]
) -> bytes:
    """The report of an event; `way` says where the pages are, the window typed, and the pool."""
    from dashboard.models.series import as_of_text
    from dashboard.presentation.quoting import QuotedSeries, QuoteMode
    from dashboard.presentation.reports import ReportContext, build_event_report, build_event_url
    from dashboard.services.exports import write_report
    from dashboard.services.study import build_event_view

    (series,), (event,) = asked.series, asked.events
    pages, window, pool = way
    view = build_event_view(series, event, asked.known, asked.request)
    live = build_event_url(pages, view, window, pool)
    frozen = f"{live}&{urlencode({'asof': as_of_text(moment.replace(microsecond=0))})}"
    made = ReportContext(moment, live, frozen)
    quoting = QuotedSeries(series.card, QuoteMode.WEAKER)
    return write_report(build_event_report(view, series, quoting, pool, made), kind)


def _find_event(known: tuple[Event, ...], event_id: str) -> Event:
    found = next((each for each in known if each.id == event_id), None)
    if found is None:
        msg = f"event {event_id}: is not there; `events list --text WORDS` finds its id"
        raise InputError(msg)
    return found
