"""Printing, templates and the archive's desk over HTTP, by people with different rights."""

import io
import re
import zipfile
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from core import clock
from core.access.acting import actor_of
from core.access.actions.delegations import delegate
from core.audit.models import AuditEvent
from core.database import bound, db, transaction
from core.documents.models import DocumentPrint
from core.files import actions as files
from core.files.models import StoredFile
from core.identity.models import Account
from core.jobs.run import run_due
from core.people.models import Person
from tests.conftest import PASSWORD, add_account
from tests.documents.reading import words_of_docx, words_of_pdf
from tests.documents.test_press import template
from tests.files.test_kinds import PDF
from tests.people.conftest import County, enrol
from tests.people.test_pages import Browser


def account(app, county, role, unit, login):
    with app.app_context(), bound(tenant_id=county.tenant.id):
        add_account(login=login, name=f"{login}同志", password=PASSWORD, role=role, unit_id=unit)
        db.session.remove()
    return Browser(app, county, login)


def printed(browser, path, **data):
    return browser.post(path, {"form": "docx", **data}, page=path)


def asked(app, county, statement):
    with app.app_context(), bound(tenant_id=county.tenant.id):
        found = db.session.execute(statement).all()
        db.session.remove()
    return found


def work(app, county):
    with app.app_context(), bound(tenant_id=county.tenant.id):
        run_due()
        db.session.remove()


def test_the_roster_is_printed_as_it_is_filtered_with_masked_numbers(app, browser, people):
    path = f"/documents/list/people.roster?unit={people.green}&sex=2"
    answer = printed(browser, path)
    said = words_of_docx(answer.data)
    assert "青岭乡党委党员名册" in said
    assert "欧阳芳" in said
    assert "陈建国" not in said
    assert re.search(r"3505\*{10}\d", said)
    assert not re.search(r"350525\d{12}", said)
    assert answer.headers["Cache-Control"] == "private, no-store"
    printed_pdf = printed(browser, path, form="pdf")
    assert printed_pdf.headers["Content-Type"] == "application/pdf"
    assert "欧阳芳" in words_of_pdf(printed_pdf.data)


def test_full_numbers_need_a_purpose_and_the_right_and_bear_a_watermark(app, browser, people):
    path = f"/documents/list/people.roster?unit={people.green}"
    assert printed(browser, path, full="1").status_code == 422
    answer = printed(browser, path, full="1", purpose="党内统计核对")
    assert re.search(r"350525\d{11}[\dX]", words_of_docx(answer.data))
    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        assert b"textpath" in b"".join(package.read(n) for n in package.namelist() if "header" in n)
    secretary = account(app, people, "branch_secretary", people.green_branch, "shuji")
    assert 'name="full"' not in secretary.get(path.replace(str(people.green), str(people.green_branch))).text
    refused = printed(
        secretary, f"/documents/list/people.roster?unit={people.green_branch}", full="1", purpose="党内统计核对"
    )
    assert refused.status_code == 422
    (event,) = [
        row for (row,) in asked(app, people, select(AuditEvent.detail).where(AuditEvent.kind == "documents.printed"))
    ]
    assert (event["full"], event["purpose"], event["count"]) == (True, "党内统计核对", 2)


def test_a_members_card_says_what_is_held_and_what_came_before_is_marked_when_it_changed(app, browser, people):
    person = people.members["陈建国"]
    path = f"/documents/members/{person}"
    assert f'href="{path}"' in browser.get(f"/people/{person}").text
    first = words_of_docx(printed(browser, path).data)
    assert "陈建国" in first
    assert "农村" in first
    assert "青岭村党支部" in first
    number = re.search(r"打印编号 (\d{4}-\d{5})", first)[1]
    assert number in browser.get(path).text
    printed(browser, path)
    assert "数据已变化" not in browser.get(path).text, "nothing has changed between the two"
    with app.app_context(), bound(tenant_id=people.tenant.id):
        with transaction() as session:
            session.execute(update(Person).where(Person.id == person).values(employer="青岭乡人民政府"))
        db.session.remove()
    assert "青岭乡人民政府" in words_of_docx(printed(browser, path).data)
    assert browser.get(path).text.count("数据已变化") == 2


