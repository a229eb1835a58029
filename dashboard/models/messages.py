"""The catalogue of messages: sentences for people, in the language in use.

A message is a whole sentence, label or heading with named placeholders. Its English text is its
identifier, so that English needs no catalogue and costs one `str.format`. Another language is a
gettext catalogue `dashboard/locale/<language>/LC_MESSAGES/dashboard.po`; `python -m
tools.update_messages` writes the template `dashboard/locale/dashboard.pot` from the code and
compiles the translations into the `.mo` files that are read here.
"""

from __future__ import annotations

import gettext
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, reduce
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, ParamSpec, TypeVar

from dashboard.models.errors import InputError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

P = ParamSpec("P")
T = TypeVar("T")

DOMAIN: Final = "dashboard"
ENGLISH: Final = "en"

_UNTRANSLATED: Final = gettext.NullTranslations()
_chosen: Final[ContextVar[str | None]] = ContextVar("language", default=None)


class _Process:
    """The language of a thread or request for which none was chosen."""

    language = ENGLISH
    sources: ClassVar[list[Callable[[], str | None]]] = []


# ---------------------------------------------------------------- messages


def translate(message: str, /, **values: object) -> str:
    """A message in the language in use.

    Args:
        message: the English text, a literal, so that it is found in the code.
        **values: the values of its placeholders; without any, braces stand for themselves.
    """
    text = _catalogue().gettext(message)
    return _format(text, values) if values else text


def plural(one: str, many: str, /, n: int, **values: object) -> str:
    """A message that depends on a number, in the language in use.

    Args:
        one: the English text for 1, a literal.
        many: the English text for every other number, a literal.
        n: the number; the placeholder `{n}` is its decimal digits.
        **values: the values of the other placeholders.
    """
    return _format(_catalogue().ngettext(one, many, n), {"n": n, **values})


def translate_in_context(context: str, message: str, /, **values: object) -> str:
    """A message whose English text has several meanings or cases, in the language in use.

    Args:
        context: what tells the meaning or the place in a sentence, a literal; English has the
            same text in every context.
        message: the English text, a literal.
        **values: the values of its placeholders.
    """
    text = _catalogue().pgettext(context, message)
    return _format(text, values) if values else text


class DeferredMessage(str):
    """English text that can still be translated: it remembers its message and its values.

    Results keep it, so that they are the same in every language, as CSV and in a cache.
    """

    __slots__ = ("context", "message", "values")

    context: str
    message: str
    values: dict[str, object]


def deferred(message: str, /, **values: object) -> str:
    """A message of a constant or of a result, in English.

    `translate_deferred` translates it where it is shown.

    Args:
        message: the English text, a literal, so that it is found in the code.
        **values: the values of its placeholders; without any, they are given when it is shown.
    """
    return deferred_in_context("", message, **values)


def deferred_in_context(context: str, message: str, /, **values: object) -> str:
    """A message of a constant or of a result that has a context; see `translate_in_context`."""
    text = DeferredMessage(message.format(**values) if values else message)
    text.context, text.message, text.values = context, message, values
    return text


class PluralMessage(NamedTuple):
    """The texts of a constant that depends on a number, and their context or nothing."""

    context: str
    one: str
    many: str


def deferred_plural(one: str, many: str, /) -> PluralMessage:
    """A message of a constant that depends on a number; see `plural`.

    `translate_deferred_plural` translates it where it is shown.
    """
    return PluralMessage("", one, many)


def deferred_plural_in_context(context: str, one: str, many: str, /) -> PluralMessage:
    """The same with a context; see `translate_in_context`."""
    return PluralMessage(context, one, many)


def translate_deferred_plural(message: PluralMessage, /, n: int, **values: object) -> str:
    """A message that was marked with `deferred_plural`, in the language in use."""
    context, one, many = message
    if not context:
        return plural(one, many, n, **values)
    return _format(_catalogue().npgettext(context, one, many, n), {"n": n, **values})


