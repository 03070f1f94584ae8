"""Background work of accounts: answering forgotten passwords, clearing away what is over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from core.database import transaction
from core.identity import links
from core.identity.actions import FORGOTTEN
from core.identity.contact import addresses_of
from core.identity.models import Account, AccountHold, AccountLink, AccountSession, SpentChallenge
from core.identity.sessions import sign_in_rules
from core.jobs import current_job, daily, job
from core.mail.actions import deliverable, post_mail
from core.tenancy.addresses import own_address

KEPT = timedelta(days=90)


@job(FORGOTTEN, permission="system", timeout=60)
def answer_forgotten(payload: dict[str, Any]) -> None:
    """Mail a reset link; nothing when there was no such account."""
    if payload["account"] is None:
        return
    account_id = UUID(payload["account"])
    with transaction() as database:
        account = database.scalars(select(Account).where(Account.id == account_id)).one_or_none()
        email = addresses_of(account)[0] if account is not None and account.state == "active" else None
        if email is not None and deliverable():
            token = links.make(account_id=account_id, kind="reset")
            post_mail(to=email, subject="重设密码", text=reset_text(own_address(payload["slug"], f"/link/{token}")))
        current_job().done()


def reset_text(address: str) -> str:
    """What the mail with a reset link says."""
    return (
        f"您好：\n\n有人（应当是您）申请重设党建工作平台的密码。请在60分钟内打开下面的链接，设置新密码：\n\n{address}\n\n"
        "链接只能用一次。如果不是您申请的，请不必理会，原来的密码仍然有效。\n"
    )


@daily("identity.clear")
def clear(payload: dict[str, Any]) -> None:  # noqa: ARG001  (the database's clock decides)
    """Remove sessions whose life is over, and links, counts and challenges nobody needs any more."""
    rules = sign_in_rules()
    now = func.now()
    with transaction() as database:
        over = (AccountSession.created_at < now - rules.absolute) | (AccountSession.seen_at < now - rules.idle)
        database.execute(delete(AccountSession).where(over))
        database.execute(delete(AccountLink).where(AccountLink.expires_at < now - KEPT))
        database.execute(delete(SpentChallenge).where(SpentChallenge.spent_at < now - timedelta(days=1)))
        stale = AccountHold.succeeded_at.is_(None) & (AccountHold.at < now - timedelta(days=7))
        database.execute(delete(AccountHold).where(stale | (AccountHold.at < now - KEPT)))