def test_a_units_card_bears_its_counts(browser, people):
    path = f"/documents/units/{people.green}"
    assert f'href="{path}"' in browser.get(f"/units/{people.green}").text
    said = words_of_pdf(printed(browser, path, form="pdf").data)
    assert "中共清源县青岭乡党委" in said
    assert "党员总数2" in said.replace(" ", "")


def test_nobody_prints_what_is_elsewhere(app, browser, people, other_tenant):
    neighbour = account(app, people, "branch_secretary", people.blue_branch, "lin")
    reader = account(app, people, "auditor", people.root, "kan")
    stranger = Browser(app, County(other_tenant, *[other_tenant.root_unit_id] * 6, {}))
    person = people.members["陈建国"]
    paths = (f"/documents/members/{person}", f"/documents/units/{people.green_branch}",
             f"/documents/list/people.roster?unit={people.green_branch}")  # fmt: skip
    for path in paths:
        assert neighbour.get(path).status_code == 404
        assert stranger.get(path).status_code == 404
        assert neighbour.post(path, {"form": "pdf"}, page="/").status_code == 404
    assert reader.get(paths[0]).status_code == 403
    assert reader.get(paths[1]).status_code == 200
    cards = neighbour.post("/documents/list/people.member_card", {"form": "docx", "id": [str(person)]}, page="/")
    assert cards.status_code == 422, "somebody ticked by hand who is not the asker's to see is not there"


def test_the_cards_of_many_are_made_by_a_job_for_who_ordered_them_alone(app, browser, people):
    with app.app_context(), bound(tenant_id=people.tenant.id):
        ids = [str(enrol(people.green_branch, f"陈{sign}").id) for sign in "一二三四五六七八九十百千万东西南北中"]
        db.session.remove()
    path = "/documents/list/people.member_card"
    asked_for = browser.post(path, {"id": ids}, page="/people/")
    assert asked_for.text.count('name="id"') == 18
    answer = browser.post(path, {"form": "docx", "id": ids}, page="/people/")
    assert answer.status_code == 303
    place = answer.location
    assert 'hx-trigger="every' in browser.get(place).text
    assert browser.get(f"{place}/file").status_code == 404
    work(app, people)
    assert "已生成，共 18" in browser.get(place).text
    got = browser.get(f"{place}/file")
    assert got.headers["Cache-Control"] == "private, no-store"
    with zipfile.ZipFile(io.BytesIO(got.data)) as archive:
        assert len(archive.namelist()) == 18
        assert all("党员基本信息卡" in words_of_docx(archive.read(name)) for name in archive.namelist()[:2])
    other = account(app, people, "committee_officer", people.root, "lingyi")
    assert other.get(place).status_code == 404
    assert other.get(f"{place}/file").status_code == 404
    ((sealed,),) = asked(app, people, select(StoredFile.key_number).where(StoredFile.purpose == "documents.print"))
    assert sealed is not None


def test_a_job_that_fails_says_so_on_its_page(app, browser, people, monkeypatch):
    import core.documents.actions as acts
    from core.documents import long
    from core.documents.pressing import PressFailed

    monkeypatch.setitem(acts.AT_ONCE, "people.roster", 0)

    def broken(*_a, **_k):
        raise PressFailed("模板无法填写：测试")

    monkeypatch.setattr(long, "press", broken)
    place = printed(browser, "/documents/list/people.roster").location
    work(app, people)
    assert "模板无法填写" in browser.get(place).text


# --- templates ---

LIST = "/settings/templates/people.member_card"


def send(browser, content, name="模板.docx", **more):
    return browser.post(
        LIST, {"file": (io.BytesIO(content), name), **more}, page=LIST, content_type="multipart/form-data"
    )


def versions(browser):
    return re.findall(r"/settings/templates/people\.member_card/([0-9a-f-]{36})/file", browser.get(LIST).text)


