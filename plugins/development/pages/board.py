"""The board: how many are in each stage, what is overdue, and the list of cases; and that list as a workbook."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from flask import request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core.sdk import Column, Listing, ListView, actor, may, now, ranges, record, render, requires, today, transaction
from core.sdk.importing import SheetColumn, write_list
from core.sdk.pages import pattern
from core.sdk.units import choices as unit_choices
from plugins.development.flow.words import SIDES, STATES
from plugins.development.pages import asking
from plugins.development.pages.asking import Filters, Place
from plugins.development.pages.reading import number, one_id
from plugins.development.pages.sections import tabs
from plugins.development.pages.words import DUES, SEXES, STAGES, due_said, due_shown, state_badge, state_said
from plugins.development.permissions import OPEN, RECORD, VIEW
from plugins.development.rules.crossing import TITLES
from plugins.development.site import pages

#: Rows of one export at most.
MOST = 20_000
COLUMNS = (
    Column("name", _l("姓名"), kind="name", sort=True, fixed=True),
    Column("unit", _l("党支部"), sort=True),
    Column("state", _l("状态"), kind="state", sort=True),
    Column("step", _l("下一步"), sort=True),
    Column("due", _l("办理期限"), kind="date", sort=True),
    Column("sex", _l("性别"), shown=False),
    Column("birth", _l("出生日期"), kind="date", sort=True, shown=False),
    Column("occupation", _l("职业"), shown=False),
    Column("applied_on", _l("申请入党"), kind="date", sort=True),
    Column("named_on", _l("确定积极分子"), kind="date", sort=True, shown=False),
    Column("listed_on", _l("列为发展对象"), kind="date", sort=True, shown=False),
    Column("adopted_on", _l("支部大会接收"), kind="date", sort=True, shown=False),
    Column("approved_on", _l("党委批准"), kind="date", sort=True, shown=False),
    Column("expiry_on", _l("预备期满"), kind="date", sort=True, shown=False),
    Column("converted_on", _l("讨论转正"), kind="date", sort=True, shown=False),
    Column("flags", _l("须说明事项"), kind="number", sort=True, shown=False),
)


def filters() -> Filters:
    """What the address limits the list to; what makes no sense is taken as not said."""
    given = request.args
    stage, state = number(given.get("stage")), given.get("state", "")
    return Filters(
        q=given.get("q", "").strip()[:40],
        unit=one_id(given.get("unit")),
        stage=stage if stage in STAGES else None,
        state=state if state in {"closed", "all", *STATES, *SIDES} else "",
        due=given.get("due", "") if given.get("due") in DUES else "",
    )


def _unit(held: Filters) -> Place | None:
    return asking.place(held.unit, ranges(VIEW)) if held.unit else None


def _chips(held: Filters, unit: Place | None) -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    if held.q:
        found["q"] = (_("搜索"), held.q)
    if unit:
        found["unit"] = (_("党组织"), unit.name)
    if held.stage:
        found["stage"] = (_("阶段"), STAGES[held.stage])
    if held.state:
        found["state"] = (_("状态"), dict(_states())[held.state])
    if held.due:
        found["due"] = (_("期限"), DUES[held.due])
    return found


def _states() -> list[tuple[str, Any]]:
    shown = {code: title for code, title in {**STATES, **SIDES}.items() if code != "visitor"}
    return [("closed", _("已办结")), ("all", _("全部")), *shown.items()]


def _shown(found: Any, as_of: date, *, plain: bool = False) -> list[list[Any]]:
    """Rows as the list shows them: the id, then a value for each of COLUMNS."""
    made = []
    for case_id, name, unit, state, side, step, due, sex, *rest in found:
        title = f"{step}．{_(TITLES[step])}" if step in TITLES else ""
        said = " ".join(filter(None, (str(due or ""), due_said(due, as_of)[0])))
        made.append(
            [
                case_id, name, unit, str(state_said(state, side)[0]) if plain else state_badge(state, side), title,
                said if plain else due_shown(due, as_of), SEXES.get(sex, ""), *rest,
            ]
        )  # fmt: skip
    return made


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that leads to its list."""

    label: Any
    count: int
    url: str
    note: Any = None
    tone: str = ""


