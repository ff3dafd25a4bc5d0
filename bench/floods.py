"""Battery S9: a robot's flood, a campaign and honest people at the same time; who is refused, lost, marked or mixed up?

    .venv/bin/python bench/floods.py [--short] [--database URL] [--seed N]

5,000 posts of robots, 300 people from 40 addresses (60 of them in one library), a campaign of 1,000 letters with small
changes and 50 neighbours who reuse one paragraph of it, shuffled, through the whole app in this process. The short form
sends a twentieth. The database is a throw-away one, unless an empty one is named.

Four kinds of robots: most fill in every field or send at once, some wait like people and all sit at one address, a few
wait and are scattered. Nothing tells the last kind from people; they are not marked, and the bar leaves room for them.

The last line is one JSON object; the exit code is 1 when a bar is missed.
"""

import argparse
import hashlib
import json
import random
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # this folder has an analysis.py of its own

from participation.app import create_app
from participation.contributions.forms import TOO_QUICK
from participation.contributions.model import Contribution, Text
from participation.foundation import clock, schema
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.forms import fresh_key
from participation.people.model import Department
from participation.projects.model import Project, Round
from participation.reports.compile import compile_paper
from participation.rules.kinds import CaseType, PublicationRule, Rendition, RoundKind
from participation.rules.levels import Level
from participation.themes.campaigns import find_campaigns

WORDS = ROOT / "participation" / "practice" / "contributions"
#: A letter that a campaign sends round; people change the greeting, a word, or add a line of their own.
LETTER = (
    "Jeg skriver, fordi jeg er meget bekymret for kommunens plan om en ny vej gennem Nordskoven.",
    "Skoven er det eneste sted i bydelen, hvor børn kan lege frit, og hvor ældre kan gå en tur uden at høre biler. "
    "En vej vil dele skoven i to, og dyrene mister deres stier mellem søen og engen.",
    "Trafikken kan i stedet ledes ad den gamle landevej, som allerede er bred nok. Det er billigere, og det kan gøres "
    "inden for to år. Kommunens egen rapport siger, at landevejen kan klare dobbelt så mange biler.",
    "Jeg beder derfor byrådet om at droppe vejen gennem skoven og bruge pengene på at gøre landevejen sikker, med "
    "cykelsti i begge sider og lys ved busstoppene.",
)
OTHER_WORDS = (
    ("meget", "virkelig"),
    ("ældre", "gamle"),
    ("droppe", "opgive"),
    ("billigere", "bedre"),
    ("frit", "sikkert"),
)
SPAM = ("billige ure", "gratis lån", "klik her", "tjen penge", "vind nu", "rabat", "casino", "piller", "kryptovaluta")
#: Shares of the robots, in percent: fill in all fields, send at once, wait at one address, wait and are scattered.
ROBOTS = (("fills", 53), ("hurries", 38), ("waits", 7), ("scattered", 2))


@dataclass(frozen=True)
class Post:
    """One sending: who, from where, and what."""

    kind: str
    address: str
    words: str
    key: str = ""

    @property
    def is_robot(self) -> bool:
        """Whether a robot sends it."""
        return self.kind in dict(ROBOTS)


