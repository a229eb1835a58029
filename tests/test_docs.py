"""The documentation says what the program does: README, docs/, CONTRIBUTING and CHANGELOG."""

from __future__ import annotations

import csv
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.api.app import build_app
from dashboard.cli import run
from dashboard.config import Settings
from dashboard.eventstudy.normal import NORMAL_MODELS
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.export.schemas import TABLES
from dashboard.models.publication import PUBLICATION_RULES
from dashboard.presentation.terms import define_terms
from dashboard.services.method import describe_size
from dashboard.sources.rates.bundled import BundledRates
from dashboard.ui.pages import PAGES
from tests.replica.failures import NAMED
from tests.services.bar_cache import HOURS, fill_cache
from tests.shipped_catalogue import CATALOGUE, hour_kinds
from tests.test_architecture import REGISTRIES
from tools.write_reference import REFERENCE_PAGES

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "dashboard"
DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
TEXTS = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
}
README = TEXTS["README.md"]
LARGEST_README = 8 * 1024
LARGEST_PICTURE = 300_000
FLAGS_OF_BARS = {"no_bar_then", "session_break", "missing_bars", "weekend_session"}
# Words that a reader outside the project would have to ask about.
JARGON = (
    "house|door|room|floor|shelf|shelves|scene|beside|behind|apart|told|asked|heard|calm|kept"
    "|ways out"
)


def page(name):
    """A page of docs/ by its path."""
    return TEXTS[f"docs/{name}"]


def section(text, heading):
    """The text below a heading, to the next of the same or a higher level."""
    level = len(heading.split(" ")[0])
    after = text.split(f"\n{heading}\n")[1]
    return re.split(rf"^#{{1,{level}}} ", after, maxsplit=1, flags=re.MULTILINE)[0]


def table(text):
    """The rows of the first table of a text, without its header."""
    (first, *_) = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in first.splitlines()[2:]
    ]


def flat(text):
    """A text on one line."""
    return " ".join(text.split())


def code_blocks(language):
    """The code blocks of a language in every text."""
    return [
        block
        for text in TEXTS.values()
        for block in re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
    ]


EXAMPLES = {
    command: output.strip("\n")
    for block in code_blocks("console")
    for command, _, output in [block.removeprefix("$ python -m dashboard ").partition("\n")]
}
(CSV_EXAMPLE,) = code_blocks("csv")


# ------------------------------------------------------------------ README


def test_the_readme_fits_on_a_screen_or_two():
    assert len(README.encode()) <= LARGEST_README
    for command in ("make run", "make test", "pip install .", "rouble-reaction facts 2025-04-21"):
        assert command in README


def test_the_first_paragraph_is_what_the_data_say():
    with (ROOT / "data/rates/usd_rub_cbr.csv").open(encoding="utf-8") as lines:
        rates = {row["date"]: float(row["rate"]) for row in csv.DictReader(lines)}
    # Records are dated the day after: 21 April is 04-22, 30 May 05-31, 28 December 12-29.
    level, since, year_end = rates["2025-04-22"], rates["2023-05-31"], rates["2024-12-29"]
    assert (level, year_end) == (80.7597, 101.6797)
    assert since <= level
    assert all(rate > level for day, rate in rates.items() if "2023-05-31" < day < "2025-04-22")
    paragraph = flat(README.split("## ")[0])
    assert f"21 April 2025 was **{level}**, the strongest since **30 May 2023**" in paragraph
    assert f"**−{100 * (1 - level / year_end):.3f} %** in RUB per USD" in paragraph
    assert f"**+{100 * (year_end / level - 1):.3f} %** in USD per RUB" in paragraph


def test_the_readme_repeats_the_finding_it_names():
    (row,) = [row for row in table(page("findings.md")) if row[0] == "nato_remark"]
    assert f"after {row[1].split(',')[0]} NATO remarks is not unusual" in flat(README)
    assert section(page("findings.md"), "## nato_remark").startswith("\n**Not unusual**")


def test_pictures_exist_and_are_light():
    pictures = {
        (ROOT / name).parent / link
        for name, text in TEXTS.items()
        for link in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    }
    assert len(pictures) >= 3
    for path in pictures:
        content = path.read_bytes()
        assert content.startswith(b"\x89PNG"), path
        assert len(content) < LARGEST_PICTURE, path


# ------------------------------------------------------------------ the site


