"""Ways to sign in: a kind of provider that an administrator sets up.

:func:`fetch` is how a plugin reaches another system, here and anywhere: it goes only where the operator of the
installation lets the product go, and raises :class:`Forbidden` or :class:`NoAnswer`, whose messages may be shown.
"""

from core.identity.providers.interface import Departure, IdentityProvider, SignInFailed
from core.identity.providers.interface import Subject as SignedIn
from core.identity.providers.kinds import ProviderKind
from core.identity.providers.kinds import Setting as ProviderSetting
from core.outbound.client import Answer, Forbidden, NoAnswer, fetch

__all__ = [
    "Answer",
    "Departure",
    "Forbidden",
    "IdentityProvider",
    "NoAnswer",
    "ProviderKind",
    "ProviderSetting",
    "SignInFailed",
    "SignedIn",
    "fetch",
]
