"""Errors as RFC 9457 problem details, without tracebacks or the text of a library."""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dashboard.models.errors import InputError, RateLimited, RoubleReactionError
from dashboard.models.messages import deferred, translate_deferred
from dashboard.models.messages import translate as _
from dashboard.models.people import Forbidden, SignInRequired
from dashboard.services.notes import clean_line
from dashboard.services.serializers import PROBLEM_MEDIA_TYPE, problem_json

MAX_SHOWN: Final = 80
PLAIN_TEXT: Final = ".txt"
"""The end of addresses that answer in plain text."""
_PARAMETER: Final = re.compile(r"\{[a-z_]+\}")
log = logging.getLogger("dashboard.api")

VALIDATION_MESSAGES: Final = {
    "extra_forbidden": deferred("there is no such parameter"),
    "model_type": deferred("is not a JSON object"),
    "list_type": deferred("is not a list"),
    "string_type": deferred("is not text"),
    "string_sub_type": deferred("is not text"),
    "string_unicode": deferred("is not text"),
    "string_too_short": deferred("is empty"),
    "timezone_aware": deferred("has no zone; write it as 2025-04-21T15:05:00Z"),
    "datetime": deferred("is not a moment; write it as 2025-04-21T15:05:00Z"),
    "missing": deferred("is missing"),
    "date": deferred("is not a date; write it as 2024-03-13"),
    "int": deferred("is not a whole number"),
    "less_than": deferred("is too large; at most {limit}"),
    "greater_than": deferred("is too small; at least {limit}"),
    "enum": deferred("is unknown; take one of {expected}"),
    "literal": deferred("is unknown; take one of {expected}"),
    "string_too_long": deferred("is too long; at most {limit} characters"),
    "string_pattern": deferred("is not a window; write it as -5:10"),
    "too_long": deferred("is given too often; at most {limit} times"),
}
STATUS_DESCRIPTIONS: Final = {
    400: "The request cannot be read; `detail` says what to do.",
    401: "No token, or one that is unknown, expired or revoked.",
    403: "Not allowed: the catalogue is read-only, and other sites may not write.",
    404: "There is no such event or note.",
    409: "Somebody changed the note meanwhile: `current` is theirs, `yours` what you meant.",
    410: "The note was removed; it can be restored.",
    413: "The body is too large.",
    415: "The body is of another type than JSON.",
    422: "A field or a parameter is wrong; `errors` names each.",
    428: "If-Match is missing.",
    429: "Too often; Retry-After says when again.",
    503: "The store cannot be used now; nothing was saved.",
}
_HEADERS: Final = {
    401: ("WWW-Authenticate", "Bearer"),
    409: ("ETag", "The revision that is current."),
    429: ("Retry-After", "Seconds; missing where waiting does not help."),
}
DEFAULT_MESSAGE: Final = deferred("cannot be read")


class Problem(Exception):
    """An error response: a status and one line for the client.

    `headers` are those of the status; further members go into the body.
    """

    def __init__(
        self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.more = more


def problem_response(status: int, detail: str, instance: str, **more: Any) -> Response:
    """The response: type, title, status, detail, instance, and further members.

    For an address of plain text it is the detail alone: a cell of a spreadsheet shows it.
    """
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if instance.endswith(PLAIN_TEXT):
        return Response(detail, status, headers, "text/plain")
    body = problem_json(status, detail, instance, **more)
    content = json.dumps(body, ensure_ascii=False).encode("utf-8")
    return Response(content, status, headers, PROBLEM_MEDIA_TYPE)


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error of the application with problem details."""
    app.add_exception_handler(Problem, _handle_problem)
    app.add_exception_handler(RoubleReactionError, _handle_application_error)
    app.add_exception_handler(RequestValidationError, _handle_validation_error)
    app.add_exception_handler(HTTPException, _handle_http_error)
    app.add_exception_handler(Exception, _handle_unexpected_error)


def default_problem_responses() -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses of the errors that any route may answer."""
    return {
        "4XX": _describe_problem("The request is wrong; `detail` says what to do."),
        "422": _describe_problem("A parameter is wrong; `errors` names each."),
        **problem_responses(503),
    }


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses of the problems of one route."""
    return {
        status: _describe_problem(STATUS_DESCRIPTIONS[status], _HEADERS.get(status))
        for status in statuses
    }


def plain_problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses of the problems of an address of plain text: the detail alone."""
    content = {"text/plain": {"schema": {"type": "string"}}}
    return {
        status: {"description": STATUS_DESCRIPTIONS[status], "content": content}
        for status in (*statuses, "4XX")
        if status in STATUS_DESCRIPTIONS
    } | {"4XX": {"description": "One line that says what to do.", "content": content}}


def _describe_problem(meaning: str, header: tuple[str, str] | None = None) -> dict[str, Any]:
    names = ("type", "title", "detail", "instance")
    schema = {
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            **{name: {"type": "string"} for name in names},
            "status": {"type": "integer"},
            "errors": {"type": "array", "items": {"type": "string"}},
            "current": {"type": "object", "description": "With 409: the note as it stands."},
            "yours": {"type": ["object", "null"], "description": "With 409: as you meant it."},
        },
    }
    response: dict[str, Any] = {
        "description": meaning,
        "content": {PROBLEM_MEDIA_TYPE: {"schema": schema}},
    }
    if header is not None:
        name, description = header
        response["headers"] = {name: {"description": description, "schema": {"type": "string"}}}
    return response


