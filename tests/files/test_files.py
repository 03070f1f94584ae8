"""Files of records: who may open them, what is kept, and what a killed process leaves."""

import hashlib
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from werkzeug.http import parse_options_header

from core import clock
from core.audit.models import AuditEvent
from core.database import bound, db, tenant_id, transaction
from core.database.crypto import Unreadable
from core.files import actions, objects
from core.files.models import StoredFile
from core.files.serving import disposition
from core.policy.actions import set_value
from core.policy.findings import Refused
from tests.conftest import PASSWORD, add_account
from tests.files.test_kinds import PDF, docx, picture
from tests.people.conftest import County, enrol
from tests.people.test_pages import Browser

UNIT = "organization.unit.material"


def keep(county, content=PDF, name="批复.pdf", purpose=UNIT, subject="unit", of=None):
    return actions.store(
        stream_or_bytes=content, filename=name, purpose=purpose, subject=subject, subject_id=of or county.green_branch,
        unit_path=county.paths[county.green_branch][0],
    )  # fmt: skip


def raw(file_id):
    return objects.get(objects.key_of(tenant_id(), file_id))


def test_what_is_stored_comes_back_the_same(county):
    file_id = keep(county, io.BytesIO(PDF))
    opened = actions.open_file(file_id)
    assert opened.content == PDF
    assert opened.view.name == "批复.pdf"
    assert opened.view.sha256 == hashlib.sha256(PDF).hexdigest()


def test_the_very_same_file_is_kept_once(county):
    assert keep(county) == keep(county, name="同一份.pdf")


def test_a_members_file_lies_sealed_and_opens_only_at_its_place(county):
    person = enrol(county.green_branch).id
    content = docx(document=b"<w:t>" + bytes(range(65, 91)) * 100_000 + b"</w:t>")
    file_id = keep(county, content, "登记表.docx", "people.member.material", "person", person)
    assert b"word/document.xml" not in raw(file_id)
    assert actions.open_file(file_id).content == content
    other = keep(county, picture(), "照片.jpg", "people.member.material", "person", person)
    objects.put(objects.key_of(tenant_id(), other), raw(file_id))
    with pytest.raises(Unreadable):
        actions.open_file(other)


def test_a_sealed_file_cut_short_does_not_open(county):
    person = enrol(county.green_branch).id
    long = PDF.replace(b"<<>>endobj", b"<<>>" + bytes(3_000_000) + b"endobj")
    file_id = keep(county, long, "长.pdf", "people.member.material", "person", person)
    assert actions.open_file(file_id).content == long
    objects.put(objects.key_of(tenant_id(), file_id), raw(file_id)[: 16 + 2 * (1024 * 1024 + 16)])
    with pytest.raises(Unreadable):
        actions.open_file(file_id)


def test_an_altered_byte_is_noticed_by_the_check(county, monkeypatch):
    file_id = keep(county)
    objects.put(objects.key_of(tenant_id(), file_id), PDF.replace(b"1.7", b"1.4"))
    found = []
    start = clock.today()
    for day in range(30):
        monkeypatch.setattr(clock, "today", lambda day=day: start + timedelta(days=day))
        found += actions.prove()
    assert found == [file_id]


def test_too_large_too_many_and_not_allowed_are_refused_and_nothing_is_left(county):
    set_value(key="files.max_mb", value=1, effective_from=clock.today(), reason="测试依据", as_of=clock.today())
    with pytest.raises(Refused, match="1 MB"):
        keep(county, PDF + b" " * 1_100_000 + b"%%EOF")
    set_value(key="files.quota_mb", value=0, effective_from=clock.today(), reason="测试依据", as_of=clock.today())
    with pytest.raises(Refused, match="已经用完"):
        keep(county)
    set_value(key="files.types", value="jpg", effective_from=clock.today(), reason="测试依据", as_of=clock.today())
    with pytest.raises(Refused, match="PDF"):
        keep(county)
    assert not list(objects.listed(tenant_id()))
    assert db.session.scalar(select(StoredFile.id)) is None


def test_a_process_killed_before_its_commit_leaves_an_object_that_the_sweep_takes(county):
    class Killed(BaseException):
        pass

    kept = keep(county)
    lost = None

    def killed():
        nonlocal lost
        with transaction():
            lost = keep(county, picture(), "照片.png")
            raise Killed

    with pytest.raises(Killed):
        killed()
    assert raw(lost)
    assert actions.sweep_strays() == 0, "what was put just now may still get its row"
    assert actions.sweep_strays(older_than=timedelta(0)) == 1
    with pytest.raises(FileNotFoundError):
        raw(lost)
    assert actions.open_file(kept).content == PDF


