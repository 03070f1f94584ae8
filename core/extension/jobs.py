"""Background work on what plugins hold, and the end of its archives."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from core import clock
from core.audit.actions import Origin, acting
from core.database import db, transaction
from core.extension import working
from core.extension.actions import DUE, changed, locked
from core.extension.models import PluginTask
from core.extension.tasks import EXPORT, IMPORT, JOB, TaskView, settle_dead, task
from core.files.actions import bytes_of, purge
from core.files.models import StoredFile
from core.jobs import current_job, daily, job
from core.jobs.registry import SYSTEM
from core.notices.actions.sync import sync
from core.notices.registry import open_rules
from core.policy.findings import Refused

ATTEMPTS = 5
#: How long an archive is kept for whoever had it made.
KEPT = timedelta(days=30)


@job(DUE, permission=SYSTEM)
def compute_due(payload: dict[str, Any]) -> None:
    """The to-dos of a plugin that was switched on stand there at once, not only tomorrow; nothing if it is off again."""
    codes = [code for code in open_rules() if code.startswith(f"{payload['plugin']}.")]
    if codes:
        sync(as_of=clock.today(), codes=codes)


def _no_longer(payload: dict[str, Any], refused: Refused) -> None:
    found = task(UUID(payload["task"]))
    if found is not None:
        _failed(found, str(refused))


@job(JOB, permission="settings.edit", refused=_no_longer, timeout=6 * 3600, max_attempts=ATTEMPTS, slow=True)
def carry_out(payload: dict[str, Any]) -> None:
    """Do an ordered export, import or purge, from the beginning or from where an earlier run stopped."""
    found = task(UUID(payload["task"]))
    if found is None or not found.busy:
        return
    with acting(Origin(actor_id=current_job().actor_id, actor=current_job().actor or "系统")):
        try:
            _do(found, payload)
        except Refused as refused:
            db.session.rollback()
            _failed(found, "；".join(one.message + (one.fix or "") for one in refused.findings))
        except Exception:
            db.session.rollback()
            if current_job().attempt >= ATTEMPTS:
                _failed(found, "后台任务多次出错，没有完成。请联系运维人员。")
            raise


def _do(found: TaskView, payload: dict[str, Any]) -> None:
    if found.kind == "export":
        working.export(found)
        working.finish(found.id, "done", total=PluginTask.done)
    elif found.kind == "import":
        working.restore(found, _archive(found), sealed=not payload.get("unsealed"))
    else:
        working.remove_all(found, first=bool(payload.get("export")))


def _archive(found: TaskView) -> bytes:
    kept = db.session.execute(select(StoredFile.id, StoredFile.key_number).where(StoredFile.id == found.file_id)).one()
    return bytes_of(kept.id, kept.key_number)


def _failed(found: TaskView, problem: str) -> None:
    """Say so; a purge that failed leaves the plugin off, with what is left, to be begun again."""
    with transaction() as session:
        if found.kind == "purge":
            use = locked(session, found.plugin)
            if use.state == "purging":
                use.state = "disabled"
                changed()
        working.finish(found.id, "failed", problem=problem[:1000])


@daily("extension.clear")
def clear(payload: dict[str, Any]) -> None:  # noqa: ARG001  (the clock of the present moment counts)
    """Delete archives that waited long enough, and uploads that were read; end tasks whose workers died."""
    settle_dead()
    with transaction() as session:
        over = select(PluginTask.id).where(PluginTask.finished_at < clock.now() - KEPT)
        read = select(PluginTask.id).where(PluginTask.kind == "import", PluginTask.finished_at.is_not(None))
        for purpose, subjects in ((EXPORT, over), (IMPORT, read)):
            gone = (
                StoredFile.purpose == purpose.code,
                StoredFile.subject_id.in_(subjects),
                StoredFile.purged_at.is_(None),
            )
            for one in session.scalars(select(StoredFile).where(*gone)):
                purge(one)
                session.execute(
                    update(PluginTask).where(PluginTask.id == one.subject_id).values(file_id=None),
                    execution_options={"synchronize_session": False},
                )
    db.session.remove()
