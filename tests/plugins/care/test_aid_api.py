"""Money and care for programs: what the pages take and refuse, by the same declarations."""

import pytest
from sqlalchemy import select, update

from core.audit.models import AuditEvent
from core.clock import today
from core.database import bound, db
from core.identity.models import Account
from plugins.care.fund.models import Entry, Fund
from plugins.care.hardship.models import Hardship
from plugins.care.models import ContactLink, Step, Visit
from plugins.care.pairs.models import Pair
from plugins.care.rounds.models import RoundEntry
from tests.plugins.care.test_aid_pages import Site, held, people  # noqa: F401  (the fixture)
from tests.plugins.care.test_visits_api import call
from tests.plugins.care.test_visits_pages import browse, care  # noqa: F401  (the fixture)

LISTS = ("funds", "aid", "hardships", "subsidies", "subsidies/runs", "pairs", "rounds", "contacts", "talks")


class Program(Site):
    """Somebody signed in who speaks JSON."""

    def ask(self, path: str):
        return self.client.get(f"/api/v1/p/care/{path}", base_url=self.base)

    def send(self, path: str, method: str = "post", **body):
        from tests.conftest import token_of

        token = token_of(self.client.get("/p/care/mine", base_url=self.base).text)
        send = getattr(self.client, method)
        return send(f"/api/v1/p/care/{path}", base_url=self.base, json=body, headers={"X-CSRFToken": token})


def test_lists_answer_officers_and_nobody_else(app, tenant, served, people):  # noqa: F811
    officer, somebody = Program(app, tenant, "officer"), Program(app, tenant, "somebody")
    for path in LISTS:
        assert officer.ask(path).json == {"items": [], "next": None}, path
        assert somebody.ask(path).status_code == 403, path


def test_a_fund_is_booked_and_a_wrong_line_undone_by_a_program(app, tenant, served, people, elsewhere):  # noqa: F811
    admin = Program(app, tenant)
    made = admin.send("funds", title="互助基金", unit_id=str(served.green), opened_on="2026-01-01")
    assert made.status_code == 201, made.text
    fund = made.json["id"]
    assert admin.send(f"funds/{fund}/entries", flow="donation", amount_fen=-5, party="某企业").status_code == 422
    line = {"flow": "donation", "amount_fen": 300_000_000, "on": today().isoformat(), "party": "某企业"}
    entry = admin.send(f"funds/{fund}/entries", **line)
    assert entry.status_code == 201, entry.text
    assert admin.ask(f"funds/{fund}").json["balance_fen"] == 300_000_000
    undone = admin.send(f"funds/{fund}/reverse", entry_id=entry.json["id"], reason="记错了")
    assert undone.status_code == 201, undone.text
    strange = admin.send(f"funds/{fund}/appoint", accountant_id=fund)
    assert (strange.status_code, strange.json["field"]) == (422, "accountant"), strange.text
    first, second = admin.ask(f"funds/{fund}/entries?limit=1").json, admin.ask(f"funds/{fund}/entries").json["items"]
    assert first["next"]
    assert [one["change_fen"] for one in second] == [300_000_000, -300_000_000]
    assert second[1]["reverses_id"] == entry.json["id"]
    other, _county = elsewhere
    assert Program(app, other).ask(f"funds/{fund}").status_code == 404
    assert Program(app, other).send(f"funds/{fund}/entries", **line).status_code == 404
    secretary = Program(app, tenant, "secretary")
    assert secretary.send(f"funds/{fund}/entries", **line).status_code in (403, 404)
    assert held(app, tenant, select(Fund.entries)) == 2
    assert held(app, tenant, select(Entry.balance_fen).order_by(Entry.number.desc()).limit(1)) == 0


def test_a_hardship_case_goes_the_same_way_as_on_the_pages(app, tenant, served, people):  # noqa: F811
    secretary, officer = Program(app, tenant, "secretary"), Program(app, tenant, "officer")
    sent = {
        "person_id": str(people["陈建国"]),
        "cause": ["illness"],
        "detail": "长期服药",
        "income_per_head_fen": 50_000,
        "line_fen": 80_000,
    }
    made = secretary.send("hardships", **sent)
    assert made.status_code == 201, made.text
    one = made.json["id"]
    row = secretary.ask("hardships").json["items"][0]
    assert (row["grade"], row["causes"], row["state"]) == ("A", ["illness"], "submitted")
    assert "服药" not in secretary.ask(f"hardships/{one}").text
    assert secretary.send(f"hardships/{one}/review", at="committee", grade="Z").status_code == 422
    assert secretary.send(f"hardships/{one}/review", version=99, grade="A").status_code in (409, 422)
    assert secretary.send(f"hardships/{one}/review", grade="A", version=row["version"]).status_code == 204
    assert secretary.send(f"hardships/{one}/public").status_code == 204
    early = officer.send(f"hardships/{one}/agree")
    assert early.status_code == 422
    assert "个工作日" in early.text
    assert secretary.send(f"hardships/{one}/agree").status_code in (403, 404)
    assert held(app, tenant, select(Hardship.state)) == "published"


