"""Files and prints over the API: content is looked at, limits hold, who may not learns nothing, bytes come back as sent."""

import hashlib
import io
from uuid import uuid4

import pytest

from core.database import bound, db
from core.jobs.run import run_due
from tests.api.conftest import Ground, lay_ground
from tests.documents.reading import words_of_pdf
from tests.files.test_kinds import PDF, picture

UNIT = "organization.unit.material"


@pytest.fixture(scope="module")
def there(app) -> Ground:
    """A county with programs of three roles."""
    return lay_ground(app)


@pytest.fixture(scope="module")
def elsewhere(app) -> Ground:
    """Another tenant."""
    return lay_ground(app)


def send(ground, content=PDF, name="批复.pdf", role="admin", unit=None, **more):
    program = ground.program(role)
    return program.app.test_client().post(
        f"/t/{ground.slug}/api/v1/files/of/{UNIT}/{unit or ground.county.green_branch}",
        data={"file": (io.BytesIO(content), name), **more},
        content_type="multipart/form-data",
        headers={"Authorization": f"Bearer {program.token}"},
    )


def test_a_file_comes_back_as_it_was_sent_with_its_checksum(there):
    made = send(there, name="a/../批复.html")
    assert made.status_code == 201, made.text
    said = made.get_json()
    assert (said["name"], said["media_type"], said["size"]) == ("批复.pdf", "application/pdf", len(PDF))
    assert said["sha256"] == hashlib.sha256(PDF).hexdigest()
    admin = there.program()
    listed = admin.get(f"/files/of/{UNIT}/{there.county.green_branch}").get_json()
    assert said["id"] in {one["id"] for one in listed["items"]}
    got = admin.get(f"/files/{said['id']}/content")
    assert got.data == PDF
    assert got.headers["Content-Type"] == "application/octet-stream"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Cache-Control"] == "private, no-store"
    assert "attachment" in got.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("asked", "status", "given", "where"),
    [
        ("bytes=0-3", 206, PDF[:4], f"bytes 0-3/{len(PDF)}"),
        ("bytes=5-", 206, PDF[5:], f"bytes 5-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=-4", 206, PDF[-4:], f"bytes {len(PDF) - 4}-{len(PDF) - 1}/{len(PDF)}"),
        (f"bytes=0-{10**17}", 206, PDF, f"bytes 0-{len(PDF) - 1}/{len(PDF)}"),
        (f"bytes={len(PDF)}-", 416, None, f"bytes */{len(PDF)}"),
        ("bytes=9-2", 416, None, f"bytes */{len(PDF)}"),
        ("bytes=0-1,3-4", 200, PDF, None),
        ("pages=1-2", 200, PDF, None),
        ("bytes=a-b", 200, PDF, None),
        ("bytes=" + "9" * 5000 + "-", 200, PDF, None),
    ],
)
def test_a_part_of_a_file_is_given_to_whom_asks_for_one(there, asked, status, given, where):
    file_id = send(there).get_json()["id"]
    got = there.program().get(f"/files/{file_id}/content", Range=asked)
    assert (got.status_code, got.headers.get("Content-Range")) == (status, where)
    if given is None:
        assert got.content_type == "application/problem+json"
        assert got.get_json()["status"] == 416
    else:
        assert (got.data, got.content_length) == (given, len(given))
        assert got.headers["Accept-Ranges"] == "bytes"
        assert got.headers["Cache-Control"] == "private, no-store"


def test_what_one_has_already_is_not_sent_again_and_what_changed_meanwhile_is_sent_whole(there):
    said = send(there).get_json()
    path, program = f"/files/{said['id']}/content", there.program()
    tag = program.get(path).headers["ETag"]
    assert tag == f'"{said["sha256"]}"'
    for held in (tag, f'"x", {tag}', f"W/{tag}", "*"):
        got = program.get(path, If_None_Match=held, Range="bytes=0-3")
        assert (got.status_code, got.data, got.headers["ETag"]) == (304, b"", tag)
    assert program.get(path, If_None_Match='"other"').data == PDF
    assert program.get(path, Range="bytes=0-3", If_Range=tag).status_code == 206
    assert program.get(path, Range="bytes=0-3", If_Range='"other"').data == PDF
    assert program.get(path, Range="bytes=0-3", If_Match='"other"').status_code == 412


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<svg onload=alert(1)></svg>", "图.png"),
        (b"MZ" + bytes(200), "安装.pdf"),
        (b"", "空.pdf"),
        (PDF, "机密★文件.pdf"),
    ],
)
def test_what_its_content_says_decides_and_the_refusal_says_why(there, content, name):
    before = there.program().get(f"/files/of/{UNIT}/{there.county.green_branch}").get_json()["items"]
    answer = send(there, content, name)
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert answer.get_json()["findings"][0]["message"]
    assert there.program().get(f"/files/of/{UNIT}/{there.county.green_branch}").get_json()["items"] == before


