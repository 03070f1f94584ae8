"""Records that somebody should look at."""

from flask_babel import gettext as _

from core import clock
from core.access.gate import ranges, requires
from core.people.pages.site import EDIT, bp
from core.people.policy import policy
from core.people.queries.doubtful import MOST
from core.people.queries.doubtful import doubts as find_doubts
from core.web.shell import render


@bp.get("/people/doubts")
@requires(EDIT)
def doubts() -> str:
    """Phones with too many holders, and members of one name and birth."""
    most = policy(as_of=clock.today()).phone_shared_max
    found = find_doubts(ranges(EDIT), phone_shared_max=most)
    sections = [
        (_("同一电话超过%(n)s人使用", n=most), _("请核对是否填错；确实共用的不必处理（R2.08）。"), found.phones),
        (_("姓名和出生日期都相同"), _("如果是同一个人录入了两次，请打开其中一条办理“合并重复记录”。"), found.namesakes),
    ]
    return render("people/doubts.html", sections=sections, most=MOST)
