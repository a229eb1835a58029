"""Write the reference pages in docs/reference from the program itself.

`python -m tools.write_reference` renews them; with `--check` nothing is written and the exit code
is 1 where a page differs from the program. `tests/test_docs.py` compares them too.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import typer

from dashboard.api.app import build_app
from dashboard.cli import app
from dashboard.config import Settings
from dashboard.container import live_sources
from dashboard.eventstudy.normal import NORMAL_MODELS
from dashboard.eventstudy.significance import SIGNIFICANCE_TESTS
from dashboard.export.schemas import STUDY_TABLES, TABLES
from dashboard.models.publication import BANK_OF_RUSSIA_BREAKS, PUBLICATION_RULES
from dashboard.models.series import SeriesCard
from dashboard.models.tables import Table
from dashboard.presentation.terms import TERM_GROUPS, define_terms
from dashboard.services.method import describe_size
from dashboard.services.serializers import KIND_NAMES
from dashboard.sources.rates.bundled import BundledRates
from dashboard.ui.pages import PAGES

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "docs" / "reference"
PROGRAM: Final = "python -m dashboard"
NOTICE: Final = "<!-- Written by `python -m tools.write_reference`; do not edit by hand. -->"

# ---------------------------------------------------------------- Markdown


def escape(text: str) -> str:
    """Text that Markdown shows as it is, in one line, also in a table."""
    line = " ".join(text.split())
    for character, entity in (("<", "&lt;"), (">", "&gt;"), ("|", "&#124;")):
        line = line.replace(character, entity)
    return re.sub(r"(\*|(?<!\w)_|_(?!\w))", r"\\\1", line)


def escape_prose(text: str) -> str:
    """As `escape`, with code spans left alone."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else escape(part) for part in parts)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def page(title: str, introduction: str, parts: Iterable[str]) -> str:
    """A page with its notice, title, introduction and parts."""
    return "\n\n".join([f"# {title}", NOTICE, introduction.strip(), *parts]) + "\n"


# ---------------------------------------------------------------- commands


def commands_page() -> str:
    """Every command with its arguments and options."""
    introduction = f"""
`{PROGRAM} COMMAND`, or `rouble-reaction COMMAND` where the package is installed. `--help` after a
command prints what stands here. Commands that read take `--json`. Exit codes: 0 done; 1 `reproduce`
found a difference; 2 the input or the request is wrong, explained in one line on standard error;
3 a source or the store failed."""
    return page("Commands", introduction, _command_parts())


def all_commands() -> Iterator[tuple[str, Any]]:
    """The path and the command object of every command that does something."""
    return _walk(typer.main.get_command(app), "")


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, child in getattr(command, "commands", {}).items():
        full = f"{path} {name}".strip()
        if getattr(child, "commands", None):
            yield from _walk(child, full)
        elif not child.hidden:
            yield full, child


def _command_parts() -> Iterator[str]:
    root = typer.main.get_command(app)
    yield "## Options before a command\n\n" + "\n".join(_parameter_lines(root, PROGRAM))
    groups: set[str] = set()
    for path, command in sorted(all_commands(), key=lambda pair: " " in pair[0]):
        group, _, rest = path.partition(" ")
        if rest and group not in groups:
            groups.add(group)
            yield f"## {group}\n\n{escape_prose(root.commands[group].help or '')}"
        yield f"##{'#' if rest else ''} {path}\n\n{_command_text(command, path)}"


def _command_text(command: Any, path: str) -> str:
    usage = " ".join(
        [PROGRAM, path, *(_argument_name(p) for p in command.params if _is_argument(p))]
    )
    paragraphs = (command.help or "").split("\f")[0].strip()
    lines = _parameter_lines(command, path)
    return "\n\n".join(
        [escape_prose(paragraphs), f"    {usage} [OPTIONS]", "\n".join(lines)]
    ).strip()


def _is_argument(parameter: Any) -> bool:
    return type(parameter).__name__ == "TyperArgument"


