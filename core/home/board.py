"""What the first page says of to-dos: one's own by how near they are, and the most pressing that one waits for. Pure.

A kind with many entries takes one line however many there are: the page answers what has to be done this week, the list
of to-dos holds all of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.notices.queries.todos import Todo, TodoGroup, When

#: Things of one kind that stand on the page one by one; more are one line that opens.
FEW = 3
#: Lines of what one waits for.
WAITING = 6


@dataclass(frozen=True, slots=True)
class Part:
    """One's own things that are as near: kinds, the nearest first."""

    when: When
    groups: tuple[TodoGroup, ...]

    @property
    def total(self) -> int:
        """How many things."""
        return sum(group.total for group in self.groups)

    @property
    def nearest(self) -> Todo:
        """The first of all."""
        return self.groups[0].first[0]


@dataclass(frozen=True, slots=True)
class Board:
    """The to-dos of the first page.

    :param mine: overdue, within the week, later; only those that hold something.
    :param waiting: the nearest of what others have to do; ``waits`` and ``late``: how many there are, how many overdue.
    :param one_place: whether everything of one's own is about one and the same organisation, which need not be repeated.
    """

    mine: tuple[Part, ...]
    waiting: tuple[Todo, ...]
    waits: int
    late: int
    one_place: bool

    @property
    def pressing(self) -> bool:
        """Whether anything of one's own is overdue or due within the week."""
        return any(part.when is not When.LATER for part in self.mine)

    def part(self, when: When) -> Part | None:
        """One's own things of that time."""
        return next((part for part in self.mine if part.when == when), None)

    def count(self, when: When) -> int:
        """How many things of one's own are as near."""
        part = self.part(when)
        return part.total if part else 0


def board(groups: Sequence[TodoGroup]) -> Board:
    """The board of what an account sees."""
    parts = (
        Part(when, _nearest_first(group for group in groups if group.mine and group.when == when)) for when in When
    )
    others = [group for group in groups if not group.mine]
    waiting = sorted((todo for group in others for todo in group.first), key=lambda todo: (todo.due_on, todo.rule))
    places = {todo.where for group in groups if group.mine for todo in group.first}
    return Board(
        mine=tuple(part for part in parts if part.groups),
        waiting=tuple(waiting[:WAITING]),
        waits=sum(group.total for group in others),
        late=sum(group.total for group in others if group.when is When.OVERDUE),
        one_place=len(places) == 1,
    )


def _nearest_first(groups: Iterable[TodoGroup]) -> tuple[TodoGroup, ...]:
    return tuple(sorted(groups, key=lambda group: (group.first[0].due_on, group.rule)))
