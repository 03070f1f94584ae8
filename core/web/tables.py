"""Lists: columns, what the address says about them, and their rows as HTML.

    COLUMNS = (Column("name", _l("姓名"), kind="name", sort=True), Column("join_date", _l("入党日期"), kind="date", sort=True), …)

    view = ListView.of_request("members", COLUMNS, default_sort="name")
    rows, total = queries.members(sort=view.sort, descending=view.descending, limit=view.size, offset=view.offset)
    listing = Listing(view, rows, total=total, title=_("党员名册"), link=pattern("people.member", "person_id"))
    return render("people/list.html", fragment="results", listing=listing)

A row is a sequence: its id first, then one value for each of COLUMNS in their order (hidden ones included).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal
from urllib.parse import urlencode

from flask import after_this_request, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from werkzeug.wrappers import Response

Kind = Literal["text", "long", "name", "date", "number", "state", "actions"]
#: Pages further back than this are not offered by offset.
MAX_PAGE = 10_000
SIZES = (20, 50, 100, 200)
_ZERO = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    :param key: its name in the address and in queries.
    :param kind: ``name`` links to the row's page; ``date``, ``number`` and ``state`` never wrap;
        ``long`` takes a line of its own on a phone. Markup is put in as it is, everything else is escaped.
    :param sort: whether its heading sorts.
    :param shown: whether it is shown before anybody has chosen.
    :param fixed: whether it can not be hidden.
    :param show: turns a value into text or Markup; None leaves it as it is.
    """

    key: str
    label: Any
    kind: Kind = "text"
    sort: bool = False
    shown: bool = True
    fixed: bool = False
    show: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class ListView:
    """What the address says about a list."""

    name: str
    columns: tuple[Column, ...]
    chosen: tuple[Column, ...]
    sort: str
    descending: bool
    page: int
    size: int
    args: tuple[tuple[str, str], ...]
    path: str

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.page - 1) * self.size

    @classmethod
    def of_request(
        cls, name: str, columns: Sequence[Column], *, default_sort: str, default_size: int = 50
    ) -> "ListView":
        """Read ``sort`` (``-key`` for descending), ``page``, ``size`` and ``col`` from the address.

        Anything that makes no sense is taken as not said. Chosen columns are kept in this browser under ``name``.
        """
        args = tuple((k, v) for k, v in request.args.items(multi=True) if v != "")
        said = request.args.get("sort", default_sort)
        key = said.removeprefix("-")
        if not any(c.key == key and c.sort for c in columns):
            said, key = default_sort, default_sort.removeprefix("-")
        size = _number(request.args.get("size"), default_size)
        return cls(
            name=name,
            columns=tuple(columns),
            chosen=_chosen(name, columns),
            sort=key,
            descending=said.startswith("-"),
            page=min(_number(request.args.get("page"), 1), MAX_PAGE),
            size=size if size in SIZES else default_size,
            args=args,
            path=request.script_root + request.path,
        )

    def url(self, **changes: str | None) -> str:
        """The address with some parameters changed (None takes one away). A change other than of the page goes to page 1."""
        kept = [(k, v) for k, v in self.args if k not in changes and (k != "page" or "page" in changes)]
        kept += [(k, v) for k, v in changes.items() if v is not None]
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    def without(self, name: str) -> str:
        """The address without the filter ``name``."""
        return self.url(**{name: None})


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) else default


def _chosen(name: str, columns: Sequence[Column]) -> tuple[Column, ...]:
    cookie = f"columns.{name}"
    asked = request.args.getlist("col")
    wanted = asked or request.cookies.get(cookie, "").split(".")
    known = {c.key for c in columns}
    picked = {key for key in wanted if key in known}
    if not picked:
        return tuple(c for c in columns if c.shown or c.fixed)
    if asked:
        _keep(cookie, ".".join(c.key for c in columns if c.key in picked))
    return tuple(c for c in columns if c.key in picked or c.fixed)


