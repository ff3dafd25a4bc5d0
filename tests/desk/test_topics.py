"""Answering by topic: one answer for all who say the same, own ones where they are needed, and no answer lost."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.approve import approve_answer
from participation.answers.compare import compare_points
from participation.answers.draft import Draft, draft_answer
from participation.answers.model import Answer, Resume, TextBlock
from participation.answers.queries import answers_of, unanswered
from participation.answers.text_block import keep_block
from participation.contributions.model import Point
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.people.model import Person
from participation.projects.model import Project, Round
from participation.queue.ask import Expert, ask_expert, token_of
from participation.queue.assess import write_assessment
from participation.rules.kinds import ApprovalRule
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from participation.themes.edit import merge_themes
from participation.themes.held import held_in
from participation.themes.model import Theme
from participation.themes.move import move_points
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.queries import counted
from tests.themes.gathering import answered, gathered, homes, leaf, standing

YES = Recommendation.ACCOMMODATED


@pytest.fixture
def desk(client: FlaskClient, planner_person: Person) -> FlaskClient:
    """The planner's browser."""
    sign_in(client, planner_person)
    client.application.config["WTF_CSRF_ENABLED"] = False
    return client


@pytest.fixture
def project(planner: Actor, hearing: Round) -> Project:
    """A hearing whose forty points have been gathered."""
    answered(hearing, 40)
    gathered(planner, hearing.project)
    return hearing.project


def at(project: Project, theme: Theme) -> str:
    return f"/arbejde/projekter/{project.slug}/emner/{theme.id}/svar"


def inside(theme: Theme) -> list[int]:
    return sorted(point for point, home in homes(theme.project_id).items() if home == theme.id)


def test_one_answer_stands_for_every_point_of_the_topic(desk: FlaskClient, project: Project) -> None:
    """RP-23: every point has its answer, by its topic."""
    theme, before = leaf(project.id), len(unanswered(project.id))
    data = {"words": "Det gør vi.", "recommendation": "accommodated", "resume": "Flere vil have lys.", "version": 0}
    assert desk.post(at(project, theme), data=data).status_code == 303
    assert len(unanswered(project.id)) == before - len(inside(theme))
    assert db.session.scalar(sa.select(Resume.words)) == "Flere vil have lys."
    page = desk.get(at(project, theme)).text
    assert "Det gør vi." in page
    assert f"{len(inside(theme))} punkter i emnet" in page


def test_a_main_theme_leads_to_each_of_its_topics(desk: FlaskClient, project: Project) -> None:
    """An answer on the main theme stands for every topic below it, so the page names them with their points."""
    below = leaf(project.id)
    above = next(theme for theme in standing(project.id) if theme.id != below.id and theme.parent_id is None)
    with settling():
        below.parent_id = above.id
    page = desk.get(at(project, above)).text
    assert f'/emner/{below.id}/svar">{below.title}</a> ({below.point_count} punkter)' in page


def test_a_no_without_its_reason_is_sent_back_with_every_word(desk: FlaskClient, project: Project) -> None:
    """FU-08: a no has its reason."""
    data = {"words": "Nej, for det er dyrt.", "recommendation": "not_accommodated", "reason": "", "version": 0}
    response = desk.post(at(project, leaf(project.id)), data=data)
    assert response.status_code == 422
    assert "Nej, for det er dyrt." in response.text
    assert "Skriv en begrundelse" in response.text
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 0


def test_a_colleagues_newer_answer_is_shown_and_not_overwritten(
    desk: FlaskClient, planner: Actor, project: Project
) -> None:
    theme = leaf(project.id)
    with settling():
        draft_answer(planner, Draft(theme, "Min kollegas ord.", YES), now=NOW)
    data = {"words": "Mine ord.", "recommendation": "accommodated", "version": 0}
    response = desk.post(at(project, theme), data=data)
    assert response.status_code == 409
    assert "Min kollegas ord." in response.text
    assert "Mine ord." in response.text
    assert db.session.scalar(sa.select(Answer.words)) == "Min kollegas ord."


def test_a_point_can_have_its_own_answer(desk: FlaskClient, planner: Actor, project: Project) -> None:
    theme = leaf(project.id)
    own = inside(theme)[0]
    with settling():
        draft_answer(planner, Draft(theme, "Til alle.", YES), now=NOW)
    path = f"/arbejde/projekter/{project.slug}/punkter/{own}/svar"
    assert "Til alle." in desk.get(path).text
    data = {"words": "Til dig.", "recommendation": "accommodated", "version": 0}
    assert desk.post(path, data=data).headers["Location"].endswith(at(project, theme))
    answers = answers_of(project.id)
    assert answers.of_point(own, answers.points[own].contribution_id).words == "Til dig."
    assert "Har sit eget svar" in desk.get(at(project, theme)).text
    assert desk.get(f"/arbejde/projekter/{project.slug}/punkter/9999/svar").status_code == 404
    wrong = desk.post(path, data={"words": "", "recommendation": "not_accommodated", "version": 1})
    assert wrong.status_code == 422


