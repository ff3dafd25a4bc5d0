"""What an operator installs: the wheel carries pages, styles, migrations and words, and serves on its own."""

import os
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.error
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.house.tree import ROOT, committed


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of a copy of what git keeps, so that nothing uncommitted slips in."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for path in committed():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes((ROOT / path).read_bytes())
    call = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(source)]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("medspil-*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel, tmp_path_factory) -> Path:
    """A fresh environment with the wheel in it; its dependencies are read from ours, the checkout is not."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home, with_pip=False)
    scheme = {"base": str(home), "platbase": str(home), "installed_base": str(home)}
    site = Path(sysconfig.get_path("purelib", "posix_prefix", scheme))
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    python = home / "bin" / "python"
    call = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run([*call, "--force-reinstall", str(wheel)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return home


def run(home: Path, *arguments: str, instance: Path) -> str:
    done = subprocess.run(
        [home / "bin" / "medspil", *arguments], cwd=home, env=surroundings(instance), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def surroundings(instance: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MEDSPIL_", "PYTHON"))}
    return kept | {"MEDSPIL_INSTANCE": str(instance)}


@contextmanager
def served(home: Path, instance: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [home / "bin" / "medspil", "serve", "--bind", address, "--workers", "1"]
    server = subprocess.Popen(command, cwd=home, env=surroundings(instance), stderr=subprocess.PIPE, text=True)
    try:
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        server.stderr.close()  # type: ignore[union-attr]


def fetch(url: str) -> tuple[int, str]:
    """Fetch a page, waiting up to half a minute for the server to come up."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.status, answer.read().decode("utf-8")
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read().decode("utf-8")
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(url)


def test_the_wheel_carries_all_that_the_packages_hold(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        (Path("participation") / path if path.parts[0] in ("templates", "static") else path).as_posix()
        for path in committed("participation", "analysis", "templates", "static")
    }
    assert wanted - inside == set()
    assert not [name for name in inside if name.startswith(("tests/", "script/", "bench/"))]


def test_the_command_runs_from_the_wheel_and_not_from_the_checkout(elsewhere, tmp_path):
    where = "import participation, analysis; print(participation.__file__, analysis.__file__)"
    call = [elsewhere / "bin" / "python", "-c", where]
    said = subprocess.run(call, cwd=tmp_path, env=surroundings(tmp_path), capture_output=True, text=True, check=True)
    assert all(path.startswith(str(elsewhere)) for path in said.stdout.split())
    assert "Usage: medspil" in run(elsewhere, "--help", instance=tmp_path)


def test_an_installation_elsewhere_makes_its_database_and_serves_the_front_page(elsewhere, tmp_path):
    run(elsewhere, "db", "upgrade", instance=tmp_path)
    with served(elsewhere, tmp_path) as address:
        status, page = fetch(address + "/")
        style_status, style = fetch(address + "/static/participation.css")
    assert status == 200
    assert '<html lang="da">' in page
    assert style_status == 200
    assert "{" in style
