"""Handing out an invitation or reset link: by mail, or shown once to whoever asked for it."""

from collections.abc import Callable
from uuid import UUID

from core.database import tenant_id, transaction
from core.identity import actions
from core.identity.contact import addresses_of
from core.identity.models import Account
from core.mail.actions import deliverable, post_mail

_TEXTS = {
    True: (
        "开通党建工作平台账号",
        (
            "{name}，您好：\n\n已为您开通党建工作平台的账号，登录名是 {login}。请在72小时内打开下面的链接，设置密码：\n\n{url}\n\n"
            "链接只能用一次，请不要转发给他人。\n"
        ),
    ),
    False: (
        "重设密码",
        (
            "{name}，您好：\n\n管理员为您的账号 {login} 发送了重设密码的链接。请在60分钟内打开：\n\n{url}\n\n"
            "链接只能用一次，请不要转发给他人。\n"
        ),
    ),
}


def hand_out(*, account_id: UUID, address: Callable[[str], str]) -> str | None:
    """Make a link that lets the account's owner set a password, and mail it where that can be done.

    :param address: makes the whole address of a token.
    :returns: the link, to be shown once; ``None`` when it was mailed.
    :raises Refused: the account is disabled.
    """
    with transaction() as database:
        account = database.get_one(Account, (tenant_id(), account_id))
        invited, email = account.state == "invited", addresses_of(account)[0]
        url = address(actions.invite(account_id=account_id))
        if email is None or not deliverable():
            return url
        subject, text = _TEXTS[invited]
        post_mail(to=email, subject=subject, text=text.format(name=account.display_name, login=account.login, url=url))
    return None
