"""Messages about one event and the names of groups of events.

Every number comes from an `EventView`; no sentence says that news caused a move.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dashboard.models.event import MOSCOW, Category, Event, Origin
from dashboard.models.messages import (
    PluralMessage,
    deferred,
    deferred_in_context,
    deferred_plural_in_context,
    join_and,
    join_or,
    plural,
    translate_deferred,
    translate_deferred_plural,
)
from dashboard.models.messages import translate as _
from dashboard.models.moves import EventView, Move, Timing, UsualMoves
from dashboard.models.series import SeriesCard
from dashboard.models.study import Pool, Window
from dashboard.presentation.formatting import (
    capitalize_first,
    format_day,
    format_day_range,
    format_event_time,
    format_iso_days,
    format_range,
    format_short_day,
    format_weekday,
)
from dashboard.presentation.moves import (
    build_bar_notices,
    describe_comparison,
    describe_crowd,
    describe_move,
    describe_verdict,
    describe_window,
    format_last_day,
    format_move_dates,
    format_move_rates,
    format_percents,
    observation_name,
    quote_units,
)
from dashboard.presentation.palette import category_title
from dashboard.presentation.quoting import (
    QuotedSeries,
    format_percent_size,
    log_to_percent,
)
from dashboard.services.events import EventFilter

CATEGORY_NOUNS: Final[dict[str, str]] = {
    Category.SANCTIONS: deferred("sanctions decisions"),
    Category.MONETARY_POLICY: deferred("monetary-policy decisions"),
    Category.ENERGY: deferred("energy events"),
    Category.ESCALATION: deferred("escalations"),
    Category.PEACE_TALKS: deferred("peace talks"),
    Category.NATO_REMARK: deferred("NATO remarks"),
    Category.LEADER_CALL_OR_SUMMIT: deferred("leaders' calls and summits"),
    Category.DOMESTIC: deferred("domestic events"),
    Category.OTHER: deferred("other events"),
}
ANY_EVENT_NOUN: Final = deferred("events of every kind")
# The same nouns after "after", which other languages put into another case, and with a number.
CATEGORIES_AFTER: Final[dict[str, str]] = {
    Category.SANCTIONS: deferred_in_context("after", "sanctions decisions"),
    Category.MONETARY_POLICY: deferred_in_context("after", "monetary-policy decisions"),
    Category.ENERGY: deferred_in_context("after", "energy events"),
    Category.ESCALATION: deferred_in_context("after", "escalations"),
    Category.PEACE_TALKS: deferred_in_context("after", "peace talks"),
    Category.NATO_REMARK: deferred_in_context("after", "NATO remarks"),
    Category.LEADER_CALL_OR_SUMMIT: deferred_in_context("after", "leaders' calls and summits"),
    Category.DOMESTIC: deferred_in_context("after", "domestic events"),
    Category.OTHER: deferred_in_context("after", "other events"),
}
ANY_EVENTS_AFTER: Final = deferred_in_context("after", "events of every kind")
COUNTED_AFTER: Final[dict[str, PluralMessage]] = {
    Category.SANCTIONS: deferred_plural_in_context(
        "after", "{n:,} sanctions decision", "{n:,} sanctions decisions"
    ),
    Category.MONETARY_POLICY: deferred_plural_in_context(
        "after", "{n:,} monetary-policy decision", "{n:,} monetary-policy decisions"
    ),
    Category.ENERGY: deferred_plural_in_context(
        "after", "{n:,} energy event", "{n:,} energy events"
    ),
    Category.ESCALATION: deferred_plural_in_context(
        "after", "{n:,} escalation", "{n:,} escalations"
    ),
    Category.PEACE_TALKS: deferred_plural_in_context(
        "after", "{n:,} peace-talks event", "{n:,} peace talks"
    ),
    Category.NATO_REMARK: deferred_plural_in_context(
        "after", "{n:,} NATO remark", "{n:,} NATO remarks"
    ),
    Category.LEADER_CALL_OR_SUMMIT: deferred_plural_in_context(
        "after", "{n:,} leaders' call or summit", "{n:,} leaders' calls and summits"
    ),
    Category.DOMESTIC: deferred_plural_in_context(
        "after", "{n:,} domestic event", "{n:,} domestic events"
    ),
    Category.OTHER: deferred_plural_in_context("after", "{n:,} other event", "{n:,} other events"),
}
ANY_COUNTED_AFTER: Final = deferred_plural_in_context(
    "after", "{n:,} event", "{n:,} events of every kind"
)


def get_main_move(view: EventView) -> Move | None:
    """The move of the headline: [0,0], or [0,1] where the first fixing may hold it in part."""
    moves = {move.window: move for move in view.moves if move.log_points is not None}
    timing = view.timing
    unsure = timing is not None and (timing.partial or not timing.settled)
    order: tuple[Window, Window] = ((0, 1), (0, 0)) if unsure else ((0, 0), (0, 1))
    return next((moves[window] for window in order if window in moves), None)


def format_headline(view: EventView, quoting: QuotedSeries, pool: Pool = "near") -> tuple[str, str]:
    """What moved, and how unusual that is, as two parts of one sentence.

    Returns:
        For example `("Rouble 0.5 % stronger at the first fixing", "bigger than 44 % of 500 days,
        April 2024 to April 2026, in units of volatility (41 % by size alone): an ordinary
        move")`; without a move the reason and "".
    """
    move = get_main_move(view)
    if move is None:
        first = view.moves[0] if view.moves else None
        text = (
            describe_move(first, quoting)
            if first
            else _("No move to show: {reason}", reason=format_iso_days(view.reason))
        )
        return text, ""
    unusual = f"{describe_comparison(move, pool)}: {describe_verdict(move, pool)}"
    return f"{describe_move(move, quoting)} {describe_window(move.window, view.card)}", unusual


def build_notices(view: EventView) -> tuple[str, ...]:
    """What a reader must know before using the numbers, one sentence each."""
    timing, noun = view.timing, observation_name(view.card)
    if timing is None:
        return ()
    texts = {
        **(build_bar_notices(view, timing) or _build_fixing_notices(timing, noun)),
        "method_break": _describe_breaks(view),
        "short_history": plural(
            "Only {n:,} return in the estimation window, {estimation} asked: the ordinary range"
            " is rough.",
            "Only {n:,} returns in the estimation window, {estimation} asked: the ordinary range"
            " is rough.",
            view.n_estimation,
            estimation=view.request.estimation,
        ),
        "no_variance": _(
            "The rate did not move in the estimation window: there is no error to give."
        ),
        "few_placebos": _(
            "Fewer than 50 of the dates compared with lie within two years of the event: read"
            " the placebo p with care."
        ),
        "window_cut": (
            _(
                "The data end inside the event window, with the {noun} of {last_day}.",
                noun=noun,
                last_day=format_last_day(view),
            )
            if view.path
            else ""
        ),
    }
    notices = [texts[flag] for flag in view.flags if texts.get(flag)]
    if not timing.settled:
        notices.insert(0, f"{_describe_hour(view.event)} {_describe_alternative(timing, noun)}")
    return tuple(notices)


def _build_fixing_notices(timing: Timing, noun: str) -> dict[str, str]:
    closes = _("{known_at:%H:%M} MSK", known_at=timing.first.known_at.astimezone(ZoneInfo(MOSCOW)))
    return {
        "partly_in_fixing": _(
            "It came while the deals of that day's {noun} were averaged (until {closes}), so"
            " this {noun} holds it only in part; the window [0,1] has the rest.",
            noun=noun,
            closes=closes,
        ),
        "far_from_event": plural(
            "The first {noun} is {n:,} day after the event (holidays or a trading halt): the"
            " market had that long to move on other news.",
            "The first {noun} is {n:,} days after the event (holidays or a trading halt): the"
            " market had that long to move on other news.",
            timing.shift_days,
            noun=noun,
        ),
    }


def _describe_hour(event: Event) -> str:
    """What is known of an hour that leaves more than one first rate."""
    if event.reported is None:
        return _("The hour is not known.")
    first = f"{format_other_day(event.reported, event.day)}{format_event_clock(event.reported)}"
    if event.moment is not None:
        return _(
            "It was scheduled for {event_clock} and first reported at {first}.",
            event_clock=format_event_clock(event.moment),
            first=first,
        )
    return _(
        "The hour is not known; the first report found is of {first}, so it was before that.",
        first=first,
    )


def _describe_alternative(timing: Timing, noun: str) -> str:
    closes = _("{known_at:%H:%M} MSK", known_at=timing.first.known_at.astimezone(ZoneInfo(MOSCOW)))
    if timing.alternative is None:
        return _("After {closes} no {noun} could contain it yet.", closes=closes, noun=noun)
    day = format_weekday(timing.alternative.day)
    return _(
        "After {closes} the first {noun} would be that of {day}: compare [0,0] and [0,1].",
        closes=closes,
        noun=noun,
        day=day,
    )


def _describe_breaks(view: EventView) -> str:
    changes = "; ".join(f"{format_day(method.day)}, {method.text}" for method in view.breaks)
    return _(
        "The event window crosses a change of the official method: {changes}.", changes=changes
    )


def format_citation(view: EventView, quoting: QuotedSeries, pool: Pool, address: str) -> str:
    """One sentence with its source, made only from numbers on the page."""
    event, move = view.event, get_main_move(view)
    cited = {
        "title": event.title,
        "time": format_event_time(event, in_brackets=True),
        "source": _format_event_source(event),
        "address": address,
    }
    if move is None or move.end is None:
        reason = view.moves[0].reason if view.moves else view.reason
        return _(
            "After “{title}” ({time}), no move can be shown ({reason}). Event: {source}. {address}",
            reason=format_iso_days(reason),
            **cited,
        )
    chosen, other = format_percents(move, quoting)
    unit, other_unit = quote_units(quoting)
    subject = view.card.subject.name
    unusual = f"{describe_comparison(move, pool)}: {describe_verdict(move, pool)}"
    rate = view.card.publisher_label
    if move.end.record != move.end.day:
        rate = _("{publisher}, record of {day}", publisher=rate, day=format_day(move.end.record))
    return _(
        "After “{title}” ({time}), {subject} was {size} {window} that can contain it: {rates}"
        " {unit}, {dates} ({unit} {change}, {other_unit} {other_change}, {log_points} log pts)."
        " {unusual}; {crowd}."
        " Rate: {rate}. Event: {source}. {address}",
        subject=subject,
        size=quoting.directed(move.log_points or 0.0),
        window=describe_window(move.window, view.card),
        rates=format_move_rates(move, quoting),
        unit=unit,
        dates=format_move_dates(move),
        change=chosen,
        other_unit=other_unit,
        other_change=other,
        log_points=quoting.signed(move.log_points),
        unusual=capitalize_first(unusual),
        crowd=describe_crowd(move, view.card),
        rate=rate,
        **cited,
    )


def _format_event_source(event: Event) -> str:
    """The source of an event with its link, or that none is named."""
    source, is_note = event.source_name or event.author, event.origin == Origin.NOTE
    if not source and not event.source_url:
        return _("a note, without a source") if is_note else _("our catalogue, without a source")
    source = source or (_("a note") if is_note else _("our catalogue"))
    return f"{source}, {event.source_url}" if event.source_url else source


def format_other_day(value: datetime, event_day: date) -> str:
    """`22 Oct ` where the Moscow day of a moment is not the event's, else empty."""
    day = value.astimezone(ZoneInfo(MOSCOW)).date()
    return "" if day == event_day else f"{format_short_day(day, event_day)} "


