"""The ballot box of a running vote: one encrypted value, whose order is drawn anew with each vote.

What is in it can be read by the running product alone; the person's mark stands elsewhere. Nothing but the counting
transaction ever opens it to look. Random numbers come from the operating system.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from secrets import SystemRandom, choice
from typing import Any
from uuid import UUID

from core.sdk import keyring
from plugins.development.ballots.models import Box

#: Signs of a receipt: none that is mistaken for another.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_random = SystemRandom()


@dataclass(slots=True)
class Content:
    """What lies in a box. :param choices: one letter a ballot (``y``, ``n``, ``a``). :param receipts: of the same ballots.

    Which receipt belongs to which choice is not in it: a receipt proves that a ballot lies in the box, never how it was
    marked, so that nobody can be made to show their vote.
    """

    choices: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)

    def put(self, choice_: str) -> str:
        """Add a ballot and draw both orders anew. :returns: its receipt."""
        receipt = new_receipt(self.receipts)
        self.choices.append(choice_)
        self.receipts.append(receipt)
        self.shuffle()
        return receipt

    def shuffle(self) -> None:
        """Draw both orders, each by itself."""
        _random.shuffle(self.choices)
        _random.shuffle(self.receipts)


def new_receipt(taken: Iterable[str]) -> str:
    """A code of ten signs, such as ``7K2M-QX9D-HR``, that nobody else has."""
    known = set(taken)
    while True:
        drawn = "".join(choice(_SIGNS) for _ in range(10))
        code = f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"
        if code not in known:
            return code


def shuffled(things: Iterable[Any]) -> list[Any]:
    """The same things in an order that tells nothing."""
    found = list(things)
    _random.shuffle(found)
    return found


def closed(content: Content, ballot: UUID) -> bytes:
    """The box as it is stored; its length tells how many ballots there are and nothing else."""
    plain = json.dumps(["".join(content.choices), "".join(content.receipts)])
    return keyring(fresh=True).encrypt(plain, table=Box.__tablename__, column="content", row=ballot)


def opened(data: bytes, ballot: UUID) -> Content:
    """What lies in a stored box."""
    choices, receipts = json.loads(
        keyring().decrypt(bytes(data), table=Box.__tablename__, column="content", row=ballot)
    )
    return Content(list(choices), [receipts[at : at + 12] for at in range(0, len(receipts), 12)])
