"""Every word of the domain that a person may read has its Danish word, and its own."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import Enum

import pytest

import participation.rules
from participation.rules.legal import Ask
from participation.rules.outcomes import Outcome, Recommendation
from participation.rules.policy import Door
from participation.rules.words import DANISH, danish

#: Names of fields and of reasons in code; what people read instead is a label or a sentence beside them.
NEVER_READ = {Ask, Door}


def enums() -> Iterator[type[Enum]]:
    for found in pkgutil.iter_modules(participation.rules.__path__, "participation.rules."):
        module = importlib.import_module(found.name)
        for thing in vars(module).values():
            if inspect.isclass(thing) and issubclass(thing, Enum) and thing.__module__ == found.name:
                yield thing


MEMBERS = [member for enum in enums() if enum not in NEVER_READ for member in enum]


@pytest.mark.parametrize("member", MEMBERS, ids=lambda member: f"{type(member).__name__}.{member.name}")
def test_every_member_has_a_danish_word(member):
    assert danish(member).strip()


def test_the_table_has_no_word_for_what_is_gone():
    assert {(type(member), member) for member in DANISH} == {(type(member), member) for member in MEMBERS}


def test_lists_that_share_a_stored_word_keep_their_own_danish_words():
    assert Recommendation.PARTLY == Outcome.PARTLY
    assert danish(Recommendation.PARTLY) == "imødekommes delvist"
    assert danish(Outcome.PARTLY) == "imødekommet delvist"
