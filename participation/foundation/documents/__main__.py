"""The child that reads one file: its name and bytes come on stdin, what it found goes to stdout."""

from __future__ import annotations

import json
import resource
import sys

from . import MEMORY, PROCESSOR
from .model import Fault, Unread
from .wire import pack, pack_fault


def main() -> None:
    """Bind ourselves, read one file, answer, end."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    try:
        head, _, data = sys.stdin.buffer.read().partition(b"\n")
        from .reading import read

        answer = pack(read(json.loads(head)["name"], data))
    except Unread as given_up:
        answer = pack_fault(given_up.fault)
    except MemoryError:
        answer = pack_fault(Fault.TOO_HEAVY)
    except Exception:  # whatever a hostile file does to a reader, it is damaged to us
        answer = pack_fault(Fault.DAMAGED)
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
