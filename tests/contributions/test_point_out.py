"""To which paragraph: people point at paragraphs of the material, and that is read wherever their words are."""

import csv
import io
import json
import re

import pytest
import sqlalchemy as sa

from participation.answers.link import link_points, nearby
from participation.contributions.model import AboutPassage, Contribution
from participation.contributions.point_out import name_of, paragraphs, place_of
from participation.contributions.withdraw import withdraw_contribution
from participation.foundation import files, jobs
from participation.foundation.db import db, settling
from participation.foundation.docx import new_document, saved
from participation.foundation.jobs.owing import owe_periodic
from participation.projects.attach import Piece, attach_material
from participation.projects.model import Material, Passage
from participation.rules.handling import Handling
from participation.rules.kinds import PublicationRule
from tests.contributions.sending import WORDS, form_key, holder_of, send, submitted
from tests.matters import make_project
from tests.persons import NOW, sign_in
from tests.queries import counted

PLAN = """## § 1 Stien

§ 1.1 Der bygges dobbeltrettet cykelsti langs Tranbyvej i planens femte år.

§ 1.2 På stierne slukkes hver anden lampe om natten.

## § 2 Skolen

§ 2.1 Krydset ved kirken får lys med trykknap.
"""


@pytest.fixture
def plan(planner, hearing) -> int:
    """The worker has read the plan: three paragraphs."""
    with settling():
        db.session.merge(hearing.project).publication = PublicationRule.IMMEDIATELY
    with settling():
        made = attach_material(planner, hearing.project, Piece("Planen", words=PLAN), now=NOW).id
    read()
    return made


@pytest.fixture
def path(hearing) -> str:
    return f"/projekter/{hearing.project.slug}"


def read() -> None:
    owe_periodic(NOW)
    jobs.run_all(None, NOW)
    db.session.expire_all()


def only() -> Contribution:
    db.session.expire_all()
    return db.session.scalars(sa.select(Contribution).order_by(Contribution.id.desc()).limit(1)).one()


def sent_about(client, path, *refs, words=WORDS) -> Contribution:
    assert send(client, f"{path}/svar", words, afsnit=list(refs)).status_code == 303
    return only()


def shown_about(hearing, *refs) -> Contribution:
    """One that is on the page at once."""
    about, wrong = paragraphs(hearing.project_id, refs)
    assert wrong == ""
    return submitted(hearing, about=about)


def test_the_worker_reads_the_material_before_anybody_has_written(plan) -> None:
    rows = db.session.scalars(sa.select(Passage).order_by(Passage.position)).all()
    assert [(one.number, one.words[:5]) for one in rows] == [(1, "§ 1.1"), (2, "§ 1.2"), (3, "§ 2.1")]


def test_each_paragraph_has_its_place_its_number_and_a_way_to_write_about_it(client, path, plan) -> None:
    """RP-05 RL-57: the whole text stands there as before."""
    page = client.get(f"{path}/materiale/{plan}").text
    assert "<h2>§ 1 Stien</h2>" in page
    assert re.findall(r'id="afsnit-(\d)"', page) == ["1", "2", "3"]
    assert f'href="{path}/svar?afsnit={plan}.2"' in page
    assert f'name="afsnit" value="{plan}.3"' in page


def test_what_was_chosen_stands_in_the_form_with_number_and_first_words(client, path, plan) -> None:
    page = client.get(f"{path}/svar?afsnit={plan}.3&afsnit={plan}.1").text
    assert page.index("§ 1.1 i Planen") < page.index("§ 2.1 i Planen")
    assert "§ 2.1 Krydset ved kirken får lys" in page
    assert len(re.findall(r'name="afsnit" value="[\d.]+" checked', page)) == 2
    assert 'name="afsnit"' not in client.get(f"{path}/svar").text


def test_it_is_kept_with_number_and_words_and_read_by_sender_public_and_staff(
    app, client, path, plan, hearing, planner_person
) -> None:
    one = sent_about(client, path, f"{plan}.1", f"{plan}.3")
    with settling():
        one.handling, one.published_at = Handling.PUBLISHED, NOW
    assert [(row.material_id, row.number, row.title, row.words[:5]) for row in one.about] == [
        (plan, 1, "Planen", "§ 1.1"),
        (plan, 3, "Planen", "§ 2.1"),
    ]
    number = one.number
    staff = app.test_client()
    sign_in(staff, planner_person)
    base = f"/arbejde/projekter/{hearing.project.slug}"
    for reader, page in (
        (client, "/kvittering"),
        (client, "/mit-svar/hvor"),
        (client, f"{path}/hoeringssvar/{number}"),
        (staff, f"{base}/svar/{number}"),
        (staff, f"{base}/indbakke/{number}"),
    ):
        shown = reader.get(page).text
        assert f'href="{path}/materiale/{plan}/afsnit#afsnit-3"' in shown, page
        assert "§ 2.1 Krydset ved kirken får lys" in shown, page


