"""User text reaches the screen through `presentation.escaping` only; nothing is run from data.

The rule: what a person, a file or a feed wrote (see `FIELDS` in `user_text_flow`) and the
message of a caught error may be handed to a Streamlit call that reads Markdown only inside
`escape_markdown`, `escape_label` or `format_markdown_link`, and to a figure only inside
`escape_plot`. Places that show characters as they are (`st.text`, `st.code`, `st.dataframe`) take
`plain_text`.
Words of our own in an attribute of such a name are listed in `CONSTANTS`, each with its
reason.
"""

import ast
import re
from pathlib import Path

import pytest

from tests.ui.user_text_flow import markdown_flow, plot_flow

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dashboard"
MODULES = {
    str(path.relative_to(ROOT)).removesuffix(".py").replace("/", ".").removesuffix(".__init__"): (
        path.read_text(encoding="utf-8")
    )
    for path in sorted(PACKAGE.rglob("*.py"))
}
# The one way itself, and the lines of the command line, which reads no Markdown.
NO_SCREEN = {"dashboard.presentation.escaping", "dashboard.cli.output"}
SCREENS = {
    name: source
    for name, source in MODULES.items()
    if name.startswith(("dashboard.ui", "dashboard.presentation")) and name not in NO_SCREEN
}

# An expression, or `module: expression`, that looks like user text and is not; with the reason.
CONSTANTS = {
    "style.title": "the title of a category, from the palette",
    "style.short": "the title of a category, from the palette",
    "STYLE_BY_ID[value].title": "the title of a category, from the palette",
    "page.title": "the name of a page, from the register of pages",
    "context.title": "the heading of a dialog, a constant of its component",
    "model.title": "the name of a model of normal returns, a constant of its module",
    "card.title": "from data/datapackage.json, or the plain words of an import",
    ".card.title": "from data/datapackage.json, or the plain words of an import",
    "card.subject.title": "the noun of a currency, from the table of currencies",
    ".subject.title": "the noun of a currency, from the table of currencies",
    "subject.title": "the noun of a currency, from the table of currencies",
    "choice.label": "the label of a filter, from its declaration",
    "field.label": "the label of a field of a note, from its declaration",
    "example.title": "the title of an example, a constant of its page",
    "entry.text": "sentences of the method, with counts of events only",
    "card.label": "the title of a series that ships, or the plain words of an import",
    ".card.label": "the title of a series that ships, or the plain words of an import",
    "file.title": "the title of a table, from its schema or a series that ships",
    "item.title": "the title of a table, from its schema or a series that ships",
    "added.id": "an argument of the audit trail, which draws nothing",
    "added.url": "an argument of the audit trail, which draws nothing",
    "palette.text": "a colour of the palette",
    ".palette.text": "a colour of the palette",
    "marker.style.title": "the title of a category, from the palette",
    "dashboard.presentation.charts.correlation: line.text": "numbers and counts of one group",
    "dashboard.ui.pages.explore.state: find_horizon(shown, upcoming, today)": "a day on the axis",
    "dashboard.ui.pages.explore.state: state.upcoming": "events, whose titles marks escape",
    "dashboard.ui.pages.explore.state: {event.id: escape_plot(format_countdown(event, state))"
    " for event in state.upcoming}": "each is escaped, the keys are ids",
    "dashboard.presentation.charts.explore: chart.countdowns": "escaped where the chart is made",
    **{
        f"dashboard.presentation.charts.{module}: chart.{name}": "escaped where the chart is made"
        for module in ("claim", "comparison_paths", "event_window", "explore")
        for name in ("title", "subtitle", "heading", "subheading")
    },
}

TEMPLATES = frozenset({"hovertemplate", "texttemplate"})
RAW_KEYWORDS = frozenset({"unsafe_allow_html", "unsafe_allow_javascript"})
RAW_CALLS = frozenset({"eval", "exec", "compile", "__import__"})
RAW_ATTRIBUTES = frozenset({"html", "iframe", "LinkColumn", "MarkdownColumn", "ImageColumn"})
SCRIPTS_MODULE = "dashboard.ui.components.browser_scripts"
"""The one module that runs scripts in the page, which are files of this package."""
COMPONENTS = {
    "components",
    "streamlit.components.v2.get_bidi_component_manager",
    "streamlit.components.v2.manifest_scanner",
}
RAW_IMPORTS = frozenset({"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml"})


def lines(found):
    return [f"{item.module}:{item.line}: {item.source[:120]}" for item in sorted(found, key=str)]


