"""The Chromium of this machine: found, never fetched. Without one, what drives pages is skipped, and says so."""

import os
import shutil
from pathlib import Path
from typing import Final

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
    "--lang=id",
)
MISSING: Final = "no Chromium was found"
REMEDY: Final = (
    "No page was driven in a browser: install Chromium (Debian: apt install chromium) or name one in the"
    " environment variable CHROMIUM, and run again."
)


def find_chromium() -> str | None:
    """Return the program that the variable CHROMIUM names, one on the path, or one that Playwright keeps.

    An empty variable means that there is none.
    """
    if (named := os.environ.get("CHROMIUM")) is not None:
        return named or None
    on_path = (shutil.which(name) for name in NAMES)
    return next((found for found in (*on_path, *_kept_by_playwright()) if found), None)


def _kept_by_playwright() -> list[str]:
    """Return Chromiums that `playwright install` left in its folder, the newest first."""
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    programs = ("chrome", "headless_shell", "chrome-headless-shell", "Chromium")
    found = [path for name in programs for path in folder.glob(f"chromium*/**/{name}") if path.is_file()]
    return [str(path) for path in sorted(found, reverse=True)]
