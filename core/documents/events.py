"""The events of prints."""

from flask_babel import lazy_gettext as _l

from core.events.actions import declare_event

_FIELDS = {"number": _l("打印编号"), "title": _l("打印的材料"), "count": _l("共几份（行）")}
READY = declare_event("documents.print.ready", _l("打印件已生成"), _FIELDS)
FAILED = declare_event("documents.print.failed", _l("打印件没有生成"), _FIELDS)
