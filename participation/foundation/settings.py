"""What an administrator has set, by key; read once in a transaction, whoever asks."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from participation.foundation.db import db, forget, once
from participation.foundation.model import Setting


def settings() -> Mapping[str, Any]:
    """Everything that has been set."""
    return once("settings", lambda: dict(iter(db.session.execute(sa.select(Setting.key, Setting.value)))))


def keep_setting(key: str, value: Any, *, now: datetime) -> None:
    """Keep a setting; a verb asks the policy first."""
    db.session.merge(Setting(key=key, value=value, changed_at=now))
    forget("settings")
