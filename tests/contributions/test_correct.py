"""The sender corrects their words before the deadline; what was sent first is kept (RE-12)."""

import pytest
import sqlalchemy as sa

from participation.contributions.correct import Where, correct_contribution
from participation.contributions.export import COLUMNS, contribution_rows
from participation.contributions.model import Contribution, PlaceVersion
from participation.contributions.split import split_contribution
from participation.foundation import log
from participation.foundation.db import db, settling
from participation.foundation.maps import read_map
from participation.projects.draw_map import draw_map
from participation.rules.kinds import PublicationRule, TextSource
from participation.rules.policy import VISITOR, NotAllowed
from tests.contributions.sending import WORDS, csrf, holder_of, send, submitted
from tests.matters import make_project
from tests.persons import NOW
from tests.tampered import behind_our_back


def corrected(contribution, words, now):
    with settling():
        return correct_contribution(holder_of(contribution), contribution, words, now=now)


def test_both_versions_are_kept_and_the_new_one_stands(hearing, now):
    one = submitted(hearing)
    corrected(one, "Den skal ligge ved skolen.", now)
    assert [(text.version, text.words) for text in one.texts] == [(1, WORDS), (2, "Den skal ligge ved skolen.")]
    assert one.words == "Den skal ligge ved skolen."


def test_the_point_is_the_new_words(hearing, now):
    one = submitted(hearing)
    corrected(one, "Den skal ligge ved skolen.", now)
    assert [point.words for point in one.points] == ["Den skal ligge ved skolen."]


def test_it_must_be_read_again(hearing, planner, now):
    one = submitted(hearing)
    with settling():
        one.read_at = now
    corrected(one, "Noget andet.", now)
    assert one.read_at is None


def test_a_point_that_a_planner_made_moves_along_when_its_words_still_stand(hearing, planner, now):
    one = submitted(hearing, "Flyt overgangen. Sæt lys op.")
    text = one.body.id
    with settling():
        light = split_contribution(planner, one, [[(text, 0, 16)], [(text, 17, 28)]], now=now)[1]
    corrected(one, "Hej. Sæt lys op. Flyt den til skolen.", now)
    assert light.retired_at is None
    assert light.words == "Sæt lys op."
    assert [point.words for point in one.points] == ["Hej.\nFlyt den til skolen.", "Sæt lys op."]


def test_a_new_cpr_number_holds_it_back(hearing, now):
    one = submitted(hearing)
    corrected(one, "Mit nummer er 010101-1234.", now)
    assert one.held_back


def test_after_the_deadline_nothing_is_corrected(hearing):
    one = submitted(hearing)
    with pytest.raises(NotAllowed, match="phase"):
        corrected(one, "For sent.", hearing.closes_at)


def test_only_who_holds_the_code_corrects(hearing, now):
    one = submitted(hearing)
    with pytest.raises(NotAllowed, match="owner"):
        correct_contribution(VISITOR, one, "Ikke mit.", now=now)


# -- all of it, as versions -------------------------------------------------------------------------------------------

NEED, WISH, OTHER = TextSource.NEED, TextSource.WISH, TextSource.ALTERNATIVE
SAID = ((NEED, "Mine børn skal cykle."), (WISH, "Sæt farten ned."))
CHURCH = Where("Ved kirken", "", 56.4, 11.2, {"type": "Point", "coordinates": [11.2, 56.4]})


def all_corrected(contribution, now, words=WORDS, **more):
    with settling():
        return correct_contribution(holder_of(contribution), contribution, words, now=now, **more)


def test_a_need_that_is_corrected_is_a_new_row_and_the_rest_stays_as_it_was(hearing, now):
    one = submitted(hearing, apart=SAID)
    before = {point.words: point.id for point in one.points}
    assert all_corrected(one, now, apart=((NEED, "Alle børn skal cykle."), SAID[1], (OTHER, "Luk vejen.")))
    rows = [(text.source, text.version, text.words) for text in one.texts if text.source is not TextSource.BODY]
    assert rows == [
        (NEED, 1, "Mine børn skal cykle."),
        (WISH, 1, "Sæt farten ned."),
        (NEED, 2, "Alle børn skal cykle."),
        (OTHER, 2, "Luk vejen."),
    ]
    assert [text.words for text in one.apart] == ["Alle børn skal cykle.", "Sæt farten ned.", "Luk vejen."]
    after = {point.words: point.id for point in one.points}
    assert list(after) == [WORDS, "Alle børn skal cykle.", "Sæt farten ned.", "Luk vejen."]
    assert (after[WORDS], after["Sæt farten ned."]) == (before[WORDS], before["Sæt farten ned."])
    assert all(point.by_person for point in one.points if point.apart), "no machine divides what the sender divided"


