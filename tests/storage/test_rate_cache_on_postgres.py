"""The memory of live rates that replicas share: what it does in a file, it does on PostgreSQL."""

import pytest

from dashboard.storage.rate_cache import RateCache
from dashboard.storage.shared_cache import CacheTables
from dashboard.storage.upgrade import CurrentDatabase
from tests.storage import test_rate_cache, test_rate_cache_as_of
from tests.storage.test_rate_cache import (
    test_a_failure_is_noted_and_what_is_kept_stays,
    test_a_first_attempt_may_fail,
    test_a_missing_number_replaces_nothing_and_is_filled_without_a_revision,
    test_a_number_revised_twice_has_two_revisions_the_latest_first,
    test_a_provisional_number_becomes_final_without_a_revision,
    test_a_provisional_number_never_replaces_a_final_one,
    test_a_provisional_number_that_does_not_come_again_goes,
    test_a_revised_number_is_kept_beside_the_one_that_replaced_it,
    test_a_series_is_read_as_it_was_kept,
    test_a_series_never_takes_rows_from_another_source,
    test_a_series_that_was_only_asked_for_has_no_rows,
    test_a_version_has_a_mark_that_grows_when_anything_changes,
    test_an_answer_with_fewer_rows_makes_nothing_shorter,
    test_bars_of_one_day_are_told_apart_by_their_beginning,
    test_later_rows_are_added_and_the_same_rows_change_nothing,
    test_moments_are_kept_to_the_microsecond,
    test_the_states_of_all_series_are_those_of_each,
)
from tests.storage.test_rate_cache_as_of import test_every_number_is_that_of_the_moment

__all__ = [
    "test_a_failure_is_noted_and_what_is_kept_stays",
    "test_a_first_attempt_may_fail",
    "test_a_missing_number_replaces_nothing_and_is_filled_without_a_revision",
    "test_a_number_revised_twice_has_two_revisions_the_latest_first",
    "test_a_provisional_number_becomes_final_without_a_revision",
    "test_a_provisional_number_never_replaces_a_final_one",
    "test_a_provisional_number_that_does_not_come_again_goes",
    "test_a_revised_number_is_kept_beside_the_one_that_replaced_it",
    "test_a_series_is_read_as_it_was_kept",
    "test_a_series_never_takes_rows_from_another_source",
    "test_a_series_that_was_only_asked_for_has_no_rows",
    "test_a_version_has_a_mark_that_grows_when_anything_changes",
    "test_an_answer_with_fewer_rows_makes_nothing_shorter",
    "test_bars_of_one_day_are_told_apart_by_their_beginning",
    "test_every_number_is_that_of_the_moment",
    "test_later_rows_are_added_and_the_same_rows_change_nothing",
    "test_moments_are_kept_to_the_microsecond",
    "test_the_states_of_all_series_are_those_of_each",
]


@pytest.fixture(scope="module")
def tables(postgres_server):
    """The tables of one database, emptied for each test: the migrations take a second."""
    import psycopg

    admin = postgres_server.get_uri()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("create database cache_of_rates")
    database = CurrentDatabase(postgres_server.get_uri(database="cache_of_rates"))
    yield CacheTables(database)
    database.close()
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("drop database cache_of_rates with (force)")


@pytest.fixture
def empty_tables(tables):
    tables.write(
        lambda connection: connection.execute(
            "truncate series, fetches, observations, revisions restart identity cascade"
        )
    )
    return tables


@pytest.fixture
def cache(empty_tables):
    return RateCache(empty_tables)


@pytest.fixture
def folder(empty_tables):
    test_rate_cache_as_of.answer_three_times(RateCache(empty_tables))
    return empty_tables


def test_a_refresh_that_fails_in_the_middle_leaves_nothing(cache, monkeypatch):
    test_rate_cache.keep(cache, {"2026-11-20": 84.1})

    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr("dashboard.storage.rate_cache._compare_rows", fail)
    with pytest.raises(RuntimeError):
        test_rate_cache.keep(cache, {"2026-11-20": 84.5}, test_rate_cache.LATER)
    monkeypatch.undo()
    assert test_rate_cache.rates_of(cache) == {"2026-11-20": 84.1}
    assert cache.state("made").ok_at == test_rate_cache.NOON


def test_a_hundred_thousand_bars_are_written_within_the_limit_of_a_statement(cache):
    test_rate_cache.test_a_hundred_thousand_bars_are_kept_and_read_in_a_few_seconds(cache)
