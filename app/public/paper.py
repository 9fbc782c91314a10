"""What stands on paper: the QR code where the portal has an address of its own, else only what can be read out."""

from flask import current_app


def address_of(signs: str) -> str | None:
    """Return the whole address behind a code; None where the portal does not know its own and a QR code is dead."""
    base = current_app.config["BASE_URL"]
    return f"{base}/q/{signs}" if base else None


def picture(signs: str) -> str | None:
    """Return the QR code of an address as a picture inside the page; None where there is no address."""
    import segno  # noqa: PLC0415 - one megabyte, from when somebody prints

    address = address_of(signs)
    return str(segno.make_qr(address, error="m").svg_data_uri(border=2)) if address is not None else None
