"""P2: what the detector marks is held back until somebody has looked, also under the rule "at once"."""

from collections import Counter

import pytest
import sqlalchemy as sa

from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.model import Contribution
from participation.contributions.receive import private_details
from participation.foundation.db import db, settling
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, PublicationRule
from tests.law.conftest import Figure
from tests.matters import make_project
from tests.persons import NOW
from tests.privacy.words import PLAIN, PRIVATE

#: The least share of each kind that must be found, and the most plain letters that may be marked.
LEAST, MOST = 0.9, 0.02


def test_how_much_is_found_of_each_kind(figure: Figure) -> None:
    asked, found = Counter(kind for kind, _words, _name in PRIVATE), Counter()
    for kind, words, name in PRIVATE:
        found[kind] += bool(private_details(words, name, False))
    alarms = [words for words in PLAIN if private_details(words, "", False)]
    for kind, many in asked.items():
        print(f"P2 {kind}: {found[kind]} of {many} found")
    print(f"P2 plain letters: {len(alarms)} of {len(PLAIN)} marked")
    assert len(PRIVATE) >= 200
    assert not figure("P2 kinds", [kind for kind, many in asked.items() if found[kind] < LEAST * many], len(asked))
    assert len(alarms) <= MOST * len(PLAIN), alarms


@pytest.mark.parametrize("rule", [PublicationRule.IMMEDIATELY, PublicationRule.AFTER_LOOK])
def test_what_is_marked_is_held_back_and_the_rest_is_not(roads, rule: PublicationRule, figure: Figure) -> None:
    round_ = make_project(roads, publication=rule).rounds[0]
    texts = [(words, name) for _kind, words, name in PRIVATE] + [(words, "") for words in PLAIN]
    many = [Incoming(words, Kind.RESPONSE, NOW, name=name) for words, name in texts]
    with settling():
        numbers = bring_in(round_, many, batch_id=None, registered_by=None, now=NOW)
    of = {one.number: one for one in db.session.scalars(sa.select(Contribution))}
    wrong = []
    for number, (words, name) in zip(numbers, texts, strict=True):
        marked = bool(private_details(words, name, False))
        free = rule is PublicationRule.IMMEDIATELY and not marked
        if (of[number].held_back, of[number].handling is Handling.PUBLISHED) != (marked, free):
            wrong.append(words)
    assert not figure(f"P2 held back, {rule}", wrong, len(texts))
