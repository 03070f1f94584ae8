"""Who handles a suggestion or complaint, by when, and what it must say. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.policy.findings import Finding, Severity

KINDS = {"suggestion": "建议", "complaint": "投诉", "question": "咨询", "praise": "表扬"}
STATES = {"open": "办理中", "answered": "已答复", "withdrawn": "已撤回"}
#: Characters of title, text and answer: at least, at most.
TITLE, BODY, ANSWER = (2, 60), (5, 4000), (4, 4000)


@dataclass(frozen=True, slots=True)
class Holder:
    """A grant of who wants to handle something: where its subtree begins."""

    path: str


def _no(field: str, message: str, code: str) -> Finding:
    return Finding("FB.01", Severity.BLOCK, field, message, code=code)


def length_findings(field: str, title: str, text: str, bounds: tuple[int, int]) -> list[Finding]:
    """A text says something, and not too much."""
    least, most = bounds
    length = len(text.strip())
    if length < least:
        return [_no(field, f"请填写{title}，至少{least}个字。", "E_REQUIRED")]
    return [_no(field, f"{title}最多{most}个字，现有{length}个字。", "E_RANGE")] if length > most else []


def item_findings(*, kind: str, title: str, body: str, about_unit: bool) -> list[Finding]:
    """What somebody wants to send."""
    found = [] if kind in KINDS else [_no("kind", "请选择类别：建议、投诉、咨询或表扬。", "E_REQUIRED")]
    if about_unit and kind != "complaint":
        found.append(_no("about_unit", "只有投诉可以选择“反映这个组织或它的负责人”。", "E_FORMAT"))
    return found + length_findings("title", "标题", title, TITLE) + length_findings("body", "内容", body, BODY)


def received_on(today: date) -> date:
    """The first day on which handlers see it: the next one, so that no moment leads to who was at the keyboard."""
    return today + timedelta(days=1)


def due_on(received: date, days: int) -> date:
    """By when it has to be answered."""
    return received + timedelta(days=days)


def involved(holdings: Iterable[Holder], *, about_unit: bool, path: str, path_end: str) -> bool:
    """Whether a complaint is about a unit in which the account itself holds an office: then it is not for this account."""
    return about_unit and any(path <= one.path < path_end for one in holdings)