# ------------------------------------------------------------------ the product


def test_no_raw_markup_from_user_text_in_markdown():
    assert lines(markdown_flow(SCREENS, frozenset(CONSTANTS))) == []


def test_no_raw_markup_from_user_text_in_figures():
    assert lines(plot_flow(SCREENS, frozenset(CONSTANTS))) == []


def test_every_exception_to_the_rule_has_a_reason():
    assert all(len(reason.split()) > 3 for reason in CONSTANTS.values())


@pytest.mark.parametrize("name", MODULES)
def test_no_raw_markup_and_no_code_from_data(name):
    expected = COMPONENTS if name == SCRIPTS_MODULE else set()
    assert set(raw_markup(MODULES[name])) == expected


def test_no_script_of_the_pages_writes_html_or_runs_text():
    scripts = sorted((PACKAGE / "ui").rglob("*.js"))
    assert scripts
    banned = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(")
    assert [path.name for path in scripts if banned.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("name", SCREENS)
def test_no_raw_markup_in_templates_of_figures(name):
    assert changing_templates(SCREENS[name]) == []


def raw_markup(source):
    """Calls and imports that let text run or be read as HTML."""
    result = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.keyword) and node.arg in RAW_KEYWORDS:
            result.append(node.arg)
        if isinstance(node, ast.keyword) and node.arg == "persist":
            result.append("persist")
        if isinstance(node, ast.Call):
            result += _raw_call(node)
        if isinstance(node, ast.Import):
            result += [a.name for a in node.names if a.name.split(".")[0] in RAW_IMPORTS]
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if module.split(".")[0] in RAW_IMPORTS or "streamlit.components" in module:
                result.append(module)
    return result


def _raw_call(node):
    func = node.func
    if isinstance(func, ast.Name):
        return [func.id] if func.id in RAW_CALLS | RAW_ATTRIBUTES else []
    if isinstance(func, ast.Attribute) and func.attr in RAW_ATTRIBUTES | {"to_html", "write_html"}:
        return [ast.unparse(func)]
    return ["components"] if ".components." in f"{ast.unparse(func)}." else []


def changing_templates(source):
    """Templates of figures that are not constants: user text in one would be expanded."""
    result = []
    for node in ast.walk(ast.parse(source)):
        pairs = []
        if isinstance(node, ast.keyword):
            pairs = [(node.arg, node.value)]
        elif isinstance(node, ast.Dict):
            keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
            pairs = list(zip(keys, node.values, strict=True))
        elif isinstance(node, ast.Assign):
            pairs = [
                (target.slice.value, node.value)
                for target in node.targets
                if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant)
            ]
        result += [ast.unparse(v) for key, v in pairs if key in TEMPLATES and not is_constant(v)]
    return result


def is_constant(node):
    """A literal, a module constant in capitals, or a choice or sum of such."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id.lstrip("_").isupper()
    if isinstance(node, ast.Call):  # a message of the catalogue without values
        is_message = isinstance(node.func, ast.Name) and node.func.id == "_"
        return is_message and not node.keywords and all(map(is_constant, node.args))
    if isinstance(node, ast.BinOp):
        return is_constant(node.left) and is_constant(node.right)
    if isinstance(node, ast.IfExp):
        return is_constant(node.body) and is_constant(node.orelse)
    if isinstance(node, ast.JoinedStr):
        return all(is_constant(item) for item in node.values)
    return isinstance(node, ast.FormattedValue) and is_constant(node.value)


# ------------------------------------------------------------------ the rule itself

CLEAN = """
import streamlit as st
from dashboard.presentation.escaping import escape_label, escape_markdown, plain_text
from dashboard.presentation.formatting import format_day

def draw(event, error):
    st.header(escape_markdown(event.title))
    st.markdown(f"**{escape_label(event.title)}** on {format_day(event.day)}")
    st.text(plain_text(event.title))
    st.metric("Events", len(event.tags))
    shown = escape_markdown(event.title)
    st.caption(" · ".join([shown, format_day(event.day)]))
    try:
        pass
    except ValueError as error:
        st.error(escape_markdown(str(error)))
