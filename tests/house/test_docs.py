"""The documents tell the truth: the map is the imports, and every command they name can be run."""

import re
import subprocess
from pathlib import Path

import click
import pytest

from participation.cli import main
from tests.house.tree import ROOT, committed, drawn

SCRIPTS = [path for path in committed("script") if (ROOT / path).read_bytes().startswith(b"#!")]


def documents() -> list[Path]:
    return [path for path in committed("*.md") if not path.as_posix().startswith(("docs/decisions/", "CHANGELOG"))]


def code_of(document: Path) -> list[str]:
    """What stands in code blocks and code spans, a line each."""
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks = re.findall(r"(?ms)^ *```[^\n]*\n(.*?)^ *```", text)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^ *```.*?^ *```", "", text))
    return [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()] + spans


def command(words: list[str]) -> str:
    """The command that ``medspil`` is asked for, when it has no such one; empty when it has."""
    group: click.Command = main
    asked = []
    for word in words:
        if not isinstance(group, click.Group) or not re.fullmatch(r"[a-z][\w-]*", word):
            break
        asked.append(word)
        if (found := group.commands.get(word)) is None:
            return " ".join(asked)
        group = found
    return ""


def test_the_map_in_the_architecture_is_what_the_imports_say():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = re.search(r"(?ms)^```map\n(.*?)^```", text)
    assert block, "docs/architecture.md lacks its block ```map (python -m tests.house.tree prints it)"
    assert block[1].splitlines() == drawn()


def test_every_script_that_a_document_names_is_there():
    named = {
        (document, script)
        for document in documents()
        for line in code_of(document)
        for script in re.findall(r"(?:^|\s|\./)((?:script|\.ci)/[\w.-]+)", line)
    }
    assert {script for _, script in named} >= {"script/demo", "script/test"}
    assert sorted(f"{document}: {script}" for document, script in named if not (ROOT / script).is_file()) == []


def test_every_medspil_command_that_a_document_names_is_there():
    lines = [(document, line) for document in documents() for line in code_of(document)]
    missing = {
        f"{document}: medspil {lacking}"
        for document, line in lines
        for words in re.findall(r"(?:^|\s|/bin/)medspil((?:\s+[\w./-]+)+)", line)
        if (lacking := command(words.split()))
    }
    assert sorted(missing) == []


def test_a_command_that_is_not_there_is_found():
    assert command(["db", "upgrade", "head"]) == ""
    assert command(["db", "dance"]) == "db dance"


def test_every_file_that_a_document_names_is_there():
    tops = ("participation", "analysis", "templates", "static", "tests", "docs", "bench")
    named = {
        (document, path)
        for document in documents()
        for line in code_of(document)
        for path in re.findall(rf"(?:^|\s)((?:{'|'.join(tops)})/[\w./-]*\w/?)(?=$|[\s:,;)])", line)
    }
    assert sorted(f"{document}: {path}" for document, path in named if not (ROOT / path).exists()) == []


def test_every_link_between_documents_leads_somewhere():
    broken = []
    for document in committed("*.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)\s#]+)", re.sub(r"(?ms)^ *```.*?^ *```", "", text)):
            if "://" not in target and not target.startswith("mailto:"):
                path = (ROOT / document).parent / target
                broken += [] if path.exists() else [f"{document}: {target}"]
    assert broken == []


@pytest.mark.parametrize("script", SCRIPTS, ids=str)
def test_every_script_tells_what_it_does(script):
    done = subprocess.run([ROOT / script, "--help"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert script.as_posix().removesuffix(".py") in done.stdout
    assert len(done.stdout.splitlines()) >= 3
