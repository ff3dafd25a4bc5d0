"""One person handles a hearing of eight answers, from the announcement to the last letter, in at most 45 acts."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pypdfium2
import pytest
import sqlalchemy as sa
import time_machine
from playwright.sync_api import Page, expect

from participation.contributions.model import Contribution
from participation.foundation import jobs
from participation.foundation.db import SettledFlask, db, settling
from participation.foundation.model import Letter
from participation.people import passwords
from participation.people.model import Department, Person
from participation.projects.model import Project, Step
from participation.rules import phases
from participation.rules.handling import Handling

DESK = "/arbejde/projekter/ny-skolevej-ved-engparken"
PASSWORD = "hest batteri cykelsti tagsten"
START = datetime(2026, 9, 1, 7, 0, tzinfo=UTC)

ONLINE = (
    "Overgangen skal ligge ved kirken, ikke ved tanken. Der er mange biler.\n\nOg der mangler lys på stien.",
    "Godt forslag. Mine børn glæder sig til at kunne cykle selv.",
    "Jeg er imod. Vejen bliver for dyr, og pengene skal bruges på skolen.",
)
#: On paper, from somebody without e-mail, who asks for the answer by post.
POSTED = "Kan der komme en bænk ved busstoppet? Min mor kan ikke stå så længe."
HOME = "Lindevej 4, 9999 Engelund"
MAILED = (
    ("Grete Holm", "Hej kommune. I glemmer buslommen. Bussen holder på fortovet hver morgen."),
    ("Poul Kær", "Hækken ved nr. 12 skygger, så man ikke ser børnene. Kan I klippe den?"),
    ("Sine Dahl", "Vi er fire familier, der synes, at farten skal ned til 30 på Møllevej."),
    ("Egon Lund", "Tak for et godt møde. Jeg støtter planen, som den er."),
)


@pytest.fixture
def staff(roads: Department, planner_person: Person, leader_person: Person, clerk_person: Person) -> dict[str, Person]:
    """The three who work on it, each with a password."""
    with settling():
        for person in (planner_person, leader_person, clerk_person):
            person.password_hash = passwords.hash_password(PASSWORD)
    return {"planner": planner_person, "leader": leader_person, "clerk": clerk_person}


class Acts:
    """Counts what staff do: a POST is an act, signing in too, and so is each file that is fetched."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def count(self, page: Page) -> Page:
        page.on("request", lambda request: self.sent.append(request.url) if request.method == "POST" else None)
        page.on("download", lambda download: self.sent.append(download.url))
        return page


def signed_in(page: Page, person: Person) -> Page:
    page.goto("/log-ind")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Kodeord").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


def mails(folder: Path) -> list[Path]:
    """Four e-mails as they lie in a mailbox."""
    paths = []
    for index, (name, words) in enumerate(MAILED):
        mail = EmailMessage()
        mail["From"] = f"{name} <{name.split()[0].lower()}@example.org>"
        mail["To"], mail["Subject"] = "kontakt@engelund.example", "Høring om skolevejen"
        mail["Date"] = START + timedelta(days=10)
        mail.set_content(words)
        path = folder / f"brev-{index}.eml"
        path.write_bytes(bytes(mail))
        paths.append(path)
    return paths


def announce(page: Page) -> None:
    page.goto("/arbejde/projekter/nyt")
    page.locator("#niveau-hearing").check()
    page.locator("[name=sagstype]").select_option("trafik")
    page.locator("main form button").first.click()
    page.locator("[name=title]").fill("Ny skolevej ved Engparken")
    page.locator("[name=summary]").fill("Børn skal krydse Møllevej et nyt sted. Vi vil høre, hvad du mener.")
    page.locator("[name=meaning]").fill("Dit barn får en kortere vej til skole.")
    page.locator("[name=open]").fill("Hvor overgangen ligger\nLys og beplantning")
    page.get_by_role("button", name="Gem kladden").click()
    page.get_by_role("button", name="Offentliggør").click()
    expect(page.get_by_role("link", name="Se borgernes side", exact=True)).to_be_visible()


