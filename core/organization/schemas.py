"""What forms and programs send: one definition of each field, with its Chinese label and choices."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, fields, pre_load, validate

from core.organization.codes import Approval, Domain, ExtensionKind, HowTaken, PostCode, Subtype, UnitMode, UnitType
from core.organization.labels import labels_of


class _Form(Schema):
    """Fields sent by a form: an empty control is a field not given."""

    class Meta:
        """Buttons, tokens and the like are left aside."""

        unknown = EXCLUDE

    @pre_load
    def drop_empty(self, data: Any, **_kwargs: Any) -> dict[str, Any]:
        """Leave out controls that nobody filled."""
        return {name: value for name, value in data.items() if value != ""}


def _pairs(kind: Any) -> list[tuple[str, str]]:
    return list(labels_of(kind).items())


_LINES = _l("每行一个")


class ChangeSchema(_Form):
    """What a change may want; each kind uses some of these (:data:`FIELDS_OF`)."""

    name = fields.String(metadata={"label": _l("党组织全称"), "wide": True, "help": _l("以“中共”开头的规范全称")})
    short_name = fields.String(metadata={"label": _l("简称"), "help": _l("不填时由全称去掉“中共”得出")})
    type = fields.String(
        required=True,
        validate=validate.OneOf(list(UnitType)),
        metadata={"label": _l("类别"), "choices": _pairs(UnitType)},
    )
    subtype = fields.String(
        validate=validate.OneOf(list(Subtype)),
        metadata={"label": _l("党支部类型"), "choices": _pairs(Subtype), "help": _l("只有党支部填写")},
    )
    parent_id = fields.UUID(metadata={"label": _l("上级党组织"), "widget": "select"})
    domain = fields.String(
        validate=validate.OneOf(list(Domain)), metadata={"label": _l("单位性质"), "choices": _pairs(Domain)}
    )
    code = fields.String(metadata={"label": _l("党组织代码"), "inputmode": "numeric"})
    formal = fields.Integer(validate=validate.Range(0, 1_000_000), metadata={"label": _l("正式党员"), "unit": _l("人")})
    probationary = fields.Integer(
        validate=validate.Range(0, 1_000_000), metadata={"label": _l("预备党员"), "unit": _l("人")}
    )
    covered = fields.String(
        metadata={"label": _l("覆盖单位"), "widget": "textarea", "help": _l("联合党支部填写，每行一个单位")}
    )
    ends_on = fields.Date(metadata={"label": _l("预计撤销日期"), "help": _l("临时党支部填写")})
    new_type = fields.String(
        required=True,
        validate=validate.OneOf([one for one in UnitType if one is not UnitType.GROUP]),
        metadata={"label": _l("调整后的类别"), "choices": [p for p in _pairs(UnitType) if p[0] != "group"]},
    )
    new_subtype = fields.String(
        validate=validate.OneOf(list(Subtype)),
        metadata={"label": _l("调整后的党支部类型"), "choices": _pairs(Subtype)},
    )
    new_names = fields.String(
        metadata={"label": _l("新成立党组织的全称"), "widget": "textarea", "help": _LINES, "wide": True}
    )
    keep_source = fields.Boolean(metadata={"label": _l("保留原党组织"), "widget": "checkbox"})
    override_doc = fields.String(
        metadata={"label": _l("特殊情况批准文号"), "help": _l("正式党员不足规定人数，经上级批准单独成立的填写")}
    )
    effective_on = fields.Date(required=True, metadata={"label": _l("生效日期")})
    reason = fields.String(
        metadata={
            "label": _l("理由"),
            "widget": "textarea",
            "rows": 2,
            "help": _l("有提醒事项时必须填写，会记入变动记录"),
        }
    )


_COMMON = ("effective_on", "override_doc", "reason")
#: The fields each kind of change asks for.
FIELDS_OF: dict[str, tuple[str, ...]] = {
    "establish": ("name", "short_name", "type", "subtype", "parent_id", "domain", "code", "formal", "probationary",
                  "covered", "ends_on", *_COMMON),
    "rename": ("name", "short_name", "effective_on", "reason"),
    "reparent": ("parent_id", "effective_on", "reason"),
    "upgrade": ("new_type", "new_subtype", "name", "short_name", "new_names", *_COMMON),
    "subtype_change": ("new_subtype", *_COMMON),
    "merge": ("name", "effective_on", "reason"),
    "split": ("new_names", "subtype", "keep_source", *_COMMON),
    "dissolve": ("effective_on", "reason"),
}  # fmt: skip


class UnitSchema(_Form):
    """Particulars of a unit that need no change with approval."""

    short_name = fields.String(required=True, metadata={"label": _l("简称"), "group": _l("基本信息")})
    code = fields.String(
        metadata={
            "label": _l("党组织代码"),
            "inputmode": "numeric",
            "group": _l("基本信息"),
            "help": _l("12至21位数字"),
        }
    )
    domain = fields.String(
        validate=validate.OneOf(list(Domain)),
        metadata={"label": _l("单位性质"), "choices": _pairs(Domain), "group": _l("基本信息")},
    )
    unit_mode = fields.String(
        validate=validate.OneOf(list(UnitMode)),
        metadata={"label": _l("所在单位情况"), "choices": _pairs(UnitMode), "group": _l("基本信息")},
    )
    region_code = fields.String(metadata={"label": _l("行政区划代码"), "inputmode": "numeric", "group": _l("基本信息")})
    established_on = fields.Date(metadata={"label": _l("成立日期"), "group": _l("基本信息")})
    approval_doc_no = fields.String(metadata={"label": _l("批准文号"), "group": _l("基本信息")})
    ends_on = fields.Date(metadata={"label": _l("预计撤销日期"), "help": _l("临时党支部填写"), "group": _l("基本信息")})
    can_approve_probationary = fields.Boolean(metadata={"label": _l("有审批预备党员权限"), "group": _l("基本信息")})
    contact_name = fields.String(metadata={"label": _l("联系人"), "group": _l("联系方式")})
    contact_phone = fields.String(
        metadata={"label": _l("联系电话"), "widget": "tel", "inputmode": "tel", "group": _l("联系方式")}
    )
    address = fields.String(metadata={"label": _l("地址"), "wide": True, "group": _l("联系方式")})
    room = fields.String(metadata={"label": _l("活动场所"), "group": _l("活动阵地"), "help": _l("名称和面积")})
    books = fields.Integer(
        validate=validate.Range(0), metadata={"label": _l("图书"), "unit": _l("册"), "group": _l("活动阵地")}
    )
    board = fields.String(metadata={"label": _l("宣传栏"), "group": _l("活动阵地")})
    av = fields.String(metadata={"label": _l("电教设备"), "group": _l("活动阵地")})
    remark = fields.String(metadata={"label": _l("备注"), "widget": "textarea", "group": _l("备注")})


#: Keys of ``Unit.venue`` that the form holds.
VENUE = ("room", "books", "board", "av")


class BodySchema(_Form):
    """A new term."""

    started_on = fields.Date(required=True, metadata={"label": _l("任职起始日期")})
    term_no = fields.Integer(validate=validate.Range(1, 999), metadata={"label": _l("届次"), "unit": _l("届")})
    approved_size = fields.Integer(
        validate=validate.Range(1, 99), metadata={"label": _l("批准的委员人数"), "unit": _l("人")}
    )


class ExtensionSchema(_Form):
    """A re-election put off or brought forward."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(list(ExtensionKind)),
        metadata={"label": _l("延期或提前"), "choices": _pairs(ExtensionKind)},
    )
    months = fields.Integer(required=True, metadata={"label": _l("月数"), "unit": _l("个月")})
    approver = fields.String(required=True, metadata={"label": _l("批准的党组织")})
    doc_no = fields.String(required=True, metadata={"label": _l("批准文号")})


