"""A real server and a real Chromium; every page is watched for messages, strangers and side scroll."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, sync_playwright

from tests.cast.people import PASSWORD
from tests.serving import served

PICTURES = Path(__file__).parents[2] / "instance-pictures"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
DESK, PHONE = (1440, 900), (390, 844)


class Visitor:
    """Somebody in front of a screen."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.messages: list[str] = []
        self.strangers: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("request", self._watch)

    def _hear(self, message: ConsoleMessage) -> None:
        # The refusals a journey provokes on purpose are reported by the browser as failed loads.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.messages.append(message.text)

    def _watch(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc and not request.url.startswith("data:"):
            self.strangers.append(request.url)

    def until(self, expression: str, arg: Any = None) -> None:
        """Wait until the page says so. Asked again and again from here: the page itself may not evaluate words."""
        for _try in range(200):
            if self.page.evaluate(expression, arg):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(expression)

    def sign_in(self, login: str, password: str = PASSWORD) -> "Visitor":
        """Sign in through the page."""
        self.open("/login/")
        self.page.fill("input[name=username]", login)
        self.page.fill("input[name=password]", password)
        self.page.click("main button")
        self.page.wait_for_url(f"{self.address}/")
        return self

    def open(self, path: str) -> int:
        """Open an address and return its status."""
        response = self.page.goto(self.address + path)
        assert response is not None
        return response.status

    def picture(self, name: str) -> None:
        """Photograph the page for people to look at, and check what every page must keep."""
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} scrolls sideways"
        assert self.messages == [], f"{name}: {self.messages}"
        assert self.strangers == [], f"{name} asks {self.strangers}"

    def choose(self, field: str, text: str) -> None:
        """Pick from a search-as-you-type select."""
        self.page.fill(f"#{field}", text)
        self.page.locator(f"#{field}-list [role=option]", has_text=text).first.click()

    def follow(self, words: str | Locator) -> None:
        """Click what leads to another page, and be there. A bare click returns while the old page still stands."""
        target = self.page.locator(words).first if isinstance(words, str) else words
        with self.page.expect_navigation():
            target.click()

    def back(self) -> None:
        """Go back as the browser's own button does. The driver's way asks for a page that is being exchanged."""
        with self.page.expect_navigation():
            self.page.evaluate("setTimeout(() => history.back())")

    def confirm(self) -> None:
        """Send the form in the dialog, and go where it leads."""
        self.follow("dialog[open] .btn-primary")

    def text(self) -> str:
        """Return what the page says, once it is there."""
        self.page.wait_for_load_state("domcontentloaded")
        return self.page.inner_text("body")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium."""
    program = os.environ.get("SIDAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The portal behind a real server, on a port of its own."""
    with served(app, threads=4) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def visitor(chromium: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """Put somebody in front of a screen of this size."""
    contexts = []

    def come(size: tuple[int, int] = DESK, tongue: str = "zh-CN") -> Visitor:
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, locale=tongue)
        contexts.append(context)
        return Visitor(context.new_page(), address)

    yield come
    for context in contexts:
        context.close()
