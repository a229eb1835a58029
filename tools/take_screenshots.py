"""Pictures of every page of the running product: desk and phone, light and dark, and a tablet.

`python -m tools.take_screenshots` writes three of them to docs/images, for the README;
`python -m tools.take_screenshots FOLDER` writes all of them, whole pages, to a folder, and
`python -m tools.take_screenshots FOLDER facts data` those of two pages.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from tools.running_product import ROOT, chromium, served_product

IMAGES: Final = ROOT / "docs" / "images"
LARGEST: Final = 300_000
"""Bytes of a picture in the repository."""
LONGEST: Final = 300_000
"""Milliseconds that a page may take: a run of all specifications is one of them."""

PAGES: Final = {
    "explore": "/?from=2025-01-01&to=2025-06-30&sel=2025-04-20",
    "event": "/event?id=kellogg-nato-off-table-2025-04-20",
    "compare": "/compare",
    "compare-two": "/compare?cat=escalation&bcat=peace_talks",
    "correlation": "/correlation",
    "robustness": "/robustness",
    "facts": "/facts?example=1",
    "events": "/events",
    "inbox": "/inbox",
    "import": "/import",
    "article": "/article?published=2025-04-22",
    "data": "/data",
    "method": "/method",
}
PRESSED: Final = {"article": ("Try an example", "Read it")}
"""The buttons that a page is asked to press before its picture is taken."""


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
    Look("tablet", 768, 1024, "light"),
    Look("phone", 390, 844, "light", phone=True),
    Look("phone-dark", 390, 844, "dark", phone=True),
)
PHONE: Final = LOOKS[3]
PHONE_AGENT: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    " (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
IN_README: Final = (("explore", DESK), ("event", DESK), ("explore", PHONE))


def main() -> None:
    """Take the pictures and say what was written."""
    if len(sys.argv) > 1:
        wanted = [(page, look) for look in LOOKS for page in sys.argv[2:] or PAGES]
        write(Path(sys.argv[1]), wanted, whole=True)
        return
    for path in write(IMAGES, IN_README, whole=False):
        if path.stat().st_size > LARGEST:
            sys.exit(f"{path.name} is larger than {LARGEST / 1000:.0f} kB")


def write(folder: Path, wanted: Sequence[tuple[str, Look]], *, whole: bool) -> list[Path]:
    """Take pictures into a folder, each look in one browser profile; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with served_product() as address, chromium() as browser:
        for look in dict.fromkeys(look for _, look in wanted):
            context = profile(browser, look)
            for name in (page for page, its in wanted if its == look):
                path = folder / f"{name}-{look.name}.png"
                take(context.new_page(), address, name, path, whole=whole)
                if not whole:
                    lighten(path)
                print(f"{path.name:<28}{path.stat().st_size / 1000:>6.0f} kB", flush=True)
                paths.append(path)
            context.close()
    return paths


def profile(browser: Browser, look: Look) -> BrowserContext:
    """A browser profile with the screen of a look."""
    return browser.new_context(
        bypass_csp=True,  # Playwright waits by text that the page evaluates
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.theme,
        has_touch=look.phone,
        is_mobile=look.phone,
        user_agent=PHONE_AGENT if look.phone else None,
    )


def take(page: Page, address: str, name: str, path: Path, *, whole: bool) -> None:
    """Open a page and take its picture when nothing moves any more."""
    page.set_default_timeout(LONGEST)
    page.goto(address + PAGES[name])
    settle(page)
    for button in PRESSED.get(name, ()):
        page.get_by_role("button", name=button).first.click()
        settle(page)
    if whole:
        # Streamlit scrolls inside the page, so that the screen must be as high as its content.
        height = page.evaluate(
            "Math.max(...[...document.querySelectorAll('[data-testid=stMain], section, body')]"
            ".map(e => e.scrollHeight))"
        )
        width = page.evaluate("innerWidth")
        page.set_viewport_size({"width": width, "height": min(int(height) + 20, 12_000)})
        settle(page)
    page.screenshot(path=path)
    page.close()


def lighten(path: Path) -> None:
    """Write a picture anew with 256 colours, of which a page of ours has fewer that matter."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def settle(page: Page) -> None:
    """Wait until the script has ended for a while and every part and figure is drawn."""
    page.evaluate("window.quietSince = 0")
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid=stApp]');
            const busy = !app || app.dataset.testScriptState !== 'notRunning'
                || document.querySelector('[data-testid=stSkeleton], [data-testid=stProgress]')
                || [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
                    .some(chart => !chart.querySelector('.main-svg'));
            if (busy || !window.quietSince) window.quietSince = Date.now();
            return !busy && Date.now() - window.quietSince > 700;
        }"""
    )


if __name__ == "__main__":
    main()
