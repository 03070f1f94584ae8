"""Steps 19 to 25: joining, oath, probation, conversion, archive."""

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
    text,
    unit,
)
from plugins.development.flow.kinds_activist import committee_vote
from plugins.development.flow.kinds_admission import ballot
from plugins.development.permissions import APPROVE


def _alone() -> tuple[FormField, ...]:
    """Where the meeting could come to no resolution, the superior looks into it and decides (E22)."""
    return (
        check("without_resolution", _l("支部大会不能形成决议，由上级调查后决定")),
        text("county_paper", _l("县级组织部门批准的文号"), hint=_l("由上级调查后决定的才填")),
    )  # fmt: skip


KINDS = (
    Kind(
        code="assignment", title=_l("编入党支部和党小组"), step=19, day=_l("编入日期"), closes=True, several=True,
        fields=(unit("branch", _l("党支部")), unit("group", _l("党小组"), hint=_l("没有设党小组的不填"))),
    ),
    Kind(
        code="oath", title=_l("入党宣誓"), step=20, day=_l("宣誓日期"), closes=True, documents=("D29",),
        fields=(text("place", _l("地点"), required=True), text("leader", _l("领誓人")), text("host", _l("主持人"))),
    ),
    Kind(
        code="probation_review", title=_l("预备期考察"), step=21, day=_l("考察日期"), several=True, closes=True, documents=("D30",),
        fields=(
            lines("sponsor_opinion", _l("入党介绍人意见"), required=True), lines("branch_opinion", _l("支部意见"), required=True),
        ),
    ),
    Kind(
        code="probation_report", title=_l("预备党员汇报"), step=21, day=_l("汇报日期"), several=True, documents=("D30",),
        fields=(text("theme", _l("主题"), required=True), text("reader", _l("听取人")), lines("comment", _l("意见"))),
    ),
    Kind(
        code="conversion_letter", title=_l("提出转正申请"), step=22, day=_l("收到日期"), closes=True, documents=("D31",),
        fields=(day("signed", _l("申请书落款日期")), text("receiver", _l("接收人"))),
    ),
    Kind(
        code="conversion_opinion", title=_l("征求转正意见"), step=23, day=_l("征求意见日期"), several=True, documents=("D32",),
        fields=(
            choice("side", _l("听取谁的意见"), words.OPINION_SIDES, required=True),
            number("asked", _l("征求人数")), number("agree", _l("同意人数")), lines("text", _l("意见")),
        ),
    ),
    Kind(
        code="conversion_review", title=_l("支部委员会审查转正"), step=23, day=_l("会议日期"), several=True, documents=("D32",),
        fields=(
            *committee_vote(),
            choice("decision", _l("提出的意见"), words.DECISIONS, required=True, default=lambda _h, _d: "convert"),
            lines("opinions", _l("审查意见")),
        ),
    ),
    Kind(
        code="conversion_meeting", title=_l("支部大会讨论转正"), step=23, day=_l("会议日期"), closes=True, several=True,
        documents=("D23", "D24", "D25", "D33"),
        fields=(
            choice("decision", _l("提交表决的意见"), words.DECISIONS, required=True, default=lambda _h, _d: "convert"),
            number("months", _l("延长几个月"), most=60), choice("breach", _l("情节"), words.BREACHES),
            day("postponed_to", _l("推迟到")),
            number("full_members", _l("支部正式党员数"), most=5000), *ballot(), lines("conduct", _l("主要表现和理由")),
        ),
    ),
    Kind(
        code="postponement", title=_l("推迟讨论转正"), step=23, day=_l("决定日期"), several=True,
        fields=(day("until", _l("推迟到"), required=True), text("why", _l("理由"), required=True)),
    ),
    Kind(
        code="conversion_approval", title=_l("上级党委审批转正"), step=24, day=_l("审批日期"), actor="committee", permission=APPROVE,
        closes=True, several=True, documents=("D34",),
        fields=(
            choice("result", _l("结果"), words.APPROVED, required=True, default=lambda _h, _d: "approved"),
            number("size", _l("委员数"), required=True, least=1, most=200), number("present", _l("到会委员"), required=True, most=200),
            number("in_favour", _l("赞成"), required=True, most=200),
            day("standing", _l("党龄起算日期"), default=lambda h, _d: h.probation.standing if h and h.probation else None),
            *_alone(), text("organ", _l("审批党委")), text("number", _l("文号")), lines("note", _l("审批意见")),
        ),
    ),
    Kind(
        code="extension", title=_l("批准延长预备期"), step=24, day=_l("审批日期"), actor="committee", permission=APPROVE, several=True,
        documents=("D33",),
        fields=(
            number("months", _l("延长几个月"), required=True, most=60, default=lambda h, _d: h.months if h else None), *_alone(), text("organ", _l("审批党委")), text("number", _l("文号")),
            lines("note", _l("理由")),
        ),
    ),
    Kind(
        code="cancellation", title=_l("批准取消预备党员资格"), step=24, day=_l("审批日期"), actor="committee", permission=APPROVE,
        several=True, documents=("D33",),
        fields=(*_alone(), text("organ", _l("审批党委")), text("number", _l("文号"), required=True), lines("note", _l("理由"))),
    ),
    Kind(
        code="talk_after", title=_l("转正后谈话和宣布"), step=24, day=_l("谈话日期"), several=True, documents=("D34",),
        fields=(
            people("interviewers", _l("谈话人"), required=True, most=3), check("announced", _l("已在党员大会上宣布")),
            lines("text", _l("谈话情况")),
        ),
    ),
    Kind(
        code="archive_list", title=_l("材料归档"), step=25, day=_l("归档日期"), closes=True, several=True, documents=("D35",),
        fields=(
            checks("papers", _l("归档材料"), words.ARCHIVE, required=True),
            text("place", _l("归档到")), text("receiver", _l("接收人")), number("pages", _l("页数"), most=5000),
        ),
    ),
)  # fmt: skip
