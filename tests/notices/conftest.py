"""A county of four levels with officers and members, for deadlines and notices."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import pytest

import core.notices.deadlines  # noqa: F401 - registers the rules
from core.calendar_arithmetic import add_months
from core.database import db, transaction, uuid7
from core.organization.models import Body, PostHolding, Unit
from core.people.models import Person
from tests.conftest import PASSWORD, add_account

TODAY = date(2026, 11, 22)


@dataclass
class Line:
    """县委 > 甲镇党委 > 甲总支 > 甲一支部, 甲二支部 > 第一小组, and 乙镇党委; ids by a short word."""

    root: UUID
    ids: dict[str, UUID] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)

    def unit(self, word: str, kind: str, under: str | None) -> None:
        parent = self.paths[under] if under else "0000."
        path = f"{parent}{len(self.ids) + 1:04d}."
        made = uuid7()
        with transaction() as session:
            session.add(
                Unit(
                    id=made, name=f"中共{word}", short_name=word, type=kind, parent_id=self.ids[under] if under else self.root,
                    path=path, path_end=path[:-1] + "/", depth=path.count(".") - 1,
                )
            )  # fmt: skip
        self.ids[word], self.paths[word] = made, path

    def officer(self, login: str, word: str | None, role: str = "branch_secretary", person: UUID | None = None) -> UUID:
        account = add_account(
            login=login,
            name=f"{login}同志",
            password=PASSWORD,
            role=role,
            unit_id=self.ids[word] if word else self.root,
        )
        if person is not None:
            from core.identity.models import Account

            with transaction() as session:
                session.get_one(Account, (db.session.info["tenant"], account)).person_id = person
        return account

    def people(self, word: str, count: int, standing: str = "formal", **more: object) -> list[UUID]:
        made = [uuid7() for _ in range(count)]
        with transaction() as session:
            for n, one in enumerate(made):
                name = f"{word}人{n}"
                session.add(
                    Person(
                        id=one, name=name, name_key=name, pinyin="ren", initials="r", sex="1", birth=date(1980, 1, 1),
                        standing=standing, unit_id=self.ids[word] if standing != "removed" else None,
                        **{"join_date": date(2010, 7, 1), **more},
                    )
                )  # fmt: skip
        return made

    def body(self, word: str, due: date, years: int = 3) -> UUID:
        made = uuid7()
        with transaction() as session:
            session.add(
                Body(id=made, unit_id=self.ids[word], started_on=add_months(due, -12 * years), years=years, due_on=due)
            )
        return made

    def secretary(self, word: str, held_from: date, held_to: date | None = None) -> None:
        with transaction() as session:
            session.add(
                PostHolding(
                    unit_id=self.ids[word], person_id=uuid7(), person_name="某", post_code="01", held_from=held_from,
                    held_to=held_to, how="elected",
                )
            )  # fmt: skip


@pytest.fixture
def line(inside) -> Line:
    found = Line(inside.root_unit_id)
    found.unit("甲镇", "committee", None)
    found.unit("甲总支", "general_branch", "甲镇")
    found.unit("甲一", "branch", "甲总支")
    found.unit("甲二", "branch", "甲总支")
    found.unit("第一组", "group", "甲一")
    found.unit("乙镇", "committee", None)
    return found
