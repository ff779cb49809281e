"""What scripts/verify.py takes for a record. A line "<base64 of a header> <base64 of a payload> <kind>" each on standard
input; answers y or n for the header, for the payload whatever its kind, and for the payload of that kind."""

import base64
import importlib.util
import pathlib
import sys

PATH = pathlib.Path(__file__).parents[2] / "scripts" / "verify.py"
SPEC = importlib.util.spec_from_file_location("verify", PATH)
verify = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(verify)


def takes(read, *arguments):
    try:
        read(*arguments)
        return "y"
    except ValueError:  # anything else would be a traceback
        return "n"


for line in sys.stdin:
    header, payload, kind = line.rstrip("\n").split(" ")
    header, payload = base64.b64decode(header), base64.b64decode(payload)
    print(
        takes(verify.read_header, header)
        + takes(verify.read_object, payload)
        + takes(verify.read_payload, kind, payload)
    )
