"""规则参数: every value a rule uses, where it comes from, and setting it for the tenant or for a unit."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import may, need, ranges, requires
from core.audit import retention as _audit_values
from core.organization import policy as _organization_values
from core.organization.queries.policy import set_values
from core.people import policy as _people_values
from core.people.actions import privacy as _privacy_values
from core.policy import rulesets
from core.policy.actions import newest, set_value, withdraw
from core.policy.findings import Finding, Refused
from core.policy.queries import Entry, history, open_key, open_keys
from core.policy.registry import PolicyKey, Tag, Value
from core.policy.values import Level, SetValue, Step, explain, resolve, setting_findings
from core.settings import places
from core.settings.effects import effects
from core.settings.site import EDIT, VIEW, bp
from core.tenancy.doors import title_of
from core.web.settings_sections import sections
from core.web.shell import render

#: The parts whose values the page shows: importing them declares their keys.
DECLARING = (_audit_values, _organization_values, _people_values, _privacy_values)
TAGS = {Tag.CONFIRMED: _l("有正式文件"), Tag.RECALLED: _l("待核对原文"), Tag.DESIGN: _l("本平台默认")}
LEVELS = {Level.PLATFORM: _l("平台"), Level.TENANT: _l("本单位"), Level.UNIT: _l("下级组织")}
#: First word of a key → the heading it stands under, in this order.
PARTS = {
    "org": _l("党组织设置"),
    "term": _l("任期与换届"),
    "member": _l("党员"),
    "party_age": _l("党龄与政治生日"),
    "party_birthday": _l("党龄与政治生日"),
    "age": _l("党龄与政治生日"),
    "medal": _l("党龄与政治生日"),
    "lost": _l("党籍处理"),
    "overseas": _l("党籍处理"),
    "readmit": _l("党籍处理"),
    "roster": _l("名册"),
    "notices": _l("提醒与通知"),
    "audit": _l("安全与审计"),
}
_OTHER = _l("其他")


def heading(key: PolicyKey) -> str:
    """Under which title a value stands: its part's, its plugin's; the days of all reminders stand together."""
    if ".remind." in key.key:
        return str(PARTS["notices"])
    named = title_of(key.part)
    return str(PARTS[key.part]) if key.part in PARTS else str(_OTHER) if named == key.part else named


def shown(key: PolicyKey, value: Value | list[int]) -> str:
    """A policy value with its unit, as a person reads it."""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, list | tuple):
        if not value:
            return str(_("未另设"))
        return "、".join(str(one) for one in value) + str(_(key.unit) if key.unit else "")
    if isinstance(value, str):
        words = dict(key.choices).get(value)
        return str(_(words)) if words else value
    return f"{value}{_(key.unit) if key.unit else ''}"


def origin_of(step: Step, names: dict[str, tuple[str, UUID]]) -> str:
    """Who said it."""
    if step.said is None:
        return str(_("默认值"))
    if step.unit_path:
        return names.get(step.unit_path, (str(_("下级组织")), None))[0]
    return str(LEVELS[step.level])


def _parsed(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


@bp.get("/settings/policies")
@requires(VIEW)
def policies() -> str:
    """Every rule value in force at a place on a day, by part, with its level, since when, and its source."""
    where, held = places.asked(ranges(VIEW)), set_values()
    on = _parsed(request.args.get("on", ""), clock.today())
    asked = {name: request.args.get(name, "").strip()[:60] for name in ("q", "part", "own", "find")}
    chains = [(key, explain(key, held, as_of=on, unit_path=where.path)) for key in open_keys()]
    chosen = [(key, chain) for key, chain in chains if _matches(key, chain, asked)]
    names = places.names(sorted({step.unit_path for _key, chain in chosen for step in chain if step.unit_path}))
    found = places.found(asked["find"], ranges(VIEW))
    return render(
        "settings/policies.html",
        fragment="results",
        groups=_grouped([(key, chain[-1], origin_of(_last(chain), names), _later(key, held, where.path, on)) for key, chain in chosen]),
        count=len(chosen),
        total=len(chains),
        parts=_part_titles(),
        asked=asked,
        where=where,
        found=found,
        on=on,
        today=clock.today(),
        shown=shown,
        tags=TAGS,
        editable=may(EDIT, where.edited),
        sections=sections(),
    )  # fmt: skip


def _last(chain: Sequence[Step]) -> Step:
    """The step whose value holds in the end."""
    held = chain[-1].held
    return next(step for step in chain if step.held == held)


def _matches(key: PolicyKey, chain: Sequence[Step], asked: dict[str, str]) -> bool:
    text = asked["q"].lower()
    if text and text not in key.key and text not in key.title.lower() and text not in key.source.lower():
        return False
    if asked["part"] and heading(key) != asked["part"]:
        return False
    return not asked["own"] or len(chain) > 1


def _part_titles() -> list[str]:
    return list(dict.fromkeys(heading(key) for key in open_keys()))


def _grouped(found: list[tuple[Any, ...]]) -> list[tuple[str, list[tuple[Any, ...]]]]:
    by_title: dict[str, list[tuple[Any, ...]]] = {str(title): [] for title in PARTS.values()}
    other: list[tuple[Any, ...]] = []
    for one in found:
        title = heading(one[0])
        (other if title == str(_OTHER) else by_title.setdefault(title, [])).append(one)
    return [(title, members) for title, members in (*by_title.items(), (str(_OTHER), other)) if members]


def _later(key: PolicyKey, held: Sequence[SetValue], path: str | None, on: date) -> SetValue | None:
    """The next value that is set for the place but not in force yet."""
    coming = [row for row in held if row.key == key.key and row.effective_from > on and (row.unit_path or None) == path]
    return min(coming, key=lambda row: row.effective_from) if coming else None


def _typed(key: PolicyKey, text: str) -> Value | str:
    """The text as the key's own type; left a text when it is not one, for the rule to refuse."""
    if isinstance(key.default, bool):
        return {"1": True, "0": False}.get(text, text)
    if isinstance(key.default, int):
        return int(text) if text.isdecimal() and text.isascii() and len(text) < 7 else text + " "
    if isinstance(key.default, tuple):
        parts = [part.strip() for part in text.replace("，", ",").replace("、", ",").split(",") if part.strip()]
        good = all(part.isdecimal() and part.isascii() and len(part) < 7 for part in parts)
        return tuple(int(part) for part in parts) if parts and good else text
    return text