def test_what_is_taken_away_stands_nowhere_and_is_kept(client, roads, planner, now):
    round_ = make_project(roads, publication=PublicationRule.IMMEDIATELY).rounds[0]
    one = submitted(round_, apart=SAID)
    assert all_corrected(one, now, apart=(SAID[1],))
    assert [text.words for text in one.apart] == ["Sæt farten ned."]
    assert [point.words for point in one.points] == [WORDS, "Sæt farten ned."]
    assert [text.words for text in one.texts if text.source is NEED] == ["Mine børn skal cykle.", ""]
    page = client.get(f"/projekter/{round_.project.slug}/hoeringssvar/1").text
    assert "Sæt farten ned." in page
    assert "Mine børn skal cykle." not in page
    (row,) = contribution_rows(round_.project_id)
    told = dict(zip(COLUMNS, row, strict=True))
    assert (told["need"], told["wish"]) == ("", "Sæt farten ned.")


def test_the_place_is_a_version_too_and_every_reader_has_the_latest(hearing, now):
    one = submitted(hearing, place="Ved tanken", latitude=56.5, longitude=11.3)
    assert all_corrected(one, now, where=CHURCH)
    assert (one.place, one.latitude, one.longitude, one.geometry) == ("Ved kirken", 56.4, 11.2, CHURCH.geometry)
    kept = db.session.scalars(sa.select(PlaceVersion).order_by(PlaceVersion.version)).all()
    assert [(row.version, row.place, row.latitude) for row in kept] == [
        (1, "Ved tanken", 56.5),
        (2, "Ved kirken", 56.4),
    ]
    assert all_corrected(one, now, where=Where("Ved skolen"))
    assert (one.place, one.geometry) == ("Ved skolen", None)
    assert db.session.scalar(sa.select(sa.func.max(PlaceVersion.version))) == 3
    assert [text.version for text in one.texts] == [1], "the words are as they were"


def test_nothing_changed_is_no_version(hearing, now):
    one = submitted(hearing, "Første linje.\nAnden linje.", apart=SAID)
    assert not all_corrected(one, now, "Første linje.\r\nAnden linje.", apart=SAID, where=Where())
    assert [text.version for text in one.texts] == [1, 1, 1]
    assert len(log.entries_of(one)) == 1


def test_words_alone_may_be_taken_away_where_a_need_stands(hearing, now):
    one = submitted(hearing, apart=SAID)
    assert all_corrected(one, now, "", apart=SAID)
    assert [point.words for point in one.points] == ["Mine børn skal cykle.", "Sæt farten ned."]


@pytest.mark.parametrize(
    ("apart", "where"),
    [(((NEED, "Ring på 70 00 00 01."),), None), (None, Where("Hos Ida, 010180-0008"))],
    ids=["a need", "a place"],
)
def test_something_private_in_any_of_it_holds_it_back(hearing, now, apart, where):
    one = submitted(hearing)
    all_corrected(one, now, apart=apart, where=where)
    assert one.held_back


BEHIND_OUR_BACK = [
    "UPDATE text SET words = 'Noget andet.' WHERE source = 'need' AND version = 2",
    "UPDATE text SET words = 'Noget andet.' WHERE source = 'need' AND version = 1",
    "UPDATE contribution SET place = 'Et andet sted'",
    "UPDATE contribution SET latitude = 1",
    "UPDATE place_version SET place = 'Et andet sted' WHERE version = 3",
    "DELETE FROM text WHERE source = 'alternative'",
]


