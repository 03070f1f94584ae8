"""The fund's ledger as a table for the export page, and whether the coming festivals have days."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.sdk import HealthCheck, Report, Unit, rows, today
from plugins.care.aid import permissions as p
from plugins.care.fund.models import Entry, Fund
from plugins.care.people import inside, same_unit
from plugins.care.rounds.actions import days_of
from plugins.care.rules.money import FLOWS, Flow, yuan


def _ledger(held: Sequence[tuple[str, str]], until: date) -> Iterable[Sequence[Any]]:
    near, given = inside(tuple(held))
    found = rows(
        select(
            Unit.short_name, Fund.title, Entry.number, Entry.booked_on, Entry.flow, Entry.change_fen, Entry.balance_fen,
            Entry.party, Entry.note, Entry.actor,
        )
        .select_from(Entry)
        .join(Fund, (Fund.tenant_id == Entry.tenant_id) & (Fund.id == Entry.fund_id))
        .join(Unit, same_unit(Fund.unit_id))
        .where(near, Entry.booked_on >= date(until.year, 1, 1), Entry.booked_on <= until)
        .order_by(Fund.title, Fund.id, Entry.number),
        **given,
    )  # fmt: skip
    for unit, title, number, on, flow, change, balance, party, note, actor in found:
        yield unit, title, number, on, FLOWS[Flow(flow)], yuan(change), yuan(balance), party, note, actor


EXPORTERS = (
    Report(
        key="care.ledger",
        title="互助基金流水",
        permission=p.FUND_VIEW,
        columns=("党组织", "基金", "序号", "日期", "项目", "收支（元）", "结余（元）", "收付款人", "摘要", "经手人"),
        rows=_ledger,
    ),
)


def festivals_known() -> str | None:
    """The Spring Festival moves with the moon: without its day a round is not begun by itself (R6.04)."""
    day = today()
    lacking = [year for year in (day.year, day.year + 1) if days_of("spring", year) is None]
    if not lacking:
        return None
    return f"{'、'.join(map(str, lacking))}年春节的日期未知，请升级软件包 holidays；春节慰问的日期须由人填写。"


CHECKS = (HealthCheck(key="care.festivals", check=festivals_known),)
