"""Rouble Reaction: what the news did to the exchange rate of the rouble.

The Python interface: data frames in, results with data frames, words and figures out. Each name is
imported when it is first used, so that `import dashboard` costs nothing.

    from dashboard import load_events, load_rates, study
    print(study(load_rates(), load_events(category="nato_remark")).summary())
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

__version__ = "0.1.0"

_MODULES = {
    "analysis": (
        "load_rates", "load_events", "study", "compare", "robustness", "facts", "check_claim",
        "read_article", "plot_event", "plot_compare",
    ),
    "results": ("Study", "Compared", "Robustness", "Facts", "ClaimCheck", "ArticleFindings"),
}  # fmt: skip
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = ["InputError", "__version__", *_MODULE_OF]  # noqa: PLE0604 - the names of the stub


def __getattr__(name: str) -> object:
    """A name of the Python interface, imported when it is first used."""
    if not name.startswith("_"):
        name = import_module("dashboard.models.deprecations").resolve_name(name)
    if name == "InputError":
        return import_module("dashboard.models.errors").InputError
    if name not in _MODULE_OF:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"dashboard.notebooks.{_MODULE_OF[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def shipped_path(name: str) -> Path:
    """Path of a file or folder that ships with the program, such as `data`.

    An installed package holds it inside; in a clone it lies next to the package.
    """
    package = Path(__file__).resolve().parent
    installed = package / name
    return installed if installed.exists() else package.parent / name
