"""A case is opened for somebody who comes to apply, and its base data are kept up to date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import false, or_, select

from core.sdk import Finding, Person, Refused, Unit, emit, keyring, record, tenant_id, today, touch, transaction, uuid7
from core.sdk.people import (
    identity_facts,
    identity_fault,
    is_phone,
    mask_id_no,
    mask_phone,
    name_keys,
    normalise_identity,
    normalise_name,
    normalise_phone,
)
from plugins.development import events
from plugins.development.cases import ports, recording
from plugins.development.cases.saying import block
from plugins.development.cases.sealing import private_of, seal, seal_text, unseal_text
from plugins.development.flow.words import SOURCES, TRAITS
from plugins.development.models.case import Case

_ID_FAULTS = "公民身份号码不正确，请核对。"
#: Facts of ``private``: what a case's sealed part may hold.
PRIVATE = ("address", "household", "native_place", "marital", "family", "resume", "rewards", "skills", "remark")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """Who applies. Only name, sex and day of birth must be known at once; an identity number gives sex and birth.

    :param private: delicate facts by name, of :data:`PRIVATE`; kept sealed.
    :param origin_unit_id: of a migrant: the branch at the place of origin, when it is the tenant's.
    :param account_id: the person's own account. :param person_id: somebody who is on the roster, or was.
    """

    name: str
    sex: str = ""
    birth: date | None = None
    id_no: str = ""
    phone: str = ""
    ethnic: str | None = None
    education: str | None = None
    post: str | None = None
    occupation: str | None = None
    employer: str | None = None
    source_kind: str | None = None
    migrant: bool = False
    league_member: bool = False
    work_start: date | None = None
    traits: Sequence[str] = ()
    private: Mapping[str, str] = field(default_factory=dict)
    origin_unit_id: UUID | None = None
    account_id: UUID | None = None
    person_id: UUID | None = None


def open_case(*, unit_id: UUID, given: NewCase, quietly: bool = False) -> UUID:
    """Open a case in a branch; gives its id. The application itself is the first act.

    :raises Refused: with everything that is wrong. :raises recording.Unknown: there is no such unit.
    """
    with transaction() as session:
        unit = session.get(Unit, (tenant_id(), unit_id))
        if unit is None:
            raise recording.Unknown(str(unit_id))
        columns, found = _columns(given)
        if unit.type not in ("branch",) or unit.state != "active":
            found.append(block("X5", "unit", "入党申请由党支部受理。", "E_SCOPE", "请选择党支部。"))
        made = uuid7()
        found += _origin(given, unit_id)
        columns |= _sealed_columns(given, made)
        columns["person_id"] = given.person_id or on_roster(columns.get("id_no_index"))
        found += _double(columns.get("id_no_index"), columns["person_id"])
        if found:
            raise Refused(found)
        case = Case(id=made, unit_id=unit_id, **columns)
        session.add(case)
        session.flush()
        touch(recording.SUBJECT, made)
        record(
            kind="development.case.opened", subject="development_case", subject_id=made, detail={"unit": str(unit_id)}
        )
        if not quietly:
            data = {"unit": unit_id, "on": today()}
            emit(events.OPENED, subject="development_case", subject_id=made, unit_path=unit.path, data=data)
        return made


def apply(
    *,
    unit_id: UUID,
    given: NewCase,
    received: date,
    data: Mapping[str, Any],
    reason: str = "",
    file_ids: Sequence[UUID] = (),
) -> UUID:
    """Open a case and record the application as its first act, both or neither; gives the case's id."""
    with transaction():
        made = open_case(unit_id=unit_id, given=given)
        recording.act(
            case_id=made, kind="application", act_on=received, data=data, reason=reason, file_ids=file_ids
        )  # fmt: skip
        return made


def faults(given: NewCase) -> list[Finding]:
    """What is wrong with somebody's base data, without writing anything; an open case of theirs too."""
    _, found = _columns(given)
    if found or not given.id_no:
        return found
    number = keyring().blind(normalise_identity(given.id_no), purpose="id_no")
    return _double(number, given.person_id or on_roster(number))


