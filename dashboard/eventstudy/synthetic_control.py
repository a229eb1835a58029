"""A synthetic series: what a currency would have done, had it moved as others did.

The method of Abadie, Diamond & Hainmueller (2010, J. American Statistical Association 105): weights
of other series (donors), not negative and with sum one, fitted before a date only; the gap is what
the series moved beyond them after it. Weights are fitted on changes, not on levels: exchange rates
have unit roots and no common trend that would last (Meese & Rogoff 1983, J. International Economics
14), and levels of such series fit each other by chance (Masini & Medeiros 2021, J. Business &
Economic Statistics 40; Harvey & Thiele 2021, J. Applied Econometrics 36). The gap is therefore 0 at
the base, the last row before the date.

`RMSPE` is the root mean square of the gaps at offsets 0 to `span` from their base. After the date
it is one such path; before it, all paths of that length inside the rows of the fit. Their ratio is
compared with the ratios of other dates of the same series (placebos in time) and of each donor as
if it were the series (placebos in space), as Abadie, Diamond & Hainmueller 2010 and 2015 (American
J. Political Science 59) do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from dashboard.models.messages import deferred
from dashboard.models.series import Days, Floats, Ints
from dashboard.models.study import CONFIDENCE_LEVEL, SIGNIFICANCE_LEVEL

MIN_DONORS: Final = 2
MAX_FIT_INDEX: Final = 0.9
"""The RMSPE before the date as a share of that without donors; above it there is no verdict."""
MIN_PLACEBO_DATES: Final = 100
MAX_PLACEBO_DATES: Final = 500
POWER: Final = 0.8
ACTIVE_WEIGHT: Final = 1e-9
DEGENERATE_SHARE: Final = 1e-8
"""A gradient this near to that of the donors in use leaves the choice between them open."""


@dataclass(frozen=True, slots=True)
class SyntheticRequest:
    """The rows of a fit: `length` changes, which end `gap` rows before the base.

    `span` is the last offset of the RMSPE after the date, `horizons` the offsets of the table.
    """

    length: int = 250
    gap: int = 10
    span: int = 20
    horizons: tuple[int, ...] = (1, 5, 20, 60)

    @property
    def reach(self) -> int:
        """The last offset that is shown."""
        return max(self.span, *self.horizons)

    @property
    def history(self) -> int:
        """How many rows before offset 0 a fit needs."""
        return self.length + self.gap + 1


@dataclass(frozen=True, eq=False, slots=True)
class ValuePanel:
    """Values of a series and its J donors on the days that all of them have.

    `value` (T, 1 + J): 100 times the log of the dollars that one unit costs, the series first; a
    rising number is a stronger unit. `names` are the ids.
    """

    day: Days
    value: Floats
    names: tuple[str, ...]

    def __len__(self) -> int:
        """The number of days."""
        return len(self.day)


@dataclass(frozen=True, eq=False, slots=True)
class SyntheticFit:
    """One fit: weights (J,), and gaps at offsets 0, 1 … in log points (NaN after the data).

    `index` is `before` (the RMSPE before the date) as a share of that without donors; `after` is
    the RMSPE after it, NaN where rows are missing. `unique` says whether other weights of the same
    donors fit as well.
    """

    weights: Floats
    gap: Floats
    before: float
    index: float
    after: float
    unique: bool

    @property
    def ratio(self) -> float:
        """RMSPE after the date in units of that before it."""
        return self.after / self.before if self.before > 0 else math.nan


@dataclass(frozen=True, slots=True)
class GapAtHorizon:
    """The gap so many observations after the date, in log points.

    `low` and `high` hold 95 % of the gaps of other dates, scaled to the fit of this one; `p_value`
    is the share of them at least as large in size, `p_adjusted` that over the horizons (Holm).
    """

    offset: int
    day: date | None
    actual: float
    synthetic: float
    gap: float
    low: float
    high: float
    p_value: float
    p_adjusted: float
    n_dates: int


@dataclass(frozen=True, slots=True)
class Donor:
    """A donor: its weight, its placebo ratio, and the answer without it.

    `index` and `ratio` are those of the donor as if it were the series; `gap_without` is the gap
    at the end of the span with the other donors only, NaN where that cannot be computed.
    """

    name: str
    weight: float
    index: float
    ratio: float
    index_without: float
    gap_without: float


@dataclass(frozen=True, slots=True)
class PathPoint:
    """Actual and synthetic change from the base on one day, in log points, and the placebo band.

    `low` and `high` bound 95 % of the gaps of other dates at this offset; NaN before the date.
    """

    offset: int
    day: date
    actual: float
    synthetic: float
    low: float
    high: float

    @property
    def gap(self) -> float:
        """Actual less synthetic."""
        return self.actual - self.synthetic

    @property
    def actual_index(self) -> float:
        """The value of the currency in dollars, 100 at the base."""
        return 100 * math.exp(self.actual / 100)

    @property
    def synthetic_index(self) -> float:
        """The same of the synthetic series."""
        return 100 * math.exp(self.synthetic / 100)


@dataclass(frozen=True, eq=False, slots=True)
class SyntheticControl:
    """The synthetic series of one date, and how unusual the gap is.

    `row` is offset 0 in the panel. `p_dates` and `p_donors` are the shares of placebo dates and
    of donors, the date itself included, with a ratio at least as large; `smallest_visible` the
    lasting gap in log points that four of five placebo dates would show. `reason` says why there is
    no verdict. `band_low` and `band_high` (reach + 1,) hold 95 % of the placebo gaps.
    """

    panel: ValuePanel
    request: SyntheticRequest
    row: int
    fit: SyntheticFit
    donors: tuple[Donor, ...]
    horizons: tuple[GapAtHorizon, ...]
    n_dates: int
    first_date: date | None
    last_date: date | None
    p_dates: float
    p_donors: float
    n_donors: int
    smallest_visible: float
    band_low: Floats
    band_high: Floats
    reason: str = ""

    @property
    def smallest_p_donors(self) -> float:
        """The smallest p that so many donors can give: 1 / (J + 1)."""
        return 1 / (self.n_donors + 1)

    @property
    def rejects(self) -> bool:
        """Whether the declared p, that of other dates, is at most 5 %; False without a verdict."""
        return not self.reason and self.p_dates <= SIGNIFICANCE_LEVEL

    def path(self) -> tuple[PathPoint, ...]:
        """A point for each row from the first of the fit to the last that is shown.

        Changes are those from the base, which is the point at offset -1.
        """
        first = self.row - self.request.history
        last = min(self.row + self.request.reach, len(self.panel) - 1)
        value = self.panel.value[first : last + 1] - self.panel.value[self.row - 1]
        actual, synthetic = value[:, 0], value[:, 1:] @ self.fit.weights
        points = []
        for k, row in enumerate(range(first, last + 1)):
            offset = row - self.row
            band = (math.nan, math.nan)
            if offset >= 0:
                band = (float(self.band_low[offset]), float(self.band_high[offset]))
            points.append(
                PathPoint(
                    offset,
                    _as_date(self.panel.day[row]),
                    float(actual[k]),
                    float(synthetic[k]),
                    *band,
                )
            )
        return tuple(points)


# ---- weights


def simplex_weights(y: Floats, x: Floats) -> tuple[Floats, bool]:
    """Weights w >= 0 with sum one that minimise `|y - x w|`, and whether they are unique.

    With `z = y - x_j` for donor j the residual is `z w`, so this is the point of the convex hull of
    the z nearest to 0. Non-negative least squares of `(z, 1) v = (0, 1)` finds it exactly: for
    `v = c w` the sum of squares is `c^2 |z w|^2 + (c - 1)^2`, least at the least `|z w|` whatever
    c > 0 is.

    Args:
        y: changes of the series, (n,).
        x: changes of the donors, (n, J).

    Returns:
        The weights (J,), and False where another combination of donors fits as well.
    """
    from scipy.optimize import nnls

    z = y[:, None] - x
    scale = math.sqrt(float(np.mean(z * z)) * len(y)) or 1.0
    system = np.vstack((z / scale, np.ones(z.shape[1])))
    target = np.zeros(len(system))
    target[-1] = 1.0
    solution, _ = nnls(system, target)
    weights = solution / solution.sum()
    residual = z @ weights
    slack = z.T @ residual - residual @ residual  # zero for the donors in use, else not negative
    near = slack <= DEGENERATE_SHARE * max(float(np.sum(z * z, axis=0).max()), math.ulp(0.0))
    candidates = near | (weights > ACTIVE_WEIGHT)
    rank = np.linalg.matrix_rank(system[:, candidates], rtol=DEGENERATE_SHARE)
    return weights, bool(rank == candidates.sum())


def root_mean_square_of_paths(change: Floats, span: int) -> float:
    """The RMSPE of all paths of offsets 0 to `span` that lie inside the changes (n,)."""
    total = np.concatenate(([0.0], np.cumsum(change)))
    paths = np.lib.stride_tricks.sliding_window_view(total, span + 2)
    return float(np.sqrt(np.mean((paths[:, 1:] - paths[:, :1]) ** 2)))


def fit_synthetic(value: Floats, row: int, request: SyntheticRequest) -> SyntheticFit:
    """Fit the first column of values (T, 1 + J) by the others before a row, and its gaps after."""
    first = row - request.history
    change = np.diff(value[first : row + request.reach + 1], axis=0)
    before = change[: request.length]
    weights, unique = simplex_weights(before[:, 0], before[:, 1:])
    gap_change = change[:, 0] - change[:, 1:] @ weights
    error = root_mean_square_of_paths(gap_change[: request.length], request.span)
    alone = root_mean_square_of_paths(before[:, 0], request.span)
    gap = np.full(request.reach + 1, np.nan)
    after = np.cumsum(gap_change[request.length + request.gap :])
    gap[: len(after)] = after
    shown = gap[: request.span + 1]
    return SyntheticFit(
        weights, gap, error, error / alone if alone > 0 else math.inf,
        float(np.sqrt(np.mean(shown * shown))), unique,
    )  # fmt: skip


# ---- the answer


def compute_synthetic_control(
    panel: ValuePanel, row: int, request: SyntheticRequest
) -> SyntheticControl:
    """The synthetic series of a date with its placebos.

    Args:
        panel: the series and at least two donors.
        row: offset 0, with `request.history` rows before it.
        request: the rows of the fit.
    """
    fit = fit_synthetic(panel.value, row, request)
    rows = placebo_rows(len(panel), row, request)
    placebos = [fit_synthetic(panel.value, at, request) for at in rows.tolist()]
    ratios = np.array([placebo.ratio for placebo in placebos])
    scaled = np.array([placebo.gap / placebo.before for placebo in placebos])
    scaled = scaled.reshape(len(placebos), request.reach + 1) * fit.before
    donors = tuple(_donor(panel, row, request, (k, fit)) for k in range(len(fit.weights)))
    donor_ratios = np.array([donor.ratio for donor in donors])
    band = _band(scaled)
    days = panel.day[rows]
    return SyntheticControl(
        panel=panel, request=request, row=row, fit=fit, donors=donors,
        horizons=_gaps(panel, row, (fit, scaled, request)),
        n_dates=len(rows),
        first_date=_as_date(days.min()) if len(days) else None,
        last_date=_as_date(days.max()) if len(days) else None,
        p_dates=_share_as_large(ratios, fit.ratio),
        p_donors=_share_as_large(donor_ratios, fit.ratio),
        n_donors=int(np.isfinite(donor_ratios).sum()),
        smallest_visible=_smallest_visible(scaled, request.span),
        band_low=band[0], band_high=band[1],
        reason=_no_verdict(fit, len(rows), request),
    )  # fmt: skip


def placebo_rows(size: int, row: int, request: SyntheticRequest) -> Ints:
    """Offset 0 of the placebo dates: no row of their fit or their span is one after the event.

    The nearest `MAX_PLACEBO_DATES`, in order of time.
    """
    rows = np.arange(request.history, size - request.span)
    separate = (rows + request.span < row) | (rows - request.history > row + request.span)
    rows = rows[separate]
    nearest = np.argsort(np.abs(rows - row), kind="stable")[:MAX_PLACEBO_DATES]
    return np.sort(rows[nearest])


def _donor(
    panel: ValuePanel, row: int, request: SyntheticRequest, of: tuple[int, SyntheticFit]
) -> Donor:
    k, fit = of
    others = [j for j in range(1, panel.value.shape[1]) if j != k + 1]
    if len(others) < MIN_DONORS:
        return Donor(panel.names[k + 1], float(fit.weights[k]), *(math.nan,) * 4)
    placebo = fit_synthetic(panel.value[:, [k + 1, *others]], row, request)
    without = fit_synthetic(panel.value[:, [0, *others]], row, request)
    return Donor(
        panel.names[k + 1],
        float(fit.weights[k]),
        placebo.index,
        placebo.ratio,
        without.index,
        float(without.gap[request.span]),
    )


def _share_as_large(ratios: Floats, ratio: float) -> float:
    ratios = ratios[np.isfinite(ratios)]
    if not len(ratios) or not math.isfinite(ratio):
        return math.nan
    return (int((ratios >= ratio * (1 - 1e-12)).sum()) + 1) / (len(ratios) + 1)


def _band(scaled: Floats) -> Floats:
    if len(scaled) < MIN_PLACEBO_DATES:
        return np.full((2, scaled.shape[1]), np.nan)
    tail = (1 - CONFIDENCE_LEVEL) / 2
    with np.errstate(invalid="ignore"):
        band: Floats = np.nanquantile(scaled, (tail, 1 - tail), axis=0)
    return band


def _gaps(
    panel: ValuePanel, row: int, of: tuple[SyntheticFit, Floats, SyntheticRequest]
) -> tuple[GapAtHorizon, ...]:
    from dashboard.eventstudy.numerics import CORRECTIONS

    fit, scaled, request = of
    values = []
    for offset in request.horizons:
        others = scaled[:, offset]
        others = others[np.isfinite(others)]
        at = row + offset
        inside = at < len(panel)
        moves = (
            panel.value[at] - panel.value[row - 1] if inside else np.full(len(panel.names), np.nan)
        )
        enough = len(others) >= MIN_PLACEBO_DATES
        tail = (1 - CONFIDENCE_LEVEL) / 2
        low, high = np.quantile(others, (tail, 1 - tail)) if enough else (math.nan, math.nan)
        p = _share_as_large(np.abs(others), abs(fit.gap[offset])) if enough else math.nan
        day = _as_date(panel.day[at]) if inside else None
        values.append(
            (offset, day, float(moves[0]), float(moves[1:] @ fit.weights), float(fit.gap[offset]),
             float(low), float(high), p, len(others))
        )  # fmt: skip
    adjusted = CORRECTIONS["holm"](np.array([value[-2] for value in values]))
    return tuple(
        GapAtHorizon(*value[:-1], float(p), value[-1])
        for value, p in zip(values, adjusted, strict=True)
    )


def _smallest_visible(scaled: Floats, span: int) -> float:
    """The gap, added at every offset of a placebo date, that the test finds in four of five.

    The limit is the 95 % quantile of the placebo RMSPE; bisection to a thousandth.
    """
    paths = scaled[:, : span + 1]
    if len(paths) < MIN_PLACEBO_DATES:
        return math.nan
    sizes = np.sqrt(np.mean(paths**2, axis=1))
    limit = float(np.quantile(sizes, 1 - SIGNIFICANCE_LEVEL))
    low, high = 0.0, 4 * float(sizes.max())
    while high - low > 1e-3 * high:
        middle = (low + high) / 2
        found = np.mean(
            [np.sqrt(np.mean((paths + sign * middle) ** 2, axis=1)) > limit for sign in (1, -1)]
        )
        low, high = (low, middle) if found >= POWER else (middle, high)
    return high


def _no_verdict(fit: SyntheticFit, n_dates: int, request: SyntheticRequest) -> str:
    """Why the gap cannot be judged; empty where it can."""
    if fit.index > MAX_FIT_INDEX:
        return deferred(
            "before the date the synthetic series misses by {share:.0f} % of what no donor at all"
            " would miss by, {most:.0f} % at most",
            share=100 * fit.index,
            most=100 * MAX_FIT_INDEX,
        )
    if not math.isfinite(fit.after):
        return deferred("needs {n} observations after the date", n=request.span)
    if n_dates < MIN_PLACEBO_DATES:
        return deferred(
            "only {n} other dates to compare with, {least} needed",
            n=n_dates,
            least=MIN_PLACEBO_DATES,
        )
    return ""


def _as_date(day: np.datetime64) -> date:
    return date.fromisoformat(str(day.astype("datetime64[D]")))


def join_by_day(series: Sequence[tuple[str, Days, Floats]]) -> ValuePanel:
    """The days that every series has, without filling; each is a name, its days and its values."""
    days = series[0][1]
    for _, other, _ in series[1:]:
        days = np.intersect1d(days, other)
    columns = [value[np.searchsorted(day, days)] for _, day, value in series]
    value = np.column_stack(columns)
    complete = np.isfinite(value).all(axis=1)
    return ValuePanel(days[complete], value[complete], tuple(name for name, _, _ in series))
