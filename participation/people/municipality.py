"""The municipality itself, as its administrator has set it: one installation serves one municipality."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

from flask import g, has_request_context

from participation.foundation.settings import keep_setting, settings


@dataclass(frozen=True)
class Municipality:
    """What stands on every page.

    Attributes:
        body: the deciding body with its definite article, as in "før byrådet beslutter".
        hours: when the telephone is answered.
        home_address: postal address for those who write letters.
        map_drawn: whether there is a map of the municipality, for projects without one of their own.
        promises_public: whether everybody may read how promises are kept (RL-30); staff always may.
    """

    name: str = "Kommunen"
    body: str = "byrådet"
    phone: str = ""
    email: str = ""
    hours: str = "hverdage 9–14"
    home_address: str = ""
    logo_url: str = ""
    stylesheet_url: str = ""
    was_address: str = ""
    was_checked_on: str = ""
    promises_public: bool = False
    map_drawn: bool = False


def municipality() -> Municipality:
    """The municipality, read once per request."""
    if has_request_context() and "municipality" in g:
        return g.municipality
    known = {field.name for field in fields(Municipality)}
    found = Municipality(**{key: value for key, value in settings().items() if key in known})
    if has_request_context():
        g.municipality = found
    return found


def keep(changed: Municipality, *, now: datetime) -> None:
    """Keep the settings; a verb asks the policy first."""
    for key, value in asdict(changed).items():
        keep_setting(key, value, now=now)
    if has_request_context():
        g.pop("municipality", None)
