"""Mails and letters that the tests drop; all made up."""

from email.message import EmailMessage


def mail(words: str = "Jeg vil have lys på stien.", sender: str = "Karen Holm <karen@borger.example>", **more) -> bytes:
    """An e-mail as a file; ``attached`` are (name, bytes)."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = more.get("to", "kommunen@engelund.example")
    message["Subject"] = more.get("subject", "Høringssvar")
    message["Date"] = more.get("date", "Fri, 20 Nov 2026 09:15:00 +0100")
    for name, said in more.get("header", {}).items():
        message[name] = said
    message.set_content(words)
    for name, data in more.get("attached", ()):
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


#: An answer above an older mail.
ANSWERED = """Overgangen skal ligge ved kirken.

Den 12. november 2026 kl. 10.00 skrev Engelund Kommune <kommunen@engelund.example>:
> Kære borger
> Vi vil gerne høre, hvad du mener.
"""
