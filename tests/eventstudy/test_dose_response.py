"""Dose response and second stage against R (lm, sandwich, all arrangements by loops)."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.eventstudy.dose_response import (
    compute_dose_response,
    find_smallest_slope,
    fit_robust,
    inflation_factors,
    iterate_arrangements,
    regress_cars,
    respond_to_dose,
)
from dashboard.models.analyses import event_dose
from dashboard.models.errors import InputError
from dashboard.models.event import Event
from dashboard.models.study import StudyRequest
from tests.eventstudy.reference.stored import rows_of, same

LOOPED_IN_R = ("p_value", "spearman_p", "asymmetry_p")


def data_of(case):
    return [row for row in rows_of("data/doses.csv") if row["case"] == case]


def columns_of(case):
    rows = data_of(case)
    dose, move = (np.array([float(row[name]) for row in rows]) for name in ("dose", "move"))
    return dose, move, np.array([int(row["cluster"]) for row in rows])


def by_r(case):
    return {
        row["quantity"]: float(row["value"])
        for row in rows_of("numbers/dose.csv")
        if row["case"] == case
    }


def study_of(case, **more):
    """A result whose events have the doses as intensity and lie 30 days apart by cluster."""
    rows = data_of(case)
    events = tuple(
        Event(
            row["id"], date(2024, 1, 1), "x", intensity=float(row["dose"]), category=row["kind"],
            further=(("kind", row["kind"]), ("twice", str(2 * float(row["dose"])))),
        )
        for row in rows
    )  # fmt: skip
    days = np.datetime64("2020-01-01") + np.arange(2_000)
    car = SimpleNamespace(window=(0, 1), car=np.array([float(row["move"]) for row in rows]))
    return SimpleNamespace(
        events=events,
        anchor=np.array([30 * int(row["cluster"]) + 50 + k % 3 for k, row in enumerate(rows)]),
        series=SimpleNamespace(day=days, card=SimpleNamespace(id="rate"), __len__=len),
        request=StudyRequest(**more),
        cars=(car,),
    )


class Series:
    """Days and an id: all that clusters and rows need of a series."""

    day = np.datetime64("2020-01-01") + np.arange(2_000)
    card = SimpleNamespace(id="rate")

    def __len__(self):
        return len(self.day)


def result_of(case, **more):
    result = study_of(case, **more)
    result.series = Series()
    return result


# ------------------------------------------------------------------ dose response


@pytest.mark.parametrize("case", ["few", "crowded"])
def test_r_finds_the_same(case):
    fields = respond_to_dose(*columns_of(case), seed=1)
    expected = {k: v for k, v in by_r(case).items() if not k.startswith("second")}
    assert set(LOOPED_IN_R) <= set(expected) or case == "crowded"
    unlike = {k: (fields[k], v) for k, v in expected.items() if not same(fields[k], v)}
    assert unlike == {}


def test_all_arrangements_are_used_where_they_are_few():
    fields = respond_to_dose(*columns_of("few"), seed=1)
    assert (fields["arrangements"], fields["is_exact"]) == (40_320, True)
    drawn = respond_to_dose(*columns_of("crowded"), seed=1)
    assert (drawn["arrangements"], drawn["is_exact"]) == (9_999, False)


def test_whole_clusters_of_one_size_exchange_their_doses():
    # two clusters of two and three of one: 2! 3! arrangements, by hand
    label = np.array([0, 0, 1, 2, 3, 3, 4])
    (sources,) = iterate_arrangements(label, 1)
    assert sources[0].tolist() == list(range(7))
    assert len({tuple(row) for row in sources.tolist()}) == len(sources) == 12
    assert {tuple(row[[0, 1]]) for row in sources} == {(0, 1), (4, 5)}
    assert {row[2] for row in sources} == {2, 3, 6}


def test_below_eight_clusters_there_is_a_slope_and_no_verdict():
    dose, move, label = (column[:7] for column in columns_of("few"))
    fields = respond_to_dose(dose, move, label, seed=1)
    assert fields["slope"] == pytest.approx(np.polyfit(dose, move, 1)[0])
    assert "7 clusters of events, fewer than 8" in fields["reason"].format(clusters=7, least=8)
    assert not {"p_value", "smallest_visible"} & set(fields)
    assert np.isnan([fields["p_hc3"], fields["p_cluster"], fields["intercept_p"]]).all()


def test_one_event_that_alone_has_another_dose_gives_no_verdict():
    _, move, label = columns_of("few")
    fields = respond_to_dose(np.eye(8)[0], move, label, seed=1)
    assert fields["largest_weight"] == pytest.approx(7 / 8)  # (1 - 1/8)^2 / (7/8)
    assert "all events but one" in str(fields["reason"])
    assert np.isnan(fields["slope_without"])


def test_the_smallest_slope_is_near_that_of_a_t_test():
    random = np.random.default_rng(3)
    dose, move = random.normal(size=60), random.normal(size=60) / 100
    error = fit_robust(np.column_stack((np.ones(60), dose)), move, np.arange(60)).se[1]
    found = find_smallest_slope(dose, move, np.arange(60), (1, error))
    assert found == pytest.approx(2.8 * error, rel=0.15)


def test_groups_units_and_the_family_of_p_values():
    result = result_of("crowded")
    answer = compute_dose_response([result], "intensity")
    everything = answer.rows[0]
    expected = by_r("crowded")
    assert (everything.group, everything.n, everything.clusters) == ("all", 24, 18)
    assert everything.slope == pytest.approx(expected["slope"], rel=1e-9)
    assert everything.largest_weight == pytest.approx(expected["largest_weight"])
    tested = [row for row in answer.rows if not np.isnan(row.p_value)]
    assert min(row.p_adjusted / row.p_value for row in tested) >= 1
    assert len(answer.points) == 24
    assert compute_dose_response([result], "surprise").rows == ()


def test_the_dose_of_an_event():
    event = Event("a", date(2025, 1, 1), "x", tags=("intensity:2",), value_actual=21.0,
                  value_expected=20.0, value_previous=20.5)  # fmt: skip
    assert [event_dose(event, name) for name in ("surprise", "change", "intensity")] == [1, 0.5, 2]


# ------------------------------------------------------------------ second stage


def test_r_finds_the_same_second_stage():
    rows = {row.term: row for row in regress_cars([result_of("crowded")], ["intensity", "kind"])}
    expected = by_r("crowded")
    for term, name in (("intensity", "dose"), ("kind=b", "kind=b"), ("kind=c", "kind=c")):
        row = rows[term]
        found = (row.estimate, row.se, row.p_value, row.vif)
        stored = [expected[f"second {part}{name}"] for part in ("", "se ", "p ", "vif ")]
        assert np.allclose(found, stored, rtol=1e-9), term
    joint = rows["kind"]
    assert (joint.levels, joint.statistic, joint.p_value) == pytest.approx(
        (2, expected["second F kind"], expected["second p kind"])
    )


def test_r_finds_the_same_errors_where_no_windows_overlap():
    rows, expected = data_of("few"), by_r("few")
    dose, move, label = columns_of("few")
    kinds = [np.array([row["kind"] == kind for row in rows], dtype=float) for kind in "bc"]
    design = np.column_stack((np.ones(8), dose, *kinds))
    fit = fit_robust(design, move, label)
    for k, name in enumerate(("dose", "kind=b", "kind=c"), start=1):
        assert fit.estimate[k] == pytest.approx(expected[f"second {name}"], rel=1e-9)
        assert fit.se[k] == pytest.approx(expected[f"second se {name}"], rel=1e-9)
        assert fit.p(k, fit.se, fit.df) == pytest.approx(expected[f"second p {name}"], rel=1e-9)
    stored = [expected[f"second vif {name}"] for name in ("dose", "kind=b", "kind=c")]
    assert inflation_factors(design[:, 1:]) == pytest.approx(stored, rel=1e-9)


def test_a_column_that_says_what_another_says_is_left_out_and_named():
    rows = {row.term: row for row in regress_cars([result_of("crowded")], ["intensity", "twice"])}
    assert "say the same" in str(rows["twice"].reason)
    assert rows["intensity"].vif == pytest.approx(1.0)


def test_an_unknown_column_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"take one of .*category.*kind"):
        regress_cars([result_of("crowded")], ["colour"])
    with pytest.raises(InputError, match="no event has a value"):
        regress_cars([result_of("crowded")], ["surprise"])