def translate_deferred(message: str, /, **values: object) -> str:
    """A message that was marked with `deferred`, in the language in use; empty stays empty."""
    text, context = message, ""
    if isinstance(message, DeferredMessage):
        text, context, values = message.message, message.context, message.values | values
    values = {
        name: translate_deferred(value) if isinstance(value, DeferredMessage) else value
        for name, value in values.items()
    }
    if not text:
        return ""
    if context:
        return translate_in_context(context, text, **values)
    return translate(text, **values)


def join_clauses(*clauses: str) -> str:
    """Whole sentences as one, separated by semicolons; empty ones are left out."""
    return "; ".join(filter(None, clauses))


def join_and(items: Iterable[str]) -> str:
    """Names as `a`, `a and b`, `a, b and c`; empty without any."""
    *names, last = list(items) or [""]
    return translate("{names} and {last}", names=", ".join(names), last=last) if names else last


def join_or(items: Iterable[str]) -> str:
    """Names as `a`, `a or b`, `a or b or c`; empty without any."""
    return reduce(
        lambda names, last: translate("{names} or {last}", names=names, last=last),
        list(items) or [""],
    )


def at_place(place: str, message: str) -> str:
    """A message with the place it is about, as a file and a row."""
    return translate("{place}: {message}", place=place, message=message)


# ---------------------------------------------------------------- numbers

# Translators: write this number as your language does; its two signs are used in every number.
_SAMPLE_NUMBER: Final = deferred("1,234.5")


def localize_number(text: str) -> str:
    """A number with the signs of the language in use: `1,234.5`, in Russian `1 234,5`.

    Args:
        text: digits with commas between thousands and a decimal point, as `format` writes them.
    """
    language = current_language()
    return text if language == ENGLISH else text.translate(_number_signs(language))


def number_signs() -> tuple[str, str]:
    """The sign between thousands and the decimal sign of the language in use."""
    sample = translate(_SAMPLE_NUMBER)
    return sample[1], sample[-2]


@cache
def _number_signs(language: str) -> dict[int, str]:
    with use_language(language):
        thousands, decimal = number_signs()
    return str.maketrans({",": thousands, ".": decimal})


class _MessageFormatter(string.Formatter):
    """Formats as `str.format`, with numbers as the language in use writes them."""

    def format_field(self, value: object, format_spec: str) -> str:
        text: str = format(value, format_spec)
        if format_spec and isinstance(value, int | float):
            return localize_number(text)
        return text


_FORMATTER: Final = _MessageFormatter()


def _format(text: str, values: Mapping[str, object]) -> str:
    if current_language() == ENGLISH:
        return text.format_map(values)  # ten times as fast
    return _FORMATTER.vformat(text, (), values)


# ---------------------------------------------------------------- language in use


def current_language() -> str:
    """The language in use in this context, as `en`."""
    return _chosen.get() or _ask_sources() or _Process.language


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


def keep_language(work: Callable[P, T]) -> Callable[P, T]:
    """A function for another thread, which shows messages in the language of this one."""
    language = current_language()

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with use_language(language):
            return work(*args, **kwargs)

    return run


def add_language_source(source: Callable[[], str | None]) -> None:
    """Ask a function wherever no language was chosen, such as which reader a thread serves.

    Args:
        source: gives a language that has messages, or None.
    """
    if source not in _Process.sources:
        _Process.sources.append(source)


def _ask_sources() -> str | None:
    return next(filter(None, (source() for source in _Process.sources)), None)


def available_languages() -> tuple[str, ...]:
    """The languages that have messages: English first, then those with a compiled catalogue."""
    return (ENGLISH, *sorted(_catalogue_files()))


# Translators: the name of your own language, in it.
_LANGUAGE_NAME: Final = deferred("English")


def name_language(language: str) -> str:
    """What a language calls itself: `Русский`."""
    with use_language(language):
        return translate(_LANGUAGE_NAME)


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
