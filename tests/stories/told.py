"""From the white paper to the last letter: the files of a large case, the decision, and feedback to everybody."""

import re
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pypdfium2
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from participation.contributions.model import Contact, Contribution
from participation.decisions.record import Result, record_result
from participation.feedback.model import Feedback
from participation.feedback.own import own_page
from participation.feedback.publish import is_owed
from participation.foundation import clock
from participation.foundation.db import db, settling
from participation.people.actor import actor_of
from participation.rules import dates
from participation.rules.kinds import Role, StepResult
from participation.rules.policy import Actor
from tests.mailbox import MailServer
from tests.office import opened
from tests.stories.street import DESK, PUBLIC, Street, matter, press

#: How many who wrote without an e-mail gave no address either: they have the code.
BY_CODE = 10
HEADINGS = ("Kort fortalt", "Sagen", "Hvem er hørt, og hvem har svaret", "Sådan er svarene samlet i emner",
            "Emnerne og forvaltningens bemærkninger", "Modtaget efter fristen", "Bilag: alle svar")  # fmt: skip


def fetch_the_papers(page: Page, folder: Path) -> None:
    """Every file of the public white paper holds everybody, and opens in the programs that people have."""
    for kind in ("pdf", "docx", "xlsx", "json"):
        answer = page.request.get(f"{PUBLIC}/hvidbog/1/{kind}")
        assert answer.status == 200, kind
        (folder / f"hvidbog.{kind}").write_bytes(answer.body())
    numbers = set(range(1, matter().last_number + 1))
    text = " ".join(leaf.get_textpage().get_text_range() for leaf in pypdfium2.PdfDocument(folder / "hvidbog.pdf"))
    annex = {int(number) for number in re.findall(r"(?:Høringssvar|Spørgsmål) nr\. (\d+), ", text)}
    told = re.search(r"Trukket tilbage\s+Nr\. ([\d, ]+)", text)
    withdrawn = {int(number) for number in re.findall(r"\d+", told[1])} if told else set()
    assert annex | withdrawn == numbers
    assert not annex & withdrawn

    book = openpyxl.load_workbook(folder / "hvidbog.xlsx")
    sheet = book.worksheets[0]
    assert sheet.max_column == 9 + 2
    assert {row[0] for row in sheet.iter_rows(min_row=2, min_col=3, max_col=3, values_only=True)} == numbers
    assert not [cell for tab in book for row in tab.iter_rows() for cell in row if cell.data_type == "f"]

    document = docx.Document(str(folder / "hvidbog.docx"))
    written = [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]
    (printed,) = opened(folder, "odt", folder / "hvidbog.docx")
    assert [one for one in HEADINGS if one not in written] == []
    contents = outline(printed)
    assert [one for one in written if one not in contents] == []


def outline(file: Path) -> list[str]:
    """The headings of a document as LibreOffice has read them."""
    import xml.etree.ElementTree as ElementTree
    import zipfile

    tag = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}h"
    with zipfile.ZipFile(file) as archive:
        return ["".join(one.itertext()) for one in ElementTree.fromstring(archive.read("content.xml")).iter(tag)]


def decide(street: Street) -> None:
    """The committees recommend; the council adopts as recommended, which the clerk writes down on one page."""
    today = dates.local_day(clock.now())
    *before, last = [step.id for step in matter().steps if step.result is None]
    clerk = actor_of(street.person(Role.CLERK))
    for step in before:
        db.session.rollback()
        with settling():
            steps = {one.id: one for one in matter().steps}
            record_result(clerk, steps[step], Result(met_on=today, result=StepResult.RECOMMENDED), now=clock.now())
    page = street.page(Role.CLERK)
    page.goto(f"{DESK}/beslutning/{last}")
    page.locator("[name=result]").select_option("adopted")
    page.locator("[name=met_on]").fill(today.isoformat())
    page.locator("[name=grounds]").fill("Byrådet følger indstillingen, fordi vejene bliver mere sikre.")
    page.locator("[name=legal_ground]").fill("Vejloven § 8")
    page.locator("[name=announced_on]").fill(today.isoformat())
    page.locator("[name=complaint]").select_option(index=1)
    press(page, "Gem resultatet")
    expect(page.locator(".to-mend")).to_have_count(0)


def give_addresses() -> None:
    """Those who wrote without an e-mail asked for a letter, but for the last ten."""
    owed = sa.select(Contribution.id).where(Contribution.project_id == matter().id, is_owed())
    quiet = db.session.scalars(
        sa.select(Contact.contribution_id)
        .where(Contact.contribution_id.in_(owed), Contact.email == "")
        .order_by(Contact.contribution_id)
    ).all()
    db.session.rollback()
    with settling():
        db.session.execute(
            sa.update(Contact)
            .where(Contact.contribution_id.in_(quiet[:-BY_CODE]))
            .values(wants_post=True, address=sa.literal("Nørregade ") + sa.cast(Contact.contribution_id, sa.String))
        )


def tell_everybody(street: Street, mail: MailServer) -> None:
    """One act; then each has one page, and one letter by mail or on paper; whoever left no address has the code."""
    planner = street.page(Role.PLANNER)
    street.work()
    mail.got.clear()
    planner.goto(f"{DESK}/besked")
    press(planner, "Send til alle")
    street.work()
    planner.goto(f"{DESK}/besked/print")
    sheets = planner.locator("article.letter h2").all_inner_texts()
    press(planner, "Brevene er printet og sendt")

    project = matter()
    asked = sa.select(Contribution).where(Contribution.project_id == project.id, is_owed())
    owed = {one.number: one for one in db.session.scalars(asked)}
    told = db.session.scalars(sa.select(Feedback).where(Feedback.project_id == project.id)).all()
    ways = {one.contribution.number: one.channel for one in told}
    assert len(told) == len(ways)
    by_mail = Counter(number_in(str(one["Subject"])) for _to, one in mail.got)
    assert ways.keys() == owed.keys()
    assert len(owed) > 300
    assert min(len(by_mail), len(sheets)) > 100
    assert by_mail == Counter(number for number, way in ways.items() if way == "email")
    assert Counter(map(number_in, sheets)) == Counter(number for number, way in ways.items() if way == "print")
    assert len([way for way in ways.values() if way == "code"]) == BY_CODE
    for to, one in mail.got:
        contact = owed[number_in(str(one["Subject"]))].contact
        assert contact is not None
        assert to == [contact.email]
    for one in owed.values():
        page = own_page(Actor(held=frozenset({one.id})), one.id, clock.now())
        assert page.feedback is not None
        assert page.points
        assert all(point.answer is not None and point.outcome is not None for point in page.points), one.number
    citizen = street.page(Role.VISITOR)
    citizen.goto("/mit-svar/hvor")
    expect(citizen.locator("main")).to_contain_text("Byrådet besluttede")


def number_in(subject: str) -> int:
    """``Trafikplan Nord: sådan blev dit høringssvar brugt, nr. 49``."""
    return int(re.sub(r"\D", "", subject.rpartition("nr.")[2]))
