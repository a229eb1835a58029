"""Pictures of the ten questions of docs/questions.md, each from its link.

`python -m tools.picture_questions` writes them to docs/images/questions.
"""

from __future__ import annotations

import re
import sys
from typing import Final

from tools.running_product import ROOT, chromium, served_product
from tools.take_screenshots import LARGEST, LONGEST, Look, lighten, profile, settle

QUESTIONS: Final = ROOT / "docs" / "questions.md"
FOLDER: Final = ROOT / "docs" / "images" / "questions"
LOOK: Final = Look("question", 1200, 1000, "light")


def main() -> None:
    """Take the pictures and say how heavy each is."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    links = re.findall(r"Link: `([^`]+)`", QUESTIONS.read_text(encoding="utf-8"))
    with served_product() as address, chromium() as browser:
        context = profile(browser, LOOK)
        for number, link in enumerate(links, start=1):
            path, page = FOLDER / f"{number}.png", context.new_page()
            page.set_default_timeout(LONGEST)
            page.goto(address + link)
            settle(page)
            page.screenshot(path=path)
            page.close()
            lighten(path)
            size = path.stat().st_size
            print(f"{path.name:<8}{link:<60}{size / 1000:>6.0f} kB")
            if size > LARGEST:
                sys.exit(f"{path.name} is larger than {LARGEST / 1000:.0f} kB")


if __name__ == "__main__":
    main()
