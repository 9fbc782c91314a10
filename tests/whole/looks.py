"""What is looked at in every answer the walks of the roles are given, so that each page is opened once."""

from typing import Any

from tests.whole.chinese import complaints, foreign
from tests.whole.guarding import faults
from tests.whole.walk import Door


def wrong(door: Door, answer: Any) -> list[str]:
    """Return what is wrong with an answer, whoever asked: what it lets strangers do, and what of it is not Chinese."""
    is_file = door.endpoint == "static" and answer.status_code == 200
    return [f"{door}: {fault}" for fault in faults(answer, is_file)] + _not_chinese(door, answer)


def _not_chinese(door: Door, answer: Any) -> list[str]:
    # Who may not is told so by the same page everywhere, which is read where all errors are.
    if door.endpoint == "static" or answer.status_code in (301, 302, 308, 403):
        return []
    if answer.is_json and answer.status_code >= 400:
        return [f"{door}: {text}" for text in _sentences(answer.json["message"]) if foreign(text)]
    return complaints(str(door), answer.get_data(as_text=True)) if answer.mimetype == "text/html" else []


def _sentences(message: Any) -> list[str]:
    """Return the sentences of an answer to a program."""
    return [message] if isinstance(message, str) else [text for texts in message.values() for text in texts]
