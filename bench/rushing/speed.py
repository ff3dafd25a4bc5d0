"""How many sendings a second are acknowledged when nothing is killed, beside the floor of the same moment."""

import importlib.util
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from bench.rushing.citizens import PATH
from bench.rushing.house import ROOT, House

#: Connections at a time, as in the floor ``submit_sqlite_full_c8``.
CONNECTIONS = 8


class Fresh(dict[str, Any]):
    """A request of which every sending is a new form: another key, the same words as the floor writes."""

    def __init__(self, house: House, words: str) -> None:
        super().__init__()
        self.house, self.words = house, words

    def get(self, name: str, default: Any = None) -> Any:
        """What the load generator asks for, each time it sends."""
        if name != "body":
            return default
        return urlencode({"key": self.house.fresh_key(), "words": self.words, "email": "", "capacity": "citizen"})


def floors() -> ModuleType | None:
    """The module that measures the floor, found by MEDSPIL_SHARED; None where it is not here."""
    path = Path(os.environ.get("MEDSPIL_SHARED", ROOT.parent / "shared")) / "bench" / "floors.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("floors", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    bytecode, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        spec.loader.exec_module(module)
    finally:
        sys.dont_write_bytecode = bytecode
    return module


def drive(module: ModuleType, url: str, point: Any, seconds: float) -> dict[str, Any]:
    """The floor's own clients, eight of them, for a while."""
    out: multiprocessing.Queue[Any] = multiprocessing.Queue()
    until, begun = time.time() + seconds, time.time()
    clients = [
        multiprocessing.Process(target=module._client, args=(module.loopback(url), point, until, out))
        for _ in range(CONNECTIONS)
    ]
    for client in clients:
        client.start()
    got = [out.get() for _ in clients]
    for client in clients:
        client.join()
    sent, bad = [one[0] for one in got], sum(one[1] for one in got)
    took = sorted(one for client in got for one in client[3])
    return {
        "per_s": sum(sent) / (time.time() - begun), "sent": sum(sent), "bad": bad,
        "slowest_over_fastest": min(sent) / max(1, *sent), "p95_ms": took[int(len(took) * 0.95)] * 1e3 if took else 0.0,
    }  # fmt: skip


def side_by_side(house: House, folder: Path, *, rounds: int, seconds: float) -> dict[str, Any]:
    """Rounds of the floor and of the house in turn; medians. On PostgreSQL there is no floor to be held against.

    Raises:
        FileNotFoundError: the floor's module is not here.
    """
    module = floors()
    if module is None:
        raise FileNotFoundError("bench/floors.py in the folder named by MEDSPIL_SHARED")
    ours = Fresh(house, module.BODY)
    url = f"http://127.0.0.1:{house.port}{PATH}"
    servers, floor, point = None, "", {"body": urlencode({"title": "A crossing", "body": module.BODY})}
    runs: list[tuple[dict[str, Any], dict[str, Any]]] = []
    try:
        if not house.on_postgresql:
            folder.mkdir()
            servers, database = module.Servers(str(folder), str(folder)), f"sqlite:///{folder}/floors.db"
            subprocess.run(
                [sys.executable, "-c", "import floors; floors.make_app()"], check=True, cwd=folder,
                env=dict(os.environ, FLOORS_DB=database, FLOORS_CREATE="2000", PYTHONPATH=module.HERE,
                         PYTHONDONTWRITEBYTECODE="1"),
            )  # fmt: skip
            _, floor = servers.start("gthread", 2, 4, database)
            if not module.wait_up(floor):
                raise RuntimeError("the floor's server did not come up")
            drive(module, f"{floor}/submit", point, 0.5)
        drive(module, url, ours, 0.5)
        for _ in range(rounds):
            beneath = drive(module, f"{floor}/submit", point, seconds) if floor else {}
            runs.append((beneath, drive(module, url, ours, seconds)))
    finally:
        if servers is not None:
            servers.stop()
    figures: dict[str, Any] = {
        "per_s": round(statistics.median(own["per_s"] for _, own in runs), 1),
        "slowest_over_fastest": round(statistics.median(own["slowest_over_fastest"] for _, own in runs), 2),
        "p95_ms": round(statistics.median(own["p95_ms"] for _, own in runs), 1),
        "errors": sum(own["bad"] for _, own in runs),
        "rounds": rounds,
    }
    if floor:
        figures["floor_per_s"] = round(statistics.median(beneath["per_s"] for beneath, _ in runs), 1)
        shares = [own["per_s"] / beneath["per_s"] for beneath, own in runs]
        figures["share_of_floor"] = round(statistics.median(shares), 3)
        figures["shares"] = [round(share, 3) for share in shares]
    return json.loads(json.dumps(figures))
