"""A screen that many share, at a library or a counter: nothing of one person waits there for the next (SK-12)."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from participation.foundation.permission import allows
from participation.foundation.shared_screen import COOKIE, is_shared_screen
from participation.rules.acts import Act

blueprint = Blueprint("screen", __name__)

_YEAR = 365 * 24 * 3600


@blueprint.app_context_processor
def shared_screen() -> dict[str, bool]:
    """Whether the page is shown on a screen that many share."""
    return {"shared_screen": is_shared_screen()}


@blueprint.get("/faelles-skaerm")
@allows(Act.READ_PUBLIC)
def shared() -> ResponseReturnValue:
    """What changes on a shared screen, and the button that makes this one of them."""
    return render_template("portal/screen.html")


@blueprint.post("/faelles-skaerm")
@allows(Act.READ_PUBLIC)
def share() -> ResponseReturnValue:
    """This screen is shared from now on, or no longer."""
    response = redirect(url_for(".shared"), 303)
    if "slut" in request.form:
        response.delete_cookie(COOKIE)
        return response
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(COOKIE, "1", max_age=_YEAR, httponly=True, samesite="Lax", secure=secure)
    return response


@blueprint.post("/faerdig")
@allows(Act.READ_PUBLIC)
def clear() -> ResponseReturnValue:
    """Forget who was here: session, sign-in, held answers, drafts and pages that the Back button would bring again."""
    session.clear()
    flash(_("Skærmen er ryddet. Den næste kan ikke se, hvad du har skrevet."), "success")
    response = redirect(url_for("portal.front"), 303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
