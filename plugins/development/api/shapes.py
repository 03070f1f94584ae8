"""What the API of cases takes and gives."""

from dataclasses import asdict
from typing import Any

from flask_babel import lazy_gettext as _l

from core.sdk.api import Answer, Shape, fields
from plugins.development.cases.opening import PRIVATE
from plugins.development.cases.queries import Row
from plugins.development.flow import GUARDED, KINDS, STAGES, STEPS, VERSION, FormField, Kind
from plugins.development.flow.words import SIDES, SOURCES, STATES, TRAITS
from plugins.development.models.case import Act
from plugins.development.rules.outcomes import Outcome, Ruling
from plugins.development.rules.rulesets import ruleset

_LONG = 8000


def _facts(says: Any, **more: Any) -> Any:
    return fields.Mapped(
        keys=fields.Text(least=1, most=40), values=fields.Raw(allow_none=True), metadata={"description": says}, **more
    )  # fmt: skip


class CaseBody(Shape):
    """Base data of a person."""

    name = fields.Text(_l("姓名"), least=1, most=50)
    sex = fields.Choice({"1": _l("男"), "2": _l("女")}, _l("性别"))
    birth = fields.Day(_l("出生日期"))
    id_no = fields.Text(_l("公民身份号码"), most=18)
    phone = fields.Text(_l("手机号码"), most=30)
    ethnic = fields.Text(_l("民族代码"), most=10, allow_none=True)
    education = fields.Text(_l("学历代码"), most=10, allow_none=True)
    post = fields.Text(_l("工作岗位"), most=100, allow_none=True)
    occupation = fields.Text(_l("职业"), most=100, allow_none=True)
    employer = fields.Text(_l("工作单位"), most=200, allow_none=True)
    source_kind = fields.Choice(SOURCES, _l("来源类别"))
    migrant = fields.Flag(_l("外出务工人员"))
    league_member = fields.Flag(_l("共青团员"))
    work_start = fields.Day(_l("参加工作日期"), allow_none=True)
    traits = fields.Many(fields.Choice(TRAITS), metadata={"description": _l("人员特征")})
    private = fields.Mapped(
        keys=fields.Choice(PRIVATE), values=fields.Text(most=_LONG, lines=True), metadata={"description": _l("家庭、住址等")}
    )  # fmt: skip
    origin_unit_id = fields.Id(_l("流出地党支部"), allow_none=True)


class OpenBody(CaseBody):
    """Who applies, where, when, and the facts of the application."""

    name = fields.Text(_l("姓名"), least=1, most=50, required=True)
    unit_id = fields.Id(_l("党支部"), required=True)
    received = fields.Day(_l("收到申请书的日期"), required=True)
    application = _facts(_l("申请书登记的内容，见流程定义"), required=True)
    reason = fields.Text(_l("说明"), most=2000, lines=True)


class ActBody(Shape):
    """An act: kind and facts as the flow defines them."""

    kind = fields.Choice(
        {code: kind.title for code, kind in KINDS.items() if kind.made_by_hand}, _l("类别"), required=True
    )
    act_on = fields.Day(_l("发生日期"), required=True)
    data = _facts(_l("内容，见流程定义"), required=True)
    sealed = _facts(_l("敏感内容，加密保存"))
    reason = fields.Text(_l("仍要继续或补录的原因"), most=2000, lines=True)
    overrides = fields.Mapped(
        keys=fields.Text(least=1, most=20), values=fields.Text(least=1, most=500), metadata={"description": _l("逐条说明的原因")}
    )  # fmt: skip
    version = fields.Whole(_l("所依据的版本"), least=1)
    unit_id = fields.Id(_l("办理的党组织；不写为通常的党组织"))
    history = fields.Flag(_l("补录过去的办理记录"))


class CorrectBody(Shape):
    """The right facts of an act."""

    act_on = fields.Day(_l("发生日期"), required=True)
    data = _facts(_l("内容，见流程定义"), required=True)
    sealed = _facts(_l("敏感内容；没有写的不变"))
    reason = fields.Text(_l("更正的原因"), least=1, most=2000, lines=True, required=True)
    version = fields.Whole(_l("所依据的版本"), least=1)


