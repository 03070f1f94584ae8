"""``/api/v1/sign-in-providers``: which providers of single sign-on the tenant trusts, for programs.

A secret goes in and never comes out. Signing in itself is done in a browser.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask, Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import NoResultFound

from core.access.gate import requires
from core.api import fields, setup
from core.api.answers import Unmet, answer, nothing
from core.api.shapes import Answer, Shape, listing
from core.api.verbs import Verbs
from core.identity.providers import actions
from core.identity.providers.administering import MANAGE, MATCHING
from core.identity.providers.flow import callback_of
from core.identity.providers.kinds import ProviderKind, open_kinds
from core.identity.providers.queries import ProviderView, provider, providers
from core.policy.findings import Finding, Refused, Severity

bp = Verbs("identity_providers_api", __name__, title=_l("单点登录"))
PLACE = "/sign-in-providers"


class SettingShape(Answer):
    """One thing that a kind asks to be set."""

    name = fields.Text(required=True)
    label = fields.Text(required=True)
    required = fields.Flag(required=True)


class KindShape(Answer):
    """A kind of provider."""

    code = fields.Text(required=True)
    title = fields.Text(required=True)
    settings = fields.Many(fields.Nested(SettingShape), required=True)
    secret = fields.Text(_l("密钥的名称；不需要密钥时为 null"), allow_none=True, required=True)
    matching = fields.Many(fields.Choice(MATCHING), required=True)


class ProviderShape(Answer):
    """A provider; of its secret nothing."""

    id = fields.Id(required=True)
    kind = fields.Text(required=True)
    title = fields.Text(required=True)
    active = fields.Flag(required=True)
    settings = fields.Mapped(keys=fields.Text(), values=fields.Text(most=500), required=True)
    matches = fields.Choice(MATCHING, required=True)
    links_on_first = fields.Flag(required=True)
    second_factor = fields.Flag(required=True)
    callback = fields.Text(_l("回调地址，须登记到登录服务中"), most=2000, required=True)
    version = fields.Whole(required=True)


class ChangeBody(Shape):
    """What may be changed; what is left out stays as it is."""

    title = fields.Text(_l("登录按钮上的名称"), least=1, most=20)
    settings = fields.Mapped(
        keys=fields.Text(least=1, most=60), values=fields.Text(most=500),
        metadata={"description": _l("设置项与值；没有写的不变，写空则删除")},
    )  # fmt: skip
    secret = fields.Text(_l("密钥；不写则不变，任何时候都不给出"), least=1, most=500)
    matches = fields.Choice(MATCHING, _l("如何找到对应的账号"))
    active = fields.Flag(_l("启用"))
    links_on_first = fields.Flag(_l("首次登录时用密码关联"))
    second_factor = fields.Flag(_l("登录服务已核验两步"))


class NewBody(ChangeBody):
    """A provider to set up."""

    kind = fields.Text(_l("种类"), least=1, most=60, required=True)
    title = fields.Text(_l("登录按钮上的名称"), least=1, most=20, required=True)


class TryShape(Answer):
    """Whether the service answers by the settings that are kept."""

    asked = fields.Flag(_l("这种服务可以事先询问"), required=True)
    problem = fields.Text(_l("没有连通的原因"), most=1000, allow_none=True, required=True)


def _shown(found: ProviderView) -> dict[str, Any]:
    return {**found._asdict(), "callback": callback_of(found.id)}


def _found(provider_id: UUID) -> tuple[ProviderView, ProviderKind]:
    """A provider with its kind; 404 also where the kind is a plugin's that is off, as on the page."""
    found = provider(provider_id)
    kind = open_kinds().get(found.kind) if found else None
    if found is None or kind is None:
        abort(404)
    return found, kind


def _no(field: str, message: str) -> Finding:
    return Finding("SSO.01", Severity.BLOCK, field, message, code="E_UNKNOWN")


def _known(kind: ProviderKind, settings: Mapping[str, str]) -> Mapping[str, str]:
    """The settings, when the kind has all of them. :raises Refused: it does not."""
    names = {one.name for one in kind.settings}
    strange = [name for name in settings if name not in names]
    if strange:
        said = [_no(f"settings.{name}", _("这种登录方式没有“%(name)s”这一项设置。", name=name)) for name in strange]
        raise Refused(said)
    return settings


