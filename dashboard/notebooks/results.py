"""Results as objects: tables as data frames, the words of the pages, and figures."""

from __future__ import annotations

import html
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from dashboard.models.analyses import (
    Comparison,
    Group,
    RobustnessAnswer,
    SpecificationGrid,
    SpecificationRow,
)
from dashboard.models.article import ClaimAnswer
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.moves import DayFacts, SourceMove
from dashboard.models.series import RateSeries, SeriesCard
from dashboard.models.study import StudyAnswer, StudyRequest, window_text
from dashboard.notebooks.frames import build_frame, table_frame
from dashboard.presentation import claims
from dashboard.presentation.charts.comparison_paths import (
    ComparisonChart,
    ComparisonGroup,
    build_paths_figure,
)
from dashboard.presentation.charts.robustness import SpecificationCurve, build_curve_figure
from dashboard.presentation.comparison import (
    build_comparison_groups,
    build_summary_columns,
    build_verdict_lines,
    describe_influential_events,
    format_paths_heading,
    name_group,
)
from dashboard.presentation.escaping import escape_plot, plain_text
from dashboard.presentation.formatting import (
    MINUS,
    NO_VALUE,
    THIN_SPACE,
    capitalize_first,
    format_day,
    format_p,
    format_whole_share,
)
from dashboard.presentation.palette import get_palette
from dashboard.presentation.quoting import MoveScale, QuotedSeries, QuoteMode
from dashboard.presentation.reports import CAUSALITY_CAUTION, format_as_of
from dashboard.presentation.studies import (
    describe_joint_test,
    event_count_lines,
    format_curve_headline,
    headline_lines,
)
from dashboard.presentation.tables import TextColumns, View, build_text_columns
from dashboard.services.article import ArticleReading, draft_from_statement
from dashboard.services.compare import compare_groups
from dashboard.services.events import EventFilter
from dashboard.services.exports import (
    TABLES,
    NumberedAnswer,
    StudyTableName,
    comparison_rows,
    skipped_reasons,
    study_objects,
    study_table_titles,
)

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

HEADING_COLUMNS: Final = 110
_LATEX: Final = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}",
    MINUS: "$-$", NO_VALUE: "--", THIN_SPACE: r"\,", "\u00a0": "~",
}  # fmt: skip
_ISOLATES: Final = re.compile("[\u2066-\u2069\u200e\u200f]")


class Result(ABC):
    """An answer: its numbers as data frames, its words, and a figure.

    Attributes
    ----------
    messages : tuple of str
        What the reader of the data has to say, a sentence each.
    """

    messages: tuple[str, ...]

    @property
    @abstractmethod
    def series(self) -> tuple[RateSeries, ...]:
        """The series that were looked at."""

    @abstractmethod
    def _lines(self) -> Sequence[str]:
        """The lines of the summary."""

    @abstractmethod
    def _columns(self) -> TextColumns:
        """The main table as text, by the titles of its columns."""

    def summary(self) -> str:
        """Say what the answer is, in the words of the pages.

        Returns
        -------
        str
            Lines of plain text: the verdict with its test, corrected p and N first, the caution
            and the last day of the data last.
        """
        return "\n".join([*self._lines(), *self.messages, *self.cautions])

    @property
    def cautions(self) -> tuple[str, ...]:
        """What a reader must know before using the numbers."""
        known = "; ".join(
            f"{series.card.id}: {text}"
            for series in self.series[:3]
            if (text := format_as_of(series))
        )
        return tuple(filter(None, (translate_deferred(CAUSALITY_CAUTION), known)))

    def to_markdown(self) -> str:
        """Write the main table for a text in Markdown.

        Returns
        -------
        str
            A table with pipes, its numbers rounded as on the pages.
        """
        columns = self._columns()
        lines = [list(columns), ["---"] * len(columns), *zip(*columns.values(), strict=True)]
        return "\n".join(f"| {' | '.join(map(_escape_markdown_cell, line))} |" for line in lines)

    def to_latex(self) -> str:
        r"""Write the main table for a text in LaTeX; it needs no package.

        Returns
        -------
        str
            A `tabular` with its numbers rounded as on the pages.
        """
        columns = self._columns()
        rows = [list(columns), *zip(*columns.values(), strict=True)]
        head, *body = (" & ".join(map(_escape_latex, row)) + r" \\" for row in rows)
        return "\n".join(
            [
                rf"\begin{{tabular}}{{l{'r' * (len(columns) - 1)}}}",
                r"\hline", head, r"\hline", *body, r"\hline", r"\end{tabular}",
            ]
        )  # fmt: skip

    def _repr_html_(self) -> str:
        columns = self._columns()
        head = "".join(f"<th>{_escape_html(title)}</th>" for title in columns)
        rows = "".join(
            f"<tr>{''.join(f'<td>{_escape_html(cell)}</td>' for cell in row)}</tr>"
            for row in zip(*columns.values(), strict=True)
        )
        lines = "".join(f"<p>{_escape_html(line)}</p>" for line in self.summary().splitlines())
        return f"{lines}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"

    def __repr__(self) -> str:
        return self.summary()


