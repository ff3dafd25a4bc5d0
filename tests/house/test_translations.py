"""English and German beside the Danish: whole, true to their placeholders, compiled, and what their readers meet."""

import re
from collections.abc import Iterator
from dataclasses import asdict
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sqlalchemy as sa
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from participation.app import HOUSE
from participation.foundation.db import db
from participation.foundation.model import Setting
from participation.foundation.plain import lix
from participation.projects.model import ProjectMap
from participation.reports import queries
from participation.reports.model import WhitePaper
from participation.rules.kinds import Rendition, Role
from participation.rules.plain import LANGUAGES
from tests.walk import Walk

TRANSLATIONS = HOUSE / "participation" / "translations"
#: All but Danish, which is the key.
OTHERS = tuple(language for language in LANGUAGES if language != "da")
#: As in ``script/translate``.
KEYWORDS = {**DEFAULT_KEYWORDS, "mark": None, "_l": None, "lazy_gettext": None}
#: What a form wants in Danish is named in Danish.
NAMED_IN_DANISH = re.compile(
    r"\bbyrådet \((the council|Gemeinderat)\)|Planklagenævnet|Miljø- og Fødevareklagenævnet|Nævnenes Hus"
)
#: Letters English does not have.
DANISH_LETTERS = re.compile(r"[æøåÆØÅ]")
#: The interface and the letters stay within this (LIX up to 34 is easy, up to 44 medium).
EASY = 40
#: Other letters for them, one for one, so that places in a text stay where they are.
PLAIN = {ord(danish): ord(letter) for danish, letter in zip("æøåÆØÅ", "aoaAOA", strict=True)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def forms(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """A sentence, or its singular and plural."""
    return (words,) if isinstance(words, str) else tuple(words)


def extracted() -> dict[tuple[str, ...], set[str]]:
    """Every sentence of the sources with the files it stands in."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[tuple[str, ...], set[str]] = {}
    for path, _, words, _, _ in extract_from_dir(HOUSE, methods, options, KEYWORDS):
        found.setdefault(forms(words), set()).add(path)
    return found


@pytest.fixture(scope="module")
def sources() -> dict[tuple[str, ...], set[str]]:
    return extracted()


@pytest.fixture(scope="module", params=OTHERS)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    with po(request.param).open("rb") as file:
        return read_po(file, locale=request.param)


def po(language: str) -> Path:
    """The catalogue of a language."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"


def sentences(catalogue: Catalog) -> list[Message]:
    """All but the header."""
    return [message for message in catalogue if message.id]


def test_the_catalogue_has_the_sentences_of_the_sources_and_no_others(sources, catalogue):
    """Run ``script/translate``, then translate what is new."""
    keys = {forms(words)[0] for words in sources}
    kept = {forms(message.id)[0] for message in sentences(catalogue)}
    assert (sorted(keys - kept), sorted(kept - keys)) == ([], [])


def test_every_sentence_is_translated(catalogue):
    """SK-25."""
    empty = [message.id for message in sentences(catalogue) if not all(map(str.strip, forms(message.string)))]
    assert [message.id for message in sentences(catalogue) if message.fuzzy] + empty == []


def test_a_sentence_with_a_number_has_its_singular_and_plural(catalogue):
    assert [m.id for m in sentences(catalogue) if len(forms(m.id)) != len(forms(m.string))] == []


def test_a_translation_keeps_the_placeholders(catalogue):
    lost = [
        (danish, other)
        for message in sentences(catalogue)
        for danish, other in zip(forms(message.id), forms(message.string), strict=True)
        if set(PLACEHOLDER.findall(danish)) != set(PLACEHOLDER.findall(other))
    ]
    assert lost == []


def test_a_translation_keeps_the_percent_signs_of_a_sentence_with_placeholders(catalogue):
    assert [m.id for m in sentences(catalogue) if forms(m.id)[0].count("%%") != forms(m.string)[0].count("%%")] == []


def test_a_translation_is_not_danish(catalogue):
    danish = [
        other
        for message in sentences(catalogue)
        for other in forms(message.string)
        if DANISH_LETTERS.search(NAMED_IN_DANISH.sub("", other))
    ]
    assert danish == []


def test_the_compiled_catalogue_says_the_same(catalogue):
    with po(str(catalogue.locale)).with_suffix(".mo").open("rb") as file:
        compiled = {forms(message.id): forms(message.string) for message in sentences(read_mo(file))}
    assert compiled == {forms(message.id): forms(message.string) for message in sentences(catalogue)}


class Words(HTMLParser):
    """The words of a page that people see or hear, without what is marked as another language."""

    HEARD = ("alt", "aria-label", "placeholder", "title")
    UNSEEN = ("script", "style")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._within: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        silent = tag in self.UNSEEN or attributes.get("lang") == "da"
        if not silent and not self._silent():
            self.found += [words for name in self.HEARD if (words := attributes.get(name))]
        self._within.append((tag, silent))

    def handle_endtag(self, tag: str) -> None:
        while self._within and self._within.pop()[0] != tag:
            pass  # elements that close themselves, such as <br>

    def handle_data(self, data: str) -> None:
        if not self._silent() and (words := " ".join(data.split())):
            self.found.append(words)

    def _silent(self) -> bool:
        return any(silent for _, silent in self._within)


def without_danish_letters(column: sa.Column[str]) -> sa.ColumnElement[str]:
    """The words of a column with a, o instead of the letters that only Danish has; as long as they were."""
    plain: sa.ColumnElement[str] = column
    for danish, letter in PLAIN.items():
        plain = sa.func.replace(plain, chr(danish), chr(letter))
    return plain


def write_all_data_without_danish_letters() -> None:
    """Citizens and cases keep their words, but what is left with a Danish letter then comes from the house itself.

    The triggers that keep words as they were written are taken off this copy first.
    """
    for trigger in db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        db.session.execute(sa.text(f"DROP TRIGGER {trigger}"))
    for setting in db.session.scalars(sa.select(Setting)):
        setting.value = setting.value.translate(PLAIN) if isinstance(setting.value, str) else setting.value
    for drawn in db.session.scalars(sa.select(ProjectMap)):
        drawn.features = [one | {"name": one["name"].translate(PLAIN)} for one in drawn.features]
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if type(column.type) in (sa.String, sa.Text) and not column.foreign_keys and not column.primary_key:
                plain = without_danish_letters(column)
                db.session.execute(sa.update(table).where(column != plain).values({column.name: plain}))
    db.session.commit()


def pages_in(language: str, app, role: Role) -> Iterator[tuple[str, list[str]]]:
    """What a reader of the language in a role sees of each view, first example: its name and the words on it."""
    for stop in Walk(app, role, language=language).go().stops:
        assert f'<html lang="{language}"' in stop.html, stop.name
        yield stop.name, Words(stop.html).found


def frozen_words() -> set[str]:
    """What stands in the frozen white papers, which nothing rewrites: people's own words and the titles of cases."""

    def leaves(found: object) -> Iterator[str]:
        if isinstance(found, str):
            yield from (" ".join(line.split()) for line in (found, *found.splitlines()))
        elif isinstance(found, dict):
            for one in found.values():
                yield from leaves(one)
        elif isinstance(found, list | tuple | set | frozenset):
            for one in found:
                yield from leaves(one)

    papers = db.session.scalars(sa.select(WhitePaper)).all()
    told = (leaves(asdict(queries.read_whole(one, Rendition.PUBLIC))) for one in papers)
    return {words for leaf in told for words in leaf if DANISH_LETTERS.search(words)}


def of_the_house(words: str, frozen: set[str]) -> str:
    """A sentence of a page without what is somebody's own, or has its name in Danish alone."""
    for own in sorted(frozen, key=len, reverse=True):
        words = words.replace(own, "")
    return NAMED_IN_DANISH.sub("", words)


@pytest.mark.parametrize("language", OTHERS)
def test_a_citizen_of_another_language_meets_no_danish_but_in_peoples_own_words(practice, language):
    write_all_data_without_danish_letters()
    pages, frozen = dict(pages_in(language, practice, Role.VISITOR)), frozen_words()
    found = {page: [words for words in said if DANISH_LETTERS.search(words)] for page, said in pages.items()}
    left = {
        page: [one for one in said if DANISH_LETTERS.search(of_the_house(one, frozen))] for page, said in found.items()
    }
    danish = {page: said for page, said in left.items() if said}
    assert {"portal.front", "portal.project", "portal.how"} < set(pages)
    assert danish == {}


@pytest.mark.parametrize("role", [Role.PLANNER, Role.CLERK])
def test_staff_of_another_language_meet_no_danish_sentence_of_the_house(practised, catalogue, role):
    """A sentence of three words or more is too long to be somebody's own by chance."""
    others = {word for message in sentences(catalogue) for word in forms(message.string)}
    ours = {key for m in sentences(catalogue) for key in forms(m.id) if len(key.split()) > 2} - others
    pages = pages_in(str(catalogue.locale), practised, role)
    danish = {page: left for page, words in pages if (left := sorted(ours.intersection(words)))}
    assert danish == {}


def whole_sentences(sources: dict[tuple[str, ...], set[str]], page: str) -> str:
    """The Danish sentences of a page, without labels and buttons; a placeholder counts as a short word."""
    own = [words[-1] for words, places in sorted(sources.items()) if page in places]
    return " ".join(PLACEHOLDER.sub("nu", words) for words in own if words.endswith((".", "!", "?", ":")))


def test_the_danish_of_each_page_and_letter_is_easy_to_read(sources):
    """The index says little of fewer than twenty words, so shorter pages are left out."""
    pages = {page for places in sources.values() for page in places if page.startswith("templates/")}
    texts = {page: words for page in pages if len((words := whole_sentences(sources, page)).split()) >= 20}
    assert {"templates/letters/receipt.txt", "templates/portal/how.html"} < set(texts)
    assert {page: round(lix(words)) for page, words in texts.items() if lix(words) > EASY} == {}