async def _handle_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    response = problem_response(error.status, error.detail, request.url.path, **error.more)
    response.headers.update(error.headers)
    return response


async def _handle_application_error(request: Request, error: Exception) -> Response:
    if isinstance(error, RateLimited):
        response = problem_response(429, str(error), request.url.path)
        if error.seconds:
            response.headers["Retry-After"] = str(error.seconds)
        return response
    if isinstance(error, Forbidden):
        return problem_response(403, str(error), request.url.path)
    if isinstance(error, SignInRequired):
        response = problem_response(401, str(error), request.url.path)
        response.headers["WWW-Authenticate"] = 'Bearer realm="Rouble Reaction"'
        return response
    if isinstance(error, InputError):
        return problem_response(400, str(error), request.url.path)
    log.error("%s: %s", request.url.path, error, exc_info=error)
    return problem_response(503, str(error), request.url.path)


async def _handle_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [validation_message(details, skip=1) for details in error.errors()]
    return problem_response(422, "; ".join(errors[:5]), request.url.path, errors=errors)


async def _handle_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {
        404: _("There is nothing at this address; see /api/openapi.json for what there is."),
        405: _("This address does not take this method."),
    }
    detail = known.get(error.status_code, _("The request cannot be answered."))
    response = problem_response(error.status_code, detail, request.url.path)
    response.headers.update(error.headers or {})
    if error.status_code == 405:
        response.headers["Allow"] = ", ".join(_allowed_methods(request))
    return response


def _allowed_methods(request: Request) -> list[str]:
    """Every method of a path; the router names those of its first route only."""
    requested = request.url.path.removeprefix(request.scope.get("root_path", ""))
    allowed = set()
    for path, methods in request.app.openapi()["paths"].items():
        if re.fullmatch(_PARAMETER.sub("[^/]+", path), requested):
            allowed |= {method.upper() for method in methods}
    return sorted(allowed) or ["GET"]


async def _handle_unexpected_error(request: Request, error: Exception) -> Response:
    error_id = secrets.token_hex(4)
    log.error("api error %s", error_id, exc_info=error)
    detail = _(
        "Something went wrong here; the log of the server has it under {error_id}.",
        error_id=error_id,
    )
    return problem_response(500, detail, request.url.path, error_id=error_id)


def validation_message(error: Mapping[str, Any], skip: int = 0) -> str:
    """One line for an error that pydantic reports of a field.

    Args:
        error: as `errors()` lists it.
        skip: how many parts of its location stand before the name of the field.
    """
    name = ".".join(str(part) for part in error["loc"][skip : skip + 1]) or "request"
    given = error.get("input")
    shown = f' "{clean_line(given)[:MAX_SHOWN]}"' if isinstance(given, str) else ""
    kind = next((key for key in VALIDATION_MESSAGES if str(error["type"]).startswith(key)), "")
    message = translate_deferred(
        VALIDATION_MESSAGES.get(kind, DEFAULT_MESSAGE), **_message_values(error)
    )
    return f"{clean_line(name)[:MAX_SHOWN]}:{shown} {message}"


def _message_values(error: Mapping[str, Any]) -> dict[str, str]:
    context: Mapping[str, Any] = error.get("ctx") or {}
    limits = [context[key] for key in ("le", "ge", "lt", "gt", "max_length") if key in context]
    expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return {"limit": str(limits[0]) if limits else "", "expected": expected}
