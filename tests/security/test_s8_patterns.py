"""S8: no pattern of our own takes long over a text that is made to make it take long (T19)."""

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import analysis
import participation
from tests.law.conftest import Figure

#: Patterns that are only ever asked whether they fit at one place, by the module and how often it calls them so.
ANCHORED = {"match", "fullmatch"}
#: What is kept under a name is found by it.
NOT_HERE = {"escape", "compile"}
#: What a hostile text is made of: one of these again and again, and at last something that fits nothing.
UNITS = (
    *"aAé1 .:@?,;-_/<([\"'=&\n\t\r>»”",
    "a ", "Aa ", "1 ", "a.", "Aa.", "a@", "1.", "a-", "\r\n", "1-", "a1", "1/", "hr ", "kl. ", "http://", "a\n", " \n",
    "? ",
)  # fmt: skip
SMALL, LARGE = 1_000, 4_000
#: Four times the text takes four times as long; sixteen times means that it grows with the square.
MOST_GROWTH, WORTH_ASKING = 9.0, 0.02


def own_patterns() -> Iterator[tuple[str, re.Pattern[str], bool]]:
    """Where it stands, the pattern, and whether it is only asked at one place."""
    for package in (participation, analysis):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if "migrations" in found.name or found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
            yield from _kept(found.name, module, tree)
            yield from _inline(found.name, tree)


def _kept(name: str, module: object, tree: ast.AST) -> Iterator[tuple[str, re.Pattern[str], bool]]:
    called: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            called.setdefault(node.value.id, set()).add(node.attr)
    for word, thing in vars(module).items():
        many = thing if isinstance(thing, list | tuple) else thing.values() if isinstance(thing, dict) else [thing]
        flat = [one for part in many for one in (part if isinstance(part, list | tuple) else [part])]
        for pattern in flat:
            if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
                yield f"{name}.{word}", pattern, bool(called.get(word)) and called[word] <= ANCHORED


def _inline(name: str, tree: ast.AST) -> Iterator[tuple[str, re.Pattern[str], bool]]:
    for node in ast.walk(tree):
        call = node.func if isinstance(node, ast.Call) else None
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id == "re" and node.args:
            words = node.args[0]
            if isinstance(words, ast.Constant) and isinstance(words.value, str) and call.attr not in NOT_HERE:
                yield f"{name}:{node.lineno}", re.compile(words.value), call.attr in ANCHORED


def seconds(run: Callable[[str], object], text: str) -> float:
    """The processor's own seconds, so that a busy machine makes no difference."""
    begun = time.process_time()
    run(text)
    return time.process_time() - begun


def grows(pattern: re.Pattern[str], anchored: bool) -> list[str]:
    """The units on which a pattern takes longer than in proportion, with the figures."""

    def run(text: str) -> object:
        return (pattern.match(text), pattern.fullmatch(text)) if anchored else sum(1 for _ in pattern.finditer(text))

    found = []
    for unit in UNITS:
        short, long = (f"{(unit * size)[:size]}\x01" for size in (SMALL, LARGE))
        if seconds(run, long) < WORTH_ASKING:
            continue
        pairs = [(seconds(run, short), seconds(run, long)) for _ in range(3)]
        growth = min(slow for _quick, slow in pairs) / max(min(quick for quick, _slow in pairs), 1e-6)
        if growth > MOST_GROWTH:
            found.append(f"{unit!r} × {LARGE}: {growth:.0f} times for 4 times the text")
    return found


def test_no_own_pattern_grows_with_the_square_of_the_text(figure: Figure) -> None:
    """As ratios of the processor's time with a wide margin; quadratic is 16, in proportion is 4, the line is 9."""
    patterns = list(own_patterns())
    wrong = [
        f"{name} {pattern.pattern[:60]!r}: {line}" for name, pattern, at in patterns for line in grows(pattern, at)
    ]
    assert len(patterns) > 80
    assert figure("S8 own patterns that stay linear", wrong, len(patterns)) == []


def test_the_test_itself_sees_a_bad_pattern() -> None:
    assert grows(re.compile(r"[.!?]+(?=\s)"), anchored=False)
    assert not grows(re.compile(r"(?<![.!?])[.!?]+(?=\s)"), anchored=False)
    assert not grows(re.compile(r"[.!?]+(?=\s)"), anchored=True)
