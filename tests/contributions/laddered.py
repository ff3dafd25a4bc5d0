"""A contribution on the page and one that waits, each with an address, for the tests of the ladder."""

import pytest
import sqlalchemy as sa

from participation.contributions.model import Contribution
from participation.foundation import jobs, letters
from participation.foundation.db import db
from participation.foundation.model import Letter
from participation.rules.kinds import PublicationRule
from tests.contributions.sending import submitted
from tests.matters import make_project
from tests.persons import NOW

WORDS = "Fjern naboens navn, så viser vi det."


@pytest.fixture
def shown(roads) -> Contribution:
    """On the page since it came."""
    round_ = make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]
    return submitted(round_, email="a@borger.example")


@pytest.fixture
def waiting(hearing) -> Contribution:
    """Not on the page yet."""
    return submitted(hearing, email="a@borger.example")


def letter(kind: str) -> str:
    """What the only letter of a kind says, codes and all."""
    jobs.run_all(None, NOW)
    db.session.rollback()
    return letters.read_in_full(db.session.scalars(sa.select(Letter).where(Letter.kind == kind)).one()).words