def answer_online(page: Page, words: str, email: str = "") -> None:
    page.goto("/projekter/ny-skolevej-ved-engparken")
    page.get_by_role("link", name="Skriv dit høringssvar").first.click()
    page.get_by_label("Dit høringssvar").fill(words)
    if email:
        page.get_by_label("E-mail (valgfrit)").fill(email)
    page.get_by_role("button", name="Send", exact=False).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tak")


def row(page: Page, words: str) -> object:
    return page.get_by_role("row").filter(has_text=words)


def answer_all(page: Page) -> None:
    """All rows of the table, one refusal with its reason, saved once."""
    page.goto(f"{DESK}/svar")
    for line in page.locator("tbody tr").all():
        line.get_by_label("Forvaltningens bemærkninger").fill("Tak for dit svar. Vi er enige og retter planen til.")
        line.get_by_label("Indstilling").select_option("accommodated")
    refused = page.locator("tbody tr").filter(has_text="Jeg er imod.")
    refused.get_by_label("Indstilling").select_option("not_accommodated")
    refused.get_by_label("Forvaltningens bemærkninger").fill("Vi forstår, at pengene kan bruges til andet.")
    refused.locator("summary").filter(has_text="Begrundelse").click()
    refused.locator("[name$=-reason]").fill("Byrådet har besluttet vejen og sat pengene af til den.")
    page.get_by_role("button", name="Gem alle svar").click()
    expect(page.get_by_text("Gemt.")).to_be_visible()


def test_eight_answers_from_start_to_finish(
    app: SettledFlask, window: Callable[..., Page], staff: dict[str, Person], tmp_path: Path
) -> None:
    """RP-21 RP-23 RP-35 RP-42 RE-35 RL-36: the whole chain, counted."""
    acts = Acts()
    with time_machine.travel(START, tick=True) as clock:
        planner = signed_in(acts.count(window(js=False)), staff["planner"])
        announce(planner)

        clock.move_to(START + timedelta(days=3))
        citizen = window(width=320)
        for index, words in enumerate(ONLINE):
            answer_online(citizen, words, "ida@example.org" if index == 0 else "")
        clock.move_to(START + timedelta(days=12))
        planner.goto(f"{DESK}/indbakke")
        planner.locator("input[type=file]").set_input_files(mails(tmp_path))
        planner.get_by_role("button", name="Læg ind").click()
        expect(planner.get_by_text("4 høringssvar er lagt ind.")).to_be_visible()
        write_in(planner)
        assert "Vi har modtaget" in print_letters(planner, 3)  # and two bodies are asked by post

        db.session.rollback()
        closes = db.session.scalars(sa.select(Project)).one().round.closes_at
        assert closes is not None
        clock.move_to(closes + timedelta(days=1))
        answer_all(planner)
        publish_words(planner)
        change(planner)
        planner.goto(f"{DESK}/klar")
        expect(planner.get_by_text("Alt er på plads")).to_be_visible()

        planner.goto(f"{DESK}/rapport")
        planner.get_by_role("button", name="Bed om godkendelse").click()
        approve(acts.count(window(width=320)), staff["leader"])
        planner.goto(f"{DESK}/rapport")
        planner.get_by_role("button", name="Offentliggør hvidbogen").click()
        edit_on_in_word(planner, tmp_path)
        decide(signed_in(acts.count(window(js=False)), staff["clerk"]), clock, tmp_path)
        finish(planner)

        db.session.rollback()
        project = db.session.scalars(sa.select(Project)).one()
        assert phases.phase(project.round, datetime.now(UTC)) is phases.Phase.CLOSED
        assert db.session.scalar(sa.select(sa.func.count(Contribution.id))) == 8
        told = db.session.scalars(sa.select(Letter).where(Letter.kind.startswith("feedback"))).all()
        assert sorted(letter.kind for letter in told) == ["feedback"] * 5 + ["feedback_print"]
        assert not [letter for letter in told if letter.sent_at is None]
        read_the_papers(citizen, tmp_path)
        walk_both_ways(citizen)
    print(f"\n{len(acts.sent)} staff acts for 8 answers")
    assert len(acts.sent) <= 45


