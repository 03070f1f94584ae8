"""The document, its reader, and one's own tokens: ``/api/openapi.json``, ``/api/docs``, ``/account/tokens``."""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from flask import Blueprint, Flask, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from core import clock
from core.access.gate import SIGNED_IN, actor, requires
from core.access.opening import grouped
from core.access.permissions import PERMISSIONS
from core.api import own, setup
from core.api.document import whole
from core.api.reader import ShownVerb, verbs
from core.identity import tokens as keys
from core.policy.findings import Finding, Refused
from core.web import navigation

bp = Blueprint("api", __name__, template_folder="templates")


@bp.get("/api/openapi.json")
@requires(SIGNED_IN)
def openapi() -> Response:
    """The OpenAPI document, with this tenant's address, in the reader's language."""
    response = Response(orjson.dumps(whole()), content_type="application/json")
    response.headers["Content-Language"] = str(get_locale() or "zh")
    return response


@bp.get("/api/docs")
@requires(SIGNED_IN)
def docs() -> str:
    """The document for people: by part, searched through, with command lines and a way to try."""
    document = whole()
    titles = {tag["name"]: tag["description"] for tag in document.get("tags", ())}
    text, part = request.args.get("find", "").strip().lower()[:60], request.args.get("part", "")
    found = [verb for verb in verbs(document) if _matches(verb, text) and part in ("", verb.part)]
    groups = [
        (titles.get(name, name), [_with_title(verb) for verb in held])
        for name, held in groupby(found, lambda verb: verb.part)
    ]
    return render_template(
        "api/docs.html",
        groups=groups,
        count=len(found),
        q=request.args.get("find", ""),
        part=part,
        parts=list(titles.items()),
        description=document["info"]["description"],
    )


def _matches(verb: ShownVerb, text: str) -> bool:
    return text in f"{verb.method} {verb.path} {verb.summary} {verb.permission}".lower()


def _with_title(verb: ShownVerb) -> dict[str, Any]:
    known = PERMISSIONS.get(verb.permission)
    title = (
        str(known.title) if known else {"signed_in": _("登录即可"), "public": _("无须登录")}.get(verb.permission, "")
    )
    return {**{name: getattr(verb, name) for name in verb.__slots__}, "permission_title": title}


@bp.get("/api/docs/try/<verb>")
@requires(SIGNED_IN)
def tried(verb: str) -> AnyResponse:
    """On to the address that a filled-in form means; the session speaks for the reader."""
    found = next((one for one in verbs(whole()) if one.id == verb and one.method == "GET"), None)
    if found is None:
        abort(404)
    given: MultiDict[str, str] = MultiDict((name, value) for name, value in request.args.items() if value)
    path = found.path
    for field in found.parameters:
        if field.place == "path":
            path = path.replace(
                "{" + field.name + "}", "".join(c for c in given.pop(field.name, "") if c.isalnum() or c in "-_")
            )
    known = {field.name for field in found.parameters if field.place == "query"}
    asked = urlencode([(name, value) for name, value in given.items() if name in known])
    return redirect(f"{request.script_root}{path}{'?' * bool(asked)}{asked}", 303)


@bp.route("/account/tokens", methods=["GET", "POST"])
@requires(SIGNED_IN)
def tokens() -> str | tuple[str, int]:
    """One's own tokens; a new one is shown this once."""
    if request.method == "GET":
        return _tokens_page()
    text = request.form.get("days", "").strip()
    try:
        issued = keys.issue(
            account_id=actor().account_id,
            title=request.form.get("title", ""),
            scopes=request.form.getlist("scopes"),
            days=int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0,
            held=own.held(actor()),
        )
    except Refused as refused:
        return _tokens_page(findings=refused.findings), 422
    return _tokens_page(issued=issued)


def _tokens_page(*, findings: tuple[Finding, ...] = (), issued: keys.Issued | None = None) -> str:
    found = keys.tokens_of(actor().account_id)
    chosen = set() if issued else set(request.form.getlist("scopes"))
    titles = {name: str(known.title) for name, known in PERMISSIONS.items()}
    return render_template(
        "api/tokens.html",
        findings=findings,
        issued=issued,
        living=[one for one in found if one.living],
        ended=[one for one in found if not one.living][:20],
        scopes=_boxes(own.held(actor()), chosen),
        titles=titles,
        longest=keys.longest_days(),
        data={} if issued else request.form,
        zone=clock.ZONE,
    )


def _boxes(held: Iterable[str], chosen: Collection[str]) -> list[tuple[str, list[tuple[str, str, bool, Markup]]]]:
    """The scopes to tick, as ``forms.checks`` takes them, each with its name as programs use it."""
    code = Markup('<code class="text-secondary">{}</code>')
    return [
        (_(part), [(one.name, _(one.title), one.name in chosen, code.format(one.name)) for one in members])
        for part, members in grouped(held)
    ]


@bp.post("/account/tokens/<uuid:token_id>/revoke")
@requires(SIGNED_IN)
def token_revoked(token_id: UUID) -> AnyResponse:
    """End a token."""
    if not keys.revoke(account_id=actor().account_id, token_id=token_id):
        abort(404)
    flash(_("令牌已撤销，从现在起不能再用。"), "ok")
    return redirect(url_for("api.tokens"), 303)


def register(app: Flask) -> None:
    """Add the pages, the way to them in the account menu, and the verbs on one's own account."""
    app.register_blueprint(bp)
    setup.add(app, own.bp)
    navigation.of(app).account.append(navigation.Item(label=_l("访问令牌"), icon="key", endpoint="api.tokens"))
