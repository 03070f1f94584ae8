"""The verbs of operators: make one, sign in with password and code, end sessions, and the log of what they did."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.orm import Session

from core import clock
from core.audit.actions import Origin, acting
from core.database.system import system_engine
from core.identity import passwords
from core.identity.addresses import network_of, normal_login
from core.identity.attempts import FREE_ATTEMPTS, wait_after
from core.identity.factors import WINDOW, Counted, totp
from core.policy.findings import Finding, Refused, Severity
from tenants.operators.models import Operator, OperatorEvent, OperatorHold, OperatorSession
from tenants.provision import set_state

ISSUER = "智慧党建运维"
#: A session of an operator ends after this long, and after this long without use.
ABSOLUTE, IDLE = timedelta(hours=8), timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Who:
    """An operator in a session."""

    id: UUID
    session_id: UUID
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class NewOperator:
    """What is shown once after an operator was made."""

    id: UUID
    login: str
    password: str
    uri: str
    key: str


@contextmanager
def _database() -> Iterator[Session]:
    """One transaction of the system role, outside any tenant."""
    with Session(system_engine(), expire_on_commit=False) as session, session.begin():
        yield session


def create(*, login: str, name: str, password: str | None = None) -> NewOperator:
    """Make an operator with a password and the secret of an authenticator app, both to be shown once.

    :raises Refused: empty or taken login, weak password.
    """
    wanted, secret = normal_login(login), password or secrets.token_urlsafe(15)
    if not wanted or len(wanted) > 100:
        raise Refused([_no("OP.01", "login", "登录名不能为空，最长100个字。", "E_REQUIRED")])
    passwords.check_new(secret, login=wanted)
    engine = totp(ISSUER)
    seed = engine.generate_totp_secret()
    with _database() as database:
        if database.scalar(select(Operator.id).where(Operator.login == wanted)) is not None:
            raise Refused([_no("OP.02", "login", f"运维人员“{wanted}”已经存在。", "E_DUP")])
        made = Operator(
            login=wanted,
            display_name=name.strip() or wanted,
            password_hash=passwords.digest(secret),
            totp_cipher=seed.encode(),
        )
        database.add(made)
        database.flush()
        _note(database, "系统", "operator.created", subject=wanted)
        return NewOperator(made.id, wanted, secret, engine.get_totp_uri(wanted, seed), engine.get_totp_pretty_key(seed))


def set_operator_state(*, login: str, state: str) -> None:
    """Disable an operator (sessions end at once) or enable one again. :raises Refused: unknown operator or state."""
    if state not in ("active", "disabled"):
        raise Refused([_no("OP.03", "state", "状态只能是 active（启用）或 disabled（停用）。", "E_FORMAT")])
    with _database() as database:
        found = database.scalars(select(Operator).where(Operator.login == normal_login(login))).one_or_none()
        if found is None:
            raise Refused([_no("OP.04", "login", f"没有运维人员“{login}”。", "E_REQUIRED")])
        found.state = state
        database.execute(delete(OperatorSession).where(OperatorSession.operator_id == found.id))
        _note(database, "系统", "operator.state", subject=found.login, detail=state)


def sign_in(*, login: str, password: str, code: str, address: str | None) -> UUID | None:
    """A new session if name, password and code are all right; which of them was wrong is not told."""
    wanted, now = normal_login(login), clock.now()
    with _database() as database:
        found = database.scalars(select(Operator).where(Operator.login == wanted).with_for_update()).one_or_none()
        if found is None:
            passwords.matches(None, password)
            _note(database, "未登录", "operator.sign_in.refused", address=address)
            return None
        hold = _hold(database, found.id, network_of(address))
        held = hold.held_until is not None and hold.held_until > now
        usable = found.state == "active" and not held
        right = passwords.matches(found.password_hash if usable else None, password)
        if not right or not _code_matches(found, code):
            if not held:
                hold.failures += 1
                wait = wait_after(hold.failures, FREE_ATTEMPTS)
                hold.held_until = now + wait if wait else None
            _note(database, "未登录", "operator.sign_in.refused", subject=found.login, address=address)
            return None
        hold.failures, hold.held_until, found.last_sign_in_at = 0, None, now
        made = OperatorSession(operator_id=found.id, address=address)
        database.add(made)
        database.flush()
        _note(database, found.display_name, "operator.signed_in", subject=found.login, address=address)
        return made.id


def _hold(database: Session, operator: UUID, network: str) -> OperatorHold:
    hold = database.get(OperatorHold, (operator, network))
    if hold is None:
        hold = OperatorHold(operator_id=operator, network=network, failures=0)
        database.add(hold)
    return hold


def _code_matches(operator: Operator, code: str) -> bool:
    digits = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    user = Counted(operator.totp_counter)
    if len(digits) != 6:
        return False
    if not totp(ISSUER).verify_totp(digits, operator.totp_cipher.decode(), user, window=WINDOW):  # type: ignore[arg-type]
        return False
    operator.totp_counter = user.totp_counter
    return True


def current(session_id: UUID) -> Who | None:
    """Who is in a session that still holds."""
    now = clock.now()
    with _database() as database:
        row = database.execute(
            select(OperatorSession, Operator)
            .join(Operator, Operator.id == OperatorSession.operator_id)
            .where(OperatorSession.id == session_id, Operator.state == "active")
        ).one_or_none()
        if row is None:
            return None
        held, operator = row
        if now >= held.created_at + ABSOLUTE or now >= held.seen_at + IDLE:
            database.delete(held)
            return None
        if now - held.seen_at > timedelta(minutes=1):
            held.seen_at = now
        return Who(operator.id, held.id, operator.login, operator.display_name)


def sign_out(who: Who) -> None:
    """End a session."""
    with _database() as database:
        database.execute(delete(OperatorSession).where(OperatorSession.id == who.session_id))
        _note(database, who.name, "operator.signed_out", subject=who.login)


def set_tenant_state(who: Who, *, slug: str, state: str, address: str | None) -> None:
    """Make a tenant active, read-only or suspended, and write down who did it.

    :raises Refused: unknown tenant or state; nothing is written down then.
    """
    with acting(Origin(actor=f"运维人员{who.name}", address=address)):
        set_state(slug=slug, state=state)
    with _database() as database:
        _note(database, who.name, "tenant.state.set", subject=slug, detail=state, address=address)


def note(who: Who, kind: str, *, subject: str | None = None, address: str | None = None) -> None:
    """Write down an act of an operator that changed nothing, such as a look at a tenant's numbers."""
    with _database() as database:
        _note(database, who.name, kind, subject=subject, address=address)


