"""Cluster t: events whose windows overlap count as one observation."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.clusters import cluster_means, label_clusters
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, mean_t_statistic, t_outcome


class ClusterT:
    """t of the cluster means, (clusters - 1) degrees of freedom."""

    id = "cluster_t"
    title = "Cluster-robust t"
    null_hypothesis = "the mean CAR of clusters of events is 0"
    reference = "Ibragimov & Muller 2010, J. Business & Economic Statistics 28"
    assumptions = "survives events near each other; assumes independent clusters"
    needs = "at least 2 clusters that differ"

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t; N is the number of clusters."""
        width = len(sample.pooled.windows)
        t, n = np.full(width, np.nan), np.zeros(width, dtype=np.int64)
        for windows, events in sample.tested:
            label = label_clusters(sample, events)
            means = cluster_means(sample.car[np.ix_(events, windows)], label)
            t[windows], n[windows] = mean_t_statistic(means)
        formed = n.tolist()
        reason = [f"needs {self.needs}, the events form {k}" for k in formed]
        note = [
            f"{events} events in {k} clusters"
            for events, k in zip(sample.counts.tolist(), formed, strict=True)
        ]
        return t_outcome(t, n - 1, n, (n >= 2, reason), note)
