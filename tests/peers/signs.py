"""Hooks for the fuzzer: it signs what it sends, so that payloads are looked at and not only signatures.

GONGSHI_SIGNS is {"key", "origin", "now"}: the private key of an author as JWK, the log's origin, seconds since 1970.
"""

import gc
import itertools
import json
import os
import uuid

import schemathesis
from jwcrypto import jwk, jws
from schemathesis.core import NOT_SET

# Schemas are many small objects that stay; looking through them for garbage again and again takes a part of the time.
gc.freeze()
gc.set_threshold(100_000)

given = json.loads(os.environ["GONGSHI_SIGNS"])
key = jwk.JWK(**given["key"])
SIGNATURE = "x-jws-signature"
# Of what each member of each payload is asked, an eighth, and another one in each run: they are two thirds of all that the fuzzer would send.
MANY = {"incorrect_type", "valid_object"}
SHARE = 8
many = itertools.count(given["run"] % SHARE)


@schemathesis.hook
def filter_case(context, case):
    phase = case.meta.phase.data if case.meta else None
    return str(getattr(phase, "scenario", "")) not in MANY or case.body is NOT_SET or next(many) % SHARE == 0


@schemathesis.hook
def before_call(context, case, kwargs):
    phase = case.meta.phase.data if case.meta else None
    body = case.operation.definition.raw.get("requestBody", {})
    is_signed = any(parameter.name == SIGNATURE for parameter in case.operation.headers)
    if not is_signed or case.body is NOT_SET or getattr(phase, "parameter", None) == SIGNATURE:
        return
    payload = json.dumps(case.body, ensure_ascii=False, default=str).encode(errors="replace")
    kind = body["description"]
    subject = kind.split(".")[0]
    # What begins with the record is named in its payload, which may be anything here.
    _, _, _, *more = case.formatted_path.split("/")
    stream = subject if subject == "log" else f"{subject}/{more[0] if more else 'T-2'}"
    header = {"alg": "EdDSA", "kid": key.thumbprint(), "aud": given["origin"], "typ": kind, "sub": stream,
              "jti": str(uuid.uuid4()), "iat": given["now"]}
    token = jws.JWS(payload)
    token.add_signature(key, None, json.dumps(header))
    signed = json.loads(token.serialize())
    case.body = payload
    case.headers = {**(case.headers or {}), SIGNATURE: f"{signed['protected']}..{signed['signature']}"}