def edit_case(*, case_id: UUID, given: NewCase, version: int | None = None) -> None:
    """Change base data. An empty identity number or phone leaves what is there, an empty private fact takes it away.

    :raises Refused: with everything that is wrong, or somebody was faster. :raises recording.Unknown: there is no such case.
    """
    with transaction() as session:
        case = recording.hold(case_id, version=version).case
        columns, found = _columns(given)
        found += [*_origin(given, case.unit_id), *_contradicts(case, given, columns)]
        columns |= _sealed_columns(replace(given, private={}), case.id)
        columns |= _private_column(case, given)
        number = columns.get("id_no_index")
        if number is not None and number != case.id_no_index:
            found += _double(number, case.person_id, but=case.id)
        if found:
            raise Refused(found)
        changed = [name for name, value in columns.items() if getattr(case, name) != value]
        for name in changed:
            setattr(case, name, columns[name])
        session.flush()
        if changed:
            ports.edited(case, changed)
        touch(recording.SUBJECT, case.id)
        shown = sorted(
            {name.removesuffix("_cipher").removesuffix("_index").removesuffix("_masked") for name in changed}
        )
        record(kind="development.case.edited", subject="development_case", subject_id=case.id, detail={"fields": shown})


def link_account(*, case_id: UUID, account_id: UUID | None) -> None:
    """Say which account is the person's own, so that they see their own steps. :raises recording.Unknown: no such case."""
    with transaction() as session:
        case = recording.hold(case_id).case
        case.account_id = account_id
        session.flush()
        record(
            kind="development.case.edited",
            subject="development_case",
            subject_id=case.id,
            detail={"fields": ["account"]},
        )


_PLAIN = (
    "ethnic",
    "education",
    "post",
    "occupation",
    "employer",
    "source_kind",
    "migrant",
    "league_member",
    "work_start",
)


def _columns(given: NewCase) -> tuple[dict[str, Any], list[Finding]]:
    name = normalise_name(given.name)
    sex, birth, found = _identity(given)
    if not name or len(name) > 50:
        found.append(block("X0", "name", "请填写姓名，最多50个字。", "E_REQUIRED"))
    found += _coded(given)
    keys = name_keys(name)
    columns = {one: getattr(given, one) for one in _PLAIN}
    columns |= {
        "name": name, "name_key": keys.sort, "initials": keys.initials, "sex": sex, "birth": birth,
        "traits": sorted(set(given.traits)), "origin_unit_id": given.origin_unit_id,
    }  # fmt: skip
    if given.account_id is not None:
        columns["account_id"] = given.account_id
    return columns, found


def _identity(given: NewCase) -> tuple[str, date | None, list[Finding]]:
    """Sex and day of birth, from the identity number where it tells them."""
    sex, birth = given.sex, given.birth
    found: list[Finding] = []
    number = normalise_identity(given.id_no)
    if number and identity_fault(number, as_of=today()) is not None:
        found.append(block("R2.01", "id_no", _ID_FAULTS, "E_FORMAT", "应为18位，末位可以是X。"))
    elif number:
        facts = identity_facts(number)
        sex, birth = sex or facts.sex, birth or facts.birth
        if (sex, birth) != (facts.sex, facts.birth):
            message = f"性别、出生日期与公民身份号码（{facts.birth:%Y-%m-%d}）不一致。"
            found.append(block("R2.03", "birth", message, "E_MISMATCH", "请核对；以身份号码为准。"))
    if sex not in ("1", "2"):
        found.append(block("X0", "sex", "请选择性别。", "E_REQUIRED"))
    if birth is None or not date(1900, 1, 1) <= birth <= today():
        found.append(block("X0", "birth", "请填写正确的出生日期。", "E_REQUIRED"))
    return sex, birth, found


def _origin(given: NewCase, unit_id: UUID) -> list[Finding]:
    """The branch at a migrant's place of origin is another branch of the tenant."""
    if given.origin_unit_id is None:
        return []
    with transaction() as session:
        unit = session.get(Unit, (tenant_id(), given.origin_unit_id))
    if unit is not None and unit.type == "branch" and unit.id != unit_id:
        return []
    return [block("X5", "origin_unit_id", "流出地党支部应是本单位的另一个党支部。", "E_REF", "请重新选择，或不填。")]


