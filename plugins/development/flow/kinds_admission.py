"""Steps 12 to 18: review, pre-review, the form, the branch meeting, interview, approval, filing up."""

from flask_babel import lazy_gettext as _l

from plugins.development.flow import words
from plugins.development.flow.kinds import (
    FormField,
    Kind,
    check,
    checks,
    choice,
    day,
    lines,
    number,
    people,
    ref,
    text,
)
from plugins.development.flow.kinds_activist import committee_vote
from plugins.development.permissions import APPROVE


def ballot() -> tuple[FormField, ...]:
    """The totals of a secret ballot at a branch meeting (section 6.2)."""
    return (
        number("due", _l("应到会有表决权的党员"), required=True, least=1, most=5000),
        number("present", _l("实到会有表决权的党员"), required=True, most=5000),
        number("issued", _l("发出票数"), most=5000),
        number("in_favour", _l("赞成票"), required=True, most=5000), number("against", _l("反对票"), most=5000),
        number("abstained", _l("弃权票"), most=5000), number("invalid", _l("无效票"), most=5000),
        number("written_for", _l("会前收到的书面赞成意见"), most=5000),
        number("written_against", _l("会前收到的书面不赞成意见"), most=5000),
        number("written_late", _l("会后才收到的书面意见"), most=5000),
        check("secret", _l("采取无记名投票"), default=lambda _h, _d: True),
        number("candidates_on_paper", _l("每张票上的人数"), least=1, most=50, default=lambda _h, _d: 1),
        number("cast_by_others", _l("没有表决权的人投出的票"), most=5000),
        number("cast_by_others_for", _l("其中赞成的"), most=5000),
        text("chair", _l("主持人")), text("recorder", _l("记录人")), text("counter", _l("计票人")), text("supervisor", _l("监票人")),
        ref("ballot_id"),
    )  # fmt: skip


