"""What the pages of this part share: how what was sent is read and answered."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.sdk import Finding, Refused, may, render
from plugins.development.ballots.saying import Unknown, no
from plugins.development.pages.reading import here
from plugins.development.pages.sections import tabs, way_to

Answer = str | Response | tuple[str, int]
#: The product's days are China's.
ZONE = ZoneInfo("Asia/Shanghai")


def at(endpoint: str, **values: Any) -> str:
    """The address of a page of this plugin."""
    return url_for(f"p_development.{endpoint}", **values)


def boxed(name: str, label: Any, kind: str = "text", **more: Any) -> dict[str, Any]:
    """A field of a form; what was typed stands in it again when the form comes back."""
    if request.method == "POST" and name in request.form:
        more["value"] = request.form[name]
    elif request.method == "POST" and kind == "checkbox":
        more["value"] = False
    return {"name": name, "label": label, "kind": kind, **more}


class Sent:
    """Takes what a form sent, value by value; :meth:`done` tells all that was wrong at once."""

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self._given: Mapping[str, Any] = request.form if given is None else given
        self.found: list[Finding] = []

    def wrong(self, name: str, message: str, code: str = "E_FORMAT") -> None:
        """Add a fault."""
        self.found.append(no(name, message, code=code))

    def text(self, name: str, label: str = "", *, required: bool = False, most: int = 200) -> str:
        """A text, trimmed."""
        text = str(self._given.get(name) or "").strip()
        if required and not text:
            self.wrong(name, f"请填写{label}。", "E_REQUIRED")
        elif len(text) > most:
            self.wrong(name, f"{label}最多{most}个字，现有{len(text)}个。", "E_RANGE")
        return text

    def whole(self, name: str, label: str, *, default: int | None = None, most: int = 100_000) -> int:
        """A whole number, not negative."""
        text = str(self._given.get(name) if self._given.get(name) is not None else "").strip()
        if not text and default is not None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) <= most):
            self.wrong(
                name,
                f"{label}应为0到{most}之间的整数。" if text else f"请填写{label}。",
                "E_RANGE" if text else "E_REQUIRED",
            )
            return 0
        return int(text)

    def day(self, name: str, label: str, *, default: date | None = None) -> date:
        """A day, ``2026-07-01``."""
        text = self.text(name)
        if not text and default is not None:
            return default
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.wrong(name, f"请填写{label}，例如 2026-07-01。", "E_FORMAT" if text else "E_REQUIRED")
            return default or date.min

    def moment(self, name: str, label: str) -> datetime:
        """A day and a time of China, from the fields ``name`` and ``name_time``."""
        day, time = self.day(name, label), self.text(f"{name}_time") or "09:00"
        try:
            return datetime.fromisoformat(f"{day.isoformat()}T{time}").replace(tzinfo=ZONE)
        except ValueError:
            self.wrong(f"{name}_time", "请填写时间，例如 14:30。")
            return datetime.combine(day, datetime.min.time(), ZONE)

    def choice(self, name: str, label: str, choices: Collection[str], *, default: str = "") -> str:
        """One of some codes."""
        text = self.text(name) or default
        if text not in choices:
            self.wrong(name, f"请选择{label}。", "E_REQUIRED")
        return text

    def one(self, name: str, label: str = "", *, required: bool = False) -> UUID | None:
        """An id."""
        text = self.text(name)
        try:
            found = UUID(text) if text else None
        except ValueError:
            found, required = None, True
        if found is None and required:
            self.wrong(name, f"请选择{label}。", "E_REQUIRED")
        return found

    def many(self, name: str) -> list[UUID]:
        """Ids of boxes that are ticked."""
        found = []
        for text in request.form.getlist(name):
            try:
                found.append(UUID(text))
            except ValueError:
                self.wrong(name, "选择有误，请重新选择。")
        return found

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        return self._given.get(name) in (True, "1", "true", "on")

    def done(self) -> None:
        """End reading. :raises Refused: something was wrong."""
        if self.found:
            raise Refused(self.found)


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


def shown(template: str, /, **context: Any) -> str:
    """A page of this part."""
    return render(f"development/ballots/{template}", sections=tabs(), way=way_to(context.get("back", "")), **context)


def done(run: Callable[[], str], *, said: Any = "") -> Response | Sequence[Finding]:
    """Do what a form asks: where it leads, or what was found."""
    try:
        target = run()
    except Refused as refused:
        return refused.findings
    except Unknown:
        abort(404)
    flash(said or _("已保存。"), "ok")
    return redirect(target, 303)


def form_page(
    title: Any, fields: Sequence[Mapping[str, Any]], run: Callable[[], str], *, back: str, submit: Any, note: Any = "",
    template: str = "form.html", **context: Any,
) -> Answer:  # fmt: skip
    """A form; when it was sent, what it does. :param run: does it and gives the address to go to."""
    findings: Sequence[Finding] = ()
    if request.method == "POST":
        answer = done(run)
        if isinstance(answer, Response):
            return answer
        findings = answer
    page = shown(
        template, title=title, fields=fields, findings=findings, back=back, submit=submit, note=note,
        warned=any(one.severity == "WARN" for one in findings), **context,
    )  # fmt: skip
    return (page, 422) if findings else page


def record_page(template: str, acts: Sequence[Act], **context: Any) -> Answer:
    """A record with what can be done with it; a POST names the act."""
    findings: Sequence[Finding] = ()
    if request.method == "POST":
        chosen = next((one for one in acts if one.key == request.form.get("act")), None)
        if chosen is None:
            abort(404)

        def run() -> str:
            target = chosen.run()
            return target if isinstance(target, str) else here()

        answer = done(run, said=chosen.said or _("已办理。"))
        if isinstance(answer, Response):
            return answer
        findings = answer
    page = shown(template, acts=acts, findings=findings, sent=request.form.get("act", ""), **context)
    return (page, 422) if findings else page


def local(moment: datetime) -> str:
    """A moment as it is shown."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def able(permission: str, path: str) -> bool:
    """Whether the viewer may do so there."""
    return may(permission, path)