def format_event_clock(value: datetime) -> str:
    """`13:30 MSK (10:30 UTC)`, with the UTC day where it is another one."""
    msk, utc = value.astimezone(ZoneInfo(MOSCOW)), value.astimezone(ZoneInfo("UTC"))
    utc_day = "" if msk.date() == utc.date() else f"{format_short_day(utc.date(), msk.date())} "
    return _("{msk:%H:%M} MSK ({utc_day}{utc:%H:%M} UTC)", msk=msk, utc_day=utc_day, utc=utc)


# ------------------------------------------------------------------ names of groups


def format_categories_after(categories: Sequence[str]) -> str:
    """`NATO remarks`, `sanctions decisions and peace talks`, to stand after "after"."""
    nouns = [CATEGORIES_AFTER[category] for category in categories] or [ANY_EVENTS_AFTER]
    return join_and(map(translate_deferred, nouns))


def format_group(filters: EventFilter) -> str:
    """The group without its period: `NATO remarks expected stronger, tagged swift`."""
    nouns = [CATEGORY_NOUNS[category] for category in filters.categories] or [ANY_EVENT_NOUN]
    return _format_group(join_and(map(translate_deferred, nouns)), filters)


def format_group_after(filters: EventFilter) -> str:
    """The same, to stand after "after"."""
    return _format_group(format_categories_after(tuple(filters.categories)), filters)