KINDS = (
    Kind(
        code="inspection", title=_l("双边考察"), step=12, day=_l("考察日期"), several=True, documents=("D19",),
        fields=(
            choice("side", _l("哪一方"), words.TWO_SIDES, required=True), people("inspectors", _l("考察人"), required=True, most=6),
            lines("text", _l("考察情况"), required=True),
        ),
    ),
    Kind(
        code="branch_review", title=_l("支部委员会审查"), step=12, day=_l("会议日期"), closes=True, several=True, documents=("D20",),
        fields=(
            *committee_vote(),
            choice("rating_political", _l("政治表现"), words.RATINGS, required=True),
            choice("rating_work", _l("工作（学习）表现"), words.RATINGS, required=True),
            checks("six", _l("六个不发展核对"), words.SIX_CHECKS),
            lines("missing", _l("缺少的材料"), hint=_l("一行一件；没有的不填")),
            number("complaints", _l("没有查清的反映（件）"), most=100), check("diverging", _l("党内外意见分歧较大")),
            choice("result", _l("结论"), words.QUALIFIED, required=True, default=lambda _h, _d: "qualified"),
            lines("opinions", _l("审查意见")),
        ),
    ),
    Kind(
        code="prereview_request", title=_l("报上级党委预审"), step=13, day=_l("报送日期"), several=True, documents=("D21",),
        fields=(text("number", _l("文号")), lines("papers", _l("报送材料"))),
    ),
    Kind(
        code="prereview", title=_l("上级党委预审"), step=13, day=_l("预审日期"), actor="committee", permission=APPROVE, closes=True,
        several=True, documents=("D21",),
        fields=(
            choice("result", _l("结果"), words.PREREVIEWED, required=True, default=lambda _h, _d: "passed"),
            day("leaving", _l("预计离开工作、学习单位的日期"), hint=_l("没有离开打算的不填")),
            check("leave_override", _l("县级以上组织部门同意接收")), text("leave_paper", _l("组织部门的理由和文号")),
            text("number", _l("批复文号")), lines("note", _l("意见")), ref("plan_item"),
        ),
    ),
    Kind(
        code="form_issue", title=_l("发放入党志愿书"), step=14, day=_l("发放日期"), actor="committee", several=True, documents=("D38",),
        fields=(text("number", _l("控制编号"), required=True, most=40), text("receiver", _l("领取人"))),
    ),
    Kind(
        code="form_void", title=_l("入党志愿书作废"), step=14, day=_l("作废日期"), actor="committee", several=True, documents=("D38",),
        fields=(
            text("number", _l("控制编号"), required=True, most=40, default=lambda h, _d: h.live_form if h else ""),
            text("why", _l("作废原因"), required=True),
        ),
    ),
    Kind(
        code="form_filled", title=_l("填写入党志愿书"), step=14, day=_l("填写日期"), closes=True, several=True, documents=("D22",),
        fields=(
            text("number", _l("控制编号"), required=True, most=40,
                 default=lambda h, _d: h.live_form if h else ""),
            check("sponsors_wrote", _l("入党介绍人已填写意见")), check("checked", _l("支部已审查填写内容")),
        ),
    ),
    Kind(
        code="branch_meeting", title=_l("支部大会讨论接收"), step=15, day=_l("会议日期"), closes=True, several=True,
        documents=("D23", "D24", "D25"),
        fields=(
            number("full_members", _l("支部正式党员数"), required=True, most=5000),
            number("without_vote", _l("其中没有表决权的"), most=5000),
            number("excluded", _l("经上级和大会同意不计入应到会的"), most=5000),
            *ballot(),
            check("candidate_present", _l("本人到会"), default=lambda _h, _d: True),
            number("sponsors_present", _l("到会的入党介绍人数"), most=2, default=lambda _h, _d: 2),
            check("written_introduction", _l("缺席的介绍人有书面介绍意见")),
            checks("resolution", _l("决议内容"), words.RESOLUTION, required=True,
                   default=lambda _h, _d: list(words.RESOLUTION)),
            lines("conduct", _l("申请人的主要表现")),
        ),
    ),
    Kind(
        code="interview", title=_l("上级党委派人谈话"), step=16, day=_l("谈话日期"), actor="committee", closes=True, several=True,
        documents=("D26",),
        fields=(
            people("interviewers", _l("谈话人"), required=True, most=3),
            choice("capacity", _l("谈话人身份"), words.INTERVIEWERS, required=True),
            lines("questions", _l("谈话情况")), choice("result", _l("意见"), words.RECOMMENDED, required=True,
                                                   default=lambda _h, _d: "yes"),
            lines("view", _l("对能否入党的意见")),
        ),
    ),
    Kind(
        code="deliberation", title=_l("党总支（下级党委）审议"), step=17, day=_l("审议日期"), actor="general", several=True,
        fields=(
            text("organ", _l("审议组织"), required=True), choice("result", _l("意见"), words.AGREED, required=True),
            lines("note", _l("说明")),
        ),
    ),
    Kind(
        code="approval", title=_l("上级党委审批"), step=17, day=_l("审批日期"), actor="committee", permission=APPROVE, closes=True,
        several=True, documents=("D27", "D28"),
        fields=(
            choice("result", _l("结果"), words.APPROVED, required=True, default=lambda _h, _d: "approved"),
            number("size", _l("委员数"), required=True, least=1, most=200), number("present", _l("到会委员"), required=True, most=200),
            number("in_favour", _l("赞成"), required=True, most=200),
            check("collective", _l("集体讨论"), default=lambda _h, _d: True),
            check("one_by_one", _l("逐个表决"), default=lambda _h, _d: True),
            day("probation_from", _l("预备期起"), default=lambda h, _d: h.adopted_on if h else None),
            day("probation_to", _l("预备期止"), default=lambda h, _d: h.probation.printed_end if h and h.probation else None),
            text("organ", _l("审批党委")), text("number", _l("文号")),
            text("special", _l("超过三个月的特殊情况")), lines("note", _l("审批意见")),
        ),
    ),
    Kind(
        code="filing_up", title=_l("报上一级党委组织部门备案"), step=18, day=_l("备案日期"), actor="committee", closes=True,
        documents=("D27",),
        fields=(text("number", _l("备案号")), text("to", _l("备案单位"))),
    ),
)  # fmt: skip
