"""Commands of numbers: study, robustness, facts, export, report, reproduce."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlencode

from dashboard.cli import options
from dashboard.cli.baskets import BasketStudy, study_basket
from dashboard.cli.context import (
    AS_THE_FILES_SAY,
    DEFAULT_PAGES_URL,
    DEFAULT_SERIES,
    FileReading,
    StudyInputs,
    export_time,
    fetch_tickers,
    find_known_event,
    get_context,
    list_data_files,
    list_known_events,
    list_series,
    read_study_inputs,
    select_series,
    write_output,
)
from dashboard.cli.options import Arg, JsonOption, Opt, Texts
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _

if TYPE_CHECKING:
    from datetime import date, datetime

    from dashboard.container import AppContext
    from dashboard.models.event import Event
    from dashboard.models.study import Pool, StudyAnswer, StudyRequest
    from dashboard.models.tables import ReportFormat
    from dashboard.models.user_files import CsvDialect
    from dashboard.services.bundles import BundleRequest
    from dashboard.services.exports import Provenance


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
EXIT_DIFFERENT = 1
"""As in `diff`: 0 equal, 1 different; 2 and 3 as for every command."""


def write_bundle(file: Path, inputs: StudyInputs, request: StudyRequest) -> None:
    """Write the bundle of a study.

    Raises:
        InputError: the file cannot be written, or there is too much for one file.
    """
    from dashboard.services.bundles import BundleRequest, build_bundle, study_question

    bundle_request = BundleRequest(
        "study", inputs.series, inputs.events, inputs.known, request, inputs.factors
    )
    titles = [series.card.title for series in inputs.series]
    description = study_question(inputs.made.parameters, len(inputs.events), titles)
    content = build_bundle(bundle_request, inputs.made, description)
    write_output(file, content, is_private=inputs.made.is_private)


def reproduce(
    bundle: Annotated[
        Path, Arg(metavar="BUNDLE", help=deferred("A .zip that this program wrote."))
    ],
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

    context = get_context()
    result = compare(
        _read_bundle(bundle), bundle.name, lambda name: get_series(context.rates, name)
    )
    if as_json:
        output.print_json(reproduction_json(result))
    else:
        output.show_reproduction(result)
    return EXIT_DIFFERENT if result.status == "different" else 0


def _read_bundle(file: Path) -> bytes:
    from dashboard.services.reproduction import MAX_ARCHIVE_BYTES

    try:
        if not file.is_file():
            msg = _(
                "{value}: is no file; give a bundle that this program wrote",
                value=file.name or file,
            )
            raise InputError(msg)
        if file.stat().st_size > MAX_ARCHIVE_BYTES:
            limit = MAX_ARCHIVE_BYTES // 1_000_000
            msg = _(
                "{name}: is larger than {limit} MB; that is no bundle", name=file.name, limit=limit
            )
            raise InputError(msg)
        return file.read_bytes()
    except OSError as error:
        msg = _(
            "{name}: cannot be read ({reason}); choose another file",
            name=file.name,
            reason=error.strerror,
        )
        raise InputError(msg) from error


# ------------------------------------------------------------------ study, facts, export

MODEL_NAMES = deferred("none, mean, market-adjusted, market, scholes-williams or garch.")


def study(  # noqa: PLR0913 - the options of the contract
    *,
    rates: options.RatesOption = None,
    events: Annotated[
        Path | None,
        Opt(metavar="FILE", help=deferred("Events instead of ours, as `events import` reads.")),
    ] = None,
    factor: Annotated[
        Texts,
        Opt(metavar="COLUMN|ID", help=deferred("A regressor of the normal return; repeatable.")),
    ] = None,
    series: Annotated[
        Texts, Opt(metavar="COLUMN", help=deferred("Only this series; repeatable."))
    ] = None,
    basket: Annotated[
        str,
        Opt(
            metavar="NAME|FILE",
            help=deferred("Every series of a basket, each by itself; or of a file, one a line."),
        ),
    ] = "",
    event: Annotated[
        str, Opt("--event", metavar="ID", help=deferred("Of a basket: only this event."))
    ] = "",
    category: options.CategoryFilter = None,
    origin: options.OriginFilter = None,
    returns: Annotated[
        Literal["log", "simple", "difference"],
        Opt(help=deferred("How a move is counted; difference is for rates in per cent.")),
    ] = "log",
    model: Annotated[str, Opt(metavar="MODEL", help=MODEL_NAMES)] = "mean",
    window: Annotated[
        str, Opt(metavar="A:B", help=deferred("Event window: -5:10, on bars also -2h:6h."))
    ] = "-5:10",
    car: Annotated[
        Texts, Opt(metavar="A:B", help=deferred("CAR window; repeatable. [default: 0:1]"))
    ] = None,
    estimation: Annotated[
        str, Opt(metavar="N", help=deferred("Returns in the estimation window; on bars also 120h."))
    ] = "120",
    gap: Annotated[str, Opt(metavar="N", help=deferred("Rows between the two windows."))] = "10",
    min_estimation: Annotated[
        str, Opt(metavar="N", help=deferred("With fewer returns an event is skipped."))
    ] = "60",
    overlap: Annotated[
        Literal["keep", "first", "exclude"],
        Opt(help=deferred("What to do where event windows overlap.")),
    ] = "keep",
    pool: options.PoolOption = "near",
    clean_estimation: Annotated[
        bool,
        Opt("--clean-estimation", help=deferred("Estimate without the [0,1] rows of any event.")),
    ] = False,
    correction: Annotated[
        Literal["holm", "hochberg", "bonferroni", "bh", "by"],
        Opt(help=deferred("Of the p-values.")),
    ] = "holm",
    by: Annotated[
        Literal["category", "expected"],
        Opt(help=deferred("What makes the groups, next to all events.")),
    ] = "category",
    dose: Annotated[
        Literal["surprise", "change", "intensity"] | None,
        Opt(help=deferred("Set the moves against this number of the events.")),
    ] = None,
    regress: Annotated[
        Texts,
        Opt(metavar="COLUMN", help=deferred("Regress the CARs on it; repeatable.")),
    ] = None,
    split: Annotated[
        str | None,
        Opt(
            metavar="regimes|method-breaks|DATES",
            help=deferred("Answer for each period too; DATES as 2022-02-24,2024-06-13."),
        ),
    ] = None,
    by_story: Annotated[
        Literal["first", "span"] | None,
        Opt(
            "--by-story",
            help=deferred(
                "The first event of each story, or the whole of it as one span that ends where the"
                " first --car ends after the last event."
            ),
        ),
    ] = None,
    seed: options.SeedOption = 1,
    quote: options.QuoteOption = "as-quoted",
    date: options.RateDateColumnOption = "",
    dates: options.RateDateOrderOption = None,
    zone: options.RateZoneOption = "",
    stamps: options.BarStampsOption = None,
    columns: options.ColumnMapOption = None,
    asof: options.AsOfOption = None,
    out: Annotated[
        Path | None, Opt(metavar="DIR", help=deferred("Write the CSVs, a workbook, a manifest."))
    ] = None,
    dialect: options.DialectOption = "plain",
    bundle: Annotated[
        Path | None, Opt(metavar="FILE.zip", help=deferred("Write all of it to compute it again."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Study the moves around events; every event is answered, or skipped with its reason."""
    from dashboard.models import study as study_module
    from dashboard.models.study import StudyRequest

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

    rate_selection, event_selection = (rates, quote, series, factor), (events, category, origin)
    reading = FileReading(date, dates, zone, stamps, columns)
    if basket or event:
        others: dict[str, object] = {
            "rates": rates,
            "factor": factor,
            "series": series,
            "bundle": bundle,
        }
        others |= {"by_story": by_story, "split": split, "dose": dose, "regress": regress}
        _check_basket_options(basket, others)
        query = BasketStudy(
            basket, event, *event_selection, reading, request(0), asof, out, dialect, as_json
        )
        study_basket(query)
        return
    if by_story == "span":
        _refuse_options_of_events({"split": split, "dose": dose, "regress": regress})
        inputs = _read_inputs(rate_selection, event_selection, reading, asof)
        _study_spans(inputs, request, (out, dialect), as_json=as_json)
        return
    answer, inputs = _run_study(
        request,
        rate_selection,
        event_selection,
        reading,
        asof=asof,
        is_by_story=by_story is not None,
    )
    if bundle is not None:
        write_bundle(bundle, inputs, answer.request)
    from dashboard.services.compare import relate_to_columns

    tables: dict[str, Sequence[Any]] = {
        **relate_to_columns(answer.results, dose, regress or ()),
        **_split_answer(split, answer, inputs),
    }
    _give_study(answer, replace(inputs.made, dialect=dialect), tables, out, as_json=as_json)


