"""What people drop on the intake page is read as they wrote it, and nothing they drop can harm us (RP-06)."""

from __future__ import annotations

import base64
import io
import itertools
import json
import os
import quopri
import signal
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import docx
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from participation.foundation import documents
from participation.foundation.documents import Unreadable, parse, read_document
from participation.foundation.documents.model import Fault
from participation.foundation.documents.rtf import decompress, rtf_text
from tests.foundation.ole import attached_file, attached_mail, ole_file, outlook_mail
from tests.shared import shared

WORDS = "Kære byråd\n\nVi ønsker en tunnel under Møllevej på grund af børnene.\n\nHilsen Åse Ærø"


def mail(body: str = WORDS, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Åse Ærø <aase@example.org>")
    message["Date"] = headers.pop("date", "Thu, 03 Dec 2026 14:33:07 +0100")
    message["Subject"] = headers.pop("subject", "Høringssvar om Møllevej")
    message.set_content(body)
    return message


# Mail


def test_a_mail_gives_sender_subject_words_and_date_in_utc():
    found = parse("svar.eml", mail().as_bytes())
    assert (found.kind, found.sender_name, found.sender_email) == ("eml", "Åse Ærø", "aase@example.org")
    assert found.subject == "Høringssvar om Møllevej"
    assert found.words == WORDS
    assert found.sent_at == datetime(2026, 12, 3, 13, 33, 7, tzinfo=UTC)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        *itertools.product(["quoted-printable", "base64", "8bit"], ["utf-8", "iso-8859-1", "windows-1252"]),
        ("base64", "utf-16"),
    ],
)
def test_every_transfer_encoding_and_charset_keeps_danish_letters(encoding, charset):
    message = EmailMessage()
    message["From"] = "a@example.org"
    raw = WORDS.encode(charset)
    message["Content-Type"] = f"text/plain; charset={charset}"
    message["Content-Transfer-Encoding"] = encoding
    if encoding == "base64":
        body = base64.encodebytes(raw)
    elif encoding == "quoted-printable":
        body = quopri.encodestring(raw)
    else:
        body = raw
    found = parse("a.eml", message.as_bytes().rstrip(b"\n") + b"\n\n" + body)
    assert found.words == WORDS


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("utf-8", "cp1252"),
        ("iso-8859-1", "utf-8"),
        ("us-ascii", "utf-8"),
        ("us-ascii", "cp1252"),
        ("x-ukendt", "utf-8"),
        ("x-ukendt", "cp1252"),
        ("hex", "utf-8"),
    ],
)
def test_a_charset_that_lies_does_not_spoil_danish_letters(declared, real):
    raw = b"From: a@example.org\nContent-Type: text/plain; charset=%s\n\n" % declared.encode() + WORDS.encode(real)
    assert parse("a.eml", raw).words == WORDS


def test_the_plain_form_is_preferred_and_html_alone_becomes_words():
    both = mail()
    both.add_alternative("<p>HTML-udgaven</p>", subtype="html")
    assert parse("a.eml", both.as_bytes()).words == WORDS
    html = EmailMessage()
    html["From"] = "a@example.org"
    html.set_content(
        "<html><head><style>p{color:red}</style><title>t</title></head><body><p>Kære  byråd</p><ul><li>æble</li>"
        "<li>pære &amp; <b>ø</b></li></ul><script>alert(1)</script><p>Se <a href='https://example.org/x'>kortet</a></p>"
        "<blockquote>gammelt<br>brev</blockquote></body></html>",
        subtype="html",
    )
    found = parse("a.eml", html.as_bytes())
    assert found.words == "Kære byråd\n\n- æble\n- pære & ø\n\nSe kortet (https://example.org/x)\n\n> gammelt\n> brev"


def test_an_empty_plain_form_does_not_hide_the_html():
    message = mail("   ")
    message.add_alternative("<p>Her står det</p>", subtype="html")
    assert parse("a.eml", message.as_bytes()).words == "Her står det"