def _clean_cell(cell: object) -> str:
    return _ISOLATES.sub("", str(cell))


def _escape_html(cell: object) -> str:
    return html.escape(_clean_cell(cell))


def _escape_markdown_cell(cell: object) -> str:
    text = re.sub(r"([\\`*_\[\]<>|])", r"\\\1", _clean_cell(cell))
    return " ".join(text.split("\n"))


def _escape_latex(cell: object) -> str:
    return "".join(_LATEX.get(character, character) for character in _clean_cell(cell))


def draw_figure(figure: Mapping[str, Any]) -> Figure:
    """A figure of the pages as one of Plotly."""
    from plotly.graph_objects import Figure

    return Figure(figure)


# ---- studies


HEADLINE_VIEW: Final[View] = {
    deferred("Group"): "group",
    deferred("Window"): "window",
    "N": "n",
    deferred("Rates"): "rates",
    deferred("Clusters"): "clusters",
    deferred("Mean, log pts"): "mean",
    deferred("95 % interval"): "low..high",
    "p": "p_value",
    deferred("p, corrected"): "p_adjusted",
    deferred("Seen from"): "smallest_visible",
    deferred("Median"): "median",
}
"""Moves in log points, of simple returns in per cent."""


class StudyTables(Result):
    """A result with the tables of a study, each made when it is first used."""

    @abstractmethod
    def table(self, name: StudyTableName) -> pd.DataFrame:
        """Get one table by the stem of its CSV file."""

    @cached_property
    def events(self) -> pd.DataFrame:
        """A row an event and window, as `events.csv`."""
        return self.table("events")

    @cached_property
    def paths(self) -> pd.DataFrame:
        """A row an event and offset, as `paths.csv`."""
        return self.table("paths")

    @cached_property
    def averages(self) -> pd.DataFrame:
        """A row a group and offset, as `averages.csv`."""
        return self.table("averages")

    @cached_property
    def headline(self) -> pd.DataFrame:
        """The declared test of each group and window, and of a difference, as `headline.csv`."""
        return self.table("headline")

    @cached_property
    def tests(self) -> pd.DataFrame:
        """A row a test, group and window, also of a difference, as `tests.csv`."""
        return self.table("tests")

    @cached_property
    def skipped(self) -> pd.DataFrame:
        """The events that are not in the answer, with their reasons, as `skipped.csv`."""
        return self.table("skipped")


