"""A driver against a rate: changes against changes, matched by the clock of each series.

A number of the driver counts at the first rate that was known no earlier than it, the last of
several there; nothing is filled, so that both changes are those between the same two rates. Levels
are never regressed on levels: the move of the rate is a return, and of the driver its change
enters, or the number itself where it is stationary (a tone).

Cross-correlation: both changes are filtered by an autoregression of their own (Haugh 1976, J.
American Statistical Association 71), its order by AIC; the statistic of lag l is
`t = sum e / sqrt(sum e^2)`, `e_t = (x_t - mean)(y_{t+l} - mean)`, which needs no constant variance
(Dalla, Giraitis & Phillips 2022, Econometric Theory 38). Response: local projections
(`local_projections.project_shock`). Stability of the slope: Nyblom 1989 (J. American Statistical
Association 84) and Hansen 1992 (J. Policy Modeling 14), and the largest deviation of the rolling
slope, both against data with the same shocks and residuals of random sign, which keep their
volatility (fixed-regressor bootstrap, Hansen 2000, J. Econometrics 97). Equality of samples:
Chow's test with robust errors, `W = sum w (b - mean)^2`, `w = 1 / se^2`, `F = W / (S - 1)` for S
samples.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

import numpy as np
from scipy import special

from dashboard.eventstudy.abnormal_returns import two_sided_p
from dashboard.eventstudy.local_projections import (
    BASE_HORIZON,
    LAG_COUNT,
    project_shock,
)
from dashboard.eventstudy.numerics import adjust_rows
from dashboard.eventstudy.returns import compute_changes
from dashboard.models.analyses import ProjectionRow
from dashboard.models.drivers import (
    SPLIT_HORIZONS,
    WHOLE_SAMPLE,
    DriverAnswer,
    DriverLag,
    DriverMeasure,
    DriverRequest,
    DriverResponse,
    DriverSampleRow,
    DriverTest,
    MatchedDriver,
    RollingRow,
)
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats, Ints, RateSeries, SeriesCard, require_price
from dashboard.models.study import CONFIDENCE_LEVEL, SIGNIFICANCE_LEVEL

MIN_ROWS: Final = 40
"""Fewer matched rates give no answer."""
MIN_SAMPLE_ROWS: Final = 40
"""A sample with fewer used rows has no estimate."""
GAP_FACTOR: Final = 5
"""A step of more than so many usual ones, and of more than `GAP_DAYS`, is a gap."""
GAP_DAYS: Final = 14
MAX_FILTER_ORDER: Final = 10
BOOTSTRAP_DRAWS: Final = 499
NEAR_BOUND: Final = 5.0
"""Odds this near to 0 or 100 % are said to be near a bound."""
POWER: Final = 0.8
UNIT_ROOT_LEVEL: Final = SIGNIFICANCE_LEVEL
CORRECTION: Final = "holm"
REGRESSORS: Final = 2 + 2 * LAG_COUNT
"""Constant, driver, and the lags of both; what a sample's response takes of its degrees of
freedom."""

REASON_FEW_ROWS: Final = deferred("fewer than {least} matched rates", least=MIN_ROWS)
REASON_FEW_IN_SAMPLE: Final = deferred("fewer than {least} rates are used", least=MIN_SAMPLE_ROWS)
REASON_NO_CHANGE: Final = deferred("the driver or the rate does not change")
REASON_SHORT_FOR_WINDOW: Final = deferred("fewer rates than two windows")
REASON_ONE_SAMPLE: Final = deferred("only one sample has an estimate")


# ---- matching


def analyse_driver(
    series: RateSeries, driver: RateSeries, request: DriverRequest | None = None
) -> DriverAnswer:
    """Everything about a driver and a rate.

    Args:
        series: the rate, a price.
        driver: the driver, any series.
        request: the parameters.

    Raises:
        InputError: the rate is no price, or too few of its rates have a number of the driver.
    """
    request = request or DriverRequest()
    matched = match_driver(series, driver, request)
    order, lags = correlate_lags(matched, request)
    gaps = np.array(matched.gaps, dtype=np.int64)
    projection = project_shock(matched.series, matched.shock, driver.card.id, gaps=gaps)
    response = tuple(
        DriverResponse(row, matched.spread, matched.spread * _detectable_response(row))
        for row in projection.rows
    )
    rolling, stability = roll_relation(matched, request)
    samples, equality = split_samples(matched, request)
    return DriverAnswer(
        request, matched, lags, order, response, projection.pre_trend, rolling, samples,
        (*stability, *equality),
    )  # fmt: skip


def _detectable_response(row: ProjectionRow) -> float:
    """The response per unit that the band of the path would tell from 0 in 80 % of cases.

    Before the base, where there is no band, that of the interval at the horizon.
    """
    high = row.supt_high if np.isfinite(row.supt_high) else row.high
    return float(high - row.estimate + special.ndtri(POWER) * row.se_hc1)


def match_driver(series: RateSeries, driver: RateSeries, request: DriverRequest) -> MatchedDriver:
    """The rates that have a number of the driver, and what enters of both.

    Raises:
        InputError: the rate is no price, there are too few matched rates, or the level of a number
            that has a unit root was requested.
    """
    require_price(series.card)
    if series.card.id == driver.card.id:
        msg = _("is the rate itself; choose another series")
        raise InputError(msg, field="driver", value=driver.card.id)
    series = series.between(request.since, request.until)
    series = _select(series, np.flatnonzero(np.isfinite(series.rate)))
    usable = np.flatnonzero(np.isfinite(driver.rate))
    rows, numbers = _match_rows(series, driver, usable)
    if len(rows) < MIN_ROWS:
        msg = _(
            "{driver} has numbers at {count} rates of {series}, {least} are needed; choose a longer"
            " period or another series",
            driver=driver.card.id,
            count=len(rows),
            series=series.card.id,
            least=MIN_ROWS,
        )
        raise InputError(msg)
    value = driver.rate[numbers]
    measure, unit_root_p = _choose_measure(driver.card, value, request)
    matched_series = _select(series, rows)
    gaps = _find_gaps(matched_series)
    shock = measure_shock(value, measure)
    defined = np.isfinite(shock)
    shock[list(gaps)] = np.nan if measure != "level" else shock[list(gaps)]
    move = compute_changes(series.card, matched_series.rate, "log")
    move[list(gaps)] = np.nan
    first, last = int(rows[0]), int(rows[-1])
    return MatchedDriver(
        driver=driver.card,
        series=matched_series,
        value=value,
        value_day=driver.day[numbers],
        value_known_at=driver.known_at[numbers],
        measure=measure,
        move=move,
        shock=shock,
        gaps=gaps,
        unmatched=last - first + 1 - len(rows),
        undefined=int((~defined[1:]).sum()),
        near_bounds=_count_near_bounds(driver.card, value),
        unit_root_p=unit_root_p,
    )


def _choose_measure(
    card: SeriesCard, value: Floats, request: DriverRequest
) -> tuple[DriverMeasure, float]:
    """What enters of the driver, and the p of the test of its level where that was made.

    Raises:
        InputError: the level was requested, and it may have a unit root.
    """
    measure = request.measure or DEFAULT_MEASURES.get(card.kind)
    if measure is None:
        measure = "log" if card.is_price else "difference"
    if measure != "level":
        return measure, float("nan")
    p = compute_unit_root_p(value)
    if p < UNIT_ROOT_LEVEL:
        return measure, p
    if not request.measure:
        return "difference", p
    msg = _(
        "the number of {driver} may have a unit root (augmented Dickey-Fuller p {p:.3f}), so"
        " its level is not regressed; take difference",
        driver=card.id,
        p=p,
    )
    raise InputError(msg, field="change", value=measure)


DEFAULT_MEASURES: Final[dict[str, DriverMeasure]] = {
    "odds": "difference",
    "tone": "level",
}
"""What enters of odds and of a tone, whose level is taken where it is stationary."""


def _match_rows(series: RateSeries, driver: RateSeries, usable: Ints) -> tuple[Ints, Ints]:
    """Rows of the rate with a number of the driver, and the row of that number, each (T,).

    The first rate of a series has none: how old the number before it is, no rate says.
    """
    at = np.searchsorted(series.known_at, driver.known_at[usable], side="left")
    inside = (at > 0) & (at < len(series))
    at, usable = at[inside], usable[inside]
    is_last = np.append(at[1:] != at[:-1], True)[: len(at)]
    return at[is_last].astype(np.int64), usable[is_last]


def _select(series: RateSeries, rows: Ints) -> RateSeries:
    return RateSeries(
        series.card, series.record[rows], series.day[rows], series.opens[rows],
        series.known_at[rows], series.rate[rows], series.fetched_at,
    )  # fmt: skip


def _find_gaps(series: RateSeries) -> tuple[int, ...]:
    """The rows that follow a step much longer than the usual one."""
    steps = np.diff(series.known_at).astype(np.int64)
    longest = max(GAP_FACTOR * float(np.median(steps)), GAP_DAYS * 86_400)
    if series.card.bar_minutes:
        longest = GAP_DAYS * 86_400
    return tuple((np.flatnonzero(steps > longest) + 1).tolist())


def _count_near_bounds(card: SeriesCard, value: Floats) -> int:
    if card.kind != "odds":
        return 0
    return int(((value < NEAR_BOUND) | (value > 100 - NEAR_BOUND)).sum())


def measure_shock(value: Floats, measure: DriverMeasure) -> Floats:
    """What enters of the numbers of a driver, (T,); NaN where there is none.

    Odds are in per cent; the log of 0, and the log odds of 0 and 100, do not exist.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "level":
            return value.astype(float).copy()
        if measure == "log":
            used = 100 * np.log(value)
        elif measure == "logit":
            used = np.log(value / (100 - value))
        else:
            used = value
        used = np.where(np.isfinite(used), used, np.nan)
        return np.concatenate(([np.nan], np.diff(used)))


