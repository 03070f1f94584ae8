"""The columns of a register of units as people write them."""

import re
from typing import Final

from core.organization.spellings import SPELLINGS_OF_DOMAINS, SPELLINGS_OF_SUBTYPES, SPELLINGS_OF_TYPES
from core.spreadsheets.fields import FieldSpec, Kind

_UNIT_NAME = re.compile(r".*(委员会|党委|党工委|总支部?|支部|党小组)(\([^()]*\)|（[^（）]*）)?")

#: The superior in 机械学院党委所属党支部一览表.
_BELOW = re.compile(r"^(.{2,60}?(?:委员会|党委|党工委|总支部?))(?:所属|下属|下辖|直属|所辖|属下)")

FIELDS: Final = (
    FieldSpec(
        "name", "党组织全称",
        ("党组织名称", "组织名称", "组织全称", "全称", "党支部名称", "支部名称", "党组织", "名称", "基层党组织名称", "党委（支部）名称",
         "党组织名", "本级党组织名称"),
        required=True, pattern=_UNIT_NAME, never=("上级", "隶属", "简称", "单位性质"), rule="R1.F",
        example="中共清源县青岭乡青溪村支部委员会",
    ),
    FieldSpec(
        "short_name", "党组织简称", ("简称", "组织简称", "名称简称"), never=("上级",), rule="R1.F", example="青溪村党支部"
    ),
    FieldSpec(
        "code", "党组织代码", ("组织代码", "代码", "党组织编码", "组织编码", "党组织编号"), kind=Kind.NUMBER_TEXT,
        never=("上级", "统一社会信用", "机构", "区划"), rule="R1.F", help="12至21位数字，必须是文本格式",
    ),
    FieldSpec(
        "type", "党组织类别",
        ("类别", "组织类别", "党组织类型", "组织类型", "党组织层级", "层级", "党组织性质", "类型", "组织形式"),
        kind=Kind.CODE, values=SPELLINGS_OF_TYPES, never=("单位", "支部类型", "上级"), rule="R1.F", example="党支部",
        help="不填时按全称判断",
    ),
    FieldSpec(
        "subtype", "党支部类型", ("支部类型", "支部类别", "党支部类别", "组建方式", "支部组建方式", "组建形式", "支部设置类型"),
        kind=Kind.CODE, values=SPELLINGS_OF_SUBTYPES, rule="R1.F", example="单独",
    ),
    FieldSpec(
        "parent", "上级党组织",
        ("上级党组织名称", "上级党组织全称", "上级组织", "隶属党组织", "隶属关系", "所属党组织", "所属党委", "上级党委", "上级",
         "隶属于", "所属上级党组织", "直接上级党组织", "主管党组织", "上级党组织代码", "隶属"),
        rule="R1.01", example="中共清源县青岭乡委员会", from_outside=True, in_title=_BELOW,
    ),
    FieldSpec(
        "domain", "单位性质",
        ("所属领域", "领域", "行业领域", "所在单位性质", "单位类别", "单位类型", "所在单位类别", "领域类别", "党组织所在单位性质"),
        kind=Kind.CODE, values=SPELLINGS_OF_DOMAINS, rule="R1.F", example="村",
    ),
    FieldSpec(
        "established_on", "成立日期",
        ("成立时间", "建立日期", "建立时间", "党组织成立日期", "党组织成立时间", "批准成立日期", "批准成立时间", "组建时间", "设立时间"),
        kind=Kind.DATE, never=("班子", "届"), rule="R1.F", example="1985-07-01",
    ),
    FieldSpec(
        "body_started", "本届班子任职起始日期",
        ("本届班子任职起始时间", "本届班子当选日期", "本届班子当选时间", "本届起始日期", "本届起始时间", "本届换届时间", "本届换届日期", "换届时间", "换届日期",
         "最近换届时间", "最近一次换届时间", "上次换届时间", "任期起始日期", "任期起始时间", "任期开始时间", "本届选举时间", "选举日期", "选举时间",
         "届期起始", "本届任期起始", "班子任职起始日期", "任职起始日期", "最近一次换届日期"),
        kind=Kind.DATE, never=("届满", "截止", "到期", "下届", "下次", "应"), rule="R1.B", example="2024-03-10",
    ),
    FieldSpec(
        "due_on", "任期届满日期",
        ("届满日期", "届满时间", "任期届满时间", "任期截止日期", "任期截止时间", "应换届时间", "应换届日期", "下次换届时间", "到期日期", "到期时间",
         "任期终止日期", "本届届满日期", "本届届满时间"),
        kind=Kind.DATE, optional=True, rule="R1.09", help="用于核对；届满日期由系统按任期规定计算",
    ),
    FieldSpec("term_no", "届次", ("本届届次", "第几届"), rule="R1.B", example="8"),
    FieldSpec("approval_doc_no", "批准文号", ("批复文号", "成立文号", "批准成立文号", "成立批复文号", "文号"), rule="R1.F"),
    FieldSpec(
        "region_code", "行政区划代码", ("区划代码", "行政区划"), kind=Kind.NUMBER_TEXT, rule="R1.F", example="350525"
    ),
    FieldSpec("contact_name", "联系人", ("党组织联系人", "联系人姓名", "负责联系人"), never=("电话",), rule="R1.F"),
    FieldSpec(
        "contact_phone", "联系电话", ("电话", "办公电话", "联系人电话", "联系方式", "党组织联系电话"), kind=Kind.NUMBER_TEXT,
        rule="R1.F",
    ),
    FieldSpec("address", "地址", ("党组织地址", "办公地址", "通讯地址", "所在地址", "单位地址"), rule="R1.F"),
    FieldSpec("remark", "备注", (), rule="R1.F"),
)  # fmt: skip

#: What the lines above a table say of the superior of its outermost units.
SUPERIOR_ABOVE: Final = next(spec for spec in FIELDS if spec.name == "parent")
