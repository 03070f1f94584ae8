"""A change of keys takes stored files along, and a process killed in between loses none."""

import pytest

from core.database import db, transaction
from core.files import objects
from core.files.actions import bytes_of, open_file, store
from core.files.models import StoredFile
from core.files.resealing import reseal_files
from core.files.sealing import seal
from core.tenancy import sealed
from core.tenancy.keys import add_key, keyring, retire_keys_below


@pytest.fixture
def kept(inside, sealed_purpose):
    """Three sealed files of one record."""
    return [sealed_purpose(f"内容{number}".encode()) for number in range(3)]


@pytest.fixture
def sealed_purpose(inside):
    """Keeps bytes as a sealed print, which needs no kind looked at."""
    from core.documents.actions import PRINT
    from core.files.kinds import KINDS

    def keep(content):
        with transaction():
            return store(
                stream_or_bytes=content, filename="一.zip", purpose=PRINT.code, subject=PRINT.subject,
                subject_id=inside.admin_id, unit_path="", trusted=KINDS["zip"],
            )  # fmt: skip

    return keep


def test_files_open_after_the_old_key_is_destroyed(inside, kept):
    newest = add_key()
    assert sealed.left(newest) >= 3
    while sealed.reseal(keyring(fresh=True)):
        pass
    assert sealed.left(newest) == 0
    retire_keys_below(newest)
    assert [open_file(one).content.decode() for one in kept] == ["内容0", "内容1", "内容2"]


def test_a_file_sealed_anew_whose_row_does_not_say_so_opens_and_is_taken_along(inside, kept):
    add_key()
    ring = keyring(fresh=True)
    objects.put(objects.key_of(inside.id, kept[0]), seal("内容0".encode(), ring, file_id=kept[0]))
    assert bytes_of(kept[0], 1).decode() == "内容0"
    assert reseal_files(ring) == 3
    assert open_file(kept[0]).content.decode() == "内容0"


def test_a_file_that_is_lost_keeps_no_key_alive(inside, kept):
    newest = add_key()
    objects.delete(objects.key_of(inside.id, kept[1]))
    reseal_files(keyring(fresh=True))
    assert sealed.left(newest) == 0
    db.session.expire_all()
    assert {one.key_number for one in db.session.query(StoredFile)} == {newest}
