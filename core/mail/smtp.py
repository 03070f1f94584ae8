"""One message over SMTP: what may be tried again, what was refused for good, and what nobody can know."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

SECONDS = 20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Undelivered(Exception):
    """The message was certainly not accepted, and may be tried again."""


class RefusedForGood(Exception):
    """The server will never accept the message; the text is its answer."""


class AnswerLost(Exception):
    """The message was handed over, and the server's answer never came: it may have been accepted."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in.

    :param tls: from the first byte on (``smtps``); otherwise STARTTLS is used where it is offered.
    """

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> "Server":
        """The server of ``smtp(s)://user:password@host:port``. :raises ValueError: for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("a mail server is given as smtp://user:password@host:port or smtps://…")
        tls = parts.scheme == "smtps"
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password) if parts.password else None
        return cls(parts.hostname, parts.port or (465 if tls else 25), tls, user, password)


def message(*, sender: str, to: str, subject: str, text: str, name: str) -> EmailMessage:
    """A plain UTF-8 message. ``name`` makes its Message-ID, which is the same each time it is tried."""
    made = EmailMessage(policy=WIRE)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = formatdate(usegmt=True)
    domain = sender.rpartition("@")[2].rstrip("> ") or "localhost"
    made["Message-ID"] = f"<{name}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text, charset="utf-8", cte="base64")
    return made


def send(server: Server, letter: EmailMessage, *, to: str) -> None:
    """Hand one message in.

    :raises Undelivered: try again later.
    :raises RefusedForGood: do not.
    :raises AnswerLost: nobody knows whether it was accepted.
    """
    sender = letter["From"].addresses[0].addr_spec
    try:
        connection = _connected(server)
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(type(error).__name__) from error
    try:
        _envelope(connection, sender, to)
        _hand_over(connection, letter)
    finally:
        connection.close()


def _connected(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context()
    connection: smtplib.SMTP
    if server.tls:
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        connection.ehlo_or_helo_if_needed()
        if not server.tls and connection.has_extn("starttls"):
            connection.starttls(context=context)
            connection.ehlo()
        elif not server.tls and server.user and server.host not in _LOOPBACK:
            raise smtplib.SMTPNotSupportedError("the password would be sent in clear: the server offers no TLS")
        if server.user:
            connection.login(server.user, server.password or "")
    except BaseException:
        connection.close()
        raise
    return connection


def _envelope(connection: smtplib.SMTP, sender: str, to: str) -> None:
    try:
        answers = [connection.mail(sender), connection.rcpt(to)]
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(type(error).__name__) from error
    for code, said in answers:
        if code >= 500:
            raise RefusedForGood(f"{code} {said.decode('utf-8', 'replace')}")
        if code not in (250, 251):
            raise Undelivered(f"{code}")


def _hand_over(connection: smtplib.SMTP, letter: EmailMessage) -> None:
    try:
        code, said = connection.data(letter.as_bytes())
    except smtplib.SMTPDataError as error:  # refused before the text was sent
        raise Undelivered(str(error.smtp_code)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise AnswerLost(type(error).__name__) from error
    if code >= 500:
        raise RefusedForGood(f"{code} {said.decode('utf-8', 'replace')}")
    if code != 250:
        raise Undelivered(f"{code}")
