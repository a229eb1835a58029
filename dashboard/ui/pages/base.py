"""The protocol of a page, and how to add one.

A page in five steps:

1. `ui/pages/<id>/page.py`: a `draw(view: UrlState) -> None` and, at the end, `PAGE = Page(…)`;
   `state.py` for the frozen state computed from URL and services, `controls.py` for the widgets.
2. One import and one entry in `PAGES` (`ui/pages/__init__.py`); the tests over `PAGES` open it.
3. Controls that belong into the link are `UrlParam`s of the page. Ask `view["key"]` for the value
   and hand `**view.widget("key")` to the Streamlit widget: it brings `key=` and `on_change=`,
   so give the widget no default of its own. To change a value in a callback: `view.set(key=…)`.
   The shell has already read the link, and draws the heading and the ignored settings. A page
   whose heading depends on its data leaves `heading` empty and calls `draw_heading` of
   `ui.components.elements` itself: every page has exactly one heading of the first level.
4. Data come from `dashboard.ui.session` (`load_series(id)`, `get_known_events()` …), never from
   sources or storage. Text of users goes only through `dashboard.presentation.escaping`, numbers
   and messages through `formatting`, colours through `palette`, figures through `charts` (plain
   dictionaries) of the same package and `dashboard.ui.components.elements.draw_figure`.
5. Keep heavy imports (an engine, a file format) inside `draw`, so that Explore opens fast.
   Link to another page with `draw_page_link("event", …, id=…)` of `ui.components.elements`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.ui.url_state import UrlParam

if TYPE_CHECKING:
    from dashboard.models.tables import LinkedChart
    from dashboard.ui.url_state import UrlState


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its title, the parameters of its URL and its renderer.

    `icon` is a Material symbol (`:material/…:`, drawn from the shipped font). The page with an
    empty `url_path` is the one that opens first. `chart` gives the one chart of a page that can be
    shown elsewhere, without a session. A page that is not `visible` is reached by
    links only. `heading` and `purpose`, one line below it, are drawn over the page; both are
    deferred messages.
    """

    id: str
    title: str
    icon: str
    url_path: str
    draw: Callable[[UrlState], None]
    params: tuple[UrlParam, ...] = ()
    visible: bool = True
    heading: str = ""
    purpose: str = ""
    chart: Callable[[UrlState], LinkedChart] | None = None
