"""The method as described by the registries, and the attrition of a few events by hand."""

import pytest

from dashboard.eventstudy.normal import NORMAL_MODELS
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.models.errors import InputError
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.models.study import StudyRequest
from dashboard.services.method import (
    count_attrition,
    describe_method,
    publication_rule_of,
    software_versions,
)
from dashboard.services.study import check_model
from tests.made_series import event_at_row, event_on, made_card, made_series

# Three estimation rows right before the window, which starts at the event.
REQUEST = StudyRequest(window=(0, 1), cars=((0, 0), (0, 1)), estimation=3, gap=0, min_estimation=3)


def test_every_model_and_test_of_the_shelves_is_told_with_its_reference():
    method = describe_method()
    assert [model.id for model in method.models] == [model.id for model in NORMAL_MODELS]
    assert [test.id for test in method.tests] == [test.id for test in SIGNIFICANCE_TESTS]
    for each in (*method.models, *method.tests):
        assert each.reference
        assert each.title
    assert all(model.says for model in method.models)


def test_a_model_that_is_not_on_the_shelf_is_refused():
    with pytest.raises(InputError, match="choose one of"):
        check_model("tea-leaves")


@pytest.mark.parametrize("rule", PUBLICATION_RULES.values(), ids=list(PUBLICATION_RULES))
def test_a_series_has_the_date_rule_of_its_card(rule):
    assert publication_rule_of(made_card(rule=rule)) is rule


def test_attrition_counts_each_event_once():
    # Ten days. Rows 4..8 have three returns before them; row 9 is the last.
    series = made_series([100, 101, 100, 102, 100, 101, 103, 100, 101, 100])
    events = [
        event_on("2023-12-01", "before"),
        event_at_row(2, "young"),
        event_at_row(5, "one"),
        event_at_row(5, "another"),
        event_at_row(8, "alone"),
        event_at_row(9, "last"),
        event_at_row(12, "after"),
    ]
    funnel = count_attrition(series, events, REQUEST)
    assert (funnel.listed, funnel.before_data, funnel.after_data) == (7, 1, 1)
    assert (funnel.short_history, funnel.used) == (1, 4)
    # The last event has no second day.
    assert funnel.windows == (((0, 0), 4), ((0, 1), 3))
    assert funnel.alone == 2


def test_an_event_of_another_series_is_not_listed():
    series = made_series([100.0 + k % 2 for k in range(10)])
    assert count_attrition(series, [event_at_row(5, series="other")], REQUEST).listed == 0


def test_the_versions_name_this_program_first():
    assert software_versions()[0].startswith("Rouble Reaction ")
