"""What switching a plugin off or purging it would touch, counted before anybody decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from core.database import tenant_id
from core.database.read import rows
from core.extension import holdings, kept
from core.extension.actions import needing, title_of
from core.extension.host import Host, host
from core.extension.models import PluginSetting, PluginUse
from core.extension.points import Call, Point
from core.files.models import StoredFile
from core.jobs.models import Outbox
from core.notices.models import Deadline

#: A plugin's own answer is waited for, but not for long: somebody looks at the page.
_ASKED = Point(Call.FILTER, "1.0", 5_000, "")
#: What is counted is the whole tenant's, whatever part of it the asker sees.
_NUMBERS = {"whole_tenant": "numbers alone, of all that a plugin keeps"}
_USED = select(PluginUse.plugin).where(PluginUse.state == "enabled")


@dataclass(frozen=True, slots=True)
class Impact:
    """What a plugin holds and carries in the bound tenant.

    :param tables: table → rows; ``titles`` what the tables are called.
    :param files: how many files; ``bytes`` how large together; ``held`` how many must not be destroyed.
    :param dependants: titles of enabled plugins that require it.
    :param jobs: background work that waits.
    :param deadlines: open to-dos.
    :param settings: saved settings.
    :param kept: what the core's own tables keep in its name: what it is called → rows.
    :param own: what the plugin itself says: (what, how many, what becomes of it).
    :param silent: whether the plugin has a word of its own on this and could not be asked.
    """

    name: str
    title: str
    tables: Mapping[str, int]
    titles: Mapping[str, str] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    held: int = 0
    dependants: tuple[str, ...] = ()
    jobs: int = 0
    deadlines: int = 0
    settings: int = 0
    kept: Mapping[str, int] = field(default_factory=dict)
    own: tuple[tuple[str, int, str], ...] = ()
    silent: bool = False

    @property
    def records(self) -> int:
        """Rows of all tables together, the core's that are kept in its name included."""
        return sum(self.tables.values()) + sum(self.kept.values())

    @property
    def filled(self) -> list[tuple[str, str]]:
        """The tables that hold anything, by what they are called, with their rows."""
        return [(self.titles.get(table, table), f"{count:,}") for table, count in self.tables.items() if count]

    @property
    def kept_shown(self) -> list[tuple[str, str]]:
        """What the core keeps in its name, with how many."""
        return [(title, f"{count:,}") for title, count in self.kept.items()]

    @property
    def open(self) -> int:
        """What is not finished: to-dos, and what the plugin itself counts."""
        return self.deadlines + sum(count for _, count, _ in self.own)

    def as_dict(self) -> dict[str, Any]:
        """For commands and the API."""
        return {
            "plugin": self.name, "tables": dict(self.tables), "records": self.records, "files": self.files,
            "kept": dict(self.kept), "bytes": self.bytes, "held": self.held, "dependants": list(self.dependants), "jobs": self.jobs,
            "deadlines": self.deadlines, "settings": self.settings, "silent": self.silent,
            "own": [{"what": what, "count": count, "becomes": becomes} for what, count, becomes in self.own],
        }  # fmt: skip


def impact(name: str) -> Impact:
    """Count everything; works when the plugin's code is gone."""
    held = host()
    files, size, records = rows(
        select(
            func.count(), func.coalesce(func.sum(StoredFile.size), 0), func.count(StoredFile.held_reason)
        )
        .where(of_plugin(StoredFile.purpose, name), StoredFile.removed_at.is_(None), StoredFile.purged_at.is_(None))
        .execution_options(**_NUMBERS)
    )[0]  # fmt: skip
    own, silent = _own(held, name)
    on = {found for (found,) in rows(_USED)}
    return Impact(
        name=name,
        title=title_of(held, name),
        tables=holdings.counts(name),
        titles=holdings.titles(name),
        files=files,
        bytes=int(size),
        held=records,
        dependants=tuple(title_of(held, other) for other in needing(held, name) if other in on),
        jobs=_count(Outbox.kind, name, Outbox.finished_at.is_(None)),
        deadlines=_count(Deadline.rule, name, Deadline.state == "open"),
        kept=kept.counts(name),
        settings=int(rows(select(func.count()).where(PluginSetting.plugin == name))[0][0]),
        own=own,
        silent=silent,
    )


def of_plugin(column: Any, name: str) -> Any:
    """The condition that what goes by the name in a column came with a plugin."""
    return func.starts_with(column, f"{name}.")


def _count(column: Any, name: str, condition: Any) -> int:
    return int(rows(select(func.count()).where(of_plugin(column, name), condition).execution_options(**_NUMBERS))[0][0])


def _own(held: Host, name: str) -> tuple[tuple[tuple[str, int, str], ...], bool]:
    """The plugin's own words; nothing it says is trusted to have the right form."""
    if not held.usable(name):
        return (), held.plugins.get(name) is not None
    found: list[tuple[str, int, str]] = []
    silent = False
    for implementation in held.calls.implementations("impact", frozenset({name})):
        done, said = held.calls.one(
            name, "impact", _ASKED, tenant_id(), lambda ask=implementation: _plain(ask.function()), {}
        )
        found += said or ()
        silent = silent or not done
    return tuple(found), silent


def _plain(said: Any) -> list[tuple[str, int, str]]:
    return [(str(what), int(count), str(becomes)) for what, (count, becomes) in dict(said or {}).items()]
