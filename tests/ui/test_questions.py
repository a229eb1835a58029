"""Every link of docs/questions.md opens on its answer."""

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.ui.components.robustness_run import RUN_KEY
from tests.ui.app_in_test import SECONDS, open_page, words_of

PAGE = (Path(__file__).parents[2] / "docs" / "questions.md").read_text(encoding="utf-8")
ANSWERS = re.split(r"^\d+\. ", PAGE, flags=re.MULTILINE)[1:]


def plain(text):
    """Words without the marks of Markdown and of colours."""
    text = re.sub(r"\{[^{}]*\}|:[a-z-]+\[|[\\*]|\u2060", "", text)
    return " ".join(re.sub(r"(?<=\w)\]|\](?= )|(?<=[.)])\]", "", text).split())


def said_on(app):
    """Every word of a page, labels of folds and buttons too."""
    labels = [item.label for kind in ("expander", "button") for item in app.get(kind)]
    links = [item.proto.label for item in app.get("page_link")]
    return plain("\n".join([words_of(app), *labels, *links]))


def opened(link):
    parts = urlsplit(link)
    app = open_page(parts.path.strip("/"), **parse_qs(parts.query))
    if parts.path == "/robustness":
        app.session_state[RUN_KEY].wait(SECONDS)
        app.run()
    return app


def test_there_are_ten_questions_each_with_a_link_words_and_a_picture():
    assert len(ANSWERS) == 10
    folder = Path(__file__).parents[2] / "docs"
    for number, answer in enumerate(ANSWERS, start=1):
        assert answer.count("Link: `/") == 1
        assert answer.count('Says: "') >= 2
        picture = folder / re.search(r"\]\(([^)]+)\)", answer)[1]
        assert picture.stem == str(number)
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size < 300_000


@pytest.mark.parametrize("answer", ANSWERS, ids=range(1, len(ANSWERS) + 1))
def test_a_link_opens_on_its_answer(answer):
    app = opened(re.search(r"Link: `([^`]+)`", answer)[1])
    assert not app.exception
    text = said_on(app)
    for sentence in re.findall(r'Says: "([^\n]+)"\n', answer):
        assert plain(sentence) in text