def test_encoded_headers_are_decoded_and_raw_ones_too():
    coded = (
        b"From: =?iso-8859-1?Q?S=F8ren_=C5?= <s@example.org>\n"
        b"Subject: =?utf-8?B?w4Y=?=\n =?utf-8?B?w7g=?= nu\nDate: x\n\nhej"
    )
    found = parse("a.eml", coded)
    assert (found.sender_name, found.subject) == ("Søren Å", "Æø nu")
    for encoding in ("utf-8", "cp1252"):
        found = parse("a.eml", "From: Søren Å <s@example.org>\nSubject: Ærø\n\nhej".encode(encoding))
        assert (found.sender_name, found.sender_email, found.subject) == ("Søren Å", "s@example.org", "Ærø")


@pytest.mark.parametrize("date", [None, "i går", "Thu, 99 Dec 99999 14:33:07 +0100"])
def test_a_mail_without_a_usable_date_asks_the_caseworker(date):
    raw = b"From: a@example.org\n" + (f"Date: {date}\n".encode() if date else b"") + b"\nhej"
    found = parse("a.eml", raw)
    assert found.sent_at is None
    assert any("hvornår" in problem for problem in found.problems)


def test_files_come_along_with_danish_names_and_without_folders():
    message = mail()
    message.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename="Indsigelse æøå.pdf")
    message.add_attachment("hej", filename="../../etc/passwd.txt")
    found = parse("a.eml", message.as_bytes())
    assert [(file.name, file.data) for file in found.attachments] == [
        ("Indsigelse æøå.pdf", b"%PDF-1.4 x"),
        ("passwd.txt", b"hej\n"),
    ]
    assert found.words == WORDS


@pytest.mark.parametrize(
    "disposition",
    [
        'attachment; filename="=?utf-8?Q?R=C3=B8d_gr=C3=B8d.pdf?="',
        "attachment; filename*=utf-8''R%C3%B8d%20gr%C3%B8d.pdf",
        "attachment; filename*=iso-8859-1''R%F8d%20gr%F8d.pdf",
        "attachment; filename*0*=utf-8''R%C3%B8d%20; filename*1*=gr%C3%B8d.pdf",
        'attachment; filename="Rød grød.pdf"',
    ],
)
def test_every_way_of_writing_a_danish_file_name_is_read(disposition):
    raw = f"From: a@example.org\nContent-Type: application/pdf\nContent-Disposition: {disposition}\n\nx".encode()
    assert parse("a.eml", raw).attachments[0].name == "Rød grød.pdf"


def test_pictures_inside_the_html_form_are_kept():
    outer = MIMEMultipart("alternative")
    outer["From"] = "a@example.org"
    outer.attach(MIMEText("Se billedet", "plain", "utf-8"))
    related = MIMEMultipart("related")
    related.attach(MIMEText("<p>Se billedet</p><img src='cid:1'>", "html", "utf-8"))
    related.attach(MIMEApplication(b"jpeg", "jpeg", name="hul i vejen.jpg"))
    outer.attach(related)
    found = parse("a.eml", outer.as_bytes())
    assert (found.words, [file.name for file in found.attachments]) == ("Se billedet", ["hul i vejen.jpg"])


def test_a_mail_inside_a_mail_is_kept_as_a_file_that_can_be_read_again():
    outer = mail("Til sagen.")
    outer.add_attachment(mail())
    found = parse("a.eml", outer.as_bytes())
    assert found.words == "Til sagen."
    assert found.attachments[0].name == "Høringssvar om Møllevej.eml"
    assert parse(found.attachments[0].name, found.attachments[0].data).words == WORDS
    assert any("mail i mailen" in problem for problem in found.problems)


def test_flowed_lines_are_one_paragraph():
    head = "From: a@example.org\nContent-Type: text/plain; charset=utf-8; format=flowed\n\n"
    raw = head + "En lang \nlinje på tre \nstykker.\nNy linje."
    assert parse("a.eml", raw.encode()).words == "En lang linje på tre stykker.\nNy linje."


