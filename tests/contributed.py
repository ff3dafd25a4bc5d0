"""Contributions for the tests of the rooms above: received by the real verb, with given words."""

from datetime import datetime, timedelta
from uuid import uuid4

from participation.contributions.model import Contribution
from participation.contributions.receive import Sender, Sent
from participation.contributions.submit import submit_contribution
from participation.foundation.db import settling
from participation.projects.model import Round
from participation.rules.kinds import Kind
from participation.rules.policy import VISITOR
from tests.persons import NOW


def receive(
    round_: Round, *words: str, at: datetime = NOW, sender: Sender | None = None, kind: Kind = Kind.RESPONSE
) -> list[Contribution]:
    """Contributions with these words, received in this order, a minute apart."""
    received = []
    for index, one in enumerate(words):
        arrived = at + timedelta(minutes=index)
        sent = Sent(words=one, kind=kind, received_at=arrived, key=uuid4().hex, sender=sender or Sender())
        with settling():
            received.append(submit_contribution(VISITOR, round_, sent, now=arrived))
    return received
