"""The shapes of the roster's verbs."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields as plain
from marshmallow import pre_load

from core.api import fields
from core.api.shapes import Answer, FindingShape, Paged, Query, Shape, listing
from core.people.added import asking
from core.people.added.fields import open_field
from core.people.codes import LISTS
from core.people.queries.filters import STANDINGS
from core.people.queries.ordering import SORTS
from core.people.rules import SuspensionGround
from core.people.schemas import MEMBER, Code, Flag, Identity, Tags
from core.people.schemas import Text as TextField

_BAND = r"^([0-9]{1,2}-[0-9]{0,3}|-[0-9]{1,3})$"
_MONTH = ("now", *map(str, range(1, 13)))


class PeopleQuery(Paged):
    """The filters of the roster."""

    unit = fields.Id(_l("党组织编号：其下全部党员"))
    sort = fields.Choice([*SORTS, *(f"-{name}" for name in SORTS)], _l("排序，前面加 - 为倒序"))
    q = fields.Text(_l("姓名（含拼音、首字母）、证件号码或电话"), least=1, most=60)
    standing = fields.Choice(STANDINGS, _l("党籍状态，current 为在册党员，all 为全部"))
    sex = fields.Choice(LISTS["sex"].labels, _l("性别"))
    age = fields.Text(_l("年龄，例如 36-45、61-、-35"), like=_BAND)
    education = fields.Choice(
        ("senior_secondary", "college", "10", "20", "30", "40", "60", "70", "80", "90"), _l("学历")
    )
    tag = fields.Choice(LISTS["class_tag"].labels, _l("党员分类"))
    ethnic = fields.Choice(["minority", *LISTS["ethnic"].labels], _l("民族，minority 为少数民族"))
    party_age = fields.Text(_l("党龄，例如 50-"), like=_BAND)
    joined_from = fields.Day(_l("入党日期不早于"))
    joined_to = fields.Day(_l("入党日期不晚于"))
    birthday = fields.Choice(_MONTH, _l("生日月份，now 为本月"))
    political_birthday = fields.Choice(_MONTH, _l("政治生日月份，now 为本月"))
    post = fields.Choice(LISTS["post"].labels, _l("工作岗位"))
    lost = fields.Choice(("1",), _l("只看失联的"))
    incomplete = fields.Choice(("1",), _l("只看信息不全的"))
    medal = fields.Choice(("due",), _l("只看今年应颁发“光荣在党50年”纪念章的"))
    group = fields.Id(_l("党小组编号"))

    @pre_load
    def _without_added(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """What asks for further fields of the tenant is read with the other filters, and judged there."""
        others = asking.filters()
        kept = {name: text for name, text in data.items() if name not in others}
        sort = str(kept.get("sort", "")).removeprefix("-")
        if asking.sorted_by(sort) and open_field(sort):
            del kept["sort"]
        return kept


class UnitQuery(Query):
    """One part of the tree."""

    unit = fields.Id(_l("党组织编号；不写为管理范围内全部"))


class Row(Answer):
    """A member as lists show it; number and phone are masked."""

    id = fields.Id(required=True)
    name = fields.Text(_l("姓名"), required=True)
    sex = fields.Text(_l("性别"), required=True, allow_none=True)
    ethnic = fields.Text(_l("民族"), required=True, allow_none=True)
    birth = fields.Day(_l("出生日期"), required=True, allow_none=True)
    education = fields.Text(_l("学历"), required=True, allow_none=True)
    standing = fields.Text(_l("党籍状态"), required=True)
    join_date = fields.Day(_l("入党日期"), required=True, allow_none=True)
    regular_date = fields.Day(_l("转正日期"), required=True, allow_none=True)
    post = fields.Text(_l("工作岗位"), required=True, allow_none=True)
    id_no = fields.Text(_l("证件号码（隐去部分）"), required=True, allow_none=True)
    phone = fields.Text(_l("电话（隐去部分）"), required=True, allow_none=True)
    class_tags = fields.Many(fields.Text(), required=True)
    lost_since = fields.Day(_l("失联起始"), required=True, allow_none=True)
    unit_id = fields.Id(required=True, allow_none=True)
    unit = fields.Text(_l("所在党支部"), required=True, allow_none=True)
    added = fields.Mapped(metadata={"description": _l("插件增加的信息项：编号 → 值，敏感的隐去")})


RowPage = listing(Row, total=True)


class Member(Row):
    """A member's record; what is masked is shown by ``reveal``."""

    version = fields.Whole(_l("版本，修改时放入 If-Match"), required=True)
    former_name = fields.Text(allow_none=True)
    id_kind = fields.Text(allow_none=True)
    birth_by_id = fields.Flag(allow_none=True)
    mismatch_reason = fields.Text(allow_none=True, most=2000)
    native_place = fields.Text(allow_none=True)
    degree = fields.Text(allow_none=True)
    employer = fields.Text(allow_none=True)
    has_address = fields.Flag()
    group_id = fields.Id(allow_none=True)
    group = fields.Text(allow_none=True)
    work_start = fields.Day(allow_none=True)
    marital = fields.Text(allow_none=True)
    household = fields.Text(allow_none=True)
    no_post = fields.Flag(allow_none=True)
    before_1949 = fields.Flag(allow_none=True)
    skills = fields.Text(allow_none=True)
    remark = fields.Text(allow_none=True, most=2000, lines=True)
    created_at = fields.Moment()
    updated_at = fields.Moment()
    unit_path = fields.Many(fields.Text(), metadata={"description": _l("从最高党组织到所在支部的简称")})
    findings = fields.Many(fields.Nested(FindingShape), metadata={"description": _l("办理时的提醒")})


