"""Doing what was ordered (:mod:`core.extension.tasks`): each piece can be begun again after a break and ends the same."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from io import BytesIO
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, delete, func, or_, select, update
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError

from core import clock
from core.audit.actions import record
from core.database import db, tenant_id, transaction
from core.documents.models import DocumentPrint, DocumentTemplate
from core.extension import holdings, kept
from core.extension.actions import LIFE, changed, locked, refusal
from core.extension.bundle import Reader, Writer, opened
from core.extension.host import host
from core.extension.impact import of_plugin
from core.extension.lifecycle import registry, standing_of
from core.extension.models import PluginMissed, PluginSetting, PluginTask, PluginUse
from core.extension.points import Call, Point
from core.extension.tasks import EXPORT, TaskView
from core.files.actions import bytes_of, purge, put_back, store
from core.files.kinds import KINDS
from core.files.models import StoredFile
from core.jobs import current_job
from core.policy.findings import Refused

#: How a plugin's own share of an export or import is called: it may take its time, its failure is told.
_SHARE = Point(Call.GOVERNANCE, "1.0", 0, "")
_FILES = 100
_KEPT_COLUMNS = (
    "id", "name", "size", "sha256", "media_type", "purpose", "subject", "subject_id", "unit_path", "privacy",
    "archive_class", "filed_on", "retention_years", "added_by", "added_by_name", "added_at",
)  # fmt: skip
_QUIETLY = {"synchronize_session": False}


def progress(task_id: UUID, more: int, **state: Any) -> None:
    """Count on, inside the present transaction or in one of its own."""
    with transaction() as session:
        values = {"done": PluginTask.done + more, **state}
        session.execute(update(PluginTask).where(PluginTask.id == task_id).values(values), execution_options=_QUIETLY)


def finish(task_id: UUID, state: str, **further: Any) -> None:
    """Say how it ended."""
    progress(task_id, 0, state=state, finished_at=func.clock_timestamp(), **further)


# --- Export ----------------------------------------------------------------------------------------------------------


def export(task: TaskView) -> UUID:
    """Write everything to an archive and keep it; gives the file's id.

    The rows are read in one snapshot, however long it takes; a run that was broken off is simply begun again.
    """
    progress(task.id, -task.done, state="running")
    with tempfile.TemporaryFile() as target:
        with _snapshot() as connection:
            manifest = _write(Writer(target, _about(task.plugin)), task, connection)
        target.seek(0)
        with transaction():
            archive = store(
                stream_or_bytes=target, filename=f"{task.plugin}-{clock.today().isoformat()}.zip", purpose=EXPORT.code,
                subject="plugin_task", subject_id=task.id, unit_path="", trusted=KINDS["zip"],
            )  # fmt: skip
            progress(task.id, 0, file_id=archive)
            count = sum(member.get("rows", 0) for member in manifest["members"])
            record(kind="plugin.exported", subject="plugin_task", subject_id=task.id, detail={"plugin": task.plugin, "records": count})  # fmt: skip
    return archive


@contextmanager
def _snapshot() -> Iterator[Connection]:
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield connection
        connection.commit()


def _about(name: str) -> dict[str, Any]:
    found = standing_of(name)
    installed = registry().get(name)
    return {
        "plugin": name,
        "title": found.title if found else name,
        "version": found.version if found else "",
        "schema_serial": installed.serial if installed else 0,
        "tenant": tenant_id(),
        "made_at": clock.now().isoformat(timespec="seconds"),
    }


def _write(writer: Writer, task: TaskView, connection: Connection) -> dict[str, Any]:
    def note(count: int) -> None:
        current_job().check()
        progress(task.id, count)

    for table, rows in holdings.export(task.plugin, connection):
        writer.rows("tables", table, rows, note)
    for table, rows in kept.export(task.plugin, connection):
        first = next(rows, None)
        if first is not None:
            writer.rows("kept", table, chain([first], rows), note)
    files = _files(task.plugin)
    writer.rows("files", "files", ({name: getattr(one, name) for name in _KEPT_COLUMNS} for one in files), note)
    for one in files:
        writer.blob(str(one.id), bytes_of(one.id, one.key_number))
    for name, further in _given(task.plugin):
        writer.rows("further", name, further, note)
    return writer.close()


def _files(plugin: str) -> list[StoredFile]:
    shown = (StoredFile.removed_at.is_(None), StoredFile.purged_at.is_(None))
    found = select(StoredFile).where(_of_files(plugin), *shown).order_by(StoredFile.id)
    return list(db.session.scalars(found))


def _of_files(plugin: str) -> Any:
    """The condition that a file is the plugin's, or holds a template or a print of one of its documents."""
    held: list[Any] = [
        select(one.file_id).where(of_plugin(one.code, plugin), one.file_id.is_not(None))
        for one in (DocumentTemplate, DocumentPrint)
    ]
    return or_(of_plugin(StoredFile.purpose, plugin), *(StoredFile.id.in_(ids) for ids in held))


