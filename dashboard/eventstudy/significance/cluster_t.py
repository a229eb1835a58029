"""Cluster t: events whose windows overlap count as one observation."""

from __future__ import annotations

import numpy as np

from dashboard.eventstudy.clusters import cluster_means, label_clusters
from dashboard.eventstudy.samples import GroupSample
from dashboard.eventstudy.significance.base import Outcome, mean_t_statistic, t_outcome
from dashboard.models.messages import deferred


class ClusterT:
    """t of the cluster means, (clusters - 1) degrees of freedom."""

    id = "cluster_t"
    title = "Cluster-robust t"
    null_hypothesis = deferred("the mean CAR of clusters of events is 0")
    reference = "Ibragimov & Muller 2010, J. Business & Economic Statistics 28"
    assumptions = deferred("survives events near each other; assumes independent clusters")
    needs = deferred("at least 2 clusters that differ")

    def apply(self, sample: GroupSample) -> Outcome:
        """Student t; N is the number of clusters."""
        width = len(sample.pooled.windows)
        t, n = np.full(width, np.nan), np.zeros(width, dtype=np.int64)
        for windows, events in sample.tested:
            label = label_clusters(sample, events)
            means = cluster_means(sample.car[np.ix_(events, windows)], label)
            t[windows], n[windows] = mean_t_statistic(means)
        formed = n.tolist()
        reason = [
            deferred("needs at least 2 clusters that differ, the events form {count}", count=k)
            for k in formed
        ]
        note = [
            deferred("{events} events in {clusters} clusters", events=events, clusters=k)
            for events, k in zip(sample.counts.tolist(), formed, strict=True)
        ]
        return t_outcome(t, n - 1, n, (n >= 2, reason), note)
