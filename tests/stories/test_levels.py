"""What a level does not promise is refused at the real door and by the real verb, and nothing is kept of it (RP-47)."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from participation.answers.draft import Draft, draft_answer
from participation.contributions.block import block_sender
from participation.contributions.comment import comment_contribution
from participation.contributions.correct import correct_contribution
from participation.contributions.model import Contribution
from participation.contributions.submit import submit_contribution
from participation.contributions.support import support_contribution
from participation.contributions.withdraw import withdraw_contribution
from participation.drafting.model import JointText
from participation.drafting.open_joint import open_joint_text
from participation.drafting.propose import propose_revision
from participation.feedback.publish import publish_feedback
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.forms import fresh_key
from participation.foundation.model import LogEntry
from participation.people.model import Person
from participation.projects.model import Round
from participation.reports.draft import Added, draft_paper
from participation.rules.acts import Act
from participation.rules.handling import Handling, HidingReason
from participation.rules.kinds import Kind, PaperForm
from participation.rules.levels import LEVEL_ALLOWS, LEVEL_BOUND, Level
from participation.rules.outcomes import Recommendation
from participation.rules.policy import VISITOR, Actor, Door, NotAllowed
from tests.contributions.sending import csrf, holder_of, sent
from tests.matters import make_project
from tests.persons import NOW, sign_in

#: Every level with each act it does not promise.
REFUSED = [(level, act) for level in Level for act in sorted(LEVEL_BOUND - LEVEL_ALLOWS[level])]

YES = Recommendation.ACCOMMODATED
Verb = Callable[[Actor, Contribution], object]

VERBS: dict[Act, Verb] = {
    Act.SUBMIT_CONTRIBUTION: lambda _, one: submit_contribution(VISITOR, one.round, sent(), now=NOW),
    Act.CORRECT_CONTRIBUTION: lambda _, one: correct_contribution(holder_of(one), one, "Nyt.", now=NOW),
    Act.WITHDRAW_CONTRIBUTION: lambda _, one: withdraw_contribution(holder_of(one), one, now=NOW),
    Act.COMMENT_CONTRIBUTION: lambda _, one: comment_contribution(VISITOR, one, sent(), now=NOW),
    Act.SUPPORT_CONTRIBUTION: lambda _, one: support_contribution(VISITOR, one, "v1", now=NOW),
    Act.OPEN_JOINT_TEXT: lambda planner, one: open_joint_text(planner, one.round, "Parken", "Vi vil.", now=NOW),
    Act.PROPOSE_REVISION: lambda _, one: propose_revision(
        VISITOR, joint_in(one.round), sent(), "Nyt.", based_on=1, now=NOW
    ),
    Act.DRAFT_ANSWER: lambda planner, one: draft_answer(
        planner, Draft(one, "Ja.", Recommendation.ACCOMMODATED), now=NOW
    ),
    Act.BLOCK_SENDER: lambda planner, one: block_sender(planner, one, HidingReason.THREATS, "Skriv pænt.", 3, now=NOW),
    Act.COMPILE_REPORT: lambda planner, one: draft_paper(
        planner, one.round.project, Added(form=PaperForm.BY_CONTRIBUTION), now=NOW
    ),
    Act.PUBLISH_FEEDBACK: lambda planner, one: publish_feedback(planner, one.round.project, now=NOW),
}

#: Where a browser would send it, after the project's or the proposal's address.
DOORS: dict[Act, str] = {
    Act.SUBMIT_CONTRIBUTION: "/projekter/{slug}/svar",
    Act.CORRECT_CONTRIBUTION: "/mit-svar/ret",
    Act.WITHDRAW_CONTRIBUTION: "/mit-svar/traek-tilbage",
    Act.COMMENT_CONTRIBUTION: "/projekter/{slug}/forslag/90/kommentar",
    Act.SUPPORT_CONTRIBUTION: "/projekter/{slug}/forslag/90/stoet",
    Act.OPEN_JOINT_TEXT: "/arbejde/projekter/{slug}/faelles-tekst",
    Act.PROPOSE_REVISION: "/projekter/{slug}/faelles-tekst/1/ret",
    Act.DRAFT_ANSWER: "/arbejde/projekter/{slug}/svar",
    Act.BLOCK_SENDER: "/arbejde/projekter/{slug}/indbakke/90/luk-kommentarer",
    Act.COMPILE_REPORT: "/arbejde/projekter/{slug}/rapport",
    Act.PUBLISH_FEEDBACK: "/arbejde/projekter/{slug}/besked",
}
BY_STAFF = {Act.OPEN_JOINT_TEXT, Act.DRAFT_ANSWER, Act.BLOCK_SENDER, Act.COMPILE_REPORT, Act.PUBLISH_FEEDBACK}


@pytest.fixture(autouse=True)
def time() -> Iterator[time_machine.Traveller]:
    """The round is open."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def standing(round_: Round) -> Contribution:
    """A proposal that stands in the round whatever the level would have let in."""
    with settling():
        one = Contribution(
            project_id=round_.project_id,
            round_id=round_.id,
            number=90,
            kind=Kind.PROPOSAL,
            words_hash="x",
            received_at=NOW,
            arrival="in_time",
            handling=Handling.PUBLISHED,
            published_at=NOW,
        )
        db.session.add(one)
    return one


