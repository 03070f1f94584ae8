"""The home page: what must I do this week, and how does my organisation stand."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, current_app, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.actor import Range
from core.access.gate import SIGNED_IN, actor, may, ranges, requires
from core.home.queries import todos, vacancies
from core.organization.codes import ChangeKind
from core.organization.labels import labels_of
from core.people.figures import figures
from core.web import navigation

bp = Blueprint("home", __name__, template_folder="templates")

#: kind → (heading, word for the date, endpoint of the subject, its argument, endpoint of the whole list)
KINDS = {
    "term": (_l("换届"), _l("任期届满"), "organization.unit", "unit_id", "organization.terms"),
    "probation": (_l("预备期"), _l("预备期满"), "people.member", "person_id", "people.members"),
    "decision": (_l("待审批的组织变动"), _l("应答复"), "organization.change", "change_id", "organization.changes"),
}
MORE = {"probation": {"standing": "probationary", "sort": "join_date"}}
SHORTCUTS = (
    ("people.member.view", _l("党员名册"), "users", "people.members"),
    ("organization.unit.view", _l("组织架构"), "sitemap", "organization.tree"),
    ("people.import", _l("导入花名册"), "file-import", "importing.runs"),
    ("organization.change.submit", _l("组织变动"), "git-branch", "organization.changes"),
)


def _link(endpoint: str, **given: Any) -> str | None:
    return url_for(endpoint, **given) if endpoint in current_app.view_functions else None


def _figures(seen: tuple[Range, ...], units: tuple[Range, ...]) -> Iterator[tuple[Any, ...]]:
    if seen:
        f = figures(seen, as_of=clock.today())
        yield _("党员总数"), f.total, _link("people.members")
        yield _("预备党员"), f.probationary, _link("people.members", standing="probationary")
        yield _("女党员"), f.female, _link("people.members", sex="2")
        yield _("35岁及以下"), f.age_35_or_under, _link("people.members", age="0-35")
        yield _("高中及以上学历"), f.senior_secondary_or_above, _link("people.members", education="senior_secondary")
        yield _("农村党员"), f.rural, _link("people.members", tag="rural")
    empty = vacancies(units)
    if empty:
        yield _("书记空缺"), empty, _link("organization.vacancies"), None, "warn"


@bp.get("/")
@requires(SIGNED_IN)
def home() -> str:
    """To-dos by kind with the nearest first; the figures of the account's units, each leading to its list."""
    today = clock.today()
    seen, units = ranges("people.member.view"), ranges("organization.unit.view")
    decide = ranges("organization.change.decide")
    groups = [
        todos(kind, where, as_of=today) for kind, where in (("term", units), ("probation", seen), ("decision", decide))
    ]
    shortcuts = [(label, icon, _link(to)) for right, label, icon, to in SHORTCUTS if may(right)]
    return render_template(
        "home/home.html",
        greeting=_("您好，%(name)s", name=actor().name),
        groups=[group for group in groups if group.total],
        kinds=KINDS,
        more_of=MORE,
        change_kinds=labels_of(ChangeKind),
        link=_link,
        figures=list(_figures(seen, units)),
        shortcuts=[entry for entry in shortcuts if entry[2]],
    )


def register(app: Flask) -> None:
    """Add the home page and its place in the navigation."""
    app.register_blueprint(bp)
    navigation.add(app, navigation.Item(label=_l("首页"), icon="home", endpoint="home.home", order=0, phone=1, key="h"))
