"""Steps 3 to 6: recommendation, naming, filing, contacts, and the year of training."""

from flask_babel import lazy_gettext as _l

from plugins.development.flow import words
from plugins.development.flow.kinds import (
    FormField,
    Kind,
    check,
    choice,
    day,
    lines,
    number,
    people,
    person,
    ref,
    text,
    unit,
)


def committee_vote() -> tuple[FormField, ...]:
    """The vote of a branch committee, or of the members' meeting that does its work (E20)."""
    return (
        check("committee", _l("由支部委员会研究"), hint=_l("没有支部委员会的，由支部党员大会研究")),
        number("size", _l("委员数（党员大会：应到会人数）"), required=True, least=1, most=2000),
        number("present", _l("到会人数"), required=True, most=2000),
        number("in_favour", _l("同意人数"), required=True, most=2000),
        text("chair", _l("主持人")),
        text("recorder", _l("记录人")),
    )  # fmt: skip


KINDS = (
    Kind(
        code="recommendation", title=_l("推荐"), step=3, day=_l("推荐日期"), several=True, documents=("D3",),
        fields=(
            choice("channel", _l("推荐方式"), words.RECOMMENDATIONS, required=True),
            text("recommender", _l("推荐人或组织")),
            number("votes_for", _l("推荐票")), number("votes_of", _l("投票人数")),
            lines("grounds", _l("推荐理由")),
        ),
    ),
    Kind(
        code="activist_meeting", title=_l("确定入党积极分子"), step=3, day=_l("会议日期"), closes=True, documents=("D4",),
        fields=(
            *committee_vote(),
            choice("result", _l("结果"), words.NAMED, required=True, default=lambda _h, _d: "named"),
            lines("opinions", _l("会议意见")),
        ),
    ),
    Kind(
        code="filing_request", title=_l("报上级党委备案"), step=4, day=_l("报送日期"), documents=("D5",), several=True,
        fields=(text("number", _l("文号")), lines("basis", _l("备案理由"))),
    ),
    Kind(
        code="filing_reply", title=_l("上级党委备案"), step=4, day=_l("备案日期"), actor="committee", closes=True, several=True,
        documents=("D5",),
        fields=(
            choice("result", _l("结果"), words.FILED, required=True, default=lambda _h, _d: "filed"),
            text("number", _l("批复文号")), lines("note", _l("说明")),
        ),
    ),
    Kind(
        code="contacts", title=_l("指定培养联系人"), step=5, day=_l("指定日期"), closes=True, documents=("D6",),
        fields=(
            people("people", _l("培养联系人"), required=True, most=4, extras=("side",), hint=_l("1至2名正式党员")),
            lines("duties", _l("任务")),
        ),
    ),
    Kind(
        code="contact_change", title=_l("更换培养联系人"), step=5, day=_l("更换日期"), several=True, documents=("D6",),
        fields=(
            people("people", _l("更换后的培养联系人"), required=True, most=4, extras=("side",)),
            day("unfit_since", _l("原联系人何时起不能履职")),
            text("why", _l("更换原因"), required=True),
        ),
    ),
    Kind(
        code="half_year_review", title=_l("半年考察"), step=6, day=_l("考察日期"), several=True, documents=("D7",),
        fields=(
            lines("contact_opinion", _l("培养联系人意见"), required=True),
            lines("branch_opinion", _l("支部意见"), required=True),
            choice("result", _l("结论"), words.REVIEWED, required=True, default=lambda _h, _d: "continue"),
        ),
    ),
    Kind(
        code="thought_report", title=_l("思想汇报"), step=6, day=_l("汇报日期"), several=True, documents=("D8",),
        fields=(text("theme", _l("主题"), required=True), text("reader", _l("听取人")), lines("comment", _l("意见"))),
    ),
    Kind(
        code="training", title=_l("参加培训"), step=6, day=_l("培训日期"), several=True,
        fields=(
            text("title", _l("培训内容"), required=True), number("hours", _l("学时"), most=2000), text("place", _l("地点")),
            ref("class_id"),
        ),
    ),
    Kind(
        code="entrust_agreement", title=_l("委托培养协议"), step=6, day=_l("签订日期"), several=True, documents=("D9",),
        fields=(
            text("host", _l("流入地党组织"), required=True), text("origin", _l("流出地党组织"), required=True),
            day("term_from", _l("起")), day("term_to", _l("止")), lines("duties", _l("双方责任")),
        ),
    ),
    Kind(
        code="host_report", title=_l("流入地培养情况反馈"), step=6, day=_l("反馈日期"), several=True,
        fields=(lines("opinion", _l("情况"), required=True),),
    ),
    Kind(
        code="service", title=_l("报到服务"), step=6, day=_l("服务日期"), several=True,
        fields=(
            text("title", _l("服务内容"), required=True), number("hours", _l("时长（小时）"), most=2000),
            number("score", _l("考评分"), most=100), unit("at", _l("服务地点党组织")), person("confirmed_by", _l("确认人")),
        ),
    ),
)  # fmt: skip
