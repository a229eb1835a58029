"""GARCH(1,1): a constant mean whose error variance is forecast from the eve of the event window."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from dashboard.eventstudy.normal.base import EstimationSample, Prediction, residual_sd, zero_slopes
from dashboard.models.errors import InputError
from dashboard.models.messages import deferred
from dashboard.models.messages import translate as _
from dashboard.models.series import Floats

if TYPE_CHECKING:
    from arch.univariate.base import ARCHModelResult

MIN_RETURNS: Final = 250
START_VALUES: Final = ((0.05, 0.93), (0.10, 0.85), (0.15, 0.84), (0.20, 0.75), (0.30, 0.50))
"""Alpha and beta from which the likelihood is climbed again: from one start alone the optimiser
stops at a lower optimum on some processors (30 log-likelihood units below, measured)."""
MIN_IMPROVEMENT: Final = 1e-3
"""Log-likelihood units by which another start must be higher to replace the default one."""
MAX_PERSISTENCE: Final = 0.9999
"""Of alpha + beta. Above it a shock takes 6,931 rows to fade by half: no long run to speak of,
and the optimiser ends just below or just above 1, depending on the machine."""


class Garch:
    """E[R] = estimation mean; the error variance is forecast from the eve of the event window.

    omega, alpha and beta are fitted once on all returns of the series (package arch, normal
    likelihood, the best of six starts): a hundred rows are too few for them. The variance of
    the h-th event row is the h-step forecast made before the event window,
    `v + (a+b)^(h-1) (s1 - v)`, so that the event itself never widens its own range.
    """

    id = "garch"
    title = deferred("Constant mean, GARCH(1,1) errors")
    reference = "Bollerslev 1986, J. Econometrics 31; Savickas 2003, J. Financial Research 26"
    needs = "no factor"

    def predict(self, sample: EstimationSample) -> Prediction:
        """Predict the estimation mean; `1'V1` sums the forecast variances over sigma^2."""
        moments = sample.history.return_moments.over(sample.first, sample.last)
        usable, mean = moments.count, moments.means[0]
        sigma = residual_sd(moments.cross[0, 0], usable - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            ahead = np.cumsum(_forecast_variance(sample) / sigma[:, None] ** 2, axis=1)

        def factor(first: int, last: int) -> Floats:
            length = last - first + 1
            before = ahead[:, first - 1] if first else 0.0
            with np.errstate(divide="ignore", invalid="ignore"):
                return ahead[:, last] - before + length**2 / usable

        normal = np.broadcast_to(mean[:, None], sample.rows.shape)
        return Prediction(normal, sigma, usable, usable - 1, factor, mean, zero_slopes(sample))


def _forecast_variance(sample: EstimationSample) -> Floats:
    """Forecast variance of every event row, made on the eve of the event window, (N, L)."""
    returns = sample.history.returns
    omega, alpha, beta, next_variance = fit_garch(returns.tobytes())
    long_run, persistence = omega / (1 - alpha - beta), alpha + beta
    eve = np.clip(sample.rows[:, 0] - 1, 0, len(returns) - 1)
    steps = np.arange(sample.rows.shape[1])
    return long_run + persistence**steps * (next_variance[eve][:, None] - long_run)


@lru_cache(maxsize=8)
def fit_garch(raw: bytes) -> tuple[float, float, float, Floats]:
    """omega, alpha, beta and the variance expected after each row, in squared return units.

    Args:
        raw: the returns as bytes (hashable, so that one series is fitted once).

    Raises:
        InputError: for too few returns, or when the likelihood finds no stationary optimum.
    """
    returns = np.frombuffer(raw, dtype=np.float64)
    present = np.isfinite(returns)
    if present.sum() < MIN_RETURNS:
        msg = _(
            "needs {least} returns, the series has {count}",
            least=MIN_RETURNS,
            count=int(present.sum()),
        )
        raise InputError(msg, field="model", value="garch")
    # The optimiser works on unit variance, so that the unit of the returns changes nothing.
    spread = float(returns[present].std())
    if spread == 0:
        msg = _("the series does not vary; use the model none")
        raise InputError(msg, field="model", value="garch")
    result = _fit_from_starts(returns[present] / spread)
    parameters = result.params
    alpha, beta = float(parameters["alpha[1]"]), float(parameters["beta[1]"])
    if result.convergence_flag or alpha + beta > MAX_PERSISTENCE:
        msg = _("no stationary GARCH(1,1) fits this series; use the model mean")
        raise InputError(msg, field="model", value="garch")
    omega = float(parameters["omega"]) * spread**2
    residual = returns[present] - float(parameters["mu"]) * spread
    variance = (result.conditional_volatility * spread) ** 2
    following = omega + alpha * residual**2 + beta * variance
    return omega, alpha, beta, following[np.maximum(np.cumsum(present) - 1, 0)]


def _fit_from_starts(standardised: Floats) -> ARCHModelResult:
    """Highest optimum of the normal likelihood over the default start and `START_VALUES`.

    Args:
        standardised: (N,) returns of unit variance.
    """
    from arch import arch_model

    model = arch_model(standardised, mean="Constant", vol="GARCH", p=1, q=1)
    mean, variance = standardised.mean(), standardised.var()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        best = model.fit(disp="off", show_warning=False)
        for alpha, beta in START_VALUES:
            start = np.array([mean, variance * (1 - alpha - beta), alpha, beta])
            other = model.fit(disp="off", show_warning=False, starting_values=start)
            if other.loglikelihood > best.loglikelihood + MIN_IMPROVEMENT:
                best = other
    return best