def _figures(unit: Place | None, as_of: date) -> list[Figure]:
    found = asking.counts(ranges(VIEW), today=as_of, unit=unit)
    kept: dict[str, Any] = {"unit": unit.id} if unit else {}
    made = [
        Figure(title, found.stages.get(stage, 0), url_for("p_development.board", stage=stage, **kept))
        for stage, title in STAGES.items()
    ]
    late, soon = found.overdue, found.soon
    made.append(
        Figure(
            _("已逾期"),
            late,
            url_for("p_development.board", due="overdue", sort="due", **kept),
            None,
            "bad" if late else "",
        )
    )
    made.append(
        Figure(
            _("30天内到期"),
            soon,
            url_for("p_development.board", due="soon", sort="due", **kept),
            None,
            "warn" if soon else "",
        )
    )
    return made


@pages.get("/")
@requires(VIEW)
def board() -> str:
    """Where everybody stands, and what has to be done first."""
    held, as_of = filters(), today()
    unit = _unit(held)
    view = ListView.of_request("development.cases", COLUMNS, default_sort="due")
    found = asking.cases(
        ranges(VIEW), held, unit=unit, today=as_of, sort=view.sort, descending=view.descending, most=view.size,
        skipped=view.offset,
    )  # fmt: skip
    kept = {name: value for name, value in request.args.items(multi=True) if name != "page" and value}
    listing = Listing(
        view, _shown(found.rows, as_of), total=found.total, title=_("发展党员台账"),
        link=pattern("p_development.case", "case_id"), filters=_chips(held, unit),
        export_url=url_for("p_development.exported", **kept), unit=_("人"),  # type: ignore[arg-type]
    )  # fmt: skip
    from plugins.development.pages.bulk import offered

    return render(
        "development/board.html", fragment="results", listing=listing, filters=held, figures=_figures(unit, as_of),
        units=_units(), sections=tabs(), may_open=may(OPEN), stage_options=list(STAGES.items()), state_options=_states(),
        due_options=list(DUES.items()), bulk=offered() if may(RECORD) else [],
    )  # fmt: skip


def _units() -> list[tuple[str, str]]:
    return [(str(one), name) for one, name in unit_choices(ranges(VIEW))]


@pages.get("/cases.xlsx")
@requires(VIEW)
def exported() -> Response:
    """The list exactly as it is shown: its columns, filters and order."""
    held, as_of = filters(), today()
    unit = _unit(held)
    view = ListView.of_request("development.cases", COLUMNS, default_sort="due")
    found = asking.cases(
        ranges(VIEW), held, unit=unit, today=as_of, sort=view.sort, descending=view.descending, most=MOST
    )
    index = {column.key: place for place, column in enumerate(COLUMNS, 1)}
    columns = [SheetColumn(str(column.label), 24 if column.key in ("unit", "step") else 12) for column in view.chosen]
    rows = [
        [_cell(line[index[column.key]]) for column in view.chosen] for line in _shown(found.rows, as_of, plain=True)
    ]
    notes = [f"{label}：{value}" for label, value in _chips(held, unit).values()]
    with transaction():
        record(
            kind="development.case.exported", subject="development_case", subject_id=None, detail={"rows": len(rows)}
        )
    book = write_list(
        columns, rows, title=str(_("发展党员台账")), notes=notes, watermark=f"{actor().name} {now():%Y-%m-%d %H:%M}"
    )
    return send_file(
        BytesIO(book), as_attachment=True, download_name=f"{_('发展党员台账')}{as_of:%Y%m%d}.xlsx",
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )  # fmt: skip


def _cell(value: Any) -> Any:
    return str(value) if value is not None and not isinstance(value, (int, date)) else value
