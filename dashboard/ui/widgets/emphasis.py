"""How the main button of a place is told from the others, so that its text can be read."""

from __future__ import annotations

from typing import Literal

from dashboard.ui import session


def emphasis(*, strong: bool = True) -> Literal["primary", "secondary"]:
    """The kind of a button that stands out.

    Streamlit writes white on the primary colour, in dark themes too, where that colour must be
    bright to be read as text; white on it has a contrast of 2.2 to 1. So there no button is
    filled.
    """
    return "primary" if strong and not session.is_dark() else "secondary"