def change(page: Page) -> None:
    page.goto(f"{DESK}/aendringer")
    page.get_by_label("Sted i materialet").last.fill("§ 4.1")
    page.get_by_label("Det stod der").last.fill("Overgangen ligger ved tanken.")
    page.get_by_label("Det skal der stå").last.fill("Overgangen ligger ved kirken.")
    page.locator("input[name=answers]").first.check()
    page.get_by_role("button", name="Gem ændringen").last.click()
    expect(page.get_by_text("Gemt.")).to_be_visible()


def approve(page: Page, leader: Person) -> None:
    """The leader follows the one link of the letter on a phone."""
    jobs.run_all(None, datetime.now(UTC))
    db.session.rollback()
    letter = db.session.scalars(sa.select(Letter).where(Letter.kind.startswith("approv"))).one()
    from participation.foundation import letters

    link = next(word for word in letters.read_in_full(letter).words.split() if "/arbejde/godkend/" in word)
    signed_in(page, leader)
    page.goto("/arbejde/godkend/" + link.rsplit("/", 1)[1])
    page.get_by_role("button", name="Godkend", exact=True).click()
    expect(page.get_by_text("Godkendt").first).to_be_visible()


def publish_words(page: Page) -> None:
    """The citizens' words onto the page, in batch."""
    page.goto(f"{DESK}/indbakke")
    page.get_by_role("button", name="læste på siden").click()
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).where(Contribution.handling == Handling.PUBLISHED))


def write_in(page: Page) -> None:
    """A letter from somebody without e-mail, on one screen."""
    page.goto(f"{DESK}/indbakke/skriv-ind")
    page.locator("[name=channel]").select_option("letter")
    page.locator("[name=words]").fill(POSTED)
    page.locator("[name=name]").fill("Karen Holm")
    page.locator("summary").filter(has_text="Tilføj mere").click()
    page.locator("[name=wants_post]").check()
    page.locator("[name=address]").fill(HOME)
    page.get_by_role("button", name="Skriv ind", exact=True).click()
    expect(page.get_by_text("Skrevet ind som nr. 8.")).to_be_visible()


def print_letters(page: Page, many: int) -> str:
    """The letters that wait for paper, all on one page, and one press when they lie in the post; gives the words."""
    jobs.run_all(None, datetime.now(UTC))
    page.goto(f"{DESK}/besked/print")
    expect(page.locator("article.letter")).to_have_count(many)
    sheet = page.locator("article.letter").filter(has_text=HOME.split(",")[0])
    words = sheet.locator("pre").inner_text()
    page.get_by_role("button", name="Brevene er printet og sendt").click()
    expect(page.get_by_text(re.compile("Det er skrevet ned, at . breve? er sendt"))).to_be_visible()
    return words


def edit_on_in_word(page: Page, folder: Path) -> None:
    """The white paper to finish in Word: headings, contents and all eight in their table."""
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Word").click()
    fetched.value.save_as(folder / "sagens.docx")
    document = docx.Document(str(folder / "sagens.docx"))
    assert {"Kort fortalt", "Høringssvarene og forvaltningens bemærkninger", "Bilag: alle svar"} <= set(
        headings(document)
    )
    (replies,) = [table for table in document.tables if table.rows[0].cells[0].text == "Nr."]
    assert {row.cells[0].text for row in replies.rows[1:]} - {""} == {str(number) for number in range(1, 9)}


def headings(document: Any) -> list[str]:
    return [one.text for one in document.paragraphs if one.style.name.startswith("Heading")]


