"""Signed ranks of clusters: the declared test of a group."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.clusters import compute_cluster_scores, signed_rank_test
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, build_outcome
from dashboard.models.messages import deferred
from dashboard.models.study import MIN_CLUSTERS


class ClusterRank:
    """Wilcoxon's signed ranks of the cluster sums of rank scores.

    Chosen by simulation before any real group was studied: of the tests that keep their size
    where volatility drifts and where event days are merely volatile, the most powerful one
    (`benchmarks/headline_choice.py`).
    """

    id = "cluster_rank"
    title = deferred("Signed ranks of clusters")
    null_hypothesis = deferred("the rank scores of clusters of events are symmetric around 0")
    reference = (
        "Wilcoxon 1945, Biometrics Bulletin 1; Corrado & Zivney 1992, JFQA 27 (rank scores);"
        " Canay, Romano & Shaikh 2017, Econometrica 85 (signs of clusters)"
    )
    assumptions = deferred(
        "survives events near each other, drifting volatility and volatile event days; "
        "assumes clusters whose signs are independent"
    )
    needs = deferred("at least {least} clusters of events", least=MIN_CLUSTERS)

    def apply(self, sample: GroupSample) -> Outcome:
        """Two-sided; the statistic is the standardised rank sum, N the number of clusters."""
        scores = compute_cluster_scores(sample)
        sums = scores.window_sums()
        z, p, _ = signed_rank_test(sums.T)
        formed = np.isfinite(sums).sum(axis=0)
        rates = np.isfinite(scores.car).sum(axis=0)
        note = [
            deferred(
                "{events} events on {rates} rates, {clusters} clusters",
                events=events,
                rates=rate,
                clusters=clusters,
            )
            for events, rate, clusters in zip(
                sample.counts.tolist(), rates.tolist(), formed.tolist(), strict=True
            )
        ]
        reason = [
            deferred(
                "needs at least {least} clusters of events, the events form {count}",
                least=MIN_CLUSTERS,
                count=count,
            )
            for count in formed.tolist()
        ]
        return build_outcome(z, p, formed, (formed >= MIN_CLUSTERS, reason), note=note)
