"""Who is told at once: the branch of what the committee answered, and the person of what concerns them."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.sdk import Account, NoticeKind, Unit, notify, tenant_id, today, transaction
from core.sdk.notices import accounts_at
from plugins.development.cases.ports import after_act
from plugins.development.flow import KINDS
from plugins.development.models.case import Act, Case
from plugins.development.permissions import CONSENT, RECORD

ANSWERED, ASKED, OWN, LETTER, ARRIVED = (
    "development.answered", "development.asked", "development.own", "development.letter", "development.arrived",
)  # fmt: skip
NOTICES = (
    NoticeKind(
        ANSWERED, _l("发展党员：上级的答复"), about=_l("上级党委对备案、同意、预审、审批作出的答复"), default="once"
    ),
    NoticeKind(ASKED, _l("发展党员：待上级办理"), about=_l("下级党支部报来备案、请示、预审的材料"), default="once"),
    NoticeKind(ARRIVED, _l("发展党员：转来的事项"), about=_l("其他党支部转来、等待接收的同志"), default="once"),
    NoticeKind(OWN, _l("我的入党进展"), about=_l("您的入党申请有了新的进展"), default="once"),
    NoticeKind(LETTER, _l("收到本人材料"), about=_l("申请人、积极分子、预备党员在手机上递交的材料"), default="once"),
)
#: Answers of the committee: the kinds whose result the branch is told.
_ANSWERS = (
    "filing_reply", "consent", "prereview", "approval", "conversion_approval", "extension", "cancellation", "return_papers",
    "not_recognised",
)  # fmt: skip
#: What the branch sends up: the committee is told that it waits.
_REQUESTS = ("filing_request", "consent_request", "prereview_request")
#: What the person is told when it is done.
_OWN = {
    "activist_meeting": {"named": _l("您已被确定为入党积极分子")},
    "notice_result": {"clear": _l("您已被列为发展对象")},
    "branch_meeting": {"": _l("支部大会已讨论接收您为预备党员，等待上级党委审批")},
    "approval": {
        "approved": _l("上级党委已批准您为预备党员"),
        "not_approved": _l("上级党委没有批准接收，党支部会同您谈话"),
    },
    "conversion_meeting": {"": _l("支部大会已讨论您的转正，等待上级党委审批")},
    "conversion_approval": {"approved": _l("上级党委已批准您转为正式党员")},
}


#: What was done longer ago is entered for the record: it is no news to anybody.
_NEWS = timedelta(days=30)


def _is_news(act: Act) -> bool:
    return not act.voids and today() - act.act_on <= _NEWS


def _link(case: Case) -> dict[str, Any]:
    return {"endpoint": "p_development.case", "values": {"case_id": str(case.id)}}


def _path(case: Case) -> str:
    with transaction() as session:
        found: str = (
            session.scalar(select(Unit.path).where(Unit.tenant_id == tenant_id(), Unit.id == case.unit_id)) or ""
        )
        return found


def _title(act: Act) -> str:
    kind = KINDS[act.kind]
    field = kind.fact("result")
    said = str(field.choices.get(str(act.data.get("result", "")), "")) if field else ""
    return f"{kind.title}：{said}" if said else str(kind.title)


@after_act(*_ANSWERS)
def tell_branch(case: Case, act: Act, _history: Any) -> None:
    """Tell the branch's officers what the committee answered."""
    if not _is_news(act):
        return
    path = _path(case)
    to = set(accounts_at([path], RECORD, as_of=today()).get(path, [])) - {act.actor_id}
    notify(
        kind=ANSWERED, to=to, key=f"development.act:{act.id}", title=_title(act), text=case.name,
        link=_link(case),
    )  # fmt: skip


@after_act(*_REQUESTS)
def tell_committee(case: Case, act: Act, _history: Any) -> None:
    """Tell the nearest committee that something was sent up to it."""
    if not _is_news(act):
        return
    labels = _path(case).rstrip(".").split(".")
    above = [".".join(labels[:count]) + "." for count in range(len(labels) - 1, 0, -1)]
    held = accounts_at(above, CONSENT, as_of=today())
    nearest = next((held[path] for path in above if held.get(path)), [])
    notify(
        kind=ASKED, to=[one for one in nearest if one != act.actor_id], key=f"development.act:{act.id}",
        title=f"{KINDS[act.kind].title}，请办理", text=case.name, link=_link(case),
    )  # fmt: skip


@after_act("transfer_out")
def tell_receivers(case: Case, act: Act, _history: Any) -> None:
    """Tell the officers of the branch that somebody was handed to; a case that leaves for good has ended."""
    if not _is_news(act) or case.closed_on is not None:
        return
    path = _path(case)
    to = set(accounts_at([path], RECORD, as_of=today()).get(path, [])) - {act.actor_id}
    notify(
        kind=ARRIVED, to=to, key=f"development.act:{act.id}", title="有同志转来本支部，请接收", text=case.name,
        link=_link(case),
    )  # fmt: skip


@after_act(*_OWN)
def tell_person(case: Case, act: Act, _history: Any) -> None:
    """Tell the person how far they have come; of a vote, only that it was taken."""
    said = _OWN[act.kind]
    text = said.get(str(act.data.get("result", ""))) or said.get("")
    if text is None or not _is_news(act):
        return
    with transaction() as session:
        found = [case.account_id] if case.account_id else []
        if not found and case.person_id is not None:
            found = list(session.scalars(select(Account.id).where(Account.person_id == case.person_id)))
    notify(
        kind=OWN,
        to=found,
        key=f"development.own:{act.id}",
        title=str(text),
        link={"endpoint": "p_development.mine", "values": {}},
    )
