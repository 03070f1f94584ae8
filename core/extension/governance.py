"""What is asked of everybody who holds data about people: reports, erasure, merging, moving, keeping no longer than due.

Each function asks the enabled plugins one after another. A failure is told to whoever asked: a plugin that could not
erase, merge or move must not be passed over in silence, so :class:`Unanswered` names it and the caller's transaction is
taken back; in a person's report its silence is a line of the report. A plugin that is off is told of merges and erasures when it is on again (:mod:`core.extension.missed`).

Called today: the personal report (privacy pages and export), merging of two records of one person, the daily retention.
:func:`redact`, :func:`pack` and :func:`unpack` are for the erasure of a person and for transfers between tenants, which
call them when they come.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import gettext as _

from core.database import tenant_id, transaction
from core.extension import missed
from core.extension.host import Host, host
from core.extension.missed import Unanswered
from core.jobs.registry import SYSTEM, Kind, hang
from core.people.actions.upkeep import register_merged
from core.people.added import writing as further
from core.privacy.registry import Holding, Subject, Table, add_source

RETENTION = "extension.retention"


def _each(hook: str, **given: Any) -> dict[str, Any]:
    """Ask every enabled plugin that implements a hook: plugin → answer.

    :raises Unanswered: one failed.
    """
    found: dict[str, Any] = {}
    for plugin, done, answer in _asked(hook, **given):
        if not done:
            raise Unanswered(plugin, hook)
        found[plugin] = answer
    return found


def _asked(hook: str, **given: Any) -> Iterator[tuple[str, bool, Any]]:
    """Ask them one after another: (plugin, whether it answered, its answer)."""
    held: Host = host()
    if not held.implemented(hook):
        return
    point = held.points[hook]
    for one in held.calls.implementations(hook, held.enabled()):
        arguments = {name: given[name] for name in one.arguments}
        yield one.plugin, *held.calls.one(one.plugin, hook, point, tenant_id(), one.function, arguments)


def personal_report(subject: Subject) -> list[tuple[Holding, Table]]:
    """What enabled plugins hold on a person, as the privacy pages show it."""
    if subject.person_id is None:
        return []
    found = []
    for plugin, done, answer in _asked("personal_report", person_id=subject.person_id, full=subject.full):
        if not done:
            found.append(_silent(plugin))
            continue
        for number, (title, lines) in enumerate((answer or {}).items()):
            headings = list(dict.fromkeys(name for line in lines for name in line))
            table = Table(headings, [[line.get(name) for name in headings] for line in lines])
            found.append((Holding(f"{plugin}.report{number}", title, partial(_given, table), 90), table))
    return found


def _silent(plugin: str) -> tuple[Holding, Table]:
    """What stands in the report where a plugin could not answer: that it keeps something must not be passed over."""
    title = host().plugins[plugin].title
    table = Table(("说明",), [(_("“%(title)s”保存的内容暂时不能显示，请稍后再看，或者联系管理员。", title=title),)])
    return Holding(f"{plugin}.silent", title, partial(_given, table), 90), table


def _given(table: Table, _subject: Subject) -> Table:
    return table


def redact(person_id: UUID) -> None:
    """Have enabled plugins erase or make nameless what they hold on a person, inside the present transaction.

    :raises Unanswered: one failed; nothing is erased then.
    """
    with transaction():
        further.forget(person_id)
        _each("redact_person", person_id=person_id)
        missed.note_redaction(person_id)


def merge(kept: UUID, gone: UUID) -> None:
    """Have enabled plugins hang what belongs to ``gone`` onto ``kept``, inside the present transaction.

    :raises Unanswered: one failed; nothing is merged then.
    """
    with transaction():
        _each("merge_people", kept=kept, gone=gone)
        missed.note_merge(kept, gone)


def pack(person_id: UUID) -> dict[str, Mapping[str, Any]]:
    """What travels with a member to another tenant: plugin → JSON values."""
    return {plugin: answer for plugin, answer in _each("pack_transfer", person_id=person_id).items() if answer}


def unpack(person_id: UUID, packed: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Give enabled plugins what came with a member, inside the present transaction.

    :returns: the plugins that something came for and that are not on here: it stays in the transfer.
    :raises Unanswered: one failed; nothing is taken over then.
    """
    held = host()
    point, enabled, taken = held.points["unpack_transfer"], held.enabled(), set[str]()
    with transaction():
        for one in held.calls.implementations("unpack_transfer", enabled):
            if one.plugin not in packed:
                continue
            given = {"person_id": person_id, "packed": packed[one.plugin]}
            arguments = {name: given[name] for name in one.arguments}
            done, _ = held.calls.one(one.plugin, "unpack_transfer", point, tenant_id(), one.function, arguments)
            if not done:
                raise Unanswered(one.plugin, "unpack_transfer")
            taken.add(one.plugin)
    return sorted(packed.keys() - taken)


def retain(as_of: date) -> dict[str, int]:
    """Have enabled plugins remove what has been kept long enough: plugin → records removed. One that fails tries tomorrow."""
    held = host()
    with transaction():
        return dict(held.ask("retention", as_of=as_of)) if held.implemented("retention") else {}


def _daily(payload: dict[str, Any]) -> None:
    missed.catch_up_all()
    retain(date.fromisoformat(payload["as_of"]))


def register(app: Flask) -> None:
    """Answer the core's parts that ask already."""
    add_source(app, personal_report)
    register_merged(app, merge)
    hang(Kind(RETENTION, _daily, 1800, 5, SYSTEM), every_day=True)