@dataclass(frozen=True, eq=False, repr=False)
class Study(StudyTables):
    """An event study, on one series or a panel.

    Attributes
    ----------
    answer : StudyAnswer
        The answer of the service, from which everything else is made.
    known : tuple of Event
        Every known event, for the crowding of windows.
    messages : tuple of str
        What the reader of the data has to say.
    """

    answer: StudyAnswer
    known: tuple[Event, ...] = ()
    messages: tuple[str, ...] = ()

    def table(self, name: StudyTableName) -> pd.DataFrame:
        """Get one table of the study.

        Parameters
        ----------
        name : str
            The stem of its CSV file: `moves`, `paths`, `events`, `averages`, `headline`, `tests`,
            `skipped`, `correlation`, `regression`, `direction`, `intervals` or `projections`.

        Returns
        -------
        pandas.DataFrame
            The columns of the CSV file, in return units (0.01 = 1 log point).

        Raises
        ------
        InputError
            A study has no such table.
        """
        known = study_table_titles()
        if name not in known:
            msg = _("is no table; choose one of {known}", known=", ".join(known))
            raise InputError(msg, field="name", value=name)
        return table_frame(name, study_objects(self.answer, name))

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """The series that were studied."""
        return tuple(result.series for result in self.answer.results)

    def _lines(self) -> Sequence[str]:
        skipped = [_("skipped: {reason}", reason=line) for line in skipped_reasons(self.answer)]
        return [
            *headline_lines(self.answer),
            *skipped,
            *event_count_lines(self.answer, in_files=False),
        ]

    def _columns(self) -> TextColumns:
        return build_text_columns(TABLES["headline"], self.answer.headlines, HEADLINE_VIEW)

    def plot(self, series: str = "") -> Figure:
        """Draw the average path after the studied events, as the Compare page does.

        Parameters
        ----------
        series : str, optional
            The series of a panel; the only one where there is one.

        Returns
        -------
        plotly.graph_objects.Figure
            The mean with its bands; of fewer than five events each path by itself.

        Raises
        ------
        InputError
            The study has several series and none of them is named.
        """
        by_id = {result.series.card.id: result for result in self.answer.results}
        name = series or (next(iter(by_id)) if len(by_id) == 1 else "")
        if name not in by_id:
            msg = _("choose one of {known}", known=", ".join([*by_id][:20]))
            raise InputError(msg, field="series", value=series)
        result = by_id[name]
        request, factors = self.answer.request, self.answer.factors
        group = Group("all", result.events)
        comparison = compare_groups(
            result.series, [group], self.known or group.events, request, factors
        )
        filter_ = EventFilter(categories={str(event.category) for event in group.events})
        return Compared(comparison, (filter_,), (group.events,)).plot()


# ---- comparisons


