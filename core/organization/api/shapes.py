"""The shapes of the organisation's verbs: units, their leadership, the boards. Changes have their own module."""

from typing import Any

from flask_babel import lazy_gettext as _l

from core.api import fields
from core.api.shapes import Answer, FindingShape, Paged, Query, Shape, listing
from core.organization.codes import (
    Approval,
    Domain,
    ExtensionKind,
    HowTaken,
    PostCode,
    UnitMode,
)
from core.organization.labels import labels_of

#: Of a field that may be left out or empty.
OPTIONAL: dict[str, Any] = {"allow_none": True, "load_default": None}


def codes(kind: Any, says: Any = None, **more: Any) -> fields.Choice:
    """One of the codes of a kind."""
    return fields.Choice(labels_of(kind), says, **more)


class TreeQuery(Query):
    """Which tree."""

    on = fields.Day(_l("某一天的组织树（须能查看全部组织）；不写为现在"))


class SearchQuery(Query):
    """What to look for."""

    q = fields.Text(_l("全称中的文字"), least=1, most=60, required=True)


class TreeUnit(Answer):
    """A unit of the tree; counts are of its whole subtree."""

    id = fields.Id(required=True)
    parent_id = fields.Id(required=True, allow_none=True)
    path = fields.Text(_l("在树中的位置"))
    name = fields.Text(_l("全称"), required=True)
    short_name = fields.Text(_l("简称"), required=True)
    type = fields.Text(_l("类别"), required=True)
    subtype = fields.Text(_l("党支部类型"), allow_none=True)
    domain = fields.Text(_l("单位性质"), allow_none=True)
    members = fields.Whole(_l("党员人数"))
    formal = fields.Whole(_l("正式党员"))
    probationary = fields.Whole(_l("预备党员"))
    due_on = fields.Day(_l("任期届满"), allow_none=True)
    depth = fields.Whole()


class Tree(Answer):
    """All units in the order of the tree."""

    items = fields.Many(fields.Nested(TreeUnit), required=True)


class Unit(Answer):
    """A unit with its particulars and counts."""

    id = fields.Id(required=True)
    code = fields.Text(_l("党组织代码"), allow_none=True)
    name = fields.Text(_l("全称"), required=True)
    short_name = fields.Text(_l("简称"), required=True)
    type = fields.Text(_l("类别"), required=True)
    subtype = fields.Text(_l("党支部类型"), allow_none=True)
    parent_id = fields.Id(allow_none=True)
    path = fields.Text()
    path_end = fields.Text()
    domain = fields.Text(_l("单位性质"), allow_none=True)
    unit_mode = fields.Text(_l("所在单位情况"), allow_none=True)
    region_code = fields.Text(_l("行政区划代码"), allow_none=True)
    can_approve_probationary = fields.Flag(_l("有审批预备党员权限"))
    established_on = fields.Day(_l("成立日期"), allow_none=True)
    approval_doc_no = fields.Text(_l("批准文号"), allow_none=True)
    state = fields.Text(_l("状态"), required=True)
    dissolved_on = fields.Day(allow_none=True)
    ends_on = fields.Day(allow_none=True)
    contact_name = fields.Text(allow_none=True)
    contact_phone = fields.Text(allow_none=True)
    address = fields.Text(allow_none=True)
    venue = fields.Mapped(metadata={"description": _l("活动阵地")})
    remark = fields.Text(allow_none=True)
    version = fields.Whole(required=True)
    members = fields.Whole(_l("其下全部党员"))
    formal = fields.Whole()
    probationary = fields.Whole()
    female = fields.Whole()
    own_members = fields.Whole(_l("直接编入的党员"))


class Venue(Shape):
    """Where the unit meets."""

    room = fields.Text(_l("活动场所"), most=200, allow_none=True)
    books = fields.Whole(_l("图书（册）"), allow_none=True)
    board = fields.Text(_l("宣传栏"), most=200, allow_none=True)
    av = fields.Text(_l("电教设备"), most=200, allow_none=True)


class UnitBody(Shape):
    """Particulars that need no change with approval; what is not given stays."""

    short_name = fields.Text(_l("简称"), least=1, most=100)
    code = fields.Text(_l("党组织代码，12至21位数字"), most=30, allow_none=True)
    domain = codes(Domain, _l("单位性质"), allow_none=True)
    unit_mode = codes(UnitMode, _l("所在单位情况"), allow_none=True)
    region_code = fields.Text(_l("行政区划代码"), most=20, allow_none=True)
    can_approve_probationary = fields.Flag(_l("有审批预备党员权限"))
    established_on = fields.Day(_l("成立日期"), allow_none=True)
    approval_doc_no = fields.Text(_l("批准文号"), most=100, allow_none=True)
    ends_on = fields.Day(_l("预计撤销日期"), allow_none=True)
    contact_name = fields.Text(_l("联系人"), most=60, allow_none=True)
    contact_phone = fields.Text(_l("联系电话"), most=40, allow_none=True)
    address = fields.Text(_l("地址"), most=200, allow_none=True)
    venue = fields.Nested(Venue)
    remark = fields.Text(_l("备注"), most=500, lines=True, allow_none=True)


class State(Answer):
    """What a unit was during a span of days."""

    valid_from = fields.Day(required=True)
    valid_to = fields.Day(required=True, allow_none=True)
    name = fields.Text(required=True)
    type = fields.Text(required=True)
    subtype = fields.Text(allow_none=True)
    parent = fields.Text(allow_none=True)
    state = fields.Text(required=True)
    change_id = fields.Id(allow_none=True)
    doc_no = fields.Text(allow_none=True)


class Past(Answer):
    """What a unit was, the present state first."""

    items = fields.Many(fields.Nested(State), required=True)


