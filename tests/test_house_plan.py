"""The house stands as planned: rooms, shelves, words, and what no room may do."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import dashboard

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "dashboard"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted(HOUSE.rglob("*.py"))

# Every shelf: its folder, and the register that stands in its __init__.
SHELVES = {
    "sources/rates": "RATE_SOURCES",
    "sources/news": "NEWS_SOURCES",
    "compute": "COMPUTE_PLACES",
    "engine/normal": "NORMAL_MODELS",
    "engine/significance": "SIGNIFICANCE_TESTS",
    "ui/pages": "PAGES",
}


def source_of(path):
    return path.read_text(encoding="utf-8")


def name_of(path):
    return str(path.relative_to(ROOT))


def every(pattern, *roots):
    """File and line of every match of a pattern in the text files below some roots."""
    files = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*"))]
    return [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path in sorted(files)
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".json"}
        for number, line in enumerate(source_of(path).splitlines(), 1)
        if re.search(pattern, line)
    ]


# ---------------------------------------------------------------- shelves


@pytest.mark.parametrize("shelf", SHELVES)
def test_what_lies_on_a_shelf_is_what_its_register_says(shelf):
    package = importlib.import_module("dashboard." + shelf.replace("/", "."))
    entries = getattr(package, SHELVES[shelf])
    lying = {path.stem for path in (HOUSE / shelf).glob("*.py")} - {"__init__", "base"}
    ids = [entry.id for entry in entries]
    assert isinstance(entries, tuple)
    assert len(set(ids)) == len(ids)
    assert {name.replace("-", "_") for name in ids} == lying  # an option has dashes, a file not


@pytest.mark.parametrize("shelf", SHELVES)
def test_a_shelf_has_a_form_and_a_contract_test(shelf):
    assert (HOUSE / shelf / "base.py").is_file()
    register = SHELVES[shelf]
    users = [p for p in (ROOT / "tests").rglob("test_*.py") if p != Path(__file__)]
    assert any(register in source_of(path) for path in users)


# ---------------------------------------------------------------- rooms


def test_the_floors_are_kept():
    linter = Path(sys.executable).with_name("lint-imports")
    answer = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_opens_with_a_sentence(path):
    said = ast.get_docstring(ast.parse(source_of(path)))
    assert said, "no docstring"
    first = said.split("\n\n", maxsplit=1)[0].replace("\n", " ").strip()
    assert first.endswith((".", "?", ":")), first
    assert len(first.split()) >= 3, first


def test_no_module_takes_a_name_of_the_standard_library_or_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "common", "core", "misc", "lib", "base_utils"}
    rooms = [path for path in HOUSE.rglob("*") if path.is_dir() and path.name != "__pycache__"]
    names = {path.stem for path in MODULES} | {path.name for path in rooms}
    assert names & (set(sys.stdlib_module_names) | empty) == set()


def test_every_folder_with_code_is_a_package_with_a_docstring():
    folders = {path.parent for path in MODULES} - {HOUSE / "store/migrations/versions"}
    assert {
        name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()
    } == set()


def test_the_version_is_the_same_everywhere():
    assert PROJECT["project"]["version"] == dashboard.__version__


# ---------------------------------------------------------------- what no room may do


def names_read(tree):
    """Dotted names used in a module: `os.environ`, `datetime.timezone` …"""
    return {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_the_environment_is_read_in_one_place():
    forbidden = {"os.environ", "os.getenv", "os.environb", "os.getenvb", "os.putenv"}
    readers = {
        name_of(path) for path in MODULES if names_read(ast.parse(source_of(path))) & forbidden
    }
    assert readers <= {"dashboard/config.py"}


def fixed_offsets(tree):
    """Lines that build a zone from hours, or write one into a moment (`T10:00+03:00`)."""
    written = re.compile(r"(?:^\+|T[\d:.]+[+-])(?!00:?00)\d\d:?\d\d$|^Etc/GMT")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if written.search(node.value):
                yield node.lineno
        elif isinstance(node, ast.Call) and "timedelta" in map(called, node.args):
            if called(node) == "timezone":
                yield node.lineno
        elif isinstance(node, ast.Call) and called(node) == "tzoffset":
            yield node.lineno


def called(node):
    """The last word of the name of what a call calls, or None."""
    if not isinstance(node, ast.Call):
        return None
    return getattr(node.func, "attr", getattr(node.func, "id", None))


def test_no_time_zone_is_a_fixed_offset():
    found = [
        f"{name_of(path)}:{line}"
        for path in MODULES
        for line in fixed_offsets(ast.parse(source_of(path)))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "timezone(timedelta(hours=3))",
        "dt.timezone(dt.timedelta(0, 1))",
        "'2025-01-01T10:00+03:00'",
        "'+03:00'",
    ],
)
def test_a_fixed_offset_would_be_noticed(code):
    assert list(fixed_offsets(ast.parse(code))) == [1]


def test_no_clock_is_asked_in_engine_or_domain():
    forbidden = {"today", "now", "utcnow", "monotonic", "perf_counter"}
    asked = [
        f"{name_of(path)}:{node.lineno}"
        for room in ("engine", "domain")
        for path in sorted((HOUSE / room).rglob("*.py"))
        for node in ast.walk(ast.parse(source_of(path)))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in forbidden
    ]
    assert asked == []


def test_nothing_is_unpickled_evaluated_or_cached_on_disk():
    danger = (
        r"\bpickle\b|\beval\(|\bexec\(|yaml\.load|persist\s*=\s*[\"']disk|\bmarshal\b|\bshelve\b"
    )
    allowed = r"^\S+: #|never pickle"
    assert [hit for hit in every(danger, HOUSE) if not re.search(allowed, hit)] == []


# ---------------------------------------------------------------- words


def without_quotes(line):
    """A line without quoted words and links, which keep the spelling of their source."""
    return re.sub(r"https?://\S+|“[^”]*”", "", line)


def test_the_rouble_is_spelled_with_an_o():
    texts = [HOUSE, ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "data/datapackage.json"]
    found = every(r"(?i)\bruble", *(path for path in texts if path.exists()))
    assert [hit for hit in found if re.search(r"(?i)\bruble", without_quotes(hit))] == []


def test_no_path_of_a_machine_and_no_registry_is_named():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True
    ).stdout.split("\0")
    machine = re.compile(r"/(?:root|work|tmp/bash_jobs)/[a-z]|pypi\.org|files\.pythonhosted")
    files = [ROOT / name for name in tracked if name and (ROOT / name).is_file()]
    named = [
        name_of(path)
        for path in files
        if path.suffix not in {".png", ".csv"} and path != Path(__file__)
        if machine.search(source_of(path))
    ]
    assert named == []


# ---------------------------------------------------------------- locks


def pinned(lock):
    """Name, version and number of hashes of every package in a lock."""
    blocks = re.split(r"\n(?=\S)", source_of(ROOT / lock))
    heads = [re.match(r"([A-Za-z0-9._-]+)==(\S+)", block) for block in blocks]
    return {
        head[1].lower(): (head[2], block.count("--hash=sha256:"))
        for head, block in zip(heads, blocks, strict=True)
        if head
    }


def direct(requirements):
    return {re.match(r"[A-Za-z0-9._-]+", line)[0].lower(): line for line in requirements}


def test_every_direct_dependency_is_pinned_with_hashes():
    wanted = direct(PROJECT["project"]["dependencies"])
    assert wanted.keys() <= pinned("requirements.txt").keys()
    wanted_for_tests = direct(PROJECT["project"]["optional-dependencies"]["dev"])
    assert (wanted.keys() | wanted_for_tests.keys()) <= pinned("requirements-dev.txt").keys()
    for lock in ("requirements.txt", "requirements-dev.txt"):
        assert all(hashes > 0 for _, hashes in pinned(lock).values())


def test_a_pinned_version_fits_its_range():
    from packaging.requirements import Requirement

    everything = [
        *PROJECT["project"]["dependencies"],
        *PROJECT["project"]["optional-dependencies"]["dev"],
    ]
    lock = pinned("requirements-dev.txt")
    for line in everything:
        requirement = Requirement(line)
        assert requirement.specifier.contains(lock[requirement.name.lower()][0]), line


def test_what_runs_is_what_is_tested():
    tested = pinned("requirements-dev.txt")
    assert {n: v for n, v in pinned("requirements.txt").items() if tested.get(n) != v} == {}


# Floors below which known holes are open (Streamlit 1.54, urllib3 2.8).
@pytest.mark.parametrize(("package", "floor"), [("streamlit", "1.54"), ("urllib3", "2.8")])
def test_known_holes_are_closed(package, floor):
    from packaging.version import Version

    assert Version(pinned("requirements.txt")[package][0]) >= Version(floor)
