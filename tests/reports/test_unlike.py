"""Why some who ask for the same are advised differently stands in the white paper, beside the topic it concerns."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from participation.answers.compare import compare_points
from participation.answers.draft import Draft, draft_answer
from participation.answers.explain import explain_difference
from participation.answers.model import Alike
from participation.contributions.model import Contribution
from participation.foundation.db import db, settling
from participation.people.model import Person
from participation.projects.model import Round
from participation.reports.compile import compile_paper
from participation.reports.kept import freeze, thaw
from participation.reports.paper import Paper
from participation.reports.script import script
from participation.rules.kinds import PaperForm, Rendition
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.persons import NOW, sign_in
from tests.reports.cases import answer, theme

WHY = "Den ene sti ejes af staten, så der kan vi ikke sætte lys op."


@pytest.fixture
def letters(planner: Actor, hearing: Round) -> list[Contribution]:
    """A yes and a no to the same words, explained, and a third letter about something else."""
    letters = receive(hearing, "Mere lys på stien.", "Mere lys på stien.", "Mindre støj fra vejen.")
    answer(planner, letters[0], letters[2])
    answer(planner, letters[1], recommendation=Recommendation.NOT_ACCOMMODATED)
    compare_points(hearing.project_id, now=NOW)
    with settling():
        explain_difference(planner, db.session.scalars(sa.select(Alike)).one(), WHY, now=NOW)
    return letters


def paper_of(hearing: Round, rendition: Rendition = Rendition.PUBLIC) -> Paper:
    db.session.rollback()
    return compile_paper(hearing.project, rendition, now=NOW)


@pytest.mark.parametrize("rendition", Rendition)
def test_it_stands_under_the_topic_of_those_it_is_about_and_under_no_other(
    hearing: Round, letters: list[Contribution], rendition: Rendition
) -> None:
    """RE-30: with their numbers; printed as it is read."""
    with settling():
        theme(hearing.project, "Lys", *letters[:2])
        theme(hearing.project, "Støj", letters[2])
    paper = paper_of(hearing, rendition)
    told = {topic.title: topic.unlike for heading in paper.headings for topic in heading.topics}
    assert [(one.numbers, one.words) for one in told["Lys"]] == [((1, 2), WHY)]
    assert told["Støj"] == paper.unlike == ()
    assert str(script(paper)).count(WHY) == 1
    assert thaw(freeze(paper).paper).headings == paper.headings


def test_without_topics_it_stands_by_itself(hearing: Round, letters: list[Contribution]) -> None:
    paper = paper_of(hearing)
    assert paper.form is PaperForm.BY_CONTRIBUTION
    assert [(one.numbers, one.words) for one in paper.unlike] == [((1, 2), WHY)]
    assert str(script(paper)).count(WHY) == 1


def test_what_is_treated_alike_by_now_needs_no_explanation(
    planner: Actor, hearing: Round, letters: list[Contribution]
) -> None:
    with settling():
        now_yes = Draft(letters[1], "Ja.", Recommendation.ACCOMMODATED, "Det er muligt.", version=1)
        draft_answer(planner, now_yes, now=NOW)
    assert paper_of(hearing).unlike == ()


def test_the_planner_reads_it_in_the_preview(
    client: FlaskClient, planner_person: Person, hearing: Round, letters: list[Contribution]
) -> None:
    slug = hearing.project.slug
    with time_machine.travel(NOW + timedelta(days=30), tick=True):
        sign_in(client, planner_person)
        page = client.get(f"/arbejde/projekter/{slug}/rapport/udkast").text
    assert "Derfor har ens ønsker fået forskellig indstilling (nr. 1, 2)" in page
    assert WHY in page
