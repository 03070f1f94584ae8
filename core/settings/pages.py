"""Settings of the tenant: facts, and the policy values with where each comes from."""

from datetime import date

from flask import Blueprint, Flask, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import may, requires
from core.database.read import rows, scalar
from core.organization import policy as organization_policy
from core.organization.models import Unit
from core.people import policy as people_policy
from core.policy.actions import set_value
from core.policy.findings import Refused
from core.policy.queries import TENANT_VALUES
from core.policy.registry import PolicyKey, Tag, Value, registry
from core.policy.values import Level, SetValue, resolve
from core.web import navigation
from core.web.settings_sections import Section, add_section, sections

bp = Blueprint("settings", __name__, template_folder="templates")
#: The parts whose values the page shows: importing them declares their keys.
DECLARING = (organization_policy, people_policy)
ROOT = select(Unit.name).where(Unit.parent_id.is_(None))
TAGS = {Tag.CONFIRMED: _l("有正式文件"), Tag.RECALLED: _l("待核对原文"), Tag.DESIGN: _l("本平台默认")}
LEVELS = {Level.PLATFORM: _l("默认"), Level.TENANT: _l("本单位"), Level.UNIT: _l("下级组织")}
STATES = {"active": _l("正常"), "read_only": _l("只读")}


@bp.get("/settings/")
@requires("settings.view")
def base() -> str:
    """What the tenant is."""
    facts = [
        (_("单位名称"), g.tenant.title),
        (_("最高党组织"), scalar(ROOT)),
        (_("网址代号"), g.tenant.slug),
        (_("状态"), STATES.get(g.tenant.state, g.tenant.state)),
    ]
    return render_template("settings/base.html", facts=facts, sections=sections())


def shown(key: PolicyKey, value: Value) -> str:
    """A policy value with its unit, as a person reads it."""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    return f"{value}{key.unit}"


@bp.get("/settings/policies")
@requires("settings.view")
def policies() -> str:
    """Every rule value in force, with its level, since when, and its source."""
    held = [SetValue(*row) for row in rows(TENANT_VALUES)]
    today = clock.today()
    found = [(key, resolve(key, held, as_of=today)) for key in registry.values()]
    return render_template(
        "settings/policies.html",
        policies=found,
        shown=shown,
        tags=TAGS,
        levels=LEVELS,
        editable=may("settings.edit"),
        sections=sections(),
    )


def _typed(key: PolicyKey, text: str) -> Value | str:
    """The text as the key's own type; left a text when it is not one, for the rule to refuse."""
    if isinstance(key.default, bool):
        return {"1": True, "0": False}.get(text, text)
    if isinstance(key.default, int):
        return int(text) if text.isdecimal() and len(text) < 7 else text + " "
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


@bp.route("/settings/policies/<key>", methods=["GET", "POST"])
@requires("settings.edit")
def policy(key: str) -> str | Response | tuple[str, int]:
    """Set one value for the whole tenant."""
    found = registry.get(key)
    if found is None:
        abort(404)
    held = [SetValue(*row) for row in rows(TENANT_VALUES)]
    now = resolve(found, held, as_of=clock.today())
    context = {
        "key": found,
        "now": now,
        "shown": shown,
        "levels": LEVELS,
        "tags": TAGS,
        "history": _history(found, held),
    }
    if request.method == "GET":
        start = {"value": now.value, "effective_from": clock.today().isoformat(), "reason": ""}
        return render_template("settings/policy.html", given=start, findings=(), **context)
    given = {name: request.form.get(name, "").strip() for name in ("value", "effective_from", "reason")}
    try:
        set_value(
            key=key,
            value=_typed(found, given["value"]),
            effective_from=_day(given["effective_from"]),
            reason=given["reason"],
            as_of=clock.today(),
        )
    except Refused as refused:
        return render_template("settings/policy.html", given=given, findings=refused.findings, **context), 422
    flash(_("已保存“%(title)s”。", title=found.title), "ok")
    return redirect(url_for("settings.policies"), 303)


def _history(key: PolicyKey, held: list[SetValue]) -> list[dict[str, object]]:
    return [
        {"date": row.effective_from, "title": shown(key, row.value)} for row in reversed(held) if row.key == key.key
    ]


def register(app: Flask) -> None:
    """Add the settings and their place in the navigation."""
    app.register_blueprint(bp)
    add_section(app, Section(_l("基本信息"), "settings.base", "settings.view", order=0))
    add_section(
        app, Section(_l("规则参数"), "settings.policies", "settings.view", order=10, within=("settings.policy",))
    )
    navigation.add(
        app,
        navigation.Item(
            label=_l("单位设置"),
            icon="settings",
            endpoint="settings.base",
            permission="settings.view",
            group="管理",
            order=90,
            key="s",
            within=("settings.",),
        ),
    )