def _given(plugin: str) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """What the plugin itself gives. :raises Refused: it failed, and an export without its share would be no export."""
    held = host()
    if not held.usable(plugin):
        return []
    found: list[tuple[str, list[Mapping[str, Any]]]] = []
    for implementation in held.calls.implementations("export_tenant", frozenset({plugin})):
        done, given = held.calls.one(
            plugin, "export_tenant", _SHARE, tenant_id(),
            lambda ask=implementation: [(str(name), list(rows)) for name, rows in ask.function() or ()], {},
        )  # fmt: skip
        if not done:
            raise refusal("插件导出自己的数据时出了错，没有得到完整的导出文件。", fix="请联系运维人员。", rule="PL.04")
        found += given
    return found


# --- Import ----------------------------------------------------------------------------------------------------------


def restore(task: TaskView, content: bytes, *, sealed: bool = True) -> int:
    """Put an archive back into the plugin, all of it or nothing; gives how many rows.

    :raises Refused: the archive is not ours, not this tenant's or plugin's, of other tables; or the plugin is not empty.
    """
    with opened(BytesIO(content), sealed=sealed) as archive, transaction() as session:
        _fits(archive, task.plugin)
        if (
            locked(session, task.plugin).state == "enabled"
            or any(holdings.counts(task.plugin).values())
            or _files(task.plugin)
        ):
            raise refusal("只能导入到已停用而且没有数据的插件。", fix="请先停用并清除现有数据。", rule="PL.06")
        progress(task.id, -task.done, state="running", total=archive.count)
        try:
            with session.begin_nested():
                _put(archive, task.plugin)
        except (IntegrityError, DataError, ProgrammingError) as error:
            message = "文件中的记录与现有数据不符（例如所属的党组织或党员已不存在），没有导入任何内容。"
            raise refusal(message, rule="PL.07") from error
        record(kind="plugin.imported", subject="plugin_task", subject_id=task.id, detail={"plugin": task.plugin, "records": archive.count})  # fmt: skip
        finish(task.id, "done", done=archive.count)
        current_job().done()
    return archive.count


def _fits(archive: Reader, name: str) -> None:
    manifest, installed = archive.manifest, registry().get(name)
    if manifest.get("plugin") != name:
        raise refusal(
            f"这是插件“{manifest.get('title') or manifest.get('plugin')}”的数据，不能导入到这里。", rule="PL.07"
        )
    if manifest.get("tenant") != tenant_id():
        raise refusal("这是其他单位导出的数据，不能导入。", rule="PL.07")
    if archive.members("tables") and (installed is None or installed.serial != manifest.get("schema_serial")):
        at = installed.serial if installed else 0
        message = f"导出时数据表的版本是 {manifest.get('schema_serial')}，现在是 {at}，不能导入。"
        raise refusal(message, fix="请联系运维人员安装与导出时相同版本的插件。", rule="PL.07")
    if archive.members("further") and not host().usable(name):
        raise refusal("文件中有须由插件自己接收的内容，而插件现在不能运行。", fix="请联系运维人员。", rule="PL.07")


def _put(archive: Reader, name: str) -> None:
    for member in archive.members("tables"):
        try:
            holdings.restore(name, member["name"], archive.rows(member))
        except LookupError:
            raise refusal(f"插件没有名为 {member['name']} 的数据表，不能导入。", rule="PL.07") from None
    blobs = {member["name"]: member for member in archive.members("blob")}
    for member in archive.members("files"):
        for row in archive.rows(member):
            put_back(content=archive.blob(blobs[row["id"]]), **_typed(row))
    for member in archive.members("kept"):
        kept.restore(name, member["name"], archive.rows(member))
    for member in archive.members("further"):
        _hand_back(name, member["name"], list(archive.rows(member)))


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: row[name] for name in _KEPT_COLUMNS}
    for name in ("id", "subject_id", "added_by"):
        values[name] = UUID(values[name]) if values[name] else None
    return {
        **values,
        "filed_on": date.fromisoformat(values["filed_on"]),
        "added_at": datetime.fromisoformat(values["added_at"]),
    }


