"""Every door says which act it is the door to, and the staff's doors are shut to a visitor."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from participation.rules.acts import Act
from participation.rules.kinds import Role
from participation.rules.policy import RIGHTS

ANYBODY = {Role.VISITOR, Role.HOLDER}


def doors(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def acts_of(app: Flask, rule: Rule) -> tuple[Act, ...]:
    return getattr(app.view_functions[rule.endpoint], "acts", ())


def is_staffs(app: Flask, rule: Rule) -> bool:
    return not any(right.roles & ANYBODY for act in acts_of(app, rule) for right in RIGHTS[act])


def test_there_are_doors(app):
    assert doors(app)


def test_every_route_declares_its_act(app):
    silent = [
        f"{rule.rule} → {rule.endpoint}"
        for rule in doors(app)
        if not acts_of(app, rule) or not all(isinstance(act, Act) for act in acts_of(app, rule))
    ]
    assert silent == []


def test_the_policy_knows_every_act():
    assert [act for act in Act if act not in RIGHTS] == []


def test_no_route_of_the_staff_answers_a_visitor(app, client):
    answered = []
    for rule in filter(lambda rule: is_staffs(app, rule), doors(app)):
        path = re.sub(r"<(\w+(\([^)]*\))?:)?\w+>", "1", rule.rule)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            response = client.open(path, method=method)
            to_sign_in = response.status_code == 302 and "/log-ind" in response.headers["Location"]
            if not to_sign_in and response.status_code not in (400, 401, 403, 404):
                answered.append(f"{method} {path}: {response.status_code}")
    assert answered == []


@pytest.mark.parametrize("path", ["/findes-ikke", "/projekter/findes-ikke"])
def test_what_is_not_there_is_said_in_danish(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert '<html lang="da">' in response.text
