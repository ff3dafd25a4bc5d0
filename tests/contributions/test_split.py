"""A contribution is divided into points (RP-23); offsets count code points of the stored text."""

import pytest

from participation.contributions.split import join_points, lift_out, place_of, split_contribution
from participation.foundation.db import settling
from participation.foundation.forms import Wrong
from participation.rules.kinds import SpanKind
from participation.rules.policy import NotAllowed
from tests.contributions.sending import csrf, submitted
from tests.persons import NOW, sign_in

WORDS = "Kære kommune 🙂\r\nFlyt overgangen.\r\nOg der mangler lys på stien. Hilsen Karen"
CUTS = {part: (WORDS.index(part), WORDS.index(part) + len(part)) for part in (
    "Kære kommune 🙂", "Flyt overgangen.", "Og der mangler lys på stien.", "Hilsen Karen")}  # fmt: skip


@pytest.fixture
def one(hearing):
    return submitted(hearing, WORDS)


def piece(one, *parts):
    return [(one.body.id, *CUTS[part]) for part in parts]


def divided(actor, one, *pieces, background=()):
    with settling():
        return split_contribution(actor, one, pieces, background, now=NOW)


def two_points(actor, one):
    return divided(
        actor,
        one,
        piece(one, "Flyt overgangen."),
        piece(one, "Og der mangler lys på stien."),
        background=piece(one, "Kære kommune 🙂", "Hilsen Karen"),
    )


def test_each_point_has_its_exact_words(planner, one):
    assert [point.words for point in two_points(planner, one)] == ["Flyt overgangen.", "Og der mangler lys på stien."]


def test_greetings_are_background_and_owe_no_answer(planner, one):
    two_points(planner, one)
    background = [point for point in one.points if point.kind is SpanKind.BACKGROUND]
    assert [point.words for point in background] == ["Kære kommune 🙂\nHilsen Karen"]


def test_the_point_that_it_was_is_retired_not_deleted(planner, one):
    whole = one.points[0]
    two_points(planner, one)
    assert whole.retired_at == NOW
    assert whole not in one.points


def test_a_point_whose_words_are_as_before_stays_the_same_point(planner, one):
    first, second = two_points(planner, one)
    again = divided(
        planner, one, piece(one, "Flyt overgangen.", "Hilsen Karen"), piece(one, "Og der mangler lys på stien.")
    )
    assert again[0].id != first.id
    assert again[1].id == second.id


def test_what_a_person_has_divided_no_machine_moves(planner, one):
    assert all(point.by_person for point in two_points(planner, one))


def test_points_are_joined_again(planner, one):
    first, second = two_points(planner, one)
    with settling():
        joined = join_points(planner, one, [first, second], now=NOW)
    assert [point.words for point in joined] == ["Flyt overgangen.\nOg der mangler lys på stien."]


def test_words_that_are_marked_in_the_browser_become_a_point(planner, one):
    """A browser gives a line break for CRLF and counts an emoji as two; the server maps the quote itself."""
    with settling():
        points = lift_out(planner, one, one.body.id, "overgangen.\nOg  der mangler lys", now=NOW)
    assert points[-1].words == "overgangen.\r\nOg der mangler lys"
    assert [point.words for point in points[:-1]] == ["Kære kommune 🙂\r\nFlyt\npå stien. Hilsen Karen"]


@pytest.mark.parametrize(
    ("quote", "text", "after", "found"),
    [
        ("lys", "mere lys, tak", 0, "lys"),
        (" lys\n", "mere lys, tak", 0, "lys"),
        ("a b", "a\r\n\r\nb", 0, "a\r\n\r\nb"),
        ("👩‍👩‍👧 ja", "x 👩‍👩‍👧\tja", 0, "👩‍👩‍👧\tja"),
        ("ab", "a\u202eb", 0, "a\u202eb"),
        ("nej", "ja", 0, None),
        ("", "ja", 0, None),
        (" \n", "ja nej", 0, None),
        ("ja", "ja og ja", 1, "ja"),
    ],
)
def test_a_quote_is_found_as_it_is_read(quote, text, after, found):
    place = place_of(quote, text, after)
    assert (text[slice(*place)] if place else None) == found
    assert place is None or place[0] >= after


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [[]],
        [[(0, 0, 4)]],
        [[("body", 4, 4)]],
        [[("body", -1, 4)]],
        [[("body", 0, len(WORDS) + 1)]],
        [[("body", 0, 10)], [("body", 9, 20)]],
    ],
)
def test_points_that_cannot_be_are_refused_and_change_nothing(planner, one, pieces):
    before = [point.id for point in one.points]
    placed = [[(one.body.id if text == "body" else text, *cut) for text, *cut in piece] for piece in pieces]
    with pytest.raises(Wrong):
        divided(planner, one, *placed)
    assert [point.id for point in one.points] == before


@pytest.mark.parametrize("who", ["visitor", "other_planner", "clerk", "councillor", "administrator"])
def test_nobody_else_divides(request, one, who):
    with pytest.raises(NotAllowed):
        divided(request.getfixturevalue(who), one, piece(one, "Flyt overgangen."))


# -- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client, one, planner_person):
    sign_in(client, planner_person)
    return f"/arbejde/projekter/{one.project.slug}/svar/{one.number}/del"


def said(one):
    from participation.foundation.db import db

    db.session.expire_all()
    return [point.words for point in one.points if point.kind is SpanKind.SAID]


def test_sentences_are_put_to_points_by_plain_forms(client, page, one):
    fields = {f"s-{start}-{end}": number for (start, end), number in zip(CUTS.values(), (0, 1, 2, 0), strict=True)}
    assert all(f'name="{name}"' in client.get(page).text for name in fields)
    assert client.post(page, data={"csrf_token": csrf(client, page), **fields}).status_code == 303
    assert said(one) == ["Flyt overgangen.", "Og der mangler lys på stien."]
    assert client.post(page, data={"csrf_token": csrf(client, page), **dict.fromkeys(fields, 1)}).status_code == 303
    assert said(one) == [WORDS]


def test_the_machines_proposal_is_shown_as_one_and_keeps_nothing(client, page, one):
    shown = client.get(f"{page}?forslag=1").text
    assert "Forslag til punkter" in shown
    assert said(one) == [WORDS]


def test_pasted_words_become_a_point_without_javascript(client, page, one):
    fields = {"csrf_token": csrf(client, page), "segment": one.body.id, "quote": "Flyt overgangen."}
    assert client.post(f"{page}/ord", data=fields).status_code == 303
    assert said(one)[-1] == "Flyt overgangen."
    assert client.post(f"{page}/ord", data={**fields, "quote": "Står her ikke."}).status_code == 409


def test_all_as_background_is_refused(client, page, one):
    fields = {f"s-{start}-{end}": 0 for start, end in CUTS.values()}
    assert client.post(page, data={"csrf_token": csrf(client, page), **fields}).status_code == 409
    assert said(one) == [WORDS]
