"""The pages of money and care: each answers, does its work, and stays closed to who may not."""

from datetime import date

import pytest
from sqlalchemy import select

from core.clock import today
from core.database import bound, db
from plugins.care.fund.models import Application, Fund
from plugins.care.hardship.models import Hardship
from plugins.care.pairs.models import Pair
from plugins.care.rounds.models import Round, RoundEntry
from tests.conftest import PASSWORD, add_account, sign_in, token_of
from tests.people.conftest import enrol

LISTS = ("rounds", "hardships", "funds", "subsidies", "pairs", "greetings")


class Site:
    """Somebody signed in, and what they send."""

    def __init__(self, app, tenant, login="admin"):
        self.client, self.base = sign_in(app, tenant, login), f"http://{tenant.slug}.dangjian.test"

    def get(self, path: str, **args):
        return self.client.get(f"/p/care/{path}", base_url=self.base, query_string=args)

    def post(self, path: str, **data):
        page = self.client.get(f"/p/care/{path}", base_url=self.base)
        data["csrf_token"] = token_of(page.text)
        return self.client.post(f"/p/care/{path}", base_url=self.base, data=data)


@pytest.fixture
def people(app, tenant, served):
    with app.app_context(), bound(tenant_id=tenant.id):
        made = {name: enrol(served.green_branch, name).id for name in ("陈建国", "林秀英")}
        old = {"birth": "1920-01-01", "join_date": "1938-03-08", "regular_date": "1939-03-08"}
        made["老党员"] = enrol(served.green_branch, "黄老革", **old).id
        for role, login in (
            ("branch_secretary", "secretary"),
            ("committee_officer", "officer"),
            ("member", "somebody"),
        ):
            unit = served.green if role == "committee_officer" else served.green_branch
            add_account(login=login, name=f"{login}者", password=PASSWORD, role=role, unit_id=unit)
        db.session.remove()
    return made


def held(app, tenant, statement):
    with app.app_context(), bound(tenant_id=tenant.id):
        try:
            return db.session.scalar(statement)
        finally:
            db.session.remove()


def test_every_list_answers_its_officers_and_nobody_else(app, tenant, served, people):
    site, somebody = Site(app, tenant), Site(app, tenant, "somebody")
    for path in LISTS:
        answer = site.get(path)
        assert answer.status_code == 200, (path, answer.text[:300])
        assert somebody.get(path).status_code == 403
    for path in ("rounds/new", "funds/new", "subsidies/new", "subsidies/rate", "subsidies/runs/new", "pairs/new",
                 "hardships/new", "funds/apply", "greetings/make", "greetings/text"):  # fmt: skip
        assert site.get(path).status_code == 200, path
        assert somebody.get(path).status_code == 403


def test_a_fund_is_set_up_booked_and_another_tenant_finds_it_not(app, tenant, served, people, elsewhere):
    site = Site(app, tenant)
    answer = site.post("funds/new", title="青岭乡互助基金", unit=str(served.green), opened_on="2026-01-01")
    assert answer.status_code == 303, answer.text
    fund = held(app, tenant, select(Fund.id))
    bad = site.post(f"funds/{fund}", act="book", flow="donation", amount="-5", party="某企业")
    assert bad.status_code == 422
    assert "大于零" in bad.text
    assert site.post(f"funds/{fund}", act="book", flow="donation", amount="3000", party="某企业").status_code == 303
    page = site.get(f"funds/{fund}").text
    assert "3000.00" in page
    assert "R6.12" in page
    answer = site.post(
        f"funds/apply?person_id={people['陈建国']}", fund=str(fund), kind="grant", amount="300", reason="住院"
    )
    assert answer.status_code == 303, answer.text
    application = held(app, tenant, select(Application.id))
    secretary = Site(app, tenant, "secretary")
    assert "住院" in secretary.get(f"aid/{application}").text
    answer = secretary.post(f"aid/{application}", act="approve", body="branch", amount="300", approvers="甲、乙")
    assert answer.status_code == 303, answer.text
    assert secretary.post(f"aid/{application}", act="pay").status_code == 404
    assert held(app, tenant, select(Application.state)) == "approved"
    other, _county = elsewhere
    assert Site(app, other).get(f"funds/{fund}").status_code == 404
    paper = site.get(f"print/application/{application}")
    assert paper.status_code == 200


