"""Imports of the first page: no heavy library that only a later action needs."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = [
    "apprise", "apscheduler", "arch", "authlib", "curl_cffi", "dask", "fastapi", "httpx",
    "prometheus_client", "pyarrow.dataset", "requests", "statsmodels", "trafilatura", "urllib3",
    "yfinance",
]  # fmt: skip

# The app as it starts, then Explore drawn three times by Streamlit's own test runner: the
# second run requests the background refresh, which has nothing to do offline.
CODE = """
import json, sys
import dashboard.app, dashboard.ui.shell
from dashboard.ui.operations import serve_metrics
from dashboard.ui.shell import warm_up_pages
heavy = set(json.loads(sys.argv[1]))
found = {"started": None, "drawn": None}
warm_up_pages()
serve_metrics(None)
found["started"] = sorted(heavy & set(sys.modules))
from streamlit.testing.v1 import AppTest
before = heavy & set(sys.modules)
app = AppTest.from_file(dashboard.app.__file__, default_timeout=60)
for _ in range(3):
    app.run()
assert not app.exception, app.exception
found["drawn"] = sorted((heavy & set(sys.modules)) - before)
print(json.dumps(found))
"""


def test_no_heavy_library_is_imported_by_the_app_and_its_first_page():
    answer = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(HEAVY)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {"started": [], "drawn": []}
