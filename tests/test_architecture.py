"""The architecture: layers, plug-in packages, dependencies, and what no module may do."""

import ast
import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer

import dashboard
from dashboard.cli import app

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dashboard"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = sorted(PACKAGE.rglob("*.py"))
CORE = ("models", "eventstudy", "nlp", "sources", "storage", "services", "export", "presentation")

# Every plug-in package and the registry in its __init__.
REGISTRIES = {
    "sources/rates": "RATE_SOURCES",
    "sources/events": "NEWS_SOURCES",
    "compute": "COMPUTE_BACKENDS",
    "eventstudy/normal": "NORMAL_MODELS",
    "eventstudy/significance": "SIGNIFICANCE_TESTS",
    "ui/pages": "PAGES",
}
# Text that ends up in exported tables, where a bundle made earlier must find it again.
OPTIONS_IN_TABLES = {
    "simple returns (--returns simple) and at least 2 events that differ",
    "its event window overlaps another event's (--overlap {overlap})",
}


def read_source(path):
    return path.read_text(encoding="utf-8")


def relative_name(path):
    return str(path.relative_to(ROOT))


def matching_lines(pattern, *roots):
    """File and line of every match of a pattern in the text files below some roots."""
    files = [path for root in roots for path in ([root] if root.is_file() else root.rglob("*"))]
    return [
        f"{relative_name(path)}:{number}: {line.strip()[:100]}"
        for path in sorted(files)
        if path.is_file() and path.suffix in {".py", ".md", ".toml", ".json"}
        for number, line in enumerate(read_source(path).splitlines(), 1)
        if re.search(pattern, line)
    ]


# ---------------------------------------------------------------- plug-in packages


@pytest.mark.parametrize("package", REGISTRIES)
def test_a_plugin_package_holds_what_its_registry_lists(package):
    module = importlib.import_module("dashboard." + package.replace("/", "."))
    entries = getattr(module, REGISTRIES[package])
    members = {path.stem for path in (PACKAGE / package).glob("[!_]*") if path.name != "base.py"}
    ids = [entry.id for entry in entries]
    assert isinstance(entries, tuple)
    assert len(set(ids)) == len(ids)
    assert {name.replace("-", "_") for name in ids} == members  # an option has dashes, a file not


@pytest.mark.parametrize("package", REGISTRIES)
def test_a_plugin_package_has_a_base_and_a_contract_test(package):
    assert (PACKAGE / package / "base.py").is_file()
    users = [path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)]
    assert any(REGISTRIES[package] in read_source(path) for path in users)


# ---------------------------------------------------------------- layers and modules


def test_imports_follow_the_layers():
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("path", MODULES, ids=relative_name)
def test_a_module_opens_with_a_sentence(path):
    docstring = ast.get_docstring(ast.parse(read_source(path)))
    assert docstring, "no docstring"
    first = docstring.split("\n\n", maxsplit=1)[0].replace("\n", " ").strip()
    assert first.endswith((".", "?", ":")), first
    assert len(first.split()) >= 3, first


def test_no_module_takes_a_relative_name_the_standard_library_or_a_name_that_says_nothing():
    empty = {"utils", "util", "helpers", "common", "core", "misc", "lib", "base_utils"}
    folders = [path for path in PACKAGE.rglob("*") if path.is_dir() and path.name != "__pycache__"]
    names = {path.stem for path in MODULES} | {path.name for path in folders}
    names -= {"locale"}  # the catalogues of messages, where gettext's tools look for them; no code
    assert names & (set(sys.stdlib_module_names) | empty) == set()


def test_every_folder_with_code_is_a_package_with_a_docstring():
    folders = {path.parent for path in MODULES} - {PACKAGE / "storage/migrations/versions"}
    assert {
        relative_name(folder) for folder in folders if not (folder / "__init__.py").is_file()
    } == set()


def test_the_version_is_the_same_everywhere():
    assert PROJECT["project"]["version"] == dashboard.__version__


# ---------------------------------------------------------------- what no module may do


def dotted_names(tree):
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
        relative_name(path)
        for path in MODULES
        if dotted_names(ast.parse(read_source(path))) & forbidden
    }
    # The command line looks whether a language is set, before it imports the settings.
    assert readers <= {"dashboard/config.py", "dashboard/cli/__init__.py"}


