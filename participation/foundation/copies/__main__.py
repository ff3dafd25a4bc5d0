"""The child that draws one PDF: what is asked and the bytes come on stdin, what it made goes to stdout."""

from __future__ import annotations

import json
import resource
import sys

from . import MEMORY, PROCESSOR


def main() -> int:
    """Bind ourselves, draw, answer, end; whatever goes wrong, nothing is answered."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    head, _, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        from .press import press

        answer = press(json.loads(head), data)
    except Exception:  # a hostile file may make anything fail; the reader gets a sentence, not the reason
        return 1
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
