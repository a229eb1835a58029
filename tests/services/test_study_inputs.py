"""Series and events by name: ids first, then files, and nothing by accident."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dashboard.models.errors import InputError
from dashboard.models.event import Origin
from dashboard.services.study_inputs import available_events, resolve_series, select_events
from tests.made_series import event_on, made_series


class Source:
    """Two series, one of them from a file with a hash."""

    id = "fake"

    def __init__(self):
        self.series = {name: made_series([1, 2], series_id=name) for name in ("usd", "eur")}

    def cards(self):
        return tuple(series.card for series in self.series.values())

    def get(self, name):
        return self.series[name]

    def files(self):
        return {"usd": "a" * 64}


@dataclass
class Table:
    series: tuple
    name: str = "mine.csv"
    messages: tuple = ("mine.csv: was sorted",)
    sha256: str = "b" * 64


def choose(names, columns=(), table_of=("X", "Y")):
    series = tuple(made_series([1, 2], series_id=name) for name in table_of)
    return resolve_series([Source()], names, lambda path: Table(series), columns)


def ids(chosen):
    return [series.card.id for series in chosen.series]


def test_ids_and_files_stand_in_the_order_they_were_named():
    chosen = choose(["eur", "mine.csv", "usd"])
    assert ids(chosen) == ["eur", "X", "Y", "usd"]
    assert [(file.name, file.sha256[0]) for file in chosen.files] == [
        ("mine.csv", "b"), ("usd.csv", "a"),
    ]  # fmt: skip
    assert chosen.messages == ("mine.csv: was sorted",)


def test_a_name_given_twice_is_taken_once():
    assert ids(choose(["usd", "usd"])) == ["usd"]


def test_an_id_wins_over_a_file_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "usd").write_text("date,X\n")
    assert ids(choose(["usd"])) == ["usd"]


def test_a_file_without_an_extension_is_found(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rates").write_text("date,X\n")
    assert ids(choose(["rates"])) == ["X", "Y"]


def test_a_name_that_is_neither_is_refused_with_the_ids_there_are():
    with pytest.raises(InputError, match="rates gbp: is neither a file nor one of the series usd"):
        choose(["gbp"])


def test_two_series_of_one_name_are_refused():
    with pytest.raises(InputError, match="two series are called usd; rename a column"):
        choose(["usd", "mine.csv"], table_of=("usd",))


def test_columns_are_picked_in_the_order_asked_whatever_their_capitals():
    assert ids(choose(["mine.csv"], columns=["y", "X", "Y"])) == ["Y", "X"]


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="series Z: is not there; choose one of X, Y"):
        choose(["mine.csv"], columns=["Z"])


EVENTS = (event_on("2024-01-01", "a", category="talks"), event_on("2024-01-02", "b",
          category="energy", origin=Origin.NOTE))  # fmt: skip


@pytest.mark.parametrize(
    ("categories", "origin", "found"),
    [
        ([], None, "ab"),
        (["talks"], None, "a"),
        (["talks", "energy"], None, "ab"),
        ([], "note", "b"),
    ],
)
def test_events_are_chosen_by_category_and_origin(categories, origin, found):
    assert "".join(e.id for e in select_events(EVENTS, categories, origin)) == found


def test_a_category_that_no_event_has_is_refused():
    with pytest.raises(InputError, match="category x: no event has it; choose one of energy, t"):
        select_events(EVENTS, ["x"])


def test_nothing_to_study_is_refused():
    with pytest.raises(InputError, match="there is no event to study"):
        select_events(EVENTS, ["talks"], "note")


def test_the_house_counts_its_notes():
    class Catalogue:
        def events(self):
            return EVENTS[:1]

        def files(self):
            return {"catalogue": "c" * 64}

    class Notes:
        def notes(self):
            return EVENTS[1:]

        def hidden(self):
            return hidden

    hidden = frozenset()
    chosen = available_events(Catalogue(), Notes())
    assert (chosen.name, len(chosen.events)) == ("catalogue and 1 notes", 2)
    assert [file.name for file in chosen.files] == ["catalogue.csv"]
    assert chosen.messages == ()
    hidden = frozenset({EVENTS[0].id})
    chosen = available_events(Catalogue(), Notes())
    assert chosen.name == "catalogue without 1 hidden and 1 notes"
    assert chosen.events == EVENTS[1:]
    assert chosen.messages == (
        "1 event of the catalogue is hidden and left out; the list of hidden events names them",
    )