@pytest.mark.parametrize(
    "history",
    [
        "Den tors. 3. dec. 2026 kl. 14.33 skrev Kommunen <k@example.org>:\n> Vi har modtaget",
        "Den tors. 3. dec. 2026 kl. 14.33 skrev Kommunens Afdeling for Veje\n<k@example.org>:\n> Vi har modtaget",
        "Fra: Kommunen <k@example.org>\nSendt: 3. december 2026 14:33\nTil: Åse\nEmne: Kvittering\n\nVi har modtaget",
        "________________________________\nFrom: Kommunen\nSent: Thursday\nTo: x\n\nVi har modtaget",
        "-----Oprindelig meddelelse-----\nFra: x\n\nVi har modtaget",
        "On Thu, 3 Dec 2026 at 14:33, Kommunen <k@example.org> wrote:\n\n> Vi har modtaget",
        "Am 03.12.26 um 14:33 schrieb Kommunen:\n> Vi har modtaget",
        "> Vi har modtaget\n> mere",
    ],
)
def test_quoted_history_is_kept_and_its_place_is_told(history):
    found = parse("a.eml", mail(f"{WORDS}\n\n{history}\n").as_bytes())
    assert found.quoted_from is not None
    assert found.words[: found.quoted_from].rstrip() == WORDS
    assert found.words.endswith(history.split("\n")[-1])


@pytest.mark.parametrize(
    "words",
    [
        "Min nabo skrev den gang:\nDet går aldrig.",
        "Fra: min egen altan kan jeg se vejen.\nDen er bred.",
        "Vi bor på Møllevej 12.\nDen 3. maj skrev avisen, at vejen lukker.",
        "Punkter:\n- ét\n- to",
    ],
)
def test_own_words_that_look_like_history_are_not_cut_off(words):
    assert parse("a.eml", mail(words).as_bytes()).quoted_from is None


def test_an_answer_in_the_middle_of_an_old_mail_is_left_whole_and_told():
    found = parse(
        "a.eml",
        mail("Hej\n\nDen 3. dec. 2026 skrev K:\n> Hvad mener du?\nJeg mener nej.\n> Hvorfor?\nFordi.").as_bytes(),
    )
    assert found.quoted_from is None
    assert any("midt i" in problem for problem in found.problems)


def test_a_mail_that_only_passes_another_on_keeps_the_words_and_asks_who_wrote_them():
    found = parse("a.eml", mail("\nFra: Åse\nSendt: i går\nTil: K\nEmne: nej\n\nMit svar er nej.").as_bytes())
    assert found.quoted_from is None
    assert "Mit svar er nej." in found.words
    assert any("sendt videre" in problem for problem in found.problems)


def test_a_mail_that_was_cut_off_is_read_as_far_as_it_goes_and_told():
    message = mail()
    message.add_attachment(b"x" * 5000, maintype="application", subtype="pdf", filename="a.pdf")
    found = parse("a.eml", message.as_bytes()[:2500])
    assert found.words == WORDS
    assert any("hel" in problem for problem in found.problems)


@pytest.mark.parametrize("raw", [b"\x89PNG\r\n\x1a\n\0\0", b"hej med dig", b"\n\n\nFrom: x"[:2] + b"ingen mail her"])
def test_what_is_no_mail_is_refused_in_plain_danish(raw):
    with pytest.raises(Unreadable) as refused:
        parse("a.eml", raw)
    assert refused.value.words.startswith("Filen ligner ikke en mail")


def test_a_mail_with_a_thousand_parts_is_too_heavy():
    outer = MIMEMultipart()
    outer["From"] = "a@example.org"
    for _ in range(600):
        outer.attach(MIMEText("x"))
    with pytest.raises(Unreadable, match="for tung"):
        parse("a.eml", outer.as_bytes())


# Outlook

SENT = datetime(2026, 12, 3, 13, 33, 7, tzinfo=UTC)


