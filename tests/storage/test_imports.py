"""Imports on SQLite."""

from tests.storage.imports_form import ImportForm
from tests.storage.sqlite_file import file, soundness, url

__all__ = ["file", "soundness", "url"]


class TestImports(ImportForm):
    pass
