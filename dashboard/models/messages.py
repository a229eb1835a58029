"""The catalogue of messages: sentences for people, in the language in use.

A message is a whole sentence, label or heading with named placeholders. Its English text is its
identifier, so that English needs no catalogue and costs one `str.format`. Another language is a
gettext catalogue `dashboard/locale/<language>/LC_MESSAGES/dashboard.po`; `python -m
tools.update_messages` writes the template `dashboard/locale/dashboard.pot` from the code and
compiles the translations into the `.mo` files that are read here.
"""

from __future__ import annotations

import gettext
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Final

from dashboard.models.errors import InputError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

DOMAIN: Final = "dashboard"
ENGLISH: Final = "en"

_UNTRANSLATED: Final = gettext.NullTranslations()
_chosen: Final[ContextVar[str | None]] = ContextVar("language", default=None)


class _Process:
    """The language of a thread or request for which none was chosen."""

    language = ENGLISH


# ---------------------------------------------------------------- messages


def translate(message: str, /, **values: object) -> str:
    """A message in the language in use.

    Args:
        message: the English text, a literal, so that it is found in the code.
        **values: the values of its placeholders; without any, braces stand for themselves.
    """
    text = _catalogue().gettext(message)
    return text.format(**values) if values else text


def plural(one: str, many: str, /, n: int, **values: object) -> str:
    """A message that depends on a number, in the language in use.

    Args:
        one: the English text for 1, a literal.
        many: the English text for every other number, a literal.
        n: the number; the placeholder `{n}` is its decimal digits.
        **values: the values of the other placeholders.
    """
    return _catalogue().ngettext(one, many, n).format(n=n, **values)


def deferred(message: str, /) -> str:
    """A message of a constant, unchanged; `translate_deferred` translates it where it is shown."""
    return message


def translate_deferred(message: str, /, **values: object) -> str:
    """A message that was marked with `deferred`, in the language in use; empty stays empty."""
    return translate(message, **values) if message else ""


# ---------------------------------------------------------------- language in use


def current_language() -> str:
    """The language in use in this context, as `en`."""
    return _chosen.get() or _Process.language


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Show messages in a language inside this context, as one request or one run of a page.

    Raises:
        InputError: there is no catalogue of the language.
    """
    token = _chosen.set(_known(language))
    try:
        yield
    finally:
        _chosen.reset(token)


def set_default_language(language: str) -> None:
    """Show messages in a language wherever no other one was chosen, in every thread.

    Raises:
        InputError: there is no catalogue of the language.
    """
    _Process.language = _known(language)


def available_languages() -> tuple[str, ...]:
    """The languages that have messages: English first, then those with a compiled catalogue."""
    return (ENGLISH, *sorted(_catalogue_files()))


def choose_language(wanted: Iterable[str]) -> str | None:
    """The first of the wanted languages that there is, or None.

    Args:
        wanted: language tags, the best first, as `pt-BR`; a tag without a catalogue of its own
            is answered by its language, as `pt`.
    """
    available = {language.lower(): language for language in available_languages()}
    for tag in wanted:
        name = tag.strip().lower().replace("-", "_")
        language = available.get(name) or available.get(name.partition("_")[0])
        if language is not None:
            return language
    return None


def _known(language: str) -> str:
    chosen = choose_language([language])
    if chosen is None:
        message = translate(
            "there are no messages in this language; choose one of {languages}",
            languages=", ".join(available_languages()),
        )
        raise InputError(message, field="language", value=language)
    return chosen


# ---------------------------------------------------------------- catalogues


def _catalogue() -> gettext.NullTranslations:
    language = current_language()
    return _UNTRANSLATED if language == ENGLISH else _load_catalogue(language)


@cache
def _load_catalogue(language: str) -> gettext.NullTranslations:
    with _catalogue_files()[language].open("rb") as file:
        return gettext.GNUTranslations(file)


@cache
def _catalogue_files() -> dict[str, Traversable]:
    """The compiled catalogue of every language."""
    files = {
        entry.name: entry / "LC_MESSAGES" / f"{DOMAIN}.mo"
        for entry in _catalogue_folder().iterdir()
        if entry.is_dir()
    }
    return {language: file for language, file in files.items() if file.is_file()}


def _catalogue_folder() -> Traversable:
    from importlib import resources

    return resources.files("dashboard") / "locale"
