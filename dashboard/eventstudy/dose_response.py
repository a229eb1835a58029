"""Dose response and second stage: CARs regressed on what their events carry.

The dose of an event is its surprise, the change of a released value, or an intensity. The slope is
tested by arranging the doses over whole clusters of events; a second stage regresses the CARs on
any columns of the events. Formulas: docs/statistics.md, 29.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product
from typing import Any, Final

import numpy as np
from scipy import special

from dashboard.eventstudy.clusters import TARGET_POWER, label_linked_spans
from dashboard.eventstudy.numerics import adjust_rows, average_ranks
from dashboard.eventstudy.relations import MIN_CORRELATED_EVENTS
from dashboard.eventstudy.samples import distinct_groups, expand_to_groups, group_members
from dashboard.models.analyses import (
    Dose,
    DosePoint,
    DoseResponse,
    DoseRow,
    SecondStageRow,
    event_dose,
)
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Bools, Floats, Ints
from dashboard.models.study import (
    CONFIDENCE_LEVEL,
    MIN_CLUSTERS,
    SIGNIFICANCE_LEVEL,
    CarResult,
    StudyResult,
)

MAX_EXACT_ARRANGEMENTS: Final = 40_320
"""Up to so many arrangements (8!) all are used."""
ARRANGEMENT_DRAWS: Final = 9_999
ARRANGEMENT_BLOCK_CELLS: Final = 2**20
STATISTIC_TIE: Final = 1e-9
"""Statistics closer than this, relative to the observed one, are equal."""
POWER_DRAWS: Final = 400
BISECTION_STEPS: Final = 12
MAX_DOUBLINGS: Final = 12
FIRST_GUESS_ERRORS: Final = 2.8
"""Standard errors that a t test finds in four studies of five at 5 %."""
MIN_EVENTS_A_SIDE: Final = 3
"""A slope of doses above or below 0 needs so many events there."""
MIN_LEVEL_EVENTS: Final = 3
"""Levels of a column with fewer events are one level together."""
MAX_LEVELS: Final = 20
RARE_LEVEL: Final = "(rare)"
CONSTANT_TERM: Final = "constant"
DERIVED_COLUMNS: Final = ("surprise", "value_change", "hour_kind")


# ---- events of one study in clusters


def label_result_clusters(result: StudyResult, chosen: Bools) -> Ints:
    """Cluster of each chosen event, (n,): chains of overlapping event windows, by date."""
    first, last = result.request.window
    final = len(result.series) - 1
    anchor, day = result.anchor[chosen], result.series.day
    return label_linked_spans(
        day[np.clip(anchor + first, 0, final)], day[np.clip(anchor + last, 0, final)]
    )


def iterate_arrangements(label: Ints, seed: int) -> Iterator[Ints]:
    """Where the dose of each event comes from, in blocks (B, n), whole clusters exchanged.

    Clusters of as many events exchange their doses, in the order of their events; all
    arrangements where there are at most 40,320, the given one first, else 9,999 seeded draws.

    Args:
        label: the cluster of each event, (n,).
        seed: of the draws.
    """
    by_size: dict[int, list[Ints]] = {}
    for cluster in np.unique(label).tolist():
        places = np.flatnonzero(label == cluster)
        by_size.setdefault(len(places), []).append(places)
    parts = [np.array(places) for places in by_size.values()]
    if count_arrangements(label) <= MAX_EXACT_ARRANGEMENTS:
        orders = (permutations(range(len(part))) for part in parts)
        rows = [np.concatenate([part[list(order)].reshape(-1)
                                for part, order in zip(parts, each, strict=True)])
                for each in product(*orders)]  # fmt: skip
        yield _in_order(parts, np.array(rows))
        return
    random = np.random.default_rng(seed)
    step = max(ARRANGEMENT_BLOCK_CELLS // len(label), 1)
    for start in range(0, ARRANGEMENT_DRAWS, step):
        size = min(step, ARRANGEMENT_DRAWS - start)
        drawn = [
            part[np.argsort(random.random((size, len(part))), axis=1)].reshape(size, -1)
            for part in parts
        ]
        yield _in_order(parts, np.concatenate(drawn, axis=1))


def _in_order(parts: Sequence[Ints], sources: Ints) -> Ints:
    """Sources listed by part, as sources by event."""
    places = np.concatenate([part.reshape(-1) for part in parts])
    return sources[:, np.argsort(places)]


def count_arrangements(label: Ints) -> int:
    """In how many ways clusters of as many events can exchange their doses."""
    sizes = Counter(Counter(label.tolist()).values())
    return math.prod(math.factorial(count) for count in sizes.values())


# ---- the slope


class _Slope:
    """The slope of moves on doses, studentised with the sum of squared cluster scores.

    `x` and `y` (n,) are centred; arrays of further doses or moves are (B, n).
    """

    def __init__(self, dose: Floats, move: Floats, label: Ints) -> None:
        self.x, self.y, self.label = dose - dose.mean(), move - move.mean(), label
        self.order = np.argsort(label, kind="stable")
        self.starts = np.flatnonzero(np.diff(label[self.order], prepend=-1))

    def t(self, x: Floats, y: Floats) -> Floats:
        """Slope over its error, (B,); 0 where nothing moves."""
        square = (x**2).sum(axis=-1)
        slope = (x * y).sum(axis=-1) / square
        return _studentise(slope, square, self.cluster_sums(x * (y - slope[..., None] * x)))

    def cluster_sums(self, scores: Floats) -> Floats:
        """Sums of (B, n) over the events of each cluster, (B, G)."""
        return np.add.reduceat(scores[..., self.order], self.starts, axis=-1)


def _studentise(slope: Floats, square: Floats | float, sums: Floats) -> Floats:
    error = np.sqrt((sums**2).sum(axis=-1)) / square
    with np.errstate(divide="ignore", invalid="ignore"):
        t: Floats = np.where(error > 0, slope / error, np.sign(slope) * np.inf)
    return np.nan_to_num(t, nan=0.0, posinf=np.inf, neginf=-np.inf)


@dataclass(slots=True)
class _Shares:
    """How many arrangements give a statistic at least as large in size as the observed one."""

    observed: float
    hits: int = 0
    drawn: int = 0

    def add(self, values: Floats) -> None:
        """Count a block of statistics, (B,)."""
        limit = abs(self.observed) * (1 - STATISTIC_TIE)
        self.hits += int((np.abs(values) >= limit).sum())
        self.drawn += len(values)

    def p(self, *, is_exact: bool) -> float:
        """The share; with the (B + 1) rule where arrangements were drawn."""
        added = 0 if is_exact else 1
        return (self.hits + added) / (self.drawn + added)


def respond_to_dose(dose: Floats, move: Floats, label: Ints, seed: int) -> dict[str, Any]:
    """The fields of a `DoseRow` that doses (n,), moves (n,) and clusters (n,) give.

    Slope and errors: HC1 and HC3 (MacKinnon & White 1985, J. Econometrics 29), clusters with
    G/(G-1) (n-1)/(n-2) (Liang & Zeger 1986, Biometrika 73) and t of G-1; the p by arrangement of
    the studentised slope (DiCiccio & Romano 2017, JASA 112).
    """
    fit = fit_robust(np.column_stack((np.ones(len(dose)), dose)), move, label)
    weight = (dose - dose.mean()) ** 2 / ((dose - dose.mean()) ** 2).sum()
    without = np.arange(len(dose)) != int(weight.argmax())
    fields = _slope_fields(fit, len(dose)) | {
        "n": len(dose),
        "clusters": len(np.unique(label)),
        "largest_weight": float(weight.max()),
        "slope_without": _plain_slope(dose[without], move[without]),
        "spearman": _rank_slope(dose, move),
    }
    fields |= _side_fields(dose, move, label)
    reason = _no_verdict_reason(move, label, fields["slope_without"])
    if reason:
        blank = ("p_hc3", "p_cluster", "intercept_p", "asymmetry_wald_p")
        return fields | dict.fromkeys(blank, math.nan) | {"reason": reason}
    fields |= _arrangement_fields(dose, move, label, seed)
    guess = FIRST_GUESS_ERRORS * fields["se"]
    return fields | {"smallest_visible": find_smallest_slope(dose, move, label, (seed, guess))}


def _no_verdict_reason(move: Floats, label: Ints, slope_without: float) -> str:
    clusters = len(np.unique(label))
    if np.ptp(move) == 0:
        return deferred("no event moved differently from another")
    if math.isnan(slope_without):
        return deferred("all events but one have the same dose")
    if clusters < MIN_CLUSTERS:
        return deferred(
            "{clusters} clusters of events, fewer than {least}: they are read one by one",
            clusters=clusters,
            least=MIN_CLUSTERS,
        )
    if count_arrangements(label) < 1 / SIGNIFICANCE_LEVEL:
        return deferred("the clusters can exchange their doses in too few ways")
    return ""


@dataclass(frozen=True, slots=True)
class RobustFit:
    """Least squares with robust errors: estimates and each error, (k,) each.

    `se` is that of clusters where one has several rows, else HC3; `df` its degrees of freedom
    and `covariance` its matrix (k, k).
    """

    estimate: Floats
    se: Floats
    df: float
    covariance: Floats
    hc1: Floats
    hc3: Floats
    cluster: Floats
    clusters: int
    r_squared: float

    def p(self, k: int, se: Floats, df: float) -> float:
        """Two-sided p of an estimate being 0, from t with df; NaN without an error."""
        if not se[k] > 0:
            return math.nan
        return float(2 * special.stdtr(df, -abs(self.estimate[k] / se[k])))


def fit_robust(design: Floats, y: Floats, label: Ints) -> RobustFit:
    """Least squares of y (n,) on a design (n, k) of full rank, with robust errors."""
    from statsmodels.regression.linear_model import OLS

    model, clusters = OLS(y, design), len(np.unique(label))
    plain = model.fit()
    with np.errstate(divide="ignore", invalid="ignore"):
        hc1, hc3 = plain.cov_HC1, plain.cov_HC3
    grouped = np.full_like(hc1, math.nan)
    if clusters > 1:
        robust = model.fit(cov_type="cluster", cov_kwds={"groups": label}, use_t=True)
        grouped = np.asarray(robust.cov_params())
    is_single = clusters == len(y)
    covariance = hc3 if is_single else grouped
    df = len(y) - design.shape[1] if is_single else clusters - 1
    return RobustFit(
        np.asarray(plain.params), _errors(covariance), df, covariance, _errors(hc1), _errors(hc3),
        _errors(grouped), clusters, float(plain.rsquared),
    )  # fmt: skip


def _errors(covariance: Floats) -> Floats:
    with np.errstate(invalid="ignore"):
        errors: Floats = np.sqrt(np.diag(covariance))
    return np.where(np.isfinite(errors), errors, np.nan)


def _slope_fields(fit: RobustFit, n: int) -> dict[str, Any]:
    half = special.stdtrit(fit.df, (1 + CONFIDENCE_LEVEL) / 2) * fit.se[1]
    return {
        "slope": float(fit.estimate[1]),
        "se": float(fit.se[1]),
        "low": float(fit.estimate[1] - half),
        "high": float(fit.estimate[1] + half),
        "se_hc1": float(fit.hc1[1]),
        "se_hc3": float(fit.hc3[1]),
        "se_cluster": float(fit.cluster[1]),
        "p_hc3": fit.p(1, fit.hc3, n - 2),
        "p_cluster": fit.p(1, fit.cluster, fit.clusters - 1),
        "r_squared": fit.r_squared,
        "intercept": float(fit.estimate[0]),
        "intercept_se": float(fit.se[0]),
        "intercept_p": fit.p(0, fit.se, fit.df),
        "covariance": float(fit.covariance[0, 1]),
        "df": float(fit.df),
    }


def _plain_slope(dose: Floats, move: Floats) -> float:
    x = dose - dose.mean()
    square = float(x @ x)
    return float(x @ move) / square if square > 0 else math.nan


def _centred_ranks(values: Floats) -> Floats:
    ranks: Floats = average_ranks(values[None, :])[0]
    centred: Floats = ranks - ranks.mean()
    return centred


def _rank_slope(dose: Floats, move: Floats) -> float:
    """Spearman's rho, ties share their average rank."""
    left, right = _centred_ranks(dose), _centred_ranks(move)
    spread = math.sqrt(float(left @ left) * float(right @ right))
    return float(left @ right) / spread if spread > 0 else math.nan


