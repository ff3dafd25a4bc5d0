"""What stands in the files of a letter is read page by page and divided into points like the rest (RP-14, RP-23)."""

import io
import re

import docx
import pytest
import typst
from docx.enum.text import WD_BREAK

from participation.contributions.attach import read_files
from participation.contributions.correct import correct_contribution
from participation.contributions.model import Contribution
from participation.contributions.split import split_contribution
from participation.foundation import files, jobs, markup
from participation.foundation.db import db, settling
from participation.rules.kinds import TextSource
from participation.rules.plain import in_rows
from tests.contributions.sending import csrf, holder_of, submitted
from tests.persons import NOW, sign_in


def long_pdf(pages: int) -> bytes:
    """A PDF with a sentence of its own on each page."""
    source = "#for n in range(1, %d) [Overgangen skal ligge ved nr. #n. Og sæt farten ned. #pagebreak(weak: true)]"
    return typst.compile((source % (pages + 1)).encode())


def long_word(pages: int) -> bytes:
    """A Word document whose pages somebody has parted."""
    document = docx.Document()
    for number in range(1, pages + 1):
        paragraph = document.add_paragraph(f"Overgangen skal ligge ved nr. {number}. Og sæt farten ned.")
        if number < pages:
            paragraph.add_run().add_break(WD_BREAK.PAGE)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_file(round_, name: str, data: bytes, words: str = "") -> Contribution:
    """A contribution with a file that has been read."""
    one = submitted(round_, words, files=(files.store(data, name),))
    jobs.run_all(None, NOW)
    db.session.rollback()
    return db.session.get_one(Contribution, one.id)


def pages_of(one: Contribution) -> list[int | None]:
    return [text.page for text in one.texts if text.source is TextSource.FILE]


@pytest.mark.parametrize(("name", "make", "pages"), [("plan.pdf", long_pdf, 238), ("brev.docx", long_word, 50)])
def test_a_long_file_is_divided_page_by_page_into_points_with_their_page(
    client, planner_person, hearing, name, make, pages
):
    """S5: a PDF of 238 pages, and a Word document of 50."""
    one = with_file(hearing, name, make(pages), "Se filen.")
    assert pages_of(one) == list(range(1, pages + 1))
    last = [text for text in one.texts if text.source is TextSource.FILE][-1]
    sign_in(client, planner_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/svar/1/del"
    shown = client.get(f"{door}?tekst={last.id}&forslag=1").text
    assert f"{name}, side {pages}" in shown
    wanted = f"Overgangen skal ligge ved nr. {pages}."
    start = last.words.index(wanted)
    chosen = {f"s-{start}-{start + len(wanted)}": "2", "tekst": last.id, "csrf_token": csrf(client, door)}
    assert client.post(door, data=chosen).status_code == 303
    db.session.rollback()
    points = [point for point in one.points if point.kind == "said"]
    assert [(point.words, point.from_files) for point in points] == [
        ("Se filen.", []),
        (wanted, [(name, str(pages))]),
    ]
    assert f"Fra filen {name}, side {pages}" in client.get(f"/arbejde/projekter/{hearing.project.slug}/svar/1").text


def test_a_letter_without_words_of_its_own_says_what_its_files_say(hearing):
    one = with_file(hearing, "brev.pdf", long_pdf(2))
    (point,) = one.points
    assert point.from_files == [("brev.pdf", "1–2")]
    assert point.words.count("Og sæt farten ned.") == 2


def test_a_letter_with_words_of_its_own_keeps_its_point(hearing):
    one = with_file(hearing, "brev.pdf", long_pdf(2), "Se filen.")
    assert [point.words for point in one.points] == ["Se filen."]


def test_what_is_longer_than_a_letter_waits_for_a_planner(hearing):
    one = with_file(hearing, "bog.pdf", long_pdf(400))
    assert sum(len(text.words) for text in one.texts) > markup.LONGEST
    assert [point.spans for point in one.points] == [[]]


def test_reading_again_changes_nothing(hearing):
    one = with_file(hearing, "brev.pdf", long_pdf(2))
    with settling():
        read_files({"contribution": one.id}, lambda share, words="": None, NOW)
    assert len(one.points[0].spans) == 2
    assert pages_of(one) == [1, 2]


def test_a_long_text_without_pages_is_kept_in_parts_that_can_be_divided(hearing):
    whole = "Overgangen skal ligge ved kirken.\n" * 1_500
    one = with_file(hearing, "brev.txt", whole.encode(), "Se filen.")
    parts = [text.words for text in one.texts if text.source is TextSource.FILE]
    assert len(parts) == 3
    assert all(len(part) <= markup.LONGEST and part.startswith("Overgangen") for part in parts)
    assert "".join(parts) == whole.strip()


def test_points_of_other_pages_stay_when_one_is_divided(client, planner_person, hearing):
    one = with_file(hearing, "brev.pdf", long_pdf(2))
    second = next(text for text in one.texts if text.page == 2)
    sign_in(client, planner_person)
    door = f"/arbejde/projekter/{hearing.project.slug}/svar/1/del"
    page = client.get(f"{door}?tekst={second.id}").text
    assert "Punkter i resten af svaret" not in page  # the one point has words here, too
    first = re.search(r'name="(s-\d+-\d+)"', page)
    assert first is not None
    client.post(door, data={first[1]: "2", "tekst": second.id, "csrf_token": csrf(client, door)})
    db.session.rollback()
    assert [point.from_files for point in one.points] == [[("brev.pdf", "1–2")], [("brev.pdf", "2")]]
    assert one.points[1].words == "Overgangen skal ligge ved nr. 2."


def test_a_correction_of_the_words_leaves_the_points_in_files_as_they_are(hearing, planner):
    one = with_file(hearing, "brev.pdf", long_pdf(2), "Se filen. Og lys.")
    first = next(text for text in one.texts if text.page)
    body, file = one.body, (0, len("Overgangen skal ligge ved nr. 1."))
    with settling():
        split_contribution(planner, one, [[(body.id, 0, 9)], [(first.id, *file), (body.id, 10, 17)]], now=NOW)
    with settling():
        correct_contribution(holder_of(one), one, "Se min fil.", now=NOW)
    words = sorted((point.words, point.from_files) for point in one.points)
    assert words == [("Overgangen skal ligge ved nr. 1.", [("brev.pdf", "1")]), ("Se min fil.", [])]


def test_a_letter_of_files_alone_can_be_added_to(hearing):
    one = with_file(hearing, "brev.pdf", long_pdf(2))
    with settling():
        correct_contribution(holder_of(one), one, "Jeg mener det.", now=NOW)
    assert sorted(point.from_files for point in one.points) == [[], [("brev.pdf", "1–2")]]


def test_pages_are_told_as_one_reads_them():
    assert in_rows([3, 4, 5, 9, 0]) == "3–5, 9"
    assert in_rows([]) == ""
