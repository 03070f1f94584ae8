"""``/api/v1/p/care/funds`` and its neighbours: the fund's ledger for accounting programs, rounds and pairs for reports."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core.sdk import Unit, actor, need, ranges, requires, rows, transaction
from core.sdk.api import Answer, Made, Shape, answer, fields
from core.sdk.looking_up import person_of
from plugins.care.aid import permissions as p
from plugins.care.fund import ledger
from plugins.care.fund.models import Entry, Fund
from plugins.care.people import Hand, Unknown, inside, same_unit, taken, unit
from plugins.care.rounds.models import Round
from plugins.care.rules.money import FLOWS, Flow
from plugins.care.site import verbs


class FundRow(Answer):
    """A fund; money in fen."""

    id = fields.Id(required=True)
    title = fields.Text(required=True)
    unit = fields.Text(required=True)
    balance_fen = fields.Whole(required=True)
    published_on = fields.Day(required=True, allow_none=True)


class Funds(Answer):
    """The funds within reach."""

    items = fields.Many(fields.Nested(FundRow), required=True)


class EntryRow(Answer):
    """One posting."""

    number = fields.Whole(required=True)
    booked_on = fields.Day(required=True)
    flow = fields.Choice({one.value: title for one, title in FLOWS.items()}, required=True)
    change_fen = fields.Whole(required=True)
    balance_fen = fields.Whole(required=True)
    note = fields.Text(required=True)


class Entries(Answer):
    """A fund's last postings, newest first."""

    items = fields.Many(fields.Nested(EntryRow), required=True)


class BookBody(Shape):
    """Income, or a donation given back."""

    flow = fields.Choice({one.value: FLOWS[one] for one in ledger.BOOKED}, _l("类别"), required=True)
    amount_fen = fields.Whole(_l("金额（分）"), least=1, required=True)
    on = fields.Day(_l("日期"), required=True)
    party = fields.Text(_l("往来对象"), least=1, most=120, required=True)
    note = fields.Text(_l("摘要"), most=200)


class RoundRow(Answer):
    """A consolation round."""

    id = fields.Id(required=True)
    title = fields.Text(required=True)
    unit = fields.Text(required=True)
    opens_on = fields.Day(required=True)
    closes_on = fields.Day(required=True)
    state = fields.Text(required=True)


class Rounds(Answer):
    """The rounds within reach."""

    items = fields.Many(fields.Nested(RoundRow), required=True)


def _reached(fund_id: UUID, permission: str) -> tuple[Fund, Unit]:
    try:
        one: Fund = taken(Fund, fund_id, lock=False)
        return one, unit(one.unit_id, ranges(permission))
    except Unknown:
        abort(404)


@verbs.get("/funds", summary=_l("互助基金"), gives=Funds)
@requires(p.FUND_VIEW)
def funds() -> Response:
    """The funds within reach with their balances."""
    near, given = inside(ranges(p.FUND_VIEW))
    found = rows(
        select(Fund.id, Fund.title, Unit.short_name, Fund.balance_fen, Fund.published_on)
        .join(Unit, same_unit(Fund.unit_id)).where(near).order_by(Unit.path), **given,
    )  # fmt: skip
    return answer(
        {
            "items": [
                dict(zip(("id", "title", "unit", "balance_fen", "published_on"), one, strict=True)) for one in found
            ]
        }
    )


@verbs.get("/funds/<uuid:fund_id>/entries", summary=_l("互助基金的收支"), gives=Entries)
@requires(p.FUND_VIEW)
def entries(fund_id: UUID) -> Response:
    """The last thousand postings of a fund."""
    one, _place = _reached(fund_id, p.FUND_VIEW)
    with transaction() as session:
        found = session.execute(
            select(Entry.number, Entry.booked_on, Entry.flow, Entry.change_fen, Entry.balance_fen, Entry.note)
            .where(Entry.fund_id == one.id).order_by(Entry.number.desc()).limit(1000)
        ).all()  # fmt: skip
    return answer({"items": [line._asdict() for line in found]})


@verbs.post("/funds/<uuid:fund_id>/entries", summary=_l("互助基金记账"), takes=BookBody, gives=Made, creates=True)
@requires(p.FUND_BOOK)
def book(fund_id: UUID, body: dict[str, Any]) -> Response:
    """Book one line."""
    one, place = _reached(fund_id, p.FUND_BOOK)
    need(p.FUND_BOOK, place.path)
    who, on = actor(), body["on"]
    made = ledger.book(
        fund_id=one.id, flow=Flow(body["flow"]), amount=body["amount_fen"], on=on if isinstance(on, date) else date.fromisoformat(on),
        party=body["party"], note=body.get("note") or "", by=Hand(who.account_id, who.name, person_of(who.account_id)),
    )  # fmt: skip
    return answer({"id": made}, 201)


@verbs.get("/rounds", summary=_l("走访慰问"), gives=Rounds)
@requires(p.ROUND_VIEW)
def rounds() -> Response:
    """The rounds within reach, newest first."""
    near, given = inside(ranges(p.ROUND_VIEW))
    found = rows(
        select(Round.id, Round.title, Unit.short_name, Round.opens_on, Round.closes_on, Round.state)
        .join(Unit, same_unit(Round.unit_id)).where(near).order_by(Round.opens_on.desc()).limit(500), **given,
    )  # fmt: skip
    return answer(
        {
            "items": [
                dict(zip(("id", "title", "unit", "opens_on", "closes_on", "state"), one, strict=True)) for one in found
            ]
        }
    )
