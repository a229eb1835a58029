"""The link that opens one specification on the page Compare, defaults left out."""

from __future__ import annotations

from typing import Final

from dashboard.domain.robustness import Specification
from dashboard.domain.study import StudyRequest, Window
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui.events_scene import ANY
from dashboard.ui.robustness_scene import EVERY_CATEGORY, Group

PAGE_ID: Final = "compare"
PLAIN: Final = StudyRequest()

Query = dict[str, str | list[str]]


def compare_query(specification: Specification, group: Group, factor: str = "") -> Query:
    """The query of the link: the group of events first, then what differs from the defaults.

    A specification looks at its CAR window alone, so that the event window is the same one.

    Args:
        specification: the choices.
        group: the events asked about.
        factor: the id of the factor, for the models that take one.
    """
    asked: dict[str, tuple[str, str]] = {
        "exp": (group.expected, ANY),
        "from": (group.since.isoformat() if group.since else "", ""),
        "to": (group.until.isoformat() if group.until else "", ""),
        "tag": (group.tag, ""),
        "series": (specification.series, DEFAULT_SERIES),
        "window": (_ends(specification.window), _ends(PLAIN.window)),
        "car": (_ends(specification.window), _ends(PLAIN.cars[0])),
        "model": (specification.model, PLAIN.model),
        "factor": (factor, ""),
        "overlap": (specification.overlap, PLAIN.overlap),
        "estimation": (str(specification.estimation), str(PLAIN.estimation)),
        "gap": (str(specification.gap), str(PLAIN.gap)),
        "returns": (specification.returns, PLAIN.returns),
    }
    query: Query = {"cat": list(group.categories) or [EVERY_CATEGORY]}
    return query | {key: value for key, (value, usual) in asked.items() if value != usual}


def _ends(window: Window) -> str:
    return f"{window[0]}:{window[1]}"
