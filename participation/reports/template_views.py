"""The doors to the municipality's own Word template, for an administrator."""

import io

from flask import Blueprint, Response, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from participation.foundation import clock, docx_template
from participation.foundation.permission import allows
from participation.people.actor import current_actor
from participation.reports.forms import EmptyForm, TemplateForm
from participation.reports.template import FIELDS, Unfit, drop_template, keep_template, kept, lent, starter
from participation.rules import policy
from participation.rules.acts import Act

blueprint = Blueprint("template", __name__, url_prefix="/arbejde/opsaetning/skabelon")


@blueprint.get("")
@allows(Act.EDIT_MUNICIPALITY)
def show() -> ResponseReturnValue:
    """The template in use, and how to make one."""
    policy.require(current_actor(), Act.EDIT_MUNICIPALITY, None, clock.arrival())
    return _page(TemplateForm(formdata=None))


@blueprint.post("")
@allows(Act.EDIT_MUNICIPALITY)
def keep() -> ResponseReturnValue:
    """Check a template, and use it from now on."""
    actor, now, form = current_actor(), clock.arrival(), TemplateForm()
    policy.require(actor, Act.EDIT_MUNICIPALITY, None, now)
    if not form.validate():
        return _page(form), 422
    try:
        keep_template(actor, form.file.data.read(), form.file.data.filename, now=now)
    except Unfit as unfit:
        return _page(form, unfit.flaws), 422
    flash(
        _("Skabelonen er gemt. Den bruges, næste gang der laves en hvidbog eller en tekst til dagsordenen."), "success"
    )
    return redirect(url_for(".show"), 303)


@blueprint.post("/fjern")
@allows(Act.EDIT_MUNICIPALITY)
def drop() -> ResponseReturnValue:
    """Use the house style again."""
    actor, now = current_actor(), clock.arrival()
    policy.require(actor, Act.EDIT_MUNICIPALITY, None, now)
    if not EmptyForm().validate():
        return _page(TemplateForm(formdata=None)), 422
    drop_template(actor, now=now)
    flash(_("Skabelonen er fjernet. Nu bruges Medspils eget udseende."), "success")
    return redirect(url_for(".show"), 303)


@blueprint.get("/begynd.docx")
@allows(Act.EDIT_MUNICIPALITY)
def begin() -> Response:
    """A template to begin with."""
    policy.require(current_actor(), Act.EDIT_MUNICIPALITY, None, clock.arrival())
    with force_locale("da"):
        made = starter()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    return send_file(io.BytesIO(made), mimetype=kind, as_attachment=True, download_name="skabelon.docx", max_age=0)


def _page(form: TemplateForm, flaws: list[str] | None = None) -> str:
    return render_template(
        "reports/template.html",
        form=form,
        flaws=flaws or [],
        kept=kept(),
        lent=lent(),
        needed=docx_template.NEEDED.values(),
        fields=[f"{{{{{name}}}}}" for name in (*FIELDS, docx_template.TEXT)],
    )
