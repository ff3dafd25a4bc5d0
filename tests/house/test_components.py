"""The look of the house: light, from our own files only, and readable for everybody."""

import gzip
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
COMPONENTS = sorted((HOUSE / "templates" / "components").glob("*.html"))
CSS = (HOUSE / "static" / "participation.css").read_text()
TOKENS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", CSS))

#: Every pair of colours that carries text: words, ground.
TEXT = [
    *[
        ("ink", ground)
        for ground in ("paper", "mist", "sand", "sun", "sun-tint", "brand-tint", "good-tint", "bad-tint")
    ],
    *[("ink-soft", ground) for ground in ("paper", "mist", "brand-tint", "hearing-tint", "orientation-tint")],
    *[("brand", ground) for ground in ("paper", "mist", "brand-tint", "hearing-tint", "orientation-tint")],
    *[("brand", ground) for ground in ("cocreation-tint", "sun-tint", "bad-tint", "good-tint", "sand")],
    *[("paper", ground) for ground in ("brand", "brand-dark", "orientation", "hearing", "cocreation", "bad")],
    *[("good", ground) for ground in ("paper", "good-tint")],
    *[("bad", ground) for ground in ("paper", "bad-tint")],
    *[("warn", ground) for ground in ("paper", "sun-tint")],
]
#: What must be told from its ground without being text: the edge of a field, a bar, the ring of focus.
EDGES = [("line-strong", "paper"), ("line-strong", "mist"), ("brand", "mist"), ("ink", "sun"), ("bad", "paper")]


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("words", "ground"), TEXT)
def test_words_can_be_read_on_their_ground(words, ground):
    assert contrast(words, ground) >= 4.5


@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_can_be_told_from_their_ground(edge, ground):
    assert contrast(edge, ground) >= 3


@pytest.mark.parametrize("path", COMPONENTS, ids=lambda path: path.stem)
def test_a_component_is_a_macro_named_as_its_file(path):
    assert f"macro {path.stem}(" in path.read_text()


def test_the_stylesheet_and_the_script_ask_no_other_host():
    script = "".join(path.read_text() for path in (HOUSE / "static").glob("*.js"))
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "http" not in CSS + script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|DOMParser", script)


def test_the_look_of_the_house_weighs_little():
    weights = [
        len(gzip.compress((HOUSE / "static" / name).read_bytes(), 9))
        for name in ("participation.css", "participation.js")
    ]
    assert sum(weights) <= 16_000
    assert (HOUSE / "static" / "participation.js").stat().st_size <= 9 * 1024


def test_each_class_in_a_component_has_a_rule():
    used = {
        name
        for path in [*COMPONENTS, HOUSE / "templates" / "base.html"]
        for value in re.findall(r'class="([^"{}]*)"', path.read_text())
        for name in value.split()
    }
    unknown = {name for name in used if not re.search(rf"\.{re.escape(name)}(?![\w-])", CSS)}
    assert not unknown
