"""Corrado rank: the ranks of the event days within the estimation window."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.numerics import average_ranks, cached_on
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, normal_outcome
from dashboard.models.messages import deferred
from dashboard.models.series import Floats


class CorradoRank:
    """`U = rank/(1+n_i) - 1/2` over estimation and event rows, average ties; N(0,1).

    One day: `Z_t = [N_t^-1/2 sum U_it] / S` (Corrado & Zivney 1992); a longer window:
    `sqrt(L) mean(Ubar_t) / sqrt(mean Ubar_t^2)` over all rows (Cowan 1992).
    """

    id = "corrado_rank"
    title = "Corrado rank"
    null_hypothesis = deferred("event days rank like other days")
    reference = "Corrado 1989, JFE 23; Corrado & Zivney 1992, JFQA 27; Cowan 1992, RQFA 2"
    assumptions = deferred("assumes independent days; no assumption on the shape of returns")
    needs = deferred("an event whose returns are not all the same")

    def apply(self, sample: GroupSample) -> Outcome:
        """Standard normal."""
        pooled, history = sample.pooled, sample.residuals.shape[1]
        every = cached_on(
            pooled,
            "corrado",
            lambda: _compute_rank_scores(np.hstack((pooled.residuals, pooled.ar))),
        )
        u = every[sample.member]
        start = pooled.request.window[0]
        z = np.full(len(pooled.windows), np.nan)
        for windows, events in sample.tested:
            day, longer = _standardise_columns(u[events])
            for w in windows.tolist():
                first, last = pooled.windows[w]
                columns = slice(history + first - start, history + last - start + 1)
                one_day = first == last
                value = day[columns][0] if one_day else longer[columns].mean()
                z[w] = value * np.sqrt(last - first + 1)
        return normal_outcome(z, sample.counts, (sample.counts >= 1, f"needs {self.needs}"))


def _compute_rank_scores(values: Floats) -> Floats:
    """`U = rank / (1 + n_i) - 1/2` in every row, (n, M + L)."""
    n = np.isfinite(values).sum(axis=1, keepdims=True)
    scores: Floats = average_ranks(values) / (1.0 + n) - 0.5
    return scores


def _standardise_columns(u: Floats) -> tuple[Floats, Floats]:
    """Each column as a one-day statistic, and its mean over the root mean square of means."""
    present = np.isfinite(u)
    count = present.sum(axis=0)
    total = np.where(present, u, 0.0).sum(axis=0)
    used = max(int((count > 0).sum()), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled, average = total / np.sqrt(count), total / count
        day = scaled / np.sqrt(np.nansum(scaled**2) / used)
        return day, average / np.sqrt(np.nansum(average**2) / used)
