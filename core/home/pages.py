"""The home page: what must I do this week, whom do I wait for, and how does my organisation stand."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson
from flask import Blueprint, Flask, current_app, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.actor import Range
from core.access.gate import SIGNED_IN, actor, may, ranges, requires
from core.home.board import FEW, Board, board
from core.home.queries import vacancies
from core.notices.pages.site import LEVELS, TONES, list_url, my_reach, subject_url
from core.notices.queries import inbox
from core.notices.queries.todos import When, home_kept
from core.notices.registry import RULES
from core.people.figures import Figures, figures
from core.tenancy.memory import kept
from core.web import navigation

bp = Blueprint("home", __name__, template_folder="templates")

PARTS = {When.OVERDUE: _l("已逾期"), When.WEEK: _l("七天内到期"), When.LATER: _l("七天以后")}
SHORTCUTS = (
    ("people.member.view", _l("党员名册"), "users", "people.members"),
    ("organization.unit.view", _l("组织架构"), "sitemap", "organization.tree"),
    ("people.import", _l("导入花名册"), "file-import", "importing.runs"),
    ("organization.change.submit", _l("组织变动"), "git-branch", "organization.changes"),
    ("notices.notice.send", _l("写通知"), "send", "notices.new"),
    (SIGNED_IN, _l("我的信息"), "user", "privacy.mine"),
    (SIGNED_IN, _l("投诉建议"), "message", "feedback.mine"),
)


def _link(endpoint: str, **given: Any) -> str | None:
    return url_for(endpoint, **given) if endpoint in current_app.view_functions else None


def _counted(seen: tuple[Range, ...], units: tuple[Range, ...], today: date) -> tuple[Figures | None, int]:
    """The members' figures and the vacancies, from the worker's memory until the tenant's data change."""

    def make() -> bytes:
        return orjson.dumps([figures(seen, as_of=today) if seen else None, vacancies(units)])

    found, empty = orjson.loads(kept(("home.figures", seen, units, today), make))
    return Figures(**found) if found else None, empty


def _figures(seen: tuple[Range, ...], units: tuple[Range, ...], today: date) -> Iterator[tuple[Any, ...]]:
    f, empty = _counted(seen, units, today)
    if f is not None:
        yield _("党员总数"), f.total, _link("people.members")
        yield _("预备党员"), f.probationary, _link("people.members", standing="probationary")
        yield _("女党员"), f.female, _link("people.members", sex="2")
        yield _("35岁及以下"), f.age_35_or_under, _link("people.members", age="0-35")
        yield _("高中及以上学历"), f.senior_secondary_or_above, _link("people.members", education="senior_secondary")
        yield _("农村党员"), f.rural, _link("people.members", tag="rural")
    if empty:
        yield _("书记空缺"), empty, _link("organization.vacancies"), None, "warn"


def _summary(found: Board) -> list[tuple[Any, ...]]:
    """The three numbers above the lists, each leading to them: one's own overdue and of this week, and others'."""
    overdue, week = found.count(When.OVERDUE), found.count(When.WEEK)
    return [
        (_("已逾期"), overdue, url_for("notices.todos", turn="mine", when="overdue"), None, "bad" if overdue else ""),
        (_("七天内到期"), week, url_for("notices.todos", turn="mine", when="week"), None, "warn" if week else ""),
        (_("等待他人"), found.waits, url_for("notices.todos", turn="others")),
    ]


@bp.get("/")
@requires(SIGNED_IN)
def home() -> str:
    """What is one's turn by how near it is, whom one waits for, unread notices, and the figures of one's units."""
    today = clock.today()
    reach = my_reach()
    groups, done = home_kept(reach, as_of=today, version=g.tenant.version)
    found = board([group for group in groups if group.rule in RULES])
    unread, notices, reminders = inbox.waiting(actor().account_id)
    shortcuts = [(label, icon, _link(to)) for right, label, icon, to in SHORTCUTS if right == SIGNED_IN or may(right)]
    return render_template(
        "home/home.html",
        greeting=_("您好，%(name)s", name=actor().name),
        board=found,
        parts=PARTS,
        few=FEW,
        summary=_summary(found) if found.mine or found.waits else [],
        done=done,
        watching=reach.only_watches,
        rules=RULES,
        unread=unread,
        unread_count=notices,
        reminders=reminders,
        levels=LEVELS,
        tones=TONES,
        today=today,
        subject_url=subject_url,
        list_url=list_url,
        figures=[
            (*one, None, "")[:5]
            for one in _figures(ranges("people.member.view"), ranges("organization.unit.view"), today)
        ],
        shortcuts=[entry for entry in shortcuts if entry[2]],
    )


def register(app: Flask) -> None:
    """Add the home page and its place in the navigation."""
    app.register_blueprint(bp)
    navigation.add(app, navigation.Item(label=_l("首页"), icon="home", endpoint="home.home", order=0, phone=1))
