"""Run a robustness check: the specification curve over a grid of choices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from dashboard.domain.errors import InputError
from dashboard.domain.event import Event
from dashboard.domain.robustness import Grid, RobustnessAnswer, Specification
from dashboard.domain.series import RateSeries
from dashboard.engine.specification import Specified, run_specification, summarise
from dashboard.engine.study import model_by_id
from dashboard.services.check_bars import common_bar

if TYPE_CHECKING:
    from dashboard.compute.base import Compute


def run_robustness(  # noqa: PLR0913 - a grid of studies has this many parts
    grid: Grid,
    series: Sequence[RateSeries],
    events: Sequence[Event],
    factors: Sequence[RateSeries] = (),
    *,
    seed: int = 1,
    categories: int = 1,
    compute: Compute | None = None,
    told: Callable[[int, int], None] | None = None,
) -> RobustnessAnswer:
    """Every specification of a grid on the events.

    Args:
        grid: the choices; it names the series.
        series: the series the grid names.
        events: the events to study.
        factors: factors for the models that need them.
        seed: of every study.
        categories: how many categories could be asked about; see `count_categories`.
        compute: where the work runs; in this process if None.
        told: called with (done, all) after each specification, for a progress bar; it may
            raise to cancel.

    Raises:
        InputError: for a series that is not given or a model that is not known.
    """
    by_id = {each.card.id: each for each in series}
    for name in grid.series:
        if name not in by_id:
            msg = f"series {name}: not among those given: {', '.join(by_id)}"
            raise InputError(msg)
    common_bar(series, factors)
    for model in grid.models:
        model_by_id(model)
    chosen = grid.specifications()
    done = 0

    def one(specification: Specification) -> Specified:
        nonlocal done
        found = run_specification(specification, by_id[specification.series], events, factors, seed)
        done += 1
        if told is not None:
            told(done, len(chosen))
        return found

    found = compute.map(one, chosen) if compute else [one(each) for each in chosen]
    return summarise(found, [by_id[name] for name in grid.series], seed, categories)


def count_categories(events: Iterable[Event]) -> int:
    """How many categories the events have, each of which could be asked about; 1 at least."""
    return max(1, len({event.category for event in events if event.category}))