@dataclass(frozen=True, eq=False, repr=False)
class Compared(StudyTables):
    """One or two groups of events on one series, as the Compare page has them.

    Attributes
    ----------
    answer : Comparison
        The answer of the service, from which everything else is made.
    filters : tuple of EventFilter
        What the groups are made by, one a group.
    listed : tuple of tuple of Event
        The events of each group.
    messages : tuple of str
        What the reader of the data has to say.
    """

    answer: Comparison
    filters: tuple[EventFilter, ...]
    listed: tuple[tuple[Event, ...], ...]
    messages: tuple[str, ...] = ()

    def table(self, name: StudyTableName) -> pd.DataFrame:
        """Get one table of the groups and their difference; see `Study.table`.

        Parameters
        ----------
        name : str
            The stem of its CSV file.

        Returns
        -------
        pandas.DataFrame
            The columns of the CSV file.
        """
        rows = comparison_rows(self.answer, name)
        table = TABLES[name]
        if self.card.bar_minutes:
            table = replace(table, columns=(*table.columns, *table.bar_columns))
        return build_frame(table, rows)

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """The series."""
        return (self.answer.series,)

    @property
    def card(self) -> SeriesCard:
        """What the series is."""
        return self.answer.series.card

    @property
    def scale(self) -> MoveScale:
        """How moves are shown: as changes of the published number."""
        quoting = QuotedSeries(self.card, QuoteMode.WEAKER)
        return MoveScale(quoting, is_simple=self.answer.request.returns == "simple")

    @property
    def request(self) -> StudyRequest:
        """The parameters of the study."""
        return self.answer.request

    @cached_property
    def groups(self) -> tuple[ComparisonGroup, ...]:
        """The groups with their styles."""
        return build_comparison_groups(self.filters, self.answer.groups)

    @property
    def verdicts(self) -> tuple[tuple[str, str], ...]:
        """A sentence to read and what it rests on, of each group and of their difference."""
        return build_verdict_lines(self, self.answer)

    def _lines(self) -> Sequence[str]:
        lines = [f"{head}. {below}".strip() for head, below in self.verdicts]
        titles = {event.id: event.title for listed in self.listed for event in listed}
        for group in self.groups:
            if group.study.n > 1:
                lines.extend(describe_influential_events(group, self.scale, titles))
        return lines

    def _columns(self) -> TextColumns:
        return build_summary_columns(self)

    def plot(self, *, dark: bool = False, each: bool = False) -> Figure:
        """Draw the paths of the groups, as the Compare page does.

        Parameters
        ----------
        dark : bool, optional
            Whether it is drawn in dark colours.
        each : bool, optional
            Whether the path of every event is drawn.

        Returns
        -------
        plotly.graph_objects.Figure
            The mean of each group with its bands.
        """
        title, below = format_paths_heading(self, self.answer)
        chart = ComparisonChart(
            groups=self.groups,
            scale=self.scale,
            heading=escape_plot(title, HEADING_COLUMNS, 1),
            subheading=escape_plot(below, HEADING_COLUMNS, 2),
            window=self.answer.window,
            dark=dark,
            each=each,
        )
        return draw_figure(build_paths_figure(chart))


def name_groups(filters: Sequence[EventFilter]) -> tuple[str, ...]:
    """The names of groups in tables and files, as the Compare page gives them."""
    return tuple(map(name_group, filters))


# ---- specification curves


@dataclass(frozen=True, eq=False, repr=False)
class Robustness(Result):
    """One question under every combination of choices.

    Attributes
    ----------
    answer : RobustnessAnswer
        The answer of the service, from which everything else is made.
    grid : SpecificationGrid
        The choices.
    studied : tuple of RateSeries
        The series.
    categories : tuple of str
        Those of the events; none of all events.
    messages : tuple of str
        What the reader of the data has to say.
    """

    answer: RobustnessAnswer
    grid: SpecificationGrid
    studied: tuple[RateSeries, ...]
    categories: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()

    @cached_property
    def specifications(self) -> pd.DataFrame:
        """A row a specification, as `specifications.csv`."""
        return table_frame("specifications", self.answer.rows)

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """The series that were studied."""
        return self.studied

    @property
    def scale(self) -> MoveScale:
        """How moves are shown: as changes of the published number."""
        quoting = QuotedSeries(self.studied[0].card, QuoteMode.WEAKER)
        return MoveScale(quoting, is_simple=self.grid.returns == "simple")

    def _lines(self) -> Sequence[str]:
        headline = format_curve_headline(self.answer, self.scale, self.categories)
        return [f"{headline}.", describe_joint_test(self.answer)]

    def _columns(self) -> TextColumns:
        answer = self.answer
        return {
            _("Specifications"): [f"{len(answer.rows):,}"],
            _("Distinct"): [f"{answer.distinct:,}"],
            _("Median, log pts"): [self.scale.move(answer.median)],
            _("With the sign of the median"): [format_whole_share(answer.same_sign)],
            _("With p below 0.05"): [format_whole_share(answer.share_below)],
            _("Joint p"): [format_p(answer.joint_p)],
            _("Joint p, corrected"): [format_p(answer.joint_p_adjusted)],
            _("Clusters"): [f"{answer.clusters:,}"],
        }

    def plot(self, *, dark: bool = False) -> Figure:
        """Draw the means of all specifications in the order of their size.

        Parameters
        ----------
        dark : bool, optional
            Whether it is drawn in dark colours.

        Returns
        -------
        plotly.graph_objects.Figure
            The mean of each specification with its 95 % interval.
        """
        scale = self.scale
        known = [row for row in self.answer.rows if not math.isnan(row.caar)]
        rows = tuple(sorted(known, key=lambda row: scale.shown(row.caar)))
        curve = SpecificationCurve(
            rows=rows,
            descriptions=tuple(escape_plot(_describe_choices(row), 64, 3) for row in rows),
            choices=(),
            plain=None,
            median=self.answer.median,
            headline=escape_plot(self._lines()[0], HEADING_COLUMNS, 1),
            definition=escape_plot(scale.axis_towards("up", in_percent=True), 130, 1),
            scale=scale,
            dark=dark,
            phone=False,
        )
        return draw_figure(build_curve_figure(curve, get_palette(dark=dark)))


