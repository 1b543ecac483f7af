"""What schemathesis needs to be told to send lines of JSON."""

import json

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_context, value):
    return value if isinstance(value, (str, bytes)) else json.dumps(value)