def _contradicts(case: Case, given: NewCase, columns: Mapping[str, Any]) -> list[Finding]:
    """Sex and day of birth agree with the identity number that is kept, where none is typed anew."""
    number = "" if given.id_no else unseal_text(case.id_no_cipher, Case, "id_no_cipher", case.id)
    if not number or identity_fault(number, as_of=today()) is not None:
        return []
    facts = identity_facts(number)
    if (columns["sex"], columns["birth"]) == (facts.sex, facts.birth):
        return []
    message = f"性别、出生日期与公民身份号码（{facts.birth:%Y-%m-%d}）不一致。"
    return [block("R2.03", "birth", message, "E_MISMATCH", "请核对；身份号码有误的一并更正。")]


def _coded(given: NewCase) -> list[Finding]:
    found = []
    if given.phone and not is_phone(normalise_phone(given.phone)):
        found.append(block("R2.08", "phone", "手机号码不正确。", "E_FORMAT", "应为11位手机号码，或带区号的固定电话。"))
    if given.source_kind and given.source_kind not in SOURCES:
        found.append(block("X0", "source_kind", "来源类别不在规定的范围内。", "E_RANGE"))
    if set(given.traits) - set(TRAITS):
        found.append(block("X0", "traits", "人员特征不在规定的范围内。", "E_RANGE"))
    if set(given.private) - set(PRIVATE):
        found.append(block("X0", "private", "没有这一项资料。", "E_FORMAT"))
    return found


def _private(given: NewCase) -> dict[str, str]:
    return {name: str(value).strip()[:8000] for name, value in given.private.items() if str(value).strip()}


def _private_column(case: Case, given: NewCase) -> dict[str, Any]:
    """The private facts beside those there; an empty one takes its fact away. Nothing where nothing changes."""
    there = private_of(case) if given.private else {}
    told = {name: str(value).strip()[:8000] for name, value in given.private.items()}
    kept = {name: text for name, text in {**there, **told}.items() if text}
    return {} if kept == there else {"private_cipher": seal(kept, Case, "private_cipher", case.id)}


def _sealed_columns(given: NewCase, row: UUID) -> dict[str, Any]:
    found: dict[str, Any] = {}
    number, phone = normalise_identity(given.id_no), normalise_phone(given.phone)
    if number:
        found["id_no_cipher"] = seal_text(number, Case, "id_no_cipher", row)
        found["id_no_index"] = keyring().blind(number, purpose="id_no")
        found["id_no_masked"] = mask_id_no(number)
    if phone:
        found["phone_cipher"] = seal_text(phone, Case, "phone_cipher", row)
        found["phone_masked"] = mask_phone(phone)
    if given.private:
        found["private_cipher"] = seal(_private(given), Case, "private_cipher", row)
    return found


def on_roster(number: bytes | None) -> UUID | None:
    """Who of the roster has that identity number."""
    if number is None:
        return None
    with transaction() as session:
        return session.scalar(
            select(Person.id).where(Person.id_no_index == number).order_by(Person.created_at.desc()).limit(1)
        )


def _double(number: bytes | None, person_id: UUID | None, but: UUID | None = None) -> list[Finding]:
    """One open case for a person: with that identity number, or of that person on the roster."""
    if number is None and person_id is None:
        return []
    same = or_(
        Case.id_no_index == number if number is not None else false(),
        Case.person_id == person_id if person_id is not None else false(),
    )
    with transaction() as session:
        wanted = select(Unit.short_name).join(Case, (Case.tenant_id == Unit.tenant_id) & (Case.unit_id == Unit.id))
        wanted = wanted.where(same, Case.closed_on.is_(None))
        if but is not None:
            wanted = wanted.where(Case.id != but)
        found = session.scalar(wanted.limit(1))
    if found is None:
        return []
    message = f"该同志已有一件正在办理的发展党员事项（{found}）。"
    return [block("X1", "id_no", message, "E_DUP", "请在原有的事项中办理；换了党组织的，请办理转出和接收。")]


NAMES = tuple(one.name for one in fields(NewCase))
