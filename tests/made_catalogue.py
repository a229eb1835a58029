"""Catalogues of messages made for a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog

from dashboard.models import messages
from tools.update_messages import compile_catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    Text = str | tuple[str, ...]


def write_catalogue(
    folder: Path,
    language: str,
    translations: Mapping[Text, Text],
    monkeypatch: pytest.MonkeyPatch,
    contexts: Mapping[str, Mapping[Text, Text]] | None = None,
) -> None:
    """Compile translations into a folder and make it the folder of all catalogues.

    `contexts` holds the translations of messages that have a context, by context.
    """
    if language:
        catalogue = Catalog(locale=language, fuzzy=False)
        for context, texts in {None: translations, **(contexts or {})}.items():
            for text, translation in texts.items():
                catalogue.add(text, translation, context=context)
        path = folder / language / "LC_MESSAGES" / f"{messages.DOMAIN}.mo"
        path.parent.mkdir(parents=True)
        path.write_bytes(compile_catalogue(catalogue))
    use_catalogues(folder, monkeypatch)


def use_catalogues(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the catalogues of a folder instead of those of the package, until the test ends."""
    from functools import cache

    folder.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(messages, "_catalogue_folder", lambda: folder)
    for name in ("_catalogue_files", "_load_catalogue", "_number_signs"):
        monkeypatch.setattr(messages, name, cache(getattr(messages, name).__wrapped__))
