"""Checks of what the plugin holds: exported and restored whole, about a person told and forgotten, purged without a rest."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from core.database import db
from core.extension import actions, holdings
from core.extension.settings import setting
from core.sdk.kit.contract import check
from core.sdk.kit.filling import fill
from core.sdk.kit.ground import Ground, Place
from core.sdk.kit.states import changed, state


def _call(ground: Ground, hook: str, **given: Any) -> list[Any]:
    """The plugin's own answers to a hook, its failures unguarded."""
    return [
        one.function(**{name: given[name] for name in one.arguments})
        for one in ground.host.calls.implementations(hook, frozenset({ground.name}))
    ]


@check(
    "settings",
    "Declare secrets with secret=True and read them with setting() when they are needed; copy them nowhere.",
)
def settings(ground: Ground) -> list[str]:
    """Its secret settings are kept sealed and never shown."""
    place, found = ground.place(), []
    for one in ground.plugin.brought.get("register_settings", ()):
        if not one.secret:
            continue
        word = f"geheim-{place.mark}-{one.key}"
        with ground.inside(place):
            actions.save_settings(name=ground.name, given={one.key: word})
            if setting(ground.name, one.key) != word:
                found.append(f"the secret {one.key} is not read back as it was saved")
        tables = ["core.plugin_setting", "core.audit_event", *(str(table) for table in ground.tables)]
        with ground.judge.connect() as connection:
            for table in tables:
                query = text(f"SELECT count(*) FROM {table} t WHERE tenant_id = :t AND t::text LIKE :word")  # noqa: S608
                if connection.execute(query, {"t": place.id, "word": f"%{word}%"}).scalar_one():
                    found.append(f"the secret {one.key} stands in clear in {table}")
    return found


@check(
    "export",
    "Keep everything in tables of tenants; what lies elsewhere goes through export_tenant and import_tenant.",
)
def export(ground: Ground) -> list[str]:
    """What it holds is exported, purged and taken back the same."""
    place = ground.place()
    fill(ground, place)
    before = state(ground, place)
    with ground.inside(place):
        kept = {table: list(rows) for table, rows in holdings.export(ground.name)}
        further = {
            name: [dict(row) for row in rows]
            for answer in _call(ground, "export_tenant")
            for name, rows in answer or ()
        }
        json.dumps(further, default=str)
        holdings.purge(ground.name)
        left = {table: count for table, count in holdings.counts(ground.name).items() if count}
        for table, rows in kept.items():
            holdings.restore(ground.name, table, iter(rows))
        for name, given in further.items():
            _call(ground, "import_tenant", name=name, rows=given)
    found = [f"purging leaves {count} rows in {table}" for table, count in left.items()]
    own = {table.name for table in ground.tables}
    return found + [
        f"{table} is not the same after it was taken back"
        for table in changed(before, state(ground, place))
        if table in own
    ]


def _tables_about(ground: Ground, person: UUID, place: Place) -> list[str]:
    """The plugin's tables in which a person's id stands, anywhere."""
    with ground.judge.connect() as connection:
        return [
            table.name
            for table in ground.tables
            if connection.execute(
                text(f"SELECT EXISTS (SELECT FROM {table} t WHERE tenant_id = :t AND t::text LIKE :id)"),  # noqa: S608
                {"t": place.id, "id": f"%{person}%"},
            ).scalar_one()
        ]


@check(
    "personal",
    "Implement personal_report and redact_person for every table in which a person's id stands: remove the row, or what is "
    "sealed in it and names them; a row without it may stay, so that counts stay right.",
)
def personal(ground: Ground) -> list[str]:
    """It tells a person all it holds on them, and forgets them when asked."""
    place = ground.place()
    fill(ground, place)
    person = place.ids["person"][0]
    about = _tables_about(ground, person, place)
    if not about:
        return []
    found = []
    with ground.inside(place):
        for full in (False, True):
            told = [
                rows
                for report in _call(ground, "personal_report", person_id=person, full=full)
                for rows in (report or {}).values()
            ]
            if not any(told):
                found.append(
                    f"{', '.join(about)} hold something on a person, and personal_report says nothing (full={full})"
                )
        _call(ground, "redact_person", person_id=person)
        db.session.commit()
    return found + _said_after(ground, person, place)


def _said_after(ground: Ground, person: UUID, place: Place) -> list[str]:
    """What stays sealed beside a person who was to be forgotten, or names them in words; a row that counts may stay."""
    found = set()
    with ground.judge.connect() as connection:
        for table in ground.tables:
            for row in connection.execute(select(table).where(table.c.tenant_id == place.id)).mappings():
                if str(person) not in str(dict(row)):
                    continue
                for column, value in row.items():
                    if isinstance(value, bytes) or (not isinstance(value, UUID) and str(person) in str(value)):
                        found.add(f"{table.name}.{column} still says something on the person after redact_person")
    return sorted(found)


@check(
    "purge",
    "Remove in on_purge what lies outside its tables; let on_enable bear repetition.",
)
def purge(ground: Ground) -> list[str]:
    """Switched on, off and purged, it leaves no row, file or job, and other tenants untouched."""
    place, other = ground.place(), ground.pair[0]
    fill(ground, place)
    before, found = state(ground, other), []
    with ground.inside(place):
        actions.disable(name=ground.name)
        kept = {name: count for name, count in holdings.counts(ground.name).items() if count}
        if not kept and ground.tables and not ground.unfilled:
            found.append("switching it off removed its data")
        actions.enable(name=ground.name)
        actions.disable(name=ground.name)
        _call(ground, "on_purge")
        db.session.commit()
        holdings.purge(ground.name)
        found += [f"{count} rows are left in {table}" for table, count in holdings.counts(ground.name).items() if count]
    with ground.judge.connect() as connection:
        for table, column in (("core.stored_file", "purpose"),):
            query = text(f"SELECT count(*) FROM {table} WHERE tenant_id = :t AND {column} LIKE :own")  # noqa: S608
            count = connection.execute(query, {"t": place.id, "own": f"{ground.name}.%"}).scalar_one()
            if count:
                found.append(f"{count} rows of it are left in {table}")
    return found + [f"{table} of another tenant was changed" for table in changed(before, state(ground, other))]
