"""Follows user text through the source of the screens, from where it is read to where it is shown.

*Sources*: attributes that hold what a person, a file or a feed wrote (`FIELDS`), the free-text
settings of a link, the message of a caught error, `st.query_params`; fields of the screens' own
classes that were once filled with such text count too. *Sinks*: the Streamlit calls that read
Markdown, and the text properties of Plotly figures. *Cleaners*: the functions of
`dashboard.presentation.escaping` that fit the kind of sink. The text is followed through names,
f-strings, calls, return values and parameters, within and across the modules given, without regard
to the order of statements. An expression may be allowed by its source (`style.title`) or by module
and source (`dashboard.presentation.charts.x: chart.title`); one that starts with a dot allows every
expression that ends so.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field

USER = "user"
FIELDS = frozenset(
    {
        "title",
        "text",
        "actor",
        "author",
        "source_name",
        "source_url",
        "tags",
        "zone",
        "who",
        "problem",
        "remark",
        "owner",
        "target",
    }
)
FREE_SETTINGS = frozenset({"q", "id"})
NOT_TEXT = frozenset(
    {
        "len",
        "int",
        "float",
        "bool",
        "isinstance",
        "any",
        "all",
        "sum",
        "hash",
        "range",
        "safe_link",
    }
)

MARKDOWN = frozenset(
    {
        "badge", "button", "caption", "checkbox", "date_input", "dialog", "download_button",
        "error", "expander", "feedback", "file_uploader", "form_submit_button", "header", "info",
        "link_button", "markdown", "metric", "multiselect", "number_input", "page_link", "pills",
        "popover", "radio", "segmented_control", "select_slider", "selectbox", "slider", "spinner",
        "status", "subheader", "success", "table", "tabs", "text_area", "text_input", "time_input",
        "title", "toast", "toggle", "warning", "write",
    }
)  # fmt: skip
MARKDOWN_CLEANERS = frozenset({"escape_markdown", "escape_label", "format_markdown_link"})
MARKDOWN_KEYWORDS = frozenset({"label", "body", "help", "captions", "value", "delta", "title"})
MARKDOWN_OPTIONS = frozenset({"pills", "radio", "segmented_control"})
PLOT_PROPERTIES = frozenset(
    {"text", "hovertext", "customdata", "name", "ticktext", "title", "label", "legendgroup"}
)
SCREENS = ("dashboard.ui", "dashboard.presentation")
PLOT_CLEANERS = frozenset({"escape_plot"})


@dataclass
class Function:
    """One function, and what is known of it so far."""

    module: str
    node: ast.FunctionDef
    returns: set[str] = field(default_factory=set)
    sinks: set[str] = field(default_factory=set)

    @property
    def parameters(self) -> list[str]:
        args = self.node.args
        return [arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)]


@dataclass(frozen=True)
class Found:
    """User text that reaches a sink uncleaned."""

    module: str
    line: int
    source: str


class Flow:
    """The flow of user text to one kind of sink through a set of modules."""

    def __init__(self, sources: dict[str, str], cleaners, sinks_of, allowed=frozenset()) -> None:
        self.cleaners, self.sinks_of, self.allowed = cleaners, sinks_of, allowed
        self.allowed_ends = tuple(item for item in allowed if item.startswith("."))
        self.is_allowed: dict[ast.AST, bool] = {}
        self.trees = {name: ast.parse(text) for name, text in sources.items()}
        self.functions: dict[str, dict[str, Function]] = defaultdict(dict)
        self.methods: dict[str, list[Function]] = defaultdict(list)
        self.classes: dict[str, list[str]] = {}
        self.home: dict[str, str] = {}
        self.fields: set[str] = set()
        self.imports: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        for name, tree in self.trees.items():
            self._read(name, tree)
        self.found: set[Found] = set()

    def run(self) -> set[Found]:
        """Everything found, once nothing new is learned."""
        before = None
        while before != (state := self._state()):
            before = state
            self.found = set()
            for name, tree in self.trees.items():
                for function in self._every(name):
                    self._function(function)
                top = [
                    node
                    for node in tree.body
                    if not isinstance(node, ast.FunctionDef | ast.ClassDef)
                ]
                self._body(name, ast.Module(top, []), {}, None)
        return self.found

    def _read(self, name, tree):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(SCREENS):
                for alias in node.names:
                    self.imports[name][alias.asname or alias.name] = (node.module, alias.name)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self.functions[name][node.name] = Function(name, node)
            if isinstance(node, ast.ClassDef):
                self._read_class(name, node)

    def _read_class(self, name, node):
        self.home[node.name] = name
        named = [item for item in node.body if isinstance(item, ast.AnnAssign)]
        self.classes[node.name] = [item.target.id for item in named]
        for item in node.body:
            if isinstance(item, ast.FunctionDef):
                self.methods[item.name].append(Function(name, item))

    def _every(self, name):
        yield from self.functions[name].values()
        for group in self.methods.values():
            yield from (function for function in group if function.module == name)

    def _state(self):
        every = [f for name in self.trees for f in self._every(name)]
        return (
            tuple((f.node.name, frozenset(f.returns), frozenset(f.sinks)) for f in every),
            frozenset(self.fields),
        )

    def _function(self, function):
        env = {parameter: {parameter} for parameter in function.parameters}
        labels = self._body(function.module, function.node, env, function)
        function.returns |= labels

    def _body(self, module, node, env, function):
        """Follow names until they stand still, then look at calls; the labels returned."""
        scope = Scope(self, module, {name: set(labels) for name, labels in env.items()})
        items, size = list(ast.walk(node)), -1
        for _ in range(5):
            for item in items:
                scope.learn(item)
            if size == (size := scope.size()):
                break
        returned: set[str] = set()
        for item in items:
            if isinstance(item, ast.Return | ast.Yield | ast.YieldFrom) and item.value:
                returned |= scope.labels(item.value)
            self._look(scope, item, function)
        return returned

    def _look(self, scope, node, function):
        for value in [*self.sinks_of(self, scope.module, node), *self._passed(scope, node)]:
            labels = scope.labels(value)
            if USER in labels:
                self.found.add(Found(scope.module, value.lineno, ast.unparse(value)))
            if function is not None:
                function.sinks |= labels & set(function.parameters)
        self._fill(scope, node)

    def _passed(self, scope, node):
        """Arguments that a called function of ours shows."""
        if not isinstance(node, ast.Call):
            return
        for called in scope.called(node):
            for parameter, value in bound(called, node):
                if parameter in called.sinks:
                    yield value

    def _fill(self, scope, node):
        """Remember which fields of our own classes were filled with user text."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names = self.classes.get(node.func.id, [])
            pairs = [*zip(names, node.args, strict=False)]
            pairs += [(k.arg, k.value) for k in node.keywords if k.arg in names]
            self.fields |= {name for name, value in pairs if USER in scope.labels(value)}


