"""Figures and report of a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from dashboard.models.analyses import Comparison
from dashboard.models.event import Event, Origin
from dashboard.models.report import ReportChart, ReportDocument, ReportSource, ReportTable
from dashboard.models.study import Headline, window_text
from dashboard.presentation.charts.comparison_moves import PlaceboPane, build_moves_figure
from dashboard.presentation.charts.comparison_paths import (
    ComparisonChart,
    ComparisonGroup,
    build_paths_figure,
    count_cut_paths,
    summarize_paths,
)
from dashboard.presentation.escaping import escape_plot, plain_text
from dashboard.presentation.events import (
    format_group,
    format_group_count,
    format_period_limits,
)
from dashboard.presentation.formatting import (
    capitalize_first,
    format_count,
    format_day,
    format_number,
    format_percent,
)
from dashboard.presentation.moves import POOL_TITLES
from dashboard.presentation.reports import (
    CAUSALITY_CAUTION,
    SOFTWARE_VERSION,
    TITLE_LIMIT,
    ReportContext,
    build_as_of_parameter,
    build_factor_source,
    build_rate_source,
    build_report_links,
    build_table,
    describe_private_notes,
)
from dashboard.services.compare import group_test_lines
from dashboard.ui.pages.compare.messages import (
    CORRECTION_NAMES,
    OTHER_TESTS,
    STEP_TITLES,
    build_attrition_columns,
    build_averages_columns,
    build_declared_test_columns,
    build_moves_columns,
    build_other_test_columns,
    build_summary_columns,
    build_verdict_lines,
    describe_averaging,
    describe_influential_events,
    describe_model_settings,
    describe_overlap,
    describe_summary,
    format_compare_question,
    format_group_name,
    format_window,
    name_series_subject,
)
from dashboard.ui.pages.compare.state import MIN_VERDICT_EVENTS, CompareState, GroupState

# ------------------------------------------------------------
# The scene of Compare as its figures want it: headings are sentences, user text is harmless.


HEADING_COLUMNS: Final = 110
WIDE_HEADING_COLUMNS: Final = 170
LABEL_LIMIT: Final = 48


def build_comparison_chart(scene: CompareState, heading: str, below: str) -> ComparisonChart:
    """The groups on their scale, under a heading; text of users is made harmless here."""
    answer = scene.answer
    groups = tuple(
        ComparisonGroup(escape_plot(capitalize_first(format_group(each.asked.filter)), LABEL_LIMIT, 1), each.found,
                   each.look)
        for each in scene.groups
    )  # fmt: skip
    return ComparisonChart(
        groups=groups,
        scale=scene.scale,
        heading=escape_plot(heading, HEADING_COLUMNS, 1),
        subheading=escape_plot(below, WIDE_HEADING_COLUMNS, 1),
        window=answer.window if answer else (0, 0),
        dark=scene.dark,
        phone=scene.phone,
    )


def describe_after(scene: CompareState) -> str:
    """`after 17 NATO remarks and 58 peace talks`."""
    return "after " + " and ".join(
        format_group_count(each.found.n, each.asked.filter) for each in scene.groups
    )


def describe_chart_source(scene: CompareState) -> str:
    """`USD/RUB, Bank of Russia, to 1 Sep 2026`: the series and its last day."""
    series = scene.answer.series if scene.answer else None
    last = series.day[-1].astype(object) if series is not None and len(series) else None
    return f"{scene.card.title}{f', to {format_day(last)}' if last else ''}"


def format_paths_heading(scene: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the paths and what stands below it."""
    few = "" if all(each.found.n >= MIN_VERDICT_EVENTS for each in scene.groups) else (
        f" (fewer than {MIN_VERDICT_EVENTS}: each alone, no mean)"
    )  # fmt: skip
    first = answer.request.window[0]
    return (
        f"{name_series_subject(scene.card)} {describe_after(scene)}{few}",
        f"abnormal moves added up from offset {first}; {describe_model_settings(answer.request, scene.card)};"
        f" {describe_chart_source(scene)}".replace("-", "−"),
    )


