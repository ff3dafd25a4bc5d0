"""Something private is covered in public, with a reason, beside the words; the sender sees what and why (RE-33, P2)."""

import pytest
import sqlalchemy as sa

from participation.contributions.clear import clear_contribution, clear_contributions, still_open
from participation.contributions.correct import correct_contribution
from participation.contributions.mask import Words, lift_mask, mask_contribution, place_of_quote
from participation.contributions.publish import take_down
from participation.contributions.shown import shown, shown_words
from participation.foundation import jobs
from participation.foundation.db import db, settling
from participation.foundation.forms import Wrong
from participation.foundation.model import Letter, LogEntry
from participation.rules.handling import ClearReason, Handling, MaskField, MaskReason
from participation.rules.kinds import PublicationRule
from participation.rules.policy import NotAllowed
from tests.contributions.sending import holder_of, submitted
from tests.matters import make_project
from tests.persons import NOW, sign_in

WORDS = "Naboen larmer 🎺\r\nhele natten. Karl Testrup er værst, siger de."


@pytest.fixture
def at_once(roads):
    return make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]


def covered(actor, one, quote="Karl Testrup", reason=MaskReason.OTHER_PERSON, words="Vi nævner ikke andre."):
    with settling():
        place = place_of_quote(one, one.body.id, quote)
        return mask_contribution(actor, one, [place], reason, words, now=NOW)


def test_the_public_words_have_a_mark_in_its_place_and_the_stored_words_are_untouched(planner, hearing):
    one = submitted(hearing, WORDS)
    covered(planner, one)
    assert shown_words(one) == WORDS.replace("Karl Testrup", "[dækket: oplysninger om en anden person]")
    assert one.words == WORDS


def test_a_quote_over_an_emoji_and_a_line_break_finds_its_code_points(planner, hearing):
    one = submitted(hearing, WORDS)
    (mask,) = covered(planner, one, "larmer 🎺\nhele")
    assert WORDS[mask.start : mask.end] == "larmer 🎺\r\nhele" == mask.quote


def test_a_cover_that_is_cut_through_still_covers_its_half():
    seen = shown("Ring til 12345678 i dag", [(9, 17, MaskReason.CONTACT)])
    assert seen.cut(0, 12) == "Ring til [dækket: telefon, e-mail eller adresse]"
    assert seen.cut(12, 23) == "[dækket: telefon, e-mail eller adresse] i dag"


def test_lifting_is_an_act_too_and_nothing_is_deleted(planner, hearing):
    one = submitted(hearing, WORDS)
    (mask,) = covered(planner, one)
    with settling():
        lift_mask(planner, mask, now=NOW)
    assert (shown_words(one), one.is_masked, mask.lifted_by_id) == (WORDS, False, planner.person_id)
    acts = db.session.scalars(sa.select(LogEntry.facts).where(LogEntry.act == "contribution:mask")).all()
    assert [("masks" in facts, "lifted" in facts) for facts in acts] == [(True, False), (False, True)]


def test_the_log_holds_the_reason_and_never_the_words(planner, hearing):
    covered(planner, submitted(hearing, WORDS))
    kept = db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "contribution:mask")).one()
    assert kept.facts["reason"] == "other_person"
    assert "Testrup" not in str(kept.facts)


def test_the_sender_hears_what_was_covered_and_why_without_the_words(planner, hearing):
    covered(planner, submitted(hearing, WORDS, email="a@borger.example"))
    jobs.run_all(None, NOW)
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind == "masked")).one()
    assert "oplysninger om en anden person" in letter.words
    assert "Vi nævner ikke andre." in letter.words
    assert "Testrup" not in letter.words


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_covers(request, hearing, who):
    with pytest.raises(NotAllowed):
        covered(request.getfixturevalue(who), submitted(hearing, WORDS))


def test_what_lies_outside_the_text_cannot_be_covered(planner, hearing):
    one = submitted(hearing, "Kort.")
    for place in (Words(one.body.id, 0, 6), Words(one.body.id, 3, 3), Words(one.body.id + 1, 0, 1)):
        with pytest.raises(Wrong), settling():
            mask_contribution(planner, one, [place], MaskReason.CONTACT, now=NOW)


def test_a_correction_takes_the_covers_along_and_waits_for_a_new_look(planner, at_once):
    one = submitted(at_once, "Festen er hos Torben i haven.")
    covered(planner, one, "Torben")
    with settling():
        correct_contribution(holder_of(one), one, "Ja, hos Torben. Hver lørdag hos Torben.", now=NOW)
    assert (one.handling, one.held_back) == (Handling.RECEIVED, True)
    assert "Torben" not in shown_words(one)
    assert one.project.published_count == 0


