"""What the API of plans and registers takes and gives."""

from typing import Any

from flask_babel import lazy_gettext as _l

from core.sdk.api import Answer, Paged, Query, Shape, fields
from plugins.development.plan.words import COLOURS, FAULTS, FINDINGS, FORMS, HANDLINGS, PRIORITIES, STATES

_LONG = 5000


def _year(**more: Any) -> Any:
    return fields.Whole(_l("年度"), least=1990, most=2200, **more)


class YearQuery(Query):
    """A year, and a unit within the caller's reach."""

    year = _year()
    unit_id = fields.Id(_l("党组织"))


class OfYear(Query):
    """A year; this one without."""

    year = _year()


class LineRow(Answer):
    """A unit with all below it, held against its plan."""

    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    type = fields.Text(required=True)
    plan_id = fields.Id(required=True, allow_none=True)
    state = fields.Text(required=True)
    quota = fields.Whole(required=True)
    used = fields.Whole(required=True)
    reserved = fields.Whole(required=True)
    free = fields.Whole(_l("剩余"), least=-1_000_000, required=True)
    expected = fields.Text(_l("应完成，一位小数"), required=True)
    least = fields.Whole(_l("不滞后至少"), required=True)
    lag = fields.Flag(_l("是否滞后"), required=True)
    rush = fields.Flag(_l("突击发展预警"), required=True)
    named = fields.Whole(_l("今年新确定的积极分子"), required=True)
    conditions = fields.Flag(_l("是否具备发展条件"), required=True)
    colour = fields.Choice(COLOURS, _l("预警"), required=True)
    years_without = fields.Whole(_l("连续没有发展的年数"), required=True)


class Progress(Answer):
    """Progress of every unit within reach, in the order of the tree."""

    items = fields.Many(fields.Nested(LineRow), required=True)


class RoomAnswer(Answer):
    """The places a unit may still take; ``limited`` is false where no plan is kept."""

    limited = fields.Flag(required=True)
    quota = fields.Whole(required=True)
    supplement = fields.Whole(required=True)
    used = fields.Whole(required=True)
    reserved = fields.Whole(required=True)
    free = fields.Whole(_l("剩余"), least=-1_000_000, required=True)


class PlanAnswer(Answer):
    """A plan."""

    id = fields.Id(required=True)
    unit_id = fields.Id(required=True)
    year = _year(required=True)
    parent_id = fields.Id(required=True, allow_none=True)
    quota = fields.Whole(required=True)
    reserve = fields.Whole(required=True)
    supplement = fields.Whole(required=True)
    targets = fields.Mapped(keys=fields.Text(least=1), values=fields.Whole(), required=True)
    state = fields.Choice(STATES, required=True)
    number = fields.Text(required=True, allow_none=True)
    decided_on = fields.Day(required=True, allow_none=True)
    version = fields.Whole(required=True)


class PlanBody(Shape):
    """A plan to be made. The figure is given by the topmost unit alone."""

    unit_id = fields.Id(_l("党组织"), required=True)
    year = _year(required=True)
    quota = fields.Whole(_l("名额"), most=100_000)
    reserve = fields.Whole(_l("机动"), most=100_000)
    number = fields.Text(_l("文号"), most=60)
    basis = fields.Text(_l("编制依据和目标"), most=_LONG, lines=True)


class Share(Shape):
    """Places for a unit directly below."""

    unit_id = fields.Id(_l("党组织"), required=True)
    places = fields.Whole(_l("名额"), most=100_000, required=True)


class SplitBody(Shape):
    """How the places are handed down."""

    shares = fields.Many(fields.Nested(Share), required=True)
    reserve = fields.Whole(_l("机动"), most=100_000, required=True)
    reason = fields.Text(_l("调整原因"), most=2000, lines=True)


class Verdict(Shape):
    """A decision."""

    approved = fields.Flag(_l("是否批准"), required=True)
    number = fields.Text(_l("批准文号"), most=60)
    reason = fields.Text(_l("理由"), most=2000, lines=True)


class AdjustBody(Shape):
    """Other places in mid-year, with the reason."""

    quota = fields.Whole(_l("名额"), most=100_000, required=True)
    reserve = fields.Whole(_l("机动"), most=100_000)
    reason = fields.Text(_l("调整原因"), least=1, most=2000, lines=True, required=True)
    number = fields.Text(_l("文号"), most=60)


class MoreBody(Shape):
    """Further places that are asked for."""

    places = fields.Whole(_l("名额"), least=1, most=10_000, required=True)
    reason = fields.Text(_l("原因"), least=1, most=2000, lines=True, required=True)


