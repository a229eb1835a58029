"""Pictures of every page of the running product: on a desk, light and dark, and on a phone.

`python -m tools.take_screenshots` writes three of them to docs/images, for the README;
`python -m tools.take_screenshots FOLDER` writes all of them, whole pages, to a folder.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from playwright.sync_api import Browser, Page

from tools.running_product import ROOT, chromium, served_product

IMAGES: Final = ROOT / "docs" / "images"
LARGEST: Final = 300_000
"""Bytes of a picture in the repository."""

PAGES: Final = {
    "explore": "/?from=2025-01-01&to=2025-06-30&sel=2025-04-20",
    "event": "/event?id=kellogg-nato-off-table-2025-04-20",
    "compare": "/compare?bcat=peace_talks",
    "events": "/events",
    "import": "/import",
    "article": "/article?published=2025-04-22",
    "facts": "/facts",
    "data": "/data",
    "method": "/method",
}


@dataclass(frozen=True)
class Look:
    """A screen: how wide, how high, light or dark, a desk or a phone."""

    name: str
    width: int
    height: int
    theme: Literal["light", "dark"]
    phone: bool = False


DESK: Final = Look("desk-light", 1400, 900, "light")
LOOKS: Final = (
    DESK,
    Look("desk-dark", 1400, 900, "dark"),
    Look("phone", 390, 844, "light", phone=True),
)
PHONE_AGENT: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
IN_README: Final = (("explore", DESK), ("event", DESK), ("explore", LOOKS[2]))


def main() -> None:
    """Take the pictures and say what was written."""
    everything = len(sys.argv) > 1
    folder = Path(sys.argv[1]) if everything else IMAGES
    wanted = [(page, look) for look in LOOKS for page in PAGES] if everything else IN_README
    folder.mkdir(parents=True, exist_ok=True)
    with served_product() as address, chromium() as browser:
        for page, look in wanted:
            path = folder / f"{page}-{look.name}.png"
            take(browser, address + PAGES[page], look, path, whole=everything)
            size = path.stat().st_size
            print(f"{path.name:<28}{size / 1000:>6.0f} kB")
            if not everything and size > LARGEST:
                sys.exit(f"{path.name} is larger than {LARGEST / 1000:.0f} kB")


def take(browser: Browser, address: str, look: Look, path: Path, *, whole: bool) -> None:
    """Open an address on a screen and take its picture when nothing moves any more."""
    context = browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.theme,
        has_touch=look.phone,
        is_mobile=look.phone,
        user_agent=PHONE_AGENT if look.phone else None,
    )
    page = context.new_page()
    page.goto(address)
    settle(page)
    height = look.height
    if whole:
        # Streamlit scrolls inside the page, so that the screen must be as high as its content.
        height = page.evaluate(
            "Math.max(...[...document.querySelectorAll('[data-testid=stMain], section, body')]"
            ".map(e => e.scrollHeight))"
        )
        page.set_viewport_size({"width": look.width, "height": min(int(height) + 20, 12_000)})
        settle(page)
    page.screenshot(path=path)
    context.close()


def settle(page: Page) -> None:
    """Wait until the script has run and the figures are drawn."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_function(
        "[...document.querySelectorAll('[data-testid=stPlotlyChart]')]"
        ".every(e => e.querySelector('.main-svg'))"
    )
    page.wait_for_timeout(700)


if __name__ == "__main__":
    main()
