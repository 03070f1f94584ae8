"""What becomes of each row of a roster."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.database import db
from core.organization.models import Unit
from core.people.models import MembershipSpell, PersonChange, PersonClass, PersonKey, Placement
from core.people.record import unseal
from core.tenancy.keys import keyring
from tests.importing.conftest import BRANCHES, HEAD, branch, id_no, imported, member, people, roster
from tests.spreadsheets import workbooks as make

pytestmark = pytest.mark.usefixtures("branches")


def refused(*rows: list[Any], **given: Any) -> list[tuple[int, str, str]]:
    """(row number, rule, field) of what is refused."""
    return [(row["row"], row["rule"], row["field"]) for row in imported(roster(*rows), **given).refused]


def test_a_good_row_becomes_a_person_with_everything_that_belongs_to_one(branches: dict[str, Unit]) -> None:
    result = imported(roster(member(1)))
    assert (result.created, result.updated, result.unchanged, list(result.refused)) == (1, 0, 0, [])
    (person,) = people().values()
    session, ring = db.session, keyring()
    assert (person.standing, person.sex, person.ethnic, person.education) == ("formal", "1", "01", "20")
    assert (person.unit_id, person.class_codes) == (branches["兴田村"].id, ["rural"])
    assert unseal(person.id_no_cipher, ring, column="id_no_cipher", row=person.id) == id_no(1)
    assert unseal(person.address_cipher, ring, column="address_cipher", row=person.id) == "青溪镇1号"
    spell = session.scalars(select(MembershipSpell)).one()
    assert (spell.person_id, spell.started_on, spell.import_id) == (person.id, date(2001, 6, 30), result.run_id)
    assert session.scalars(select(Placement.unit_id)).one() == person.unit_id
    assert session.scalars(select(PersonClass.code)).one() == "rural"
    assert session.scalars(select(PersonKey.id).distinct()).all() == [person.id]


def test_every_kind_of_mistake_is_refused_at_its_row_for_its_reason_and_the_good_rows_are_kept() -> None:
    rows = [
        member(1),
        member(2, 公民身份号码=id_no(2)[:17] + "Y"),
        member(3, 姓名=""),
        member(4, 出生日期="1980-02-01"),
        member(5, 性别="女"),
        member(6, 所在党支部=branch("不存在村")),
        member(7, 加入党组织日期="1990-01-01", 转为正式党员日期="1991-01-01"),
        member(8, 加入党组织日期="2031-07-01"),
        member(9, 公民身份号码=id_no(1)),
        member(10, 加入党组织日期="2026-13-01"),
        member(11, 公民身份号码=""),
        member(12),
    ]
    assert refused(*rows) == [
        (4, "R2.01", "id_no"), (5, "2.1", "name"), (6, "R2.03", "birth"), (7, "R2.03", "sex"), (8, "R2.14", "branch"),
        (9, "R2.05", "join_date"), (10, "R2.05", "join_date"), (11, "R2.04", "id_no"), (12, "R2.05", "join_date"),
        (13, "R2.01", "id_no"),
    ]  # fmt: skip
    assert len(people()) == 2


def test_two_new_people_with_one_number_in_the_file_name_the_first_ones_row() -> None:
    result = imported(roster(member(1), member(2), member(3, 公民身份号码=id_no(1))))
    assert "第3行" in result.refused[0]["message"]


def test_a_refused_row_does_not_stand_in_the_way_of_a_good_one_with_its_number() -> None:
    assert refused(member(1, 所在党支部="没有的支部"), member(1)) == [(3, "R2.14", "branch")]


def test_the_same_file_twice_changes_nothing() -> None:
    data = roster(member(1), member(2), member(3, 姓名=""))
    imported(data)
    versions = {name: person.version for name, person in people().items()}
    again = imported(data)
    assert (again.created, again.updated, again.unchanged, len(again.refused)) == (0, 0, 2, 1)
    assert {name: person.version for name, person in people().items()} == versions


def test_a_reason_in_a_column_lets_a_doubted_row_pass_and_both_birthdays_are_kept() -> None:
    row = member(1, 出生日期="1979-12-01")
    result = imported(roster([*row, "档案与证件不一致"], head=[*HEAD, "情况说明"]))
    assert result.created == 1
    (person,) = people().values()
    assert (person.birth, person.birth_by_id) == (date(1979, 12, 1), date(1980, 1, 1))
    assert person.mismatch_reason == "档案与证件不一致"


@pytest.mark.parametrize(
    "written",
    [
        branch("兴田村"), "清源县青溪镇兴田村支部委员会", "中共清源县青溪镇兴田村支部", "兴田村党支部", "兴田村支部",
        "中共清源县青溪镇　兴田村支部委员会 ",
    ],
)  # fmt: skip
def test_a_branch_is_known_by_its_usual_names(written: str, branches: dict[str, Unit]) -> None:
    imported(roster(member(1, 所在党支部=written)))
    assert people()["张芳国"].unit_id == branches["兴田村"].id


@pytest.mark.parametrize(
    ("heading", "cell", "column", "value"),
    [
        ("民族", "汉", "ethnic", "01"), ("民族", "01", "ethnic", "01"), ("民族", 1, "ethnic", "01"), ("民族", "畲族", "ethnic", "22"),
        ("学历", "大专", "education", "30"), ("姓名", "谭　海", "name", "谭海"), ("姓名", "阿卜杜•买买提", "name", "阿卜杜·买买提"),
        ("出生日期", "1980年1月1日", "birth", date(1980, 1, 1)), ("出生日期", "1980.1", "birth", date(1980, 1, 1)),
        ("联系电话", 13800000001, "phone_masked", "138****0001"), ("公民身份号码", f" {id_no(1)} ", "id_no_masked", "3505**********19"),
        ("党员分类", "非农", "class_codes", []),
    ],
)  # fmt: skip
def test_cells_are_understood_however_they_are_written(heading: str, cell: Any, column: str, value: Any) -> None:
    imported(roster(member(1, **{heading: cell})))
    (person,) = people().values()
    expected = value if column != "id_no_masked" else f"3505**********{id_no(1)[-2:]}"
    assert getattr(person, column) == expected


def test_an_identity_number_that_excel_made_a_float_is_told_to_have_lost_digits() -> None:
    result = imported(roster(member(1, 公民身份号码=350525198001010018)))
    assert (result.refused[0]["rule"], result.refused[0]["field"]) == ("R2.01", "id_no")
    assert "15 位" in result.refused[0]["message"]


def test_a_formula_is_refused_where_it_matters_and_nowhere_else() -> None:
    result = imported(roster(member(1, 序号="=1+1"), member(2, 姓名='=HYPERLINK("http://x","张三")')))
    assert [(row["row"], row["rule"], row["field"]) for row in result.refused] == [(4, "IM.01", "name")]


def test_a_name_of_three_hundred_characters_and_a_year_of_five_digits_end_well() -> None:
    long, far = member(1, 姓名="长" * 300), member(2, 出生日期="20226-01-01")
    assert [(row, field) for row, _rule, field in refused(long, far)] == [(3, "name"), (4, "birth")]


def test_an_update_changes_what_the_file_holds_and_says_what_was_before() -> None:
    imported(roster(member(1), member(2)))
    changed = member(
        1, 学历="研究生", 联系电话="13911112222", 家庭住址="", 党员分类="离退休", 所在党支部=branch("银洋村")
    )
    result = imported(roster(changed, member(2)))
    assert (result.created, result.updated, result.unchanged) == (0, 1, 1)
    person = people()["张芳国"]
    assert (person.education, person.phone_masked, person.class_codes) == ("10", "139****2222", ["retired", "rural"])
    assert unseal(person.address_cipher, keyring(), column="address_cipher", row=person.id) == "青溪镇1号"
    session = db.session
    spans = session.execute(
        select(Placement.unit_id, Placement.valid_to).where(Placement.person_id == person.id).order_by(Placement.id)
    ).all()
    assert spans[0].valid_to is not None
    assert (spans[1].unit_id, spans[1].valid_to) == (person.unit_id, None)
    changes = {change.field: (change.old, change.new) for change in session.scalars(select(PersonChange))}
    assert changes["education"] == ("20", "10")
    assert changes["phone"] == ("138****0001", "****")


def test_a_file_of_two_columns_updates_them_alone() -> None:
    imported(roster(member(1)))
    result = imported(make.xlsx([["身份证号", "手机"], [id_no(1), "13911112222"]]), mode="update")
    assert (result.updated, list(result.refused)) == (1, [])
    assert people()["张芳国"].phone_masked == "139****2222"


def test_a_standing_is_never_changed_by_a_file() -> None:
    imported(roster(member(1, 人员类别="预备党员", 转为正式党员日期="", 加入党组织日期="2026-01-05")))
    result = imported(roster(member(1, 加入党组织日期="2025-01-05", 转为正式党员日期="2026-01-05")))
    assert result.refused[0]["rule"] == "R2.07"
    assert people()["张芳国"].standing == "probationary"


def test_another_persons_name_for_a_known_number_is_refused() -> None:
    imported(roster(member(1)))
    assert refused(member(1, 姓名="李四")) == [(3, "R2.04", "id_no")]


def test_adding_only_leaves_known_people_alone_and_updating_only_makes_none() -> None:
    imported(roster(member(1)))
    added = imported(roster(member(1, 学历="研究生"), member(2)), mode="add")
    assert (added.created, added.updated, added.unchanged) == (1, 0, 1)
    updated = imported(roster(member(1, 学历="研究生"), member(3)), mode="update")
    assert (updated.created, updated.updated, len(updated.refused)) == (0, 1, 1)


def test_several_sheets_of_one_form_are_one_roster_and_others_are_left_out() -> None:
    data = make.xlsx(
        {
            "兴田": [HEAD, member(1)],
            "银洋": [[*HEAD[::-1]], member(2, 所在党支部=branch("银洋村"))[::-1]],
            "代码表": [["代码", "名称"], ["01", "汉族"]],
            "旧": [HEAD, member(3)],
        },
        hidden=["旧"],
    )
    result = imported(data)
    assert result.created == 2
    assert set(result.left_out) == {"代码表", "旧"}


def test_a_sheet_for_each_branch_named_after_it_needs_no_branch_column() -> None:
    head = [title for title in HEAD if title != "所在党支部"]
    place = HEAD.index("所在党支部")
    rows = [[cell for at, cell in enumerate(member(serial)) if at != place] for serial in (1, 2)]
    data = make.xlsx({f"{BRANCHES[0]}支部": [head, rows[0]], f"{BRANCHES[1]}支部": [head, rows[1]]})
    assert imported(data).created == 2
    assert len({person.unit_id for person in people().values()}) == 2


def test_a_missing_column_is_named_at_once_and_can_be_one_value_for_all() -> None:
    from core.policy.findings import Refused

    place = HEAD.index("所在党支部")
    data = make.xlsx({"名册": [[cell for at, cell in enumerate(row) if at != place] for row in (HEAD, member(1))]})
    with pytest.raises(Refused, match="所在党支部"):
        imported(data)
    assert imported(data, constants={"branch": branch("兴田村")}).created == 1


def test_a_dry_run_writes_nothing() -> None:
    result = imported(roster(member(1), member(2, 姓名="")), dry_run=True)
    assert (result.created, len(result.refused), result.run_id) == (1, 1, None)
    assert people() == {}


@pytest.mark.parametrize("make_file", [make.xls, make.ods, make.delimited])
def test_other_formats_give_the_same(make_file: Any) -> None:
    assert imported(make_file([HEAD, member(1), member(2)])).created == 2