def test_an_outlook_mail_gives_sender_subject_words_date_and_files():
    tree = outlook_mail(
        {
            0x0037: "Høringssvar",
            0x0C1A: "Åse Ærø",
            0x0C1F: "/O=KOMMUNE/CN=AASE",
            0x5D01: "aase@example.org",
            0x1000: WORDS,
        },
        sent_at=SENT,
        files=(attached_file("kort æøå.pdf", b"%PDF" + bytes(5000)), attached_file("lille.txt", b"hej")),
    )
    found = parse("svar.msg", ole_file(tree))
    assert (found.kind, found.subject, found.sender_name, found.sender_email) == (
        "msg",
        "Høringssvar",
        "Åse Ærø",
        "aase@example.org",
    )
    assert (found.words, found.sent_at, found.problems) == (WORDS, SENT, ())
    assert [(f.name, len(f.data)) for f in found.attachments] == [("kort æøå.pdf", 5004), ("lille.txt", 3)]


def test_an_outlook_mail_in_eight_bits_keeps_danish_letters():
    tree = outlook_mail({0x1000: WORDS.encode("cp1252"), 0x0037: "Ærø".encode("cp1252")}, page=1252)
    found = parse("a.msg", ole_file(tree))
    assert (found.words, found.subject) == (WORDS, "Ærø")


def test_an_outlook_mail_without_plain_words_is_read_from_html_or_rtf():
    html = "<html><body><p>Rødt lys på Åvej</p></body></html>".encode("cp1252")
    assert parse("a.msg", ole_file(outlook_mail({0x1013: html}))).words == "Rødt lys på Åvej"
    rtf = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}R\'f8dt lys\par p\u229? \'c5vej}"
    raw = len(rtf).to_bytes(4, "little")
    packed = (len(rtf) + 12).to_bytes(4, "little") + raw + b"MELA" + bytes(4) + rtf
    assert parse("a.msg", ole_file(outlook_mail({0x1009: packed}))).words == "Rødt lys\npå Åvej"


def test_a_mail_inside_an_outlook_mail_is_kept_as_text():
    inner = outlook_mail({0x0037: "Inderst", 0x1000: WORDS, 0x5D01: "a@example.org"}, sent_at=SENT)
    found = parse("a.msg", ole_file(outlook_mail({0x1000: "Til sagen"}, files=(attached_mail(inner),))))
    assert found.attachments[0].name == "Inderst.txt"
    assert WORDS in found.attachments[0].data.decode()
    assert "2026-12-03 13:33" in found.attachments[0].data.decode()


def test_outlook_headers_stand_in_for_missing_properties():
    headers = "From: =?utf-8?Q?=C3=85se?= <aase@example.org>\nDate: Thu, 03 Dec 2026 14:33:07 +0100\n"
    found = parse("a.msg", ole_file(outlook_mail({0x1000: "hej", 0x007D: headers})))
    assert (found.sender_name, found.sender_email, found.sent_at) == ("Åse", "aase@example.org", SENT)


def test_a_damaged_outlook_mail_is_refused_in_plain_danish():
    whole = ole_file(outlook_mail({0x1000: WORDS}))
    for broken in (whole[:600], whole[:512] + bytes(len(whole) - 512), whole[:8] + b"\xff" * 500):
        with pytest.raises(Unreadable):
            parse("a.msg", broken)


def test_an_old_word_file_is_told_from_a_mail():
    with pytest.raises(Unreadable, match="gammelt program"):
        parse("brev.doc", ole_file({"WordDocument": bytes(100)}))


def test_compressed_rtf_is_unpacked_as_the_specification_shows():
    packed = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompress(packed) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_html_wrapped_in_rtf_gives_its_words_once():
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 K\'e6re {\*\htmltag84 <b>}byr\'e5d"
        rb"\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}Hilsen}"
    )
    assert rtf_text(rtf) == "Kære byråd\nHilsen"


# PDF


def pdf(*pages: str) -> bytes:
    body = "\n#pagebreak()\n".join(pages)
    return typst.compile(f'#set page(width: 300pt, height: 200pt)\n#set text(lang: "da")\n{body}'.encode())


