"""Measure the size of the code and the path of one control change on the Compare page.

Usage: python tools/measure_call_path.py [--list]

Opens Compare offline in Streamlit's AppTest, changes the event window, and prints

- distinct functions and files of `dashboard` that run because of the change,
- the same for the path to the first chart alone: what runs before the first figure is drawn,
- dataclasses created on that path that hold the rate series, directly or through another one,
- modules, lines, and modules with a single importer.

With --list it also prints the functions by file and the dataclasses. Run it in the root of the
tree to measure; the numbers of two trees are comparable if both run this file.
"""

from __future__ import annotations

import ast
import dataclasses
import os
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = Path.cwd()
PACKAGE = ROOT / "dashboard"
CONTROL, VALUE = "compare:window", "-10:20"
TIMEOUT = 600


class CallRecorder:
    """The functions that run while it is active, in order, and the dataclasses they create."""

    def __init__(self, series_type: type) -> None:
        """Record nothing yet; `series_type` is the class whose holders are counted."""
        self.series_type = series_type
        self.active = False
        self.codes: dict[CodeType, None] = {}
        self.containers: set[type] = set()
        self.codes_to_chart = 0
        self._prefix = str(PACKAGE) + os.sep

    def profile(self, frame: FrameType, event: str, _argument: Any) -> None:
        """Take one event of `sys.setprofile`."""
        if not self.active or event not in {"call", "return"}:
            return
        code = frame.f_code
        if code.co_filename.startswith(self._prefix):
            if event == "call" and not code.co_name.startswith("<"):
                self.codes[code] = None
                if code.co_name in {"draw_figure", "draw_selectable_figure", "show_figure"}:
                    self.codes_to_chart = self.codes_to_chart or len(self.codes)
        elif event == "return" and code.co_name == "__init__" and code.co_filename == "<string>":
            self._check_container(frame.f_locals.get("self"))

    def _check_container(self, item: object) -> None:
        if not dataclasses.is_dataclass(item) or isinstance(item, self.series_type):
            return
        values = [getattr(item, field.name, None) for field in dataclasses.fields(item)]
        if type(item).__module__.startswith("dashboard") and any(map(self._holds, values)):
            self.containers.add(type(item))

    def _holds(self, value: object) -> bool:
        if isinstance(value, (tuple, list)):
            return any(map(self._holds, value[:3]))
        if isinstance(value, dict):
            return any(map(self._holds, list(value.values())[:3]))
        return isinstance(value, self.series_type) or type(value) in self.containers


def measure_control_change() -> CallRecorder:
    """Open Compare, change one control, and record what the change runs."""
    import streamlit as st
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    try:
        from dashboard.models.series import RateSeries
    except ImportError:
        from dashboard.domain.series import RateSeries  # type: ignore[no-redef, import-not-found]

    recorder = CallRecorder(RateSeries)
    threading.setprofile(recorder.profile)
    st.cache_resource.clear()
    app = AppTest.from_file(PACKAGE / "app.py", default_timeout=TIMEOUT)
    app._page_hash = calc_hash("compare")
    app.run()
    if app.exception:
        raise SystemExit(str(app.exception[0]))
    app.selectbox(key=CONTROL).set_value(VALUE)
    recorder.active = True
    app.run()
    recorder.active = False
    threading.setprofile(None)  # type: ignore[arg-type]
    if app.exception or not app.get("plotly_chart"):
        raise SystemExit("the change drew no chart")
    return recorder


def count_modules() -> tuple[int, int, list[str]]:
    """Modules, lines, and the modules that a single other module imports."""
    files = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    importers: dict[str, set[str]] = defaultdict(set)
    lines = 0
    for name, path in files.items():
        text = path.read_text(encoding="utf-8")
        lines += text.count("\n")
        for target in _list_imports(ast.parse(text), files):
            if target != name:
                importers[target].add(name)
    single = sorted(name for name in files if len(importers[name]) == 1)
    return len(files), lines, single


def _list_imports(tree: ast.Module, files: dict[str, Path]) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in files}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & files.keys()
            if node.module in files and not names <= files.keys():
                found.add(node.module)
    return found


def _print_codes(title: str, codes: list[CodeType], *, detailed: bool) -> None:
    files = Counter(str(Path(code.co_filename).relative_to(PACKAGE)) for code in codes)
    print(f"{title}: {len(codes)} functions in {len(files)} files")
    packages = Counter(name.partition("/")[0] for name in files)
    print("   files by package:", ", ".join(f"{n} {count}" for n, count in packages.most_common()))
    if detailed:
        for name, count in sorted(files.items()):
            print(f"   {count:4} {name}")
            inside = [c.co_qualname for c in codes if c.co_filename.endswith(f"/dashboard/{name}")]
            print("        " + ", ".join(inside))


def main() -> None:
    """Print the measures."""
    detailed = "--list" in sys.argv
    sys.path.insert(0, str(ROOT))
    modules, lines, single = count_modules()
    print(f"modules {modules}, lines {lines:,}, modules with one importer {len(single)}")
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"DASHBOARD_HOME": home, "DASHBOARD_OFFLINE": "1"}  # noqa: TID251
        recorder = measure_control_change()
    codes = list(recorder.codes)
    _print_codes("one control change on Compare", codes, detailed=detailed)
    _print_codes("until the first chart", codes[: recorder.codes_to_chart], detailed=False)
    names = sorted(item.__name__ for item in recorder.containers)
    print(f"containers of the series on that path: {len(names)}")
    if detailed:
        print("   " + ", ".join(names))


if __name__ == "__main__":
    main()
