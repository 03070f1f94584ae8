"""Ways to sign in: a kind of provider that an administrator sets up."""

from core.identity.providers.interface import Departure, IdentityProvider, SignInFailed
from core.identity.providers.interface import Subject as SignedIn
from core.identity.providers.kinds import ProviderKind
from core.identity.providers.kinds import Setting as ProviderSetting
from core.outbound.client import fetch

__all__ = ["Departure", "IdentityProvider", "ProviderKind", "ProviderSetting", "SignInFailed", "SignedIn", "fetch"]
