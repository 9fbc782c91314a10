"""The one form in which a number is compared, however somebody writes it."""

import unicodedata


def phone(text: str) -> str:
    """Return the digits of a phone number, without the country's 86."""
    if text.isascii() and text.isdecimal():
        digits = text
    else:
        digits = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isascii() and sign.isdigit())
    return digits[2:] if len(digits) == 13 and digits.startswith("861") else digits


def id_number(text: str) -> str:
    """Return an identity number in capitals, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()
