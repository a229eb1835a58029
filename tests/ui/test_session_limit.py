"""Sessions of readers who left are limited, so that a process can run for weeks."""

import subprocess
import sys
from pathlib import Path

from dashboard.app import MAX_DISCONNECTED_SESSIONS

ROOT = Path(__file__).parents[2]

# 150 sessions lose their connection in the running application; what the process then holds.
LEAVE = """
import asyncio
from types import SimpleNamespace
from streamlit import runtime
from streamlit.runtime.session_manager import SessionInfo
from dashboard.app import app
async def leave():
    async with app.lifespan()(app):
        manager = runtime.get_instance()._session_mgr
        for number in range(150):
            left = SimpleNamespace(id=str(number), is_resumable=lambda: True)
            manager._session_storage.save(SessionInfo(None, left))
        kept = [int(info.session.id) for info in manager.list_sessions()]
        print(len(kept), min(kept), max(kept))
asyncio.run(leave())
"""


def test_the_hundred_who_left_last_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("DASHBOARD_HOME", str(tmp_path))
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    answer = subprocess.run(
        [sys.executable, "-c", LEAVE],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    assert (
        answer.stdout.splitlines()[-1]
        == f"{MAX_DISCONNECTED_SESSIONS} {150 - MAX_DISCONNECTED_SESSIONS} 149"
    )
    assert 3 * MAX_DISCONNECTED_SESSIONS + 50 <= 400
