// A bundle (FORMAT.md §9): evidence about a tender, an organisation or a whole log in one zip. Nothing is believed of what it says
// of itself.

import { hex, same, sha256, textOf } from './bytes.mjs';
import { Fault, attempt } from './fault.mjs';
import { isObject, readObject } from './json.mjs';
import { openNote, parseNote, readCheckpoint, rootText } from './note.mjs';
import { unbundled } from './tiles.mjs';
import { Zip } from './zip.mjs';

const FORMAT = 'gongshi-bundle/1';
const MEMBERS = ['format', 'scope', 'origin', 'size', 'created', 'entries', 'documents', 'documents_missing'];
const FOR_PEOPLE = ['README.md', 'report.html'];
const STATEMENT = ['streams', 'streams.note'];
const TILE_WIDTH = 256;

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isDigest = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

// `tender/<code>`, `organisation/<id>`, `commitment/<id>`, or undefined for the whole log.
function streamOf(scope) {
  if (scope === 'all') return undefined;
  const [[kind, id], ...rest] = isObject(scope) && Object.keys(scope).length > 0 ? Object.entries(scope) : [[]];
  const isPart = ['tender', 'organisation', 'commitment'].includes(kind) && typeof id === 'string';
  if (rest.length > 0 || !isPart) throw new Fault('manifest-form');
  return `${kind}/${id}`;
}

function readManifest(bytes) {
  const manifest = readObject(bytes);
  const { format, scope, origin, size, created, entries, documents, documents_missing: missing } = manifest;
  const holds =
    Object.keys(manifest).length === MEMBERS.length && format === FORMAT && typeof origin === 'string' && isCount(size) &&
    typeof created === 'string' && [entries, documents, missing].every(Array.isArray) &&
    entries.every((index, at) => isCount(index) && index < size && (at === 0 || entries[at - 1] < index)) &&
    [...documents, ...missing].every(isDigest);
  if (!holds) throw new Fault('manifest-form');
  const stream = streamOf(scope);
  if ((stream === undefined) !== (entries.length === 0)) throw new Fault('manifest-form');
  return { stream, origin, size, created, entries, documents, missing };
}

// The names of a level's tiles in a tree of so many hashes.
function tileNames(folder, count) {
  const names = [];
  for (let at = 0; at * TILE_WIDTH < count; at += 1) {
    const digits = String(at).padStart(Math.ceil(String(at).length / 3) * 3, '0');
    const groups = digits.match(/.{3}/g).map((group, place, all) => (place < all.length - 1 ? 'x' : '') + group);
    const width = Math.min(TILE_WIDTH, count - at * TILE_WIDTH);
    names.push({ name: `tile/${folder}/${groups.join('/')}${width < TILE_WIDTH ? `.p/${width}` : ''}`, width });
  }
  return names;
}

function hashTiles(size) {
  const tiles = [];
  for (let [level, count] = [0, size]; count > 0; level += 1, count = Math.floor(count / TILE_WIDTH)) {
    tiles.push(...tileNames(level, count).map((tile, at) => ({ ...tile, level, first: at * TILE_WIDTH })));
  }
  return tiles;
}

export class Bundle {
  static async open(bytes) {
    const zip = new Zip(bytes);
    const manifestBytes = await zip.read('bundle.json');
    if (!manifestBytes) throw new Fault('bundle-none');
    const bundle = new Bundle();
    bundle.zip = zip;
    bundle.manifest = readManifest(manifestBytes);
    bundle.checkpointText = await zip.text('checkpoint');
    bundle.note = parseNote(bundle.checkpointText);
    bundle.checkpoint = readCheckpoint(bundle.note);
    bundle.keys = (await zip.text('log.vkey')).split('\n').filter((line) => line !== '');
    return bundle;
  }

  isWhole() {
    return this.manifest.stream === undefined;
  }

  // The members that follow from the manifest, and only those.
  memberFaults() {
    const { entries, documents, size } = this.manifest;
    const wanted = new Set(['bundle.json', 'checkpoint', 'log.vkey', ...documents.map((id) => `documents/${id}`)]);
    for (const index of entries) wanted.add(`entries/${index}.json`).add(`proofs/${index}.tlog-proof`);
    if (this.isWhole()) for (const { name } of [...hashTiles(size), ...tileNames('entries', size)]) wanted.add(name);
    const optional = this.isWhole() ? FOR_PEOPLE : [...FOR_PEOPLE, ...STATEMENT];
    const missing = [...wanted].filter((name) => !this.zip.members.has(name));
    const strange = this.zip.names().filter((name) => !wanted.has(name) && !optional.includes(name));
    return [
      ...missing.map((name) => new Fault('member-missing', { name })),
      ...strange.map((name) => new Fault('member-unknown', { name })),
    ];
  }

