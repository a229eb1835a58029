"""Two people changed one note: both texts side by side, and the ways on from there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard.domain.errors import EditConflict, RoubleReactionError
from dashboard.domain.event import TEXT_LIMIT, Event
from dashboard.services.keep_events import Draft, draft_of, edit_note, restore_note
from dashboard.services.merge_drafts import Difference, differences, mine_on_theirs
from dashboard.ui import session
from dashboard.ui.text import escape_markdown, plain_block
from dashboard.ui.widgets.emphasis import emphasis
from dashboard.ui.widgets.flash import say
from dashboard.ui.widgets.note_history import FIELDS, shown_value

STATE: Final = "note_form:conflict"
WIDTHS: Final = (2, 5, 5)


@dataclass(frozen=True, slots=True)
class Met:
    """A conflict that was met: what was said about it, and the note as it stands now."""

    message: str
    theirs: Event


def remember_conflict(conflict: EditConflict) -> None:
    """Keep a conflict until the form is closed; both texts are shown from then on."""
    if conflict.current is not None:
        st.session_state[STATE] = Met(str(conflict), conflict.current)


def conflict_met() -> Met | None:
    """The conflict that the open form has met, None where there is none."""
    met: Met | None = st.session_state.get(STATE)
    return met


def draw_conflict(read: Draft, mine: Draft | None, met: Met) -> None:
    """Draw both texts field by field and a button for each way on.

    Args:
        read: the note as both had read it.
        mine: what the form says; None while a field of it cannot be read.
        met: the conflict.
    """
    st.error(escape_markdown(met.message))
    if mine is None:
        return
    found = differences(read, draft_of(met.theirs), mine)
    _draw_differences(found)
    with st.container(horizontal=True, vertical_alignment="center"):
        _draw_ways(read, mine, met)
    st.caption(
        "Or edit below until it says what you both mean, and save that."
        " Every version stays in the history."
    )


def _draw_differences(found: tuple[Difference, ...]) -> None:
    if not found:
        st.caption("Both say the same now.")
        return
    with st.container(border=True, gap="small"):
        for place, word in zip(st.columns(WIDTHS), ("", "Theirs, saved", "Yours"), strict=True):
            place.markdown(f"**{word}**" if word else "")
        for difference in found:
            label, theirs, mine = st.columns(WIDTHS)
            label.markdown(f"{FIELDS[difference.field]}  \n:small[{_who_changed(difference)}]")
            theirs.text(_shown(difference, difference.theirs))
            mine.text(_shown(difference, difference.mine))


def _who_changed(difference: Difference) -> str:
    if not difference.is_mine:
        return "changed by them"
    return "changed by you" if difference.theirs == difference.read else "changed by both"


def _shown(difference: Difference, value: object) -> str:
    if difference.field == "text" and value:
        return plain_block(str(value), TEXT_LIMIT)
    return shown_value(difference.field, value)


def _draw_ways(read: Draft, mine: Draft, met: Met) -> None:
    gone = met.theirs.deleted is not None
    keep = "Bring it back with mine" if gone else "Keep mine on top of theirs"
    take = "Leave it deleted" if gone else "Take theirs"
    told = "Fields that you changed become yours; fields that only they changed stay theirs."
    if st.button(keep, type=emphasis(), key="note_form:keep_mine", help=told):
        _keep_mine(mine_on_theirs(read, draft_of(met.theirs), mine), met.theirs)
    if st.button(take, key="note_form:take_theirs", help="Your text is dropped."):
        say(f"Left as it was saved by the other: {met.theirs.title}")
        st.rerun()


def _keep_mine(merged: Draft, theirs: Event) -> None:
    notes = session.parts().notes
    try:
        if theirs.deleted is not None:
            theirs = restore_note(notes, theirs.id)
        saved = edit_note(notes, theirs.id, merged, theirs.revision)
    except EditConflict as again:  # a third change came between
        remember_conflict(again)
        st.rerun(scope="fragment")
    except RoubleReactionError as error:
        st.error(escape_markdown(str(error)))
        return
    say(f"Note changed: {saved.title}")
    st.rerun()