def _arrangement_fields(dose: Floats, move: Floats, label: Ints, seed: int) -> dict[str, Any]:
    """The p of slope, rank correlation and asymmetry from the same arrangements."""
    slope, asymmetry = _Slope(dose, move, label), _Asymmetry(dose, move, label)
    left, right = _centred_ranks(dose), _centred_ranks(move)
    is_exact = count_arrangements(label) <= MAX_EXACT_ARRANGEMENTS
    at_slope = _Shares(float(slope.t(slope.x[None, :], slope.y)[0]))
    at_rank = _Shares(float(left @ right))
    at_sides = _Shares(float(asymmetry.t(asymmetry.residual[None, :])[0]))
    for sources in iterate_arrangements(label, seed):
        at_slope.add(slope.t(slope.x[sources], slope.y))
        at_rank.add(left[sources] @ right)
        if asymmetry.is_defined:
            at_sides.add(asymmetry.t(asymmetry.residual[sources]))
    return {
        "p_value": at_slope.p(is_exact=is_exact),
        "spearman_p": at_rank.p(is_exact=is_exact),
        "asymmetry_p": at_sides.p(is_exact=is_exact) if asymmetry.is_defined else math.nan,
        "arrangements": at_slope.drawn,
        "is_exact": is_exact,
    }


