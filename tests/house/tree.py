"""The house read from its source: modules, the rooms they lie in, and what they import. Nothing is run."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: The floors from the roof to the ground; a module imports from its own room and from floors beneath its own.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"app", "cli", "config", "migrations"}),
    frozenset({"practice"}),
    frozenset({"portal", "desk"}),
    frozenset({"queue"}),
    frozenset({"feedback"}),
    frozenset({"decisions"}),
    frozenset({"reports"}),
    frozenset({"answers"}),
    frozenset({"themes"}),
    frozenset({"drafting"}),
    frozenset({"contributions"}),
    frozenset({"projects"}),
    frozenset({"statutes"}),
    frozenset({"people"}),
    frozenset({"foundation"}),
    frozenset({"rules"}),
)
ROOF = FLOORS[0]

#: Who may ask the analysis.
ASKS_ANALYSIS = frozenset({"contributions", "themes", "answers", "reports", "cli"})


@dataclass(frozen=True)
class Import:
    """One import: where it stands and what it names, as a dotted name from the top."""

    path: Path
    line: int
    module: str
    names: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.module} imports {self.names}"


def modules(root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Every module of ``participation`` and ``analysis`` with its dotted name, hidden folders left out."""
    for package in ("participation", "analysis"):
        for path in sorted((root / package).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(root: Path = ROOT) -> Iterator[Import]:
    """Every import of every module, those inside functions and those for types too."""
    for module, path in modules(root):
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            for names in _named(node, package):
                yield Import(path.relative_to(root), node.lineno, module, names)  # type: ignore[attr-defined]


def _named(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            upper = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*upper, base]).strip(".")
        if base in ("participation", "analysis"):  # `from participation import rules` names a room
            yield from (f"{base}.{alias.name}" for alias in node.names)
        else:
            yield base


def room(module: str) -> str:
    """The room of a module: the part after ``participation``; ``analysis`` is a room of its own, others have none."""
    parts = module.split(".")
    if parts[0] == "participation":
        return parts[1] if len(parts) > 1 else ""
    return "analysis" if parts[0] == "analysis" else ""


def stands_on(root: Path = ROOT) -> dict[str, set[str]]:
    """Room → the other rooms it imports from, the roof's modules as the room ``roof``."""
    found: dict[str, set[str]] = {}
    for each in imports(root):
        above, below = (_room_or_roof(name) for name in (each.module, each.names))
        if above:
            found.setdefault(above, set())
            if below and below != above:
                found[above].add(below)
    return found


def _room_or_roof(module: str) -> str:
    return "roof" if room(module) in ROOF else room(module)


def committed(*patterns: str) -> list[Path]:
    """The files that git keeps (or is about to keep), from the top of the checkout."""
    call = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", *patterns]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True)
    return [Path(name) for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def drawn(map_: dict[str, set[str]] | None = None) -> list[str]:
    """The map of the house as lines, from the roof down: ``portal → people, projects``."""
    map_ = stands_on() if map_ is None else map_
    order = ["roof", *(name for floor in FLOORS for name in sorted(floor) if name not in ROOF), "analysis"]
    return [
        f"{name} → {', '.join(other for other in order if other in map_[name])}".rstrip("→ ").strip()
        for name in order
        if name in map_
    ]


if __name__ == "__main__":
    print("\n".join(drawn()))
