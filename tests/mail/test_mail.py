"""Mail over a real SMTP server on the loopback: sent once, with its transaction, and readable."""

import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, update

from core.database import bound, db, transaction
from core.jobs.models import Outbox
from core.jobs.run import run_due
from core.mail.actions import deliverable, post_mail
from core.mail.models import MailMessage
from core.policy.findings import Refused
from tenants.provision import NewTenant


class Box:
    """What the server was given; ``answer`` is what it says to a message."""

    def __init__(self) -> None:
        self.port = 0
        self.letters: list[Any] = []
        self.answer = "250 OK"
        self.recipient = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer == "drop":
            self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
            server.transport.abort()
            return "250 never arrives"
        if self.answer.startswith("250"):
            self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return self.answer


@pytest.fixture
def box() -> Iterator[Box]:
    found = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        found.port = free.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    yield found
    controller.stop()


@pytest.fixture
def mailing(app: Flask, tenant: NewTenant, box: Any) -> Iterator[Box]:
    before = app.extensions["dangjian.settings"]
    app.extensions["dangjian.settings"] = replace(
        before, smtp_url=f"smtp://127.0.0.1:{box.port}", mail_from="党建平台 <noreply@example.cn>"
    )
    with app.app_context(), bound(tenant_id=tenant.id):
        yield box
        db.session.remove()
    app.extensions["dangjian.settings"] = before


def states() -> list[str]:
    with transaction() as session:
        return list(session.scalars(select(MailMessage.state)))


def due_now() -> None:
    with transaction() as session:
        session.execute(update(Outbox).values(available_at=Outbox.created_at))


def test_a_message_arrives_with_its_chinese_subject_and_text(mailing: Box) -> None:
    post_mail(to="li@example.org", subject="开通账号：\n请设置密码", text="您好！\n请在三天内打开链接。")
    run_due()
    (letter,) = mailing.letters
    assert letter["Subject"] == "开通账号： 请设置密码"
    assert letter["To"] == "li@example.org"
    assert letter["From"].addresses[0].display_name == "党建平台"
    assert letter.get_content_type() == "text/plain"
    assert letter.get_content_charset() == "utf-8"
    assert letter.get_content().replace("\r\n", "\n").strip() == "您好！\n请在三天内打开链接。"
    assert states() == ["sent"]


def test_what_was_written_is_encrypted_and_gone_once_sent(mailing: Box) -> None:
    post_mail(to="li@example.org", subject="链接", text="https://secret.example/abc")
    with transaction() as session:
        content = session.scalars(select(MailMessage.content)).one()
        payload = session.scalars(select(Outbox.payload)).one()
    assert content is not None
    assert b"secret" not in content
    assert "secret" not in str(payload)
    assert "example" not in str(payload)
    run_due()
    with transaction() as session:
        assert session.scalars(select(MailMessage.content)).one() is None


def test_a_transaction_that_fails_sends_nothing(mailing: Box) -> None:
    def fails() -> None:
        with transaction():
            post_mail(to="li@example.org", subject="甲", text="乙")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    run_due()
    assert mailing.letters == []


def test_the_same_name_is_sent_once(mailing: Box) -> None:
    first = post_mail(to="li@example.org", subject="甲", text="乙", once="digest:2026-11-22")
    run_due()
    assert post_mail(to="li@example.org", subject="甲", text="乙", once="digest:2026-11-22") == first
    run_due()
    assert len(mailing.letters) == 1


def test_a_busy_server_is_tried_again_and_then_sent_once(mailing: Box) -> None:
    mailing.answer = "451 later"
    post_mail(to="li@example.org", subject="甲", text="乙")
    run_due()
    assert (mailing.letters, states()) == ([], ["waiting"])
    mailing.answer = "250 OK"
    due_now()
    run_due()
    assert (len(mailing.letters), states()) == (1, ["sent"])


def test_an_address_the_server_refuses_for_good_is_not_tried_again(mailing: Box) -> None:
    mailing.recipient = "550 no such user"
    post_mail(to="nobody@example.org", subject="甲", text="乙")
    run_due()
    due_now()
    mailing.recipient = "250 OK"
    run_due()
    assert (mailing.letters, states()) == ([], ["refused"])


def test_a_message_whose_receipt_was_lost_is_never_sent_twice(mailing: Box) -> None:
    mailing.answer = "drop"
    post_mail(to="li@example.org", subject="甲", text="乙")
    run_due()
    mailing.answer = "250 OK"
    due_now()
    run_due()
    assert (len(mailing.letters), states()) == (1, ["unknown"])


def test_a_worker_that_died_while_sending_leaves_a_message_that_is_not_sent_again(mailing: Box) -> None:
    post_mail(to="li@example.org", subject="甲", text="乙")
    with transaction() as session:
        session.execute(update(MailMessage).values(state="sending"))
    run_due()
    assert (mailing.letters, states()) == ([], ["unknown"])


@pytest.mark.parametrize("to", ["", "li", "li@", "a@b@c", "li@example.org\r\nBcc: x@y.z", "a@x,b@y"])
def test_what_is_no_address_is_refused(mailing: Box, to: str) -> None:
    with pytest.raises(Refused, match="地址"):
        post_mail(to=to, subject="甲", text="乙")


def test_without_a_server_nothing_is_posted(inside: NewTenant) -> None:
    assert not deliverable()
    with pytest.raises(Refused, match="发信服务器"):
        post_mail(to="li@example.org", subject="甲", text="乙")
