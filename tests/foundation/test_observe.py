"""What the machine room may know: only listed fields, and nothing personal in them."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from participation.foundation import observe
from participation.foundation.db import SettledFlask

SECRETS = (
    "010190-1234",
    "0101901234",
    "asta@engelund.example",
    "K7QF-2M9X-4TRA-8HWD",
    "q3Vb0Zk1TtX9yLw2Pp8sRA",
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is written to the log in production."""
    stream = io.StringIO()
    observe.configure(as_json=True, stream=stream)
    yield stream
    observe.configure(as_json=False)


def read(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_line_is_json_with_a_time_and_a_level(lines: io.StringIO) -> None:
    observe.logger("medspil.test").info("sealed", count=3)
    (line,) = read(lines)
    assert (line["event"], line["count"], line["level"], line["logger"]) == ("sealed", 3, "info", "medspil.test")
    assert str(line["timestamp"]).endswith("Z")


def test_only_listed_fields_are_written(lines: io.StringIO) -> None:
    observe.logger("medspil.test").info("sealed", count=3, words="Overgangen skal ligge ved kirken", name="Asta")
    assert "kirken" not in lines.getvalue()
    assert "Asta" not in lines.getvalue()


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_personal_is_written_in_a_listed_field_or_a_sentence(lines: io.StringIO, secret: str) -> None:
    """T22, P4."""
    observe.logger("medspil.test").warning(f"refused {secret}.", reply=f"550 <{secret}> unknown", frames=[secret])
    logging.getLogger("some.library").warning("Could not reach %s", secret)
    assert len(read(lines)) == 2
    assert secret not in lines.getvalue()


@pytest.mark.parametrize("secret", [*SECRETS, "Overgangen skal ligge ved kirken"])
def test_an_error_is_told_by_its_class_and_places_and_not_by_its_words(lines: io.StringIO, secret: str) -> None:
    try:
        raise ValueError(secret)
    except ValueError as fault:
        logging.getLogger("participation").error("fault", exc_info=fault, extra={"reference": "ab12cd34"})
        observe.logger("medspil.test").exception("job failed", job="themes")
    first, second = read(lines)
    assert first["fault"] == second["fault"] == "ValueError"
    assert first["reference"] == "ab12cd34"
    assert "test_observe.py" in str(first["frames"])
    assert secret not in lines.getvalue()


def test_ordinary_numbers_and_words_stay(lines: io.StringIO) -> None:
    line = "Høringssvar nr. 49, 22. november 2026 kl. 14.33.07, postnummer 5000, tlf. 70 00 00 01"
    assert observe.redact(line) == line
    assert observe.plain_error(KeyError("theme")) == "KeyError: 'theme'"


def test_the_console_shows_the_same_and_no_more() -> None:
    stream = io.StringIO()
    observe.configure(as_json=False, stream=stream)
    observe.logger("medspil.test").warning("sealed", count=3, words="hemmeligt")
    observe.logger("medspil.test").info("request", count=3)
    observe.configure(as_json=False)
    assert "request" not in stream.getvalue()
    assert "sealed" in stream.getvalue()
    assert "hemmeligt" not in stream.getvalue()


def test_each_request_has_an_id_and_one_line_without_its_address(app: SettledFlask, lines: io.StringIO) -> None:
    from flask import Flask

    small = Flask("small")
    small.config["LOG_JSON"] = True
    observe.init_app(small)
    observe.configure(as_json=True, stream=lines)
    small.add_url_rule("/k/<token>", "letter", lambda token: "ok", methods=["GET", "POST"])
    client: FlaskClient = small.test_client()
    answer = client.post("/k/q3Vb0Zk1TtX9yLw2Pp8sRA?sprog=da", data={"words": "hemmeligt"})
    (line,) = read(lines)
    assert (line["event"], line["method"], line["endpoint"], line["status"]) == ("request", "POST", "letter", 200)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert "q3Vb" not in lines.getvalue()
    assert "hemmeligt" not in lines.getvalue()