def main() -> int:
    """Run the battery; 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="a twentieth, for every day")
    parser.add_argument("--database", default="", help="an empty database instead of a throw-away SQLite file")
    parser.add_argument("--seed", type=int, default=9)
    given = parser.parse_args()
    many = {"robots": 200, "real": 80, "campaign": 60, "neighbours": 3} if given.short else {
        "robots": 5000, "real": 300, "campaign": 1000, "neighbours": 50
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            {
                "INSTANCE": folder,
                "DATABASE_URL": given.database or f"sqlite:///{folder}/floods.sqlite3",
                "SECRET_KEY": "x" * 40,
                "BASE_URL": "http://localhost",
            }
        )
        with app.app_context():
            schema.upgrade()
            figures = battery(app, many, random.Random(given.seed))
            db.session.remove()
            db.engine.dispose()
    print(json.dumps(figures))
    return 1 if figures["missed"] else 0


def battery(app: SettledFlask, many: dict[str, int], chance: random.Random) -> dict[str, object]:
    """Send everything and judge what became of it."""
    round_id, slug = matter()
    posts = [*robots(many["robots"], chance), *people(many["real"], many["campaign"], many["neighbours"], chance)]
    if len({post.words for post in posts}) != len(posts):
        raise SystemExit("two posts say the same, so they could not be told apart")
    posts = [
        post if post.kind == "hurries" else Post(post.kind, post.address, post.words, fresh_key(f"write:{round_id}"))
        for post in posts
    ]
    chance.shuffle(posts)
    time.sleep(TOO_QUICK.total_seconds() + 1)  # people, and robots that wait, have had their form for a while
    began = time.perf_counter()
    statuses = Counter(send(app, slug, round_id, post) for post in posts)
    seconds = time.perf_counter() - began
    return judged(posts, statuses, seconds)


def send(app: SettledFlask, slug: str, round_id: int, post: Post) -> tuple[bool, int]:
    """Send one form as a browser without JavaScript does; whether a robot did, and the status."""
    fields = {
        "words": post.words,
        "key": post.key or fresh_key(f"write:{round_id}"),
        "capacity": "citizen",
        "website": "https://ure.example" if post.kind == "fills" else "",
    }
    with app.test_client() as browser:
        answer = browser.post(
            f"/projekter/{slug}/svar",
            data=fields,
            content_type="multipart/form-data",
            environ_base={"REMOTE_ADDR": post.address},
        )
    return post.is_robot, answer.status_code


def judged(posts: list[Post], statuses: Counter[tuple[bool, int]], seconds: float) -> dict[str, object]:
    """The figures and the bars that were missed."""
    db.session.rollback()
    db.session.expire_all()
    rows = db.session.execute(
        sa.select(Contribution.id, Contribution.number, Contribution.suspicious, Contribution.words_hash, Text.words)
        .join(Text, Text.contribution_id == Contribution.id)
        .order_by(Contribution.number)
    ).all()
    found: dict[str, list[sa.Row]] = {}
    for row in rows:
        found.setdefault(row.words, []).append(row)
    kind_of = {row.id: post.kind for post in posts for row in found.get(post.words, ())}
    marked = Counter(kind_of[row.id] for row in rows if row.suspicious and row.id in kind_of)
    sent = Counter(post.kind for post in posts)
    project = db.session.scalars(sa.select(Project)).one()
    paper = compile_paper(project, Rendition.CASE, now=clock.now())
    group = largest_group(project.id, kind_of)
    robots_sent = sum(sent[kind] for kind, _ in ROBOTS)
    figures: dict[str, object] = {
        "sent": len(posts),
        "refused": sum(count for (_robot, status), count in statuses.items() if status != 303),
        "lost": sum(post.words not in found for post in posts),
        "doubled": sum(len(same) > 1 for same in found.values()),
        "changed": sum(row.words_hash != hashlib.sha256(row.words.encode()).hexdigest() for row in rows),
        "gaps": len(set(range(1, len(posts) + 1)) ^ {row.number for row in rows}),
        "not_in_case_file": len(
            {row.number for row in rows} ^ {entry.number for entry in paper.entries if entry.shown}
        ),
        "robots_marked": share(sum(marked[kind] for kind, _ in ROBOTS), robots_sent),
        "real_marked": share(marked["real"], sent["real"]),
        "people_marked": share(
            sum(marked[kind] for kind in ("real", "campaign", "neighbours")), len(posts) - robots_sent
        ),
        "marked_by_kind": {kind: share(marked[kind], sent[kind]) for kind in sorted(sent)},
        "campaign_in_one_group": share(group["campaign"], sent["campaign"]),
        "strangers_in_it": share(group.total() - group["campaign"], group.total()),
        "seconds": round(seconds, 1),
        "per_s": round(len(posts) / seconds, 1),
    }
    figures["missed"] = list(missed(figures))
    return figures


def missed(figures: dict[str, object]) -> Iterator[str]:
    """The bars of S9 that do not hold."""
    for name in ("refused", "lost", "doubled", "changed", "gaps", "not_in_case_file"):
        if figures[name] != 0:
            yield name
    for name, least, most in (
        ("robots_marked", 0.9, 1.0),
        ("real_marked", 0.0, 0.02),
        ("people_marked", 0.0, 0.02),
        ("campaign_in_one_group", 0.95, 1.0),
        ("strangers_in_it", 0.0, 0.02),
    ):
        if not least <= float(str(figures[name])) <= most:
            yield name


def largest_group(project_id: int, kind_of: dict[int, str]) -> Counter[str]:
    """Who is in the group that holds most of the campaign."""
    groups: dict[int, Counter[str]] = {}
    for member, medoid in find_campaigns(project_id, now=clock.now()).medoid.items():
        groups.setdefault(medoid, Counter())[kind_of[member]] += 1
    return max(groups.values(), key=lambda group: group["campaign"], default=Counter())


def share(part: int, whole: int) -> float:
    """A share, rounded to four places; nothing of nothing is nothing."""
    return round(part / whole, 4) if whole else 0.0


# -- who writes -------------------------------------------------------------------------------------------------------


def robots(many: int, chance: random.Random) -> Iterator[Post]:
    """Advertising and nonsense, each text a little different."""
    kinds = [kind for kind, percent in ROBOTS for _ in range(many * percent // 100)]
    for place in range(many):
        kind = kinds[place] if place < len(kinds) else "fills"
        said = " ".join(chance.choices(SPAM, k=8))
        words = f"{said} {chance.randbytes(6).hex()}"
        address = (
            "203.0.113.66" if kind == "waits" else f"10.{chance.randrange(256)}.{chance.randrange(256)}.{place % 250}"
        )
        yield Post(kind, address, words)


def people(real: int, campaign: int, neighbours: int, chance: random.Random) -> Iterator[Post]:
    """Honest people: on their own, in a campaign, and those who take over one paragraph."""
    texts = practice_words()
    chance.shuffle(texts)
    for place in range(real):
        address = "192.0.2.10" if place < 60 else f"172.16.{place % 39}.7"
        yield Post("real", address, f"{texts[place % len(texts)]}\n\nHilsen nr. {place}")
    for place in range(campaign):
        address = f"100.{64 + place // 5 // 256 % 64}.{place // 5 % 256}.{place % 5 + 1}"
        yield Post("campaign", address, campaign_letter(place, chance))
    for place in range(neighbours):
        own = texts[(real + place) % len(texts)]
        shared = LETTER[1 + place % 3]
        yield Post("neighbours", f"100.127.{place}.1", f"{own}\n\n{shared}\n\n{texts[-1 - place]} ({place})")


def campaign_letter(place: int, chance: random.Random) -> str:
    """The letter with small changes: a greeting, a name, other words, now and then a line of one's own."""
    body = "\n\n".join(LETTER)
    for word, other in chance.sample(OTHER_WORDS, k=chance.randrange(3)):
        body = body.replace(word, other)
    greeting = chance.choice(("Kære kommune", "Til byrådet", "Hej", "Kære byråd"))
    own = f"\n\nJeg bor på Skovvej {place}, og min familie bruger skoven hver dag." if place % 3 == 0 else ""
    return f"{greeting}\n\n{body}{own}\n\nVenlig hilsen\nBorger {place}"