def _describe_choices(row: SpecificationRow) -> str:
    """`[0,1], mean, 120, 10, keep, all`: the choices of a specification, as its columns."""
    chosen = row.specification
    names = (chosen.model, chosen.estimation, chosen.gap, chosen.overlap, chosen.event_filter)
    return ", ".join(map(str, (window_text(chosen.window), *names)))


# ---- facts, claims and articles


@dataclass(frozen=True, eq=False, repr=False)
class Facts(Result):
    """Where rates stood on a day, how they changed, and since when they were last there.

    Attributes
    ----------
    answers : tuple of DayFacts
        Of each series.
    moves : tuple of SourceMove
        The same move of the dollar on every source.
    studied : tuple of RateSeries
        The series.
    messages : tuple of str
        What the reader of the data has to say.
    """

    answers: tuple[DayFacts, ...]
    moves: tuple[SourceMove, ...]
    studied: tuple[RateSeries, ...]
    messages: tuple[str, ...] = ()

    @cached_property
    def facts(self) -> pd.DataFrame:
        """A row a series and base, as `facts.csv`."""
        return table_frame("facts", self.answers)

    @cached_property
    def source_moves(self) -> pd.DataFrame:
        """A row a source, as `source_moves.csv`."""
        return table_frame("source_moves", self.moves)

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """The series."""
        return self.studied

    def _lines(self) -> Sequence[str]:
        cards = {series.card.id: series.card for series in self.studied}
        lines = []
        for answer in self.answers:
            quoting = QuotedSeries(cards[answer.series], QuoteMode.WEAKER)
            rate = _(
                "{rate} {unit} on {day}",
                rate=quoting.rate(answer.rate),
                unit=quoting.unit,
                day=format_day(answer.day),
            )
            last = claims.describe_last_reached(quoting, answer)
            lines.append(f"{quoting.card.label}: {rate}. {last}".strip())
        return lines

    def _columns(self) -> TextColumns:
        names = ("series", "day", "rate", "base", "base_day", "base_rate", "rub_per_usd_pct",
                 "usd_per_rub_pct", "log_points")  # fmt: skip
        return build_text_columns(
            TABLES["facts"], self.answers, dict(zip(names, names, strict=True))
        )


