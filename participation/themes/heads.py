"""Hovedemner that people want beforehand: a list of their own, the material's sections, a theme that stands empty."""

import sqlalchemy as sa

from participation.foundation.db import db
from participation.projects.model import Material
from participation.projects.read_material import words_of
from participation.themes.model import Run, Theme

#: Hovedemner that can be asked for beforehand.
MOST_HEADS = 40


def heads_for(run: Run) -> dict[str, str]:
    """The wanted hovedemner of a run by their keys, each with the words of its section, as `analysis.group` takes them.

    A name that a hovedemne has already is that one; one that a person has made and nothing lies in yet is wanted too.
    A locked one takes nothing in.
    """
    import analysis

    named: dict[str, str] = dict.fromkeys(run.facts.get("heads", ()), "")
    if run.facts.get("sections"):
        named |= {title: named.get(title, "") or said for title, said in _sections(run.project_id).items()}
    uppers = db.session.execute(
        sa.select(Theme.key, Theme.title, Theme.point_count, Theme.by_person, Theme.locked)
        .where(Theme.project_id == run.project_id, Theme.retired_at.is_(None), Theme.parent_id.is_(None))
        .order_by(Theme.id)
    ).all()
    by_title = {one.title.casefold(): one for one in uppers}
    heads: dict[str, str] = {}
    for key, said in analysis.as_heads(dict(list(named.items())[:MOST_HEADS])).items():
        stands = by_title.get(said.partition("\n")[0].casefold())
        if stands is None or not stands.locked:
            heads[stands.key if stands is not None else key] = said
    for one in uppers:
        if one.by_person and not one.locked and not one.point_count:
            heads.setdefault(one.key, one.title)
    return heads


def _sections(project_id: int) -> dict[str, str]:
    """The headings of all pieces of the material, each with the words under it."""
    import analysis

    found: dict[str, str] = {}
    pieces = db.session.scalars(
        sa.select(Material).where(Material.project_id == project_id).order_by(Material.position, Material.id)
    ).all()
    for piece in pieces:
        for title, said in analysis.sections(words_of(piece)).items():
            found[title[:160]] = "\n".join(filter(None, (found.get(title[:160]), said)))
    return found
