"""Lists in every order and plan, places that move, and the searches."""

from datetime import date

from sqlalchemy import update

from core.database import bound, db, transaction
from core.database.read import rows
from core.organization.models import Unit
from core.people.actions.placing import Roster
from core.people.models import Person
from core.people.pages import finding
from core.people.queries import filters, lists, search, statements
from core.people.queries.doubtful import doubts
from core.people.queries.lists import Asked, members
from core.people.queries.ordering import SORTS, Cursor, Order
from core.people.queries.single import one
from core.people.queries.statements import Shape
from tests.people.conftest import AS_OF, EVERYWHERE, enrol
from tests.people.test_api import Program

NAMES = ("陈建国", "单雄信", "王秀英", "阿卜杜·买买提", "欧阳修远", "曾国藩", "仇和", "解晓东", "查良镛")


LATER = {"join_date": "2015-06-20", "regular_date": "2016-06-20"}


def criteria(**given):
    return filters.read(given, as_of=AS_OF)


def listed(unit=None, ranges=EVERYWHERE, order="name", limit=50, cursor=None, **given):
    return members(Asked(unit, ranges, criteria(**given), Order.read(order), limit, cursor))


def names(page):
    return [row[1] for row in page.rows]


def populate(county):
    for n, name in enumerate(NAMES):
        more = {"person_type": "02", "regular_date": "", "join_date": "2026-01-10"} if n % 4 == 3 else {}
        unit = county.green_branch if n % 2 else county.blue_branch
        enrol(unit, name, sex="12"[n % 2], birth=f"19{60 + n}-05-17", **more)


def test_surnames_sort_by_their_own_reading(county):
    populate(county)
    assert names(listed()) == [
        "阿卜杜·买买提", "陈建国", "欧阳修远", "仇和", "单雄信", "王秀英", "解晓东", "曾国藩", "查良镛",
    ]  # fmt: skip


def test_what_sounds_so_by_its_usual_reading_is_offered_first(county, monkeypatch):
    monkeypatch.setattr(finding, "ranges", lambda _permission: EVERYWHERE)
    monkeypatch.setattr(finding, "pattern", lambda *_names: str)
    for day, name in enumerate(("丁建国", "张建国", "赵建国"), 10):
        enrol(county.green_branch, name, birth=f"1960-05-{day}")
    assert [hit.label for hit in finding.find_members("zjg", 2)] == ["张建国", "赵建国"]
    assert [hit.label for hit in finding.find_members("zjg", 9)] == ["张建国", "赵建国", "丁建国"]
    assert [hit.label for hit in finding.find_members("zhengjg", 9)] == ["丁建国"]
    assert names(listed(q="zjg")) == ["丁建国", "张建国", "赵建国"]


def test_every_order_walks_through_everybody_once_in_both_directions(county):
    populate(county)
    for sort in SORTS:
        for order in (sort, f"-{sort}"):
            whole = names(listed(order=order))
            assert sorted(whole) == sorted(NAMES), order
            walked, cursor, back = [], None, None
            while True:
                page = listed(order=order, limit=2, cursor=cursor)
                walked += names(page)
                back = page.previous or back
                if page.next is None:
                    break
                cursor = Cursor.read(page.next, Order.read(order))
            assert walked == whole, order
            before = listed(order=order, limit=2, cursor=Cursor.read(back, Order.read(order)))
            assert names(before) == whole[-3:-1], order


def test_the_undated_come_last_whichever_way(county):
    populate(county)
    for order in ("regular_date", "-regular_date"):
        assert {row[6] for row in listed(order=order).rows[-2:]} == {"probationary"}, order


def test_both_plans_give_the_same_rows(county):
    populate(county)
    parameters = {"from0": "", "to0": "~", "sex": "2", "limit": 50}
    shapes = [Shape(1, False, wide, ("current", "sex"), Order(), 0) for wide in (False, True)]
    narrow, wide = (rows(statements.page(shape), **parameters) for shape in shapes)
    assert narrow == wide
    assert len(narrow) == 4


def test_a_cursor_of_another_order_or_hand_is_none(county):
    populate(county)
    cursor = listed(limit=2).next
    assert Cursor.read(cursor, Order("birth")) is None
    assert Cursor.read(cursor[:-4], Order()) is None
    assert Cursor.read("", Order()) is None
    assert Cursor.read("bnVsbA", Order()) is None


def test_a_group_lists_its_own_members_and_a_branch_those_of_its_groups_too(county):
    enrol(county.green_branch, "甲子", group=str(county.group))
    enrol(county.green_branch, "乙丑")
    assert names(listed(unit=county.group)) == ["甲子"]
    assert listed(unit=county.group).total == 1
    assert len(listed(unit=county.green_branch).rows) == 2


