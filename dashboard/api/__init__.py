"""The network door: rates, events, studies and facts for programs, under /api."""

from __future__ import annotations

from dashboard.api.door import build_app

app = build_app()