def test_the_site_builds_strictly(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", tmp_path],
        cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout + built.stderr
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    loaded = re.findall(r'<(?:script|link|img)\b[^>]*(?:src|href)="(https?:[^"]+)"', html)
    assert loaded == []


def test_links_out_of_the_site_exist():
    """Strict mode checks links inside docs/; these are the links of the files next to it."""
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", TEXTS[name]):
            assert link.startswith("https://") or (ROOT / link).exists(), (name, link)


@pytest.mark.parametrize("name", TEXTS)
def test_no_private_vocabulary(name):
    found = re.findall(
        rf"(?<![\w/.-])(?:{JARGON})(?![\w/-]|\.\w)", TEXTS[name], flags=re.IGNORECASE
    )
    assert found == []


def test_paths_that_are_named_exist():
    for name, text in TEXTS.items():
        if name == "CHANGELOG.md":
            continue
        for path in re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:\.(?:py|md|json|csv|toml)|/))`", text):
            is_output = path.endswith(".csv") or path in {"manifest.json", "base.py"}
            places = [base / path for base in (ROOT, PACKAGE, DOCS, ROOT / "data")]
            assert is_output or any(place.exists() for place in places), (name, path)


# ------------------------------------------------------------------ examples and claims


@pytest.mark.parametrize("command", EXAMPLES)
def test_an_example_prints_what_is_shown(command, capsys, monkeypatch, tmp_path, dashboard_home):
    monkeypatch.chdir(tmp_path)
    if "_moex_" in command:  # bars are fetched, here from the replica
        fill_cache(dashboard_home)
        monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
        (tmp_path / "remarks.csv").write_text(CSV_EXAMPLE, encoding="utf-8")
    assert run(shlex.split(command)) == 0
    printed = capsys.readouterr().out.replace("\u202f", " ")
    assert printed.strip("\n").splitlines() == EXAMPLES[command].splitlines()


def test_the_numbers_about_the_catalogue_are_its_own():
    stated, scheduled, reported = map(len, hour_kinds())
    wikipedia = sum("wikipedia.org" in row["source_url"] for row in CATALOGUE)
    unlinked = sum(not row["source_url"] for row in CATALOGUE)
    text = flat(section(page("limits.md"), "## Events"))
    assert f"of {len(CATALOGUE)} events {stated} have the hour at which they were said" in text
    assert f"{scheduled} a scheduled one, {reported} only that of a first report" in text
    assert f"{wikipedia} cite Wikipedia's dated current-events pages" in text
    assert f"{unlinked} have no link" in text


def test_the_declared_test_is_described_as_simulated():
    size = describe_size()
    text = flat(section(page("guide/study.md"), "## Which test to read"))
    assert f"`{size.declared}`" in text
    assert f"Of {size.studies:,} simulated studies" in text
    assert all(f"`{test}` ({question})" in text for test, question in size.others)


def test_flags_of_hours_are_those_that_are_written(capsys, monkeypatch, tmp_path, dashboard_home):
    text = page("guide/hours.md")
    assert HOURS in text
    fill_cache(dashboard_home)
    (tmp_path / "remarks.csv").write_text(CSV_EXAMPLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DASHBOARD_OFFLINE", "1")
    run(["study", "--rates", HOURS, "--events", "remarks.csv", "--window", "-2h:6h", "--out", "x"])
    capsys.readouterr()
    with (tmp_path / "x/events.csv").open(encoding="utf-8") as lines:
        flags = {row["event_id"]: set(row["flags"].split()) for row in csv.DictReader(lines)}
    assert "partly_in_fixing" in flags["noon"]
    assert {"no_bar_then", "session_break", "weekend_session"} <= flags["friday"]
    written = set().union(*flags.values()) | {"missing_bars"}
    assert {flag for flag in FLAGS_OF_BARS if f"`{flag}`" in text} == FLAGS_OF_BARS <= written
    skipped = (tmp_path / "x/skipped.csv").read_text(encoding="utf-8")
    assert 'dated,cny_rub_moex_60m,"hour unknown' in skipped


def test_the_failure_of_the_replica_example_can_be_named():
    (name,) = re.findall(r"--misbehave cbr=(\w+)", page("guide/operate.md"))
    assert name in NAMED


# ------------------------------------------------------------------ reference


@pytest.mark.parametrize("name", REFERENCE_PAGES)
def test_a_reference_page_is_what_the_program_says(name):
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == REFERENCE_PAGES[name](), "make reference"


def listed_commands(capsys, *group):
    """The names below `Commands:` in the help of a group."""
    run([*group, "--help"])
    listed = capsys.readouterr().out.partition("Commands:")[2]
    return re.findall(r"^  ([a-z-]+)(?:  |$)", listed, re.MULTILINE)


def test_every_command_and_option_is_in_the_reference_and_no_other(capsys):
    text = page("reference/commands.md")
    parts = dict(re.findall(r"^###? ([a-z -]+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    groups, expected, found = set(), set(), {(name,) for name in listed_commands(capsys)}
    while found:
        names = found.pop()
        inner = listed_commands(capsys, *names)
        (groups if inner else expected).add(" ".join(names))
        found |= {(*names, name) for name in inner}
    assert parts.keys() == expected | {name for name in groups if " " not in name}
    for name in expected:
        run([*name.split(), "--help"])
        options = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
        assert (
            set(re.findall(r"^- `(--[a-z-]+)", parts[name], re.MULTILINE)) | {"--help"} == options
        )


