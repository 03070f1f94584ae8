"""The one look of lists, forms and records of this part, and how what was sent is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Finding, Refused, actor, may, ranges, render, rows
from core.sdk.looking_up import person_of
from core.sdk.pages import ListView
from plugins.care.aid import permissions as p
from plugins.care.aid.forms import drawn
from plugins.care.aid.inputs import Input
from plugins.care.people import Hand, Unknown, search

Answer = str | Response | tuple[str, int]
#: Rows of a table on a page.
PAGE = 50


def hand() -> Hand:
    """Who acts."""
    who = actor()
    return Hand(who.account_id, who.name, person_of(who.account_id))


def at(endpoint: str, **values: Any) -> str:
    """The address of a page of this plugin."""
    return url_for(f"p_care.{endpoint}", **values)


def link(text: Any, endpoint: str, **values: Any) -> dict[str, Any]:
    """A cell that leads to a page."""
    return {"url": at(endpoint, **values), "text": text}


def badge(text: Any, tone: str = "plain") -> dict[str, Any]:
    """A cell with a state."""
    return {"text": text, "tone": tone}


def number(title: str) -> tuple[str, str]:
    """The heading of a column of numbers."""
    return title, "number"


def dated(title: str) -> tuple[str, str]:
    """The heading of a column of days or months, which stand on one line."""
    return title, "date"


@dataclass(slots=True)
class Card:
    """A part of a page: a table, or facts, or a text. :param pages: (what, address) of the pages before and behind."""

    title: Any
    heads: Sequence[Any] = ()
    rows: Sequence[Sequence[Any]] = ()
    empty: Any = ""
    text: str = ""
    facts: Sequence[tuple[Any, ...]] = field(default_factory=tuple)
    pages: Sequence[tuple[Any, str]] = ()


def paged(statement: Any, given: Mapping[str, Any], name: str = "page") -> tuple[list[Any], list[tuple[Any, str]]]:
    """A page of a statement's rows, and the links to the pages before and behind.

    :param name: in the address; a page with two tables has two.
    """
    text = request.args.get(name, "")
    page = int(text) if text.isdecimal() and 0 < len(text) < 5 else 1
    found = rows(statement.limit(PAGE + 1).offset((max(page, 1) - 1) * PAGE), **given)
    view = ListView.of_request(name, (), default_sort="")
    links = [(_("上一页"), view.url(**{name: str(page - 1)}))] if page > 1 else []
    if len(found) > PAGE:
        links.append((_("下一页"), view.url(**{name: str(page + 1)})))
    return found[:PAGE], links


def sections() -> list[tuple[Any, str, bool]]:
    """The pages of this part that the viewer may see, for the row of tabs."""
    here = (request.endpoint or "").removeprefix("p_care.")
    known = (
        (_("走访慰问"), "rounds", p.ROUND_VIEW, "round"),
        (_("困难党员"), "hardships", p.HARDSHIP_VIEW, "hardship"),
        (_("互助基金"), "funds", p.FUND_VIEW, "fund"),
        (_("老党员补助"), "subsidies", p.SUBSIDY_VIEW, "subsid"),
        (_("结对帮扶"), "pairs", p.PAIR_VIEW, "pair"),
        (_("问候与政治生日"), "greetings", p.GREETING, "greeting"),
    )
    return [(label, at(endpoint), here.startswith(stem)) for label, endpoint, asked, stem in known if may(asked)]


def list_page(
    title: Any, subtitle: Any, cards: Sequence[Card], *, new: Sequence[tuple[Any, str]] = (), **more: Any
) -> str:
    """A page of tables. :param new: buttons (label, address), the first one primary."""
    given = {"title": title, "subtitle": subtitle, "cards": cards, "new": new, "sections": sections(), **more}
    return render("care/aid_list.html", **given)


def attempted(run: Callable[[], Any]) -> tuple[Any, Sequence[Finding]]:
    """What an act gave, or what stands against it; a record that is not there is a page that is not there."""
    try:
        return run(), ()
    except Refused as refused:
        return None, refused.findings
    except Unknown:
        abort(404)


def form_page(
    title: Any,
    inputs: Sequence[Input],
    run: Callable[[], str],
    *,
    back: str,
    submit: Any,
    about: Any = None,
    note: Any = "",
    said: str = "",
) -> Answer:
    """A form; when it was sent, what it does. :param run: does it and gives the address to go to."""
    findings: Sequence[Finding] = ()
    if request.method == "POST":
        target, findings = attempted(run)
        if not findings:
            flash(said or _("已保存。"), "ok")
            return redirect(target, 303)
    page = render(
        "care/aid_form.html", title=title, groups=drawn(inputs, about, request.form if findings else None),
        findings=findings, back=back, submit=submit, note=note, sections=sections(),
        warned=any(one.severity == "WARN" for one in findings) and all(one.name != "reason" for one in inputs),
    )  # fmt: skip
    return (page, 422) if findings else page


def pick(permission: str, title: Any, **values: Any) -> str | UUID:
    """The member that the address names; or the page on which one is looked for, which leads back here."""
    try:
        return UUID(request.args["person_id"])
    except (KeyError, ValueError):
        text, here = request.args.get("q", ""), str(request.endpoint).removeprefix("p_care.")
        found = [
            (at(here, person_id=one, **values), name, place, join)
            for one, name, place, join in search(text, ranges(permission))
        ]
        return render(
            "care/aid_pick.html", fragment="results", title=title, text=text, found=found, sections=sections()
        )