def compute_unit_root_p(value: Floats) -> float:
    """The p of the augmented Dickey-Fuller test with a constant; NaN where it cannot be made.

    Said & Dickey 1984 (Biometrika 71), lags by AIC, p of MacKinnon 1994.
    """
    from statsmodels.tsa.stattools import adfuller

    if np.ptp(value) == 0:
        return float("nan")
    lags = min(MAX_FILTER_ORDER, len(value) // 4)
    with warnings.catch_warnings():  # statsmodels 0.15 announces another type of the answer
        warnings.simplefilter("ignore", FutureWarning)
        return float(adfuller(value, maxlag=lags, autolag="AIC")[1])


# ---- cross-correlation


def correlate_lags(
    matched: MatchedDriver, request: DriverRequest
) -> tuple[tuple[int, int], tuple[DriverLag, ...]]:
    """The orders of both filters, and the cross-correlation at every lag, p corrected over them."""
    (x_order, x), (y_order, y) = filter_changes(matched.shock), filter_changes(matched.move)
    lags = range(-request.lags, request.lags + 1)
    rows = [
        _correlate(lag, (matched.shock, matched.move), (x, y), size=2 * request.lags + 1)
        for lag in lags
    ]
    return (x_order, y_order), tuple(adjust_rows(rows, CORRECTION))


def filter_changes(change: Floats) -> tuple[int, Floats]:
    """The order of an autoregression by AIC, and what it leaves, (T,); NaN where a lag is missing.

    All orders are compared on the rows that have every lag.
    """
    lagged = np.column_stack([_shift(change, -lag) for lag in range(MAX_FILTER_ORDER + 1)])
    common = np.isfinite(lagged).all(axis=1)
    n = int(common.sum())
    if n <= 3 * MAX_FILTER_ORDER or np.ptp(change[np.isfinite(change)]) == 0:
        return 0, change - np.nanmean(change) if np.isfinite(change).any() else change
    scores = []
    for order in range(MAX_FILTER_ORDER + 1):
        design = np.column_stack((np.ones(n), lagged[common, 1 : order + 1]))
        slopes = np.linalg.lstsq(design, lagged[common, 0], rcond=None)[0]
        rest = lagged[common, 0] - design @ slopes
        scores.append(n * np.log(rest @ rest / n) + 2 * (order + 1))
    order = int(np.argmin(scores))
    rows = np.isfinite(lagged[:, : order + 1]).all(axis=1)
    design = np.column_stack((np.ones(int(rows.sum())), lagged[rows, 1 : order + 1]))
    slopes = np.linalg.lstsq(design, lagged[rows, 0], rcond=None)[0]
    rest = np.full(len(change), np.nan)
    rest[rows] = lagged[rows, 0] - design @ slopes
    return order, rest


def _shift(values: Floats, rows: int) -> Floats:
    out = np.full(len(values), np.nan)
    if rows >= 0:
        out[: len(values) - rows] = values[rows:]
    else:
        out[-rows:] = values[:rows]
    return out


def _correlate(
    lag: int, raw: tuple[Floats, Floats], filtered: tuple[Floats, Floats], *, size: int
) -> DriverLag:
    x, y = _pair(*filtered, lag)
    plain = _pair(*raw, lag)
    n = len(x)
    if n < MIN_ROWS or not x.any() or not y.any():
        return DriverLag(lag, n, reason=REASON_FEW_ROWS if n < MIN_ROWS else REASON_NO_CHANGE)
    product = x * y
    root = np.sqrt((x @ x) * (y @ y))
    r, error = float(product.sum() / root), float(np.sqrt(product @ product) / root)
    t = r / error
    half = float(special.stdtrit(n - 2, (1 + CONFIDENCE_LEVEL) / 2)) * error
    a, b = plain
    return DriverLag(
        lag,
        n,
        r=float(a @ b / np.sqrt((a @ a) * (b @ b))),
        r_filtered=r,
        low=-half,
        high=half,
        statistic=t,
        p_value=float(two_sided_p(np.array([t]), np.array([n - 2]))[0]),
        detectable=min(_detectable(error, n - 2, size), 1.0),
    )


def _pair(x: Floats, y: Floats, lag: int) -> tuple[Floats, Floats]:
    """`x_t` and `y_{t+lag}` where both are there, less their means."""
    later = _shift(y, lag)
    both = np.isfinite(x) & np.isfinite(later)
    if not both.any():
        return x[both], later[both]
    return x[both] - x[both].mean(), later[both] - later[both].mean()


# ---- rolling relation and stability


def roll_relation(
    matched: MatchedDriver, request: DriverRequest
) -> tuple[tuple[RollingRow, ...], tuple[DriverTest, ...]]:
    """The relation in every window of rates, and two tests that it never changes."""
    rows = np.flatnonzero(np.isfinite(matched.shock) & np.isfinite(matched.move))
    x, y, n = matched.shock[rows], matched.move[rows], len(rows)
    if n < MIN_ROWS or np.ptp(x) == 0 or np.ptp(y) == 0:
        reason = REASON_FEW_ROWS if n < MIN_ROWS else REASON_NO_CHANGE
        return (), tuple(replace(test, n=n, reason=reason) for test in (HANSEN, LARGEST))
    slope = float((x - x.mean()) @ y / ((x - x.mean()) @ (x - x.mean())))
    rest = y - y.mean() - slope * (x - x.mean())
    drawn_rest = _draw_signs(n, request.seed) * rest
    hansen = float(compute_hansen((x - x.mean()) * rest))
    p = _share_beyond(_draw_hansen(x, drawn_rest), hansen)
    tests = [replace(HANSEN, n=n, statistic=hansen, df=1, p_value=p)]
    if n < 2 * request.window:
        tests.append(replace(LARGEST, n=n, reason=REASON_SHORT_FOR_WINDOW))
        return (), tuple(adjust_rows(tests, CORRECTION))
    rolled, error = _roll(x, y, request.window), _constant_slope_error(x, rest, request.window)
    usable = error > 0
    largest = np.max(np.abs(rolled["slope"] - slope)[usable] / error[usable])
    drawn = _draw_largest(x, drawn_rest, request.window, error)
    p = _share_beyond(drawn, float(largest))
    edge = float(np.quantile(drawn, CONFIDENCE_LEVEL))
    found = (edge + float(special.ndtri(POWER))) * float(np.median(error[usable]))
    tests.append(replace(LARGEST, n=n, statistic=float(largest), p_value=p, detectable=found))
    days = matched.series.day[rows]
    windows = range(request.window - 1, n)
    out = tuple(
        RollingRow(
            days[end].item(), days[end - request.window + 1].item(), request.window,
            correlation=float(rolled["slope"][k] * rolled["ratio"][k]),
            low=float(max((slope - edge * error[k]) * rolled["ratio"][k], -1.0)),
            high=float(min((slope + edge * error[k]) * rolled["ratio"][k], 1.0)),
            slope=float(rolled["slope"][k]), se=float(rolled["se"][k]),
            slope_low=float(slope - edge * error[k]),
            slope_high=float(slope + edge * error[k]),
        )
        for k, end in enumerate(windows)
        if usable[k]
    )  # fmt: skip
    return out, tuple(adjust_rows(tests, CORRECTION))


HANSEN: Final = DriverTest(
    "nyblom_hansen",
    deferred("the slope is the same on every rate"),
    "Nyblom 1989; Hansen 1992",
    family="stability",
)
LARGEST: Final = DriverTest(
    "largest_deviation",
    deferred("no window differs from the slope of all rates"),
    "Hansen 2000, fixed-regressor bootstrap",
    family="stability",
)


def compute_hansen(scores: Floats) -> Floats:
    """`sum_t (sum_{s<=t} f_s)^2 / (n sum f^2)` of scores f of the slope, (..., n) to (...)."""
    summed = np.cumsum(scores, axis=-1)
    total = scores.shape[-1] * (scores**2).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic: Floats = (summed**2).sum(axis=-1) / total
    return statistic


def _draw_signs(n: int, seed: int) -> Floats:
    drawn = np.random.default_rng(seed).integers(0, 2, (BOOTSTRAP_DRAWS, n))
    return drawn.astype(np.float64) * 2 - 1


def _share_beyond(drawn: Floats, statistic: float) -> float:
    return (1 + float((drawn >= statistic).sum())) / (len(drawn) + 1)


def _draw_hansen(x: Floats, drawn: Floats) -> Floats:
    """The statistic of draws (B, n) whose slope never changes, (B,)."""
    centred = x - x.mean()
    slope = drawn @ centred / (centred @ centred)
    rest = drawn - drawn.mean(axis=1, keepdims=True) - slope[:, None] * centred
    return compute_hansen(rest * centred)


def _constant_slope_error(x: Floats, rest: Floats, window: int) -> Floats:
    """The error of the slope of every window by the residuals of one slope for all rates, (k,).

    It is the same in every draw, because a draw changes the signs of these residuals alone.
    """
    view = np.lib.stride_tricks.sliding_window_view
    xs, es = view(x, window), view(rest, window)
    xs = xs - xs.mean(axis=1, keepdims=True)
    sxx = (xs**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(((xs * es) ** 2).sum(axis=1)) / sxx
    return np.where(np.isfinite(error), error, 0.0)


def _roll(x: Floats, y: Floats, window: int) -> dict[str, Floats]:
    """Slope, robust error (HC1) and ratio of the standard deviations of every window, (n-W+1,)."""
    view = np.lib.stride_tricks.sliding_window_view
    xs, ys = view(x, window), view(y, window)
    xs = xs - xs.mean(axis=1, keepdims=True)
    ys = ys - ys.mean(axis=1, keepdims=True)
    sxx, syy = (xs**2).sum(axis=1), (ys**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = (xs * ys).sum(axis=1) / sxx
        rest = ys - slope[:, None] * xs
        error = np.sqrt(((xs * rest) ** 2).sum(axis=1) * window / (window - 2)) / sxx
        ratio = np.sqrt(sxx / syy)
    return {"slope": slope, "se": np.where(np.isfinite(error), error, 0.0), "ratio": ratio}


def _draw_largest(x: Floats, drawn: Floats, window: int, error: Floats) -> Floats:
    """The largest deviation of draws (B, n) in units of the error of each window, (B,)."""
    centred = x - x.mean()
    whole = drawn @ centred / (centred @ centred)
    xy, sums = _window_sums(drawn * centred, window), _window_sums(drawn, window)
    x_sum = _window_sums(centred[None, :], window)[0]
    sxx = _window_sums(centred[None, :] ** 2, window)[0] - x_sum**2 / window
    usable = error > 0
    deviation = (xy - sums * x_sum / window)[:, usable] / sxx[usable] - whole[:, None]
    largest: Floats = np.max(np.abs(deviation) / error[usable], axis=1)
    return largest


def _window_sums(values: Floats, window: int) -> Floats:
    total = np.cumsum(values, axis=1)
    total = np.concatenate((np.zeros((len(values), 1)), total), axis=1)
    sums: Floats = total[:, window:] - total[:, :-window]
    return sums


# ---- samples


def split_samples(
    matched: MatchedDriver, request: DriverRequest
) -> tuple[tuple[DriverSampleRow, ...], tuple[DriverTest, ...]]:
    """The response in every sample, and the tests that it is the same in all and in neighbours.

    The first sample listed is the whole one. Differences that cross a boundary belong to no sample.
    """
    days = [*request.splits]
    if request.at_breaks:
        days += [method.day for method in matched.series.card.breaks]
    ends = _boundaries(matched.series, days)
    spans = list(zip([0, *ends], [*ends, len(matched)], strict=True))
    rows = [row for span in spans for row in _sample_rows(matched, slice(*span))]
    whole = _sample_rows(matched, slice(0, len(matched)), name=WHOLE_SAMPLE)
    if len(spans) == 1:
        return _adjust_samples(whole), ()
    return (*_adjust_samples(whole), *_adjust_samples(rows)), _adjust_tests(_equality_tests(rows))


def _adjust_samples(rows: Sequence[DriverSampleRow]) -> tuple[DriverSampleRow, ...]:
    """The rows with p corrected over them, and what would be found after the correction."""
    size = sum(row.se > 0 for row in rows)
    return tuple(
        replace(row, detectable=_detectable(row.se, row.n - REGRESSORS, size))
        for row in adjust_rows(rows, CORRECTION)
    )


def _adjust_tests(tests: Iterable[tuple[DriverTest, float]]) -> tuple[DriverTest, ...]:
    """Tests with p corrected over them; each comes with the error of the difference."""
    named, errors = zip(*tests, strict=True)
    size = sum(test.p_value >= 0 for test in named)
    return tuple(
        replace(test, detectable=_detectable(error, test.df_error, size))
        for test, error in zip(adjust_rows(named, CORRECTION), errors, strict=True)
    )


def _boundaries(series: RateSeries, days: Sequence[date]) -> list[int]:
    """The first rows of the samples after the first, ascending."""
    at = np.searchsorted(series.day, np.array(sorted(set(days)), dtype="datetime64[D]"))
    return sorted({row for row in at.tolist() if 0 < row < len(series)})


def _sample_rows(matched: MatchedDriver, rows: slice, name: str = "") -> list[DriverSampleRow]:
    series, shock = matched.series.part(rows), matched.shock[rows]
    since, until = series.day[0].item(), series.day[-1].item()
    sample = name or f"{since}..{until}"
    inside = [at - rows.start for at in matched.gaps if rows.start < at < rows.stop]
    empty = [
        DriverSampleRow(sample, since, until, h, 0, reason=REASON_FEW_IN_SAMPLE)
        for h in SPLIT_HORIZONS
    ]
    if len(series) < MIN_SAMPLE_ROWS + LAG_COUNT:
        return empty
    gaps = np.array(inside, dtype=np.int64)
    projection = project_shock(series, shock, matched.driver.id, gaps=gaps, horizons=SPLIT_HORIZONS)
    finite = shock[np.isfinite(shock)]
    spread = float(finite.std(ddof=1)) if len(finite) > 1 else float("nan")
    return [
        _sample_row(row, blank, spread)
        for row, blank in zip(_after_base(projection.rows), empty, strict=True)
    ]


def _after_base(rows: Sequence[ProjectionRow]) -> Iterator[ProjectionRow]:
    return (row for row in rows if row.horizon > BASE_HORIZON)


def _sample_row(row: ProjectionRow, blank: DriverSampleRow, spread: float) -> DriverSampleRow:
    if row.n < MIN_SAMPLE_ROWS:
        return replace(blank, n=row.n)
    return replace(
        blank,
        n=row.n,
        estimate=row.estimate,
        se=row.se_hc1,
        low=row.low,
        high=row.high,
        p_value=row.p_value,
        spread=spread,
        reason=row.reason,
    )


def _equality_tests(rows: Sequence[DriverSampleRow]) -> Iterator[tuple[DriverTest, float]]:
    """Every horizon over all samples, then every pair of neighbours, with `_equality_test`."""
    for horizon in SPLIT_HORIZONS:
        at = [row for row in rows if row.horizon == horizon]
        yield _equality_test(at, replace(EQUAL, horizon=horizon, sample=WHOLE_SAMPLE))
        if len(at) > 2:
            for before, after in pairwise(at):
                named = replace(CHOW, horizon=horizon, sample=after.since.isoformat())
                yield _equality_test([before, after], named)


EQUAL: Final = DriverTest(
    "equal_samples",
    deferred("the response is the same in every sample"),
    "Chow 1960; Wald test with HC1 errors",
    family="samples",
)
CHOW: Final = DriverTest(
    "chow",
    deferred("the response is the same before and after the day"),
    "Chow 1960; Wald test with HC1 errors",
    family="samples",
)


def _equality_test(rows: Sequence[DriverSampleRow], named: DriverTest) -> tuple[DriverTest, float]:
    """The test, and the error of the difference between two samples, NaN for more."""
    usable = [row for row in rows if row.se > 0]
    n = sum(row.n for row in usable)
    if len(usable) < 2 or (named.test == CHOW.test and len(usable) < len(rows)):
        return replace(named, n=n, reason=REASON_ONE_SAMPLE), float("nan")
    estimate = np.array([row.estimate for row in usable])
    variance = np.array([row.se for row in usable]) ** 2
    mean = float((estimate / variance).sum() / (1 / variance).sum())
    df = len(usable) - 1
    df_error = n - len(usable) * REGRESSORS
    statistic = float(((estimate - mean) ** 2 / variance).sum()) / df
    p = float(special.fdtrc(df, df_error, statistic))
    test = replace(named, n=n, statistic=statistic, df=df, df_error=df_error, p_value=p)
    return test, float(np.sqrt(variance.sum())) if df == 1 else float("nan")


def _detectable(error: float, df: int, size: int = 1) -> float:
    """The effect that a two-sided test finds in 80 % of cases, one of `size` tests at 5 %.

    About 2.8 errors for one test; several are corrected as Bonferroni does, Holm's first step.
    """
    if not (error > 0 and df > 0):
        return float("nan")
    beyond = float(special.stdtrit(df, 1 - SIGNIFICANCE_LEVEL / (2 * max(size, 1))))
    return (beyond + float(special.ndtri(POWER))) * error
