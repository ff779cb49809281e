"""A JOSE library that knows nothing of gongshi: verifies its records, or signs one.

verify:  a line {"jwk": …, "jws": …} each on standard input; prints ok or bad for each.
sign:    {"key": private JWK, "protected": …, "payload": text} on standard input; prints the flattened JWS.
"""

import json
import sys

from jwcrypto import jwk, jws


def verify(line):
    item = json.loads(line)
    token = jws.JWS()
    token.deserialize(json.dumps(item["jws"]))
    try:
        token.verify(jwk.JWK(**item["jwk"]))
        return "ok"
    except jws.InvalidJWSSignature:
        return "bad"


def sign(item):
    token = jws.JWS(item["payload"].encode())
    token.add_signature(jwk.JWK(**item["key"]), None, json.dumps(item["protected"]))
    flattened = json.loads(token.serialize())
    return json.dumps({name: flattened[name] for name in ("protected", "payload", "signature")})


if sys.argv[1] == "verify":
    for text in sys.stdin:
        print(verify(text))
else:
    print(sign(json.load(sys.stdin)))
