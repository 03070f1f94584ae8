"""``/api/v1/p/care/…``: the lists of this part for programs, in the order of their ids, a page at a time.

What can be done with their records hangs beside the pages (:mod:`plugins.care.aid.registers`). What a record says of
somebody's circumstances is not given here: each reading of it is written down, on its page.
"""

from typing import Any
from uuid import UUID

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, Uuid, bindparam, select

from core.sdk import Person, Unit, ranges, requires, row, rows
from core.sdk.api import Answer, Paged, answer, fields, listed, listing, page_of
from plugins.care.aid import permissions as p
from plugins.care.aid.applications import AID
from plugins.care.aid.fund import FUNDS
from plugins.care.aid.hardship import HARDSHIPS, WORDS
from plugins.care.aid.inputs import MOST_FEN
from plugins.care.aid.pairs import HELP
from plugins.care.aid.registers import Register
from plugins.care.aid.rounds import ROUNDS
from plugins.care.aid.subsidies import PEOPLE, RUNS
from plugins.care.fund import applications as aid
from plugins.care.fund.models import Application, Entry, Fund
from plugins.care.hardship import actions as hardship
from plugins.care.hardship import subsidies
from plugins.care.hardship.models import Hardship, Subsidy, SubsidyRun
from plugins.care.pairs import actions as pairing
from plugins.care.pairs.models import Pair
from plugins.care.people import inside, same_person, same_unit
from plugins.care.rounds import actions as rounds
from plugins.care.rounds.models import Round
from plugins.care.rules.money import FLOWS
from plugins.care.rules.pairs import STATES as PAIR_STATES
from plugins.care.rules.rounds import FESTIVALS
from plugins.care.site import verbs


def _fen(says: Any = None, **more: Any) -> fields.Whole:
    return fields.Whole(says, least=-MOST_FEN, most=MOST_FEN, required=True, **more)


def _day() -> fields.Day:
    return fields.Day(required=True, allow_none=True)


class _Record(Answer):
    """A record with the unit where it stands."""

    id = fields.Id(required=True)
    unit_id = fields.Id(required=True)
    unit = fields.Text(required=True)


class _OfMember(_Record):
    """A record about a member."""

    person_id = fields.Id(required=True)
    person = fields.Text(required=True)


class FundRow(_Record):
    """A fund; money in fen."""

    title = fields.Text(required=True)
    opened_on = _day()
    balance_fen = _fen()
    published_on = _day()
    version = fields.Whole(required=True)


class ApplicationRow(_OfMember):
    """Somebody asked a fund for a grant or a loan; why is not told here."""

    fund_id = fields.Id(required=True)
    kind = fields.Choice(aid.KINDS, required=True)
    amount_fen = _fen()
    approved_fen = _fen(allow_none=True)
    months = fields.Whole(required=True)
    urgent = fields.Flag(required=True)
    state = fields.Choice(aid.STATES, required=True)
    submitted_on = _day()
    decided_on = _day()
    paid_on = _day()
    version = fields.Whole(required=True)


class HardshipRow(_OfMember):
    """A member's hardship, without income and circumstances."""

    grade = fields.Choice(WORDS, required=True)
    causes = fields.Many(fields.Choice(hardship.CAUSES), required=True)
    state = fields.Choice(hardship.STATES, required=True)
    submitted_on = _day()
    decided_on = _day()
    valid_from = _day()
    valid_to = _day()
    review_on = _day()
    version = fields.Whole(required=True)


class SubsidyRow(_OfMember):
    """A member of before 1949 who is paid; months as their first days."""

    class_no = fields.Whole(least=1, most=3, required=True)
    first_month = _day()
    last_month = _day()
    version = fields.Whole(required=True)


class SubsidyRunRow(_Record):
    """A month's table of subsidies."""

    month = _day()
    state = fields.Choice(subsidies.STATES, required=True)
    decided_on = _day()
    paid_on = _day()
    version = fields.Whole(required=True)


class PairRow(_Record):
    """A pair; of the masses the name of who is helped is not told here."""

    helper_id = fields.Id(required=True)
    helped_id = fields.Id(required=True, allow_none=True)
    kind = fields.Choice(pairing.KINDS, required=True)
    state = fields.Choice(PAIR_STATES, required=True)
    planned_on = _day()
    signed_on = _day()
    last_progress_on = _day()
    ended_on = _day()
    version = fields.Whole(required=True)


class RoundRow(_Record):
    """A consolation round."""

    title = fields.Text(required=True)
    festival = fields.Choice(FESTIVALS, required=True)
    year = fields.Whole(required=True)
    opens_on = _day()
    closes_on = _day()
    state = fields.Choice(rounds.STATES, required=True)
    version = fields.Whole(required=True)


