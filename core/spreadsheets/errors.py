"""Why a file was not taken: one exception, one plain sentence for the person who chose the file."""

from dataclasses import dataclass


class WorkbookRefused(Exception):
    """A file was not read, and nothing of it was kept.

    :param reason: machine code such as ``not_a_workbook``; see the callers for the set.
    :param message: Chinese: what is wrong with the file and what to do about it.
    """

    def __init__(self, reason: str, message: str) -> None:
        self.reason = reason
        self.message = message
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read at most. Counted before anything is unpacked.

    The defaults hold a county's whole roster several times over; tenants set their own by policy.
    """

    file_bytes: int = 50 * 1024 * 1024  #: the file as uploaded
    unpacked_bytes: int = 512 * 1024 * 1024  #: everything inside a zip container together
    ratio: int = 80  #: unpacked ÷ packed, judged only above ``ratio_floor``
    ratio_floor: int = 32 * 1024 * 1024  #: below this an extreme ratio does no harm
    members: int = 4000  #: files inside a zip container
    rows: int = 200_000  #: rows of one sheet, besides those that headings and titles may take
    columns: int = 702  #: last filled column of one sheet (``ZZ``)
    cells: int = 24_000_000  #: rows x columns of one sheet, which is what reading it costs
    sheets: int = 2000  #: a form for each member of a large branch


#: Rows that titles, headings and footers may take beside the data.
ROUND_ABOUT = 100

DEFAULT_LIMITS = Limits()
