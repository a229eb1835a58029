"""No text on screen states a cause, and directions are named in a few modules only."""

import re
from pathlib import Path

import pytest

from tests.presentation.literals import literals

PACKAGE = Path(__file__).parents[2] / "dashboard"
SCREENS = ("presentation", "ui", "cli")
BANNED = re.compile(
    r"\b(?:because|caus(?:e[ds]?|ing|al)|due to|react\w*|respon(?:d\w*|se)|thanks to|owing to"
    r"|as a result|led to|trigger\w*|driven|affect\w*|impact\w*|significan\w*|ruble\w*)\b"
    r"|\bRUB/USD\b",
    re.IGNORECASE,
)
DISCLAIMED = re.compile(
    r"Rouble Reaction|\brouble-reaction\b|^(?:websocket\.)?http\.response\.\w+$"
    r"|\bproof of (?:its )?cause\b"
    r"|^\*\*Cause\.\*\* A move near an event is no proof"
    r"|^(?:dose )?response$"  # a term of econometrics, and the id of a part of a page
)
"""The name of the product, and the places that say that no cause is shown."""
DIRECTION = re.compile(
    r"\b(?:strong(?:er|est)|weak(?:er|est)|strengthen\w*|weaken\w*|appreciat\w*|depreciat\w*"
    r"|firmed|gained|fell|rose)\b",
    re.IGNORECASE,
)
GLOSSARY = {"presentation/quoting.py", "presentation/formatting.py", "presentation/palette.py"}
"""Here a sign becomes a direction, and a direction a colour."""
CLAIMED = {"presentation/claims.py", "presentation/incoming_events.py", "presentation/events.py"}
"""Here a direction is not measured: a claim states it, or a group of events was expected to."""
EXPLAINED = {
    "cli/events.py": 2,  # two values of a column
    "presentation/method.py": 1,  # which sign means what
    "presentation/studies.py": 1,  # which sign means what
    "presentation/terms.py": 5,  # the list of terms
    "ui/pages/alerts/page.py": 1,  # an example of a claim
    "ui/pages/article/state.py": 1,  # the text of a newspaper
    "ui/pages/compare/page.py": 1,  # which sign means what
    "ui/pages/compare/report.py": 1,  # which way the axis runs, and which sign means what
    "ui/pages/correlation/page.py": 1,  # which colour means what
    "ui/pages/facts/page.py": 1,  # an example of a claim
    "ui/pages/facts/state.py": 4,  # the kinds of a claim, and examples of one
}
"""Elsewhere: in how many texts a direction is explained, never stated of a move."""


def banned(code):
    cleaned = (DISCLAIMED.sub("", text) for text in literals(code))
    return [text for text in cleaned if BANNED.search(text)]


def directions(code):
    return [text for text in literals(code) if DIRECTION.search(text)]


def modules():
    return {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for screen in SCREENS
        for path in sorted((PACKAGE / screen).rglob("*.py"))
    }


def test_no_text_states_a_cause():
    result = {name: banned(code) for name, code in modules().items()}
    assert {name: texts for name, texts in result.items() if texts} == {}


def test_a_direction_is_named_in_the_glossary_alone():
    counts = {name: len(directions(code)) for name, code in modules().items()}
    naming = {name: n for name, n in counts.items() if n}
    assert set(naming) >= GLOSSARY | CLAIMED
    assert {n: k for n, k in naming.items() if n not in GLOSSARY | CLAIMED} == EXPLAINED


@pytest.mark.parametrize(
    "text",
    ["it fell because of NATO", "Significant at 5 %", "the ruble", "RUB/USD", "reacted to news",
     "due to sanctions", "cause"],
)  # fmt: skip
def test_a_banned_word_would_be_found(text):
    assert banned(f"def f(a):\n    '''Docstring.'''\n    return f'{{a}} {text}'")


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
