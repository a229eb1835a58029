"""A text to try the page of articles with, and the day it is from."""

from __future__ import annotations

from datetime import date
from typing import Final

PUBLISHED: Final = date(2025, 4, 22)
TEXT: Final = (
    "Keith Kellogg, the US envoy, said on Sunday that NATO membership for Ukraine was off the"
    " table. The Kremlin's Dmitry Peskov called that a source of satisfaction on Monday. Trump had"
    " warned on Friday that Washington would walk away from mediation. The rouble firmed to around"
    " 80 per dollar on Monday, its strongest since June 2024; since the start of the year it has"
    " gained more than 40 % against the dollar."
)