def _plain(value: Value) -> str:
    """A value as the form shows it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    return ", ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)


@bp.route("/settings/policies/<key>", methods=["GET", "POST"])
@requires(VIEW)
def policy(key: str) -> str | Response | tuple[str, int]:
    """Where one value comes from, its history; set it (after a preview) or withdraw it, for the tenant or a unit."""
    found = open_key(key)
    if found is None:
        abort(404)
    where = places.asked(ranges(VIEW))
    if request.method == "GET":
        return _page(found, where)
    need(EDIT, where.edited)
    given = {name: request.form.get(name, "").strip()[:500] for name in ("value", "effective_from", "reason", "seen")}
    day, step = _parsed(given["effective_from"], date.min), request.form.get("step", "save")
    try:
        if step == "preview":
            return _page(found, where, given=given, findings=_judged(found, where, given, day), preview=True)
        _save(found, where, given, day, step)
    except Refused as refused:
        if any(finding.code == "E_CONFLICT" for finding in refused.findings):
            return _page(found, where, given=given, overtaken=True), 409
        return _page(found, where, given=given, findings=refused.findings), 422
    words = (
        _("已撤回“%(title)s”的设定。", title=_(found.title))
        if step == "withdraw"
        else _("已保存“%(title)s”。", title=_(found.title))
    )
    flash(words, "ok")
    unit = where.unit.unit_id if where.unit else None
    return redirect(url_for("settings.policies", unit=unit), 303)


def _save(key: PolicyKey, where: places.Where, given: dict[str, str], day: date, step: str) -> None:
    common: dict[str, Any] = {
        "key": key.key, "effective_from": day, "reason": given["reason"], "as_of": clock.today(),
        "place": where.unit, "held": set_values(), "seen": _seen(given["seen"]),
    }  # fmt: skip
    if step == "withdraw":
        withdraw(**common)
    else:
        set_value(value=_typed(key, given["value"]), **common)


def _seen(text: str) -> UUID | bool | None:
    """The newest row the person was shown; a form without the field compares nothing."""
    if not text:
        return False
    try:
        return None if text == "none" else UUID(text)
    except ValueError:
        return False


def _judged(key: PolicyKey, where: places.Where, given: dict[str, str], day: date) -> tuple[Finding, ...]:
    if day == date.min:
        return ()
    above = [row for row in set_values() if row.unit_path != where.path or (where.unit is None and row.platform)]
    upper = resolve(
        key, above if where.unit else [row for row in above if row.platform], as_of=day, unit_path=where.path
    )
    level = Level.UNIT if where.unit else Level.TENANT
    return setting_findings(key, _typed(key, given["value"]), upper=upper.value, level=level)


def _page(
    key: PolicyKey,
    where: places.Where,
    *,
    given: dict[str, str] | None = None,
    findings: Sequence[Finding] = (),
    preview: bool = False,
    overtaken: bool = False,
) -> str:
    """The page of one value.

    :param overtaken: somebody else has set the value since the form was shown: what they set stands beside what was
        typed, and sending the form again, now that it has been seen, sets the typed one.
    """
    today, held = clock.today(), set_values()
    on = _parsed(request.args.get("on", ""), today)
    chain = explain(key, held, as_of=on, unit_path=where.path)
    entries = history(key.key)
    last = newest(key.key, where.unit)
    start = {
        "value": _plain(chain[-1].held.value),
        "effective_from": today.isoformat(),
        "reason": "",
        "seen": str(last) if last else "none",
    }
    if given and overtaken:
        given = {**given, "seen": start["seen"]}
    shown_effects = _effects(key, where, given, held) if preview and given and not findings else []
    paths = [*(step.unit_path for step in chain), *(one.path for one in shown_effects), *_prefixes(where.path)]
    names = places.names(sorted({path for path in paths if path}))
    return render(
        "settings/policy.html",
        key=key,
        where=where,
        on=on,
        today=today,
        now=chain[-1].held,
        chain=[(origin_of(step, names), step, step.held == chain[-1].held) for step in chain],
        trail=[names[path] for path in _prefixes(where.path) if path in names],
        given=given or start,
        findings=findings,
        effects=[(names.get(one.path or "", (_("其他下级组织（随上级）"), None))[0] if one.path and one.path != where.path else _("%(place)s", place=where.unit.name if where.unit else _("全单位")), one) for one in shown_effects],
        units=places.below(where.edited) if shown_effects else 0,
        own=any(step.said and step.level is (Level.UNIT if where.unit else Level.TENANT) and step.unit_path == where.path for step in chain),
        entries=_entries(key, entries),
        theirs=_entries(key, [one for one in entries if one.id == last]) if overtaken else [],
        editable=may(EDIT, where.edited),
        shown=shown,
        tags=TAGS,
    )  # fmt: skip


def _effects(key: PolicyKey, where: places.Where, given: dict[str, str], held: Sequence[SetValue]) -> list[Any]:
    value = _typed(key, given["value"])
    day = _parsed(given["effective_from"], clock.today())
    return list(effects(key, held, value, on=day, unit_path=where.path)) if key.accepts(value) else []


def _prefixes(path: str | None) -> list[str]:
    """The paths of a unit and of all above it, from the top."""
    parts = (path or "").split(".")[:-1]
    return [".".join(parts[: i + 1]) + "." for i in range(len(parts))]


def _entries(key: PolicyKey, found: Sequence[Entry]) -> list[dict[str, object]]:
    """The history as a timeline: when, who, where, what and why."""
    who = places.accounts() if any(one.set_by for one in found) else {}
    units = places.unit_names([one.unit_id for one in found if one.unit_id])
    lines = []
    for one in found:
        place = _("平台") if one.platform else units.get(one.unit_id, _("下级组织")) if one.unit_id else _("本单位")
        value = _("撤回设定") if one.withdrawn else shown(key, one.value)
        lines.append(
            {
                "date": one.set_at.strftime("%Y-%m-%d %H:%M"),
                "who": who.get(one.set_by, "") if one.set_by else _("平台运维") if one.platform else "",
                "title": _("%(place)s：%(value)s，自 %(day)s 起", place=place, value=value, day=one.effective_from),
                "text": one.reason,
                "tone": "warn" if one.withdrawn else "plain",
            }
        )
    return lines


@bp.get("/settings/rule-sets")
@requires(VIEW)
def rule_sets() -> str:
    """The texts whose rules are applied, each with the days it is in force."""
    return render("settings/rule_sets.html", sets=rulesets.rule_sets(), today=clock.today(), sections=sections())
