"""Routes of charts: the chart of a page as SVG, PNG or JSON, with the settings of the page's link.

A chart is of what is shared, whoever asks. The server hands over what builds it (`app.state`),
because pages and API do not import one another.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, TypeAlias

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from dashboard.api.dependencies import LiveContext, RequestToken, get_reader
from dashboard.api.errors import Problem, problem_responses
from dashboard.api.responses import describe_json, json_response
from dashboard.container import AppContext
from dashboard.models.errors import InputError
from dashboard.models.tables import ChartRequest, LinkedChart, PictureSize
from dashboard.services.exports import MEDIA_TYPES
from dashboard.services.pictures import (
    PICTURE_THREADS,
    PictureCache,
    caching_headers,
    embed_headers,
    has_etag,
    picture_key,
)
from dashboard.services.serializers import card_json, table_json

router = APIRouter(tags=["charts"])

ChartName = Literal["explore", "event", "compare", "claim"]
PictureKind = Literal["svg", "png"]
NAME: Final = Path(description="The page of the chart; `claim` is that of Check.")
DIRECTION: Final = "Moves are the rouble's: positive = stronger."


def get_chart_context(request: Request, live: LiveContext, token: RequestToken) -> AppContext:
    """The context, for everybody where charts may be shown elsewhere, else for who may read.

    Raises:
        SignInRequired: people sign in here, and nobody did.
        Forbidden: the person has no role.
    """
    if not live.settings.dashboard_embed_origins:
        get_reader(request, live, token)
    return live


ChartContext: TypeAlias = Annotated[AppContext, Depends(get_chart_context)]


class ChartParams(BaseModel):
    """How a chart is drawn; the other parameters are those of the page's link."""

    model_config = ConfigDict(extra="allow", frozen=True)

    theme: Literal["light", "dark"] = "light"
    size: PictureSize = Field(
        "web",
        description="Of a picture; `embed` and `narrow` (for a narrow column) have no caption.",
    )
    content: Literal["data", "figure"] = Field(
        "data", description="Of the JSON: the numbers, or the figure as Plotly draws it."
    )


_LINK_PARAMETER: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "link",
            "in": "query",
            "style": "form",
            "explode": True,
            "description": "Every parameter of the page's link, as the page writes it: `id`,"
            " `series`, `from`, `to`, `cat`, `up`, `asof`, `lang` …",
            "schema": {"type": "object", "additionalProperties": {"type": "string"}},
            "example": {"id": "kellogg-nato-off-table-2025-04-20"},
        }
    ]
}


def _describe_picture() -> dict[int | str, dict[str, Any]]:
    pictures = {
        MEDIA_TYPES[kind]: {"schema": {"type": "string", "format": "binary"}}
        for kind in ("svg", "png")
    }
    return {
        200: {
            "description": "The picture; it holds its title, source and link.",
            "content": pictures,
        },
        304: {"description": "The copy named by If-None-Match still holds."},
        **problem_responses(404, 429),
    }


@router.get(
    "/charts/{name}.json",
    responses=describe_json({"type": "object"}, "The numbers of a chart, with unit and source")
    | problem_responses(404, 429),
    openapi_extra=_LINK_PARAMETER,
    response_class=Response,
)
async def chart_json(
    request: Request,
    context: ChartContext,
    name: Annotated[ChartName, NAME],
    params: Annotated[ChartParams, Query()],
) -> Response:
    """The numbers of the chart of a link, or its figure."""

    def respond() -> Response:
        chart = _build_chart(request, context, name, params)
        headers = _caching(chart, "") | embed_headers(context.settings.dashboard_embed_origins)
        del headers["ETag"]
        return json_response(request, _chart_content(name, chart, params.content), headers)

    return await to_thread.run_sync(respond, limiter=PICTURE_THREADS)


@router.get(
    "/charts/{name}.{kind}",
    responses=_describe_picture(),
    openapi_extra=_LINK_PARAMETER,
    response_class=Response,
)
async def chart_picture(
    request: Request,
    context: ChartContext,
    name: Annotated[ChartName, NAME],
    kind: Annotated[PictureKind, Path(description="The format.")],
    params: Annotated[ChartParams, Query()],
) -> Response:
    """The chart of a link as a picture."""

    def respond() -> Response:
        chart = _build_chart(request, context, name, params)
        pictures: PictureCache = request.app.state.pictures
        tag = picture_key(chart.report, kind, params.size)[:32]
        headers = _caching(chart, tag) | embed_headers(context.settings.dashboard_embed_origins)
        if has_etag(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(
            pictures.get(chart.report, kind, params.size),
            headers=headers,
            media_type=MEDIA_TYPES[kind],
        )

    return await to_thread.run_sync(respond, limiter=PICTURE_THREADS)


def _build_chart(
    request: Request, context: AppContext, name: str, params: ChartParams
) -> LinkedChart:
    """The chart of a request.

    Raises:
        InputError: its link does not fit, or names what there is not.
        Problem: 404, there is no such event.
    """
    build: Callable[[ChartRequest], LinkedChart] = request.app.state.build_chart
    own = ChartParams.model_fields
    query = [pair for pair in request.query_params.multi_items() if pair[0] not in own]
    is_narrow = params.size == "narrow"
    origin = f"{request.url.scheme}://{request.url.netloc}"
    address = context.settings.pages_address(origin)
    chart_request = ChartRequest(name, tuple(query), address, params.theme == "dark", is_narrow)
    try:
        chart = build(chart_request)
    except InputError as error:
        if error.field == "id":
            raise Problem(404, str(error)) from error
        raise
    if chart.ignored:
        raise Problem(422, chart.notice, errors=list(chart.ignored))
    return chart


def _caching(chart: LinkedChart, tag: str) -> dict[str, str]:
    is_frozen = chart.frozen_at is not None and chart.frozen_at < datetime.now(UTC)
    return caching_headers(tag, is_frozen=is_frozen)


def _chart_content(name: str, chart: LinkedChart, content: str) -> dict[str, Any]:
    report, drawn = chart.report, chart.chart
    answer: dict[str, Any] = {
        "chart": name,
        "title": drawn.title,
        "subtitle": drawn.subtitle,
        "description": drawn.alt,
        "unit": chart.series[0].unit,
        "direction": DIRECTION,
        "frozen_at": chart.frozen_at.isoformat() if chart.frozen_at else None,
        "sources": [{"name": one.name, "as_of": one.as_of} for one in report.sources],
        "links": [{"label": link.label, "url": link.url} for link in report.links],
        "series": [card_json(card) for card in chart.series],
    }
    if content == "figure":
        return answer | {"figure": drawn.figure}
    return answer | {"table": chart.table, "rows": table_json(chart.table, chart.objects)}
