"""Simulated coverage of local projections, written by benchmarks/projections.py."""

from __future__ import annotations

from typing import Final

PROJECTION_RUNS: Final = 1000

# By group, returns and whether there is an effect: the share of runs in which the
# interval (mean of horizons 0 to 20) and the whole band hold the response, and the
# share in which the test before the event rejects at 5 %.
PROJECTION_COVERAGE: Final[dict[tuple[str, str, bool], tuple[float, float, float]]] = {
    ("nato_remark", "iid", False): (0.9194, 0.9040, 0.0830),
    ("nato_remark", "iid", True): (0.9363, 0.9390, 0.0690),
    ("nato_remark", "garch", False): (0.9221, 0.9190, 0.0630),
    ("nato_remark", "garch", True): (0.9363, 0.9300, 0.0820),
    ("nato_remark", "local", False): (0.9439, 0.9390, 0.0510),
    ("nato_remark", "local", True): (0.9605, 0.9720, 0.0600),
    ("monetary_policy", "iid", False): (0.9663, 0.9580, 0.0460),
    ("monetary_policy", "iid", True): (0.9658, 0.9550, 0.0580),
    ("monetary_policy", "garch", False): (0.9660, 0.9620, 0.0450),
    ("monetary_policy", "garch", True): (0.9685, 0.9670, 0.0430),
    ("monetary_policy", "local", False): (0.9707, 0.9750, 0.0340),
    ("monetary_policy", "local", True): (0.9701, 0.9710, 0.0500),
    ("all", "iid", False): (0.9180, 0.8970, 0.0800),
    ("all", "iid", True): (0.9717, 0.9710, 0.1060),
    ("all", "garch", False): (0.9204, 0.9110, 0.0650),
    ("all", "garch", True): (0.9735, 0.9810, 0.1220),
    ("all", "local", False): (0.8995, 0.8820, 0.0920),
    ("all", "local", True): (0.9239, 0.9090, 0.1180),
}
