// What is needed to verify one record, from the service that has the log: its entry and receipt, and those of the records by which
// its signer's key, and the keys of who confirmed it, came into the log. The service is only asked for bytes; what they prove is
// judged elsewhere.

import { readEntry } from './entry.mjs';
import { attempt } from './fault.mjs';
import { Replay } from './replay.mjs';

// What an organisation's stream and the log's own have that bears on keys and names.
const KINDS = [
  'organisation.registered', 'organisation.confirmed', 'organisation.renamed', 'key.added', 'key.revoked', 'log.service_key_added',
  'log.service_key_revoked', 'log.checkpoint_key_added', 'log.checkpoint_key_retired', 'log.continued',
];
// Who confirmed whom: from an enterprise over a supervisor to the operator, with room for longer chains.
const ROUNDS_MAX = 8;
// Of a stream; the most that one request gives, and more than the rules let come about in years.
const RECORDS_MAX = 500;

// `read(path)` gives the bytes that the service has there. The files, as answersTo takes them.
export async function collect(index, read) {
  const entries = new Map();
  const asked = new Set();
  const take = async (wanted) => {
    const missing = [...new Set(wanted)].filter((at) => !entries.has(at));
    for (const at of missing) entries.set(at, await read(`/v1/records/${at}/entry`));
  };
  const view = async (path) => JSON.parse(new TextDecoder().decode(await read(path)));
  const list = async (stream) => {
    if (asked.has(stream)) return;
    asked.add(stream);
    const { items } = await view(`/v1/records?${new URLSearchParams({ stream, limit: RECORDS_MAX })}`);
    await take(items.filter((item) => KINDS.includes(item.kind)).map((item) => item.index));
  };
  const listAuthor = async (at) => list(`organisation/${(await view(`/v1/records/${at}`)).author}`);
  await take([0, index]);
  await list('log');
  await listAuthor(index);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const unknown = await signersUnknown(entries);
    if (unknown.length === 0) break;
    for (const at of unknown) await listAuthor(at);
  }
  const files = [];
  for (const [at, bytes] of entries) {
    files.push({ name: `${at}.json`, bytes }, { name: `${at}.tlog-proof`, bytes: await read(`/v1/records/${at}/proof`) });
  }
  return files;
}

// Indexes of entries under keys that none of them brings in.
async function signersUnknown(entries) {
  const replay = new Replay();
  for (const at of [...entries.keys()].sort((a, b) => a - b)) {
    const { value: entry } = await attempt(() => readEntry(entries.get(at)));
    if (entry) await replay.take(entry);
  }
  const isUnknown = ({ faults }) => faults.some((fault) => fault.code === 'key-unknown');
  return replay.records.filter(isUnknown).map(({ entry }) => entry.index);
}