def test_a_store_that_is_full_leaves_no_row(county, monkeypatch):
    def full(_key, _content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(objects, "put", full)
    with pytest.raises(OSError, match="space"):
        keep(county)
    assert db.session.scalar(select(StoredFile.id)) is None


def test_a_mistake_is_deleted_after_its_grace_and_a_record_is_not(county):
    mistake, record = keep(county), keep(county, docx(), "决议.docx")
    actions.remove(file_id=mistake)
    with pytest.raises(actions.Gone):
        actions.open_file(mistake)
    long_ago = clock.now() - timedelta(days=400)
    with transaction() as session:
        session.execute(update(StoredFile).where(StoredFile.id == record).values(added_at=long_ago))
    actions.remove(file_id=record)
    assert actions.purge_mistakes(as_of=clock.today()) == 0, "the grace has not passed"
    with transaction() as session:
        session.execute(update(StoredFile).values(removed_at=clock.now() - timedelta(days=31)))
        session.execute(
            update(StoredFile).where(StoredFile.id == mistake).values(added_at=clock.now() - timedelta(days=32))
        )
    assert actions.purge_mistakes(as_of=clock.today()) == 1
    with pytest.raises(FileNotFoundError):
        raw(mistake)
    assert raw(record)
    kinds = db.session.scalars(
        select(AuditEvent.kind).where(AuditEvent.kind.like("files.%")).order_by(AuditEvent.id)
    ).all()
    assert kinds == ["files.added", "files.added", "files.removed", "files.removed", "files.purged"]


def test_a_held_file_is_not_removed(county):
    file_id = keep(county)
    with transaction() as session:
        session.execute(update(StoredFile).values(held_reason="巡察调阅"))
    with pytest.raises(Refused, match="巡察调阅"):
        actions.remove(file_id=file_id)


def test_objects_in_memory_serve_as_well(app, county, monkeypatch):
    from dataclasses import replace

    monkeypatch.setitem(
        app.extensions, "dangjian.settings", replace(app.extensions["dangjian.settings"], files_url="memory:")
    )
    file_id = keep(county)
    assert raw(file_id) == PDF
    assert not (app.extensions["dangjian.settings"].data_dir / "files" / objects.key_of(tenant_id(), file_id)).exists()


# --- over HTTP ---


@pytest.fixture
def browser(app, served):
    return Browser(app, served)


def page_of(served):
    return f"/units/{served.green_branch}?tab=files"


def send(browser, served, content=PDF, name="批复.pdf", purpose=UNIT, of=None, **more):
    of = of or served.green_branch
    data = {"file": (io.BytesIO(content), name), "back": page_of(served), **more}
    return browser.post(f"/files/{purpose}/{of}", data, page=page_of(served), content_type="multipart/form-data")


def link_in(page):
    return page.text.split('href="', 1)[1] and next(
        part.split('"')[0] for part in page.text.split('href="') if part.startswith("/files/")
    )


def test_a_file_is_added_on_the_units_page_and_downloaded(browser, served):
    answer = send(browser, served, name="../../批复.html")
    assert answer.location == page_of(served)
    page = browser.get(page_of(served))
    assert "批复.pdf" in page.text
    got = browser.get(link_in(page))
    assert got.data == PDF
    assert (
        got.headers["Content-Disposition"] == "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%89%B9%E5%A4%8D.pdf"
    )
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in got.headers["Content-Security-Policy"]
    assert "no-cache" in got.headers["Cache-Control"]


def test_a_refused_file_is_explained_on_the_page(browser, served):
    send(browser, served, b"<svg onload=alert(1)>", "图.png")
    page = browser.get(page_of(served))
    assert "没有上传" in page.text
    assert "还没有文件" in page.text


def test_a_members_file_is_never_kept_by_the_browser_and_its_opening_is_written_down(app, browser, served):
    with app.app_context(), bound(tenant_id=served.tenant.id):
        person = enrol(served.green_branch).id
        db.session.remove()
    send(browser, served, picture(), "身份证.jpg", "people.member.material", person)
    page = browser.get(f"/people/{person}?tab=files")
    got = browser.get(link_in(page))
    assert got.headers["Cache-Control"] == "private, no-store"
    with app.app_context(), bound(tenant_id=served.tenant.id):
        said = db.session.scalars(select(AuditEvent.detail).where(AuditEvent.kind == "files.opened")).all()
        db.session.remove()
    assert [detail["name"] for detail in said] == ["身份证.jpg"]


def test_a_download_goes_on_where_it_broke_off_and_is_not_repeated(app, browser, served):
    with app.app_context(), bound(tenant_id=served.tenant.id):
        person = enrol(served.green_branch).id
        db.session.remove()
    send(browser, served, picture(), "身份证.jpg", "people.member.material", person)
    link = link_in(browser.get(f"/people/{person}?tab=files"))
    whole = browser.get(link)
    tag = whole.headers["ETag"]
    rest = browser.get(link, headers={"Range": f"bytes=100-{10**9}", "If-Range": tag})
    assert (rest.status_code, rest.data) == (206, whole.data[100:])
    assert rest.headers["Content-Disposition"] == whole.headers["Content-Disposition"]
    assert "sandbox" in rest.headers["Content-Security-Policy"]
    over = browser.get(link, headers={"Range": f"bytes={10**9}-"})
    assert (over.status_code, over.headers["Content-Range"]) == (416, f"bytes */{len(whole.data)}")
    again = browser.get(link, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    with app.app_context(), bound(tenant_id=served.tenant.id):
        said = db.session.scalars(select(AuditEvent.kind).where(AuditEvent.kind == "files.opened")).all()
        db.session.remove()
    assert len(said) == 3, "every opening is written down, in part or not; what was not sent was not opened"


@pytest.mark.parametrize(
    "name",
    [
        'a"b.pdf',
        "a\r\nSet-Cookie: x=1.pdf",
        "a\\b%41.pdf",
        "党员\u202egpj.exe.pdf",
        "a\x00b.pdf",
        "\ud800孤.pdf",
        "😀.pdf",
        "a;b=c.pdf",
    ],
)
def test_a_name_writes_no_header_of_its_own(name):
    said = disposition(name)
    assert said.isascii()
    assert said.isprintable()
    assert said.count('"') == 2
    assert "\\" not in said
    options = parse_options_header(said)[1]
    assert options["filename"].endswith(".pdf")


def test_others_get_the_same_answer_as_for_a_file_that_is_not_there(app, browser, served, other_tenant):
    send(browser, served)
    link = link_in(browser.get(page_of(served)))
    with app.app_context(), bound(tenant_id=served.tenant.id):
        add_account(login="blue", name="邻支书", password=PASSWORD, role="branch_secretary", unit_id=served.blue_branch)
        add_account(login="reader", name="巡察员", password=PASSWORD, role="auditor", unit_id=served.root)
        db.session.remove()
    neighbour, reader = Browser(app, served, "blue"), Browser(app, served, "reader")
    stranger = Browser(app, County(other_tenant, *[other_tenant.root_unit_id] * 6, {}))
    unknown = browser.get(f"/files/{uuid4()}")
    for other in (neighbour, stranger):
        answer = other.get(link)
        assert (answer.status_code, len(answer.data)) == (404, len(other.get(f"/files/{uuid4()}").data))
    assert unknown.status_code == 404
    assert reader.get(link).data == PDF
    for other in (neighbour, stranger, reader):
        home = "/"
        assert other.post(f"{link}/remove", {"back": "/"}, page=home).status_code == 404
        answer = other.post(
            f"/files/{UNIT}/{served.green_branch}", {"file": (io.BytesIO(PDF), "a.pdf")}, page=home,
            content_type="multipart/form-data",
        )  # fmt: skip
        assert answer.status_code == 404
    assert app.test_client().get(link, base_url=browser.base).status_code == 303, "nobody who has not signed in"


def test_a_file_follows_its_unit_to_another_superior(app, browser, served):
    send(browser, served)
    link = link_in(browser.get(page_of(served)))
    with app.app_context(), bound(tenant_id=served.tenant.id):
        add_account(login="green", name="乡组织员", password=PASSWORD, role="committee_officer", unit_id=served.green)
        from core.organization.models import Unit

        with transaction() as session:
            path = served.paths[served.blue][0] + "zzzz."
            session.execute(
                update(Unit).where(Unit.id == served.green_branch).values(path=path, path_end=path[:-1] + "/")
            )
        db.session.remove()
    assert Browser(app, served, "green").get(link).status_code == 404
    assert browser.get(link).data == PDF


def test_a_removed_file_is_gone_for_everybody(browser, served):
    send(browser, served)
    link = link_in(browser.get(page_of(served)))
    assert browser.post(f"{link}/remove", {"back": page_of(served)}, page=page_of(served)).status_code == 303
    assert browser.get(link).status_code == 404
    assert "还没有文件" in browser.get(page_of(served)).text


def test_nobody_is_led_away_by_the_way_back(browser, served):
    answer = send(browser, served, back="https://evil.example/")
    assert answer.location == "/"


def test_years_of_keeping_run_from_the_paper_not_from_its_upload(county):
    file_id = actions.store(
        stream_or_bytes=PDF, filename="老批复.pdf", purpose=UNIT, subject="unit", subject_id=county.green_branch,
        unit_path=county.paths[county.green_branch][0], filed_on=date(1998, 5, 4),
    )  # fmt: skip
    assert db.session.scalar(select(StoredFile.filed_on).where(StoredFile.id == file_id)) == date(1998, 5, 4)
