"""Check bars: that the series of one study count in one length of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.domain.errors import InputError
from dashboard.domain.series import RateSeries
from dashboard.domain.study import StudyRequest

MOST_CELLS: Final = 60_000_000


def common_bar(series: Sequence[RateSeries], factors: Sequence[RateSeries] = ()) -> int:
    """The length of the bars of all series in minutes; 0 where they have one number a day.

    An offset of one series must be as long as that of another, and a factor is matched by
    the end of its bar.

    Raises:
        InputError: naming two that differ.
    """
    if not series:
        return 0
    first = series[0].card
    for option, others in (("--rates", series), ("--factor", factors)):
        for other in others:
            if other.card.bar_minutes != first.bar_minutes:
                msg = (
                    f"{option} {other.card.id}: has {_step_words(other.card.bar_minutes)}, and"
                    f" {first.id} has {_step_words(first.bar_minutes)};"
                    " give series of one length"
                )
                raise InputError(msg)
    return first.bar_minutes


def refuse_too_large(series: Sequence[RateSeries], request: StudyRequest) -> None:
    """Refuse a study whose tests would have to hold more than fits.

    Every test compares with every row of a series at every offset of the event window.

    Raises:
        InputError: naming the window and the series.
    """
    first, last = request.window
    offsets = last - first + 1
    for each in series:
        if len(each) * offsets > MOST_CELLS:
            msg = (
                f"--window {first}:{last}: {offsets:,} offsets at each of the {len(each):,} rows of"
                f" {each.card.id} are too much at once; shorten the window or the series"
            )
            raise InputError(msg)


def _step_words(bar_minutes: int) -> str:
    if not bar_minutes:
        return "one number a day"
    return f"bars of {bar_minutes} minute{'' if bar_minutes == 1 else 's'}"
