"""Valid HTML as the Nu checker sees it: all pages in one call, since it is the start of Java that takes time."""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from shutil import which

import pytest

from tests.browser.checkers import checker

#: Advice that is not about validity: a voice among many has no heading of its own.
ADVICE = ("Article lacks heading", "Section lacks heading")


def faults(pages: Mapping[str, str]) -> list[str]:
    """Errors and warnings of the pages, a line each, beginning with the page's name; empty when all are valid.

    Args:
        pages: name of the page → its HTML as the server sent it.
    """
    jar = checker("vnu.jar")
    if which("java") is None:
        pytest.skip("no Java on this machine; run script/checkers")
    if not pages:
        raise ValueError("no pages to check")
    names = list(pages)
    with tempfile.TemporaryDirectory(prefix="medspil-nu-") as folder:
        files = [Path(folder) / f"{number}.html" for number in range(len(names))]
        for file, name in zip(files, names, strict=True):
            file.write_text(pages[name], encoding="utf-8")
        call = ["java", "-Xss1m", "-jar", str(jar), "--format", "json", "--exit-zero-always", *map(str, files)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
    messages = json.loads(done.stderr)["messages"]
    return [
        f"{names[int(Path(message['url']).stem)]}:{message.get('lastLine', '?')}: {message['message']}"
        for message in messages
        if (message["type"] != "info" or message.get("subType") == "warning")
        and not message["message"].startswith(ADVICE)
    ]
