"""The columns of the member list: what each is called, how it is shown, where its value stands in a row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

from core.people.added.fields import MemberField, open_field, open_fields
from core.people.added.stored import of_people
from core.people.codes import LISTS, education_band
from core.people.columns import ListColumn
from core.people.pages.site import TONES, month_and_day
from core.people.queries.statements import FIELDS, FURTHER
from core.people.rules import age, party_age
from core.web.locale import html_lang
from core.web.tables import Column, badge

#: What is computed from a row: behind its fields stand these of them once more.
_COMPUTED = ("birth", "regular_date", "join_date")
_SOURCES = tuple(FIELDS.index(name) for name in _COMPUTED)
_NOTHING = (None,) * len(FURTHER)


def _label(list_name: str) -> Callable[[Any], Any]:
    labels = LISTS[list_name].labels

    def show(code: Any) -> Any:
        return labels.get(code, code) if code else None

    return show


def _education(code: Any) -> Any:
    """In a list the band is enough: 大学本科, not how it ended."""
    return LISTS["education"].labels.get(education_band(code) or code, code) if code else None


def _tags(codes: Any) -> Any:
    labels = LISTS["class_tag"].labels
    return "、".join(labels.get(code, code) for code in codes) if codes else None


def _standing(code: Any) -> Any:
    return badge(LISTS["membership_state"].labels.get(code, code), TONES.get(code, "plain"))


def _yes(value: Any) -> Any:
    return "是" if value else None


@lru_cache(maxsize=8)
def _own_columns(today: date, _lang: str) -> tuple[Column, ...]:
    """The roster's own columns in the order of a row's values; ages are those of ``today``, labels in one language."""
    columns = (
        Column("name", _l("姓名"), kind="name", sort=True, fixed=True),
        Column("sex", _l("性别"), kind="state", show=_label("sex")),
        Column("ethnic", _l("民族"), kind="state", show=_label("ethnic")),
        Column("birth", _l("出生日期"), kind="date", sort=True, shown=False),
        Column("education", _l("学历"), kind="state", show=_education),
        Column("standing", _l("党籍状态"), kind="state", show=_standing),
        Column("join_date", _l("入党日期"), kind="date", sort=True),
        Column("regular_date", _l("转正日期"), kind="date", sort=True, shown=False),
        Column("post", _l("工作岗位"), kind="state", shown=False, show=_label("post")),
        Column("id_no", _l("公民身份号码"), kind="state", shown=False),
        Column("phone", _l("联系电话"), kind="state"),
        Column("class_tags", _l("党员分类"), show=_tags),
        Column("lost_since", _l("失联日期"), kind="date", shown=False),
        Column("unit_id", _l("党支部编号"), shown=False),
        Column("unit", _l("所在党支部"), sort=True),
        Column("former_name", _l("曾用名"), shown=False),
        Column("native_place", _l("籍贯"), shown=False),
        Column("degree", _l("学位"), kind="state", shown=False, show=_label("degree")),
        Column("employer", _l("工作单位"), shown=False),
        Column("work_start", _l("参加工作日期"), kind="date", shown=False),
        Column("marital", _l("婚姻状况"), kind="state", shown=False, show=_label("marital")),
        Column("remark", _l("备注"), kind="long", shown=False),
        Column("no_post", _l("无职党员"), kind="state", shown=False, show=_yes),
        Column("birth_by_id", _l("证件出生日期"), kind="date", shown=False),
        Column("age", _l("年龄"), kind="number", sort=True, show=lambda born: age(born, today)),
        Column("party_age", _l("党龄"), kind="number", show=lambda day: party_age(day, today) if day else None),
        Column(
            "political_birthday", _l("政治生日"), kind="state", shown=False, show=lambda day: month_and_day(day, today)
        ),
    )
    return tuple(replace(column, label=str(column.label)) for column in columns)


#: The order in which columns stand on the page and are offered, which is not that of a row's values.
ORDER = (
    "name", "sex", "age", "birth", "ethnic", "education", "standing", "unit", "join_date", "regular_date", "party_age",
    "political_birthday", "class_tags", "post", "phone", "id_no", "former_name", "native_place", "degree", "employer",
    "work_start", "marital", "no_post", "lost_since", "birth_by_id", "remark",
)  # fmt: skip
#: Those that have a place there; a unit's id is never shown.
_PLACED = frozenset({*ORDER, "unit_id"})


def all_columns(today: date) -> tuple[Column, ...]:
    """The roster's columns and those that others add, in the order of a row's values."""
    lang = html_lang()
    added = _added()
    return _extended(today, lang, added) if added else _own_columns(today, lang)


def _added() -> tuple[ListColumn, ...]:
    """The columns behind the roster's own: further fields of members, then what others compute."""
    others: tuple[ListColumn, ...] = current_app.extensions["people.added"].columns()
    return (*(_of_field(field) for field in open_fields() if field.type != "long_text"), *others)


