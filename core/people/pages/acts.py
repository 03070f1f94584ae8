"""The changes of membership that can be asked for, by what they are called at the counter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from core.people.rules import TRANSITIONS


@dataclass(frozen=True, slots=True)
class Act:
    """One change of membership.

    :param code: its name in addresses.
    :param to: the state it leads to; ``None`` when that depends on the record (somebody comes back as what he was).
    :param asks: what the form asks for: document, death, suspension, reason (a choice), unit.
    """

    code: str
    title: Any
    to: str
    asks: tuple[str, ...]
    hint: Any = ""
    reason: str | None = None

    def reasons(self, current: str) -> Sequence[str]:
        """The reasons one may choose from."""
        return sorted(TRANSITIONS.get((current, self.to), ()))


ACTS = {
    act.code: act
    for act in (
        Act(
            "confirm", _l("预备党员转正"), "formal", ("document",), reason="confirmed",
            hint=_l("支部大会讨论通过并报上级党委批准后办理，转正日期为支部大会通过之日。"),
        ),
        Act(
            "suspend", _l("停止党籍"), "suspended", ("document", "suspension"), reason="suspended",
            hint=_l("停止党籍期间不计入党员总数，也不计算党龄。"),
        ),
        Act(
            "restore", _l("恢复党籍"), "formal", ("document", "reason", "unit"),
            hint=_l("只适用于停止党籍的党员；已经出党的不能恢复，可重新入党。"),
        ),
        Act("remove", _l("出党"), "removed", ("document", "reason"), hint=_l("开除、除名、劝退等，须有批准文件。")),
        Act("leave", _l("转出"), "transferred_out", ("document", "reason"), hint=_l("组织关系转到其他单位。")),
        Act("died", _l("登记去世"), "died", ("death",), reason="died"),
        Act(
            "readmit", _l("重新入党"), "probationary", ("document", "unit"), reason="readmitted",
            hint=_l("重新入党的从预备党员开始，入党日期为批准文件日期。"),
        ),
        Act("return", _l("转回"), "formal", ("document", "reason", "unit"), hint=_l("组织关系转回本单位。")),
        Act("return_probationary", _l("转回（预备党员）"), "probationary", ("document", "reason", "unit")),
    )
}  # fmt: skip


def acts_from(standing: str) -> list[Act]:
    """The acts that a record in this standing allows."""
    found = []
    for act in ACTS.values():
        allowed = TRANSITIONS.get((standing, act.to), frozenset())
        fixed = act.reason is None or act.reason in allowed
        backwards = act.code.startswith("return")
        if allowed and fixed and backwards == (standing == "transferred_out") and _fits(act, standing):
            found.append(act)
    return found


def _fits(act: Act, standing: str) -> bool:
    """The same states are reached by several acts: which of them belongs to which beginning."""
    if act.code == "restore":
        return standing == "suspended"
    if act.code == "confirm":
        return standing == "probationary"
    return standing != "holding"