def build_paths_chart(scene: CompareState, answer: Comparison) -> ComparisonChart:
    """Every path with mean, bands and median."""
    return build_comparison_chart(scene, *format_paths_heading(scene, answer))


def format_moves_heading(scene: CompareState, answer: Comparison) -> tuple[str, str]:
    """The heading of the moves and what stands below it."""
    return (
        f"Moves over {format_window(answer.window)} {describe_after(scene)}",
        f"whiskers: 95 % interval of each; dashed: the mean; {describe_chart_source(scene)}",
    )


def build_moves_chart(scene: CompareState, answer: Comparison) -> ComparisonChart:
    """The moves of the window, one dot an event."""
    return build_comparison_chart(scene, *format_moves_heading(scene, answer))


def build_heat_chart(scene: CompareState, answer: Comparison) -> ComparisonChart:
    """The abnormal move of every event at every offset."""
    return build_comparison_chart(
        scene,
        f"Abnormal move at each offset {describe_after(scene)}",
        f"sorted by the move over {format_window(answer.window)}; {describe_chart_source(scene)}",
    )


def build_leave_one_out_chart(scene: CompareState, answer: Comparison) -> ComparisonChart:
    """The average without each event."""
    return build_comparison_chart(
        scene,
        "The average without each event",
        f"over {format_window(answer.window)}; dashed: with all of them",
    )


def build_placebo_chart(scene: CompareState, answer: Comparison) -> ComparisonChart:
    """The distributions that the averages and the single moves are held against."""
    return build_comparison_chart(
        scene,
        f"{name_series_subject(scene.card)} {describe_after(scene)}, beside other dates",
        f"over {format_window(answer.window)}, {scene.scale.axis_towards('right')};"
        f" {describe_chart_source(scene)}",
    )


def build_placebo_panes(chart: ComparisonChart, answer: Comparison) -> tuple[PlaceboPane, ...]:
    """The average of each group, their difference, and the single moves."""
    panes = []
    for group in chart.groups:
        means = group.analysis.placebo.means
        if len(means) and np.isfinite(means[0]):
            name = (
                "average of the same dates moved round the calendar, each event counted,"
                f" {len(means):,} shifts"
            )
            named = (
                f"{group.style.glyph} {group.name}: {name}"
                if chart.is_pair
                else capitalize_first(name)
            )
            panes.append(PlaceboPane(named, means, (float(means[0]),), chart.colour(group),
                              group.style.symbol, _get_interval(group.analysis.headline)))  # fmt: skip
    if len(answer.shifted) and np.isfinite(answer.shifted[0]):
        name = "Difference, both groups' dates moved together"
        panes.append(PlaceboPane(name, answer.shifted, (float(answer.shifted[0]),), chart.text_colour,
                          "square", _get_interval(answer.difference)))  # fmt: skip
    pools = {"near": "dates near the events", "quiet": "quiet dates", "similar": "dates alike"}
    pool = pools.get(answer.request.pool, "all dates")
    for group in chart.groups:
        values, cars = group.analysis.placebo.cars, group.analysis.car
        if len(values) and np.isfinite(cars).any():
            name = f"single moves on {len(values):,} {pool}; marks: the events"
            named = (
                f"{group.style.glyph} {group.name}: {name}"
                if chart.is_pair
                else capitalize_first(name)
            )
            panes.append(PlaceboPane(named, values, tuple(cars.tolist()), chart.colour(group),
                              group.style.symbol))  # fmt: skip
    return tuple(panes)


def _get_interval(found: Headline | None) -> tuple[float, float] | None:
    """The interval of the declared test; None where it gives no verdict."""
    return (found.low, found.high) if found is not None and not found.reason else None


# ------------------------------------------------------------
# The report of a comparison: the verdicts, the paths, every event and test, and who was lost.


SENTENCE_LIMIT: Final = 2_000
MAX_MOVE_ROWS: Final = 120
"""Events of a table on paper; the CSV files and the bundle have all of them."""


