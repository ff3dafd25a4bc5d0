"""What the tests of this room send, and how a browser without JavaScript sends it."""

import re
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.contributions.model import Contribution
from participation.contributions.receive import Sender, Sent
from participation.contributions.submit import submit_contribution
from participation.foundation.db import settling
from participation.projects.model import Round
from participation.rules.kinds import Kind
from participation.rules.policy import VISITOR, Actor
from tests.persons import NOW

WORDS = "Overgangen skal ligge ved kirken, ikke ved tanken."


def sent(words: str = WORDS, *, received_at: datetime = NOW, kind: Kind = Kind.RESPONSE, **facts: Any) -> Sent:
    """Words that came in; a fact that belongs to the sender goes to the sender."""
    of_sender = {name: facts.pop(name) for name in tuple(facts) if name in Sender.__dataclass_fields__}
    return Sent(words=words, kind=kind, received_at=received_at, sender=Sender(**of_sender), **facts)


def submitted(round_: Round, words: str = WORDS, *, now: datetime = NOW, **facts: Any) -> Contribution:
    """A contribution that came in by the form, settled."""
    with settling():
        return submit_contribution(VISITOR, round_, sent(words, received_at=now, **facts), now=now)


def holder_of(contribution: Contribution) -> Actor:
    """Whoever has shown the code of a contribution."""
    return Actor(held=frozenset({contribution.id}))


def form_key(client: FlaskClient, path: str) -> str:
    """The signed key of a citizen's form that was just opened."""
    page = client.get(path)
    assert page.status_code == 200, page.status_code
    found = re.search(r'name="key"[^>]*value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def send(client: FlaskClient, path: str, words: str = WORDS, *, key: str | None = None, **fields: Any) -> TestResponse:
    """Open the form and send it, as multipart, the way the page says."""
    key = key or form_key(client, path)
    values = {"key": key, "words": words, "email": "", "capacity": "citizen", **fields}
    return client.post(path, data=values, content_type="multipart/form-data")


def csrf(client: FlaskClient, path: str) -> str:
    """The mark of a staff page's form."""
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found is not None
    return found[1]
