"""A real Chromium against a real server. Without one the tests skip and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from rag.engine import Engine
from tests.api.live import running, seeds_indexed

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
TIMEOUT_MS = 20_000


# Playwright keeps an event loop running as long as it is open, in which no other test could start one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed (apt-get install chromium)")
    # Chromium's own sandbox does not work for root, which CI often is. What it opens here is our own page.
    arguments = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=[*arguments, "--disable-dev-shm-usage"])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with seeds_indexed(tmp_path_factory.mktemp("index")) as opened:
        yield opened


@pytest.fixture(scope="session")
def address(engine: Engine) -> Iterator[str]:
    with running(engine) as url:
        yield url


class Watched:
    """A page whose errors and foreign requests are noted; a test fails for any."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._note)
        page.on("request", lambda request: self._check(request.url, address))

    def _note(self, message: ConsoleMessage) -> None:
        # The browser itself reports a refused request as an error; the page shows it to the user.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.complaints.append(f"{message.type}: {message.text}")

    def _check(self, url: str, address: str) -> None:
        if not url.startswith((address, "data:")):
            self.complaints.append(f"foreign request: {url}")


def open_page(browser: Browser, address: str, **context: object) -> tuple[Page, Watched]:
    """Open the page in a fresh profile."""
    page = browser.new_context(**context).new_page()  # type: ignore[arg-type]  # playwright's own options
    page.set_default_timeout(TIMEOUT_MS)
    watched = Watched(page, address)
    page.goto(address)
    return page, watched


@pytest.fixture
def page(browser: Browser, address: str, tmp_path: Path) -> Iterator[Page]:
    opened, watched = open_page(browser, address, viewport={"width": 1280, "height": 800})
    yield opened
    opened.context.close()
    assert watched.complaints == []


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    opened, watched = open_page(
        browser, address, viewport={"width": 390, "height": 844}, color_scheme="dark", has_touch=True, is_mobile=True
    )
    yield opened
    opened.context.close()
    assert watched.complaints == []
