"""Looking at one plugin as closely as can be done without a database: all that is wrong with it, at once."""

from flask import Flask
from flask_babel import Babel
from packaging.version import Version

from core.database.migrate import head
from core.extension import boot
from core.extension.arrangement import arrange
from core.extension.discovery import Found, discover
from core.extension.host import Host, Plugin
from core.extension.installation import FOLDER
from core.extension.version import SDK


def check_plugin(name: str, found: tuple[Found, ...] | None = None) -> list[str]:
    """What keeps a plugin from being used, one sentence each; empty when nothing was found.

    Its code is imported and its boot hooks are asked, in a host of their own that no application uses.
    """
    places = {one.name: one for one in (discover() if found is None else found)}
    if name not in places:
        return [f"no installed distribution brings a plugin {name} (entry points of the group dangjian.plugins)"]
    one = places[name]
    if one.manifest is None:
        return list(one.problems)
    arranged = arrange(
        (other.manifest for other in places.values() if other.manifest), sdk=Version(SDK), core_schema=head()
    )
    problems = [*arranged.refused.get(name, ()), *_migrations(one)]
    return [*problems, *_loading(name, places)]


def _loading(name: str, places: dict[str, Found]) -> list[str]:
    """Load it and what it requires; nothing is hung into any application."""
    held = Host()
    wanted = _with_needs(name, places)
    app = Flask("check")
    Babel(app)  # what an API says of itself holds texts that are translated when they are read
    with app.app_context():
        boot.load(held, [places[one] for one in wanted], apply=_nowhere)
    plugin = held.plugins[name]
    problems = list(plugin.problems) if plugin.state == "quarantined" else []
    return [*problems, *(f"    {line}" for line in plugin.trace.splitlines())]


def _nowhere(_plugin: Plugin) -> None:
    """Checked, and that is all."""


def _with_needs(name: str, places: dict[str, Found]) -> list[str]:
    found: list[str] = []

    def visit(one: str) -> None:
        if one in found or one not in places:
            return
        found.append(one)
        manifest = places[one].manifest
        for need in manifest.requires if manifest else ():
            visit(need.name)

    visit(name)
    return found


def _migrations(one: Found) -> list[str]:
    manifest = one.manifest
    revisions = sorted((one.folder / FOLDER).glob("*.py")) if one.folder else []
    revisions = [file for file in revisions if not file.name.startswith("_")]
    found = []
    if manifest is not None and len(revisions) != manifest.schema_serial:
        found.append(f"schema_serial is {manifest.schema_serial}, but {FOLDER}/ holds {len(revisions)} revisions")
    if one.folder and revisions:
        found += _line(str(one.folder / FOLDER))
    return found


def _line(folder: str) -> list[str]:
    """What keeps the revisions in a folder from being one line."""
    from alembic.script import ScriptDirectory

    try:
        heads = ScriptDirectory(folder, version_locations=[folder]).get_heads()
    except Exception as error:  # noqa: BLE001  (whatever a revision raises when it is read)
        return [f"its revisions cannot be read: {type(error).__name__}: {error}"]
    ends = ", ".join(sorted(heads))
    return [] if len(heads) == 1 else [f"its revisions have {len(heads)} ends ({ends}); they must form one line"]
