"""How an event's particulars are written on a page: labels for what the parts put into ``detail``."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.audit.queries import Event

#: Table name → what it is called.
SUBJECTS = {
    "account": _l("账号"),
    "body": _l("班子届次"),
    "covered_unit": _l("覆盖单位"),
    "import_run": _l("导入"),
    "person": _l("党员"),
    "policy_value": _l("规则参数"),
    "post_holding": _l("任职"),
    "stored_file": _l("附件"),
    "unit": _l("党组织"),
    "unit_change": _l("组织变动"),
}
#: Name in ``detail`` → what it is called.
LABELS = {
    "add": _l("增加"),
    "asked_key": _l("参数"),
    "asked_person_id": _l("党员编号"),
    "asked_unit_id": _l("党组织编号"),
    "columns": _l("列"),
    "count": _l("数量"),
    "doc_no": _l("文号"),
    "due_on": _l("届满日期"),
    "effective_on": _l("生效日期"),
    "endpoint": _l("页面"),
    "fields": _l("字段"),
    "file": _l("文件"),
    "filters": _l("筛选条件"),
    "findings": _l("规则意见"),
    "from": _l("原来"),
    "full": _l("完整信息"),
    "group": _l("党小组"),
    "held": _l("已暂停"),
    "key": _l("参数"),
    "kind": _l("类别"),
    "level": _l("层级"),
    "login": _l("登录名"),
    "method": _l("方式"),
    "months": _l("月数"),
    "more": _l("说明"),
    "name": _l("名称"),
    "on": _l("日期"),
    "paper": _l("依据文件"),
    "people": _l("人数"),
    "person": _l("姓名"),
    "policy": _l("所用规则参数版本"),
    "post": _l("职务"),
    "purpose": _l("用途"),
    "reason": _l("理由"),
    "remove": _l("去掉"),
    "role": _l("角色"),
    "rows": _l("行数"),
    "rules": _l("规则"),
    "started_on": _l("起始日期"),
    "tables": _l("数据"),
    "to": _l("现在"),
    "unit": _l("党组织"),
    "why": _l("理由"),
}
#: Shown elsewhere on the page.
_APART = frozenset({"changes", "before", "after"})


def subject_title(name: str | None) -> str:
    """What the thing acted on is called; the table's name for one nobody has named."""
    if not name:
        return ""
    return str(SUBJECTS.get(name, name))


def label_of(name: str) -> str:
    """What a particular is called."""
    return str(LABELS.get(name, name))


def text_of(value: Any) -> str:
    """A value as one line."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, dict):
        return "，".join(f"{name} {text_of(one)}" for name, one in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "、".join(text_of(one) for one in value)
    return str(value)


def rows_of(event: Event) -> list[tuple[str, str]]:
    """The particulars as pairs of label and text, without the changes by field."""
    return [
        (label_of(name), text_of(value))
        for name, value in event.detail.items()
        if name not in _APART and value not in (None, "", [], {})
    ]
