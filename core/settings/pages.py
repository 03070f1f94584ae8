"""Settings of the tenant: facts, policy values with where each comes from, and the rule sets in force."""

from flask import Flask, g, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.access.gate import requires
from core.database.read import scalar
from core.organization.models import Unit
from core.settings import policies as _policies  # noqa: F401  (adds its routes)
from core.settings.decisions import policy_uses
from core.settings.site import VIEW, bp
from core.web import navigation
from core.web.settings_sections import Section, add_section, belongs, sections

ROOT = select(Unit.name).where(Unit.parent_id.is_(None))
STATES = {"active": _l("正常"), "read_only": _l("只读")}


@bp.get("/settings/")
@requires(VIEW)
def base() -> str:
    """What the tenant is."""
    facts = [
        (_("单位名称"), g.tenant.title),
        (_("最高党组织"), scalar(ROOT)),
        (_("网址代号"), g.tenant.slug),
        (_("状态"), STATES.get(g.tenant.state, g.tenant.state)),
    ]
    return render_template("settings/base.html", facts=facts, sections=sections())


def register(app: Flask) -> None:
    """Add the settings and their place in the navigation."""
    app.register_blueprint(bp)
    app.jinja_env.globals["policy_uses"] = policy_uses
    add_section(app, Section(_l("基本信息"), "settings.base", VIEW, "unit", order=0))
    add_section(app, Section(_l("规则参数"), "settings.policies", VIEW, "unit", order=10, within=("settings.policy",)))
    add_section(app, Section(_l("规则依据"), "settings.rule_sets", VIEW, "unit", order=15))
    navigation.add(
        app,
        navigation.Item(
            label=_l("单位设置"),
            icon="settings",
            endpoint="settings.base",
            permission=VIEW,
            group="管理",
            order=90,
            key="s",
            within=("settings.",),
            also=belongs,
        ),
    )
