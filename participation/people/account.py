"""A citizen's own page: opened by a link to their e-mail, without a password, apart from the staff's sign-in.

Nobody needs an account, so the answer is the same for every address. The link opens the page once, within half an hour.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from flask import current_app, session

from participation.foundation import budgets, clock, codes, jobs, letters, log, permission
from participation.foundation.db import begin_write, db, settling
from participation.foundation.forms import Wrong
from participation.foundation.letters import Secret
from participation.foundation.model import Letter
from participation.people.model import Account, AccountLink, EndedSession
from participation.rules.acts import Act
from participation.rules.plain import mark
from participation.rules.policy import Actor

#: How long a link works, how long a session lasts, and after how long an account that nobody uses is deleted.
LINK, SESSION, UNUSED = timedelta(minutes=30), timedelta(hours=4), timedelta(days=730)
#: Letters to one address, and questions from one network address, in an hour.
TO_ONE, FROM_ONE = 3, 20
#: Where the session keeps who it is; the staff's sign-in lies elsewhere, and each begins with an empty session.
_KEPT = "account"


class NoSuchLink(Wrong):
    """The link was used, is too old, or never was one."""

    def __init__(self) -> None:
        super().__init__(mark("Linket er brugt eller for gammelt. Bed om et nyt på Min side."))


def ask_link(actor: Actor, email: str, *, language: str, address: str, now: datetime) -> None:
    """Ask for a link to one's own page. Who has asked too often gets no letter and the same answer.

    Args:
        address: the network address, to count and forget.
    """
    email = email.strip().lower()
    fine = budgets.spend(f"account:{address}", FROM_ONE, clock.HOUR, now)
    fine &= budgets.spend(f"account_to:{email}", TO_ONE, clock.HOUR, now)
    permission.require(actor, Act.ASK_SIGN_IN_LINK, None, now)
    if not fine:
        return
    link = AccountLink(email=email, language=language, asked_at=now, token_hash=secrets.token_hex(32))
    db.session.add(link)
    db.session.flush()
    link.token_hash = codes.token_hash(_token(link))
    log.record(Act.ASK_SIGN_IN_LINK, actor, link, at=now)
    letters.owe("account_link", link, to=email, language=language, at=now, account_link=link.id)


def waiting_link(token: str, now: datetime) -> AccountLink:
    """The link that a letter carries, while it works.

    Raises:
        NoSuchLink: it was used, is too old, or never was one.
    """
    found = db.session.scalar(sa.select(AccountLink).where(AccountLink.token_hash == codes.token_hash(token)))
    if found is None or found.used_at is not None or now >= found.asked_at + LINK:
        raise NoSuchLink
    return found


def enter_account(actor: Actor, token: str, *, now: datetime) -> Account:
    """Open one's own page with a link; the first time the account is made. Everything else of the session ends.

    Raises:
        NoSuchLink: it was used, is too old, or never was one.
    """
    permission.require(actor, Act.ENTER_ACCOUNT, None, now)
    link = waiting_link(token, now)
    taken = sa.update(AccountLink).where(AccountLink.id == link.id, AccountLink.used_at.is_(None))
    if db.session.execute(taken.values(used_at=now)).rowcount != 1:  # type: ignore[attr-defined]
        raise NoSuchLink
    account = db.session.scalar(sa.select(Account).where(Account.email == link.email))
    if account is None:
        account = Account(email=link.email, language=link.language, made_at=now)
        db.session.add(account)
    account.used_at = now
    db.session.flush()
    log.record(Act.ENTER_ACCOUNT, actor, account, at=now)
    return account


def begin_session(account: Account, *, now: datetime) -> None:
    """A session of this citizen alone: whoever was signed in before, also of the staff, is not any more."""
    kept = {name: session[name] for name in ("language", "drafts") if name in session}
    session.clear()
    session.update(kept)
    session[_KEPT] = f"{account.id}:{int(now.timestamp())}:{secrets.token_urlsafe(12)}"


def current_account(now: datetime) -> Account | None:
    """The account of whoever sent this request, or nothing."""
    id_, _, rest = str(session.get(_KEPT, "")).partition(":")
    began, _, mark_ = rest.partition(":")
    if not (id_.isdecimal() and began.isdecimal() and mark_):
        return None
    if now >= datetime.fromtimestamp(int(began), UTC) + SESSION:
        return None
    ended = sa.exists().where(EndedSession.key_hash == _hash(session[_KEPT]))
    account = db.session.scalar(sa.select(Account).where(Account.id == int(id_), ~ended))
    if account is None or int(began) < int(account.made_at.timestamp()):
        return None  # a number may be given again, but not to a session that is older than its account
    account.is_signed_in = True
    return account


def leave_account(actor: Actor, account: Account, *, now: datetime) -> None:
    """End this session for good, also for whoever has copied its cookie.

    Raises:
        NotAllowed: nobody is signed in.
    """
    permission.require(actor, Act.LEAVE_ACCOUNT, account, now)
    db.session.merge(EndedSession(key_hash=_hash(session[_KEPT]), ended_at=now))
    log.record(Act.LEAVE_ACCOUNT, actor, account, at=now)


def choose_language(actor: Actor, account: Account, language: str, *, now: datetime) -> None:
    """In which language we write to this person from now on.

    Raises:
        NotAllowed: nobody is signed in.
    """
    permission.require(actor, Act.EDIT_ACCOUNT, account, now)
    account.language = language
    log.record(Act.EDIT_ACCOUNT, actor, account, at=now, language=language)


def delete_account(actor: Actor, account: Account, *, now: datetime) -> None:
    """Forget the account, and every link to it. What was sent to a case belongs to the case.

    Raises:
        NotAllowed: nobody is signed in.
    """
    permission.require(actor, Act.DELETE_ACCOUNT, account, now)
    log.record(Act.DELETE_ACCOUNT, actor, account, at=now)
    db.session.execute(sa.delete(AccountLink).where(AccountLink.email == account.email))
    db.session.execute(
        sa.delete(Letter).where(Letter.kind == "account_link", sa.func.lower(Letter.recipient) == account.email)
    )
    db.session.delete(account)
    db.session.flush()


def _token(link: AccountLink) -> str:
    return codes.link_token(f"account:{link.id}:{link.asked_at.isoformat()}", codes.latest_version())


def _hash(kept: str) -> str:
    return sha256(f"account:{kept}".encode()).hexdigest()


@letters.provider("account_link")
def _own_page(link_id: int) -> dict[str, Any]:
    """The link, for the letter; it stands in no copy that we keep, and is empty when it no longer fits."""
    link = db.session.get(AccountLink, link_id)
    fits = link is not None and hmac.compare_digest(codes.token_hash(_token(link)), link.token_hash)
    page = f"{current_app.config['BASE_URL']}/min-side/ind/{_token(link)}" if link is not None and fits else ""
    return {"own_page": Secret(page)}


@jobs.periodic("accounts:forget", every=timedelta(days=1))
def _forget(arguments: jobs.Arguments, report: jobs.Report, now: datetime) -> None:
    """Let go of links and their letters after a day, and of accounts that nobody has used for two years."""
    with settling():
        begin_write()
        day = now - timedelta(days=1)
        db.session.execute(sa.delete(AccountLink).where(AccountLink.asked_at < day))
        db.session.execute(sa.delete(Letter).where(Letter.kind == "account_link", Letter.owed_at < day))
        db.session.execute(sa.delete(Account).where(Account.used_at < now - UNUSED))