def joint_in(round_: Round) -> JointText:
    """A joint text that stands in the round whatever the level would have let in."""
    joint = JointText(
        id=1, project_id=round_.project_id, round_id=round_.id, title="Parken", words="Vi vil.", opened_at=NOW
    )
    db.session.add(joint)
    db.session.commit()
    return joint


def kept() -> tuple[int, int]:
    """How many contributions and log entries there are."""
    db.session.rollback()
    counted = [db.session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (Contribution, LogEntry)]
    return counted[0] or 0, counted[1] or 0


def knock(app: SettledFlask, client: FlaskClient, act: Act, one: Contribution) -> TestResponse:
    """Send what a form of this door would send, had the page one."""
    slug = one.round.project.slug
    purpose, about = {
        Act.COMMENT_CONTRIBUTION: ("comment", one.id),
        Act.PROPOSE_REVISION: ("revision", 1),
    }.get(act, ("write", one.round_id))
    if act is Act.PROPOSE_REVISION:
        joint_in(one.round)
    with client.session_transaction() as session:
        session["held"] = [one.id]
    mark = csrf(client, "/arbejde" if act in BY_STAFF else "/mit-svar")
    with app.test_request_context():
        key = fresh_key(f"{purpose}:{about}")
    fields = {"csrf_token": mark, "key": key, "words": "Nyt.", "email": "", "capacity": "citizen"}
    fields |= {"text": "Nyt.", "based_on": "1", "title": "Parken"}
    fields |= {"block-reason": "threats", "block-words": "Skriv pænt.", "block-days": "3"} if act in BY_STAFF else {}
    fields |= {"form": PaperForm.BY_CONTRIBUTION.value, "version": "0", "overall": ""} if act in BY_STAFF else {}
    return client.post(DOORS[act].format(slug=slug), data=fields)


def test_the_table_of_refusals_is_whole() -> None:
    assert {act for _, act in REFUSED} == set(VERBS) == set(DOORS)
    assert len(REFUSED) == 16


@pytest.mark.parametrize(("level", "act"), REFUSED)
def test_the_verb_says_no(roads, planner: Actor, level: Level, act: Act) -> None:
    one = standing(make_project(roads, level, support_on=True).rounds[0])
    before = kept()
    with pytest.raises(NotAllowed) as no, settling():
        VERBS[act](planner, one)
    assert no.value.refusal.door is Door.LEVEL
    assert kept() == before


@pytest.mark.parametrize(("level", "act"), REFUSED)
def test_the_door_says_no_in_plain_words(
    app: SettledFlask, client: FlaskClient, roads, planner_person: Person, level: Level, act: Act
) -> None:
    one = standing(make_project(roads, level, support_on=True).rounds[0])
    if act in BY_STAFF:
        sign_in(client, planner_person)
    before = kept()
    answer = knock(app, client, act, one)
    assert answer.status_code in (403, 409)
    assert "Det hører ikke med på dette projekts niveau" in answer.text
    assert kept() == before
