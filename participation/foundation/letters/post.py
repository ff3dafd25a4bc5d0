"""The post: hands one letter to the mail server and tells whether it was taken, was not, or nobody knows."""

import contextlib
import os
import re
import smtplib
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

#: How long a mail server may take over each answer, in seconds.
PATIENCE = 30.0


class NotTaken(Exception):
    """The server has certainly not taken the letter; trying again later may help."""


class NoSuchAddress(Exception):
    """The server knows that nobody has this address; trying again cannot help."""


class Unanswered(Exception):
    """The letter was handed over whole, but the answer was lost: it may have been taken."""


def send(message: bytes, sender: str, recipient: str) -> None:
    """Hand a letter to the mail server; it has been taken when this returns.

    Raises:
        NotTaken, NoSuchAddress, Unanswered: see there.
    """
    try:
        client = _connect()
    except (OSError, smtplib.SMTPException) as fault:
        raise NotTaken(str(fault)) from fault
    try:
        _hand_over(client, message, sender, recipient)
    finally:
        with contextlib.suppress(Exception):  # whatever comes now changes nothing
            client.quit()
        client.close()


def _connect() -> smtplib.SMTP:
    config = current_app.config
    ours = urlsplit(config["BASE_URL"]).hostname or "localhost"
    host, port = config["SMTP_HOST"], config["SMTP_PORT"]
    if port == 465:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, local_hostname=ours, timeout=PATIENCE, context=ssl.create_default_context()
        )
    else:
        client = smtplib.SMTP(host, port, local_hostname=ours, timeout=PATIENCE)
    try:
        client.ehlo_or_helo_if_needed()
        if config["SMTP_TLS"] and port != 465:
            client.starttls(context=ssl.create_default_context())
            client.ehlo()
        if config["SMTP_USER"]:
            client.login(config["SMTP_USER"], config["SMTP_PASSWORD"])
    except BaseException:
        client.close()
        raise
    return client


def _hand_over(client: smtplib.SMTP, message: bytes, sender: str, recipient: str) -> None:
    try:
        options = []
        if not recipient.isascii():
            if not client.has_extn("smtputf8"):
                raise NoSuchAddress("the server takes only ASCII addresses")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        _expect(client.mail(sender, options))
        code, reply = client.rcpt(recipient)
        if _is_unknown(code, reply):
            raise NoSuchAddress(_line(code, reply))
        _expect((code, reply))
        code, reply = client.docmd("DATA")
        if code != 354:
            raise NotTaken(_line(code, reply))
        body = re.sub(rb"(?m)^\.", b"..", message)
        client.send(body if body.endswith(b"\r\n") else body + b"\r\n")
    except (OSError, smtplib.SMTPException) as fault:
        raise NotTaken(str(fault)) from fault
    try:  # with the last dot the letter is the server's; from here on no answer is not a no
        client.send(b".\r\n")
        code, reply = client.getreply()
    except (OSError, smtplib.SMTPException) as fault:
        raise Unanswered(str(fault)) from fault
    _expect((code, reply))


def _expect(answer: tuple[int, bytes]) -> None:
    if not 200 <= answer[0] < 300:
        raise NotTaken(_line(*answer))


def _is_unknown(code: int, reply: bytes) -> bool:
    """5.1.x says that the address is wrong; without such a number 550, 551 and 553 do (RFC 5321, RFC 3463)."""
    if number := re.match(rb"5\.(\d+)\.\d+", reply):
        return 500 <= code < 600 and number[1] == b"1"
    return code in (550, 551, 553)


def _line(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode('ascii', 'replace')}"


def put_in_outbox(message: bytes, name: str) -> Path:
    """Write a letter as a file instead, whole or not at all, where there is no mail server (the demo)."""
    folder = Path(current_app.config["OUTBOX"])
    folder.mkdir(parents=True, exist_ok=True)
    path, part = folder / name, folder / f".{name}.part"
    with part.open("wb") as file:
        file.write(message)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path
