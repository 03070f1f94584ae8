"""``/api/v1/policies`` and ``/api/v1/rule-sets``: rule values with where they come from, set and withdrawn by programs."""

from datetime import date
from typing import Any

from flask import Flask, Response, abort, url_for
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.gate import need, ranges, requires
from core.api import fields, setup
from core.api.answers import answer
from core.api.shapes import Answer, Made, Query, Shape
from core.api.verbs import Verbs
from core.organization.queries.policy import set_values
from core.policy import rulesets
from core.policy.actions import set_value, withdraw
from core.policy.queries import history, open_key, open_keys
from core.policy.registry import PolicyKey
from core.policy.values import Step, explain
from core.settings import places
from core.settings.site import EDIT, VIEW

bp = Verbs("settings_api", __name__, title=_l("规则参数"))


class PlaceQuery(Query):
    """Where and when a value is asked for."""

    unit = fields.Id(_l("哪个党组织；不写为全单位"))
    as_of = fields.Day(_l("哪一天；不写为今天"))


class StepShape(Answer):
    """One step from the default down to the place."""

    level = fields.Choice(("platform", "tenant", "unit"), required=True)
    unit_path = fields.Text(allow_none=True, required=True, most=2000)
    value = fields.Raw(required=True, allow_none=True)
    since = fields.Day(allow_none=True, required=True)
    limited = fields.Flag(_l("设得比上级宽，因此不起作用"), required=True)


class PolicyShape(Answer):
    """A rule value."""

    key = fields.Text(required=True)
    title = fields.Text(required=True)
    value = fields.Raw(required=True)
    unit = fields.Text(_l("计量单位"), required=True)
    direction = fields.Choice(("min", "max", "free"), _l("下级可以怎样改"), required=True)
    source = fields.Text(_l("依据"), required=True)
    tag = fields.Choice({"C": "正式文件", "R": "待核对", "D": "平台默认"}, required=True)
    chain = fields.Many(fields.Nested(StepShape), required=True)


class PoliciesShape(Answer):
    """All of them."""

    items = fields.Many(fields.Nested(PolicyShape), required=True)


class ValueBody(Shape):
    """A value from a day on."""

    value = fields.Raw(
        metadata={"description": _l("与现值同一类型"), "type": ["boolean", "integer", "string", "array"]}, required=True
    )
    effective_from = fields.Day(_l("从哪一天起"), required=True)
    reason = fields.Text(_l("原因"), least=1, most=500, required=True)


class WithdrawBody(Shape):
    """From which day the value above holds again."""

    effective_from = fields.Day(_l("从哪一天起"), required=True)
    reason = fields.Text(_l("原因"), least=1, most=500, required=True)


class EntryShape(Answer):
    """What was set once."""

    id = fields.Id(required=True)
    unit_id = fields.Id(allow_none=True, required=True)
    value = fields.Raw(required=True, allow_none=True)
    effective_from = fields.Day(required=True)
    set_at = fields.Moment(required=True)
    reason = fields.Text(required=True, most=2000)
    withdrawn = fields.Flag(required=True)
    platform = fields.Flag(required=True)


class HistoryShape(Answer):
    """All that was set."""

    items = fields.Many(fields.Nested(EntryShape), required=True)


class RuleSetShape(Answer):
    """An edition of a text."""

    code = fields.Text(required=True)
    title = fields.Text(required=True)
    since = fields.Day(allow_none=True, required=True)
    until = fields.Day(allow_none=True, required=True)


class RuleSetsShape(Answer):
    """All editions."""

    items = fields.Many(fields.Nested(RuleSetShape), required=True)


def _step(step: Step) -> dict[str, Any]:
    return {
        "level": step.level.name.lower(), "unit_path": step.unit_path, "limited": step.limited,
        "value": step.said.value if step.said else step.held.value,
        "since": step.said.effective_from if step.said else None,
    }  # fmt: skip


