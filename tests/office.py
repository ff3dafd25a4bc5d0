"""What we write, opened by the program that a planner opens it with: LibreOffice, without its window."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest


def opened(folder: Path, ending: str, *files: Path, options: Iterable[str] = ()) -> list[Path]:
    """Each file as LibreOffice reads it, written anew in another format.

    Where the program is missing the test is skipped with a plain reason; when ``MEDSPIL_CI`` is 1 it fails.

    Args:
        folder: of our own; the files and the program's profile go there.
        ending: of the format, such as ``pdf``.
    """
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice here: script/checkers installs it")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [office, profile, "--headless", *options, "--convert-to", ending, "--outdir", str(folder), *map(str, files)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return [folder / f"{file.stem}.{ending}" for file in files]
