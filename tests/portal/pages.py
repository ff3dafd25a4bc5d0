"""What the portal's tests share: the moment, a page's words, and many things on one project."""

import html
import re

from flask.testing import FlaskClient

from participation.contributions.model import Contribution
from participation.foundation.db import db, settling
from participation.projects.model import Round
from participation.rules.handling import Handling
from tests.contributed import receive
from tests.persons import NOW


def words_of(client: FlaskClient, path: str, status: int = 200) -> str:
    """The words of a page, without its tags."""
    response = client.get(path)
    assert response.status_code == status, response.text[:2000]
    inside = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", response.text, flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", inside)))


def shown(round_: Round, *words: str) -> list[Contribution]:
    """Contributions that stand on the page."""
    received = receive(round_, *words)
    with settling():
        for contribution in received:
            contribution.handling, contribution.published_at = Handling.PUBLISHED, NOW
        round_.project.published_count += len(received)
        db.session.flush()
    return received
