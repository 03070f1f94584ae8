"""What codes of a member's history are called on screen."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.people.added.fields import open_field
from core.people.added.values import MASK, read, shown
from core.people.codes import LISTS, label
from core.people.rules import FIELD_LABELS

_CAUSES = {
    "imported": _l("名册导入"),
    "admitted": _l("吸收入党或接收"),
    "moved": _l("组织关系调整"),
    "unit_change": _l("随党组织变动"),
    "restored": _l("恢复党籍"),
}
_FIELDS = {
    "unit": _l("所在党支部"),
    "group": _l("所在党小组"),
    "no_post": _l("无职党员"),
    "skills": _l("特长"),
    "mismatch_reason": _l("与证件不一致的原因"),
    "merged": _l("重复记录"),
}
_LISTS = {"membership_state": "membership_state", "class_tags": "class_tag"}


def cause_label(cause: str) -> str:
    """Why a stay in a unit began."""
    return str(_CAUSES.get(cause, cause))


def change_label(field: str) -> str:
    """What a changed field is called."""
    added = open_field(field)
    return str(added.title) if added else str(_FIELDS.get(field) or FIELD_LABELS.get(field, field))


def change_value(field: str, value: Any) -> str:
    """A value of the log of changes as people read it."""
    if value is None or value in ("", []):
        return ""
    added = open_field(field)
    if added is not None:
        return str(value if value == MASK else shown(added, read(added, value)[0]))
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    list_name = _LISTS.get(field, field)
    if isinstance(value, list):
        return "、".join(label(list_name, str(code)) if list_name in LISTS else str(code) for code in value)
    return label(list_name, str(value)) if list_name in LISTS else str(value)