def decide(page: Page, clock: Any, folder: Path) -> None:
    page.goto("/arbejde/moeder")
    page.get_by_role("button", name="Læg hvidbogen ved").first.click()
    page.goto(f"{DESK}/beslutning")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Hent tekst til dagsordenen (Word)").first.click()
    fetched.value.save_as(folder / "dagsorden.docx")
    assert {"Sagsfremstilling", "Høring", "Retsgrundlag", "Indstilling"} <= set(
        headings(docx.Document(str(folder / "dagsorden.docx")))
    )
    while (step := next_step()) is not None:
        planned = step.planned_on or datetime.now(UTC).date()
        met = max(datetime.combine(planned, time(18), UTC), datetime.now(UTC))
        clock.move_to(met)
        page.goto(f"{DESK}/beslutning/{step.id}")
        is_last = page.locator("[name=as_recommended]").count() > 0
        page.locator("[name=result]").select_option("adopted" if is_last else "recommended")
        page.locator("[name=met_on]").fill(met.date().isoformat())
        if is_last:
            page.locator("summary").filter(has_text="Undtagelser").click()
            page.locator("[name$=outcome]").nth(1).select_option("partly")
            page.locator("[name=grounds]").fill("Byrådet følger indstillingen, fordi skolevejen bliver mere sikker.")
            page.locator("[name=legal_ground]").fill("Vejloven § 3")
            page.locator("[name=announced_on]").fill(met.date().isoformat())
            page.locator("[name=complaint]").select_option(index=1)
        page.get_by_role("button", name="Gem resultatet").click()
        assert page.locator(".to-mend").count() == 0, page.locator(".to-mend").inner_text()


def next_step() -> Step | None:
    db.session.rollback()
    return db.session.scalar(
        sa.select(Step).where(Step.result.is_(None), Step.kind != "hearing").order_by(Step.position, Step.id)
    )


def finish(page: Page) -> None:
    page.goto(f"{DESK}/besked")
    page.get_by_role("button", name="Send til alle").click()
    expect(page.get_by_text("har fået besked").first).to_be_visible()
    assert "Du skrev: Kan der komme en bænk" in print_letters(page, 1)
    page.goto(f"{DESK}/besked")
    page.get_by_role("button", name="Afslut", exact=False).first.click()
    db.session.rollback()


def read_the_papers(page: Page, folder: Path) -> None:
    """PDF and Word open, and say what the page says."""
    for kind in ("pdf", "docx", "xlsx"):
        answer = page.request.get(f"/projekter/ny-skolevej-ved-engparken/hvidbog/1/{kind}")
        assert answer.status == 200, kind
        (folder / f"hvidbog.{kind}").write_bytes(answer.body())
    text = "".join(leaf.get_textpage().get_text_range() for leaf in pypdfium2.PdfDocument(folder / "hvidbog.pdf"))
    letters_only = "".join(letter for letter in text if letter.isalpha())
    assert "glemmerbuslommen" in letters_only
    with pikepdf.open(folder / "hvidbog.pdf") as pdf:
        assert pdf.Root.MarkInfo.Marked
    document = docx.Document(io.BytesIO((folder / "hvidbog.docx").read_bytes()))
    assert any(paragraph.style.name.startswith("Heading") for paragraph in document.paragraphs)


def walk_both_ways(page: Page) -> None:
    """From the decision to a citizen's own words in two clicks, and from the receipt to the change in two."""
    page.goto("/projekter/ny-skolevej-ved-engparken/beslutning")
    page.locator("main a[href*='hoeringssvar/']").first.click()
    expect(page.locator(".words").first).to_be_visible()

    number = db.session.scalars(sa.select(Contribution.id).where(Contribution.number == 1)).one()
    from participation.foundation import codes

    page.goto("/mit-svar")
    page.locator("[name=code]").fill(codes.tracking_code(number, 1))
    page.get_by_role("button", name="Vis mit svar").click()
    changed = page.locator(".worddiff")
    expect(changed.locator("del")).to_contain_text("tanken")
    expect(changed.locator("ins")).to_contain_text("kirken")
    page.get_by_text("Se før og efter hver for sig").click()
    expect(page.get_by_text("Overgangen ligger ved kirken.")).to_be_visible()