def fixed_offsets(tree):
    """Lines that build a zone from hours, or write one into a moment (`T10:00+03:00`)."""
    pattern = re.compile(r"(?:^\+|T[\d:.]+[+-])(?!00:?00)\d\d:?\d\d$|^Etc/GMT")
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if pattern.search(node.value):
                yield node.lineno
        elif isinstance(node, ast.Call) and "timedelta" in map(called_name, node.args):
            if called_name(node) == "timezone":
                yield node.lineno
        elif isinstance(node, ast.Call) and called_name(node) == "tzoffset":
            yield node.lineno


def called_name(node):
    """The last word of the name of what a call calls, or None."""
    if not isinstance(node, ast.Call):
        return None
    return getattr(node.func, "attr", getattr(node.func, "id", None))


def test_no_time_zone_is_a_fixed_offset():
    offsets = [
        f"{relative_name(path)}:{line}"
        for path in MODULES
        for line in fixed_offsets(ast.parse(read_source(path)))
    ]
    assert offsets == []


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


def test_pure_packages_read_no_clock():
    forbidden = {"today", "now", "utcnow", "monotonic", "perf_counter"}
    calls = [
        f"{relative_name(path)}:{node.lineno}"
        for package in ("eventstudy", "nlp", "models")
        for path in sorted((PACKAGE / package).rglob("*.py"))
        for node in ast.walk(ast.parse(read_source(path)))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in forbidden
    ]
    assert calls == []


def test_nothing_is_unpickled_evaluated_or_cached_on_disk():
    danger = (
        r"\bpickle\b|\beval\(|\bexec\(|yaml\.load|persist\s*=\s*[\"']disk|\bmarshal\b|\bshelve\b"
    )
    allowed = r"^\S+: #|never pickle"
    assert [line for line in matching_lines(danger, PACKAGE) if not re.search(allowed, line)] == []


# ---------------------------------------------------------------- spelling and messages


def string_literals(path):
    """The strings of a module that are no docstring, pieces of f-strings included."""
    tree = ast.parse(read_source(path))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        text = getattr(node, "value", None)
        if isinstance(text, str) and id(node) not in docstrings:
            yield text


def option_names(command):
    """Every option of a command and its subcommands, as `--min-estimation`."""
    names = {name for option in command.params for name in option.opts if name.startswith("--")}
    for subcommand in getattr(command, "commands", {}).values():
        names |= option_names(subcommand)
    return names


@pytest.mark.parametrize("package", CORE)
def test_no_message_below_the_interfaces_names_an_option_of_the_command_line(package):
    options = "|".join(map(re.escape, option_names(typer.main.get_command(app))))
    named = re.compile(rf"(?<![\w-])(?:{options})(?![\w-])")
    texts = [
        text
        for path in sorted((PACKAGE / package).rglob("*.py"))
        for text in string_literals(path)
        if named.search(text) and text not in OPTIONS_IN_TABLES
    ]
    assert texts == []


def without_quotes(line):
    """A line without quotations and links, which have the spelling of their source."""
    return re.sub(r"https?://\S+|“[^”]*”", "", line)


def test_the_rouble_is_spelled_with_an_o():
    texts = [PACKAGE, ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "data/datapackage.json"]
    lines = matching_lines(r"(?i)\bruble", *(path for path in texts if path.exists()))
    assert [line for line in lines if re.search(r"(?i)\bruble", without_quotes(line))] == []


def test_no_path_of_a_machine_and_no_registry_is_named():
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=False, capture_output=True, text=True
    ).stdout.split("\0")
    machine = re.compile(r"/(?:root|work|tmp/bash_jobs)/[a-z]|pypi\.org|files\.pythonhosted")
    files = [ROOT / name for name in tracked if name and (ROOT / name).is_file()]
    named = [
        relative_name(path)
        for path in files
        if path.suffix not in {".png", ".csv", ".mo"} and path != Path(__file__)
        if machine.search(read_source(path))
    ]
    assert named == []


# ---------------------------------------------------------------- messages

