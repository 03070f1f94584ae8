"""The roster's pages: the list, a member, forms, changes of membership, tags, export."""

from importlib import import_module

from flask import Flask
from flask_babel import lazy_gettext as _l

from core.people import attachments as _attachments  # noqa: F401  (declares what members' files are)
from core.people.pages import finding
from core.people.pages.site import bp
from core.web import navigation

#: Importing them hangs their views into the blueprint.
_VIEWS = ("listing", "member", "editing", "changing", "bulk", "exporting", "doubtful", "preferences", "accounts")


def register(app: Flask) -> None:
    """Add the pages, their place in the navigation, and the search field's target."""
    for name in _VIEWS:
        import_module(f"core.people.pages.{name}")
    app.register_blueprint(bp)
    finding.register(app)
    held = navigation.of(app)
    held.search_endpoint = "people.members"
    navigation.add(
        app,
        navigation.Item(
            label=_l("党员名册"),
            icon="users",
            endpoint="people.members",
            permission="people.member.view",
            group="党员",
            order=10,
            phone=3,
            key="m",
            within=("people.",),
        ),
        navigation.Item(
            label=_l("疑似问题"),
            icon="user-question",
            endpoint="people.doubts",
            permission="people.member.edit",
            group="党员",
            order=30,
        ),
    )
