"""The staff's doors to what is private: look at it, cover it, let it through, take it down, and show copies of files.

The page shows the original words, so opening it is in the log (who read what).
"""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.contributions import desk_queries as queries
from participation.contributions.clear import clear_contribution, still_open
from participation.contributions.desk_forms import AreaForm, ClearForm, FieldForm, QuoteForm
from participation.contributions.mask import attachment_of, lift_mask, mask_contribution, place_of_quote
from participation.contributions.publish import take_down
from participation.contributions.show_file import COPIED, areas_of, hide_file, show_file
from participation.contributions.shown import masks_on, shown_words
from participation.foundation import clock, copies, log
from participation.foundation.forms import Wrong
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.rules import phases, policy
from participation.rules.acts import Act
from participation.rules.plain import mark

blueprint = Blueprint("private", __name__, url_prefix="/arbejde/projekter/<slug>/indbakke/<int:number>/privat")


@blueprint.get("")
@allows(Act.READ_ORIGINAL)
def look(slug: str, number: int) -> ResponseReturnValue:
    """The original words with what was found in them, what is covered, and how the page will show it."""
    project, one = _found(slug, number)
    return _page(project, one)


@blueprint.post("/frigiv")
@allows(Act.CLEAR_CONTRIBUTION)
def clear(slug: str, number: int) -> ResponseReturnValue:
    """Cover what is ticked, and let it through: a named person has looked."""
    project, one = _found(slug, number)
    form = ClearForm(prefix="clear")
    form.offer(one, still_open(one))
    if not form.validate_on_submit():
        return _page(project, one, clear=form), 422
    clear_contribution(current_actor(), one, form.reason.data, form.chosen(), now=clock.arrival())
    return _back(slug, number, _("Du har set på det. Det kan nu vises på siden."))


@blueprint.post("/ord")
@allows(Act.MASK_CONTRIBUTION)
def cover_words(slug: str, number: int) -> ResponseReturnValue:
    """Cover words that were copied from the text; they come as a segment and a quote."""
    project, one = _found(slug, number)
    form = QuoteForm(prefix="quote")
    if not form.validate_on_submit():
        return _page(project, one, quote=form), 422
    place = place_of_quote(one, form.segment.data or 0, form.quote.data or "")
    mask_contribution(current_actor(), one, [place], form.reason.data, form.words.data or "", now=clock.arrival())
    return _back(slug, number, _("Det er dækket."))


@blueprint.post("/felt")
@allows(Act.MASK_CONTRIBUTION)
def cover_field(slug: str, number: int) -> ResponseReturnValue:
    """Cover a name or a place as a whole."""
    project, one = _found(slug, number)
    form = FieldForm(prefix="field")
    if not form.validate_on_submit():
        return _page(project, one, field=form), 422
    places, why = [form.field.data], form.words.data or ""
    mask_contribution(current_actor(), one, places, form.reason.data, why, now=clock.arrival())
    return _back(slug, number, _("Det er dækket."))


@blueprint.post("/loeft/<int:key>")
@allows(Act.MASK_CONTRIBUTION)
def lift(slug: str, number: int, key: int) -> ResponseReturnValue:
    """Take a cover away again."""
    _project, one = _found(slug, number)
    lift_mask(current_actor(), queries.mask(one, key), now=clock.arrival())
    return _back(slug, number, _("Det er ikke dækket mere."))


@blueprint.post("/ned")
@allows(Act.TAKE_DOWN_CONTRIBUTION)
def down(slug: str, number: int) -> ResponseReturnValue:
    """Take it off the page at once."""
    _project, one = _found(slug, number)
    take_down(current_actor(), one, now=clock.arrival())
    return _back(slug, number, _("Det er taget ned fra siden. Se på det, og dæk det private."))


# -- files ------------------------------------------------------------------------------------------------------------


@blueprint.get("/fil/<int:key>/<int:page>")
@allows(Act.READ_ORIGINAL)
def look_at_page(slug: str, number: int, key: int, page: int) -> ResponseReturnValue:
    """A page of a file, and where on it something is to be covered."""
    project, one = _found(slug, number)
    return _file_page(project, one, attachment_of(one, key), page, AreaForm(formdata=None, prefix="area"))


