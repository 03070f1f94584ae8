"""The columns of a register of running cases as units write them. Pure."""

import re
from typing import Final

from core.sdk.importing import FieldKind, FieldSpec
from core.sdk.people import labels

_RULE: Final = "X0"
#: What stands in a date's cell while the step waits.
_NOT_YET: Final = frozenset(
    {
        "未开展", "未到", "待定", "待办", "办理中", "正在办理", "未转正", "待转正", "预备期", "预备期内", "未到期", "尚未", "培养中", "未培训",
        "未公示", "未审批", "未预审", "未确定", "未列为", "未发展", "待审批", "待预审", "待培训", "待发展", "尚未转正", "未满",
    }
)  # fmt: skip


def _day(name: str, title: str, *synonyms: str, never: tuple[str, ...] = ()) -> FieldSpec:
    return FieldSpec(
        name, title, synonyms, kind=FieldKind.DATE, rule=_RULE, fillers=_NOT_YET, never=never, example="2024-05-06"
    )


def _text(name: str, title: str, *synonyms: str, help_: str = "", never: tuple[str, ...] = ()) -> FieldSpec:
    return FieldSpec(name, title, synonyms, rule=_RULE, help=help_, never=never)


def _both(*stems: str) -> tuple[str, ...]:
    """A heading with 时间, 日期 and 年月 behind it, and 何时 before it."""
    return tuple(f"{stem}{end}" for stem in stems for end in ("时间", "日期", "年月")) + tuple(
        f"何时{stem}" for stem in stems
    )