# ---- asymmetry


def _has_both_sides(dose: Floats) -> bool:
    return all(len(np.unique(dose[side])) > 1 and side.sum() >= MIN_EVENTS_A_SIDE
               for side in (dose > 0, dose < 0))  # fmt: skip


def _side_fields(dose: Floats, move: Floats, label: Ints) -> dict[str, Any]:
    """The slopes of doses above and below 0, and the Wald test that they are equal."""
    fields: dict[str, Any] = {"n_up": int((dose > 0).sum()), "n_down": int((dose < 0).sum())}
    if not _has_both_sides(dose):
        return fields
    up, down = np.maximum(dose, 0.0), np.minimum(dose, 0.0)
    fit = fit_robust(np.column_stack((np.ones(len(dose)), up, down)), move, label)
    contrast = np.array([0.0, 1.0, -1.0])
    error = math.sqrt(max(float(contrast @ fit.covariance @ contrast), 0.0))
    t = (fit.estimate[1] - fit.estimate[2]) / error if error > 0 else math.nan
    return fields | {
        "slope_up": float(fit.estimate[1]),
        "slope_up_se": float(fit.se[1]),
        "slope_down": float(fit.estimate[2]),
        "slope_down_se": float(fit.se[2]),
        "asymmetry_wald_p": float(2 * special.stdtr(fit.df, -abs(t))),
    }


