"""Who sees what, on PostgreSQL."""

from dataclasses import replace

import psycopg
import pytest

from tests.storage.visibility_form import (
    A_FILE,
    PRIVATE,
    SHARED,
    HiddenForm,
    PeopleForm,
    RevisionsForm,
    ann,
    bob,
    nobody,
    of,
)

__all__ = ["ann", "bob", "nobody", "of"]


@pytest.fixture
def url(postgres_url):
    return postgres_url


class TestPeople(PeopleForm):
    pass


class TestRevisions(RevisionsForm):
    pass


class TestHidden(HiddenForm):
    pass


# ------------------------------------------------------------------ row security


def titles(url, person=None, query="SELECT title FROM notes"):
    """What a query of one's own gives on a connection of the product's role, as a person."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        if person is not None:
            connection.execute("SELECT set_config('dashboard.person', %s, false)", [person])
        return sorted(row[0] for row in connection.execute(query))


def test_a_query_of_ones_own_gives_no_private_note_of_another_person(url, ann, bob):
    ann.add_all([PRIVATE, SHARED])
    bob.add(replace(PRIVATE, title="for Bob alone"))
    ann.import_notes(A_FILE, [PRIVATE])
    assert titles(url) == ["for everybody"]
    assert titles(url, "") == ["for everybody"]
    assert titles(url, "bob") == ["for Bob alone", "for everybody"]
    assert titles(url, "ann") == ["for Ann alone", "for Ann alone", "for everybody"]
    history = "SELECT after ->> 'title' FROM note_history"
    assert titles(url, "bob", history) == ["for Bob alone", "for everybody"]
    assert titles(url, "bob", "SELECT file_name FROM imports") == []
    assert titles(url, "ann", "SELECT file_name FROM imports") == ["plans.csv"]


def test_no_query_changes_or_forges_a_private_note_of_another_person(url, ann):
    note = ann.add(PRIVATE)
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("SET dashboard.person = 'bob'")
        for query in ("UPDATE notes SET title = 'mine'", "DELETE FROM notes"):
            assert connection.execute(query).rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(
                "INSERT INTO imports (id, at, who, file_name, kind, sha256, rows, added,"
                " duplicates, wrong, undone_by, visibility, owner)"
                " VALUES ('import-x', now(), '', '', '', '', 0, 0, 0, 0, '', 'private', 'ann')"
            )
    assert ann.get(note.id) == note


def test_the_person_of_one_transaction_is_not_that_of_the_next(url, ann):
    ann.add(PRIVATE)
    seen = []
    for person in ("ann", "bob", "ann", ""):
        query = lambda c: c.exec_driver_sql("SELECT count(*) FROM notes").scalar()  # noqa: E731
        seen.append(ann.database.read(query, person))
    assert seen == [1, 0, 1, 0]
    assert ann.database.read(query, None) == 1
