"""The errors a person can act on, each one line: input, conflict, rate limit, source, store.

RoubleReactionError
├── InputError        the input or the request is wrong          exit code 2
│   ├── EditConflict  somebody changed the same note meanwhile
│   └── TooOften      one person did this too often; the others are not held up
├── SourceError       a data source failed                       exit code 3
│   └── CircuitOpen   it failed or asked for a pause; not asked again until then
└── StoreError        the event store failed                     exit code 3
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from dashboard.models.event import Event


class RoubleReactionError(Exception):
    """One line for a person: what is wrong, where, and what to do."""

    exit_code = 3


class InputError(RoubleReactionError):
    """The input or the request is wrong; the person who gave it can mend it."""

    exit_code = 2


class EditConflict(InputError):
    """A note was changed between reading and saving; both texts are kept.

    Attributes:
        current: the note as it stands now, or None where it was deleted for good.
    """

    def __init__(self, message: str, current: Event | None) -> None:
        """Keep the note as it stands, so that a page can show both texts."""
        super().__init__(message)
        self.current = current


class RateLimited(InputError):
    """One person did something too often, or has too much of it.

    Attributes:
        seconds: after how long it is taken again; 0: waiting does not help.
    """

    def __init__(self, message: str, seconds: int) -> None:
        """Keep the wait, so that a program can be told."""
        super().__init__(message)
        self.seconds = seconds


class SourceError(RoubleReactionError):
    """A data source did not answer, or answered something that cannot be right."""


class CircuitOpen(SourceError):
    """A source is left alone for a while: it failed too often, or asked for a pause.

    Attributes:
        until: the first moment (UTC) at which it may be asked again.
    """

    def __init__(self, message: str, until: datetime) -> None:
        """Keep the moment, so that a refresh can be scheduled for it."""
        super().__init__(message)
        self.until = until


class StoreError(RoubleReactionError):
    """The event store cannot be read or written."""
