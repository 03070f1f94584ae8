"""The shapes of the verbs for dated changes of units."""

from flask_babel import lazy_gettext as _l

from core.api import fields
from core.api.shapes import Answer, FindingShape, Paged, Shape, listing
from core.organization.api.shapes import OPTIONAL, codes
from core.organization.codes import ChangeKind, ChangeStatus, Domain, Subtype, UnitType


class NewUnit(Shape):
    """A unit that a change makes."""

    key = fields.Text(_l("在本次变动中的名字，供 moves 引用"), like="^[a-z0-9]{1,20}$", load_default="new1")
    name = fields.Text(_l("全称"), least=1, most=100, required=True)
    short_name = fields.Text(_l("简称"), most=60, load_default="")
    type = codes(UnitType, _l("类别"), required=True)
    subtype = codes(Subtype, _l("党支部类型"), **OPTIONAL)
    parent_id = fields.Id(_l("上级党组织"), **OPTIONAL)
    domain = codes(Domain, _l("单位性质"), **OPTIONAL)
    code = fields.Text(_l("党组织代码"), most=30, **OPTIONAL)
    formal = fields.Whole(_l("正式党员人数"), load_default=0)
    probationary = fields.Whole(_l("预备党员人数"), load_default=0)
    covered = fields.Many(fields.Text(least=1, most=200), load_default=list, metadata={"description": _l("覆盖单位")})
    ends_on = fields.Day(_l("预计撤销日期"), **OPTIONAL)


class MoveTo(Shape):
    """Where a member or a unit goes."""

    id = fields.Id(_l("党员或下级党组织的编号"), required=True)
    to = fields.Text(_l("党组织编号，或新党组织的 key"), least=1, most=40, required=True)


class ChangeBody(Shape):
    """What is to change; each kind uses some of these."""

    kind = codes(ChangeKind, _l("变动种类"), required=True)
    effective_on = fields.Day(_l("生效日期"), required=True)
    unit_id = fields.Id(_l("要变动的党组织（成立、合并除外）"), **OPTIONAL)
    sources = fields.Many(fields.Id(), load_default=list, metadata={"description": _l("合并的各党组织")})
    target_id = fields.Id(_l("并入的党组织；另成立新的则不写"), **OPTIONAL)
    name = fields.Text(_l("新全称"), most=100, **OPTIONAL)
    short_name = fields.Text(_l("新简称"), most=60, **OPTIONAL)
    parent_id = fields.Id(_l("新的上级党组织"), **OPTIONAL)
    new_type = codes(UnitType, _l("调整后的类别"), **OPTIONAL)
    new_subtype = codes(Subtype, _l("调整后的党支部类型"), **OPTIONAL)
    new_units = fields.Many(fields.Nested(NewUnit), load_default=list, metadata={"description": _l("新成立的党组织")})
    keep_source = fields.Flag(_l("分设后保留原党组织"), load_default=True)
    moves = fields.Many(fields.Nested(MoveTo), load_default=list, metadata={"description": _l("党员去向")})
    child_moves = fields.Many(fields.Nested(MoveTo), load_default=list, metadata={"description": _l("下级党组织去向")})
    override_doc = fields.Text(_l("特殊情况批准文号"), most=100, **OPTIONAL)
    reason = fields.Text(_l("有提醒事项时须说明的理由"), most=500, lines=True, **OPTIONAL)


class Effect(Answer):
    """One thing that a change does."""

    what = fields.Text(required=True)
    unit = fields.Text(required=True)
    before = fields.Text(required=True)
    after = fields.Text(required=True)


class Preview(Answer):
    """What a change would do, and what the rules say."""

    allowed = fields.Flag(_l("没有不允许的事项"), required=True)
    findings = fields.Many(fields.Nested(FindingShape), required=True)
    effects = fields.Many(fields.Nested(Effect), required=True)


class ChangeRow(Answer):
    """A change as lists show it."""

    id = fields.Id(required=True)
    kind = fields.Text(required=True)
    unit_id = fields.Id(required=True, allow_none=True)
    unit = fields.Text(required=True, allow_none=True)
    wanted = fields.Mapped(required=True)
    effective_on = fields.Day(required=True)
    doc_no = fields.Text(required=True, allow_none=True)
    state = fields.Text(required=True)
    submitted_on = fields.Day(required=True, allow_none=True)


ChangePage = listing(ChangeRow)


class ChangeQuery(Paged):
    """Which changes."""

    state = codes(ChangeStatus, _l("状态"))


class Change(Answer):
    """A change with its effects and findings."""

    id = fields.Id(required=True)
    version = fields.Whole(required=True)
    kind = fields.Text(required=True)
    state = fields.Text(required=True)
    unit_id = fields.Id(required=True, allow_none=True)
    sources = fields.Many(fields.Id())
    wanted = fields.Mapped(required=True)
    effective_on = fields.Day(required=True)
    doc_no = fields.Text(allow_none=True)
    reason = fields.Text(allow_none=True)
    submitted_on = fields.Day(allow_none=True)
    decided_on = fields.Day(allow_none=True)
    findings = fields.Many(fields.Nested(FindingShape), required=True)
    effects = fields.Many(fields.Nested(Effect), required=True)


class Submit(Shape):
    """A draft is submitted."""

    reason = fields.Text(_l("有提醒事项时须说明的理由"), most=500, lines=True, **OPTIONAL)


class Decide(Shape):
    """A submitted change is decided."""

    act = fields.Choice(
        {
            "approve": _l("同意"),
            "reject": _l("不同意"),
            "give_back": _l("退回修改"),
        },
        _l("意见"),
        required=True,
    )
    doc_no = fields.Text(_l("批复文号（同意时）"), most=100, load_default="")
    reason = fields.Text(_l("理由（不同意或退回时）"), most=500, lines=True, load_default="")


class Withdraw(Shape):
    """One's own change is taken back."""

    reason = fields.Text(_l("理由"), most=500, lines=True, load_default="")
