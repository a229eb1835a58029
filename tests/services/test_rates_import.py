"""Importing rates: what a series is called, what its card says, nothing twice."""

from datetime import UTC, datetime

import pytest

from dashboard.container import rates_from_file
from dashboard.models.errors import InputError
from dashboard.models.user_files import RateFileOptions
from dashboard.services.rates import (
    SeriesNaming,
    delete_imported_rates,
    import_rates,
    is_imported,
    plan_rate_import,
)
from dashboard.sources.rates.imported import ImportedRates

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)
ONE = b"date,USD\n2024-01-05,92.5\n2024-01-09,93\n"
TWO = "date,USD,курс юаня\n2024-01-05,92.5,12.5\n2024-01-09,93,12.6\n".encode()


def plan(data=ONE, name="", title="", file="My rates (1).csv", reading=None):
    table = rates_from_file(data, reading or RateFileOptions(), file)
    return plan_rate_import(table, SeriesNaming(name, title), NOW)


def test_a_series_is_called_after_its_file_or_as_it_is_told():
    assert [each.card.id for each in plan().series] == ["own_my_rates_1"]
    assert [each.card.id for each in plan(name="bank").series] == ["own_bank"]
    assert [each.card.id for each in plan(name="own_bank").series] == ["own_bank"]
    assert [each.card.id for each in plan(file="Курс ЦБ.csv").series] == ["own_kurs_tsb"]
    assert [each.card.id for each in plan(file="汇率.csv").series] == ["own_file"]


def test_of_several_columns_each_is_called_after_its_own():
    ids = [each.card.id for each in plan(TWO, name="desk").series]
    assert ids == ["own_desk_usd", "own_desk_kurs_iuania"]
    titles = [each.card.title for each in plan(TWO, title="Desk").series]
    assert titles == ["USD, Desk", "курс юаня, Desk"]


@pytest.mark.parametrize("name", ["a b", "../x", "é", "a" * 61, "A-B"])
def test_a_name_that_cannot_be_an_id_is_refused(name):
    with pytest.raises(InputError, match=r"name .*: use letters a-z, digits and _ only"):
        plan(name=name)


def test_two_columns_with_one_id_are_refused():
    with pytest.raises(InputError, match="would both be called own_x_usd"):
        plan(b"date,USD,USD!\n2024-01-05,1,2\n", name="x")


def test_the_card_says_whose_it_is_when_it_came_and_its_hash():
    (series,) = plan(reading=RateFileOptions("rub-per-usd")).series
    card = series.card
    assert is_imported(card)
    assert card.publisher == "your own file My rates (1).csv"
    assert card.licence == "yours"
    assert "column USD, imported 2026-11-23 19:30 UTC" in card.description
    # printf 'date,USD\n2024-01-05,92.5\n2024-01-09,93\n' | sha256sum
    assert (
        "sha256 fde6e9452d146e33f236cf985bb00ec90640b0b39f5a5cee0da8c559d3cf25f5."
        in card.description
    )
    assert series.fetched_at == NOW
    assert card.subject.code == "RUB"
    assert (card.unit, card.title) == ("RUB per USD", "USD, My rates (1).csv")


def test_the_same_file_twice_changes_nothing_and_another_of_its_name_is_refused(tmp_path):
    own = ImportedRates(tmp_path)
    assert [card.id for card in import_rates(own, plan(name="a"))] == ["own_a"]
    first = (tmp_path / "own_a.npz").stat()
    import_rates(own, plan(name="a"))
    assert (tmp_path / "own_a.npz").stat().st_mtime_ns == first.st_mtime_ns
    other = plan(ONE.replace(b"93", b"94"), name="a")
    with pytest.raises(InputError, match="own_a: is already kept"):
        import_rates(own, other)
    import_rates(own, other, replace=True)
    assert own.get("own_a").rate.tolist() == [92.5, 94.0]


def test_what_is_removed_is_gone_and_what_is_not_there_is_refused(tmp_path):
    own = ImportedRates(tmp_path)
    import_rates(own, plan(name="a"))
    assert delete_imported_rates(own, "own_a") == "own_a"
    assert own.cards() == ()
    with pytest.raises(InputError, match="none is kept yet"):
        delete_imported_rates(own, "own_a")
