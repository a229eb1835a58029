"""State of the Import page: the uploaded file, how it is read, and the plan of its import.

An upload and its plan are in the session of their reader only, under the hash of the bytes; the
file is read again only where a setting changed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from dashboard.container import event_outline_from_upload, event_rows_from_file
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.models.user_files import EventFileOptions, EventFileOutline, ImportRecord
from dashboard.presentation.incoming_events import FIELD_LABELS
from dashboard.services.event_import import EventImportPlan, RowVerdict, plan_event_import
from dashboard.ui import session
from dashboard.ui.url_state import get_persistent, reset_persistent

UPLOAD_KEY: Final = "import.upload"
PLANNED_KEY: Final = "import.planned"
OUTLINED_KEY: Final = "import.outlined"
DONE_KEY: Final = "import.done"
UPLOAD_TURN_KEY: Final = "import.turn"
CHOICE_PREFIX: Final = "import:"
MAX_UPLOAD_MB: Final = 10


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes of an upload and its file name, which is only displayed."""

    name: str
    data: bytes
    id: str


@dataclass(frozen=True, slots=True)
class PlannedUpload:
    """An upload as it was read: a plan, or the problem.

    `outline` is missing where it is no file of events at all.
    """

    outline: EventFileOutline | None
    plan: EventImportPlan | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FinishedImport:
    """An import that was just made, and the rows it left out."""

    record: ImportRecord
    wrong: tuple[RowVerdict, ...]


def get_uploader_key() -> str:
    """The key of the upload field; another one after every import, which empties it."""
    return f"import.file.{st.session_state.get(UPLOAD_TURN_KEY, 0)}"


def store_upload() -> None:
    """Store the content of the upload field; called when it changed."""
    held: Any = st.session_state[get_uploader_key()]
    _drop_upload()
    if held is not None:
        data = held.getvalue()
        st.session_state[UPLOAD_KEY] = Upload(held.name, data, hashlib.sha256(data).hexdigest())


def _drop_upload() -> None:
    """Drop the upload and its settings."""
    for key in (UPLOAD_KEY, PLANNED_KEY, OUTLINED_KEY):
        st.session_state.pop(key, None)
    reset_persistent(CHOICE_PREFIX)


def close_upload() -> None:
    """Drop the upload and empty its field."""
    _drop_upload()
    st.session_state[UPLOAD_TURN_KEY] = st.session_state.get(UPLOAD_TURN_KEY, 0) + 1


def get_upload() -> Upload | None:
    """The upload that is not yet imported or closed."""
    return st.session_state.get(UPLOAD_KEY)


def get_finished_import() -> FinishedImport | None:
    """The import that was just made."""
    return st.session_state.get(DONE_KEY)


def _get_chosen_reading() -> EventFileOptions:
    """The settings of the reading that the reader has chosen."""
    columns = {field: get_persistent(f"{CHOICE_PREFIX}map.{field}") for field in FIELD_LABELS}
    return EventFileOptions(
        columns={field: column for field, column in columns.items() if column is not None},
        dates=get_persistent(f"{CHOICE_PREFIX}dates"),
        zone=get_persistent(f"{CHOICE_PREFIX}zone") or "",
        sheet=get_persistent(f"{CHOICE_PREFIX}sheet") or "",
    )


def plan_upload(upload: Upload) -> PlannedUpload:
    """The plan of the upload; built again only where an input differs."""
    reading, known = _get_chosen_reading(), session.get_known_events()
    key = (upload.id, upload.name, reading, known.version, session.get_view_day())
    cached = st.session_state.get(PLANNED_KEY)
    if cached is None or cached[0] != key:
        with st.spinner(_("Reading the file")):
            cached = (key, _build_plan(upload, reading, known.events))
        st.session_state[PLANNED_KEY] = cached
    plan: PlannedUpload = cached[1]
    return plan


def _build_plan(upload: Upload, reading: EventFileOptions, known: tuple[Any, ...]) -> PlannedUpload:
    outline = None
    try:
        outline = _build_outline(upload, reading)
        if outline.sheets and not outline.sheet:
            return PlannedUpload(outline)
        rows = event_rows_from_file(upload.data, reading, upload.name)
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
    cached = st.session_state.get(OUTLINED_KEY)
    if cached is None or cached[0] != key:
        cached = (key, event_outline_from_upload(upload.data, upload.name, reading))
        st.session_state[OUTLINED_KEY] = cached
    outline: EventFileOutline = cached[1]
    return outline
