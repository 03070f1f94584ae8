"""The verbs of single sign-on: a provider set up, a subject recognised, an account linked and unlinked."""

from collections.abc import Callable, Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.audit.actions import record
from core.audit.kinds import declare as declare_kind
from core.database import tenant_id, transaction, uuid7
from core.identity import contact
from core.identity.addresses import email_of, normal_login, phone_of
from core.identity.models import Account
from core.identity.providers.interface import IdentityProvider, SignInFailed, Subject
from core.identity.providers.kinds import KINDS, ProviderKind, open_kinds
from core.identity.providers.models import Link, Provider
from core.identity.sessions import rights_changed
from core.outbound.addresses import Forbidden, read_url
from core.outbound.client import NoAnswer, bounds, check_address
from core.policy.findings import Finding, Refused, Severity
from core.tenancy.doors import tried
from core.tenancy.keys import keyring

SAVED = declare_kind("identity.provider.saved", "设置单点登录")
REMOVED = declare_kind("identity.provider.removed", "删除单点登录")
LINKED = declare_kind("identity.provider.linked", "关联单点登录")
UNLINKED = declare_kind("identity.provider.unlinked", "取消关联单点登录")
REFUSED = declare_kind("identity.provider.refused", "单点登录未成功")
MOST = 10
T = TypeVar("T")


class Stale(Exception):
    """The provider was changed by somebody else after it was read."""


def save_provider(
    *,
    provider: UUID | None,
    version: int = 0,
    kind: str,
    title: str,
    active: bool,
    settings: Mapping[str, str],
    secret: str,
    matches: str,
    links_on_first: bool,
    second_factor: bool,
) -> UUID:
    """Set a provider up, or change it.

    :param secret: empty: the one kept so far, or none where the kind has none. :returns: its id.
    :raises Refused: with everything that is wrong; the service of an active one is asked first where its kind can be.
    :raises Stale: somebody was faster. :raises sqlalchemy.exc.NoResultFound: no such provider.
    """
    chosen = KINDS[kind]
    given = {one.name: settings.get(one.name, "").strip() for one in chosen.settings}
    found = _findings(chosen, title, given, secret, matches, new=provider is None)
    if not found and active:  # a service that is down can be switched off
        found = unreached(chosen, given)
    if found:
        raise Refused(found)
    own = provider or uuid7()
    sealed = keyring(fresh=True).encrypt(secret, table="identity_provider", column="secret", row=own)
    with transaction() as session:
        if provider is None:
            if (session.scalar(select(func.count()).select_from(Provider)) or 0) >= MOST:
                raise Refused([_no("", f"最多设置{MOST}个单点登录。", "E_RANGE")])
            row = Provider(id=own, kind=kind)
            session.add(row)
        else:
            row = session.get_one(Provider, (tenant_id(), provider), with_for_update=True, populate_existing=True)
            if row.version != version or row.kind != kind:
                raise Stale
            addresses = [one.name for one in chosen.settings if one.address and chosen.secret is not None]
            if not secret and any((row.settings.get(name) or "") != given[name] for name in addresses):
                raise Refused([_no("secret", "地址变了，请重新填写密钥：原来的密钥不会发送到新的地址。", "E_REQUIRED")])
        row.title, row.active, row.settings = title.strip(), active, {k: v for k, v in given.items() if v}
        row.matches, row.links_on_first, row.second_factor = matches, links_on_first, second_factor
        if secret or provider is None:
            row.secret = sealed
        session.flush()
        detail = {
            "kind": kind,
            "title": row.title,
            "active": active,
            "matches": matches,
            "second_factor": second_factor,
        }
        rights_changed()  # which buttons the sign-in page shows is remembered under that counter
        record(kind=SAVED, subject="identity_provider", subject_id=row.id, detail={**detail, "secret": bool(secret)})
        return row.id


def remove_provider(*, provider: UUID) -> None:
    """Remove a provider with everybody's links to it."""
    with transaction() as session:
        row = session.get_one(Provider, (tenant_id(), provider), with_for_update=True)
        record(kind=REMOVED, subject="identity_provider", subject_id=provider, detail={"title": row.title})
        session.delete(row)
        rights_changed()


def made(provider: UUID) -> tuple[IdentityProvider, Provider]:
    """An active provider, ready to be asked.

    :raises SignInFailed: there is none of that id, it is switched off, or the plugin that brings its kind is.
    """
    with transaction() as session:
        row = session.scalar(select(Provider).where(Provider.id == provider, Provider.active))
    kind = open_kinds().get(row.kind) if row is not None else None
    if row is None or kind is None:
        raise SignInFailed("unknown", "这种登录方式不存在或已停用，请用其他方式登录。")
    secret = keyring().decrypt(row.secret, table="identity_provider", column="secret", row=row.id)
    return kind.make(row.settings, secret), row


def asked(kind: str, question: Callable[[], T]) -> T:
    """Put a question to a provider. What a plugin brings fails for itself: the operator is told, and nobody is signed in.

    :param kind: of the provider. :raises SignInFailed: the provider's own, or that it broke.
    """

    def answer() -> T | SignInFailed:
        try:
            return question()
        except SignInFailed as failed:
            return failed

    well, found = tried(kind, answer)
    if not well:
        raise SignInFailed("fault", "这种登录方式的接入程序出错了，请用其他方式登录，并告诉平台运维人员。")
    if isinstance(found, SignInFailed):
        raise found
    given: T = found
    return given


