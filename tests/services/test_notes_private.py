"""A private note through every service: seen, counted, studied and exported by its owner alone."""

from datetime import date

import pytest

from dashboard.config import Settings
from dashboard.container import build_context
from dashboard.models.errors import InputError
from dashboard.models.event import Draft, Visibility
from dashboard.services.events import EventFilter, count_facets, custom_categories, find_events
from dashboard.services.exports import table_file
from dashboard.services.health import _check_notes as diagnosed
from dashboard.services.health import check_health
from dashboard.services.notes import (
    add_note,
    all_events,
    delete_note,
    edit_note,
    get_event,
    list_notes,
    note_history,
    restore_note,
    restore_revision,
)
from dashboard.services.rates import get_series
from dashboard.services.study import build_event_view
from dashboard.services.study_inputs import available_events
from tests.shipped_catalogue import COUNT

SECRET = Draft(
    "Zanzibar talks",
    date(2025, 4, 21),
    category="zanzibar",
    text="not for Bob",
    visibility=Visibility.PRIVATE,
)


@pytest.fixture
def of(tmp_path):
    """The parts of a person's process, all of them on one store."""
    url = f"sqlite:///{tmp_path / 'team.db'}"
    made = []

    def parts_of(person):
        made.append(build_context(Settings(database_url=url, dashboard_user=person)))
        return made[-1]

    yield parts_of
    for parts in made:
        parts.notes.close()


@pytest.fixture
def ann(of):
    return of("ann")


@pytest.fixture
def bob(of):
    return of("bob")


@pytest.fixture
def secret(ann):
    return add_note(ann.notes, SECRET)


def known(parts):
    return all_events(parts.catalogue, parts.notes)


def test_lists_searches_facets_and_files_have_it_for_its_owner_alone(ann, bob, secret):
    words = EventFilter(text="zanzibar")
    assert [e.id for e in find_events(known(ann), words)] == [secret.id]
    assert find_events(known(bob), words) == ()
    assert custom_categories(known(ann)) == ("zanzibar",)
    assert custom_categories(known(bob)) == ()
    assert count_facets(known(bob))["origin"] == {"catalogue": COUNT}
    assert b"Zanzibar" in table_file("event_list", known(ann))
    assert b"anzibar" not in table_file("event_list", known(bob))


def test_it_crowds_only_the_study_of_its_owner(ann, bob, secret):
    series = get_series(ann.rates, "usd_rub_cbr")
    event = get_event(ann.catalogue, ann.notes, "kellogg-nato-off-table-2025-04-20")
    crowds = [
        {other.id for _, other in build_event_view(series, event, known(parts)).crowd}
        for parts in (ann, bob)
    ]
    assert crowds[0] - crowds[1] == {secret.id}
    assert crowds[1] < crowds[0]


def test_studies_status_and_versions_do_not_count_it_for_others(ann, bob, secret):
    assert available_events(ann.catalogue, ann.notes).name == "catalogue and 1 notes"
    assert available_events(bob.catalogue, bob.notes).name == "catalogue and 0 notes"
    before = bob.notes.version()
    edit_note(ann.notes, secret.id, SECRET, 1)
    assert bob.notes.version() == before
    result = check_health((), bob.catalogue, bob.notes)
    assert (result.notes, result.last_change) == (0, None)
    assert diagnosed(bob.notes) == "SQLite answers, with 0 notes"


def test_no_service_reads_or_changes_it_for_others(ann, bob, secret):
    for act in (
        lambda: get_event(bob.catalogue, bob.notes, secret.id),
        lambda: note_history(bob.notes, secret.id),
        lambda: edit_note(bob.notes, secret.id, SECRET, 1),
        lambda: delete_note(bob.notes, secret.id, 1),
        lambda: restore_note(bob.notes, secret.id),
        lambda: restore_revision(bob.notes, secret.id, 1),
    ):
        with pytest.raises(InputError, match="there is no") as caught:
            act()
        assert "anzibar" not in str(caught.value)
    delete_note(ann.notes, secret.id, 1)
    assert list_notes(bob.notes, with_deleted=True) == ()
    assert len(list_notes(ann.notes, with_deleted=True)) == 1


def test_a_note_without_a_word_about_it_is_shared(ann, bob):
    note = add_note(ann.notes, Draft("for all", date(2025, 4, 21)))
    assert get_event(bob.catalogue, bob.notes, note.id) == note


def test_a_visibility_that_is_none_is_refused(ann):
    with pytest.raises(InputError, match=r"visibility: .* take one of shared, private"):
        add_note(ann.notes, Draft("x", date(2025, 4, 21), visibility="team"))
