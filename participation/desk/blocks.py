"""The doors to a department's text blocks."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.answers.model import TextBlock
from participation.answers.text_block import blocks_of, keep_block, retire_block
from participation.desk.forms import TextBlockForm
from participation.desk.views import blueprint
from participation.foundation import clock
from participation.foundation.db import db
from participation.foundation.permission import allows
from participation.people import queries as people
from participation.people.actor import current_actor
from participation.people.model import Department
from participation.rules import policy
from participation.rules.acts import Act

_BLOCKS = "/arbejde/afdelinger/<int:department>/tekstblokke"


@blueprint.get(_BLOCKS)
@allows(Act.EDIT_TEXT_BLOCK)
def text_blocks(department: int) -> ResponseReturnValue:
    """The text blocks of a department, and a new one."""
    return _page(_department(department))


@blueprint.post(_BLOCKS)
@allows(Act.EDIT_TEXT_BLOCK)
def add_block(department: int) -> ResponseReturnValue:
    """Write a new text block."""
    return _keep(_department(department), None)


@blueprint.post(f"{_BLOCKS}/<int:key>")
@allows(Act.EDIT_TEXT_BLOCK)
def edit_block(department: int, key: int) -> ResponseReturnValue:
    """Keep a new wording of a text block."""
    return _keep(_department(department), _block(key))


@blueprint.post(f"{_BLOCKS}/<int:key>/fjern")
@allows(Act.EDIT_TEXT_BLOCK)
def drop_block(department: int, key: int) -> ResponseReturnValue:
    """Take a text block off the list."""
    retire_block(current_actor(), _department(department), _block(key), now=clock.arrival())
    flash(_("Tekstblokken er fjernet. Svar, der brugte den, er som før."), "success")
    return redirect(url_for(".text_blocks", department=department), 303)


def _department(key: int) -> Department:
    found = people.department(key)
    policy.require(current_actor(), Act.EDIT_TEXT_BLOCK, found, clock.arrival())
    return found


def _block(key: int) -> TextBlock:
    return db.session.get(TextBlock, key) or abort(404)


def _keep(department: Department, block: TextBlock | None) -> ResponseReturnValue:
    form = TextBlockForm(prefix=f"b{block.id}-" if block is not None else "")
    if not form.validate():
        return _page(department, (block.id if block is not None else 0, form)), 422
    title, words = form.title.data or "", form.words.data or ""
    keep_block(current_actor(), department, block, title, words, now=clock.arrival())
    flash(_("Gemt."), "success")
    return redirect(url_for(".text_blocks", department=department.id), 303)


def _page(department: Department, wrong: tuple[int, TextBlockForm] | None = None) -> str:
    blocks = blocks_of(department.id)
    forms = {one.id: TextBlockForm(formdata=None, prefix=f"b{one.id}-", obj=one) for one in blocks}
    forms[0] = TextBlockForm(formdata=None)
    if wrong is not None:
        forms[wrong[0]] = wrong[1]
    return render_template(
        "desk/text_blocks.html",
        department=department,
        blocks=blocks,
        forms=forms,
        wrong=wrong[1] if wrong is not None else None,
    )
