"""Settings from the environment (``MEDSPIL_…``), typed, with safe defaults and a clear error for a bad one."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from participation.foundation import case_system, scanner, tiles


class BadSetting(Exception):
    """A setting cannot be used; the message says which and what it should look like."""


@dataclass(frozen=True)
class Config:
    """Everything the app can be told from outside.

    Attributes:
        INSTANCE: the folder for the database, files and keys.
        DATABASE_URL: SQLAlchemy address; SQLite in the instance folder when empty.
        SECRET_KEY: the server key for sessions and codes; made once and kept in the instance folder when empty.
        BASE_URL: the public address used in letters.
        ALLOWED_HOSTS: host names that are answered, separated by commas; that of
            ``BASE_URL`` when empty; any while that is this machine itself.
        SMTP_HOST: mail server; letters are written as files into ``OUTBOX`` when empty.
        CASE_SYSTEM: where published white papers go: ``folder:/path`` or an https address; nowhere when empty.
        CASE_SYSTEM_TOKEN: what that address knows us by.
        SCANNER: a virus scanner that speaks clamd's protocol, ``tcp://host:port`` or ``unix:/path``; none when empty.
        TILES: pictures of land under the maps, ``https://host/{z}/{x}/{y}.png``; none, and nothing fetched, when empty.
        TILES_CREDIT: whose pictures they are, as it stands beside each map.
        CODE_KEYS: keys for tracking codes, oldest first, separated by blanks; the server key when empty.
        SECURE_COOKIES: cookies over https only.
        PROXIES: how many proxies of our own stand before the app; the reader's address is taken from the last of them.
        DEMO: show the practice municipality's sign-ins on the sign-in page.
    """

    INSTANCE: str = "instance"
    DATABASE_URL: str = ""
    SECRET_KEY: str = field(default="", repr=False)
    BASE_URL: str = "http://127.0.0.1:8000"
    ALLOWED_HOSTS: str = ""
    SMTP_HOST: str = ""
    SMTP_PORT: int = 25
    SMTP_USER: str = ""
    SMTP_PASSWORD: str = field(default="", repr=False)
    SMTP_TLS: bool = False
    MAIL_FROM: str = "medspil@localhost.invalid"
    SECURE_COOKIES: bool = False
    LOG_JSON: bool = False
    DEMO: bool = False
    PROXIES: int = 0
    FILES: str = ""
    OUTBOX: str = ""
    CODE_KEYS: str = field(default="", repr=False)
    CASE_SYSTEM: str = ""
    SCANNER: str = ""
    TILES: str = ""
    TILES_CREDIT: str = ""
    CASE_SYSTEM_TOKEN: str = field(default="", repr=False)


def read(environment: Mapping[str, str] | None = None, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The settings as Flask wants them.

    Args:
        environment: where ``MEDSPIL_…`` is read; the process's own when None.
        overrides: settings that win over the environment.

    Raises:
        BadSetting: a value has the wrong form, or the name is not known.
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for setting in fields(Config):
        name = f"MEDSPIL_{setting.name}"
        if name in environment:
            values[setting.name] = _typed(name, environment[name], setting.type)
    config = Config(**values)
    ready = {setting.name: getattr(config, setting.name) for setting in fields(Config)}
    ready.update(overrides or {})
    return _complete(ready)


def _typed(name: str, raw: str, kind: Any) -> Any:
    if kind is bool:
        if raw.lower() in ("1", "true", "yes", "on"):
            return True
        if raw.lower() in ("0", "false", "no", "off", ""):
            return False
        raise BadSetting(f"{name} must be 1 or 0, not {raw!r}")
    if kind is int:
        if not raw.isdigit():
            raise BadSetting(f"{name} must be a whole number, not {raw!r}")
        return int(raw)
    return raw


def _complete(config: dict[str, Any]) -> dict[str, Any]:
    instance = Path(config["INSTANCE"]).resolve()
    try:
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadSetting(f"MEDSPIL_INSTANCE: the folder {instance} cannot be made ({error.strerror})") from error
    config["INSTANCE"] = str(instance)
    config["FILES"] = config["FILES"] or str(instance / "files")
    config["OUTBOX"] = config["OUTBOX"] or str(instance / "outbox")
    config["SECRET_KEY"] = config["SECRET_KEY"] or _own_key(instance)
    if len(config["SECRET_KEY"]) < 32:
        raise BadSetting("MEDSPIL_SECRET_KEY must be at least 32 characters")
    config["CODE_KEYS"] = str(config["CODE_KEYS"] or config["SECRET_KEY"]).split()
    if any(len(key) < 32 for key in config["CODE_KEYS"]):
        raise BadSetting("MEDSPIL_CODE_KEYS: each key must be at least 32 characters")
    url = config["DATABASE_URL"] or f"sqlite:///{instance / 'medspil.sqlite3'}"
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("MEDSPIL_DATABASE_URL must begin with sqlite:/// or postgresql://")
    config["SQLALCHEMY_DATABASE_URI"] = url
    if wrong := case_system.flaw(config["CASE_SYSTEM"]):
        raise BadSetting(f"MEDSPIL_CASE_SYSTEM {wrong}")
    if wrong := scanner.flaw(config["SCANNER"]):
        raise BadSetting(f"MEDSPIL_SCANNER {wrong}")
    if wrong := tiles.flaw(config["TILES"], config["TILES_CREDIT"]):
        raise BadSetting(f"MEDSPIL_TILES {wrong}")
    if not config["BASE_URL"].startswith(("http://", "https://")):
        raise BadSetting("MEDSPIL_BASE_URL must begin with http:// or https://")
    config["BASE_URL"] = config["BASE_URL"].rstrip("/")
    return config


def _own_key(instance: Path) -> str:
    path = instance / "secret_key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    return path.read_text(encoding="ascii").strip()
