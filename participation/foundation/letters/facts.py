"""The facts of a letter, as its row keeps them and as its template gets them back."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from importlib import import_module
from typing import Any, TypeGuard

#: Only enums of the rules come back as what they were.
_RULES = "participation.rules."
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f\ufffd]+@[^\s@<>()\[\],;:\\\"\x00-\x20\x7f\ufffd]+")


def is_address(text: Any) -> TypeGuard[str]:
    """Whether a letter can be addressed to this: one address, and nothing that could become another header."""
    return isinstance(text, str) and len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def keep(name: str, value: Any) -> Any:
    """A fact as JSON can hold it.

    Raises:
        TypeError: it is no plain fact; a model instance or a translated sentence, for example.
    """
    if isinstance(value, Enum):
        kind = type(value)
        if not kind.__module__.startswith(_RULES):
            raise TypeError(f"{name!r}: only enums of the rules can stand in a letter")
        return {"$enum": f"{kind.__module__}:{kind.__qualname__}", "is": value.value}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return {"$moment": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"$day": value.isoformat()}
    if isinstance(value, Mapping):
        return {"$map": {str(key): keep(name, one) for key, one in value.items()}}
    if isinstance(value, list | tuple):
        return [keep(name, one) for one in value]
    raise TypeError(f"{name!r} is no plain fact: a {type(value).__name__} cannot stand in a letter")


def recall(value: Any) -> Any:
    """The fact as it was given to `keep`; a tuple comes back as a list."""
    if isinstance(value, list):
        return [recall(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "$enum" in value:
        module, _, name = value["$enum"].partition(":")
        if not module.startswith(_RULES):
            raise ValueError("this enum is none of the rules")
        return getattr(import_module(module), name)(value["is"])
    if "$moment" in value:
        return datetime.fromisoformat(value["$moment"])
    if "$day" in value:
        return date.fromisoformat(value["$day"])
    return {key: recall(one) for key, one in value["$map"].items()}
