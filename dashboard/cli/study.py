"""The commands about numbers: study, facts, and the export of everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from dashboard.cli.bundles import write_bundle
from dashboard.cli.house import (
    Question,
    all_known,
    chosen_series,
    every_series,
    files_of,
    moment_of,
    parts_of_house,
    read_question,
)
from dashboard.cli.options import (
    Arg,
    AsJson,
    AsOf,
    Many,
    OfKind,
    OfOrigin,
    Opt,
    PoolOf,
    QuoteOf,
    RatesOf,
    Seed,
)

if TYPE_CHECKING:
    from dashboard.domain.rate_file import Quote
    from dashboard.domain.study import StudyAnswer, StudyRequest

MODELS = "none, mean, market-adjusted, market, scholes-williams or garch."


def study(  # noqa: PLR0913 - the options of the contract
    *,
    rates: RatesOf = None,
    events: Annotated[
        Path | None, Opt(metavar="FILE", help="A CSV id,date[,time_utc]… instead of ours.")
    ] = None,
    factor: Annotated[
        Many, Opt(metavar="COLUMN|ID", help="A regressor of the normal return; repeatable.")
    ] = None,
    series: Annotated[Many, Opt(metavar="COLUMN", help="Only this series; repeatable.")] = None,
    category: OfKind = None,
    origin: OfOrigin = None,
    returns: Annotated[Literal["log", "simple"], Opt(help="How a move is counted.")] = "log",
    model: Annotated[str, Opt(metavar="MODEL", help=MODELS)] = "mean",
    window: Annotated[
        str, Opt(metavar="A:B", help="Event window: -5:10, on bars also -2h:6h.")
    ] = "-5:10",
    car: Annotated[Many, Opt(metavar="A:B", help="CAR window; repeatable. [default: 0:1]")] = None,
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
    pool: PoolOf = "near",
    clean_estimation: Annotated[
        bool, Opt("--clean-estimation", help="Estimate without the [0,1] rows of any event.")
    ] = False,
    correction: Annotated[
        Literal["holm", "hochberg", "bonferroni", "bh", "by"], Opt(help="Of the p-values.")
    ] = "holm",
    by: Annotated[
        Literal["category", "expected"], Opt(help="What makes the groups beside all events.")
    ] = "category",
    seed: Seed = 1,
    quote: QuoteOf = "as-quoted",
    asof: AsOf = None,
    out: Annotated[Path | None, Opt(metavar="DIR", help="Write the CSVs and a manifest.")] = None,
    bundle: Annotated[
        Path | None, Opt(metavar="FILE.zip", help="Write all of it to compute it again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Study the moves around events; every event is answered, or skipped with its reason."""
    from dashboard.domain import spans
    from dashboard.domain.study import StudyRequest
    from dashboard.services.answer_json import study_json
    from dashboard.services.export_tables import write_study
    from dashboard.ui import terminal

    def request(bar_minutes: int) -> StudyRequest:
        return StudyRequest(
            returns=returns,
            model=model,
            window=spans.read_window("--window", window, bar_minutes),
            cars=spans.read_windows("--car", car or ["0:1"], bar_minutes),
            estimation=spans.read_length("--estimation", estimation, bar_minutes),
            gap=spans.read_length("--gap", gap, bar_minutes),
            min_estimation=spans.read_length("--min-estimation", min_estimation, bar_minutes),
            overlap=overlap,
            pool=pool,
            clean_estimation=clean_estimation,
            correction=correction,
            by=by,
            seed=seed,
        )

    of_rates, of_events = (rates, quote, series, factor), (events, category, origin)
    answer, question = _study(request, of_rates, of_events, asof=asof)
    if out is not None:
        write_study(out, answer, question.made)
    if bundle is not None:
        write_bundle(bundle, question, answer.request)
    if as_json:
        terminal.show_json(study_json(answer))
    else:
        terminal.show_study(answer, out)


