"""The words in a bundle: what it is, how to compute it again, how to cite it, on which terms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.domain.series import SeriesCard

README: Final = "README.txt"
CITATION: Final = "CITATION.cff"
TERMS_UNKNOWN: Final = "as the owner of the file says"

EVENTS_HERE: Final = (
    "  inputs/events.csv   the events known; those studied are numbered. Of notes that were",
    "                      not studied only the dates and the category are here, of private",
    "                      ones the dates alone",
)
CLAIMS_HERE: Final = (
    "                      (the claims stand in manifest.json, without the words they were in)",
)
OF_MOVES: Final = (
    "Moves are those of the rouble, positive = stronger: in return units (0.01 = 1 log point)",
    "in the tables of a study, in log points where a column says so. The columns are described",
    "in the README of the program. A move near an event is no proof that the event moved the",
    "rate. Not investment advice.",
)
OF_VERDICTS: Final = (
    "A verdict holds for one source, one base and one quote: true, about, false, or cannot be",
    "known with the reason; of a record, about means that it goes back further than claimed.",
    "Over-the-counter quotes are in no source here. Not investment advice.",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the words are made of: the question, the series, those whose rates are left out.

    `private` counts the private notes that were studied: their words are in the bundle. Without
    events it is claims that were checked.
    """

    question: str
    cards: Sequence[SeriesCard]
    left_out: Sequence[SeriesCard]
    software_version: str
    created_at: str
    private: int = 0
    has_events: bool = True


def readme_bytes(told: Told, results: Sequence[str]) -> bytes:
    """`README.txt`."""
    lines = [
        told.question,
        "=" * min(len(told.question), 90),
        "",
        f"Made by Rouble Reaction {told.software_version} on {told.created_at}.",
        "",
        "Compute it again and compare, in a clone of the program:",
        "",
        "    python -m dashboard reproduce THIS-FILE.zip",
        "",
        "What is here:",
        "",
        "  manifest.json       parameters, software version, sha256 and size of every file",
        "  inputs/rates.csv    the rates used, with the moments each covers (UTC)",
        *(EVENTS_HERE if told.has_events else CLAIMS_HERE),
        *(f"  results/{name}" for name in results),
        "  CITATION.cff        how to cite this file",
        *_private_lines(told),
        "",
        *(OF_MOVES if told.has_events else OF_VERDICTS),
        "",
        "Cite the publishers beside this file, on their terms:",
        "",
        *(f"  {card.id}: {card.publisher}, {card.source_url}\n    {_terms(card)}"
          for card in told.cards),
        *_left_out_lines(told),
        "",
    ]  # fmt: skip
    return "\n".join(lines).encode("utf-8")


def citation_bytes(told: Told) -> bytes:
    """`CITATION.cff` (Citation File Format 1.2.0); every text is a quoted YAML string."""
    lines = [
        "cff-version: 1.2.0",
        'message: "Cite this bundle and the publishers of the rates in it."',
        "type: dataset",
        f"title: {_quoted(told.question)}",
        "authors:",
        '  - name: "Rouble Reaction contributors"',
        f"version: {_quoted(told.software_version)}",
        f"date-released: {told.created_at[:10]}",
        "references:",
    ]
    for card in told.cards:
        lines += [
            "  - type: data",
            f"    title: {_quoted(card.title)}",
            "    authors:",
            f"      - name: {_quoted(card.publisher or 'unknown')}",
            f"    notes: {_quoted(_terms(card))}",
        ]
        if card.source_url.startswith(("http://", "https://")):
            lines.append(f"    url: {_quoted(card.source_url)}")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _terms(card: SeriesCard) -> str:
    return f"terms: {card.licence or TERMS_UNKNOWN}"


def _private_lines(told: Told) -> list[str]:
    if not told.private:
        return []
    return [
        "",
        f"PRIVATE: {told.private} of the events studied are private notes of whoever made this"
        if told.private > 1
        else "PRIVATE: one of the events studied is a private note of whoever made this",
        "file; their words are in inputs/events.csv. Pass it on only to those who may read them.",
    ]


def _left_out_lines(told: Told) -> list[str]:
    if not told.left_out:
        return []
    named = ", ".join(card.id for card in told.left_out)
    return [
        "",
        f"Left out, for their terms forbid passing them on: the rates of {named}. To compute",
        "this again these series are needed on your own machine (`rates refresh`), as they were",
        "then; cells that would print their levels are empty.",
    ]


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
