"""The level is a contract: what each level lets citizens send, over the whole table (RP-47)."""

from datetime import timedelta

import pytest

from participation.contributions.ask import ask_question
from participation.contributions.comment import comment_contribution
from participation.contributions.correct import correct_contribution
from participation.contributions.model import Contribution
from participation.contributions.submit import submit_contribution
from participation.contributions.support import support_contribution
from participation.contributions.withdraw import withdraw_contribution
from participation.foundation.db import db, settling
from participation.rules.acts import Act
from participation.rules.handling import Handling
from participation.rules.kinds import Kind
from participation.rules.levels import LEVEL_ALLOWS, Level
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import holder_of, sent
from tests.matters import make_project
from tests.persons import NOW

VERBS = {
    Act.SUBMIT_CONTRIBUTION: lambda round_, of: submit_contribution(VISITOR, round_, sent(), now=NOW),
    Act.ASK_QUESTION: lambda round_, of: ask_question(VISITOR, round_, sent(kind=Kind.QUESTION), now=NOW),
    Act.COMMENT_CONTRIBUTION: lambda round_, of: comment_contribution(VISITOR, of, sent(), now=NOW),
    Act.SUPPORT_CONTRIBUTION: lambda round_, of: support_contribution(VISITOR, of, "v1", now=NOW),
    Act.CORRECT_CONTRIBUTION: lambda round_, of: correct_contribution(holder_of(of), of, "Nyt.", now=NOW),
    Act.WITHDRAW_CONTRIBUTION: lambda round_, of: withdraw_contribution(holder_of(of), of, now=NOW),
}


def row(round_) -> Contribution:
    """A contribution that stands in the round whatever the level would have let in."""
    with settling():
        one = Contribution(
            project_id=round_.project_id,
            round_id=round_.id,
            number=90,
            kind=Kind.PROPOSAL,
            words_hash="x",
            received_at=NOW - timedelta(days=1),
            arrival="in_time",
            handling=Handling.PUBLISHED,
        )
        db.session.add(one)
    return one


@pytest.mark.parametrize("act", VERBS)
@pytest.mark.parametrize("level", Level)
def test_each_level_lets_in_what_it_says_and_nothing_else(roads, level, act):
    round_ = make_project(roads, level, support_on=True).rounds[0]
    of = row(round_)
    if act in LEVEL_ALLOWS[level]:
        VERBS[act](round_, of)
        return
    with pytest.raises(NotAllowed) as no:
        VERBS[act](round_, of)
    assert no.value.refusal.door == "level"
