"""A release: the wheel runs from a foreign folder, and what is deprecated warns."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import warnings
import zipfile
from pathlib import Path

import pytest

import dashboard
from dashboard.api.mcp_server import TOOLS
from dashboard.models import deprecations
from dashboard.models.deprecations import DEPRECATIONS, Deprecation, resolve_name

ROOT = Path(__file__).parents[1]
STABILITY = (ROOT / "docs/reference/stability.md").read_text(encoding="utf-8")
UV = Path(sys.executable).with_name("uv")


def run_in(folder, *command):
    result = subprocess.run(
        [*map(str, command)], cwd=folder, check=False, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run_in(ROOT, UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline",
           "--out-dir", folder)  # fmt: skip
    (file,) = folder.glob("*.whl")
    return file


def test_the_wheel_holds_the_program_its_data_and_its_types(wheel):
    assert wheel.name == f"rouble_reaction-{dashboard.__version__}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive:
        names = {*archive.namelist()}
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    assert {
        "dashboard/py.typed",
        "dashboard/__init__.pyi",
        "dashboard/data/datapackage.json",
        "dashboard/locale/ru/LC_MESSAGES/dashboard.mo",
        "dashboard/.streamlit/config.toml",
    } <= names
    outside = {name.split("/")[0] for name in names} - {"dashboard"}
    assert {re.sub("-.*", "", name) for name in outside} == {"rouble_reaction"}
    for extra in ("agents", "cluster"):
        assert f"Provides-Extra: {extra}" in metadata


def test_the_installed_wheel_runs_from_a_foreign_folder(wheel, tmp_path):
    environment, foreign = tmp_path / "venv", tmp_path / "foreign"
    foreign.mkdir()
    run_in(tmp_path, UV, "venv", "--quiet", "--python", sys.executable, environment)
    python = environment / "bin/python"
    run_in(tmp_path, UV, "pip", "install", "--quiet", "--offline", "--no-deps", "--python", python,
           wheel)  # fmt: skip
    # What the program needs is that of the tests; the program itself is not there.
    (site,) = environment.glob("lib/*/site-packages")
    (site / "needs.pth").write_text(sysconfig.get_paths()["purelib"], encoding="utf-8")
    command = environment / "bin/rouble-reaction"
    said = run_in(foreign, command, "study", "--category", "domestic", "--out", "answer")
    assert re.search(r"\d+ events: \d+ in events.csv", said)
    assert (foreign / "answer/manifest.json").is_file()
    code = (
        "import dashboard; from dashboard import study;"
        "print(dashboard.__file__); print(study(category='domestic').answer.used)"
    )
    file, used = run_in(foreign, python, "-c", code).split()
    assert Path(file).is_relative_to(environment)
    assert f"{used} in events.csv" in said


# ---- what stays stable


def test_the_page_names_what_is_exported_and_every_tool_has_the_keys():
    for name in dashboard.__all__:
        assert f"`{name}`" in STABILITY
    for key in ("answer", "n", "as_of", "caution", "link"):
        assert f"`{key}`" in STABILITY
    assert len(TOOLS) == 12


def test_a_deprecated_name_works_and_warns_where_it_is_used(monkeypatch):
    old = Deprecation("event_study", "0.2.0", "0.3.0", "study")
    monkeypatch.setattr(deprecations, "resolve_name", lambda name: resolve_name(name, (old,)))
    with pytest.warns(DeprecationWarning, match="event_study") as caught:
        assert dashboard.event_study is dashboard.study
    assert str(caught[0].message) == (
        "dashboard.event_study is deprecated since 0.2.0 and removed in 0.3.0; use dashboard.study"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert callable(dashboard.study)


def version(text):
    return tuple(map(int, text.split(".")))


def test_nothing_deprecated_is_overdue_and_the_page_lists_all():
    rows = re.findall(r"^\| `(\w+)` \| ([\d.]+) \| ([\d.]+) \| `(\w+)` \|$", STABILITY, re.M)
    assert rows == [(e.name, e.since, e.removed_in, e.instead) for e in DEPRECATIONS]
    for entry in DEPRECATIONS:
        assert entry.instead in dashboard.__all__
        assert version(entry.since)[:2] < version(entry.removed_in)[:2]
        assert version(dashboard.__version__) < version(entry.removed_in)
