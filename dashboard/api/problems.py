"""Errors as RFC 9457 problem details: our own words, never a traceback or a library's text."""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dashboard.domain.errors import InputError, RoubleReactionError
from dashboard.services.clean_draft import clean_line

MEDIA_TYPE: Final = "application/problem+json"
SHOWN: Final = 80
_OPTION: Final = re.compile(r"--([a-z]+)(?:-([a-z]+))?")
log = logging.getLogger("dashboard.api")

WORDS: Final = {
    "extra_forbidden": "there is no such parameter",
    "missing": "is missing",
    "date": "is not a date; write it as 2024-03-13",
    "int": "is not a whole number",
    "less_than": "is too large; at most {limit}",
    "greater_than": "is too small; at least {limit}",
    "enum": "is unknown; take one of {expected}",
    "literal": "is unknown; take one of {expected}",
    "string_too_long": "is too long; at most {limit} characters",
    "string_pattern": "is not a window; write it as -5:10",
    "too_long": "is given too often; at most {limit} times",
}
UNREADABLE: Final = "cannot be read"


class Problem(Exception):
    """An answer that is a problem: a status and one line for the person who asked."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def problem(status: int, detail: str, instance: str, **more: Any) -> Response:
    """The answer: type, title, status, detail, instance, and `errors` where there are several."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": instance,
        **more,
    }
    content = json.dumps(body, ensure_ascii=False).encode("utf-8")
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(content, status, headers, MEDIA_TYPE)


def add_problem_answers(app: FastAPI) -> None:
    """Answer every error of the application as a problem."""
    app.add_exception_handler(Problem, _told)
    app.add_exception_handler(RoubleReactionError, _of_the_house)
    app.add_exception_handler(RequestValidationError, _of_the_request)
    app.add_exception_handler(HTTPException, _of_the_route)
    app.add_exception_handler(Exception, _unforeseen)


def openapi_problem() -> dict[int | str, dict[str, Any]]:
    """How the description for machines tells of errors."""
    names = {"type": "string", "title": "string", "detail": "string", "instance": "string"}
    schema = {
        "type": "object",
        "properties": {
            **{name: {"type": kind} for name, kind in names.items()},
            "status": {"type": "integer"},
            "errors": {"type": "array", "items": {"type": "string"}},
        },
    }
    return {
        "4XX": {
            "description": "The request is wrong; `detail` says what to do.",
            "content": {MEDIA_TYPE: {"schema": schema}},
        },
        "422": {
            "description": "A parameter is wrong; `errors` names each.",
            "content": {MEDIA_TYPE: {"schema": schema}},
        },
    }


async def _told(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return problem(error.status, error.detail, request.url.path)


async def _of_the_house(request: Request, error: Exception) -> Response:
    if isinstance(error, InputError):
        return problem(400, _as_parameters(str(error)), request.url.path)
    log.error("%s: %s", request.url.path, error, exc_info=error)
    return problem(503, str(error), request.url.path)


async def _of_the_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_parameter_words(each) for each in error.errors()]
    return problem(422, "; ".join(errors[:5]), request.url.path, errors=errors)


async def _of_the_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    known = {
        404: "There is nothing at this address; see /api/openapi.json for what there is.",
        405: "This address does not take this method.",
    }
    detail = known.get(error.status_code, "The request cannot be answered.")
    answer = problem(error.status_code, detail, request.url.path)
    answer.headers.update(error.headers or {})
    return answer


async def _unforeseen(request: Request, error: Exception) -> Response:
    error_id = secrets.token_hex(4)
    log.error("api error %s", error_id, exc_info=error)
    detail = f"Something went wrong here; the log of the server has it under {error_id}."
    return problem(500, detail, request.url.path, error_id=error_id)


def _as_parameters(text: str) -> str:
    """A line that names options of the command line, with the names of our parameters."""
    return _OPTION.sub(lambda m: "_".join(word for word in m.groups() if word), text)


def _parameter_words(error: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"][1:2]) or "request"
    given = error.get("input")
    shown = f' "{clean_line(given)[:SHOWN]}"' if isinstance(given, str) else ""
    kind = next((key for key in WORDS if str(error["type"]).startswith(key)), "")
    words = WORDS.get(kind, UNREADABLE).format(**_context(error))
    return f"{clean_line(name)[:SHOWN]}:{shown} {words}"


def _context(error: Mapping[str, Any]) -> dict[str, str]:
    context: Mapping[str, Any] = error.get("ctx") or {}
    limits = [context[key] for key in ("le", "ge", "lt", "gt", "max_length") if key in context]
    expected = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ")
    return {"limit": str(limits[0]) if limits else "", "expected": expected}
