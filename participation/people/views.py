"""The doors for staff: sign in and out, invitations, and the administrator's pages."""

from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from wtforms.fields import SelectChoice

from participation.foundation import clock, pulse
from participation.foundation.forms import Wrong, listed
from participation.foundation.permission import allows
from participation.people import queries
from participation.people.actor import current_actor
from participation.people.edit import edit_department, edit_municipality, edit_person
from participation.people.forms import (
    DepartmentForm,
    InviteForm,
    MunicipalityForm,
    PasswordForm,
    PersonForm,
    SignInForm,
)
from participation.people.invite import accept_invitation, invitation_of, invite_person
from participation.people.municipality import Municipality, municipality
from participation.people.settle import settle_alarms
from participation.people.sign_in import SignedIn, check_password, sign_out_everywhere
from participation.people.sign_in import sign_in as let_in
from participation.people.sign_in import sign_out as leave
from participation.rules import policy
from participation.rules.acts import Act
from participation.rules.kinds import STAFF_ROLES, Role
from participation.rules.words import danish

blueprint = Blueprint("people", __name__)


@blueprint.get("/log-ind")
@allows(Act.SIGN_IN)
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(_home())
    return render_template("people/sign_in.html", form=SignInForm(), wrong="")


@blueprint.post("/log-ind")
@allows(Act.SIGN_IN)
def enter() -> ResponseReturnValue:
    """Check the password and begin a new session."""
    form = SignInForm()
    if not form.validate():
        return render_template("people/sign_in.html", form=form, wrong=""), 422
    person = check_password(
        form.email.data or "", form.password.data or "", address=request.remote_addr or "", now=clock.now()
    )
    if person is None:
        wrong = _("E-mail eller kodeord passer ikke. Prøv igen. Efter mange forsøg skal du vente et kvarter.")
        return render_template("people/sign_in.html", form=form, wrong=wrong), 422
    _begin(let_in(person, form.password.data or "", now=clock.now()))
    return redirect(_next() or _home(), 303)


@blueprint.post("/log-ud")
@allows(Act.SIGN_OUT)
def sign_out() -> ResponseReturnValue:
    """End this session."""
    leave(current_actor(), current_user, now=clock.now())
    logout_user()
    session.clear()
    return redirect("/", 303)


@blueprint.post("/log-ud/alle-steder")
@allows(Act.SIGN_OUT)
def leave_everywhere() -> ResponseReturnValue:
    """End every session of this person."""
    sign_out_everywhere(current_actor(), current_user.person, now=clock.now())
    logout_user()
    session.clear()
    flash(_("Du er logget ud på alle enheder."), "success")
    return redirect(url_for(".sign_in"), 303)


@blueprint.get("/velkommen/<token>")
@allows(Act.ACCEPT_INVITATION)
def welcome(token: str) -> ResponseReturnValue:
    """Where an invited person picks a password."""
    invitation = invitation_of(token, clock.now())
    return render_template("people/welcome.html", form=PasswordForm(), invitation=invitation, wrong="")


@blueprint.post("/velkommen/<token>")
@allows(Act.ACCEPT_INVITATION)
def accept(token: str) -> ResponseReturnValue:
    """Use the link, and sign in."""
    form = PasswordForm()
    invitation = invitation_of(token, clock.now())
    if not form.validate():
        return render_template("people/welcome.html", form=form, invitation=invitation, wrong=""), 422
    try:
        person = accept_invitation(token, form.password.data or "", now=clock.now())
    except Wrong as wrong:
        return render_template("people/welcome.html", form=form, invitation=invitation, wrong=wrong.words), 422
    _begin(SignedIn(person))
    flash(_("Velkommen. Du er nu logget ind."), "success")
    return redirect(_home(), 303)


@blueprint.get("/arbejde/opsaetning")
@allows(Act.EDIT_MUNICIPALITY)
def setup() -> ResponseReturnValue:
    """The administrator's page: the municipality, departments, people and open invitations."""
    policy.require(current_actor(), Act.EDIT_MUNICIPALITY, None, clock.now())
    return _setup()


@blueprint.post("/arbejde/opsaetning")
@allows(Act.EDIT_MUNICIPALITY)
def keep_municipality() -> ResponseReturnValue:
    """Keep the municipality's name, deciding body and contact."""
    form = MunicipalityForm()
    if not form.validate():
        return _setup(form=form), 422
    values = {name: value for name, value in form.data.items() if name != "csrf_token"}
    edit_municipality(current_actor(), Municipality(**{**municipality().__dict__, **values}), now=clock.now())
    flash(_("Gemt."), "success")
    return redirect(url_for(".setup"), 303)


