// A receipt: C2SP tlog-proof, which leads from an entry to a checkpoint; and the answer of the service that has one in it.

import { ascii, textOf, unbase64 } from './bytes.mjs';
import { Fault } from './fault.mjs';
import { isObject, readObject } from './json.mjs';
import { parseNote, readCheckpoint } from './note.mjs';

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
// A tree of 2^63 leaves.
const HASHES_MAX = 63;

export const looksLikeReceipt = (text) => text.startsWith('c2sp.org/tlog-proof');

export function readReceipt(text) {
  const split = text.indexOf('\n\n');
  const [first, ...lines] = split < 0 ? [''] : text.slice(0, split).split('\n');
  if (first !== FIRST_LINE) throw new Fault('receipt-form');
  // Nobody vouches for it (C2SP); gongshi writes none.
  if (lines[0]?.startsWith('extra ')) unbase64(lines.shift().slice('extra '.length));
  const [, index] = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '') ?? [];
  if (index === undefined || !Number.isSafeInteger(Number(index)) || lines.length > HASHES_MAX) throw new Fault('receipt-form');
  const hashes = lines.map(unbase64);
  if (hashes.some((hash) => hash.length !== 32)) throw new Fault('receipt-form');
  const checkpointText = text.slice(split + 2);
  const note = parseNote(checkpointText);
  return { index: Number(index), hashes, checkpointText, note, checkpoint: readCheckpoint(note) };
}

// What the service answers to who posts a record. What it says beside the proof is compared with the entry.
export function readAnswer(bytes) {
  const answer = readObject(bytes);
  if (typeof answer.proof !== 'string' || typeof answer.entry_hash !== 'string') throw new Fault('file-unknown');
  const { index, time, stream, entry_hash: hash } = answer;
  return { ...readReceipt(answer.proof), claims: { index, time, stream, hash } };
}

export const looksLikeAnswer = (text) => /^\s*\{/.test(text) && text.includes('c2sp.org/tlog-proof') && isObjectText(text);

const isObjectText = (text) => {
  try {
    return isObject(readObject(ascii(text)));
  } catch {
    return false;
  }
};

export const receiptOf = (bytes) => readReceipt(textOf(bytes));
