"""The synthetic series against R's quadprog, SciPy's SLSQP and loops over the definition."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize

from dashboard.eventstudy.synthetic_control import (
    SyntheticRequest,
    ValuePanel,
    compute_synthetic_control,
    join_by_day,
    placebo_rows,
    simplex_weights,
)
from tests.eventstudy.reference.stored import number, rows_of

R_NUMBERS = {
    (row["case"], row["quantity"]): number(row["value"]) for row in rows_of("numbers/breaks.csv")
}
SMALL = SyntheticRequest(length=40, gap=3, span=5, horizons=(1, 5, 10))


def panel_changes():
    rows = rows_of("data/panel.csv")
    names = [name for name in rows[0] if name != "date"]
    values = np.array([[float(row[name]) for name in names] for row in rows])
    return 100 * np.diff(np.log(values), axis=0)


def made_panel(size=260, effect=0.0, at=150, seed=2):
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((size, 2))
    change = np.column_stack(
        [
            common @ [0.6, 0.4] + 0.3 * rng.standard_normal(size),
            common[:, 0] + 0.2 * rng.standard_normal(size),
            common[:, 1] + 0.2 * rng.standard_normal(size),
            common @ [0.5, 0.5] + 0.6 * rng.standard_normal(size),
        ]
    )
    change[at, 0] += effect
    days = np.datetime64("2020-01-01") + np.arange(size)
    return ValuePanel(days, np.cumsum(change, axis=0), ("rub", "a", "b", "c"))


@pytest.mark.parametrize(("case", "series"), [("first", 0), ("last", -1)])
def test_weights_are_those_of_quadprog(case, series):
    change = panel_changes()
    y, x = change[:, series], np.delete(change, series, axis=1)
    weights, unique = simplex_weights(y, x)
    expected = [R_NUMBERS[f"weights of the {case}", f"weight {k + 1}"] for k in range(x.shape[1])]
    assert weights == pytest.approx(expected, abs=1e-9)
    assert unique
    rmspe = math.sqrt(np.mean((y - x @ weights) ** 2))
    assert rmspe == pytest.approx(R_NUMBERS[f"weights of the {case}", "rmspe"], rel=1e-9)


def test_weights_are_those_of_another_solver():
    rng = np.random.default_rng(8)
    for _ in range(5):
        x = rng.standard_normal((60, 7))
        y = x @ rng.dirichlet(np.ones(7)) + rng.standard_normal(60)
        found = minimize(
            lambda w, y=y, x=x: np.sum((y - x @ w) ** 2),
            np.full(7, 1 / 7),
            jac=lambda w, y=y, x=x: -2 * x.T @ (y - x @ w),
            bounds=[(0, 1)] * 7,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            method="SLSQP",
            options={"ftol": 1e-14, "maxiter": 500},
        )
        weights, _ = simplex_weights(y, x)
        assert weights == pytest.approx(found.x, abs=1e-6)
        assert weights.sum() == pytest.approx(1)
        assert weights.min() >= 0


def test_two_equal_donors_have_no_unique_weights():
    rng = np.random.default_rng(4)
    x = rng.standard_normal((80, 3))
    y = 0.7 * x[:, 0] + 0.3 * x[:, 1] + 0.1 * rng.standard_normal(80)
    assert simplex_weights(y, x)[1]
    weights, unique = simplex_weights(y, np.column_stack((x, x[:, 0])))
    assert not unique
    assert weights[0] + weights[3] == pytest.approx(simplex_weights(y, x)[0][0])


def by_definition(value, row, request):
    """Gaps and errors summed one by one, with the weights of the fit."""
    base = row - 1
    last = base - request.gap
    rows = range(last - request.length + 1, last + 1)
    y = np.array([value[t, 0] - value[t - 1, 0] for t in rows])
    x = np.array([value[t, 1:] - value[t - 1, 1:] for t in rows])
    weights = simplex_weights(y, x)[0]

    def gap(start, t):
        return (value[t] - value[start]) @ np.array([1.0, *-weights])

    after = [gap(base, row + h) for h in range(request.span + 1)]
    squares = []
    for t in rows:
        if t + request.span <= last:
            squares += [gap(t - 1, t + h) ** 2 for h in range(request.span + 1)]
    return weights, after, math.sqrt(np.mean(squares)), math.sqrt(np.mean(np.square(after)))


def test_gaps_and_placebos_are_those_of_the_definition():
    panel, row = made_panel(effect=4.0), 150
    answer = compute_synthetic_control(panel, row, SMALL)
    weights, after, before, post = by_definition(panel.value, row, SMALL)
    assert answer.fit.weights == pytest.approx(weights)
    assert answer.fit.gap[: SMALL.span + 1] == pytest.approx(after)
    assert answer.fit.ratio == pytest.approx(post / before)

    ratios = []
    for at in range(SMALL.length + SMALL.gap + 1, len(panel) - SMALL.span):
        if at + SMALL.span < row or at - SMALL.length - SMALL.gap - 1 > row + SMALL.span:
            _, _, error, other = by_definition(panel.value, at, SMALL)
            ratios.append(other / error)
    assert answer.n_dates == len(ratios)
    larger = sum(ratio >= post / before for ratio in ratios)
    assert answer.p_dates == pytest.approx((larger + 1) / (len(ratios) + 1))

    of_donors = []
    for k in (1, 2, 3):
        others = [j for j in (1, 2, 3) if j != k]
        _, _, error, other = by_definition(panel.value[:, [k, *others]], row, SMALL)
        of_donors.append(other / error)
    assert [donor.ratio for donor in answer.donors] == pytest.approx(of_donors)
    assert answer.p_donors == (sum(ratio >= post / before for ratio in of_donors) + 1) / 4
    assert answer.smallest_p_donors == 0.25
    path = answer.path()
    base = next(point for point in path if point.offset == -1)
    assert base.actual_index == base.synthetic_index == 100
    gaps = [point.gap for point in path if point.offset >= 0]
    assert gaps == pytest.approx(answer.fit.gap.tolist())


def test_an_effect_is_found_and_nothing_is_not():
    assert compute_synthetic_control(made_panel(effect=6.0), 150, SMALL).rejects
    quiet = compute_synthetic_control(made_panel(), 150, SMALL)
    assert not quiet.rejects
    assert not quiet.reason
    assert 0 < quiet.smallest_visible < 6


def test_a_bad_fit_has_no_verdict():
    panel = made_panel(effect=6.0)
    value = panel.value.copy()
    value[:, 1:] = np.cumsum(np.random.default_rng(1).standard_normal((len(panel), 3)), axis=0)
    answer = compute_synthetic_control(ValuePanel(panel.day, value, panel.names), 150, SMALL)
    assert answer.fit.index > 0.9
    assert "no donor at all" in answer.reason
    assert not answer.rejects


def test_no_placebo_date_sees_the_event():
    rows = placebo_rows(400, 200, SMALL)
    for row in rows.tolist():
        used = range(row - SMALL.history, row + SMALL.span + 1)
        assert not set(used) & set(range(200, 200 + SMALL.span + 1))


def test_days_are_joined_without_filling():
    day = np.array(["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"], "datetime64[D]")
    panel = join_by_day(
        [
            ("rub", day, np.array([1.0, 2.0, 3.0, 4.0])),
            ("a", day[[0, 2, 3]], np.array([5.0, np.nan, 7.0])),
            ("b", day[[0, 1, 2, 3]], np.array([8.0, 9.0, 10.0, 11.0])),
        ]
    )
    assert panel.day.tolist() == day[[0, 3]].tolist()
    assert panel.value.tolist() == [[1.0, 5.0, 8.0], [4.0, 7.0, 11.0]]
