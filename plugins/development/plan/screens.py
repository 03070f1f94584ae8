"""What the pages of plans and registers share: one look for lists, forms and records, and how what was sent is answered."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from werkzeug.wrappers import Response

from core.sdk import Finding, Refused, Unit, ranges, render, today, transaction
from plugins.development.pages.reading import here
from plugins.development.pages.sections import tabs, way_to
from plugins.development.plan.records import Unknown, block, unit

Answer = str | Response | tuple[str, int]
#: A column of numbers.
NUMBER = "number"


def at(endpoint: str, **values: Any) -> str:
    """The address of a page of this plugin."""
    return url_for(f"p_development.{endpoint}", **values)


def link(text: Any, endpoint: str, **values: Any) -> dict[str, Any]:
    """A cell that leads somewhere."""
    return {"text": text, "url": at(endpoint, **values)}


def counted(number: int, endpoint: str, **values: Any) -> Any:
    """A number that opens the cases behind it; nothing opens behind none."""
    return link(number, endpoint, **values) if number else 0


def word(said: tuple[Any, str]) -> dict[str, Any]:
    """A cell with a badge."""
    return {"text": said[0], "tone": said[1]}


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
    """A part of a page: a table, or facts, or a text.

    :param more: (label, address) at its head. :param bars: (label, done, of, note) progress lines.
    """

    title: Any
    heads: Sequence[Any] = ()
    rows: Sequence[Sequence[Any]] = ()
    empty: Any = ""
    text: str = ""
    facts: Sequence[tuple[Any, ...]] = field(default_factory=tuple)
    more: Sequence[tuple[Any, str]] = ()
    note: Any = ""
    bars: Sequence[tuple[Any, int, int, Any]] = ()

    @property
    def columns(self) -> list[Markup]:
        """What the cells of each column bear: made once for a table, not for each of its cells."""
        plain = [one if isinstance(one, tuple) else (one, "" if at_ else "name") for at_, one in enumerate(self.heads)]
        return [
            Markup('data-label="{}" class="col-{}"').format(*one) if one[1] else Markup('data-label="{}"').format(one[0])
            for one in plain
        ]  # fmt: skip


def paged(card: Card, name: str = "page", *, size: int = 100) -> Card:
    """The card with one page of its rows, and the ways to the other pages; ``name`` tells the cards of a page apart."""
    text = request.args.get(name, "1")
    last = max((len(card.rows) + size - 1) // size, 1)
    now = min(int(text), last) if text.isdecimal() and int(text) else 1
    if last == 1:
        return card
    given = {key: value for key, value in request.args.items() if key != name}
    here = (request.endpoint or "").removeprefix("p_development.")
    ways = [(_("上一页"), at(here, **given, **{name: now - 1}))] if now > 1 else []
    ways += [(_("下一页"), at(here, **given, **{name: now + 1}))] if now < last else []
    card.more = [*card.more, *ways]
    told = _("共%(n)s项，第%(now)s页，共%(last)s页", n=len(card.rows), now=now, last=last)
    card.note = f"{card.note}　{told}" if card.note else told
    card.rows = card.rows[(now - 1) * size : now * size]
    return card


def list_page(
    title: Any, subtitle: Any, cards: Iterable[Card], *, new: Sequence[tuple[Any, str]] = (), **more: Any
) -> str:
    """A page of tables. :param new: buttons (label, address), the first one primary."""
    return render(
        "development/plan_list.html",
        title=title,
        subtitle=subtitle,
        cards=list(cards),
        new=new,
        sections=tabs(),
        **more,
    )


def form_page(
    title: Any, fields: Sequence[Mapping[str, Any]], run: Callable[[], str], *, back: str, submit: Any, note: Any = "",
    rows: Sequence[Mapping[str, Any]] = (), row_heads: Sequence[Any] = (),
) -> Answer:  # fmt: skip
    """A form; when it was sent, what it does.

    :param run: does it and gives the address to go to. :param rows: further fields as a table: {"cells": …, "field": …}.
    """
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
        "development/plan_form.html", title=title, fields=fields, findings=findings, back=back, submit=submit, note=note,
        rows=rows, row_heads=row_heads, way=way_to(back),
    )  # fmt: skip
    return (page, 422) if findings else page


def record_page(
    title: Any, *, state: tuple[Any, str], facts: Sequence[tuple[Any, ...]], cards: Sequence[Card], acts: Sequence[Act],
    back: tuple[Any, str], prints: Sequence[tuple[Any, str]] = (), said: Sequence[Finding] = (), version: int = 0,
    notice: Any = "",
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
            return redirect(target if isinstance(target, str) else here(), 303)
    page = render(
        "development/plan_record.html", title=title, state=state, facts=facts, cards=cards, acts=acts, back=back,
        prints=prints, findings=findings, said=said, version=version, sent=request.form.get("act", ""), notice=notice,
    )  # fmt: skip
    return (page, 422) if findings else page


def year() -> int:
    """The year the address names; this one without."""
    text = request.values.get("year", "")
    return int(text) if text.isdecimal() and 1990 <= int(text) <= 2200 else today().year


def years(*, ahead: int = 1, behind: int = 4) -> list[tuple[str, str]]:
    """The years a select offers."""
    now = today().year
    return [(str(one), _("%(year)s年", year=one)) for one in range(now + ahead, now - behind - 1, -1)]


def chosen_unit(permission: str, name: str = "unit") -> Unit | None:
    """The unit that the address names within one's reach; without one, the one on top of it.

    ``None`` when one's reach begins at several units and none was chosen. Answers 404 for a unit beyond it.
    """
    held = tuple(ranges(permission))
    text = request.values.get(name, "")
    try:
        if text:
            return unit(UUID(text), held)
    except (ValueError, Unknown):
        abort(404)
    tops = _tops(held)
    return tops[0] if len(tops) == 1 else None


_TOPS = select(Unit).where(Unit.path == any_(bindparam("paths", type_=ARRAY(TEXT())))).order_by(Unit.path)


def _tops(held: tuple[tuple[str, str], ...]) -> list[Unit]:
    outer = [one for one in held if not any(other != one and other[0] <= one[0] < other[1] for other in held)]
    with transaction() as session:
        return list(session.scalars(_TOPS, {"paths": [start for start, _end in outer]}))


def tops(permission: str) -> list[Unit]:
    """The units on top of one's reach."""
    return _tops(tuple(ranges(permission)))


