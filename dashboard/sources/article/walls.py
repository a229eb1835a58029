"""Pages that are not the article: checks for robots, logins, and texts behind a payment."""

from __future__ import annotations

import re
from typing import Final

ENOUGH: Final = 300
"""Characters of text below which a page is likely only the edge of one."""

_BOT_TITLE: Final = re.compile(
    r"just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|not a robot"
    r"|verify(?:ing)? (?:that )?you are|checking your browser|ddos-guard|captcha|security check"
    r"|please wait|pardon our interruption|request blocked|human verification|bot detection"
    r"|проверка браузера|вы не робот|доступ (?:ограничен|запрещ[её]н)",
    re.IGNORECASE,
)
_BOT_PAGE: Final = re.compile(
    rb"cf-chl-|challenge-platform|__ddg|_Incapsula_|px-captcha|g-recaptcha|hcaptcha|datadome",
    re.IGNORECASE,
)
_ERROR_TITLE: Final = re.compile(
    r"^\W*(?:40[0-9]|45\d|50[0-9])\b|page not found|not found$|service unavailable|bad gateway"
    r"|страница не найдена",
    re.IGNORECASE,
)
_PAID: Final = re.compile(
    rb"isAccessibleForFree[\"']?\s*:\s*[\"']?false|paywall|subscribe to (?:read|continue)"
    rb"|meteredContent|subscriber-only",
    re.IGNORECASE,
)


def wall_of(title: str, text: str, page: bytes) -> str:
    """What stands in place of the article ("is a check for robots"); empty where nothing does."""
    if len(text) >= 3 * ENOUGH:
        return ""
    if _BOT_TITLE.search(title) or (len(text) < ENOUGH and _BOT_PAGE.search(page)):
        return "is a check for robots, not the article"
    if _ERROR_TITLE.search(title):
        return "is a page that says that something failed, not the article"
    return ""


def thin_text_of(text: str, page: bytes) -> str:
    """What a person should know about a text that is too short to be all of it."""
    if len(text) >= ENOUGH:
        return ""
    why = "; the rest is likely behind a payment or a login" if _PAID.search(page) else ""
    return f"the page holds {len(text)} characters of text{why}; paste the text if there is more"