class ItemBody(Shape):
    """Somebody to be listed."""

    case_id = fields.Id(_l("发展党员事项"), required=True)
    priority = fields.Choice(PRIORITIES, _l("优先理由"))
    month = fields.Whole(_l("计划月份"), least=1, most=12)


class ReportBody(Shape):
    """What a unit reports before the plan is made."""

    unit_id = fields.Id(_l("党组织"), required=True)
    year = _year(required=True)
    wanted = fields.Whole(_l("需要的名额"), most=10_000, required=True)
    non_members = fields.Whole(_l("非党员人数"))
    without_conditions = fields.Text(_l("不具备发展条件的原因"), most=500)
    note = fields.Text(_l("说明"), most=2000, lines=True)


class PoolRow(Answer):
    """The pool of a unit with all below it."""

    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    stock = fields.Whole(_l("现有"), required=True)
    target = fields.Whole(_l("常数"), required=True, allow_none=True)
    came = fields.Whole(_l("新确定"), required=True)
    went_up = fields.Whole(_l("列为发展对象"), required=True)
    went_out = fields.Whole(_l("移出"), required=True)
    trained = fields.Whole(_l("今年受训"), required=True)
    average_months = fields.Text(_l("平均月数"), required=True)


class PoolAnswer(Answer):
    """The pool of a unit, of those directly below, and by source and reason."""

    items = fields.Many(fields.Nested(PoolRow), required=True)
    sources = fields.Mapped(keys=fields.Text(least=1), values=fields.Whole(), required=True)
    reasons = fields.Mapped(keys=fields.Text(least=1), values=fields.Whole(), required=True)
    classes = fields.Whole(_l("培训班"), required=True)


class WaiterRow(Answer):
    """Somebody who waits, with both clocks."""

    case_id = fields.Id(required=True)
    name = fields.Text(required=True)
    unit = fields.Text(required=True)
    applied_on = fields.Day(required=True)
    waited_years = fields.Whole(required=True)
    worked_years = fields.Whole(required=True, allow_none=True)
    this_year = fields.Flag(required=True)
    next_year = fields.Flag(required=True)
    first = fields.Flag(_l("有优先理由"), required=True)


class Queue(Answer):
    """Who waits, in the order of display."""

    items = fields.Many(fields.Nested(WaiterRow), required=True)


class FormRow(Answer):
    """A numbered form."""

    id = fields.Id(required=True)
    number = fields.Text(required=True)
    state = fields.Choice(FORMS, required=True)
    case_id = fields.Id(required=True, allow_none=True)
    issued_on = fields.Day(required=True, allow_none=True)
    used_on = fields.Day(required=True, allow_none=True)
    voided_on = fields.Day(required=True, allow_none=True)
    void_reason = fields.Text(required=True, allow_none=True)


class FormsQuery(Paged):
    """Which numbers are listed, in their order."""

    state = fields.Choice(FORMS, _l("状态"))


class ReceiveBody(Shape):
    """A delivery of blank forms."""

    unit_id = fields.Id(_l("保管的党委"), required=True)
    prefix = fields.Text(_l("前缀"), most=20)
    first = fields.Whole(_l("起号"), most=999_999_999, required=True)
    last = fields.Whole(_l("止号"), most=999_999_999, required=True)
    digits = fields.Whole(_l("号码位数"), least=1, most=12, required=True)
    received_on = fields.Day(_l("领取日期"), required=True)
    received_from = fields.Text(_l("领取自"), least=1, most=100, required=True)


class VoidBody(Shape):
    """Why a blank form is voided."""

    reason = fields.Text(_l("作废原因"), least=1, most=500, required=True)


class MatterRow(Answer):
    """A matter of accountability; what is said in it is not given."""

    id = fields.Id(required=True)
    unit = fields.Text(required=True)
    fault = fields.Choice(FAULTS, required=True)
    step = fields.Whole(required=True, allow_none=True)
    rule = fields.Text(required=True)
    state = fields.Text(required=True)
    finding = fields.Choice(FINDINGS, required=True, allow_none=True)
    handling = fields.Choice(HANDLINGS, required=True, allow_none=True)
    opened_on = fields.Day(required=True)


class MatterBody(Shape):
    """A matter to be opened, about an act or a unit."""

    unit_id = fields.Id(_l("党组织"), required=True)
    act_id = fields.Id(_l("办理记录"))
    fault = fields.Choice(FAULTS, _l("问题类别"), required=True)
    step = fields.Whole(_l("步骤"), least=1, most=25)
    facts = fields.Text(_l("事实"), least=1, most=_LONG, lines=True, required=True)
    name = fields.Text(_l("责任人"), most=60)
    part = fields.Text(_l("身份"), most=60)
