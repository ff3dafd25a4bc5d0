"""A body writes together, approves and sends as one (RP-51, RP-38)."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from participation.contributions.model import Approver, Contribution
from participation.drafting.model import Member, Opinion, TogetherVersion
from participation.drafting.open import Body, open_workspace
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.model import Letter, LogEntry
from participation.projects.model import Round
from participation.rules.handling import Handling
from participation.rules.kinds import Capacity, PublicationRule, Role
from participation.rules.policy import VISITOR, NotAllowed
from tests.drafting.group import BO, BODY, EVA, TEXT, Group, begun, way_in, workspaces
from tests.persons import NOW, make_person, sign_in
from tests.queries import counted

pytestmark = pytest.mark.database


def sent() -> list[Contribution]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Contribution).order_by(Contribution.number)))


def letters(kind: str) -> list[Letter]:
    jobs.run_all(None, NOW)
    return list(db.session.scalars(sa.select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def versions() -> list[tuple[int, int | None, str, str]]:
    db.session.rollback()
    rows = db.session.scalars(sa.select(TogetherVersion).order_by(TogetherVersion.number))
    return [(one.number, one.based_on, one.name, one.words) for one in rows]


def approved(app, round_: Round, **fields: str) -> Group:
    """Three have written and approved."""
    group = Group(app, round_, BO, EVA, **fields)
    group.write("ida", TEXT)
    for who in ("ida", "bo", "eva"):
        assert group.judge(who, 1).status_code == 303
    return group


# -- open and invite --------------------------------------------------------------------------------------------------


def test_the_form_leads_there_and_the_way_in_comes_by_letter(client, hearing: Round) -> None:
    home = f"/projekter/{hearing.project.slug}"
    assert f'href="{home}/skriv-sammen"' in client.get(f"{home}/svar").text
    assert begun(client, hearing).location == f"{home}/skriv-sammen/aabnet"
    assert "Se efter en e-mail fra os" in client.get(f"{home}/skriv-sammen/aabnet").text
    (letter,) = letters("workspace_opened")
    assert (letter.recipient, letter.project_id) == ("ida@borger.example", None)
    assert letter.subject == f"Ny skolevej ved Engparken: skriv sammen i {BODY}"
    assert "I kan sende til og med mandag 14. december 2026." in (letter.words or "")
    token = way_in("ida@borger.example").rsplit("/", 1)[1]
    assert token not in f"{letter.facts} {letter.snapshot} {letter.words}"


def test_only_the_hash_of_a_link_is_kept(client, hearing: Round) -> None:
    begun(client, hearing)
    token = way_in("ida@borger.example").rsplit("/", 1)[1]
    row = db.session.execute(sa.text("SELECT * FROM workspace_member")).one()
    assert token not in str(tuple(row))


def test_a_member_asks_others_who_say_yes_with_their_name(app, hearing: Round) -> None:
    group = Group(app, hearing, BO)
    page = group.page("ida")
    assert "Ida Holm, ida@borger.example" in page
    assert "Bo Krag, bo@borger.example" in page
    (letter,) = letters("workspace_invited")
    assert letter.words.startswith(f"Ida Holm spørger, om du vil være med til at skrive svaret fra {BODY}")


def test_who_has_not_said_yes_sees_no_word_of_the_text_and_cannot_write(app, hearing: Round) -> None:
    group = Group(app, hearing)
    group.write("ida", TEXT)
    group.post("ida", "inviter", email="bo@borger.example")
    group._enter("bo@borger.example")
    page = group.page("bo")
    assert "Vil du være med?" in page
    assert "40 haver" not in page
    assert group.post("bo", "tekst", words="Nyt.", based_on="1").status_code == 409
    assert group.browsers["bo"].get(f"{group.home}/versioner/1").status_code == 404
    assert len(versions()) == 1


def test_asking_again_sends_the_same_link_once_a_day(app, hearing: Round, clock) -> None:
    group = Group(app, hearing, BO)
    first = way_in(BO[1])
    group.post("ida", "inviter", email="BO@borger.example")
    clock.shift(timedelta(days=1))
    group.post("ida", "inviter", email="bo@borger.example")
    assert way_in(BO[1]) == first
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Member)) == 2
    assert len(letters("workspace_invited")) == 2


def test_there_is_an_end_to_how_many_are_asked_from_one_place(app, hearing: Round) -> None:
    group = Group(app, hearing)
    answers = [group.post("ida", "inviter", email=f"m{one}@borger.example").status_code for one in range(30)]
    assert answers == [303] * 29 + [409]
    for _ in range(9):
        begun(app.test_client(), hearing)
    assert begun(app.test_client(), hearing).status_code == 429


@pytest.mark.parametrize(
    ("field", "typed"), [("organisation", ""), ("email", "ida@"), ("cvr", "12345678"), ("quorum", "1"), ("name", " ")]
)
def test_a_wrong_form_keeps_what_was_typed(client, hearing: Round, field: str, typed: str) -> None:
    answer = begun(client, hearing, **{"organisation": "Solsikken & søn", field: typed})
    assert answer.status_code == 422
    assert 'value="Ida Holm"' in answer.text or field == "name"
    assert workspaces() == []


def test_a_cvr_number_goes_with_what_is_sent(app, hearing: Round) -> None:
    group = approved(app, hearing, cvr="13 58 56 28")
    group.send("ida", 1)
    assert sent()[0].contact.cvr == "13585628"


def test_an_orientation_has_no_such_place(client, orientation: Round) -> None:
    assert client.get(f"/projekter/{orientation.project.slug}/skriv-sammen").status_code == 409
    body = Body(BODY, Capacity.ASSOCIATION)
    with pytest.raises(NotAllowed), settling():
        open_workspace(VISITOR, orientation, body, "Ida", "ida@borger.example", now=NOW)
    assert workspaces() == []


def test_somebody_elses_number_opens_nothing(app, client, hearing: Round) -> None:
    group = Group(app, hearing)
    group.write("ida", TEXT)
    other = client.get(group.home)
    assert other.status_code == 404
    assert "Vi kan ikke finde gruppen" in other.text
    assert client.get("/skriv-sammen/link/xyz").status_code == 404


# -- write ------------------------------------------------------------------------------------------------------------


def test_each_change_is_a_version_with_name_and_time(app, hearing: Round, clock) -> None:
    group = Group(app, hearing, BO)
    group.write("ida", TEXT)
    clock.shift(timedelta(hours=1))
    group.write("bo", TEXT.replace("40", "42"))
    assert versions() == [(1, None, "Ida Holm", TEXT), (2, 1, "Bo Krag", TEXT.replace("40", "42"))]
    page = group.page("ida")
    assert page.index("Version 2 · Bo Krag") < page.index("Version 1 · Ida Holm")
    changed = group.browsers["ida"].get(f"{group.home}/versioner/2").text
    assert re.search(r"<del>.*40.*</del><ins>.*42.*</ins>", changed)
    assert "[tages ud:]" in changed


def test_two_at_once_lose_nothing_and_both_are_shown(app, hearing: Round) -> None:
    """RP-51: who saves on an old version sees both, and what was typed is kept."""
    group = Group(app, hearing, BO)
    group.write("ida", TEXT)
    assert group.write("bo", TEXT + " Bo var her.").status_code == 303
    answer = group.write("ida", TEXT + " Ida skrev dette.", based_on=1)
    assert answer.status_code == 409
    assert "Bo Krag har gemt version 2, mens du skrev" in answer.text
    assert "Bo var her." in answer.text
    field = re.search(r"<textarea[^>]*name=\"words\"[^>]*>(.*?)</textarea>", answer.text, re.S)
    assert "Ida skrev dette." in field[1]
    assert len(versions()) == 2
    again = re.search(r'name="based_on" value="(\d+)"', answer.text)[1]
    assert again == "2"
    assert group.write("ida", TEXT + " Bo var her. Ida skrev dette.", based_on=int(again)).status_code == 303
    assert [one[:3] for one in versions()] == [(1, None, "Ida Holm"), (2, 1, "Bo Krag"), (3, 2, "Ida Holm")]


def test_two_who_begin_at_once_lose_nothing_either(app, hearing: Round) -> None:
    group = Group(app, hearing, BO)
    group.write("ida", "Idas begyndelse.", based_on=0)
    answer = group.write("bo", "Bos begyndelse.", based_on=0)
    assert answer.status_code == 409
    assert "Idas begyndelse." in answer.text
    assert "Bos begyndelse." in answer.text


def test_the_same_words_are_no_new_version(app, hearing: Round) -> None:
    group = Group(app, hearing)
    group.write("ida", TEXT)
    group.write("ida", TEXT)
    assert len(versions()) == 1


def test_nothing_typed_and_odd_characters_are_told(app, hearing: Round) -> None:
    group = Group(app, hearing)
    assert group.write("ida", " \r\n").status_code == 422
    assert group.write("ida", "a\0b").status_code == 422
    assert versions() == []


def test_any_two_versions_are_compared(app, hearing: Round) -> None:
    group = Group(app, hearing)
    for place in ("ved kirken", "ved skolen", "ved søen"):
        group.write("ida", f"Vi vil have en bænk {place} til alle, der går tur.")
    page = group.browsers["ida"].get(f"{group.home}/versioner/3?fra=1").text
    assert "Ændret siden version 1" in page
    assert "kirken" in page
    assert "skolen" not in page
    assert group.browsers["ida"].get(f"{group.home}/versioner/9").status_code == 404


# -- approve ----------------------------------------------------------------------------------------------------------


def test_all_who_are_with_them_must_approve_unless_said_otherwise(app, hearing: Round) -> None:
    group = Group(app, hearing, BO, EVA)
    group.write("ida", TEXT)
    group.judge("ida", 1)
    group.judge("bo", 1)
    assert "2 af 3 har godkendt" in group.page("eva")
    assert group.send("ida", 1).status_code == 409
    group.judge("eva", 1)
    assert f"Send fra {BODY}" in group.page("eva")


def test_the_one_who_opened_it_says_beforehand_how_many(app, hearing: Round) -> None:
    group = Group(app, hearing, BO, EVA, quorum="2")
    group.write("ida", TEXT)
    group.judge("ida", 1)
    assert "1 af 2 har godkendt" in group.page("ida")
    group.judge("eva", 1)
    assert group.send("eva", 1).status_code == 303
    assert sent()[0].approver_count == 2


def test_one_alone_is_not_together(app, hearing: Round) -> None:
    group = Group(app, hearing)
    group.write("ida", TEXT)
    group.judge("ida", 1)
    assert "1 af 2 har godkendt" in group.page("ida")
    assert group.send("ida", 1).status_code == 409
    assert sent() == []


def test_a_no_has_a_note_and_can_become_a_yes(app, hearing: Round) -> None:
    group = Group(app, hearing, BO)
    group.write("ida", TEXT)
    group.judge("bo", 1, yes=False, note="Der er 42 haver.")
    assert "Bo Krag siger nej: Der er 42 haver." in group.page("ida")
    group.judge("bo", 1)
    assert "1 af 2 har godkendt" in group.page("ida")


def test_a_changed_text_is_approved_anew(app, hearing: Round) -> None:
    group = approved(app, hearing)
    group.write("bo", TEXT + " Og lys.")
    assert "0 af 3 har godkendt" in group.page("ida")
    assert group.judge("eva", 1).status_code == 409
    assert group.send("ida", 1).status_code == 409
    assert group.send("ida", 2).status_code == 409
    assert sent() == []


def test_who_leaves_is_not_waited_for_and_their_address_is_forgotten(app, hearing: Round) -> None:
    group = Group(app, hearing, BO, EVA)
    group.write("eva", TEXT)
    group.judge("ida", 1)
    group.judge("bo", 1)
    assert group.post("eva", "ud").status_code == 303
    assert "2 af 2 har godkendt" in group.page("ida")
    assert "Version 1 · Eva Lund" in group.page("ida")
    db.session.rollback()
    assert [one.email for one in db.session.scalars(sa.select(Member).order_by(Member.id))] == [
        "ida@borger.example",
        "bo@borger.example",
    ]
    assert not list(db.session.scalars(sa.select(Letter).where(Letter.recipient == EVA[1])))
    assert group.browsers["eva"].get(group.home).status_code == 404


# -- send -------------------------------------------------------------------------------------------------------------


def test_it_is_sent_as_one_contribution_with_a_receipt_and_all_are_told(app, hearing: Round) -> None:
    group = approved(app, hearing)
    answer = group.send("bo", 1)
    assert (answer.status_code, answer.location) == (303, "/kvittering")
    (one,) = sent()
    assert (one.words, one.organisation, one.capacity) == (TEXT, BODY, Capacity.ASSOCIATION)
    assert (one.number, one.contact.name, one.contact.email, one.approver_count) == (1, *BO, 3)
    assert "Tak. Vi har modtaget dit høringssvar" in group.browsers["bo"].get("/kvittering").text
    assert [letter.recipient for letter in letters("receipt")] == [BO[1]]
    told = letters("workspace_sent")
    assert {letter.recipient for letter in told} == {"ida@borger.example", EVA[1]}
    assert told[0].subject == "Ny skolevej ved Engparken: vi har modtaget jeres fælles tekst, nr. 1"
    assert "Bo Krag sendte den og har fået kvitteringen." in (told[0].words or "")
    assert "Jeres tekst er sendt" in group.page("eva")


def test_it_is_sent_once_whoever_presses_again(app, hearing: Round) -> None:
    group = approved(app, hearing)
    marks = {who: re.search(r'csrf_token" value="([^"]+)"', group.page(who))[1] for who in ("ida", "bo")}
    answers = [
        group.browsers[who].post(f"{group.home}/versioner/1/send", data={"csrf_token": marks[who]})
        for who in ("ida", "bo", "ida")
    ]
    assert [answer.status_code for answer in answers] == [303] * 3
    assert len(sent()) == 1
    data = {"csrf_token": marks["ida"], "words": "Efter.", "based_on": "1"}
    assert group.browsers["ida"].post(f"{group.home}/tekst", data=data).status_code == 409
    assert len(versions()) == 1


def test_the_page_tells_how_many_approved_and_names_those_who_wish_it(app, client, hearing: Round, roads) -> None:
    with settling():
        db.session.merge(hearing.project).publication = PublicationRule.IMMEDIATELY
    group = Group(app, hearing, BO, EVA)
    group.write("ida", TEXT)
    group.judge("ida", 1, show_name="y")
    group.judge("bo", 1)
    group.judge("eva", 1)
    group.send("ida", 1)
    assert sent()[0].handling is Handling.PUBLISHED
    page = client.get(f"/projekter/{hearing.project.slug}/hoeringssvar/1").text
    assert "Godkendt af 3 medlemmer, før det blev sendt." in page
    assert "Blandt dem: Ida Holm." in page
    assert BODY in page
    assert "Bo Krag" not in page
    sign_in(client, make_person("Maja", (Role.PLANNER, roads)))
    desk = client.get(f"/arbejde/projekter/{hearing.project.slug}/svar/1").text
    assert "Ida Holm, Bo Krag, Eva Lund" in desk


def test_a_cpr_number_is_told_before_it_is_sent_and_waits_for_a_person(app, hearing: Round) -> None:
    """RE-26: told, never a reason to refuse."""
    with settling():
        db.session.merge(hearing.project).publication = PublicationRule.IMMEDIATELY
    group = Group(app, hearing, BO)
    group.write("ida", "Mit nummer er 010180-0008.")
    assert "ligner et CPR-nummer i linje 1" in group.page("bo")
    group.judge("ida", 1)
    group.judge("bo", 1)
    assert group.send("ida", 1).status_code == 303
    assert (sent()[0].held_back, sent()[0].handling) == (True, Handling.RECEIVED)


# -- afterwards -------------------------------------------------------------------------------------------------------


def test_after_the_deadline_nothing_is_sent_and_the_words_are_there_to_copy(app, hearing: Round, clock) -> None:
    group = approved(app, hearing)
    mark = re.search(r'csrf_token" value="([^"]+)"', group.page("ida"))[1]
    clock.move_to(hearing.closes_at)
    page = group.page("ida")
    assert "I kan ikke sende herfra mere" in page
    assert "Vi sletter den efter onsdag 13. januar 2027." in page
    assert re.search(r"<textarea[^>]*readonly[^>]*>Vi vil gerne beholde stien\.", page)
    assert f"Send fra {BODY}" not in page
    for place, fields in (
        ("versioner/1/send", {}),
        ("tekst", {"words": "Mine sene ord står her.", "based_on": "1"}),
        ("versioner/1/mening", {"godkend": "1"}),
        ("inviter", {"email": "ny@borger.example"}),
    ):
        answer = group.browsers["ida"].post(f"{group.home}/{place}", data={"csrf_token": mark, **fields})
        assert answer.status_code == 409
        assert fields.get("words", "") in answer.text
    assert (sent(), len(versions())) == ([], 1)


def test_a_month_after_the_deadline_it_is_forgotten_with_the_addresses(app, hearing: Round, clock) -> None:
    group = approved(app, hearing)
    letters("workspace_invited")
    clock.move_to(hearing.closes_at + timedelta(days=29))
    group._enter("ida@borger.example")
    assert "40 haver" in group.page("ida")
    forget(hearing.closes_at + timedelta(days=29))
    assert len(workspaces()) == 1
    forget(hearing.closes_at + timedelta(days=31))
    assert workspaces() == []
    for table in (Member, TogetherVersion, Opinion):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert list(db.session.scalars(sa.select(Letter).where(Letter.recipient.is_not(None)))) == []
    assert group.browsers["ida"].get(group.home).status_code == 404


def test_a_month_after_it_was_sent_it_is_forgotten_and_who_approved_stays(app, hearing: Round) -> None:
    approved(app, hearing).send("ida", 1)
    forget(NOW + timedelta(days=31))
    assert workspaces() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Approver)) == 3
    assert len(sent()) == 1


def forget(now) -> None:
    with settling():
        jobs.owe("workspaces:forget", {}, at=now)
    jobs.run_all(None, now)


def test_nobody_of_the_staff_meets_it_and_no_log_tells_of_it(app, client, hearing: Round, roads) -> None:
    """RP-12: neither words nor that it is there, until it is sent; and then only that it was sent."""
    group = Group(app, hearing, BO)
    group.write("ida", "Hemmelige ord om naboen.")
    group.judge("bo", 1, yes=False, note="Hemmelig besked.")
    sign_in(client, make_person("Maja", (Role.PLANNER, roads)))
    base = f"/arbejde/projekter/{hearing.project.slug}"
    for page in (base, f"{base}/indbakke", f"{base}/soeg?q=naboen", f"{base}/indbakke/alt.csv", group.home):
        assert "emmelig" not in client.get(page, follow_redirects=True).text
    assert list(db.session.scalars(sa.select(LogEntry).where(LogEntry.act.startswith("workspace")))) == []


def test_the_page_asks_the_same_few_times_however_many_have_written(app, hearing: Round) -> None:
    group = Group(app, hearing, BO, EVA)

    def asked() -> int:
        db.session.rollback()
        with counted() as queries:
            group.page("ida")
        return len(queries)

    group.write("ida", TEXT)
    few = asked()
    for number in range(6):
        group.write("bo", f"{TEXT} {number}")
        group.judge("ida", number + 2)
    assert asked() == few == 6