class CaseRow(Answer):
    """A case in a list."""

    id = fields.Id(required=True)
    name = fields.Text(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)
    state = fields.Choice(STATES, required=True)
    side = fields.Choice({"": "", **SIDES}, required=True)
    step = fields.Whole(required=True)
    stage = fields.Whole(required=True)
    applied_on = fields.Day(required=True, allow_none=True)
    next_step = fields.Whole(required=True, allow_none=True)
    next_due_on = fields.Day(required=True, allow_none=True)
    closed_on = fields.Day(required=True, allow_none=True)
    flags = fields.Whole(required=True)
    found_rules = fields.Many(fields.Text(), required=True, metadata={"description": _l("体检发现问题的规则")})
    version = fields.Whole(required=True)


class CaseAnswer(CaseRow):
    """A case."""

    class Meta:
        """The days stand in ``done_days``."""

        exclude = ("applied_on",)

    origin_unit_id = fields.Id(required=True, allow_none=True)
    person_id = fields.Id(required=True, allow_none=True)
    sex = fields.Text(required=True)
    birth = fields.Day(required=True)
    ethnic = fields.Text(required=True, allow_none=True)
    education = fields.Text(required=True, allow_none=True)
    post = fields.Text(required=True, allow_none=True)
    occupation = fields.Text(required=True, allow_none=True)
    employer = fields.Text(required=True, allow_none=True)
    source_kind = fields.Text(required=True, allow_none=True)
    migrant = fields.Flag(required=True)
    league_member = fields.Flag(required=True)
    traits = fields.Many(fields.Text(), required=True)
    id_no_masked = fields.Text(required=True, allow_none=True)
    phone_masked = fields.Text(required=True, allow_none=True)
    special = fields.Text(required=True)
    done_days = fields.Mapped(keys=fields.Text(least=1, most=2), values=fields.Day(), required=True)
    clock_from = fields.Day(required=True, allow_none=True)
    expiry_on = fields.Day(required=True, allow_none=True)
    standing_on = fields.Day(required=True, allow_none=True)
    extended_months = fields.Whole(required=True)
    close_reason = fields.Text(required=True, allow_none=True)
    form_no = fields.Text(required=True, allow_none=True)
    rules = fields.Text(required=True, allow_none=True)
    act_count = fields.Whole(required=True)


class RulingShape(Answer):
    """What a rule says."""

    rule = fields.Text(required=True)
    outcome = fields.Choice([one.value for one in Outcome], required=True)
    message = fields.Text(most=2000, required=True)
    article = fields.Text(required=True)
    fix = fields.Text(most=2000, required=True)


class CheckRow(RulingShape):
    """What a rule says today of a step or act."""

    earliest = fields.Day(required=True, allow_none=True)
    step = fields.Whole(required=True)
    title = fields.Text(required=True)
    act_id = fields.Id(required=True, allow_none=True)


class ActAnswer(Answer):
    """An act. ``data`` of guarded kinds is empty where they may not be seen; sealed facts are opened apart."""

    id = fields.Id(required=True)
    seq = fields.Whole(required=True)
    kind = fields.Text(required=True)
    title = fields.Text(required=True)
    step = fields.Whole(required=True)
    act_on = fields.Day(required=True)
    recorded_at = fields.Moment(required=True)
    actor = fields.Text(required=True)
    unit_id = fields.Id(required=True)
    stands = fields.Flag(required=True)
    corrects_id = fields.Id(required=True, allow_none=True)
    voids = fields.Flag(required=True)
    reason = fields.Text(most=2000, lines=True, required=True)
    ruleset = fields.Text(required=True)
    article = fields.Text(required=True)
    guarded = fields.Flag(required=True)
    has_sealed = fields.Flag(required=True)
    data = _facts(_l("内容"), required=True)
    rulings = fields.Many(fields.Nested(RulingShape), required=True)


class Broken(Answer):
    """Where a chain does not hold."""

    seq = fields.Whole(required=True)
    what = fields.Choice(("content", "link", "missing", "head"), required=True)


class Verified(Answer):
    """Whether a chain holds."""

    holds = fields.Flag(required=True)
    breaks = fields.Many(fields.Nested(Broken), required=True)


class OwnStep(Answer):
    """A step of one's own and its day."""

    step = fields.Whole(required=True)
    title = fields.Text(required=True)
    on = fields.Day(required=True)


