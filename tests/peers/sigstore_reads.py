"""Sigstore's verifier, which knows nothing of gongshi, reads checkpoints and receipts.

The first line of standard input is {"id": hex key id, "key": hex Ed25519 key}; every other one a text in base64,
{"checkpoint": …} or {"receipt": …, "entry": …}. Prints what each says, or refused: size and root, or index, size and root.
"""

import json
import sys
from base64 import b64decode, b64encode
from types import SimpleNamespace

from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint, verify_checkpoint
from sigstore._internal.trust import Keyring
from sigstore._utils import KeyID
from sigstore.errors import VerificationError
from sigstore_models.common.v1 import PublicKey, PublicKeyDetails

# What stands before the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410).
SPKI = bytes.fromhex("302a300506032b6570032100")


def checkpoint(note, log):
    signed = SignedCheckpoint.from_text(note)
    signed.signed_note.verify(log.keyring, log.id)
    return signed.checkpoint.log_size, signed.checkpoint.log_hash


def receipt(text, entry, log):
    head, note = text.split("\n\n", 1)
    version, index, *hashes = head.split("\n")
    if version != "c2sp.org/tlog-proof@v1" or not index.startswith("index "):
        raise ValueError("no C2SP tlog-proof")
    size, root = checkpoint(note, log)
    index = int(index.removeprefix("index "))
    proof = SimpleNamespace(
        log_index=index,
        tree_size=size,
        root_hash=bytes.fromhex(root),
        hashes=[b64decode(line) for line in hashes],
        checkpoint=SimpleNamespace(envelope=note),
    )
    inner = SimpleNamespace(
        inclusion_proof=proof, canonicalized_body=entry, log_id=SimpleNamespace(key_id=log.id)
    )
    verify_checkpoint(log.keyring, SimpleNamespace(_inner=inner))
    verify_merkle_inclusion(SimpleNamespace(_inner=inner))
    return index, size, root


def read(item, log):
    try:
        if "checkpoint" in item:
            said = checkpoint(b64decode(item["checkpoint"]).decode(), log)
        else:
            said = receipt(b64decode(item["receipt"]).decode(), b64decode(item["entry"]), log)
        return " ".join(map(str, said))
    except (VerificationError, ValueError):
        return "refused"


key = json.loads(sys.stdin.readline())
spki = PublicKey(raw_bytes=b64encode(SPKI + bytes.fromhex(key["key"])), key_details=PublicKeyDetails.PKIX_ED25519)
the_log = SimpleNamespace(id=KeyID(bytes.fromhex(key["id"])), keyring=Keyring([spki]))
for line in sys.stdin:
    print(read(json.loads(line), the_log))
