"""The HTTP API: rates, events, studies and facts for programs, under /api."""

from __future__ import annotations

from dashboard.api.app import build_app

application = build_app()