def test_a_tenants_own_template_is_checked_tried_used_and_taken_back(app, browser, people):
    own = browser.get(f"{LIST}/own/file")
    assert "{{ 姓名 }}" in words_of_docx(own.data)
    refused = send(browser, template("{{ 姓明 }}"))
    assert refused.status_code == 422
    assert "是不是“姓名”" in refused.text
    assert not versions(browser)
    assert send(browser, template("本县样式：{{ 姓名 }}"), note="加上落款").status_code == 303
    (version,) = versions(browser)
    assert browser.post(f"{LIST}/{version}/use", {}, page=LIST).status_code == 422, "it was never tried"
    tried = browser.post(f"{LIST}/{version}/try", {"form": "pdf"}, page=LIST)
    assert "本县样式：陈建国" in words_of_pdf(tried.data)
    path = f"/documents/members/{people.members['陈建国']}"
    assert "本县样式" not in words_of_docx(printed(browser, path).data), "a draft is not used"
    assert browser.post(f"{LIST}/{version}/use", {}, page=LIST).status_code == 303
    assert "本县样式：陈建国" in words_of_docx(printed(browser, path).data)
    assert "本县样式：陈建国" in words_of_pdf(printed(browser, path, form="pdf").data)
    assert "第1版" in browser.get("/settings/templates/").text
    assert browser.post(f"{LIST}/own/use", {}, page=LIST).status_code == 303
    assert "党员基本信息卡" in words_of_docx(printed(browser, path).data)
    used = [n for (n,) in asked(app, people, select(DocumentPrint.template_number).order_by(DocumentPrint.number))]
    assert used == [0, 1, 1, 0]


def test_templates_are_the_administrators_and_nobody_elses(app, browser, people, other_tenant):
    send(browser, template("{{ 姓名 }}"))
    (version,) = versions(browser)
    officer = account(app, people, "committee_officer", people.root, "zuzhi")
    stranger = Browser(app, County(other_tenant, *[other_tenant.root_unit_id] * 6, {}))
    assert officer.get(LIST).status_code == 403
    assert stranger.get(f"{LIST}/{version}/file").status_code == 404
    for verb in ("try", "use"):
        assert stranger.post(f"{LIST}/{version}/{verb}", {"form": "pdf"}, page="/").status_code == 404
    assert browser.get("/settings/templates/no.such").status_code == 404


# --- archives ---

DESK = "/settings/archives/"


@pytest.fixture
def papers(app, people):
    """A paper of 2010 kept for ten years, one held, one kept for ever, one of last year."""
    with app.app_context(), bound(tenant_id=people.tenant.id):
        made = {}
        for name, year, years, held in (
            ("旧通知", 2010, 10, None), ("被调阅的通知", 2010, 10, "巡察调阅"), ("成立批复", 1990, None, None), ("新通知", 2025, 10, None),
        ):  # fmt: skip
            made[name] = files.store(
                stream_or_bytes=PDF.replace(b"<<>>endobj", f"<</n({len(made)})>>endobj".encode()), filename=f"{name}.pdf",
                purpose="organization.unit.material", subject="unit", subject_id=people.green_branch,
                unit_path=people.paths[people.green_branch][0], filed_on=date(year, 3, 1),
            )  # fmt: skip
            with transaction() as session:
                values = {"retention_years": years, "held_reason": held}
                session.execute(update(StoredFile).where(StoredFile.id == made[name]).values(**values))
        db.session.remove()
    return made


def propose(browser, ids, reason="保管期限已满，经鉴定无保存价值"):
    return browser.post(f"{DESK}lists", {"file": [str(i) for i in ids], "reason": reason}, page=DESK)


def test_what_is_due_is_listed_and_destroyed_only_when_a_second_person_agrees(app, browser, people, papers):
    page = browser.get(DESK).text
    assert "旧通知.pdf" in page
    assert "新通知.pdf" not in page
    assert "成立批复.pdf" not in page
    place = propose(browser, [papers["旧通知"]]).location
    own = browser.post(place, {"act": "agree", "sure": "1"}, page=place)
    assert own.status_code == 422
    assert "另一人" in own.text
    second = account(app, people, "committee_officer", people.root, "jianding")
    assert second.post(place, {"act": "agree"}, page=place).status_code == 303
    assert "待鉴定" in second.get(place).text, "without the tick nothing is destroyed"
    assert second.post(place, {"act": "agree", "sure": "1", "opinion": "同意"}, page=place).status_code == 303
    assert "已销毁 1 件" in second.get(place).text
    with app.app_context(), bound(tenant_id=people.tenant.id):
        with pytest.raises(files.Gone):
            files.open_file(papers["旧通知"])
        with pytest.raises(FileNotFoundError):
            files.bytes_of(papers["旧通知"], None)
        assert files.open_file(papers["成立批复"]).content
        db.session.remove()
    kinds = [
        kind
        for (kind,) in asked(
            app, people, select(AuditEvent.kind).where(AuditEvent.kind.like("archives.%")).order_by(AuditEvent.id)
        )
    ]
    assert kinds == ["archives.disposal_proposed", "archives.disposal_decided"]
    made = words_of_docx(browser.post(f"{place}/print", {"form": "docx"}, page=place).data)
    assert "档案销毁清册" in made
    assert "旧通知.pdf" in made
    assert "jianding同志" in made


