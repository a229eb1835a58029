"""What would become of a file of events: counts, the way to take it, and a table of its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from dashboard.domain.errors import RoubleReactionError
from dashboard.domain.event import MOSCOW, Event
from dashboard.services.export_imports import wrong_rows_csv
from dashboard.services.import_events import ImportPlan, RowVerdict, import_events
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.import_scene import DONE, Done, close_upload
from dashboard.ui.import_words import SHOWN, VERDICTS, on_page, verdict_counts, where, why
from dashboard.ui.palette import category_title
from dashboard.ui.text import escape_markdown, plain
from dashboard.ui.widgets.downloads import draw_csv_buttons
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.your_name import draw_your_name, your_name
from dashboard.ui.wording import count, days

PAGE_ROWS: Final = 200
ROW: Final = 35
HEIGHT: Final = 480
MOST_TOLD: Final = 8
TOLD_LIMIT: Final = 300


def draw_plan(view: View, plan: ImportPlan) -> None:
    """Draw what would be taken, the buttons that take it, and every row with its verdict."""
    counts = verdict_counts(plan)
    _draw_commit(plan, counts)
    _draw_told(plan)
    _draw_rows(view, plan, counts)
    if plan.wrong:
        with st.container(horizontal=True):
            draw_wrong_downloads(plan.file.name, plan.wrong, "import.preview")


def draw_wrong_downloads(file_name: str, rows: tuple[RowVerdict, ...], key: str) -> None:
    """Draw the buttons that give the rows that cannot be taken, to mend them by."""
    draw_csv_buttons(
        f"{count(len(rows), 'wrong row')}",
        ("wrong_rows", file_name.rpartition(".")[0] or file_name),
        lambda flavour: wrong_rows_csv(rows, flavour),
        f"{key}.wrong",
    )


# ------------------------------------------------------------------ taking it


def _draw_commit(plan: ImportPlan, counts: dict[str, int]) -> None:
    new, wrong = counts["new"], counts["wrong"]
    told = [f"**{count(counts['all'], 'row')}**: {new:,} new"]
    told += [f"{counts['duplicate']:,} already there", f"{wrong:,} wrong"]
    st.markdown(", ".join(told) + ". Nothing is stored yet.")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_your_name()
        st.button(
            f"Add all {new:,} events" if not wrong else "Add all rows",
            key="import.all", type=emphasis(strong=not wrong),
            disabled=bool(wrong) or not new, icon=":material/library_add:",
            help=_why_not_all(new, wrong), on_click=_commit, args=(plan,),
        )  # fmt: skip
        if wrong:
            st.button(
                f"Add the good rows only ({new:,})", key="import.good", type=emphasis(),
                disabled=not new, icon=":material/rule:", on_click=_commit, args=(plan,),
            )  # fmt: skip


def _why_not_all(new: int, wrong: int) -> str | None:
    if wrong:
        return f"{count(wrong, 'row')} cannot be taken: mend the file, or take the good rows."
    return None if new else "Every row is already there."


def _commit(plan: ImportPlan) -> None:
    """Store the notes of a plan; the upload stays where that fails."""
    try:
        session.limit("import")
        taken = replace(plan, takes_good_rows=bool(plan.wrong))
        record, _ = import_events(session.parts().notes, taken, your_name())
    except RoubleReactionError as error:
        say(f"Not added: {on_page(str(error))}")
        return
    if record is not None:
        st.session_state[DONE] = Done(record, plan.wrong)
    close_upload()


def _draw_told(plan: ImportPlan) -> None:
    """Draw what a person should know of the reading as a whole."""
    told = [
        line.removeprefix(f"{plan.file.name}: ")
        for line in plan.told
        if "already there" not in line
    ]
    if not told:
        return
    lines = [f"- {escape_markdown(on_page(line), TOLD_LIMIT)}" for line in told[:MOST_TOLD]]
    if len(told) > MOST_TOLD:
        lines.append(f"- and {count(len(told) - MOST_TOLD, 'more like these', 'more like these')}")
    st.info("\n".join(lines), icon=":material/info:")


# ------------------------------------------------------------------ the table


def _draw_rows(view: View, plan: ImportPlan, counts: dict[str, int]) -> None:
    st.segmented_control(
        "Rows to show", list(SHOWN), required=True, label_visibility="collapsed",
        format_func=lambda kind: f"{SHOWN[kind]} {counts[kind]:,}", **view.widget("show"),
    )  # fmt: skip
    show = view["show"]
    rows = [row for row in plan.rows if show in {"all", row.verdict}]
    if not rows:
        st.caption("No such rows.")
        return
    pages = -(-len(rows) // PAGE_ROWS)
    page = 1
    if pages > 1:
        page = st.pagination(pages, key=f"import.page.{show}.{pages}")
    first = (page - 1) * PAGE_ROWS
    shown = rows[first : first + PAGE_ROWS]
    if pages > 1:
        st.caption(f"Rows {first + 1:,}–{first + len(shown):,} of {len(rows):,}")
    draw_rows_table(shown)


def draw_rows_table(rows: list[RowVerdict]) -> None:
    """Draw rows with their verdicts: text as it is, one page of them."""
    st.dataframe(
        rows_frame(rows), hide_index=True, height=min(HEIGHT, ROW * (len(rows) + 1) + 3),
        row_height=ROW, alt="Rows of the file with what would become of each",
        column_config={
            "Row": st.column_config.TextColumn(width=130),
            "Verdict": st.column_config.TextColumn(width=120),
            "Day": st.column_config.TextColumn(width=120),
            "MSK": st.column_config.TextColumn(width=58),
            "Title": st.column_config.TextColumn(width=300),
            "Category": st.column_config.TextColumn(width=130),
            "What to know": st.column_config.TextColumn(width=430),
        },
        column_order=_columns_worth(rows),
    )  # fmt: skip


def rows_frame(rows: list[RowVerdict]) -> pd.DataFrame:
    """A row of the file a row: place, verdict, what the note would be, what to know."""
    notes = [row.note for row in rows]
    return pd.DataFrame(
        {
            "Row": [where(row) for row in rows],
            "Verdict": [VERDICTS[row.verdict] for row in rows],
            "What to know": [why(row) for row in rows],
            "Day": [days(note.day, note.end_day) if note else "" for note in notes],
            "MSK": [_clock(note) for note in notes],
            "Title": [plain(note.title) if note else "" for note in notes],
            "Category": [plain(category_title(note.category)) if note else "" for note in notes],
        }
    )


def _columns_worth(rows: list[RowVerdict]) -> list[str]:
    """A column of nothing is left out; on a phone the reason stands where it can be seen."""
    names = []
    if any(row.note for row in rows):
        names.append("Day")
        if any(row.note.moment for row in rows if row.note):
            names.append("MSK")
        names += ["Title", "Category"]
    if any(row.reason for row in rows):
        names.insert(0 if session.is_phone() else len(names), "What to know")
    return ["Row", "Verdict", *names]


def _clock(note: Event | None) -> str:
    if note is None or note.moment is None:
        return ""
    return f"{note.moment.astimezone(ZoneInfo(MOSCOW)):%H:%M}"
