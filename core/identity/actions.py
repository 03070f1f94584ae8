"""The verbs of accounts: make and invite, sign in, change the password, addresses and state, end sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import g, session, url_for
from sqlalchemy import delete, select, update

from core import clock
from core.audit.actions import origin, record
from core.database import tenant_id, transaction
from core.database.session import UPKEEP, TenantSession
from core.events.actions import emit
from core.identity import attempts, contact, events, factors, links, passwords, sessions
from core.identity.addresses import login_findings, network_of, normal_login
from core.identity.models import Account
from core.identity.sessions import rights_changed
from core.jobs import post
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.keys import keyring

__all__ = [
    "begin_session",
    "change_password",
    "create_account",
    "forgotten",
    "invite",
    "normal_login",
    "prove_second",
    "rights_changed",
    "set_state",
    "sign_in",
    "take_up",
]

#: A password that was proved may be completed by a second factor for so long.
HALF_LIFE = timedelta(minutes=10)
#: The job that answers "I forgot my password", for accounts that exist and for those that do not.
FORGOTTEN = "identity.forgotten"


@dataclass(frozen=True, slots=True)
class Proved:
    """An account that proved its password.

    :param second: a second factor has to follow.
    """

    account_id: UUID
    second: bool


def create_account(
    *,
    login: str,
    display_name: str,
    password: str | None = None,
    email: str = "",
    phone: str = "",
    person_id: UUID | None = None,
) -> UUID:
    """Make an account of the bound tenant; returns its id.

    :param password: ``None`` for an account that waits for its invitation to be taken up.
    :param person_id: the person of the roster whose account it is.
    :raises Refused: empty or taken login, unusable or taken address, weak password, a person with an account.
    """
    name = normal_login(login)
    findings = login_findings(name)
    if findings:
        raise Refused(findings)
    if password is not None:
        passwords.check_new(password, login=name)
    with transaction() as database:
        contact.free(database, Account.login == name, "ID.02", "login", f"登录名“{name}”已有人使用。")
        if person_id is not None:
            contact.free(database, Account.person_id == person_id, "ID.06", "", "这名党员已经有账号。")
        account = Account(
            login=name,
            display_name=display_name.strip() or name,
            password_hash=passwords.digest(password) if password is not None else "",
            state="active" if password is not None else "invited",
            person_id=person_id,
        )
        database.add(account)
        database.flush()
        contact.keep_email(database, account, email)
        contact.keep_phone(database, account, phone)
        record(kind="identity.account.created", subject="account", subject_id=account.id, detail={"login": name})
        told = {"person": person_id} if person_id else {}
        emit(events.CREATED, subject="account", subject_id=account.id, data=told)
        return account.id


def sign_in(*, login: str, password: str) -> Proved | None:
    """The account if login and password are right, else ``None``; unknown and wrong are told apart by nothing.

    :param login: a login name, an e-mail address or a phone number.
    """
    with transaction() as database:
        account = contact.find(database, login)
        if account is None:
            passwords.matches(None, password)
            record(kind="identity.sign_in.refused", detail={"login": "unknown"})
            return None
        now = clock.now()
        attempt = attempts.begin(database, account, kind="password", network=network_of(origin().address), now=now)
        held = attempt.held
        usable = account.state == "active" and not held
        if not passwords.matches(account.password_hash if usable else None, password):
            if not held:
                attempt.failed()
            record(kind="identity.sign_in.refused", subject="account", subject_id=account.id, detail={"held": held})
            return None
        attempt.succeeded()
        if passwords.outdated(account.password_hash):
            _rehash(database, account, password)
        return Proved(account.id, factors.has_second(database, account))


def _rehash(database: TenantSession, account: Account, password: str) -> None:
    """Keep the same password under today's parameters: the sign-in's own row says what happened, this changes nothing."""
    kept = update(Account).where(Account.id == account.id).values(password_hash=passwords.digest(password))
    database.execute(kept.execution_options(**{UPKEEP: True}))


def begin_session(
    account_id: UUID, method: str, *, strong: bool = False, target: str | None = None, ask_second: bool = True
) -> str:
    """Sign an account in within a request, or half in when a second factor has to follow.

    :param account_id: the account; it must have been proved by ``method``.
    :param method: such as ``password``, ``passkey``, ``oidc``: kept with the session and in the audit.
    :param strong: a second factor was proved along with it.
    :param target: own path to go to afterwards.
    :returns: the address to redirect to.
    :raises Refused: the account is disabled or not yet taken up.
    """
    with transaction() as database:
        account = database.get_one(Account, (tenant_id(), account_id))
        if account.state != "active":
            raise Refused([_no("ID.10", "", "这个账号已停用或尚未启用，请联系本单位管理员。", "E_STATE")])
        if not strong and ask_second and factors.has_second(database, account):
            half = [account_id.hex, method, int(clock.now().timestamp()), account.session_epoch, target or ""]
            session.clear()
            session.update(tenant=g.tenant.id, half=half)
            return url_for("identity.second")
        sessions.begin(account_id, method=method, strong=strong)
        account.last_sign_in_at = clock.now()
        account.failures, account.held_until = 0, None
        record(
            kind="identity.signed_in",
            subject="account",
            subject_id=account_id,
            actor=account.display_name,
            actor_id=account_id,
            detail={"method": method},
        )
    return target or url_for("home.home")


def half_signed_in() -> tuple[UUID, str, str] | None:
    """Who has proved the first factor in this browser: account, method and where to go; ``None`` when nobody has."""
    half = session.get("half")
    if session.get("tenant") != g.tenant.id or not isinstance(half, list) or len(half) != 5:
        return None
    if not 0 <= clock.now().timestamp() - half[2] <= HALF_LIFE.total_seconds():
        return None
    return UUID(half[0]), str(half[1]), str(half[4])


def prove_second(*, code: str = "", recovery: str = "", proof: Callable[[], bool] | None = None) -> str | None:
    """Complete a half sign-in by a code of the app, a recovery code, or another proof; begins the session.

    :param proof: whether something else was proved, such as a passkey of the account.
    :returns: where to go; ``None`` for a wrong code, or when nothing is looked at for a while.
    """
    half = half_signed_in()
    if half is None:
        return None
    account_id, method, target = half
    with transaction() as database:
        account = database.scalars(
            select(Account).where(Account.id == account_id, Account.state == "active").with_for_update()
        ).one_or_none()
        if account is None or account.session_epoch != session["half"][3]:
            return None
        attempt = attempts.begin(
            database, account, kind="second", network=network_of(origin().address), now=clock.now()
        )
        held = attempt.held
        how = None if held else _second(database, account, code, recovery, proof)
        if how is None:
            if not held:
                attempt.failed()
            detail = {"held": held, "method": "second"}
            record(kind="identity.sign_in.refused", subject="account", subject_id=account_id, detail=detail)
            return None
        attempt.succeeded()
        return begin_session(account_id, f"{method}+{how}", strong=True, target=target or None)


def _second(
    database: TenantSession, account: Account, code: str, recovery: str, proof: Callable[[], bool] | None
) -> str | None:
    if proof is not None:
        return "passkey" if proof() else None
    if recovery:
        return "recovery" if factors.recovery_code_matches(database, account, recovery) else None
    confirmed = account.totp_confirmed_at is not None
    return "totp" if confirmed and factors.totp_matches(account, code) else None


def sign_out() -> None:
    """End this browser's session on the server: a copy of its cookie is worth nothing afterwards."""
    held = sessions.current()
    if held is not None:
        with transaction():
            sessions.end(account_id=held.account_id, only=held.id)
            record(kind="identity.signed_out", subject="account", subject_id=held.account_id)
    session.clear()


