"""State of the Import page: the uploaded file, how it is read, and the plan of its import.

An upload and its plan are kept in the session of the one who brought it, under the hash of its
bytes, and nowhere else; reading it again happens only where something was chosen differently.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from dashboard.container import event_outline_from_upload, event_rows_from_upload
from dashboard.models.errors import InputError
from dashboard.models.user_files import EventFileOptions, EventFileOutline, ImportRecord
from dashboard.presentation.incoming_events import FIELD_LABELS
from dashboard.services.event_import import EventImportPlan, RowVerdict, plan_event_import
from dashboard.ui import session
from dashboard.ui.widget_state import get_persistent, reset_persistent

UPLOAD_KEY: Final = "import.upload"
PLANNED_KEY: Final = "import.planned"
OUTLINED_KEY: Final = "import.outlined"
DONE_KEY: Final = "import.done"
UPLOAD_TURN_KEY: Final = "import.turn"
CHOICE_PREFIX: Final = "import:"
MAX_UPLOAD_MB: Final = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes a person brought, and the name they had; the name is only ever shown."""

    name: str
    data: bytes
    id: str


@dataclass(frozen=True, slots=True)
class PlannedUpload:
    """An upload as it was read: a plan, or why there is none.

    `outline` is missing where it is no file of events at all.
    """

    outline: EventFileOutline | None
    plan: EventImportPlan | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FinishedImport:
    """An import that was just made, and the rows that were left out."""

    record: ImportRecord
    wrong: tuple[RowVerdict, ...]


def get_uploader_key() -> str:
    """The key of the upload field; another one after every import, which empties it."""
    return f"import.file.{st.session_state.get(UPLOAD_TURN_KEY, 0)}"


def store_upload() -> None:
    """Keep what the upload field holds; call it when that changed."""
    held: Any = st.session_state[get_uploader_key()]
    drop_upload()
    if held is not None:
        data = held.getvalue()
        st.session_state[UPLOAD_KEY] = Upload(held.name, data, hashlib.sha256(data).hexdigest())


def drop_upload() -> None:
    """Forget the upload, and everything that was said about it."""
    for key in (UPLOAD_KEY, PLANNED_KEY, OUTLINED_KEY):
        st.session_state.pop(key, None)
    reset_persistent(CHOICE_PREFIX)


def close_upload() -> None:
    """Forget the upload and empty its field, for the next file."""
    drop_upload()
    st.session_state[UPLOAD_TURN_KEY] = st.session_state.get(UPLOAD_TURN_KEY, 0) + 1


def get_upload() -> Upload | None:
    """What was brought and not yet imported or put away."""
    return st.session_state.get(UPLOAD_KEY)


def get_finished_import() -> FinishedImport | None:
    """The import that was just made."""
    return st.session_state.get(DONE_KEY)


def get_chosen_reading() -> EventFileOptions:
    """How the upload is to be read, as far as a person said."""
    columns = {field: get_persistent(f"{CHOICE_PREFIX}map.{field}") for field in FIELD_LABELS}
    return EventFileOptions(
        columns={field: column for field, column in columns.items() if column is not None},
        dates=get_persistent(f"{CHOICE_PREFIX}dates"),
        zone=get_persistent(f"{CHOICE_PREFIX}zone") or "",
        sheet=get_persistent(f"{CHOICE_PREFIX}sheet") or "",
    )


def plan_upload(upload: Upload) -> PlannedUpload:
    """What would become of the upload, read anew only where something differs."""
    reading, known = get_chosen_reading(), session.get_known_events()
    key = (upload.id, upload.name, reading, known.version, session.get_view_day())
    kept = st.session_state.get(PLANNED_KEY)
    if kept is None or kept[0] != key:
        with st.spinner("Reading the file"):
            kept = (key, _build_plan(upload, reading, known.events))
        st.session_state[PLANNED_KEY] = kept
    found: PlannedUpload = kept[1]
    return found


def _build_plan(upload: Upload, reading: EventFileOptions, known: tuple[Any, ...]) -> PlannedUpload:
    outline = None
    try:
        outline = _build_outline(upload, reading)
        if outline.sheets and not outline.sheet:
            return PlannedUpload(outline)
        rows = event_rows_from_upload(upload.data, upload.name, reading)
    except InputError as error:
        return PlannedUpload(
            outline, problem=error.labelled("" if error.field == "map" else error.field)
        )
    return PlannedUpload(
        outline, plan_event_import(rows, known, good_rows=True, today=session.get_view_day())
    )


def _build_outline(upload: Upload, reading: EventFileOptions) -> EventFileOutline:
    """The layout of the file; it does not depend on dates and zones."""
    key = (upload.id, reading.columns, reading.sheet)
    kept = st.session_state.get(OUTLINED_KEY)
    if kept is None or kept[0] != key:
        kept = (key, event_outline_from_upload(upload.data, upload.name, reading))
        st.session_state[OUTLINED_KEY] = kept
    found: EventFileOutline = kept[1]
    return found
