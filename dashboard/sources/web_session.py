"""A session for libraries that insist on one: everything they send goes through the client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
from requests.structures import CaseInsensitiveDict

from dashboard.domain.errors import SourceError
from dashboard.sources.web_forms import Ask

if TYPE_CHECKING:
    from dashboard.sources.asking import Asking


class Refused(requests.ConnectionError):
    """The client would not or could not get an answer; `told` is its sentence."""

    def __init__(self, told: SourceError) -> None:
        """Keep the sentence, for whoever called the library."""
        super().__init__(str(told))
        self.told = told


class WebSession(requests.Session):
    """Looks like a session of requests, asks like the polite client.

    Args:
        web: the client.
        who: the publisher, as messages name it.
        family: redirects are followed to hosts below this domain only.
    """

    def __init__(self, web: Asking, who: str, family: str) -> None:
        super().__init__()
        self._web = web
        self._who = who
        self._family = family
        self.cookies = web.session.cookies

    def request(self, method: str | bytes, url: str | bytes, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        """Send a request; time limits and retries are the client's own.

        Raises:
            Refused: there is no answer; it is an OSError, as a failing network is.
        """
        data = kwargs.get("data")
        body = None
        if str(method).upper() == "POST":
            is_raw = isinstance(data, bytes)
            body = data if is_raw else urlencode(data or {}, doseq=True).encode()
        ask = Ask(
            str(url),
            self._who,
            "any",
            params=_plain(kwargs.get("params")),
            headers=_plain(kwargs.get("headers")),
            body=body,
            family=self._family,
            any_status=True,
        )
        try:
            answer = self._web.ask(ask)
        except SourceError as told:
            raise Refused(told) from told
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response.url = answer.url
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response._content = answer.content
        return response


def _plain(given: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: str(value) for name, value in (given or {}).items() if value is not None}
