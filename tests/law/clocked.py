"""The pages on a real server whose clock stands where a test wants it: only here can a clock be moved."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from participation.app import create_app
from participation.foundation import clock
from participation.foundation.db import SettledFlask


def app() -> SettledFlask:
    """The pages, with a clock that is ahead by the seconds that stand in a file."""
    ahead = Path(os.environ["TEST_CLOCK"])
    clock.now = lambda: datetime.now(UTC) + timedelta(seconds=float(ahead.read_text(encoding="ascii")))
    return create_app()
