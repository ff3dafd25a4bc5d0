"""Words are found in Danish, on both databases alike, by those who may read them and never by what is covered."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from participation.answers.draft import Draft, draft_answer
from participation.contributions.bulk import Incoming, bring_in
from participation.contributions.correct import correct_contribution
from participation.contributions.mask import Words, lift_mask, mask_contribution
from participation.contributions.model import Contribution, Mask
from participation.contributions.receive import Sender
from participation.foundation import jobs
from participation.foundation.db import SettledFlask, db, settling
from participation.people.model import Person
from participation.projects.model import Project, Round
from participation.queue.index import index_changes
from participation.queue.model import Found, SearchEntry, SearchStale
from participation.queue.search import PAGE, search
from participation.rules.handling import MaskReason
from participation.rules.kinds import Kind, TextSource
from participation.rules.outcomes import Recommendation
from participation.rules.policy import Actor
from tests.contributed import receive
from tests.contributions.sending import holder_of
from tests.persons import NOW, sign_in
from tests.queries import counted


def indexed() -> None:
    db.session.rollback()
    while index_changes():
        pass


def found(project: Project, typed: str, kind: Found = Found.CONTRIBUTION, *, sender: bool = True) -> list[int]:
    db.session.rollback()
    hits = search(project, typed, kind, sender=sender)
    return [hit.contribution.number for hit in hits.rows if hit.contribution is not None]


@pytest.mark.parametrize("typed", ["cykelstien", "CYKELSTIER", "cykel", "farlig cykelsti", "sti børn"])
def test_a_word_is_found_in_its_forms_and_by_its_beginning(hearing: Round, typed: str) -> None:
    """RL-35: an argument is found whatever its ending; all the words must stand there."""
    receive(hearing, "Cykelstierne er farlige for vores børn på stien.", "Der mangler lys.")
    indexed()
    assert found(hearing.project, typed) == [1]


@pytest.mark.parametrize(("typed", "numbers"), [("ål", [1]), ("al", [2]), ("øl", [3]), ("ol", []), ("ikke", [4])])
def test_danish_letters_and_small_words_tell_words_apart(hearing: Round, typed: str, numbers: list[int]) -> None:
    receive(hearing, "En ål i åen.", "Vi vil det i al hast.", "Intet øl.", "Det vil vi ikke.")
    indexed()
    assert found(hearing.project, typed) == numbers


@pytest.mark.parametrize("typed", ['"', "*", "AND OR NOT", "') OR 1=1 --", "a:b", "'x' & !y", "\\", "{sender}"])
def test_nothing_that_is_typed_acts_as_a_question_to_the_database(hearing: Round, typed: str) -> None:
    receive(hearing, "Flyt den.")
    indexed()
    assert found(hearing.project, typed) == []


def test_a_search_stays_in_its_case(hearing: Round, cocreation: Round) -> None:
    receive(hearing, "Flyt overgangen.")
    receive(cocreation, "Flyt bænken.", kind=Kind.PROPOSAL)
    indexed()
    assert found(hearing.project, "flyt") == found(cocreation.project, "flyt") == [1]
    assert found(hearing.project, "bænken") == []


def test_a_sender_is_found_by_those_who_may_see_senders_alone(hearing: Round) -> None:
    receive(hearing, "Flyt den.", sender=Sender(name="Signe Skovgaard", email="signe@borger.example"))
    indexed()
    assert found(hearing.project, "skovgaard") == found(hearing.project, "flyt signe") == [1]
    assert found(hearing.project, "skovgaard", sender=False) == []


def cover(planner: Actor, one: Contribution, word: str) -> None:
    body = one.body
    assert body is not None
    start = body.words.index(word)
    with settling():
        mask_contribution(
            planner, one, [Words(body.id, start, start + len(word))], MaskReason.HEALTH, "Det er helbred.", now=NOW
        )


def test_what_is_covered_is_not_found_from_the_moment_it_is_covered(planner: Actor, hearing: Round) -> None:
    """T13: neither before the index has come round, nor after."""
    (one,) = receive(hearing, "Min kræft gør, at jeg ikke kan gå langt.")
    indexed()
    assert found(hearing.project, "kræft") == [1]
    cover(planner, one, "kræft")
    assert found(hearing.project, "kræft") == []
    indexed()
    assert found(hearing.project, "kræft") == found(hearing.project, "dækket") == []
    assert found(hearing.project, "kræft", Found.POINT) == []
    assert found(hearing.project, "langt") == [1]


def test_a_cpr_number_is_found_by_nobody(hearing: Round) -> None:
    receive(hearing, "Mit nummer er 010180-1237, og vejen er smal.")
    indexed()
    assert found(hearing.project, "vejen") == [1]
    assert found(hearing.project, "010180") == found(hearing.project, "0101801237") == []


def test_a_correction_takes_the_place_of_what_stood_before(hearing: Round) -> None:
    (one,) = receive(hearing, "Flyt overgangen.")
    indexed()
    with settling():
        correct_contribution(holder_of(one), one, "Lad lyskrydset være.", now=NOW)
    assert found(hearing.project, "overgangen") == []
    indexed()
    assert found(hearing.project, "overgangen") == []
    assert found(hearing.project, "lyskryds") == [1]


def test_a_need_that_is_corrected_is_found_by_what_stands(hearing: Round) -> None:
    """RE-12."""
    (one,) = receive(hearing, "Ja tak.")
    with settling():
        correct_contribution(holder_of(one), one, "Ja tak.", apart=((TextSource.NEED, "Cykelsti, tak."),), now=NOW)
    indexed()
    assert found(hearing.project, "cykelsti") == [1]
    with settling():
        correct_contribution(holder_of(one), one, "Ja tak.", apart=((TextSource.NEED, "Fortov, tak."),), now=NOW)
    indexed()
    assert found(hearing.project, "cykelsti") == []
    assert found(hearing.project, "fortov") == [1]


def test_what_is_brought_in_with_many_is_found_too(hearing: Round) -> None:
    with settling():
        many = [Incoming(f"Linje {word}.", Kind.RESPONSE, NOW) for word in ("æble", "øre", "åben")]
        bring_in(hearing, many, batch_id=None, registered_by=None, now=NOW)
    indexed()
    assert found(hearing.project, "øre") == [2]


def test_our_own_remarks_are_found(planner: Actor, hearing: Round) -> None:
    (one,) = receive(hearing, "Flyt den.")
    with settling():
        draft_answer(planner, Draft(one, "Vi bygger en helle.", Recommendation.ACCOMMODATED), now=NOW)
    indexed()
    assert found(hearing.project, "helle", Found.ANSWER) == [1]
    assert found(hearing.project, "helle") == []


def test_the_worker_comes_round_by_itself(app: SettledFlask, hearing: Round) -> None:
    receive(hearing, "Flyt den.")
    assert db.session.scalar(sa.select(sa.func.count(SearchStale.id)))
    with settling():
        jobs.owe("search:index", {}, at=NOW)
    jobs.run_all(app, NOW)
    assert db.session.scalar(sa.select(sa.func.count(SearchStale.id))) == 0
    assert db.session.scalar(sa.select(sa.func.count(SearchEntry.id))) == 2


def test_pages_follow_each_other_without_a_gap(hearing: Round) -> None:
    receive(hearing, *(f"Flyt overgang nr. {number}." for number in range(PAGE + 3)))
    indexed()
    first = search(hearing.project, "flyt", Found.CONTRIBUTION, sender=False)
    second = search(hearing.project, "flyt", Found.CONTRIBUTION, sender=False, below=first.older)
    numbers = [hit.contribution.number for hit in (*first.rows, *second.rows) if hit.contribution is not None]
    assert numbers == list(range(PAGE + 3, 0, -1))
    assert second.older is None


def test_the_words_are_marked_and_act_as_nothing(client: FlaskClient, planner_person: Person, hearing: Round) -> None:
    receive(hearing, "<script>alert(1)</script> Cykelstien er <b>smal</b>.")
    indexed()
    sign_in(client, planner_person)
    page = client.get(f"/arbejde/projekter/{hearing.project.slug}/soeg?q=cykelsti").text
    assert "&lt;/script&gt; <mark>Cykelstien</mark> er &lt;b&gt;smal" in page
    assert "<script>alert" not in page


def test_a_councillor_finds_words_and_no_names(client: FlaskClient, councillor_person: Person, hearing: Round) -> None:
    """RP-02: politicians read; who wrote it is the officers' to see."""
    receive(hearing, "Flyt den.", sender=Sender(name="Signe Skovgaard", email="signe@borger.example"))
    indexed()
    sign_in(client, councillor_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/soeg"
    assert "<mark>Flyt</mark>" in client.get(f"{door}?q=flyt").text
    assert "Skovgaard" not in client.get(f"{door}?q=flyt").text
    assert "Vi fandt ikke noget" in client.get(f"{door}?q=skovgaard").text


def test_a_small_case_has_no_search_and_a_large_one_has(
    client: FlaskClient, planner_person: Person, hearing: Round
) -> None:
    sign_in(client, planner_person)
    inbox = f"/arbejde/projekter/{hearing.project.slug}/indbakke"
    receive(hearing, *map(str, range(25)))
    assert "/soeg" not in client.get(inbox).text
    receive(hearing, "Nr. 26.")
    assert "/soeg" in client.get(inbox).text


@pytest.mark.parametrize("kind", ["", "punkter", "vores"])
def test_a_page_asks_as_much_with_many_rows_as_with_one(
    client: FlaskClient, planner: Actor, planner_person: Person, hearing: Round, kind: str
) -> None:
    """K8: the questions to the database do not grow with the rows."""
    sign_in(client, planner_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/soeg?q=flyt&slags={kind}"

    def asked_with(*words: str) -> int:
        ones = receive(hearing, *words)
        for one in ones:
            with settling():
                draft_answer(planner, Draft(one, "Vi flytter den.", Recommendation.ACCOMMODATED), now=NOW)
        cover(planner, ones[0], "nr.")
        indexed()
        client.get(door)
        with counted() as queries:
            assert client.get(door).text.count("<mark>") >= len(words)
        return len(queries)

    few = asked_with("Flyt nr. 0.", "Flyt nr. 1.")
    assert asked_with(*(f"Flyt nr. {number}." for number in range(2, 20))) == few <= 14


def test_a_lifted_cover_can_be_found_again(planner: Actor, hearing: Round) -> None:
    (one,) = receive(hearing, "Min kræft gør, at jeg ikke kan gå langt.")
    cover(planner, one, "kræft")
    with settling():
        lift_mask(planner, db.session.scalars(sa.select(Mask)).one(), now=NOW)
    indexed()
    assert found(hearing.project, "kræft") == [1]