def _argument_name(parameter: Any) -> str:
    name = parameter.metavar or parameter.name.upper()
    if parameter.nargs != 1:
        name += "…"
    return name if parameter.required else f"[{name}]"


def _parameter_lines(command: Any, name: str) -> list[str]:
    context = typer.Context(command, info_name=name)
    lines = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is None or "--help" in parameter.opts:
            continue
        label = _argument_name(parameter) if _is_argument(parameter) else record[0]
        lines.append(f"- `{' '.join(label.split())}`: {escape_prose(record[1])}")
    return lines


# ---------------------------------------------------------------- HTTP API

COMMON_RESPONSES: Final = ("4XX", "422", "503", "304")


def api_page() -> str:
    """Every address of the API from its OpenAPI description."""
    description = build_app().openapi()
    introduction = f"""
{escape_prose(description["info"]["description"])}

The machine-readable description is at `/api/openapi.json`. Every address answers a wrong request
with status 4XX, a wrong parameter with 422 and a store that cannot be used with 503, as problem
details (`type`, `title`, `status`, `detail`, `instance`, `errors`); reading addresses send an
`ETag` and answer 304 where `If-None-Match` still holds. `/healthz`, outside the description, says
how old each part of the data is, what each source last answered, how far a refresh is, and whether
the store answers."""
    return page("HTTP API", introduction, _operation_parts(description))


