"""Rouble Reaction: what the news did to the exchange rate of the rouble."""

from __future__ import annotations

from pathlib import Path

__version__ = "0.1.0"


def shipped_path(name: str) -> Path:
    """Path of a file or folder that ships with the program, such as `data`.

    An installed package holds it inside; in a clone it lies next to the package.
    """
    package = Path(__file__).resolve().parent
    installed = package / name
    return installed if installed.exists() else package.parent / name
