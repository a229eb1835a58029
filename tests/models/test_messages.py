"""Messages: placeholders, numbers, and the language in use."""

from __future__ import annotations

import json
from threading import Thread

import pytest

from dashboard.models import messages
from dashboard.models.errors import InputError
from dashboard.models.messages import (
    at_place,
    available_languages,
    choose_language,
    current_language,
    deferred,
    deferred_in_context,
    deferred_plural,
    deferred_plural_in_context,
    join_and,
    join_clauses,
    join_or,
    keep_language,
    plural,
    set_default_language,
    translate,
    translate_deferred,
    translate_deferred_plural,
    translate_in_context,
    use_language,
)
from tests.made_catalogue import write_catalogue

TRANSLATIONS = {
    "Rates": "Курсы",
    "The rate was {rate}.": "Курс был {rate}.",
    ("{n} day of {year}", "{n} days of {year}"): (
        "{n} день {year}", "{n} дня {year}", "{n} дней {year}",
    ),
    "Share": "Поделиться",
}  # fmt: skip
CONTEXTS = {
    "part of a whole": {"Share": "Доля", "Share of {name}": "Доля {name}"},
    # after "после": "реплика о НАТО" has other forms there than by itself
    "after": {
        ("{n} NATO remark", "{n} NATO remarks"): (
            "{n} реплики о НАТО", "{n} реплик о НАТО", "{n} реплик о НАТО",
        ),
    },
}  # fmt: skip


@pytest.fixture(autouse=True)
def russian(tmp_path, monkeypatch):
    write_catalogue(tmp_path, "ru", TRANSLATIONS, monkeypatch, CONTEXTS)


def test_english_is_the_message_itself():
    assert translate("The rate was {rate}.", rate=80.5) == "The rate was 80.5."
    assert translate("Share {share:.0%}", share=0.25) == "Share 25%"
    assert current_language() == "en"


def test_braces_of_a_message_without_values_stand_for_themselves():
    assert translate("y = {0, 1}") == "y = {0, 1}"


@pytest.mark.parametrize(("n", "text"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_english_has_two_forms(n, text):
    assert plural("{n} day", "{n} days", n) == text


# The three forms of a Russian noun after 1, 2-4 and 5-20, and again after 21.
@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "1 день 2025"), (2, "2 дня 2025"), (5, "5 дней 2025"), (11, "11 дней 2025"),
     (21, "21 день 2025")],
)  # fmt: skip
def test_another_language_has_its_own_forms(n, text):
    with use_language("ru"):
        assert plural("{n} day of {year}", "{n} days of {year}", n, year=2025) == text


def test_a_language_is_used_inside_its_context():
    with use_language("ru"):
        assert translate("The rate was {rate}.", rate="80,5") == "Курс был 80,5."
        with use_language("en"):
            assert translate("Rates") == "Rates"
        assert translate("Rates") == "Курсы"
    assert translate("Rates") == "Rates"


def test_what_is_not_translated_stays_english():
    with use_language("ru"):
        assert translate("Notes") == "Notes"
        assert plural("{n} note", "{n} notes", 2) == "2 notes"


def test_a_constant_is_translated_where_it_is_shown():
    label = deferred("Rates")
    assert translate_deferred(label) == "Rates"
    with use_language("ru"):
        assert translate_deferred(label) == "Курсы"
        assert translate_deferred(deferred("The rate was {rate}."), rate=1) == "Курс был 1."
        assert translate_deferred("") == ""  # gettext would answer with its header


def test_one_english_word_has_two_meanings():
    assert translate("Share") == translate_in_context("part of a whole", "Share") == "Share"
    with use_language("ru"):
        assert translate("Share") == "Поделиться"
        assert translate_in_context("part of a whole", "Share") == "Доля"
        assert translate_in_context("part of a whole", "Share of {name}", name="ЕЦБ") == "Доля ЕЦБ"
        assert translate_in_context("no such context", "Share") == "Share"


def test_a_constant_keeps_its_context():
    title = deferred_in_context("part of a whole", "Share")
    assert title == translate_deferred(title) == "Share"
    with use_language("ru"):
        assert translate_deferred(title) == "Доля"


@pytest.mark.parametrize(
    ("n", "english", "russian_text"),
    [(1, "1 NATO remark", "1 реплики о НАТО"), (17, "17 NATO remarks", "17 реплик о НАТО"),
     (21, "21 NATO remarks", "21 реплики о НАТО")],
)  # fmt: skip
def test_a_number_and_a_context_choose_the_form(n, english, russian_text):
    forms = deferred_plural_in_context("after", "{n} NATO remark", "{n} NATO remarks")
    assert translate_deferred_plural(forms, n) == english
    with use_language("ru"):
        assert translate_deferred_plural(forms, n) == russian_text


def test_the_texts_of_a_plural_can_be_constants():
    forms = deferred_plural("{n} day of {year}", "{n} days of {year}")
    with use_language("ru"):
        assert translate_deferred_plural(forms, 2, year=2025) == "2 дня 2025"


def test_a_text_of_a_result_is_english_until_it_is_shown():
    text = deferred("The rate was {rate}.", rate="80.5")
    with use_language("ru"):
        assert text == str(deferred("The rate was {rate}.", rate="80.5")) == "The rate was 80.5."
        assert translate_deferred(text) == "Курс был 80.5."
    assert translate_deferred(text) == "The rate was 80.5."
    assert json.dumps([text]) == '["The rate was 80.5."]'


def test_a_thread_can_keep_the_language():
    texts = []
    with use_language("ru"):
        thread = Thread(target=keep_language(lambda: texts.append(translate("Rates"))))
    thread.start()
    thread.join()
    assert texts == ["Курсы"]


def test_names_and_clauses_are_joined():
    assert join_and(["a", "b", "c"]) == "a, b and c"
    assert join_or(iter(["a", "b"])) == "a or b"
    assert join_or(["a"]) == "a"
    assert join_clauses("it failed", "", "try again") == "it failed; try again"
    assert at_place("a.csv", "is empty") == "a.csv: is empty"


def test_the_default_language_holds_in_every_thread():
    texts = []

    def collect():
        texts.append(translate("Rates"))

    set_default_language("ru")
    try:
        thread = Thread(target=collect)
        thread.start()
        thread.join()
    finally:
        set_default_language("en")
    collect()
    assert texts == ["Курсы", "Rates"]


def test_a_language_without_messages_is_refused():
    with pytest.raises(InputError, match=r"language xx: there are no .* one of en, ru"):
        set_default_language("xx")
    with pytest.raises(InputError), use_language("../ru"):
        pass


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [(["ru-RU", "en"], "ru"), (["fr", "en-GB"], "en"), (["fr"], None), ([], None)],
)
def test_the_first_wanted_language_that_exists_is_chosen(wanted, chosen):
    assert choose_language(wanted) == chosen
    assert available_languages() == ("en", "ru")


def test_a_missing_folder_of_catalogues_leaves_english(tmp_path, monkeypatch):
    write_catalogue(tmp_path / "empty", "", {}, monkeypatch)
    assert available_languages() == (messages.ENGLISH,)
