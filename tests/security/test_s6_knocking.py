"""S6: an empty form opens no page to somebody who may not send it: its answer would tell as much (T7, T10)."""

import pytest

from participation.foundation.db import settling
from participation.rules.acts import Act
from participation.rules.kinds import Role
from participation.rules.policy import RIGHTS
from tests.contributed import receive
from tests.contributions.sending import csrf
from tests.house.test_routes import acts_of, doors, is_staffs
from tests.law.conftest import Figure
from tests.persons import make_person, sign_in
from tests.security.doors import filled

#: Doors of every employee: they show what the employee may see anyway.
EVERYBODYS = {Act.READ_DESK, Act.SIGN_OUT}


def knocking(app, rules, person, mark_at="/"):
    """Door → the answer that an empty form gets from it, by a person with the mark of the forms."""
    client = app.test_client()
    sign_in(client, person)
    data = {"csrf_token": csrf(client, mark_at)}
    return {rule.rule: client.post(filled(rule), data=data, buffered=True) for rule in rules}


def test_nobody_sees_the_form_of_another_department(app, hearing, schools, figure: Figure) -> None:
    """Every staff door of a case that takes a form, knocked at by a planner of another department."""
    receive(hearing, "Flyt overgangen.")
    stranger = make_person("Otto Andersen", (Role.PLANNER, schools))
    rules = [rule for rule in doors(app) if is_staffs(app, rule) and "POST" in rule.methods and "<slug>" in rule.rule]
    rules = [rule for rule in rules if acts_of(app, rule) != (Act.RECUSE,)]
    answers = knocking(app, rules, stranger)
    wrong = [f"{path}: {one.status_code}" for path, one in answers.items() if one.status_code not in (403, 404)]
    wrong += [f"{path} tells a title" for path, one in answers.items() if hearing.project.title in one.text]
    assert figure("S6 forms of another department", wrong, len(rules)) == []


def test_nobody_hears_of_a_draft_by_standing_aside_in_it(app, hearing, schools) -> None:
    """RE-41: who may stand aside in a public case by themselves must not learn a draft's title that way."""
    with settling():
        hearing.project.announced_at = hearing.announced_at = None
    stranger = make_person("Otto Andersen", (Role.PLANNER, schools))
    rules = [rule for rule in doors(app) if acts_of(app, rule) == (Act.RECUSE,) and "POST" in rule.methods]
    answers = knocking(app, rules, stranger)
    assert {one.status_code for one in answers.values()} == {403}


@pytest.mark.parametrize("role", [Role.CLERK, Role.COUNCILLOR, Role.ADMINISTRATOR, Role.PLANNER, Role.LEADER])
def test_nobody_sees_the_form_of_another_role(app, hearing, roads, role, figure: Figure) -> None:
    """Every staff door that takes a form and is not of this role."""
    person = make_person("Nanna Ny", (role, roads if role in (Role.PLANNER, Role.LEADER) else None))
    rules = [
        rule
        for rule in doors(app)
        if is_staffs(app, rule)
        and "POST" in rule.methods
        and not EVERYBODYS & set(acts_of(app, rule))
        and not any(role in right.roles for act in acts_of(app, rule) for right in RIGHTS[act])
    ]
    answers = knocking(app, rules, person)
    wrong = [f"{path}: {one.status_code}" for path, one in answers.items() if one.status_code not in (403, 404)]
    assert figure(f"S6 forms that are not of the {role}", wrong, len(rules)) == []
