"""Chromium and a real server for the tests: fixtures ``browser``, ``site`` and ``window``.

``window()`` opens a browser window of a citizen or of staff. Whatever the test is about, each window is watched: a
request to another host, an error in the console, a breach of the content security policy, or a part of a page that
could not be fetched fails the test when it ends.
"""

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
PHONE, TABLET, DESK = 320, 768, 1280
#: How long a page may take on a machine that does two things at a time, in milliseconds; nothing is judged by it.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@dataclass
class Watch:
    """What went wrong in a window while nobody asked."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).scheme in ("http", "https", "ws", "wss") and not self._ours(request.url):
            self.faults.append(f"request to another host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.faults.append(f"{response.status} for a part of the page: {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # A page that is answered by 404 or 422 is an answer; its missing parts are told by _response.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _ours(self, url: str) -> bool:
        return urlsplit(url).netloc == urlsplit(self.origin).netloc


class OpenWindow(Protocol):
    """Opens a window on the site; each call is a new visitor with cookies of their own."""

    def __call__(
        self,
        *,
        js: bool = True,
        width: int = DESK,
        height: int = 900,
        forced_colors: bool = False,
        locale: str = "da-DK",
        watched: bool = True,
    ) -> Page: ...


def executable() -> str | None:
    """The Chromium of this machine: ``MEDSPIL_CHROMIUM``, or the first one on the path."""
    return os.environ.get("MEDSPIL_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def launched() -> Iterator[Browser]:
    """A running Chromium without a window on the screen.

    Raises:
        LookupError: there is no Chromium on this machine.
    """
    path = executable()
    if path is None:
        raise LookupError("no Chromium on this machine; run script/checkers")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class _Quiet(WSGIRequestHandler):
    """HTTP/1.1 with connections that stay open, as the real server has; a log line only for what goes wrong."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextlib.contextmanager
def serving(app: WSGIApplication) -> Iterator[str]:
    """Serve an app on a free port of this machine; gives its address, such as ``http://localhost:40123``."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def windows(browser: Browser, origin: str) -> Iterator[OpenWindow]:
    """Gives the opener of windows; closes them all and fails with what their watches saw."""
    watches: list[Watch] = []
    contexts: list[BrowserContext] = []

    def open_window(
        *,
        js: bool = True,
        width: int = DESK,
        height: int = 900,
        forced_colors: bool = False,
        locale: str = "da-DK",
        watched: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=origin,
            java_script_enabled=js,
            viewport={"width": width, "height": height},
            forced_colors="active" if forced_colors else "none",
            locale=locale,
            timezone_id="Europe/Copenhagen",
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if watched:
            watch = Watch(origin)
            watch.over(context)
            watches.append(watch)
        return context.new_page()

    try:
        yield open_window
    finally:
        for context in contexts:
            with contextlib.suppress(Error):  # the test may have closed it already
                context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    if faults:
        pytest.fail("the browser saw:\n" + "\n".join(dict.fromkeys(faults)), pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    if executable() is None:
        pytest.skip("no Chromium on this machine; run script/checkers")
    with launched() as browser:
        yield browser


@pytest.fixture
def site(app: WSGIApplication) -> Iterator[str]:
    """The test's app behind a real server; its address. Commit what the browser is to see."""
    with serving(app) as origin:
        yield origin


@pytest.fixture
def window(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens windows on the test's site: ``window(width=320, js=False)`` is a visitor with a phone and no JavaScript."""
    with windows(browser, site) as open_window:
        yield open_window
