"""What a page costs a visitor who comes for the first time: requests, and bytes as they crossed the line."""

from dataclasses import dataclass

from playwright.sync_api import Page, Request


@dataclass(frozen=True)
class Weight:
    """The cost of one page.

    Args:
        requests: how many, redirects and missing parts too.
        bytes: heads and bodies of all answers as they were sent, that is compressed.
        parts: path → bytes, heaviest first, for the message of a failing test.
    """

    requests: int
    bytes: int
    parts: dict[str, int]


def weigh(page: Page, path: str) -> Weight:
    """Open a path in a window that has seen nothing yet and weigh all that was fetched for it."""
    finished: list[Request] = []
    page.on("requestfinished", lambda request: finished.append(request))
    page.goto(path, wait_until="networkidle")
    parts: dict[str, int] = {}
    for request in finished:
        sizes = request.sizes()
        parts[request.url] = parts.get(request.url, 0) + sizes["responseHeadersSize"] + sizes["responseBodySize"]
    heaviest = dict(sorted(parts.items(), key=lambda part: -part[1]))
    return Weight(requests=len(finished), bytes=sum(parts.values()), parts=heaviest)
