"""The Import page: preview of a file row by row, its import, and undo of earlier imports."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.models.errors import RoubleReactionError
from dashboard.models.event import MOSCOW, Event
from dashboard.models.messages import deferred, plural, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import Action
from dashboard.models.user_files import ImportRecord, ImportUndo
from dashboard.presentation.escaping import escape_markdown, plain_text
from dashboard.presentation.formatting import format_day_range
from dashboard.presentation.incoming_events import (
    VERDICT_FILTERS,
    VERDICT_LABELS,
    count_verdicts,
    describe_import,
    describe_row_problem,
    describe_undone_import,
    format_row_location,
    list_import_facts,
)
from dashboard.presentation.palette import category_title
from dashboard.services.event_import import (
    TEMPLATE_ROWS,
    EventImportPlan,
    RowVerdict,
    import_events,
    undo_import,
)
from dashboard.services.exports import table_file
from dashboard.ui import session
from dashboard.ui.components.elements import button_type, draw_flash, draw_page_link, set_flash
from dashboard.ui.components.exports import draw_table_buttons
from dashboard.ui.components.note_form import draw_author_name, get_author_name
from dashboard.ui.pages.base import Page
from dashboard.ui.pages.imports.controls import draw_column_mapping, draw_format_questions
from dashboard.ui.pages.imports.state import (
    DONE_KEY,
    MAX_UPLOAD_MB,
    FinishedImport,
    Upload,
    close_upload,
    get_finished_import,
    get_upload,
    get_uploader_key,
    plan_upload,
    store_upload,
)
from dashboard.ui.url_state import UrlState, choice_param

ROWS_PER_PAGE: Final = 200
PHONE_ROWS_PER_PAGE: Final = 20
CARD_TITLE_LIMIT: Final = 200
ROW_PIXELS: Final = 35
MAX_TABLE_HEIGHT: Final = 480
MAX_MESSAGES: Final = 8
MESSAGE_TEXT_LIMIT: Final = 300
UNDONE_KEY: Final = "import.undone"
RECENT_IMPORTS: Final = 5
MAX_LISTED_ROWS: Final = 200
MAX_LISTED_IMPORTS: Final = 20
PAGE_HELP: Final = deferred(
    "A table or a calendar becomes notes: CSV, Excel (`.xlsx`), JSON or iCalendar. You see every"
    " row before anything is stored."
)
FORMAT_HELP: Final = deferred(
    "A **date** and a **title** are needed; columns are found by their names or their content, in"
    " any language. Dates: 2025-04-20, 20.04.2025, 04/20/2025, 20 April 2025, 20 апреля 2025."
    " Where day and month could be swapped, you are asked."
)
MESSAGE_LIMIT: Final = 400


def draw(view: UrlState) -> None:
    """Draw the page."""
    draw_flash()
    if not session.may(Action.IMPORT):
        st.info(_("Importing takes the role editor; you may look at everything."))
        return
    _draw_results()
    if get_upload() is None:
        _draw_template()
    st.file_uploader(
        _(
            "A file of events, at most {max_upload_mb} MB and 50,000 rows",
            max_upload_mb=MAX_UPLOAD_MB,
        ),
        key=get_uploader_key(),
        on_change=store_upload,
        max_upload_size=MAX_UPLOAD_MB,
    )
    upload = get_upload()
    if upload is not None:
        _draw_upload(view, upload)
    _draw_earlier_imports()


def _draw_template() -> None:
    """Draw what a file may look like: a template, and the forms of a date."""
    st.caption(translate_deferred(FORMAT_HELP))
    with st.container(horizontal=True):
        draw_table_buttons(
            _("template"),
            ("events", "template"),
            lambda dialect: table_file("event_template", TEMPLATE_ROWS, dialect),
            "import.template",
        )


def _draw_upload(view: UrlState, upload: Upload) -> None:
    plan = plan_upload(upload)
    kind = plan.outline.kind if plan.outline else _("not read")
    with st.container(horizontal=True, vertical_alignment="center"):
        named = f"**{escape_markdown(upload.name, 80)}**"
        st.markdown(f"{named} · {kind}", width="stretch")
        st.button(_("Remove"), key="import.away", on_click=close_upload, icon=":material/close:")
    draw_format_questions(plan)
    if plan.problem:
        message = escape_markdown(plan.problem, MESSAGE_LIMIT)
        st.warning(
            _("We can't read this yet: {message_text}", message_text=message),
            icon=":material/block:",
        )
    if plan.outline is not None:
        draw_column_mapping(plan.outline, is_open=bool(plan.problem))
    if plan.plan is not None:
        _draw_import_plan(view, plan.plan)


# ------------------------------------------------------------------ the plan of an upload


def _draw_import_plan(view: UrlState, plan: EventImportPlan) -> None:
    """Draw the counts, the buttons of the import, and every row with its verdict."""
    counts = count_verdicts(plan)
    _draw_commit(plan, counts)
    _draw_messages(plan)
    _draw_rows(view, plan, counts)
    if plan.wrong:
        with st.container(horizontal=True):
            _draw_wrong_downloads(plan.file.name, plan.wrong, "import.preview")


def _draw_wrong_downloads(file_name: str, rows: tuple[RowVerdict, ...], key: str) -> None:
    """Draw downloads of the rows that cannot be imported, for correction."""
    draw_table_buttons(
        plural("{n:,} wrong row", "{n:,} wrong rows", len(rows)),
        ("wrong_rows", file_name.rpartition(".")[0] or file_name),
        lambda flavour: table_file("wrong_rows", rows, flavour),
        f"{key}.wrong",
    )


# ------------------------------------------------------------------ the import


def _draw_commit(plan: EventImportPlan, counts: dict[str, int]) -> None:
    new, wrong = counts["new"], counts["wrong"]
    if new and not wrong:
        st.markdown(_(":blue-badge[:material/check: File looks good]"))
    st.markdown(
        plural(
            "**{n:,} row**: {new:,} new, {duplicates:,} already there, {wrong:,} wrong. Nothing"
            " is stored yet.",
            "**{n:,} rows**: {new:,} new, {duplicates:,} already there, {wrong:,} wrong. Nothing"
            " is stored yet.",
            counts["all"],
            new=new,
            duplicates=counts["duplicate"],
            wrong=wrong,
        )
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_author_name()
        st.button(
            _("Add all {new:,} events", new=new) if not wrong else _("Add all rows"),
            key="import.all", type=button_type(strong=not wrong),
            disabled=bool(wrong) or not new, icon=":material/library_add:",
            help=_explain_partial_import(new, wrong), on_click=_commit_import, args=(plan,),
        )  # fmt: skip
        if wrong:
            st.button(
                _("Add the good rows only ({new:,})", new=new),
                key="import.good",
                type=button_type(),
                disabled=not new,
                icon=":material/rule:",
                on_click=_commit_import,
                args=(plan,),
            )


def _explain_partial_import(new: int, wrong: int) -> str | None:
    if wrong:
        return plural(
            "{n:,} row cannot be taken: mend the file, or take the good rows.",
            "{n:,} rows cannot be taken: mend the file, or take the good rows.",
            wrong,
        )
    return None if new else _("Every row is already there.")


def _commit_import(plan: EventImportPlan) -> None:
    """Store the notes of a plan; the upload stays where that fails."""
    try:
        session.count_against_limit("import")
        taken = replace(plan, imports_valid_rows=bool(plan.wrong))
        record, _skipped = import_events(session.get_context().notes, taken, get_author_name())
    except RoubleReactionError as error:
        set_flash(_("Not added: {error!s}", error=error))
        return
    if record is not None:
        st.session_state[DONE_KEY] = FinishedImport(record, plan.wrong)
    close_upload()


def _draw_messages(plan: EventImportPlan) -> None:
    """Draw the messages about the file as a whole."""
    messages = [
        line.removeprefix(f"{plan.file.name}: ")
        for line in plan.notices
        if "already there" not in line
    ]
    if not messages:
        return
    lines = [f"- {escape_markdown(line, MESSAGE_TEXT_LIMIT)}" for line in messages[:MAX_MESSAGES]]
    if len(messages) > MAX_MESSAGES:
        lines.append(
            plural(
                "- and {n:,} more like these",
                "- and {n:,} more like these",
                len(messages) - MAX_MESSAGES,
            )
        )
    st.info("\n".join(lines), icon=":material/info:")


# ------------------------------------------------------------------ the table


def _draw_rows(view: UrlState, plan: EventImportPlan, counts: dict[str, int]) -> None:
    st.segmented_control(
        _("Rows to show"),
        list(VERDICT_FILTERS),
        required=True,
        label_visibility="collapsed",
        format_func=lambda kind: f"{translate_deferred(VERDICT_FILTERS[kind])} {counts[kind]:,}",
        **view.widget("show"),
    )
    show = view["show"]
    rows = [row for row in plan.rows if show in {"all", row.verdict}]
    if not rows:
        st.caption(_("No such rows."))
        return
    per_page = PHONE_ROWS_PER_PAGE if session.is_phone() else ROWS_PER_PAGE
    pages = -(-len(rows) // per_page)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key=f"import.page.{show}.{pages}")
    first = (page - 1) * per_page
    shown = rows[first : first + per_page]
    if pages > 1:
        st.caption(
            _(
                "Rows {first:,}–{last:,} of {count:,}",
                first=first + 1,
                last=first + len(shown),
                count=len(rows),
            )
        )
    if session.is_phone():
        _draw_row_cards(shown)
    else:
        _draw_rows_table(shown)


def _draw_row_cards(rows: list[RowVerdict]) -> None:
    """Draw rows of at most four lines each, for a narrow screen."""
    for row in rows:
        note = row.note
        heading = (format_row_location(row), translate_deferred(VERDICT_LABELS[row.verdict]))
        lines = [f"**{escape_markdown(' · '.join(heading))}**"]
        if note is not None:
            day = format_day_range(note.day, note.end_day)
            facts = (day, _format_note_time(note), category_title(note.category), note.source_name)
            lines += [
                escape_markdown(note.title, CARD_TITLE_LIMIT),
                f":small[:gray[{escape_markdown(' · '.join(filter(None, facts)))}]]",
            ]
        problem = describe_row_problem(row)
        if problem:
            lines.append(f":small[{escape_markdown(problem, CARD_TITLE_LIMIT)}]")
        with st.container(border=True):
            st.markdown("  \n".join(lines))


def _draw_rows_table(rows: list[RowVerdict]) -> None:
    """Draw rows with their verdicts: text as it is, one page of them."""
    st.dataframe(
        _build_rows_frame(rows),
        hide_index=True,
        height=min(MAX_TABLE_HEIGHT, ROW_PIXELS * (len(rows) + 1) + 3),
        row_height=ROW_PIXELS,
        alt=_("Rows of the file with what would become of each"),
        column_config={
            _("Row"): st.column_config.TextColumn(width=130),
            _("Verdict"): st.column_config.TextColumn(width=120),
            _("Day"): st.column_config.TextColumn(width=120),
            _("MSK"): st.column_config.TextColumn(width=58),
            _("Title"): st.column_config.TextColumn(width=300),
            _("Category"): st.column_config.TextColumn(width=130),
            _("Source"): st.column_config.TextColumn(width=150),
            _("What to know"): st.column_config.TextColumn(width=430),
        },
        column_order=_select_columns(rows),
    )


def _build_rows_frame(rows: list[RowVerdict]) -> pd.DataFrame:
    """One row a row of the file: place, verdict, fields of the note, messages."""
    notes = [row.note for row in rows]
    return pd.DataFrame(
        {
            _("Row"): [format_row_location(row) for row in rows],
            _("Verdict"): [translate_deferred(VERDICT_LABELS[row.verdict]) for row in rows],
            _("What to know"): [describe_row_problem(row) for row in rows],
            _("Day"): [format_day_range(note.day, note.end_day) if note else "" for note in notes],
            _("MSK"): [_format_note_time(note) for note in notes],
            _("Title"): [plain_text(note.title) if note else "" for note in notes],
            _("Source"): [plain_text(note.source_name) if note else "" for note in notes],
            _("Category"): [
                plain_text(category_title(note.category)) if note else "" for note in notes
            ],
        }
    )


def _select_columns(rows: list[RowVerdict]) -> list[str]:
    """The columns with content."""
    names = []
    if any(row.note for row in rows):
        names.append(_("Day"))
        if any(row.note.moment for row in rows if row.note):
            names.append(_("MSK"))
        names += [_("Title"), _("Category")]
        if any(row.note.source_name for row in rows if row.note):
            names.append(_("Source"))
    if any(row.reason for row in rows):
        names.append(_("What to know"))
    return [_("Row"), _("Verdict"), *names]


def _format_note_time(note: Event | None) -> str:
    if note is None or note.moment is None:
        return ""
    return f"{note.moment.astimezone(ZoneInfo(MOSCOW)):%H:%M}"


# ------------------------------------------------------------------ past imports


def _draw_results() -> None:
    """Draw the results of the last import and the last undo, until they are closed."""
    done = get_finished_import()
    if done is not None:
        _draw_done(done)
    undone: ImportUndo | None = st.session_state.get(UNDONE_KEY)
    if undone is not None:
        _draw_undone(undone)


def _draw_done(done: FinishedImport) -> None:
    with st.container(border=True):
        st.markdown(f":material/check: **{escape_markdown(describe_import(done.record))}**")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Undo this import"), key="import.undo", icon=":material/undo:",
                on_click=revert_import, args=(done.record.id,),
            )  # fmt: skip
            draw_page_link("events", _("See your notes"), icon=":material/list:", origin="note")
            st.button(
                _("Close"),
                key="import.close",
                type="tertiary",
                on_click=_close_result,
                args=(DONE_KEY,),
            )
        if done.wrong:
            listed = done.wrong[:MAX_LISTED_ROWS]
            st.markdown(
                plural(
                    "**{n:,} row left out**, each with its reason:",
                    "**{n:,} rows left out**, each with its reason:",
                    len(done.wrong),
                )
            )
            _draw_rows_table(list(listed))
            if len(listed) < len(done.wrong):
                st.caption(
                    _("The first {listed:,} are shown; the file has all.", listed=len(listed))
                )
            with st.container(horizontal=True):
                _draw_wrong_downloads(done.record.file_name, done.wrong, "import.done")


def _draw_undone(undone: ImportUndo) -> None:
    with st.container(border=True):
        st.markdown(f":material/undo: **{escape_markdown(describe_undone_import(undone))}**")
        for note in undone.changed[:MAX_LISTED_IMPORTS]:
            draw_page_link(
                "event",
                _("Stays: {title}", title=note.title),
                icon=":material/edit_note:",
                id=note.id,
            )
        if len(undone.changed) > MAX_LISTED_IMPORTS:
            st.caption(
                plural("and {n:,} more", "and {n:,} more", len(undone.changed) - MAX_LISTED_IMPORTS)
            )
        st.button(
            _("Close"),
            key="import.close_undone",
            type="tertiary",
            on_click=_close_result,
            args=(UNDONE_KEY,),
        )


def _close_result(key: str) -> None:
    st.session_state.pop(key, None)


def revert_import(import_id: str) -> None:
    """Undo an import; notes changed since stay, and the result lists them."""
    try:
        session.count_against_limit("write")
        st.session_state[UNDONE_KEY] = undo_import(
            session.get_context().notes, import_id, get_author_name()
        )
    except RoubleReactionError as error:
        set_flash(_("Not undone: {error}", error=error))
        return
    done = get_finished_import()
    if done is not None and done.record.id == import_id:
        _close_result(DONE_KEY)


def _draw_earlier_imports() -> None:
    """Draw the imports, the newest first, each with its undo button."""
    try:
        records = session.get_context().notes.imports()
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    st.markdown(_("#### Earlier imports"))
    if not records:
        st.markdown(_("None yet. Each import is listed here, and can be undone as a whole."))
        return
    for record in records[:RECENT_IMPORTS]:
        _draw_record(record)
    if len(records) > RECENT_IMPORTS:
        with st.expander(
            plural("{n:,} earlier one", "{n:,} earlier ones", len(records) - RECENT_IMPORTS)
        ):
            for record in records[RECENT_IMPORTS:MAX_LISTED_ROWS]:
                _draw_record(record)


def _draw_record(record: ImportRecord) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        facts = [f"**{escape_markdown(record.file_name)}**"]
        facts += [escape_markdown(word) for word in list_import_facts(record)]
        st.markdown(" · ".join(facts), width="stretch")
        if record.undone_at is None:
            st.button(
                _("Undo"), key=f"import.undo.{record.id}", icon=":material/undo:",
                on_click=revert_import, args=(record.id,),
            )  # fmt: skip


PAGE = Page(
    "imports", deferred("Import"), ":material/upload_file:", "import", draw,
    (choice_param("show", tuple(VERDICT_FILTERS), "all"),), heading=deferred("Import events"),
    purpose=PAGE_HELP,
)  # fmt: skip
