"""Routes of baskets: the lists of series, and one event on every series of one."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from dashboard.api.dependencies import Context, WriterToken, known_events
from dashboard.api.errors import Problem, problem_responses
from dashboard.api.params import BasketCsvParams, BasketParams, QueryParams
from dashboard.api.responses import (
    describe_csv,
    describe_json,
    describe_workbook,
    json_response,
    table_response,
)
from dashboard.api.routes.events import EventId, require_event
from dashboard.api.schemas import JSON_MEDIA_TYPE, BasketFields, describe_body, read_body
from dashboard.container import AppContext, shipped_baskets
from dashboard.models.baskets import NAME_PATTERN, BasketMoves, create_basket
from dashboard.models.errors import InputError
from dashboard.models.messages import translate as _
from dashboard.services.baskets import (
    find_basket,
    list_baskets,
    load_members,
    measure_basket,
    put_basket,
    window_request,
)
from dashboard.services.serializers import basket_json, table_json, table_json_schema

router = APIRouter(tags=["baskets"])

BasketName = Annotated[
    str,
    Path(
        description="The name of a basket.",
        json_schema_extra={"pattern": f"^{NAME_PATTERN.pattern}$"},
    ),
]
"""It is checked after the token, which `Path(pattern=...)` would come before."""
_PROBLEMS: Final = problem_responses(401, 403, 429)
_BASKET_SCHEMA: Final = {
    "type": "object",
    "required": ["name", "title", "shipped", "members"],
    "properties": {
        "name": {"type": "string"},
        "title": {"type": "string"},
        "shipped": {"type": "boolean"},
        "members": {"type": "array", "items": {"type": "string"}},
        "series": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "member": {"type": "string"},
                    "series": {"type": ["string", "null"]},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}


@router.get(
    "/baskets.json",
    responses=describe_json(
        {"type": "object", "properties": {"rows": {"type": "array", "items": _BASKET_SCHEMA}}},
        "The baskets that ship, and with the token of a person those of this person",
    ),
    response_class=Response,
)
def all_baskets(
    request: Request, context: Context, _params: Annotated[QueryParams, Query()]
) -> Response:
    """Every basket with its series, and of each that is missing why."""
    live = {card.id for card in context.known.all_cards()}
    baskets = list_baskets(shipped_baskets(), context.baskets)
    rows = [basket_json(one, load_members(context.rates, one, live)) for one in baskets]
    return json_response(request, {"rows": rows})


async def parse_basket(request: Request, _writer: WriterToken) -> BasketFields:
    """The body of a basket; it is read after the token was checked."""
    return await read_body(request, BasketFields, (JSON_MEDIA_TYPE,))


@router.put(
    "/baskets/{name}",
    responses={
        **describe_json(_BASKET_SCHEMA, "The basket as it is stored"),
        **_PROBLEMS,
        **problem_responses(400, 413, 415),
    },
    openapi_extra=describe_body(
        BasketFields, (JSON_MEDIA_TYPE,), {"members": ["usd_rub_cbr", "moex:RGBI"]}
    ),
    response_class=Response,
)
def put(
    request: Request,
    context: Context,
    writer: WriterToken,
    name: BasketName,
    sent: Annotated[BasketFields, Depends(parse_basket)],
) -> Response:
    """Store a basket of the person of the token; one of this name is replaced."""
    _check_name(name)
    context.limits.take(writer.person, "write")
    try:
        basket = create_basket(name, sent.members)
    except InputError as error:
        raise Problem(422, str(error)) from error
    stored = put_basket(context.baskets, shipped_baskets(), basket)
    return json_response(request, basket_json(stored))


@router.delete(
    "/baskets/{name}",
    status_code=204,
    responses={204: {"description": "There is none of this name."}, **_PROBLEMS},
    response_class=Response,
)
def remove(context: Context, writer: WriterToken, name: BasketName) -> Response:
    """Remove a basket of the person of the token, if there is one; its series stay."""
    _check_name(name)
    context.limits.take(writer.person, "write")
    if name in {basket.name for basket in context.baskets.baskets()}:
        context.baskets.remove(name)
    return Response(status_code=204)


def _check_name(name: str) -> None:
    """Refuse what cannot be the name of a basket.

    Raises:
        Problem: 422.
    """
    if not NAME_PATTERN.fullmatch(name):
        raise Problem(422, _("name: take small letters, digits and -, at most 40"))


@router.get(
    "/events/{event_id}/basket.csv", responses=describe_csv("basket"), response_class=Response
)
@router.get(
    "/events/{event_id}/basket.xlsx", responses=describe_workbook("basket"), response_class=Response
)
def basket_file(
    request: Request,
    context: Context,
    event_id: EventId,
    params: Annotated[BasketCsvParams, Query()],
) -> Response:
    """One event on every series of a basket as CSV, or a workbook."""
    answer = _basket_moves(context, event_id, params)
    name = (event_id, answer.basket.name, "basket")
    return table_response(request, "basket", answer.moves, name, params.flavour)


@router.get(
    "/events/{event_id}/basket.json",
    responses=describe_json(
        {
            "type": "object",
            "properties": {
                "basket": {"type": "string"},
                "rows": {"type": "array", "items": table_json_schema("basket")},
            },
        },
        "One event on every series of a basket, the least ordinary move first",
    ),
    response_class=Response,
)
def basket_page(
    request: Request,
    context: Context,
    event_id: EventId,
    params: Annotated[BasketParams, Query()],
) -> Response:
    """One event on every series of a basket, each by its own clock; or why there is no number."""
    answer = _basket_moves(context, event_id, params)
    rows = table_json("basket", answer.moves)
    return json_response(request, {"basket": answer.basket.name, "rows": rows})


def _basket_moves(context: AppContext, event_id: str, params: BasketParams) -> BasketMoves:
    event = require_event(context, event_id)
    basket = find_basket(list_baskets(shipped_baskets(), context.baskets), params.basket)
    live = {card.id for card in context.known.all_cards()}
    members = load_members(context.rates, basket, live)
    request = window_request(params.window)
    return measure_basket(basket, members, event, known_events(context), request)