# Lines of a guide that run other programs, with their continuations.
OTHER_PROGRAMS = re.compile(
    r"(?:^ *|`)(?:apt-get|useradd|curl|docker|systemctl|openssl|pg_restore|pipx|runuser|uvx?)\b"
    r"(?:.*\\\n)*.*$",
    re.MULTILINE,
)


def test_options_that_are_named_exist():
    known = set(re.findall(r"--[a-z][a-z-]+", page("reference/commands.md")))
    known |= {
        "--help",
        "--require-hashes",
        "--port",
        "--misbehave",
        "--part",
        "--python",
        "--write",
        "--add",
    }
    for name, text in TEXTS.items():
        if name != "CHANGELOG.md":
            named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", OTHER_PROGRAMS.sub("", text)))
            assert named <= known, (name, named - known)


def test_every_column_of_every_table_is_in_the_reference():
    described = re.findall(r"^\| `(\w+\.\w+)` \|", page("reference/files.md"), re.MULTILINE)
    columns = {f"{each.name}.{name}" for each in TABLES.values() for name in each.header}
    bars = {f"{each.name}.{col.name}" for each in TABLES.values() for col in each.bar_columns}
    assert sorted(described) == sorted(columns | bars)


def test_every_address_is_in_the_guide_and_in_the_reference():
    addresses = {f"/api{path}" for path in build_app().openapi()["paths"]}
    guide = {
        address
        for row in table(page("guide/programs.md"))
        for address in re.findall(r"`([^`]+)`", row[0])
    }
    assert guide == addresses | {"/healthz"}
    methods = re.findall(r"^## [A-Z]+ (\S+)$", page("reference/api.md"), re.MULTILINE)
    assert set(methods) == addresses


def test_every_series_and_rule_is_in_the_reference():
    text = page("reference/data.md")
    package = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        assert f"| `{resource['name']}` |" in text
        assert f"| {resource['rows']:,} |" in text
    assert all(f"| `{rule}` |" in text for rule in PUBLICATION_RULES)


def test_the_variables_are_those_that_are_read():
    rows = table(section(page("guide/operate.md"), "## Settings"))
    assert {row[0].strip("`") for row in rows} == {name.upper() for name in Settings.model_fields}


def test_the_targets_of_make_are_documented():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    named = {
        target
        for text in TEXTS.values()
        for target in re.findall(r"(?:`|^ {4})make ([a-z]+)\b", text, re.MULTILINE)
    }
    assert named <= targets
    assert targets - named <= {"clean"}


# ------------------------------------------------------------------ architecture


def test_every_package_is_in_the_table_of_layers():
    packages = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    packages |= {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    rows = table(page("developer/architecture.md"))
    named = {name for _, names, _ in rows for name in re.findall(r"`([a-z_]+)`", names)}
    assert named == packages


def test_every_registry_is_in_the_table_of_plugin_packages():
    rows = table(section(page("developer/architecture.md"), "## Plug-in packages"))
    assert {name.strip("`"): registry.strip("`") for name, registry, _ in rows} == REGISTRIES


def test_every_test_and_model_has_its_formula():
    text = page("statistics.md")
    for name in (entry.id for entry in (*SIGNIFICANCE_TESTS, *NORMAL_MODELS)):
        assert re.search(rf"^    {name} +\S|`{name}`", text, re.MULTILINE), name


def test_every_page_is_described():
    assert [row[0].strip("*") for row in table(page("guide/pages.md"))] == [
        each.title for each in PAGES
    ]


def test_the_terms_are_those_of_the_method_page():
    text = page("reference/terms.md")
    listed = [row[0] for part in text.split("\n## ")[1:] for row in table(part)]
    assert listed == [term.name for term in define_terms(BundledRates().cards()[0])]


def test_a_check_list_has_at_most_six_boxes():
    lists = re.findall(
        r"^## Add .*\n\n((?:- \[ \] .*\n)+)", page("developer/extend.md"), re.MULTILINE
    )
    assert len(lists) >= 4
    assert all(1 < boxes.count("- [ ]") <= 6 for boxes in lists)


def test_a_decision_has_a_date_and_says_over_what():
    _, *decisions = page("developer/decisions.md").strip().split("\n\n")
    assert len(decisions) > 5
    for decision in decisions:
        assert re.match(r"\*\*\d{4}-\d{2}-\d{2} · ", decision)
        assert "Chosen over" in decision
        assert len(decision.splitlines()) <= 3


def test_corrections_are_dated_newest_first():
    days = re.findall(r"^## (\d{4}-\d{2}-\d{2})$", page("corrections.md"), re.MULTILINE)
    assert days == sorted(days, reverse=True)
    assert len(days) > 1
