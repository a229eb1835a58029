"""Recording of live quotes: at every interval a number is appended to a series of one's own.

Each number is known at the moment it was fetched; none is ever changed, and what was missed stays
missing. The file of the series is replaced as a whole, so that a process that is killed leaves the
numbers to that moment.
"""

from __future__ import annotations

import json
import logging
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from dashboard.models.errors import InputError, SourceError, StoreError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.publication import IMPORTED_BAR
from dashboard.models.series import Moments, RateSeries, SeriesCard, SeriesKind
from dashboard.models.user_files import IMPORTED_PREFIX
from dashboard.services.rates import ID_PATTERN, ImportedRateStore, plain_title

if TYPE_CHECKING:
    import threading

log: Final = logging.getLogger("dashboard.record")

RETRY_SECONDS: Final = (5.0, 30.0)
"""The waits after attempts that failed; then the time is given up."""
GAP_FACTOR: Final = 1.5
"""A step of more than so many intervals is a gap."""
MAX_INTERVAL: Final = 1_440
MAX_ROWS: Final = 500_000
RECORDED_LICENCE: Final = deferred("as the service says; do not pass it on without reading it")
_STEP: Final = re.compile(r"[^.\[\]]+")

Now = Callable[[], datetime]
Fetch = Callable[[], float]
"""Fetches the present number; SourceError where there is none, InputError where none can be."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What is recorded: the number of `fetch`, under an id, every so many minutes.

    `source` is what a person gave, an address or a series; `kind` says what the number counts.
    """

    id: str
    title: str
    source: str
    fetch: Fetch
    minutes: int = 60
    kind: SeriesKind = ""

    def __post_init__(self) -> None:
        """Refuse a name that is no id, or an interval that cannot be.

        Raises:
            InputError: with what can.
        """
        if not ID_PATTERN.fullmatch(self.id.removeprefix(IMPORTED_PREFIX)):
            msg = _("use letters a-z, digits and _ only, at most {most}", most=60)
            raise InputError(msg, field="name", value=self.id)
        if not 1 <= self.minutes <= MAX_INTERVAL:
            msg = _("give minutes from 1 to {most}", most=MAX_INTERVAL)
            raise InputError(msg, field="every", value=str(self.minutes))


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one time brought: the number and its moment, or the problem; and the gap before it."""

    at: datetime
    value: float = math.nan
    problem: str = ""
    gap: timedelta = timedelta(0)


def read_json_number(content: bytes, path: str) -> float:
    """The number at a path of a JSON document, as `history.-1.p` or `markets[0].price`.

    Raises:
        SourceError: it is no JSON, or has no number there.
    """
    try:
        value: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise SourceError(_("the answer is no JSON")) from None
    for step in _STEP.findall(path):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, ValueError, TypeError):
            shown = "".join(c for c in step if c.isprintable())[:40]
            msg = _("the answer has nothing at {step} of {path}", step=shown, path=path[:80])
            raise SourceError(msg) from None
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise SourceError(_("the answer has no number at {path}", path=path[:80]))
    return number


def scale_odds(value: float) -> float:
    """Odds in per cent: of a number to 1 a hundredfold.

    Raises:
        SourceError: it is no probability.
    """
    if not 0 <= value <= 100:
        msg = _("{number:g} is no probability", number=value)
        raise SourceError(msg)
    return 100 * value if value <= 1 else value


def record_once(
    store: ImportedRateStore,
    recording: Recording,
    now: Now,
    wait: Callable[[float], bool] = lambda _seconds: False,
) -> Recorded:
    """Fetch a number and append it; a failure is tried again a few times, then given up.

    Args:
        store: the series of a person.
        recording: what is recorded.
        now: the present moment, UTC.
        wait: waits so many seconds and says whether to stop.

    Raises:
        InputError: there is no such source, another series has this id, or the store is full.
        SourceError: the store cannot be written.
        StoreError: the store cannot be written.
    """
    problem = ""
    for seconds in (*RETRY_SECONDS, None):
        try:
            value = recording.fetch()
            break
        except (SourceError, StoreError) as error:
            problem = str(error)
            if seconds is None or wait(seconds):
                return Recorded(now(), problem=problem)
    at = now().astimezone(UTC).replace(microsecond=0)
    known = find_recorded(store, recording)
    series = append_quote(known, recording, at, value)
    store.store([series], "", replace=known is not None)
    return Recorded(at, value, gap=_gap_before(known, recording, at))


def find_recorded(store: ImportedRateStore, recording: Recording) -> RateSeries | None:
    """The numbers recorded so far; None before the first.

    Raises:
        InputError: the id belongs to a series that was not recorded from this source.
    """
    series_id = _series_id(recording)
    if all(card.id != series_id for card in store.cards()):
        return None
    series = store.get(series_id)
    if series.card.description != _describe(recording):
        msg = _(
            "{id} is another series of yours; give the recording a name of its own", id=series_id
        )
        raise InputError(msg, field="name", value=recording.id)
    return series


def append_quote(
    known: RateSeries | None, recording: Recording, at: datetime, value: float
) -> RateSeries:
    """The series with one more number; those before it are as they were.

    Raises:
        InputError: the series is full.
        SourceError: the number is not later than the last one.
    """
    moment = np.array([at.replace(tzinfo=None)], dtype="datetime64[s]")
    day = moment.astype("datetime64[D]")
    opened = at.replace(tzinfo=None) - timedelta(minutes=recording.minutes)
    opens: Moments = np.array([opened], dtype="datetime64[s]")
    rate = np.array([value])
    if known is None:
        return RateSeries(_build_card(recording), day, day, opens, moment, rate, at)
    if len(known) >= MAX_ROWS:
        msg = _("{id} is full; record under another name", id=known.card.id)
        raise InputError(msg, field="name", value=recording.id)
    if moment[0] <= known.known_at[-1]:
        msg = _("the clock stands before the last number of {id}", id=known.card.id)
        raise SourceError(msg)
    opens = np.maximum(opens, known.known_at[-1:])
    return RateSeries(
        known.card,
        np.append(known.record, day),
        np.append(known.day, day),
        np.append(known.opens, opens),
        np.append(known.known_at, moment),
        np.append(known.rate, rate),
        at,
    )


def _gap_before(known: RateSeries | None, recording: Recording, at: datetime) -> timedelta:
    """How long nothing was recorded before a moment; zero where no time was missed."""
    if known is None:
        return timedelta(0)
    last = known.known_at[-1].astype(datetime).replace(tzinfo=UTC)
    step: timedelta = at - last
    return step if step > GAP_FACTOR * timedelta(minutes=recording.minutes) else timedelta(0)


def _series_id(recording: Recording) -> str:
    return IMPORTED_PREFIX + recording.id.removeprefix(IMPORTED_PREFIX)


def _describe(recording: Recording) -> str:
    source = plain_title(recording.source)
    return deferred("Recorded by this program from {source}.", source=source)


def _build_card(recording: Recording) -> SeriesCard:
    title = plain_title(recording.title) or recording.id
    unit = deferred("per cent") if recording.kind == "odds" else title
    return SeriesCard(
        id=_series_id(recording),
        title=title,
        unit=unit,
        inverse_unit=unit if recording.kind else f"1 / {unit}",
        publisher=deferred("recorded by this program"),
        source_url="",
        licence=RECORDED_LICENCE,
        date_rule=IMPORTED_BAR.id,
        description=_describe(recording),
        quantity=deferred("live quotes, one at every interval, known when they were fetched"),
        limits=deferred("What was missed while nothing ran is missing; nothing is filled in."),
        bar_minutes=recording.minutes,
        stale_after=10**6,
        change="ratio" if recording.kind in {"", "volume", "index"} else "difference",
        kind=recording.kind,
        decimals=2 if recording.kind else 4,
    )


# ---- the schedule


def run_recorder(
    recordings: Sequence[Recording],
    record: Callable[[Recording], object],
    stop: threading.Event,
) -> None:
    """Record after every interval until `stop` is set; what is under way is finished.

    A time that was missed is made up for once, however often it was missed.

    Args:
        recordings: what is recorded.
        record: records one, and raises nothing that ends the recorder.
        stop: ends it.
    """
    from dashboard.services.watch import never_raising, new_scheduler

    scheduler = new_scheduler()
    for recording in recordings:
        scheduler.add_job(
            never_raising(partial(record, recording), recording.id),
            "interval",
            minutes=recording.minutes,
            id=recording.id,
        )
    scheduler.start()
    try:
        stop.wait()
    finally:
        scheduler.shutdown(wait=True)


def with_odds(recording: Recording) -> Recording:
    """The recording whose number is scaled to per cent, where it is one of odds."""
    if recording.kind != "odds":
        return recording
    fetch = recording.fetch
    return replace(recording, fetch=lambda: scale_odds(fetch()))
