"""What the product tells by itself: a print that is ready, an audit record that is not whole."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import clock
from core.access.models import Grant
from core.access.roles import ADMIN
from core.audit.checking import on_fault
from core.audit.verifying import Report
from core.database import db
from core.documents.events import FAILED, READY
from core.events.registry import Event, subscribe
from core.notices.actions import notify
from core.notices.kinds import UPDATE, declare_kind

AUDIT = declare_kind(
    "audit", _l("审计记录校验"), about=_l("审计记录没有通过校验，可能被改动"), default="once", obligatory=True
)


def administrators() -> set[UUID]:
    """The accounts that administer the bound tenant today."""
    today = clock.today()
    holding = select(Grant.account_id).where(
        Grant.role == ADMIN, Grant.valid_from <= today, (Grant.valid_to.is_(None)) | (Grant.valid_to > today)
    )
    return set(db.session().scalars(holding))


@subscribe(READY, FAILED, key="notices.print")
def tell_orderer(event: Event) -> None:
    """Whoever ordered a large print is told how it ended."""
    if event.actor_id is None:
        return
    title, number, count = (event.data[name] for name in ("title", "number", "count"))
    if event.name == READY:
        said, text = f"{title}（编号 {number}）已生成", f"共{count}份（行），可以下载，文件保留7天。"
    else:
        said, text = f"{title}（编号 {number}）没有生成", "原因见打印页面。"
    notify(
        kind=UPDATE,
        to={event.actor_id},
        key=f"print:{event.subject_id}",
        title=said,
        text=text,
        link={"endpoint": "documents.large", "values": {"print_id": str(event.subject_id)}},
    )


def tell_of_fault(report: Report) -> None:
    """Every administrator is told, once a day, that the record is not whole."""
    count, first = len(report.faults), report.faults[0]
    notify(
        kind=AUDIT,
        to=administrators(),
        key=f"audit-fault:{clock.today()}",
        title="审计记录没有通过校验",
        text=f"发现{count}处问题，例如：{first} 请立即联系平台管理员核对备份，查明原因前不要清理数据。",
        link={"endpoint": "audit.events", "values": {}},
        urgent=True,
    )


if tell_of_fault not in on_fault:
    on_fault.append(tell_of_fault)