def recognise(provider: Provider, subject: Subject) -> UUID | None:
    """The account of a subject: the linked one, else the one its verified address or user name names, linked then.

    :returns: ``None`` when nobody is found but a sign-in by password may link the account (``links_on_first``).
    :raises SignInFailed: nobody is found, or the address is not vouched for.
    """
    with transaction() as session:
        link = session.scalar(
            select(Link).where(Link.provider_id == provider.id, Link.subject == subject.id).with_for_update()
        )
        if link is not None:
            link.last_used_at = clock.now()
            return link.account_id
        account = _named(provider, subject)
        if account is not None:
            _link(provider, account, subject.id, subject.name)
            return account
    if provider.links_on_first:
        return None
    if provider.matches in subject.unverified:
        what = {"email": "邮箱", "phone": "手机号"}[provider.matches]
        message = f"登录服务没有核实您的{what}，不能据此登录。请先在登录服务中核实{what}，或联系本单位管理员。"
        raise SignInFailed(f"unverified:{provider.matches}", message)
    raise SignInFailed("nobody", "没有找到与您对应的账号。请联系本单位管理员开通账号，或核对账号登记的邮箱、手机号。")


def _named(provider: Provider, subject: Subject) -> UUID | None:
    value = {"email": subject.email, "phone": subject.phone, "login": subject.login}.get(provider.matches)
    if not value:
        return None
    read = {"email": email_of, "phone": phone_of, "login": normal_login}[provider.matches]
    normal = read(value)
    if normal is None:
        return None
    with transaction() as session:
        if provider.matches == "login":
            return session.scalar(select(Account.id).where(Account.login == normal))
        found = contact.find(session, normal)
    # a login name is never an address, so what is found by an address has that address
    return found.id if found is not None and found.login != normal else None


def link(*, provider: UUID, account: UUID, subject: str, label: str) -> None:
    """Link an account of ours with a subject.

    :raises Refused: the subject is another account's, or the account has another subject there.
    """
    with transaction() as session:
        row = session.get_one(Provider, (tenant_id(), provider))
        held = session.scalars(select(Link).where(Link.provider_id == provider, Link.subject == subject)).one_or_none()
        if held is not None and held.account_id == account:
            return
        if held is not None:
            raise Refused([_no("", f"这个{row.title}身份已关联到本单位的另一个账号。", "E_DUP")])
        if session.scalar(select(Link.id).where(Link.provider_id == provider, Link.account_id == account)):
            raise Refused([_no("", f"您的账号已关联另一个{row.title}身份，请先取消原来的关联。", "E_DUP")])
        _link(row, account, subject, label)


def _link(provider: Provider, account: UUID, subject: str, label: str) -> None:
    try:
        with transaction() as session:
            session.add(Link(provider_id=provider.id, account_id=account, subject=subject, label=label[:100]))
            session.flush()
            detail = {"provider": provider.title}
            record(kind=LINKED, subject="account", subject_id=account, detail=detail)
    except IntegrityError as error:
        message = "这个账号已关联另一个身份，请先用原来的身份登录，或请管理员取消关联。"
        raise SignInFailed("linked", message) from error


def unlink(*, account: UUID, link_id: UUID) -> bool:
    """Take a link of an account away. :returns: whether it had it."""
    with transaction() as session:
        row = session.scalar(select(Link).where(Link.id == link_id, Link.account_id == account))
        if row is None:
            return False
        session.delete(row)
        record(kind=UNLINKED, subject="account", subject_id=account, detail={"provider": str(row.provider_id)})
        return True


def note_refused(provider: UUID | None, reason: str) -> None:
    """Write down that nobody was signed in, and why: a word, never what the provider sent."""
    record(kind=REFUSED, subject="identity_provider", subject_id=provider, detail={"reason": reason[:80]})


def _findings(
    kind: ProviderKind, title: str, given: Mapping[str, str], secret: str, matches: str, *, new: bool
) -> list[Finding]:
    found = []
    if not 0 < len(title.strip()) <= 20:
        found.append(_no("title", "请填写登录按钮上的名称，最长20个字。", "E_REQUIRED"))
    for one in kind.settings:
        value = given[one.name]
        if one.required and not value:
            found.append(_no(one.name, f"请填写{one.label}。", "E_REQUIRED"))
        elif len(value) > 500:
            found.append(_no(one.name, f"{one.label}最长500个字符。", "E_RANGE"))
        elif one.address and value:
            found += _address(one.name, value)
    if new and not secret and kind.secret is not None:
        found.append(_no("secret", "请填写密钥。", "E_REQUIRED"))
    if len(secret) > 500:
        found.append(_no("secret", "密钥最长500个字符。", "E_RANGE"))
    if matches not in kind.matching:
        found.append(_no("matches", "请选择如何找到对应的账号。", "E_RANGE"))
    return found


def _address(field: str, value: str) -> list[Finding]:
    try:
        url = read_url(value, bounds())
        if url.query or url.fragment:
            return [_no(field, "地址中不能带有“?”或“#”。", "E_FORMAT")]
        check_address(value)
    except (Forbidden, NoAnswer) as error:
        return [_no(field, str(error), "E_RANGE")]
    return []


def unreached(kind: ProviderKind, given: Mapping[str, str]) -> list[Finding]:
    """Why the service cannot be asked by these settings; nothing where it can, or its kind is not asked before use."""
    if kind.probe is None:
        return []
    probe = kind.probe
    try:
        asked(kind.code, lambda: probe(given))
    except SignInFailed as failed:
        return [_no(next((one.name for one in kind.settings if one.address), ""), failed.message, "E_RANGE")]
    return []


def _no(field: str, message: str, code: str) -> Finding:
    return Finding("SSO.01", Severity.BLOCK, field, message, code=code)


__all__ = [
    "Stale",
    "asked",
    "link",
    "made",
    "note_refused",
    "recognise",
    "remove_provider",
    "save_provider",
    "unlink",
    "unreached",
]
