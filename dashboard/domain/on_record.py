"""What is on record: one action, by whom, through which door, and how things stood around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class OnRecord:
    """One action of a person or a program.

    Attributes:
        at: its UTC moment.
        who: the label of the person; empty where none was given.
        origin: page, cli or api; empty where it was not yet written down.
        action: create, edit, delete, restore, import, token-create …
        subject: the id of the note, the import, the token, the file.
        before: how it stood before; None: it was not there.
        after: how it stands since; None: it is gone.
    """

    at: datetime
    who: str
    origin: str
    action: str
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
