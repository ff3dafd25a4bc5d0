"""A project chooses: notes from a meeting are a contribution for each person, or an annex of the case (RP-06)."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.model import Contribution, ImportBatch
from participation.foundation import clock, jobs
from participation.foundation.db import db, settling
from participation.foundation.model import Letter
from participation.projects.edit import edit_rules
from participation.projects.meet import annex_notes
from participation.projects.model import Meeting
from participation.rules.kinds import PublicationRule
from participation.rules.policy import NotAllowed
from tests.contributions.sending import csrf
from tests.persons import NOW, sign_in

NOTES = "Mange spurgte til farten.\n---\nEn vil have lys på stien."


@pytest.fixture
def case(hearing, client, planner_person, planner) -> str:
    """The desk of a project that lays notes in the case as an annex, with its planner signed in."""
    with settling():
        edit_rules(planner, hearing.project, PublicationRule.AFTER_LOOK, False, notes_are_annex=True, now=NOW)
    sign_in(client, planner_person)
    return f"/arbejde/projekter/{hearing.project.slug}"


def written(client, case, words=NOTES, **fields):
    """Notes from a meeting, written on the intake page."""
    path = f"{case}/indbakke/skriv-ind"
    filled = {"channel": "meeting", "kind": "response", "capacity": "citizen", "stance": "none", "words": words}
    return client.post(
        path, data={**filled, "csrf_token": csrf(client, path), **fields}, content_type="multipart/form-data"
    )


def meetings() -> list[Meeting]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Meeting).order_by(Meeting.id)))


def came() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count(Contribution.id))) or 0


def test_by_default_each_person_is_a_contribution(client, hearing, planner_person):
    sign_in(client, planner_person)
    assert hearing.project.notes_are_annex is False
    assert written(client, f"/arbejde/projekter/{hearing.project.slug}").status_code == 303
    assert (came(), meetings()) == (2, [])


def test_an_annex_is_the_minutes_of_the_meeting_and_no_contribution(client, case):
    answer = written(client, case, place="Engskolen")
    assert (answer.status_code, answer.location) == (303, f"{case}/moeder")
    (meeting,) = meetings()
    assert (meeting.minutes, meeting.place) == (NOTES, "Engskolen")
    assert clock.held(meeting.starts_at) == "22. november 2026"
    assert came() == 0
    assert db.session.scalars(sa.select(Letter)).all() == []


def test_the_hour_is_told_where_it_was_said(client, case):
    written(client, case, received_on="2026-11-20", received_at="19:00")
    assert clock.held(meetings()[0].starts_at) == "20. november 2026 kl. 19.00"


def test_the_meeting_that_was_planned_that_day_gets_the_notes_after_what_stands_there(planner, hearing):
    with settling():
        for days, minutes in ((8, ""), (1, "Otte kom.")):
            at = NOW - timedelta(days=days)
            hearing.project.meetings.append(Meeting(title="Borgermøde", starts_at=at, place="A", minutes=minutes))
    with settling():
        annex_notes(planner, hearing.project, "Farten.", held_at=NOW - timedelta(days=1), now=NOW)
    assert [one.minutes for one in meetings()] == ["", "Otte kom.\n\nFarten."]


def test_a_question_from_a_meeting_is_still_answered(client, case):
    assert written(client, case, "Hvornår begynder I?", kind="question").status_code == 303
    assert (came(), meetings()) == (1, [])


def test_what_came_by_phone_is_still_a_contribution(client, case):
    assert written(client, case, channel="phone").status_code == 303
    assert (came(), meetings()) == (1, [])


@pytest.mark.parametrize("private", ["Ring 70 00 00 08.", "Mit nummer er 010180-0008."])
def test_nothing_private_is_laid_out_for_all_and_the_words_are_kept(client, case, private):
    answer = written(client, case, f"Farten.\n{private}")
    assert answer.status_code == 422
    assert "noget privat i linje 2" in answer.text
    assert private in answer.text
    assert meetings() == []


def test_minutes_hold_no_cpr_number(client, case, hearing):
    with settling():
        hearing.project.meetings.append(Meeting(title="Borgermøde", starts_at=NOW - timedelta(days=1), place="A"))
    path = f"{case}/moeder/{meetings()[0].id}/referat"
    answer = client.post(path, data={"minutes": "Om 010180-0008.", "csrf_token": csrf(client, path)})
    assert answer.status_code == 422
    assert "ligner et CPR-nummer i linje 1" in answer.text
    assert meetings()[0].minutes == ""


def test_others_lay_nothing_in_the_case(other_planner, hearing):
    with pytest.raises(NotAllowed):
        annex_notes(other_planner, hearing.project, NOTES, held_at=NOW, now=NOW)


def sheet(client, case, text, **fields):
    """A sheet from a meeting, brought in with these choices; the answer to the last press."""
    path = f"{case}/indbakke/regneark"
    file = (io.BytesIO(text.encode()), "møde.csv")
    there = client.post(
        path, data={"sheet": file, "csrf_token": csrf(client, path)}, content_type="multipart/form-data"
    ).location
    return client.post(there, data={"field-text": "ord", "csrf_token": csrf(client, there), **fields})


def test_a_sheet_is_an_annex_without_names(client, case):
    answer = sheet(client, case, "navn;ord\nKaren Holm;Farten.\n;Lys på stien.\n;\n", as_annex="y")
    assert answer.status_code == 303
    assert [one.minutes for one in meetings()] == ["Farten.\n\nLys på stien."]
    assert came() == 0
    batch = db.session.scalars(sa.select(ImportBatch)).one()
    assert (batch.state, batch.flipped_at is not None) == ("annex", True)
    assert "Rækkerne er et bilag til sagen" in client.get(f"{case}/indbakke/regneark/{batch.id}").text


def test_a_sheet_from_elsewhere_is_still_contributions(app, client, case):
    assert sheet(client, case, "navn;ord\nKaren Holm;Farten.\n").status_code == 303
    jobs.run_all(app, NOW)
    assert (came(), meetings()) == (1, [])


def test_a_sheet_with_something_private_is_mended_first(client, case):
    answer = sheet(client, case, "navn;ord\n;Ring 70 00 00 08.\n", as_annex="y")
    assert answer.status_code == 422
    assert "noget privat i linje 1" in answer.text
    assert meetings() == []


def test_the_choice_is_made_where_it_says_when_contributions_are_shown(client, case, hearing):
    path = f"{case}/visning"
    assert "Et bilag til sagen" in client.get(path).text
    chosen = {"publication": "after_look", "notes_are_annex": "0", "csrf_token": csrf(client, path)}
    assert client.post(path, data=chosen).status_code in (302, 303)
    db.session.rollback()
    assert hearing.project.notes_are_annex is False