def test_a_point_that_moves_in_later_is_not_approved_yet(
    desk: FlaskClient, planner: Actor, leader: Actor, project: Project
) -> None:
    held = set(homes(project.id).values())
    one, other = [theme for theme in standing(project.id) if theme.id in held][:2]
    with settling():
        answer = draft_answer(planner, Draft(one, "Godkendt.", YES), now=NOW)
    with settling():
        approve_answer(leader, answer, now=NOW)
    assert "ikke godkendt endnu" not in desk.get(at(project, one)).text
    with settling():
        move_points(planner, project, inside(other)[:1], one, now=NOW)
    page = desk.get(at(project, one)).text
    assert "1 punkt er kommet til, siden svaret blev godkendt" in page
    assert len(answers_of(project.id).unapproved()) == 1


def test_a_new_run_does_not_empty_a_topic_that_has_an_answer(planner: Actor, project: Project) -> None:
    theme = leaf(project.id)
    mine = inside(theme)
    with settling():
        draft_answer(planner, Draft(theme, "Vores svar.", YES), now=NOW)
    assert held_in(project.id).themes == {theme.id}
    gathered(planner, project, wished=2)
    assert set(mine) <= set(inside(theme))
    db.session.expire_all()
    assert theme.retired_at is None


def test_an_answered_topic_is_not_swallowed_by_one_without_an_answer(planner: Actor, project: Project) -> None:
    held = set(homes(project.id).values())
    one, other = [theme for theme in standing(project.id) if theme.id in held][:2]
    with settling():
        draft_answer(planner, Draft(one, "Vores svar.", YES), now=NOW)
    with pytest.raises(Wrong), settling():
        merge_themes(planner, one, other, now=NOW)
    with settling():
        merge_themes(planner, other, one, now=NOW)


def test_only_officers_of_the_case_answer(client: FlaskClient, clerk_person: Person, project: Project) -> None:
    sign_in(client, clerk_person)
    assert client.get(at(project, leaf(project.id))).status_code == 403


def test_the_page_asks_no_more_with_more_points(desk: FlaskClient, planner: Actor, hearing: Round) -> None:
    numbers = []
    for number in (20, 100):
        answered(hearing, number)
        gathered(planner, hearing.project)
        path = at(hearing.project, leaf(hearing.project_id))
        desk.get(path)
        with counted() as queries:
            assert desk.get(path).status_code == 200
        numbers.append(len(queries))
    assert numbers[1] <= numbers[0] + 1, numbers
    assert max(numbers) <= 25


def test_what_the_page_does_not_show_stays_when_the_answer_is_saved(
    desk: FlaskClient, planner: Actor, project: Project
) -> None:
    theme = leaf(project.id)
    with settling():
        draft_answer(
            planner, Draft(theme, "Ja.", YES, professional_reason="Trafiktælling 2026.", assessed_by="Veje"), now=NOW
        )
    data = {"words": "Ja, det gør vi.", "recommendation": "accommodated", "version": 1}
    assert desk.post(at(project, theme), data=data).status_code == 303
    db.session.rollback()
    kept = db.session.scalars(sa.select(Answer).where(Answer.theme_id == theme.id)).one()
    assert (kept.words, kept.professional_reason) == ("Ja, det gør vi.", "Trafiktælling 2026.")


def point_at(project: Project, point: int) -> str:
    return f"/arbejde/projekter/{project.slug}/punkter/{point}/svar"


def test_after_a_conflict_the_second_planner_chooses_and_nothing_is_lost(
    desk: FlaskClient, planner: Actor, project: Project
) -> None:
    """RE-08: the colleague's words are still among the earlier versions."""
    path = point_at(project, inside(leaf(project.id))[0])
    point = db.session.get_one(Point, int(path.split("/")[-2]))
    with settling():
        draft_answer(planner, Draft(point, "Min kollegas ord.", YES, alternative="Ved kirken."), now=NOW)
    data = {"words": "Mine ord.", "recommendation": "accommodated", "version": 0}
    refused = desk.post(path, data=data)
    assert refused.status_code == 409
    assert "Behold min kollegas udgave" in refused.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', refused.text)
    assert version is not None
    assert desk.post(path, data=data | {"version": version[1]}).status_code == 303
    page = desk.get(path).text
    assert "Mine ord." in page
    assert "Min kollegas ord." in page
    assert "Ved kirken." in page


def test_a_text_block_is_put_in_and_nothing_is_kept_before_it_is_saved(
    desk: FlaskClient, planner: Actor, project: Project
) -> None:
    with settling():
        block = keep_block(planner, project.department, None, "Tak", "Om {emne} på {vejnavn}.", now=NOW)
    theme = leaf(project.id)
    data = {"words": "Tak.", "recommendation": "accommodated", "version": 0}
    page = desk.post(at(project, theme), data=data | {"indsaet": "1", "blok": block.id})
    assert page.status_code == 200
    assert f"Om {theme.title} på {{vejnavn}}." in page.text
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 0
    refused = desk.post(at(project, theme), data=data | {"words": "Om lys på {vejnavn}."})
    assert refused.status_code == 422
    assert "Udfyld først: {vejnavn}" in refused.text


