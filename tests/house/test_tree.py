"""The tree that git keeps: no machine's paths, no registry, no secret, and vendored files as they came."""

import configparser
import hashlib
import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import ROOT, committed

#: Written in pieces, so that this file does not find itself.
REGISTRIES = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "registry.npmjs" + ".org",
    "registry.yarnpkg" + ".com",
    "deb.debian" + ".org",
    "archive.ubuntu" + ".com",
]
OPTION = r"(?<!emit-)index" + "-url"
PLACES = re.compile(r"(?<![\w.~$}>-])/(?:" + "|".join(["work", "root", "home", "Users", "tmp"]) + r")/\w")
SECRETS = re.compile(
    "|".join(
        [
            "-----BEGIN [A-Z ]*PRIVATE" + " KEY-----",
            r"\bAKIA[0-9A-Z]{16}\b",
            r"\bgh[pousr]_[A-Za-z0-9]{30,}",
            r"\bglpat-[\w-]{20,}",
            r"\bxox[abprs]-[\w-]{10,}",
            r"\b(?i:secret_key|password|api_key|token)\b\s*[:=]\s*['\"][A-Za-z0-9+/_-]{24,}['\"]",
        ]
    )
)
LOCKS = {"uv.lock", "pylock.toml", "poetry.lock", "Pipfile.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml"}
KEPT_OUT = re.compile(
    r"\.(sqlite3?|db|pyc|log|key|pem|env|egg-info)$|(^|/)(\.env|node_modules|__pycache__|instance)(/|$)"
)


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in committed():
        raw = (ROOT / path).read_bytes()
        if b"\0" not in raw[:8000]:
            found.append((path, raw.decode("utf-8", "replace")))
    return found


TEXTS = texts()


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, text in TEXTS
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def hosts_of_this_machine() -> set[str]:
    """The hosts that pip, uv, npm and apt are told to use here, whatever they are."""
    said = [value for name, value in os.environ.items() if re.search(r"INDEX|REGISTRY|FIND_LINKS|PROXY$", name)]
    for path in (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
        parser = configparser.RawConfigParser(strict=False)
        if path.is_file() and parser.read(path):
            said += [value for section in parser.values() for value in section.values()]
    apt = Path("/etc/apt")
    said += [path.read_text("utf-8", "replace") for path in [*apt.glob("sources.list"), *apt.glob("sources.list.d/*")]]
    npmrc = Path.home() / ".npmrc"
    said += [npmrc.read_text("utf-8", "replace")] if npmrc.is_file() else []
    return {
        host
        for host in re.findall(r"https?://(?:[^@/\s]*@)?([\w.-]+)", "\n".join(said))
        if host not in ("localhost", "127.0.0.1")
    }


def test_git_keeps_something():
    assert len(TEXTS) > 50


def test_no_file_names_a_package_registry():
    hosts = [re.escape(host) for host in [*REGISTRIES, *sorted(hosts_of_this_machine())]]
    assert lines_with(re.compile("|".join([OPTION, *hosts]))) == []


def test_no_file_holds_a_path_of_one_machine():
    assert lines_with(PLACES) == []


def test_no_file_holds_a_secret():
    assert lines_with(SECRETS) == []


def test_no_lock_file_with_addresses_is_kept():
    assert [path for path in committed() if path.name in LOCKS] == []


def test_nothing_is_kept_that_a_run_leaves_behind():
    assert [path for path in committed() if KEPT_OUT.search(path.as_posix())] == []


def test_the_pinned_versions_name_no_address_and_no_option():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.!+]+( ; .+)?", line)] == []


def test_every_dependency_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = sum(project["optional-dependencies"].values(), project["dependencies"])
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert {package(line) for line in wanted} - {package(line) for line in pinned} - {"medspil"} == set()


def package(requirement: str) -> str:
    """The name of a package in a line such as ``psycopg[binary]>=3.2``, as registries spell it."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def test_scripts_can_be_run_and_are_sound():
    for path in committed("script", ".ci"):
        text = (ROOT / path).read_text(encoding="utf-8")
        if text.startswith("#!"):
            assert os.access(ROOT / path, os.X_OK), f"{path} lacks its execute bit"
        if text.startswith("#!/usr/bin/env bash") or path.suffix == ".sh":
            done = subprocess.run(["bash", "-n", str(ROOT / path)], capture_output=True, text=True, check=False)
            assert done.stderr == "", path


def test_lines_end_as_the_house_ends_them():
    kept = {".csv", ".eml"}
    crlf = [path for path, text in TEXTS if "\r\n" in text and path.suffix not in kept and "vendor" not in path.parts]
    assert crlf == []


MANIFEST = ROOT / "static" / "vendor" / "MANIFEST.json"


def vendored() -> list[dict[str, str]]:
    """Rows of the manifest: path, package, version, licence, sha256."""
    return json.loads(MANIFEST.read_text(encoding="utf-8"))["files"] if MANIFEST.is_file() else []


def test_vendored_files_are_as_they_came():
    for row in vendored():
        raw = (MANIFEST.parent / row["path"]).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == row["sha256"], row["path"]
        assert row["package"], row["path"]
        assert row["version"], row["path"]
        assert row["licence"], row["path"]


def test_every_vendored_file_is_in_the_manifest():
    files = {path.relative_to("static/vendor").as_posix() for path in committed("static/vendor")} - {MANIFEST.name}
    assert files - {row["path"] for row in vendored()} == set()


@pytest.mark.parametrize(
    "line", ["cd /ro" + "ot/medspil", 'open("/t' + 'mp/x")', "see /wo" + "rk/main", "/ho" + "me/ane/x"]
)
def test_a_path_of_one_machine_is_found(line):
    assert PLACES.search(line)


@pytest.mark.parametrize("line", ["/projekter/home/x", "${TMPDIR:-/tmp}/x", "https://example.org/tmp/x", "a/root/x"])
def test_what_only_looks_like_one_is_let_through(line):
    assert not PLACES.search(line)
