"""The errors a user can act on, each one line: input, conflict, rate limit, source, store.

RoubleReactionError
├── InputError        the input or the request is wrong          exit code 2
│   ├── EditConflict  the note was changed meanwhile (dashboard.models.event)
│   └── TooOften      one person did this too often; the others are not held up
├── SourceError       a data source failed                       exit code 3
│   └── CircuitOpen   it failed or requested a pause; no requests until then
└── StoreError        the event store failed                     exit code 3
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class RoubleReactionError(Exception):
    """One line for the user: what is wrong, where, and what to do."""

    exit_code = 3


class InputError(RoubleReactionError):
    """The input or the request is wrong; the person who gave it can correct it.

    Attributes:
        message: what is wrong and what to do.
        field: the name of the parameter that is wrong, as "estimation"; empty where the message
            itself says what is meant, as a file and a row.
        value: its value as it was given; empty where there is none.
        remedy: the name of the parameter with which the person can resolve it, where it is
            another one or the file itself is not wrong; else empty.
    """

    exit_code = 2

    def __init__(
        self, message: str, *, field: str = "", value: object = "", remedy: str = ""
    ) -> None:
        """Store the parts; `str` of the error is `field value: message`."""
        self.message = message
        self.field = field
        self.remedy = remedy
        self.value = str(value)
        super().__init__(self.labelled(field))

    def labelled(self, label: str) -> str:
        """The whole line, with the name that an interface gives to the field."""
        subject = " ".join(part for part in (label, self.value) if part)
        return f"{subject}: {self.message}" if subject else self.message


class RateLimited(InputError):
    """One person did something too often, or has too much of it.

    Attributes:
        seconds: after how long it is taken again; 0: waiting does not help.
    """

    def __init__(self, message: str, seconds: int) -> None:
        """Store the wait, so that a program can be informed."""
        super().__init__(message)
        self.seconds = seconds


class SourceError(RoubleReactionError):
    """A data source did not answer, or answered something that cannot be right."""


class CircuitOpen(SourceError):
    """A source is left alone for a while: it failed too often, or requested a pause.

    Attributes:
        until: the first moment (UTC) of the next request.
    """

    def __init__(self, message: str, until: datetime) -> None:
        """Store the moment, so that a refresh can be scheduled for it."""
        super().__init__(message)
        self.until = until


class StoreError(RoubleReactionError):
    """The event store cannot be read or written."""