"""


def dirty(body, more=""):
    return {
        "dashboard.ui.a": f"import streamlit as st\n{more}\ndef draw(event, view):\n    {body}\n"
    }


def test_clean_code_passes():
    assert markdown_flow({"dashboard.ui.a": CLEAN}) == set()


@pytest.mark.parametrize(
    "body",
    [
        "st.markdown(event.title)",
        "st.write('x', event.text)",
        "st.header(f'{event.title}!')",
        "st.toast('Saved ' + event.title)",
        "st.metric(event.actor, 1)",
        "st.metric('x', event.title)",
        "st.caption(', '.join(event.tags))",
        "st.caption(', '.join(tag.upper() for tag in event.tags))",
        "st.button('x', help=event.title)",
        "st.tabs([event.title])",
        "st.pills('x', [1], format_func=lambda value: event.title)",
        "st.page_link('x', label=event.title)",
        "box = st.empty(); box.info(event.title)",
        "shown = event.title; again = shown.strip(); st.markdown(again)",
        "st.markdown(plain(event.title))",
        "st.markdown(view['q'])",
        "\n    try:\n        pass\n    except ValueError as error:\n        st.error(str(error))",
        "\n    for tag in event.tags:\n        st.badge(tag)",
        "st.markdown(words(event))",
        "show(event.title)",
        "show(text=event.title)",
        "st.markdown(bold(event.title))",
        "card = Card(1, event.title); st.markdown(card.line)",
    ],
)
def test_user_text_is_found_wherever_it_goes(body):
    more = """
class Card:
    n: int
    line: str
def words(event):
    return f"{event.title} happened"
def bold(words):
    return f"**{words}**"
def show(text):
    st.markdown(text)
"""
    assert len(markdown_flow(dirty(body, more))) == 1


def test_user_text_is_followed_from_module_to_module():
    sources = {
        "dashboard.ui.words": "def line(event):\n    return event.title\n",
        "dashboard.ui.page": (
            "import streamlit as st\nfrom dashboard.ui.words import line\n"
            "from dashboard.ui import words\n"
            "def draw(event):\n    st.markdown(line(event))\n    st.caption(words.line(event))\n"
        ),
    }
    assert {item.line for item in markdown_flow(sources)} == {5, 6}


def test_an_allowed_expression_is_left_alone():
    source = dirty("st.markdown(lane.title)")
    assert len(markdown_flow(source)) == 1
    assert markdown_flow(source, frozenset({"lane.title"})) == set()
    assert markdown_flow(source, frozenset({"dashboard.ui.a: lane.title"})) == set()
    assert len(markdown_flow(source, frozenset({"dashboard.ui.b: lane.title"}))) == 1


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("escape_plot(event.title)", 0),
        ("[escape_plot(e.title) for e in events]", 0),
        ("event.title", 1),
        ("[e.title for e in events]", 1),
        ("escape_markdown(event.title)", 1),
    ],
)
def test_user_text_in_a_figure_is_found(value, found):
    source = f"def trace(event, events):\n    return {{'customdata': {value}}}\n"
    assert len(plot_flow({"dashboard.presentation.charts.a": source})) == found


def test_user_text_handed_to_a_chart_is_found():
    sources = {
        "dashboard.presentation.charts.a": "class Chart:\n    title: str\n",
        "dashboard.ui.scene": (
            "from dashboard.presentation.charts.a import Chart\n"
            "def good(event):\n    return Chart(title=escape_plot(event.title))\n"
            "def bad(event):\n    return Chart(title=event.title)\n"
        ),
    }
    assert {item.line for item in plot_flow(sources)} == {5}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("x = {'hovertemplate': '%{y}<extra></extra>'}", 0),
        ("x = {'hovertemplate': HOVER + '<extra></extra>'}", 0),
        ("x = {'hovertemplate': f'{HOVER}<extra></extra>'}", 0),
        ("x = {'hovertemplate': A if short else B}", 0),
        ("x = {'hovertemplate': f'{title}<extra></extra>'}", 1),
        ("go.Scatter(hovertemplate=event.title)", 1),
        ("x['texttemplate'] = make()", 1),
    ],
)
def test_a_template_that_changes_is_found(source, found):
    assert len(changing_templates(source)) == found


@pytest.mark.parametrize(
    "source",
    [
        "st.markdown('x', unsafe_allow_html=True)",
        "st.html('x')",
        "st.components.v1.html('x')",
        "import streamlit.components.v1 as components\ncomponents.html('x')",
        "from streamlit.components.v1 import html",
        "eval('1')",
        "import pickle",
        "from yaml import load",
        "st.column_config.LinkColumn('x')",
        "st.cache_data(persist='disk')",
        "figure.to_html()",
    ],
)
def test_raw_markup_and_code_from_data_are_found(source):
    assert raw_markup(source)


def test_ordinary_code_is_no_raw_markup():
    assert raw_markup("import html\nhtml.escape('x')\nimport re\nre.compile('x')\n") == []