def events(
    *, limit: int = 200, kind: str = "", words: str = "", before: UUID | None = None
) -> tuple[list[OperatorEvent], UUID | None]:
    """What operators did, newest first, and the event after which older ones follow (``None`` when there are none).

    :param kind: this kind alone.
    :param words: part of the operator's name, of what it was done to or of the address.
    :param before: older ones than this event.
    """
    wanted = select(OperatorEvent).order_by(OperatorEvent.at.desc(), OperatorEvent.id.desc()).limit(limit + 1)
    if kind:
        wanted = wanted.where(OperatorEvent.kind == kind)
    if words:
        columns = (OperatorEvent.actor, OperatorEvent.subject, OperatorEvent.address)
        wanted = wanted.where(or_(*(column.icontains(words, autoescape=True) for column in columns)))
    with _database() as database:
        last = database.get(OperatorEvent, before) if before else None
        if last is not None:
            wanted = wanted.where(tuple_(OperatorEvent.at, OperatorEvent.id) < (last.at, last.id))
        found = list(database.scalars(wanted))
    return found[:limit], found[limit - 1].id if len(found) > limit else None


def operators() -> list[tuple[str, str, str, datetime | None]]:
    """All operators by login: login, name, state, last sign-in."""
    columns = (Operator.login, Operator.display_name, Operator.state, Operator.last_sign_in_at)
    with _database() as database:
        return [(a, b, c, d) for a, b, c, d in database.execute(select(*columns).order_by(Operator.login))]


def _note(
    database: Session,
    actor: str,
    kind: str,
    *,
    subject: str | None = None,
    detail: str | None = None,
    address: str | None = None,
) -> None:
    database.add(OperatorEvent(actor=actor, kind=kind, subject=subject, detail=detail, address=address))


def _no(rule: str, field: str, message: str, code: str) -> Finding:
    return Finding(rule, Severity.BLOCK, field, message, code=code)