def _hand_back(plugin: str, name: str, rows: list[Mapping[str, Any]]) -> None:
    held = host()
    given = {"name": name, "rows": rows}
    for implementation in held.calls.implementations("import_tenant", frozenset({plugin})):
        arguments = {key: given[key] for key in implementation.arguments}
        take = partial(_or_refused, implementation.function)
        done, refused = held.calls.one(plugin, "import_tenant", _SHARE, tenant_id(), take, arguments)
        if refused is not None:
            raise refused
        if not done:
            raise refusal("插件接收自己的数据时出了错，没有导入任何内容。", fix="请联系运维人员。", rule="PL.04")


def _or_refused(take: Callable[..., None], **given: Any) -> Refused | None:
    """Hand over; that the plugin refuses, with its reason, is no failure of it."""
    try:
        take(**given)
    except Refused as refused:
        return refused
    return None


# --- Purge -----------------------------------------------------------------------------------------------------------


def remove_all(task: TaskView, *, first: bool) -> None:
    """Remove everything a plugin holds of the tenant, in batches; a run that was broken off goes on where it stopped.

    :param first: whether to export before anything is removed.
    """
    if not _purging(task.plugin):
        raise refusal("插件的状态已经改变，没有继续清除。", rule="PL.02")
    if first and task.file_id is None:
        export(task)
        progress(task.id, 0, done=0)
    progress(task.id, 0, state="running")
    problem = _farewell(task.plugin)

    def note(count: int) -> None:
        current_job().check()
        progress(task.id, count)

    holdings.purge(task.plugin, note=note)
    _purge_files(task.plugin, note)
    kept.purge(task.plugin, note=note)
    with transaction() as session:
        use = locked(session, task.plugin)
        for statement in _elsewhere(task.plugin):
            session.execute(statement, execution_options=_QUIETLY)
        use.state = "purged"
        record(kind="plugin.purged", subject="plugin_use", subject_id=use.id, detail={"plugin": task.plugin, "records": _done(task.id)})  # fmt: skip
        finish(task.id, "done", problem=problem, total=PluginTask.done)
        changed()
        current_job().done()


def _purging(plugin: str) -> bool:
    return db.session.scalar(select(PluginUse.state).where(PluginUse.plugin == plugin)) == "purging"


def _done(task_id: UUID) -> int:
    return int(db.session.scalar(select(PluginTask.done).where(PluginTask.id == task_id)) or 0)


def _farewell(plugin: str) -> str:
    """Let the plugin remove what lies outside. That it fails must not keep the tenant's data here; it is told."""
    held, problem = host(), ""
    if not held.usable(plugin):
        return problem
    for implementation in held.calls.implementations("on_purge", frozenset({plugin})):
        done, _ = held.calls.one(plugin, "on_purge", LIFE, tenant_id(), implementation.function, {})
        if not done:
            db.session.rollback()
            problem = "平台中的数据已清除；插件清除自己在平台以外的数据时出了错，请联系运维人员核对。"
    return problem


def _purge_files(plugin: str, note: Callable[[int], None]) -> None:
    """The bytes of what is no record go; records leave their subject and wait in the archive for a disposal list."""
    while True:
        with transaction() as session:
            found = session.scalars(
                select(StoredFile)
                .where(_of_files(plugin), StoredFile.removed_at.is_(None), StoredFile.purged_at.is_(None),
                       StoredFile.held_reason.is_(None))
                .limit(_FILES).with_for_update()
            ).all()  # fmt: skip
            for one in found:
                if one.archive_class is None:
                    purge(one)
                else:
                    one.removed_at = clock.now()
            note(len(found))
        if len(found) < _FILES:
            return


def _elsewhere(plugin: str) -> list[Any]:
    """The plugin's settings, what it was to be told, and the names of its files that are gone and were no records."""
    gone = (StoredFile.purged_at.is_not(None), StoredFile.archive_class.is_(None), StoredFile.held_reason.is_(None))
    return [
        delete(PluginSetting).where(PluginSetting.plugin == plugin),
        delete(PluginMissed).where(PluginMissed.plugin == plugin),
        delete(StoredFile).where(of_plugin(StoredFile.purpose, plugin), *gone),
    ]
