"""The simulated sizes as a document, `docs/size.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from benchmarks.designs import DESIGNS, RealGroup
from dashboard.eventstudy.clusters import HEADLINE_TEST
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.eventstudy.simulated_size import (
    DATE_PATTERNS,
    OTHER_HYPOTHESES,
    SIMULATED_RETURNS,
    SizeCell,
    keeps_size,
    load_size_table,
    recommend_tests,
    simulated_powers,
    simulated_sizes,
)

COVERAGE = "interval"


def document(groups: Sequence[RealGroup]) -> str:
    """The whole document from the cells that ship.

    Args:
        groups: the categories whose dates were simulated.
    """
    made = next(cell for cell in simulated_sizes(HEADLINE_TEST) if not cell.is_real)
    error = 100 * np.sqrt(0.05 * 0.95 / made.studies)
    lines = [
        "# Size and power of the tests",
        "",
        "How often each test rejects at the 5 % level in simulated studies: window [0,1], event"
        " window [-5,10], 120-row estimation with a gap of 10, constant mean. **Bold**: outside"
        " 3-7 %. Made by `benchmarks/size.py`; the cells ship in"
        " `dashboard/eventstudy/test_sizes.csv`.",
        "",
        "## The declared test",
        "",
        *_declared(groups),
        "",
        "## Size: nothing happened",
        "",
        f"Made dates, {made.studies:,} studies a cell of 1,500 days (Monte Carlo standard error at"
        f" 5 %: {error:.1f}). Scattered: 40 events with windows that do not overlap; clustered: 8"
        " bunches of 5 within six days; dense: 150 events on random days. GARCH: alpha 0.10, beta"
        " 0.85. Real rouble: shipped Bank of Russia returns, dates drawn at random. Events of a"
        " bunch share an expectation four times of five.",
        "",
        *_table(lambda test: [c for c in simulated_sizes(test) if not c.is_real], bold=True),
        "",
        *_real(),
        "## Power: 0.5 standard deviations added to offset 0",
        "",
        *_table(lambda test: [c for c in simulated_powers(test) if not c.is_real], bold=False),
        "",
        "`direction` meets random expectations, hence it has no power here; `volatility` looks for"
        " larger moves, not for a mean.",
        "",
        "## Which test to read",
        "",
        "The declared test answers. Also: 3-7 % in every cell above with such dates, made and"
        " real, the most powerful first (`dashboard/eventstudy/simulated_size.py`).",
        "",
        *_advice(),
        "",
    ]
    return "\n".join(lines)


def _real() -> Iterator[str]:
    for design in DESIGNS:
        yield f"## Size on the real dates: {design}"
        yield ""
        studies = {
            c.studies
            for test in load_size_table()
            for c in simulated_sizes(test)
            if c.series == design
        }
        yield (
            f"{SIMULATED_RETURNS[design].capitalize()}."
            f" {min(studies):,} to {max(studies):,} studies a cell."
            + (
                " Where days are as volatile as they were, `volatility` has no null to reject."
                if not any(c.series == design for c in simulated_sizes("volatility"))
                else ""
            )
        )
        yield ""
        yield from _table(
            lambda test, of=design: [c for c in simulated_sizes(test) if c.series == of],
            bold=True,
            by_dates=True,
        )
        yield ""


def _declared(groups: Sequence[RealGroup]) -> Iterator[str]:
    """Size, coverage and power of the declared test, by category and design."""
    yield (
        f"`{HEADLINE_TEST}`, declared before any real group was looked at"
        " (`docs/headline_choice.md`). Each cell: per cent of studies without effect that it"
        " rejects / whose 95 % interval holds the true mean without an effect, and with one log"
        " point on every first rate / in which it finds that log point (overlap_t, corrado_rank)."
        " Without an effect the interval holds 0 where the test does not reject. With one the true"
        " mean is the mean of the CARs that the effects alone give: they also lie in the windows"
        " and in the estimation windows of other events. Where these are as many as in all"
        " categories together the interval, which is one of ranks, holds the mean less often."
    )
    yield ""
    yield f"| dates | events, rates, clusters | {' | '.join(DESIGNS)} |"
    yield "|---|---|" + "---|" * len(DESIGNS)
    known = {group.name: group for group in groups}
    names = dict.fromkeys(c.dates for c in simulated_powers(HEADLINE_TEST) if c.is_real)
    for name in names:
        group = known.get(name)
        counts = (
            f"{len(group.events)}, {len(np.unique(group.row))}, {group.clusters}" if group else "17"
        )
        yield f"| {name} | {counts} | {' | '.join(_cell(name, design) for design in DESIGNS)} |"


def _cell(dates: str, design: str) -> str:
    size = _share(simulated_sizes(HEADLINE_TEST), dates, design)
    missed = _share(simulated_powers(COVERAGE), dates, design)
    powers = [
        _share(simulated_powers(test), dates, design)
        for test in (HEADLINE_TEST, "overlap_t", "corrado_rank")
    ]
    held = ", ".join(
        "–" if share is None else f"{100 * (1 - share):.1f}" for share in (size, missed)
    )
    mine, *others = ("–" if power is None else f"{100 * power:.0f}" for power in powers)
    return f"{'–' if size is None else f'{100 * size:.1f}'} / {held} / {mine} ({', '.join(others)})"


def _share(cells: Sequence[SizeCell], dates: str, design: str) -> float | None:
    return next((c.rejected for c in cells if (c.dates, c.series) == (dates, design)), None)


def _table(
    cells_of: Callable[[str], list[SizeCell]], *, bold: bool, by_dates: bool = False
) -> Iterator[str]:
    tests = [test.id for test in SIGNIFICANCE_TESTS]

    def head(cell: SizeCell) -> str:
        return cell.dates if by_dates else f"{cell.series}, {cell.dates}" if bold else cell.series

    heads = [head(cell) for cell in cells_of("cross_section_t")]
    yield f"| test | {' | '.join(heads)} |"
    yield "|---|" + "---|" * len(heads)
    for test in tests:
        cells = {head(cell): cell for cell in cells_of(test)}
        texts = [_marked(cells[name], bold) if name in cells else "–" for name in heads]
        yield f"| {test} | {' | '.join(texts)} |"


def _marked(cell: SizeCell, bold: bool) -> str:  # noqa: FBT001 - one column of a table
    text = f"{100 * cell.rejected:.1f}"
    return f"**{text}**" if bold and not 0.03 <= cell.rejected <= 0.07 else text


def _advice() -> Iterator[str]:
    yield "| dates | read first | also | rejects too often | rejects too rarely |"
    yield "|---|---|---|---|---|"
    for dates, description in DATE_PATTERNS.items():
        advice = recommend_tests(dates)
        lists = (advice.first, advice.also, advice.too_often, advice.too_rarely)
        tests = " | ".join(", ".join(names) or "–" for names in lists)
        yield f"| {dates}: {description} | {tests} |"
    others = [test for test in OTHER_HYPOTHESES if keeps_size(test)]
    questions = "; ".join(f"`{test}`: {OTHER_HYPOTHESES[test]}" for test in others)
    yield ""
    yield f"Other questions, 3-7 % in every cell: {questions or 'none'}"
