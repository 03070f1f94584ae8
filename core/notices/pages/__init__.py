"""The pages of notices, reminders and to-dos."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from core.notices.pages import inbox, notice, settings, todos, writing
from core.notices.pages.site import bp
from core.web import navigation

__all__ = ["inbox", "notice", "settings", "todos", "writing"]


def register(app: Flask) -> None:
    """Add the pages, their places in the navigation, and the settings in the account menu."""
    app.register_blueprint(bp)
    navigation.add(
        app,
        navigation.Item(
            label=_l("待办"), icon="checklist", endpoint="notices.todos", order=5, phone=2, within=("notices.snooze",)
        ),
        navigation.Item(
            label=_l("通知"), icon="bell", endpoint="notices.received", order=6, phone=3,
            within=("notices.reminders", "notices.sent", "notices.notice", "notices.new", "notices.who_read",
                    "notices.step", "notices.correct", "notices.withdraw", "notices.create"),
        ),
    )  # fmt: skip
    navigation.of(app).bell = ("notices.received", "notices.bell")
    navigation.of(app).account.append(navigation.Item(label=_l("提醒设置"), icon="bell", endpoint="notices.settings"))
