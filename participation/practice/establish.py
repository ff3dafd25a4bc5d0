"""The town hall opens: the municipality's own facts, its departments and its people."""

import hmac
from datetime import datetime

from participation.foundation.db import db, server_key
from participation.people import passwords
from participation.people.actor import actor_of
from participation.people.edit import edit_department, edit_municipality, edit_person
from participation.people.model import Department, Membership, Person
from participation.people.municipality import Municipality
from participation.practice import texts
from participation.practice.case import Staff
from participation.practice.texts import Told
from participation.rules.kinds import STAFF_ROLES, ApprovalRule, Role
from participation.rules.policy import Actor

_APPROVAL = {"none": ApprovalRule.NONE, "whole_note": ApprovalRule.NOTE, "per_answer": ApprovalRule.ANSWER}
#: Words of the practice password, such as any keyboard can type; four of them make many millions.
_WORDS = (
    "anker", "bager", "banan", "birk", "bregne", "cykel", "drage", "dynge", "egern", "elefant", "fasan", "fjord",
    "frost", "fugl", "glarmester", "grav", "gulerod", "gynge", "havre", "hegn", "humle", "humlebi", "hyben", "hylde",
    "jolle", "kaffe", "kajak", "karse", "kastanje", "kirke", "klit", "kompas", "krabbe", "kringle", "lanterne", "lup",
    "mandel", "mose", "muld", "musling", "nelde", "nisse", "orkide", "ost", "pander", "perron", "pil", "pilot",
    "plade", "ravn", "regnbue", "rosin", "rug", "salt", "sejl", "skov", "snegl", "sol", "spade", "spand", "spurv",
    "sten", "strand", "svale", "tang", "tavle", "torv", "trane", "trappe", "tulipan", "ugle", "vante", "violin",
)  # fmt: skip


def password() -> str:
    """The one password of all practice people: four words that follow from this installation's own key.

    So it is the same at each start, is nowhere written down, and opens no other installation.
    """
    drawn = hmac.digest(server_key(), b"practice password", "sha256")
    return "-".join(_WORDS[byte % len(_WORDS)] for byte in drawn[:4])


def establish(told: Told, *, now: datetime) -> Staff:
    """Make the municipality of the texts: the administrator first, who then sets up everything else."""
    hashed = passwords.hash_password(password())
    people = {one["key"]: _person(one, hashed, now) for one in told["person"]}
    db.session.add_all(people.values())
    first = next(one["key"] for one in told["person"] if "administrator" in one["roles"])
    people[first].memberships = [Membership(role=Role.ADMINISTRATOR)]
    db.session.flush()
    administrator = actor_of(people[first])

    edit_municipality(administrator, _municipality(told), now=now)
    departments = {one["key"]: _department(administrator, one, told, now) for one in told["department"]}
    for one in told["person"]:
        if one["key"] != first:
            edit_person(administrator, people[one["key"]], _roles(one, departments), active=True, now=now)
    db.session.flush()
    return Staff({key: actor_of(person) for key, person in people.items()}, departments)


def sign_ins() -> list[tuple[str, str, str]]:
    """Somebody of each role to sign in as: role, e-mail address and password."""
    told, shared = texts.municipality(), password()
    found = []
    for role in STAFF_ROLES:
        person = next(one for one in told["person"] if role.value in one["roles"])
        found.append((role.value, person["email"], shared))
    return found


def _person(one: Told, hashed: str, now: datetime) -> Person:
    return Person(name=one["name"], email=one["email"], password_hash=hashed, created_at=now, memberships=[])


def _municipality(told: Told) -> Municipality:
    return Municipality(
        name=told["name"],
        body=told["deciding_body"],
        phone=told["phone"],
        email=told["email"],
        hours=told["hours"],
        home_address=told["town_hall"],
        promises_public=True,
    )


def _department(administrator: Actor, one: Told, told: Told, now: datetime) -> Department:
    return edit_department(
        administrator,
        None,
        name=one["name"],
        contact_name=one["contact"],
        phone=one["phone"],
        email=one["email"],
        hours=one["hours"],
        approval=_APPROVAL[one["approval"]],
        question_days=told["promises"]["question_working_days"],
        feedback_days=told["promises"]["feedback_working_days"],
        now=now,
    )


def _roles(one: Told, departments: dict[str, Department]) -> set[tuple[Role, int | None]]:
    return {
        (Role(role), departments[one["department"]].id if STAFF_ROLES[Role(role)] else None) for role in one["roles"]
    }