def test_a_pdf_knows_the_page_of_every_word():
    found = parse("svar.pdf", pdf("Første side om Møllevej", "Anden side om åen", "#rect()", "Fjerde"))
    assert [page for page, _, _ in found.pages] == [1, 2, 4]
    for (_, start, end), words in zip(
        found.pages, ("Første side om Møllevej", "Anden side om åen", "Fjerde"), strict=True
    ):
        assert found.words[start:end] == words
    assert found.problems == ("Side 3 har ingen tekst, så se efter i filen.",)


def test_a_word_divided_at_the_end_of_a_line_is_one_word():
    narrow = '#set page(width: 110pt, height: 200pt)\n#set text(lang: "da", hyphenate: true)\n'
    found = parse("a.pdf", typst.compile((narrow + "kommuneplantillægsforslag og vejbelysning").encode()))
    assert "kommuneplantillægsforslag" in found.words.replace("\n", "")


def test_a_scan_has_no_pages_and_is_told():
    found = parse("scan.pdf", pdf("#rect(width: 50pt, height: 50pt, fill: red)"))
    assert (found.words, found.pages) == ("", ())
    assert "billeder uden tekst" in found.problems[0]


def test_a_locked_pdf_and_a_damaged_one_are_told_apart():
    pikepdf = pytest.importorskip("pikepdf")
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("hej"))) as opened:
        opened.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(Unreadable, match="låst"):
        parse("a.pdf", out.getvalue())
    with pytest.raises(Unreadable, match="gået i stykker"):
        parse("a.pdf", b"%PDF-1.4\nikke mere")


# Word and LibreOffice


def word() -> docx.document.Document:
    document = docx.Document()
    document.add_heading("Indsigelse", 1)
    document.add_paragraph("Vi bor på Åvej.")
    document.add_paragraph("lys", style="List Bullet")
    document.add_paragraph("først", style="List Number")
    document.add_paragraph("så", style="List Number")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Vej", "Ønske"
    document.add_paragraph("Til sidst: æ ø å")
    return document


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_a_word_document_is_read_in_order_with_headings_lists_and_tables():
    found = parse("brev.docx", saved(word()))
    assert found.words == "Indsigelse\n\nVi bor på Åvej.\n- lys\n1. først\n2. så\nVej | Ønske\n\nTil sidst: æ ø å"


def test_tracked_insertions_are_read_and_deletions_are_not():
    document = docx.Document()
    paragraph = document.add_paragraph("Vi siger ")
    names = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    from docx.oxml import parse_xml

    paragraph._p.append(parse_xml(f"<w:ins {names}><w:r><w:t>nej</w:t></w:r></w:ins>"))
    paragraph._p.append(parse_xml(f"<w:del {names}><w:r><w:delText>ja</w:delText></w:r></w:del>"))
    document.element.body.insert(
        1, parse_xml(f"<w:sdt {names}><w:sdtContent><w:p><w:r><w:t>i et felt</w:t></w:r></w:p></w:sdtContent></w:sdt>")
    )
    assert parse("a.docx", saved(document)).words == "Vi siger nej\ni et felt"


ODT = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0">'
    "<office:body><office:text>{}</office:text></office:body></office:document-content>"
)


