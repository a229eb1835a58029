"""Import rates: a file that was read becomes series of a person's own, kept until removed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

import numpy as np

from dashboard.domain.errors import InputError
from dashboard.domain.rate_file import OWN, RateTable
from dashboard.domain.series import RateSeries, SeriesCard

Status: TypeAlias = Literal["accept", "warn"]

NAME: Final = re.compile(r"[a-z0-9_]{1,60}")
LONGEST_ID: Final = 60
LONGEST_TITLE: Final = 80
LICENCE: Final = "yours"
_HARMLESS: Final = " ,.()/+%-"
_ADDRESS: Final = re.compile(r"(www)\.", re.IGNORECASE)
_CYRILLIC: Final = "а б в г д е ё ж з и й к л м н о п р с т у ф х ц ч ш щ ы э ю я"
_IN_LATIN: Final = "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh shch y e iu ia"
_LATIN: Final = dict(zip(_CYRILLIC.split(), _IN_LATIN.split(), strict=True))


class RateShelf(Protocol):
    """Where a person's own series are kept."""

    def cards(self) -> tuple[SeriesCard, ...]:
        """What is kept."""
        ...

    def get(self, series_id: str) -> RateSeries:
        """One of them."""
        ...

    def keep(self, series: Sequence[RateSeries], sha256: str, *, replace: bool = False) -> None:
        """Keep series, all or none; raises InputError where an id is taken."""
        ...

    def remove(self, series_id: str) -> None:
        """Remove one; raises InputError where there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Naming:
    """What a person calls a series: a short name for its id, and a title; empty: as the file."""

    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class RatePlan:
    """What an import would keep, and what a person should know first."""

    series: tuple[RateSeries, ...]
    messages: tuple[str, ...]
    sha256: str

    @property
    def status(self) -> Status:
        """`warn` where there is something a person should know, else `accept`."""
        return "warn" if self.messages else "accept"


def plan_import(table: RateTable, naming: Naming, now: datetime) -> RatePlan:
    """Give the series of a file their ids and cards.

    Args:
        table: the file as it was read.
        naming: what the person calls them.
        now: the moment of the import, in UTC.

    Raises:
        InputError: a name that cannot be an id, or two series with one id.
    """
    named = naming.name.strip().casefold().removeprefix(OWN)
    if named and not NAME.fullmatch(named):
        msg = f"--name {naming.name}: use letters a-z, digits and _ only, at most {LONGEST_ID}"
        raise InputError(msg)
    stem = named or _slug(table.name.rpartition(".")[0] or table.name) or "file"
    alone = len(table.series) == 1
    series = []
    for number, each in enumerate(table.series, start=1):
        column = each.card.id
        slug = stem if alone else f"{stem}_{_slug(column) or number}"
        card = _card(each.card, table, now)
        title = _title(naming.title, column, table.name, alone=alone)
        card = replace(card, id=f"{OWN}{slug[:LONGEST_ID]}", title=title)
        series.append(replace(each, card=card, fetched_at=now))
    _refuse_one_id_twice(series)
    return RatePlan(tuple(series), table.messages, table.sha256)


def keep_rates(
    shelf: RateShelf, plan: RatePlan, *, replace: bool = False
) -> tuple[SeriesCard, ...]:
    """Keep the series of a plan, all or none; those that are kept already stay as they are.

    Raises:
        InputError: an id is taken by other numbers and `replace` is not given.
        SourceError: they cannot be written.
    """
    known = {card.id for card in shelf.cards()}
    if not all(_is_kept(shelf, known, each) for each in plan.series):
        shelf.keep(plan.series, plan.sha256, replace=replace)
    return tuple(each.card for each in plan.series)


def told_of_import(plan: RatePlan) -> tuple[str, tuple[None, dict[str, str]]]:
    """What the record says of an import: the ids, nothing before, and the hash of the file."""
    ids = ", ".join(each.card.id for each in plan.series)
    return ids, (None, {"sha256": plan.sha256})


def remove_rates(shelf: RateShelf, series_id: str) -> str:
    """Remove a series of a person's own; answer its id.

    Raises:
        InputError: there is none of this name.
    """
    shelf.remove(series_id)
    return series_id


def is_own(card: SeriesCard) -> bool:
    """Whether a person brought the series."""
    return card.id.startswith(OWN)


def _card(card: SeriesCard, table: RateTable, now: datetime) -> SeriesCard:
    file = plain_words(table.name) or "file"
    return replace(
        card,
        publisher=f"your own file {file}",
        licence=LICENCE,
        description=(
            f"Your own file {file}, column {plain_words(card.id)},"
            f" imported {now:%Y-%m-%d %H:%M} UTC, sha256 {table.sha256}."
        ),
        quantity="bars of your own file" if card.bar_minutes else "levels of your own file",
        limits="Only what the file says; nothing refreshes it.",
        stale_after=10**6,
    )


def _title(title: str, column: str, file: str, *, alone: bool) -> str:
    named = plain_words(title)
    if named and alone:
        return named[:LONGEST_TITLE]
    return f"{plain_words(column)[:40] or 'rate'}, {named or plain_words(file)}"[:LONGEST_TITLE]


def plain_words(text: str) -> str:
    """Letters, digits and a few harmless signs: a title stands in charts, links and tables."""
    kept = "".join(c if c.isalnum() or c in _HARMLESS else " " for c in text)
    return " ".join(_ADDRESS.sub(r"\1 ", kept).split()).lstrip(_HARMLESS)


def _slug(text: str) -> str:
    latin = "".join(_LATIN.get(letter, letter) for letter in text.casefold())
    plain = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def _refuse_one_id_twice(series: Sequence[RateSeries]) -> None:
    counts = Counter(each.card.id for each in series)
    twice = next((name for name, count in counts.items() if count > 1), "")
    if twice:
        msg = f"two columns would both be called {twice}; rename one of them"
        raise InputError(msg)


def _is_kept(shelf: RateShelf, known: set[str], series: RateSeries) -> bool:
    if series.card.id not in known:
        return False
    there = shelf.get(series.card.id)
    same_card = (there.card.unit, there.card.title) == (series.card.unit, series.card.title)
    return (
        same_card
        and np.array_equal(there.known_at, series.known_at)
        and np.array_equal(there.rate, series.rate, equal_nan=True)
    )
