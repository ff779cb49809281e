// C2SP signed notes, and what this log writes as such: checkpoints, witnesses' cosignatures (FORMAT.md §4).

import { ascii, base64, hex, joined, same, sha256, unbase64 } from './bytes.mjs';
import { isKey, signatureHolds } from './ed25519.mjs';
import { Fault } from './fault.mjs';

const NOTE_BYTES_MAX = 100_000;
const SIGNATURES_MAX = 100;
const KEY_NAME = /^[^+\p{White_Space}\p{Cc}]+$/u;

// The types of keys: a log's, which signs the text, and a witness's, which signs the text with a time.
export const LOG = 1;
export const WITNESS = 4;

// A verifier key: `<name>+<hex key id>+<base64(type ‖ key)>`.
export async function readVkey(text) {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text);
  if (!parts || !KEY_NAME.test(parts[1])) throw new Fault('vkey-form', { text: text.slice(0, 80) });
  const [, name, id, spelled] = parts;
  const bytes = unbase64(spelled);
  const [kind, key] = [bytes[0], bytes.slice(1)];
  if (kind !== LOG && kind !== WITNESS) throw new Fault('vkey-type', { name, type: kind });
  const computed = (await sha256(joined(ascii(name + '\n'), bytes))).slice(0, 4);
  if (hex(computed) !== id) throw new Fault('vkey-id', { name, id, computed: hex(computed) });
  if (!isKey(key)) throw new Fault('vkey-point', { name });
  return { name, id: computed, kind, key, text };
}

export function parseNote(note) {
  const split = note.lastIndexOf('\n\n');
  const fits = note.length <= NOTE_BYTES_MAX && !/[\x00-\x09\x0b-\x1f]/.test(note);
  if (!fits || split < 0 || !note.endsWith('\n') || split + 2 >= note.length) throw new Fault('note-form');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) throw new Fault('note-form');
  const signatures = lines.map((line) => {
    const [, name, spelled] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
    const bytes = spelled === undefined ? [] : unbase64(spelled);
    if (bytes.length < 5 || !KEY_NAME.test(name)) throw new Fault('note-line', { line: line.slice(0, 80) });
    return { name, id: bytes.slice(0, 4), bytes: bytes.slice(4) };
  });
  return { text: note.slice(0, split + 1), signatures };
}

// Name and id together name a key; either alone may be a coincidence.
const isBy = (key) => (signature) => signature.name === key.name && same(signature.id, key.id);

// Sees that at least one of a log's keys signed the note, and that none of their lines fails; the names of those that signed.
export async function openNote(note, keys) {
  const by = [];
  for (const key of keys) {
    for (const signature of note.signatures.filter(isBy(key))) {
      if (!(await signatureHolds(key.key, signature.bytes, ascii(note.text)))) throw new Fault('note-signature', { name: key.name });
      by.push(key);
    }
  }
  if (by.length === 0) {
    const signers = note.signatures.map((signature) => `${signature.name}+${hex(signature.id)}`);
    throw new Fault('note-unsigned', { keys: keys.map((key) => `${key.name}+${hex(key.id)}`), signers });
  }
  return by;
}

// What a checkpoint's text says.
export function readCheckpoint(note) {
  const [origin, size, root, ...rest] = note.text.slice(0, -1).split('\n');
  const canonical = /^(0|[1-9][0-9]{0,15})$/.test(size ?? '') && Number.isSafeInteger(Number(size));
  if (!origin || !canonical || root === undefined || rest.some((line) => line === '')) throw new Fault('checkpoint-form');
  const bytes = unbase64(root);
  if (bytes.length !== 32) throw new Fault('checkpoint-form');
  return { origin, size: Number(size), root: bytes };
}

// A witness's line: key id ‖ time (8 bytes) ‖ signature over `cosignature/v1\ntime <time>\n` and the text. Undefined where the
// witness has none here; `holds` says whether its signature does.
export async function cosignatureBy(witness, note) {
  const line = note.signatures.find(isBy(witness));
  if (!line) return undefined;
  const time = line.bytes.slice(0, 8).reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  const message = ascii(`cosignature/v1\ntime ${time}\n${note.text}`);
  const holds = line.bytes.length === 72 && time < 2n ** 63n && (await signatureHolds(witness.key, line.bytes.slice(8), message));
  return { witness, seconds: Number(time), holds };
}

export const rootText = (root) => base64(root);
