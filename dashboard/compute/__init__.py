"""Registry of the compute backends: one file a backend, one line here."""

from __future__ import annotations

from typing import Final

from dashboard.compute.base import ComputeBackend
from dashboard.compute.local import LocalBackend

COMPUTE_BACKENDS: Final[tuple[type[ComputeBackend], ...]] = (LocalBackend,)
