"""The command ``medspil analyse`` as a person uses it: a sheet in, a report out, one line where something is wrong."""

import csv
import json
import random
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import docx
import openpyxl
import pytest
from click.testing import CliRunner

from analysis.analyse import analyse
from analysis.report import as_html
from participation.cli import main
from tests.analysis.letters import POINTS

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments, env=None):
    """The command in this process; in one of its own, as a person starts it, where the surroundings matter."""
    if env is None:
        return CliRunner().invoke(main, ["analyse", *map(str, arguments)])
    command = [sys.executable, "-m", "participation.cli", "analyse", *map(str, arguments)]
    surroundings = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"} | env
    return subprocess.run(command, capture_output=True, text=True, cwd="/", env=surroundings, timeout=300, check=False)


def ended(done):
    return done.returncode if isinstance(done, subprocess.CompletedProcess) else done.exit_code


def sheet(path, texts, ids=None, encoding="utf-8", delimiter=",", heading=("nr", "svar")):
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(heading)
        writer.writerows(zip(ids or range(1, len(texts) + 1), texts, strict=True))
    return path


def analysed(tmp_path, source, *options, env=None):
    values = tmp_path / "values.json"
    done = run(source, "--json", values, *options, env=env)
    assert ended(done) == 0, done.stderr
    return json.loads(values.read_text(encoding="utf-8"))


def complaint(*arguments):
    done = run(*arguments)
    lines = done.stderr.strip().splitlines()
    assert ended(done) != 0
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.fixture(scope="module")
def answers():
    return [point for _theme, point in POINTS]


def test_a_sheet_gives_a_page_a_workbook_and_json(tmp_path, answers):
    out = tmp_path / "out"
    done = run(sheet(tmp_path / "answers.csv", answers), "--text", "svar", "--id", "nr", "--out", out, env={})
    assert ended(done) == 0, done.stderr
    found = json.loads((out / "report.json").read_text(encoding="utf-8"))
    page = (out / "report.html").read_text(encoding="utf-8")
    tabs = openpyxl.load_workbook(out / "report.xlsx", read_only=True).sheetnames
    assert tabs == ["Temaer", "Punkter", "Svar", "Ens svar"]
    assert [each["id"] for each in found["inputs"]] == [str(i + 1) for i in range(len(answers))]
    assert page.count("<svg") == page.count("<figure>") <= page.count("<table>")
    assert not re.search(r"(?:src|href|url)\s*[=(]|<script|@import", page)


def test_every_point_stands_in_its_answer_and_names_a_theme_that_is_there(tmp_path, answers):
    found = analysed(tmp_path, sheet(tmp_path / "a.csv", answers), "--text", "svar")
    themes = {theme["id"] for theme in found["themes"]}
    topics = {topic["id"] for theme in found["themes"] for topic in theme["topics"]}
    texts = dict(zip((each["id"] for each in found["inputs"]), answers, strict=True))
    for point in found["points"]:
        assert point["theme"] in themes
        assert point["topic"] in topics | {None}
        for start, end in point["spans"]:
            said = texts[point["input"]][start:end]
            assert said
            assert said == said.strip()
    for theme in found["themes"]:
        assert theme["size"] == sum(point["theme"] == theme["id"] for point in found["points"])
        for quote in theme["quotes"]:
            assert quote["text"] == texts[quote["input"]][slice(*quote["span"])]


