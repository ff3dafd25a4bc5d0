"""One thread at a time: these problems are small, and threads that wait for each other cost more than they give."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import cache
from typing import Any

from threadpoolctl import ThreadpoolController


@cache
def _pools() -> ThreadpoolController:
    """The thread pools of the libraries that are loaded; looking for them takes ten milliseconds, once."""
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Within it, numpy, scipy and scikit-learn work in one thread; the same bytes whatever the machine has."""
    return _pools().limit(limits=1)
