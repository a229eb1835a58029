"""Arrays that several tests of one study need, made once and then returned again."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

Made = TypeVar("Made")


def once(owner: object, key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gives, made for the first caller and stored with its owner.

    Args:
        owner: the pooled events or the sample whose data `make` depends on; freed with it.
        key: names the value among those of the owner.
        make: computes the value.
    """
    stored: dict[Hashable, Made] = owner.__dict__.setdefault("_made_once", {})
    if key not in stored:
        stored[key] = make()
    return stored[key]
