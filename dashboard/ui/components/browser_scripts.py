"""The scripts of this product that run in the browser, where Streamlit reports nothing.

Each is a file of `dashboard/ui/assets`, served by Streamlit from the same host, so that the content
security policy of the pages still forbids inline scripts. A script gets data as JSON and sends
values back; it never writes a text of a user into the page as HTML.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from dashboard import __version__

PACKAGE: Final = "rouble_reaction"
SCRIPTS: Final = ("chart", "focus")
"""The names of the scripts: `chart` is `assets/chart.js`, with its style sheet `chart.css`."""
ASSETS: Final = Path(__file__).parents[1] / "assets"


def mount_script(name: str, key: str, data: Any, **callbacks: Callable[[], None]) -> None:
    """Run a script of `assets` in the page.

    Args:
        name: one of `SCRIPTS`.
        key: under which the session holds what it sent last, as `st.session_state[key]`.
        data: for the script, written as JSON.
        callbacks: `on_<value>_change`, called when the script has sent that value.
    """
    _register_folder()
    _build_renderer(name)(key=key, data=data, height=0, **callbacks)


def _register_folder() -> None:
    """Tell the runtime where the files are, as the manifest of an installed package would."""
    manager = get_bidi_component_manager()
    if manager.get_component_path(_full_name(SCRIPTS[0])) is None:
        parts = [ComponentConfig(name, "assets") for name in SCRIPTS]
        manifest = ComponentManifest(PACKAGE, __version__, parts)
        manager.register_from_manifest(manifest, Path(__file__).parents[1])


@cache
def _build_renderer(name: str) -> Callable[..., Any]:
    css = f"{name}.css" if (ASSETS / f"{name}.css").exists() else None
    return st.components.v2.component(
        _full_name(name), js=f"{name}.js", css=css, isolate_styles=False
    )


def _full_name(name: str) -> str:
    return f"{PACKAGE}.{name}"
