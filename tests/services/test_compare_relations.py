"""The relations of Correlation are those of a study."""

from __future__ import annotations

import pytest

from dashboard.models.errors import InputError
from dashboard.models.study import StudyRequest
from dashboard.services.compare import relate_across_series, relate_events
from dashboard.services.study import run_study
from dashboard.sources.events.catalogue import Catalogue
from dashboard.sources.rates.bundled import BundledRates
from tests.made_series import event_at_row, made_series
from tests.shipped_catalogue import AFTER_THE_RATES, COUNT


def test_the_rows_are_those_of_a_study_with_the_same_request():
    events, rates = Catalogue().events(), BundledRates()
    series, control = rates.get("usd_rub_cbr"), rates.get("eur_usd_ecb")
    here = relate_events(series, events, events, StudyRequest(), [control])
    there = run_study([series], events, StudyRequest(), factors=[control])
    assert repr(here.correlations) == repr(there.correlations)
    assert repr(here.directions) == repr(there.directions)
    assert repr(here.regression) == repr(there.regression)
    assert (
        (here.used, here.requested)
        == (there.used, there.n_events)
        == (
            COUNT - AFTER_THE_RATES,
            COUNT,
        )
    )
    assert len(here.skipped) == AFTER_THE_RATES


def test_no_event_that_can_be_measured_leaves_reasons_and_nothing_else():
    series = made_series([80.0 + k % 3 for k in range(40)])
    found = relate_events(series, [event_at_row(2)], [], StudyRequest())
    assert (found.used, found.correlations, found.scores) == (0, (), ())
    assert len(found.skipped) == 1


def test_a_series_given_twice_is_one_line():
    series = made_series([80.0, 81.0])
    with pytest.raises(InputError, match="made, made: give each series once"):
        relate_across_series([series, series], [], [], StudyRequest())
