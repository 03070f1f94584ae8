"""The member list: everything it shows is in its address."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask import abort, current_app, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape

from core import clock
from core.access.gate import actor, may, ranges, requires
from core.people.pages import filtering
from core.people.pages.columns import all_columns, chosen_columns, laid_out, needs_further
from core.people.pages.rows import as_html
from core.people.pages.site import EDIT, EXPORT, IMPORT, REVEAL, VIEW, bp, crumbs, unit_of
from core.people.queries import filters
from core.people.queries.filters import Criteria
from core.people.queries.lists import Asked, Page
from core.people.queries.lists import members as page_of_members
from core.people.queries.ordering import Cursor, Order
from core.web.carrying import carried
from core.web.locale import html_lang
from core.web.security import csrf_field
from core.web.shell import render, wants_fragment
from core.web.tables import SIZES, Column, Listing, ListView, PageLink, Pattern, pattern

#: The name under which an account's choice of columns is kept.
PREFERENCE = "columns.members"
DEFAULT_SIZE = 50


@dataclass(slots=True)
class MemberListing(Listing):
    """The list with pages found by cursor, so that the last page costs what the first does."""

    found: Page | None = None
    #: where the choice of columns is kept for the account
    chooser_url: str = ""

    def body(self, *, picks: bool = False) -> Markup:
        """The rows as HTML."""
        view = self.view
        if not isinstance(self.link, Pattern):
            raise TypeError("the list's rows link to members")
        return as_html(self.rows, view.columns, view.chosen, self.link, _("选择") if picks else "")

    @property
    def pages(self) -> list[PageLink]:
        """The page before and the page after."""
        if self.found is None:
            return []
        links = []
        if self.found.previous:
            links.append(PageLink(_("首页"), self.view.url(page=None), name="first"))
            links.append(PageLink(_("上一页"), self.view.url(page=self.found.previous), name="prev"))
        if self.found.next:
            links.append(PageLink(_("下一页"), self.view.url(page=self.found.next), name="next"))
        return links

    @property
    def count_text(self) -> str:
        """How many there are."""
        total = self.total or 0
        said = str(_("共 %(n)s 名", n=f"{total:,}"))
        return said if len(self.rows) >= total else str(_("%(said)s，本页 %(n)s 名", said=said, n=len(self.rows)))

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """The columns one can choose, in the order of the page."""
        shown = {column.key for column in self.view.chosen}
        offered = chosen_columns(self.view.columns, [column.key for column in self.view.columns])
        return [(column, column.key in shown) for column in offered if not column.fixed]

    @property
    def kept_chooser(self) -> Markup:
        """The column chooser: rendered once for each choice of columns, with this page's parameters put in."""
        keys = tuple(column.key for column in self.view.chosen)
        every = tuple(column.key for column in self.view.columns)
        held = _chooser(self, html_lang(), request.script_root, keys, every)
        kept = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in self.kept_but_columns
        )
        return Markup(held.replace(_MARK, csrf_field() + kept))  # noqa: S704 - the parts are escaped


#: Where a page's token and parameters go in the kept chooser.
_MARK = "\ue000"
_choosers: dict[tuple[Any, ...], str] = {}


def _chooser(listing: MemberListing, *key: Any) -> str:
    held = _choosers.get(key)
    if held is None:
        plain = SimpleNamespace(choices=listing.choices, chooser_url=listing.chooser_url, path="", kept_but_columns=())
        made = str(current_app.jinja_env.globals["table"].chooser(plain))  # type: ignore[attr-defined]
        held = made.replace(str(csrf_field()), _MARK)
        if len(_choosers) > 500:
            _choosers.clear()
        _choosers[key] = held
    return held


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address says about the list."""

    criteria: Criteria
    order: Order
    columns: tuple[Column, ...]
    chosen: tuple[Column, ...]
    asked: Asked


def wish() -> Wish:
    """Read the address. What makes no sense is taken as not said, but for a unit, which is then unknown."""
    given, today = request.args, clock.today()
    criteria = filters.read(given, as_of=today, clear=ranges(REVEAL))
    order = Order.read(given.get("sort")) or Order()
    columns = all_columns(today)
    chosen = chosen_columns(columns, given.getlist("col") or kept_columns())
    size = given.get("size", "")
    limit = int(size) if size.isdecimal() and len(size) < 5 and int(size) in SIZES else DEFAULT_SIZE
    cursor = Cursor.read(given["page"], order) if given.get("page") else None
    asked = Asked(unit_of(given.get("unit")), ranges(VIEW), criteria, order, limit, cursor, needs_further(chosen))
    return Wish(criteria, order, columns, chosen, asked)


def kept_columns() -> Sequence[str]:
    """The columns that the account has chosen."""
    held = actor().preferences.get(PREFERENCE)
    return [str(key) for key in held] if isinstance(held, list) else ()


@bp.get("/people/")
@requires(VIEW)
def members() -> str:
    """Members of a unit's subtree, or of all that one may see: filtered, sorted, in pages."""
    wanted = wish()
    found = page_of_members(wanted.asked)
    if found is None:
        abort(404)
    place = found.place
    listing = _listing(wanted, found)
    whole = {} if wants_fragment() else _around(wanted, found)
    return render(
        "people/members.html",
        fragment="results",
        listing=listing,
        unit=place,
        may_edit=may(EDIT, place.path if place else None),
        may_print=may(EXPORT, place.path if place else None),
        **whole,
    )


def _listing(wanted: Wish, found: Page) -> MemberListing:
    args = tuple((k, v) for k, v in request.args.items(multi=True) if v != "")
    view = ListView(
        name="members",
        columns=wanted.columns,
        chosen=wanted.chosen,
        sort=wanted.order.sort,
        descending=wanted.order.descending,
        page=2 if wanted.asked.cursor else 1,
        size=wanted.asked.limit,
        args=args,
        path=request.script_root + request.path,
    )
    return MemberListing(
        view,
        laid_out(found.rows, further=wanted.asked.further, unit_id=wanted.asked.unit, chosen=wanted.chosen),
        total=found.total,
        title=_("党员名册"),
        link=pattern("people.member", "person_id"),
        filters=filtering.chips(wanted.criteria),
        unit=_("名"),
        found=found,
        chooser_url=url_for("people.columns"),
    )


def _around(wanted: Wish, found: Page) -> dict[str, Any]:
    """What stands around the results, and is not asked for again when only they change."""
    place = found.place
    path = place.path if place else None
    unit: dict[str, Any] = {"unit": place.id} if place else {}
    return {
        "q": wanted.criteria.given.get("q", ""),
        "controls": filtering.controls(wanted.criteria.given, html_lang()),
        "crumbs": crumbs(place)[:-1] if place and place.above else [],
        "export_url": _export_url() if may(EXPORT, path) else None,
        "print_urls": [_export_url("documents.listed", code=code) for code in ("people.roster", "people.member_card")],
        "new_url": url_for("people.new", **unit) if may(EDIT, path) else None,
        "import_url": url_for("importing.new", kind="people")
        if "importing.new" in current_app.view_functions and may(IMPORT, path)
        else None,
    }


def _export_url(endpoint: str = "people.export", **more: str) -> str:
    values: dict[str, Any] = {**carried(without=("page",)), **more}
    return url_for(endpoint, **values)
