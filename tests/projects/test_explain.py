"""Hard words explained, the summary in further languages, and what the law gives the reader (SK-25, RP-40)."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.foundation.db import db, settling
from participation.foundation.model import LogEntry
from participation.people.model import Person
from participation.projects.explain import FURTHER, explain_project
from participation.projects.model import Explanation, Project, Round
from participation.rules import legal
from participation.rules.legal_table import LEGAL_BASES
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import csrf
from tests.persons import NOW, sign_in
from tests.queries import counted

pytestmark = pytest.mark.database
ARABIC = "نريد طريقًا أكثر أمانًا إلى المدرسة."


def door(project: Project) -> str:
    return f"/arbejde/projekter/{project.slug}/forklar"


def typed(client: FlaskClient, project: Project, **fields: str) -> dict[str, str]:
    return {"csrf_token": csrf(client, door(project)), **fields}


def kept(project: Project) -> list[tuple[str, str, str]]:
    rows = db.session.scalars(
        sa.select(Explanation).where(Explanation.project_id == project.id).order_by(Explanation.position)
    )
    return [(one.kind.value, one.term, one.words) for one in rows]


def test_a_planner_writes_them_and_everybody_reads_them(
    client: FlaskClient, planner_person: Person, hearing: Round
) -> None:
    project = hearing.project
    sign_in(client, planner_person)
    sent = typed(
        client,
        project,
        **{
            "glossary-0-term": "Byggelinje",
            "glossary-0-words": "Så tæt på vejen må man bygge.",
            "glossary-1-term": "",
            "glossary-1-words": "",
            "glossary-2-term": "Fredet",
            "glossary-2-words": "Må ikke ændres.",
            "summaries-0-language": "ar",
            "summaries-0-words": ARABIC,
        },
    )
    assert client.post(door(project), data=sent).status_code == 303
    assert kept(project) == [
        ("word", "Byggelinje", "Så tæt på vejen må man bygge."),
        ("word", "Fredet", "Må ikke ændres."),
        ("language", "ar", ARABIC),
    ]
    page = client.get(f"/projekter/{project.slug}").text
    assert "Så tæt på vejen må man bygge." in page
    assert '<details class="more" lang="ar" dir="auto">' in page
    assert FURTHER["ar"] in page
    assert ARABIC in page
    again = client.get(door(project)).text
    assert "Byggelinje" in again
    assert ARABIC in again
    entry = db.session.scalars(sa.select(LogEntry).order_by(LogEntry.id.desc())).first()
    assert entry is not None
    assert (entry.facts["what"], entry.facts["words"], entry.facts["languages"]) == ("explanations", 2, ["ar"])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"glossary-0-term": "Byggelinje"}, "Skriv, hvad »Byggelinje« betyder."),
        ({"glossary-0-words": "Noget uden ord."}, "Skriv, hvilket ord det forklarer."),
        ({"summaries-0-language": "tr"}, "Skriv teksten på Türkçe."),
        ({"summaries-0-words": "Hello."}, "Vælg, hvilket sprog teksten er på."),
        (
            {
                "summaries-0-language": "en",
                "summaries-0-words": "One.",
                "summaries-1-language": "en",
                "summaries-1-words": "Two.",
            },
            "Det samme sprog står to gange.",
        ),
    ],
)
def test_half_a_line_is_told_and_what_was_typed_stays(
    client: FlaskClient, planner_person: Person, hearing: Round, fields: dict[str, str], told: str
) -> None:
    sign_in(client, planner_person)
    answer = client.post(door(hearing.project), data=typed(client, hearing.project, **fields))
    assert answer.status_code == 422
    assert told in answer.text
    assert all(value in answer.text for name, value in fields.items() if not name.endswith("language"))
    assert kept(hearing.project) == []


def test_nobody_else_writes_them(hearing: Round) -> None:
    with pytest.raises(NotAllowed), settling():
        explain_project(VISITOR, hearing.project, [("Ord", "Betydning")], {}, now=NOW)


def test_the_same_again_is_no_act(planner, hearing: Round) -> None:
    for _ in range(2):
        with settling():
            explain_project(planner, hearing.project, [("Ord", "Betydning")], {"en": "Short."}, now=NOW)
    entries = db.session.scalars(sa.select(LogEntry)).all()
    assert [entry.facts.get("what") for entry in entries].count("explanations") == 1


def test_the_page_asks_no_more_with_many_words(client: FlaskClient, planner, hearing: Round) -> None:
    address = f"/projekter/{hearing.project.slug}"
    client.get(address)
    with counted() as without:
        client.get(address)
    with settling():
        words = [(f"Ord {n}", "Betydning") for n in range(40)]
        explain_project(planner, hearing.project, words, {"en": "Short.", "ar": ARABIC}, now=NOW)
    with counted() as many:
        assert client.get(address).text.count("Betydning") == 40
    assert len(many) <= len(without)


def test_the_law_says_what_it_gives_the_reader(client: FlaskClient, hearing: Round) -> None:
    with settling():
        hearing.legal_basis, hearing.rule = "planloven-24-5", legal.facts_of(LEGAL_BASES["planloven-24-5"])
    page = client.get(f"/projekter/{hearing.project.slug}").text
    assert "Loven giver dig mindst 4 uger til at svare." in page
    assert "Er nogen imod, må vi først beslutte 4 uger efter fristen." in page
    assert "Planloven § 24, stk. 5" in page


def test_where_no_law_asks_nothing_is_said_of_it(client: FlaskClient, hearing: Round) -> None:
    with settling():
        hearing.legal_basis, hearing.rule = "none", legal.facts_of(LEGAL_BASES["none"])
    assert "Hvad siger loven?" not in client.get(f"/projekter/{hearing.project.slug}").text