_KINDS: Mapping[str, Any] = {"date": "date", "number": "number", "flag": "state", "choice": "state"}


def _of_field(field: MemberField) -> ListColumn:
    return ListColumn(field.key, field.title, _KINDS.get(field.type, "text"), field.shown, field.sort)


@lru_cache(maxsize=16)
def _extended(today: date, lang: str, added: tuple[ListColumn, ...]) -> tuple[Column, ...]:
    others = (Column(c.key, str(c.label), kind=c.kind, shown=c.shown, sort=c.sort) for c in added)
    return (*_own_columns(today, lang), *others)


def chosen_columns(columns: Sequence[Column], wanted: Sequence[str]) -> tuple[Column, ...]:
    """The columns to show, in the order of the page: those wanted, or those shown by default."""
    by_key = {column.key: column for column in columns}
    known = [*(key for key in ORDER if key in by_key), *(key for key in by_key if key not in _PLACED)]
    picked = {key for key in wanted if key in by_key}
    return tuple(by_key[key] for key in known if by_key[key].fixed or (key in picked if picked else by_key[key].shown))


def needs_further(columns: Sequence[Column]) -> bool:
    """Whether the rarer values must be read for these columns."""
    return any(column.key in FURTHER for column in columns)


def laid_out(
    rows: Sequence[Sequence[Any]], *, further: bool, unit_id: Any, chosen: Sequence[Column] = ()
) -> list[tuple[Any, ...]]:
    """Rows of the query as the columns want them: id, then one value for each of :func:`all_columns`.

    :param chosen: the columns that will be shown: of those that others add only the values of these are asked for.
    """
    width = len(FIELDS)
    own, (born, regular, joined) = width + len(FURTHER), _SOURCES
    made: list[tuple[Any, ...]] = [
        (*(row[:own] if further else (*row[:width], *_NOTHING)), row[born], row[regular], row[joined]) for row in rows
    ]
    added = _added()
    if not added or not made:
        return made
    further_keys = {column.key for column in added}.intersection(column.key for column in chosen)
    fields = [key for key in further_keys if open_field(key)]
    kept = of_people([str(row[0]) for row in made], fields) if fields else {}
    others = current_app.extensions["people.added"].values(made, unit_id, further_keys)
    return _with_added(made, added, [kept, *others])


def _with_added(
    rows: list[tuple[Any, ...]], added: Sequence[ListColumn], answers: Iterable[Mapping[str, Mapping[str, Any]]]
) -> list[tuple[Any, ...]]:
    values: dict[str, Any] = {}
    for answer in answers:
        values |= answer or {}
    if not values:
        nothing = (None,) * len(added)
        return [row + nothing for row in rows]
    ids = [row[0] for row in rows]
    sources = (values.get(column.key) for column in added)
    further = zip(*(map(source.get, ids) if source else repeat(None, len(ids)) for source in sources), strict=True)
    return [row + more for row, more in zip(rows, further, strict=True)]
