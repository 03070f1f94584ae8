"""What a plugin gives, and how it is put into the core's registries, which are the process's.

Everything has a name that begins with the plugin's, and whoever lists or runs named things asks
:mod:`core.tenancy.doors`; so putting something in shows it to nobody whose tenant does not use the plugin.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask

from core.access import permissions, roles
from core.audit import kinds as audit
from core.documents import registry as documents
from core.events import registry as events
from core.extension import contributions as c
from core.extension.views import Api, Pages
from core.files import purposes
from core.identity.providers import kinds as providers
from core.importing import kinds as importing
from core.notices import kinds as messages
from core.notices import registry as deadlines
from core.people.added import fields
from core.policy.registry import PolicyKey
from core.policy.registry import registry as policy
from core.web import navigation, palette

#: Puts one contribution of a plugin into an application.
Put = Callable[[Flask, str, Any], None]


#: (boot hook, name) → the plugin that put it into this process's registries.
HUNG: dict[tuple[str, str], str] = {}


@dataclass(frozen=True, slots=True)
class Kind:
    """What a boot hook gives.

    :param types: the classes its contributions may have.
    :param key: the attribute by which one is told from another; empty where they have no names.
    :param own: whether the names begin with the plugin's.
    :param known: the names that are taken already, by whomever.
    :param put: how one is put into the core; ``None`` where it is asked for when it is needed.
    """

    types: tuple[type, ...]
    key: str = ""
    own: bool = True
    known: Callable[[], Iterable[str]] = tuple
    put: Put | None = None


def endpoint_of(plugin: str, endpoint: str) -> str:
    """The full name of one of a plugin's pages: ``rooms`` becomes ``p_venue.rooms``."""
    return endpoint if "." in endpoint else f"p_{plugin}.{endpoint}"


def _permission(_app: Flask, _plugin: str, one: c.Permission) -> None:
    permissions.hang(permissions.Permission(one.name, one.title, frozenset(one.roles), one.full))


def _role(_app: Flask, _plugin: str, one: c.Role) -> None:
    roles.hang(roles.RoleTemplate(one.code, "", one.title, one.about, frozenset(one.permissions)))


def _navigation(app: Flask, plugin: str, one: c.Navigation) -> None:
    item = navigation.Item(
        label=one.label, icon=one.icon, endpoint=endpoint_of(plugin, one.endpoint), permission=one.permission,
        group=one.group, order=one.order, phone=one.phone, key=one.key,
        within=tuple(endpoint_of(plugin, name) for name in one.within),
    )  # fmt: skip
    navigation.add(app, item)


def _search(app: Flask, plugin: str, one: palette.Source | palette.Action) -> None:
    if isinstance(one, palette.Action):
        palette.add_action(app, replace(one, endpoint=endpoint_of(plugin, one.endpoint)))
    else:
        palette.add_source(app, replace(one, name=f"{plugin}.search"))


def _deadline(_app: Flask, plugin: str, one: deadlines.DeadlineRule) -> None:
    listed = (endpoint_of(plugin, one.listed[0]), one.listed[1]) if one.listed else None
    deadlines.hang(replace(one, link=(endpoint_of(plugin, one.link[0]), one.link[1]), listed=listed))


def _subscriber(_app: Flask, plugin: str, one: events.Subscriber) -> None:
    from core.extension.mounting import subscribed

    events.SUBSCRIBERS[one.key] = subscribed(plugin, one)


def _job(_app: Flask, plugin: str, one: c.Job) -> None:
    from core.extension.mounting import hang_job

    hang_job(plugin, one)


def _jobs() -> Iterable[str]:
    from core.jobs import registry

    return registry.KINDS


#: Boot hook → what it gives.
KINDS: dict[str, Kind] = {
    "register_pages": Kind((Pages,), "name", own=False),
    "register_api": Kind((Api,), "name", own=False),
    "register_permissions": Kind((c.Permission,), "name", known=lambda: permissions.PERMISSIONS, put=_permission),
    "register_roles": Kind((c.Role,), "code", known=lambda: roles.ROLES, put=_role),
    "register_settings": Kind((c.Setting,), "key", own=False),
    "register_navigation": Kind((c.Navigation,), "endpoint", own=False, put=_navigation),
    "register_slots": Kind((c.Slot,)),
    "register_widgets": Kind((c.Widget,), "key"),
    "register_actions": Kind((c.Action,)),
    "register_member_fields": Kind(
        (fields.MemberField,), "key", known=lambda: fields.FIELDS, put=lambda _app, _plugin, one: fields.hang(one)
    ),
    "register_jobs": Kind((c.Job,), "name", known=_jobs, put=_job),
    "register_events": Kind(
        (events.EventKind,), "name", known=lambda: events.EVENTS, put=lambda _app, _plugin, one: events.hang(one)
    ),
    "register_subscribers": Kind((events.Subscriber,), "key", known=lambda: events.SUBSCRIBERS, put=_subscriber),
    "register_audit_kinds": Kind(
        (audit.Kind,), "name", known=lambda: audit.KINDS, put=lambda _app, _plugin, one: audit.hang(one)
    ),
    "register_notice_kinds": Kind(
        (messages.Kind,), "code", known=lambda: messages.KINDS, put=lambda _app, _plugin, one: messages.hang(one)
    ),
    "register_deadlines": Kind((deadlines.DeadlineRule,), "code", known=lambda: deadlines.RULES, put=_deadline),
    "register_documents": Kind(
        (documents.Document,), "code", known=lambda: documents.DOCUMENTS,
        put=lambda _app, _plugin, one: documents.hang(one),
    ),
    "register_purposes": Kind(
        (purposes.Purpose,), "code", known=lambda: purposes.PURPOSES,
        put=lambda _app, _plugin, one: purposes.hang(one),
    ),
    "register_reports": Kind((c.Report,), "key"),
    "register_exporters": Kind((c.Report,), "key"),
    "register_indicators": Kind((c.Indicator,), "key"),
    "register_importers": Kind(
        (importing.ImportKind,), "name", known=importing.kinds,
        put=lambda _app, _plugin, one: importing.hang(one),
    ),
    "register_search": Kind((palette.Source, palette.Action), put=_search),
    "register_identity_providers": Kind(
        (providers.ProviderKind,), "code", known=lambda: providers.KINDS,
        put=lambda _app, _plugin, one: providers.hang(one),
    ),
    "register_health_checks": Kind((c.HealthCheck,), "key"),
    "register_sample_data": Kind((c.SampleData,), "key"),
    "register_policy": Kind((PolicyKey,), "key", known=lambda: policy, put=lambda _app, _plugin, one: policy.hang(one)),
}  # fmt: skip


def hang(app: Flask, plugin: str, brought: dict[str, tuple[Any, ...]]) -> None:
    """Put everything a plugin gave into the core."""
    for hook, kind in KINDS.items():
        for one in brought.get(hook, ()):
            if kind.key and kind.own:
                HUNG[hook, getattr(one, kind.key)] = plugin
            if kind.put is not None:
                kind.put(app, plugin, one)