class Scope:
    """The names of one function and what flows into each."""

    def __init__(self, flow: Flow, module: str, env: dict[str, set[str]]) -> None:
        self.flow, self.module, self.env = flow, module, env

    def learn(self, node) -> None:
        """Take in an assignment, a loop, a comprehension, a `with` or an `except`."""
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, self.labels(node.value))
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value:
            self._bind(node.target, self.labels(node.value))
        elif isinstance(node, ast.For | ast.comprehension):
            self._bind(node.target, self.labels(node.iter))
        elif isinstance(node, ast.withitem) and node.optional_vars:
            self._bind(node.optional_vars, self.labels(node.context_expr))
        elif isinstance(node, ast.ExceptHandler) and node.name:
            self.env.setdefault(node.name, set()).add(USER)

    def _bind(self, target, labels) -> None:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.env.setdefault(node.id, set()).update(labels)

    def size(self) -> int:
        """How much is known; it only grows."""
        return len(self.env) + sum(map(len, self.env.values()))

    def called(self, node: ast.Call) -> list[Function]:
        """The functions of ours that a call may reach."""
        functions, imports = self.flow.functions, self.flow.imports[self.module]
        func = node.func
        if isinstance(func, ast.Name):
            module, name = imports.get(func.id, (self.module, func.id))
            return [functions[module][name]] if name in functions.get(module, {}) else []
        if isinstance(func, ast.Attribute):
            if isinstance(func.value, ast.Name) and func.value.id in imports:
                package, name = imports[func.value.id]
                inside = functions.get(f"{package}.{name}", {})
                return [inside[func.attr]] if func.attr in inside else []
            return self.flow.methods.get(func.attr, [])
        return []

    def labels(self, node) -> set[str]:
        """Whose text an expression may hold: `user`, or the parameters it comes from."""
        if self._is_allowed(node):
            return set()
        if isinstance(node, ast.Call):
            return self._of_call(node)
        if isinstance(node, ast.Attribute):
            own = node.attr in FIELDS | self.flow.fields
            return {USER} if own else self.labels(node.value) & {USER}
        if isinstance(node, ast.Name):
            return set(self.env.get(node.id, set()))
        free = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
        if free and node.slice.value in FREE_SETTINGS:
            return {USER}
        return set().union(*(self.labels(part) for part in text_parts(node)), set())

    def _is_allowed(self, node: ast.AST) -> bool:
        """Whether the source of an expression is allowed; it is written out once."""
        known = self.flow.is_allowed
        if node not in known:
            allowed, source = self.flow.allowed, ast.unparse(node)
            known[node] = source in allowed or f"{self.module}: {source}" in allowed
            known[node] |= source.endswith(self.flow.allowed_ends)
        return known[node]

    def _of_call(self, node: ast.Call) -> set[str]:
        func = node.func
        name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
        if name in self.flow.cleaners or name in NOT_TEXT:
            return set()
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        reached = self.called(node)
        if reached:
            return set().union(*(self._through(called, node) for called in reached))
        if isinstance(func, ast.Name) and (name in self.flow.classes or name[:1].isupper()):
            return set()
        own = self.labels(func.value) if isinstance(func, ast.Attribute) else set()
        return own.union(*(self.labels(value) for value in given), set())

    def _through(self, called: Function, node: ast.Call) -> set[str]:
        out = called.returns & {USER}
        for parameter, value in bound(called, node):
            if parameter in called.returns:
                out |= self.labels(value)
        return out


