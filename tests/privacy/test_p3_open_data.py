"""P3: whoever holds a street register and a list of voters finds nobody again in open data, and k is five (T17).

Everybody in it is made up. The attacker knows of each voter the name, the address, the postal district, in which week
and by which way they wrote, and whether they live next door: more than any register tells.
"""

import json
import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from participation.answers.compare import compare_points
from participation.contributions.model import Contribution
from participation.contributions.receive import Sender
from participation.foundation import files
from participation.foundation.db import db, settling
from participation.reports.model import WhitePaper
from participation.reports.open_figures import CONTRIBUTIONS, SMALLEST
from participation.reports.publish import OPEN_DATA, publish_paper
from participation.rules import dates
from participation.rules.kinds import PRIVATE, Capacity, Channel, Rendition
from tests.contributed import receive
from tests.law.conftest import Figure
from tests.persons import NOW
from tests.reports.cases import answer, publish, read, theme

STREETS = ("Møllevej", "Solsortevej", "Kirkestien", "Åbrinken", "Hulvejen", "Ærtevangen")
DISTRICTS = ("3460 Birkerød", "3000 Helsingør", "2100 København Ø", "8000 Aarhus C")
FIRST = ("Asta", "Bo", "Carla", "Dan", "Ellen", "Finn", "Gry", "Hans", "Ida", "Jens")
LAST = ("Holm", "Vang", "Bæk", "Dal", "Elkjær", "Fjord", "Krog", "Lund", "Mose", "Skov")
VOTERS, WROTE = 400, 90


def register() -> list[Sender]:
    """A made-up list of voters with their addresses; some districts have many, others hardly anybody."""
    chance, found = random.Random(17), []
    for number in range(VOTERS):
        where = chance.choices(DISTRICTS, (60, 25, 12, 3))[0]
        street = f"{STREETS[number % len(STREETS)]} {number // 3 + 1}"
        found.append(
            Sender(
                name=f"{FIRST[number % 10]} {LAST[number // 10 % 10]}-{number}",
                address=f"{street}, {where}",
                capacity=Capacity.NEIGHBOUR if chance.random() < 0.15 else Capacity.CITIZEN,
            )
        )
    return found


@pytest.fixture
def voters() -> list[Sender]:
    return register()


@pytest.fixture
def paper(planner: Any, hearing: Any, without_approval: Any, later: datetime, voters: list[Sender]) -> WhitePaper:
    """A published paper on letters from some of the voters and two councils."""
    chance, written = random.Random(3), list[Contribution]()
    for place, voter in enumerate(chance.sample(voters, WROTE)):
        at = NOW + timedelta(minutes=place * 17)
        written += receive(hearing, f"Jeg hedder noget med {place} og vil have mere lys.", sender=voter, at=at)
    for name in ("Ældrerådet", "Ungerådet"):
        written += receive(hearing, "Rådet er enigt.", sender=Sender(organisation=name, capacity=Capacity.COUNCIL))
    publish(*written)
    with settling():
        for one in written:
            one.received_at -= timedelta(days=chance.randint(0, 20))
            one.channel = chance.choices((Channel.WEB, Channel.EMAIL, Channel.LETTER), (80, 15, 5))[0]
        parts = (written[:3], written[3:15], written[15:])
        topics = [theme(hearing.project, f"Emne {place}", *part) for place, part in enumerate(parts)]
    answer(planner, *topics)
    read(*written)
    compare_points(hearing.project_id, now=later)
    with settling():
        return publish_paper(planner, hearing.project, now=later)


def told(client: Any, paper: WhitePaper) -> dict[str, bytes]:
    home = f"/projekter/{paper.project.slug}/hvidbog/{paper.version}"
    return {name: client.get(f"{home}/{name}").data for name in OPEN_DATA.values()}


def known(one: Contribution) -> dict[str, str]:
    """What the attacker knows of somebody who wrote, as open data would say it."""
    year, week, _day = dates.local_day(one.received_at).isocalendar()
    area = one.contact.address.rpartition(", ")[2].split()[0]
    return {
        "kind": one.kind.value, "speaks_as": one.capacity.value, "arrival": one.arrival.value,
        "channel": one.channel.value, "week": f"{year}-W{week:02}", "area": area,
    }  # fmt: skip


def test_nobody_is_found_again(figure: Figure, client: Any, paper: WhitePaper, voters: list[Sender]) -> None:
    """Every way to pick rows by what is known of a person leaves five people or more."""
    data = json.loads(told(client, paper)["aabne-data.json"])
    groups = [row for row in data["contributions"] if row["speaks_as"] in (None, *(one.value for one in PRIVATE))]
    wrote = [one for one in db.session.query(Contribution) if one.capacity in PRIVATE]
    wrong = []
    for one in wrote:
        knows = known(one)
        for seen in range(2 ** len(CONTRIBUTIONS)):
            asked = {name: knows[name] for place, name in enumerate(CONTRIBUTIONS) if seen >> place & 1}
            fit = [row for row in groups if all(row[name] in (None, value) for name, value in asked.items())]
            same = [row for row in groups if all(row[name] == value for name, value in asked.items())]
            if not fit or any(0 < sum(row["count"] for row in rows) < SMALLEST for rows in (fit, same)):
                wrong.append(f"nr. {one.number}: {asked}")
    assert len(wrote) == WROTE
    assert sum(row["count"] for row in groups) == WROTE
    assert figure("P3 linkage with a street register and a list of voters", wrong, len(wrote)) == []


def test_every_group_has_five_and_every_topic_hides_fewer(figure: Figure, client: Any, paper: WhitePaper) -> None:
    data = json.loads(told(client, paper)["aabne-data.json"])
    private = [row for row in data["contributions"] if row["speaks_as"] in (None, *(one.value for one in PRIVATE))]
    wrong = [str(row) for row in private if row["count"] < SMALLEST]
    wrong += [str(row) for row in data["topics"] if row["private"] is not None and 0 < row["private"] < SMALLEST]
    assert [row["private"] for row in data["topics"]].count(None) == 1
    assert figure("P3 groups of five", wrong, len(private) + len(data["topics"])) == []


def test_no_name_no_street_no_word_and_no_day_stands_in_any_byte(
    figure: Figure, client: Any, paper: WhitePaper, voters: list[Sender]
) -> None:
    bytes_ = b"".join(told(client, paper).values()).decode()
    secrets = {one.name for one in voters} | {*STREETS, *FIRST, *LAST} | {one.split()[1] for one in DISTRICTS}
    for one in db.session.query(Contribution):
        secrets |= {one.words, one.received_at.isoformat()[:16], f"{dates.local_day(one.received_at)}"}
    allowed = {json.loads(told(client, paper)["aabne-data.json"])["made_on"]}
    wrong = [secret for secret in secrets - allowed if secret in bytes_]
    assert figure("P3 bytes", wrong, len(secrets)) == []


def test_the_frozen_words_that_everybody_may_fetch_have_the_day_alone_and_no_district(paper: WhitePaper) -> None:
    """T17: the file that the page is made of is public, too."""
    (lines,) = [one for one in paper.documents if (one.rendition, one.format) == (Rendition.PUBLIC, "jsonl")]
    with files.open_(lines.sha256) as file:
        entries = [json.loads(line) for line in file]
    assert {datetime.fromisoformat(one["received_at"]).minute for one in entries} == {0}
    whole = json.dumps(entries, ensure_ascii=False)
    assert not any(street in whole for street in STREETS)
    assert not any(district.split()[0] in whole for district in DISTRICTS)
