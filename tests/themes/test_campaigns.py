"""A letter that many have sent is one campaign; what each sender wrote themselves stays a point of its own."""

from datetime import timedelta

import sqlalchemy as sa

from analysis import lift
from participation.contributions.model import Campaign, Contribution, Point
from participation.foundation.db import db, settling
from participation.projects.model import Round
from participation.rules.handling import Handling
from participation.rules.kinds import SpanKind
from participation.rules.policy import Actor
from participation.themes.campaigns import find_campaigns
from tests.contributed import receive
from tests.persons import NOW
from tests.themes.gathering import answered, gathered, homes

LETTER = (
    "Vi beder byrådet om at bevare den gamle skovvej mellem mosen og landsbyen som en rolig rute for gående. "
    "Vejen bruges hver eneste dag af børn, hundeluftere og ældre, som ikke tør gå langs den trafikerede landevej. "
    "En bred asfaltvej med gennemkørende lastbiler vil ødelægge det sidste stille sted, vi har tilbage heroppe."
)
GREETINGS = ("Kære byråd", "Hej kommune", "Til politikerne", "Goddag")
OWN = (
    "Min mormor er faldet to gange ved grusgraven.",
    "Lærerne bruger skrænten til undervisning i naturfag.",
    "Vores hest er bange for knallerterne ved broen.",
    "Kan der ikke opsættes en bænk ved kilden?",
)


def variants(number: int) -> list[str]:
    """The letter in as many hands: own greetings, own lines for every other, own names."""
    return [
        f"{GREETINGS[at % 4]}\n\n{LETTER}"
        + (f"\n\n{OWN[at // 2 % 4]} Det skete for {at} år siden." if at % 2 else "")
        + f"\n\nVenlig hilsen\nBeboer {at}"
        for at in range(number)
    ]


def test_forty_variants_of_a_letter_are_one_campaign(planner: Actor, hearing: Round) -> None:
    answered(hearing, 10)
    letters = receive(hearing, *variants(40), at=NOW + timedelta(hours=1))
    gathered(planner, hearing.project)
    (campaign,) = db.session.scalars(sa.select(Campaign)).all()
    assert campaign.size == 40
    members = db.session.scalars(sa.select(Contribution.id).where(Contribution.campaign_id == campaign.id)).all()
    assert sorted(members) == sorted(letter.id for letter in letters)
    assert campaign.title in LETTER
    assert len(campaign.evidence) == 39
    assert all(share >= 0.35 for _, _, share in campaign.evidence)


def test_shared_lines_share_a_theme_and_own_lines_are_points_of_their_own(planner: Actor, hearing: Round) -> None:
    answered(hearing, 20)
    receive(hearing, *variants(40), at=NOW + timedelta(hours=1))
    gathered(planner, hearing.project)
    points = db.session.scalars(
        sa.select(Point)
        .join(Contribution)
        .where(Contribution.campaign_id.is_not(None), Point.retired_at.is_(None), Point.kind == SpanKind.SAID)
    ).all()
    shared = [point for point in points if "skovvej" in point.words]
    own = [point for point in points if "år siden" in point.words]
    assert (len(shared), len(own)) == (40, 20)
    assert not {point.id for point in shared} & {point.id for point in own}
    assert len({homes(hearing.project_id)[point.id] for point in shared}) == 1


def test_campaigns_are_the_same_a_second_time_and_forget_who_withdrew(planner: Actor, hearing: Round) -> None:
    letters = receive(hearing, *variants(3))
    find_campaigns(hearing.project_id, now=NOW)
    first = db.session.scalar(sa.select(Campaign.id))
    find_campaigns(hearing.project_id, now=NOW)
    assert db.session.scalars(sa.select(Campaign.id)).all() == [first]
    with settling():
        for letter in letters[1:]:
            letter.handling, letter.withdrawn_at = Handling.WITHDRAWN, NOW
    find_campaigns(hearing.project_id, now=NOW)
    assert db.session.scalars(sa.select(Campaign.id)).all() == []
    db.session.expire_all()
    assert letters[0].campaign_id is None


def test_two_who_say_the_same_in_three_words_are_no_campaign(hearing: Round) -> None:
    receive(hearing, "Ingen bemærkninger.", "Ingen bemærkninger.")
    assert find_campaigns(hearing.project_id, now=NOW).medoid == {}
    assert db.session.scalars(sa.select(Campaign)).all() == []


def test_own_sentences_are_lifted_out_of_a_piece() -> None:
    text = "Fælles her. Mit eget. Også mit.  Fælles igen."
    parts = lift(text, [[(0, len(text))]], [(12, 21), (22, 31)])
    assert [[text[a:b] for a, b in part] for part in parts] == [
        ["Fælles her.", "Fælles igen."],
        ["Mit eget. Også mit."],
    ]
    assert lift(text, [[(0, 11)], [(12, 31)]], [(12, 21), (22, 31)]) == [[(0, 11)], [(12, 31)]]
