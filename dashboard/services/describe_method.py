"""Describe the method: models, tests, date rules and defaults, read from the engine itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from dashboard import __version__
from dashboard.domain.date_rules import RULES, DateRule
from dashboard.domain.event import Event
from dashboard.domain.series import RateSeries, SeriesCard
from dashboard.domain.study import StudyRequest
from dashboard.engine import study
from dashboard.engine.abnormal import COVERAGE
from dashboard.engine.alignment import AFTER_DATA, FAR_DAYS
from dashboard.engine.dated_events import align_events
from dashboard.engine.normal import NORMAL_MODELS
from dashboard.engine.placebo import DECAY
from dashboard.engine.significance import SIGNIFICANCE_TESTS
from dashboard.engine.verdicts import FAMILY


@dataclass(frozen=True, slots=True)
class ModelText:
    """A normal-return model in words; `needs` says how many factors."""

    id: str
    title: str
    says: str
    needs: str
    reference: str


@dataclass(frozen=True, slots=True)
class TestText:
    """A test in words: its claim, assumptions, what it does not apply without, after whom."""

    __test__ = False

    id: str
    title: str
    null_hypothesis: str
    assumptions: str
    needs: str
    reference: str


@dataclass(frozen=True, slots=True)
class Constants:
    """The fixed numbers of the method: coverage of the ordinary range, days, EWMA decay."""

    coverage: float
    far_days: int
    decay: float
    family: str


@dataclass(frozen=True, slots=True)
class Method:
    """Everything about the method that is the same for every event."""

    models: tuple[ModelText, ...]
    tests: tuple[TestText, ...]
    constants: Constants


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many of the events listed stay, step by step, on one series.

    `windows` counts, for each CAR window asked, the events with a CAR; `alone` those whose
    first CAR window holds no other event.
    """

    listed: int
    before_data: int
    after_data: int
    little_history: int
    used: int
    windows: tuple[tuple[tuple[int, int], int], ...]
    alone: int


def describe_method() -> Method:
    """The shelves of the engine in words."""
    models = tuple(
        ModelText(model.id, model.title, _first_sentence(model), model.needs, model.reference)
        for model in NORMAL_MODELS
    )
    tests = tuple(
        TestText(
            test.id,
            test.title,
            test.null_hypothesis,
            test.assumptions,
            test.needs,
            test.reference,
        )
        for test in SIGNIFICANCE_TESTS
    )
    return Method(models, tests, Constants(COVERAGE, FAR_DAYS, DECAY, FAMILY))


def model_ids() -> tuple[str, ...]:
    """The ids of the models, in the order of the shelf."""
    return tuple(model.id for model in NORMAL_MODELS)


def wants_factor(model_id: str) -> bool:
    """Whether a model explains the move by that of another series."""
    return study.model_by_id(model_id).needs != "no factor"


def check_model(model_id: str) -> None:
    """Refuse a model that is not on the shelf.

    Raises:
        InputError: naming the models there are.
    """
    study.model_by_id(model_id)


def date_rule_of(card: SeriesCard) -> DateRule:
    """The date rule of a series."""
    return RULES[card.date_rule]


def count_attrition(series: RateSeries, events: Sequence[Event], request: StudyRequest) -> Funnel:
    """Count what is left of the events on one series, and why the others are not.

    Args:
        series: the observations.
        events: every event listed.
        request: windows, estimation and overlap rule.
    """
    bound = [event for event in events if event.series in (None, series.card.id)]
    row = align_events(series, bound).row if bound else np.array([], dtype=np.int64)
    result = study.run(series, bound, bound, request)
    inside = int((row >= 1).sum())
    after = int((row == AFTER_DATA).sum())
    return Funnel(
        listed=len(bound),
        before_data=len(bound) - inside - after,
        after_data=after,
        little_history=inside - len(result.events),
        used=len(result.events),
        windows=tuple((car.window, int(np.isfinite(car.car).sum())) for car in result.cars),
        alone=sum(not crowd for crowd in result.cars[0].crowd) if result.cars else 0,
    )


def software_versions() -> tuple[str, ...]:
    """This program and the libraries that make its numbers and pages, each with its version."""
    libraries = ("numpy", "pandas", "scipy", "plotly", "streamlit")
    return (f"Rouble Reaction {__version__}", *(f"{name} {version(name)}" for name in libraries))


def _first_sentence(model: object) -> str:
    return (model.__doc__ or "").strip().split("\n")[0].replace("`", "")
