"""The list of projects: by words of the title, by level, and by where they stand; and as a feed."""

import xml.etree.ElementTree as tree

import pytest
from flask.testing import FlaskClient

from participation.people.model import Department
from participation.projects.model import Round
from participation.rules.levels import Level
from tests.matters import make_project
from tests.portal.pages import words_of
from tests.queries import counted


@pytest.mark.parametrize(
    ("query", "found", "left_out"),
    [
        ("", ("Ny skolevej", "En park", "Nye affaldsspande"), ()),
        ("?q=SKOLEVEJ", ("Ny skolevej",), ("En park",)),
        ("?q=engparken+ny", ("Ny skolevej",), ("En park",)),
        ("?niveau=cocreation", ("En park",), ("Ny skolevej",)),
        ("?fase=aaben", ("Ny skolevej", "En park"), ()),
        ("?fase=slut", ("Vi fandt ingen projekter",), ("Ny skolevej",)),
        ("?q=%25", ("Vi fandt ingen projekter",), ("Ny skolevej",)),
        ("?niveau=nonsense&fase=nonsense", ("Ny skolevej", "En park"), ()),
    ],
)
def test_the_list_is_narrowed(
    client: FlaskClient,
    hearing: Round,
    cocreation: Round,
    orientation: Round,
    query: str,
    found: tuple[str, ...],
    left_out: tuple[str, ...],
) -> None:
    words = words_of(client, f"/projekter{query}")
    assert all(one in words for one in found)
    assert not any(one in words for one in left_out)


def test_a_draft_is_not_in_the_list_or_the_feed(client: FlaskClient, roads: Department) -> None:
    make_project(roads, announced_at=None)
    assert "skolevej" not in client.get("/projekter").text
    assert "skolevej" not in client.get("/projekter.atom").text


def test_the_list_asks_as_much_for_sixty_projects_as_for_one(client: FlaskClient, roads: Department) -> None:
    make_project(roads)
    with counted() as one:
        client.get("/projekter")
    for number in range(60):
        make_project(roads, Level.COCREATION, slug=f"park-{number}")
    with counted() as many:
        client.get("/projekter")
    assert len(many) == len(one) <= 6


def test_the_feed_is_atom_with_an_entry_for_each_project(client: FlaskClient, hearing: Round) -> None:
    response = client.get("/projekter.atom")
    assert response.mimetype == "application/atom+xml"
    feed = tree.fromstring(response.text)
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = feed.findall(f"{atom}entry")
    assert entry.findtext(f"{atom}title") == "Høring: Ny skolevej ved Engparken"
    assert entry.findtext(f"{atom}id") == "http://localhost/projekter/ny-skolevej-ved-engparken"


@pytest.mark.parametrize("path", ["/saadan-deltager-du", "/was", "/persondata"])
def test_the_pages_about_how_it_works_open(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.text.count("<h1") == 1


def test_each_level_says_what_it_promises(client: FlaskClient) -> None:
    words = words_of(client, "/saadan-deltager-du")
    assert "Vi fortæller, hvad der sker. Du kan stille spørgsmål." in words
    assert "Du bliver hørt, før byrådet beslutter." in words
    assert "Vi udvikler det sammen med jer." in words


def test_the_reasons_for_hiding_are_published(client: FlaskClient) -> None:
    """RE-33."""
    assert "indeholder trusler eller hån" in words_of(client, "/saadan-modererer-vi")
    assert 'href="/saadan-modererer-vi"' in client.get("/saadan-deltager-du").text


def test_the_three_circles_are_told_in_plain_words(client: FlaskClient) -> None:
    words = words_of(client, "/persondata")
    assert "Alle på siden" in words
    assert "Byrådet og medarbejderne" in words
    assert "Hvis nogen søger aktindsigt" in words
    assert "artikel 6, stk. 1, litra e" in words
