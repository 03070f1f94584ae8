"""A member's page: facts, tabs, what happened; and the full view of what is masked."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from core import clock
from core.access.gate import ranges, requires
from core.organization.codes import PostCode
from core.organization.labels import label as organization_label
from core.people.actions.members import Unknown
from core.people.actions.privacy import reveal as reveal_fields
from core.people.added.fields import open_fields
from core.people.codes import label
from core.people.pages import added
from core.people.pages.acts import acts_from
from core.people.pages.site import (
    EDIT,
    EXPORT,
    REVEAL,
    STATE,
    bp,
    crumbs,
    found_or_404,
    may_here,
    month_and_day,
    standing_badge,
    unit_url,
)
from core.people.queries.single import Found, History, history
from core.people.rules import FIELD_LABELS, Span, age, party_age
from core.people.wording import cause_label, change_label, change_value
from core.policy.findings import Refused
from core.web.shell import render

TABS = ("base", "membership", "placement", "files", "changes")
_LATEST = 12


@bp.get("/people/<uuid:person_id>")
@requires("people.member.view")
def member(person_id: UUID) -> str:
    """A member, on one of the tabs base, membership, placement and changes."""
    found = found_or_404(person_id)
    past = history(person_id)
    here = request.args.get("tab", "base")
    here = here if here in TABS else "base"
    today, may = clock.today(), may_here(found)
    return render(
        "people/member.html",
        found=found,
        person=found.values,
        past=past,
        here=here,
        crumbs=crumbs(found.place),
        badge=standing_badge(found.values["standing"], label("membership_state", found.values["standing"])),
        facts=_facts(found, past, today),
        tabs=_tabs(found, past, here),
        groups=[*_groups(found), *added.facts(found.added)] if here == "base" else (),
        sealed=added.sealed(found.added),
        events=list(_events(past))[:_LATEST],
        acts=acts_from(found.values["standing"]) if may(STATE) else (),
        may_edit=may(EDIT),
        may_reveal=may(REVEAL),
        may_print=may(EXPORT),
        may_open=may("identity.account.open"),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "label": label,
        "cause_label": cause_label,
        "change_label": change_label,
        "change_value": change_value,
        "post_label": lambda code: organization_label(PostCode(code)) if code in set(PostCode) else code,
        "unit_url": unit_url,
        "zone": clock.ZONE,
    }


def _tabs(found: Found, past: History, here: str) -> list[tuple[Any, ...]]:
    titles = {
        "base": _("基本信息"),
        "membership": _("党籍"),
        "placement": _("组织关系"),
        "files": _("材料"),
        "changes": _("变更记录"),
    }
    counts = {"membership": len(past.spells), "placement": len(past.stays), "changes": len(past.changes)}
    return [
        (
            titles[tab],
            url_for("people.member", person_id=found.id, tab=tab if tab != "base" else None),
            tab == here,
            counts.get(tab),
        )
        for tab in TABS
    ]


def _suspensions(past: History) -> list[Span]:
    """The days between a suspension and what followed it."""
    begun = sorted(spell.started_on for spell in past.spells)
    found = []
    for spell in past.spells:
        end = spell.ended_on
        if end is not None and spell.end_reason == "suspended":
            found.append(Span(end, next((day for day in begun if day >= end), None)))
    return found


def _facts(found: Found, past: History, today: date) -> list[tuple[Any, ...]]:
    p = found.values
    years = party_age(p["regular_date"], today, suspensions=_suspensions(past)) if p["regular_date"] else None
    facts: list[tuple[Any, ...]] = [
        (_("性别"), label("sex", p["sex"])),
        (_("年龄"), _("%(n)s岁", n=age(p["birth"], today))),
        (_("民族"), label("ethnic", p["ethnic"])),
        (_("学历"), label("education", p["education"])),
        (_("入党日期"), p["join_date"]),
        (
            _("党龄"),
            _("%(n)s年", n=years) if years is not None else _("预备期内") if p["standing"] == "probationary" else None,
        ),
        (_("政治生日"), month_and_day(p["join_date"], today)),
    ]
    if p["lost_since"]:
        facts.append((_("失联"), _("%(day)s 起", day=p["lost_since"]), "warn"))
    return facts


def _groups(found: Found) -> list[tuple[Any, list[tuple[Any, Any]]]]:
    """The base data as titled groups of (label, value); what is masked stays so."""
    p = found.values
    yes = _("是")
    mismatch = [(_("证件上的出生日期"), p["birth_by_id"])] if p["birth_by_id"] else []
    if p["mismatch_reason"]:
        mismatch.append((_("与证件不一致的原因"), p["mismatch_reason"]))
    return [
        (
            _("基本信息"),
            [
                (_("姓名"), p["name"]),
                (_("曾用名"), p["former_name"]),
                (_("性别"), label("sex", p["sex"])),
                (_("民族"), label("ethnic", p["ethnic"])),
                (_("出生日期"), p["birth"]),
                *mismatch,
                (_("籍贯"), p["native_place"]),
                (_("学历"), label("education", p["education"])),
                (_("学位"), label("degree", p["degree"])),
                (_("婚姻状况"), label("marital", p["marital"])),
            ],
        ),
        (
            _("党籍信息"),
            [
                (_("党籍状态"), label("membership_state", p["standing"])),
                (_("入党日期"), p["join_date"]),
                (_("转正日期"), p["regular_date"]),
                (_("所在党支部"), p["unit"]),
                (_("所在党小组"), p["group"]),
                (_("党员分类"), "、".join(label("class_tag", code) for code in p["class_tags"])),
                (_("1949年10月前入党"), yes if p["before_1949"] else None),
            ],
        ),
        (
            _("工作与其他"),
            [
                (_("工作岗位"), label("post", p["post"])),
                (_("工作单位"), p["employer"]),
                (_("参加工作日期"), p["work_start"]),
                (_("户籍类型"), label("household", p["household"])),
                (_("无职党员"), yes if p["no_post"] else None),
                (_("特长"), p["skills"]),
                (_("备注"), p["remark"]),
            ],
        ),
    ]


def _events(past: History) -> Iterator[dict[str, Any]]:
    """What happened, newest first: memberships, stays and the latest changes."""
    events: list[tuple[date, int, dict[str, Any]]] = []
    for spell in past.spells:
        begun = _("党籍开始：%(why)s", why=label("start_reason", spell.start_reason))
        events.append((spell.started_on, 1, {"title": begun, "tone": "ok"}))
        if spell.ended_on:
            ended = _("党籍结束：%(why)s", why=label("end_reason", spell.end_reason))
            events.append(
                (spell.ended_on, 1, {"title": ended, "tone": "warn", "text": _paper(spell.doc_organ, spell.doc_no)})
            )
    for stay in past.stays:
        title = _("编入%(unit)s", unit=stay.unit)
        events.append((stay.valid_from, 0, {"title": title, "text": cause_label(stay.cause)}))
    for change in past.changes:
        day = change.at.astimezone(clock.ZONE).date()
        title = _("修改了%(field)s", field=change_label(change.field))
        events.append((day, 2, {"title": title, "who": change.actor, "text": change.reason}))
    for day, _order, event in sorted(events, key=lambda e: (e[0], e[1]), reverse=True):
        yield {"date": day.isoformat(), **event}


def _paper(organ: str | None, number: str | None) -> str:
    return " ".join(part for part in (organ, number) if part)


@bp.post("/people/<uuid:person_id>/reveal")
@requires(REVEAL)
def reveal(person_id: UUID) -> str | tuple[str, int]:
    """The full values of what is masked, after a purpose was typed; a part of the member's page."""
    wanted = request.form.getlist("fields")
    held = {field.key: field.title for field in open_fields() if field.sealed}
    fields = [name for name in ("id_no", "phone", "address", *held) if name in wanted]
    try:
        values = reveal_fields(
            person=person_id,
            fields=fields or ["id_no", "phone", "address"],
            purpose=request.form.get("purpose"),
            ranges=ranges(REVEAL),
        )
    except Unknown:
        abort(404)
    except Refused as refused:
        return render_template("people/revealed.html", findings=refused.findings, values={}, labels={}), 422
    return render_template("people/revealed.html", findings=(), values=values, labels={**FIELD_LABELS, **held})
