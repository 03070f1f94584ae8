"""Archives over the API: one's own part of the tree, page after page, and nothing of another tenant."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import update

from core.database import bound, db, transaction
from core.files import actions as files
from core.files.models import StoredFile
from tests.api.conftest import Ground, Program, lay_ground, token_for
from tests.conftest import PASSWORD, add_account
from tests.files.test_kinds import PDF


def paper(county, unit, number):
    """A paper of the nineties, kept for ten years; two share a day."""
    made = files.store(
        stream_or_bytes=PDF.replace(b"<<>>endobj", f"<</n({number})>>endobj".encode()), filename=f"旧通知{number}.pdf",
        purpose="organization.unit.material", subject="unit", subject_id=unit, unit_path=county.paths[unit][0],
        filed_on=date(1990 + number // 2, 3, 1),
    )  # fmt: skip
    with transaction() as session:
        session.execute(update(StoredFile).where(StoredFile.id == made).values(retention_years=10))
    return str(made)


@pytest.fixture(scope="module")
def there(app) -> Ground:
    """A county whose two townships have five old papers and two, with an officer in each township and a second one at the top."""
    ground = lay_ground(app)
    county = ground.county
    with app.app_context(), bound(tenant_id=county.tenant.id):
        county.green_papers = [paper(county, county.green_branch, number) for number in range(5)]
        county.blue_papers = [paper(county, county.blue_branch, number) for number in range(5, 7)]
        for login, unit in (("green", county.green), ("blue", county.blue), ("second", county.root)):
            add_account(login=login, name=login, password=PASSWORD, role="committee_officer", unit_id=unit)
            ground.tokens[login] = token_for(login, "committee_officer")
        db.session.remove()
    return ground


@pytest.fixture(scope="module")
def elsewhere(app) -> Ground:
    """Another tenant."""
    return lay_ground(app)


def through(program: Program, address: str) -> list[str]:
    """The ids of a list, one page after the other, two at a time."""
    seen, address = [], f"{address}?limit=2"
    while address:
        page = program.get(address)
        assert page.status_code == 200, page.text
        assert len(page.json["items"]) <= 2
        assert (page.headers.get("Link") is not None) is (page.json["next"] is not None)
        seen += [one["id"] for one in page.json["items"]]
        address = page.json["next"]
    return seen


def propose(program, ids):
    return program.ask("POST", "/archives/lists", {"files": ids, "reason": "保管期限已满，经鉴定无保存价值"})


def test_what_is_due_comes_oldest_first_in_pages_and_within_ones_own_part_of_the_tree(there, elsewhere):
    county = there.county
    assert through(there.program("second"), "/archives/due") == county.green_papers + county.blue_papers
    assert through(there.program("green"), "/archives/due") == county.green_papers
    assert through(there.program("blue"), "/archives/due") == county.blue_papers
    assert through(elsewhere.program(), "/archives/due") == []
    for role, status in (("secretary", 403), (None, 401)):
        assert there.program(role).get("/archives/due").status_code == status


def test_a_paper_destroyed_meanwhile_shifts_no_page(there):
    green, ids = there.program("green"), there.county.green_papers
    first = green.get("/archives/due?limit=2").json
    assert [one["id"] for one in first["items"]] == ids[:2]
    assert propose(green, [ids[0]]).status_code == 201
    assert [one["id"] for one in green.get(first["next"]).json["items"]] == ids[2:4]


def test_a_place_of_the_one_list_means_nothing_in_the_other(there):
    green = there.program("green")
    after = green.get("/archives/due?limit=1").json["next"].partition("after=")[2]
    for wrong in (f"/archives/lists?after={after}", f"/archives/due?after={after[:-3]}AAA", "/archives/due?after=x"):
        refused = green.get(wrong)
        assert (refused.status_code, refused.json["code"]) == (422, "E_PLACE")


def test_lists_are_seen_where_all_their_files_stand_and_nowhere_else(there, elsewhere):
    county, second, blue = there.county, there.program("second"), there.program("blue")
    one = propose(blue, [county.blue_papers[0]]).json["id"]
    both = propose(second, [county.blue_papers[1], county.green_papers[4]]).json["id"]
    assert set(through(second, "/archives/lists")) >= {one, both}
    assert through(second, "/archives/lists") == [
        entry["id"] for entry in sorted(second.get("/archives/lists").json["items"], key=lambda e: e["number"])[::-1]
    ]
    assert through(blue, "/archives/lists") == [one]
    assert both not in through(there.program("green"), "/archives/lists")
    assert through(elsewhere.program(), "/archives/lists") == []
    unknown = second.get(f"/archives/lists/{uuid4()}")
    for program, held in ((there.program("green"), one), (blue, both), (elsewhere.program(), one)):
        refused = program.get(f"/archives/lists/{held}")
        decided = program.ask("POST", f"/archives/lists/{held}/decision", {"agree": True})
        assert {refused.status_code, decided.status_code} == {404}
        assert refused.json["detail"] == unknown.json["detail"]
    assert second.get(f"/archives/lists/{one}").json["state"] == "proposed", "nobody decided it"


def test_what_is_out_of_reach_is_neither_listed_nor_held(there, elsewhere):
    paper_of_blue = there.county.blue_papers[0]
    for program in (there.program("green"), elsewhere.program()):
        assert propose(program, [paper_of_blue]).status_code == 422
        held = program.ask("POST", f"/archives/files/{paper_of_blue}/hold", {"reason": "巡察"})
        assert held.status_code == 404
    assert propose(there.program("blue"), [paper_of_blue, str(uuid4())]).status_code == 422