def check_password(*, account_id: UUID, password: str) -> None:
    """Ask for the password again before something that matters.

    :raises Refused: it is wrong, or nothing is looked at for a while.
    """
    with transaction() as database:
        account = database.get_one(Account, (tenant_id(), account_id))
        attempt = attempts.begin(
            database, account, kind="password", network=network_of(origin().address), now=clock.now()
        )
        held = attempt.held
        right = not held and passwords.matches(account.password_hash, password)
        if right:
            attempt.hold.failures = 0
        elif not held:
            attempt.failed()
    if not right:
        raise Refused([_no("PW.02", "old", "原密码不对。连续输错多次后需要等一会儿再试。", "E_FORMAT")])


def change_password(*, account_id: UUID, old: str, new: str, keep: UUID | None = None) -> None:
    """Set a new password: every other session of the account, and every link to it, is over.

    :param keep: the session that goes on.
    :raises Refused: the old password is wrong, or the new one weak.
    """
    check_password(account_id=account_id, password=old)
    with transaction() as database:
        account = contact.locked(database, account_id)
        passwords.check_new(new, login=account.login)
        _set_password(database, account, new, keep=keep)


def _set_password(database: TenantSession, account: Account, new: str, *, keep: UUID | None = None) -> None:
    account.password_hash = passwords.digest(new)
    account.session_epoch += 1
    attempts.forget(database, account.id)
    links.end(database, account_id=account.id)
    sessions.end(account_id=account.id, keep=keep)
    record(kind="identity.password.changed", subject="account", subject_id=account.id)
    rights_changed()