class Checkup(Answer):
    """What the rules find about a unit as it is."""

    findings = fields.Many(fields.Nested(FindingShape), required=True)


class Body(Answer):
    """A leadership body."""

    id = fields.Id(required=True)
    term_no = fields.Whole(allow_none=True)
    started_on = fields.Day(required=True)
    years = fields.Whole(required=True)
    due_on = fields.Day(required=True)
    ended_on = fields.Day(allow_none=True)
    approved_size = fields.Whole(allow_none=True)


class Extension(Answer):
    """A re-election put off or brought forward."""

    body_id = fields.Id(required=True)
    kind = fields.Text(required=True)
    months = fields.Whole(required=True)
    approver = fields.Text(required=True)
    doc_no = fields.Text(required=True)
    new_due_on = fields.Day(required=True)


class Holding(Answer):
    """Somebody in a post, now or before."""

    id = fields.Id(required=True)
    person_id = fields.Id(required=True)
    person_name = fields.Text(required=True)
    post_code = fields.Text(required=True)
    held_from = fields.Day(required=True)
    held_to = fields.Day(allow_none=True)
    how = fields.Text(required=True)
    approval = fields.Text(required=True)
    external = fields.Flag(required=True)
    body_id = fields.Id(allow_none=True)


class Leadership(Answer):
    """Bodies, extensions and posts of a unit."""

    bodies = fields.Many(fields.Nested(Body), required=True)
    extensions = fields.Many(fields.Nested(Extension), required=True)
    holdings = fields.Many(fields.Nested(Holding), required=True)


class BodyBody(Shape):
    """A new term."""

    started_on = fields.Day(_l("任职起始日期"), required=True)
    term_no = fields.Whole(_l("届次"), least=1, most=999, **OPTIONAL)
    approved_size = fields.Whole(_l("批准的委员人数"), least=1, most=99, **OPTIONAL)


class ExtensionBody(Shape):
    """A re-election put off or brought forward."""

    kind = codes(ExtensionKind, _l("延期或提前"), required=True)
    months = fields.Whole(_l("月数"), least=1, most=60, required=True)
    approver = fields.Text(_l("批准的党组织"), least=1, most=200, required=True)
    doc_no = fields.Text(_l("批准文号"), least=1, most=100, required=True)


class Due(Answer):
    """The new due date of a body."""

    due_on = fields.Day(required=True)


class PostBody(Shape):
    """Somebody takes a post."""

    person_id = fields.Id(_l("党员"), required=True)
    post = codes(PostCode, _l("职务"), required=True)
    held_from = fields.Day(_l("任职日期"), required=True)
    how = codes(HowTaken, _l("任职方式"), required=True)
    approval = codes(Approval, _l("上级意见"), load_default=Approval.PENDING.value)
    override_doc = fields.Text(_l("特殊情况批准文号"), most=100, **OPTIONAL)
    reason = fields.Text(_l("有提醒事项时须说明的理由"), most=500, lines=True, **OPTIONAL)


class Leave(Shape):
    """The end of a holding."""

    on = fields.Day(_l("离任日期"), required=True)


class AnswerBody(Shape):
    """What the superior said about an officer."""

    approval = fields.Choice(
        {Approval.APPROVED.value: _l("批准"), Approval.FILED.value: _l("备案")}, _l("上级意见"), required=True
    )


class Covered(Answer):
    """An employer the unit covers."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    credit_code = fields.Text(allow_none=True)
    nature = fields.Text(allow_none=True)
    industry = fields.Text(allow_none=True)
    employees = fields.Whole(allow_none=True)
    employees_under_35 = fields.Whole(allow_none=True)
    guide_assigned = fields.Flag()
    formal_members = fields.Whole(allow_none=True)


class CoveredList(Answer):
    """The employers a unit covers."""

    items = fields.Many(fields.Nested(Covered), required=True)


class CoveredBody(Shape):
    """An employer that a unit covers."""

    name = fields.Text(_l("单位名称"), least=1, most=200, required=True)
    credit_code = fields.Text(_l("统一社会信用代码"), most=30, **OPTIONAL)
    nature = fields.Text(_l("单位性质"), most=60, **OPTIONAL)
    industry = fields.Text(_l("行业"), most=100, **OPTIONAL)
    employees = fields.Whole(_l("职工人数"), **OPTIONAL)
    employees_under_35 = fields.Whole(_l("35岁以下职工"), **OPTIONAL)
    guide_assigned = fields.Flag(_l("已选派党建工作指导员"), load_default=False)
    formal_members = fields.Whole(_l("正式党员"), **OPTIONAL)


class Term(Answer):
    """The present body of a unit."""

    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    type = fields.Text(required=True)
    domain = fields.Text(allow_none=True)
    body_id = fields.Id(required=True)
    term_no = fields.Whole(allow_none=True)
    started_on = fields.Day(required=True)
    years = fields.Whole(required=True)
    due_on = fields.Day(required=True)
    extended = fields.Flag(required=True)


class Vacancy(Answer):
    """A unit without a secretary."""

    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    type = fields.Text(required=True)
    members = fields.Whole(required=True)
    since = fields.Day(required=True, allow_none=True)


class Officer(Answer):
    """Somebody in a post now."""

    holding_id = fields.Id(required=True)
    person_id = fields.Id(required=True)
    person = fields.Text(required=True)
    post_code = fields.Text(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    held_from = fields.Day(required=True)
    how = fields.Text(required=True)
    approval = fields.Text(required=True)
    external = fields.Flag(required=True)


class OfficerQuery(Paged):
    """Which officers."""

    post = codes(PostCode, _l("职务"))


TermPage, VacancyPage, OfficerPage = listing(Term), listing(Vacancy), listing(Officer)