class Changed(Answer):
    """A record after an act; all of it for who may see it where it is now."""

    id = fields.Id(required=True)
    findings = fields.Many(fields.Nested(FindingShape), required=True)


class NewMember(Answer):
    """A new record."""

    id = fields.Id(required=True)
    version = fields.Whole(required=True)
    findings = fields.Many(fields.Nested(FindingShape), required=True)


def _documented(item: plain.Field[Any]) -> plain.Field[Any]:
    """A field of the roster's own schema as the document shows it: codes with their meaning, days as texts."""
    about = item.metadata.get("label")
    if isinstance(item, Code):
        return fields.Choice(LISTS[item.list_name].labels, about, allow_none=True)
    if isinstance(item, Flag):
        return fields.Flag(about)
    if isinstance(item, Tags):
        return fields.Many(fields.Choice(LISTS["class_tag"].labels), metadata={"description": about})
    if isinstance(item, Identity):
        return fields.Id(about, allow_none=True)
    if isinstance(item, TextField):
        return fields.Text(about, most=item.most, lines=True, allow_none=True)
    return fields.Text(about, most=40, allow_none=True)


MemberBody = Shape.from_dict(
    {
        **{name: _documented(item) for name, item in MEMBER.fields.items()},
        "reason": fields.Text(_l("有提醒事项时须说明的理由"), most=500, lines=True, allow_none=True),
        "added": fields.Mapped(metadata={"description": _l("插件增加的信息项：编号 → 值，null 为清空")}),
        "no_id_approval": fields.Text(_l("没有证件号码时的批准依据"), most=200, allow_none=True),
    },
    name="MemberBody",
)
MemberBody.__module__ = __name__


class Hidden(fields.Choice):
    """What is masked: fields of the roster, and the tenant's sealed further fields."""

    def _validate(self, value: Any) -> None:
        added = open_field(value)
        if added is None or not added.sealed:
            super()._validate(value)


class Reveal(Shape):
    """Which values are wanted in clear, and what for."""

    fields_ = fields.Many(
        Hidden(("id_no", "phone", "address")), data_key="fields", required=True, metadata={"minItems": 1}
    )
    purpose = fields.Text(_l("用途，至少4个字；会留痕"), least=4, most=200, required=True)


class Revealed(Answer):
    """The values in clear; null for what is not recorded."""

    id_no = fields.Text(allow_none=True)
    phone = fields.Text(allow_none=True)
    address = fields.Text(allow_none=True)
    added = fields.Mapped(metadata={"description": _l("插件增加的敏感信息项：编号 → 值")})


class Move(Shape):
    """A move to another branch or group."""

    unit = fields.Id(_l("转入的党支部"), required=True)
    group = fields.Id(_l("党小组"), allow_none=True, load_default=None)
    on = fields.Day(_l("生效日期"), required=True)
    reason = fields.Text(_l("理由"), most=500, lines=True, allow_none=True, load_default=None)


class Paper(Shape):
    """The decision that a change of membership rests on."""

    number = fields.Text(_l("文号"), least=1, most=100, required=True)
    organ = fields.Text(_l("批准的党组织"), least=1, most=200, required=True)
    decided_on = fields.Day(_l("批准日期"), required=True)


class DeathShape(Shape):
    """A death as it is known."""

    died_on = fields.Day(_l("去世日期"), required=True)
    source = fields.Text(_l("依据"), least=1, most=200, required=True)


