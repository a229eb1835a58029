"""The run of the specifications of a reader, and its answer as one line on another page."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from dashboard.models.analyses import Group, RobustnessAnswer, SpecificationGrid
from dashboard.models.event import Event
from dashboard.models.messages import plural
from dashboard.models.messages import translate as _
from dashboard.models.series import RateSeries
from dashboard.models.study import Headline, Returns, Window
from dashboard.presentation.formatting import format_p_equal, format_whole_share
from dashboard.services.compare import compare_groups
from dashboard.services.robustness import (
    AnswerCache,
    RobustnessRequest,
    RobustnessRun,
    RunProgress,
    count_categories,
)
from dashboard.services.study_inputs import default_request, default_window
from dashboard.ui import session
from dashboard.ui.components.elements import TARGETS_KEY
from dashboard.ui.session import KnownEvents

LinkParams = dict[str, str | list[str]]

RUN_KEY: Final = "robustness.run"
POLL_SECONDS: Final = 0.7
PREFERRED_WINDOW: Final[Window] = (0, 1)
"""The window that the Compare page shows first."""
PAGES_WITH_RUNS: Final = ("robustness", "compare")


@st.cache_resource(show_spinner=False)
def get_cached_answers() -> AnswerCache:
    """The answers by keys that name the versions of all their data."""
    return AnswerCache(shared=session.get_context().shared_answers)


def build_run_key(request: RobustnessRequest, known_version: str) -> Hashable:
    """A key that differs where anything of a run differs; `known_version` is that of all events."""
    versions = tuple(map(session.build_series_version, (*request.series, *request.factors)))
    events = tuple(event.id for event in request.events)
    return (request.grid, versions, known_version, events)


def build_usual_request(
    series: RateSeries, events: Sequence[Event], known: Sequence[Event], returns: Returns
) -> RobustnessRequest:
    """The run that the Robustness page makes of some events where nobody changes its choices."""
    grid = SpecificationGrid(series=(series.card.id,), returns=returns)
    return RobustnessRequest(grid, (series,), tuple(events), categories=count_categories(known))


def get_declared_test(request: RobustnessRequest, known: KnownEvents) -> Headline | None:
    """The declared test of the Compare page where nobody changes its settings.

    None where its series has no such window, or no event is measured.
    """
    return _compute_declared_test(build_run_key(request, known.version), request, known.events)


@st.cache_resource(show_spinner=False, max_entries=16)
def _compute_declared_test(
    key: Hashable,  # noqa: ARG001 - it names the versions of all data
    _request: RobustnessRequest,
    _known: tuple[Event, ...],
) -> Headline | None:
    series = _request.series[0]
    minutes = series.card.bar_minutes
    study = default_request(minutes, default_window(minutes), [])
    if PREFERRED_WINDOW not in study.cars:
        return None
    study = replace(study, cars=(PREFERRED_WINDOW,), returns=_request.grid.returns)
    group = Group("group", _request.events)
    return compare_groups(series, [group], _known, study).groups[0].headline


def get_run(key: Hashable) -> RobustnessRun | None:
    """The run of this reader, if it is that of the key."""
    run: RobustnessRun | None = st.session_state.get(RUN_KEY)
    return run if run is not None and run.key == key else None


def start_run(key: Hashable, request: RobustnessRequest) -> RobustnessRun:
    """Start a run in the background; another one of this reader is ended."""
    end_run()
    run = RobustnessRun(key, request, get_cached_answers()).start()
    st.session_state[RUN_KEY] = run
    return run


def _start(key: Hashable, request: RobustnessRequest) -> None:
    start_run(key, request)


def end_run() -> None:
    """End the run of this reader, if there is one."""
    run: RobustnessRun | None = st.session_state.pop(RUN_KEY, None)
    if run is not None:
        run.cancel()


def end_run_on_leave(page_id: str) -> None:
    """End the run of a reader who has gone to a page that shows none."""
    if page_id not in PAGES_WITH_RUNS:
        end_run()


@st.fragment(run_every=POLL_SECONDS)
def draw_progress(run: RobustnessRun) -> None:
    """Draw the progress of the run; the rest of the page stays until it has ended."""
    progress = run.poll()
    if not progress.is_running:
        st.rerun()
    st.progress(progress.done / max(progress.total, 1), text=_describe_progress(progress))
    st.button(_("Cancel"), key="robustness.cancel", icon=":material/close:", on_click=run.cancel)


def _describe_progress(progress: RunProgress) -> str:
    if progress.is_waiting:
        return _("Waiting for another reader's run to end")
    return _("{done:,} of {total:,} specifications", done=progress.done, total=progress.total)


def draw_robustness_line(
    request: RobustnessRequest, known_version: str, mark: str, query: LinkParams | None
) -> None:
    """Draw the answer under all choices in one line, or a button that computes it.

    Args:
        request: the run.
        known_version: the version of all events.
        mark: the glyph of the group, may be empty; different for every group of a page.
        query: of the link to the Robustness page; None where that page cannot show the events.
    """
    key = build_run_key(request, known_version)
    answer, run = get_cached_answers().get(key), get_run(key)
    title = f"{mark} " + _("Robustness") if mark else _("Robustness")
    if answer is not None:
        _draw_agreement(title, answer, query)
    elif run is not None and run.poll().is_running:
        st.caption(title)
        draw_progress(run)
    else:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(_("{title}: not computed yet", title=title), width="content")
            st.button(_("Run"), key=f"robustness.start{mark}", icon=":material/play_arrow:",
                      type="tertiary", on_click=_start, args=(key, request))  # fmt: skip


def _draw_agreement(title: str, answer: RobustnessAnswer, query: LinkParams | None) -> None:
    text = f"{title}: {describe_agreement(answer)}"
    st.caption(text)
    target = st.session_state.get(TARGETS_KEY, {}).get("robustness")
    if target is not None and query is not None:
        st.page_link(target, label=_(":small[:primary[See all choices]]"), query_params=query)


def describe_agreement(answer: RobustnessAnswer) -> str:
    """`98 % of 154 choices agree on the direction (joint p = 0.010)`."""
    if not answer.distinct:
        return _("no choice has an event with a move")
    values = {"share": format_whole_share(answer.same_sign), "p": format_p_equal(answer.joint_p)}
    if not answer.draws:
        return plural(
            "{share} of {n:,} choice agrees on the direction",
            "{share} of {n:,} choices agree on the direction",
            answer.distinct,
            **values,
        )
    return plural(
        "{share} of {n:,} choice agrees on the direction (joint {p})",
        "{share} of {n:,} choices agree on the direction (joint {p})",
        answer.distinct,
        **values,
    )