def build_compare_report(
    scene: CompareState, answer: Comparison, made: ReportContext
) -> ReportDocument:
    """What Compare says of one or two groups, on light paper and for any reader.

    Args:
        scene: what the page shows.
        answer: its comparison, with at least one event that moved.
        made: when, and the links back.
    """
    on_paper = replace(scene, dark=False, phone=False)
    return ReportDocument(
        title=f"{build_verdict_lines(scene, answer)[-1][0]}.",
        question=_clean_paragraph(format_compare_question(scene)),
        parameters=(*_build_parameters(scene, answer), build_as_of_parameter(made)),
        paragraphs=tuple(map(_clean_paragraph, _build_paragraphs(scene, answer))),
        charts=tuple(_build_charts(on_paper, answer)),
        tables=tuple(table for table in _build_tables(on_paper, answer) if table.rows),
        cautions=tuple(map(_clean_paragraph, filter(None, _build_cautions(on_paper, answer)))),
        sources=tuple(_build_sources(scene, answer)),
        links=build_report_links(made),
        software=SOFTWARE_VERSION,
        made_at=made.moment,
    )


def list_studied_events(scene: CompareState) -> tuple[Event, ...]:
    """The events of both groups, each once: those whose words the report holds."""
    return tuple(scene.events.values())


def _clean_paragraph(text: str) -> str:
    return plain_text(text, SENTENCE_LIMIT)


def _build_paragraphs(scene: CompareState, answer: Comparison) -> Iterator[str]:
    for head, below in build_verdict_lines(scene, answer):
        yield f"{head}. {below}".strip()
    titles = {name: event.title for name, event in scene.events.items()}
    for group in scene.groups:
        if group.found.n >= MIN_VERDICT_EVENTS:
            named = f"{format_group_name(group)}: " if len(scene.groups) > 1 else ""
            said = (
                *describe_influential_events(group, scene.scale, titles),
                describe_averaging(group),
            )
            yield named + " ".join(filter(None, said))


def _build_charts(scene: CompareState, answer: Comparison) -> Iterator[ReportChart]:
    axis, chart = scene.scale.axis, build_paths_chart(scene, answer)
    title, below = map(_clean_paragraph, format_paths_heading(scene, answer))
    yield ReportChart(
        build_paths_figure(chart),
        title,
        capitalize_first(below),
        f"Abnormal moves (the move less the one the model expects) added up, in {axis}, by offset:"
        " 0 is the first observation that can contain an event. Thin: each event. The bands"
        " hold the mean with 95 % at each offset, and its whole path with 95 %.",
        summarize_paths(chart),
    )
    chart = build_moves_chart(scene, answer)
    title, below = map(_clean_paragraph, format_moves_heading(scene, answer))
    yield ReportChart(
        build_moves_figure(chart),
        title,
        capitalize_first(below),
        f"One mark an event: its abnormal move over {format_window(answer.window)}, in {axis}.",
        "Moves of the events, sorted, with intervals; the table has each.",
    )


def _build_tables(scene: CompareState, answer: Comparison) -> Iterator[ReportTable]:
    yield build_table(
        f"The groups over {format_window(answer.window)}", build_summary_columns(scene)
    )
    lines = group_test_lines(answer)
    declared = [line for line in lines if line.declared]
    others = [line for line in lines if not line.declared]
    yield build_table("The declared test", build_declared_test_columns(scene, declared))
    yield build_table("Other tests", build_other_test_columns(scene, others))
    yield build_table("From events listed to events used", build_attrition_columns(scene))
    yield _build_lost_table(scene)
    for group in scene.groups:
        yield _build_moves_table(scene, group, answer)
    for group in scene.groups:
        yield build_table(_format_table_title("The average, offset by offset", scene, group),
                       build_averages_columns(scene, group))  # fmt: skip


def _format_table_title(title: str, scene: CompareState, group: GroupState) -> str:
    return (
        f"{title}: {_clean_paragraph(format_group_name(group))}" if len(scene.groups) > 1 else title
    )


