"""What a loaded plugin must keep to before anything of it is hung into the application. Each fault is one sentence."""

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.access.gate import PUBLIC, SIGNED_IN
from core.access.permissions import PERMISSIONS
from core.extension.hanging import HUNG, KINDS
from core.extension.places import PLACES
from core.extension.views import beyond_itself, views_of
from core.notices.policy import rule_keys

if TYPE_CHECKING:
    from core.extension.host import Plugin


#: What a to-do's select gives, in this order.
_COLUMNS = ("the subject's id", "the unit's id", "a title", "the first day on which it is work", "the due day")


def faults_of(plugin: "Plugin") -> list[str]:
    """Everything that is wrong with what the plugin brought."""
    found = [*_types(plugin)]
    if found:
        return found  # the rest would only stumble over it
    return [
        *_names(plugin),
        *_permissions(plugin),
        *_views(plugin),
        *_places(plugin),
        *_rules(plugin),
        *_models(plugin),
        *_templates(plugin),
        *_clashes(plugin),
    ]


def _types(plugin: "Plugin") -> Iterator[str]:
    for hook, kind in KINDS.items():
        for one in plugin.brought.get(hook, ()):
            if not isinstance(one, kind.types):
                yield f"{hook} gave {one!r}, which is no {' or '.join(known.__name__ for known in kind.types)}"


def _names(plugin: "Plugin") -> Iterator[str]:
    for hook, kind in KINDS.items():
        names = [getattr(one, kind.key) for one in plugin.brought.get(hook, ())] if kind.key else []
        for name, count in Counter(names).items():
            if count > 1:
                yield f"{hook} gives {name!r} twice"
            if kind.own and not str(name).startswith(f"{plugin.name}."):
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
            yield from (f"what {hook} gives {fault}" for fault in beyond_itself(blueprint))
            for address, view in views_of(blueprint):
                asked = getattr(view, "permission", None)
                if asked is None:
                    yield f"its view {address} declares no permission: put @requires below the route"
                elif asked not in known:
                    yield f"its view {address} asks for the permission {asked}, which nobody declares"


def _places(plugin: "Plugin") -> Iterator[str]:
    for slot in plugin.brought.get("register_slots", ()):
        if slot.place not in PLACES:
            near = get_close_matches(slot.place, PLACES, n=3, cutoff=0.5)
            meant = f": is {' or '.join(map(repr, near))} meant?" if near else ", see docs/plugins/slots.md"
            yield f"there is no slot {slot.place!r}{meant}"


def _rules(plugin: "Plugin") -> Iterator[str]:
    """To-dos: what the select gives is read by its place."""
    for rule in plugin.brought.get("register_deadlines", ()):
        columns = getattr(rule.open, "selected_columns", None)
        if columns is None:
            yield f"the to-do {rule.code!r} has no select as open"
        elif len(columns) != len(_COLUMNS):
            yield f"the to-do {rule.code!r} selects {len(columns)} columns; {len(_COLUMNS)} are wanted: {', '.join(_COLUMNS)}"


def _models(plugin: "Plugin") -> Iterator[str]:
    from core.database import TenantModel

    for model in plugin.brought.get("register_models", ()):
        table = getattr(model, "__table__", None)
        if table is None or not issubclass(model, TenantModel):
            yield f"{model!r} is no mapped class of core.sdk.Model"
        elif table.schema != f"p_{plugin.name}":
            yield f"its table {table} lies outside the schema p_{plugin.name}"


def _templates(plugin: "Plugin") -> Iterator[str]:
    """Templates outside ``templates/<plugin>/`` would stand in the way of others' of the same name."""
    for pages in plugin.brought.get("register_pages", ()):
        folder = Path(pages.root_path) / (pages.template_folder or "templates")
        for found in sorted(folder.iterdir()) if folder.is_dir() else ():
            if found.name != plugin.name and not found.name.startswith("."):
                yield f"its templates lie in templates/{found.name}, not in templates/{plugin.name}"


def _clashes(plugin: "Plugin") -> Iterator[str]:
    for hook, kind in KINDS.items():
        if not kind.key or not kind.own:
            continue
        taken = set(kind.known())
        for one in plugin.brought.get(hook, ()):
            name = getattr(one, kind.key)
            owner = HUNG.get((hook, name))
            if name in taken and owner is None:
                yield f"{hook} gives {name!r}, which is the core's"
            elif owner not in (None, plugin.name):
                yield f"{hook} gives {name!r}, as the plugin {owner} does"
    came = {
        key.key for rule in plugin.brought.get("register_deadlines", ()) for key in rule_keys(rule.code, rule.title)
    }
    for hook, kind in KINDS.items():
        known = [name for name in kind.known() if (hook, name) not in HUNG and name not in came]
        core = [name for name in known if name.partition(".")[0] == plugin.name]
        if core:
            yield f"its own name is taken: {core[0]!r} is the core's ({hook})"
