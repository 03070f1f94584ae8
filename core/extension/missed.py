"""What becomes of people while a plugin is off, or can't run: remembered, and told to it when it is on again.

Two records of one person may be merged while a plugin sleeps. Its code can't be asked then, and the dropped record's row
is about to go, and with it by foreign key what the plugin keeps of it; so the core itself hangs the plugin's rows onto the
kept record, which it can tell from the catalogue, and leaves the rest to ``merge_people`` later. A person erased
meanwhile is told to ``redact_person``.
"""

# ruff: noqa: S608  (names from the catalogue, quoted by PostgreSQL)

import logging
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.database import db, tenant_id, transaction
from core.extension.host import Host, host
from core.extension.installation import schema_of
from core.extension.models import PluginMissed, PluginUse

log = logging.getLogger(__name__)
#: How what was missed is told.
_HOOKS = {"merge": "merge_people", "redact": "redact_person"}
_KEYS = text("""
    SELECT quote_ident(r.relname), quote_ident(a.attname)
    FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
    CROSS JOIN unnest(c.conkey, c.confkey) AS k (mine, theirs)
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.mine
    JOIN pg_attribute p ON p.attrelid = c.confrelid AND p.attnum = k.theirs
    WHERE c.contype = 'f' AND n.nspname = :schema AND c.confrelid = CAST('core.person' AS regclass) AND p.attname = 'id'
    ORDER BY 1, 2
""")


class Unanswered(RuntimeError):
    """A plugin failed at what must not fail.

    :param plugin: its name. :param hook: the extension point.
    """

    def __init__(self, plugin: str, hook: str) -> None:
        super().__init__(f"plugin {plugin} failed in {hook}")
        self.plugin, self.hook = plugin, hook


def asleep(held: Host) -> list[str]:
    """The plugins that may hold data of the bound tenant and can't be asked now."""
    used = select(PluginUse.plugin).where(PluginUse.state.in_(("enabled", "disabled"))).order_by(PluginUse.plugin)
    return [name for name in db.session.scalars(used) if name not in held.enabled()]


def note_merge(kept: UUID, gone: UUID) -> None:
    """Remember a merge for the plugins that can't be asked, inside its transaction, before the dropped record goes."""
    for name in asleep(host()):
        _rehang(name, kept, gone)
        db.session.add(PluginMissed(plugin=name, kind="merge", person_id=kept, gone_id=gone))


def note_redaction(person: UUID) -> None:
    """Remember an erasure for the plugins that can't be asked, inside its transaction."""
    for name in asleep(host()):
        db.session.add(PluginMissed(plugin=name, kind="redact", person_id=person))


def _rehang(name: str, kept: UUID, gone: UUID) -> None:
    """Hang the plugin's rows onto the kept record; one whose like is there already goes with the dropped record."""
    session, schema = db.session(), schema_of(name)
    for table, column in session.execute(_KEYS, {"schema": schema}).all():
        mine = {"tenant": tenant_id(), "kept": kept, "gone": gone}
        whole = f"UPDATE {schema}.{table} SET {column} = :kept WHERE tenant_id = :tenant AND {column} = :gone"
        if _tried(whole, mine):
            continue
        found = f"SELECT id FROM {schema}.{table} WHERE tenant_id = :tenant AND {column} = :gone ORDER BY id"
        for row in session.execute(text(found), {"tenant": tenant_id(), "gone": gone}).scalars().all():
            if not _tried(f"{whole} AND id = :row", {**mine, "row": row}):
                log.warning("plugin %s is off: a row of %s goes with the dropped record of a merge", name, table)


def _tried(statement: str, given: dict[str, object]) -> bool:
    session = db.session()
    session.info["written"] = session.info.get("written", 0) + 1
    try:
        with session.begin_nested():
            session.execute(text(statement), given)
    except DBAPIError:
        return False
    return True


def catch_up(held: Host, name: str) -> int:
    """Tell a plugin that can run what it missed, oldest first, inside the present transaction; gives how much it was.

    :raises Unanswered: it failed; everything stays remembered.
    """
    waiting = db.session.scalars(
        select(PluginMissed)
        .where(PluginMissed.plugin == name)
        .order_by(PluginMissed.id)
        .with_for_update()
        .execution_options(whole_tenant="a plugin is told of everybody it keeps something on")
    ).all()
    for one in waiting:
        hook = _HOOKS[one.kind]
        given = {"person_id": one.person_id, "kept": one.person_id, "gone": one.gone_id}
        for found in held.calls.implementations(hook, frozenset({name})):
            arguments = {key: given[key] for key in found.arguments}
            done, _ = held.calls.one(name, hook, held.points[hook], tenant_id(), found.function, arguments)
            if not done:
                raise Unanswered(name, hook)
        db.session.delete(one)
    db.session.flush()
    return len(waiting)


def catch_up_all() -> int:
    """Tell every plugin that is on what it missed while its code did not run; one that fails is told again tomorrow."""
    held, told = host(), 0
    names = db.session.scalars(select(PluginMissed.plugin).distinct()).all()
    for name in names:
        if held.on(name):
            try:
                with transaction():
                    told += catch_up(held, name)
            except Unanswered:
                log.exception("plugin %s could not be told what it missed", name)
    return told
