"""The command about robustness: one question under every defensible choice."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

from dashboard.cli.house import parts_of_house, read_question
from dashboard.cli.options import AsJson, Many, OfKind, OfOrigin, Opt, QuoteOf, RatesOf, Seed


def robustness(  # noqa: PLR0913 - the options of the contract
    *,
    rates: RatesOf = None,
    events: Annotated[
        Path | None, Opt(metavar="FILE", help="A CSV id,date[,time_utc]… instead of ours.")
    ] = None,
    factor: Annotated[Many, Opt(metavar="COLUMN|ID", help="For models with factors.")] = None,
    series: Annotated[Many, Opt(metavar="COLUMN", help="Only this series; repeatable.")] = None,
    category: OfKind = None,
    origin: OfOrigin = None,
    returns: Annotated[Literal["log", "simple"], Opt(help="How a move is counted.")] = "log",
    car: Annotated[Many, Opt(metavar="A:B", help="Windows to try; repeatable.")] = None,
    estimation: Annotated[Many, Opt(metavar="N", help="Lengths to try; repeatable.")] = None,
    gap: Annotated[Many, Opt(metavar="N", help="Gaps to try; repeatable.")] = None,
    model: Annotated[Many, Opt(help="Models to try; repeatable.")] = None,
    overlap: Annotated[Many, Opt(help="keep, first, exclude; repeatable.")] = None,
    event_filter: Annotated[
        Many, Opt("--filter", help="all, high-confidence, hour-known, alone; repeatable.")
    ] = None,
    seed: Seed = 1,
    quote: QuoteOf = "as-quoted",
    out: Annotated[Path | None, Opt(metavar="DIR", help="Write specifications.csv there.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask one question under every combination of choices, and how much the choices matter."""
    from dashboard.domain import spans
    from dashboard.domain.robustness import Grid
    from dashboard.services.check_bars import common_bar
    from dashboard.services.export_tables import robustness_json, write_robustness
    from dashboard.services.run_robustness import count_categories, run_robustness
    from dashboard.ui import terminal

    parts = parts_of_house()
    question = read_question(parts, (rates, quote, series, factor), (events, category, origin))
    bar = common_bar(question.series, question.factors)
    chosen = {
        "windows": spans.read_windows("--car", car or (), bar),
        "estimations": [spans.read_length("--estimation", n, bar) for n in estimation or ()],
        "gaps": [spans.read_length("--gap", n, bar) for n in gap or ()],
        "models": model,
        "overlaps": overlap,
        "event_filters": event_filter,
    }
    given = {name: tuple(dict.fromkeys(values)) for name, values in chosen.items() if values}
    ids = tuple(each.card.id for each in question.series)
    grid = Grid(series=ids, returns=returns, **given)  # type: ignore[arg-type]
    with progress_bar() as told:
        answer = run_robustness(
            grid,
            question.series,
            question.events,
            question.factors,
            seed=seed,
            categories=count_categories(question.known),
            compute=parts.compute,
            told=told,
        )
    if out is not None:
        write_robustness(out, answer, grid, question.made)
    if as_json:
        terminal.show_json(robustness_json(answer))
    else:
        terminal.show_robustness(answer, out)


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error while specifications run; none where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("specifications", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
