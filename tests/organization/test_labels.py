"""Every code has its own Chinese word, also where two lists share a spelling."""

from core.organization.codes import Approval, ChangeStatus, Subtype, UnitMode, UnitStatus
from core.organization.labels import label, labels_of


def test_a_code_spelled_alike_in_two_lists_keeps_the_word_of_its_own():
    assert (label(Subtype.JOINT), label(UnitMode.JOINT)) == ("联合党支部", "联合党组织")
    assert (label(UnitStatus.APPROVED), label(ChangeStatus.APPROVED)) == ("已批复", "已批准")


def test_every_code_has_a_word():
    for kind in (Approval, ChangeStatus, Subtype, UnitMode, UnitStatus):
        assert all(labels_of(kind).values())