def _give_study(
    answer: StudyAnswer,
    made: Provenance,
    tables: Mapping[str, Sequence[Any]],
    folder: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write a study to a folder if one is named, and print it or its JSON.

    `tables` holds the objects of those that were asked for beside the tables of every study.
    """
    from dashboard.cli import listings, output
    from dashboard.services.exports import write_study
    from dashboard.services.serializers import study_json, table_json

    if folder is not None:
        write_study(folder, answer, made, tables)
    if as_json:
        more = {name: table_json(name, objects) for name, objects in tables.items()}
        output.print_json(study_json(answer) | more)
        return
    output.show_study(answer, folder)
    if tables.get("split") and folder is None:
        listings.show_split(tables["split"], answer.results[0].series.card)
    output.show_relations(
        tables, {item.series.card.id: item.series.card for item in answer.results}
    )


def _refuse_options_of_events(given: Mapping[str, object]) -> None:
    for name, value in given.items():
        if value:
            msg = _("is of events, and spans of stories were named; leave one of the two out")
            raise InputError(msg, field=name)


def _split_answer(
    split: str | None, answer: StudyAnswer, inputs: StudyInputs
) -> dict[str, Sequence[Any]]:
    """The declared tests of the groups of a study in each period; no table without a split."""
    if split is None:
        return {}
    from dashboard.services.regimes import group_events, read_split, split_study

    rows = split_study(
        inputs.series,
        group_events(inputs.events, answer.request.by),
        read_split(split, inputs.series[0], inputs.known),
        answer.request,
        known=inputs.known,
        factors=inputs.factors,
    )
    return {"split": rows} if rows else {}


def _check_basket_options(basket: str, others: dict[str, object]) -> None:
    """Refuse an event without a basket, and what a basket replaces.

    Raises:
        InputError: naming the option.
    """
    if not basket:
        raise InputError(_("needs --basket, the series to compare"), field="event")
    for name, value in others.items():
        if value:
            raise InputError(_("cannot be given with a basket; leave one out"), field=name)


def facts(  # noqa: PLR0913 - the options of the contract
    day: Annotated[str, Arg(metavar="DATE", help="As 2025-04-21.")],
    *,
    rates: options.RatesOption = None,
    since: Annotated[
        str | None, Opt(metavar="DATE", help=deferred("One more base; records look back to it."))
    ] = None,
    quote: options.QuoteOption = "as-quoted",
    asof: options.AsOfOption = None,
    out: Annotated[
        Path | None, Opt(metavar="DIR", help=deferred("Write the CSVs and a manifest."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say where a rate stood on a day, how it changed, and since when it was last there.

    Below it, the same move of the dollar on every source there is, each by its own clock: from
    --since, or from the end of the year before.
    """
    from dashboard.cli import output
    from dashboard.services.claims import answer_facts, facts_json
    from dashboard.services.exports import Provenance, write_facts
    from dashboard.services.rates import daily_series
    from dashboard.services.source_moves import (
        compare_sources_of_facts,
        resolve_base_day,
        source_series_ids,
    )

    market_day, base = options.read_day("DATE", day), options.read_optional_day("since", since)
    context = get_context(asof)
    selection = select_series(context, rates, quote)
    answers, messages = answer_facts(selection.series, market_day, base)
    output.print_notices(messages)
    dollar_sources = daily_series(context.rates)
    moves = compare_sources_of_facts(dollar_sources, selection.series, market_day, base)
    if out is not None:
        provenance = Provenance(
            {"date": day, "since": since, "quote": quote, **_as_of_parameters(asof)},
            list_data_files(context, selection, source_series_ids(dollar_sources) if moves else ()),
            export_time(context),
        )
        write_facts(out, answers, moves, provenance)
    if as_json:
        output.print_json(facts_json(market_day, answers, moves))
        return
    cards = {series.card.id: series.card for series in selection.series}
    for answer in answers:
        output.show_facts(answer, cards[answer.series])
    if moves:
        output.show_source_moves(moves, resolve_base_day(market_day, base), market_day)
    if out is not None:
        output.print_line(_("written to {out}", out=out))


def export_everything(
    folder: Annotated[Path, Arg(metavar="DIR", help=deferred("Made if it is not there."))],
    *,
    dialect: options.DialectOption = "plain",
    asof: options.AsOfOption = None,
) -> None:
    """Write everything: rates, events and notes, the study with its windows, a manifest."""
    from dashboard.cli import output
    from dashboard.models.study import DEFAULT_CAR_WINDOWS, StudyRequest
    from dashboard.services.exports import write_full_export

    context = get_context(asof)
    answer, inputs = _run_study(lambda _series: StudyRequest(cars=DEFAULT_CAR_WINDOWS), asof=asof)
    provenance = replace(inputs.made, dialect=dialect)
    write_full_export(
        folder, answer, provenance, series=list_series(context), events=list_known_events(context)
    )
    output.show_study(answer, folder)


def _run_study(  # noqa: PLR0913 - what is selected, and how it is read
    request: Callable[[int], StudyRequest],
    rate_selection: tuple[Texts, str | None, Texts, Texts] = (None, None, None, None),
    event_selection: tuple[Path | None, Texts, str | None] = (None, None, None),
    reading: FileReading = AS_THE_FILES_SAY,
    *,
    asof: str | None = None,
    is_by_story: bool = False,
) -> tuple[StudyAnswer, StudyInputs]:
    """The answer of a study, and its inputs.

    Args:
        request: the parameters for series with bars of so many minutes, 0 for days.
        rate_selection: ids or files, quote, columns, factors.
        event_selection: a file, categories, origin.
        reading: how files are read.
        asof: the moment as of which data are known; now if None.
        is_by_story: whether only the first event of each story is studied.
    """
    from dashboard.services.study import common_bar_minutes, run_study

    inputs = _read_inputs(rate_selection, event_selection, reading, asof)
    if is_by_story:
        inputs = _select_first_events(inputs)
    answer = run_study(
        inputs.series,
        inputs.events,
        request(common_bar_minutes(inputs.series, inputs.factors)),
        known=inputs.known,
        factors=inputs.factors,
        compute=get_context(asof).compute,
    )
    return answer, inputs


def _read_inputs(
    rate_selection: tuple[Texts, str | None, Texts, Texts],
    event_selection: tuple[Path | None, Texts, str | None],
    reading: FileReading,
    asof: str | None,
) -> StudyInputs:
    """The inputs of a study; the manifest says as of when they are."""
    inputs = read_study_inputs(get_context(asof), rate_selection, event_selection, reading)
    parameters = {**inputs.made.parameters, **_as_of_parameters(asof)}
    return replace(inputs, made=replace(inputs.made, parameters=parameters))


def _select_first_events(inputs: StudyInputs) -> StudyInputs:
    """The inputs with the first event of each story alone.

    Raises:
        InputError: none of the events has a story.
    """
    from dashboard.services.episodes import first_events

    chosen = first_events(inputs.events)
    if not chosen:
        msg = _("none of these events has a story; give one with events edit --story NAME")
        raise InputError(msg, field="by_story")
    parameters = {**inputs.made.parameters, "by_story": "first"}
    made = replace(inputs.made, parameters=parameters)
    return replace(inputs, events=chosen, made=made)


def _study_spans(
    inputs: StudyInputs,
    request: Callable[[int], StudyRequest],
    to: tuple[Path | None, CsvDialect],
    *,
    as_json: bool,
) -> None:
    """Print the episodes of each series as spans; `to`: the folder of the files, their dialect."""
    from dashboard.cli import listings, output
    from dashboard.services.episodes import measure_episodes
    from dashboard.services.exports import write_episodes
    from dashboard.services.serializers import episodes_json
    from dashboard.services.study import common_bar_minutes

    _select_first_events(inputs)
    after = request(common_bar_minutes(inputs.series)).cars[0][1]
    answers = [measure_episodes(series, inputs.events, after) for series in inputs.series]
    folder, dialect = to
    if folder is not None:
        write_episodes(folder, answers, replace(inputs.made, dialect=dialect))
    if as_json:
        output.print_json([episodes_json(answer) for answer in answers])
        return
    for answer in answers:
        listings.show_episodes(answer, folder)


def _as_of_parameters(asof: str | None) -> dict[str, str]:
    """The entry of an as-of answer in the manifest; none for a live one."""
    return {} if asof is None else {"asof": asof}


# ------------------------------------------------------------------ robustness


def robustness(  # noqa: PLR0913 - the options of the contract
    *,
    rates: options.RatesOption = None,
    events: Annotated[
        Path | None,
        Opt(metavar="FILE", help=deferred("Events instead of ours, as `events import` reads.")),
    ] = None,
    factor: Annotated[
        Texts, Opt(metavar="COLUMN|ID", help=deferred("For models with factors."))
    ] = None,
    series: Annotated[
        Texts, Opt(metavar="COLUMN", help=deferred("Only this series; repeatable."))
    ] = None,
    category: options.CategoryFilter = None,
    origin: options.OriginFilter = None,
    returns: Annotated[
        Literal["log", "simple"], Opt(help=deferred("How a move is counted."))
    ] = "log",
    car: Annotated[Texts, Opt(metavar="A:B", help=deferred("Windows to try; repeatable."))] = None,
    estimation: Annotated[
        Texts, Opt(metavar="N", help=deferred("Lengths to try; repeatable."))
    ] = None,
    gap: Annotated[Texts, Opt(metavar="N", help=deferred("Gaps to try; repeatable."))] = None,
    model: Annotated[Texts, Opt(help=deferred("Models to try; repeatable."))] = None,
    overlap: Annotated[Texts, Opt(help=deferred("keep, first, exclude; repeatable."))] = None,
    event_filter: Annotated[
        Texts,
        Opt("--filter", help=deferred("all, high-confidence, hour-known, alone; repeatable.")),
    ] = None,
    seed: options.SeedOption = 1,
    quote: options.QuoteOption = "as-quoted",
    date: options.RateDateColumnOption = "",
    dates: options.RateDateOrderOption = None,
    zone: options.RateZoneOption = "",
    stamps: options.BarStampsOption = None,
    columns: options.ColumnMapOption = None,
    out: Annotated[
        Path | None, Opt(metavar="DIR", help=deferred("Write specifications.csv there."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask one question under every combination of choices, and how much the choices matter."""
    from dashboard.cli import output
    from dashboard.models import study as study_module
    from dashboard.models.analyses import SpecificationGrid
    from dashboard.services.exports import robustness_json, write_robustness
    from dashboard.services.robustness import count_categories, run_robustness
    from dashboard.services.study import common_bar_minutes

    context = get_context()
    reading = FileReading(date, dates, zone, stamps, columns)
    selections = (rates, quote, series, factor), (events, category, origin)
    inputs = read_study_inputs(context, *selections, reading)
    bar_minutes = common_bar_minutes(inputs.series, inputs.factors)
    choices = {
        "windows": study_module.read_windows("car", car or (), bar_minutes),
        "estimations": [
            study_module.read_length("estimation", n, bar_minutes) for n in estimation or ()
        ],
        "gaps": [study_module.read_length("gap", n, bar_minutes) for n in gap or ()],
        "models": model,
        "overlaps": overlap,
        "event_filters": event_filter,
    }
    grid_values = {name: tuple(dict.fromkeys(values)) for name, values in choices.items() if values}
    ids = tuple(one.card.id for one in inputs.series)
    grid = SpecificationGrid(series=ids, returns=returns, **grid_values)  # type: ignore[arg-type]
    with specification_progress() as progress:
        answer = run_robustness(
            grid,
            inputs.series,
            inputs.events,
            inputs.factors,
            seed=seed,
            categories=count_categories(inputs.known),
            compute=context.compute,
            progress=progress,
        )
    if out is not None:
        write_robustness(out, answer, grid, inputs.made)
    if as_json:
        output.print_json(robustness_json(answer))
    else:
        output.show_robustness(answer, inputs.series[0].card, out)


@contextmanager
def specification_progress() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error; None where that is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("specifications", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


# ------------------------------------------------------------------ counterfactual


def counterfactual(  # noqa: PLR0913 - the options of the contract
    when: Annotated[
        str, Arg(metavar="DATE|EVENT_ID", help=deferred("As 2022-02-24, or of `events list`."))
    ],
    *,
    rates: Annotated[str, Opt("--rates", metavar="ID", help="A series.")] = DEFAULT_SERIES,
    donors: Annotated[
        Texts, Opt(metavar="ID", help=deferred("A series to explain it with; repeatable."))
    ] = None,
    fit: Annotated[
        int, Opt(min=60, max=1000, help=deferred("Daily changes that the weights are fitted on."))
    ] = 250,
    gap: Annotated[
        int, Opt(min=0, max=250, help=deferred("Days between the fit and the date."))
    ] = 10,
    asof: options.AsOfOption = None,
    out: Annotated[
        Path | None, Opt(metavar="DIR", help=deferred("Write the CSVs and a manifest."))
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say what a currency would have done after a date, had it moved as others did.

    A synthetic series of other currencies and oil, fitted before the date only; its gap is compared
    with the gaps of other dates, and with those of each donor in place of the currency.
    """
    from dashboard.cli import listings, output
    from dashboard.services.counterfactual import (
        SyntheticRequest,
        build_counterfactual,
        counterfactual_json,
        default_donors,
        load_dollar_rates,
    )
    from dashboard.services.exports import Provenance, write_tables
    from dashboard.services.rates import list_cards

    context = get_context(asof)
    selection = select_series(context, [rates])
    names = donors or list(default_donors(list_cards(context.rates)))
    given = select_series(context, names)
    answer = build_counterfactual(
        selection.series[0],
        _read_date_or_event(context, when),
        given.series,
        load_dollar_rates(context.rates),
        SyntheticRequest(length=fit, gap=gap),
    )
    if out is not None:
        parameters = {
            "date": when, "rates": rates, "donors": names, "fit": fit, "gap": gap,
            **_as_of_parameters(asof),
        }  # fmt: skip
        files = [*list_data_files(context, selection, ()), *list_data_files(context, given, ())]
        made = Provenance(parameters, files, export_time(context))
        tables = ("counterfactual", "counterfactual_donors", "counterfactual_path")
        write_tables(out, {name: [answer] for name in tables}, made)
    if as_json:
        output.print_json(counterfactual_json(answer))
    else:
        listings.show_counterfactual(answer, out)


def _read_date_or_event(context: AppContext, text: str) -> date | Event:
    """A day, or the event of an id."""
    if _DAY.fullmatch(text):
        return options.read_day("DATE", text)
    return find_known_event(list_known_events(context), text)


# ------------------------------------------------------------------ report

BUNDLE_SUFFIX = ".zip"


def report(  # noqa: PLR0913 - the options of the contract
    event: Annotated[str, Arg(metavar="EVENT_ID", help=deferred("As `events list` prints it."))],
    *,
    out: Annotated[
        Path,
        Opt(
            metavar="FILE",
            help=deferred("Ends with .html, .pdf, .png, .svg, or .zip for the bundle."),
        ),
    ],
    rates: Annotated[str, Opt("--rates", metavar="ID", help="A series.")] = DEFAULT_SERIES,
    window: Annotated[str | None, Opt(metavar="A:B", help="Event window: -5:10, -2h:6h.")] = None,
    pool: options.PoolOption = "near",
    pages: Annotated[
        str, Opt(metavar="URL", help=deferred("Where the pages are, for the link."))
    ] = DEFAULT_PAGES_URL,
) -> None:
    """Report an event: what its page says, with chart, tables, sources and link."""
    from dashboard.cli.output import print_line
    from dashboard.services.bundles import BundleRequest
    from dashboard.services.exports import report_format
    from dashboard.services.rates import get_series
    from dashboard.services.study_inputs import default_request

    kind = None if out.suffix.lower() == BUNDLE_SUFFIX else report_format(out)
    context = get_context()
    fetch_tickers(context, [rates])
    known, series = list_known_events(context), get_series(context.rates, rates)
    request = default_request(series.card.bar_minutes, window)
    bundle_request = BundleRequest(
        "event", (series,), (find_known_event(known, event),), known, request
    )
    if kind is None:
        content = _event_bundle(context, bundle_request)
        is_private = any(event.is_private for event in known)
    else:
        content = _event_report(kind, bundle_request, export_time(context), (pages, window, pool))
        is_private = bundle_request.events[0].is_private
    write_output(out, content, is_private=is_private)
    print_line(_("written to {out}", out=out))


def _event_bundle(context: AppContext, bundle_request: BundleRequest) -> bytes:
    from dashboard.services.bundles import build_event_bundle
    from dashboard.services.exports import Provenance, source_files

    files = source_files(context.rates, [series.card.id for series in bundle_request.series])
    return build_event_bundle(
        bundle_request, Provenance({"quote": "as-quoted"}, files, export_time(context))
    )


def _event_report(
    kind: ReportFormat,
    bundle_request: BundleRequest,
    moment: datetime,
    view_options: tuple[str, str | None, Pool],
) -> bytes:
    """The report of an event; `view_options`: URL of the pages, window, pool."""
    from dashboard.models.series import as_of_text
    from dashboard.presentation.quoting import QuotedSeries, QuoteMode
    from dashboard.presentation.reports import ReportContext, build_event_report, build_event_url
    from dashboard.services.exports import write_report
    from dashboard.services.study import build_event_view

    (series,), (event,) = bundle_request.series, bundle_request.events
    pages, window, pool = view_options
    view = build_event_view(series, event, bundle_request.known, bundle_request.request)
    live_url = build_event_url(pages, view, window, pool)
    frozen_url = f"{live_url}&{urlencode({'asof': as_of_text(moment.replace(microsecond=0))})}"
    report_context = ReportContext(moment, live_url, frozen_url)
    quoting = QuotedSeries(series.card, QuoteMode.WEAKER)
    return write_report(build_event_report(view, series, quoting, pool, report_context), kind)
