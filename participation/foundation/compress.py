"""Sends text compressed: static files always, pages only to visitors without a session.

A page for somebody with a session may hold their secrets, and what is compressed beside a secret can give it away
(the attack called BREACH). A proxy in front may compress the rest by its own rules.
"""

import gzip

from flask import Flask, Response, request

#: Below this many bytes compressing costs more than it saves.
SMALLEST = 800
TEXT = ("text/", "application/javascript", "image/svg+xml", "application/json", "application/atom+xml")


def init_app(app: Flask) -> None:
    """Compress the app's answers; a static file is compressed once per process."""
    kept: dict[str, bytes] = {}

    @app.after_request
    def compress(response: Response) -> Response:
        if not _may(response) or "gzip" not in request.accept_encodings:
            return response
        if request.endpoint == "static":
            response.direct_passthrough = False
            body = kept.get(request.full_path)
            if body is None and len(kept) < 100:
                body = kept[request.full_path] = gzip.compress(response.get_data(), 9, mtime=0)
        elif not request.cookies and "Set-Cookie" not in response.headers:
            body = gzip.compress(response.get_data(), 6, mtime=0)
        else:
            return response
        if body is not None:
            response.set_data(body)
            response.headers["Content-Encoding"] = "gzip"
            response.vary.add("Accept-Encoding")
        return response


def _may(response: Response) -> bool:
    """Whether it is a whole text that nobody has compressed, and long enough to be worth it."""
    return (
        response.status_code == 200
        and "Content-Encoding" not in response.headers
        and "Content-Range" not in response.headers
        and (response.mimetype or "").startswith(TEXT)
        and (request.endpoint == "static" or not (response.is_streamed or response.direct_passthrough))
        and (response.content_length or SMALLEST) >= SMALLEST
    )
