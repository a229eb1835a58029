"""No text of the pages says a cause, and the words for a direction come from one glossary."""

import re
from pathlib import Path

import pytest

from tests.ui.literals import literals

HOUSE = Path(__file__).parents[2] / "dashboard" / "ui"
BANNED = re.compile(
    r"\b(?:because|caus(?:e[ds]?|ing|al)|due to|react\w*|respon(?:d\w*|se)|thanks to|owing to"
    r"|as a result|led to|trigger\w*|driven|affect\w*|impact\w*|significan\w*|ruble\w*)\b"
    r"|\bRUB/USD\b",
    re.IGNORECASE,
)
DISCLAIMED = re.compile(
    r"Rouble Reaction|\bproof of (?:its )?cause\b|^\*\*Cause\.\*\* A move near an event is no proof"
)
"""The name of the product, and the places that say that no cause is shown."""
DIRECTION = re.compile(
    r"\b(?:strong(?:er|est)|weak(?:er|est)|strengthen\w*|weaken\w*|appreciat\w*|depreciat\w*"
    r"|firmed|gained|fell|rose)\b",
    re.IGNORECASE,
)
GLOSSARY = {"quoting.py", "wording.py", "move_words.py", "palette.py"}
"""Here a sign becomes a word, and a word a colour."""
CLAIMED = {"claim_words.py", "article_words.py", "group_words.py"}
"""Here a direction is not measured: a claim makes it, or a group of events was expected to."""
EXPLAINED = {
    "article_example.py": 1,  # a text of a newspaper
    "compare_report.py": 2,  # which way the axis runs, and which sign means what
    "correlation_words.py": 1,  # which sign means what
    "event_report.py": 1,  # which way the axis runs
    "facts_scene.py": 2,  # the kinds of a claim
    "method_words.py": 4,  # the list of terms
    "pages/correlation.py": 1,  # which colour means what
    "terminal_headlines.py": 1,  # which sign means what
    "pages/facts.py": 1,  # an example of a claim
    "widgets/event_moves.py": 1,  # which sign means what
}
"""Elsewhere: in how many texts a direction is explained, never told of a move."""


def banned(code):
    cleaned = (DISCLAIMED.sub("", text) for text in literals(code))
    return [text for text in cleaned if BANNED.search(text)]


def directions(code):
    return [text for text in literals(code) if DIRECTION.search(text)]


def modules():
    return {
        path.relative_to(HOUSE).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(HOUSE.rglob("*.py"))
    }


def test_no_page_says_a_cause_or_a_word_of_another_house():
    found = {name: banned(code) for name, code in modules().items()}
    assert {name: said for name, said in found.items() if said} == {}


def test_a_direction_is_worded_in_the_glossary_alone():
    found = {name: len(directions(code)) for name, code in modules().items()}
    spoken = {name: n for name, n in found.items() if n}
    assert set(spoken) >= CLAIMED | {"quoting.py", "wording.py", "palette.py"}
    assert {n: k for n, k in spoken.items() if n not in GLOSSARY | CLAIMED} == EXPLAINED


@pytest.mark.parametrize(
    "text",
    ["it fell because of NATO", "Significant at 5 %", "the ruble", "RUB/USD", "reacted to news",
     "due to sanctions", "cause"],
)  # fmt: skip
def test_a_banned_word_would_be_found(text):
    assert banned(f"def f(a):\n    '''Told.'''\n    return f'{{a}} {text}'")


@pytest.mark.parametrize(
    "code",
    ["'''Because.'''", "a = 'A move near an event is no proof of its cause.'",
     "a = 'Rouble Reaction 1'", "import because"],
)  # fmt: skip
def test_what_disclaims_a_cause_is_allowed(code):
    assert banned(code) == []


def test_a_direction_in_a_text_would_be_found():
    code = "a = f'{x} weaker'\nb = 'Strongest since'\nc = 'startup'"
    assert sorted(directions(code)) == [" weaker", "Strongest since"]
