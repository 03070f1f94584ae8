"""The events of imports: one for a run, whatever the number of its rows."""

from flask_babel import lazy_gettext as _l

from core.events.actions import declare_event

_KIND = _l("导入的种类")
FINISHED = declare_event(
    "import.finished",
    _l("导入已完成"),
    {"kind": _KIND, "created": _l("新增"), "updated": _l("更新"), "unchanged": _l("未变"), "refused": _l("未导入")},
)
UNDONE = declare_event(
    "import.undone",
    _l("导入已撤销"),
    {"kind": _KIND, "removed": _l("删除"), "restored": _l("恢复"), "kept": _l("保留")},
)