def test_the_exports_tell_of_it(app, client, path, plan, hearing, planner_person) -> None:
    sent_about(client, path, f"{plan}.3")
    staff = app.test_client()
    sign_in(staff, planner_person)
    base = f"/arbejde/projekter/{hearing.project.slug}/indbakke"
    (row,) = json.loads(staff.get(f"{base}/alle.json").text)
    assert row["about"] == [
        {
            "material": "Planen",
            "number": 3,
            "heading": "§ 2 Skolen",
            "words": "§ 2.1 Krydset ved kirken får lys med trykknap.",
        }
    ]
    sheet = staff.get(f"{base}/alle.csv").text
    (line,) = csv.DictReader(io.StringIO(sheet.lstrip("\ufeff")), delimiter=";")
    assert line["Afsnit"] == "§ 2.1 i Planen"


@pytest.mark.parametrize("ref", ["{plan}.4", "{other}.1", "999.1", "x", "1.1; DROP", "{plan}.0", "{plan}.99999999999"])
def test_a_paragraph_that_is_not_there_is_told_and_no_word_is_lost(client, path, plan, planner, roads, ref) -> None:
    """Also where it is one of another project's."""
    other_project = make_project(roads, slug="et-andet")
    with settling():
        other = attach_material(planner, other_project, Piece("Andet", words=PLAN), now=NOW).id
    read()
    ref = ref.format(plan=plan, other=other)
    answer = send(client, f"{path}/svar", afsnit=[f"{plan}.2", ref])
    assert answer.status_code == 422
    assert "står ikke i sagens materiale" in answer.text
    assert WORDS in answer.text
    assert re.findall(r'name="afsnit" value="([\d.]+)" checked', answer.text) == [f"{plan}.2"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contribution)) == 0
    assert "står ikke i sagens materiale" in client.get(f"{path}/svar", query_string={"afsnit": ref}).text


def test_nobody_points_at_more_than_twenty(client, path, planner, hearing) -> None:
    with settling():
        words = "\n\n".join(f"Afsnit med nummer {n} og lidt til." for n in range(1, 31))
        long = attach_material(planner, hearing.project, Piece("Lang", words=words), now=NOW).id
    read()
    answer = send(client, f"{path}/svar", afsnit=[f"{long}.{n}" for n in range(1, 31)])
    assert answer.status_code == 422
    assert "højst pege på 20 afsnit" in answer.text


def test_it_stays_when_the_form_comes_back_and_in_the_preview(client, path, plan) -> None:
    wrong = send(client, f"{path}/svar", "", afsnit=[f"{plan}.2"])
    assert (wrong.status_code, f'value="{plan}.2" checked' in wrong.text) == (422, True)
    seen = send(client, f"{path}/svar", afsnit=[f"{plan}.2"], preview="1").text
    preview = seen[seen.index('id="offentligt"') : seen.index('id="write"')]
    assert "§ 1.2 i Planen" in preview
    assert f'value="{plan}.2" checked' in seen


def test_the_same_form_with_other_paragraphs_is_no_repetition(client, path, plan) -> None:
    key = form_key(client, f"{path}/svar")
    assert send(client, f"{path}/svar", key=key, afsnit=[f"{plan}.2"]).status_code == 303
    assert send(client, f"{path}/svar", key=key, afsnit=[f"{plan}.2"]).status_code == 303
    assert send(client, f"{path}/svar", key=key, afsnit=[f"{plan}.1"]).status_code == 409


def test_a_paragraph_tells_how_many_published_contributions_are_about_it(client, path, plan, hearing) -> None:
    for refs in ((f"{plan}.3",), (f"{plan}.3", f"{plan}.1"), ()):
        shown_about(hearing, *refs)
    page = client.get(f"{path}/materiale/{plan}").text
    assert "2 har skrevet om det" in page
    assert "1 har skrevet om det" in page
    last = db.session.scalars(sa.select(Contribution).where(Contribution.number == 2)).one()
    with settling():
        withdraw_contribution(holder_of(last), last, now=NOW)
    page = client.get(f"{path}/materiale/{plan}").text
    assert page.count("har skrevet om det") == 1
    assert "1 har skrevet om det" in page


def test_what_is_not_published_is_not_counted(client, path, plan, hearing) -> None:
    with settling():
        db.session.merge(hearing.project).publication = PublicationRule.AFTER_LOOK
    one = sent_about(client, path, f"{plan}.3")
    assert one.handling is Handling.RECEIVED
    assert "har skrevet om det" not in client.get(f"{path}/materiale/{plan}").text


def test_the_page_asks_no_more_with_many_and_sending_asks_two_more(client, path, plan) -> None:
    sent_about(client, path, f"{plan}.3")
    with counted() as few:
        client.get(f"{path}/materiale/{plan}")
    for _ in range(6):
        sent_about(client, path, f"{plan}.3", f"{plan}.1")
    with counted() as many:
        client.get(f"{path}/materiale/{plan}")
    assert len(many) == len(few)
    key = form_key(client, f"{path}/svar")
    with counted() as asked:
        send(client, f"{path}/svar", key=key, email="a@borger.example", afsnit=[f"{plan}.3", f"{plan}.1"])
    assert len(asked) <= 17, "\n".join(asked)