def test_somebody_without_a_branch_is_seen_by_those_who_see_everything(county):
    made = enrol(county.green_branch)
    with transaction() as session:
        session.execute(update(Person).values(unit_id=None, standing="holding"))
    assert names(listed(standing="holding")) == ["陈建国"]
    assert one(made.id, EVERYWHERE) is not None
    assert one(made.id, county.within(county.green)) is None
    assert names(listed(standing="holding", ranges=county.within(county.green))) == []


def test_totals_are_exact_for_every_filter_and_place(county):
    populate(county)
    assert (listed().total, listed(sex="2").total) == (9, 4)
    assert listed(unit=county.green).total == len(listed(unit=county.green).rows) == 4
    assert listed(unit=county.green, sex="1").total == 0
    assert lists.matching(Asked(county.blue, EVERYWHERE, criteria(), Order(), 1)) == 5


def test_names_are_found_by_every_reading_part_and_abbreviation(county):
    populate(county)
    for text, found in {
        "单": "单雄信", "shan": "单雄信", "dan": "单雄信", "SXX": "单雄信", "shanxx": "单雄信", "Shàn Xióngxìn": "单雄信",
        "zeng": "曾国藩", "cgf": "曾国藩", "qiu": "仇和", "chou": "仇和", "xie": "解晓东", "zhaliangyong": "查良镛",
        "买买提": "阿卜杜·买买提", "阿卜杜•买": "阿卜杜·买买提", "修远": "欧阳修远", "oyxy": "欧阳修远", "ouyangxy": "欧阳修远",
        "国藩": "曾国藩", "秀": "王秀英", " 王 秀英 ": "王秀英",
    }.items():  # fmt: skip
        assert found in names(listed(q=text)), text
    for text in ("李", "lisi", "%", "_", "zzz"):
        assert names(listed(q=text)) == [], text


def test_a_search_says_what_it_understood():
    assert search.understand("  ") is None
    assert search.understand("wangjg").parameters["q_short"] == "wjg"
    assert search.understand("王").kind == "search_character"


def test_ages_are_counted_to_the_day(county):
    enrol(county.green_branch, "今天满三十六", birth="1990-10-31", **LATER)
    enrol(county.green_branch, "明天满三十六", birth="1990-11-01", **LATER)
    assert names(listed(age="-35")) == ["明天满三十六"]
    assert names(listed(age="36-36")) == ["今天满三十六"]
    assert listed(age="36-35").total == 2  # nonsense is taken as not said


def test_a_moved_branch_is_not_listed_at_its_old_place(app, served):
    with app.app_context(), bound(tenant_id=served.tenant.id):
        enrol(served.green_branch)
        db.session.remove()
    program = Program(app, served)
    assert program.get(f"/people?unit={served.green}").json["total"] == 1
    with app.app_context(), bound(tenant_id=served.tenant.id):
        with transaction() as session:
            blue = session.get_one(Unit, (served.tenant.id, served.blue))
            branch = session.get_one(Unit, (served.tenant.id, served.green_branch))
            branch.parent_id, branch.path = blue.id, blue.path + branch.path[-5:]
            branch.path_end = branch.path[:-1] + "/"
        db.session.remove()
    assert program.get(f"/people?unit={served.green}").json["total"] == 0
    assert program.get(f"/people?unit={served.green_branch}").json["total"] == 1
    person = program.get(f"/people?unit={served.blue}").json["items"][0]
    assert program.get(f"/people/{person['id']}").json["unit_path"][1] == "蓝溪镇党委"


def test_doubtful_records_are_those_with_a_shared_phone_or_the_same_name_and_birth(county):
    for name in ("甲子", "乙丑", "乙丑"):
        enrol(county.green_branch, name, phone="13900000001" if name == "甲子" else "13900000002")
    found = doubts(EVERYWHERE, phone_shared_max=1)
    assert [(phone, [holder.name for holder in holders]) for phone, holders in found.phones] == [
        ("139****0002", ["乙丑", "乙丑"])
    ]
    assert [name for name, _ in found.namesakes] == ["乙丑"]
    assert doubts(county.within(county.blue), phone_shared_max=1).namesakes == []


def test_the_organisation_finds_members_through_the_roster(county):
    made = enrol(county.green_branch, class_tags=["离退休"])
    found = Roster().person(made.id)
    assert (found.name, found.unit_id, found.formal, found.retired) == ("陈建国", county.green_branch, True, True)
    assert found.birth == date(1980, 5, 17)
