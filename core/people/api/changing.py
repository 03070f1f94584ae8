"""Making and changing records, and the full view of what is masked."""

from typing import Any
from uuid import UUID

from flask import Response, abort, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.access.gate import ranges, requires
from core.api.answers import answer, nothing
from core.api.bodies import Misread, body
from core.api.shapes import RULE
from core.people.actions import upkeep
from core.people.actions.members import Unknown, create, edit
from core.people.actions.privacy import reveal
from core.people.actions.tags import retag_many
from core.people.api import shapes
from core.people.api.site import EDIT, REVEAL, as_it_is, bp, done, said
from core.people.schemas import MEMBER, Flag, Tags, read
from core.policy.findings import Finding, Severity

_EXAMPLE = {
    "name": "陈建国", "sex": "1", "birth": "1980-05-17", "id_no": "35052519800517123X", "ethnic": "01", "education": "20",
    "person_type": "01", "unit": "0190a5a0-0000-7000-8000-000000000001", "join_date": "2005-06-20",
    "regular_date": "2006-06-20", "phone": "13800000000",
}  # fmt: skip
_LISTS = frozenset(name for name, item in MEMBER.fields.items() if isinstance(item, Tags))
_FLAGS = frozenset(name for name, item in MEMBER.fields.items() if isinstance(item, Flag))


@bp.post(
    "/people", summary=_l("新增党员"), takes=shapes.MemberBody, gives=shapes.NewMember, creates=True, parse=False, tagged=True,
    example=_EXAMPLE,
)  # fmt: skip
@requires(EDIT)
def new_member() -> Response:
    """Make a member; 201 with the record's address, or 422 with everything that is wrong."""
    data = _typed(body())
    made = create(
        reading=read(data, strict=True),
        ranges=ranges(EDIT),
        reason=data.get("reason"),
        no_id_approval=data.get("no_id_approval"),
    )
    address = url_for("people_api.one_member", person=made.id)
    return answer({"id": made.id, "version": 1, "findings": said(made.findings)}, 201, version=1, location=address)


@bp.patch("/people/<uuid:person>", summary=_l("修改党员信息"), takes=shapes.MemberBody, gives=shapes.Changed, parse=False,
          example={"phone": "13800000001", "remark": "已核对"})  # fmt: skip
@requires(EDIT)
def change_member(person: UUID, version: int) -> Response:
    """Change the fields given, of the version named by ``If-Match``."""
    data = _typed(body())
    found = done(
        lambda: edit(
            person=person,
            version=version,
            reading=read(data, strict=True),
            ranges=ranges(EDIT),
            reason=data.get("reason"),
            no_id_approval=data.get("no_id_approval"),
        )
    )
    return as_it_is(person, found)


def _typed(data: dict[str, Any]) -> dict[str, Any]:
    """The body, if every value is of the kind the document names; what it says is for the roster's rules."""
    wrong = tuple(
        Finding(RULE, Severity.BLOCK, name[:60], _("格式不对。"), code="E_FORMAT")
        for name, value in data.items()
        if not _fits(name, value)
    )
    if wrong:
        raise Misread(422, wrong)
    return data


def _fits(name: str, value: Any) -> bool:
    if name == "added":
        return isinstance(value, dict) and all(isinstance(key, str) for key in value)
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name in _FLAGS:
        return isinstance(value, bool)
    return (
        value is None
        or isinstance(value, str)
        or (name not in MEMBER.fields and name not in ("reason", "no_id_approval"))
    )


@bp.post("/people/<uuid:person>/reveal", summary=_l("查看完整信息（留痕）"), takes=shapes.Reveal, gives=shapes.Revealed)
@requires(REVEAL)
def reveal_member(person: UUID, body: dict[str, Any]) -> Response:
    """The fields asked for in clear, with a ``purpose``; written down and counted."""
    try:
        found = reveal(person=person, fields=body["fields_"], purpose=body["purpose"], ranges=ranges(REVEAL))
    except Unknown:
        abort(404)
    own = {name: value for name, value in found.items() if "." not in name}
    added = {name: value for name, value in found.items() if "." in name}
    return answer({**own, **({"added": added} if added else {})})


@bp.delete(
    "/people/<uuid:person>", summary=_l("删除误录的记录"), takes=shapes.WrongEntry, changes="version",
    says=_l("只限录入后七天内、没有被引用的记录；其他情况应变更党籍状态。"),
)  # fmt: skip
@requires(EDIT)
def delete_member(person: UUID, version: int, body: dict[str, Any]) -> Response:
    """Remove a record that should never have been made."""
    done(lambda: upkeep.delete_wrong_entry(person=person, version=version, ranges=ranges(EDIT), **body))
    return nothing()


@bp.post("/people/tags", summary=_l("批量设置党员分类"), takes=shapes.Retag, gives=shapes.Retagged)
@requires(EDIT)
def retag(body: dict[str, Any]) -> Response:
    """Give people class tags and take others away; those out of reach are passed over."""
    return answer({"changed": retag_many(ranges=ranges(EDIT), **body)})
