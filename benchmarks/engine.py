"""How fast the engine is: events per second against other ways, on the same arrays, in one run.

Work for every way: market model, 250-row estimation, 21-row window, CAR and its t, for 100,
1,000 and 10,000 events on 5,000 days. Run: `python benchmarks/engine.py`.
The packages `eventstudy` and `easy-es` are measured where they are installed.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.domain.study import StudyRequest
from dashboard.engine.abnormal import abnormal_returns, standardise
from dashboard.engine.history import History
from dashboard.engine.normal.market import MarketModel

DAYS, ESTIMATION, WINDOW = 5_000, 250, (-10, 10)
REPEATS = 21
GOAL_NUMPY, GOAL_PACKAGE = 1.5, 1_000

Answer = tuple[np.ndarray, np.ndarray]
Way = Callable[[np.ndarray, np.ndarray, np.ndarray], Answer]


def engine(returns: np.ndarray, market: np.ndarray, anchor: np.ndarray) -> Answer:
    """The product's own engine, from raw arrays to CAR and t."""
    request = StudyRequest(
        model="market", window=WINDOW, cars=(WINDOW,), estimation=ESTIMATION, gap=0
    )
    found = abnormal_returns(History(returns, market[:, None]), anchor, request, MarketModel())
    car, se = found.car(WINDOW)
    return car, standardise(car, se)


def bare_numpy(returns: np.ndarray, market: np.ndarray, anchor: np.ndarray) -> Answer:
    """Prefix sums and nothing else: no missing rows, no guards, one factor."""

    def prefix(values: np.ndarray) -> np.ndarray:
        return np.concatenate(([0.0], np.cumsum(values)))

    y, x = returns.copy(), market.copy()
    y[0] = x[0] = 0.0
    sy, sx, syy, sxx, sxy = (prefix(v) for v in (y, x, y * y, x * x, x * y))
    last = anchor + WINDOW[0]
    first, m = last - ESTIMATION, ESTIMATION
    my, mx = (sy[last] - sy[first]) / m, (sx[last] - sx[first]) / m
    vxx = sxx[last] - sxx[first] - m * mx * mx
    vxy = sxy[last] - sxy[first] - m * mx * my
    vyy = syy[last] - syy[first] - m * my * my
    beta = vxy / vxx
    sigma2 = (vyy - beta * vxy) / (m - 2)
    rows = anchor[:, None] + np.arange(WINDOW[0], WINDOW[1] + 1)
    event_market = x[rows]
    ar = y[rows] - (my - beta * mx)[:, None] - beta[:, None] * event_market
    car = ar.sum(axis=1)
    length = rows.shape[1]
    gap = event_market.sum(axis=1) - length * mx
    return car, car / np.sqrt(sigma2 * (length + length**2 / m + gap**2 / vxx))


def notebook(returns: np.ndarray, market: np.ndarray, anchor: np.ndarray) -> Answer:
    """What a user writes: a pandas frame, a statsmodels regression an event."""
    import pandas as pd
    import statsmodels.api as sm

    frame = pd.DataFrame({"r": returns, "m": market})
    cars, ts = [], []
    for row in anchor:
        past = frame.iloc[row + WINDOW[0] - ESTIMATION : row + WINDOW[0]]
        now = frame.iloc[row + WINDOW[0] : row + WINDOW[1] + 1]
        design = sm.add_constant(past["m"])
        fit = sm.OLS(past["r"], design).fit()
        ahead = np.column_stack((np.ones(len(now)), now["m"]))
        car = float((now["r"] - ahead @ fit.params.to_numpy()).sum())
        total = ahead.sum(axis=0)
        variance = fit.mse_resid * len(now) + total @ fit.cov_params().to_numpy() @ total
        cars.append(car)
        ts.append(car / np.sqrt(variance))
    return np.array(cars), np.array(ts)


def eventstudy_package(returns: np.ndarray, market: np.ndarray, anchor: np.ndarray) -> Answer:
    """The PyPI package eventstudy, one `Single` an event from arrays of the same returns."""
    from eventstudy.models import market_model

    cars, ts = [], []
    for row in anchor:
        begin, end = row + WINDOW[0] - ESTIMATION, row + WINDOW[1] + 1
        found = market_model(
            returns[begin:end],
            market[begin:end],
            estimation_size=ESTIMATION,
            event_window_size=end - begin - ESTIMATION,
        )
        residuals, variance = np.asarray(found[0]), np.asarray(found[2])
        car = float(residuals.sum())
        cars.append(car)
        ts.append(car / float(np.sqrt(variance.sum())))
    return np.array(cars), np.array(ts)


def timed(ways: dict[str, Way], arrays: tuple[np.ndarray, ...], repeats: int) -> dict[str, float]:
    """Median seconds of one call of each way; they take turns, so that all meet the same load."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            start = time.perf_counter()
            way(*arrays)
            seconds[name].append(time.perf_counter() - start)
    return {name: float(np.median(values)) for name, values in seconds.items()}


def arrays(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seeded returns, market returns and event rows; the same for every way."""
    random = np.random.default_rng(20_260_901)
    market = random.standard_t(4, DAYS) * 0.008
    returns = 0.4 * market + random.standard_t(4, DAYS) * 0.006
    returns[0] = market[0] = np.nan
    rows = random.integers(ESTIMATION + 20, DAYS - 20, count)
    return returns, market, np.sort(rows).astype(np.int64)


def main() -> None:
    """Print one table, then whether the goals hold."""
    small = arrays(100)
    ours, bare = engine(*small), bare_numpy(*small)
    np.testing.assert_allclose(ours[0], bare[0], rtol=1e-9)
    np.testing.assert_allclose(ours[1], bare[1], rtol=1e-9)
    slow: dict[str, Way] = {"pandas + statsmodels loop": notebook}
    if importlib.util.find_spec("eventstudy"):
        slow["eventstudy (PyPI)"] = eventstudy_package
    print(f"{'events':>8} {'way':<28} {'events/s':>14} {'against the engine':>20}")
    for count in (100, 1_000, 10_000):
        data = arrays(count)
        fast: dict[str, Way] = {"this engine": engine, "bare numpy prefix sums": bare_numpy}
        seconds = timed(fast, data, REPEATS)
        part = (data[0], data[1], data[2][:100])
        seconds |= {name: value * count / 100 for name, value in timed(slow, part, 1).items()}
        base = seconds["this engine"]
        for name, value in seconds.items():
            print(f"{count:>8} {name:<28} {count / value:>14,.0f} {value / base:>19.2f}x")
        if count == 10_000:
            ratio = base / seconds["bare numpy prefix sums"]
            print(
                f"engine / bare numpy: {ratio:.2f}x (goal <= {GOAL_NUMPY}x:"
                f" {'holds' if ratio <= GOAL_NUMPY else 'MISSED'})"
            )
            best = min(value for name, value in seconds.items() if name in slow)
            print(
                f"best other Python way / engine: {best / base:,.0f}x (goal >= {GOAL_PACKAGE}x:"
                f" {'holds' if best / base >= GOAL_PACKAGE else 'MISSED'})"
            )


if __name__ == "__main__":
    main()
