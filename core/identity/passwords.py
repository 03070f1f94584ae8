"""Passwords: argon2id by the library, never anything of our own."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.policy.findings import Finding, Refused, Severity

MIN_LENGTH = 12
_hasher = PasswordHasher()
#: Checked when there is no such account, so that the answer takes as long as for one there is.
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZS1mYXItYXdheS1zYWx0$LrhMwiCHF2Yh0KqVYrBKyHtc7zlpHJlHxyRKFHWkA8E"


def check_new(password: str, *, login: str) -> None:
    """Refuse a password that is too short or is the account's own name.

    :raises Refused: naming what would be right.
    """
    if len(password) < MIN_LENGTH:
        raise Refused([_finding(f"密码至少{MIN_LENGTH}位，可以用几个词组成的一句话。")])
    if len(password) > 200:
        raise Refused([_finding("密码最长200位。")])
    if login and login.casefold() in password.casefold():
        raise Refused([_finding("密码不能包含登录名。")])


def _finding(message: str) -> Finding:
    return Finding("PW.01", Severity.BLOCK, "password", message, code="E_FORMAT")


def digest(password: str) -> str:
    """The argon2id digest of a password."""
    return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether a password is the kept one; takes the same time when there is no account (``kept`` is None)."""
    try:
        _hasher.verify(kept or _DECOY, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def outdated(kept: str) -> bool:
    """Whether a digest was made under weaker parameters than today's."""
    return _hasher.check_needs_rehash(kept)
