"""Money and care of every kind for a demonstration, in every state, made by the verbs people use; made once."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from core.sdk import Origin, Person, Unit, acting, add_months, today, transaction
from plugins.care.fund import applications, ledger
from plugins.care.fund.models import Fund
from plugins.care.hardship import actions as hardship
from plugins.care.hardship import subsidies
from plugins.care.hardship.models import SubsidyRun
from plugins.care.pairs import actions as pairs
from plugins.care.people import Hand, among
from plugins.care.rounds import actions as rounds
from plugins.care.rounds import greetings
from plugins.care.rounds.models import RoundEntry
from plugins.care.rules.money import Body, Flow
from plugins.care.rules.rounds import FOUNDING

_BRANCH, _REVIEWER, _OFFICER = Hand(None, "黄书记"), Hand(None, "周委员"), Hand(None, "陈委员")
_ACCOUNTANT, _CASHIER = Hand(None, "钱会计"), Hand(None, "孙出纳")
_MOST = 24
#: For how many months the old members were paid before this one.
_RUNS = 9
#: (kind, fen, months, what for, how far it goes)
_ASKED = (
    ("grant", 30_000, 0, "住院手术，自付部分较多。", "submitted"),
    ("grant", 80_000, 0, "房屋漏雨，需要修缮。", "branch_reviewed"),
    ("grant", 300_000, 0, "孩子患病长期治疗。", "published"),
    ("grant", 50_000, 0, "摔伤休养，误工两个月。", "approved"),
    ("grant", 40_000, 0, "家中遭遇火灾，购置生活用品。", "paid"),
    ("grant", 45_000, 0, "老伴住院陪护。", "acknowledged"),
    ("loan", 48_000, 12, "购买茶苗和肥料。", "loan"),
    ("grant", 20_000, 0, "走亲访友开支。", "refused"),
)
#: (grade, causes, what is told, income per head a month in fen, how far it goes)
_HARD = (
    ("A", ("illness",), "常年服药，无固定收入。", 52_000, "approved"),
    ("B", ("disability", "labour"), "一家四口，主要劳力致残。", 98_000, "approved"),
    ("B", ("schooling",), "两个孩子上大学，靠种地维持。", 105_000, "approved"),
    ("C", ("old_weak",), "年老独居，子女在外务工。", 150_000, "approved"),
    ("B", ("disaster",), "台风毁坏茶园。", 99_000, "submitted"),
    ("A", ("illness",), "确诊重病，医疗费用高。", 60_000, "branch_reviewed"),
    ("C", ("unemployment",), "厂里停产，暂时没有收入。", 130_000, "published"),
    ("C", ("other",), "一时周转困难。", 240_000, "refused"),
    ("B", ("illness",), "去年手术，今年已康复。", 110_000, "ended"),
)
_PLANS = {
    "skill": ("每月上门指导茶园管理一次", "学会修剪、施肥和防虫"),
    "project": ("帮助申请小额贷款，改种优质茶苗两亩", "次年投产"),
    "income": ("联系合作社包销春茶、秋茶", "年收入增加八千元以上"),
}


def load() -> None:
    """Fill the first town that has members; nothing is done where a fund is already."""
    with transaction() as session:
        if session.scalar(select(func.count()).select_from(Fund)):
            return
        place = session.scalar(
            select(Unit).where(Unit.type == "committee").order_by(Unit.depth.desc(), Unit.path).limit(1)
        )
        if place is None:
            return
        inside = (Unit.tenant_id == Person.tenant_id) & (Unit.id == Person.unit_id)
        people = session.scalars(
            select(Person.id).join(Unit, inside)
            .where(Unit.path >= place.path, Unit.path < place.path_end, among(Person.standing, "formal"))
            .order_by(Unit.path, Person.name_key).offset(12).limit(_MOST)
        ).all() or session.scalars(select(Person.id).where(Person.standing == "formal").limit(_MOST)).all()  # fmt: skip
        with acting(Origin(actor=_OFFICER.name)):
            _fund(place.id, people)
            _hardships(people)
            _rounds(place.id)
            _pairs(people)
            _subsidies(place.id)
            _greetings(people)


def _fund(place: UUID, people: Sequence[UUID]) -> None:
    day = today()
    opened = add_months(day, -14)
    fund = ledger.open_fund(
        unit_id=place, title="党员互助基金", opened_on=opened, accountant=None, cashier=None, by=_ACCOUNTANT
    )

    def book(flow: Flow, fen: int, ago: int, party: str, note: str = "") -> UUID:
        on = max(day - timedelta(days=ago), opened)
        return ledger.book(fund_id=fund, flow=flow, amount=fen, on=on, party=party, note=note, by=_ACCOUNTANT)

    book(Flow.OPENING, 1_860_000, 420, "上年结转")
    book(Flow.DUES, 300_000, 400, "党费补助")
    book(Flow.DONATION, 500_000, 390, "清源茶业有限公司", "七一捐助")
    ledger.publish(fund_id=fund, first=opened, last=day - timedelta(days=385), place="党务公开栏", by=_OFFICER, as_of=day - timedelta(days=380))  # fmt: skip
    book(Flow.FISCAL, 1_000_000, 300, "县财政局", "年度补助")
    book(Flow.DONATION, 66_600, 143, "部分党员", "主题党日募捐")
    wrong = book(Flow.DONATION, 200_000, 120, "和田农机合作社")
    ledger.reverse(fund_id=fund, entry_id=wrong, reason="金额登记错误", by=_ACCOUNTANT)
    book(Flow.DONATION, 20_000, 120, "和田农机合作社")
    book(Flow.REFUND, 10_000, 60, "部分党员", "重复捐助退回")
    for person, asked in zip(people, _ASKED, strict=False):
        _ask(fund, person, *asked)


def _ask(fund: UUID, person: UUID, kind: str, fen: int, months: int, reason: str, state: str) -> None:
    day = today() - timedelta(days=75)
    one = applications.submit(
        fund_id=fund, person_id=person, kind=kind, amount=fen, months=months, urgent=state == "submitted", reason=reason,
        relatives=(), by=_BRANCH, as_of=day,
    )  # fmt: skip
    if state == "submitted":
        return
    if state == "refused":
        applications.refuse(application_id=one, reason="不属于救助范围。", by=_REVIEWER, as_of=day + timedelta(days=3))
        return
    applications.review(application_id=one, opinion="情况属实，同意上报。", by=_REVIEWER, as_of=day + timedelta(days=3))
    if state == "branch_reviewed":
        return
    if state == "published":
        applications.make_public(application_id=one, by=_REVIEWER, as_of=today() - timedelta(days=1))
        return
    seat = ("陈委员", "周委员", "吴委员")
    applications.approve(application_id=one, body=Body.COMMITTEE, approvers=seat, by=_OFFICER, as_of=day + timedelta(days=10))  # fmt: skip
    if state == "approved":
        return
    applications.pay(application_id=one, by=_CASHIER, on=day + timedelta(days=12))
    if state == "acknowledged":
        applications.acknowledge(application_id=one, by=_BRANCH, as_of=day + timedelta(days=13))
    if state == "loan":
        applications.repay(application_id=one, amount=6_000, by=_CASHIER, on=day + timedelta(days=70))


def _hardships(people: Sequence[UUID]) -> None:
    for person, (grade, causes, detail, income, state) in zip(people[8:] or people, _HARD, strict=False):
        day = today() - timedelta(days=60)
        figures = {"income_per_head": income, "line": 80_000, "medical": 300_000, "income": income * 36}
        one = hardship.submit(
            person_id=person, source="finding" if grade == "A" else "application", grade=grade, causes=causes, figures=figures,
            detail=detail, by=_BRANCH, as_of=day,
        )  # fmt: skip
        if state == "submitted":
            continue
        if state == "refused":
            hardship.decide(
                hardship_id=one, agree=False, grade=grade, reason="收入高于认定标准。", valid_to=None, by=_OFFICER
            )
            continue
        hardship.review(hardship_id=one, at="committee", grade=grade, by=_REVIEWER, on=day + timedelta(days=5))
        if state == "branch_reviewed":
            continue
        begun = today() if state == "published" else day + timedelta(days=8)
        hardship.make_public(hardship_id=one, by=_REVIEWER, as_of=begun)
        if state == "published":
            continue
        hardship.decide(hardship_id=one, agree=True, grade=grade, reason="", valid_to=None, by=_OFFICER, as_of=day + timedelta(days=26))  # fmt: skip
        if state == "ended":
            hardship.end(hardship_id=one, reason="已脱离困难。", by=_OFFICER)


def _rounds(place: UUID) -> None:
    year = today().year
    criteria = {"grades": ["A", "B"], "pre_1949": True, "seriously_ill": True}
    amounts = {"A": 100_000, "B": 60_000, "C": 40_000, "pre_1949": 150_000, "seriously_ill": 80_000, "policy": 50_000}
    for number, (festival, days, state) in enumerate(
        (("spring", 290, "closed"), ("july", 150, "closed"), ("mid_autumn", 55, "approved"), ("double_ninth", 30, "submitted"),
         ("new_year", -30, "draft"))
    ):  # fmt: skip
        first = today() - timedelta(days=days)
        made = rounds.open_round(
            unit_id=place, festival=festival, year=year + (festival == "new_year"), opens_on=first,
            closes_on=first + timedelta(days=20), criteria=criteria, amounts=amounts, source=("dues", "fiscal")[number % 2],
            by=_BRANCH,
        )  # fmt: skip
        entries = _listed(made)
        if state == "draft" or not entries:
            continue
        rounds.submit(round_id=made, reason="", by=_BRANCH)
        if state == "submitted":
            continue
        rounds.decide(round_id=made, agree=True, reason="", by=_OFFICER)
        for position, entry in enumerate(entries if state == "closed" else entries[:1]):
            away = position == 1 and festival == "july"
            rounds.hand_over(
                entry_id=entry, state="away" if away else "received", received_by="" if away else "本人",
                on=min(first + timedelta(days=7), today()), visitor="陈委员、周委员", remark="在外地住院，另行慰问。" if away else "",
            )  # fmt: skip
        if state == "closed":
            rounds.close(round_id=made, by=_BRANCH)


def _listed(round_id: UUID) -> Sequence[UUID]:
    with transaction() as session:
        return session.scalars(select(RoundEntry.id).where(RoundEntry.round_id == round_id)).all()


def _pairs(people: Sequence[UUID]) -> None:
    helpers, helped = people[17:], people[8:]
    day = today() - timedelta(days=200)
    states = ("planned", "signed", "running", "running", "achieved", "ended")
    for number, (state, helper, other) in enumerate(zip(states, helpers, helped, strict=False)):
        mass = number == 3
        pair = pairs.plan(
            kind="mass" if mass else "member", helper_id=helper, helped_id=None if mass else other, helped_name="村民老郑" if mass else "",
            cause="缺技术、缺资金。", income="12000", plans=_PLANS, reason="", by=_BRANCH, as_of=day,
        )  # fmt: skip
        if state == "planned":
            continue
        pairs.move(pair_id=pair, to="signed", on=day + timedelta(days=7))
        if state == "signed":
            continue
        step = pairs.add_milestone(
            pair_id=pair, package="skill", title="完成第一次冬季修剪", due_on=day + timedelta(days=60)
        )
        pairs.add_milestone(pair_id=pair, package="project", title="贷款到位", due_on=today() + timedelta(days=40))
        pairs.reach(milestone_id=step, on=day + timedelta(days=55))
        pairs.note(pair_id=pair, text="一起修剪茶园，送去有机肥十包。", on=today() - timedelta(days=30), by=_BRANCH)
        if state == "achieved":
            pairs.move(
                pair_id=pair, to=state, on=today() - timedelta(days=5), result="茶园投产，收入稳定。", income="21000"
            )
        if state == "ended":
            pairs.move(pair_id=pair, to=state, on=today() - timedelta(days=5), result="帮扶对象外出务工，协商结束。")


def _subsidies(place: UUID) -> None:
    """Rates that were raised once, and the old members with what they were paid: until they died, or until it was stopped."""
    now = today().replace(day=1)
    for number, before, fen in ((1, 112_000, 120_000), (2, 93_000, 100_000), (3, 80_000, 86_000)):
        for months, monthly, source in (
            (15, before, "县委组织部、财政局年度通知"),
            (4, fen, "县委组织部、财政局调标通知"),
        ):
            subsidies.set_rate(class_no=number, valid_from=add_months(now, -months), monthly=monthly, source=source)
    known = among(Person.standing, "formal", "died")
    with transaction() as session:
        old = session.scalars(select(Person.id).where(Person.join_date < FOUNDING, known).order_by(Person.join_date, Person.id).limit(5)).all()  # fmt: skip
    held = [
        subsidies.grant(
            person_id=person, first_month=add_months(now, -_RUNS), no_benefits=True,
            payee=f"农商银行 6210 **** {1000 + number}", by=_BRANCH,
        )
        for number, person in enumerate(old)
    ]  # fmt: skip
    for one in held[2:3]:
        subsidies.stop(subsidy_id=one, last_month=add_months(now, -5), reason="经核定享受离休待遇，停发生活补助。", by=_OFFICER)  # fmt: skip
    for months in range(_RUNS, -1, -1) if old else ():
        _month(place, add_months(now, -months), paid=months > 1, approved=months > 0)


def _month(place: UUID, month: date, *, paid: bool, approved: bool) -> None:
    run = subsidies.run(unit_id=place, month=month, by=_BRANCH)
    if not approved:
        return
    subsidies.approve(run_id=run, by=_OFFICER)
    days = {"decided_on": month + timedelta(days=9)}
    if paid:
        subsidies.paid(run_id=run)
        days["paid_on"] = month + timedelta(days=14)
    with transaction() as session:
        session.execute(update(SubsidyRun).where(SubsidyRun.id == run).values(**days))


def _greetings(people: Sequence[UUID]) -> None:
    if not people:
        return
    with transaction() as session:
        branch = session.scalar(select(Person.unit_id).where(Person.id == people[0]))
    if branch is None:
        return
    greetings.opt(person_id=people[-1], kind="july", out=True)
    greetings.greet(unit_id=branch, kind="july", day=date(today().year, 7, 1), channel="print")
    greetings.delivered(unit_id=branch, kind="july", year=today().year)
    for ago in range(1, 31):
        greetings.greet(unit_id=branch, kind="birthday", day=today() - timedelta(days=ago), channel="message")