def zipped(**parts: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_libreoffice_document_is_read_in_order():
    body = (
        "<text:h>Svar</text:h><text:p>Vi bor<text:s text:c='2'/>på <text:span>Åvej</text:span>."
        "<text:line-break/>Ja</text:p>"
        "<text:list><text:list-item><text:p>lys</text:p></text:list-item><text:list-item><text:p>ro</text:p></text:list-item>"
        "</text:list><table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell>"
        "<text:p>b</text:p></table:table-cell></table:table-row></table:table><text:tracked-changes><text:p>slettet</text:p>"
        "</text:tracked-changes>"
    )
    found = parse("a.odt", zipped(**{"content.xml": ODT.format(body)}))
    assert found.words == "Svar\n\nVi bor  på Åvej.\nJa\n- lys\n- ro\na | b"


def test_archive_bombs_entity_bombs_and_locked_files_are_refused():
    bomb = zipped(**{"word/document.xml": b"<w>" + b"A" * 60_000_000 + b"</w>"})
    assert len(bomb) < 100_000
    many = zipped(**{f"word/{n}": b"" for n in range(6_000)})
    laughs = zipped(**{"content.xml": '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>'})
    locked = zipped(**{"content.xml": "x", "META-INF/manifest.xml": "<m><manifest:encryption-data/></m>"})
    for data, words in ((bomb, "for tung"), (many, "for tung"), (laughs, "i stykker"), (locked, "låst")):
        with pytest.raises(Unreadable, match=words):
            parse("a.docx", data)


@pytest.mark.parametrize("name", ["a.docx", "a.odt"])
def test_a_damaged_archive_is_refused_in_plain_danish(name):
    whole = saved(word()) if name == "a.docx" else zipped(**{"content.xml": ODT.format("<text:p>x</text:p>")})
    for broken in (whole[: len(whole) // 2], whole[:100] + b"\xff" * 40 + whole[140:]):
        with pytest.raises(Unreadable, match="gået i stykker"):
            parse(name, broken)


# Text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_text_file_keeps_danish_letters_in_every_encoding(encoding, ends):
    assert parse("a.txt", WORDS.replace("\n", ends).encode(encoding)).words == WORDS


def test_emoji_and_other_scripts_are_kept():
    assert parse("a.md", "Hej 👍🏽 مرحبا".encode()).words == "Hej 👍🏽 مرحبا"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"", "tom"),
        ("a.pdf", b"", "tom"),
        ("a.txt", bytes(range(32)) * 40, "i stykker"),
        ("a.exe", b"MZ\x90", "den slags"),
        ("foto.jpg", b"<html>", "den slags"),
        ("a.docm", zipped(x="y"), "den slags"),
    ],
)
def test_empty_and_unknown_files_are_refused_with_what_to_do(name, data, words):
    with pytest.raises(Unreadable, match=words) as refused:
        parse(name, data)
    assert refused.value.words.count(".") >= 1
    assert "prøv" in refused.value.words


# At arm's length


def test_the_child_says_the_same_as_we_do_and_brings_the_files():
    message = mail()
    message.add_attachment(b"\0\n\xff" * 1000, maintype="application", subtype="pdf", filename="ø.pdf")
    assert read_document("a.eml", message.as_bytes()) == parse("a.eml", message.as_bytes())
    assert read_document("æ\0\n.pdf", pdf("En side")).pages == ((1, 0, 7),)


def test_the_child_passes_a_refusal_on():
    with pytest.raises(Unreadable, match="ligner ikke en mail") as refused:
        read_document("a.eml", b"intet")
    assert refused.value.reason == Fault.NOT_MAIL


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGXCPU])
def test_a_child_that_falls_is_a_refusal_and_not_a_crash(monkeypatch, tmp_path, ending):
    killer = tmp_path / "killer.sh"
    killer.write_text(f"#!/bin/sh\nkill -{int(ending)} $$\n")
    killer.chmod(0o755)
    monkeypatch.setattr(documents.sys, "executable", str(killer))
    with pytest.raises(Unreadable, match="for tung"):
        read_document("a.txt", b"hej")


