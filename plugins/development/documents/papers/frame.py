"""The frame of a paper: who a case's paper is about, the rows at its head, the line over it, opinions and signatures."""

from plugins.development.documents.form import Box, F, Line, Part, Row

#: Who the paper is about. Numbers are masked unless full ones were asked for.
WHO = (
    F("姓名", "case.name", "陈建国"),
    F("性别", "case.sex", "男"),
    F("民族", "case.ethnic", "汉族"),
    F("出生日期", "case.birth", "1996年3月12日"),
    F("学历", "case.education", "大学本科"),
    F("职业", "case.occupation", "农民"),
    F("工作单位", "case.employer", "青山镇果业合作社"),
    F("职务", "case.post", "技术员"),
    F("身份号码", "case.id_no", "3608**********1234", "公民身份号码；完整号码须有权限并写明用途"),
    F("联系电话", "case.phone", "138****5678"),
    F("申请日期", "case.applied_on", "2025年3月2日", "递交入党申请书的日期"),
    F("积极分子日期", "case.named_on", "2025年6月15日", "确定为入党积极分子的日期"),
    F("发展对象日期", "case.listed_on", "2026年7月1日", "列为发展对象的日期"),
    F("党支部", "unit.name", "中共青山镇前进村支部委员会"),
    F("上级党委", "committee.name", "中共青山镇委员会", "有审批权限的上级党委"),
)
#: The rows at the head of most forms.
HEAD: tuple[Part, ...] = (
    Row(("姓名", "性别", "民族")),
    Row(("出生日期", "学历")),
    Row(("职业", "单位及职务=单位职务")),
)
UNIT_POST = F("单位职务", lambda dossier: dossier.unit_and_post(), "青山镇果业合作社　技术员")
OVER = "填报单位：{党支部}"
SIGNED = Line("填表人签名：　　　　　　　　　　审核人签名：　　　　　　　　　　（盖章）")


def opinion(label: str, content: str, sign: str, day: str = "", height: float = 38) -> Box:
    """An organisation's opinion with its signature and seal."""
    return Box(label, content, height, f"{sign}（盖章）", day)
