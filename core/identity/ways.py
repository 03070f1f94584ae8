"""Further ways to sign in, such as single sign-on: each is a button on the sign-in page."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Way:
    """A button on the sign-in page.

    :param label: what stands on it.
    :param url: where it leads.
    """

    label: object
    url: str
    icon: str = "login"


#: Functions that, given the own path to go to afterwards, say which ways the bound tenant offers.
PROVIDERS: list[Callable[[str], list[Way]]] = []


def ways(target: str) -> list[Way]:
    """All ways beside password and passkey that the bound tenant offers."""
    return [way for provide in PROVIDERS for way in provide(target)]