def test_who_acts_for_the_proposer_is_no_second_person(app, browser, people, papers):
    officer = account(app, people, "committee_officer", people.root, "tichu")
    deputy = account(app, people, "deputy_secretary", people.root, "daiban")
    place = propose(officer, [papers["旧通知"]]).location
    with app.app_context(), bound(tenant_id=people.tenant.id):
        ids = dict(db.session.execute(select(Account.login, Account.id)).all())
        today = clock.today()
        delegate(
            to=ids["daiban"], role="committee_officer", unit=people.root, valid_from=today,
            valid_to=today + timedelta(days=3), reason="外出学习", by=actor_of(ids["tichu"]), as_of=today,
        )  # fmt: skip
        db.session.remove()
    refused = deputy.post(place, {"act": "agree", "sure": "1"}, page=place)
    assert refused.status_code == 422
    assert "另一人" in refused.text


@pytest.mark.parametrize(("name", "said"), [("成立批复", "永久保存"), ("被调阅的通知", "巡察调阅"), ("新通知", "期满")])
def test_what_is_permanent_held_or_too_young_cannot_be_listed(browser, papers, name, said):
    answer = propose(browser, [papers[name]])
    assert answer.status_code == 422
    assert said in answer.text


def test_what_is_held_after_it_was_listed_is_spared(app, browser, people, papers):
    place = propose(browser, [papers["旧通知"]]).location
    assert browser.post(f"{DESK}held/{papers['旧通知']}", {"reason": "诉讼"}, page=DESK).status_code == 303
    second = account(app, people, "committee_officer", people.root, "jianding")
    second.post(place, {"act": "agree", "sure": "1"}, page=place)
    assert "保留 1 件" in second.get(place).text
    with app.app_context(), bound(tenant_id=people.tenant.id):
        assert files.open_file(papers["旧通知"]).content
        db.session.remove()


def test_a_list_that_is_refused_destroys_nothing_and_is_settled(app, browser, people, papers):
    place = propose(browser, [papers["旧通知"]]).location
    again = propose(browser, [papers["旧通知"]])
    assert "另一份" in again.text
    second = account(app, people, "committee_officer", people.root, "jianding")
    second.post(place, {"act": "refuse", "opinion": "仍有价值"}, page=place)
    assert "不同意" in second.get(place).text
    late = second.post(place, {"act": "agree", "sure": "1"}, page=place)
    assert "已经办结" in late.text
    assert propose(browser, [papers["旧通知"]], reason="x").status_code == 422


def test_the_desk_of_another_subtree_or_tenant_shows_and_reaches_nothing(app, browser, people, papers, other_tenant):
    place = propose(browser, [papers["旧通知"]]).location
    blue = account(app, people, "committee_officer", people.blue, "lanxi")
    stranger = Browser(app, County(other_tenant, *[other_tenant.root_unit_id] * 6, {}))
    for other in (blue, stranger):
        assert "旧通知" not in other.get(DESK).text
        assert place.rsplit("/", 1)[1] not in other.get(DESK).text, "not even that there is a list"
        assert other.post(f"{place}/print", {"form": "pdf"}, page=DESK).status_code == 404
        assert other.get(place).status_code == 404
        assert other.post(place, {"act": "agree", "sure": "1"}, page=DESK).status_code == 404
        assert other.post(f"{DESK}held/{papers['旧通知']}", {"reason": "x"}, page=DESK).status_code == 404
        assert propose(other, [papers["旧通知"]]).status_code == 422
    assert place.rsplit("/", 1)[1] in browser.get(DESK).text
    assert browser.post(f"{place}/print", {"form": "pdf"}, page=place).status_code == 200
    assert browser.get(f"{DESK}lists/{uuid4()}").status_code == 404
