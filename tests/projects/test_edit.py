"""A planner writes on; what is public is never changed without a public line."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from participation.foundation import files
from participation.foundation.db import db, settling
from participation.foundation.model import Letter
from participation.projects.attach import Piece, StaysInTheCase, attach_material, detach_material
from participation.projects.declare import Fixed, Heard
from participation.projects.edit import (
    AlreadyAnnounced,
    MeetingsStand,
    ReasonMissing,
    edit_contact,
    edit_plan,
    edit_rules,
    edit_steps,
    edit_words,
)
from participation.projects.invite import AlreadyTold, drop_party, invite_parties
from participation.projects.meet import EndsBeforeItBegins, plan_meeting, write_minutes
from participation.projects.model import Meeting, Notice, Project
from participation.rules import dates
from participation.rules.kinds import Constraint, MaterialKind, NoticeKind, PublicationRule, StepKind
from participation.rules.policy import Actor, NotAllowed
from tests.persons import NOW
from tests.projects.plans import planned

FIXED = (Fixed("at der kommer en skolevej", Constraint.POLITICAL, "Byrådet, 12. maj"),)


def _words(planner: Actor, project: Project, reason: str = "", summary: str = "Nyt resumé.") -> None:
    with settling():
        edit_words(
            planner,
            project,
            title=project.title,
            summary=summary,
            meanings=(("", "Dit barn får en kortere vej."), ("Jeg bor tæt på", "Der bliver gravet.")),
            open_=("hvor overgangen ligger", "lyset"),
            fixed=FIXED,
            reason=reason,
            now=NOW,
        )


def test_a_draft_is_rewritten_in_silence(planner: Actor, draft: Project) -> None:
    _words(planner, draft)
    assert draft.summary == "Nyt resumé."
    assert [line.words for line in draft.frame] == ["hvor overgangen ligger", "lyset", "at der kommer en skolevej"]
    assert [line.audience for line in draft.meanings] == ["", "Jeg bor tæt på"]
    assert db.session.scalar(sa.select(sa.func.count(Notice.id))) == 0


def test_what_is_public_is_rewritten_with_a_public_line(planner: Actor, public: Project) -> None:
    """RP-28."""
    with pytest.raises(ReasonMissing):
        _words(planner, public)
    _words(planner, public, reason="Vi havde glemt lyset.")
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.kind, notice.words) == (NoticeKind.CORRECTION, "Vi havde glemt lyset.")


def test_saving_without_a_change_tells_nothing(planner: Actor, public: Project) -> None:
    _words(planner, public, reason="Lys.")
    _words(planner, public, reason="Ingenting.")
    assert db.session.scalar(sa.select(sa.func.count(Notice.id))) == 1


def test_a_plan_is_made_anew_before_it_is_announced_and_not_after(planner: Actor, draft: Project) -> None:
    plan = planned(last_day=date(2027, 1, 25), legal_basis="planloven-24-5", legal_text="Ingen må bygge.")
    with settling():
        edit_plan(planner, draft.rounds[0], plan, decided_by="udvalget", register_id="123", now=NOW)
    assert draft.rounds[0].closes_at == dates.local_day_end(date(2027, 1, 25))
    assert (draft.decided_by, draft.register_id) == ("udvalget", "123")
    with settling():
        draft.announced_at = draft.rounds[0].announced_at = NOW
    with pytest.raises(AlreadyAnnounced):
        edit_plan(planner, draft.rounds[0], plan, decided_by="udvalget", register_id="", now=NOW)


def test_contact_and_switches_are_changed(planner: Actor, public: Project) -> None:
    with settling():
        edit_contact(planner, public, name="Bo", phone="1", email="", hours="", now=NOW)
        edit_rules(planner, public, PublicationRule.IMMEDIATELY, True, now=NOW)
    assert (public.contact_name, public.publication, public.support_on) == ("Bo", PublicationRule.IMMEDIATELY, True)


def test_a_drafts_steps_are_planned(planner: Actor, draft: Project) -> None:
    rows = (
        (None, StepKind.COMMITTEE, "Teknik og Klima", date(2027, 2, 2)),
        (draft.steps[0].id, StepKind.FINANCE, "Økonomiudvalget", None),
    )
    with settling():
        edit_steps(planner, draft, rows, now=NOW)
    db.session.expire(draft)
    assert [(step.kind, step.body) for step in draft.steps] == [
        (StepKind.COMMITTEE, "Teknik og Klima"),
        (StepKind.FINANCE, "Økonomiudvalget"),
    ]


def test_an_announced_meeting_is_not_moved_past_the_law(planner: Actor, public: Project) -> None:
    """RP-21: it moves in the plan of the decision, which asks the law and tells everybody."""
    day = public.steps[0].planned_on
    with pytest.raises(MeetingsStand), settling():
        edit_steps(planner, public, ((public.steps[0].id, StepKind.COUNCIL, "Byrådet", NOW.date()),), now=NOW)
    assert public.steps[0].planned_on == day


def test_material_is_laid_open_as_text_file_or_link(planner: Actor, draft: Project) -> None:
    """RP-41."""
    stored = files.store(b"Bredden er 3 meter.", "bilag.txt")
    with settling():
        attach_material(planner, draft, Piece("Bilag", stored=stored), now=NOW)
        attach_material(planner, draft, Piece("Kort", url="https://kort.example/"), now=NOW)
    assert [piece.kind for piece in draft.materials] == [MaterialKind.TEXT, MaterialKind.FILE, MaterialKind.LINK]
    assert not draft.materials[1].file.restricted


def test_material_that_citizens_have_seen_stays(planner: Actor, public: Project) -> None:
    piece = public.materials[0]
    with pytest.raises(StaysInTheCase):
        detach_material(planner, public, piece, now=NOW)
    db.session.rollback()
    with settling():
        attach_material(planner, public, Piece("Støjkort", words="55 dB"), now=NOW)
    assert "Støjkort" in db.session.scalars(sa.select(Notice)).one().words


def test_material_of_a_draft_can_be_taken_away(planner: Actor, draft: Project) -> None:
    with settling():
        detach_material(planner, draft, draft.materials[0], now=NOW)
    assert draft.materials == []


def test_a_meeting_is_set_and_told_of(planner: Actor, public: Project) -> None:
    """RP-30."""
    with settling():
        meeting = plan_meeting(planner, public, title="Åbent hus", starts_at=NOW, ends_at=None, place="Skolen", now=NOW)
        write_minutes(planner, public, meeting, "Mange ville have lys.", 34, now=NOW)
    kept = db.session.scalars(sa.select(Meeting)).one()
    assert (kept.attendance, kept.minutes) == (34, "Mange ville have lys.")
    with pytest.raises(EndsBeforeItBegins):
        plan_meeting(planner, public, title="X", starts_at=NOW, ends_at=NOW - timedelta(hours=1), place="Y", now=NOW)


def test_who_is_named_while_the_round_runs_is_told_at_once(planner: Actor, public: Project) -> None:
    before = db.session.scalar(sa.select(sa.func.count(Letter.id)))
    with settling():
        added = invite_parties(planner, public, (Heard("Grundejerne", "grund@eksempel.dk"),), now=NOW)
    assert added[0].invited_at == NOW
    assert db.session.scalar(sa.select(sa.func.count(Letter.id))) == before + 1
    with pytest.raises(AlreadyTold):
        drop_party(planner, public, added[0], now=NOW)


def test_who_is_named_in_a_draft_is_not_told_yet_and_can_be_dropped(planner: Actor, draft: Project) -> None:
    with settling():
        invite_parties(planner, draft, (Heard("Grundejerne"), Heard("Politiet", "politi@engelund.example")), now=NOW)
    assert [party.name for party in draft.parties] == ["Politiet", "Ældrerådet", "Grundejerne"]
    assert db.session.scalar(sa.select(sa.func.count(Letter.id))) == 0
    with settling():
        drop_party(planner, draft, draft.parties[2], now=NOW)
    assert len(draft.parties) == 2


@pytest.mark.parametrize("who", ["visitor", "clerk", "councillor", "other_planner"])
def test_only_the_departments_own_officers_write(request: pytest.FixtureRequest, draft: Project, who: str) -> None:
    actor = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        edit_contact(actor, draft, name="X", phone="", email="", hours="", now=NOW)
    with pytest.raises(NotAllowed):
        attach_material(actor, draft, Piece("X", words="Y"), now=NOW)
    with pytest.raises(NotAllowed):
        invite_parties(actor, draft, (Heard("X"),), now=NOW)
    with pytest.raises(NotAllowed):
        write_minutes(actor, draft, Meeting(), "X", 1, now=NOW)
