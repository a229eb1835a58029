"""The terminal: what the declared test says of each group of a study."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dashboard.domain.study import Headline, StudyAnswer, window_text
from dashboard.services.read_tests import FEWEST_CLUSTERS, HEADLINE, is_unusual
from dashboard.ui.text import clean
from dashboard.ui.wording import count, number, signed

INDENT = "    "


def headline_lines(answer: StudyAnswer) -> Iterator[str]:
    """Verdict, estimate, interval, p, N and power of every group and window, then where more is.

    Moves are in log points, of simple returns in per cent.
    """
    if not answer.headlines:
        yield "no test applies: no event is left to study"
        return
    unit = "log pts" if answer.request.returns == "log" else "%"
    for row in answer.headlines:
        yield from _lines_of(row, unit, answer.request.correction)
    every = [result.series.card.is_rouble for result in answer.results]
    sign = "; positive = the rouble stronger" if every and all(every) else ""
    yield f"By {HEADLINE}, the test declared in advance; moves in {unit}{sign}."
    yield "The other tests, as orientation: tests.csv (--out DIR), or `tests` of --json."


def _lines_of(row: Headline, unit: str, correction: str) -> Iterator[str]:
    head = f"{clean(row.group)} {window_text(row.window)}: {_verdict(row)}"
    mean = f"mean {_move(row.mean)} {unit}"
    events, rates = count(row.n, "event"), count(row.rates, "rate")
    size = f"N = {events} on {rates}, {count(row.clusters, 'cluster')}"
    if row.reason:
        yield f"{head}; {mean}; {size}"
    else:
        yield (
            f"{head}; {mean} (95 % {_move(row.low)} to {_move(row.high)}); p {_p(row.p_value)},"
            f" {correction} {_p(row.p_adjusted)}"
        )
        seen = number(100 * row.smallest_visible, 1 if row.smallest_visible >= 0.01 else 2)
        yield f"{INDENT}{size}; means under about {seen} {unit} would not be seen"
    rest = f", without the three largest moves {_move(row.mean_without_largest)}"
    known = math.isfinite(row.mean_without_largest)
    one = f"; one rate carries {number(100 * row.largest_share, 0)} % of all moves"
    ended = one if row.hangs_on_one else ""
    yield f"{INDENT}median {_move(row.median)}{rest if known else ''} {unit}{ended}"


def _verdict(row: Headline) -> str:
    if not row.reason:
        return "unusual" if is_unusual(row) else "not unusual"
    if row.clusters < FEWEST_CLUSTERS:
        return f"too few separate episodes for a verdict ({FEWEST_CLUSTERS} clusters are needed)"
    return f"no verdict, {row.reason}"


def _move(move: float) -> str:
    return signed(100 * move)


def _p(p: float) -> str:
    return number(p, 4)
