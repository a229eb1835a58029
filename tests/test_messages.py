"""The catalogue of messages is the one of the code, and a translation changes what is shown."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from dashboard.models.messages import available_languages, plural, translate, use_language
from dashboard.models.series import SeriesCard
from dashboard.presentation.events import format_group, format_group_count_after
from dashboard.presentation.formatting import (
    format_day,
    format_month,
    format_number,
    format_p_equal,
    format_percent,
)
from dashboard.presentation.moves import describe_window, name_window
from dashboard.services.events import EventFilter
from tests.made_catalogue import use_catalogues
from tools.update_messages import (
    FOLDER,
    compile_catalogue,
    extract_template,
    format_catalogue,
    placeholder_problems,
    update,
)

REFUSED = "there are no messages in this language; choose one of {languages}"


def test_the_files_of_the_catalogue_are_those_of_the_code():
    stale = [path for path, content in update(FOLDER).items() if path.read_bytes() != content]
    assert stale == [], "run `make messages`"


def test_another_language_is_one_file(tmp_path, monkeypatch):
    path = tmp_path / "fr" / "LC_MESSAGES" / "dashboard.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(update(tmp_path, ["fr"])[path])
    with path.open("rb") as file:
        french = read_po(file, locale="fr")
    french[REFUSED].string = "pas de messages dans cette langue; choisissez parmi {languages}"
    path.write_bytes(format_catalogue(french))
    path.with_suffix(".mo").write_bytes(update(tmp_path)[path.with_suffix(".mo")])
    use_catalogues(tmp_path, monkeypatch)
    with use_language("fr"):
        assert translate(REFUSED, languages="en") == (
            "pas de messages dans cette langue; choisissez parmi en"
        )


@pytest.mark.parametrize(
    ("text", "translation", "problems"),
    [
        ("{n} of {total}", "{total}: {n}", 0),
        ("{share:.0%} of all", "{share:.1%}", 0),
        ("{n} of {total}", "{m}", 1),
        (("{n} day", "{n} days"), ("{n} jour", "{k} jours"), 1),
        ("all", "", 0),
    ],
)
def test_a_translation_has_the_placeholders_of_its_message(text, translation, problems):
    catalogue = Catalog(locale="fr")
    catalogue.add(text, translation)
    assert len(list(placeholder_problems(catalogue))) == problems


def test_a_message_with_a_context_is_one_of_its_own():
    """`Share` is a command in one place and a part of a whole in another."""
    template = extract_template()
    assert template.get("Share", context=None) is not None
    assert template.get("Share", context="part of a whole") is not None
    forms = template.get("{n:,} NATO remark", context="after").id
    assert forms == ("{n:,} NATO remark", "{n:,} NATO remarks")


def test_the_files_do_not_change_with_the_day():
    made = []
    for day in (1, 2):
        catalogue = Catalog(
            locale="fr", fuzzy=False, creation_date=datetime(2026, 1, day, tzinfo=UTC)
        )
        catalogue.add("all", "tous")
        made.append((format_catalogue(catalogue), compile_catalogue(catalogue)))
    assert made[0] == made[1]


# ------------------------------------------------------------------ the languages that ship


def catalogue_of(language):
    with (FOLDER / language / "LC_MESSAGES" / "dashboard.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(text):
    return [text] if isinstance(text, str) else list(text or ())


SHIPPED = [language for language in available_languages() if language != "en"]


def test_russian_ships():
    assert SHIPPED == ["ru"]


@pytest.mark.parametrize("language", SHIPPED)
def test_a_language_that_ships_has_every_message_in_every_plural_form(language):
    catalogue = catalogue_of(language)
    missing = [
        message.id
        for message in catalogue
        if message.id
        and len(list(filter(None, forms(message.string))))
        < (catalogue.num_plurals if isinstance(message.id, tuple) else 1)
    ]
    assert missing == []


STRONGER, WEAKER = (("strong", "креп|максимум|силь"), ("weak", "слаб|минимум"))


def test_a_direction_is_the_same_in_russian():
    """A message that names one direction alone names it, and not the other, in Russian."""
    named = 0
    for message in catalogue_of("ru"):
        english = " ".join(forms(message.id)).casefold()
        for (own, russian), (other, opposite) in ((STRONGER, WEAKER), (WEAKER, STRONGER)):
            if own in english and other not in english:
                named += 1
                for form in forms(message.string):
                    assert re.search(russian, form.casefold()), message.id
                    assert not re.search(opposite, form.casefold()), message.id
    assert named > 40


@pytest.mark.parametrize(
    ("n", "shown"),
    [
        (1, "1 событие"), (3, "3 события"), (5, "5 событий"), (11, "11 событий"),
        (21, "21 событие"), (1234, "1\u00a0234 события"),
    ],
)  # fmt: skip
def test_a_count_agrees_in_russian(n, shown):
    with use_language("ru"):
        assert plural("{n:,} event", "{n:,} events", n) == shown


def test_nouns_stand_in_the_case_of_their_place():
    card = SeriesCard(
        "a", "A, bank", "RUB per USD", "USD per RUB", "bank", "", "", "bank-of-russia"
    )
    with use_language("ru"):
        assert describe_window((0, 0), card) == "на первом фиксинге"
        assert describe_window((0, 1), card) == "за два первых фиксинга"
        assert describe_window((0, 5), card) == "за шесть первых фиксингов"
        assert name_window((0, 2), card) == "первые 3 фиксинга"
        assert card.unit_label == "RUB за USD"
    assert describe_window((0, 1), card) == "over the first two fixings"
    assert card.unit_label == card.unit == "RUB per USD"


@pytest.mark.parametrize(
    ("n", "shown"), [(1, "1 реплики о НАТО"), (17, "17 реплик о НАТО"), (21, "21 реплики о НАТО")]
)
def test_a_counted_group_stands_in_the_genitive_after_a_preposition(n, shown):
    group = EventFilter(categories=("nato_remark",))
    with use_language("ru"):
        assert format_group_count_after(n, group) == shown
        assert format_group(group) == "реплики о НАТО"


def test_numbers_days_and_months_are_written_as_russian_writes_them():
    with use_language("ru"):
        assert format_number(-1234.567, 1) == "\u22121\u00a0234,6"
        assert format_percent(3.25) == "+3,2\u202f%"
        assert format_p_equal(0.0004) == "p <\u202f0,001"
        assert format_day(date(2024, 5, 9)) == "9 мая 2024"
        assert format_month(date(2024, 5, 9)) == "май 2024"
    assert format_number(-1234.567, 1) == "\u22121,234.6"
