"""The report of a comparison: the verdicts, the paths, every event and test, and who was lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from dashboard.domain.comparison import Comparison
from dashboard.domain.event import Event, Origin
from dashboard.domain.report import Report, ReportChart, ReportSource, ReportTable
from dashboard.domain.study import window_text
from dashboard.services.compare_groups import lines_of_tests
from dashboard.ui.charts.compare_moves import build_moves_figure
from dashboard.ui.charts.compare_paths import build_paths_figure, paths_cut, paths_summary
from dashboard.ui.compare_charts import moves_chart, moves_words, paths_chart, paths_words
from dashboard.ui.compare_scene import FEWEST, CompareScene, ShownGroup
from dashboard.ui.compare_tables import (
    STEPS,
    averages_columns,
    group_name,
    moves_columns,
    others_columns,
    steps_columns,
    summary_columns,
    summary_words,
    tests_columns,
)
from dashboard.ui.compare_words import (
    CORRECTION_NAMES,
    OTHER_TESTS,
    carried_sentences,
    counted_words,
    in_both_words,
    model_note,
    question,
    verdict_lines,
    window_label_text,
)
from dashboard.ui.event_words import sentence_case
from dashboard.ui.group_words import period_words
from dashboard.ui.move_words import POOL_TITLES
from dashboard.ui.report_parts import (
    NO_PROOF,
    SOFTWARE,
    TITLE_LIMIT,
    MadeFor,
    as_of_parameter,
    factor_source,
    links_of,
    private_words,
    rate_source,
    table_of,
)
from dashboard.ui.text import plain
from dashboard.ui.wording import count, day, number, percent

SENTENCE_LIMIT: Final = 2_000
MOST_ROWS: Final = 120
"""Events of a table on paper; the CSV files and the bundle have all of them."""


def compare_report(scene: CompareScene, answer: Comparison, made: MadeFor) -> Report:
    """What Compare says of one or two groups, on light paper and for any reader.

    Args:
        scene: what the page shows.
        answer: its comparison, with at least one event that moved.
        made: when, and the links back.
    """
    on_paper = replace(scene, dark=False, phone=False)
    return Report(
        title=f"{verdict_lines(scene, answer)[-1][0]}.",
        question=_clean(question(scene)),
        parameters=(*_parameters(scene, answer), as_of_parameter(made)),
        paragraphs=tuple(map(_clean, _paragraphs(scene, answer))),
        charts=tuple(_charts(on_paper, answer)),
        tables=tuple(table for table in _tables(on_paper, answer) if table.rows),
        cautions=tuple(map(_clean, filter(None, _cautions(on_paper, answer)))),
        sources=tuple(_sources(scene, answer)),
        links=links_of(made),
        software=SOFTWARE,
        made_at=made.moment,
    )


def studied_events(scene: CompareScene) -> tuple[Event, ...]:
    """The events of both groups, each once: those whose words the report holds."""
    return tuple(scene.events.values())


def _clean(text: str) -> str:
    return plain(text, SENTENCE_LIMIT)


def _paragraphs(scene: CompareScene, answer: Comparison) -> Iterator[str]:
    for head, below in verdict_lines(scene, answer):
        yield f"{head}. {below}".strip()
    titles = {name: event.title for name, event in scene.events.items()}
    for group in scene.groups:
        if group.found.n >= FEWEST:
            named = f"{group_name(group)}: " if len(scene.groups) > 1 else ""
            said = (*carried_sentences(group, scene.scale, titles), counted_words(group))
            yield named + " ".join(filter(None, said))


def _charts(scene: CompareScene, answer: Comparison) -> Iterator[ReportChart]:
    axis, chart = scene.scale.axis, paths_chart(scene, answer)
    title, below = map(_clean, paths_words(scene, answer))
    yield ReportChart(
        build_paths_figure(chart),
        title,
        sentence_case(below),
        f"Abnormal moves (the move less the one the model expects) added up, in {axis}, by offset:"
        " 0 is the first observation that can contain an event. Thin: each event. The bands"
        " hold the mean with 95 % at each offset, and its whole path with 95 %.",
        paths_summary(chart),
    )
    chart = moves_chart(scene, answer)
    title, below = map(_clean, moves_words(scene, answer))
    yield ReportChart(
        build_moves_figure(chart),
        title,
        sentence_case(below),
        f"One mark an event: its abnormal move over {window_label_text(answer.window)}, in {axis}.",
        "Moves of the events, sorted, with intervals; the table has each.",
    )


def _tables(scene: CompareScene, answer: Comparison) -> Iterator[ReportTable]:
    yield table_of(f"The groups over {window_label_text(answer.window)}", summary_columns(scene))
    lines = lines_of_tests(answer)
    declared = [line for line in lines if line.declared]
    others = [line for line in lines if not line.declared]
    yield table_of("The declared test", tests_columns(scene, declared))
    yield table_of("Other tests", others_columns(scene, others))
    yield table_of("From events listed to events used", steps_columns(scene))
    yield _lost(scene)
    for group in scene.groups:
        yield _moves(scene, group, answer)
    for group in scene.groups:
        yield table_of(_named("The average, offset by offset", scene, group),
                       averages_columns(scene, group))  # fmt: skip


def _named(title: str, scene: CompareScene, group: ShownGroup) -> str:
    return f"{title}: {_clean(group_name(group))}" if len(scene.groups) > 1 else title


def _moves(scene: CompareScene, group: ShownGroup, answer: Comparison) -> ReportTable:
    """The moves of a group, of a large one those that are largest either way."""
    events, columns = moves_columns(scene, group, answer)
    half = MOST_ROWS // 2
    cut = len(events) > MOST_ROWS
    title = _named("Event by event", scene, group)
    titles = [plain(event.title, TITLE_LIMIT) for event in events]
    table = table_of(title, {"Event": titles} | columns)
    if not cut:
        return table
    told = f"{title}, the {half} strongest and {half} weakest of {len(events):,}"
    return replace(table, title=told, rows=(*table.rows[:half], *table.rows[-half:]))


def _lost(scene: CompareScene) -> ReportTable:
    """Who was lost at which step, and why."""
    lost = [
        (scene.events[row.event_id], STEPS[step.name], row.reason)
        for group in scene.groups
        for step in group.found.steps
        for row in step.lost
    ]
    told = f"Events lost, the first {MOST_ROWS} of {len(lost):,}"
    return table_of(
        told if len(lost) > MOST_ROWS else "Events lost, and why",
        {
            "Event": [plain(event.title, TITLE_LIMIT) for event, _, _ in lost[:MOST_ROWS]],
            "Day": [day(event.day) for event, _, _ in lost[:MOST_ROWS]],
            "Lost at": [step for _, step, _ in lost[:MOST_ROWS]],
            "Why": [sentence_case(_clean(reason)) for _, _, reason in lost[:MOST_ROWS]],
        },
    )


def _cautions(scene: CompareScene, answer: Comparison) -> Iterator[str]:
    yield in_both_words(answer)
    yield from scene.notices
    yield summary_words(scene, answer)
    cut = paths_cut(paths_chart(scene, answer))
    if cut:
        many = count(cut, "path reaches", "paths reach")
        yield f"{many} further than the figure; the CSV files have all of each."
    yield OTHER_TESTS
    if len(scene.groups) > 1:
        name = CORRECTION_NAMES[answer.request.correction]
        yield (
            f"The corrected p is {name}'s over both groups and their difference; a bundle holds"
            " one group, so p is corrected there within that group alone."
        )
    yield private_words(studied_events(scene))
    yield NO_PROOF


def _parameters(scene: CompareScene, answer: Comparison) -> Iterator[tuple[str, str]]:
    request = answer.request
    for at, group in enumerate(scene.groups):
        asked = group.asked.filter
        period = period_words(asked.since, asked.until)
        name = "Group" if len(scene.groups) < 2 else ("First group", "Second group")[at]
        yield name, _clean(", ".join(filter(None, [group_name(group), period])))
    yield "Series", f"{scene.card.id}: {scene.card.title}"
    yield "Shown as", scene.scale.axis
    yield "Event window", window_text(request.window)
    yield "Window compared", window_text(answer.window)
    yield "Ordinary move", model_note(request, scene.card)
    yield "Returns", request.returns
    yield "Compared with", POOL_TITLES[request.pool]
    yield "Seed", str(request.seed)


def _sources(scene: CompareScene, answer: Comparison) -> Iterator[ReportSource]:
    yield rate_source(answer.series)
    for factor in scene.factors:
        yield factor_source(factor.card)
    events = studied_events(scene)
    notes = sum(event.origin == Origin.NOTE for event in events)
    held = [f"the catalogue of this program: {count(len(events) - notes, 'event')}"]
    held += [count(notes, "note")] * bool(notes)
    with_source = sum(bool(event.source_url) for event in events)
    share = percent(100 * with_source / len(events), 0).lstrip("+") if events else number(0)
    yield ReportSource(
        "Events",
        "; ".join(held),
        f"{share} of them name their source with a link, on the page of each event.",
    )
