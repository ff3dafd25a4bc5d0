"""Compression: what everybody gets alike is sent small; what may hold a secret is sent as it is."""

import gzip

from flask.testing import FlaskClient

from participation.people.model import Person
from participation.projects.model import Round
from tests.persons import sign_in

PACKED = {"Accept-Encoding": "gzip"}


def test_the_stylesheet_is_sent_compressed_and_whole(client: FlaskClient) -> None:
    plain = client.get("/static/participation.css").data
    packed = client.get("/static/participation.css", headers=PACKED)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain
    assert len(packed.data) * 3 < len(plain)


def test_a_visitors_page_is_compressed(client: FlaskClient, hearing: Round) -> None:
    page = client.get("/saadan-deltager-du", headers=PACKED)
    assert page.headers["Content-Encoding"] == "gzip"
    assert b"</html>" in gzip.decompress(page.data)


def test_a_page_of_somebody_with_a_session_is_not(client: FlaskClient, planner_person: Person) -> None:
    sign_in(client, planner_person)
    assert "Content-Encoding" not in client.get("/arbejde", headers=PACKED).headers


def test_whoever_does_not_ask_gets_it_plain(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get("/static/participation.css").headers
