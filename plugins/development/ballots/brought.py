"""What ballots, polls and notices give the host."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from core.sdk import AuditKind, EventKind, Job
from plugins.development.ballots import ending, feedback, models, notices, outcome, policy, rounds
from plugins.development.ballots import permissions as p

#: Asked before and told after the acts that rest on a ballot; importing it is what registers it.
OUTCOME = outcome
#: Told of cases and units that end; importing it is what registers it.
ENDING = ending
MODELS = models.MODELS
PERMISSIONS = p.PERMISSIONS
POLICY = policy.KEYS
EVENTS = (
    EventKind(rounds.EVENT, _l("票决已出结果"), {
        "case": _l("办理对象的编号"), "kind": _l("表决的种类"), "outcome": _l("结果"),
    }),
)  # fmt: skip
_DONE = {
    "ballot.prepared": "组织票决、测评", "ballot.roll": "更新票决应到名单", "ballot.excluded": "登记不计入应到的人",
    "ballot.attended": "登记票决签到", "ballot.written": "登记书面意见", "ballot.begun": "开始投票", "ballot.finished": "结束投票",
    "ballot.tallied": "录入计票", "ballot.untallied": "重新计票", "ballot.counted": "票决出结果", "ballot.restarted": "中断后重新投票",
    "ballot.voided": "作废票决", "ballot.written_down": "票决结果记入办理记录", "notice.drawn": "拟定公示", "notice.hung": "发布公示",
    "notice.reckoned": "公示期满日重新计算", "notice.concluded": "办结公示", "notice.withdrawn": "撤销公示", "notice.feedback": "处理公示反映",
    "feedback.opened": "查看公示反映的内容",
}  # fmt: skip
#: What the rows are called that these are done to, by one kind of each.
_OF = {"ballot.prepared": ("development_ballot", "票决、测评"), "notice.drawn": ("development_notice", "发展党员公示")}
KINDS = tuple(AuditKind(f"development.{name}", title, of=_OF.get(name)) for name, title in _DONE.items())


def _daily(payload: dict[str, Any]) -> None:
    """Reckon provisional notices again; forget what was no objection; remove marks of ballots that are gone."""
    notices.reckon_again()
    feedback.forget_old(date.fromisoformat(payload["as_of"]))
    rounds.sweep()


JOBS = (Job(name="development.ballots.daily", run=_daily, daily=True),)
