"""Sending to a mail server and to webhooks that take, refuse, hang and lead elsewhere."""

import io
import json
import logging
import time

import pytest

from dashboard.models.alerts import AlertMessage
from dashboard.models.errors import InputError
from dashboard.sources.notifications import parse_target, send_message
from tests.loopback_receivers import free_port, mail_server, webhook

MESSAGE = AlertMessage("Rouble 2.5 % stronger", "81.4067 → 79.3510\nКурс & <b>rates</b>")
HERE = ("127.0.0.1",)


def send(address, hosts=HERE, **more):
    return send_message(parse_target(address).address, MESSAGE, hosts, **more)


def test_mail_arrives_with_title_and_text():
    with mail_server() as mailbox:
        assert send(f"{mailbox.address}&mode=insecure").problem == ""
    (message,) = mailbox.messages
    assert message["Subject"] == MESSAGE.title
    assert message["To"] == "desk@rr.example"
    assert "Курс" in message.get_body().get_content()


@pytest.mark.parametrize(
    ("answer", "is_final"), [("550 no such desk", True), ("451 try later", False)]
)
def test_a_mail_server_that_refuses_is_named_with_its_code(answer, is_final):
    with mail_server(refusal=answer) as mailbox:
        delivery = send(f"{mailbox.address}&mode=insecure")
    assert delivery.problem == f"the mail server refused it ({answer[:3]})"
    assert (delivery.is_final, delivery.is_uncertain) == (is_final, False)


@pytest.mark.parametrize("option", ["", "&format=html"])
def test_a_mail_shows_text_as_it_is(option):
    text = "<img src=http://tracker.example/x> & <b>"
    message = AlertMessage(text, f"{text}\nsecond line", "inbox")
    with mail_server() as mailbox:
        address = parse_target(f"{mailbox.address}&mode=insecure{option}").address
        assert send_message(address, message, HERE).problem == ""
    (mail,) = mailbox.messages
    parts = {part.get_content_type(): part.get_content() for part in mail.walk()
             if not part.is_multipart()}  # fmt: skip
    assert set(parts) == ({"text/plain", "text/html"} if option else {"text/plain"})
    assert "<img" not in parts.get("text/html", "")
    assert " ".join(parts["text/plain"].split()) == f"{text} second line"
    assert mail["Subject"] == text


def test_a_webhook_gets_json_and_its_address_needs_no_other_form():
    with webhook() as hook:
        assert send(hook.address).problem == ""
    (body,) = map(json.loads, hook.bodies)
    assert (body["title"], body["message"]) == (MESSAGE.title, MESSAGE.text)


@pytest.mark.parametrize(
    ("status", "problem", "is_final"),
    [
        (500, "it answered 500 Internal Server Error", False),
        (429, "it answered 429 Too Many Requests", False),
        (404, "it answered 404 Not Found", True),
    ],
)
def test_a_webhook_that_refuses_is_named_with_its_status(status, problem, is_final):
    with webhook(status=status) as hook:
        delivery = send(hook.address)
    assert (delivery.problem, delivery.is_final, delivery.is_uncertain) == (
        problem, is_final, False,
    )  # fmt: skip


def test_a_port_where_nobody_listens_may_be_tried_again():
    delivery = send(f"http://127.0.0.1:{free_port()}/hook")
    assert delivery.problem == "the connection was refused"
    assert (delivery.is_final, delivery.is_uncertain) == (False, False)


def test_a_webhook_that_hangs_is_given_up_in_time_and_may_have_got_it():
    with webhook(status=None) as hook:
        started = time.monotonic()
        delivery = send(hook.address, seconds=1.0)
        assert time.monotonic() - started < 5
    assert delivery.problem == "no answer within 1 s; it may have arrived"
    assert delivery.is_uncertain
    assert len(hook.bodies) == 1


def test_an_address_that_is_not_public_gets_nothing_unless_its_host_is_allowed():
    with webhook() as hook:
        delivery = send(hook.address, hosts=())
        assert hook.bodies == []
        assert "not public" in delivery.problem
        assert delivery.is_final
        assert send(hook.address, hosts=("localhost", "127.0.0.1")).problem == ""


def test_a_redirect_is_not_followed():
    with webhook() as target, webhook(status=307, location=target.address) as hook:
        assert send(hook.address).problem == "it answered 307 Temporary Redirect"
    assert target.bodies == []


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("mailto://anna:p4ssw0rd@mail.example.org?to=desk@example.org",
         "E-Mail at mail.example.org"),
        ("https://hooks.example.org/a/p4ssw0rd", "webhook at hooks.example.org"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", "Slack"),
        ("tgram://123456789:AAp4ssw0rdefghijklmnopqrstuvwxyz123/12315544/", "Telegram"),
    ],
)  # fmt: skip
def test_a_label_names_the_service_and_no_secret(address, label):
    assert parse_target(address).label == label


@pytest.mark.parametrize(
    "address",
    [
        "", "desk@example.org", "ftp://example.org/p4ssw0rd", "dbus://", "syslog://p4ssw0rd",
        "file:///etc/passwd", "slack://p4ssw0rd", "mailto://",
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=/etc/p4ssw0rd",
        "mailto://u:p4ssw0rd@mail.example.org?pgpkey=/etc/passwd", "https://" + "p4ssw0rd" * 200,
        "mailto://p4ssw0rd![a](http://x)",
    ],
)  # fmt: skip
def test_what_cannot_be_sent_to_is_refused_in_a_line_without_the_address(address):
    with pytest.raises(InputError) as refused:
        parse_target(address)
    assert "p4ssw0rd" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_nothing_of_an_address_is_logged(capsys):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    try:
        with webhook(status=500) as hook:
            send(hook.address)
    finally:
        logging.getLogger().removeHandler(handler)
    output = capsys.readouterr()
    assert (written.getvalue(), output.out, output.err) == ("", "", "")
