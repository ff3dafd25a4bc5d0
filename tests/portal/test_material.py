"""Material and meetings as citizens get them: to read, to keep, to put in the calendar."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from participation.foundation import files
from participation.foundation.db import db, settling
from participation.foundation.model import File
from participation.projects.model import Material, Meeting, Round
from participation.rules.kinds import MaterialKind
from tests.matters import make_project
from tests.persons import NOW
from tests.portal.pages import words_of

SCHOOL_ROAD = "/projekter/ny-skolevej-ved-engparken"


def _material(round_: Round, **facts: object) -> Material:
    with settling():
        made = Material(project_id=round_.project_id, added_at=NOW, **facts)
        db.session.add(made)
    return made


def test_a_text_is_read_on_the_page_with_its_headings(client: FlaskClient, hearing: Round) -> None:
    piece = _material(hearing, kind=MaterialKind.TEXT, title="Forslag", words="# Stien\n\nDen er 3 m bred.")
    page = client.get(f"{SCHOOL_ROAD}/materiale/{piece.id}").text
    assert "<h2>Stien</h2>" in page
    assert f'href="{SCHOOL_ROAD}/materiale/{piece.id}"' in client.get(SCHOOL_ROAD).text


def test_a_file_is_handed_out_to_keep_under_its_own_name(client: FlaskClient, hearing: Round) -> None:
    content = b"Vejens bredde er 3 meter.\n"
    stored = files.store(content, "Bilag æøå.txt")
    with settling():
        file = File(
            sha256=stored.sha256,
            name=stored.name,
            media_type=stored.media_type,
            size=stored.size,
            restricted=False,
            stored_at=NOW,
        )
        db.session.add(file)
    piece = _material(hearing, kind=MaterialKind.FILE, title="Bilag", file_id=file.id)
    response = client.get(f"{SCHOOL_ROAD}/materiale/{piece.id}")
    assert response.data == content
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_link_leads_away(client: FlaskClient, hearing: Round) -> None:
    piece = _material(hearing, kind=MaterialKind.LINK, title="Kort", url="https://kort.example/")
    response = client.get(f"{SCHOOL_ROAD}/materiale/{piece.id}")
    assert (response.status_code, response.location) == (302, "https://kort.example/")


def test_material_of_another_project_or_a_draft_is_not_there(client: FlaskClient, hearing: Round, roads) -> None:
    piece = _material(hearing, kind=MaterialKind.TEXT, title="Forslag", words="Tekst")
    make_project(roads, slug="kladde", announced_at=None)
    other = make_project(roads, slug="et-andet")
    assert other.slug == "et-andet"
    assert client.get(f"/projekter/et-andet/materiale/{piece.id}").status_code == 404
    assert client.get("/projekter/kladde/materiale/1").status_code == 404


@pytest.fixture
def meeting(hearing: Round) -> Meeting:
    """A meeting in a fortnight."""
    with settling():
        made = Meeting(
            project_id=hearing.project_id,
            title="Åbent hus",
            starts_at=NOW + timedelta(days=14),
            place="Engskolen, indgang B; ring på",
        )
        db.session.add(made)
    return made


def test_a_meeting_can_be_put_in_the_calendar(client: FlaskClient, meeting: Meeting) -> None:
    """RP-18."""
    response = client.get(f"{SCHOOL_ROAD}/moeder/{meeting.id}.ics")
    assert response.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(response.data).walk("VEVENT")
    assert event.decoded("dtstart") == meeting.starts_at
    assert event.decoded("dtend") == meeting.starts_at + timedelta(hours=2)
    assert str(event["location"]) == "Engskolen, indgang B; ring på"
    assert str(event["summary"]) == "Åbent hus (Ny skolevej ved Engparken)"


def test_all_meetings_come_in_one_file(client: FlaskClient, meeting: Meeting) -> None:
    response = client.get(f"{SCHOOL_ROAD}/moeder.ics")
    assert len(Calendar.from_ical(response.data).walk("VEVENT")) == 1


def test_after_a_meeting_stand_attendance_and_minutes(client: FlaskClient, meeting: Meeting, stopped_clock) -> None:
    with settling():
        meeting.attendance, meeting.minutes = 34, "De fleste ville have **lys**."
        db.session.add(meeting)
    stopped_clock.move_to(meeting.starts_at + timedelta(days=1))
    words = words_of(client, SCHOOL_ROAD)
    assert "34 deltog." in words
    assert "De fleste ville have lys ." in words
