"""How the kit fills a table by what its models say."""

from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Integer, MetaData, Table, Text, Uuid

from core.sdk.kit.filling import _row, _ways

PLACE = SimpleNamespace(id=7, mark="m1")


@pytest.fixture
def tables() -> dict[str, Table]:
    """A ballot and its box, which bears the ballot's id; and a paper that hangs on the ballot and on another paper."""
    own = MetaData()
    key = lambda: (Column("tenant_id", Integer, primary_key=True), Column("id", Uuid, primary_key=True))  # noqa: E731
    to_ballot = lambda column: ForeignKeyConstraint(["tenant_id", column], ["ballot.tenant_id", "ballot.id"])  # noqa: E731
    return {
        "ballot": Table("ballot", own, *key(), Column("state", Text, nullable=False), CheckConstraint("state IN ('open', 'closed')")),
        "box": Table("box", own, *key(), Column("words", Text, nullable=False), to_ballot("id")),
        "paper": Table("paper", own, *key(), Column("ballot_id", Uuid), Column("after_id", Uuid), to_ballot("ballot_id"),
                       ForeignKeyConstraint(["tenant_id", "after_id"], ["paper.tenant_id", "paper.id"])),
    }  # fmt: skip


def row(table: Table, rows: dict[str, UUID]) -> dict[str, object]:
    """The first way in which a table would be filled."""
    words, full = next(_ways(table))
    return _row(SimpleNamespace(), PLACE, table, rows, words, full=full)


def test_a_row_whose_id_is_its_parents_takes_the_parents(tables):
    ballot = uuid4()
    assert row(tables["box"], {"ballot": ballot})["id"] == ballot


def test_a_row_of_its_own_has_an_id_of_its_own_and_the_parents_where_it_refers_to_it(tables):
    ballot = uuid4()
    made = row(tables["paper"], {"ballot": ballot})
    assert made["ballot_id"] == ballot
    assert made["id"] != ballot
    assert "after_id" not in made, "the first of its kind follows nobody"


def test_words_are_those_that_the_checks_allow(tables):
    assert [words["state"] for words, full in _ways(tables["ballot"]) if full] == ["open", "closed"]
