"""Registers of the sample: numbered forms before the cases take them; accountability after."""

from datetime import timedelta

from sqlalchemy import select

from core.sdk import Unit, acting, tenant_id, today, transaction
from plugins.development.cases import recording
from plugins.development.models.case import Case
from plugins.development.plan.registers import forms, matters
from plugins.development.plan.registers.models import FormNumber
from plugins.development.sample.hands import officer

_PREFIX, _DIGITS, _FORMS = "QY", 4, 60


def number_of(place: int) -> str:
    """The control number of a case's form."""
    return f"{_PREFIX}{place + 1:0{_DIGITS}d}"


def root() -> Unit:
    """The topmost organisation."""
    with transaction() as session:
        return session.scalars(select(Unit).where(Unit.parent_id.is_(None))).one()


def receive_forms() -> None:
    """The county's department takes delivery of blank forms; one of them is spoilt."""
    place = root()
    with acting(officer(place.path, 0)):
        forms.receive(
            unit_id=place.id, prefix=_PREFIX, first=1, last=_FORMS, digits=_DIGITS, received_on=today() - timedelta(days=30),
            received_from="市委组织部",
        )  # fmt: skip
        with transaction() as session:
            spoilt = session.scalars(select(FormNumber.id).where(FormNumber.number == number_of(_FORMS - 1))).one()
        forms.void_blank(number_id=spoilt, reason="运输途中受潮，字迹不清。")


def load() -> None:
    """Whoever talked too late is held to account; a second matter was looked into and closed."""
    late = case_of("吴志远")
    if late is None:
        return
    with transaction() as session:
        place = session.get_one(Unit, (tenant_id(), late.unit_id))
    with acting(officer(place.path, 0)):
        recording.act(
            case_id=late.id, kind="accountability_mark", act_on=today(), reason="演示数据", quietly=True,
            data={"at_step": 2, "who": "支部组织委员", "measure": "talk", "text": "收到申请书一个月内没有派人谈话。"},
        )  # fmt: skip
        closed = matters.open_matter(
            unit=place, fault="papers", facts="培养考察登记表缺一次半年考察意见，事后补写。",
            parties=(matters.Party("支部书记", "责任人"),), step=6, on=today() - timedelta(days=40),
        )  # fmt: skip
        matters.conclude(matter_id=closed, finding="founded", conclusion="查阅原始记录，补写属实，情节轻微。")
        matters.handle(matter_id=closed, handling="criticism", text="在支部会议上作出检查。")


def case_of(name: str) -> Case | None:
    """Somebody of the cast by name; ``None`` when their case could not be opened."""
    with transaction() as session:
        return session.scalars(select(Case).where(Case.name == name)).first()
