"""What the pages of this part share: one look for lists, forms and records, and how what was sent is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Finding, Refused, actor, may, ranges, render
from core.sdk.looking_up import person_of
from plugins.care.aid import permissions as p
from plugins.care.people import Hand, Unknown, search

Answer = str | Response | tuple[str, int]


def hand() -> Hand:
    """Who acts."""
    who = actor()
    return Hand(who.account_id, who.name, person_of(who.account_id))


def at(endpoint: str, **values: Any) -> str:
    """The address of a page of this plugin."""
    return url_for(f"p_care.{endpoint}", **values)


def boxed(name: str, label: Any, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A field of a form; what was typed stands in it again when the form comes back."""
    if request.method == "POST" and name in request.form:
        more["value"] = request.form[name]
    elif request.method == "POST" and kind == "checkbox":
        more["value"] = False
    return {"name": name, "label": label, "kind": kind, **more}


@dataclass(frozen=True, slots=True)
class Act:
    """Something that can be done with a record: a button that opens its form."""

    key: str
    label: Any
    run: Callable[[], Any]
    fields: Sequence[Mapping[str, Any]] = ()
    primary: bool = False
    danger: bool = False
    note: Any = ""
    said: Any = ""


@dataclass(slots=True)
class Card:
    """A part of a record's page: a table, or facts, or a text."""

    title: Any
    heads: Sequence[Any] = ()
    rows: Sequence[Sequence[Any]] = ()
    empty: Any = ""
    text: str = ""
    facts: Sequence[tuple[Any, ...]] = field(default_factory=tuple)


def sections() -> list[tuple[Any, str, bool]]:
    """The pages of this part that the viewer may see, for the row of tabs."""
    here = request.endpoint or ""
    known = (
        (_("走访慰问"), "rounds", p.ROUND_VIEW, "round"),
        (_("困难党员"), "hardships", p.HARDSHIP_VIEW, "hardship"),
        (_("互助基金"), "funds", p.FUND_VIEW, "fund"),
        (_("老党员补助"), "subsidies", p.SUBSIDY_VIEW, "subsid"),
        (_("结对帮扶"), "pairs", p.PAIR_VIEW, "pair"),
        (_("问候与政治生日"), "greetings", p.GREETING, "greeting"),
    )
    return [
        (label, at(endpoint), here.removeprefix("p_care.").startswith(stem))
        for label, endpoint, asked, stem in known
        if may(asked)
    ]


def list_page(
    title: Any, subtitle: Any, cards: Sequence[Card], *, new: Sequence[tuple[Any, str]] = (), **more: Any
) -> str:
    """A page of tables. :param new: buttons (label, address), the first one primary."""
    return render(
        "care/aid_list.html", title=title, subtitle=subtitle, cards=cards, new=new, sections=sections(), **more
    )


def form_page(
    title: Any, fields: Sequence[Mapping[str, Any]], run: Callable[[], str], *, back: str, submit: Any, note: Any = ""
) -> Answer:
    """A form; when it was sent, what it does. :param run: does it and gives the address to go to."""
    findings: Sequence[Finding] = ()
    if request.method == "POST":
        try:
            target = run()
        except Refused as refused:
            findings = refused.findings
        except Unknown:
            abort(404)
        else:
            flash(_("已保存。"), "ok")
            return redirect(target, 303)
    page = render(
        "care/aid_form.html", title=title, fields=fields, findings=findings, back=back, submit=submit, note=note,
        sections=sections(), warned=any(one.severity == "WARN" for one in findings),
    )  # fmt: skip
    return (page, 422) if findings else page


def record_page(
    title: Any, *, state: tuple[Any, str], facts: Sequence[tuple[Any, ...]], cards: Sequence[Card], acts: Sequence[Act],
    back: tuple[Any, str], prints: Sequence[tuple[Any, str]] = (), said: Sequence[Finding] = (), version: int = 0,
    filters: Sequence[Mapping[str, Any]] = (),
) -> Answer:  # fmt: skip
    """A record with what can be done with it; a POST names the act.

    :param state: its word and tone. :param prints: (what, address). :param said: what the rules say of it as it stands.
    """
    findings: Sequence[Finding] = ()
    if request.method == "POST":
        chosen = next((one for one in acts if one.key == request.form.get("act")), None)
        if chosen is None:
            abort(404)
        try:
            target = chosen.run()
        except Refused as refused:
            findings = refused.findings
        except Unknown:
            abort(404)
        else:
            flash(chosen.said or _("已办理。"), "ok")
            return redirect(target if isinstance(target, str) else request.full_path.rstrip("?"), 303)
    page = render(
        "care/aid_record.html", title=title, state=state, facts=facts, cards=cards, acts=acts, back=back, prints=prints,
        findings=findings, said=said, version=version, sent=request.form.get("act", ""), filters=filters, sections=sections(),
    )  # fmt: skip
    return (page, 422) if findings else page


def version() -> int | None:
    """The version that the form was made from."""
    text = request.form.get("version", "")
    return int(text) if text.isdecimal() else None


def reach(permission: str) -> tuple[tuple[str, str], ...]:
    """Where the viewer holds a permission."""
    return ranges(permission)


def pick(permission: str, endpoint: str, title: Any, **values: Any) -> str | UUID:
    """The member that the address names; or the page on which one is looked for."""
    try:
        return UUID(request.args["person_id"])
    except (KeyError, ValueError):
        text = request.args.get("q", "")
        found = [
            (at(endpoint, person_id=one, **values), name, place, join)
            for one, name, place, join in search(text, reach(permission))
        ]
        return render("care/aid_pick.html", title=title, text=text, found=found, sections=sections(), values=values)
