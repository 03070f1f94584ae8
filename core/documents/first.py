"""The first documents: roster list 党员名册, unit card 党组织基本信息卡, member card 党员基本信息卡."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, cast, select

from core import clock
from core.database.read import rows as read_rows
from core.documents.registry import Field, Loaded, document
from core.organization.codes import Domain, HowTaken, PostCode, UnitType
from core.organization.labels import label as unit_label
from core.organization.queries import cards, levels
from core.people.codes import label
from core.people.models import Person
from core.people.queries import filters
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import Order
from core.people.queries.sealed import in_clear
from core.people.queries.single import Found, History, history, one
from core.people.queries.statements import FIELDS
from core.people.rules import party_age
from core.people.wording import cause_label

#: Rows of one roster, and cards of one batch, at most.
MOST_ROWS, MOST_CARDS = 30_000, 1_000


def _default(code: str) -> bytes:
    from core.documents.defaults import default_template

    return default_template(code)


def _ranges(request: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((start, end) for start, end in request["ranges"])


def _day(value: Any) -> str:
    return value.isoformat() if value else ""


def _asked(request: Mapping[str, Any], limit: int) -> Asked:
    given = request["list"]
    return Asked(
        UUID(request["unit"]) if request.get("unit") else None,
        _ranges(request),
        filters.read(given, as_of=clock.today()),
        Order.read(given.get("sort")) or Order(),
        limit,
    )


def roster(request: Mapping[str, Any], full: bool) -> Loaded | None:
    """The member list as it is filtered and sorted."""
    found = members(_asked(request, MOST_ROWS))
    if found is None:
        return None
    listed = [dict(zip(FIELDS, row, strict=False)) for row in found.rows]
    clear = in_clear([row["id"] for row in listed]) if full else {}
    lines = [_roster_line(number, row, clear.get(row["id"])) for number, row in enumerate(listed, 1)]
    place = found.place
    name = place.name if place else ""
    context = {"党组织": name, "人数": len(lines), "筛选": request.get("said", ""), "名单": lines}
    short = place.short_name if place else "全部"
    title = f"党员名册_{short}"
    return Loaded([context], [title], title, len(lines), place.id if place else None, place.path if place else "")


def _roster_line(number: int, row: Mapping[str, Any], clear: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "序号": number,
        "姓名": row["name"],
        "性别": label("sex", row["sex"]),
        "民族": label("ethnic", row["ethnic"]),
        "出生日期": _day(row["birth"]),
        "学历": label("education", row["education"]),
        "党籍状态": label("membership_state", row["standing"]),
        "入党日期": _day(row["join_date"]),
        "转正日期": _day(row["regular_date"]),
        "岗位": label("post", row["post"]),
        "分类": "、".join(label("class_tag", code) for code in row["class_tags"] or ()),
        "身份号码": (clear["id_no"] if clear else row["id_no"]) or "",
        "电话": (clear["phone"] if clear else row["phone"]) or "",
        "党支部": row["unit"] or "",
    }


_LISTED = select(cast(Person.id, Text)).where(Person.id == any_(bindparam("people", type_=ARRAY(Uuid))))


def chosen_people(request: Mapping[str, Any], most: int = MOST_CARDS) -> list[str]:
    """The ids of the people whose cards are wanted: those named, or all of the list, in its order."""
    if request.get("people"):
        named = list(dict.fromkeys(request["people"]))[:most]
        known = {found for (found,) in read_rows(_LISTED, people=[UUID(person) for person in named])}
        return [person for person in named if person in known]
    found = members(_asked(request, most))
    return [row[0] for row in found.rows] if found else []


def member_cards(request: Mapping[str, Any], full: bool) -> Loaded | None:
    """A card for each member; those outside the ranges are left out as if they were not there."""
    people, ranges = chosen_people(request), _ranges(request)
    contexts, names, last = [], [], None
    clear = in_clear(people) if full else {}
    for person in people:
        found = one(UUID(person), ranges)
        if found is None:
            continue
        last = found
        contexts.append(_member(found, history(found.id), clear.get(person)))
        names.append(f"{len(contexts):03}_{found.values['name']}")
    if last is None:
        return None
    single = len(contexts) == 1
    title = f"党员基本信息卡_{last.values['name']}" if single else f"党员基本信息卡_{len(contexts)}份"
    names = [title] if single else names
    return Loaded(contexts, names, title, len(contexts), last.id if single else None, last.path if single else "")


def _member(found: Found, past: History, clear: Mapping[str, Any] | None) -> dict[str, Any]:
    p = found.values
    years = party_age(p["regular_date"], clock.today()) if p["regular_date"] else None
    held = [post for post in past.posts if post.held_to is None]
    return {
        "姓名": p["name"],
        "曾用名": p["former_name"] or "",
        "性别": label("sex", p["sex"]),
        "民族": label("ethnic", p["ethnic"]),
        "出生日期": _day(p["birth"]),
        "籍贯": p["native_place"] or "",
        "学历": label("education", p["education"]),
        "学位": label("degree", p["degree"]),
        "婚姻状况": label("marital", p["marital"]),
        "身份号码": (clear["id_no"] if clear else p["id_no"]) or "",
        "电话": (clear["phone"] if clear else p["phone"]) or "",
        "住址": (clear["address"] if clear else "******" if p["has_address"] else "") or "",
        "工作单位": p["employer"] or "",
        "岗位": label("post", p["post"]),
        "参加工作日期": _day(p["work_start"]),
        "党籍状态": label("membership_state", p["standing"]),
        "党支部": p["unit"] or "",
        "党小组": p["group"] or "",
        "分类": "、".join(label("class_tag", code) for code in p["class_tags"]),
        "入党日期": _day(p["join_date"]),
        "转正日期": _day(p["regular_date"]),
        "党龄": f"{years}年" if years is not None else "",
        "职务": "、".join(f"{post.unit}{_post(post.post_code)}" for post in held),
        "组织关系": [
            {
                "序号": number,
                "党组织": stay.unit + (f" {stay.group}" if stay.group else ""),
                "编入日期": _day(stay.valid_from),
                "离开日期": _day(stay.valid_to) or "至今",
                "原因": cause_label(stay.cause),
            }
            for number, stay in enumerate(past.stays, 1)
        ],
    }


def _post(code: str) -> str:
    return unit_label(PostCode(code)) if code in set(PostCode) else code


def unit_card(request: Mapping[str, Any], full: bool) -> Loaded | None:  # noqa: ARG001  (holds no full numbers)
    """A unit's card: base data, members' counts, present body."""
    card = cards.card(UUID(request["unit"]))
    if card is None or not any(start <= card.path < end for start, end in _ranges(request)):
        return None
    held = cards.leadership(card.id)
    above = cards.ancestors(card.path)
    body = next((body for body in held.bodies if body.ended_on is None), None)
    officers = [one for one in held.holdings if one.held_to is None]
    context = {
        "名称": card.name,
        "简称": card.short_name,
        "代码": card.code or "",
        "类别": unit_label(UnitType(card.type)),
        "单位性质": unit_label(Domain(card.domain)) if card.domain else "",
        "上级": above[-1][1] if above else "",
        "成立日期": _day(card.established_on),
        "批准文号": card.approval_doc_no or "",
        "联系人": card.contact_name or "",
        "联系电话": card.contact_phone or "",
        "地址": card.address or "",
        "党员总数": card.members,
        "正式党员": card.formal,
        "预备党员": card.probationary,
        "女党员": card.female,
        "下级数": len(levels.children_of(card.id)),
        "书记": "、".join(one.person_name for one in officers if one.post_code == PostCode.SECRETARY),
        "届次": f"第{body.term_no}届" if body and body.term_no else "",
        "任期": body.years if body else "",
        "任职起始": _day(body.started_on) if body else "",
        "届满日期": _day(body.due_on) if body else "",
        "班子": [
            {"序号": number, "姓名": one.person_name, "职务": _post(one.post_code), "任职日期": _day(one.held_from),
             "任职方式": unit_label(HowTaken(one.how))}
            for number, one in enumerate(officers, 1)
        ],
    }  # fmt: skip
    title = f"党组织基本信息卡_{card.short_name}"
    return Loaded([context], [title], title, 1, card.id, card.path)


_PERSON = (
    Field("姓名", "姓名", "陈建国"), Field("性别", "性别", "男"), Field("民族", "民族", "汉族"),
    Field("出生日期", "出生日期", "1980-05-17"), Field("学历", "学历", "大学本科"), Field("党籍状态", "党籍状态", "正式党员"),
    Field("入党日期", "入党日期", "2005-06-20"), Field("转正日期", "转正日期", "2006-06-20"), Field("岗位", "工作岗位", "农民"),
    Field("分类", "党员分类", "农村"), Field("身份号码", "公民身份号码；未勾选完整时只显示一部分", "3505**********18"),
    Field("电话", "联系电话；未勾选完整时只显示一部分", "138****0000"), Field("党支部", "所在党支部", "青岭村党支部"),
)  # fmt: skip
_NUMBER = Field("序号", "序号", "1")


def _fields(*pairs: tuple[str, str, str]) -> Sequence[Field]:
    return [Field(*pair) for pair in pairs]


ROSTER = document(
    code="people.roster",
    title="党员名册",
    fields=(
        Field("党组织", "名册所属党组织的全称", "中共清源县青岭乡委员会"),
        Field("人数", "名册中的人数", "3"),
        Field("筛选", "筛选条件；没有筛选时为空", "性别：女"),
        Field("名单", "每名党员一行", of=(_NUMBER, *_PERSON)),
    ),
    loader=roster,
    default=partial(_default, "people.roster"),
    permission="people.member.export",
    full_permission="people.member.export_full",
)
MEMBER_CARD = document(
    code="people.member_card",
    title="党员基本信息卡",
    fields=(
        *_PERSON,
        *_fields(
            ("曾用名", "曾用名", ""), ("籍贯", "籍贯", "福建永春"), ("学位", "学位", "学士"), ("婚姻状况", "婚姻状况", "已婚"),
            ("住址", "家庭住址；未勾选完整时不显示", "******"), ("工作单位", "工作单位", "青岭乡人民政府"),
            ("参加工作日期", "参加工作日期", "2002-08-01"), ("党小组", "所在党小组", "第一党小组"), ("党龄", "党龄", "20年"),
            ("职务", "现任党内职务", "青岭村党支部书记"),
        ),
        Field("组织关系", "组织关系经历，每段一行", of=(_NUMBER, *_fields(
            ("党组织", "党组织", "青岭村党支部"), ("编入日期", "编入日期", "2005-06-20"), ("离开日期", "离开日期", "至今"),
            ("原因", "原因", "吸收入党或接收"),
        ))),
    ),
    loader=member_cards,
    default=partial(_default, "people.member_card"),
    subject="person",
    permission="people.member.export",
    full_permission="people.member.export_full",
)  # fmt: skip
UNIT_CARD = document(
    code="organization.unit_card",
    title="党组织基本信息卡",
    fields=(
        *_fields(
            ("名称", "全称", "中共清源县青岭乡青岭村支部委员会"), ("简称", "简称", "青岭村党支部"), ("代码", "党组织代码", "035052500101"),
            ("类别", "类别", "党支部"), ("单位性质", "单位性质", "村"), ("上级", "上级党组织", "青岭乡党委"),
            ("成立日期", "成立日期", "2001-07-01"), ("批准文号", "批准文号", "青委〔2001〕7号"), ("联系人", "联系人", "陈建国"),
            ("联系电话", "联系电话", "0595-23880000"), ("地址", "地址", "清源县青岭乡青岭村3号"), ("党员总数", "党员总数", "32"),
            ("正式党员", "正式党员数", "30"), ("预备党员", "预备党员数", "2"), ("女党员", "女党员数", "9"),
            ("下级数", "直属下级党组织数", "3"), ("书记", "现任书记", "陈建国"), ("届次", "本届届次", "第8届"),
            ("任期", "任期年数", "5"), ("任职起始", "本届起始日期", "2021-12-01"), ("届满日期", "本届届满日期", "2026-12-01"),
        ),
        Field("班子", "现任班子成员，每人一行", of=(_NUMBER, *_fields(
            ("姓名", "姓名", "陈建国"), ("职务", "职务", "书记"), ("任职日期", "任职日期", "2021-12-01"), ("任职方式", "任职方式", "选举"),
        ))),
    ),
    loader=unit_card,
    default=partial(_default, "organization.unit_card"),
    permission="organization.unit.view",
)  # fmt: skip
