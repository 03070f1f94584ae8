"""The events of the organisation: what others may be told of units, leadership and terms."""

from flask_babel import lazy_gettext as _l

from core.events.actions import declare_event

_ON, _CHANGE = _l("生效日期"), _l("组织变动的编号")

declare_event(
    "unit.created",
    _l("党组织已成立"),
    {"parent": _l("上级党组织的编号"), "type": _l("组织类别代码"), "on": _ON, "change": _CHANGE},
)
declare_event("unit.changed", _l("党组织信息已变更"), {"fields": _l("变更的项目"), "on": _ON, "change": _CHANGE})
declare_event(
    "unit.moved", _l("党组织隶属关系已调整"), {"parent": _l("新的上级党组织的编号"), "on": _ON, "change": _CHANGE}
)
declare_event("unit.dissolved", _l("党组织已撤销"), {"on": _ON, "change": _CHANGE})
declare_event(
    "leadership.changed",
    _l("班子成员已变动"),
    {"what": "taken | left | answered | closed", "person": _l("党员的编号"), "post": _l("职务代码"), "on": _ON},
)
declare_event(
    "term.started", _l("新一届班子已产生"), {"body": _l("班子的编号"), "on": _ON, "due_on": _l("任期届满日期")}
)
declare_event(
    "term.extended",
    _l("任期已延长或提前"),
    {"body": _l("班子的编号"), "kind": "extend | advance", "months": _l("月数"), "due_on": _l("任期届满日期")},
)
