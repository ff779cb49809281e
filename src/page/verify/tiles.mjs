// Entries in bundles of a log as files (FORMAT.md §5): each `uint16 big-endian length ‖ bytes`.

import { Fault } from './fault.mjs';

// Exactly so many.
export function unbundled(bytes, count, name) {
  const entries = [];
  let at = 0;
  while (entries.length < count && at + 2 <= bytes.length) {
    const length = bytes[at] * 256 + bytes[at + 1];
    entries.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (entries.length !== count || at !== bytes.length) throw new Fault('tile-length', { name });
  return entries;
}
