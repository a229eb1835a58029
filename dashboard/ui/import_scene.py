"""What the page of imports is about: the upload, how it is to be read, what would become of it.

An upload and its plan are kept in the session of the one who brought it, under the hash of its
bytes, and nowhere else; reading it again happens only where something was chosen differently.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from dashboard.assembly import events_in_upload, outline_of_upload
from dashboard.domain.errors import InputError
from dashboard.domain.imports import ImportRecord, Outline, Reading
from dashboard.services.import_events import ImportPlan, RowVerdict, plan_import
from dashboard.ui import session
from dashboard.ui.import_words import FIELD_WORDS
from dashboard.ui.kept_choice import chosen, forget

UPLOAD: Final = "import.upload"
PLANNED: Final = "import.planned"
OUTLINED: Final = "import.outlined"
DONE: Final = "import.done"
TURN: Final = "import.turn"
CHOICE: Final = "import:"
MOST_MB: Final = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes a person brought, and the name they had; the name is only ever shown."""

    name: str
    data: bytes
    id: str


@dataclass(frozen=True, slots=True)
class Planned:
    """An upload as it was read: a plan, or why there is none.

    `outline` is missing where it is no file of events at all.
    """

    outline: Outline | None
    plan: ImportPlan | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """An import that was just made, and the rows that were left out."""

    record: ImportRecord
    wrong: tuple[RowVerdict, ...]


def uploader_key() -> str:
    """The key of the upload field; another one after every import, which empties it."""
    return f"import.file.{st.session_state.get(TURN, 0)}"


def take_upload() -> None:
    """Keep what the upload field holds; call it when that changed."""
    held: Any = st.session_state[uploader_key()]
    drop_upload()
    if held is not None:
        data = held.getvalue()
        st.session_state[UPLOAD] = Upload(held.name, data, hashlib.sha256(data).hexdigest())


def drop_upload() -> None:
    """Forget the upload, and everything that was said about it."""
    for key in (UPLOAD, PLANNED, OUTLINED):
        st.session_state.pop(key, None)
    forget(CHOICE)


def close_upload() -> None:
    """Forget the upload and empty its field, for the next file."""
    drop_upload()
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def the_upload() -> Upload | None:
    """What was brought and not yet imported or put away."""
    return st.session_state.get(UPLOAD)


def the_done() -> Done | None:
    """The import that was just made."""
    return st.session_state.get(DONE)


def said_reading() -> Reading:
    """How the upload is to be read, as far as a person said."""
    columns = {field: chosen(f"{CHOICE}map.{field}") for field in FIELD_WORDS}
    return Reading(
        columns={field: column for field, column in columns.items() if column is not None},
        dates=chosen(f"{CHOICE}dates"),
        zone=chosen(f"{CHOICE}zone") or "",
        sheet=chosen(f"{CHOICE}sheet") or "",
    )


def planned(upload: Upload) -> Planned:
    """What would become of the upload, read anew only where something differs."""
    reading, known = said_reading(), session.known_events()
    key = (upload.id, upload.name, reading, known.version, session.today())
    kept = st.session_state.get(PLANNED)
    if kept is None or kept[0] != key:
        with st.spinner("Reading the file"):
            kept = (key, _plan(upload, reading, known.events))
        st.session_state[PLANNED] = kept
    found: Planned = kept[1]
    return found


def _plan(upload: Upload, reading: Reading, known: tuple[Any, ...]) -> Planned:
    outline = None
    try:
        outline = _outline(upload, reading)
        if outline.sheets and not outline.sheet:
            return Planned(outline)
        rows = events_in_upload(upload.data, upload.name, reading)
    except InputError as error:
        return Planned(outline, problem=str(error))
    return Planned(outline, plan_import(rows, known, good_rows=True, today=session.today()))


def _outline(upload: Upload, reading: Reading) -> Outline:
    """The layout of the file; it does not depend on dates and zones."""
    key = (upload.id, reading.columns, reading.sheet)
    kept = st.session_state.get(OUTLINED)
    if kept is None or kept[0] != key:
        kept = (key, outline_of_upload(upload.data, upload.name, reading))
        st.session_state[OUTLINED] = kept
    found: Outline = kept[1]
    return found
