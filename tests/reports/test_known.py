"""The white paper counts unconfirmed, confirmed and verified senders apart; a disputed one is not named (T2, T3)."""

from datetime import datetime

import pytest

from participation.contributions.receive import Sender
from participation.foundation.db import settling
from participation.projects.model import Round
from participation.reports.compile import compile_paper
from participation.reports.wording import about, figure_tables
from participation.rules.kinds import Known, Rendition
from tests.contributed import receive


@pytest.fixture
def four(hearing: Round, now: datetime) -> None:
    """One of each, in the order of the list."""
    sent = receive(hearing, "Et.", "To.", "Tre.", sender=Sender(name="Ida Holm", email="i@b.example", show_name=True))
    receive(hearing, "Fire.")
    with settling():
        sent[0].contact.verified_at = sent[1].contact.email_confirmed_at = now


def test_each_is_counted_apart(four: None, hearing: Round, now: datetime) -> None:
    paper = compile_paper(hearing.project, Rendition.PUBLIC, now=now)
    assert paper.figures.known == tuple((one, 1) for one in Known)
    assert "Hvor godt vi kender afsenderen" in [caption for caption, _, _ in figure_tables(paper.figures)]


@pytest.mark.parametrize("rendition", Rendition)
def test_a_disputed_sender_is_named_in_neither_rendition(rendition: Rendition, hearing: Round, now: datetime) -> None:
    one = receive(hearing, "Et.", sender=Sender(name="Ida Holm", email="i@b.example", show_name=True))[0]
    with settling():
        one.disputed_at = now
    entry = compile_paper(hearing.project, rendition, now=now).entries[0]
    assert entry.sender == ""
    assert "sendt af en anden" in about(entry)
