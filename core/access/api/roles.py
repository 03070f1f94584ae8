"""``/api/v1/permissions`` and ``/api/v1/roles``: what can be permitted, and the roles."""

from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import validate

from core import clock
from core.access.actions.roles import amend_role, create_role, remove_role
from core.access.api.site import bp, or_404
from core.access.gate import actor, requires
from core.access.opening import open_permissions, open_roles
from core.access.own import ROLES as EDIT_ROLES
from core.access.own import VIEW
from core.access.queries import grants as asked
from core.access.queries.grants import OwnRole
from core.api import fields
from core.api.answers import Unmet, answer, nothing
from core.api.shapes import Answer, Shape

_MOST = 500


class PermissionShape(Answer):
    """Something that can be permitted."""

    name = fields.Text(required=True)
    title = fields.Text(required=True)
    full = fields.Flag(_l("打开隐去的敏感信息"), required=True)


class PermissionsShape(Answer):
    """All of them."""

    items = fields.Many(fields.Nested(PermissionShape), required=True)


@bp.get("/permissions", summary=_l("全部权限"), gives=PermissionsShape)
@requires(VIEW)
def list_permissions() -> Response:
    """Every permission that means something in this tenant, by name."""
    found = sorted(open_permissions().values(), key=lambda one: one.name)
    return answer({"items": [{"name": one.name, "title": str(one.title), "full": one.full} for one in found]})


class RoleShape(Answer):
    """A role: a template (without an id), or one of the tenant's own."""

    id = fields.Id(allow_none=True, required=True)
    code = fields.Text(_l("授权时写的代号"), required=True)
    title = fields.Text(required=True)
    based_on = fields.Text(_l("由哪个模板复制"), allow_none=True, required=True)
    permissions = fields.Many(fields.Text(), required=True)
    used = fields.Whole(_l("有多少项授权"), required=True)
    version = fields.Whole(allow_none=True, required=True)


class RolesShape(Answer):
    """All of them."""

    items = fields.Many(fields.Nested(RoleShape), required=True)


class RoleBody(Shape):
    """A role as it is to be."""

    title = fields.Text(_l("角色名称"), least=1, most=40, required=True)
    permissions = fields.Many(
        fields.Text(least=1, most=80), required=True, validate=validate.Length(max=_MOST),
        metadata={"description": _l("权限，见 /permissions")},
    )  # fmt: skip


class NewRoleBody(RoleBody):
    """A new role."""

    based_on = fields.Text(_l("由哪个模板复制"), most=60, allow_none=True, load_default=None)


def _role(found: OwnRole) -> dict[str, Any]:
    names = ("id", "code", "title", "based_on", "used", "version")
    return {**{name: getattr(found, name) for name in names}, "permissions": list(found.permissions)}


def _role_or_404(role_id: UUID) -> OwnRole:
    own, _used = asked.roles(today=clock.today())
    found = next((one for one in own if one.id == role_id), None)
    if found is None:
        abort(404)
    return found


@bp.get("/roles", summary=_l("角色"), gives=RolesShape)
@requires(VIEW)
def list_roles() -> Response:
    """The templates, then the tenant's own roles."""
    own, used = asked.roles(today=clock.today())
    templates = [
        {
            "id": None, "code": one.code, "title": one.title, "based_on": None, "version": None,
            "permissions": sorted(one.permissions), "used": used.get(one.code, 0),
        }
        for one in open_roles().values()
    ]  # fmt: skip
    return answer({"items": [*templates, *map(_role, own)]})


@bp.get("/roles/<uuid:role_id>", summary=_l("本单位的一个角色"), gives=RoleShape, tagged=True)
@requires(VIEW)
def one_role(role_id: UUID) -> Response:
    """A role of the tenant's own."""
    found = _role_or_404(role_id)
    return answer(_role(found), version=found.version)


@bp.post("/roles", summary=_l("新建角色"), takes=NewRoleBody, gives=RoleShape, creates=True, tagged=True)
@requires(EDIT_ROLES)
def new_role(body: dict[str, Any]) -> Response:
    """Make a role, usually a copy of a template."""
    made = create_role(
        title=body["title"], based_on=body["based_on"], permissions=frozenset(body["permissions"]), by=actor(),
        as_of=clock.today(),
    )  # fmt: skip
    found = _role_or_404(made)
    place = url_for("access_api.one_role", role_id=made)
    return answer(_role(found), 201, version=found.version, location=place)


@bp.patch("/roles/<uuid:role_id>", summary=_l("修改角色"), takes=RoleBody, gives=RoleShape)
@requires(EDIT_ROLES)
def change_role(role_id: UUID, version: int, body: dict[str, Any]) -> Response:
    """Change a role of the tenant's own; it holds from everybody's next request on."""
    found = _role_or_404(role_id)
    if found.version != version:
        raise Unmet(412, found.version)
    amend_role(
        role_id=role_id, version=version, title=body["title"], permissions=frozenset(body["permissions"]), by=actor(),
        as_of=clock.today(),
    )  # fmt: skip
    now = _role_or_404(role_id)
    return answer(_role(now), version=now.version)


@bp.delete("/roles/<uuid:role_id>", summary=_l("删除角色"))
@requires(EDIT_ROLES)
def delete_role(role_id: UUID) -> Response:
    """Remove a role that nobody holds."""
    or_404(lambda: remove_role(role_id=_role_or_404(role_id).id, as_of=clock.today()))
    return nothing()