def _build_moves_table(scene: CompareState, group: GroupState, answer: Comparison) -> ReportTable:
    """The moves of a group, of a large one those that are largest either way."""
    events, columns = build_moves_columns(scene, group, answer)
    half = MAX_MOVE_ROWS // 2
    cut = len(events) > MAX_MOVE_ROWS
    title = _format_table_title("Event by event", scene, group)
    titles = [plain_text(event.title, TITLE_LIMIT) for event in events]
    table = build_table(title, {"Event": titles} | columns)
    if not cut:
        return table
    told = f"{title}, the {half} strongest and {half} weakest of {len(events):,}"
    return replace(table, title=told, rows=(*table.rows[:half], *table.rows[-half:]))


def _build_lost_table(scene: CompareState) -> ReportTable:
    """Who was lost at which step, and why."""
    lost = [
        (scene.events[row.event_id], STEP_TITLES[step.name], row.reason)
        for group in scene.groups
        for step in group.found.steps
        for row in step.lost
    ]
    told = f"Events lost, the first {MAX_MOVE_ROWS} of {len(lost):,}"
    return build_table(
        told if len(lost) > MAX_MOVE_ROWS else "Events lost, and why",
        {
            "Event": [plain_text(event.title, TITLE_LIMIT) for event, _, _ in lost[:MAX_MOVE_ROWS]],
            "Day": [format_day(event.day) for event, _, _ in lost[:MAX_MOVE_ROWS]],
            "Lost at": [step for _, step, _ in lost[:MAX_MOVE_ROWS]],
            "Why": [
                capitalize_first(_clean_paragraph(reason)) for _, _, reason in lost[:MAX_MOVE_ROWS]
            ],
        },
    )


def _build_cautions(scene: CompareState, answer: Comparison) -> Iterator[str]:
    yield describe_overlap(answer)
    yield from scene.notices
    yield describe_summary(scene, answer)
    cut = count_cut_paths(build_paths_chart(scene, answer))
    if cut:
        many = format_count(cut, "path reaches", "paths reach")
        yield f"{many} further than the figure; the CSV files have all of each."
    yield OTHER_TESTS
    if len(scene.groups) > 1:
        name = CORRECTION_NAMES[answer.request.correction]
        yield (
            f"The corrected p is {name}'s over both groups and their difference; a bundle holds"
            " one group, so p is corrected there within that group alone."
        )
    yield describe_private_notes(list_studied_events(scene))
    yield CAUSALITY_CAUTION


def _build_parameters(scene: CompareState, answer: Comparison) -> Iterator[tuple[str, str]]:
    request = answer.request
    for at, group in enumerate(scene.groups):
        asked = group.asked.filter
        period = format_period_limits(asked.since, asked.until)
        name = "Group" if len(scene.groups) < 2 else ("First group", "Second group")[at]
        yield name, _clean_paragraph(", ".join(filter(None, [format_group_name(group), period])))
    yield "Series", f"{scene.card.id}: {scene.card.title}"
    yield "Shown as", scene.scale.axis
    yield "Event window", window_text(request.window)
    yield "Window compared", window_text(answer.window)
    yield "Ordinary move", describe_model_settings(request, scene.card)
    yield "Returns", request.returns
    yield "Compared with", POOL_TITLES[request.pool]
    yield "Seed", str(request.seed)


def _build_sources(scene: CompareState, answer: Comparison) -> Iterator[ReportSource]:
    yield build_rate_source(answer.series)
    for factor in scene.factors:
        yield build_factor_source(factor.card)
    events = list_studied_events(scene)
    notes = sum(event.origin == Origin.NOTE for event in events)
    held = [f"the catalogue of this program: {format_count(len(events) - notes, 'event')}"]
    held += [format_count(notes, "note")] * bool(notes)
    with_source = sum(bool(event.source_url) for event in events)
    share = (
        format_percent(100 * with_source / len(events), 0).lstrip("+")
        if events
        else format_number(0)
    )
    yield ReportSource(
        "Events",
        "; ".join(held),
        f"{share} of them name their source with a link, on the page of each event.",
    )