@bp.get(f"{PLACE}/kinds", summary=_l("可以设置的登录方式"), gives=listing(KindShape))
@requires(MANAGE)
def list_kinds() -> Response:
    """Every kind the tenant may set up, with what it asks for."""
    shown = [
        {
            "code": one.code, "title": str(one.title),
            "settings": [{"name": it.name, "label": str(it.label), "required": it.required} for it in one.settings],
            "secret": None if one.secret is None else str(one.secret), "matching": list(one.matching),
        }
        for one in open_kinds().values()
    ]  # fmt: skip
    return answer({"items": shown, "next": None})


@bp.get(PLACE, summary=_l("单点登录列表"), gives=listing(ProviderShape))
@requires(MANAGE)
def list_providers() -> Response:
    """Every provider, oldest first; there are at most ten."""
    return answer({"items": [_shown(one) for one in providers()], "next": None})


@bp.get(f"{PLACE}/<uuid:provider_id>", summary=_l("一个单点登录"), gives=ProviderShape, tagged=True)
@requires(MANAGE)
def one_provider(provider_id: UUID) -> Response:
    """One provider."""
    found, _kind = _found(provider_id)
    return answer(_shown(found), version=found.version)


@bp.post(
    PLACE, summary=_l("新增单点登录"), takes=NewBody, gives=ProviderShape, creates=True, tagged=True,
    says=_l("能够事先询问的登录服务，保存前先连通一次。"),
)  # fmt: skip
@requires(MANAGE)
def new_provider(body: dict[str, Any]) -> Response:
    """Set a provider up."""
    kind = open_kinds().get(body["kind"])
    if kind is None:
        raise Refused([_no("kind", _("没有这种登录方式，可用的见 /sign-in-providers/kinds。"))])
    start = {
        "settings": {}, "secret": "", "matches": "none", "active": True, "links_on_first": True, "second_factor": False,
    }  # fmt: skip
    given = {**start, **body}
    _known(kind, given["settings"])
    made = actions.save_provider(provider=None, **given)
    found, _kind = _found(made)
    place = url_for("identity_providers_api.one_provider", provider_id=made)
    return answer(_shown(found), 201, version=found.version, location=place)


@bp.patch(f"{PLACE}/<uuid:provider_id>", summary=_l("修改、启用或停用单点登录"), takes=ChangeBody, gives=ProviderShape)
@requires(MANAGE)
def change_provider(provider_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Change or switch a provider. To another address, the secret goes only when it is given anew."""
    found, kind = _found(provider_id)
    kept = ("title", "matches", "active", "links_on_first", "second_factor")
    settings = {**found.settings, **_known(kind, body.get("settings", {}))}
    given = {**{name: getattr(found, name) for name in kept}, "secret": "", **body, "settings": settings}
    try:
        actions.save_provider(provider=provider_id, version=version, kind=found.kind, **given)
    except NoResultFound:
        abort(404)
    except actions.Stale as error:
        raise Unmet(412, _found(provider_id)[0].version) from error
    now, _kind = _found(provider_id)
    return answer(_shown(now), version=now.version)


@bp.post(f"{PLACE}/<uuid:provider_id>/try", summary=_l("试连登录服务"), gives=TryShape)
@requires(MANAGE)
def try_provider(provider_id: UUID) -> Response:
    """Ask the service whether the settings work; nothing is changed."""
    found, kind = _found(provider_id)
    wrong = actions.unreached(kind, found.settings)
    return answer({"asked": kind.probe is not None, "problem": wrong[0].message if wrong else None})


@bp.delete(f"{PLACE}/<uuid:provider_id>", summary=_l("删除单点登录及其关联"))
@requires(MANAGE)
def delete_provider(provider_id: UUID) -> Response:
    """Remove a provider with everybody's links to it."""
    try:
        actions.remove_provider(provider=provider_id)
    except NoResultFound:
        abort(404)
    return nothing()


def register(app: Flask) -> None:
    """Connect the verbs."""
    setup.add(app, bp)
