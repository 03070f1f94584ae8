"""CAS: the sign-in that most universities, and many hospitals, run for all their systems.

It brings one kind of provider and holds no data of its own: what an administrator sets up is kept by the core, with the
links between people there and accounts here.
"""

from collections.abc import Sequence

from core.sdk import ProviderKind, implements


@implements
def register_identity_providers() -> Sequence[ProviderKind]:
    """A CAS server, as one more way to sign in."""
    from plugins.cas.provider import KIND

    return (KIND,)