# Text that is the same in every language, by its beginning: names and descriptions that become
# data of a series, the answer of a browser's client, and a label of the API's documentation.
NOT_TRANSLATED = (
    "Levels from a person's own file.", "{} Bars of {} minutes.", "{}, close of each bar",
    "your own file {}", "Your own file {}, column", "USD/RUB implied by {}",
    "{}100 × ln(", ":material/filter_alt_off: {}", ":small[:gray[{}]]",
    ":small[:material/schedule: {}",
    ":orange[:material/warning: {}", "{} <- read.csv(", "curl --fail --output",
    ":root {", "html[data-theme=", "python -m dashboard",
    "{} and European Central Bank", "{} times {}, the latest known then.",
    "rouble-reaction/{} (exchange rates", "They are {}; or a word of your own.",
    "{}, or a word of your own.", "Time zone, else {}.",
)  # fmt: skip
MESSAGE_FUNCTIONS = {  # how many literals each has
    "_": 1, "translate": 1, "translate_in_context": 2, "plural": 2,
    "deferred": 1, "deferred_in_context": 2, "deferred_plural": 2,
    "deferred_plural_in_context": 3,
}  # fmt: skip
# Text for programs: patterns, statements of a database, paths in a page.
FOR_PROGRAMS = re.compile(
    r"\(\?|\\|//|\bselect\b|\bcreate\b|\bset\b|pragma|raise|[{}]/|==|<(?:div|span|script|link|meta)\b",
    re.I,
)
TRANSLATED = (
    "models", "eventstudy", "nlp", "sources", "storage", "services", "cli", "api",
    "presentation", "ui",
)  # fmt: skip


def text_of(node):
    """The text of an f-string, `{}` for each value; of a constant the text itself."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(
        text_of(part) if isinstance(part, ast.Constant) else "{}" for part in node.values
    )


def message_call(node):
    """The name of the function where a node is the call of a message."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id if node.func.id in MESSAGE_FUNCTIONS else ""
    return ""


def misused_messages(tree):
    """The line and the fault of every sentence that a translator could not translate."""
    for node in ast.walk(tree):
        if name := message_call(node):
            texts = node.args[: MESSAGE_FUNCTIONS[name]]
            if not texts or not all(isinstance(text, ast.Constant) for text in texts):
                yield node.lineno, "is no literal"
        if isinstance(node, ast.JoinedStr):
            values = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
            text = text_of(node)
            if any(map(message_call, values)):
                yield node.lineno, "a message in an f-string"
            words = re.findall(r"[A-Za-z]{2,}", text)
            is_sentence = len(words) >= 3 and " " in text.strip()
            if is_sentence and not (FOR_PROGRAMS.search(text) or text.startswith(NOT_TRANSLATED)):
                yield node.lineno, f"is no message: {text}"


def rebound_underscores(tree):
    """Lines that bind `_` to something else in a module that translates by it."""
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    if not any(alias.asname == "_" for node in imports for alias in node.names):
        return
    in_comprehensions = {
        id(name)
        for node in ast.walk(tree)
        if isinstance(node, ast.comprehension)
        for name in ast.walk(node.target)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.arg == "_":
            yield node.lineno
        is_bound = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        if is_bound and node.id == "_" and id(node) not in in_comprehensions:
            yield node.lineno


@pytest.mark.parametrize("package", TRANSLATED)
def test_a_sentence_is_a_whole_message(package):
    faults = [
        f"{relative_name(path)}:{line} {fault}"
        for path in sorted((PACKAGE / package).rglob("*.py"))
        if "migrations" not in path.parts and path != PACKAGE / "models/messages.py"
        for line, fault in misused_messages(ast.parse(read_source(path)))
    ]
    assert faults == []


def test_the_name_of_translate_is_nothing_else():
    lines = [
        f"{relative_name(path)}:{line}"
        for path in MODULES
        for line in rebound_underscores(ast.parse(read_source(path)))
    ]
    assert lines == []


@pytest.mark.parametrize(
    "code",
    [
        '_("a" if wrong else "b")', "_(text)", "f'{_(1)} today'", "plural('one', many, 2)",
        'f"{name} is not here"',
    ],
)  # fmt: skip
def test_a_sentence_that_is_no_message_would_be_noticed(code):
    assert list(misused_messages(ast.parse(code)))


@pytest.mark.parametrize("code", ["for _ in x: pass", "a, _ = x", "def f(_): pass"])
def test_another_use_of_the_name_of_translate_would_be_noticed(code):
    imported = "from dashboard.models.messages import translate as _\n"
    assert list(rebound_underscores(ast.parse(imported + code)))
    assert list(rebound_underscores(ast.parse(code))) == []


# ---------------------------------------------------------------- locked requirements


def pinned(lock):
    """Name, version and number of hashes of every package in a lock."""
    blocks = re.split(r"\n(?=\S)", read_source(ROOT / lock))
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


# Versions below which known vulnerabilities are open (Streamlit 1.54, urllib3 2.8).
@pytest.mark.parametrize(("package", "least"), [("streamlit", "1.54"), ("urllib3", "2.8")])
def test_known_vulnerabilities_are_closed(package, least):
    from packaging.version import Version

    assert Version(pinned("requirements.txt")[package][0]) >= Version(least)