def _shown(key: PolicyKey, as_of: date, path: str | None) -> dict[str, Any]:
    chain = explain(key, set_values(), as_of=as_of, unit_path=path)
    return {
        "key": key.key, "title": str(key.title), "value": chain[-1].held.value, "unit": str(key.unit),
        "direction": key.direction.value, "source": str(key.source), "tag": key.tag.value,
        "chain": [_step(step) for step in chain],
    }  # fmt: skip


def _key(name: str) -> PolicyKey:
    found = open_key(name)
    if found is None:
        abort(404)
    return found


@bp.get("/policies", summary=_l("规则参数"), query=PlaceQuery, gives=PoliciesShape)
@requires(VIEW)
def list_policies(query: dict[str, Any]) -> Response:
    """Every value in force at a place on a day, with where it comes from."""
    where, as_of = places.asked(ranges(VIEW)), query.get("as_of") or clock.today()
    return answer({"items": [_shown(key, as_of, where.path) for key in open_keys()]})


@bp.get("/policies/<key>", summary=_l("一项规则参数"), query=PlaceQuery, gives=PolicyShape)
@requires(VIEW)
def one_policy(key: str, query: dict[str, Any]) -> Response:
    """One value with where it comes from."""
    where, as_of = places.asked(ranges(VIEW)), query.get("as_of") or clock.today()
    return answer(_shown(_key(key), as_of, where.path))


@bp.get("/policies/<key>/history", summary=_l("一项规则参数的历次设定"), gives=HistoryShape)
@requires(VIEW)
def policy_history(key: str) -> Response:
    """What was ever set, newest first."""
    names = ("id", "unit_id", "value", "effective_from", "set_at", "reason", "withdrawn", "platform")
    found = history(_key(key).key)
    return answer({"items": [{name: getattr(one, name) for name in names} for one in found]})


@bp.post("/policies/<key>", summary=_l("设定规则参数"), query=PlaceQuery, takes=ValueBody, gives=Made, creates=True)
@requires(EDIT)
def set_policy(key: str, query: dict[str, Any], body: dict[str, Any]) -> Response:  # noqa: ARG001
    """Set a value for the tenant, or for the unit of the address and all below it."""
    found, where = _key(key), places.asked(ranges(VIEW))
    need(EDIT, where.edited)
    value = tuple(body["value"]) if isinstance(body["value"], list) else body["value"]
    made = set_value(
        key=found.key, value=value, effective_from=body["effective_from"], reason=body["reason"], as_of=clock.today(),
        place=where.unit, held=set_values(),
    )  # fmt: skip
    return answer({"id": made}, 201, location=url_for("settings_api.one_policy", key=found.key))


@bp.post(
    "/policies/<key>/withdrawal",
    summary=_l("撤回规则参数的设定"),
    query=PlaceQuery,
    takes=WithdrawBody,
    gives=Made,
    creates=True,
)
@requires(EDIT)
def withdraw_policy(key: str, query: dict[str, Any], body: dict[str, Any]) -> Response:  # noqa: ARG001
    """From a day on, let what stands above hold again."""
    found, where = _key(key), places.asked(ranges(VIEW))
    need(EDIT, where.edited)
    made = withdraw(key=found.key, as_of=clock.today(), place=where.unit, held=set_values(), **body)
    return answer({"id": made}, 201, location=url_for("settings_api.one_policy", key=found.key))


@bp.get("/rule-sets", summary=_l("规则依据"), gives=RuleSetsShape)
@requires(VIEW)
def list_rule_sets() -> Response:
    """The editions of the texts, with the days they are in force."""
    found = [
        {"code": one.code, "title": str(one.title), "since": one.in_force_from, "until": one.in_force_to}
        for one in rulesets.rule_sets()
    ]
    return answer({"items": found})


def register(app: Flask) -> None:
    """Add the verbs."""
    setup.add(app, bp)