class PostSchema(_Form):
    """Somebody takes a post."""

    person_id = fields.UUID(required=True, metadata={"label": _l("党员")})
    post = fields.String(
        required=True,
        validate=validate.OneOf(list(PostCode)),
        metadata={"label": _l("职务"), "choices": _pairs(PostCode)},
    )
    held_from = fields.Date(required=True, metadata={"label": _l("任职日期")})
    how = fields.String(
        required=True,
        validate=validate.OneOf(list(HowTaken)),
        metadata={"label": _l("任职方式"), "choices": _pairs(HowTaken)},
    )
    approval = fields.String(
        load_default=Approval.PENDING.value,
        validate=validate.OneOf(list(Approval)),
        metadata={"label": _l("上级意见"), "choices": _pairs(Approval)},
    )
    override_doc = fields.String(metadata={"label": _l("特殊情况批准文号")})
    reason = fields.String(metadata={"label": _l("理由"), "widget": "textarea", "rows": 2})


class CoveredSchema(_Form):
    """An employer that a unit covers."""

    name = fields.String(required=True, metadata={"label": _l("单位名称"), "wide": True})
    credit_code = fields.String(metadata={"label": _l("统一社会信用代码")})
    industry = fields.String(metadata={"label": _l("行业")})
    employees = fields.Integer(metadata={"label": _l("职工人数"), "unit": _l("人")})
    employees_under_35 = fields.Integer(metadata={"label": _l("35岁以下职工"), "unit": _l("人")})
    guide_assigned = fields.Boolean(metadata={"label": _l("已选派党建工作指导员")})
