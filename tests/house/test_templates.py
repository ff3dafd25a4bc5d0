"""Templates: escaping stays on, nothing is inline, every word can be translated, and each has its room and its use."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.house.tree import FLOORS, ROOF, ROOT, modules

TEMPLATES = ROOT / "templates"
ROOMS = {name for floor in FLOORS for name in floor} - ROOF | {"components", "errors", "letters", "typst"}
FRAMES = {"base.html", "base_desk.html"}

#: Words that are the same in every language, and the languages' own names.
SAME = {"Medspil", "Dansk", "English", "CSV", "DOCX", "PDF", "XLSX", "Excel", "Word", "LibreOffice", "Windows"}

SPOKEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "aria-roledescription", "label", "placeholder", "title"}
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext", "lazy_gettext"}
#: Blocks that fill a class attribute of the frame, not the page.
CLASS_BLOCKS = {"width"}
HOLE = "\ufffc"

environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True)


def sources() -> dict[str, str]:
    paths = sorted(path for path in TEMPLATES.rglob("*") if path.suffix in (".html", ".txt", ".xml", ".ics"))
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8") for path in paths}


SOURCES = sources()
every_template = pytest.mark.parametrize("name", SOURCES)


# -- what a template must not do --------------------------------------------------------------------------------------


def escapes_off(source: str) -> list[str]:
    tree = environment.parse(source)
    filters = [f"line {node.lineno}: |{node.name}" for node in tree.find_all(nodes.Filter) if node.name == "safe"]
    blocks = [f"line {node.lineno}: autoescape" for node in tree.find_all(nodes.ScopedEvalContextModifier)]
    calls = [
        f"line {node.lineno}: Markup"
        for node in tree.find_all(nodes.Call)
        if getattr(node.node, "name", getattr(node.node, "attr", "")) == "Markup"
    ]
    return filters + blocks + calls


class Reader(HTMLParser):
    """Reads a template's HTML with its expressions taken out: what stands inline, and what is said aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inline: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, found = self.getpos()[0], dict(attrs)
        for name, value in attrs:
            if name == "style" or re.fullmatch(r"on\w+", name) or (value or "").strip().startswith("javascript:"):
                self.inline.append(f"line {line}: <{tag} {name}=…>")
            if name in SPOKEN_ATTRIBUTES or (name == "value" and found.get("type") in ("submit", "button", "reset")):
                self.say(value or "")
            if tag == "meta" and name == "content" and found.get("name") == "description":
                self.say(value or "")
        if tag == "style" or (tag == "script" and "src" not in found):
            self.inline.append(f"line {line}: <{tag}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        self.say(data)

    def say(self, text: str) -> None:
        spoken = re.sub(rf"^Subject:|\S*/\S*\.\w+|{HOLE}/\S+", "", text)  # a letter's head, an address: no words
        words = [word for word in re.findall(r"[^\W\d_]{2,}", spoken) if word not in SAME]
        if words:
            self.said.append(f"line {self.getpos()[0]}: {' '.join(text.replace(HOLE, '…').split())}")


def without_expressions(source: str) -> str:
    """The source with holes where expressions stood; tags and translated passages leave nothing but their lines."""
    kept: list[str] = []
    inside, block, silent = "", [], False
    for _, token, value in environment.lex(source):
        if token in ("variable_begin", "block_begin", "comment_begin"):
            inside, block = token, []
        elif token in ("variable_end", "block_end", "comment_end"):
            kept.append(HOLE if token == "variable_end" else "")
            begins = block[:1] == ["trans"] or (block[:1] == ["block"] and block[1] in CLASS_BLOCKS)
            silent = begins or (silent and block[:1] not in (["endtrans"], ["endblock"]))
            inside = ""
        elif token == "name" and inside == "block_begin":
            block.append(value)
        kept.append(value if token == "data" and not silent else "\n" * value.count("\n"))
    return "".join(kept)


def read(name: str, source: str) -> Reader:
    reader = Reader()
    text = without_expressions(source)
    if name.endswith((".txt", ".ics")):
        for line in text.splitlines():
            reader.say(line)
    else:
        reader.feed(text)
        reader.close()
    return reader


def looks_spoken(text: str) -> bool:
    """Does a string in an expression look like words for people? Class names, fields and methods do not."""
    if text in SAME or re.fullmatch(r"[A-Z]\w*[a-z][A-Z]\w*", text):
        return False
    return bool(re.search(r"[æøåÆØÅ]|^[A-Z][a-z]+\b", text)) and "/" not in text.split()[0]


def spoken_strings(node: nodes.Node) -> Iterator[str]:
    """Strings in calls, lists and outputs that look like words for people and pass no translator."""
    if isinstance(node, nodes.Compare | nodes.Test | nodes.Getitem | nodes.FromImport | nodes.Extends | nodes.Include):
        return
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in TRANSLATORS:
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and looks_spoken(node.value):
        yield f"line {node.lineno}: {node.value!r}"
    for child in node.iter_child_nodes():
        yield from spoken_strings(child)


def untranslated(name: str, source: str) -> list[str]:
    return read(name, source).said + list(spoken_strings(environment.parse(source)))


@every_template
def test_escaping_is_never_switched_off(name):
    assert escapes_off(SOURCES[name]) == []


def own_names(source: str) -> set[str]:
    """The names that a template gives a value at its top."""
    found: set[str] = set()
    for node in environment.parse(source).body:
        if isinstance(node, nodes.Assign | nodes.AssignBlock):
            found |= {one.name for one in node.find_all(nodes.Name) if one.ctx == "store"}
    return found


@every_template
def test_no_page_uses_a_name_that_its_frame_gives_another_value(name):
    """The frame is run last, and its value would stand in the page's blocks."""
    assert name in FRAMES or own_names(SOURCES[name]) & own_names(SOURCES["base.html"]) == set()


@every_template
def test_nothing_stands_inline(name):
    assert name.endswith(".txt") or read(name, SOURCES[name]).inline == []


#: Shown when nothing else can be, the catalogue included: it carries its Danish and its English itself.
SPEAKS_FOR_ITSELF = {"errors/bare.html"}


@pytest.mark.parametrize("name", sorted(SOURCES.keys() - SPEAKS_FOR_ITSELF))
def test_every_word_can_be_translated(name):
    assert untranslated(name, SOURCES[name]) == []


@every_template
def test_the_app_understands_the_template(name, understanding):
    assert understanding.compile(SOURCES[name], name) is not None


@pytest.fixture(scope="module")
def understanding(tmp_path_factory):
    """The app's own template engine; no database is opened."""
    from participation.app import create_app

    return create_app({"INSTANCE": str(tmp_path_factory.mktemp("instance"))}).jinja_env


# -- rooms and use ----------------------------------------------------------------------------------------------------


def test_every_template_lies_in_a_room():
    assert [name for name in SOURCES if name not in FRAMES and name.split("/")[0] not in ROOMS] == []


def test_there_are_no_folders_in_rooms():
    assert [name for name in SOURCES if name.count("/") > 1] == []


def strings_of_the_code() -> set[str]:
    found = set()
    for _, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return found


def named_by_templates() -> set[str]:
    found = set()
    for source in SOURCES.values():
        for node in environment.parse(source).find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
            found.update(const.value for const in node.template.find_all(nodes.Const))
            if isinstance(node.template, nodes.Const):
                found.add(node.template.value)
    return found


def test_every_page_that_the_code_names_is_there():
    named = {
        text for text in strings_of_the_code() if re.fullmatch(r"\w+/\w+\.(html|txt)", text)
    } | named_by_templates()
    assert sorted(named - set(SOURCES)) == []


def test_every_page_and_component_is_used():
    used = strings_of_the_code() | named_by_templates()
    assert [name for name in SOURCES if name not in used and not name.startswith("letters/")] == []


def test_only_the_sanitiser_makes_markup():
    makers = []
    for _, path in modules():
        where = path.relative_to(ROOT)
        if where == Path("participation/foundation/markup.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(node, "func", None)
            if getattr(called, "id", getattr(called, "attr", "")) in ("Markup", "render_template_string"):
                makers.append(f"{where}:{node.lineno}")
    assert makers == []


# -- the checks themselves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source", ["{{ words | safe }}", "{% autoescape false %}{{ words }}{% endautoescape %}", "{{ Markup(words) }}"]
)
def test_switched_off_escaping_is_found(source):
    assert len(escapes_off(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<p style="color: red">',
        '<p{% if x %} class="a"{% endif %} style="width: {{ n }}%">',
        '<button onclick="go()">',
        "<script>go()</script>",
        "<style>p {}</style>",
        '<a href="javascript:go()">',
    ],
)
def test_what_stands_inline_is_found(source):
    assert len(read("page.html", source).inline) == 1


@pytest.mark.parametrize(
    "source",
    [
        "<p>Skriv dit svar</p>",
        "<p>{{ count }} svar</p>",
        "{% block width %}narrow{% endblock %}{% block main %}Skriv{% endblock %}",
        '<img alt="Kort over vejen">',
        '<input type="submit" value="Send">',
        '<span aria-label="luk {{ name }}">',
        '{{ button("Gem") }}',
        '{{ notice(text="Det er gemt nu") }}',
        '{% set places = [("/arbejde", "Arbejde")] %}',
    ],
)
def test_words_that_cannot_be_translated_are_found(source):
    assert len(untranslated("page.html", source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<p class="lead">{{ _("Skriv dit svar") }}</p>',
        "<p>{% trans %}Skriv dit svar{% endtrans %} · <b>CSV</b> &nbsp; 3 % {# Kun for os #}</p>",
        '{{ icon("arrow-right") }}{% if field.type == "RadioField" %}{% endif %}',
        '{{ post_button(_("Log ud"), "/log-ud", kind="plain-link big") }}',
        '{% extends "base.html" %}{% block width %}narrow{% endblock %}{% block main %}{% endblock %}',
        '<a href="/arbejde?sort={{ x }}" data-left="{{ _("%(num)s tegn", num="{n}") }}">→</a>',
    ],
)
def test_words_that_can_be_translated_are_let_through(source):
    assert untranslated("page.html", source) == []
