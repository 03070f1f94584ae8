"""An account for a member, opened by whoever may do that where the member is."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.access.gate import requires
from core.api import fields
from core.api.answers import answer
from core.api.shapes import Answer, Shape
from core.identity.queries import account_of_person
from core.people.api.site import bp
from core.people.pages.accounts import OPEN, open_for
from core.people.pages.site import found_or_404
from core.policy.findings import Finding, Refused, Severity


class AccountBody(Shape):
    """How the member signs in."""

    login = fields.Text(_l("登录名"), least=1, most=60, required=True)
    email = fields.Text(_l("电子邮箱：邀请发到这里"), most=200, load_default="")
    phone = fields.Text(_l("手机号"), most=30, load_default="")


class OpenedShape(Answer):
    """The account, with its invitation."""

    id = fields.Id(required=True)
    mailed = fields.Flag(_l("已发到登记的电子邮箱"), required=True)
    link = fields.Text(_l("没有发出时，只显示这一次的链接"), allow_none=True, required=True, most=2000)


@bp.post(
    "/people/<uuid:person>/account", summary=_l("为党员开通账号"), takes=AccountBody, gives=OpenedShape, creates=True,
    status=200, forgets=("link",),
)  # fmt: skip
@requires(OPEN)
def open_account(person: UUID, body: dict[str, Any]) -> Response:
    """Open an account for a member and invite its owner."""
    found = found_or_404(person, OPEN)
    if account_of_person(person) is not None:
        raise Refused([Finding("ID.06", Severity.BLOCK, "", _("这名党员已经有账号。"), code="E_DUP")])
    made, link = open_for(found, **body)
    return answer({"id": made, "mailed": link is None, "link": link})
