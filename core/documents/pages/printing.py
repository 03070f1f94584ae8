"""Printing: the form that asks for format and purpose, the file itself, and the page of a large print."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core import clock
from core.access.gate import SIGNED_IN, actor, may, ranges, requires
from core.documents import first, queries
from core.documents.actions import FORMATS, Printed, print_document, refusal
from core.documents.registry import DOCUMENTS, Document
from core.files.actions import Gone, open_file
from core.files.names import plain_name
from core.files.pages import as_answer, file_answer
from core.organization.queries import cards
from core.people.actions.privacy import purpose_of
from core.people.pages import filtering
from core.people.queries import filters
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import Order
from core.people.queries.single import one
from core.policy.findings import Finding, Refused
from core.web.shell import render

bp = Blueprint("documents", __name__, template_folder="../templates", url_prefix="/documents")
_CHINESE = "zh_Hans_CN"


@bp.route("/units/<uuid:unit_id>", methods=["GET", "POST"])
@requires("organization.unit.view")
def unit_card(unit_id: UUID) -> str | Response | tuple[str, int]:
    """Print a unit's card."""
    meant = first.UNIT_CARD
    card = cards.card(unit_id)
    if card is None or not may(meant.permission, card.path):
        abort(404)
    wanted = {"unit": str(unit_id), "ranges": [list(span) for span in ranges(meant.permission)]}
    back = url_for("organization.unit", unit_id=unit_id)
    return print_page(meant, wanted, card.name, back, card.path, subject=unit_id)


@bp.route("/members/<uuid:person_id>", methods=["GET", "POST"])
@requires("people.member.export")
def member_card(person_id: UUID) -> str | Response | tuple[str, int]:
    """Print a member's card."""
    meant = first.MEMBER_CARD
    found = one(person_id, ranges(meant.permission))
    if found is None:
        abort(404)
    wanted = {"people": [str(person_id)], "ranges": [list(span) for span in ranges(meant.permission)]}
    back = url_for("people.member", person_id=person_id)
    return print_page(meant, wanted, found.values["name"], back, found.path, subject=person_id)


@bp.route("/list/<any('people.roster', 'people.member_card'):code>", methods=["GET", "POST"])
@requires("people.member.export")
def listed(code: str) -> str | Response | tuple[str, int]:
    """Print the member list as it is filtered, or the cards of those listed or ticked."""
    meant = DOCUMENTS[code]
    given = {name: text for name, text in request.args.items() if text and name not in ("page", "size", "col", "unit")}
    criteria = filters.read(given, as_of=clock.today())
    unit = _unit()
    held = ranges(meant.permission)
    found = members(Asked(unit, held, criteria, Order.read(given.get("sort")) or Order(), 1))
    if found is None:
        abort(404)
    ticked = _ticked() if code == first.MEMBER_CARD.code else []
    wanted: dict[str, Any] = {
        "list": {**criteria.given, **({"sort": given["sort"]} if "sort" in given else {})},
        "unit": str(unit) if unit else None,
        "said": filtering.said(criteria),
        "ranges": [list(span) for span in held],
    }
    if ticked:
        wanted["people"] = ticked
    name = found.place.name if found.place else _("全部")
    count = len(ticked) or found.total or 0
    path = found.place.path if found.place else None
    return print_page(
        meant, wanted, name, _list_url(), path,
        subject=found.place.id if found.place and code == first.ROSTER.code else None, count=count, ticked=ticked,
    )  # fmt: skip


def _unit() -> UUID | None:
    text = request.args.get("unit")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        abort(404)


def _list_url() -> str:
    query = request.query_string.decode()
    return url_for("people.members") + (f"?{query}" if query else "")


def _ticked() -> list[str]:
    found = []
    for text in request.form.getlist("id"):
        try:
            found.append(str(UUID(text)))
        except ValueError:
            continue
    return list(dict.fromkeys(found))[: first.MOST_CARDS]


