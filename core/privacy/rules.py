"""What may be asked for in a correction, and who may decide it. Pure."""

from collections.abc import Mapping
from uuid import UUID

from core.policy.findings import Finding, Severity

#: Fields a member may ask to have corrected. Branch, group, standing and dates of membership rest on documents.
CORRECTABLE = (
    "name", "former_name", "sex", "ethnic", "id_no", "birth", "native_place", "education", "degree", "marital",
    "household", "post", "employer", "phone", "address", "work_start", "skills",
)  # fmt: skip
#: What each state is called.
STATES = {
    "submitted": "已提交",
    "returned": "退回补充",
    "effective": "已生效",
    "rejected": "不同意",
    "withdrawn": "已撤回",
}
#: Characters of a reason or an answer: at least so many, at most so many.
SHORTEST, LONGEST = 4, 500


def _block(field: str, message: str, code: str) -> Finding:
    return Finding("PV.01", Severity.BLOCK, field, message, code=code)


def text_findings(field: str, title: str, text: str) -> list[Finding]:
    """A reason or an answer says something, and not too much."""
    length = len(" ".join(text.split()))
    if length < SHORTEST:
        return [_block(field, f"请填写{title}，至少{SHORTEST}个字。", "E_REQUIRED")]
    if length > LONGEST:
        return [_block(field, f"{title}最多{LONGEST}个字，现有{length}个字。", "E_RANGE")]
    return []


def request_findings(wanted: Mapping[str, object], reason: str) -> list[Finding]:
    """A request names at least one field, only such as may be corrected, and says why."""
    found = [_block(name, "这一项不能申请更正。", "E_FORMAT") for name in wanted if name not in CORRECTABLE]
    if not wanted:
        found.append(_block("", "没有填写任何要更正的内容：请在要更正的项目里填写正确的值。", "E_REQUIRED"))
    return found + text_findings("reason", "更正理由", reason)


def decision_findings(
    state: str, *, submitter: UUID, person: UUID, decider: UUID | None, decider_person: UUID | None
) -> list[Finding]:
    """Only an open request is decided, and never by who submitted it or whom it is about (00-conventions 0.4)."""
    if state != "submitted":
        return [_block("", f"这份申请现在的状态是“{STATES[state]}”，不能再办理。", "E_STATE")]
    if decider in (None, submitter) or decider_person == person:
        return [_block("", "本人提出的更正申请不能由本人办理，请由其他有权限的同志办理。", "E_CONFLICT")]
    return []
