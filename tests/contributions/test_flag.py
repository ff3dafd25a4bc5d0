"""What looks like a flood is marked and waits; nobody is refused, and a shared address passes unmarked (T1)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.flag import FROM_ADDRESS, clear_flags
from participation.contributions.model import Contribution
from participation.contributions.submit import submit_contribution
from participation.foundation import jobs, log
from participation.foundation.db import db, settling
from participation.foundation.model import Budget
from participation.rules.handling import Handling
from participation.rules.kinds import PublicationRule, Sign
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import csrf, sent, submitted
from tests.matters import make_project
from tests.persons import NOW, sign_in


def from_one(round_, address, many, at=NOW):
    with settling():
        sent_now = (sent(received_at=at, came_from=address) for _ in range(many))
        return [submit_contribution(VISITOR, round_, one, now=at).suspicious for one in sent_now]


def test_sixty_from_a_library_within_an_hour_pass_unmarked(hearing):
    assert not any(from_one(hearing, "192.0.2.7", 60))


def test_what_is_beyond_the_budget_of_an_address_is_marked(hearing):
    assert from_one(hearing, "192.0.2.7", FROM_ADDRESS + 2)[-3:] == [False, True, True]
    assert from_one(hearing, "192.0.2.8", 1) == [False]


def test_a_network_has_a_wider_budget_of_its_own(hearing):
    marked = [flag for last in range(10) for flag in from_one(hearing, f"198.51.100.{last}", 31)]
    assert (marked[299], marked[300]) == (False, True)
    assert from_one(hearing, "198.51.101.1", 1) == [False]


def test_one_household_of_the_new_internet_is_one_address(hearing):
    assert not any(from_one(hearing, "2001:db8::1", FROM_ADDRESS))
    assert from_one(hearing, "2001:db8::ffff", 1) == [True]


def test_the_next_hour_begins_anew(hearing):
    from_one(hearing, "192.0.2.7", FROM_ADDRESS + 1)
    assert from_one(hearing, "192.0.2.7", 1, NOW + timedelta(hours=1)) == [False]


def test_no_address_is_kept(hearing):
    from_one(hearing, "192.0.2.7", 1)
    assert not any("192.0.2" in key for key in db.session.scalars(sa.select(Budget.key)))


def test_what_is_marked_is_kept_and_answered_but_not_shown_at_once(roads):
    round_ = make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]
    one = submitted(round_, signs=(Sign.HIDDEN_FIELD,))
    assert (one.number, one.handling, one.suspicious) == (1, Handling.RECEIVED, True)
    assert submitted(round_).handling is Handling.PUBLISHED


def test_a_planner_clears_them_and_the_signs_stay(planner, hearing):
    ids = [submitted(hearing, signs=(Sign.TOO_QUICK,)).id for _ in range(3)]
    with settling():
        assert clear_flags(planner, hearing.project, ids, now=NOW) == 3
        assert clear_flags(planner, hearing.project, ids, now=NOW) == 0
    rows = db.session.scalars(sa.select(Contribution)).all()
    assert [(row.suspicious, row.signs) for row in rows] == [(False, ["too_quick"])] * 3
    assert log.entries_of(hearing.project)[-1].facts["numbers"] == [1, 2, 3]


def test_nobody_else_clears(other_planner, hearing):
    with pytest.raises(NotAllowed), settling():
        clear_flags(other_planner, hearing.project, [1], now=NOW)


def test_the_inbox_has_a_tab_for_them_and_they_bury_nobody(client, planner_person, hearing):
    submitted(hearing, "Flyt overgangen.")
    submitted(hearing, "Køb billige ure.", signs=(Sign.HIDDEN_FIELD,))
    sign_in(client, planner_person)
    where = f"/arbejde/projekter/{hearing.project.slug}/indbakke"
    assert "Køb billige ure." not in client.get(where).text
    tab = client.get(f"{where}?valg=flagged").text
    assert "Køb billige ure." in tab
    assert "Flyt overgangen." not in tab
    mark = csrf(client, where)
    answer = client.post(f"{where}/fjern-maerker", data={"csrf_token": mark, "alle": "1"})
    assert "Vi er nået til 0 af 1." in client.get(answer.location).text
    jobs.run_all(None, NOW)
    assert "Færdig" in client.get(answer.location).text
    assert "Køb billige ure." in client.get(where).text
    assert "valg=flagged" not in client.get(where).text


def test_only_the_ticked_ones_are_cleared(client, planner_person, hearing):
    for _ in range(2):
        submitted(hearing, signs=(Sign.TOO_QUICK,))
    sign_in(client, planner_person)
    where = f"/arbejde/projekter/{hearing.project.slug}/indbakke"
    mark = csrf(client, where)
    client.post(f"{where}/fjern-maerker", data={"csrf_token": mark, "numbers": ["2"]})
    db.session.rollback()
    assert [row.suspicious for row in db.session.scalars(sa.select(Contribution).order_by(Contribution.id))] == [
        True,
        False,
    ]
