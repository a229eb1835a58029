"""`python -m benchmarks.first_screen [TREE]`: what the first screen of every page shows.

For each page, on a desk (1400×900) and on a phone (390×844), in pixels and words:

- `top`: the distance of the first content from the top of the window; the header is none, nor is a
  line in small print (a status);
- `chart`: the share of the window that the charts cover, with the heading that stands over one;
- `screen`: the words in the window, those of the pictures and of the header not counted;
- `page`: the words of the whole page that are not in a closed fold;
- `wide`: how many pixels of the page are beyond the right edge of the window.

TREE is another working tree of the project, so that two versions can be compared.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tools.running_product import ROOT, chromium, free_port, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES: Final = {
    "explore": "",
    "event": "event?id=kellogg-nato-off-table-2025-04-20",
    "compare": "compare",
    "check": "facts",
    "notes": "events",
    "data": "data",
    "correlation": "correlation",
    "robustness": "robustness",
    "inbox": "inbox",
    "import": "import",
    "article": "article",
    "method": "method",
}
DEVICES: Final[dict[str, dict[str, Any]]] = {
    "1400x900": {"viewport": {"width": 1400, "height": 900}},
    "390x844": {
        "viewport": {"width": 390, "height": 844},
        "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148",
        "has_touch": True,
        "is_mobile": True,
    },
}
STILL_MS: Final = 1_500
COLUMNS: Final = ("top", "chart", "screen", "page", "wide")
FINISHED: Final = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    return app && app.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
}"""
MEASURE: Final = """() => {
    const HEADER = '.st-key-shell-header';
    const main = document.querySelector('[data-testid=stMain]');
    const width = innerWidth, height = innerHeight;
    const isShown = e => e.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const inWindow = box => box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < height
        && box.right > 0 && box.left < width;
    const isText = node => !node.parentElement.closest(
        'svg, canvas, style, script, [data-testid=stIconMaterial], [role=img], ' + HEADER);
    const bodySize = parseFloat(getComputedStyle(document.documentElement).fontSize);
    let top = Infinity, onScreen = 0, onPage = 0;
    const walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
        const node = walker.currentNode, words = node.data.match(/[\\p{L}\\p{N}]+\\S*/gu);
        if (!words || !isText(node) || !isShown(node.parentElement)) continue;
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        if (box.width < 2 || box.height < 2) continue;
        onPage += words.length;
        if (!inWindow(box)) continue;
        onScreen += words.length;
        const size = parseFloat(getComputedStyle(node.parentElement).fontSize);
        if (size >= bodySize) top = Math.min(top, box.top);
    }
    const controls = 'input:not([tabindex="-1"]), button, .js-plotly-plot, table, canvas';
    for (const each of main.querySelectorAll(controls)) {
        const box = each.getBoundingClientRect();
        if (isShown(each) && inWindow(box) && !each.closest(HEADER)) top = Math.min(top, box.top);
    }
    const charts = [...main.querySelectorAll('.js-plotly-plot')]
        .filter(isShown).map(e => e.getBoundingClientRect()).filter(inWindow);
    const headings = [...main.querySelectorAll('h1, h2, h3')].filter(isShown)
        .map(e => e.getBoundingClientRect())
        .filter(box => charts.some(c => box.bottom <= c.top + 1 && c.top - box.bottom < 100));
    const area = box => Math.max(0, Math.min(box.bottom, height) - Math.max(box.top, 0))
        * Math.max(0, Math.min(box.right, width) - Math.max(box.left, 0));
    const covered = [...charts, ...headings].reduce((sum, box) => sum + area(box), 0);
    const right = Math.max(main.scrollWidth, document.documentElement.scrollWidth);
    return [Math.round(top), Math.round(100 * covered / (width * height)), onScreen, onPage,
            Math.max(0, right - width)];
}"""


def main(tree: Path) -> int:
    """Print a line for each page and device."""
    arguments = ["-m", "dashboard", "open", "--no-browser", "--port", str(free_port())]
    with served(arguments, root=tree) as address, chromium() as browser:
        for device in DEVICES:
            print(f"{device:<12}" + "".join(f"{name:>8}" for name in COLUMNS))
            for name, numbers in measure(browser, address, device).items():
                print(f"{name:<12}" + "".join(f"{number:>8}" for number in numbers), flush=True)
    return 0


def measure(browser: Browser, address: str, device: str) -> dict[str, list[int]]:
    """The numbers of `COLUMNS` for each page, as somebody sees it who has just arrived."""
    context = browser.new_context(**DEVICES[device], bypass_csp=True)
    page = context.new_page()
    numbers = {}
    for name, path in PAGES.items():
        page.goto(f"{address}/{path}")
        wait_until_drawn(page)
        numbers[name] = page.evaluate(MEASURE)
    context.close()
    return numbers


def wait_until_drawn(page: Page) -> None:
    """Wait until the script has ended and nothing was drawn for a while."""
    page.wait_for_function(FINISHED, timeout=60_000)
    page.wait_for_timeout(STILL_MS)
    page.wait_for_function(FINISHED, timeout=60_000)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT))