class OwnCase(Answer):
    """One's own case."""

    id = fields.Id(required=True)
    unit = fields.Text(required=True)
    state = fields.Choice(STATES, required=True)
    side = fields.Text(required=True)
    stage = fields.Whole(required=True)
    steps = fields.Many(fields.Nested(OwnStep), required=True)
    next_step = fields.Whole(required=True, allow_none=True)


class MineAnswer(Answer):
    """One's own cases."""

    items = fields.Many(fields.Nested(OwnCase), required=True)


class FieldShape(Answer):
    """A fact of a kind of act."""

    name = fields.Text(required=True)
    label = fields.Text(required=True)
    kind = fields.Text(required=True)
    required = fields.Flag(required=True)
    sealed = fields.Flag(required=True)
    choices = fields.Mapped(keys=fields.Text(), values=fields.Text(), required=True)


class KindShape(Answer):
    """A kind of act."""

    code = fields.Text(required=True)
    title = fields.Text(required=True)
    step = fields.Whole(required=True)
    actor = fields.Text(required=True)
    permission = fields.Text(required=True)
    closes = fields.Flag(required=True)
    guarded = fields.Flag(required=True)
    fields_ = fields.Many(fields.Nested(FieldShape), required=True, data_key="fields")


class StepShape(Answer):
    """A step."""

    number = fields.Whole(required=True)
    title = fields.Text(required=True)
    stage = fields.Whole(required=True)
    actor = fields.Text(required=True)
    closing = fields.Text(required=True)


class FlowAnswer(Answer):
    """The definition of the flow."""

    version = fields.Text(required=True)
    stages = fields.Mapped(keys=fields.Text(least=1, most=1), values=fields.Text(), required=True)
    steps = fields.Many(fields.Nested(StepShape), required=True)
    kinds = fields.Many(fields.Nested(KindShape), required=True)


def row_shown(one: Row) -> dict[str, Any]:
    """A row of the list."""
    return {name: value for name, value in asdict(one).items() if name != "name_key"}


def ruling_shown(one: Ruling) -> dict[str, Any]:
    """A ruling."""
    return {
        "rule": one.rule, "outcome": one.outcome.value, "message": one.message, "article": one.article, "fix": one.fix,
        "earliest": one.earliest,
    }  # fmt: skip


def act_shown(act: Act, *, stands: bool, sees: bool) -> dict[str, Any]:
    """An act. :param sees: whether the caller may see what is guarded."""
    kind, hidden = KINDS[act.kind], act.kind in GUARDED and not sees
    return {
        "id": act.id, "seq": act.seq, "kind": act.kind, "title": str(kind.title), "step": act.step, "act_on": act.act_on,
        "recorded_at": act.recorded_at, "actor": act.actor_name, "unit_id": act.unit_id, "stands": stands,
        "corrects_id": act.corrects_id, "voids": act.voids, "reason": "" if hidden else act.reason, "ruleset": act.ruleset,
        "article": _article(act), "guarded": act.kind in GUARDED, "has_sealed": act.sealed is not None,
        "data": {} if hidden else act.data, "rulings": [] if hidden else act.rulings,
    }  # fmt: skip


def _article(act: Act) -> str:
    number = next((step.article for step in STEPS if step.number == act.step), None)
    return ruleset(act.act_on).article(number) if number is not None else ""


def _kind(one: Kind) -> dict[str, Any]:
    return {
        "code": one.code, "title": str(one.title), "step": one.step, "actor": one.actor, "permission": one.who,
        "closes": one.closes, "guarded": one.guarded, "fields": [_field(fact) for fact in one.fields],
    }  # fmt: skip


def _field(one: FormField) -> dict[str, Any]:
    return {
        "name": one.name, "label": str(one.label), "kind": one.kind, "required": one.required, "sealed": one.sealed,
        "choices": {code: str(title) for code, title in one.choices.items()},
    }  # fmt: skip


def flow_shown() -> dict[str, Any]:
    """The definition of the flow."""
    return {
        "version": VERSION, "stages": {str(number): title for number, title in STAGES.items()},
        "steps": [
            {"number": one.number, "title": one.title, "stage": one.stage, "actor": one.actor, "closing": one.closing}
            for one in STEPS
        ],
        "kinds": [_kind(one) for one in KINDS.values()],
    }  # fmt: skip