def test_it_is_the_strongest_reason_to_link_a_point_to_a_paragraph(client, path, plan, hearing) -> None:
    one = sent_about(client, path, f"{plan}.3", words="Sluk ikke lamperne på stierne.")
    key = one.id
    link_points(hearing.project_id, now=NOW)
    near = nearby(db.session.get_one(Contribution, key).points[0])
    assert [(link.passage.words[:5], link.pointed_out) for link in near.links][:2] == [
        ("§ 2.1", True),
        ("§ 1.2", False),
    ]


def test_what_was_pointed_at_stays_when_the_material_grows_and_when_it_goes(
    client, path, plan, planner, hearing
) -> None:
    one = sent_about(client, path, f"{plan}.3")
    key = one.id
    with settling():
        attach_material(planner, hearing.project, Piece("Tillæg", words="En ny plan for det hele."), now=NOW)
    read()
    assert "§ 2.1 Krydset" in client.get("/mit-svar/hvor").text
    assert client.get(f"{path}/svar?afsnit={plan}.3").text.count("§ 2.1 Krydset") == 1
    with settling():
        db.session.execute(sa.delete(Material).where(Material.id == plan))
    row = db.session.scalars(sa.select(AboutPassage).where(AboutPassage.contribution_id == key)).one()
    assert (row.material_id, row.number, row.words[:5]) == (None, 3, "§ 2.1")
    page = client.get("/mit-svar/hvor").text
    assert "§ 2.1 i Planen" in page
    assert "#afsnit-3" not in page


def test_a_file_is_read_paragraph_by_paragraph_on_a_page_of_its_own(client, path, planner, hearing) -> None:
    document = new_document("Plan")
    document.add_paragraph("Der bygges dobbeltrettet cykelsti langs Tranbyvej.")
    with settling():
        piece = Piece("Kortplan", stored=files.store(saved(document), "plan.docx"))
        made = attach_material(planner, hearing.project, piece, now=NOW).id
    assert "Vi kan ikke vise afsnit fra filen endnu" in client.get(f"{path}/materiale/{made}/afsnit").text
    read()
    page = client.get(f"{path}/materiale/{made}/afsnit").text
    assert "cykelsti langs Tranbyvej" in page
    assert f'href="{path}/svar?afsnit={made}.1"' in page
    assert f'href="{path}/materiale/{made}/afsnit"' in client.get(path).text


def test_a_text_has_one_page_and_a_link_leads_away(client, path, plan, planner, hearing) -> None:
    answer = client.get(f"{path}/materiale/{plan}/afsnit")
    assert (answer.status_code, answer.location) == (302, f"{path}/materiale/{plan}")


def test_where_nobody_can_write_there_are_numbers_and_no_boxes(client, path, plan, hearing) -> None:
    with settling():
        db.session.merge(hearing.project).cancelled_at = NOW
    page = client.get(f"{path}/materiale/{plan}").text
    assert 'id="afsnit-3"' in page
    assert "Skriv om dette afsnit" not in page
    assert "checkbox" not in page[page.index("<main") :]


def test_at_level_orientation_a_question_is_asked_about_a_paragraph(client, planner, orientation) -> None:
    with settling():
        made = attach_material(planner, orientation.project, Piece("Planen", words=PLAN), now=NOW).id
    read()
    path = f"/projekter/{orientation.project.slug}"
    assert f'href="{path}/spoerg?afsnit={made}.1"' in client.get(f"{path}/materiale/{made}").text
    answer = client.get(f"{path}/svar?afsnit={made}.1")
    assert answer.location.endswith(f"/spoerg?afsnit={made}.1")
    assert send(client, f"{path}/spoerg", afsnit=[f"{made}.1"]).status_code == 303
    assert [row.number for row in only().about] == [1]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("§ 5.2 Huse må have tre etager.", "§ 5.2"),
        ("**§ 1** Planen gælder havnen.", "§ 1"),
        ("  §  7.3.1: Træer skal stå.", "§ 7.3.1"),
        ("3.4 Stien er to meter bred.", "3.4"),
        ("1. Stien er to meter bred.", "Afsnit 9"),
        ("2026 bliver et godt år.", "Afsnit 9"),
        ("Stien i § 5.2 er to meter bred.", "Afsnit 9"),
        ("§5a Her.", "Afsnit 9"),
        ("", "Afsnit 9"),
    ],
)
def test_a_paragraph_is_called_by_the_documents_own_number(app, words, name):
    """FU-06: two names for one place would puzzle; places are counted only where the document has no number."""
    assert name_of(words, 9) == name
    assert place_of(words, 9, "Planen") == f"{name} i Planen"
