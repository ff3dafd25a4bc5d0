"""Write small OLE files (MS-CFB, version 3), so that tests can make Outlook mails of their own."""

from __future__ import annotations

import struct
from datetime import UTC, datetime
from typing import Any

_FREE, _END, _FAT_SECTOR, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
Folder = dict[str, Any]


def ole_file(tree: Folder) -> bytes:
    """A compound file with streams (bytes) and storages (dicts); streams below 4096 bytes lie in the mini stream."""
    sectors: list[bytes] = []
    fat: list[int] = []
    mini, mini_fat = bytearray(), []

    def put(content: bytes) -> int:
        if not content:
            return _END
        first = len(sectors)
        pieces = [content[i : i + 512].ljust(512, b"\0") for i in range(0, len(content), 512)]
        sectors.extend(pieces)
        fat.extend([first + i + 1 for i in range(len(pieces) - 1)] + [_END])
        return first

    def put_mini(content: bytes) -> int:
        if not content:
            return _END
        first = len(mini_fat)
        count = -(-len(content) // 64)
        mini.extend(content.ljust(count * 64, b"\0"))
        mini_fat.extend([first + i + 1 for i in range(count - 1)] + [_END])
        return first

    entries: list[list[Any]] = [["Root Entry", 5, _NONE, _NONE, _END, 0]]  # name, type, right, child, start, size

    def add(folder: Folder, parent: int) -> None:
        previous = None
        for name, content in folder.items():
            index = len(entries)
            if previous is None:
                entries[parent][3] = index
            else:
                entries[previous][2] = index
            previous = index
            if isinstance(content, dict):
                entries.append([name, 1, _NONE, _NONE, 0, 0])
                add(content, index)
            else:
                start = put_mini(content) if len(content) < 4096 else put(content)
                entries.append([name, 2, _NONE, _NONE, start, len(content)])

    add(tree, 0)
    entries[0][4], entries[0][5] = put(bytes(mini)), len(mini)
    directory = b""
    for name, kind, right, child, start, size in entries:
        wide = name.encode("utf-16-le")
        directory += wide.ljust(64, b"\0") + struct.pack("<HBBIII", len(wide) + 2, kind, 1, _NONE, right, child)
        directory += bytes(16 + 4 + 8 + 8) + struct.pack("<IQ", start, size)
    directory_at = put(directory)
    mini_fat_bytes = b"".join(struct.pack("<I", n) for n in mini_fat)
    mini_fat_at = put(mini_fat_bytes.ljust(-(-len(mini_fat_bytes) // 512) * 512, b"\xff"))
    count = 1
    while len(fat) + count > count * 128:
        count += 1
    fat_at = len(sectors)
    fat += [_FAT_SECTOR] * count
    packed = b"".join(struct.pack("<I", n) for n in fat).ljust(count * 512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, count, directory_at, 0)
    header += struct.pack("<IIIII", 4096, mini_fat_at, len(mini_fat_bytes) // 512 + 1, _END, 0)
    header += b"".join(struct.pack("<I", fat_at + i if i < count else _FREE) for i in range(109))
    return header + b"".join(sectors) + packed


def outlook_mail(
    texts: dict[int, str | bytes],
    *,
    sent_at: datetime | None = None,
    files: tuple[Folder, ...] = (),
    page: int | None = None,
) -> Folder:
    """The tree of a mail: ``str`` becomes Unicode text, ``bytes`` binary (8-bit text with ``page``)."""
    fixed = b""
    if sent_at:
        ticks = int((sent_at - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
        fixed += struct.pack("<IIQ", 0x00390040, 6, ticks)
    if page:
        fixed += struct.pack("<IIQ", 0x3FFD0003, 6, page)
    tree: Folder = {"__properties_version1.0": bytes(32) + fixed}
    for tag, value in texts.items():
        if isinstance(value, str):
            tree[f"__substg1.0_{tag:04X}001F"] = value.encode("utf-16-le")
        else:
            tree[f"__substg1.0_{tag:04X}{'001E' if page else '0102'}"] = value
    for number, file in enumerate(files):
        tree[f"__attach_version1.0_#{number:08X}"] = file
    return tree


def attached_file(name: str, data: bytes) -> Folder:
    """A file that comes along with an Outlook mail."""
    return {
        "__properties_version1.0": bytes(8),
        "__substg1.0_3707001F": name.encode("utf-16-le"),
        "__substg1.0_37010102": data,
    }


def attached_mail(mail: Folder) -> Folder:
    """A mail inside an Outlook mail."""
    inner = dict(mail)
    inner["__properties_version1.0"] = inner["__properties_version1.0"][:24] + inner["__properties_version1.0"][32:]
    return {"__properties_version1.0": bytes(8), "__substg1.0_3701000D": inner}