class SuspensionShape(Shape):
    """Why a membership is suspended."""

    ground = fields.Choice([str(one.value) for one in SuspensionGround], _l("情形"), required=True)
    since = fields.Day(_l("自何时起"), allow_none=True, load_default=None)
    searches_exhausted = fields.Flag(_l("是否已多方查找"), load_default=False)


class Standing(Shape):
    """A change of membership as it was decided."""

    to = fields.Choice(LISTS["membership_state"].labels, _l("变更后的党籍状态"), required=True)
    reason = fields.Choice(
        {"confirmed": "转正", **LISTS["start_reason"].labels, **LISTS["end_reason"].labels}, _l("原因"), required=True
    )
    document = fields.Nested(Paper, allow_none=True, load_default=None)
    death = fields.Nested(DeathShape, allow_none=True, load_default=None)
    suspension = fields.Nested(SuspensionShape, allow_none=True, load_default=None)
    on = fields.Day(_l("生效日期，默认为文件日期"), allow_none=True, load_default=None)
    unit = fields.Id(_l("编入的党支部，默认为原支部"), allow_none=True, load_default=None)
    why = fields.Text(_l("有提醒事项时须说明的理由"), most=500, lines=True, allow_none=True, load_default=None)


class FoundAgain(Shape):
    """How somebody lost was found."""

    contacted_on = fields.Day(_l("取得联系的日期"), required=True)
    evidence = fields.Text(_l("依据"), least=1, most=500, lines=True, required=True)


class Merge(Shape):
    """The other record of the same person."""

    other = fields.Id(_l("要并入的另一条记录"), required=True)
    other_version = fields.Whole(_l("另一条记录的版本"), least=1, required=True)
    reason = fields.Text(_l("理由"), most=500, lines=True, allow_none=True, load_default=None)


class WrongEntry(Shape):
    """Why a record should never have been made."""

    reason = fields.Text(_l("原因"), least=1, most=500, lines=True, required=True)


class Retag(Shape):
    """Class tags for many at once."""

    people = fields.Many(fields.Id(), required=True, metadata={"minItems": 1, "maxItems": 1000})
    add = fields.Many(fields.Choice(LISTS["class_tag"].labels), load_default=list)
    remove = fields.Many(fields.Choice(LISTS["class_tag"].labels), load_default=list)
    on = fields.Day(_l("生效日期"), required=True)
    reason = fields.Text(_l("理由"), most=500, lines=True, allow_none=True, load_default=None)


class Retagged(Answer):
    """How many records changed."""

    changed = fields.Whole(required=True)


class ExportBody(Shape):
    """Why the roster is taken, and whether in clear."""

    purpose = fields.Text(_l("用途，至少4个字；会留痕"), least=4, most=200, required=True)
    full = fields.Flag(_l("是否包含完整的证件号码、电话和住址"), load_default=False)


class ExportQuery(PeopleQuery):
    """The filters of an export: those of the list, without its pages."""

    class Meta(PeopleQuery.Meta):
        """An export has no pages."""

        exclude = ("limit", "after")


class Figures(Answer):
    """The figures of a part of the tree."""

    as_of = fields.Day(required=True)
    unit = fields.Id(required=True, allow_none=True)
    total = fields.Whole(required=True)
    rural = fields.Whole(required=True)
    female = fields.Whole(required=True)
    age_35_or_under = fields.Whole(required=True)
    senior_secondary_or_above = fields.Whole(required=True)
    probationary = fields.Whole(required=True)


class History(Answer):
    """What happened to a member, newest first."""

    spells = fields.Many(fields.Mapped(), required=True, metadata={"description": _l("党籍起止")})
    stays = fields.Many(fields.Mapped(), required=True, metadata={"description": _l("所在支部起止")})
    tags = fields.Many(fields.Mapped(), required=True, metadata={"description": _l("党员分类起止")})
    changes = fields.Many(fields.Mapped(), required=True, metadata={"description": _l("修改记录")})
    posts = fields.Many(fields.Mapped(), required=True, metadata={"description": _l("任职")})


class Holder(Answer):
    """One of several records that have something in common."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    birth = fields.Day(required=True)
    unit = fields.Text(required=True)


class Doubt(Answer):
    """Records with something in common."""

    kind = fields.Choice({"phone": _l("同一电话"), "namesake": _l("同名同生日")}, required=True)
    value = fields.Text(required=True)
    holders = fields.Many(fields.Nested(Holder), required=True)


class Doubts(Answer):
    """Records that somebody should look at."""

    items = fields.Many(fields.Nested(Doubt), required=True)


class CodeLists(Answer):
    """The code lists of the roster: list → code → label."""

    lists = fields.Mapped(required=True)
