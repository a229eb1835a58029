"""What an article claims about the rate, with the verdict of every series and base."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.domain.claim_check import CheckedClaim, Truth
from dashboard.ui.article_words import claim_line, verdict_numbers
from dashboard.ui.text import escape_markdown
from dashboard.ui.verdict_words import marked_verdict, needed_words
from dashboard.ui.widgets.links import link_of, page_link
from dashboard.ui.widgets.reading_table import draw_reading_table
from dashboard.ui.wording import count

LINE: int = 400


def draw_claims(claims: Sequence[CheckedClaim]) -> None:
    """Draw each claim, the sentence it stands in, and a table of verdicts with their numbers."""
    st.markdown(f"#### {count(len(claims), 'claim')} about the rate")
    if not claims:
        st.markdown("The text says nothing about the level or the moves of the rouble.")
    for checked in claims:
        with st.container(border=True):
            _draw_claim(checked)


def _draw_claim(checked: CheckedClaim) -> None:
    claim = checked.claim
    said = escape_markdown(claim.phrase, LINE)
    st.markdown(f"**“{said}”**: {escape_markdown(claim_line(claim), LINE)}")
    if not checked.verdicts:
        there = f"there is no series of RUB per {escape_markdown(claim.currency, 8)}"
        st.markdown(f"{marked_verdict(claim, Truth.UNKNOWN)}: {there}")
        return
    draw_reading_table(
        {
            "Verdict": [marked_verdict(claim, each.truth) for each in checked.verdicts],
            "Source": [escape_markdown(each.card.title) for each in checked.verdicts],
            "Numbers": [
                escape_markdown(verdict_numbers(claim, each), LINE) for each in checked.verdicts
            ],
        },
        "Verdicts on a claim, one row a series and base",
    )
    settings = link_of(claim)
    if settings is not None:
        page_link("facts", "Check it, with a chart", **settings)
    held = any(each.truth == Truth.TRUE and each.is_claimed for each in checked.verdicts)
    for needed in () if held else checked.needed:
        told = f"{needed.card.title}: {needed_words(claim, needed)}"
        st.caption(escape_markdown(told, LINE))
