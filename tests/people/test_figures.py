"""The dashboard's figures are those of the rows."""

from datetime import date

from core.people.figures import Figures, figures


def test_a_tenant_without_members_counts_nothing(inside):
    assert figures((("0000.", "0000/"),), as_of=date(2026, 10, 31)) == Figures(0, 0, 0, 0, 0, 0)


def test_no_right_anywhere_counts_nothing(inside):
    assert figures((), as_of=date(2026, 10, 31)).total == 0
