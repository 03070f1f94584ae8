"""How an event's particulars are written on a page: labels for what the parts put into ``detail``."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.audit.kinds import SUBJECTS
from core.audit.queries import Event

#: Name in ``detail`` → what it is called.
LABELS = {
    "add": _l("增加"),
    "added": _l("增加"),
    "asked_key": _l("参数"),
    "asked_person_id": _l("党员编号"),
    "asked_unit_id": _l("党组织编号"),
    "based_on": _l("参照"),
    "by": _l("办理人"),
    "code": _l("代号"),
    "columns": _l("列"),
    "contacted_on": _l("联系日期"),
    "count": _l("数量"),
    "doc_no": _l("文号"),
    "dropped": _l("去掉"),
    "due_on": _l("届满日期"),
    "effective_on": _l("生效日期"),
    "endpoint": _l("页面"),
    "events": _l("事件"),
    "everybody": _l("全体"),
    "evidence": _l("依据"),
    "faults": _l("问题"),
    "fields": _l("字段"),
    "file": _l("文件"),
    "files": _l("附件"),
    "filters": _l("筛选条件"),
    "findings": _l("规则意见"),
    "for": _l("对象"),
    "form": _l("格式"),
    "format": _l("格式"),
    "from": _l("原来"),
    "full": _l("完整信息"),
    "group": _l("党小组"),
    "held": _l("已暂停"),
    "host": _l("主机"),
    "in_time": _l("是否按时"),
    "kept": _l("保留"),
    "key": _l("参数"),
    "keys": _l("参数"),
    "kind": _l("类别"),
    "last": _l("最后"),
    "level": _l("层级"),
    "login": _l("登录名"),
    "message": _l("消息"),
    "method": _l("方式"),
    "months": _l("月数"),
    "more": _l("说明"),
    "name": _l("名称"),
    "number": _l("编号"),
    "objects": _l("对象数"),
    "on": _l("日期"),
    "out": _l("不再接收"),
    "paper": _l("依据文件"),
    "people": _l("人数"),
    "permissions": _l("权限"),
    "person": _l("姓名"),
    "plugin": _l("插件"),
    "policy": _l("所用规则参数版本"),
    "post": _l("职务"),
    "present": _l("到会"),
    "provider": _l("登录来源"),
    "purpose": _l("用途"),
    "reason": _l("理由"),
    "recipients": _l("接收人数"),
    "records": _l("记录数"),
    "remove": _l("去掉"),
    "removed": _l("去掉"),
    "request": _l("申请"),
    "resealed": _l("重新加密"),
    "restored": _l("恢复"),
    "retired": _l("停用"),
    "role": _l("角色"),
    "rows": _l("行数"),
    "rules": _l("规则"),
    "secret": _l("更换了密钥"),
    "slug": _l("网址代号"),
    "start": _l("开头"),
    "started_on": _l("起始日期"),
    "state": _l("状态"),
    "tables": _l("数据"),
    "title": _l("名称"),
    "to": _l("现在"),
    "told": _l("通知人数"),
    "unit": _l("党组织"),
    "verdict": _l("处理结果"),
    "version": _l("版本"),
    "voter": _l("投票人"),
    "what": _l("事项"),
    "why": _l("理由"),
}
#: Shown elsewhere on the page.
_APART = frozenset({"changes", "before", "after"})


def subject_title(name: str | None) -> str:
    """What the thing acted on is called; the table's name for one nobody has named."""
    if not name:
        return ""
    known = SUBJECTS.get(name)
    return _(known) if known else name


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
        (label_of(name), text_of([subject_title(one) for one in value] if name == "tables" else value))
        for name, value in event.detail.items()
        if name not in _APART and value not in (None, "", [], {})
    ]