def facts(  # noqa: PLR0913 - the options of the contract
    day: Annotated[str, Arg(metavar="DATE", help="As 2025-04-21.")],
    *,
    rates: RatesOf = None,
    since: Annotated[
        str | None, Opt(metavar="DATE", help="One more base; records look back to it.")
    ] = None,
    quote: QuoteOf = "as-quoted",
    asof: AsOf = None,
    out: Annotated[Path | None, Opt(metavar="DIR", help="Write the CSVs and a manifest.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say where a rate stood on a day, how it changed, and since when it was last there.

    Below it, the same move of the dollar on every source there is, each by its own clock: from
    --since, or from the end of the year before.
    """
    from dashboard.services.check_facts import answer_facts, facts_json
    from dashboard.services.compare_sources import base_of, compare_facts, series_behind
    from dashboard.services.export_facts import write_facts
    from dashboard.services.export_tables import MadeOf
    from dashboard.services.get_rates import daily_series
    from dashboard.ui import terminal, terminal_sources, typed

    asked, base = typed.read_day("DATE", day), typed.read_day_if("--since", since)
    parts = parts_of_house(asof)
    chosen = chosen_series(parts, rates, quote)
    answers, left_out = answer_facts(chosen.series, asked, base)
    terminal.mention(left_out)
    known = daily_series(parts.rates)
    moves = compare_facts(known, chosen.series, asked, base)
    if out is not None:
        made = MadeOf(
            {"date": day, "since": since, "quote": quote, **_frozen(asof)},
            files_of(parts, chosen, series_behind(known) if moves else ()),
            moment_of(parts),
        )
        write_facts(out, answers, moves, made)
    if as_json:
        terminal.show_json(facts_json(asked, answers, moves))
        return
    cards = {series.card.id: series.card for series in chosen.series}
    for answer in answers:
        terminal.show_facts(answer, cards[answer.series])
    if moves:
        terminal_sources.show_source_moves(moves, base_of(asked, base), asked)
    if out is not None:
        terminal.say(f"written to {out}")


def export_everything(
    folder: Annotated[Path, Arg(metavar="DIR", help="Made if it is not there.")],
    *,
    asof: AsOf = None,
) -> None:
    """Write everything: rates, events and notes, the study with its windows, a manifest."""
    from dashboard.domain.study import FIRST_WINDOWS, StudyRequest
    from dashboard.services.export_everything import write_everything
    from dashboard.ui import terminal

    parts = parts_of_house(asof)
    answer, question = _study(lambda _: StudyRequest(cars=FIRST_WINDOWS), asof=asof)
    made = question.made
    write_everything(folder, answer, made, series=every_series(parts), events=all_known(parts))
    terminal.show_study(answer, folder)


def _study(
    request: Callable[[int], StudyRequest],
    of_rates: tuple[Many, Quote | None, Many, Many] = (None, None, None, None),
    of_events: tuple[Path | None, Many, str | None] = (None, None, None),
    asof: str | None = None,
) -> tuple[StudyAnswer, Question]:
    """The answer of a study, and what went into it.

    Args:
        request: what is asked of series with bars of so many minutes, 0 for days.
        of_rates: ids or files, quote, columns, factors.
        of_events: a file, categories, origin.
        asof: the moment as which rates and events are known; None: now.
    """
    parts = parts_of_house(asof)
    from dashboard.services.check_bars import common_bar
    from dashboard.services.run_study import run_study

    question = read_question(parts, of_rates, of_events)
    answer = run_study(
        question.series,
        question.events,
        request(common_bar(question.series, question.factors)),
        known=question.known,
        factors=question.factors,
        compute=parts.compute,
    )
    made = question.made
    frozen = replace(made, parameters={**made.parameters, **_frozen(asof)})
    return answer, replace(question, made=frozen)


def _frozen(asof: str | None) -> dict[str, str]:
    """What a manifest says of a frozen answer; nothing of a live one."""
    return {} if asof is None else {"asof": asof}
