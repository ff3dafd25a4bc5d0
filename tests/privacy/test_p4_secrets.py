"""P4: what people type stands in no line of the machine room's log, no fact of the case's log and no letter's copy."""

import io
import logging

import sqlalchemy as sa

from participation.foundation import clock, jobs, observe
from participation.foundation.db import db
from participation.foundation.model import Letter, LogEntry
from tests.contributions.sending import send
from tests.law.conftest import Figure

PLANTED = 200


def test_what_is_planted_in_the_form_is_in_no_log(client, hearing, figure: Figure) -> None:
    """RP-12 RE-26: names, addresses, mails and words; the address of a letter is where it is sent, and nowhere else."""
    stream, path = io.StringIO(), f"/projekter/{hearing.project.slug}/svar"
    observe.configure(as_json=True, stream=stream)
    secrets = [f"hemmelig{number:03}" for number in range(PLANTED)]
    try:
        for at in range(0, PLANTED, 10):
            one, *rest = secrets[at : at + 10]
            name, place, proxy, authority, title, *words = rest
            fields = {
                "name": name,
                "place": place,
                "represents": proxy,
                "authority": authority,
                "material_place": title,
            }
            send(client, path, f"{' '.join(words)} 010101-1234", email=f"{one}@example.dk", **fields)
            client.get(f"/projekter?q={one}")
            client.get(f"/{name}/{place}")
            client.post("/mit-svar", data={"code": proxy})
        jobs.run_all(None, clock.now())
        logging.getLogger("medspil").error("a fault with %s", secrets[0] + "@example.dk")
    finally:
        observe.configure(as_json=False)
    db.session.rollback()
    lines = stream.getvalue()
    facts = " ".join(f"{one.subject} {one.facts}" for one in db.session.scalars(sa.select(LogEntry)))
    copies = " ".join(f"{one.subject} {one.words} {one.snapshot}" for one in db.session.scalars(sa.select(Letter)))
    assert lines.count("request") >= PLANTED // 10
    assert "Kvittering" in copies or "modtaget" in copies
    wrong = [one for one in secrets if any(one in kept for kept in (lines, facts, copies))]
    figure("P4 planted secrets", wrong, len(secrets))
