"""Ordering longer work on what a plugin holds of the tenant: an export, an import, a purge. The work is a job's."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from core.audit.actions import origin, record
from core.audit.kinds import declare
from core.database import transaction, uuid7
from core.database.read import rows
from core.extension import holdings, kept
from core.extension.actions import changed, locked, refusal
from core.extension.impact import Impact, impact
from core.extension.lifecycle import standing_of
from core.extension.models import PluginTask
from core.files.actions import store
from core.files.kinds import KINDS
from core.files.purposes import Purpose, declare_purpose
from core.jobs import post
from core.jobs.models import Outbox
from core.policy.findings import Finding, Refused

JOB = "extension.task"
#: What must be typed, beside the name, to purge while something is open.
STILL = "仍要清除"
#: What is to be done about an export before a purge: one is at hand, one is to be made first, none is wanted.
HAVE, FIRST, NONE = "have", "first", "none"


def _everywhere(_subject: UUID) -> str:
    return ""


EXPORT = declare_purpose(
    Purpose("extension.export", "插件数据导出", "plugin_task", "settings.edit", None, _everywhere, "P3", ("zip",))
)
#: An archive that waits to be read; nobody gets it back.
IMPORT = declare_purpose(
    Purpose("extension.import", "插件数据导入", "plugin_task", "extension.import.own", None, lambda _id: None, "P3", ("zip",))
)  # fmt: skip
declare("plugin.exported", "导出插件数据")
declare("plugin.imported", "导入插件数据", keep=True)
declare("plugin.purge.ordered", "提交清除插件数据", keep=True)
declare("plugin.purged", "插件数据清除完成", keep=True)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A piece of work as it is shown."""

    id: UUID
    plugin: str
    kind: str
    state: str
    done: int
    total: int
    problem: str
    file_id: UUID | None
    started_by_name: str
    started_at: datetime
    finished_at: datetime | None

    @property
    def busy(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ("waiting", "running")


_t = PluginTask
_COLUMNS = (
    _t.id, _t.plugin, _t.kind, _t.state, _t.done, _t.total, _t.problem, _t.file_id, _t.started_by_name, _t.started_at,
    _t.finished_at,
)  # fmt: skip
_OF = select(*_COLUMNS).where(_t.plugin == bindparam("plugin")).order_by(_t.started_at.desc(), _t.id).limit(10)
_ONE = select(*_COLUMNS).where(_t.id == bindparam("task"))


def tasks_of(plugin: str) -> list[TaskView]:
    """The newest work on a plugin."""
    return [TaskView(*found) for found in rows(_OF, plugin=plugin)]


def task(task_id: UUID) -> TaskView | None:
    """One piece of work."""
    found = rows(_ONE, task=task_id)
    return TaskView(*found[0]) if found else None


def order_export(*, name: str) -> UUID:
    """Have everything a plugin holds written to an archive; gives the task's id.

    :raises Refused: nothing is known of the plugin, or another piece of work on it is going on.
    """
    _known(name)
    return _order(name, "export", sum(holdings.counts(name).values()) + sum(kept.counts(name).values()))


def order_import(*, name: str, content: bytes) -> UUID:
    """Have an archive read back into the plugin, which must be off and hold nothing.

    :raises Refused: as :func:`order_export`; or it is on.
    """
    _known(name)
    with transaction() as session:
        if locked(session, name).state == "enabled":
            raise refusal("插件已启用，不能导入数据。", fix="请先停用，导入后再启用。", rule="PL.06")
        made = _order(name, "import", 0)
        stored = store(
            stream_or_bytes=content, filename=f"{name}.zip", purpose=IMPORT.code, subject="plugin_task", subject_id=made,
            unit_path="", trusted=KINDS["zip"],
        )  # fmt: skip
        session.execute(update(PluginTask).where(PluginTask.id == made).values(file_id=stored))
    return made


def order_purge(*, name: str, typed: str, export: str, still: str = "") -> UUID:
    """Have everything a plugin holds of the tenant removed for good, in the background.

    :param typed: the plugin's name or title as the person typed it.
    :param export: :data:`HAVE`, :data:`FIRST` or :data:`NONE`.
    :param still: :data:`STILL`, typed, when something is open.
    :raises Refused: with everything that is missing.
    """
    title = _known(name)
    counted = impact(name)
    faults = _confirmations(counted, {name, title}, typed, export, still)
    if faults:
        raise Refused(faults)
    with transaction() as session:
        use = locked(session, name)
        if use.state == "enabled":
            raise refusal("插件还在使用，不能清除数据。", fix="请先停用。", rule="PL.02")
        made = _order(name, "purge", counted.records + counted.files, first=export == FIRST)
        use.state, use.changed_by = "purging", origin().actor_id
        detail = {"plugin": name, "records": counted.records, "files": counted.files, "export": export}
        record(kind="plugin.purge.ordered", subject="plugin_use", subject_id=use.id, detail=detail)
        changed()
    return made


def _confirmations(counted: Impact, names: set[str], typed: str, export: str, still: str) -> list[Finding]:
    found: list[Finding] = []
    if typed.strip() not in names:
        found += refusal(
            "输入的名称与插件名称不一致。", fix=f"请输入“{counted.title}”。", rule="PL.08", field="typed"
        ).findings
    if export not in (HAVE, FIRST, NONE):
        found += refusal("请选择清除之前是否导出数据。", rule="PL.08", field="export").findings
    if counted.open and still.strip() != STILL:
        message = f"还有 {counted.open} 项没有办完。"
        found += refusal(
            message, fix=f"请先办完，或者输入“{STILL}”（命令行加 --still）。", rule="PL.08", field="still"
        ).findings
    if counted.held:
        message = f"有 {counted.held} 份文件已注明不得销毁，不能清除。"
        found += refusal(message, fix="请先由档案管理人员解除。", rule="R16.14").findings
    return found


def _known(name: str) -> str:
    """The plugin's title. :raises Refused: nothing is known of it."""
    found = standing_of(name)
    if found is None:
        raise refusal(f"没有名为“{name}”的插件。", code="E_REQUIRED")
    return found.title


def _order(name: str, kind: str, total: int, *, first: bool = False) -> UUID:
    task_id, who = uuid7(), origin()
    try:
        with transaction() as session:
            settle_dead(name)
            with session.begin_nested():
                session.add(
                    PluginTask(
                        id=task_id, plugin=name, kind=kind, total=total, started_by=who.actor_id,
                        started_by_name=who.actor,
                    )
                )  # fmt: skip
                session.flush()
            payload = {"task": str(task_id), "export": first}
            post(kind=JOB, payload=payload, actor=who.actor, once=_once(task_id))
    except IntegrityError:
        raise refusal("这个插件的数据正在导出、导入或清除，请等它完成。", rule="PL.02") from None
    return task_id


def _once(task_id: UUID) -> str:
    return f"{JOB}:{task_id}"


def job_of(task_id: UUID) -> UUID:
    """The job that does a task."""
    found = rows(select(Outbox.id).where(Outbox.once == bindparam("once")), once=_once(task_id))
    return UUID(str(found[0][0]))


def settle_dead(name: str = "") -> None:
    """A task whose job is over without having said so (its workers died) holds nobody up."""
    with transaction() as session:
        unfinished = select(PluginTask).where(PluginTask.finished_at.is_(None)).with_for_update(skip_locked=True)
        for found in session.scalars(unfinished.where(PluginTask.plugin == name) if name else unfinished):
            alive = select(Outbox.id).where(Outbox.once == _once(found.id), Outbox.finished_at.is_(None))
            if session.scalar(alive) is None:
                found.state, found.problem = "failed", "后台任务没有完成，可以重新提交。"
                found.finished_at = func.clock_timestamp()
        session.flush()
