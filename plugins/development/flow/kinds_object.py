"""Steps 7 to 11: opinions, the proposal, consent and notice, sponsors, political review, training."""

from flask_babel import lazy_gettext as _l

from plugins.development.flow import words
from plugins.development.flow.kinds import (
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

KINDS = (
    Kind(
        code="opinion", title=_l("征求意见"), step=7, day=_l("征求意见日期"), several=True, documents=("D10",),
        fields=(
            choice("side", _l("听取谁的意见"), words.OPINION_SIDES, required=True),
            number("asked", _l("征求人数")), number("agree", _l("同意人数")),
            check("diverging", _l("意见分歧较大")), lines("text", _l("意见")),
        ),
    ),
    Kind(
        code="poll_result", title=_l("民意测评结果"), step=7, day=_l("测评日期"), several=True, documents=("D11",),
        fields=(
            choice("stage", _l("用于"), words.POLL_STAGES, required=True, default=lambda _h, _d: "object"),
            choice("side", _l("哪一方"), words.TWO_SIDES, default=lambda _h, _d: "host"),
            number("issued", _l("发出票数"), required=True), number("returned", _l("收回票数"), required=True),
            number("in_favour", _l("赞成票"), required=True), number("against", _l("反对票")), number("invalid", _l("无效票")),
            ref("poll_id"),
        ),
    ),
    Kind(
        code="object_meeting", title=_l("确定发展对象"), step=7, day=_l("会议日期"), closes=True, documents=("D12",),
        fields=(
            *committee_vote(),
            choice("result", _l("结果"), words.PROPOSED, required=True, default=lambda _h, _d: "proposed"),
            lines("opinions", _l("会议意见")),
        ),
    ),
    Kind(
        code="cosign", title=_l("流出地党组织会签"), step=7, day=_l("会签日期"), several=True,
        fields=(
            choice("about", _l("会签事项"), words.COSIGNED, required=True),
            choice("result", _l("意见"), words.AGREED, required=True), lines("note", _l("说明")),
        ),
    ),
    Kind(
        code="consent_request", title=_l("报上级党委"), step=8, day=_l("报送日期"), several=True, documents=("D12",),
        fields=(text("number", _l("文号")), lines("basis", _l("理由"))),
    ),
    Kind(
        code="consent", title=_l("上级党委答复"), step=8, day=_l("答复日期"), actor="committee", several=True, documents=("D12",),
        fields=(
            choice("result", _l("答复"), words.CONSENTED, required=True, default=lambda _h, _d: "agreed"),
            text("number", _l("文号")), lines("note", _l("说明")),
        ),
    ),
    Kind(
        code="notice", title=_l("公示"), step=8, day=_l("公示开始日期"), several=True, documents=("D13",),
        fields=(
            choice("stage", _l("公示事项"), words.NOTICE_STAGES, required=True, default=lambda _h, _d: "object"),
            day("end", _l("公示截止日期"), required=True),
            choice("side", _l("公示地点在"), words.TWO_SIDES, default=lambda _h, _d: "host"),
            text("location", _l("公示地点"), required=True), text("contact", _l("联系电话")), ref("notice_id"),
        ),
    ),
    Kind(
        code="objection", title=_l("公示反映"), step=8, day=_l("收到日期"), several=True, guarded=True,
        fields=(
            choice("side", _l("在哪一方收到"), words.TWO_SIDES, default=lambda _h, _d: "host"),
            text("channel", _l("反映方式")), lines("text", _l("反映内容"), sealed=True, required=True), ref("feedback_id"),
        ),
    ),
    Kind(
        code="objection_conclusion", title=_l("公示反映的结论"), step=8, day=_l("结论日期"), several=True, guarded=True,
        fields=(
            number("objection", _l("第几条反映（办理记录序号）"), required=True, least=1),
            choice("conclusion", _l("结论"), words.OBJECTIONS, required=True),
            lines("text", _l("调查情况"), sealed=True, required=True),
        ),
    ),
    Kind(
        code="notice_result", title=_l("公示结果，列为发展对象"), step=8, day=_l("列为发展对象的日期"), closes=True, several=True,
        documents=("D13",),
        fields=(
            choice("result", _l("结果"), words.NOTICED, required=True, default=lambda _h, _d: "clear"),
            lines("note", _l("公示情况")),
        ),
    ),
    Kind(
        code="sponsors", title=_l("确定入党介绍人"), step=9, day=_l("确定日期"), closes=True, documents=("D14",),
        fields=(
            people("people", _l("入党介绍人"), required=True, most=4,
                   extras=("consented", "relative", "under_probation_in_party", "penalty_until"),
                   default=lambda h, _d: [dict(one, consented=False) for one in h.contacts] if h else [],
                   hint=_l("两名正式党员，一般由培养联系人担任")),
        ),
    ),
    Kind(
        code="sponsor_change", title=_l("更换入党介绍人"), step=9, day=_l("更换日期"), several=True, documents=("D14",),
        fields=(
            people("people", _l("更换后的入党介绍人"), required=True, most=4,
                   extras=("consented", "relative", "under_probation_in_party", "penalty_until")),
            text("why", _l("更换原因"), required=True),
        ),
    ),
    Kind(
        code="self_statement", title=_l("本人自述材料"), step=10, day=_l("递交日期"), several=True, guarded=True, documents=("D15",),
        fields=(lines("text", _l("自述"), sealed=True, most=8000),),
    ),
    Kind(
        code="relation", title=_l("家庭成员和社会关系"), step=10, day=_l("登记日期"), several=True, guarded=True, documents=("D15",),
        fields=(
            text("name", _l("姓名"), sealed=True, required=True), text("relation", _l("与本人关系"), sealed=True, required=True),
            text("affiliation", _l("政治面貌"), sealed=True), text("employer", _l("工作单位和职务"), sealed=True),
            lines("note", _l("政治表现"), sealed=True),
        ),
    ),
    Kind(
        code="inquiry_letter", title=_l("发出函调信"), step=10, day=_l("发函日期"), several=True, guarded=True, documents=("D16",),
        fields=(text("to", _l("发往"), required=True), text("number", _l("函号")), lines("question", _l("函调内容"), sealed=True)),
    ),
    Kind(
        code="inquiry_reply", title=_l("函调回复"), step=10, day=_l("回复日期"), several=True, guarded=True, documents=("D16",),
        fields=(
            number("letter", _l("对应的函（办理记录序号）"), least=1),
            choice("source", _l("回复单位"), words.REPLY_FROM, required=True),
            choice("favour", _l("意见"), words.FAVOUR, required=True), lines("text", _l("回复内容"), sealed=True),
        ),
    ),
    Kind(
        code="department_opinion", title=_l("部门意见"), step=10, day=_l("出具日期"), several=True, guarded=True, documents=("D17",),
        fields=(
            text("department", _l("部门"), required=True, most=40),
            choice("side", _l("哪一方"), words.TWO_SIDES, required=True),
            choice("favour", _l("意见"), words.FAVOUR, required=True), lines("text", _l("意见内容"), sealed=True),
        ),
    ),
    Kind(
        code="household_opinion", title=_l("户籍地、居住地党组织意见"), step=10, day=_l("出具日期"), several=True, guarded=True,
        fields=(
            choice("source", _l("出具单位"), words.REPLY_FROM, required=True),
            choice("favour", _l("意见"), words.FAVOUR, required=True), lines("text", _l("意见内容"), sealed=True),
        ),
    ),
    Kind(
        code="joint_review", title=_l("县级政审联审回复"), step=10, day=_l("回复日期"), actor="county", several=True, guarded=True,
        documents=("D15",),
        fields=(
            choice("favour", _l("结论"), words.FAVOUR, required=True), text("number", _l("文号")),
            lines("text", _l("联审情况"), sealed=True),
        ),
    ),
    Kind(
        code="political_review", title=_l("政治审查结论"), step=10, day=_l("结论日期"), closes=True, several=True, guarded=True,
        documents=("D15",),
        fields=(
            checks("topics", _l("审查内容"), words.REVIEW_TOPICS, required=True),
            checks("ways", _l("审查方法"), words.REVIEW_WAYS, required=True),
            choice("conclusion", _l("结论"), words.CONCLUSIONS, required=True),
            lines("text", _l("综合性结论"), sealed=True, required=True),
        ),
    ),
    Kind(
        code="course", title=_l("短期集中培训"), step=11, day=_l("结业日期"), actor="branch", closes=True, several=True,
        documents=("D18",),
        fields=(
            text("title", _l("培训班"), required=True), day("began", _l("开始日期")),
            number("half_days", _l("半天数（三天填6）"), required=True, most=200), number("hours", _l("学时"), required=True, most=1000),
            text("exam", _l("考核结果")), choice("mode", _l("方式"), words.MODES, default=lambda _h, _d: "face"),
            check("exemption", _l("经党委批准免于培训")), ref("class_id"),
        ),
    ),
)  # fmt: skip
