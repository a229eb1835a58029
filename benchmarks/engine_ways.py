"""Other ways to the same CARs: bare numpy, a notebook's loop, and two packages of PyPI.

Each takes the returns, those of the market and the rows of the events, and answers CAR and t.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

DAYS, ESTIMATION, WINDOW = 5_000, 250, (-10, 10)
FIRST_DAY = np.datetime64("2000-01-01", "D")

Answer = tuple[np.ndarray, np.ndarray]
Way = Callable[[np.ndarray, np.ndarray, np.ndarray], Answer]


def arrays(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Seeded returns, market returns and event rows; the same for every way."""
    random = np.random.default_rng(20_260_901)
    market = random.standard_t(4, DAYS) * 0.008
    returns = 0.4 * market + random.standard_t(4, DAYS) * 0.006
    returns[0] = market[0] = np.nan
    rows = random.integers(ESTIMATION + 20, DAYS - 20, count)
    return returns, market, np.sort(rows).astype(np.int64)


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


class EventstudyPackage:
    """The package `eventstudy`: returns imported from a CSV once, then a `Single` an event.

    Its variance is that of the estimation residuals times the length of the window, without
    the error of the forecast, so that its CAR is ours and its t is not.
    """

    name = "eventstudy (PyPI)"
    module = "eventstudy"

    def __init__(self, returns: np.ndarray, market: np.ndarray) -> None:
        """Import the returns, which is not measured."""
        self._single: Any = importlib.import_module(self.module).Single
        self._days = FIRST_DAY + np.arange(len(returns))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "returns.csv"
            rows = zip(self._days.tolist(), returns.tolist(), market.tolist(), strict=True)
            lines = [f"{day},{own!r},{other!r}" for day, own, other in rows]
            path.write_text("date,own,market\n" + "\n".join(lines[1:]) + "\n", encoding="utf-8")
            self._single.import_returns(str(path))

    def __call__(self, returns: np.ndarray, market: np.ndarray, anchor: np.ndarray) -> Answer:  # noqa: ARG002
        """CAR and t of every event."""
        found = [
            self._single.market_model(
                "own",
                "market",
                self._days[row],
                event_window=WINDOW,
                estimation_size=ESTIMATION,
                buffer_size=0,
            )
            for row in anchor
        ]
        return np.array([one.CAR[-1] for one in found]), np.array([one.tstat[-1] for one in found])


class EasyEsPackage:
    """The package `easy-es`: one data frame of events, joined with returns and factors.

    It drops events of the same day, and its t is that of the diagonal variance as well. Given
    dates as `datetime64` it fails with pandas 3 (it assigns dates into that column), hence
    objects. `n_cores=1`, as every other way has one core.
    """

    name = "easy-es (PyPI)"
    module = "easy_es"

    def __init__(self, returns: np.ndarray, market: np.ndarray) -> None:
        """Hand over returns and the factor, which is not measured."""
        import pandas as pd

        self._days = FIRST_DAY + np.arange(len(returns))
        dates = np.array(self._days.tolist(), dtype=object)
        self._study: Any = importlib.import_module(self.module).EventStudy(
            estimation_days=ESTIMATION,
            gap_days=0,
            window_before=-WINDOW[0],
            window_after=WINDOW[1],
            n_cores=1,
        )
        own = {"Date": dates[1:], "ticker": "own", "Ret": returns[1:], "Volume": 1.0}
        self._study.add_returns(ret_df=pd.DataFrame(own))
        self._study.add_factors(pd.DataFrame({"Date": dates[1:], "Mkt-RF": market[1:]}))

    def __call__(self, returns: np.ndarray, market: np.ndarray, anchor: np.ndarray) -> Answer:  # noqa: ARG002
        """CAR and t of every event."""
        import pandas as pd

        days = self._days[anchor].tolist()
        found = self._study.run_study(pd.DataFrame({"ticker": "own", "event_date": days}))
        last = found[found["Offset"] == WINDOW[1]].sort_values("event_id")
        return last["car"].to_numpy(), last["scar"].to_numpy()


PACKAGES = (EventstudyPackage, EasyEsPackage)


def packages(returns: np.ndarray, market: np.ndarray) -> tuple[dict[str, Way], list[str]]:
    """The packages that can be called here, and a line for each that cannot."""
    ways: dict[str, Way] = {}
    lines = []
    for package in PACKAGES:
        try:
            ways[package.name] = package(returns, market)
        except ImportError as error:
            lines.append(f"{package.name}: not installed ({error}); see docs/benchmark.md")
        except Exception as error:
            sys.modules.pop(package.module, None)
            lines.append(f"{package.name}: installed, but fails ({type(error).__name__}: {error})")
    return ways, lines