def format_group_count_after(n: int, filters: EventFilter) -> str:
    """`17 NATO remarks`, `1 NATO remark`, to stand after "after"."""
    categories = tuple(filters.categories)
    if len(categories) > 1:
        nouns = format_categories_after(categories)
        counted = _("{count:,} {group}", count=n, group=nouns)
    else:
        forms = COUNTED_AFTER[categories[0]] if categories else ANY_COUNTED_AFTER
        counted = translate_deferred_plural(forms, n)
    return _format_group(counted, filters)


def _format_group(events: str, filters: EventFilter) -> str:
    """The noun of a group with the direction and the tags that its events have."""
    expected = filters.choices.get("expected")
    if expected == "stronger":
        events = _("{events} expected to go with a stronger rouble", events=events)
    elif expected == "weaker":
        events = _("{events} expected to go with a weaker rouble", events=events)
    elif expected:
        events = _("{events} of unclear direction", events=events)
    if not filters.tags:
        return events
    return _("{events} tagged {tags}", events=events, tags=join_or(tuple(filters.tags)))


def format_years(events: Sequence[Event]) -> str:
    """`2022–2026`, the years of the events; empty where there is none."""
    if not events:
        return ""
    first, last = min(e.day for e in events).year, max(e.day for e in events).year
    return str(first) if first == last else f"{first}–{last}"


