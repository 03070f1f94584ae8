"""What happens beside the twenty-five steps: pauses, endings, moves, special ways, and the platform's own notes."""

from typing import Any

from flask_babel import lazy_gettext as _l

from plugins.development.flow import words
from plugins.development.flow.kinds import (
    Kind,
    check,
    choice,
    day,
    lines,
    number,
    ref,
    text,
    unit,
)
from plugins.development.permissions import APPROVE
from plugins.development.rules.activist import silent_from

#: Why training is suspended when nobody was in touch for half a year (E25).
SILENT = "六个月以上没有联系"


def _silent(history: Any, day: Any) -> bool:
    return bool(history and history.in_touch and silent_from(history.in_touch) <= day)


KINDS = (
    Kind(
        code="defer", title=_l("暂缓"), step=0, day=_l("决定日期"), several=True,
        fields=(day("until", _l("暂缓到")), text("why", _l("原因"), required=True)),
    ),
    Kind(
        code="suspend", title=_l("中止培养"), step=0, day=_l("中止日期"), several=True,
        fields=(
            text("why", _l("原因"), required=True, default=lambda h, d: SILENT if _silent(h, d) else None),
            check("silent", _l("六个月以上没有联系"), default=_silent),
        ),
    ),
    Kind(
        code="resume", title=_l("恢复办理"), step=0, day=_l("恢复日期"), several=True,
        fields=(text("why", _l("说明")),),
    ),
    Kind(
        code="withdraw", title=_l("本人撤回申请"), step=0, day=_l("撤回日期"), actor="person",
        fields=(text("why", _l("原因"), required=True),),
    ),
    Kind(
        code="remove_from_pool", title=_l("移出积极分子队伍"), step=0, day=_l("决定日期"),
        fields=(text("why", _l("原因"), required=True), text("number", _l("备案文号"))),
    ),
    Kind(
        code="return_papers", title=_l("退回补充材料"), step=0, day=_l("退回日期"), actor="committee", several=True,
        fields=(lines("missing", _l("需要补充的材料"), required=True),),
    ),
    Kind(
        code="not_recognised", title=_l("不予承认"), step=0, day=_l("决定日期"), actor="county",
        fields=(
            text("why", _l("原因"), required=True), text("number", _l("文号"), required=True), text("organ", _l("决定机关"), required=True),
            day("announced", _l("在支部大会上宣布的日期")),
        ),
    ),
    Kind(
        code="transfer_out", title=_l("转出"), step=0, day=_l("转出日期"), several=True,
        fields=(
            unit("to_unit", _l("转往本单位内的党支部")), text("to", _l("转往外单位的党组织")),
            check("papers_handed", _l("申请书和考察材料已移交"), default=lambda _h, _d: True), lines("note", _l("说明")),
        ),
    ),
    Kind(
        code="transfer_in", title=_l("转入接收"), step=0, day=_l("接收日期"), several=True,
        fields=(
            unit("branch", _l("接收的党支部"), required=True), day("left", _l("离开原党组织的日期")),
            check("log_complete", _l("培养考察材料完整"), default=lambda _h, _d: True),
            choice("decision", _l("处理"), words.ON_ARRIVAL, required=True, default=lambda _h, _d: "continue"),
            text("consent", _l("上级党委意见")), lines("note", _l("说明")),
        ),
    ),
    Kind(
        code="deceased", title=_l("去世"), step=0, day=_l("去世日期"), fields=(text("source", _l("依据")),),
    ),
    Kind(
        code="membership_ended", title=_l("名册登记出党"), step=0, day=_l("出党日期"), actor="platform", made_by_hand=False,
        fields=(text("why", _l("原因")), text("source", _l("依据"))),
    ),
    Kind(
        code="unit_merged", title=_l("党组织变动"), step=0, day=_l("变动日期"), actor="platform", several=True, made_by_hand=False,
        fields=(unit("from_unit", _l("原党支部")), unit("to_unit", _l("现党支部")), text("why", _l("说明"))),
    ),
    Kind(
        code="direct_admission", title=_l("特殊情况直接接收"), step=0, day=_l("批准日期"), actor="county",
        fields=(
            text("organ", _l("批准机关"), required=True), choice("level", _l("批准机关级别"), {"province": _l("省级党委"), "centre": _l("党中央")},
                                                           required=True),
            text("number", _l("文号"), required=True), lines("why", _l("理由"), required=True),
        ),
    ),
    Kind(
        code="posthumous", title=_l("追认党员"), step=0, day=_l("批准日期"), actor="county",
        fields=(
            text("organ", _l("批准机关"), required=True), choice("level", _l("批准机关级别"), {"province": _l("省级党委"), "centre": _l("党中央")},
                                                           required=True),
            text("number", _l("文号"), required=True), day("died", _l("去世日期"), required=True), lines("why", _l("事迹"), required=True),
        ),
    ),
    Kind(
        code="correction_note", title=_l("说明"), step=0, day=_l("日期"), several=True,
        fields=(
            number("about", _l("关于第几条办理记录"), least=1), lines("text", _l("说明"), required=True), ref("kept"), ref("gone"),
        ),
    ),
    Kind(
        code="accountability_mark", title=_l("责任追究"), step=0, day=_l("日期"), actor="committee", permission=APPROVE, several=True,
        guarded=True,
        fields=(
            number("at_step", _l("涉及第几步"), least=1, most=25), text("who", _l("责任人或组织"), required=True),
            choice("measure", _l("处理方式"), words.MEASURES, required=True), lines("text", _l("情况"), sealed=True),
            ref("mark_id"),
        ),
    ),
)  # fmt: skip