def test_rounds_pairs_and_subsidies_are_kept_by_programs(app, tenant, served, people):  # noqa: F811
    secretary, admin = Program(app, tenant, "secretary"), Program(app, tenant)
    made = secretary.send(
        "rounds",
        unit_id=str(served.green_branch),
        festival="july",
        year=2026,
        whom=["pre_1949"],
        amount_pre_1949_fen=80_000,
    )
    assert made.status_code == 201, made.text
    one, entry = made.json["id"], str(held(app, tenant, select(RoundEntry.id)))
    assert secretary.send(f"rounds/{one}/price", entry_id=entry, amount_fen=90_000).status_code == 204
    assert secretary.send(f"rounds/{one}/price", entry_id=one, amount_fen=90_000).status_code == 404
    assert secretary.send(f"rounds/{one}/submit").status_code == 204
    assert held(app, tenant, select(RoundEntry.amount_fen)) == 90_000
    plans = {f"{word}_{kind}": "种茶" for kind in ("skill", "project", "income") for word in ("plan", "target")}
    pair = secretary.send(
        "pairs", person_id=str(people["林秀英"]), kind="mass", helped_name="老郑", cause="病", **plans
    )
    assert pair.status_code == 201, pair.text
    assert secretary.send(f"pairs/{pair.json['id']}/signed", on=today().isoformat()).status_code == 204
    assert secretary.send(f"pairs/{pair.json['id']}/note", text="送来茶苗").status_code == 204
    assert "老郑" not in secretary.ask("pairs").text
    assert held(app, tenant, select(Pair.state)) == "running"
    month = f"{today():%Y-%m}-01"
    rate = {"class_no": "2", "valid_from": month, "monthly_fen": 50_000, "source": "县文件"}
    assert admin.send("subsidies/rates", **rate).status_code == 201
    old = {"person_id": str(people["老党员"]), "first_month": month, "no_benefits": True}
    assert admin.send("subsidies", **old).status_code == 201
    run = admin.send("subsidies/runs", unit_id=str(served.green), month=month)
    assert run.status_code == 201, run.text
    assert admin.ask("subsidies/runs").json["items"][0]["state"] == "draft"
    own = admin.send(f"subsidies/runs/{run.json['id']}/approve")
    assert own.status_code in (409, 422)
    assert "编制人不能批准" in own.text


def test_contact_lists_and_corrections(app, care):  # noqa: F811
    secretary, other = browse(app, care, "secretary"), browse(app, care, "commissioner")
    path = f"/contacts/lists/{care.served.green_branch}/{care.accounts['commissioner']}"

    def put(browser, **body):
        from tests.conftest import token_of

        token = token_of(browser.get("/p/care/mine").text)
        return browser.client.put(
            f"/api/v1/p/care{path}", base_url=browser.base, json=body, headers={"X-CSRFToken": token}
        )

    assert put(other, people=[str(care.person)]).status_code == 403
    assert put(secretary, people=[str(care.served.green_branch)]).status_code == 422
    assert put(secretary, people=[str(care.person)]).status_code == 204
    rows = call(other, "get", "/contacts").json["items"]
    assert [(one["person"], one["officer"]) for one in rows] == [("陈建国", "commissioner同志")]
    visit = {"made_on": today().isoformat(), "visitors": [str(care.accounts["secretary"])], "content": "写错了"}
    made = call(secretary, "post", f"/cases/{care.ill}/visits", visit).json["id"]
    right = {"content": "精神好", "reason": "写错了人"}
    assert call(other, "post", f"/visits/{made}/correct", right).status_code == 404
    assert call(secretary, "post", f"/visits/{made}/correct", {"content": "精神好"}).status_code == 422
    assert call(secretary, "post", f"/visits/{made}/correct", right).status_code == 204
    assert call(secretary, "post", f"/cases/{care.ill}/details").json["visits"] == ["精神好"]
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        assert db.session.scalar(select(ContactLink.person_id)) == care.person
        assert "corrected" in db.session.scalars(select(Step.verb)).all()
        assert db.session.scalar(select(AuditEvent.id).where(AuditEvent.kind == "care.visit.corrected"))
        assert db.session.scalar(select(Visit.id))
        db.session.remove()


@pytest.fixture
def linked(app, care):  # noqa: F811
    """The member's account is the member the occasions are about."""
    with app.app_context(), bound(tenant_id=care.served.tenant.id):
        db.session.execute(update(Account).where(Account.login == "member").values(person_id=care.person))
        db.session.commit()
        db.session.remove()
    return care


def test_a_member_chooses_which_greetings_come(app, linked):
    member = browse(app, linked, "member")
    page = "/p/care/my-greetings"
    assert member.get(page).text.count("checked") == 2
    assert member.post(page, {"birthday": "1"}, page=page).status_code == 303
    assert member.get(page).text.count("checked") == 1
    assert browse(app, linked, "other").get(page).status_code == 404
