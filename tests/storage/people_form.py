"""People, their sign-ins and the deletion of their data; a test module adds the fixture `url`."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from dashboard.models.errors import StoreError
from dashboard.models.event import Event, Origin, Visibility
from dashboard.models.inbox import Decision
from dashboard.models.people import Role, SignIn
from dashboard.models.user_files import ImportRecord
from dashboard.services.admin import create_token
from dashboard.storage.inbox import InboxRepository
from dashboard.storage.notes import NoteRepository
from tests.storage.inbox_form import ONE

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
DAY = date(2025, 4, 21)
SHARED = Event(id="", day=DAY, title="for everybody", author="ann", origin=Origin.NOTE)
PRIVATE = replace(SHARED, title="for Ann alone", visibility=Visibility.PRIVATE)
A_FILE = ImportRecord("secret plans.csv", "CSV", "0" * 64, rows=1, added=1, duplicates=0, wrong=0)


@pytest.fixture
def of(url):
    """The store as a person sees it: `of("ann")`."""
    opened = []

    def open_for(person):
        opened.append(NoteRepository(url, person=person, clock=lambda: NOON))
        return opened[-1]

    yield open_for
    for store in opened:
        store.close()


class PeopleRepositoryForm:
    def test_a_sign_in_is_stored_once_with_its_role_and_on_record(self, of):
        people = of("").people
        for _twice in range(2):
            people.start_sign_in(SignIn("k1", "ann", NOON, NOON), Role.EDITOR)
        assert [one.key for one in people.sign_ins()] == ["k1"]
        (person,) = people.people()
        assert (person.claimed_role, person.given_role) == (Role.EDITOR, None)
        assert person.first_seen == person.last_active == NOON
        assert [(e.action, e.author) for e in of("").audit.entries(9)] == [("sign-in", "ann")]

    def test_a_role_is_given_taken_back_and_on_record(self, of):
        people = of("boss").people
        people.give_role("ann", Role.VIEWER)
        assert people.find("ann").given_role is Role.VIEWER
        people.give_role("ann", None)
        assert people.find("ann").given_role is None
        entries = of("boss").audit.entries(9)
        assert [(e.author, e.subject, e.before["role"], e.after["role"]) for e in entries] == [
            ("boss", "ann", "viewer", None),
            ("boss", "ann", None, "viewer"),
        ]

    def test_sign_out_everywhere_ends_every_sign_in_of_one_person(self, of):
        people = of("boss").people
        for key, name in (("k1", "ann"), ("k2", "ann"), ("k3", "bob")):
            people.start_sign_in(SignIn(key, name, NOON, NOON), Role.VIEWER)
        people.end_sign_in("k1")
        assert people.end_all("ann") == 1
        assert [one.key for one in people.sign_ins()] == ["k3"]
        assert people.find("ann").signed_out_at == NOON

    def test_what_is_private_is_deleted_and_what_is_shared_stays_under_another_name(self, of, url):
        ann, bob = of("ann"), of("bob")
        shared, private = ann.add(SHARED), ann.add(PRIVATE)
        ann.edit(replace(private, visibility=Visibility.SHARED, title="shared late"), 1)
        kept_private = ann.add(PRIVATE)
        ann.import_notes(A_FILE, [replace(PRIVATE, title="of a file")])
        ann.hide(["c1", "c2"])
        create_token(ann.tokens, "robot", "ann")
        inbox = InboxRepository(ann)
        item = ONE
        inbox.ingest([item])
        inbox.decide([item.id], Decision.DISMISSED)

        done = of("boss").people.remove_person("ann")

        assert (done.private_notes, done.hidden_events, done.tokens) == (2, 2, 1)
        assert done.shared_notes == 2
        assert ann.get(kept_private.id) is None
        assert ann.hidden() == frozenset()
        assert ann.tokens.tokens() == ()
        assert {note.author for note in bob.notes()} == {done.pseudonym}
        assert {note.owner for note in bob.notes()} == {done.pseudonym}
        assert {c.author for c in bob.history(shared.id)} == {done.pseudonym}
        assert {c.author for c in bob.history(private.id)} == {done.pseudonym}
        assert inbox.by_ids([item.id])[0].decided_by == done.pseudonym
        stored = _every_text(bob)
        assert "for Ann alone" not in stored
        assert "secret plans.csv" not in _every_text(bob, without={"audit"})
        entries = bob.audit.entries(99)
        assert [e.author for e in entries if e.action == "person-remove"] == ["boss"]
        assert "secret plans.csv" not in str(entries)

    def test_the_history_is_append_only_again_after_a_deletion(self, of):
        ann = of("ann")
        ann.add(SHARED)
        of("boss").people.remove_person("ann")
        with pytest.raises(StoreError, match="nothing was saved"):
            ann.database.write(lambda c: c.execute(text("UPDATE note_history SET who = 'x'")))


def _every_text(store, without=frozenset()):
    from dashboard.storage.schema import METADATA

    def read(connection):
        return [
            str(row)
            for table in METADATA.sorted_tables
            if table.name not in without
            for row in connection.execute(table.select())
        ]

    return "\n".join(store.database.read(read))