def text_parts(node) -> list[ast.AST]:
    """The parts of an expression whose text it may hold."""
    if isinstance(node, ast.Compare | ast.Constant):
        return []
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Lambda):
        return [node.body]
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return [node.elt]
    if isinstance(node, ast.DictComp):
        return [node.key, node.value]
    return list(ast.iter_child_nodes(node))


def bound(called: Function, node: ast.Call):
    """Parameter and argument of a call, as far as they are known."""
    names = called.parameters
    if names[:1] in (["self"], ["cls"]):
        names = names[1:]
    yield from zip(names, (a for a in node.args if not isinstance(a, ast.Starred)), strict=False)
    yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg in names)


def markdown_sinks(_flow: Flow, _module: str, node):
    """What a call hands to Streamlit's Markdown."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    name = node.func.attr
    if name not in MARKDOWN or isinstance(node.func.value, ast.Constant):
        return
    receiver = ast.unparse(node.func.value)
    if name in {"title", "error", "info", "warning"} and (not node.args or receiver == "log"):
        return
    shown = {"metric": 3, "write": 99}.get(name, 1)
    yield from node.args[:shown]
    for keyword in node.keywords:
        by_option = keyword.arg in {"format_func", "options"} and name in MARKDOWN_OPTIONS
        if keyword.arg in MARKDOWN_KEYWORDS or by_option:
            yield keyword.value


def plot_sinks(flow: Flow, module: str, node):
    """The text properties of a figure, and what is handed to the modules that build figures."""
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    if ".charts." in flow.home.get(called, ""):
        yield from (*node.args, *(keyword.value for keyword in node.keywords))
    if ".charts." not in module:
        return
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
    elif isinstance(node, ast.Assign):
        targets = [target for target in node.targets if isinstance(target, ast.Subscript)]
        pairs = ((target.slice, node.value) for target in targets)
    elif isinstance(node, ast.Call):
        pairs = ((ast.Constant(keyword.arg), keyword.value) for keyword in node.keywords)
    else:
        return
    for key, value in pairs:
        if isinstance(key, ast.Constant) and key.value in PLOT_PROPERTIES:
            yield value


def markdown_flow(sources: dict[str, str], allowed: frozenset[str] = frozenset()) -> set[Found]:
    """User text that reaches Markdown without `escape_markdown` or its like."""
    return Flow(sources, MARKDOWN_CLEANERS, markdown_sinks, allowed).run()


def plot_flow(sources: dict[str, str], allowed: frozenset[str] = frozenset()) -> set[Found]:
    """User text that reaches a figure without `escape_plot`."""
    return Flow(sources, PLOT_CLEANERS, plot_sinks, allowed).run()
