"""Members and units in the command palette."""

from collections.abc import Sequence
from itertools import islice

from flask import Flask
from flask_babel import lazy_gettext as _l

from core import clock
from core.access.gate import ranges
from core.database.read import Row
from core.organization.queries import levels
from core.people.codes import label
from core.people.pages.site import EDIT, REVEAL, VIEW
from core.people.queries import filters
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import Order
from core.people.queries.statements import FIELDS
from core.web.palette import Action, Hit, Source, add_action, add_source, matches
from core.web.tables import pattern

UNIT_VIEW = "organization.unit.view"


def find_members(asked: str, limit: int) -> Sequence[Hit]:
    """Persons by name, pinyin, initials or number, whatever their standing, where the asker may see them."""
    criteria = filters.read({"q": asked, "standing": "all"}, as_of=clock.today(), clear=ranges(REVEAL))
    if "q" not in criteria.given:
        return []
    rows: dict[str, Row] = {}
    for wanted in filter(None, (criteria.usual(), criteria)):  # a rare reading comes behind the usual ones
        if len(rows) < limit:
            found = members(Asked(None, ranges(VIEW), wanted, Order(), limit), with_total=False)
            rows |= {row[0]: row for row in found.rows if row[0] not in rows} if found is not None else {}
    place = {name: number for number, name in enumerate(FIELDS)}
    address = pattern("people.member", "person_id")
    return [
        Hit(
            row[place["name"]],
            address(row[0]),
            " · ".join(filter(None, (row[place["unit"]], label("membership_state", row[place["standing"]])))),
            "user",
        )
        for row in islice(rows.values(), limit)
    ]


def find_units(asked: str, limit: int) -> Sequence[Hit]:
    """Units by a part of their name, or by its pinyin or initials, where the asker may see them."""
    address = pattern("organization.unit", "unit_id")
    if asked.isascii():  # names are Chinese: what is typed is how they sound
        sounding = (one for one in levels.choices(ranges(UNIT_VIEW)) if matches(one[1], asked))
        found = list(islice(sounding, limit))
    else:
        found = [(str(unit.id), unit.name) for unit in levels.search(ranges(UNIT_VIEW), asked, most=limit)]
    return [Hit(name, address(unit_id), icon="sitemap") for unit_id, name in found]


def register(app: Flask) -> None:
    """Let them be found, and offer what begins with a member."""
    add_source(app, Source(_l("党员"), "user", VIEW, find_members))
    add_source(app, Source(_l("党组织"), "sitemap", UNIT_VIEW, find_units))
    add_action(
        app,
        Action(_l("新增党员"), "user-plus", "people.new", EDIT, "录入 登记"),
        Action(_l("导出党员名册"), "download", "people.export", "people.member.export"),
        Action(
            _l("提出组织变动"),
            "git-branch",
            "organization.change_new",
            "organization.change.submit",
            "成立 更名 撤销 合并",
        ),
    )