class Reader:
    """Takes values of a form one by one; :meth:`done` tells everything that was wrong."""

    def __init__(self, rule: str) -> None:
        self._rule, self.found = rule, list[Finding]()

    def wrong(self, name: str, message: str, code: str = "E_FORMAT") -> None:
        """Add a fault."""
        self.found.append(block(self._rule, name, message, code))

    def text(self, name: str, label: str, *, required: bool = False, most: int = 2000) -> str:
        """A text, trimmed."""
        text = request.form.get(name, "").strip()
        if required and not text:
            self.wrong(name, f"请填写{label}。", "E_REQUIRED")
        elif len(text) > most:
            self.wrong(name, f"{label}最多{most}个字，现有{len(text)}个。", "E_RANGE")
        return text

    def whole(self, name: str, label: str, *, least: int = 0, most: int = 100_000, required: bool = True) -> int | None:
        """A whole number; ``None`` when it may be left out and is."""
        text = request.form.get(name, "").strip()
        if not text and not required:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
            self.wrong(name, f"{label}应为{least}到{most}之间的整数。", "E_RANGE" if text else "E_REQUIRED")
            return None
        return int(text)

    def day(self, name: str, label: str) -> date:
        """A day, ``2026-07-01``; today when it is left out."""
        text = request.form.get(name, "").strip()
        if not text:
            return today()
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(name, f"请填写{label}，例如 2026-07-01。")
            return today()

    def choice(self, name: str, label: str, choices: Iterable[str], *, required: bool = True) -> str:
        """One of some codes."""
        text = request.form.get(name, "").strip()
        if (text or required) and text not in set(choices):
            self.wrong(name, f"请选择{label}。", "E_REQUIRED")
        return text

    def id(self, name: str, label: str) -> UUID | None:
        """An id; ``None`` when it is none."""
        try:
            return UUID(request.form.get(name, ""))
        except ValueError:
            self.wrong(name, f"请选择{label}。", "E_REQUIRED")
            return None

    def done(self) -> None:
        """End reading. :raises Refused: something was wrong."""
        if self.found:
            raise Refused(self.found)
