"""The one place where a person's columns are prepared: sort and search keys, masks, ciphertexts, blind indexes.

Forms, the API and imports hand over what was typed, normalised (``values``, ``identity_number``) and checked (``rules``);
:func:`derive` gives the columns of ``person`` and :func:`search_keys` the rows of ``person_key``. A person costs about
20 µs, a name seen before nothing more for its keys.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from core.database.crypto import Keyring
from core.people.codes import FORMAL, NOT_RURAL, PROBATIONARY
from core.people.identity_number import facts
from core.people.masking import mask_id_no, mask_phone
from core.people.pinyin import NameKeys, name_keys
from core.tenancy.keys import keyring

#: Names already read: hand the same dictionary to every call of one import.
NameCache = dict[str, tuple[NameKeys, tuple[str, ...]]]

#: Further readings kept of one name; the likeliest come first.
MAX_KEYS: Final = 12
#: From how far into a name it may be found.
_INFIXES: Final = 12
_NAMES_KEPT: Final = 50_000
_FOUNDING_OF_THE_REPUBLIC: Final = date(1949, 10, 1)
_STANDING_OF_TYPE: Final = {FORMAL: "formal", PROBATIONARY: "probationary"}
#: Values whose ciphertext is kept, with their columns.
SEALED: Final[Mapping[str, str]] = {"id_no": "id_no_cipher", "phone": "phone_cipher", "address": "address_cipher"}

Columns = dict[str, Any]


def derive(values: Mapping[str, Any], ring: Keyring, cache: NameCache) -> Columns:
    """The columns of ``person`` for what ``values`` holds; what it does not hold is left out, so it serves edits as well.

    :param values: ``id`` (needed by everything encrypted), and of these what is given, normalised: ``name``, ``id_no``,
        ``phone``, ``address`` (``""`` or None: none), ``birth``, ``join_date``, ``person_type`` (code; becomes
        ``standing`` unless that is given too), ``class_tags`` (codes). Everything else is a column and passes unchanged.
    :param cache: names already read; give the same dictionary for all rows of an import.
    """
    columns = dict(values)
    for field, prepare in _PREPARED:
        if field in values:
            prepare(columns, values, ring, cache)
    return columns


def search_keys(name: str, cache: NameCache) -> tuple[str, ...]:
    """The keys of ``person_key`` by which a name is found, besides the first reading, which stands in ``person``.

    Other readings (in full, as initials, surname with initials), and the name from its second character on, from its
    third and so on, while two characters are left. The first reading's surname with initials (``wangjg``) is not among
    them: the search takes it apart instead.
    """
    return _named(name, cache)[1]


def class_codes(tags: Iterable[str]) -> list[str]:
    """Class tags as ``person.class_codes`` holds them: sorted, each once, without the one that says what is not."""
    return sorted({tag for tag in tags if tag != NOT_RURAL})


def seal(text: str, ring: Keyring, *, column: str, row: UUID) -> bytes:
    """The ciphertext of a person's value in its column."""
    return ring.encrypt(text, table="person", column=column, row=row)


def unseal(data: bytes, ring: Keyring, *, column: str, row: UUID) -> str:
    """The value of a person's ciphertext; a key that this worker does not know yet is looked up.

    :raises Unreadable: it was moved, changed, or its key is gone.
    """
    if int.from_bytes(data[:2], "big") > ring.newest:
        ring = keyring(fresh=True)
    return ring.decrypt(data, table="person", column=column, row=row)


def _named(name: str, cache: NameCache) -> tuple[NameKeys, tuple[str, ...]]:
    known = cache.get(name)
    if known is None:
        keys = name_keys(name)
        known = keys, _further(name, keys)
        if len(cache) >= _NAMES_KEPT:
            cache.clear()
        cache[name] = known
    return known


def _further(name: str, keys: NameKeys) -> tuple[str, ...]:
    readings = [key for key in keys.further if not _is_hybrid(key, keys)][:MAX_KEYS]
    return (*readings, *(name[start:] for start in range(1, min(len(name) - 1, _INFIXES)) if name[start] != "·"))


def _is_hybrid(key: str, keys: NameKeys) -> bool:
    """Whether a key is the first reading's surname in full with the other initials."""
    rest = keys.initials[1:]
    surname = key[: len(key) - len(rest)]
    return key.endswith(rest) and len(surname) > 1 and keys.pinyin.startswith(surname)


def _name(columns: Columns, values: Mapping[str, Any], _ring: Keyring, cache: NameCache) -> None:
    keys = _named(values["name"], cache)[0]
    columns["name_key"], columns["pinyin"], columns["initials"] = keys.sort, keys.pinyin, keys.initials


def _id_no(columns: Columns, values: Mapping[str, Any], ring: Keyring, _cache: NameCache) -> None:
    number = columns.pop("id_no")
    if not number:
        columns.update(id_no_cipher=None, id_no_index=None, id_no_masked=None, birth_by_id=None, id_kind="none")
        return
    columns["id_no_cipher"] = seal(number, ring, column="id_no_cipher", row=values["id"])
    columns["id_no_index"] = values.get("id_no_index") or ring.blind(number, purpose="id_no")
    columns["id_no_masked"] = mask_id_no(number)
    columns["id_kind"] = "id_card"
    if "birth" in values:
        said = facts(number).birth
        columns["birth_by_id"] = None if said == values["birth"] else said


def _phone(columns: Columns, values: Mapping[str, Any], ring: Keyring, _cache: NameCache) -> None:
    phone = columns.pop("phone")
    if not phone:
        columns.update(phone_cipher=None, phone_index=None, phone_masked=None)
        return
    columns["phone_cipher"] = seal(phone, ring, column="phone_cipher", row=values["id"])
    columns["phone_index"] = ring.blind(phone, purpose="phone")
    columns["phone_masked"] = mask_phone(phone)


def _address(columns: Columns, values: Mapping[str, Any], ring: Keyring, _cache: NameCache) -> None:
    address = columns.pop("address")
    columns["address_cipher"] = seal(address, ring, column="address_cipher", row=values["id"]) if address else None


def _join_date(columns: Columns, values: Mapping[str, Any], _ring: Keyring, _cache: NameCache) -> None:
    joined = values["join_date"]
    columns["before_1949"] = joined is not None and joined < _FOUNDING_OF_THE_REPUBLIC


def _person_type(columns: Columns, _values: Mapping[str, Any], _ring: Keyring, _cache: NameCache) -> None:
    standing = _STANDING_OF_TYPE.get(columns.pop("person_type"))
    if standing is not None:
        columns.setdefault("standing", standing)


def _class_tags(columns: Columns, _values: Mapping[str, Any], _ring: Keyring, _cache: NameCache) -> None:
    columns["class_codes"] = class_codes(columns.pop("class_tags") or ())


_Prepare = Callable[[Columns, Mapping[str, Any], Keyring, NameCache], None]
_PREPARED: Final[tuple[tuple[str, _Prepare], ...]] = (
    ("name", _name),
    ("id_no", _id_no),
    ("phone", _phone),
    ("address", _address),
    ("join_date", _join_date),
    ("person_type", _person_type),
    ("class_tags", _class_tags),
)