def test_a_child_that_hangs_is_ended(monkeypatch, tmp_path):
    sleeper, born = tmp_path / "sleeper.sh", tmp_path / "pid"
    sleeper.write_text(f"#!/bin/sh\necho $$ > {born}\nexec sleep 3600\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr(documents.sys, "executable", str(sleeper))
    monkeypatch.setattr(documents, "WALL", 2)
    with pytest.raises(Unreadable, match="for tung"):
        read_document("a.txt", b"hej")
    with pytest.raises(ProcessLookupError):
        os.kill(int(born.read_text()), 0)


def test_the_child_may_use_no_more_than_its_memory_and_sees_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("MEDSPIL_SECRET", "hemmelig")
    seen = {}
    real = subprocess.run

    def watch(command, **how):
        seen.update(how["env"])
        probe = (
            "import resource,participation.foundation.documents.__main__ as m\n"
            "import participation.foundation.documents.reading as r\n"
            "def read(n,d):\n s=resource.getrlimit(resource.RLIMIT_AS)[0]; assert s==512_000_000\n"
            " bytearray(600_000_000)\n"
            "r.read=read\nm.main()"
        )
        return real([command[0], "-P", "-c", probe], **how)

    monkeypatch.setattr(documents.subprocess, "run", watch)
    with pytest.raises(Unreadable, match="for tung"):
        read_document("a.txt", b"hej")
    assert not any("MEDSPIL" in key for key in seen)
    assert os.environ["MEDSPIL_SECRET"] == "hemmelig"


def test_a_file_that_is_too_large_never_reaches_a_reader(monkeypatch):
    monkeypatch.setattr(documents, "LARGEST", 10)
    with pytest.raises(Unreadable, match="for tung"):
        read_document("a.txt", b"x" * 11)


@pytest.mark.parametrize(
    "tail",
    [
        b"\n" + (b"den 3 " + b"skrev " * 45 + b"\n") * 1_000,
        b"Content-Type: text/html\n\n" + b"<a href=x>y<p>" * 20_000,
        b"Content-Type: text/html\n\n" + b"<blockquote>" * 20_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 50_000 + b"\n\nx",
    ],
)
def test_a_mail_made_to_be_slow_is_read_within_the_readers_own_bounds(tail):
    """What takes more than the child's seconds of processor is refused as too heavy; these are not."""
    assert read_document("a.eml", b"From: a@example.org\n" + tail) is not None


@pytest.mark.shared
def test_the_hostile_files_are_read_or_refused_within_the_bounds(tmp_path):
    subprocess.run([sys.executable, shared("corpora", "tools", "make_hostile_files.py"), tmp_path], check=True)
    files = json.loads((tmp_path / "manifest.json").read_text())
    bombs = {"bomb.zip", "nested.zip", "many.zip", "slip.zip", "bomb.docx", "laughs.docx", "macro.docm"}
    chosen = [file for file in files if file["client_name"] in bombs or file["client_name"].endswith((".pdf", ".txt"))]
    assert len(chosen) > 20
    for file in chosen:
        try:
            found = read_document(file["client_name"], (tmp_path / file["file"]).read_bytes())
        except Unreadable as refused:
            found, told = None, refused.words
            assert told.endswith("."), file
        assert found is None or file["client_name"] not in bombs, file


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["a.eml", "a.msg", "a.docx", "a.odt", "a.txt", "a.rtf", "a.pdf"]), st.data())
def test_a_mutated_file_is_read_or_refused_and_never_anything_else(name, data):
    whole = {
        "a.eml": mail().as_bytes(),
        "a.msg": ole_file(outlook_mail({0x1000: WORDS, 0x0037: "x"}, files=(attached_file("a", b"b"),))),
        "a.docx": SAVED_WORD,
        "a.odt": zipped(**{"content.xml": ODT.format("<text:p>x</text:p>")}),
        "a.txt": WORDS.encode(),
        "a.rtf": rb"{\rtf1\ansi K\'e6re \u8364? {\b byr\'e5d}}",
        "a.pdf": b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF",
    }[name]
    broken = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = parse(name, bytes(broken))
    except Unreadable:
        return
    assert "\0" not in found.words
    found.words.encode("utf-8")


def test_a_zip_whose_directory_points_before_its_beginning_is_damaged():
    whole = bytearray(zipped(**{"content.xml": ODT.format("<text:p>x</text:p>")}))
    size = whole.rindex(b"PK\x05\x06") + 12  # of the directory: one too many, so that all offsets are taken as less
    whole[size + 1] += 1
    with pytest.raises(Unreadable):
        parse("a.odt", bytes(whole))


SAVED_WORD = saved(word())
