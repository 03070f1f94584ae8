"""The filters above the member list, as controls and as chips."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from core.people.codes import LISTS
from core.people.pages import added
from core.people.queries.filters import STANDINGS, Criteria

#: Ages and party ages that are offered; an address may name any other.
_AGES = ("-35", "36-45", "46-55", "56-60", "61-", "80-")
_PARTY_AGES = ("-9", "10-19", "20-29", "30-39", "40-49", "50-")
_EDUCATION = ("10", "20", "30", "40", "60", "70", "80", "90")
_TITLES: Mapping[str, Any] = {
    "q": _l("搜索"),
    "standing": _l("党籍状态"),
    "sex": _l("性别"),
    "age": _l("年龄"),
    "education": _l("学历"),
    "tag": _l("党员分类"),
    "ethnic": _l("民族"),
    "party_age": _l("党龄"),
    "joined_from": _l("入党日期从"),
    "joined_to": _l("入党日期到"),
    "birthday": _l("生日月份"),
    "political_birthday": _l("政治生日月份"),
    "post": _l("工作岗位"),
    "lost": _l("失联"),
    "incomplete": _l("信息不全"),
    "medal": _l("光荣在党50年纪念章"),
    "group": _l("党小组"),
}
#: Shown at once; the others stand behind 更多.
_FIRST = ("standing", "sex", "age", "education", "tag")
_MORE = ("ethnic", "party_age", "post", "birthday", "political_birthday", "lost", "incomplete", "medal")
_DATES = ("joined_from", "joined_to")


def _band(text: str, unit: str) -> str:
    low, _dash, high = text.partition("-")
    if not low or low == "0":
        return str(_("%(high)s%(unit)s及以下", high=high, unit=unit))
    return (
        str(_("%(low)s%(unit)s及以上", low=low, unit=unit))
        if not high
        else str(_("%(low)s–%(high)s%(unit)s", low=low, high=high, unit=unit))
    )


def _options(name: str) -> list[tuple[str, str]]:
    """The values that a filter offers, with their labels."""
    own = _OWN.get(name)
    return own() if own is not None else [*LISTS[name].labels.items()]


def _standings() -> list[tuple[str, str]]:
    states = (code for code in STANDINGS if code not in ("current", "all"))
    return [
        ("current", _("在册党员")),
        ("all", _("全部人员")),
        *((code, LISTS["membership_state"].label(code)) for code in states),
    ]


def _educations() -> list[tuple[str, str]]:
    bands = [(code, LISTS["education"].label(code)) for code in _EDUCATION]
    return [("college", _("大专及以上")), ("senior_secondary", _("高中及以上")), *bands]


def _months() -> list[tuple[str, str]]:
    return [("now", _("本月")), *((str(n), _("%(n)s月", n=n)) for n in range(1, 13))]


def _yes() -> list[tuple[str, str]]:
    return [("1", _("是"))]


_OWN: Mapping[str, Callable[[], list[tuple[str, str]]]] = {
    "standing": _standings,
    "sex": lambda: [(code, LISTS["sex"].label(code)) for code in ("1", "2")],
    "age": lambda: [(text, _band(text, "岁")) for text in _AGES],
    "party_age": lambda: [(text, _band(text, "年")) for text in _PARTY_AGES],
    "education": _educations,
    "ethnic": lambda: [("minority", _("少数民族")), *LISTS["ethnic"].labels.items()],
    "birthday": _months,
    "political_birthday": _months,
    "lost": _yes,
    "incomplete": _yes,
    "medal": lambda: [("due", _("今年应颁发"))],
    "tag": lambda: [*LISTS["class_tag"].labels.items()],
}


def shown_value(name: str, text: str) -> str:
    """A filter's value as people say it."""
    if name in ("age", "party_age"):
        return _band(text, "岁" if name == "age" else "年")
    return dict(_options(name)).get(text, text) if name not in ("q", "group", *_DATES) else text


def chips(criteria: Criteria) -> dict[str, tuple[Any, Any]]:
    """The filters in force: name → (label, value)."""
    return {
        name: added.chip(name, text) or (_TITLES[name], _("所选党小组") if name == "group" else shown_value(name, text))
        for name, text in criteria.given.items()
        if not (name == "standing" and text == "current")
    }


def said(criteria: Criteria) -> str:
    """The filters in one line, for exports and prints."""
    shown = chips(replace(criteria, given=criteria.recorded))
    return "；".join(f"{label}：{value}" for label, value in shown.values())


def controls(given: Mapping[str, str], lang: str) -> Markup:
    """The controls but for the search field, kept as HTML for each combination of values."""
    return _controls(tuple((name, text) for name, text in given.items() if name != "q"), lang, added.controls(given))


@lru_cache(maxsize=512)
def _controls(given: tuple[tuple[str, str], ...], lang: str, others: str) -> Markup:
    values = dict(given)
    first = "".join(_select(name, values.get(name, ""), lang) for name in _FIRST)
    more = "".join(_select(name, values.get(name, ""), lang) for name in _MORE)
    dates = "".join(_date(name, values.get(name, "")) for name in _DATES)
    is_open = (
        " open" if any(name in values for name in (*_MORE, *_DATES)) or any("." in name for name in values) else ""
    )
    summary = escape(_("更多条件"))
    group = f'<input type="hidden" name="group" value="{escape(values["group"])}">' if "group" in values else ""
    return Markup(  # noqa: S704 - every value went through escape()
        f'{first}{group}<details class="filters-more"{is_open}><summary class="btn">{summary}</summary>'
        f'<div class="filters-more-body">{more}{dates}{others}</div></details>'
    )


def _select(name: str, value: str, lang: str) -> str:
    text = _plain_select(name, lang)
    if not value:
        return text
    wanted = f'value="{escape(value)}"'
    if wanted not in text:  # a band that nobody offers, such as one from a figure's link
        option = f"<option {wanted} selected>{escape(shown_value(name, value))}</option></select>"
        return text.replace("</select>", option, 1)
    return text.replace(wanted, f"{wanted} selected", 1)


@lru_cache(maxsize=64)
def _plain_select(name: str, _lang: str) -> str:
    nothing = _("在册党员") if name == "standing" else _("不限")
    pairs = [pair for pair in _options(name) if pair[0] != "current"]
    options = "".join(f'<option value="{escape(code)}">{escape(label)}</option>' for code, label in pairs)
    return (
        f'<label class="filter"><span>{escape(_TITLES[name])}</span><select class="form-select" name="{name}">'
        f'<option value="">{escape(nothing)}</option>{options}</select></label>'
    )


def _date(name: str, value: str) -> str:
    return (
        f'<label class="filter"><span>{escape(_TITLES[name])}</span>'
        f'<input class="form-control" type="date" name="{name}" value="{escape(value)}"></label>'
    )
