"""``/api/v1/account``: what a caller may ask of its own account and change: preferences and personal tokens."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response, abort, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.actor import Actor
from core.access.gate import SIGNED_IN, actor, requires
from core.access.permissions import PERMISSIONS
from core.api import fields
from core.api.answers import answer, match, nothing, tag_of
from core.api.shapes import Answer, Shape
from core.api.verbs import Verbs
from core.identity import tokens
from core.tenancy.doors import is_open
from core.web.viewer import keep

bp = Verbs("account_api", __name__, title=_l("我的账号"))
CHOICES = ("locale", "large", "keys")


class Holding(Answer):
    """A role held on a unit."""

    role = fields.Text(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    valid_from = fields.Day(required=True)
    valid_to = fields.Day(required=True, allow_none=True)


class Account(Answer):
    """Who calls, for which tenant, with which rights."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    tenant = fields.Text(_l("单位"), required=True)
    slug = fields.Text(_l("单位代号"), required=True)
    holdings = fields.Many(fields.Nested(Holding), required=True)
    permissions = fields.Many(fields.Text(), required=True, metadata={"description": _l("今天可用的权限")})
    scopes = fields.Many(
        fields.Text(), required=True, allow_none=True, metadata={"description": _l("令牌的范围；会话为 null")}
    )


class Preferences(Answer):
    """What the account has chosen."""

    locale = fields.Text(allow_none=True)
    large = fields.Flag(allow_none=True)
    keys = fields.Flag(allow_none=True)


class PreferencesBody(Shape):
    """What is chosen; what is not given stays."""

    locale = fields.Choice({"zh_Hans_CN": "简体中文", "en": "English", "auto": "auto"}, _l("界面语言"))
    large = fields.Flag(_l("大字显示"))
    keys = fields.Flag(_l("单键快捷键"))


class Token(Answer):
    """A personal token, without its secret."""

    id = fields.Id(required=True)
    title = fields.Text(_l("用途"), required=True)
    start = fields.Text(_l("开头几位，用于辨认"), required=True)
    scopes = fields.Many(fields.Text(), required=True)
    expires_at = fields.Moment(required=True)
    created_at = fields.Moment(required=True)
    last_used_at = fields.Moment(_l("最近使用（精确到小时）"), required=True, allow_none=True)
    revoked_at = fields.Moment(required=True, allow_none=True)


class Tokens(Answer):
    """All tokens of the account."""

    items = fields.Many(fields.Nested(Token), required=True)


class TokenBody(Shape):
    """A new token."""

    title = fields.Text(_l("用途"), least=1, most=60, required=True)
    scopes = fields.Many(
        fields.Text(least=3, most=80),
        required=True,
        metadata={"description": _l("权限名，须是账号现有的"), "minItems": 1},
    )
    days = fields.Whole(_l("有效天数"), least=1, most=3650, required=True)


class Issued(Answer):
    """A new token with its secret, shown this once."""

    id = fields.Id(required=True)
    token = fields.Text(_l("令牌，只显示这一次；重复的请求得到 null"), required=True, allow_none=True)
    start = fields.Text(required=True)
    expires_at = fields.Moment(required=True)


def held(who: Actor) -> list[str]:
    """What the actor may do somewhere today, by name."""
    today = clock.today()
    return sorted(name for name in PERMISSIONS if is_open(name) and who.may(name, today))


@bp.get("/account", summary=_l("当前账号与权限"), gives=Account)
@requires(SIGNED_IN)
def account() -> Response:
    """Who calls, and what may be done."""
    who = actor()
    today = clock.today()
    return answer(
        {
            "id": who.account_id,
            "name": who.name,
            "tenant": g.tenant.title,
            "slug": g.tenant.slug,
            "holdings": [
                {
                    "role": one.role,
                    "unit_id": one.unit_id,
                    "unit": one.unit_name,
                    "valid_from": one.valid_from,
                    "valid_to": one.valid_to,
                }
                for one in who.holdings
                if one.holds(today)
            ],
            "permissions": held(who),
            "scopes": None if who.scopes is None else sorted(who.scopes),
        }
    )


def _preferences() -> dict[str, Any]:
    return {name: actor().preferences.get(name) for name in CHOICES}


@bp.get("/account/preferences", summary=_l("显示设置"), gives=Preferences, tagged=True)
@requires(SIGNED_IN)
def preferences() -> Response:
    """What the account has chosen."""
    found = _preferences()
    return answer(found, tag=tag_of(found))


@bp.patch("/account/preferences", summary=_l("修改显示设置"), takes=PreferencesBody, gives=Preferences, changes="tag",
          example={"locale": "en"})  # fmt: skip
@requires(SIGNED_IN)
def choose(tag: str, body: dict[str, Any]) -> Response:
    """Choose language, type size, shortcuts."""
    found = _preferences()
    match(tag, tag_of(found))
    _own_session()
    keep(body)
    now = {**found, **body}
    return answer(now, tag=tag_of(now))


@bp.get("/account/tokens", summary=_l("我的访问令牌"), gives=Tokens)
@requires(SIGNED_IN)
def list_tokens() -> Response:
    """The account's tokens, newest first."""
    return answer({"items": [asdict(one) for one in tokens.tokens_of(actor().account_id)]})


@bp.post("/account/tokens", summary=_l("建立访问令牌"), takes=TokenBody, gives=Issued, creates=True, forgets=("token",),
         says=_l("只能在登录会话中建立：令牌不能给自己更多权限。"),
         example={"title": "与人事系统对接", "scopes": ["people.member.view"], "days": 90})  # fmt: skip
@requires(SIGNED_IN)
def new_token(body: dict[str, Any]) -> Response:
    """Make a token; it is shown this once."""
    _own_session()
    made = tokens.issue(account_id=actor().account_id, held=held(actor()), **body)
    return answer(asdict(made), 201, location=url_for("account_api.list_tokens"))


@bp.delete("/account/tokens/<uuid:token_id>", summary=_l("撤销访问令牌"))
@requires(SIGNED_IN)
def revoke_token(token_id: UUID) -> Response:
    """End a token from the next request on."""
    _own_session()
    if not tokens.revoke(account_id=actor().account_id, token_id=token_id):
        abort(404)
    return nothing()


def _own_session() -> None:
    """What only the person at the screen may do."""
    if actor().scopes is not None:
        abort(403, _("这件事须登录后本人办理，不能用令牌。"))
