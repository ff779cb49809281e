#!/usr/bin/env python3
"""Verifies a log of gongshi from FORMAT.md alone: python3 scripts/verify.py FOLDER [VKEY]

FOLDER is a log as files (FORMAT.md §5), as `gongshi export log` or any mirror writes it. Checks form, order, chain, keys,
signatures, tree, tiles and checkpoint; not the rules of the domain. Prints {"entries": …, "findings": […]} and exits with 0
only when there are no findings. Needs Python 3.9 and the JOSE library jwcrypto.
"""

import base64
import binascii
import hashlib
import json
import pathlib
import re
import struct
import sys

from cryptography.exceptions import InvalidSignature
from jwcrypto import jwk, jws

ENTRY = re.compile(
    rb'\{"index":(0|[1-9][0-9]*),"time":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)",'
    rb'"previous":"([0-9a-f]{64})","record":\{"protected":"([A-Za-z0-9_-]+)","payload":"([A-Za-z0-9_-]+)",'
    rb'"signature":"([A-Za-z0-9_-]+)"\}\}'
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MEMBERS = {"alg": str, "kid": str, "aud": str, "typ": str, "sub": str, "jti": str, "iat": int}
WIDTH = 256


def sha256(data):
    return hashlib.sha256(data).digest()


def unbase64(text, url):
    """Canonical only: one spelling a value."""
    decode = base64.urlsafe_b64decode if url else base64.b64decode
    encode = base64.urlsafe_b64encode if url else base64.b64encode
    padded = text + "=" * (-len(text) % 4) if url else text
    data = decode(padded)
    if encode(data).decode().rstrip("=" if url else "") != text:
        raise ValueError("not canonical base64")
    return data


def strict_object(data):
    """A JSON object in which no member stands twice."""

    def unique(pairs):
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a member stands twice")
        return dict(pairs)

    value = json.loads(data.decode("utf-8"), object_pairs_hook=unique)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def read_header(text):
    data = unbase64(text, url=True)
    header = strict_object(data)
    ver = header.get("ver", 0)
    if len(data) > 2048 or set(header) - {"ver"} != set(MEMBERS) or type(ver) is not int or ver < 0:
        raise ValueError("not the members of a header")
    if any(type(header[name]) is not kind for name, kind in MEMBERS.items()) or header["iat"] < 0:
        raise ValueError("a member of another type")
    if header["alg"] not in ("EdDSA", "Ed25519") or not UUID.fullmatch(header["jti"]):
        raise ValueError("alg or jti")
    return header


class Tree:
    """RFC 6962, growing: the complete subtrees of the right edge, and the hashes of every tile."""

    def __init__(self):
        self.size = 0
        self.edge = []  # (level, hash), larger ones first
        self.levels = []  # of tile levels, all hashes

    def append(self, leaf):
        level, node = 0, leaf
        self.size += 1
        self.keep(0, node)
        while self.edge and self.edge[-1][0] == level:
            node = sha256(b"\x01" + self.edge.pop()[1] + node)
            level += 1
            if level % 8 == 0:
                self.keep(level // 8, node)
        self.edge.append((level, node))

    def keep(self, level, node):
        while len(self.levels) <= level:
            self.levels.append([])
        self.levels[level].append(node)

    def root(self):
        if not self.edge:
            return sha256(b"")
        node = self.edge[-1][1]
        for _, left in reversed(self.edge[:-1]):
            node = sha256(b"\x01" + left + node)
        return node


def tile_path(index):
    groups = []
    while True:
        groups.insert(0, f"{index % 1000:03}")
        index //= 1000
        if not index:
            return "/".join(["x" + group for group in groups[:-1]] + groups[-1:])


def widest(folder, name):
    """The full tile, or the widest partial one beside it; its width says how many there are."""
    if (folder / name).is_file():
        return (folder / name).read_bytes(), WIDTH
    widths = [int(path.name) for path in (folder / f"{name}.p").glob("*") if path.name.isdigit()]
    return ((folder / f"{name}.p" / str(max(widths))).read_bytes(), max(widths)) if widths else (b"", 0)


def entries(folder):
    bundle = 0
    while True:
        data, width = widest(folder, f"tile/entries/{tile_path(bundle)}")
        at = 0
        for _ in range(width):
            (length,) = struct.unpack_from(">H", data, at)
            yield data[at + 2 : at + 2 + length]
            at += 2 + length
        if at != len(data):
            raise ValueError(f"bundle {bundle} does not end where it should")
        if width < WIDTH:
            return
        bundle += 1


class Verifier:
    def __init__(self):
        self.findings = []
        self.keys = {}  # kid → JWK
        self.seen = set()
        self.tree = Tree()
        self.origin, self.log_keys = None, []
        self.last_hash, self.last_time = None, b""

    def find(self, index, reason, detail=""):
        finding = {"reason": reason, "detail": str(detail)}
        self.findings.append(finding if index is None else {"index": index, **finding})

    def entry(self, data):
        self.check(data)
        self.tree.append(self.last_hash)

    def check(self, data):
        place = self.tree.size
        last_hash, self.last_hash = self.last_hash, sha256(b"\x00" + data)
        form = ENTRY.fullmatch(data)
        if not form or len(data) > 65535:
            return self.find(place, "entry-malformed")
        index, time, previous = form.group(1), form.group(2), form.group(3).decode()
        protected, payload, signature = (form.group(n).decode() for n in (4, 5, 6))
        if int(index) != place:
            self.find(place, "index-wrong", index.decode())
        if last_hash is not None and previous != last_hash.hex():
            self.find(place, "chain-broken")
        if time < self.last_time:
            self.find(place, "time-backwards")
        self.last_time = max(time, self.last_time)
        try:
            header = read_header(protected)
            content = strict_object(unbase64(payload, url=True))
            if len(unbase64(signature, url=True)) != 64:
                raise ValueError("a signature has 64 bytes")
        except (ValueError, UnicodeDecodeError, binascii.Error) as error:
            return self.find(place, "record-malformed", error)
        brought = self.brought(place, header, content, previous)
        key = self.keys.get(header["kid"]) or brought.get(header["kid"])
        if key is None:
            return self.find(place, "key-unknown", header["kid"])
        token = jws.JWS()
        token.allowed_algs = ["EdDSA", "Ed25519"]
        try:
            token.deserialize(json.dumps({"protected": protected, "payload": payload, "signature": signature}), key)
        except (jws.InvalidJWSSignature, jws.InvalidJWSObject):
            return self.find(place, "signature-mismatch")
        if (header["kid"], header["jti"]) in self.seen:
            self.find(place, "jti-reused", header["jti"])
        self.seen.add((header["kid"], header["jti"]))
        if header["aud"] != self.origin:
            self.find(place, "not-allowed", "aud")
        if header["typ"] in ("key.added", "log.service_key_added"):
            brought = self.read_keys(content, "key")
        self.keys.update(brought)
        if header["sub"] == "log":
            self.rename(place, header["typ"], content)

    def rename(self, place, typ, content):
        """What the log is called and which keys sign its checkpoints may change (FORMAT.md §6)."""
        if typ == "log.checkpoint_key_added":
            self.log_keys.append(content.get("log_key"))
        elif typ == "log.checkpoint_key_retired":
            self.log_keys = [key for key in self.log_keys if key != content.get("log_key")]
        elif typ == "log.continued":
            before = [self.origin, str(place), base64.b64encode(self.tree.root()).decode()]
            if str(content.get("predecessor")).split("\n")[:3] != before:
                self.find(place, "not-allowed", "the predecessor is not the checkpoint of the entries before")
            self.origin, self.log_keys = content.get("origin"), [content.get("log_key")]

    def brought(self, place, header, content, previous):
        """The keys by which a record may sign itself in (FORMAT.md §6)."""
        if header["typ"] == "log.opened" and place == 0:
            self.origin, self.log_keys = content.get("origin"), [content.get("log_key")]
            if previous != sha256(str(self.origin).encode()).hex():
                self.find(0, "chain-broken", "previous is not the hash of the origin")
            return self.read_keys(content, "operator_key", "service_key")
        return self.read_keys(content, "key") if header["typ"] == "organisation.registered" else {}

    @staticmethod
    def read_keys(content, *names):
        keys = [jwk.JWK(**content[name]) for name in names if isinstance(content.get(name), dict)]
        return {key.thumbprint(): key for key in keys}

    def tiles(self, folder):
        for level, hashes in enumerate(self.tree.levels):
            for index in range(0, len(hashes), WIDTH):
                path = f"tile/{level}/{tile_path(index // WIDTH)}"
                stored, width = widest(folder, path)
                if len(stored) != 32 * width:
                    self.find(None, "unreadable", f"{path}: not a tile of that width")
                ours = b"".join(hashes[index : index + WIDTH])
                if stored and not stored.startswith(ours):
                    at = next(n for n in range(0, len(ours), 32) if stored[n : n + 32] != ours[n : n + 32]) // 32
                    self.find((index + at) << (8 * level), "tile-mismatch")

    def checkpoint(self, note, vkey):
        try:
            text, signatures = note.split("\n\n", 1)
            text += "\n"
            origin, size, root = text.split("\n")[:3]
            if origin != self.origin:
                raise ValueError("not the origin of this log")
            lines = [line.split(" ") for line in signatures.splitlines()]
            if not sum(self.signed(text, lines, key) for key in ([vkey] if vkey else self.log_keys)):
                raise ValueError("no signature of the log")
        except (ValueError, InvalidSignature, binascii.Error) as error:
            return self.find(None, "checkpoint-invalid", error)
        if int(size) != self.tree.size:
            self.find(min(int(size), self.tree.size), "size-mismatch", f"{size}, there are {self.tree.size}")
        elif unbase64(root, url=False) != self.tree.root():
            self.find(None, "root-mismatch")

    @staticmethod
    def signed(text, lines, vkey):
        """How many of the signature lines are by the key; all of them must hold."""
        name, key_id, key = (vkey or "").split("+", 2)
        key = unbase64(key, url=False)
        key_hash = sha256(name.encode() + b"\n" + key)[:4]
        if key[:1] != b"\x01" or len(key) != 33 or key_hash.hex() != key_id:
            raise ValueError("not a verifier key")
        x = base64.urlsafe_b64encode(key[1:]).decode().rstrip("=")
        public = jwk.JWK(kty="OKP", crv="Ed25519", x=x).get_op_key("verify")
        ours = [unbase64(line[2], url=False) for line in lines if line[:2] == ["—", name]]
        ours = [signature[4:] for signature in ours if signature[:4] == key_hash]
        for signature in ours:
            public.verify(signature, text.encode())
        return len(ours)


def main(folder, vkey=None):
    folder, verifier = pathlib.Path(folder), Verifier()
    try:
        for data in entries(folder):
            verifier.entry(data)
        verifier.tiles(folder)
        verifier.checkpoint((folder / "checkpoint").read_text("utf-8"), vkey)
    except (OSError, ValueError, struct.error) as error:
        verifier.find(None, "unreadable", error)
    print(json.dumps({"origin": verifier.origin, "entries": verifier.tree.size, "findings": verifier.findings}))
    return 1 if verifier.findings else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
