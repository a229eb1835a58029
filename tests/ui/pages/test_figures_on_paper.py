"""Every figure that a page shows can be put on paper: a new kind of trace cannot vanish there."""

import json

import pytest

from dashboard.export.paper.figure import Caption, draw
from dashboard.ui.pages import PAGES
from tests.ui.app_in_test import open_page

LINKS = {"event": {"id": "kellogg-nato-off-table-2025-04-20"}}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.id)
def test_the_figures_of_a_page_can_be_put_on_paper(page):
    app = open_page(page.url_path, **LINKS.get(page.id, {}))
    assert not app.exception
    for chart in app.get("plotly_chart"):
        figure = json.loads(chart.proto.spec)
        assert draw(figure, Caption("Title", "", []), "svg").startswith(b"<?xml")
