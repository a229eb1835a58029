"""What a reader takes along from Compare: the report, and a bundle that reproduces each group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from dashboard.domain.comparison import Comparison
from dashboard.services.bundle_study import Asked, bundle_bytes, files_behind
from dashboard.services.export_tables import MadeOf
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.compare_report import compare_report, studied_events
from dashboard.ui.compare_scene import CompareScene
from dashboard.ui.compare_tables import group_name
from dashboard.ui.compare_words import question
from dashboard.ui.report_parts import MadeFor, private_words
from dashboard.ui.text import label_text
from dashboard.ui.widgets.report_row import BUNDLE, draw_report, made_now, parameters_of

NAME: Final = 40


def draw_compare_report(link: View, scene: CompareScene, answer: Comparison) -> None:
    """Draw the report and the bundles; all hold on to what the page shows now."""
    made = made_now("compare", link)
    kinds = ("_".join(each.asked.filter.categories) or "all" for each in scene.groups)
    draw_report(
        lambda: compare_report(scene, answer, made),
        bundles_of(scene, answer, made),
        (scene.card.id, "compare", *kinds),
        "compare.report",
        warning=private_words(studied_events(scene)),
    )


def bundles_of(
    scene: CompareScene, answer: Comparison, made: MadeFor
) -> dict[str, Callable[[], bytes]]:
    """A bundle of the study of each group, by its label: a bundle holds one study."""
    ids = [scene.card.id, *(factor.card.id for factor in scene.factors)]
    files = files_behind(session.parts().rates, ids)
    bundles: dict[str, Callable[[], bytes]] = {}
    for at, group in enumerate(scene.groups):
        alone = replace(scene, asked=scene.asked[at : at + 1], listed=scene.listed[at : at + 1])
        asked = Asked(
            "study",
            (answer.series,),
            group.found.events,
            scene.known,
            answer.request,
            scene.factors,
        )
        told = MadeOf({"group": group.asked.name, **parameters_of(made)}, files, made.made_at)
        name = f": {group.look.glyph} {label_text(group_name(group), NAME)}"
        label = f"{BUNDLE}{name if len(scene.groups) > 1 else ''}"
        bundles[label] = partial(bundle_bytes, asked, told, question(alone))
    return bundles
