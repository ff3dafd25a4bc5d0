"""Every letter that the house can owe has its words."""

import ast
import re
from pathlib import Path

import pytest

from participation.app import HOUSE

#: What a template sets before its first word.
_STATEMENTS = re.compile(r"\A(?:\{%.*?%\}\s*)+")
PACKAGE = Path(__file__).parents[2] / "participation"


def owed_kinds() -> set[str]:
    """The kinds that calls of ``letters.owe`` name; of one that is put together, its beginning and a star."""
    kinds = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "letters.owe" and node.args):
                continue
            match node.args[0]:
                case ast.Constant(value=str(kind)):
                    kinds.add(kind)
                case ast.JoinedStr(values=[ast.Constant(value=str(beginning)), *_]):
                    kinds.add(f"{beginning}*")
    return kinds


def test_letters_are_owed_somewhere() -> None:
    assert "invitation" in owed_kinds()


@pytest.mark.parametrize("kind", sorted(owed_kinds()))
def test_a_letter_that_is_owed_has_a_text_that_begins_with_its_subject(kind: str) -> None:
    texts = list((HOUSE / "templates" / "letters").glob(f"{kind}.txt"))
    assert texts
    assert all(_STATEMENTS.sub("", text.read_text(encoding="utf-8")).startswith("Subject:") for text in texts)
