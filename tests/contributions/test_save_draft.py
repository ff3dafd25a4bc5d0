"""What somebody has begun to write waits for them: kept, found again by a link, sent or forgotten (RP-13, SK-24)."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from time_machine import travel

from participation.contributions.model import Contribution, SavedDraft
from participation.contributions.save_draft import link, save_draft
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.jobs.owing import owe_periodic
from participation.foundation.model import Job, Letter, LogEntry
from participation.projects.attach import Piece, attach_material
from participation.projects.model import Round
from participation.rules.handling import Handling
from participation.rules.kinds import Kind, Role
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import WORDS, csrf, form_key, send, submitted
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted

TYPED = {"name": "Ida Holm", "email": "ida@", "place": "krydset", "stance": "against", "show_name": "y"}


@pytest.fixture(autouse=True)
def clock():
    """The round is open."""
    with travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def path(hearing: Round) -> str:
    return f"/projekter/{hearing.project.slug}/svar"


def drafts() -> list[SavedDraft]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(SavedDraft).order_by(SavedDraft.id)))


def keep(client: FlaskClient, path: str, words: str = WORDS, **fields: str):
    return send(client, path, words, gem="1", **(TYPED | fields))


def shown_link(client: FlaskClient) -> str:
    found = re.search(r"http://localhost(/kladde/[\w-]{22})", client.get("/kladde").text)
    assert found is not None
    return found[1]


def test_keeping_is_one_button_and_says_until_when_and_where(client: FlaskClient, path: str) -> None:
    """RP-13 SK-24: without an account and without JavaScript; nothing is sent."""
    assert "Gem og fortsæt senere" in client.get(path).text
    answer = keep(client, path)
    assert (answer.status_code, answer.location) == (303, "/kladde")
    page = client.get("/kladde").text
    assert "til og med tirsdag 22. december 2026" in page
    assert "Husk fristen: mandag 14. december 2026" in page
    assert "Filer gemmer vi ikke" in page
    assert 'name="robots" content="noindex"' in page
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Contribution)) == 0
    (draft,) = drafts()
    assert draft.fields["words"] == [WORDS]
    assert draft.expires_at - NOW < timedelta(days=31)


def test_the_link_opens_the_form_elsewhere_with_everything_typed(app, client: FlaskClient, path: str) -> None:
    """RP-13: also what is not finished, such as half an address."""
    words = '  <b>Kære</b> "kommune" & byråd 🙂\n\n– det, vi skrev.'
    keep(client, path, words)
    other = app.test_client()
    answer = other.get(shown_link(client))
    assert (answer.status_code, answer.location) == (303, path)
    assert "kladde/" not in answer.location
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = other.get(path).text
    assert "&lt;b&gt;Kære&lt;/b&gt; &#34;kommune&#34; &amp; byråd 🙂\n\n– det, vi skrev." in page
    for value in ("Ida Holm", "ida@", "krydset"):
        assert f'value="{value}"' in page
    assert re.search(r"<option selected[^>]*value=\"against\"", page)
    assert " checked" in re.search(r"<input[^>]*name=\"show_name\"[^>]*>", page)[0]
    assert "Du fortsætter på din kladde" in page


def test_keeping_again_keeps_it_in_the_same_place(app, client: FlaskClient, path: str, clock) -> None:
    keep(client, path)
    first = shown_link(client)
    clock.shift(timedelta(days=2))
    keep(client, path, "Nye ord.")
    other = app.test_client()
    other.get(first)
    keep(other, path, "De nyeste ord.")
    (draft,) = drafts()
    assert draft.fields["words"] == ["De nyeste ord."]
    assert (shown_link(client), shown_link(other)) == (first, first)


def test_only_the_hash_of_the_token_is_kept(client: FlaskClient, path: str) -> None:
    keep(client, path)
    token = shown_link(client).rsplit("/", 1)[1]
    row = db.session.execute(sa.text("SELECT * FROM saved_draft")).one()
    assert token not in str(tuple(row))


def test_sending_deletes_the_draft_in_the_same_act(app, client: FlaskClient, path: str) -> None:
    keep(client, path)
    where = shown_link(client)
    assert send(client, path, "Nu er jeg færdig.").status_code == 303
    assert drafts() == []
    assert db.session.scalars(sa.select(Contribution)).one().words == "Nu er jeg færdig."
    assert app.test_client().get(where).status_code == 404
    assert "Du fortsætter" not in client.get(path).text


def test_a_sending_that_is_refused_keeps_the_draft(client: FlaskClient, path: str) -> None:
    keep(client, path)
    assert send(client, path, email="ikke en adresse").status_code == 422
    assert len(drafts()) == 1


def test_sending_asks_no_more_than_before_where_nothing_was_kept(client: FlaskClient, path: str) -> None:
    key = form_key(client, path)
    with counted() as asked:
        assert send(client, path, key=key).status_code == 303
    assert not any("saved_draft" in one for one in asked)


def test_it_can_be_deleted(app, client: FlaskClient, path: str) -> None:
    keep(client, path)
    where = shown_link(client)
    purpose = drafts()[0].purpose
    answer = client.post("/kladde/slet", data={"csrf_token": csrf(client, "/kladde"), "purpose": purpose})
    assert answer.status_code == 200
    assert "Kladden er slettet" in answer.text
    assert drafts() == []
    assert app.test_client().get(where).status_code == 404


def test_an_unknown_link_is_a_friendly_page_and_guessing_has_a_budget(client: FlaskClient, path: str) -> None:
    for wrong in ("x", "A" * 22, "%00", "🙂"):
        answer = client.get(f"/kladde/{wrong}")
        assert answer.status_code == 404
        assert "Kladden er her ikke mere" in answer.text
    keep(client, path)
    where = shown_link(client)
    for _ in range(60):
        client.get("/kladde/x")
    assert client.get(where).status_code == 404


def test_it_is_kept_for_a_month_and_then_forgotten_with_the_address(app, client: FlaskClient, path: str, clock) -> None:
    keep(client, path, email="ida@borger.example")
    where = shown_link(client)
    client.post("/kladde/link", data={"csrf_token": csrf(client, "/kladde"), "email": "ida@borger.example"})
    clock.shift(timedelta(days=29))
    assert app.test_client().get(where).status_code == 303
    clock.shift(timedelta(days=3))
    assert app.test_client().get(where).status_code == 404, "before the clean-up has come by"
    with settling():
        jobs.owe("drafts:forget", {}, at=NOW)
    jobs.run_all(None, NOW + timedelta(days=32))
    assert drafts() == []
    assert list(db.session.scalars(sa.select(Letter))) == []
    assert not list(db.session.scalars(sa.select(Job).where(Job.name == "drafts:forget", Job.state == "dead")))


def test_the_link_is_sent_to_its_writer_and_our_copy_does_not_hold_it(client: FlaskClient, path: str) -> None:
    """RP-13: by letter, once a day to an address."""
    keep(client, path)
    where = shown_link(client)
    for _ in range(2):
        data = {"csrf_token": csrf(client, "/kladde"), "email": " ida@borger.example "}
        assert client.post("/kladde/link", data=data).status_code == 303
    jobs.run_all(None, NOW)
    (letter,) = db.session.scalars(sa.select(Letter))
    assert (letter.kind, letter.recipient, letter.project_id) == ("draft_link", "ida@borger.example", None)
    assert letter.subject == "Ny skolevej ved Engparken: dit link til kladden"
    assert letter.words == (
        "Her kan du fortsætte på det, du er begyndt at skrive i Ny skolevej ved Engparken:\n"
        "****\n"
        "\n"
        "Det er ikke sendt endnu. Vi gemmer det til og med tirsdag 22. december 2026.\n"
        "Alle, der har linket, kan læse kladden. Giv det ikke til andre.\n"
        "\n"
        "Var det ikke dig? Så gør ingenting. Du hører ikke mere fra os.\n"
    )
    assert where.rsplit("/", 1)[1] not in f"{letter.facts} {letter.snapshot}"


def test_a_letter_to_a_draft_that_is_gone_says_so(client: FlaskClient, path: str) -> None:
    keep(client, path)
    client.post("/kladde/link", data={"csrf_token": csrf(client, "/kladde"), "email": "ida@borger.example"})
    send(client, path)
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "draft_link")).one()
    assert "er sendt eller slettet" in (letter.words or "")


def test_a_wrong_address_for_the_link_is_said_on_the_page(client: FlaskClient, path: str) -> None:
    keep(client, path)
    answer = client.post("/kladde/link", data={"csrf_token": csrf(client, "/kladde"), "email": "ida"})
    assert answer.status_code == 422
    assert 'value="ida"' in answer.text


def test_a_shared_screen_keeps_nothing(client: FlaskClient, path: str) -> None:
    """SK-12: neither the button nor the door."""
    client.set_cookie("faelles_skaerm", "1")
    assert "Gem og fortsæt senere" not in client.get(path).text
    answer = keep(client, path)
    assert answer.status_code == 422
    assert "Denne skærm er fælles" in answer.text
    assert WORDS in answer.text
    assert drafts() == []


def test_clearing_a_shared_screen_leaves_no_way_to_the_draft(app, client: FlaskClient, path: str) -> None:
    keep(app.test_client(), path)
    where = re.sub(r"^http://localhost", "", link(drafts()[0]))
    client.set_cookie("faelles_skaerm", "1")
    assert client.get(where).status_code == 303
    client.post("/faerdig", data={"csrf_token": csrf(client, path)})
    assert WORDS not in client.get(path).text


def test_a_cpr_number_may_be_kept_and_is_told_of_before_it_is_sent(client: FlaskClient, path: str) -> None:
    """RE-26: a draft is private; the notice comes as it always does."""
    keep(client, path, "Mit nummer er 010101-1234.")
    assert "ligner et CPR-nummer" in client.get(path).text


@pytest.mark.parametrize("words", ["", "  \n "])
def test_nothing_typed_is_nothing_kept(client: FlaskClient, path: str, words: str) -> None:
    answer = keep(client, path, words)
    assert answer.status_code == 422
    assert "Skriv noget først" in answer.text
    assert 'value="Ida Holm"' in answer.text
    assert drafts() == []


def test_what_cannot_be_kept_as_written_is_said(client: FlaskClient, path: str) -> None:
    assert keep(client, path, name="Ida\0").status_code == 422
    assert drafts() == []


def test_after_the_deadline_the_link_still_opens_the_form_which_says_so(app, client: FlaskClient, path, clock) -> None:
    keep(client, path)
    where = shown_link(client)
    clock.shift(timedelta(days=24))
    other = app.test_client()
    other.get(where)
    page = other.get(path).text
    assert "Fristen er gået. Du kan stadig sende." in page
    assert WORDS in page


def test_what_could_not_be_sent_cannot_be_kept(orientation: Round) -> None:
    with pytest.raises(NotAllowed), settling():
        save_draft(VISITOR, orientation, Kind.RESPONSE, {"words": ["x"]}, purpose="write:1", address="/", now=NOW)
    assert drafts() == []


def test_a_question_is_kept_apart_from_an_answer(client: FlaskClient, path: str) -> None:
    ask = path.replace("/svar", "/spoerg")
    keep(client, path)
    keep(client, ask, "Hvornår begynder I?")
    assert "Hvornår begynder I?" in client.get(ask).text
    assert "Hvornår begynder I?" not in client.get(path).text
    assert [one.purpose.split(":")[0] for one in drafts()] == ["write", "ask"]


def test_a_need_alone_is_kept_and_comes_back(client: FlaskClient, path: str) -> None:
    """FU-06, RP-13."""
    keep(client, path, "", need="Et sted at sidde.")
    assert [one.fields["need"] for one in drafts()] == [["Et sted at sidde."]]
    page = client.get(path).text
    assert "Et sted at sidde." in page
    assert re.search(r'<details class="more"[^>]* open>', page)


def test_paragraphs_that_were_pointed_at_come_back_with_those_chosen_since(planner, client, hearing, path: str) -> None:
    with settling():
        piece = Piece("Planen", words="## § 1 Stien\n\n§ 1.1 En sti langs vejen.\n\n§ 1.2 Lys om natten.")
        made = attach_material(planner, hearing.project, piece, now=NOW).id
    owe_periodic(NOW)
    jobs.run_all(None, NOW)
    assert keep(client, path, afsnit=f"{made}.1").status_code == 303
    page = client.get(f"{path}?afsnit={made}.2").text
    boxes = re.findall(r"<input[^>]*name=\"afsnit\"[^>]*>", page)
    assert [
        (f'value="{made}.{number}"' in box, " checked" in box) for number, box in zip((1, 2), boxes, strict=True)
    ] == [
        (True, True),
        (True, True),
    ]


def test_nobody_of_the_staff_meets_it_and_no_log_tells_of_it(client, app, hearing: Round, roads, path: str) -> None:
    """RP-12: neither words nor that it is there."""
    keep(client, path, "Hemmelige ord om naboen.")
    staff = app.test_client()
    sign_in(staff, make_person("Maja", (Role.PLANNER, roads)))
    base = f"/arbejde/projekter/{hearing.project.slug}"
    for page in (base, f"{base}/indbakke", f"{base}/soeg?q=naboen", f"{base}/indbakke/alt.csv"):
        assert "Hemmelige" not in staff.get(page, follow_redirects=True).text
    assert list(db.session.scalars(sa.select(LogEntry).where(LogEntry.act.startswith("draft")))) == []


def test_a_comment_on_a_proposal_is_kept_with_its_place(app, client: FlaskClient, cocreation: Round) -> None:
    one = submitted(cocreation, "En bænk ved søen.", kind=Kind.PROPOSAL)
    with settling():
        db.session.merge(one).handling, one.project.published_count = Handling.PUBLISHED, 1
    place = f"/projekter/{cocreation.project.slug}/forslag/{one.number}/kommentar"
    assert keep(client, place, "Gerne to bænke.").status_code == 303
    other = app.test_client()
    assert other.get(shown_link(client)).location == place
    assert "Gerne to bænke." in other.get(place).text
