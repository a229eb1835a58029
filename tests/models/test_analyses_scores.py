"""Scores in tags: what is read as a number, and what is reported as unreadable."""

from __future__ import annotations

import math

import pytest

from dashboard.models.analyses import tagged_score, unreadable_scores
from tests.made_series import event_on


def tagged(*tags):
    return event_on("2024-02-01", "e", tags=tags)


@pytest.mark.parametrize(
    ("tag", "number"),
    [
        ("tone:-3.2", -3.2),
        ("Tone: 4", 4.0),
        ("TONE:\u22120.5", -0.5),
        ("tone:+.25", 0.25),
        ("tone:1,5", math.nan),
        ("tone:nan", math.nan),
        ("tone:1e9", math.nan),
        ("tone:", math.nan),
        ("tones:1", math.nan),
        ("tone", math.nan),
    ],
)
def test_a_tag_gives_a_number_or_none(tag, number):
    assert tagged_score(tagged("geneva", tag), "tone") == pytest.approx(number, nan_ok=True)


def test_each_score_has_its_own_tag_and_the_first_number_counts():
    event = tagged("tone:x", "tone:2", "tone:3", "intensity:7")
    assert (tagged_score(event, "tone"), tagged_score(event, "intensity")) == (2.0, 7.0)


def test_a_score_that_cannot_be_read_is_told_unless_another_tag_gives_it():
    events = [tagged("tone:high"), tagged("tone:high", "tone:2"), tagged("intensity:1,5"), tagged()]
    assert unreadable_scores(events) == (("e", "tone:high"), ("e", "intensity:1,5"))
