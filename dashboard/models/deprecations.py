"""What is deprecated in the Python interface: one table, a warning, and what replaces a name."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.models.messages import translate as _


@dataclass(frozen=True, slots=True)
class Deprecation:
    """A name that goes away.

    Attributes:
        name: of the Python interface, as it was.
        since: the release that deprecated it.
        removed_in: the release that removes it, a minor one or more later.
        instead: the name that replaces it.
    """

    name: str
    since: str
    removed_in: str
    instead: str

    @property
    def message(self) -> str:
        """The text of the warning."""
        return _(
            "dashboard.{name} is deprecated since {since} and removed in {removed_in}; use"
            " dashboard.{instead}",
            name=self.name,
            since=self.since,
            removed_in=self.removed_in,
            instead=self.instead,
        )


DEPRECATIONS: Final[Sequence[Deprecation]] = ()
"""Every deprecated name; docs/reference/stability.md shows the same table."""


def resolve_name(name: str, table: Sequence[Deprecation] = DEPRECATIONS) -> str:
    """The name that is meant; a deprecated one warns where it is used.

    Args:
        name: of the Python interface.
        table: the deprecated names.
    """
    for entry in table:
        if entry.name == name:
            # Through `dashboard.__getattr__` to the line that uses the name.
            warnings.warn(entry.message, DeprecationWarning, stacklevel=3)
            return entry.instead
    return name
