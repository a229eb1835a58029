"""An event's view as its figure wants it: the title is a sentence, user text is made harmless."""

from __future__ import annotations

from dashboard.domain.event_view import EventView, Fixing
from dashboard.ui.charts.event_window import WindowChart
from dashboard.ui.event_words import main_move
from dashboard.ui.move_words import moved, subject
from dashboard.ui.quoting import Quoting
from dashboard.ui.text import plot_text
from dashboard.ui.wording import clock, day


def chart_of_view(
    view: EventView, quoting: Quoting, *, dark: bool = False, phone: bool = False
) -> WindowChart:
    """What the event-window figure shows of a view."""
    move = main_move(view)
    return WindowChart(
        view=view,
        quoting=quoting,
        title=plot_text(f"{what_moved(view, quoting)} after: {view.event.title}", 112, 1),
        subtitle=chart_subtitle(view, quoting),
        main_offset=move.window[1] if move is not None else 0,
        dark=dark,
        phone=phone,
    )


def what_moved(view: EventView, quoting: Quoting) -> str:
    """`Rouble 0.47 log pts stronger`, or who would have moved where no number is known."""
    move = main_move(view)
    return moved(move, quoting) if move is not None else subject(quoting)


def chart_subtitle(view: EventView, quoting: Quoting) -> str:
    """The day, the series with its unit, and the base."""
    base = view.timing.base if view.timing else None
    against = f" · base {quoting.rate(base.rate)} {_base_words(base)}" if base is not None else ""
    return f"{day(view.event.day)} · {view.card.title}, {quoting.unit}{against}"


def _base_words(base: Fixing) -> str:
    on = f"on {day(base.day)}"
    return f"{on} at {clock(base.known_at)} MSK" if base.bar_minutes else on
