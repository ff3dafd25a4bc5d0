"""What is proposed is laid open: texts, files and links."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from participation.foundation import log, permission, scanner
from participation.foundation.db import db
from participation.foundation.files import Stored
from participation.foundation.forms import Wrong
from participation.foundation.model import File
from participation.projects.model import Material, Notice, Project
from participation.rules.acts import Act
from participation.rules.kinds import MaterialKind, MaterialPurpose, NoticeKind
from participation.rules.plain import mark
from participation.rules.policy import Actor


class StaysInTheCase(Wrong):
    """What citizens have been shown is not taken away."""

    def __init__(self) -> None:
        super().__init__(mark("Materialet er offentligt og kan ikke fjernes. Læg det rettede ved siden af."))


@dataclass(frozen=True)
class Piece:
    """A piece of material on its way in: one of words (Markdown), a stored file, or an address."""

    title: str
    purpose: MaterialPurpose = MaterialPurpose.PROPOSAL
    words: str = ""
    url: str = ""
    stored: Stored | None = None

    @property
    def kind(self) -> MaterialKind:
        """How it is kept."""
        if self.stored is not None:
            return MaterialKind.FILE
        return MaterialKind.LINK if self.url else MaterialKind.TEXT


def attach_material(actor: Actor, project: Project, piece: Piece, *, now: datetime) -> Material:
    """Lay a piece of material open; after the announcement a public line says so.

    Args:
        piece: its file, if any, is on the disk already; the lock is not held while it is stored.

    Raises:
        NotAllowed: not the actor's, or the project is over.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    file = None
    if piece.stored is not None:
        file = File(
            sha256=piece.stored.sha256,
            name=piece.stored.name,
            media_type=piece.stored.media_type,
            size=piece.stored.size,
            restricted=False,
            stored_at=now,
        )
        db.session.add(file)
        scanner.owe([piece.stored.sha256], at=now)
    material = Material(
        kind=piece.kind,
        purpose=piece.purpose,
        title=piece.title,
        words=piece.words,
        url=piece.url,
        file=file,
        position=len(project.materials),
        added_at=now,
    )
    project.materials.append(material)
    if project.announced_at is not None:
        words = _("Vi har lagt nyt materiale ved: %(title)s", title=piece.title)
        db.session.add(Notice(project_id=project.id, kind=NoticeKind.CORRECTION, at=now, words=words))
    db.session.flush()

    log.record(
        Act.EDIT_PROJECT,
        actor,
        material,
        at=now,
        project_id=project.id,
        what="material",
        kind=piece.kind,
        purpose=piece.purpose,
        sha256=piece.stored.sha256 if piece.stored else None,
    )
    return material


def detach_material(actor: Actor, project: Project, material: Material, *, now: datetime) -> None:
    """Take a piece away again, while nobody outside has seen it.

    Raises:
        NotAllowed: not the actor's, or the project is over.
        StaysInTheCase: the project is public.
    """
    permission.require(actor, Act.EDIT_PROJECT, project, now)
    if project.announced_at is not None:
        raise StaysInTheCase
    log.record(Act.EDIT_PROJECT, actor, material, at=now, project_id=project.id, what="material_gone")
    project.materials.remove(material)
    db.session.flush()
