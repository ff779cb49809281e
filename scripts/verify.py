#!/usr/bin/env python3
"""Verifies a log of gongshi from FORMAT.md alone: python3 scripts/verify.py FOLDER|BUNDLE [VKEY]

FOLDER is a log as files (FORMAT.md §5), as `gongshi export log` or any mirror writes it; a bundle of the whole log is one when it is
unpacked. BUNDLE is the zip of a part (§9). Checks form, order, chain, keys, signatures, tree, tiles and checkpoint, of a part proofs,
documents and the lengths of its streams; not the rules of the domain. Prints {"entries": …, "findings": […]} and exits with 0
only when there are no findings. Needs Python 3.9 and the JOSE library jwcrypto.
"""

import base64
import collections
import datetime
import hashlib
import itertools
import json
import pathlib
import re
import struct
import sys
import unicodedata
import zipfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwcrypto import jwk, jws
from jwcrypto.common import JWException

ENTRY = re.compile(
    rb'\{"index":(0|[1-9][0-9]{0,19}),"time":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)",'
    rb'"previous":"([0-9a-f]{64})","record":\{"protected":"([A-Za-z0-9_-]*)","payload":"([A-Za-z0-9_-]*)",'
    rb'"signature":"([A-Za-z0-9_-]*)"\}\}'
)
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SIZE = re.compile(r"0|[1-9][0-9]{0,19}")
SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)")
HEADER = {"alg": str, "kid": str, "aud": str, "typ": str, "sub": str, "jti": str, "iat": int}
# What FORMAT.md §6 says of payloads.
KEYS = {
    "log.opened": ("operator_key", "service_key"),
    "organisation.registered": ("key",),
    "key.added": ("key",),
    "log.service_key_added": ("key",),
}
TEXTS = {
    "log.opened": ("origin", "log_key"),
    "key.added": ("possession",),
    "log.service_key_added": ("possession",),
    "log.checkpoint_key_added": ("log_key",),
    "log.checkpoint_key_retired": ("log_key",),
    "log.continued": ("origin", "log_key", "predecessor"),
}
INTEGER_MAX = 2**53 - 1
NESTING_MAX = 32
SPACE_FREE = 1024
STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
REGISTRATION_BYTES_MAX = 4096
WIDTH = 256
# Ed25519: the field, the order of the group, the curve (RFC 8032 §5.1).
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


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


