"""The file store: files that citizens and staff send, kept under the name of their content.

A file is on the disk, synced with its folder, before ``store`` returns, so that a row which names it may be written.
Only types on the list are taken in, and only when name *and* content say the same. Nothing that is stored is ever
changed; pictures are shown as copies without what the camera wrote into them.
"""

import hashlib
import io
import os
import re
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import flask
import olefile
import puremagic
from flask import current_app
from flask_babel import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

#: The most bytes of one file.
MOST_BYTES = 20 * 1024 * 1024
#: The most pixels of one picture.
MOST_PIXELS = 50_000_000
#: The most bytes and members that an Office file may hold when unpacked, and how hard one member may be packed.
MOST_UNPACKED, MOST_MEMBERS, HARDEST_PACKED = 200 * 1024 * 1024, 2_000, 200
LONGEST_NAME = 150

_CHUNK = 1024 * 1024
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


class Refused(Exception):
    """A file that is not taken in; ``words`` say why and what to do, in plain Danish."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Stored(NamedTuple):
    """A file in the store: SHA-256 of its content in hexadecimal, bytes, type by our list, and a name to show."""

    sha256: str
    size: int
    media_type: str
    name: str


class Picture(NamedTuple):
    """A copy of a picture that can be shown: its bytes and its type."""

    content: bytes
    media_type: str


class Coming(tempfile.SpooledTemporaryFile[bytes]):
    """A file on its way in with a form, which never stops the words that come with it.

    What is too much, or finds no room on the disk, is let go; `store` then says so, when the words have been read.
    """

    def __init__(self) -> None:
        super().__init__(max_size=_CHUNK // 2, mode="w+b")
        self.fault: OSError | None = None
        self._came = 0

    def write(self, content: Any) -> int:
        """Keep it, up to one byte more than a file may have."""
        self._came += len(content)
        if self.fault is None and self._came - len(content) <= MOST_BYTES:
            try:
                super().write(content)
            except OSError as fault:
                self.fault = fault
        return len(content)

    def seek(self, *where: int) -> int:
        """Go there; what waited to be written may find no room only now."""
        try:
            return super().seek(*where)
        except OSError as fault:
            self.fault = fault
            return 0


class Request(flask.Request):
    """A request whose files are taken in by `Coming`, and of which half is never taken for the whole.

    A server says that what it hands over ends by itself. It also does when a connection is lost half-way, and a letter
    that broke off would be kept as if the citizen had ended it there. Where a length was told, it is held to that.
    """

    def __init__(self, environ: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        super().__init__(environ, *args, **kwargs)

    def _get_file_stream(self, *_: Any, **__: Any) -> Any:
        return Coming()


def store(source: bytes | BinaryIO, name: str) -> Stored:
    """Take in a file and keep it; the same content is kept once.

    Args:
        source: the bytes, or a stream that is read to its end.
        name: as the sender's machine calls it; only its ending is used, and a cleaned form is given back.

    Raises:
        Refused: empty, too large, of a type not on the list, or its content is not what its name says.
        OSError: there is no room on the disk.
    """
    shown = shown_name(name)
    media_type, check = _type_of(name, shown)
    return _store(source, shown, media_type, check)


def keep(source: bytes | BinaryIO, name: str) -> Stored:
    """Keep an original that an officer brings in, even when it is damaged: it belongs to the case all the same.

    One whose content is not what its name says is kept as bytes without a type, to be handed out as a download only.

    Raises:
        Refused: empty or too large.
    """
    content = source if isinstance(source, bytes) else source.read(MOST_BYTES + 1)
    try:
        return store(content, name)
    except Refused:
        return _store(content, shown_name(name), "application/octet-stream", lambda file, shown: None)


def put(content: bytes, name: str, media_type: str) -> Stored:
    """Keep what the house itself has made, such as a frozen report; nobody has to ask what it is.

    Raises:
        Refused: empty or too large.
    """
    return _store(content, shown_name(name), media_type, lambda file, shown: None)


def drop(sha256: str) -> None:
    """Take a file out of the store for good, because something private was found in it. The caller keeps its hash."""
    _path(sha256).unlink(missing_ok=True)


def _store(source: bytes | BinaryIO, shown: str, media_type: str, check: "Check") -> Stored:
    folder = _folder()
    coming = folder / "coming"
    coming.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=coming)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            digest, size = _copy(io.BytesIO(source) if isinstance(source, bytes) else source, file, shown)
            if size == 0:
                raise Refused(_("Filen »%(name)s« er tom. Vælg en anden fil.", name=shown))
            file.seek(0)
            check(file, shown)
            file.flush()
            os.fsync(file.fileno())
        path = _path(digest)
        path.parent.mkdir(exist_ok=True)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync(path.parent)
    _sync(folder)
    return Stored(digest, size, media_type, shown)


def open_(sha256: str) -> BinaryIO:
    """The stored file with this content, for reading.

    Raises:
        FileNotFoundError: there is none.
        ValueError: that is no SHA-256 in hexadecimal.
    """
    return _path(sha256).open("rb")


def hash_on_disk(sha256: str) -> str:
    """The hash of what really lies under this name in the store; empty where nothing does."""
    try:
        with open_(sha256) as file:
            found = hashlib.sha256()
            for chunk in _chunks(file):
                found.update(chunk)
            return found.hexdigest()
    except FileNotFoundError:
        return ""


def picture(sha256: str, widest: int = 1600) -> Picture:
    """A copy of a stored PNG or JPEG to show: upright, at most ``widest`` pixels a side, and nothing but pixels.

    Position, camera, author and thumbnail stay behind (RELIABILITY T6).

    Raises:
        Refused: the picture cannot be read or has too many pixels.
        FileNotFoundError: there is no such file.
    """
    with open_(sha256) as file:
        try:
            with _image(file) as image:
                kind = image.format or ""
                image.draft("RGB", (widest, widest))
                image.thumbnail((widest, widest))
                plain = ImageOps.exif_transpose(image).convert("RGBA" if kind == "PNG" else "RGB")
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise Refused(_("Billedet kan ikke vises. Filen ser ud til at være ødelagt.")) from error
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    out = io.BytesIO()
    bare.save(out, kind, **({"quality": 85} if kind == "JPEG" else {"optimize": True}))
    return Picture(out.getvalue(), Image.MIME[kind])


def about_picture(sha256: str) -> dict[str, str]:
    """What the camera and its owner have written into a stored picture: author, words, and where it was taken.

    Name → words; ``place`` is the position in degrees. Empty where there is nothing or it cannot be read.
    """
    try:
        with open_(sha256) as file, _image(file) as image:
            exif = image.getexif()
            found = {name: _spoken(exif.get(tag)) for name, tag in _PICTURE_TAGS.items()}
            found["comment"] = _spoken(exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.UserComment))
            found["place"] = _position(exif.get_ifd(ExifTags.IFD.GPSInfo))
            found |= {f"png:{name}"[:60]: _spoken(words) for name, words in getattr(image, "text", {}).items()}
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, ZeroDivisionError, Image.DecompressionBombError):
        return {}
    return {name: words for name, words in found.items() if words}


_PICTURE_TAGS = {
    "author": ExifTags.Base.Artist,
    "description": ExifTags.Base.ImageDescription,
    "rights": ExifTags.Base.Copyright,
    "owner": ExifTags.Base.CameraOwnerName,
}


def _spoken(value: object) -> str:
    if isinstance(value, bytes):
        value = value.removeprefix(b"ASCII\0\0\0").removeprefix(b"UNICODE\0").decode("utf-8", "replace")
    return _HIDDEN.sub("", str(value)).strip()[:1000] if value else ""


def _position(gps: Mapping[int, Any]) -> str:
    """Degrees north and east with four decimals; empty where the camera did not say."""
    turned = []
    for sign, value, other in ((1, 2, "S"), (3, 4, "W")):
        if value not in gps:
            return ""
        degrees, minutes, seconds = (float(part) for part in gps[value])
        turned.append((degrees + minutes / 60 + seconds / 3600) * (-1 if gps.get(sign) == other else 1))
    return ", ".join(f"{one:.4f}" for one in turned)


def shown_name(name: str) -> str:
    """A file's name as it may be shown and sent: no folders, nothing hidden or turning, at most 150 characters."""
    last = re.split(r"[/\\]", _HIDDEN.sub("", unicodedata.normalize("NFC", name)))[-1].strip()
    stem, dot, ending = last.rpartition(".")
    stem = (stem if dot else last).strip(" .") or "fil"
    ending = f".{ending.strip()[:10]}" if dot else ""
    return stem[: LONGEST_NAME - len(ending)] + ending