@blueprint.post("/arbejde/opsaetning/ur")
@allows(Act.SETTLE_ALARM)
def settle_clock() -> ResponseReturnValue:
    """The alarms of the clock have been seen."""
    settle_alarms(current_actor(), now=clock.arrival())
    flash(_("Gemt."), "success")
    return redirect(url_for(".setup"), 303)


@blueprint.post("/arbejde/opsaetning/inviter")
@allows(Act.INVITE_PERSON)
def invite() -> ResponseReturnValue:
    """Invite somebody; the link is mailed and shown once."""
    form = InviteForm(prefix="invite-")
    form.offer([(one.id, one.name) for one in queries.departments()])
    if not form.validate():
        return _setup(invite=form), 422
    role = Role(form.role.data)
    department = queries.department(form.department.data) if form.department.data and STAFF_ROLES[role] else None
    if STAFF_ROLES[role] and department is None:
        form.department.errors = [_("Vælg en afdeling til den rolle.")]
        return _setup(invite=form), 422
    token = invite_person(
        current_actor(), form.name.data or "", form.email.data or "", role, department, now=clock.now()
    )
    link = f"{current_app.config['BASE_URL']}{url_for('.welcome', token=token)}"
    flash(_("Invitationen er sendt. Linket er også her, hvis du vil give det selv: %(link)s", link=link), "success")
    return redirect(url_for(".setup"), 303)


@blueprint.get("/arbejde/opsaetning/personer/<int:key>")
@allows(Act.EDIT_PERSON)
def person(key: int) -> ResponseReturnValue:
    """One person's roles."""
    policy.require(current_actor(), Act.EDIT_PERSON, None, clock.now())
    found = queries.person(key)
    form = PersonForm(active=found.active)
    form.roles.choices = _role_choices()
    form.roles.data = [f"{one.role}:{one.department_id or 0}" for one in found.memberships]
    return render_template("people/person.html", form=form, person=found)


@blueprint.post("/arbejde/opsaetning/personer/<int:key>")
@allows(Act.EDIT_PERSON)
def keep_person(key: int) -> ResponseReturnValue:
    """Keep a person's roles."""
    found, form = queries.person(key), PersonForm()
    form.roles.choices = _role_choices()
    if not form.validate():
        return render_template("people/person.html", form=form, person=found), 422
    roles = {
        (Role(role), int(at) or None) for role, _colon, at in (one.partition(":") for one in form.roles.data or [])
    }
    edit_person(current_actor(), found, roles, active=bool(form.active.data), now=clock.now())
    flash(_("Gemt."), "success")
    return redirect(url_for(".setup"), 303)


@blueprint.get("/arbejde/opsaetning/afdelinger/<int:key>")
@allows(Act.EDIT_DEPARTMENT)
def department(key: int) -> ResponseReturnValue:
    """One department; 0 is a new one."""
    policy.require(current_actor(), Act.EDIT_DEPARTMENT, None, clock.now())
    found = queries.department(key) if key else None
    return render_template("people/department.html", form=DepartmentForm(obj=found), department=found)


@blueprint.post("/arbejde/opsaetning/afdelinger/<int:key>")
@allows(Act.EDIT_DEPARTMENT)
def keep_department(key: int) -> ResponseReturnValue:
    """Keep a department."""
    found, form = (queries.department(key) if key else None), DepartmentForm()
    if not form.validate():
        return render_template("people/department.html", form=form, department=found), 422
    values = {name: value for name, value in form.data.items() if name != "csrf_token"}
    edit_department(current_actor(), found, now=clock.now(), **values)
    flash(_("Gemt."), "success")
    return redirect(url_for(".setup"), 303)


def _setup(**given: object) -> str:
    departments = queries.departments()
    invite_form = given.get("invite")
    if invite_form is None:
        invite_form = InviteForm(formdata=None, prefix="invite-")
        invite_form.offer([(one.id, one.name) for one in departments])
    return render_template(
        "people/setup.html",
        form=given.get("form") or MunicipalityForm(formdata=None, obj=municipality()),
        invite=invite_form,
        departments=departments,
        persons=queries.persons(),
        invitations=queries.open_invitations(),
        alarms=pulse.alarms(),
    )


def _role_choices() -> list[SelectChoice]:
    found = []
    for role, in_department in STAFF_ROLES.items():
        if in_department:
            found += [(f"{role}:{one.id}", f"{_(danish(role))}, {one.name}") for one in queries.departments()]
        else:
            found.append((f"{role}:0", _(danish(role))))
    return listed(found)


def _begin(signed_in: SignedIn) -> None:
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    login_user(signed_in)


def _next() -> str | None:
    """Where the person wanted to go: a path of our own and nothing else."""
    wanted = request.args.get("next", "")
    parts = urlsplit(wanted)
    fine = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return wanted if fine and wanted.isprintable() and "\\" not in wanted else None


def _home() -> str:
    return "/arbejde"
