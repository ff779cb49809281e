// The evidence that evidence.rs has written, for tests and journeys.

import fs from 'node:fs';
import path from 'node:path';

export const folder = process.env.EVIDENCE;
export const read = (name) => ({ name, bytes: new Uint8Array(fs.readFileSync(path.join(folder, name))) });
export const facts = JSON.parse(fs.readFileSync(path.join(folder, 'facts.json'), 'utf8'));
export const everyIndex = Array.from({ length: facts.size }, (_, index) => index);
// Entry and receipt of each record.
export const records = everyIndex.flatMap((index) => [read(`${index}.json`), read(`${index}.tlog-proof`)]);
export const pinned = `${facts.log_key}\n${facts.witness_key}\n`;
