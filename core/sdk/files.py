"""Files of a plugin's records: a purpose says who may see and add them, and how they are kept.

A template shows the files of a record, with adding and removing, by ``files/attachments.html``:
``{% set attached = attached("care.visit.photo", visit.id) %}{% include "files/attachments.html" %}``.
"""

from core.files.actions import Gone, OpenFile, open_file, remove, store
from core.files.kinds import KINDS as FILE_KINDS
from core.files.kinds import PAPERS, PICTURES
from core.files.pages import Attached, as_answer, attached, file_answer
from core.files.purposes import Purpose
from core.files.queries import FileView, files_of

__all__ = [
    "FILE_KINDS",
    "PAPERS",
    "PICTURES",
    "Attached",
    "FileView",
    "Gone",
    "OpenFile",
    "Purpose",
    "as_answer",
    "attached",
    "file_answer",
    "files_of",
    "open_file",
    "remove",
    "store",
]