def _keep(cookie: str, value: str) -> None:
    path, secure = request.script_root or "/", request.is_secure

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(cookie, value, 31_536_000, path=path, secure=secure, httponly=True, samesite="Lax")
        return response


@dataclass(frozen=True, slots=True)
class Pattern:
    """An address with one id left open: built once per page, filled once per row."""

    before: str
    after: str

    def __call__(self, value: object) -> str:
        """The address of the row with the id ``value``."""
        return f"{self.before}{value}{self.after}"


def pattern(endpoint: str, argument: str, **others: Any) -> Pattern:
    """The address of ``endpoint`` with its UUID ``argument`` left open."""
    before, _zero, after = url_for(endpoint, **{argument: _ZERO, **others}).partition(_ZERO)
    return Pattern(before, after)


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading: ``sorted`` is ascending, descending or empty."""

    label: Any
    kind: Kind
    url: str | None
    sorted: str


@dataclass(frozen=True, slots=True)
class PageLink:
    """One entry of the row of page links; no address for the present page and for gaps."""

    label: str
    url: str | None = None
    present: bool = False
    name: str = ""


@dataclass(slots=True)
class Listing:
    """A list ready to be rendered by ``table.listing()``.

    :param rows: id first, then a value for each column of ``view.columns``.
    :param total: how many there are in all; None when it was not counted.
    :param more: whether rows follow this page (for lists without a total).
    :param capped: whether ``total`` is a lower bound ("more than").
    :param link: the row's page by its id.
    :param filters: what is filtered: parameter name to (label, shown value).
    :param export_url: where the list is exported exactly as shown.
    :param unit: the counter word.
    """

    view: ListView
    rows: Sequence[Sequence[Any]]
    total: int | None = None
    title: Any = ""
    link: Callable[[Any], str] | None = None
    filters: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    export_url: str | None = None
    more: bool = False
    capped: bool = False
    unit: Any = "条"

    @property
    def path(self) -> str:
        """The list's address without parameters."""
        return self.view.path

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Parameters that a filter form must keep: order and size of a page."""
        return [(k, v) for k, v in self.view.args if k in ("sort", "size", "unit")]

    @property
    def kept_but_columns(self) -> list[tuple[str, str]]:
        """Parameters that the column chooser must keep: all but the columns and the page."""
        return [(k, v) for k, v in self.view.args if k not in ("col", "page")]

    @property
    def filtered(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.filters)

    @property
    def clear_url(self) -> str:
        """The address without any filter."""
        return self.view.url(**dict.fromkeys(self.filters, None))

    @property
    def chips(self) -> list[tuple[Any, Any, str]]:
        """The filters in force, each with the address that drops it."""
        return [(label, value, self.view.without(name)) for name, (label, value) in self.filters.items()]

    @property
    def choices(self) -> list[tuple[Column, bool]]:
        """The columns one can choose, and whether each is shown."""
        return [(c, c in self.view.chosen) for c in self.view.columns if not c.fixed]

    @property
    def count_text(self) -> str:
        """How many, and which of them are on this page."""
        if self.total is None:
            return str(_("第 %(page)s 页", page=self.view.page)) if self.rows else ""
        total = f"{self.total:,}"
        said = str(
            _("超过 %(n)s %(unit)s", n=total, unit=self.unit)
            if self.capped
            else _("共 %(n)s %(unit)s", n=total, unit=self.unit)
        )
        if not self.rows or self.total <= len(self.rows):
            return said
        first = self.view.offset + 1
        return str(_("%(said)s，本页第 %(a)s–%(b)s", said=said, a=f"{first:,}", b=f"{first + len(self.rows) - 1:,}"))

    @property
    def heads(self) -> list[Head]:
        """The headings of the chosen columns."""
        return [self._head(column) for column in self.view.chosen]

    def _head(self, column: Column) -> Head:
        view = self.view
        if not column.sort:
            return Head(column.label, column.kind, None, "")
        here = column.key == view.sort
        way = ("descending" if view.descending else "ascending") if here else ""
        turned = f"-{column.key}" if here and not view.descending else column.key
        return Head(column.label, column.kind, view.url(sort=turned), way)

    @property
    def pages(self) -> list[PageLink]:
        """Links to the other pages; empty when there is only one."""
        view, last = self.view, self._last_page()
        if view.page == 1 and last <= 1:
            return []
        links = []
        if view.page > 1:
            links.append(PageLink(_("上一页"), view.url(page=str(view.page - 1)), name="prev"))
        if self.total is not None:
            links += self._numbers(last)
        if view.page < last:
            links.append(PageLink(_("下一页"), view.url(page=str(view.page + 1)), name="next"))
        return links

    def _last_page(self) -> int:
        if self.total is None:
            return self.view.page + (1 if self.more else 0)
        return min(max(1, -(-self.total // self.view.size)), MAX_PAGE)

    def _numbers(self, last: int) -> Iterable[PageLink]:
        here, before = self.view.page, 0
        for page in sorted({1, last, *range(max(1, here - 2), min(last, here + 2) + 1)}):
            if page > before + 1:
                yield PageLink("…")
            yield PageLink(f"{page:,}", None if page == here else self.view.url(page=str(page)), page == here)
            before = page

    def body(self, *, picks: bool = False) -> Markup:
        """The rows as HTML: one format per set of columns, filled row by row. No template runs per cell."""
        view, link = self.view, self.link
        index = {c.key: i for i, c in enumerate(view.columns, 1)}
        plan = [(index[c.key], _cell(c)) for c in view.chosen]
        named = next((n for n, c in enumerate(view.chosen) if c.kind == "name"), None) if link else None
        text = _row_format(tuple((str(c.label), c.kind) for c in view.chosen), _("选择") if picks else "")
        lines = []
        for row in self.rows:
            cells = [cell(row[i]) for i, cell in plan]
            if named is not None and link is not None:
                cells[named] = f'<a href="{_text(link(row[0]))}">{cells[named]}</a>'
            if picks:
                cells[:0] = [_text(str(row[0])), _text(str(row[1]))]
            lines.append(text % tuple(cells))
        return Markup("".join(lines))  # noqa: S704  # every cell was escaped


def badge(text: Any, tone: str = "plain") -> Markup:
    """``ui.badge()`` for a column's ``show``: made once per text, so that a list pays nothing per row."""
    return _word("tag", str(text), tone)