@pytest.mark.parametrize("change", BEHIND_OUR_BACK)
def test_the_log_finds_every_part_of_a_correction_that_was_changed_behind_our_back(hearing, now, change):
    one = submitted(hearing, apart=SAID)
    all_corrected(one, now, "Rettet.", apart=((NEED, "Alle børn."), SAID[1]))
    all_corrected(one, now, "Rettet.", apart=((NEED, "Alle børn."), SAID[1]), where=Where("Ved tanken"))
    all_corrected(one, now, "Rettet.", apart=((NEED, "Alle børn."), SAID[1], (OTHER, "Luk vejen.")), where=CHURCH)
    while log.seal(NOW):
        pass
    assert log.verify().sound
    spans = "DELETE FROM span WHERE text_id IN (SELECT id FROM text WHERE source = 'alternative')"
    behind_our_back(spans, change)
    assert not log.verify().sound


# -- the page ---------------------------------------------------------------------------------------------------------

MAP = b"""{"type": "FeatureCollection", "features": [
 {"type": "Feature", "properties": {"navn": "Kirken"},
  "geometry": {"type": "Point", "coordinates": [11.2, 56.4]}},
 {"type": "Feature", "properties": {"navn": "Skolen"},
  "geometry": {"type": "Polygon", "coordinates":
    [[[11.21, 56.41], [11.22, 56.41], [11.22, 56.42], [11.21, 56.41]]]}}]}"""


@pytest.fixture
def path(hearing, planner):
    with settling():
        draw_map(planner, hearing.project, read_map(MAP), now=NOW)
    return f"/projekter/{hearing.project.slug}"


def only():
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(sa.select(Contribution)).one()


def fields(page):
    """What a browser without JavaScript sends back of the page as it stands, by the fields' names."""
    one = only()
    return {"csrf_token": csrf(page, "/mit-svar/ret"), "words": one.words}


def corrected_by_form(client, **changed):
    return client.post("/mit-svar/ret", data=fields(client) | changed)


def test_the_page_holds_all_that_was_sent_and_keeps_a_correction_of_all_of_it(client, path):
    send(client, f"{path}/svar", need="Mine børn skal cykle.", area="Kirken", material_place="§ 5")
    page = client.get("/mit-svar/ret").text
    assert "Mine børn skal cykle." in page
    assert '<option selected value="Kirken">' in page
    assert 'value="§ 5"' in page
    kept = corrected_by_form(client, need="Alle børn.", area="Skolen", material_place="§ 6", place="")
    assert kept.status_code == 303
    one = only()
    assert ([text.words for text in one.apart], one.place, one.material_place) == (["Alle børn."], "Skolen", "§ 6")
    assert one.geometry["type"] == "Polygon"
    assert "Alle børn." in client.get("/mit-svar/hvor").text


def test_a_place_that_nobody_touches_stays_to_the_last_digit(client, path):
    send(client, f"{path}/svar", shape="LineString", corners="11.201,56.401 11.202,56.402", place="Stien")
    before = only().geometry
    same = {"shape": "LineString", "corners": "11.201000,56.401000 11.202000,56.402000", "place": "Stien"}
    assert corrected_by_form(client, **same).status_code == 303
    assert only().geometry == before
    assert "ikke ændret noget" in client.get("/mit-svar/hvor").text


def test_a_place_can_be_taken_off_the_map(client, path):
    send(client, f"{path}/svar", shape="Point", corners="11.201,56.401", place="Stien")
    page = client.post("/mit-svar/ret", data=fields(client) | {"corners": "11.201,56.401", "clear": "1"})
    assert page.status_code == 200
    assert 'name="corners" type="hidden" value=""' in page.text
    assert only().geometry is not None, "nothing is kept before it is saved"
    corrected_by_form(client, shape="Point", corners="", place="Stien")
    assert (only().geometry, only().latitude, only().place) == (None, None, "Stien")


def test_a_cpr_number_in_a_corrected_need_is_told_first(client, path):
    send(client, f"{path}/svar")
    page = corrected_by_form(client, need="Mit nummer er 010180-0008.", tell_first="1")
    assert page.status_code == 422
    assert "ligner et CPR-nummer" in page.text
    assert [text.words for text in only().apart] == []


def test_after_the_deadline_the_page_refuses_and_keeps_nothing(client, path, hearing, clock_stands_still):
    """Only withdraw is left, as before."""
    send(client, f"{path}/svar")
    data = fields(client) | {"need": "For sent."}
    clock_stands_still.move_to(hearing.closes_at)
    assert client.post("/mit-svar/ret", data=data).status_code in (403, 409)
    assert only().apart == []
