"""The pages of identity: signing in, one's own account, the administrator's list of accounts."""

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l

from core.identity import sessions
from core.identity.pages.site import MANAGE, RULES, bp
from core.web import navigation
from core.web.settings_sections import Section, add_section

#: Importing them hangs their views into the blueprint.
_VIEWS = ("signing", "account", "accounts", "secure")
#: What somebody may use who still has to set up a second factor.
_ENROLMENT = ("second_factor", "app", "qr", "passkey_new", "passkey_made", "password")


def register(app: Flask) -> None:
    """Add the pages, the way to them in the account menu, and the administrator's tabs."""
    for name in _VIEWS:
        import_module(f"core.identity.pages.{name}")
    app.register_blueprint(bp)
    sessions.ENROLMENT.update(f"identity.{name}" for name in _ENROLMENT)
    held = navigation.of(app)
    held.sign_out_endpoint = "identity.sign_out"
    held.account.append(navigation.Item(label=_l("我的账号"), icon="user-circle", endpoint="identity.account"))
    add_section(app, Section(_l("账号"), "identity.accounts", MANAGE, "access", order=0, within=("identity.account_",)))
    add_section(app, Section(_l("登录安全"), "identity.rules", RULES, "access", order=30))