def take_up(*, token: str, new: str) -> UUID:
    """Set a password by an invitation or a reset link, which is used up; returns the account.

    :raises core.identity.links.BadLink: the link does not work.
    :raises Refused: the password is weak; the link still works then.
    """
    with transaction() as database:
        opened = links.look(token, lock=True)
        if opened.kind not in ("invite", "reset"):
            raise links.BadLink(links.Fault.WRONG)
        account = contact.locked(database, opened.account_id)
        passwords.check_new(new, login=account.login)
        links.use(database, opened)
        account.state = "active"
        _set_password(database, account, new)
        return account.id


def invite(*, account_id: UUID) -> str:
    """A new invitation (or, for an account in use, reset) link's token; earlier ones end.

    :raises Refused: the account is disabled.
    """
    with transaction() as database:
        account = database.get_one(Account, (tenant_id(), account_id))
        if account.state == "disabled":
            raise Refused([_no("ID.11", "", "账号已停用。请先启用，再发送链接。", "E_STATE")])
        return links.make(account_id=account_id, kind="invite" if account.state == "invited" else "reset")


def forgotten(*, login: str) -> None:
    """Answer "I forgot my password": the same work whether there is such an account or not."""
    with transaction() as database:
        account = contact.find(database, login)
        reachable = account is not None and account.state == "active" and account.email_cipher is not None
        found = account.id.hex if account is not None and reachable else None
        quarter = int(clock.now().timestamp()) // 900
        once = f"{FORGOTTEN}:{found or _nobody(login)}:{quarter}"  # a mailbox cannot be flooded
        post(kind=FORGOTTEN, payload={"account": found, "slug": g.tenant.slug}, actor=origin().actor, once=once)


def _nobody(login: str) -> str:
    return keyring().blind(normal_login(login)[:200], purpose="account.unknown").hex()


def set_state(*, account_id: UUID, state: str) -> None:
    """Disable an account (its sessions end at once), or enable it again.

    :raises Refused: any other state.
    """
    if state not in ("active", "disabled"):
        raise Refused([_no("ID.12", "state", "状态只能是启用或停用。", "E_FORMAT")])
    with transaction() as database:
        account = contact.locked(database, account_id)
        wanted = "invited" if state == "active" and not account.password_hash else state
        if account.state == wanted:
            return
        account.state = wanted
        if state == "disabled":
            links.end(database, account_id=account_id)
            sessions.end(account_id=account_id)
        detail = {"state": wanted}
        record(kind="identity.account.state", subject="account", subject_id=account_id, detail=detail)
        emit(events.CHANGED, subject="account", subject_id=account_id, data=detail)
        rights_changed()


def reset_second_factor(*, account_id: UUID) -> None:
    """Take every second factor from an account and end its sessions, for somebody who lost all of them."""
    with transaction():
        factors.reset(account_id=account_id)
        sessions.end(account_id=account_id)


def end_sessions(*, account_id: UUID, only: UUID | None = None, keep: UUID | None = None) -> int:
    """End sessions of an account: all, this one alone, or all but one. :returns: how many."""
    with transaction():
        count = sessions.end(account_id=account_id, only=only, keep=keep)
        if count:
            record(kind="identity.sessions.ended", subject="account", subject_id=account_id, detail={"count": count})
    return count


def drop_account(*, account_id: UUID) -> None:
    """Remove an account that was never taken up. :raises Refused: it was."""
    with transaction() as database:
        account = contact.locked(database, account_id)
        if account.state != "invited" or account.last_sign_in_at is not None:
            raise Refused([_no("ID.13", "", "用过的账号不能删除，只能停用。", "E_STATE")])
        record(kind="identity.account.dropped", subject="account", subject_id=account_id)
        emit(events.REMOVED, subject="account", subject_id=account_id)
        database.execute(delete(Account).where(Account.id == account_id))
        rights_changed()


def _no(rule: str, field: str, message: str, code: str) -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, code=code)