class EntryRow(Answer):
    """One posting; it stands for ever."""

    id = fields.Id(required=True)
    number = fields.Whole(required=True)
    booked_on = fields.Day(required=True)
    flow = fields.Choice({one.value: title for one, title in FLOWS.items()}, required=True)
    change_fen = _fen()
    balance_fen = _fen()
    note = fields.Text(required=True)
    reverses_id = fields.Id(required=True, allow_none=True)


def _statement(model: Any, shape: type[Answer], length: int) -> tuple[Select[Any], list[str]]:
    """The records within so many ranges, and the names of what it gives."""
    names = list(shape._declared_fields)  # noqa: SLF001  (marshmallow's own way to read a class)
    given: dict[str, Any] = {"unit": Unit.short_name, "person": Person.name}
    columns: list[Any] = [given[name] if name in given else getattr(model, name) for name in names]
    near, _given = inside((("", ""),) * length)
    found = select(*columns).select_from(model).join(Unit, same_unit(model.unit_id)).where(near)
    return found.join(Person, same_person(model.person_id)) if "person" in names else found, names


def _hang(register: Register, permission: str, model: Any, shape: type[Answer], title: Any) -> None:
    """The list of a register and one of its records."""

    @requires(permission)
    def every(query: dict[str, Any]) -> Response:
        held = ranges(permission)
        page = page_of(query, order=f"care.{register.stem}", read=(UUID,))
        statement, names = _statement(model, shape, len(held))
        given: dict[str, Any] = dict(inside(held)[1])
        if page.after is not None:
            statement, given = (
                statement.where(model.id > bindparam("after_id", type_=Uuid())),
                {**given, "after_id": page.after[0]},
            )
        found = rows(statement.order_by(model.id).limit(page.limit + 1), **given)
        return listed(found, page, shown=lambda one: dict(zip(names, one, strict=True)), key=lambda one: (one[0],))

    @requires(permission)
    def single(**ids: UUID) -> Response:
        held = ranges(permission)
        statement, names = _statement(model, shape, len(held))
        found = row(
            statement.where(model.id == bindparam("one_id", type_=Uuid())), **inside(held)[1], one_id=ids[register.key]
        )
        if found is None:
            abort(404)
        given = dict(zip(names, found, strict=True))
        return answer(given, version=given["version"])

    every.__name__, single.__name__ = f"{register.stem}_every", f"{register.stem}_one"
    verbs.get(f"/{register.address}", summary=title, query=Paged, gives=listing(shape), lines=False)(every)
    verbs.get(f"/{register.address}/<uuid:{register.key}>", summary=title, gives=shape, tagged=True)(single)


for _register, _permission, _model, _shape, _title in (
    (FUNDS, p.FUND_VIEW, Fund, FundRow, _l("互助基金")),
    (AID, p.HARDSHIP_VIEW, Application, ApplicationRow, _l("救助和借款申请")),
    (HARDSHIPS, p.HARDSHIP_VIEW, Hardship, HardshipRow, _l("困难党员")),
    (PEOPLE, p.SUBSIDY_VIEW, Subsidy, SubsidyRow, _l("领取生活补助的老党员")),
    (RUNS, p.SUBSIDY_VIEW, SubsidyRun, SubsidyRunRow, _l("老党员生活补助发放表")),
    (HELP, p.PAIR_VIEW, Pair, PairRow, _l("结对帮扶")),
    (ROUNDS, p.ROUND_VIEW, Round, RoundRow, _l("走访慰问")),
):
    _hang(_register, _permission, _model, _shape, _title)

_ENTRIES = select(*(getattr(Entry, name) for name in EntryRow._declared_fields)).where(  # noqa: SLF001
    Entry.fund_id == bindparam("fund_id", type_=Uuid()), Entry.number > bindparam("after_number")
)


@verbs.get("/funds/<uuid:fund_id>/entries", summary=_l("互助基金的收支"), query=Paged, gives=listing(EntryRow))
@requires(p.FUND_VIEW)
def entries(fund_id: UUID, query: dict[str, Any]) -> Response:
    """The postings of a fund from the first on."""
    held = FUNDS.held(fund_id)
    page = page_of(query, order="care.entries", read=(int,))
    given = {"fund_id": held.one.id, "after_number": page.after[0] if page.after else 0}
    found = rows(_ENTRIES.order_by(Entry.number).limit(page.limit + 1), **given)
    names = list(EntryRow._declared_fields)  # noqa: SLF001
    return listed(found, page, shown=lambda one: dict(zip(names, one, strict=True)), key=lambda one: (one[1],))