  // Name, bytes and index of each entry that is there.
  async *entries() {
    if (!this.isWhole()) {
      for (const index of this.manifest.entries) {
        const name = `entries/${index}.json`;
        const bytes = await this.zip.read(name);
        if (bytes) yield { name, bytes, index };
      }
      return;
    }
    let index = 0;
    for (const { name, width } of tileNames('entries', this.manifest.size)) {
      const bytes = await this.zip.read(name);
      if (!bytes) return;
      for (const entry of unbundled(bytes, width, name)) yield { name, bytes: entry, index: index++ };
    }
  }

  async proof(index) {
    const bytes = await this.zip.read(`proofs/${index}.tlog-proof`);
    return bytes && textOf(bytes);
  }

  // The tiles hold the hashes of the entries.
  async tileFaults(levels) {
    const faults = [];
    for (const { name, width, level, first } of hashTiles(this.manifest.size)) {
      const bytes = await this.zip.read(name);
      if (bytes && bytes.length !== 32 * width) faults.push(new Fault('tile-length', { name }));
      const computed = levels[8 * level]?.slice(first, first + width) ?? [];
      const at = bytes ? computed.findIndex((hash, place) => !same(hash, bytes.slice(32 * place, 32 * place + 32))) : -1;
      if (at >= 0) faults.push(new Fault('tile-mismatch', { name, place: at }));
    }
    return faults;
  }

  // Origin and size are those of the checkpoint, the keys those that the entries name.
  manifestFaults(replay) {
    const faults = [];
    for (const member of ['origin', 'size']) {
      const [stated, signed] = [this.manifest[member], this.checkpoint[member]];
      if (stated !== signed) faults.push(new Fault('manifest-differs', { member, stated, signed }));
    }
    const named = [...replay.logKeys].sort().join('\n');
    if (named !== [...this.keys].sort().join('\n')) faults.push(new Fault('vkeys-differ'));
    const { stream } = this.manifest;
    if (stream && !replay.lengths.has(stream)) faults.push(new Fault('scope-empty', { stream }));
    return faults;
  }

  // Each document has the digest that it is called after, and is one that a record cites; each that one cites is here, with its size, or
  // said to be missing.
  async documentFaults(replay) {
    const faults = [];
    const sizes = new Map();
    for (const id of this.manifest.documents) {
      const bytes = await this.zip.read(`documents/${id}`);
      if (!bytes) continue;
      sizes.set(id, bytes.length);
      const computed = hex(await sha256(bytes));
      if (computed !== id) faults.push(new Fault('document-mismatch', { document: id, computed }));
    }
    const missing = new Set(this.manifest.missing);
    const uncited = new Set(sizes.keys());
    for (const { entry } of replay.records) {
      for (const { sha256: id, size } of entry.record ? cited(entry.record.payload) : []) {
        const found = sizes.get(id);
        uncited.delete(id);
        if (found === undefined && !missing.has(id)) faults.push(new Fault('document-missing', { document: id, index: entry.index }));
        if (found !== undefined && found !== size) faults.push(new Fault('document-size', { document: id, index: entry.index, found, size }));
      }
    }
    faults.push(...[...uncited].map((id) => new Fault('member-unknown', { name: `documents/${id}` })));
    return faults;
  }

  // How far the streams reach, as the log states it: { stated: false } where it states nothing.
  async reach(replay, logKeys) {
    if (!STATEMENT.some((name) => this.zip.members.has(name))) return { stated: false, faults: [] };
    const { value, fault } = await attempt(() => this.statedLengths(logKeys));
    if (fault) return { stated: false, faults: [new Fault('statement-invalid', { why: fault })] };
    const faults = [];
    for (const [stream, stated] of value) {
      const here = replay.lengths.get(stream) ?? 0;
      if (here !== stated) faults.push(new Fault('stream-mismatch', { stream, here, stated }));
    }
    return { stated: [...replay.lengths.keys()].every((stream) => value.has(stream)), faults };
  }

  async statedLengths(logKeys) {
    const [streams, noteText] = [await this.zip.text('streams'), await this.zip.text('streams.note')];
    const note = parseNote(noteText);
    await openNote(note, logKeys);
    const { origin, size, root } = this.checkpoint;
    const digest = hex(await sha256(await this.zip.read('streams')));
    const wanted = `gongshi-streams/1\n${origin}\n${size}\n${rootText(root)}\n${this.manifest.stream}\n${digest}\n`;
    if (note.text !== wanted) throw new Fault('statement-other');
    const lengths = new Map();
    for (const line of streams.split('\n').slice(0, -1)) {
      const [, stream, length] = /^(.+) (0|[1-9][0-9]{0,15})$/u.exec(line) ?? [];
      if (stream === undefined || lengths.has(stream)) throw new Fault('statement-other');
      lengths.set(stream, Number(length));
    }
    return lengths;
  }
}

// The documents that a payload cites, wherever in it.
function* cited(value) {
  if (Array.isArray(value)) for (const item of value) yield* cited(item);
  if (!isObject(value)) return;
  if (isDigest(value.sha256) && isCount(value.size) && 'media_type' in value && 'title' in value) yield value;
  for (const member of Object.values(value)) yield* cited(member);
}
