"""What schemathesis has to be told of bodies that are bytes: entries are CBOR, not text."""

import schemathesis


@schemathesis.serializer("application/cose", "application/cbor-seq")
def octets(ctx, value):
    """The bytes that an array of octets stands for; of anything else its text."""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    if isinstance(value, list):
        return bytes(item & 0xFF if isinstance(item, int) else 0 for item in value)
    return str(value).encode(errors="replace")
