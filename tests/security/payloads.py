"""Payloads of the corpora: a fixed choice in the short form, all of them when ``MEDSPIL_BATTERY`` is ``long``."""

import os
import random

from tests.shared import corpus

IS_LONG = os.environ.get("MEDSPIL_BATTERY") == "long"
SEED = 20261122


def payloads(*names: str, most: int) -> list[str]:
    """The payloads of some corpora; in the short form at most so many, the same ones every time."""
    rows = list(dict.fromkeys(row["payload"] for name in names for row in corpus(f"{name}.jsonl")))
    return rows if IS_LONG or len(rows) <= most else random.Random(SEED).sample(rows, most)