def test_a_file_over_the_limit_is_refused(there):
    big = PDF.replace(b"<<>>endobj", b"<<>>" + b" " * 21_000_000 + b"endobj")
    answer = send(there, big)
    assert answer.status_code in (413, 422), answer.text
    assert "MB" in answer.text


def test_a_form_that_holds_something_else_is_refused(there):
    assert send(there, unit_id="x").status_code == 422
    admin = there.program()
    assert admin.ask("POST", f"/files/of/{UNIT}/{there.county.green_branch}", {"file": "x"}).status_code == 415


def test_another_branch_and_another_tenant_get_the_answer_for_what_is_not_there(there, elsewhere):
    file_id = send(there, picture(), "照片.jpg", unit=there.county.blue_branch).get_json()["id"]
    unknown = there.program("secretary").get(f"/files/{uuid4()}")
    for program in (there.program("secretary"), elsewhere.program()):
        for path in (f"/files/{file_id}", f"/files/{file_id}/content"):
            assert program.get(path).status_code == unknown.status_code == 404
            for asked in (
                {"If_None_Match": "*"},
                {"Range": "bytes=0-1"},
                {"Range": "bytes=999999-"},
                {"If_Match": '"x"'},
            ):
                got, none = program.get(path, **asked), program.get(path.replace(file_id, str(uuid4())), **asked)
                assert (got.status_code, without_id(got)) == (404, without_id(none)), "a condition tells nothing either"
        assert program.ask("DELETE", f"/files/{file_id}").status_code == 404
    assert send(there, role="secretary", unit=there.county.blue_branch).status_code == 404
    assert send(there, role="auditor").status_code == 404
    assert there.program(None).get(f"/files/{file_id}").status_code == 401
    assert there.program("auditor").get(f"/files/{file_id}").status_code == 200
    assert there.program().get(f"/files/of/no.such.purpose/{there.county.green_branch}").status_code == 404


def without_id(answer):
    said = answer.get_json()
    said.pop("request_id")
    return said


def test_a_removed_file_is_gone(there):
    file_id = send(there, picture(), "会议.jpg").get_json()["id"]
    admin = there.program()
    assert admin.ask("DELETE", f"/files/{file_id}").status_code == 204
    assert admin.get(f"/files/{file_id}").status_code == 404


def test_a_card_is_printed_at_once_and_its_file_fetched(there, elsewhere):
    admin = there.program()
    person = str(there.county.members["陈建国"])
    made = admin.ask("POST", "/prints", {"code": "people.member_card", "people": [person]}, Idempotency_Key=uuid4().hex)
    assert made.status_code in (201, 202), made.text
    ready(there)
    said = admin.get(f"/prints/{made.get_json()['id']}").get_json()
    assert (said["state"], said["ready"]) == ("done", True)
    file = admin.get(f"/prints/{said['id']}/file")
    assert "陈建国" in words_of_pdf(file.data)
    for program in (there.program("secretary"), elsewhere.program()):
        assert program.get(f"/prints/{said['id']}").status_code == 404
        assert program.get(f"/prints/{said['id']}/file").status_code == 404


def test_a_batch_holds_the_cards_of_those_one_may_see(there):
    secretary = there.program("secretary")

    def order(**body):
        return secretary.ask("POST", "/prints", {"code": "people.member_card", **body}, Idempotency_Key=uuid4().hex)

    everybody = [str(one) for one in there.county.members.values()]
    assert order(people=everybody).status_code == 404, "one of them is elsewhere"
    made = order(unit_id=str(there.county.green_branch))
    assert made.status_code in (201, 202), made.text
    ready(there)
    said = words_of_pdf(secretary.get(f"/prints/{made.get_json()['id']}/file").data)
    assert "陈建国" in said
    assert "李大钊" in said
    assert "王秀英" not in said


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"code": "no.such"}, 404),
        ({"code": "people.member_card", "people": [str(uuid4())]}, 404),
        ({"code": "people.roster", "form": "exe"}, 422),
        ({"code": "people.roster", "full": True}, 422),
    ],
)
def test_what_cannot_be_printed_is_said(there, body, status):
    answer = there.program().ask("POST", "/prints", body, Idempotency_Key=uuid4().hex)
    assert answer.status_code == status, answer.text


def ready(ground):
    """Do the jobs that are due."""
    with ground.app.app_context(), bound(tenant_id=ground.county.tenant.id):
        run_due()
        db.session.remove()
