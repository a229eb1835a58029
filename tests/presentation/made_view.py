"""A view of an event made by hand, for messages, components and figures."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dashboard.models.event import Event
from dashboard.models.moves import EventView, Fixing, Move, PathPoint, PlaceboRank, Timing
from dashboard.models.publication import BANK_OF_RUSSIA
from dashboard.models.series import QUOTE_IS_SUBJECT, MethodBreak, SeriesCard
from dashboard.models.study import StudyRequest

CARD = SeriesCard(
    id="rub",
    title="USD/RUB, a bank",
    unit="RUB per USD",
    inverse_unit="USD per RUB",
    publisher="A bank",
    source_url="https://example.org",
    licence="none",
    date_rule=BANK_OF_RUSSIA.id,
    move_sign=QUOTE_IS_SUBJECT,
    breaks=(MethodBreak(date(2024, 6, 13), "another method"),),
)
MONDAY = date(2025, 4, 21)
FRIDAY = date(2025, 4, 18)
SUNDAY = date(2025, 4, 20)


def fixing(day, rate):
    """A fixing made 10:00-15:30 MSK (07:00-12:30 UTC) and printed with the next date."""
    opens = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)
    closes = opens + timedelta(hours=5, minutes=30)
    return Fixing(day, day + timedelta(days=1), opens, closes, rate)


def ranks(**more):
    """Where a move stands in each pool; those of a name are replaced, `near={"size": 39}`."""
    near = (date(2024, 4, 18), date(2026, 4, 29), 500)
    years = (date(2013, 7, 29), date(2026, 8, 18), 822)
    built = (
        PlaceboRank("near", 500, 0.5, 44.2, 41.4, *near),
        PlaceboRank("quiet", 504, 0.6, 43.1, 45.6, date(2013, 7, 29), date(2024, 1, 25), 6),
        PlaceboRank("all", 3223, 0.7, 40.3, 42.7, *years),
        PlaceboRank("similar", 1074, 0.8, 26.0, 28.0, *years),
    )
    return tuple(replace(rank, **more.get(rank.pool, {})) for rank in built)


def move(window=(0, 0), **more):
    """From 80.00 to 79.20: -100 ln(0.99) = +1.0050 log points, -1.00 %, +1.0101 %."""
    values = {
        "base": fixing(FRIDAY, 80.0),
        "end": fixing(MONDAY, 79.2),
        "log_points": 1.0050,
        "pct_quoted": -1.0,
        "pct_inverse": 1.0101,
        "car": 0.9,
        "car_se": 1.2,
        "car_t": 0.75,
        "p_value": 0.4547,
        "ranks": ranks(),
        "crowd": (),
    }
    return Move(window=window, **{**values, **more})


def missing_move(window, reason):
    """A move that has no numbers, and why."""
    names = ("log_points", "pct_quoted", "pct_inverse", "car", "car_se", "car_t", "p_value", "end")
    nothing = {"p": None, "percentile": None, "by_move": None}
    none = ranks(**dict.fromkeys(("near", "quiet", "all", "similar"), nothing))
    return move(window, **dict.fromkeys(names), ranks=none, reason=reason)


def path():
    """Offsets -2..3; the band is symmetric and widens by 1 log point an offset."""
    moves = {-2: -0.5, -1: 0.0, 0: 1.0, 1: -0.5, 2: -1.5, 3: 5.0}
    return tuple(
        PathPoint(k, MONDAY + timedelta(days=k), 80.0, value, -abs(k + 1.0), abs(k + 1.0))
        for k, value in moves.items()
    )


def timing(**more):
    """Sunday's event, Monday's fixing, Friday's base."""
    values = {
        "moment": None,
        "first": fixing(MONDAY, 79.2),
        "base": fixing(FRIDAY, 80.0),
        "alternative": None,
        "shift_days": 1,
        "partial": False,
        "far": False,
    }
    return Timing(**{**values, **more})


def unsettled(**more):
    """Monday's event of unknown hour: Monday's fixing or, after it, Tuesday's."""
    other = fixing(date(2025, 4, 22), 79.9)
    return timing(**{"shift_days": 0, "alternative": other, "settled": False, **more})


def event(**more):
    """Something said on a Sunday."""
    return Event(**{"id": "said", "day": SUNDAY, "title": "Somebody said something",
                    "category": "nato_remark", **more})  # fmt: skip


def made_view(**more):
    """A view with one move; anything can be replaced."""
    values = {
        "event": event(),
        "card": CARD,
        "request": StudyRequest(window=(-2, 3), cars=((0, 0),)),
        "timing": timing(),
        "moves": (move(),),
        "path": path(),
        "crowd": (),
        "flags": (),
        "n_estimation": 120,
        "sigma": 1.12,
        "previous_id": None,
        "next_id": None,
    }
    return EventView(**{**values, **more})
