"""Invitations: a one-time link, a role, and nobody raises their own."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter
from participation.people.actor import actor_of
from participation.people.edit import edit_person
from participation.people.invite import UsedUp, accept_invitation, invite_person
from participation.people.model import Department, Invitation, Person
from participation.people.recuse import recuse
from participation.projects.model import Round
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.kinds import Role
from participation.rules.policy import Actor, NotAllowed

PASSWORD = "hest batteri cykelsti tagsten"


def test_an_invited_person_picks_a_password_and_holds_the_role(
    administrator: Actor, roads: Department, now: datetime
) -> None:
    with settling():
        token = invite_person(administrator, "Ny Kollega", "ny@engelund.example", Role.PLANNER, roads, now=now)
    with settling():
        person = accept_invitation(token, PASSWORD, now=now)
    assert actor_of(person).roles == {(Role.PLANNER, roads.id)}


def test_the_link_is_mailed_and_its_token_is_stored_nowhere(
    administrator: Actor, roads: Department, now: datetime
) -> None:
    with settling():
        token = invite_person(administrator, "Ny Kollega", "ny@engelund.example", Role.PLANNER, roads, now=now)
    assert token not in str(db.session.scalars(sa.select(Letter.facts)).all())
    assert db.session.scalars(sa.select(Invitation.token_hash)).one() != token


def test_a_link_works_once(administrator: Actor, roads: Department, now: datetime) -> None:
    with settling():
        token = invite_person(administrator, "Ny Kollega", "ny@engelund.example", Role.PLANNER, roads, now=now)
    with settling():
        accept_invitation(token, PASSWORD, now=now)
    with pytest.raises(UsedUp), settling():
        accept_invitation(token, PASSWORD, now=now)


def test_a_link_is_too_old_after_a_fortnight(administrator: Actor, roads: Department, now: datetime) -> None:
    with settling():
        token = invite_person(administrator, "Ny Kollega", "ny@engelund.example", Role.PLANNER, roads, now=now)
    with pytest.raises(UsedUp), settling():
        accept_invitation(token, PASSWORD, now=now + timedelta(days=14))


def test_a_planner_needs_a_department(administrator: Actor, now: datetime) -> None:
    with pytest.raises(Wrong), settling():
        invite_person(administrator, "Ny Kollega", "ny@engelund.example", Role.PLANNER, now=now)


def test_only_an_administrator_invites(planner: Actor, roads: Department, now: datetime) -> None:
    with pytest.raises(NotAllowed), settling():
        invite_person(planner, "Ny Kollega", "ny@engelund.example", Role.PLANNER, roads, now=now)


def test_nobody_changes_their_own_roles(administrator: Actor, administrator_person: Person, now: datetime) -> None:
    """T10: a role is given by somebody else."""
    with pytest.raises(Wrong), settling():
        edit_person(administrator, administrator_person, {(Role.LEADER, None)}, active=True, now=now)


def test_a_changed_role_signs_the_person_out(administrator: Actor, planner_person: Person, now: datetime) -> None:
    with settling():
        edit_person(administrator, planner_person, {(Role.COUNCILLOR, None)}, active=True, now=now)
    assert planner_person.sessions == 2
    assert actor_of(planner_person).roles == {(Role.COUNCILLOR, None)}


def test_who_may_be_partial_loses_the_right_to_act_in_that_case_alone(
    planner_person: Person, hearing: Round, now: datetime
) -> None:
    """RE-41: "jeg kan være inhabil i denne sag"."""
    with settling():
        recuse(actor_of(planner_person), hearing.project, now=now)
    aside = actor_of(planner_person)
    refused = policy.refusal(aside, Act.DRAFT_ANSWER, hearing.project, now)
    assert refused is not None
    assert refused.door is policy.Door.IMPARTIAL