def print_page(
    meant: Document, wanted: dict[str, Any], name: str, back: str, path: str | None, *, subject: UUID | None, count: int = 1,
    ticked: Sequence[str] = (), notes: Sequence[str] = (), after: Callable[[Printed], None] | None = None,
) -> str | Response | tuple[str, int]:  # fmt: skip
    """Ask for format and purpose; or, when that was sent, answer with the file.

    Whether the viewer may print it is the caller's question.

    :param wanted: what the loader is given: JSON, kept with the print; with ``ranges`` within which records are loaded.
    :param name: whose print it is, shown. :param back: the page one comes from.
    :param path: where the record stands; ``None`` for what lies in several places.
    :param subject: the record's id, by which earlier prints of it are found.
    :param count: about how many records there are. :param ticked: ids that were ticked in a list, posted again.
    :param notes: what one should know before, such as what will be left blank.
    :param after: told of the print once it was made or ordered.
    """
    full_allowed = meant.full_permission is not None and may(meant.full_permission, path)
    findings: Sequence[Finding] = ()
    if request.method == "POST" and "form" in request.form:
        try:
            return _printed(meant, wanted, full_allowed, count, after)
        except Refused as refused:
            findings = refused.findings
    page = render(
        "documents/print.html",
        document=meant,
        name=name,
        back=back,
        count=count,
        ticked=ticked,
        notes=notes,
        filters=wanted.get("said"),
        action=request.script_root + request.full_path.rstrip("?"),
        full_allowed=full_allowed,
        full_known=meant.full_permission is not None,
        formats=list(FORMATS.items()),
        data=request.form,
        findings=findings,
        prints=queries.prints_of(meant.code, subject),
        own_account=actor().account_id,
    )
    return (page, 422) if findings else page


def _printed(
    meant: Document, wanted: dict[str, Any], full_allowed: bool, count: int, after: Callable[[Printed], None] | None
) -> Response:
    full = request.form.get("full") == "1"
    if full and not full_allowed:
        message = _("您没有打印完整证件号码、电话和住址的权限，可以打印隐去部分内容的材料。")
        raise refusal("2.9", "full", message, "E_PERM")
    most = first.MOST_ROWS if meant.code == first.ROSTER.code else first.MOST_CARDS
    if count > most:
        raise refusal(
            "DC.04",
            "",
            _("一次最多打印 %(most)s 份（行），现有 %(n)s。请先筛选。", most=f"{most:,}", n=f"{count:,}"),
            "E_CAP",
        )
    typed = request.form.get("purpose")
    purpose = purpose_of(typed) if full else " ".join((typed or "").split())[:200]
    with force_locale(_CHINESE):
        made = print_document(
            code=meant.code, request=wanted, form=request.form["form"], full=full, purpose=purpose, expected=count
        )
    if after is not None:
        after(made)
    return answer(made)


def answer(made: Printed) -> Response:
    """The finished file, or the way to the page of a large print."""
    if made.content is None:
        return redirect(url_for("documents.large", print_id=made.id), 303)
    stem, extension = made.name.rsplit(".", 1)
    return file_answer(made.content, plain_name(stem + "." + extension, extension), made.media, closed=True)


@bp.get("/prints/<uuid:print_id>")
@requires(SIGNED_IN)
def large(print_id: UUID) -> str:
    """How far a large print is; only for who ordered it."""
    made = queries.print_of(print_id, actor().account_id)
    if made is None:
        abort(404)
    return render("documents/large.html", fragment="state" if request.headers.get("HX-Request") else None, made=made,
                  document=DOCUMENTS.get(made.code))  # fmt: skip


@bp.get("/prints/<uuid:print_id>/file")
@requires(SIGNED_IN)
def large_file(print_id: UUID) -> Response:
    """The finished file of a large print; only for who ordered it, while it is kept."""
    made = queries.print_of(print_id, actor().account_id)
    if made is None or made.file_id is None:
        abort(404)
    try:
        return as_answer(open_file(made.file_id))
    except (Gone, FileNotFoundError):
        abort(404)
