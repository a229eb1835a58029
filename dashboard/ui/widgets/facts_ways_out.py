"""What a reader takes along from a claim check: the report, with a link that asks each claim."""

from __future__ import annotations

from dataclasses import replace

from dashboard.domain.as_of import as_of_text
from dashboard.domain.claim_answer import ClaimAnswer
from dashboard.services.bundle_claims import AskedClaims, claims_bundle, series_used
from dashboard.services.bundle_study import files_behind
from dashboard.services.export_tables import MadeOf
from dashboard.services.get_rates import DEFAULT_SERIES
from dashboard.ui import session
from dashboard.ui.address import View
from dashboard.ui.charts.claim import ClaimChart
from dashboard.ui.facts_report import facts_report
from dashboard.ui.facts_scene import SENTENCE, FactsScene
from dashboard.ui.report_parts import MadeFor
from dashboard.ui.widgets.links import address_of, link_of
from dashboard.ui.widgets.report_row import BUNDLE, draw_report, made_now, parameters_of


def draw_facts_report(view: View, scene: FactsScene, chart: ClaimChart | None) -> None:
    """Draw the report; it holds on to what the page shows now."""
    series, made = session.daily_series(), made_for(view, scene)
    main = next((answer.main for answer in scene.answers if answer.main), "claim")
    days = [answer.claim.day for answer in scene.answers if answer.claim.day]
    claims = tuple(answer.claim for answer in scene.answers)
    asked = AskedClaims(claims, tuple(series), main)
    ids = [each.card.id for each in series_used(asked)]
    files = files_behind(session.parts().rates, ids)
    bundle = MadeOf(parameters_of(made[0]), files, made[0].made_at)
    draw_report(
        lambda: facts_report(scene.answers, chart, series, made, scene.notices),
        {BUNDLE: lambda: claims_bundle(asked, bundle)} if all(c.day for c in claims) else {},
        (main, "claim", *days[:1]),
        "facts.report",
        has_chart=chart is not None,
    )


def made_for(view: View, scene: FactsScene) -> list[MadeFor]:
    """The links of the view; a sentence is in no link, so each of its claims has its own."""
    now = made_now("facts", view)
    if view["kind"] != SENTENCE:
        return [now]
    links = [_link(view, answer) for answer in scene.answers]
    if not all(links):
        return [now]
    frozen = {"asof": as_of_text(now.as_of or now.made_at.replace(microsecond=0))}
    return [
        replace(now, live=address_of("facts", **link), frozen=address_of("facts", **link, **frozen))
        for link in links
    ]


def _link(view: View, answer: ClaimAnswer) -> dict[str, str]:
    """The settings that ask a claim on the series of the view; empty where they cannot."""
    settings = link_of(answer.claim) or {}
    if settings and view["series"] != DEFAULT_SERIES:
        settings |= {"series": view["series"]}
    return settings