def format_period_limits(since: date | None, until: date | None) -> str:
    """`from 1 Mar 2022 to 31 Dec 2025`; empty without a period."""
    if since and until:
        return _("from {since} to {until}", since=format_day(since), until=format_day(until))
    if since:
        return _("from {since}", since=format_day(since))
    return _("to {until}", until=format_day(until)) if until else ""


# ------------------------------------------------------------------ scheduled events


def describe_countdown(event: Event, days: int) -> str:
    """`Bank of Russia decision on the key rate in 18 days`, by the clock of Moscow."""
    if days <= 0:
        return _("{title} today", title=event.title)
    if days == 1:
        return _("{title} tomorrow", title=event.title)
    return plural("{title} in {n:,} day", "{title} in {n:,} days", days, title=event.title)


def format_schedule(event: Event) -> str:
    """`Fri 18 Dec 2026, 13:30 MSK`: when it is scheduled, by the clock of Moscow."""
    if event.moment is None:
        if event.is_range:
            return format_day_range(event.day, event.end_day)
        return _("{day}, time not known", day=format_weekday(event.day))
    local = event.moment.astimezone(ZoneInfo(MOSCOW))
    return _("{day}, {clock} MSK", day=format_weekday(local.date()), clock=f"{local:%H:%M}")


def describe_usual(usual: UsualMoves, card: SeriesCard) -> str:
    """What was usual after events of a category: median, quartiles, how many, and the window."""
    category = category_title(usual.category)
    if not usual.rates:
        return _(
            "What is usual is not known: no event of the category {category} has a move on"
            " this series.",
            category=category,
        )
    if usual.median is None or usual.low is None or usual.high is None or usual.ordinary is None:
        return plural(
            "Only {n:,} rate after events of the category {category}: too few to say what is"
            " usual.",
            "Only {n:,} rates after events of the category {category}: too few to say what is"
            " usual.",
            usual.rates,
            category=category,
        )
    low, middle, high, ordinary = (
        format_percent_size(log_to_percent(size))
        for size in (usual.low, usual.median, usual.high, usual.ordinary)
    )
    return _(
        "Usual move {window}, up or down: {median}, half of them between {low} and {high}."
        " On all dates: {ordinary}.",
        window=describe_window(usual.window, card),
        median=middle,
        low=low,
        high=high,
        ordinary=ordinary,
    )


def format_usual_size(usual: UsualMoves) -> str:
    """`0.8 % (0.4 % to 1.9 %)`: the median and the quartiles; why there are none."""
    if usual.median is None or usual.low is None or usual.high is None:
        return _("too few to say") if usual.rates else _("not known")
    low, middle, high = (
        format_percent_size(log_to_percent(size)) for size in (usual.low, usual.median, usual.high)
    )
    return f"{middle} ({format_range(low, high)})"


def describe_usual_sample(usual: UsualMoves) -> str:
    """What the usual move rests on: `Monetary policy: 89 events on 88 rates, 2014–2026`."""
    if usual.first is None or usual.last is None:
        return ""
    years = f"{usual.first.year}–{usual.last.year}"
    if usual.first.year == usual.last.year:
        years = str(usual.first.year)
    rates = plural("{n:,} rate", "{n:,} rates", usual.rates)
    return plural(
        "{category}: {n:,} event on {rates}, {years}",
        "{category}: {n:,} events on {rates}, {years}",
        usual.events,
        category=category_title(usual.category),
        rates=rates,
        years=years,
    )
