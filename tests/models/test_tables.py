"""A declared table: values by path or function, batches, expansion, columns of bars."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from dashboard.models.tables import Column, Table

NAN = float("nan")


@dataclass
class Base:
    day: date
    rate: float


@dataclass
class Move:
    window: tuple[int, int]
    base: Base | None
    car: float


@dataclass
class View:
    minutes: int
    moves: list[Move] = field(default_factory=list)


MOVES = [Move((0, 1), Base(date(2025, 4, 18), 81.1), 0.5), Move((-1, 1), None, NAN)]
TABLE = Table(
    "moves",
    "Moves",
    (
        Column("window", "window"),
        Column("day", "date", get="base.day"),
        Column("car"),
        Column("twice", "int", get=lambda move: 2 * len(move.window)),
    ),
    bar_columns=(Column("rate", get="base.rate"),),
    expand=lambda view: view.moves,
    bars="minutes",
)


def test_a_value_is_an_attribute_a_path_or_a_function_and_none_where_it_is_missing():
    assert list(TABLE.rows([View(0, MOVES)])) == [
        ("[0,1]", date(2025, 4, 18), 0.5, 4),
        ("[-1,1]", None, None, 4),
    ]
    assert TABLE.count([View(0, MOVES), View(0)]) == 2


def test_series_of_bars_have_columns_of_their_own():
    assert TABLE.fit([View(0, MOVES)]).header == ("window", "day", "car", "twice")
    bars = TABLE.fit([View(60, MOVES)])
    assert bars.header == ("window", "day", "car", "twice", "rate")
    assert next(bars.rows([View(60, MOVES)]))[-1] == 81.1


def test_a_batch_gives_whole_columns():
    table = Table(
        "batch",
        "A batch of rows",
        (
            Column("x", get=lambda batch: batch),
            Column("name", "text", get=lambda b: ["a"] * len(b)),
        ),
        batched=True,
    )
    batches = [np.array([1.5, NAN]), np.array([-2.0])]
    assert list(table.rows(batches)) == [(1.5, "a"), (None, "a"), (-2.0, "a")]
    assert table.count(batches) == 3
