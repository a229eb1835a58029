"""Coverage of local projections by simulation; made by benchmarks/projections.py."""

from __future__ import annotations

from typing import Final

RUNS: Final = 1000

# By group, returns and whether there is an effect: the share of runs in which the
# interval (mean of horizons 0 to 20) and the whole band hold the response, and the
# share in which the test before the event rejects at 5 %.
COVERAGE: Final[dict[tuple[str, str, bool], tuple[float, float, float]]] = {
    ("nato_remark", "iid", False): (0.9282, 0.9090, 0.0760),
    ("nato_remark", "iid", True): (0.9464, 0.9260, 0.0560),
    ("nato_remark", "garch", False): (0.9360, 0.9270, 0.0680),
    ("nato_remark", "garch", True): (0.9353, 0.9150, 0.0590),
    ("nato_remark", "local", False): (0.9517, 0.9510, 0.0260),
    ("nato_remark", "local", True): (0.9513, 0.9450, 0.0330),
    ("monetary_policy", "iid", False): (0.9656, 0.9580, 0.0500),
    ("monetary_policy", "iid", True): (0.9675, 0.9540, 0.0610),
    ("monetary_policy", "garch", False): (0.9680, 0.9630, 0.0460),
    ("monetary_policy", "garch", True): (0.9697, 0.9690, 0.0440),
    ("monetary_policy", "local", False): (0.9729, 0.9780, 0.0340),
    ("monetary_policy", "local", True): (0.9707, 0.9690, 0.0420),
    ("all", "iid", False): (0.9217, 0.9130, 0.0610),
    ("all", "iid", True): (0.9516, 0.9490, 0.0980),
    ("all", "garch", False): (0.9254, 0.9070, 0.0630),
    ("all", "garch", True): (0.9572, 0.9550, 0.0780),
    ("all", "local", False): (0.8881, 0.8570, 0.0720),
    ("all", "local", True): (0.9008, 0.8740, 0.0810),
}