def test_the_order_of_rows_the_threads_and_the_process_change_nothing(tmp_path, answers):
    ids = [f"svar {i}" for i in range(len(answers))]
    rows = list(zip(ids, answers, strict=True))
    first = analysed(tmp_path, sheet(tmp_path / "a.csv", answers, ids), "--text", "svar", "--id", "nr")
    random.Random(3).shuffle(rows)
    source = sheet(tmp_path / "b.csv", [text for _, text in rows], [name for name, _ in rows])
    env = {"PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}
    second = analysed(tmp_path, source, "--text", "svar", "--id", "nr", env=env)
    assert first["digest"] == second["digest"]
    home = {each["id"]: each["theme"] for each in second["inputs"]}
    assert home == {each["id"]: each["theme"] for each in first["inputs"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_usual_encodings_and_delimiters_are_read(tmp_path, encoding, delimiter):
    texts = ["Sæt træer; og flere bænke, på åen", "Større cykelsti"]
    source = sheet(tmp_path / "a.csv", texts, encoding=encoding, delimiter=delimiter)
    from analysis.table import read_table

    assert read_table(source, "svar", "nr").texts == tuple(texts)


def test_a_workbook_is_read(tmp_path, answers):
    book = openpyxl.Workbook()
    for row in [("nr", "svar"), *enumerate(answers)]:
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    found = analysed(tmp_path, tmp_path / "a.xlsx", "--text", "svar", "--id", "nr")
    assert len(found["inputs"]) == len(answers)
    assert found["themes"]


def test_a_folder_of_letters_is_read(tmp_path):
    folder = tmp_path / "letters"
    folder.mkdir()
    letter = docx.Document()
    letter.add_paragraph("Vi ønsker en cykelsti på Skolevej.")
    letter.save(folder / "brev.docx")
    (folder / "mail.txt").write_text("Der er for meget støj fra vejen om natten.", encoding="utf-8")
    found = analysed(tmp_path, folder)
    assert [each["id"] for each in found["inputs"]] == ["brev.docx", "mail.txt"]


def test_a_wrong_column_is_told_with_the_columns_there_are(tmp_path):
    line = complaint(sheet(tmp_path / "a.csv", ["Hej"]), "--text", "tekst", "--out", tmp_path)
    assert "'tekst'" in line
    assert "nr, svar" in line


@pytest.mark.parametrize(
    ("held", "word"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"nr,svar\n", "no rows"),
        (b"nr,svar\n1,\n2,   \n", "word"),
        (b"nr,svar\n1,123 !!\n", "word"),
        ("nr,svar\n1,æøå æøå".encode() + b"\xff\n", "line 2"),
        (b"nr,svar\n1,caf\x81\n", "line 2"),
        (b"nr,svar\n1,\x00\x01\x02\n", "encoding"),
        (b"nr,svar\n7,a\n7,b\n", "same id"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(tmp_path, held, word):
    (tmp_path / "a.csv").write_bytes(held)
    assert word in complaint(tmp_path / "a.csv", "--text", "svar", "--id", "nr", "--out", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_missing_file_a_missing_column_and_a_missing_place_are_told(tmp_path):
    source = sheet(tmp_path / "a.csv", ["Hej med jer"])
    assert "no such file" in complaint(tmp_path / "b.csv", "--text", "svar", "--out", tmp_path)
    assert "nr, svar" in complaint(source, "--out", tmp_path)
    assert "--out" in complaint(source, "--text", "svar")


@pytest.mark.parametrize("themes", ["0", "-3", "to", "2.5", "99"])
def test_a_number_of_themes_that_cannot_be_is_told(tmp_path, themes):
    source = sheet(tmp_path / "a.csv", ["Flere træer", "En bænk"])
    assert "themes" in complaint(source, "--text", "svar", f"--themes={themes}", "--json", tmp_path / "v.json")


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10])
def test_a_few_answers_are_a_plain_list(tmp_path, n, answers):
    out = tmp_path / "out"
    done = run(sheet(tmp_path / "a.csv", answers[:n]), "--text", "svar", "--out", out)
    assert ended(done) == 0, done.stderr
    found = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert found["themes"] == []
    assert len(found["inputs"]) == found["left_over"] == n


def test_equal_answers_are_one_group_in_one_theme(tmp_path):
    texts = ["Vi ønsker en sikker cykelsti på hele Skolevej, tak for det."] * 40
    found = analysed(tmp_path, sheet(tmp_path / "a.csv", texts), "--text", "svar")
    assert found["duplicates"] == [[str(i) for i in range(1, 41)]]
    assert len({each["theme"] for each in found["inputs"]}) == 1


def test_a_letter_of_five_million_signs_and_odd_scripts_are_read(tmp_path, answers):
    giant = "Der mangler en cykelsti ved skolen. Bussen kører for sjældent! " * 80_000
    odd = [
        "Нет дороги",
        "没有自行车道",
        "مسار الدراجات",
        "😀😀",
        unicodedata.normalize("NFD", answers[0]),
        "Ã¦Ã¸Ã¥ cykelsti",
    ]
    texts = [*answers, giant, *odd, "", "   ", "=1+1", "\u202eabc"]
    found = analysed(tmp_path, sheet(tmp_path / "a.csv", texts), "--text", "svar")
    assert len(found["inputs"]) == len(texts)
    theme = {each["id"]: each["theme"] for each in found["inputs"]}
    assert theme[str(len(answers) + 6)] == theme["1"]
    assert theme[str(len(texts) - 2)] is None


def test_an_answer_lies_where_most_of_its_text_does():
    from analysis.analyse import Said, _most
    from analysis.split import Span

    points = [
        Said("1", (Span(0, 10),), "a", None, ()),
        Said("1", (Span(11, 30),), "b", None, ()),
        Said("1", (Span(31, 40),), "a", None, ()),
    ]
    assert _most(points, {"a": 0, "b": 1}) == "a"
    assert _most([Said("1", (Span(0, 3),), None, None, ())], {}) is None


SHARED = (
    "Byrådet bør lade Tranby Mose være i fred og stryge linje A helt af planen. Mosen er det eneste sted i kommunen, "
    "hvor tranerne yngler om foråret."
)


def campaign(extra: str) -> list[str]:
    return [SHARED, SHARED.upper(), f"{SHARED} {extra}", SHARED.replace("helt", "ganske"), "Der mangler lys på stien."]


def test_what_a_sender_puts_beside_a_shared_letter_is_a_point_of_its_own():
    extra = "Min nabo og jeg vil i stedet betale for et fugletårn ved parkeringspladsen."
    texts = campaign(extra)
    found = analyse([str(i) for i in range(len(texts))], texts)
    assert ("0", "1", "2", "3") in found.duplicates
    assert list(found.own) == ["2"]
    (line,) = found.own["2"]
    assert texts[2][line.start : line.end] == extra
    assert (line,) in [point.spans for point in found.points if point.input == "2"]
    assert found.as_dict()["own_lines"] == [{"input": "2", "spans": [[line.start, line.end]]}]


def test_the_plain_list_of_few_answers_shows_equal_ones_once_and_hides_nobodys_own_words():
    extra = "Min nabo og jeg vil i stedet betale for et fugletårn ved parkeringspladsen."
    texts = campaign(extra)
    page = as_html(analyse([f"n{i}" for i in range(len(texts))], texts), "Mosen")
    plain = page[page.index("Her er de alle") : page.index("<h2>Ens svar")]
    assert "<td>n0, n1, n3</td>" in plain
    assert plain.count("Tranby Mose") == 2
    assert extra in plain
    assert extra in page[page.index("<h2>Ens svar") :]


def test_wanted_themes_are_read_from_a_file_and_filled(tmp_path, answers):
    heads = tmp_path / "emner.txt"
    heads.write_text("Lys på stierne\nVindmøller\n", encoding="utf-8")
    file, out = sheet(tmp_path / "svar.csv", answers), tmp_path / "ud.json"
    assert ended(run(file, "--text", "svar", "--heads", heads, "--json", out)) == 0
    labels = [theme["label"] for theme in json.loads(out.read_text("utf-8"))["themes"]]
    assert "Lys på stierne" in labels
    assert "Vindmøller" not in labels
    heads.write_text("–\n", encoding="utf-8")
    failed = run(file, "--text", "svar", "--heads", heads, "--json", out)
    assert ended(failed) != 0
    assert "no name of a theme" in failed.stderr