@dataclass(frozen=True, eq=False, repr=False)
class ClaimCheck(Result):
    """The claims of a text, each held against every source, base and quote.

    Attributes
    ----------
    answers : tuple of ClaimAnswer
        Of each claim.
    studied : tuple of RateSeries
        The series that they were held against.
    messages : tuple of str
        What the reader of the data has to say.
    """

    answers: tuple[ClaimAnswer, ...]
    studied: tuple[RateSeries, ...]
    messages: tuple[str, ...] = ()

    @cached_property
    def claims(self) -> pd.DataFrame:
        """A row a claim, source, base and quote, as `claims.csv`."""
        return table_frame("claims", self._numbered())

    @cached_property
    def needed_bases(self) -> pd.DataFrame:
        """What a base would have to be for a claimed change, as `needed_bases.csv`."""
        return table_frame("needed_bases", self._numbered())

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """The series that the answers rest on."""
        used = {answer.main for answer in self.answers}
        return tuple(series for series in self.studied if series.card.id in used)

    def _numbered(self) -> tuple[NumberedAnswer, ...]:
        return tuple(NumberedAnswer(n, answer) for n, answer in enumerate(self.answers, 1))

    def _lines(self) -> Sequence[str]:
        lines = [f"{claims.format_claims_headline(self.answers)}."]
        for answer in self.answers:
            others = claims.describe_other_sources(answer)
            ends = filter(None, (*claims.list_needed_bases(answer), others))
            found = (*claims.list_answer_lines(answer), *(f"{capitalize_first(e)}." for e in ends))
            lines.append(" ".join([claims.format_question(answer.claim), *found]))
        return [plain_text(line, 4_000) for line in lines]

    def _columns(self) -> TextColumns:
        columns: TextColumns = {}
        for number, answer in enumerate(self.answers, 1):
            plain = claims.build_plain_claim_columns(answer)
            length = len(next(iter(plain.values())))
            of_answer: TextColumns = {_("Claim"): [str(number)] * length, **plain}
            before = len(next(iter(columns.values()), []))
            for title in dict.fromkeys((*columns, *of_answer)):
                cells = columns.get(title, [""] * before)
                columns[title] = [*cells, *of_answer.get(title, [""] * length)]
        return columns


@dataclass(frozen=True, eq=False, repr=False)
class ArticleFindings(Result):
    """What an article says: dated statements and claims about the rate, checked.

    Attributes
    ----------
    reading : ArticleReading
        The reading of the service, from which everything else is made.
    studied : tuple of RateSeries
        The series that its claims were held against.
    """

    reading: ArticleReading
    studied: tuple[RateSeries, ...] = field(default=())

    @property
    def messages(self) -> tuple[str, ...]:  # type: ignore[override]
        """What the reader of the article has to say."""
        return tuple(map(str, self.reading.article.messages))

    @cached_property
    def events(self) -> pd.DataFrame:
        """The dated statements as drafts of events: `date`, `title`, `category` and more."""
        dated = [statement for statement in self.reading.statements if statement.day is not None]
        drafts = [draft_from_statement(one, self.reading.article) for one in dated]
        columns = ("title", "category", "expected", "text", "source_name", "source_url")
        return pd.DataFrame(
            {
                "date": pd.to_datetime([draft.day.isoformat() for draft in drafts]),
                **{name: [str(getattr(draft, name)) for draft in drafts] for name in columns},
            }
        )

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The verdicts on its claims: `sentence`, `series`, `verdict`, `base`, `quote`."""
        return pd.DataFrame(
            [
                {
                    "sentence": checked.claim.sentence,
                    "series": verdict.card.id,
                    "verdict": str(verdict.truth),
                    "base": str(verdict.base_name),
                    "quote": str(verdict.quote),
                }
                for checked in self.reading.claims
                for verdict in checked.verdicts
            ],
            columns=["sentence", "series", "verdict", "base", "quote"],
        )

    @property
    def series(self) -> tuple[RateSeries, ...]:
        """The series that its claims were held against."""
        return self.studied

    def _lines(self) -> Sequence[str]:
        lines = [
            plain_text(f"{date:%Y-%m-%d}: {title}", 500)
            for date, title in zip(self.events["date"], self.events["title"], strict=True)
        ]
        for base in self.reading.common_bases:
            lines.extend(claims.describe_common_base(base))
        return lines

    def _columns(self) -> TextColumns:
        texts: Callable[[str], list[str]] = partial(_plain_cells, self.claims)
        return {name: texts(name) for name in self.claims.columns}


def _plain_cells(frame: pd.DataFrame, column: str) -> list[str]:
    return [plain_text(str(cell)) for cell in frame[column]]