def test_hardship_round_and_pair_from_beginning_to_end(app, tenant, served, people):
    secretary, officer = Site(app, tenant, "secretary"), Site(app, tenant, "officer")
    answer = secretary.post(
        f"hardships/new?person_id={people['陈建国']}", source="finding", cause_illness="1", income_per_head="500", line="800",
        detail="长期服药",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    case = held(app, tenant, select(Hardship.id))
    assert held(app, tenant, select(Hardship.grade)) == "A"
    assert secretary.post(f"hardships/{case}", act="review", at="committee", grade="A").status_code == 303
    assert secretary.post(f"hardships/{case}", act="public").status_code == 303
    early = officer.post(f"hardships/{case}", act="agree", grade="A")
    assert early.status_code == 422
    assert "个工作日" in early.text
    with app.app_context(), bound(tenant_id=tenant.id):
        db.session.get_one(Hardship, (tenant.id, case)).published_from = date(2026, 1, 4)
        db.session.commit()
        db.session.remove()
    assert officer.post(f"hardships/{case}", act="agree", grade="A").status_code == 303
    year = str(today().year)
    answer = secretary.post(
        "rounds/new", unit=str(served.green_branch), festival="july", year=year, whom_A="1", whom_pre_1949="1", amount_A="500",
        amount_pre_1949="800", source="dues",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    one = held(app, tenant, select(Round.id))
    with app.app_context(), bound(tenant_id=tenant.id):
        lines = {line.person_id: line.amount_fen for line in db.session.scalars(select(RoundEntry))}
        entry = db.session.scalar(select(RoundEntry.id).where(RoundEntry.person_id == people["陈建国"]))
        db.session.remove()
    assert lines == {people["陈建国"]: 50_000, people["老党员"]: 80_000}
    removed = secretary.post(f"rounds/{one}", act="remove", entry=str(entry), remark="外出")
    assert removed.status_code == 303
    missing = secretary.post(f"rounds/{one}", act="submit")
    assert missing.status_code == 422
    assert "陈建国" in missing.text
    assert secretary.post(f"rounds/{one}", act="submit", reason="外出，另行安排").status_code == 303
    assert officer.post(f"rounds/{one}", act="agree").status_code == 303
    assert secretary.post(f"rounds/{one}", act="close").status_code == 422
    for code in ("round_list", "round_receipt"):
        assert secretary.get(f"print/{code}/{one}").status_code == 200
    plans = {f"{word}_{kind}": "种茶" for kind in ("skill", "project", "income") for word in ("plan", "target")}
    answer = secretary.post(
        f"pairs/new?person_id={people['林秀英']}", kind="member", helped="陈建国", cause="病", **plans
    )
    assert answer.status_code == 303, answer.text
    pair = held(app, tenant, select(Pair.id))
    assert secretary.post(f"pairs/{pair}", act="signed", on=today().isoformat()).status_code == 303
    assert secretary.post(f"pairs/{pair}", act="note", text="送来茶苗", on=today().isoformat()).status_code == 303
    assert "送来茶苗" in secretary.get(f"pairs/{pair}").text
    assert secretary.get(f"print/pair/{pair}").status_code == 200


def test_papers_come_as_pdf(app, tenant, served, people):
    site = Site(app, tenant)
    for code in ("july_cards",):
        answer = site.post(f"print/{code}/{served.green_branch}", form="pdf")
        assert answer.status_code == 200, answer.text.partition('class="findings"')[2][:800]
        assert answer.data.startswith(b"%PDF")