class _Asymmetry:
    """The coefficient of |dose| beside the dose; residuals of the reduced model are exchanged.

    Freedman & Lane 1983 (J. Business & Economic Statistics 1). `residual` (n,) is what is left
    of the moves without asymmetry.
    """

    def __init__(self, dose: Floats, move: Floats, label: Ints) -> None:
        self.is_defined = _has_both_sides(dose)
        self._slope = _Slope(dose, move, label)
        reduced = np.linalg.qr(np.column_stack((np.ones(len(dose)), dose)))[0]
        size = np.abs(dose)
        self._extra = size - reduced @ (reduced.T @ size)
        self._square = float(self._extra @ self._extra) or 1.0
        self._reduced = reduced
        self.residual = move - reduced @ (reduced.T @ move)

    def t(self, residuals: Floats) -> Floats:
        """The studentised coefficient for residuals (B, n) of the reduced model, (B,)."""
        rest = residuals - (residuals @ self._reduced) @ self._reduced.T
        slope = rest @ self._extra / self._square
        error = rest - slope[:, None] * self._extra
        return _studentise(slope, self._square, self._slope.cluster_sums(error * self._extra))


# ---- power


def find_smallest_slope(dose: Floats, move: Floats, label: Ints, start: tuple[int, float]) -> float:
    """The slope that the arrangement test would find in four studies of five (power 80 %).

    Residuals whose clusters get random signs have no slope; the effect that is added grows until
    80 % of 400 seeded draws exceed the 95 % quantile of the statistic over arrangements.

    Args:
        dose: (n,).
        move: (n,).
        label: the cluster of each event, (n,).
        start: the seed, and a first guess.

    Returns:
        Log returns per unit of dose; infinite where none is found.
    """
    seed, guess = start
    slope = _Slope(dose, move, label)
    x = slope.x
    rest = slope.y - (x @ slope.y) / (x @ x) * x
    statistics = np.concatenate(
        [np.abs(slope.t(x[sources], rest)) for sources in iterate_arrangements(label, seed)]
    )
    critical = float(np.quantile(statistics, 1 - SIGNIFICANCE_LEVEL, method="higher"))
    random = np.random.default_rng(seed)
    signs = 1.0 - 2.0 * random.integers(0, 2, size=(POWER_DRAWS, len(np.unique(label))))
    drawn = signs[:, label] * rest
    drawn -= drawn.mean(axis=1, keepdims=True)

    def finds(effect: float) -> bool:
        found = np.abs(slope.t(x[None, :], drawn + effect * x)) > critical
        return float(found.mean()) >= TARGET_POWER

    low, high = 0.0, guess
    for _doubling in range(MAX_DOUBLINGS):
        if finds(high):
            break
        low, high = high, 2 * high
    else:
        return math.inf
    for _step in range(BISECTION_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if finds(middle) else (middle, high)
    return high


# ---- answers of a study


def compute_dose_response(
    results: Sequence[StudyResult], dose: Dose, correction: str = "holm"
) -> DoseResponse:
    """The dose response of every group of a study, on every series and in every CAR window.

    Of events whose values have different units those with the commonest unit of their group
    count. A surprise of events of different kinds can share a unit and yet mean another thing:
    the groups are there for that.

    Args:
        results: one a series.
        dose: which number of an event is its dose.
        correction: of the p-values, over all distinct rows.
    """
    parts: list[tuple[list[DoseRow], dict[str, Bools]]] = []
    points: list[DosePoint] = []
    for result in results:
        value = np.array([event_dose(event, dose) for event in result.events], dtype=float)
        members = group_members(result.events, result.request.by) if result.events else {}
        for car in result.cars:
            usable = np.isfinite(value) & np.isfinite(car.car)
            groups = {name: member & usable for name, member in members.items()}
            groups = {name: member for name, member in groups.items() if member.any()}
            rows = [
                _build_row((result, car), (dose, name), member, value)
                for name, member in distinct_groups(groups).items()
            ]
            parts.append((rows, groups))
            points.extend(_list_points((result, car), dose, usable, value))
    adjusted = iter(adjust_rows([row for rows, _ in parts for row in rows], correction))
    listed = tuple(
        row
        for rows, groups in parts
        for row in expand_to_groups([next(adjusted) for _ in rows], groups)
    )
    return DoseResponse(dose, listed, tuple(points))


def _build_row(
    measured: tuple[StudyResult, CarResult], names: tuple[Dose, str], member: Bools, value: Floats
) -> DoseRow:
    result, car = measured
    events = [result.events[k] for k in np.flatnonzero(member).tolist()]
    unit = (
        _commonest_unit([event.value_unit for event in events]) if names[0] != "intensity" else ""
    )
    same_unit = np.array([names[0] == "intensity" or e.value_unit == unit for e in events])
    chosen = member.copy()
    chosen[member] = same_unit
    row = DoseRow(
        *names, result.series.card.id, car.window, unit,
        n=int(chosen.sum()), rates=len(np.unique(result.anchor[chosen])),
        clusters=len(np.unique(label_result_clusters(result, chosen))),
        other_units=int((~same_unit).sum()),
    )  # fmt: skip
    dose = value[chosen]
    if len(dose) < MIN_CORRELATED_EVENTS or np.ptp(dose) == 0:
        reason = deferred(
            "{n} events with a dose and a move; fewer than {least}, or all doses are alike",
            n=row.n,
            least=MIN_CORRELATED_EVENTS,
        )
        return replace(row, reason=reason)
    label = label_result_clusters(result, chosen)
    fields = respond_to_dose(dose, car.car[chosen], label, result.request.seed)
    at = np.flatnonzero(chosen)[int(np.abs(dose - dose.mean()).argmax())]
    return replace(row, **fields, largest_event=result.events[at].id)


def _commonest_unit(units: Sequence[str]) -> str:
    return Counter(units).most_common(1)[0][0]


def _list_points(
    measured: tuple[StudyResult, CarResult], dose: Dose, usable: Bools, value: Floats
) -> Iterator[DosePoint]:
    result, car = measured
    label = np.full(len(usable), -1)
    label[usable] = label_result_clusters(result, usable)
    for k in np.flatnonzero(usable).tolist():
        event = result.events[k]
        yield DosePoint(
            dose, result.series.card.id, car.window, event, float(value[k]), float(car.car[k]),
            int(label[k]),
        )  # fmt: skip


# ---- second stage


def column_values(result: StudyResult, name: str) -> list[str | float | None]:
    """The value of a column of each event of a study, None where it is empty.

    A column is one of a list of events, `surprise`, `value_change`, or a further one of the file
    of events. It is numeric where every value is a number.

    Raises:
        InputError: no event has such a column.
    """
    values: list[Any] = [_column_value(event, name) for event in result.events]
    texts = [value for value in values if value not in (None, "")]
    if not texts:
        msg = _("no event has a value in this column; choose another")
        raise InputError(msg, field="regress", value=name)
    try:
        return [None if value in (None, "") else float(value) for value in values]
    except (TypeError, ValueError):
        return [None if value in (None, "") else str(value) for value in values]


def _column_value(event: Any, name: str) -> Any:
    further = dict(event.further)
    if name in further:
        return further[name]
    attribute = {"date": "day", "time_utc": "moment"}.get(name, name)
    if attribute not in REGRESSORS:
        known = ", ".join(sorted({*REGRESSORS, *further}))
        msg = _("is no column to regress on; take one of {known}", known=known)
        raise InputError(msg, field="regress", value=name)
    return getattr(event, attribute)


REGRESSORS: Final = frozenset(
    {
        "category", "actor", "expected", "confidence", "source_name", "author", "zone", "story",
        "origin", "value_actual", "value_expected", "value_previous", "intensity",
        *DERIVED_COLUMNS,
    }
)  # fmt: skip
"""The columns of every list of events that moves can be regressed on."""


@dataclass(frozen=True, eq=False, slots=True)
class _Term:
    """One column of the design: its values (n,), the column of the events, its base level."""

    name: str
    column: str
    values: Floats
    base: str = ""


def regress_cars(
    results: Sequence[StudyResult], columns: Sequence[str], correction: str = "holm"
) -> tuple[SecondStageRow, ...]:
    """The second stage of a study: CARs regressed on columns of its events.

    Numbers enter as they are, other columns as indicators of their levels against the commonest;
    levels of fewer than three events are one. Events without a value in a column are left out
    and counted. Errors are robust to clusters where windows overlap, else HC3.

    Args:
        results: one a series.
        columns: their names; see `column_values`.
        correction: of the p-values, over the terms and over the joint tests of all windows.

    Raises:
        InputError: an unknown column, or one without values or with too many levels.
    """
    rows: list[SecondStageRow] = []
    for result in results:
        values = {name: column_values(result, name) for name in dict.fromkeys(columns)}
        present = np.array([all(v is not None for v in row)
                            for row in zip(*values.values(), strict=True)])  # fmt: skip
        for car in result.cars:
            rows.extend(_regress_window(result, car, values, present))
    family = lambda row: (bool(row.column), row.levels > 0)  # noqa: E731 - constants ask nothing
    return tuple(adjust_rows(rows, correction, family))


def _regress_window(
    result: StudyResult,
    car: CarResult,
    values: Mapping[str, list[str | float | None]],
    present: Bools,
) -> Iterator[SecondStageRow]:
    usable = present & np.isfinite(car.car)
    label = label_result_clusters(result, usable)
    terms = [
        term
        for name, column in values.items()
        for term in _column_terms(name, [column[k] for k in np.flatnonzero(usable).tolist()])
    ]
    clusters = len(np.unique(label))
    shared = SecondStageRow(
        result.series.card.id, car.window, CONSTANT_TERM, n=int(usable.sum()),
        without=int((~usable).sum()), clusters=clusters,
    )  # fmt: skip
    kept = _independent_terms(terms, int(usable.sum()))
    for term in terms:
        if term not in kept:
            reason = deferred("the columns before it say the same")
            yield replace(shared, term=term.name, column=term.column, base=term.base, reason=reason)
    if clusters < max(MIN_CLUSTERS, len(kept) + 2):
        reason = deferred(
            "{clusters} clusters of events, too few for {terms} terms",
            clusters=clusters,
            terms=len(kept) + 1,
        )
        names = [(CONSTANT_TERM, "", ""), *((t.name, t.column, t.base) for t in kept)]
        for name, column, base in names:
            yield replace(shared, term=name, column=column, base=base, reason=reason)
        return
    yield from _fitted_rows(shared, kept, car.car[usable], label)


def _fitted_rows(
    shared: SecondStageRow, terms: Sequence[_Term], move: Floats, label: Ints
) -> Iterator[SecondStageRow]:
    design = np.column_stack((np.ones(len(move)), *(term.values for term in terms)))
    fit, vif = fit_robust(design, move, label), inflation_factors(design[:, 1:])
    shared = replace(shared, df=fit.df, r_squared=fit.r_squared)
    visible = _visible_errors(fit.df)
    named = [(CONSTANT_TERM, "", "", math.nan)]
    named += [(t.name, t.column, t.base, v) for t, v in zip(terms, vif.tolist(), strict=True)]
    for k, (name, column, base, factor) in enumerate(named):
        yield replace(
            shared, term=name, column=column, base=base, vif=factor,
            estimate=float(fit.estimate[k]), se=float(fit.se[k]),
            statistic=float(fit.estimate[k] / fit.se[k]), p_value=fit.p(k, fit.se, fit.df),
            smallest_visible=visible * float(fit.se[k]),
        )  # fmt: skip
    levels = Counter(term.column for term in terms if term.base)
    for column, count in levels.items():
        if count > 1:
            places = [1 + k for k, term in enumerate(terms) if term.column == column]
            statistic = _wald_f(fit, places)
            p = float(special.fdtrc(count, fit.df, statistic))
            yield replace(
                shared, term=column, column=column, levels=count, statistic=statistic, p_value=p
            )


def _visible_errors(df: float) -> float:
    """Standard errors of a coefficient that a t test finds in four studies of five."""
    return float(
        special.stdtrit(df, 1 - SIGNIFICANCE_LEVEL / 2) + special.stdtrit(df, TARGET_POWER)
    )


def _wald_f(fit: RobustFit, places: Sequence[int]) -> float:
    """F of the estimates at places (q of them) all being 0."""
    estimate = fit.estimate[list(places)]
    inverse = np.linalg.pinv(fit.covariance[np.ix_(places, places)])
    return float(estimate @ inverse @ estimate) / len(places)


def inflation_factors(columns: Floats) -> Floats:
    """How much the other columns inflate the variance of each, (k,): 1 / (1 - R^2).

    Marquardt 1970, Technometrics 12. The diagonal of the inverse of their correlations.
    """
    if columns.shape[1] == 0:
        return np.zeros(0)
    correlation = np.corrcoef(columns, rowvar=False).reshape(columns.shape[1], -1)
    factors: Floats = np.diag(np.linalg.inv(correlation))
    return factors


def _column_terms(name: str, values: Sequence[str | float | None]) -> list[_Term]:
    if all(isinstance(value, float) for value in values):
        return [_Term(name, name, np.array(values, dtype=float))]
    counts = Counter(str(value) for value in values)
    texts = np.array([
        str(v) if counts[str(v)] >= MIN_LEVEL_EVENTS else RARE_LEVEL for v in values
    ])  # fmt: skip
    levels = [level for level, _count in Counter(texts.tolist()).most_common()]
    if len(levels) > MAX_LEVELS:
        msg = _(
            "has {count} levels with three events or more, at most {most} are compared",
            count=len(levels),
            most=MAX_LEVELS,
        )
        raise InputError(msg, field="regress", value=name)
    return [
        _Term(f"{name}={level}", name, (texts == level).astype(float), levels[0])
        for level in levels[1:]
    ]


def _independent_terms(terms: Sequence[_Term], n: int) -> list[_Term]:
    """The terms that add something to the constant and those before them."""
    design, kept = np.ones((n, 1)), []
    for term in terms:
        trial = np.column_stack((design, term.values))
        scaled = trial / np.maximum(np.abs(trial).max(axis=0, initial=0.0), np.finfo(float).tiny)
        if np.linalg.matrix_rank(scaled) == trial.shape[1]:
            design = trial
            kept.append(term)
    return kept