def add(p, q):
    """RFC 8032 §5.1.4."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def is_point(data):
    """Whether these are the canonical bytes of a point of prime order (FORMAT.md §1; RFC 8032 §5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if len(data) != 32 or y >= P or x == 0 or x * x % P != square:
        return False
    x = x if x % 2 == sign else P - x
    point, total = (x, y, 1, x * y % P), (0, 1, 1, 0)
    for bit in range(ORDER.bit_length()):
        if ORDER >> bit & 1:
            total = add(total, point)
        point = add(point, point)
    return total[0] == 0 and total[1] == total[2]


def unique(pairs):
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a member stands twice")
    return dict(pairs)


def integer(text):
    if text == "-0" or len(text) > 17 or abs(int(text)) > INTEGER_MAX:
        raise ValueError("not an integer from -(2^53 - 1) to 2^53 - 1, zero without a sign")
    return int(text)


def no_number(text):
    raise ValueError(f"{text:.20} is not an integer without fraction or exponent")


def look_through(value, room):
    if value is None:
        raise ValueError("null")
    if isinstance(value, str):
        value.encode("utf-8")  # half a surrogate pair is no character
    if isinstance(value, (dict, list)):
        if room == 0:
            raise ValueError(f"more than {NESTING_MAX} objects and arrays in each other")
        for part in [*value, *value.values()] if isinstance(value, dict) else value:
            look_through(part, room - 1)


def read_object(data):
    """An object in the JSON of FORMAT.md §10, as far as that does not depend on the kind: rules 1 to 7."""
    hooks = {"object_pairs_hook": unique, "parse_int": integer, "parse_float": no_number, "parse_constant": no_number}
    try:
        value = json.loads(data.decode("utf-8"), **hooks)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    look_through(value, NESTING_MAX)
    space = sum(map(STRING.sub(b"", data).count, (b" ", b"\t", b"\n", b"\r")))
    if space > len(data) - space + SPACE_FREE:
        raise ValueError("too much white space between tokens")
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def read_header(data):
    header = read_object(data)
    ver = header.get("ver", 0)
    if len(data) > 2048 or set(header) - {"ver"} != set(HEADER) or type(ver) is not int or ver < 0:
        raise ValueError("not the members of a header")
    if any(type(header[name]) is not kind for name, kind in HEADER.items()) or header["iat"] < 0:
        raise ValueError("a member of another type")
    if header["alg"] not in ("EdDSA", "Ed25519") or not UUID.fullmatch(header["jti"]):
        raise ValueError("alg or jti")
    if len(unbase64(header["kid"], url=True)) != 32:
        raise ValueError("kid is no thumbprint")
    for text in (header["aud"], header["typ"], header["sub"]):
        if not 0 < len(text) <= 256 or any(unicodedata.category(c) == "Cc" for c in text):
            raise ValueError("aud, typ and sub have 1 to 256 characters, none of them a control character")
    return header


def read_payload(typ, data):
    """The payload, with the members that this verifier needs; the others are not looked at."""
    content = read_object(data)
    if typ == "organisation.registered" and len(data) > REGISTRATION_BYTES_MAX:
        raise ValueError(f"a registration has at most {REGISTRATION_BYTES_MAX} bytes")
    for name in KEYS.get(typ, ()):
        key = content.get(name)
        if type(key) is not dict or set(key) != {"kty", "crv", "x"} or {*map(type, key.values())} != {str}:
            raise ValueError(f"{name} is no key")
    for name in TEXTS.get(typ, ()):
        if type(content.get(name)) is not str:
            raise ValueError(f"{name} is no text")
    return content


def read_keys(content, *names):
    """kid → JWK of those that are Ed25519 keys (FORMAT.md §1)."""
    keys = {}
    for name in names:
        try:
            key = content[name]
            if (key["kty"], key["crv"]) == ("OKP", "Ed25519") and is_point(unbase64(key["x"], url=True)):
                key = jwk.JWK(**key)
                keys[key.thumbprint()] = key
        except (ValueError, JWException):
            pass  # it signs nothing
    return keys


def holds(parts, key):
    """The signature of a flattened JWS (RFC 7515)."""
    token = jws.JWS()
    token.allowed_algs = ["EdDSA", "Ed25519"]
    try:
        token.deserialize(json.dumps(dict(zip(("protected", "payload", "signature"), parts))), key)
    except (JWException, ValueError):
        return False
    return True


def is_timely(header, time):
    """Signed at most five minutes after, and a day before, the time of the entry (FORMAT.md §2)."""
    time = datetime.datetime.strptime(time[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    return -86400 <= header["iat"] - int(time.timestamp()) <= 300


def read_entry(data):
    form = ENTRY.fullmatch(data)
    if not form or len(data) > 65535:
        raise ValueError("not the form of an entry")
    index, time, previous, *parts = (part.decode() for part in form.groups())
    datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%S.%fZ")
    if int(index) >= 2**64 or time < "1970":
        raise ValueError("index or time")
    return int(index), time, previous, parts, [unbase64(part, url=True) for part in parts]


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
    widths = [int(path.name) for path in (folder / f"{name}.p").glob("*") if re.fullmatch("[1-9][0-9]{0,2}", path.name)]
    return ((folder / f"{name}.p" / str(max(widths))).read_bytes(), max(widths)) if widths else (b"", 0)


def unbundle(data, width):
    """The entries of a bundle that has exactly so many."""
    found, at = [], 0
    for _ in range(width):
        (length,) = struct.unpack_from(">H", data, at)
        found.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(data):
        raise ValueError("a bundle does not end where it should")
    return found


def entries(folder):
    for bundle in itertools.count():
        data, width = widest(folder, f"tile/entries/{tile_path(bundle)}")
        yield from unbundle(data, width)
        if width < WIDTH:
            return


class Verifier:
    def __init__(self):
        self.findings = []
        self.keys = {}  # kid → JWK
        self.seen = set()
        self.tree = Tree()
        self.origin, self.log_keys = None, []
        self.last_hash, self.last_time = None, ""
        self.lengths = collections.Counter()  # of streams
        self.cited = {}  # SHA-256 → size

    def find(self, index, reason, detail=""):
        finding = {"reason": reason, "detail": str(detail)}
        self.findings.append(finding if index is None else {"index": index, **finding})

    def entries(self, folder):
        for data in entries(folder):
            self.check(self.tree.size, data)
            self.tree.append(self.last_hash)

    def check(self, place, data):
        last_hash, self.last_hash = self.last_hash, sha256(b"\x00" + data)
        try:
            index, time, previous, parts, decoded = read_entry(data)
        except ValueError as error:
            return self.find(place, "entry-malformed", error)
        if index != place:
            self.find(place, "index-wrong", index)
        if last_hash is not None and previous != last_hash.hex():
            self.find(place, "chain-broken")
        if time < self.last_time:
            self.find(place, "time-backwards")
        self.last_time = max(time, self.last_time)
        try:
            header = read_header(decoded[0])
            content = read_payload(header["typ"], decoded[1])
            if len(decoded[2]) != 64:
                raise ValueError("a signature has 64 bytes")
        except ValueError as error:
            return self.find(place, "record-malformed", error)
        brought = self.brought(place, header, content, previous)
        key = self.keys.get(header["kid"]) or brought.get(header["kid"])
        if key is None:
            return self.find(place, "key-unknown", header["kid"])
        if not holds(parts, key):
            return self.find(place, "signature-mismatch")
        if (header["kid"], header["jti"]) in self.seen:
            self.find(place, "jti-reused", header["jti"])
        self.seen.add((header["kid"], header["jti"]))
        self.lengths[header["sub"]] += 1
        self.cited.update(cited(content))
        if header["aud"] != self.origin:
            self.find(place, "not-allowed", "aud")
        if header["typ"] != "log.opened" and not is_timely(header, time):
            self.find(place, "not-allowed", "iat")
        if header["typ"] in ("key.added", "log.service_key_added"):
            brought = read_keys(content, "key")
            if not self.is_held(brought, header["sub"], content["possession"], time):
                self.find(place, "not-allowed", "possession")
        self.keys.update(brought)
        if header["sub"] == "log":
            self.rename(place, header["typ"], content)

    def is_held(self, brought, stream, possession, time):
        """Whether the new key says so itself, of this stream of this log, and lately (FORMAT.md §6)."""
        protected, _, signature = possession.partition("..")
        try:
            ((kid, key),) = brought.items()
            header = read_header(unbase64(protected, url=True))
        except ValueError:
            return False
        says = (header["kid"], header["aud"], header["typ"], header["sub"])
        wanted = (kid, self.origin, "key.possession", stream)
        return says == wanted and is_timely(header, time) and holds((protected, "", signature), key)

    def rename(self, place, typ, content):
        """What the log is called and which keys sign its checkpoints may change (FORMAT.md §6)."""
        if typ == "log.checkpoint_key_added":
            self.log_keys.append(content["log_key"])
        elif typ == "log.checkpoint_key_retired":
            self.log_keys = [key for key in self.log_keys if key != content["log_key"]]
        elif typ == "log.continued":
            if not self.follows(place, content["predecessor"].split("\n")[:3]):
                self.find(place, "not-allowed", "the predecessor is not the checkpoint of the entries before")
            self.origin, self.log_keys = content["origin"], [content["log_key"]]

    def follows(self, place, predecessor):
        return predecessor == [self.origin, str(place), base64.b64encode(self.tree.root()).decode()]

    def brought(self, place, header, content, previous):
        """The keys by which a record may sign itself in (FORMAT.md §6)."""
        if header["typ"] == "log.opened" and place == 0:
            self.origin, self.log_keys = content["origin"], [content["log_key"]]
            if previous != sha256(self.origin.encode()).hex():
                self.find(0, "chain-broken", "previous is not the hash of the origin")
            return read_keys(content, "operator_key", "service_key")
        return read_keys(content, "key") if header["typ"] == "organisation.registered" else {}

    def tiles(self, folder):
        for level, hashes in enumerate(self.tree.levels):
            for index in range(0, len(hashes), WIDTH):
                path = f"tile/{level}/{tile_path(index // WIDTH)}"
                stored, width = widest(folder, path)
                if len(stored) != 32 * width:
                    self.find(None, "unreadable", f"{path}: not a tile of that width")
                    continue
                ours = b"".join(hashes[index : index + WIDTH])
                if stored and not stored.startswith(ours):
                    at = next(n for n in range(0, len(ours), 32) if stored[n : n + 32] != ours[n : n + 32]) // 32
                    self.find((index + at) << (8 * level), "tile-mismatch")

    def checkpoint(self, folder, vkey):
        try:
            text = self.opened((folder / "checkpoint").read_bytes(), vkey)
            size, root = self.read_checkpoint(text)
        except (ValueError, InvalidSignature) as error:
            return self.find(None, "checkpoint-invalid", error)
        if size != self.tree.size:
            self.find(min(size, self.tree.size), "size-mismatch", f"{size}, there are {self.tree.size}")
        elif root != self.tree.root():
            self.find(None, "root-mismatch")

    def read_checkpoint(self, text):
        origin, size, root, *_ = text.split("\n")
        if origin != self.origin:
            raise ValueError("not the origin of this log")
        root = unbase64(root, url=False)
        if not SIZE.fullmatch(size) or int(size) >= 2**64 or len(root) != 32:
            raise ValueError("not a size and a root")
        return int(size), root

    def opened(self, note, vkey):
        """The text of a note that the log has signed."""
        text, _, signatures = note.decode("utf-8").rpartition("\n\n")
        text += "\n"
        lines = [SIGNATURE_LINE.fullmatch(line) for line in signatures.split("\n")[:-1]]
        if not all(lines) or not signatures.endswith("\n"):
            raise ValueError("not a signed note")
        lines = [(line[1], unbase64(line[2], url=False)) for line in lines]
        if not sum(self.signed(text, lines, key) for key in ([vkey] if vkey else self.log_keys)):
            raise ValueError("no signature of the log")
        return text

    @staticmethod
    def signed(text, lines, vkey):
        """How many of the signature lines are by the key; all of them must hold."""
        name, key_id, key = vkey.split("+", 2)
        key = unbase64(key, url=False)
        key_hash = sha256(name.encode() + b"\n" + key)[:4]
        if key[:1] != b"\x01" or not is_point(key[1:]) or key_hash.hex() != key_id:
            raise ValueError("not a verifier key")
        public = Ed25519PublicKey.from_public_bytes(key[1:])
        ours = [signature[4:] for other, signature in lines if other == name and signature[:4] == key_hash]
        for signature in ours:
            public.verify(signature, text.encode())
        return len(ours)


class Part(Verifier):
    """Entries of some streams, each with its proof (FORMAT.md §9)."""

    def read(self, path, vkey):
        with zipfile.ZipFile(path) as bundle:
            names = bundle.namelist()
            manifest = read_object(bundle.read("bundle.json"))
            indexes = manifest["entries"]
            if manifest["format"] != "gongshi-bundle/1" or manifest["scope"] == "all" or len(set(names)) < len(names):
                raise ValueError("not the bundle of a part")
            if any(type(index) is not int for index in indexes) or indexes != sorted(set(indexes)):
                raise ValueError("entries are not ascending")
            ((kind, subject),) = manifest["scope"].items()
            self.members(names, manifest)
            note, leaves, before = bundle.read("checkpoint"), {}, None
            for index in indexes:
                if before != index - 1:
                    self.last_hash = None  # nobody can tell what it follows
                self.check(index, bundle.read(f"entries/{index}.json"))
                leaves[index] = self.last_hash
                before = index
            try:
                text = self.opened(note, vkey)
                size, root = self.read_checkpoint(text)
            except (ValueError, InvalidSignature) as error:
                return self.find(None, "checkpoint-invalid", error)
            keys = bundle.read("log.vkey").decode().splitlines()
            if (manifest["origin"], manifest["size"], set(keys)) != (self.origin, size, set(self.log_keys)):
                self.find(None, "manifest-wrong")
            for index, leaf in leaves.items():
                try:
                    self.proof(bundle.read(f"proofs/{index}.tlog-proof"), note, index, leaf, (size, root))
                except ValueError as error:
                    self.find(index, "proof-invalid", error)
            if not self.lengths[f"{kind}/{subject}"]:
                self.find(None, "manifest-wrong", f"nothing is here about {kind} {subject}")
            self.statement(bundle, vkey, text, f"{kind}/{subject}")
            self.documents(bundle, manifest)

    def follows(self, place, predecessor):
        return predecessor[:2] == [self.origin, str(place)]  # the root of a tree that is not here nobody can tell

    def members(self, names, manifest):
        wanted = {"bundle.json", "checkpoint", "log.vkey"}
        wanted |= {f"documents/{name}" for name in manifest["documents"]}
        for index in manifest["entries"]:
            wanted |= {f"entries/{index}.json", f"proofs/{index}.tlog-proof"}
        free = {"README.md", "report.html", "streams", "streams.note"}
        for name in sorted(wanted - set(names)):
            self.find(None, "member-missing", name)
        for name in sorted(set(names) - wanted - free):
            self.find(None, "member-unknown", name)

    @staticmethod
    def proof(receipt, note, index, leaf, head):
        """RFC 9162 §2.1.3.2."""
        lines, _, checkpoint = receipt.decode("utf-8").partition("\n\n")
        first, place, *hashes = lines.split("\n")
        if (first, place) != ("c2sp.org/tlog-proof@v1", f"index {index}") or checkpoint.encode() != note:
            raise ValueError("another form, index or checkpoint")
        size, root = head
        at, last, node = index, size - 1, leaf
        for sibling in (unbase64(line, url=False) for line in hashes):
            if last == 0:
                raise ValueError("too long")
            if at & 1 or at == last:
                node = sha256(b"\x01" + sibling + node)
                while at and not at & 1:
                    at, last = at >> 1, last >> 1
            else:
                node = sha256(b"\x01" + node + sibling)
            at, last = at >> 1, last >> 1
        if last or index >= size or node != root:
            raise ValueError("it does not lead to the root")

    def statement(self, bundle, vkey, checkpoint, scope):
        """That nothing was taken out, by the word of the log."""
        try:
            streams = bundle.read("streams")
            text = self.opened(bundle.read("streams.note"), vkey)
        except (KeyError, ValueError, InvalidSignature) as error:
            return self.find(None, "statement-invalid", error)
        head = checkpoint.split("\n")[:3]
        if text != "\n".join(["gongshi-streams/1", *head, scope, sha256(streams).hex(), ""]):
            return self.find(None, "statement-invalid", "of another checkpoint, scope or other streams")
        stated = dict(line.rsplit(" ", 1) for line in streams.decode("utf-8").splitlines())
        for stream in sorted({*stated, *self.lengths}):
            if stated.get(stream) != str(self.lengths[stream]):
                self.find(None, "stream-mismatch", f"{stream}: {self.lengths[stream]}, stated {stated.get(stream)}")

    def documents(self, bundle, manifest):
        for name, size in self.cited.items():
            if name in manifest["documents"]:
                data = bundle.read(f"documents/{name}")
                if sha256(data).hex() != name or len(data) != size:
                    self.find(None, "document-mismatch", name)
            elif name not in manifest["documents_missing"]:
                self.find(None, "document-missing", name)
        for name in set(manifest["documents"]) - set(self.cited):
            self.find(None, "member-unknown", f"documents/{name}")


def cited(value):
    """The documents that a payload cites: SHA-256 → size."""
    if isinstance(value, dict):
        if type(value.get("sha256")) is str and type(value.get("size")) is int:
            yield value["sha256"], value["size"]
        for part in value.values():
            yield from cited(part)
    elif isinstance(value, list):
        for part in value:
            yield from cited(part)


def main(path, vkey=None):
    path = pathlib.Path(path)
    verifier = Verifier() if path.is_dir() else Part()
    whole = (verifier.entries, verifier.tiles, lambda folder: verifier.checkpoint(folder, vkey))
    for part in whole if path.is_dir() else [lambda path: verifier.read(path, vkey)]:
        try:
            part(path)
        except (OSError, ValueError, KeyError, TypeError, struct.error, zipfile.BadZipFile) as error:
            verifier.find(None, "unreadable", error)
    entries = verifier.tree.size or sum(verifier.lengths.values())
    print(json.dumps({"origin": verifier.origin, "entries": entries, "findings": verifier.findings}))
    return 1 if verifier.findings else 0


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
