"""What every provider of identities does: send the browser away, and say afterwards who came back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class SignInFailed(Exception):
    """Nobody was identified.

    :param reason: a word for the audit. :param message: for the person, in Chinese, without secrets.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what must be remembered until it comes back.

    :param url: the provider's page. :param kept: nonce and verifier, kept in this browser's signed cookie.
    """

    url: str
    kept: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the provider has identified.

    :param id: what it calls the person for ever. :param name: shown to the person only.
    :param email: ``None`` unless the provider says that it is verified; ``phone`` likewise.
    :param login: the person's user name at the provider.
    :param unverified: names of addresses it gave without vouching for them.
    """

    id: str
    name: str = ""
    email: str | None = None
    phone: str | None = None
    login: str | None = None
    unverified: tuple[str, ...] = ()


class IdentityProvider(Protocol):
    """A provider with its settings."""

    def start(self, *, callback: str, state: str, agent: str) -> Departure:
        """Where to send the browser.

        :param callback: the address to come back to. :param agent: the browser's ``User-Agent``.
        :raises SignInFailed: the provider cannot be asked.
        """

    def finish(self, *, arguments: Mapping[str, str], callback: str, kept: Mapping[str, str]) -> Subject:
        """Who came back. The state has been compared already.

        :param arguments: of the address the browser came back with.
        :raises SignInFailed: nobody is identified beyond doubt.
        """
