"""Class tags for the members ticked in the list."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import ranges, requires
from core.people.actions.tags import retag_many
from core.people.codes import LISTS
from core.people.pages.changing import day_of
from core.people.pages.site import EDIT, bp
from core.policy.findings import Finding, Refused, Severity
from core.web.shell import own_path, render


@bp.post("/people/tags")
@requires(EDIT)
def tags() -> str:
    """The form for those ticked."""
    return _page()


def _page(findings: Sequence[Finding] = ()) -> str:
    back = own_path(request.form.get("back")) or _came_from()
    return render(
        "people/tags.html",
        findings=findings,
        people=_chosen(),
        labels=LISTS["class_tag"].labels,
        data=request.form,
        add=request.form.getlist("add"),
        remove=request.form.getlist("remove"),
        today=clock.today(),
        back=back,
    )


def _came_from() -> str:
    """The list as it was left, if the browser says so."""
    referrer = request.referrer or ""
    return own_path(referrer.removeprefix(request.host_url.rstrip("/"))) or url_for("people.members")


def _chosen() -> list[UUID]:
    found = []
    for text in request.form.getlist("id"):
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


@bp.post("/people/tags/set")
@requires(EDIT)
def set_tags() -> Response | tuple[str, int]:
    """Give and take tags."""
    on = day_of(request.form.get("on"))
    try:
        if on is None:
            message = _("请填写生效日期。")
            raise Refused([Finding("2.1", Severity.BLOCK, "on", message, code="E_REQUIRED")])
        changed = retag_many(
            people=_chosen(),
            add=request.form.getlist("add"),
            remove=request.form.getlist("remove"),
            on=on,
            ranges=ranges(EDIT),
            reason=request.form.get("reason") or None,
        )
    except Refused as refused:
        return _page(refused.findings), 422
    flash(_("已为 %(n)s 名党员设置分类。", n=changed), "ok")
    return redirect(own_path(request.form.get("back")) or url_for("people.members"), 303)
