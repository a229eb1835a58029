"""The robustness run of a reader: begun, watched, ended, its answer shared by immutable keys."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard.services.run_robustness_behind import KeptAnswers, Progress, RobustnessRun
from dashboard.ui.robustness_scene import AT_ONCE, RobustnessScene

RUN: Final = "robustness.run"
WANTED: Final = "robustness.wanted"
PAGE_ID: Final = "robustness"


@st.cache_resource(show_spinner=False)
def kept_answers() -> KeptAnswers:
    """The answers of this process; their keys name every version of everything in them."""
    return KeptAnswers()


def progress_of(scene: RobustnessScene) -> Progress | None:
    """How the run of a scene goes, begun where it is small or was asked for; None: not begun.

    A run of another choice is ended.
    """
    answer = kept_answers().get(scene.key)
    if answer is not None:
        end_run()
        return Progress(scene.total, scene.total, answer=answer)
    run: RobustnessRun | None = st.session_state.get(RUN)
    if run is not None and run.key == scene.key:
        return run.look()
    end_run()
    if scene.total > AT_ONCE and st.session_state.get(WANTED) != scene.key:
        return None
    run = RobustnessRun(scene.key, scene.asked, kept_answers()).start()
    st.session_state[RUN] = run
    return run.look()


def watched() -> RobustnessRun | None:
    """The run of this reader."""
    run: RobustnessRun | None = st.session_state.get(RUN)
    return run


def want(scene: RobustnessScene) -> None:
    """Ask for a run, also after it was cancelled; call it in a callback."""
    end_run()
    st.session_state[WANTED] = scene.key


def end_run() -> None:
    """End the run of this reader, if there is one."""
    run: RobustnessRun | None = st.session_state.pop(RUN, None)
    if run is not None:
        run.cancel()


def leave(page_id: str) -> None:
    """End the run of a reader who has gone to another page."""
    if page_id != PAGE_ID:
        end_run()