def _operation_parts(description: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            sections = [
                f"## {method.upper()} /api{path}",
                escape_prose(operation.get("description", "")),
                "\n".join(map(_query_line, operation.get("parameters", []))),
                _body_text(operation, description),
                "\n".join(_response_lines(operation)),
            ]
            yield "\n\n".join(section for section in sections if section)


def _query_line(parameter: Mapping[str, Any]) -> str:
    schema = parameter["schema"]
    extra = [parameter["in"]] if parameter["in"] != "query" else []
    extra += [_type_name(schema)]
    extra += ["required"] if parameter.get("required") else []
    if schema.get("default") not in (None, "", []):
        extra.append(f"default `{_json(schema['default'])}`")
    text = parameter.get("description") or schema.get("description", "")
    return f"- `{parameter['name']}` ({', '.join(extra)}): {escape_prose(text)}".rstrip(": ")


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _type_name(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(_type_name(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type_name(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))


def _body_text(operation: Mapping[str, Any], description: Mapping[str, Any]) -> str:
    content = operation.get("requestBody", {}).get("content")
    if not content:
        return ""
    media, body = next(iter(content.items()))
    schema = body["schema"]
    if "$ref" in schema:
        schema = description["components"]["schemas"][_type_name(schema)]
    required = schema.get("required", [])
    lines = [f"Body, `{media}`:", ""]
    for name, field in schema.get("properties", {}).items():
        kind = _type_name(field) + (", required" if name in required else "")
        lines.append(
            f"- `{name}` ({kind}): {escape_prose(field.get('description', ''))}".rstrip(": ")
        )
    return "\n".join(lines)


def _response_lines(operation: Mapping[str, Any]) -> Iterator[str]:
    yield "Answers:"
    yield ""
    for status, response in operation["responses"].items():
        if status not in COMMON_RESPONSES:
            yield f"- {status}: {escape_prose(response['description'])}"


# ---------------------------------------------------------------- CSV files


def files_page() -> str:
    """Every CSV table with its columns."""
    introduction = """
UTF-8, `.` decimals, ISO dates, every digit of a number, empty where missing; text that a
spreadsheet would run as a formula has a quote in front. In `moves` a move is the change of the
published number in per cent, with its sign; in the other tables of a study moves are in return
units: 0.01 = 1 log point, positive = the rouble stronger. The same columns are in [the other
formats](../guide/reports.md#files), where the note of a header cell of a workbook explains it, and
are the keys of the JSON rows. How a study is read: [Study a kind of
event](../guide/study.md#how-to-read-the-files). The folder's
`manifest.json` holds parameters, software version, data files with sha256, counts, rows, size and
sha256 of every file, and `created_at`."""
    study = [table_part(each) for each in STUDY_TABLES]
    others = [table_part(each) for each in TABLES.values() if each not in STUDY_TABLES]
    parts = ["## What `study --out` writes", *study, "## Other files", *others]
    return page("CSV files and their columns", introduction, parts)


def table_part(schema: Table) -> str:
    """One table: its title and a row for each column."""
    rows = [
        (
            f"`{schema.name}.{column.name}`",
            KIND_NAMES[column.kind],
            escape_prose(column.description) + suffix,
        )
        for columns, suffix in (
            (schema.columns, ""),
            (schema.bar_columns, " (series of bars only)"),
        )
        for column in columns
    ]
    heading = f"### {schema.file_name}\n\n{escape_prose(schema.title)}."
    return f"{heading}\n\n{table(('column', 'kind', 'meaning'), rows)}"


# ---------------------------------------------------------------- data


def data_page() -> str:
    """What ships, what is fetched, and when each number was known."""
    introduction = """
What ships with the program, what it fetches, and the rule by which a publisher's printed date
becomes a market day and a moment. Why the rules are so: [Data sources and date
rules](../developer/sources.md). What the sources cannot say: [Limits](../limits.md)."""
    parts = [
        "## What ships",
        shipped_table(),
        "Rates of the ECB crosses are computed from its euro reference rates. Every file is"
        " described, with its source, hash and columns, in `data/datapackage.json`.",
        "## What is fetched",
        live_table(),
        bar_sentence(),
        "## Publication rules",
        "The market day lies `lag` calendar days before the printed date; a number is known when"
        " its window closes. Written in `dashboard/models/publication.py`, with the documents that"
        " the rules follow.",
        rule_table(),
        "## Method breaks of the Bank of Russia",
        table(
            ("market day", "from then on"),
            [(str(method.day), escape(method.text)) for method in BANK_OF_RUSSIA_BREAKS],
        ),
    ]
    return page("Data and date rules", introduction, parts)


def shipped_table() -> str:
    """The files of the data package."""
    package = json.loads((ROOT / "data/datapackage.json").read_text(encoding="utf-8"))
    return table(
        ("file", "what", "publisher", "dates", "rows", "terms", "date rule"),
        [
            (
                f"`{each['name']}`",
                escape(each["title"]),
                escape(each["publisher"]),
                f"{each['range']['first']} to {each['range']['last']}" if "range" in each else "–",
                f"{each['rows']:,}",
                escape(each["licenses"][0]["title"]),
                f"`{each['dateRule']}`" if "dateRule" in each else "–",
            )
            for each in package["resources"]
        ],
    )


def live_cards() -> list[SeriesCard]:
    """The cards of every series that can be fetched."""
    return [card for source in live_sources(Settings()) for card in source.cards()]


def live_table() -> str:
    """The series that are fetched, without their bars."""
    return table(
        ("series", "what it measures", "publisher", "dates", "what it cannot say", "terms", "rule"),
        [
            (
                f"`{card.id}`",
                escape(f"{card.title}: {card.quantity}"),
                escape(card.publisher),
                f"{card.history_from} to {card.history_until}"
                if card.history_until
                else f"{card.history_from} on",
                escape(card.limits),
                escape(card.licence),
                f"`{card.date_rule}`",
            )
            for card in live_cards()
            if not card.bar_minutes
        ],
    )


def bar_sentence() -> str:
    """The series that come as bars too."""
    bars = [card for card in live_cards() if card.bar_minutes]
    names = ", ".join(f"`{card.id}`" for card in bars)
    return f"As bars, stamped in Moscow time: {names}."


def rule_table() -> str:
    """Every publication rule."""
    return table(
        ("rule", "zone", "lag", "window of the number", "in words"),
        [
            (
                f"`{rule.id}`",
                f"`{rule.zone}`",
                str(rule.lag_days),
                "; ".join(
                    f"{session.opens}–{session.closes}"
                    + (f" from {session.since}" if session.since.year > 1 else "")
                    for session in rule.sessions
                ),
                escape(rule.description),
            )
            for rule in PUBLICATION_RULES.values()
        ],
    )


# ---------------------------------------------------------------- statistics, pages, terms


def tests_page() -> str:
    """Every test of significance and every model of the normal return."""
    introduction = """
The declared test, `cluster_rank`, answers for a group; the others are orientation. Formulas:
[Statistics](../statistics.md); how often each is wrong when nothing happened: [Size and
power](../size.md); which to read: [Study a kind of event](../guide/study.md#which-test-to-read)."""
    parts = ["## Tests of significance", *map(_test_part, SIGNIFICANCE_TESTS)]
    parts += ["## Which is sound with which dates", readings_table()]
    parts += ["## Models of the normal return", *map(_model_part, NORMAL_MODELS)]
    return page("Tests and models", introduction, parts)


def _test_part(test: Any) -> str:
    return (
        f"### {test.id}\n\n**{escape(test.title)}.**"
        f" Null hypothesis: {escape_prose(test.null_hypothesis)}."
        f"\n\n- Assumptions: {escape_prose(test.assumptions)}"
        f"\n- Needs: {escape_prose(test.needs)}"
        f"\n- Source: {escape_prose(test.reference)}"
    )


def _model_part(model: Any) -> str:
    return (
        f"### {model.id}\n\n**{escape(model.title)}.**"
        f"\n\n- Needs: {escape_prose(model.needs) or 'nothing'}"
        f"\n- Source: {escape_prose(model.reference)}"
    )


def readings_table() -> str:
    """Which tests keep their size with which dates."""
    return table(
        ("dates of the group", "answers", "sound with such dates too"),
        [
            (
                f"{reading.dates}: {escape_prose(text)}",
                ", ".join(f"`{name}`" for name in reading.first),
                ", ".join(f"`{name}`" for name in reading.also) or "–",
            )
            for reading, text in describe_size().readings
        ],
    )


def pages_page() -> str:
    """Every page with its address and the keys of its link."""
    introduction = """
Every control of a page is in its link, so that a link shows the same view to whoever opens it. A
key that cannot be read is ignored, and the page says so. `asof` freezes any page: [Live and frozen
links](../guide/start.md#live-and-frozen-links)."""
    rows = [
        (
            escape(each.title),
            f"`/{each.url_path}`",
            ", ".join(f"`{param.key}`" for param in each.params) or "–",
        )
        for each in PAGES
    ]
    return page("Pages and links", introduction, [table(("page", "address", "keys"), rows)])


def terms_page() -> str:
    """The terms as the Method page defines them."""
    introduction = """
Spelling: rouble. Direction is always the rouble's; an arrow is that of the number shown."""
    terms = define_terms(BundledRates().cards()[0])
    parts = []
    for group, title in TERM_GROUPS.items():
        rows = [(escape(t.name), escape_prose(t.meaning)) for t in terms if t.group == group]
        parts += [f"## {escape(title)}", table(("term", "meaning"), rows)]
    return page("Terms", introduction, parts)


# ---------------------------------------------------------------- writing

REFERENCE_PAGES: Final[dict[str, Callable[[], str]]] = {
    "commands.md": commands_page,
    "api.md": api_page,
    "files.md": files_page,
    "data.md": data_page,
    "tests.md": tests_page,
    "pages.md": pages_page,
    "terms.md": terms_page,
}


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or with `--check` only say which differ."""
    stale = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, build in REFERENCE_PAGES.items():
        path, text = FOLDER / name, build()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8", newline="\n")
    action = "differs from the program" if "--check" in arguments else "written"
    for name in stale:
        print(f"docs/reference/{name} {action}")
    return int("--check" in arguments and bool(stale))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
