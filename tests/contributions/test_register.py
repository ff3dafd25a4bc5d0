"""What came by phone, letter, at the counter or at a meeting is registered on one screen (RP-06, RP-16)."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from participation.answers.model import Answer
from participation.contributions.model import Contribution, Promise
from participation.contributions.register import register_contribution, register_meeting, voices_of
from participation.foundation.db import db, settling
from participation.foundation.model import Letter
from participation.projects.draw_map import draw_map
from participation.projects.model import Material, Passage
from participation.rules.kinds import Capacity, Channel, Kind, MaterialKind
from participation.rules.phases import Arrival
from participation.rules.policy import NotAllowed
from tests.contributions.sending import csrf, sent
from tests.persons import NOW, sign_in
from tests.queries import counted


def registered(actor, round_, words="Han sagde nej.", **facts):
    with settling():
        return register_contribution(actor, round_, sent(words, **facts), now=NOW)


def test_it_has_number_code_receipt_and_promises_as_all_others(planner, hearing):
    one = registered(planner, hearing, email="a@borger.example", channel=Channel.PHONE, retold=True)
    assert (one.number, one.retold, one.registered_at) == (1, True, NOW)
    assert one.code_hash is not None
    assert db.session.scalars(sa.select(Letter)).one().kind == "receipt"
    assert len(db.session.scalars(sa.select(Promise)).all()) == 3


def test_who_wants_post_gets_the_receipt_on_paper(planner, hearing):
    registered(planner, hearing, name="Karen Holm", address="Lindevej 1, 9999 Engelund", wants_post=True)
    letter = db.session.scalars(sa.select(Letter)).one()
    assert (letter.channel, letter.recipient) == ("print", "Karen Holm\nLindevej 1, 9999 Engelund")


def test_each_voice_of_a_meeting_is_a_contribution_of_its_own(planner, hearing, now):
    with settling():
        made = register_meeting(planner, hearing, ["Lys, tak.", "Nej til bom."], sent(channel=Channel.MEETING), now=now)
    assert [(one.number, one.words, one.channel) for one in made] == [
        (1, "Lys, tak.", Channel.MEETING),
        (2, "Nej til bom.", Channel.MEETING),
    ]


@pytest.mark.parametrize(
    ("notes", "voices"),
    [
        ("En.", ["En."]),
        ("En.\r\n\r\n---\r\n\r\nTo.\r\n", ["En.", "To."]),
        ("---\nEn.\n-----\n\n---\nTo.", ["En.", "To."]),
        ("A -- b\n--\nc", ["A -- b\n--\nc"]),
    ],
)
def test_a_line_of_dashes_stands_between_two_voices(notes, voices):
    assert voices_of(notes) == voices


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_registers(request, hearing, who):
    with pytest.raises(NotAllowed):
        registered(request.getfixturevalue(who), hearing)


def test_the_leader_of_the_department_may(leader, hearing):
    assert registered(leader, hearing).number == 1


# -- the screen -------------------------------------------------------------------------------------------------------


@pytest.fixture
def screen(client, hearing, planner_person):
    sign_in(client, planner_person)
    return f"/arbejde/projekter/{hearing.project.slug}/indbakke/skriv-ind"


def typed(client, screen, words="Hun vil have lys.", **fields):
    values = {"channel": "phone", "kind": "response", "capacity": "citizen", "words": words, **fields}
    return client.post(screen, data={"csrf_token": csrf(client, screen), **values})


def only():
    db.session.expire_all()
    return db.session.scalars(sa.select(Contribution)).one()


def test_a_call_is_told_by_the_officer(client, screen, planner_person):
    assert typed(client, screen, name="Karen Holm", phone="70 00 00 09").status_code == 303
    one = only()
    assert (one.retold, one.channel, one.registered_by_id) == (True, Channel.PHONE, planner_person.id)
    assert one.contact.phone == "70 00 00 09"


def test_the_officer_can_read_the_code_aloud(client, screen):
    answer = typed(client, screen)
    assert "Koden er " in client.get(answer.headers["Location"]).text


def test_a_letter_is_in_the_senders_own_words(client, screen):
    typed(client, screen, channel="letter")
    assert not only().retold


def test_a_letter_of_the_last_day_is_in_time_when_it_is_typed_later(client, screen, hearing, clock_stands_still):
    clock_stands_still.move_to(datetime(2026, 12, 16, 9, tzinfo=UTC))
    typed(client, screen, channel="letter", received_on="2026-12-14")
    assert only().arrival is Arrival.IN_TIME


def test_a_letter_of_the_day_after_is_late(client, screen, clock_stands_still):
    clock_stands_still.move_to(datetime(2026, 12, 16, 9, tzinfo=UTC))
    typed(client, screen, channel="letter", received_on="2026-12-15")
    assert only().arrival is Arrival.LATE


def test_a_question_on_the_phone_is_answered_at_once(client, screen):
    """RP-16: "kan afgøres straks"."""
    typed(client, screen, "Hvornår går I i gang?", kind="question", answered="Til foråret.")
    answer = db.session.scalars(sa.select(Answer)).one()
    assert (answer.words, answer.contribution_id) == ("Til foråret.", only().id)
    assert db.session.scalars(sa.select(Promise)).one().kept_at == NOW


def test_a_meeting_becomes_many_in_one_act(client, screen):
    typed(client, screen, "Lys, tak.\r\n---\r\nNej til bom.", channel="meeting")
    assert [one.words for one in db.session.scalars(sa.select(Contribution).order_by(Contribution.id))] == [
        "Lys, tak.",
        "Nej til bom.",
    ]


def test_an_authority_is_always_named(client, screen):
    typed(client, screen, capacity="authority", organisation="Museet")
    assert (only().public_name, only().capacity) == ("Museet", Capacity.AUTHORITY)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"words": " "}, "Skriv, hvad der blev sagt"),
        ({"words": "Nul \x00 her"}, "nul-tegn"),
        ({"email": "forkert"}, "Skriv en hel e-mailadresse"),
        ({"capacity": "council"}, "Skriv navnet på foreningen"),
        ({"wants_post": "y"}, "Skriv adressen"),
        ({"received_on": "2026-11-23"}, "Skriv en dag, der har været"),
    ],
)
def test_what_is_missing_is_said_and_the_words_are_kept(client, screen, fields, says):
    answer = typed(client, screen, **{"words": "Hun vil have lys.", **fields})
    assert answer.status_code == 422
    assert says in answer.text
    assert fields.get("words", "Hun vil have lys.").strip().replace("\x00", "") in answer.text.replace("\x00", "")
    assert db.session.scalars(sa.select(Contribution)).all() == []


def test_in_co_creation_it_is_a_proposal(client, cocreation, planner_person):
    sign_in(client, planner_person)
    screen = f"/arbejde/projekter/{cocreation.project.slug}/indbakke/skriv-ind"
    typed(client, screen, kind="proposal")
    assert only().kind is Kind.PROPOSAL


# -- what citizens can say, officers can write down -------------------------------------------------------------------

SAID = {"need": "Hun vil kunne cykle.", "wish": "En cykelsti.", "alternative": "Eller lavere fart."}


@pytest.fixture
def plan(hearing):
    """A piece of material with three paragraphs."""
    with settling():
        piece = Material(
            project_id=hearing.project_id, kind=MaterialKind.TEXT, title="Forslaget", words="En. To. Tre.", added_at=NOW
        )
        db.session.add(piece)
        db.session.flush()
        for place, words in enumerate(("En.", "To.", "Tre.")):
            db.session.add(Passage(material_id=piece.id, position=place, heading="", words=words))
    return piece.id


def test_need_wish_alternative_place_and_paragraphs_come_along(client, screen, plan):
    """RP-06: whoever rings says as much as whoever writes."""
    more = {"place": "Ved kirken", "material_place": "§ 5", "piece": str(plan), "passages": "3 og 1"}
    assert typed(client, screen, **SAID, **more).status_code == 303
    one = only()
    assert [text.words for text in one.apart] == list(SAID.values())
    assert (one.place, one.material_place) == ("Ved kirken", "§ 5")
    assert [(about.number, about.words) for about in one.about] == [(1, "En."), (3, "Tre.")]


def test_a_need_alone_is_enough(client, screen):
    assert typed(client, screen, words="", need="Hun vil kunne cykle.").status_code == 303
    assert [point.words for point in only().points] == ["Hun vil kunne cykle."]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"passages": "3"}, "Vælg også, hvad afsnittene står i."),
        ({"piece": "PLAN"}, "Skriv numrene på afsnittene, for eksempel 3, 7."),
        ({"piece": "PLAN", "passages": "9"}, "Et af afsnittene står ikke i materialet."),
        ({"kind": "question", "need": "Lys."}, "Et spørgsmål har ikke behov"),
        ({"channel": "meeting", "words": "En.\n---\nTo.", "need": "Lys."}, "er én persons"),
    ],
)
def test_what_does_not_fit_is_told_and_nothing_is_lost(client, screen, plan, fields, told):
    fields = {name: value.replace("PLAN", str(plan)) for name, value in fields.items()}
    page = typed(client, screen, wish="En bænk ved søen.", **fields)
    assert page.status_code == 422
    assert told in page.text
    assert "En bænk ved søen." in page.text
    assert db.session.scalars(sa.select(Contribution)).all() == []


def test_a_place_is_set_on_the_map_without_javascript(client, screen, hearing, planner):
    features = [{"name": "Kirken", "geometry": {"type": "Point", "coordinates": [11.2, 56.4]}}]
    features += [{"name": "Skolen", "geometry": {"type": "Point", "coordinates": [11.3, 56.5]}}]
    with settling():
        draw_map(planner, hearing.project, features, now=NOW)
    pressed = typed(client, screen, **{"small.x": "120", "small.y": "90"}, need="Hun vil kunne cykle.")
    assert pressed.status_code == 200
    assert "Hun vil kunne cykle." in pressed.text
    assert db.session.scalars(sa.select(Contribution)).all() == []
    assert typed(client, screen, area="Skolen").status_code == 303
    assert (only().place, only().longitude) == ("Skolen", 11.3)


def test_the_screen_stays_light_for_a_call(client, screen, plan):
    """All of it lies under one fold that is closed until something stands in it."""
    page = client.get(screen).text
    before, _, fold = page.partition("Behov, forslag, alternativ, sted eller afsnit")
    assert before.rstrip().endswith('<details class="more">\n  <summary>')
    assert fold.index('name="need"') < fold.index('name="passages"') < fold.index("</details>")
    with counted() as asked:
        assert client.get(screen).status_code == 200
    assert len(asked) <= 12, "\n".join(asked)