def _folder() -> Path:
    return Path(current_app.config["FILES"])


def _path(sha256: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("that is no SHA-256 in hexadecimal")
    return _folder() / sha256[:2] / sha256


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy(source: BinaryIO, target: BinaryIO, name: str) -> tuple[str, int]:
    if (fault := getattr(source, "fault", None)) is not None:
        raise fault
    digest, size = hashlib.sha256(), 0
    for chunk in _chunks(source):
        size += len(chunk)
        if size > MOST_BYTES:
            raise Refused(
                _(
                    "Filen »%(name)s« fylder mere end %(most)s MB. Gør den mindre, eller del den op.",
                    name=name,
                    most=MOST_BYTES // 1024**2,
                )
            )
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk


def _type_of(name: str, shown: str) -> tuple[str, "Check"]:
    ending = name.rpartition(".")[2].strip().lower() if "." in name else ""
    if ending in _TYPES:
        return _TYPES[ending]
    if ending in ("svg", "svgz"):
        raise Refused(_("Vi kan ikke tage imod SVG-filer, for de kan rumme kode. Gem tegningen som PDF eller PNG."))
    if ending in ("html", "htm", "xhtml", "mht", "mhtml"):
        raise Refused(_("Vi kan ikke tage imod HTML-filer, for de kan rumme kode. Gem siden som PDF."))
    if ending in ("heic", "heif", "webp", "gif", "tif", "tiff", "bmp"):
        raise Refused(_("Vi kan kun tage imod billeder som JPG eller PNG. Gem billedet som JPG, og prøv igen."))
    raise Refused(
        _(
            "Vi kan ikke tage imod filen »%(name)s«. Send den som PDF, Word (docx), Excel (xlsx), odt, txt, csv, "
            "e-mail (eml eller msg) eller billede (JPG eller PNG).",
            name=shown,
        )
    )


def _wrong(name: str) -> Refused:
    return Refused(
        _("Indholdet i »%(name)s« passer ikke til navnet, eller filen er ødelagt. Gem den igen, og prøv så.", name=name)
    )


def _check_pdf(file: BinaryIO, name: str) -> None:
    content = file.read()
    if b"%PDF-" not in content[:1024] or b"startxref" not in content:
        raise _wrong(name)


def _check_picture(file: BinaryIO, name: str) -> None:
    ending = name.rpartition(".")[2].lower()
    try:
        likely = {match.extension for match in puremagic.magic_string(file.read())}
        file.seek(0)
        with _image(file) as image:
            image.verify()
            kind = image.format
    except (puremagic.PureError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _wrong(name) from error
    if f".{ending}" not in likely or kind != ("PNG" if ending == "png" else "JPEG"):
        raise _wrong(name)


def _image(file: BinaryIO) -> Image.Image:
    """A PNG or JPEG, opened but not yet unpacked."""
    image = Image.open(file, formats=("PNG", "JPEG"))
    if image.width * image.height > MOST_PIXELS:
        raise UnidentifiedImageError(f"{image.width} x {image.height} pixels are too many")
    return image


def _check_text(file: BinaryIO, name: str) -> None:
    content = file.read()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content = content.decode("utf-16").encode()
        except UnicodeError as error:
            raise _wrong(name) from error
    if b"\x00" in content:
        raise _wrong(name)


def _check_eml(file: BinaryIO, name: str) -> None:
    headers = BytesHeaderParser().parse(file)
    if not any(header in headers for header in ("From", "To", "Subject", "Date", "Message-ID", "Received")):
        raise _wrong(name)


def _check_msg(file: BinaryIO, name: str) -> None:
    try:
        with olefile.OleFileIO(file) as letter:
            is_letter = letter.exists("__properties_version1.0")
    except Exception as error:  # a damaged compound file can fail in many ways
        raise _wrong(name) from error
    if not is_letter:
        raise _wrong(name)


#: What reading a zip raises that is cut short, flipped in places, or packed in a way that nobody uses.
_DAMAGED_ZIP = (
    *(zipfile.BadZipFile, zlib.error, EOFError),
    *(KeyError, OSError, RuntimeError, NotImplementedError, ValueError),
)


def _check_office(part: str, says: bytes = b"") -> "Check":
    """A check for an Office file that holds this member, and for ODF in which ``mimetype`` says what it is."""

    def check(file: BinaryIO, name: str) -> None:
        if file.read(8) == olefile.MAGIC:
            raise Refused(_("Filen »%(name)s« er låst med en kode. Fjern koden, og prøv igen.", name=name))
        try:
            with zipfile.ZipFile(file) as archive:
                _bounded(archive.infolist(), name)
                members = set(archive.namelist())
                if any(member.lower().endswith("vbaproject.bin") for member in members):
                    raise Refused(_("Filen »%(name)s« rummer makroer. Gem den uden makroer, og prøv igen.", name=name))
                if part not in members or (says and archive.read("mimetype").strip() != says):
                    raise _wrong(name)
                if any(_has_entities(archive, member) for member in members if member.endswith((".xml", ".rels"))):
                    raise _wrong(name)
        except _DAMAGED_ZIP as error:
            raise _wrong(name) from error

    return check


def _bounded(members: list[zipfile.ZipInfo], name: str) -> None:
    unpacked = sum(member.file_size for member in members)
    packed_hard = any(
        member.file_size > _CHUNK and member.file_size > HARDEST_PACKED * max(member.compress_size, 1)
        for member in members
    )
    nested = any(member.filename.lower().endswith((".zip", ".7z", ".rar", ".gz")) for member in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or packed_hard or nested:
        raise Refused(_("Filen »%(name)s« er pakket på en måde, vi ikke kan åbne. Send den som PDF.", name=name))


def _has_entities(archive: zipfile.ZipFile, member: str) -> bool:
    """Whether a part declares a document type, which Office never writes and bombs do."""
    tail = b""
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK):
            piece = tail + chunk.replace(b"\x00", b"").upper()
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                return True
            tail = piece[-16:]
    return False


Check = Callable[[BinaryIO, str], None]

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODT = "application/vnd.oasis.opendocument.text"
#: Ending -> the type it is served as, and the check that its content is that.
_TYPES: dict[str, tuple[str, Check]] = {
    "pdf": ("application/pdf", _check_pdf),
    "docx": (f"{_OOXML}wordprocessingml.document", _check_office("word/document.xml")),
    "xlsx": (f"{_OOXML}spreadsheetml.sheet", _check_office("xl/workbook.xml")),
    "odt": (_ODT, _check_office("content.xml", _ODT.encode())),
    "txt": ("text/plain", _check_text),
    "csv": ("text/csv", _check_text),
    "eml": ("message/rfc822", _check_eml),
    "msg": ("application/vnd.ms-outlook", _check_msg),
    "png": ("image/png", _check_picture),
    "jpg": ("image/jpeg", _check_picture),
    "jpeg": ("image/jpeg", _check_picture),
}

#: The endings that are taken in, for a file field's ``accept``.
ENDINGS = tuple(f".{ending}" for ending in _TYPES)
