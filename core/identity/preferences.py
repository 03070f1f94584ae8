"""What an account chose for itself: language, type size, shortcuts."""

from uuid import UUID

from core.audit.actions import record
from core.database import tenant_id, transaction
from core.identity.actions import rights_changed
from core.identity.models import Account

#: What may be chosen, with the values it may take.
CHOICES: dict[str, tuple[object, ...]] = {
    "locale": ("zh_Hans_CN", "en", "auto"),
    "large": (True, False),
    "keys": (True, False),
}


def choose(*, account_id: UUID, chosen: dict[str, object]) -> None:
    """Keep choices of an account; anything that is none of :data:`CHOICES` is left out."""
    known = {name: value for name, value in chosen.items() if value in CHOICES.get(name, ())}
    if not known:
        return
    with transaction() as session:
        account = session.get_one(Account, (tenant_id(), account_id), with_for_update=True)
        if all(account.preferences.get(name) == value for name, value in known.items()):
            return
        account.preferences = {**account.preferences, **known}
        record(kind="identity.display.chosen", subject="account", subject_id=account_id, detail={"chosen": known})
        rights_changed()  # every worker reads the account anew
