"""Who sees what of a store that several people share; a test module adds the fixture `url`."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.models.errors import InputError
from dashboard.models.event import EditConflict, Event, Origin, Visibility
from dashboard.models.user_files import ImportRecord
from dashboard.storage.notes import NoteRepository

DAY = date(2025, 4, 21)
SHARED = Event(id="", day=DAY, title="for everybody", text="first words", origin=Origin.NOTE)
PRIVATE = replace(SHARED, title="for Ann alone", visibility=Visibility.PRIVATE)
A_FILE = ImportRecord("plans.csv", "CSV", "0" * 64, rows=1, added=1, duplicates=0, wrong=0)


@pytest.fixture
def of(url):
    """The store as a person sees it: `of("ann")`."""
    opened = []

    def open_for(person):
        opened.append(NoteRepository(url, person=person))
        return opened[-1]

    yield open_for
    for store in opened:
        store.close()


@pytest.fixture
def ann(of):
    return of("ann")


@pytest.fixture
def bob(of):
    return of("bob")


@pytest.fixture
def nobody(of):
    return of("")


class PeopleForm:
    def test_a_private_note_is_there_for_its_owner_and_for_nobody_else(self, ann, bob, nobody):
        note = ann.add(PRIVATE)
        assert (note.owner, note.visibility) == ("ann", "private")
        assert ann.get(note.id) == note
        assert ann.notes() == ann.notes(with_deleted=True) == (note,)
        assert len(ann.history(note.id)) == 1
        assert ann.probe().notes == 1
        for other in (bob, nobody):
            assert other.get(note.id) is None
            assert other.notes() == other.notes(with_deleted=True) == ()
            assert other.history(note.id) == ()
            assert (other.probe().notes, other.probe().last_change) == (0, None)

    def test_a_private_note_of_another_cannot_be_changed_and_is_not_named(self, ann, bob, nobody):
        note = ann.add(PRIVATE)
        for other in (bob, nobody):
            for act in (
                lambda store=other: store.edit(replace(note, title="x"), 1),
                lambda store=other: store.edit(replace(note, title="x"), 7),
                lambda store=other: store.change(note.id, lambda old: replace(old, title="x")),
                lambda store=other: store.delete(note.id, 1),
                lambda store=other: store.restore(note.id),
                lambda store=other: store.restore_revision(note.id, 1),
            ):
                with pytest.raises(InputError, match="there is no note with this id") as caught:
                    act()
                assert not isinstance(caught.value, EditConflict)
                assert "Ann" not in str(caught.value)
        assert ann.get(note.id) == note

    def test_a_deleted_private_note_is_deleted_for_its_owner_alone(self, ann, bob):
        note = ann.add(PRIVATE)
        gone = ann.delete(note.id, 1)
        assert ann.notes(with_deleted=True) == (gone,)
        assert (ann.probe().deleted, bob.probe().deleted) == (1, 0)
        assert bob.notes(with_deleted=True) == ()

    def test_a_change_that_a_person_cannot_see_is_no_new_version_for_that_person(self, ann, bob):
        before = ann.version(), bob.version()
        note = ann.add(PRIVATE)
        assert ann.version() != before[0]
        assert bob.version() == before[1]
        ann.edit(replace(note, title="again"), 1)
        assert bob.version() == before[1]

    def test_a_note_that_becomes_private_is_a_new_version_for_everybody(self, ann, bob):
        note = ann.add(SHARED)
        ann.add(SHARED)
        before = bob.version()
        ann.edit(replace(note, visibility=Visibility.PRIVATE), 1)
        assert bob.version() != before
        assert len(bob.notes()) == 1

    def test_a_note_is_signed_by_the_person_and_stays_its_owners(self, ann, bob):
        note = ann.add(SHARED, author="a label")
        edited = bob.edit(replace(note, title="by Bob", owner="bob"), 1, author="Ann")
        assert edited.owner == "ann"
        assert [change.author for change in ann.history(note.id)] == ["ann", "bob"]

    def test_only_its_owner_makes_a_note_private_or_shares_it(self, ann, bob, nobody):
        note = ann.add(SHARED)
        hidden = replace(note, visibility=Visibility.PRIVATE)
        for other in (bob, nobody):
            with pytest.raises(InputError, match="can be changed by ann, whose note it is"):
                other.edit(hidden, 1)
        private = ann.edit(hidden, 1)
        assert bob.get(note.id) is None
        shared = ann.edit(replace(private, visibility=Visibility.SHARED), 2)
        assert bob.get(note.id) == shared

    def test_a_shared_note_of_nobody_stays_shared(self, nobody, ann):
        note = nobody.add(SHARED)
        with pytest.raises(InputError, match="it has no owner"):
            ann.edit(replace(note, visibility=Visibility.PRIVATE), 1)

    def test_who_has_no_name_writes_no_private_note(self, nobody):
        with pytest.raises(InputError, match="set DASHBOARD_USER"):
            nobody.add(PRIVATE)
        assert nobody.notes(with_deleted=True) == ()

    def test_a_visibility_that_is_not_known_hides_the_note(self, ann, bob):
        note = ann.add(replace(SHARED, visibility="team"))
        assert ann.get(note.id) == note
        assert bob.get(note.id) is None

    def test_what_a_shared_note_said_while_it_was_private_stays_its_owners(self, ann, bob):
        note = ann.add(PRIVATE)
        stored = ann.edit(replace(note, title="still private"), 1)
        shared = ann.edit(replace(stored, title="now shared", visibility=Visibility.SHARED), 2)
        assert [change.revision for change in ann.history(note.id)] == [1, 2, 3]
        (seen,) = bob.history(note.id)
        assert (seen.revision, seen.before, seen.after) == (3, None, shared)
        with pytest.raises(InputError, match="there is no revision 1 to restore"):
            bob.restore_revision(note.id, 1)

    def test_a_conflict_with_a_note_that_became_private_shows_nothing_of_it(self, ann, bob):
        note = ann.add(SHARED)
        ann.edit(replace(note, title="secret", visibility=Visibility.PRIVATE), 1)
        with pytest.raises(InputError, match="there is no note with this id") as caught:
            bob.edit(replace(note, title="by Bob"), 1)
        assert not isinstance(caught.value, EditConflict)

    def test_the_record_shows_what_is_private_to_its_owner_alone(self, ann, bob, nobody):
        ann.add(PRIVATE)
        ann.import_notes(A_FILE, [PRIVATE])
        ann.add(SHARED)
        actions = [item.action for item in ann.audit.entries(9)]
        assert actions == ["create", "import", "create", "create"]
        for other in (bob, nobody):
            (only,) = other.audit.entries(9)
            assert only.after["title"] == "for everybody"

    def test_the_record_of_a_note_that_was_private_once_keeps_that_state_back(self, ann, bob):
        note = ann.add(PRIVATE)
        ann.edit(replace(note, visibility=Visibility.SHARED, title="for everybody"), 1)
        shared, created = bob.audit.entries(9)
        assert (created.before, created.after, shared.before) == (None, None, None)
        assert shared.after["title"] == "for everybody"
        assert ann.audit.entries(9)[1].after["title"] == "for Ann alone"

    def test_an_import_with_a_private_note_is_its_owners_alone(self, ann, bob):
        record, (note,) = ann.import_notes(A_FILE, [PRIVATE])
        assert note.owner == "ann"
        assert ann.imports() == (record,)
        assert bob.imports() == ()
        with pytest.raises(InputError, match="there is no import with this id"):
            bob.undo_import(record.id)
        assert ann.get(note.id) == note
        assert ann.undo_import(record.id).removed == 1

    def test_undoing_a_shared_import_leaves_and_hides_what_became_private(self, ann, bob):
        record, (first, second) = ann.import_notes(A_FILE, [SHARED, SHARED])
        secret = ann.edit(replace(first, visibility=Visibility.PRIVATE), 1)
        done = bob.undo_import(record.id)
        assert (done.removed, done.changed) == (1, ())
        assert ann.get(first.id) == secret
        assert ann.get(second.id).deleted is not None


class RevisionsForm:
    def test_any_revision_becomes_a_new_one_and_the_history_only_grows(self, ann):
        note = ann.add(SHARED)
        for number in range(2, 6):
            note = ann.edit(
                replace(note, title=f"title {number}", day=date(2025, 4, number)), number - 1
            )
        back = ann.restore_revision(note.id, 3)
        assert (back.title, back.day, back.revision) == ("title 3", date(2025, 4, 3), 6)
        assert ann.get(note.id) == back
        changes = ann.history(note.id)
        assert [change.revision for change in changes] == [1, 2, 3, 4, 5, 6]
        assert (changes[-1].action, changes[-1].author) == ("restore", "ann")
        assert changes[-1].at == back.updated > datetime(2026, 1, 1, tzinfo=UTC)
        assert (changes[-1].before, changes[-1].after) == (note, back)

    def test_a_revision_of_a_deleted_note_brings_it_back(self, ann):
        note = ann.add(SHARED)
        ann.edit(replace(note, title="other"), 1)
        ann.delete(note.id, 2)
        back = ann.restore_revision(note.id, 1)
        assert (back.title, back.deleted, back.revision) == (SHARED.title, None, 4)

    def test_restoring_what_a_note_says_now_changes_nothing(self, ann):
        note = ann.add(SHARED)
        assert ann.restore_revision(note.id, 1) == note
        assert len(ann.history(note.id)) == 1

    def test_a_revision_that_was_shared_does_not_publish_a_private_note(self, ann, bob):
        note = ann.add(SHARED)
        ann.edit(replace(note, title="secret", visibility=Visibility.PRIVATE), 1)
        back = ann.restore_revision(note.id, 1)
        assert (back.title, back.visibility) == (SHARED.title, "private")
        assert bob.get(note.id) is None

    def test_a_revision_that_never_was_is_told(self, ann):
        note = ann.add(SHARED)
        for revision in (0, 2, -1, 10**9):
            with pytest.raises(InputError, match="there is no revision"):
                ann.restore_revision(note.id, revision)


class HiddenForm:
    def test_what_a_person_hides_is_hidden_from_that_person_alone(self, ann, bob):
        ann.hide(["one", "two"])
        ann.hide(["two", "three", "three"])
        assert ann.hidden() == {"one", "two", "three"}
        assert bob.hidden() == frozenset()
        ann.unhide(["two", "never hidden"])
        assert ann.hidden() == {"one", "three"}

    def test_audit_tells_what_was_hidden_and_shown_again_once_each(self, ann):
        ann.hide(["one", "two"])
        ann.hide(["two"])
        ann.unhide(["two", "never hidden"])
        result = [(one.action, one.subject, one.author) for one in ann.audit.entries(10)]
        assert sorted(result) == [
            ("hide", "one", "ann"), ("hide", "two", "ann"), ("unhide", "two", "ann"),
        ]  # fmt: skip

    def test_hiding_and_showing_are_new_versions_for_that_person_alone(self, ann, bob):
        others = bob.version()
        versions = [ann.version()]
        for act in (
            lambda: ann.hide(["one"]),
            lambda: ann.hide(["two"]),
            lambda: ann.unhide(["one"]),
            lambda: ann.hide(["three"]),
            lambda: ann.unhide(["two", "three"]),
        ):
            act()
            versions.append(ann.version())
        assert versions[-1] == versions[0]  # nothing is hidden, as at the beginning
        assert len(set(versions)) == 5
        assert bob.version() == others

    @pytest.mark.parametrize("name", ["' OR 1=1 --", "%", "a\u0301б", "x" * 500])
    def test_any_id_is_kept_as_it_is(self, ann, name):
        ann.hide([name])
        assert ann.hidden() == {name}
