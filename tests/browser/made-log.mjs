// A log made up here, signed properly, that says what the service would never accept: what the verifier must find in it.

import { ascii, base64, base64url, hex, joined, sha256, textOf } from '../../src/page/verify/bytes.mjs';
import { crc32 } from 'node:zlib';
import { leafHash, levelsOf, nodeHash, rootOfLevels } from '../../src/page/verify/merkle.mjs';

const START = Date.parse('2026-08-03T01:00:00.000Z');

export async function makeKey() {
  const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: base64url(bytes) };
  const kid = base64url(await sha256(ascii(`{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`)));
  const sign = async (text) => new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, ascii(text)));
  return { bytes, jwk, kid, sign };
}

// Name, id and key of a log's signer.
async function signerOf(name, key) {
  const typed = joined([1], key.bytes);
  const id = (await sha256(joined(ascii(`${name}\n`), typed))).slice(0, 4);
  const line = async (text) => `— ${name} ${base64(joined(id, await key.sign(text)))}\n`;
  return { name, vkey: `${name}+${hex(id)}+${base64(typed)}`, line };
}

export class MadeLog {
  static async open() {
    const log = new MadeLog();
    log.entries = [];
    log.origin = 'made.example/log';
    [log.operator, log.service, log.unit] = [await makeKey(), await makeKey(), await makeKey()];
    log.signers = [await signerOf(log.origin, await makeKey())];
    const keys = { operator_key: log.operator.jwk, service_key: log.service.jwk, log_key: log.signers[0].vkey };
    await log.append('log.opened', 'log', { origin: log.origin, operator: 'O', operator_name: '平台', ...keys }, log.operator);
    await log.append('organisation.registered', 'organisation/U', { name: '单位', key: log.unit.jwk }, log.unit);
    await log.append('organisation.confirmed', 'organisation/U', { kid: log.unit.kid }, log.operator);
    return log;
  }

  // When the next entry is sequenced: a minute after the last one.
  now() {
    return START + this.entries.length * 60_000;
  }

  async jws(header, payload, key) {
    const protectedPart = base64url(ascii(JSON.stringify(header)));
    return [protectedPart, payload, base64url(await key.sign(`${protectedPart}.${payload}`))];
  }

  header(typ, sub, key) {
    return { alg: 'EdDSA', kid: key.kid, aud: this.origin, typ, sub, jti: crypto.randomUUID(), iat: Math.floor(this.now() / 1000) };
  }

  // Appends a record; `change` are members of its header that are otherwise, `time` that of its entry.
  async append(typ, sub, payload, key, change = {}, time = this.now()) {
    const header = { ...this.header(typ, sub, key), ...change };
    const [head, body, signature] = await this.jws(header, base64url(ascii(JSON.stringify(payload))), key);
    const last = this.entries.at(-1);
    const previous = hex(last ? await leafHash(last) : await sha256(ascii(this.origin)));
    const record = `{"protected":"${head}","payload":"${body}","signature":"${signature}"}`;
    const at = new Date(time).toISOString();
    this.entries.push(ascii(`{"index":${this.entries.length},"time":"${at}","previous":"${previous}","record":${record}}`));
    return this.entries.length - 1;
  }

  // What a new key says of itself.
  async possession(key, sub) {
    return (await this.jws(this.header('key.possession', sub, key), '', key)).join('.');
  }

  // From the next entry on the log has another name and key.
  async continueAs(origin) {
    const signer = await signerOf(origin, await makeKey());
    const index = await this.append('log.continued', 'log', { origin, log_key: signer.vkey, predecessor: '' }, this.operator);
    [this.origin, this.signers] = [origin, [signer]];
    return index;
  }

  // Entries and receipts, as somebody would bring them; `without` are indexes that are left out.
  async files(without = []) {
    const leaves = await Promise.all(this.entries.map(leafHash));
    const text = `${this.origin}\n${leaves.length}\n${base64(await rootOfLevels(await levelsOf(leaves)))}\n`;
    const lines = await Promise.all(this.signers.map((signer) => signer.line(text)));
    const files = [];
    for (const [index, bytes] of this.entries.entries()) {
      if (without.includes(index)) continue;
      const hashes = (await path(index, leaves)).map((hash) => `${base64(hash)}\n`).join('');
      const receipt = `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${text}\n${lines.join('')}`;
      files.push({ name: `${index}.json`, bytes }, { name: `${index}.tlog-proof`, bytes: ascii(receipt) });
    }
    return files;
  }

  // A bundle about the tender T with every entry in it (FORMAT.md §9): `manifest` is what it says otherwise, `members` what it has besides.
  async bundle(manifest = {}, members = {}) {
    const files = await this.files();
    const receipt = textOf(files.at(-1).bytes);
    const entries = [...this.entries.keys()];
    const said = { format: 'gongshi-bundle/1', scope: { tender: 'T' }, origin: this.origin, size: entries.length, created: new Date(this.now()).toISOString() };
    const all = {
      'bundle.json': ascii(JSON.stringify({ ...said, entries, documents: [], documents_missing: [], ...manifest })),
      checkpoint: ascii(receipt.slice(receipt.indexOf('\n\n') + 2)),
      'log.vkey': ascii(this.signers.map(({ vkey }) => `${vkey}\n`).join('')),
      ...Object.fromEntries(files.map(({ name, bytes }) => [name.endsWith('.json') ? `entries/${name}` : `proofs/${name}`, bytes])),
      ...members,
    };
    return { name: 'made.zip', bytes: zipped(all) };
  }
}

// A zip of members that are not packed.
function zipped(members) {
  const numbers = (...pairs) => joined(...pairs.map(([value, bytes]) => Uint8Array.from({ length: bytes }, (_, at) => (value >>> (8 * at)) & 255)));
  const [parts, directory] = [[], []];
  let at = 0;
  for (const [name, bytes] of Object.entries(members)) {
    const both = [[20, 2], [0, 2], [0, 2], [0, 4], [crc32(bytes), 4], [bytes.length, 4], [bytes.length, 4], [ascii(name).length, 2], [0, 2]];
    const local = joined(numbers([0x04034b50, 4], ...both), ascii(name), bytes);
    directory.push(joined(numbers([0x02014b50, 4], [20, 2], ...both, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), ascii(name)));
    parts.push(local);
    at += local.length;
  }
  const end = joined(...directory);
  const count = directory.length;
  return joined(...parts, end, numbers([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [end.length, 4], [at, 4], [0, 2]));
}

// RFC 6962 §2.1.1
async function path(index, leaves) {
  if (leaves.length === 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  if (index < split) return [...(await path(index, left)), await root(right)];
  return [...(await path(index - split, right)), await root(left)];
}

async function root(leaves) {
  if (leaves.length === 1) return leaves[0];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(await root(leaves.slice(0, split)), await root(leaves.slice(split)));
}
