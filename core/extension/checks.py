"""What a loaded plugin must keep to before anything of it is hung into the application. Each fault is one sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from core.access.gate import PUBLIC, SIGNED_IN
from core.access.permissions import PERMISSIONS
from core.extension import contributions as c
from core.extension.places import PLACES
from core.extension.views import Api, Pages, views_of

if TYPE_CHECKING:
    from core.extension.host import Host, Plugin

#: Boot hook → the type of what it gives, and the attribute by which one contribution is told from another.
KINDS: dict[str, tuple[type, str]] = {
    "register_permissions": (c.Permission, "name"),
    "register_roles": (c.Role, "code"),
    "register_settings": (c.Setting, "key"),
    "register_navigation": (c.Navigation, "endpoint"),
    "register_slots": (c.Slot, ""),
    "register_widgets": (c.Widget, "key"),
    "register_actions": (c.Action, ""),
    "register_member_fields": (c.MemberField, "key"),
    "register_jobs": (c.Job, "name"),
    "register_pages": (Pages, "name"),
    "register_api": (Api, "name"),
    "register_search": (c.SearchSource, "key"),
    "register_indicators": (c.Indicator, "key"),
    "register_reports": (c.Report, "key"),
    "register_exporters": (c.Report, "key"),
    "register_health_checks": (c.HealthCheck, "key"),
    "register_sample_data": (c.SampleData, "key"),
    "register_audit_kinds": (c.Named, "name"),
    "register_notice_kinds": (c.Named, "name"),
}
#: Hooks whose names live in one space with everybody's: they begin with the plugin's name.
_OWN = frozenset(
    [
        "register_permissions",
        "register_roles",
        "register_widgets",
        "register_member_fields",
        "register_jobs",
        "register_search",
        "register_indicators",
        "register_reports",
        "register_exporters",
        "register_health_checks",
        "register_sample_data",
        "register_audit_kinds",
        "register_notice_kinds",
    ]
)


def faults_of(plugin: "Plugin", host: "Host") -> list[str]:
    """Everything that is wrong with what the plugin brought."""
    found = [*_types(plugin)]
    if found:
        return found  # the rest would only stumble over it
    return [
        *_names(plugin),
        *_permissions(plugin),
        *_views(plugin),
        *_places(plugin),
        *_models(plugin),
        *_clashes(plugin, host),
    ]


def _types(plugin: "Plugin") -> Iterator[str]:
    for hook, (kind, _) in KINDS.items():
        for one in plugin.brought.get(hook, ()):
            if not isinstance(one, kind):
                yield f"{hook} gave {one!r}, which is no {kind.__name__}"


def _names(plugin: "Plugin") -> Iterator[str]:
    for hook, (_, key) in KINDS.items():
        names = [getattr(one, key) for one in plugin.brought.get(hook, ())] if key else []
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{hook} gives {name!r} twice"
            if hook in _OWN and not str(name).startswith(f"{plugin.name}."):
                yield f"{hook} gives {name!r}, which does not begin with {plugin.name}."
    for column in plugin.brought.get("people_list_columns", ()):
        if not column.key.startswith(f"{plugin.name}."):
            yield f"the list column {column.key!r} does not begin with {plugin.name}."


def _permissions(plugin: "Plugin") -> Iterator[str]:
    declared = {one.name for one in plugin.brought.get("register_permissions", ())}
    stated = set(plugin.manifest.permissions) if plugin.manifest else set()
    for name in sorted(declared - stated):
        yield f"it declares the permission {name}, which its manifest does not name"
    for name in sorted(stated - declared):
        yield f"its manifest names the permission {name}, which it does not declare"
    known = {*declared, *PERMISSIONS, "system"}
    for hook, one in _asking(plugin):
        for name in [one.permission] if hasattr(one, "permission") else list(one.permissions):
            if name and name not in known:
                yield f"{hook} asks for the permission {name}, which nobody declares"


def _asking(plugin: "Plugin") -> Iterator[tuple[str, Any]]:
    for hook, brought in plugin.brought.items():
        for one in brought:
            if hook in KINDS and (hasattr(one, "permission") or hook == "register_roles"):
                yield hook, one


def _views(plugin: "Plugin") -> Iterator[str]:
    known = (
        {one.name for one in plugin.brought.get("register_permissions", ())} | PERMISSIONS.keys() | {PUBLIC, SIGNED_IN}
    )
    for hook in ("register_pages", "register_api"):
        blueprints = plugin.brought.get(hook, ())
        if len(blueprints) > 1:
            yield f"{hook} gives {len(blueprints)} blueprints; views of several modules share one"
        for blueprint in blueprints:
            for address, view in views_of(blueprint):
                asked = getattr(view, "permission", None)
                if asked is None:
                    yield f"its view {address} declares no permission: put @requires below the route"
                elif asked not in known:
                    yield f"its view {address} asks for the permission {asked}, which nobody declares"


def _places(plugin: "Plugin") -> Iterator[str]:
    for slot in plugin.brought.get("register_slots", ()):
        if slot.place not in PLACES:
            yield f"there is no slot {slot.place!r}"


def _models(plugin: "Plugin") -> Iterator[str]:
    from core.database import TenantModel

    for model in plugin.brought.get("register_models", ()):
        table = getattr(model, "__table__", None)
        if table is None or not issubclass(model, TenantModel):
            yield f"{model!r} is no mapped class of core.sdk.Model"
        elif table.schema != f"p_{plugin.name}":
            yield f"its table {table} lies outside the schema p_{plugin.name}"


def _clashes(plugin: "Plugin", host: "Host") -> Iterator[str]:
    for hook, (_, key) in KINDS.items():
        if hook not in _OWN:
            continue
        mine = {getattr(one, key) for one in plugin.brought.get(hook, ())}
        for other in _others(plugin, host):
            for name in sorted(mine & {getattr(one, key) for one in other.brought.get(hook, ())}):
                yield f"{hook} gives {name!r}, as the plugin {other.name} does"
    for name in sorted({one.name for one in plugin.brought.get("register_permissions", ())} & PERMISSIONS.keys()):
        if not _same_declared(plugin, name):
            yield f"the permission {name} is declared already"


def _same_declared(plugin: "Plugin", name: str) -> bool:
    """Whether what is declared under the name is this plugin's own, from an earlier application in this process."""
    known = PERMISSIONS[name]
    return any(
        (one.title, frozenset(one.roles), one.full) == (known.title, known.roles, known.full)
        for one in plugin.brought["register_permissions"]
        if one.name == name
    )


def _others(plugin: "Plugin", host: "Host") -> Iterable["Plugin"]:
    return (other for other in host.loaded() if other.name != plugin.name)