@blueprint.post("/fil/<int:key>/<int:page>")
@allows(Act.MASK_CONTRIBUTION)
def cover_area(slug: str, number: int, key: int, page: int) -> ResponseReturnValue:
    """Cover some words wherever they stand in the file, or a place on this page."""
    project, one = _found(slug, number)
    attachment, form = attachment_of(one, key), AreaForm(prefix="area")
    if not form.validate_on_submit() or not form.places(attachment, page):
        return _file_page(project, one, attachment, page, form), 422
    places = form.places(attachment, page)
    mask_contribution(current_actor(), one, places, form.reason.data, form.words.data or "", now=clock.arrival())
    flash(_("Det er dækket i den kopi, der kan vises."), "success")
    return redirect(url_for(".look_at_page", slug=slug, number=number, key=key, page=page), 303)


@blueprint.get("/fil/<int:key>/<int:page>/billede")
@allows(Act.READ_ORIGINAL)
def picture(slug: str, number: int, key: int, page: int) -> ResponseReturnValue:
    """The page as a picture, with what is covered painted over."""
    _project, one = _found(slug, number)
    attachment = attachment_of(one, key)
    drawn, kind = copies.page_picture(
        attachment.file.sha256, attachment.file.media_type, page, areas_of(attachment.id).get(page, ())
    )
    response = current_app.response_class(drawn, mimetype=kind)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@blueprint.post("/fil/<int:key>/vis")
@allows(Act.PUBLISH_FILE)
def show(slug: str, number: int, key: int) -> ResponseReturnValue:
    """Show a copy of a file on the page."""
    _project, one = _found(slug, number)
    show_file(current_actor(), one, attachment_of(one, key), now=clock.arrival())
    return _back(slug, number, _("En kopi af filen vises nu på siden."))


@blueprint.post("/fil/<int:key>/skjul")
@allows(Act.PUBLISH_FILE)
def hide(slug: str, number: int, key: int) -> ResponseReturnValue:
    """Take the copy of a file off the page."""
    _project, one = _found(slug, number)
    hide_file(current_actor(), one, attachment_of(one, key), now=clock.arrival())
    return _back(slug, number, _("Filen vises ikke mere på siden."))


def _found(slug: str, number: int) -> tuple[Any, Any]:
    project = queries.case(slug)
    policy.require(current_actor(), Act.READ_CASE, project, clock.arrival())
    one = queries.contribution(project, number)
    policy.require(current_actor(), Act.READ_ORIGINAL, one, clock.arrival())
    return project, one


def _back(slug: str, number: int, said: str) -> ResponseReturnValue:
    flash(said, "success")
    return redirect(url_for(".look", slug=slug, number=number), 303)


def _page(project: Any, one: Any, **given: Any) -> str:
    """The page; whoever opens it reads the original, and that is in the log."""
    now, actor = clock.arrival(), current_actor()
    log.record_apart(Act.READ_ORIGINAL, actor, one, at=now, project_id=project.id, number=one.number)
    still = still_open(one)
    clear_form = given.get("clear")
    if clear_form is None:
        clear_form = ClearForm(formdata=None, prefix="clear")
        clear_form.offer(one, still)
    field_form = given.get("field") or FieldForm(formdata=None, prefix="field")
    return render_template(
        "contributions/private.html",
        project=project,
        phase=phases.phase(project.round, now),
        contribution=one,
        as_shown=shown_words(one),
        fields=masks_on(one).fields.get(one.id, ()),
        clear=clear_form,
        quote=given.get("quote") or QuoteForm(formdata=None, prefix="quote"),
        field_form=field_form.offering(one),
        wrong=next(iter(given.values()), None),
        waits=one.held_back or any(file.held_back for file in one.attachments),
        copied=COPIED,
        next_held=queries.next_held(one),
        may_work=policy.refusal(actor, Act.MASK_CONTRIBUTION, one, now) is None,
    )


def _file_page(project: Any, one: Any, attachment: Any, page: int, form: AreaForm) -> str:
    is_copied = attachment.file.media_type in COPIED
    pages = copies.pages_of(attachment.file.sha256, attachment.file.media_type) if is_copied else 0
    if not 1 <= page <= pages:
        raise Wrong(mark("Man kan kun dække steder i PDF og billeder."))
    log.record_apart(
        Act.READ_ORIGINAL, current_actor(), attachment, at=clock.arrival(), project_id=project.id, page=page
    )
    return render_template(
        "contributions/private_file.html",
        project=project,
        phase=phases.phase(project.round, clock.arrival()),
        contribution=one,
        attachment=attachment,
        page=page,
        pages=pages,
        form=form,
        areas=[mask for mask in one.masks if mask.attachment_id == attachment.id],
        is_pdf=attachment.file.media_type == "application/pdf",
    )
