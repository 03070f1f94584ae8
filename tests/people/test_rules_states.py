"""How membership moves from state to state (02-roster 2.2, R2.12, R2.13; T2.11)."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from core.people.codes import LISTS
from core.people.rules import (
    TRANSITIONS,
    Death,
    Document,
    Suspension,
    SuspensionGround,
    check_readmission,
    check_restoration,
    check_suspension,
    may_change_state,
)
from core.people.rules.states import WAITING_REASONS

AS_OF = date(2026, 10, 31)
PAPER = Document("清委〔2026〕12号", "中共清源县委员会", date(2026, 10, 20))
STATES = tuple(LISTS["membership_state"].labels)
ABROAD = Suspension(SuspensionGround.SETTLED_ABROAD, date(2020, 1, 1))


def move(current: str, to: str, reason: str, **how: Any) -> list[tuple[str, str, str | None]]:
    """(rule, field, code) of what is against the move, with everything given that a move may need."""
    given: dict[str, Any] = {
        "document": PAPER,
        "death": Death(date(2026, 10, 1), "死亡证明"),
        "suspension": ABROAD,
        "ended": ("transferred_out", date(2020, 1, 1)),
    }
    found = may_change_state(current=current, to=to, reason=reason, as_of=AS_OF, **{**given, **how})
    assert all(finding.blocks for finding in found)
    return [(finding.rule, finding.field, finding.code) for finding in found]


@pytest.mark.parametrize(("move_", "reasons"), list(TRANSITIONS.items()))
def test_a_move_of_the_table_is_allowed_for_its_reasons(move_: tuple[str, str], reasons: frozenset[str]) -> None:
    for reason in reasons:
        assert move(*move_, reason) == []


@pytest.mark.parametrize("move_", [pair for pair in product(STATES, STATES) if pair not in TRANSITIONS])
def test_every_other_move_is_refused(move_: tuple[str, str]) -> None:
    (finding,) = move(*move_, "died")
    assert finding[1:] == ("membership_state", "E_STATE")


@pytest.mark.parametrize("move_", list(TRANSITIONS))
def test_a_reason_that_does_not_lead_there_is_refused(move_: tuple[str, str]) -> None:
    assert ("2.2", "reason", "E_STATE") in move(*move_, "imported")


@pytest.mark.parametrize(
    ("current", "to", "reason"),
    [
        ("probationary", "formal", "confirmed"),
        ("formal", "suspended", "suspended"),
        ("formal", "removed", "expelled"),
        ("suspended", "formal", "restored_after_suspension"),
        ("formal", "transferred_out", "transferred_out"),
        ("removed", "probationary", "readmitted"),
    ],
)
@pytest.mark.parametrize(
    ("document", "code"),
    [
        (None, "E_REQUIRED"),
        (Document("", "中共清源县委员会", AS_OF), "E_REQUIRED"),
        (Document("清委〔2026〕12号", " ", AS_OF), "E_REQUIRED"),
        (Document("清委〔2026〕12号", "中共清源县委员会", date(2026, 11, 1)), "E_RANGE"),
    ],
)
def test_only_an_approved_document_moves_a_state(
    current: str, to: str, reason: str, document: Document | None, code: str
) -> None:
    assert move(current, to, reason, document=document) == [("2.2", "document", code)]


@pytest.mark.parametrize(
    ("death", "code"),
    [
        (None, "E_REQUIRED"),
        (Death(date(2026, 10, 1), " "), "E_REQUIRED"),
        (Death(date(2026, 11, 1), "家属告知"), "E_RANGE"),
    ],
)
def test_a_death_needs_its_date_and_its_source(death: Death | None, code: str) -> None:
    assert move("formal", "died", "died", death=death, document=None) == [("2.2", "died_on", code)]


def test_a_death_needs_no_document() -> None:
    assert move("formal", "died", "died", document=None) == []


def test_somebody_held_without_a_branch_is_placed_without_a_document() -> None:
    assert move("holding", "formal", "placed", document=None) == []


class TestSuspensionGrounds:
    """R2.12."""

    @pytest.mark.parametrize(
        "suspension",
        [
            pytest.param(Suspension(SuspensionGround.SETTLED_ABROAD, AS_OF), id="settled abroad"),
            pytest.param(Suspension(SuspensionGround.STUDY_ABROAD, date(2021, 10, 30)), id="five years and a day"),
            pytest.param(Suspension(SuspensionGround.LOST_CONTACT, date(2026, 4, 30), True), id="six months, searched"),
        ],
    )
    def test_these_are_grounds(self, suspension: Suspension) -> None:
        assert check_suspension(suspension, as_of=AS_OF) == ()

    @pytest.mark.parametrize(
        ("suspension", "fields"),
        [
            pytest.param(None, ["ground"], id="nothing"),
            pytest.param(Suspension(None, AS_OF), ["ground"], id="no ground"),
            pytest.param(Suspension(SuspensionGround.SETTLED_ABROAD, None), ["since"], id="since when"),
            pytest.param(Suspension(SuspensionGround.SETTLED_ABROAD, date(2026, 11, 1)), ["since"], id="to come"),
            pytest.param(Suspension(SuspensionGround.STUDY_ABROAD, date(2021, 10, 31)), ["since"], id="five years"),
            pytest.param(Suspension(SuspensionGround.LOST_CONTACT, date(2026, 5, 1), True), ["since"], id="too soon"),
            pytest.param(
                Suspension(SuspensionGround.LOST_CONTACT, date(2026, 4, 30)), ["searches_exhausted"], id="not searched"
            ),
            pytest.param(
                Suspension(SuspensionGround.LOST_CONTACT, date(2026, 5, 1)), ["since", "searches_exhausted"], id="both"
            ),
        ],
    )
    def test_these_are_not(self, suspension: Suspension | None, fields: list[str]) -> None:
        found = check_suspension(suspension, as_of=AS_OF)
        assert [finding.field for finding in found] == fields
        assert all(finding.blocks and finding.rule == "R2.12" for finding in found)

    def test_the_move_itself_asks_for_a_ground(self) -> None:
        assert move("formal", "suspended", "suspended", suspension=None) == [("R2.12", "ground", "E_STATE")]


class TestComingBack:
    """R2.13."""

    def test_a_suspended_membership_is_restored(self) -> None:
        assert check_restoration(current="suspended", document=PAPER, as_of=AS_OF) == ()

    def test_t2_11_who_withdrew_cannot_be_restored_but_may_join_again(self) -> None:
        ended = ("self_withdrawn_removed", date(2010, 1, 1))
        (finding,) = check_restoration(current="removed", document=PAPER, as_of=AS_OF, ended=ended)
        assert (finding.rule, finding.code, finding.blocks) == ("R2.13", "E_STATE", True)
        assert "不能恢复" in finding.message
        assert "可重新入党" in finding.message
        assert "自行脱党除名" in finding.message

    @pytest.mark.parametrize("reason", [*sorted(WAITING_REASONS), "probation_cancelled", "not_recognised"])
    def test_nobody_who_was_removed_is_restored(self, reason: str) -> None:
        (finding,) = move("removed", "formal", "restored", ended=(reason, date(2010, 1, 1)))
        assert finding == ("R2.13", "membership_state", "E_STATE")

    @pytest.mark.parametrize("reason", sorted(WAITING_REASONS))
    def test_who_was_removed_joins_again_after_five_years(self, reason: str) -> None:
        removed_on = date(2021, 10, 31)
        assert check_readmission((reason, removed_on), as_of=date(2026, 10, 31)) == ()
        (finding,) = check_readmission((reason, removed_on), as_of=date(2026, 10, 30))
        assert (finding.rule, finding.code) == ("R2.13", "E_RANGE")
        assert "2026年10月31日" in finding.message

    def test_a_cancelled_probation_has_no_wait(self) -> None:
        assert check_readmission(("probation_cancelled", AS_OF), as_of=AS_OF) == ()

    def test_the_move_itself_asks_for_the_wait(self) -> None:
        ended = ("quit_removed", date(2024, 1, 1))
        assert move("removed", "probationary", "readmitted", ended=ended) == [("R2.13", "join_date", "E_RANGE")]


def test_messages_are_in_plain_chinese_with_the_labels_of_the_states() -> None:
    found = may_change_state(current="died", to="formal", reason="restored", as_of=AS_OF)
    assert found[0].message == "党籍状态不能由“死亡”变为“正式”，“死亡”不再变动（2.2）。"
    found = may_change_state(current="formal", to="died", reason="expelled", as_of=AS_OF, death=Death(AS_OF, "家属"))
    assert found[0].message == "“开除党籍”不能作为由“正式”变为“死亡”的原因，应为：死亡（2.2）。"
