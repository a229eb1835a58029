"""Who somebody is and may be: roles, the end of a sign-in, and a role that is taken away."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.models.errors import InputError, StoreError
from dashboard.models.people import (
    Action,
    Forbidden,
    Identity,
    Reader,
    Role,
    Scope,
    SignInRequired,
)
from dashboard.services.people import (
    AccessControl,
    AccessPolicy,
    give_role,
    list_people,
    members_from_lists,
    read_role,
)
from dashboard.storage.notes import NoteRepository

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
POLICY = AccessPolicy(
    is_required=True,
    owner="root",
    members=members_from_lists(
        {
            Role.VIEWER: ["group:Readers"],
            Role.EDITOR: ["Ed@Example.org", "group:FX desk"],
            Role.ADMINISTRATOR: ["boss@example.org"],
        }
    ),
    default_role=Role.NONE,
    idle=timedelta(hours=8),
    absolute=timedelta(hours=12),
)


class Clock:
    def __init__(self):
        self.at = NOON

    def __call__(self):
        return self.at

    def pass_hours(self, hours):
        self.at += timedelta(hours=hours)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def people(tmp_path, clock):
    notes = NoteRepository(f"sqlite:///{tmp_path / 'events.db'}", person="boss", clock=clock)
    yield notes.people
    notes.close()


@pytest.fixture
def access(people, clock):
    return AccessControl(POLICY, lambda: people, clock)


def identity(person="ed@example.org", key="k1", groups=(), issued=None):
    return Identity(person, groups, key, issued)


@pytest.mark.parametrize(
    ("person", "groups", "role"),
    [
        ("ed@example.org", (), Role.EDITOR),
        ("ann@example.org", ("Readers",), Role.VIEWER),
        ("ann@example.org", ("readers", "fx  DESK"), Role.EDITOR),
        ("ann@example.org", ("administrator",), Role.ADMINISTRATOR),
        ("ann@example.org", ("Administrators",), Role.NONE),
        ("ann@example.org", (), Role.NONE),
        ("boss@example.org", ("none",), Role.ADMINISTRATOR),
    ],
)
def test_a_role_is_the_highest_of_lists_groups_and_claim(person, groups, role):
    assert POLICY.claimed_role(Identity(person, groups)) is role


def test_without_a_sign_in_whoever_opens_the_pages_owns_the_machine(people, clock):
    access = AccessControl(replace(POLICY, is_required=False), lambda: people, clock)
    assert access.enter(None) == Reader("root", Role.ADMINISTRATOR)


def test_nobody_is_let_in_without_an_identity_or_without_a_role(access):
    with pytest.raises(SignInRequired, match="not signed in"):
        access.enter(None)
    with pytest.raises(Forbidden, match=r"ann@example\.org has no access"):
        access.enter(identity("ann@example.org"))


def test_nobody_is_let_in_while_people_cannot_be_looked_up(clock):
    def broken():
        raise StoreError("the database is away")

    with pytest.raises(StoreError):
        AccessControl(POLICY, broken, clock).enter(identity())


def test_an_idle_sign_in_ends_and_use_prolongs_it(access, clock):
    access.enter(identity(), is_use=True)
    clock.pass_hours(7)
    access.enter(identity(), is_use=True)
    clock.pass_hours(4.9)
    access.enter(identity())  # a page that redraws itself is no use, and 8 hours are not over
    clock.pass_hours(0.1)
    with pytest.raises(SignInRequired, match="has ended"):
        access.enter(identity(), is_use=True)  # twelve hours in any case
    access.enter(identity(key="k2"))
    clock.pass_hours(8)
    with pytest.raises(SignInRequired, match="has ended"):
        access.enter(identity(key="k2"), is_use=True)


def test_an_old_identity_token_is_no_new_sign_in(access):
    with pytest.raises(SignInRequired, match="has ended"):
        access.enter(identity(issued=NOON - timedelta(hours=12)))


def test_a_provider_whose_clock_is_ahead_does_not_outlive_a_sign_out(access, people, clock):
    access.enter(identity(issued=NOON + timedelta(hours=1)))
    clock.pass_hours(0.1)
    people.end_all("ed@example.org")
    with pytest.raises(SignInRequired, match="has ended"):
        access.enter(identity(issued=NOON + timedelta(hours=1)))


def test_signing_out_everywhere_ends_every_sign_in_also_one_not_seen_here(access, people, clock):
    reader = access.enter(identity())
    clock.pass_hours(1)
    people.end_all("ed@example.org")
    for key in ("k1", "k-of-a-stolen-cookie"):
        with pytest.raises(SignInRequired, match="has ended"):
            access.enter(identity(key=key, issued=NOON))
    with pytest.raises(SignInRequired, match="has ended"):
        access.authorize(reader, Action.NOTE)
    clock.pass_hours(0.1)
    assert access.enter(identity(key="k3", issued=clock())).role is Role.EDITOR


def test_signing_out_ends_one_sign_in(access):
    first, second = access.enter(identity()), access.enter(identity(key="k2"))
    access.sign_out(first)
    with pytest.raises(SignInRequired):
        access.authorize(first, Action.NOTE)
    access.authorize(second, Action.NOTE)


def test_a_role_taken_away_holds_from_the_next_action(access, people):
    reader = access.enter(identity())
    access.authorize(reader, Action.NOTE)
    give_role(people, POLICY, "Ed@example.org", Role.VIEWER)
    with pytest.raises(Forbidden, match="your role is viewer, and this takes the role editor"):
        access.authorize(reader, Action.NOTE)
    access.authorize(reader, Action.READ)
    give_role(people, POLICY, "ed@example.org", Role.NONE)
    with pytest.raises(Forbidden):
        access.authorize(reader, Action.READ)
    give_role(people, POLICY, "ed@example.org", None)
    access.authorize(reader, Action.NOTE)


def test_groups_that_changed_hold_from_the_next_sign_in_for_every_session(access):
    first = access.enter(identity("ann@example.org", "k1", ("FX desk",)))
    access.authorize(first, Action.NOTE)
    access.enter(identity("ann@example.org", "k2", ("Readers",)))
    with pytest.raises(Forbidden):
        access.authorize(first, Action.NOTE)


def test_an_administrator_of_the_settings_cannot_be_shut_out(access, people):
    with pytest.raises(InputError, match="DASHBOARD_ADMINISTRATORS"):
        give_role(people, POLICY, "Boss@example.org", Role.NONE)
    people.give_role("boss@example.org", Role.NONE)
    assert access.enter(identity("boss@example.org")).role is Role.ADMINISTRATOR


def test_an_action_without_a_rule_is_refused_to_everybody(access):
    with pytest.raises(Forbidden):
        access.authorize(access.enter(identity("boss@example.org")), "anything else")


def test_a_token_may_no_more_than_its_scope_and_its_person(access, people):
    writing = access.reader_of_token("Ed@Example.org", Scope.WRITE)
    access.authorize(writing, Action.NOTE)
    with pytest.raises(Forbidden, match="may only read"):
        access.authorize(replace(writing, scope=Scope.READ), Action.NOTE)
    give_role(people, POLICY, "ed@example.org", Role.VIEWER)
    with pytest.raises(Forbidden):
        access.authorize(writing, Action.NOTE)


def test_a_sign_in_of_another_person_lends_no_role(access):
    boss = access.enter(identity("boss@example.org", "kb"))
    forged = Reader("ann@example.org", Role.VIEWER, boss.sign_in)
    with pytest.raises(SignInRequired):
        access.authorize(forged, Action.NOTE)


def test_everybody_is_listed_with_the_role_of_this_moment(access, people):
    access.enter(identity("ann@example.org", "k1", ("Readers",)))
    people.give_role("zoe@example.org", Role.EDITOR)
    listed = [(person.person, role) for person, role in list_people(people, POLICY)]
    assert listed == [
        ("ann@example.org", Role.VIEWER),
        ("boss@example.org", Role.ADMINISTRATOR),
        ("zoe@example.org", Role.EDITOR),
    ]


def test_a_role_is_read_by_its_name():
    assert read_role("editor") is Role.EDITOR
    assert read_role("default") is None
    with pytest.raises(InputError, match="no such role"):
        read_role("king")
