"""The pages of access: roles, grants, delegations, and 看看此人能看到什么; tabs of the settings."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from core.access.own import DELEGATE, EXPORT, VIEW
from core.access.pages import delegations, explaining, exporting, grants, roles
from core.access.pages.site import bp
from core.web import navigation
from core.web.settings_sections import Section, add_section

__all__ = ["EXPORT", "delegations", "explaining", "exporting", "grants", "roles"]


def register(app: Flask) -> None:
    """Add the pages and their tabs."""
    app.register_blueprint(bp)
    within = ("access.grant", "access.account", "access.unit", "access.explained", "access.suggested")
    add_section(app, Section(_l("授权"), "access.grants", VIEW, "access", order=10, within=within))
    add_section(app, Section(_l("角色"), "access.roles", VIEW, "access", order=11, within=("access.role",)))
    navigation.add(
        app,
        navigation.Item(
            label=_l("职权委托"), icon="users", endpoint="access.delegations", permission=DELEGATE, group="管理", order=80,
            within=("access.delegation",),
        ),
    )  # fmt: skip