BASE: Final = (
    FieldSpec("name", "姓名", ("名字", "本人姓名", "人员姓名", "申请人姓名", "申请人", "发展对象姓名", "Name"), required=True,
              never=("书记", "联系人", "介绍人", "谈话人", "单位", "支部"), rule=_RULE, example="张三"),
    FieldSpec("sex", "性别", ("男女", "Sex", "Gender"), kind=FieldKind.CODE, values=frozenset({"男", "女"}), rule=_RULE, example="男"),
    FieldSpec("birth", "出生日期", ("出生年月", "出生年月日", "出生时间", "生日", "Birth Date"), kind=FieldKind.DATE,
              rule=_RULE, never=("地",), example="1995-03-08"),
    FieldSpec("ethnic", "民族", ("族别", "民族成份", "Ethnicity"), kind=FieldKind.CODE,
              values=frozenset(labels("ethnic").values()), rule=_RULE, example="汉族"),
    FieldSpec("education", "学历", ("文化程度", "最高学历", "受教育程度", "Education"), kind=FieldKind.CODE,
              values=frozenset(labels("education").values()), rule=_RULE, example="大学本科"),
    FieldSpec("id_no", "公民身份号码", ("身份证号", "身份证号码", "身份证", "公民身份证号码", "居民身份证号码", "身份号码", "证件号码", "ID Number"),
              kind=FieldKind.NUMBER_TEXT, private=True, rule="R2.01", pattern=re.compile(r"\s*\d{17}[\dXx]\s*"),
              example="11010119950308001X", help="18位，必须是文本格式；没有这一列时按姓名、出生日期和党支部认人"),
    FieldSpec("phone", "手机", ("联系电话", "手机号", "手机号码", "电话", "联系方式", "移动电话", "Phone"), kind=FieldKind.NUMBER_TEXT,
              private=True, rule="R2.08", pattern=re.compile(r"1[3-9]\d{9}"), never=("联系人",), example="13800000000"),
    FieldSpec("branch", "所在党支部", ("党支部", "支部", "所在支部", "所属党支部", "所属支部", "党支部名称", "支部名称", "培养党支部", "所在党组织",
                                  "申请党支部", "Branch"),
              required=True, from_outside=True, rule="R2.14", pattern=re.compile(r"[^:：]{2,60}支部(委员会)?"),
              in_title=re.compile(
                  r"(?:党支部|支部|党组织|(?:填报|填表|报送|编报|上报)?单位)(?:名称|全称)?(?:[（(]盖章[)）])?\s*[:：]\s*"
                  r"([^\s:：]{2,60}?支部(?:委员会)?)(?=[\s（(]|$)"),
              never=("书记", "大会", "上级", "委员会会议"), example="中共清源县青溪镇兴田村支部委员会"),
)  # fmt: skip
#: The days of the steps, in the order of the steps.
DAYS: Final = (
    _day("applied", "申请入党时间", *_both("递交入党申请书", "递交申请书", "提交入党申请书", "提交申请书", "入党申请书提交", "入党申请书递交", "申请书提交",
                                        "申请书递交", "入党申请", "提出入党申请", "提出申请", "递交申请", "申请"), "申请入党日期",
         never=("转正",)),
    _day("talked", "谈话时间", *_both("入党申请人谈话", "派人谈话", "支部谈话", "首次谈话", "申请谈话"), "谈话日期",
         never=("党委", "组织员", "转正", "组织谈话")),
    _day("recommended", "团组织推优时间", *_both("推优", "团支部推优", "团组织推荐", "群团推优", "共青团推优")),
    _day("named", "确定积极分子时间", *_both("确定为入党积极分子", "确定入党积极分子", "列为入党积极分子", "列为积极分子", "确定为积极分子", "入党积极分子",
                                            "积极分子", "积极分子确定", "入党积极分子确定", "确定为入党积极分子的", "列积极分子"),
         "确定积极分子日期", never=("备案", "培训", "结业")),
    _day("pool_trained", "积极分子培训时间", *_both("入党积极分子培训", "积极分子培训班", "积极分子培训班结业", "积极分子培训结业", "党课培训", "党课结业", "党校结业",
                                           "党校培训", "结业"), never=("发展对象",)),
    _day("filed", "备案时间", *_both("积极分子备案", "入党积极分子备案", "党委备案", "上级党委备案"), "备案日期", never=("发展对象",)),
    _day("proposed", "确定发展对象时间", *_both("确定为发展对象", "列为发展对象", "拟确定发展对象", "发展对象", "发展对象确定"), "确定发展对象日期",
         never=("备案", "公示", "培训", "政审")),
    _day("consented", "发展对象备案时间", *_both("发展对象上级党委备案", "上级党委同意发展对象"), "发展对象备案日期"),
    _day("notice_end", "公示结束时间", *_both("公示截止", "公示期满"), "公示结束日期"),
    _day("checked", "政审时间", *_both("政治审查", "政审结论", "政治审查结论", "政审完成"), "政审日期"),
    _day("prereviewed", "预审时间", *_both("党委预审", "上级党委预审", "县级预审"), "预审日期"),
    _day("adopted", "支部大会时间", *_both("接收预备党员", "支部大会接收预备党员", "支部大会通过", "接收为预备党员", "支部党员大会", "入党", "发展会", "发展大会",
                                        "发展党员大会", "接收大会", "接收预备党员大会", "预备党员接收", "成为预备党员", "列为预备党员"),
         "支部大会日期", never=("转正", "申请")),
    _day("interviewed", "党委谈话时间", *_both("上级党委谈话", "党委派人谈话", "组织员谈话", "上级派人谈话"), "党委谈话日期"),
    _day("approved", "审批时间", *_both("党委审批", "上级党委审批", "预备党员审批", "党委批准"), "审批日期", never=("转正",)),
    _day("oath", "宣誓时间", *_both("入党宣誓"), "宣誓日期"),
    _day("requested", "转正申请时间", *_both("提出转正申请", "递交转正申请", "递交转正申请书", "申请转正"), "转正申请日期"),
    _day("converted", "转正大会时间", *_both("支部大会讨论转正", "转正支部大会", "支部大会转正", "讨论转正"), "转正大会日期"),
    _day("regular", "转正时间", "转正日期", *_both("按期转正", "转为正式党员", "成为正式党员", "转为中共党员"), never=("申请", "大会", "审批")),
    _day("confirmed", "转正审批时间", *_both("党委审批转正", "上级党委审批转正", "转正批准"), "转正审批日期"),
)  # fmt: skip
#: Days that are written as a span often enough: 2023.9.6-9.12.
SPANS: Final = (
    _text("notice", "公示时间", *_both("公示开始", "发展对象公示", "公示起始", "公示起止"), "公示日期", "公示期", "公示期间", "公示起止",
          never=("截止", "结束", "转正"), help_="起止日期可以写在一格，如 2026.6.1-2026.6.5"),
    _text("trained", "集中培训时间", *_both("短期集中培训", "培训结业", "发展对象培训", "发展对象集中培训", "培训", "参加培训班", "参加培训", "培训起止", "集中培训起止"),
          "集中培训日期", never=("积极分子", "党课"), help_="起止日期可以写在一格，以最后一天为结业日期"),
    _text("probation", "预备期", *_both("预备期起止", "预备期"), "预备期起止", "预备期限", never=("考察",),
          help_="没有支部大会时间的，以预备期的第一天为支部大会日期"),
)  # fmt: skip
_REST: Final = (
    _day("org_talk", "组织谈话时间", "组织谈话日期", "何时组织谈话"),
    _text("stage", "现处阶段", "当前阶段", "发展阶段", "培养阶段", "所处阶段", "现阶段", "人员类别", "目前阶段", "目前状态", never=("时间",),
          help_="只用来核对：写了发展对象而没有这一步日期的，会提示补上"),
    _text("employer", "工作单位", "现工作单位", "工作单位及职务", "现工作单位及职务", "单位及职务", "单位职务", "工作单位及岗位", never=("联系人",)),
    FieldSpec("contacts", "培养联系人", ("入党培养联系人", "联系人", "培养人", "培养联系人姓名"), rule=_RULE, never=("电话", "时间"),
              help="几个人之间用顿号隔开"),
    FieldSpec("sponsors", "入党介绍人", ("介绍人", "介绍人姓名", "入党介绍人姓名"), rule=_RULE, never=("时间",), help="几个人之间用顿号隔开"),
    FieldSpec("form_no", "志愿书编号", ("入党志愿书编号", "志愿书控制编号", "志愿书号", "控制编号", "入党志愿书号"), rule=_RULE),
    FieldSpec("remark", "备注", ("说明", "附注", "Remark"), rule=_RULE),
)  # fmt: skip
FIELDS: Final = (*BASE, *DAYS, *SPANS, *_REST)
TITLES: Final = {one.name: one.title for one in FIELDS}
DAY_NAMES: Final = (*(one.name for one in DAYS), "org_talk")
SPAN_NAMES: Final = tuple(one.name for one in SPANS)
NOT_YET: Final = _NOT_YET
