"""Breaks of a series against R (strucchange, sandwich), a published example and every partition."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from dashboard.eventstudy import structural_breaks
from dashboard.eventstudy.structural_breaks import (
    argmax_distribution,
    compute_double_maximum,
    date_intervals,
    find_partitions,
    find_variance_breaks,
    kappa_2,
    search_breaks,
    sup_wald,
    wald_path,
)
from tests.eventstudy.reference.stored import number, rows_of

R_NUMBERS = {
    (row["case"], row["quantity"]): number(row["value"]) for row in rows_of("numbers/breaks.csv")
}
CASES = {"nile": (15, 5, 1, 2), "size": (23, 4, 2, 5), "relation": (19, 3, 2, 3)}
"""Least rows of a segment, most breaks, breaks with an interval, lags; as in breaks.R."""


def changes(name, column):
    values = [float(row[column]) for row in rows_of(f"data/{name}.csv")]
    return 100 * np.diff(np.log(values))


def nile():
    return np.array([float(row["flow"]) for row in rows_of("data/nile.csv")])


def data_of(case):
    if case == "relation":
        y = changes("panel", "a")
        return y, np.column_stack((np.ones(len(y)), changes("panel", "market")))
    move = changes("one_series", "rate")
    y = nile() if case == "nile" else np.abs(move - move.mean())
    return y, np.ones((len(y), 1))


@pytest.mark.parametrize("case", CASES)
def test_partitions_intervals_and_statistic_are_those_of_r(case):
    y, x = data_of(case)
    least, most, breaks, lags = CASES[case]
    partitions = find_partitions(y, x, least, most)
    for m, partition in enumerate(partitions):
        at = [R_NUMBERS[case, f"row {i + 1} of {m}"] for i in range(m)]
        assert list(partition.rows) == at
        assert partition.ssr == pytest.approx(R_NUMBERS[case, f"ssr {m}"], rel=1e-9)
        # R counts the date of a break as one parameter, too
        assert partition.bic == pytest.approx(R_NUMBERS[case, f"bic {m}"], rel=1e-9)
    for name, bandwidth in (("hc", 0), ("hac", lags)):
        found = date_intervals(y, x, partitions[breaks].rows, bandwidth)
        for i, date in enumerate(found, start=1):
            assert date.low == R_NUMBERS[case, f"{name} low {i}"]
            assert date.high == R_NUMBERS[case, f"{name} high {i}"]
    residual = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    rows = np.arange(least, len(y) - least + 1)
    statistic = sup_wald(wald_path(x, residual, rows), rows, np.ones((1, len(y))))[0]
    assert statistic == pytest.approx(R_NUMBERS[case, "sup wald"], rel=1e-9)


@pytest.mark.parametrize("case", ["nile"])
def test_the_double_maximum_is_that_of_the_sums_of_squares_of_r(case):
    y, x = data_of(case)
    least, most, _, _ = CASES[case]
    n, q = x.shape
    ssr = [R_NUMBERS[case, f"ssr {m}"] for m in range(most + 1)]
    values = [
        (ssr[0] - ssr[m]) / (m * q) / (ssr[m] / (n - (m + 1) * q)) for m in range(1, most + 1)
    ]
    found = compute_double_maximum((y, x), least, most, 1, 1)
    assert found.statistic == pytest.approx(max(values), rel=1e-9)


def test_the_double_maximum_of_a_relation_is_that_of_the_best_partitions():
    y, x = (values[:100] for values in data_of("relation"))
    parts = find_partitions(y, x, 15, 4)
    values = [
        (parts[0].ssr - part.ssr) / (2 * m) / (part.ssr / (100 - 2 * (m + 1)))
        for m, part in enumerate(parts)
        if m
    ]
    found = compute_double_maximum((y, x), 15, 4, 1, 1)
    assert found.statistic == pytest.approx(max(values), rel=1e-9)


def test_the_nile_has_one_break_after_1898():
    # Zeileis, Kleiber, Kramer & Hornik 2003 (Computational Statistics & Data Analysis 44)
    y = nile()
    search = search_breaks((y, np.ones((100, 1))), 15)
    assert [(1871 + date.row - 1, date.low, date.high) for date in search.breaks] == [
        (1898, 25, 32)
    ]
    assert search.count_by_bic == search.count_by_lwz == 1
    assert search.any_break.p_value == 0.0025  # the smallest that 399 draws can give
    first, second = search.tests
    assert first.p_value == 0.0025
    assert second.p_value > 0.05


def test_the_partition_is_the_best_of_all():
    rng = np.random.default_rng(5)
    y = rng.standard_normal(40) + np.repeat([0.0, 2.0, -1.0, 0.5], 10)
    x = np.column_stack((np.ones(40), rng.standard_normal(40)))

    def ssr(rows):
        edges = (0, *rows, 40)
        total = 0.0
        for first, end in pairwise(edges):
            part, target = x[first:end], y[first:end]
            total += float(
                np.sum((target - part @ np.linalg.lstsq(part, target, rcond=None)[0]) ** 2)
            )
        return total

    for m, partition in enumerate(find_partitions(y, x, 6, 3)):
        possible = [
            rows
            for rows in combinations(range(6, 35), m)
            if all(b - a >= 6 for a, b in pairwise((0, *rows, 40)))
        ]
        best = min(possible, key=ssr)
        assert partition.rows == best
        assert partition.ssr == pytest.approx(ssr(best), rel=1e-9)


def test_a_bootstrap_p_is_the_share_of_larger_draws(monkeypatch):
    # By hand: with three rows on either side the possible breaks are known, and so is every sign.
    y = np.array([0.0, 1.0, -1.0, 2.0, 3.0, 1.0])
    x = np.ones((6, 1))
    signs = np.array(list(np.ndindex(*(2,) * 6))) * 2.0 - 1.0
    monkeypatch.setattr(structural_breaks, "BREAK_DRAWS", 64)
    monkeypatch.setattr(structural_breaks, "DRAWS_PER_BLOCK", 64)
    monkeypatch.setattr(structural_breaks, "_draw_signs", lambda *_: signs)
    residual = y - y.mean()
    spread = (residual[:3] ** 2).sum() / 9 + (residual[3:] ** 2).sum() / 9

    def statistic(values):
        return (values[3:].mean() - values[:3].mean()) ** 2 / spread

    observed = statistic(residual)
    beyond = sum(statistic(residual * sign) >= observed * (1 - 1e-9) for sign in signs)
    result = structural_breaks.compute_break_test((y, x), (), 3, 1, 1)
    assert result.statistic == pytest.approx(observed)
    assert result.p_value == pytest.approx((beyond + 1) / 65)


def test_a_visible_change_is_seen_in_four_of_five_series_and_half_of_it_is_not():
    rng = np.random.default_rng(6)
    x, half = np.ones((200, 1)), np.repeat([0.0, 0.5], 100)

    def result(step, seed=1):
        y = rng.standard_normal(200) + step
        return structural_breaks.compute_break_test((y, x), (), 20, 1, seed)

    visible = result(0.0).visible
    for share, (low, high) in ((1, (0.8, 1.0)), (0.5, (0.1, 0.7))):
        found = [result(2 * half * visible * share, k).p_value <= 0.05 for k in range(30)]
        assert low <= np.mean(found) <= high


def test_the_distribution_of_a_date_is_symmetric_for_equal_segments():
    # Yao 1987 (Annals of Statistics 15): 7.687 and 11.033 are its 95 % and 97.5 % quantiles
    assert argmax_distribution(0.0, 1.0, 1.0) == pytest.approx(0.5)
    assert argmax_distribution(7.687, 1.0, 1.0) == pytest.approx(0.95, abs=2e-4)
    assert argmax_distribution(11.033, 1.0, 1.0) == pytest.approx(0.975, abs=2e-4)
    assert argmax_distribution(-5.0, 1.0, 1.0) == pytest.approx(
        1 - argmax_distribution(5.0, 1.0, 1.0)
    )


def test_kappa_2_is_that_of_r():
    move = changes("one_series", "rate")
    for case, values in (("size", move - move.mean()), ("nile", nile() - nile().mean())):
        statistic, row = kappa_2(values)
        assert statistic == pytest.approx(R_NUMBERS[case, "kappa 2"], rel=1e-9)
        assert row == R_NUMBERS[case, "kappa 2 row"]


def test_breaks_of_the_variance_are_found_and_none_is_invented():
    rng = np.random.default_rng(3)
    sigma = np.repeat([1.0, 3.0, 0.5], [400, 300, 500])
    rows = find_variance_breaks(sigma * rng.standard_normal(1200))
    assert len(rows) == 2
    assert abs(rows[0] - 400) <= 10
    assert abs(rows[1] - 700) <= 10
    assert find_variance_breaks(rng.standard_normal(1200)) == ()