def test_taken_down_in_one_act_it_waits_for_a_person(planner, at_once):
    one = submitted(at_once)
    with settling():
        take_down(planner, one, now=NOW)
    assert (one.handling, one.held_back, one.project.published_count) == (Handling.RECEIVED, True, 0)
    assert db.session.scalars(sa.select(LogEntry).where(LogEntry.act == "contribution:take_down")).one()


def test_what_was_held_back_under_the_rule_at_once_is_shown_when_it_is_cleared(planner, at_once):
    one = submitted(at_once, "Ring på 46 11 00 00.")
    assert one.handling is Handling.RECEIVED
    with settling():
        clear_contribution(planner, one, ClearReason.COVERED, still_open(one), now=NOW)
    assert (one.handling, one.cleared_by_id) == (Handling.PUBLISHED, planner.person_id)
    assert "46 11 00 00" not in shown_words(one)


def test_a_sure_cpr_number_is_covered_whatever_is_said(planner, hearing):
    one = submitted(hearing, "Mit nummer er 010101-1234.")
    with settling():
        clear_contribution(planner, one, ClearReason.NOT_PRIVATE, now=NOW)
    assert shown_words(one) == "Mit nummer er [dækket: CPR-nummer]."


def test_ten_digits_that_a_person_found_to_be_something_else_stay(planner, hearing):
    one = submitted(hearing, "Se målerens nummer 0101011234.")
    assert "0101011234" not in shown_words(one)
    with settling():
        clear_contribution(planner, one, ClearReason.NOT_PRIVATE, now=NOW)
    assert "0101011234" in shown_words(one)


def test_covered_can_only_be_said_where_something_is(planner, hearing):
    one = submitted(hearing, "Jeg bor på Møllevej 12.")
    with pytest.raises(Wrong), settling():
        clear_contribution(planner, one, ClearReason.COVERED, now=NOW)
    assert one.held_back


def test_many_are_covered_and_let_through_in_one_act(planner, hearing):
    many = [submitted(hearing, f"Godt.\nVenlig hilsen\nKarla Testrup{n}"[:-1]) for n in range(3)]
    with settling():
        assert clear_contributions(planner, hearing.project, many, now=NOW) == 3
    assert [shown_words(one) for one in many] == ["Godt.\nVenlig hilsen\n[dækket: oplysninger om en anden person]"] * 3


def test_the_senders_own_name_is_found_in_the_words_unless_they_want_it_shown(hearing):
    hidden, shown_ = (
        submitted(hearing, "Jeg, Yrsa Kvist, er imod.", name="Yrsa Kvist", show_name=wish) for wish in (False, True)
    )
    assert [why for _place, why in still_open(hidden)] == [MaskReason.OWN_NAME]
    assert (hidden.held_back, shown_.held_back) == (True, False)


def test_a_name_is_covered_as_a_whole(client, planner, at_once):
    one = submitted(at_once, "Godt.", name="Yrsa Kvist", show_name=True)
    address = f"/projekter/{one.project.slug}/hoeringssvar/{one.number}"
    assert "Yrsa Kvist" in client.get(address).text
    with settling():
        mask_contribution(planner, one, [MaskField.NAME], MaskReason.OWN_NAME, now=NOW)
    assert "Yrsa Kvist" not in client.get(address).text


def test_a_covered_place_stands_on_no_page_of_staff_but_the_restricted_one(client, hearing, planner, planner_person):
    """RE-33: the words of the place, like the place on the map."""
    one = submitted(hearing, place="Torbens gule hus", material_place="Torbens matrikel")
    sign_in(client, planner_person)
    base = f"/arbejde/projekter/{hearing.project.slug}"
    pages = (f"{base}/svar/1", f"{base}/indbakke/1", f"{base}/svar", f"{base}/punkter/{one.points[0].id}/svar", base)
    before = "".join(client.get(page).text for page in pages)
    assert "Torbens gule hus" in before
    assert "Torbens matrikel" in before
    with settling():
        mask_contribution(
            planner,
            db.session.merge(one),
            [MaskField.PLACE, MaskField.MATERIAL_PLACE],
            MaskReason.OTHER_PERSON,
            now=NOW,
        )
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert "Torbens" not in answer.text, page
    assert "Torbens gule hus" in client.get(f"{base}/indbakke/1/privat").text
