"""People: roles and what each may do, sign-ins, and the errors of who may not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from dashboard.models.errors import InputError
from dashboard.models.messages import deferred


class Role(StrEnum):
    """What a person may do; each role includes those before it."""

    NONE = "none"
    VIEWER = "viewer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    def includes(self, other: Role) -> bool:
        """Whether this role may do everything that another one may."""
        return ROLES.index(self) >= ROLES.index(other)


ROLES: Final = tuple(Role)
"""Every role, the least first."""


class Action(StrEnum):
    """What is allowed or refused as a whole."""

    READ = "read"
    NOTE = "note"
    HIDE = "hide"
    IMPORT = "import"
    DECIDE = "decide"
    FEED = "feed"
    RATES = "rates"
    ALERT = "alert"
    BASKET = "basket"
    FETCH = "fetch"
    ADMINISTER = "administer"


REQUIRED_ROLES: Final[dict[Action, Role]] = {
    Action.READ: Role.VIEWER,
    Action.NOTE: Role.EDITOR,
    Action.HIDE: Role.EDITOR,
    Action.IMPORT: Role.EDITOR,
    Action.DECIDE: Role.EDITOR,
    Action.FEED: Role.EDITOR,
    Action.RATES: Role.EDITOR,
    Action.ALERT: Role.EDITOR,
    Action.BASKET: Role.EDITOR,
    Action.FETCH: Role.EDITOR,
    Action.ADMINISTER: Role.ADMINISTRATOR,
}
"""The least role that may do each; what is not named here is refused to everybody."""


class Scope(StrEnum):
    """What a program may do with a token; writing includes reading."""

    READ = "read"
    WRITE = "write"


class Forbidden(InputError):
    """The person may not do this; nothing was changed."""


class SignInRequired(InputError):
    """Nobody is signed in, or the sign-in has ended; nothing is shown and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who uses a page or a request of the API.

    Attributes:
        person: the name of the person; empty for somebody unknown, who sees what is shared.
        role: the role at the time of asking; it is looked up anew at each change.
        sign_in: the key of the sign-in; empty where there is none to end.
        scope: the limit of a token; a page may write.
    """

    person: str
    role: Role
    sign_in: str = ""
    scope: Scope = Scope.WRITE


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identity provider or a trusted proxy says of a person.

    Attributes:
        person: the name; never empty.
        groups: the values of the claim, or of the header, that gives groups and roles.
        key: names the sign-in, so that it can be ended: a hash, no secret.
        issued: when the provider made the identity token (UTC); None where a proxy says who it is.
    """

    person: str
    groups: tuple[str, ...] = ()
    key: str = ""
    issued: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A person who has signed in or was given a role; moments in UTC.

    Attributes:
        person: the name.
        given_role: the role that an administrator gave here; None: none.
        claimed_role: the role by the settings and the groups at the last sign-in.
        first_seen: the first sign-in; None: there was none.
        last_active: the last use of a page, to the minute.
        signed_out_at: sign-ins that began before this moment have ended.
    """

    person: str
    given_role: Role | None = None
    claimed_role: Role | None = None
    first_seen: datetime | None = None
    last_active: datetime | None = None
    signed_out_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in of a person; moments in UTC.

    Attributes:
        key: as in `Identity`.
        person: who signed in.
        started: when.
        last_active: the last use, to the minute.
        ended: when the person signed out; None: not.
    """

    key: str
    person: str
    started: datetime
    last_active: datetime
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonRemoval:
    """What was deleted with the data of a person, and what stays under another name.

    Attributes:
        person: the name that was removed.
        pseudonym: the name that the rest now has.
        private_notes: how many were deleted with their history.
        hidden_events: how many entries of the person's list were deleted.
        tokens: how many were deleted.
        shared_notes: how many stay, under the pseudonym.
    """

    person: str
    pseudonym: str
    private_notes: int
    hidden_events: int
    tokens: int
    shared_notes: int


IDENTITY_KEY: Final = "dashboard.identity"
"""The key of an ASGI scope under which a request holds its `Identity`, or None."""
NOT_SIGNED_IN: Final = deferred("You are not signed in. Sign in to go on; nothing was changed.")
SIGN_IN_ENDED: Final = deferred("Your sign-in has ended. Sign in again; nothing was changed.")
NO_ROLE: Final = deferred(
    "{person} has no access here; ask an administrator for a role. Nothing was changed."
)