def test_an_earlier_answer_is_a_beginning_with_its_source_beside_it(
    desk: FlaskClient, planner: Actor, hearing: Round, project: Project
) -> None:
    first, second = receive(hearing, "Lys ved åstien, tak, for børnene.", "Lys ved åstien, tak, for børnene!")
    with settling():
        earlier = draft_answer(planner, Draft(first, "Det kommer til foråret.", YES, "Der er penge."), now=NOW)
    compare_points(project.id, now=NOW)
    path = point_at(project, second.points[0].id)
    assert f"Nr. {first.number}" in desk.get(path).text
    page = desk.post(path, data={"words": "", "version": 0, "brug": earlier.id}).text
    assert "Det kommer til foråret.</textarea>" in page
    assert "Intet er gemt endnu" in page


def test_a_professional_assessment_names_its_unit(desk: FlaskClient, project: Project) -> None:
    """RE-31: no anonymous assessor."""
    theme = leaf(project.id)
    data = {"words": "Ja.", "recommendation": "accommodated", "version": 0, "professional_reason": "Udsynet er godt."}
    assert desk.post(at(project, theme), data=data).status_code == 422
    assert desk.post(at(project, theme), data=data | {"assessed_by": "Veje og Trafik"}).status_code == 303
    assert "Udsynet er godt." in desk.get(at(project, theme)).text


def test_the_leader_approves_a_topics_answer_where_the_department_asks_for_it(
    client: FlaskClient, planner: Actor, leader_person: Person, project: Project
) -> None:
    theme = leaf(project.id)
    with settling():
        project.department.approval = ApprovalRule.ANSWER
    with settling():
        answer = draft_answer(planner, Draft(theme, "Ja.", YES), now=NOW)
    sign_in(client, leader_person)
    client.application.config["WTF_CSRF_ENABLED"] = False
    assert "Godkend svaret" in client.get(at(project, theme)).text
    path = f"/arbejde/projekter/{project.slug}/svar/godkend"
    sent = client.post(path, data={"read": f"{answer.id}:{answer.version}", "emne": theme.id})
    assert sent.headers["Location"].endswith(at(project, theme))
    assert "Godkend svaret" not in client.get(at(project, theme)).text


def test_text_blocks_have_a_page_of_their_own(desk: FlaskClient, project: Project) -> None:
    path = f"/arbejde/afdelinger/{project.department_id}/tekstblokke"
    assert desk.post(path, data={"title": "", "words": "Tak."}).status_code == 422
    assert desk.post(path, data={"title": "Tak", "words": "Tak for dit svar."}).status_code == 303
    assert "Tak for dit svar." in desk.get(path).text
    block = db.session.scalars(sa.select(TextBlock)).one().id
    new = {f"b{block}-title": "Tak", f"b{block}-words": "Tusind tak."}
    assert desk.post(f"{path}/{block}", data=new).status_code == 303
    page = desk.get(path).text
    assert "Tusind tak." in page
    assert "Tak for dit svar." not in page
    assert desk.post(f"{path}/{block + 1}/fjern").status_code == 303
    assert "Tusind tak." not in desk.get(path).text
    assert desk.post(f"{path}/999/fjern").status_code == 404


def test_an_assessment_from_outside_is_put_into_the_answer_with_its_source_and_kept_when_it_is_saved(
    desk: FlaskClient, planner: Actor, project: Project
) -> None:
    """RE-31, FU-11: in one act; whoever read it decides what becomes of it."""
    theme = leaf(project.id)
    asked_about, other = inside(theme)[:2]
    with settling():
        expert, due = Expert("Birk Biolog", "Natur og Miljø", "birk@natur.example"), NOW.date() + timedelta(days=9)
        asked = ask_expert(planner, project, [asked_about], expert, "Er der padder?", due, now=NOW)
    assert "Sæt ind i svaret" not in desk.get(point_at(project, asked_about)).text
    with settling():
        write_assessment(token_of(asked.id, asked.code_version), "Der er padder i maj.", now=NOW)
    for path in (at(project, theme), point_at(project, asked_about)):
        assert "Sæt ind i svaret" in desk.get(path).text
    assert "Sæt ind i svaret" not in desk.get(point_at(project, other)).text
    typed = {
        "words": "Ja.",
        "recommendation": "accommodated",
        "version": 0,
        "professional_reason": "Udsynet er godt.",
    }
    page = desk.post(path, data=typed | {"assessed_by": "Veje og Trafik", "vurdering": asked.id}).text
    assert "Udsynet er godt.\n\nDer er padder i maj.</textarea>" in page.replace("\r", "")
    assert 'value="Veje og Trafik, Natur og Miljø"' in page
    assert "Intet er gemt endnu" in page
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 0