def practice_words() -> list[str]:
    """What the citizens of the practice municipality have written: each text once, if it is long enough to be told."""
    found: dict[str, None] = {}
    for path in sorted(WORDS.glob("*.toml")):
        for one in tomllib.loads(path.read_text(encoding="utf-8"))["contribution"]:
            if len(one.get("text", "")) > 60:
                found.setdefault(one["text"].strip())
    return list(found)


def matter() -> tuple[int, str]:
    """An open hearing that shows what comes in at once, so that only the mark keeps a robot's words off the page."""
    now = datetime.now(UTC)
    with settling():
        department = Department(name="Veje", contact_name="Kontakt")
        db.session.add(department)
        db.session.flush()
        round_ = Round(
            kind=RoundKind.HEARING,
            level=Level.HEARING,
            announced_at=now - timedelta(days=2),
            opens_at=now - timedelta(days=1),
            closes_at=now + timedelta(days=30),
        )
        project = Project(
            slug="nordskoven",
            title="Vej gennem Nordskoven",
            case_type=CaseType.TRAFFIC,
            level=Level.HEARING,
            department_id=department.id,
            decided_by="byrådet",
            publication=PublicationRule.IMMEDIATELY,
            created_at=now,
            announced_at=now - timedelta(days=2),
        )
        project.rounds = [round_]
        db.session.add(project)
    return round_.id, project.slug


if __name__ == "__main__":
    sys.exit(main())
