"""What the pages of notices and to-dos share."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select

from core import clock
from core.access.gate import actor
from core.database.read import scalar
from core.files.purposes import Purpose, declare_purpose
from core.notices.deadlines import PASS, SEND, VIEW
from core.notices.models import Notice
from core.notices.queries import inbox
from core.notices.queries.reach import Reach, reach_of
from core.notices.registry import RULES
from core.web.shell import own_path

bp = Blueprint("notices", __name__, template_folder="../templates")
_PATH = select(Notice.path).where(Notice.id == bindparam("notice"))
ATTACHMENT = "notices.notice.attachment"
LEVELS = {"normal": _l("一般"), "important": _l("重要"), "urgent": _l("紧急")}
TONES = {"normal": "plain", "important": "warn", "urgent": "bad"}
STATES = {"published": _l("已发布"), "withdrawn": _l("已撤回")}
#: The titles and words of the registered rules, as the translations know them.
_TEXTS = (
    _l("换届"), _l("预备党员转正"), _l("组织变动待审批"), _l("书记空缺，应补选或指派"), _l("临时党支部到期撤销或延续"), _l("传达通知"),
    _l("核对并颁发“光荣在党50年”纪念章"), _l("应颁发"),
    _l("任期届满"), _l("预备期满"), _l("应答复"), _l("应补选"), _l("到期"), _l("应传达"),
)  # fmt: skip


def _path_of(notice_id: UUID) -> str | None:
    found: str | None = scalar(_PATH, notice=notice_id)
    return found


declare_purpose(Purpose(ATTACHMENT, _l("附件"), "notice", view=VIEW, edit=SEND, locate=_path_of, archive_class="01"))


def my_reach() -> Reach:
    """What the asking account sees and must do today."""
    return reach_of(actor(), as_of=clock.today())


def no_mere_watcher() -> None:
    """End the request with 403 where the account only looks on: an inspector sees what is late and asks nobody to hurry."""
    if my_reach().only_watches:
        abort(403, _("您只有查看权限，不能催办。"))


def shown_notice(notice_id: UUID) -> inbox.Shown:
    """A notice that the asking account may see; ends the request with 404 for every other."""
    found = inbox.notice(actor(), notice_id, as_of=clock.today())
    if found is None:
        abort(404)
    return found


def subject_url(rule: str, subject_id: object) -> str | None:
    """The address of what a deadline is about."""
    known = RULES.get(rule)
    if known is None or known.link[0] not in current_app.view_functions:
        return None
    values: dict[str, Any] = {known.link[1]: subject_id}
    return url_for(known.link[0], **values)


def list_url(rule: str) -> str | None:
    """The address of the list of all of a kind."""
    known = RULES.get(rule)
    if known is None or known.listed is None or known.listed[0] not in current_app.view_functions:
        return None
    values: dict[str, Any] = dict(known.listed[1])
    return url_for(known.listed[0], **values)


def linked(link: dict[str, Any] | None) -> str | None:
    """The address that a message leads to."""
    if not link or link.get("endpoint") not in current_app.view_functions:
        return None
    values = link.get("values")
    return url_for(str(link["endpoint"]), **(values if isinstance(values, dict) else {}))


def back(default: str) -> str:
    """Where a form came from, if it is a page of ours."""
    return own_path(request.form.get("back")) or url_for(default)


def crumbs() -> list[tuple[str, str]]:
    """The way up from a page of notices."""
    return [(_("通知"), url_for("notices.received"))]


__all__ = ["ATTACHMENT", "LEVELS", "PASS", "SEND", "STATES", "TONES", "VIEW", "bp"]