def state(text: Any, tone: str = "plain") -> Markup:
    """``ui.state()`` for a column's ``show``."""
    return _word("state", str(text), tone)


@lru_cache(maxsize=1024)
def _word(css: str, text: str, tone: str) -> Markup:
    return Markup('<span class="{} {}-{}">{}</span>').format(css, css, tone, text)


_special = re.compile("[&<>\"']").search
_NONE = '<span class="none">—</span>'


def _text(value: Any) -> str:
    """A cell's HTML. Most texts hold nothing to escape, and finding that out is cheaper than escaping."""
    if type(value) is str:
        if _special(value):
            return str(escape(value))
        return value or _NONE
    if value is None:
        return _NONE
    return str(escape(value))


def _cell(column: Column) -> Callable[[Any], str]:
    show = column.show
    if show is None:
        return _text
    return lambda value: _text(show(value))


@lru_cache(maxsize=256)
def _row_format(columns: tuple[tuple[str, Kind], ...], choose: str) -> str:
    """The row as a format with one %s per cell; before them, with ``choose``, the id and the name of its box."""
    cells = [
        f'<td class="col-{kind}" data-label="{escape(label)}">'.replace("%", "%%") + "%s</td>"
        for label, kind in columns
    ]
    pick = ""
    if choose:
        choose = str(escape(choose)).replace("%", "%%")
        pick = (
            '<td class="col-pick"><input class="form-check-input" type="checkbox" name="id" value="%s" '
            f'aria-label="{choose} %s" data-bulk-one></td>'
        )
    return f"<tr>{pick}{''.join(cells)}</tr>\n"
