"""The README tells of every live series what its card says."""

import re
from pathlib import Path

from dashboard.config import Settings
from dashboard.container import live_sources
from tests.replica.failures import NAMED

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("### Live sources\n")[2].partition("\n## ")[0]


def dates(card):
    return f"{card.history_from} to {card.history_until}" if card.history_until else (
        f"{card.history_from} on"
    )  # fmt: skip


def test_every_card_of_a_live_source_is_printed():
    cards = [card for source in live_sources(Settings()) for card in source.cards()]
    told = [
        re.split(r" *\| *", line.strip("| \n")) for line in SECTION.splitlines() if "| `" in line
    ]
    assert told == [
        [f"`{card.id}`", f"{card.title}: {card.quantity}", card.publisher, dates(card), card.limits,
         card.licence]
        for card in cards
        if not card.bar_minutes
    ]  # fmt: skip
    with_bars = {card.id.rpartition("_")[0] for card in cards if card.bar_minutes}
    assert all(f"`{name}`" in SECTION.rpartition("come as bars")[0] for name in with_bars)
    assert {f"`…_{card.bar_minutes}m`" for card in cards if card.bar_minutes} <= set(
        re.findall(r"`…_\d+m`", SECTION)
    )


def test_the_failure_of_the_example_can_be_named():
    (name,) = re.findall(r"--misbehave cbr=(\w+)", SECTION)
    assert name in NAMED
