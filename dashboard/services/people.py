"""People: who somebody is and may be, when a sign-in ends, and how an administrator changes it.

A role is looked up anew at each change: one that an administrator takes away holds from the next
action on. It is, in this order, that of an administrator of the settings; the one given here; the
highest that groups and lists of the settings give; the default of the settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from dashboard.models.errors import InputError
from dashboard.models.event import AUTHOR_LIMIT, iso_text
from dashboard.models.messages import deferred, join_clauses, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import (
    NO_ROLE,
    NOT_SIGNED_IN,
    REQUIRED_ROLES,
    ROLES,
    SIGN_IN_ENDED,
    Action,
    Forbidden,
    Identity,
    Person,
    PersonRemoval,
    Reader,
    Role,
    Scope,
    SignIn,
    SignInRequired,
)
from dashboard.services.notes import clean_line, utc_now

GROUP_PREFIX: Final = "group:"
PUBLIC: Final = deferred(
    "this is a public, read-only instance: nothing is changed, uploaded or fetched here"
)
VISITOR: Final = Reader("", Role.VIEWER)
"""Who sees what is shared and changes nothing."""
USE_RECORD_INTERVAL: Final = timedelta(minutes=1)


class PeopleStore(Protocol):
    """Stores people and sign-ins; every method raises StoreError where the store fails."""

    def people(self) -> tuple[Person, ...]:
        """Every person who has signed in or has a given role, by name."""

    def find(self, person: str) -> Person | None:
        """The person of a name."""

    def find_sign_in(self, key: str) -> tuple[SignIn | None, Person | None]:
        """A sign-in and its person; None for what is unknown."""

    def sign_ins(self) -> tuple[SignIn, ...]:
        """Every sign-in that was not ended, the latest first."""

    def start_sign_in(self, sign_in: SignIn, role: Role) -> None:
        """Store a sign-in with the role that its person has by it."""

    def record_use(self, sign_in: SignIn) -> None:
        """Note that a person uses a page now."""

    def end_sign_in(self, key: str) -> None:
        """End one sign-in."""

    def end_all(self, person: str) -> int:
        """End every sign-in of a person."""

    def give_role(self, person: str, role: Role | None) -> Person:
        """Give a person a role; None takes it back."""

    def remove_person(self, person: str) -> PersonRemoval:
        """Delete the private data of a person."""


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """What the settings say about people.

    Attributes:
        is_required: whether people sign in; without it whoever opens the pages owns the machine.
        owner: the name of that person.
        members: the names, and groups as `group:NAME`, that each role is given to.
        default_role: of somebody who is in no list and no group.
        idle: after how long without use a sign-in ends.
        absolute: after how long it ends in any case.
        is_public: whether whoever opens the pages is a viewer without a name.
    """

    is_required: bool
    owner: str
    members: dict[Role, frozenset[str]]
    default_role: Role
    idle: timedelta
    absolute: timedelta
    is_public: bool = False

    def claimed_role(self, identity: Identity) -> Role:
        """The highest role by the lists, and by groups, of which one may be the name of a role."""
        names = {identity.person, *(GROUP_PREFIX + fold_name(group) for group in identity.groups)}
        roles = [role for role, members in self.members.items() if names & members]
        roles += [Role(group) for group in identity.groups if group in set(ROLES)]
        return max(roles, key=ROLES.index, default=self.default_role)

    def is_owner(self, person: str) -> bool:
        """Whether a person is an administrator by name, whom nobody can shut out."""
        return person in self.members.get(Role.ADMINISTRATOR, frozenset())

    def role(self, name: str, known: Person | None) -> Role:
        """The role of a person as it is now."""
        if self.is_owner(name):
            return Role.ADMINISTRATOR
        if known is not None and known.given_role is not None:
            return known.given_role
        if known is not None and known.claimed_role is not None:
            return known.claimed_role
        return self.claimed_role(Identity(name))


class AccessControl:
    """Decides who a reader is and whether an action is allowed, from the store at each call.

    Args:
        policy: what the settings say.
        store: gives the store of people at the first use.
        now: the clock.
    """

    def __init__(
        self,
        policy: AccessPolicy,
        store: Callable[[], PeopleStore],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.policy = policy
        self._store = store
        self._now = now

    def enter(self, identity: Identity | None, *, is_use: bool = False) -> Reader:
        """The reader of an identity, with the role of this moment.

        Args:
            identity: as the provider or the proxy gave it; None: nobody is signed in.
            is_use: whether a person did something just now, from which idleness is counted.

        Raises:
            SignInRequired: nobody is signed in, or the sign-in has ended.
            Forbidden: the person has no role here.
            StoreError: people cannot be looked up; then nobody is let in.
        """
        if self.policy.is_public:
            return VISITOR
        if not self.policy.is_required:
            return Reader(self.policy.owner, Role.ADMINISTRATOR)
        if identity is None:
            raise SignInRequired(translate_deferred(NOT_SIGNED_IN))
        if not identity.key:  # a request with the headers of a proxy: a sign-in of its own
            person = self._store().find(identity.person)
            role = self.policy.role(identity.person, person or _claiming(identity, self.policy))
        else:
            person = self._enter_sign_in(identity, is_use=is_use)
            role = self.policy.role(identity.person, person)
        if role is Role.NONE:
            raise Forbidden(translate_deferred(NO_ROLE, person=identity.person))
        return Reader(identity.person, role, identity.key)

    def _enter_sign_in(self, identity: Identity, *, is_use: bool) -> Person | None:
        """The person of a sign-in that holds."""
        sign_in, person = self._store().find_sign_in(identity.key)
        if sign_in is None:
            sign_in, person = self._start(identity)
        self._check_holds(sign_in, person)
        if is_use and self._now() - sign_in.last_active >= USE_RECORD_INTERVAL:
            self._store().record_use(sign_in)
        return person

    def authorize(self, reader: Reader, action: Action) -> None:
        """Allow an action of a reader, or refuse it; role and sign-in are read anew.

        Raises:
            Forbidden: the role or the token does not include the action.
            SignInRequired: the sign-in has ended.
            StoreError: people cannot be looked up; then nothing is done.
        """
        if self.policy.is_public and action is not Action.READ:
            raise Forbidden(translate_deferred(PUBLIC))
        if reader.scope is Scope.READ and action is not Action.READ:
            raise Forbidden(_("this token may only read; take one with the scope write"))
        role = reader.role
        if self.policy.is_required and reader.person:
            role = self._role_now(reader)
        check_role(role, action)

    def _role_now(self, reader: Reader) -> Role:
        if not reader.sign_in:
            return self.policy.role(reader.person, self._store().find(reader.person))
        sign_in, person = self._store().find_sign_in(reader.sign_in)
        if sign_in is None or sign_in.person != reader.person:
            raise SignInRequired(translate_deferred(SIGN_IN_ENDED))
        self._check_holds(sign_in, person)
        return self.policy.role(reader.person, person)

    def reader_of_token(self, person: str, scope: Scope) -> Reader:
        """The reader that a token stands for: no more than its person may do."""
        if self.policy.is_public:
            return VISITOR
        if not self.policy.is_required:
            return Reader(person, Role.EDITOR, scope=scope)
        name = fold_name(person)
        return Reader(name, self.policy.role(name, self._store().find(name)), scope=scope)

    def _start(self, identity: Identity) -> tuple[SignIn, Person | None]:
        """Store a sign-in that is seen for the first time, unless it ended before that."""
        now = self._now()
        started = min(now, identity.issued or now)
        sign_in = SignIn(identity.key, identity.person, started, now)
        self._check_holds(sign_in, self._store().find(identity.person))
        self._store().start_sign_in(sign_in, self.policy.claimed_role(identity))
        return sign_in, self._store().find(identity.person)

    def _check_holds(self, sign_in: SignIn, person: Person | None) -> None:
        now = self._now()
        has_ended = (
            sign_in.ended is not None
            or now >= sign_in.started + self.policy.absolute
            or now >= sign_in.last_active + self.policy.idle
            or (
                person is not None
                and person.signed_out_at is not None
                and sign_in.started <= person.signed_out_at
            )
        )
        if has_ended:
            raise SignInRequired(translate_deferred(SIGN_IN_ENDED))

    def sign_out(self, reader: Reader) -> None:
        """End the sign-in of a reader."""
        if reader.sign_in:
            self._store().end_sign_in(reader.sign_in)


def _claiming(identity: Identity, policy: AccessPolicy) -> Person:
    return Person(identity.person, claimed_role=policy.claimed_role(identity))


def check_role(role: Role, action: Action) -> None:
    """Refuse what a role does not include.

    Raises:
        Forbidden: one line with the role that it takes.
    """
    required = REQUIRED_ROLES.get(action)
    if required is None or not role.includes(required):
        required = required or Role.ADMINISTRATOR
        raise Forbidden(
            _(
                "your role is {role}, and this takes the role {required}; nothing was changed",
                role=translate_deferred(ROLE_NAMES[role]),
                required=translate_deferred(ROLE_NAMES[required]),
            )
        )


ROLE_NAMES: Final = {
    Role.NONE: deferred("none"),
    Role.VIEWER: deferred("viewer"),
    Role.EDITOR: deferred("editor"),
    Role.ADMINISTRATOR: deferred("administrator"),
}


def fold_name(name: str) -> str:
    """A name as it is compared: without case and needless space."""
    return clean_line(name).casefold()


def identity_name(name: str) -> str:
    """The name of a person as it is stored, from that of a provider.

    Raises:
        SignInRequired: it is empty or too long.
    """
    folded = fold_name(name)
    if not 0 < len(folded) <= AUTHOR_LIMIT:
        msg = _("the identity provider sent no usable name; nobody was signed in")
        raise SignInRequired(msg)
    return folded


# ---- administration


def read_role(text: str) -> Role | None:
    """A role by its name; None for `default`, which takes a given role back.

    Raises:
        InputError: there is none of this name.
    """
    if text == "default":
        return None
    try:
        return Role(text)
    except ValueError:
        known = ", ".join([*ROLES, "default"])
        msg = _("there is no such role; take one of {known}", known=known)
        raise InputError(msg, field="role", value=clean_line(text)[:40]) from None


def give_role(store: PeopleStore, policy: AccessPolicy, person: str, role: Role | None) -> Person:
    """Give a person a role that outweighs groups and lists; None takes it back.

    Raises:
        InputError: the person is an administrator by the settings, or the name is not valid.
    """
    name = fold_name(_checked_name(person))
    if policy.is_owner(name) and role not in {None, Role.ADMINISTRATOR}:
        raise InputError(
            _(
                "{person}: is an administrator by DASHBOARD_ADMINISTRATORS; change it there",
                person=name,
            )
        )
    return store.give_role(name, role)


def sign_out_everywhere(store: PeopleStore, person: str) -> int:
    """End every sign-in of a person from the next action on; returns how many there were."""
    return store.end_all(fold_name(_checked_name(person)))


def remove_person(store: PeopleStore, person: str) -> PersonRemoval:
    """Delete the private data of a person; what is shared stays under another name.

    Raises:
        InputError: the name is not valid.
    """
    return store.remove_person(_checked_name(person))


def _checked_name(person: str) -> str:
    name = clean_line(person)
    if not 0 < len(name) <= AUTHOR_LIMIT:
        msg = _("give the name of a person, of at most {limit} characters", limit=AUTHOR_LIMIT)
        raise InputError(msg, field="person", value=name[:40])
    return name


def list_people(store: PeopleStore, policy: AccessPolicy) -> tuple[tuple[Person, Role], ...]:
    """Every known person with the role of this moment, and administrators of the settings."""
    known = {person.person: person for person in store.people()}
    for name in policy.members.get(Role.ADMINISTRATOR, frozenset()):
        if not name.startswith(GROUP_PREFIX):
            known.setdefault(name, Person(name))
    return tuple((known[name], policy.role(name, known[name])) for name in sorted(known))


def members_from_lists(lists: dict[Role, Iterable[str]]) -> dict[Role, frozenset[str]]:
    """The members of each role, their names as they are compared."""
    return {role: frozenset(map(fold_name, names)) for role, names in lists.items()}


def person_json(person: Person, role: Role) -> dict[str, Any]:
    """A person as `people list --json` prints it; moments in UTC."""
    moments = ("first_seen", "last_active", "signed_out_at")
    return {
        "person": person.person,
        "role": role.value,
        "given_role": person.given_role and person.given_role.value,
        **{name: iso_text(getattr(person, name)) for name in moments},
    }


def describe_removal(done: PersonRemoval) -> str:
    """What was deleted, and what stays."""
    return join_clauses(
        _(
            "{person} was removed: {notes} private notes with their history, {hidden} hidden events"
            " and {tokens} tokens were deleted",
            person=done.person,
            notes=done.private_notes,
            hidden=done.hidden_events,
            tokens=done.tokens,
        ),
        _(
            "{shared} shared notes stay under the name {pseudonym}; the audit trail still says who"
            " did what",
            shared=done.shared_notes,
            pseudonym=done.pseudonym,
        ),
    )
