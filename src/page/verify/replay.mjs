// The entries that there are, folded in the order of their indexes (FORMAT.md §6, §8): which key is whose, whether each
// signature holds and each record was signed by a key that an entry before it has brought. Neither who was entitled nor what the
// law allows is judged: `gongshi verify` does that.

import { ascii, hex, sha256, unbase64url } from './bytes.mjs';
import { readJwk, signatureHolds } from './ed25519.mjs';
import { readHeader } from './entry.mjs';
import { Fault } from './fault.mjs';

// Seconds that the author's clock may be ahead of, and behind, the entry's time (§2).
const AHEAD_MAX = 300;
const BEHIND_MAX = 86_400;
const KEYS_IN_PAYLOAD = { 'log.opened': ['operator_key', 'service_key'], 'organisation.registered': ['key'] };
const ADDS_KEY = ['key.added', 'log.service_key_added'];
const REVOKES = ['key.revoked', 'log.service_key_revoked'];

const isTimely = (header, millis) => {
  const ahead = header.iat - Math.floor(millis / 1000);
  return ahead <= AHEAD_MAX && ahead >= -BEHIND_MAX;
};

// A date-time of RFC 3339; a leap second is the last millisecond of its day (§10).
const instantOf = (text) => Date.parse(String(text).replace(/:60(\.[0-9]+)?/, ':59.999'));

export class Replay {
  constructor() {
    // Of each entry that could be read: who signed it, or why not.
    this.records = [];
    // kid → { kid, bytes, owner, name, index, confirmed, revokedFrom }
    this.keys = new Map();
    this.used = new Set();
    this.lengths = new Map();
    this.origin = undefined;
    this.operator = undefined;
    this.logKeys = [];
    this.last = undefined;
  }

  // Ascending by index. What is wrong with the place of an entry, and what with its record, are told apart: they answer
  // different questions.
  async take(entry) {
    const record = { entry, placeFaults: await this.placeFaults(entry), faults: [], signer: undefined };
    this.records.push(record);
    this.last = entry;
    if (!entry.record) {
      record.faults.push(entry.fault);
      return;
    }
    const { header } = entry.record;
    this.lengths.set(header.sub, (this.lengths.get(header.sub) ?? 0) + 1);
    try {
      record.signer = await this.signer(entry);
      this.judge(entry, record.signer);
      const brought = await this.broughtByAddition(entry, record.signer);
      this.apply(entry, brought);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      record.faults.push(fault);
    }
  }

  async placeFaults(entry) {
    const { last } = this;
    const faults = [];
    if (last && entry.index === last.index + 1 && entry.previous !== hex(last.hash)) {
      faults.push(new Fault('chain-broken', { before: last.index, stated: entry.previous, computed: hex(last.hash) }));
    }
    if (last && entry.millis < last.millis) {
      faults.push(new Fault('time-backwards', { time: entry.time, before: last.index, earlier: last.time }));
    }
    if (entry.index === 0 && entry.record) {
      const origin = hex(await sha256(ascii(String(entry.record.payload.origin))));
      if (origin !== entry.previous) faults.push(new Fault('origin-hash', { stated: entry.previous, computed: origin }));
    }
    return faults;
  }

  // The key that signed: one that was brought before, or that the record brings itself where it may.
  async signer(entry) {
    const { header, payload, signature, signed } = entry.record;
    const { typ, sub, kid } = header;
    if (typ === 'log.opened' && entry.index !== 0) throw new Fault('opened-twice');
    if (typ === 'log.opened') {
      this.origin = payload.origin;
      this.operator = `organisation/${payload.operator}`;
      this.logKeys = [payload.log_key];
    }
    const own = new Map();
    for (const member of KEYS_IN_PAYLOAD[typ] ?? []) {
      const key = await readJwk(payload[member]);
      if (!key) throw new Fault('key-malformed', { member });
      const byOperator = typ === 'log.opened';
      const owner = byOperator ? this.operator : sub;
      const name = byOperator ? payload.operator_name : payload.name;
      own.set(key.kid, { ...key, owner, name, index: entry.index, confirmed: byOperator ? entry.index : undefined });
    }
    if (own.size > 0 && !own.has(kid)) throw new Fault('key-own', { kid, keys: [...own.keys()] });
    const key = this.keys.get(kid) ?? own.get(kid);
    if (!key) throw new Fault('key-unknown', { kid });
    if (!(await signatureHolds(key.bytes, signature, signed))) throw new Fault('signature-mismatch', { kid });
    for (const [brought, value] of own) if (!this.keys.has(brought)) this.keys.set(brought, value);
    return key;
  }

  judge(entry, signer) {
    const { header } = entry.record;
    const once = `${header.kid} ${header.jti}`;
    if (this.used.has(once)) throw new Fault('jti-reused', { jti: header.jti });
    this.used.add(once);
    if (this.origin !== undefined && header.aud !== this.origin) throw new Fault('aud', { aud: header.aud, origin: this.origin });
    if (header.typ !== 'log.opened' && !isTimely(header, entry.millis)) {
      throw new Fault('iat', { signed: new Date(header.iat * 1000).toISOString(), time: entry.time });
    }
    if (signer.revokedFrom <= entry.millis) {
      throw new Fault('key-revoked', { kid: signer.kid, from: new Date(signer.revokedFrom).toISOString(), by: signer.revokedBy });
    }
  }

  // A key that a key of the same organisation brings in, and that says itself that it belongs there (possession).
  async broughtByAddition(entry, signer) {
    const { header, payload } = entry.record;
    if (!ADDS_KEY.includes(header.typ)) return undefined;
    const owner = header.typ === 'key.added' ? header.sub : this.operator;
    if (owner !== undefined && signer.owner !== owner) throw new Fault('key-adder', { owner, signer: signer.owner });
    const key = await readJwk(payload.key);
    if (!key) throw new Fault('key-malformed', { member: 'key' });
    if (!(await this.isHeld(key, header.sub, String(payload.possession), entry))) throw new Fault('possession', { kid: key.kid });
    return { ...key, owner: signer.owner, name: signer.name, index: entry.index, confirmed: signer.confirmed };
  }

  async isHeld(key, stream, possession, entry) {
    const [head, body, signature] = possession.split('.');
    if (body !== '' || signature === undefined) return false;
    const header = readHeader(unbase64url(head));
    const says = [header.kid, header.aud, header.typ, header.sub].join('\n');
    const wanted = [key.kid, entry.record.header.aud, 'key.possession', stream].join('\n');
    const signed = ascii(`${head}.`);
    return says === wanted && isTimely(header, entry.millis) && signatureHolds(key.bytes, unbase64url(signature), signed);
  }

  // What a record changes about keys and names.
  apply(entry, brought) {
    const { header, payload } = entry.record;
    const { typ, sub } = header;
    if (brought && !this.keys.has(brought.kid)) this.keys.set(brought.kid, brought);
    const named = this.keys.get(payload.kid);
    if (typ === 'organisation.confirmed' && named?.owner === sub) named.confirmed ??= entry.index;
    if (REVOKES.includes(typ) && named && !(named.revokedFrom <= instantOf(payload.effective))) {
      [named.revokedFrom, named.revokedBy] = [instantOf(payload.effective), entry.index];
    }
    if (typ === 'log.checkpoint_key_added') this.logKeys.push(payload.log_key);
    if (typ === 'log.checkpoint_key_retired') this.logKeys = this.logKeys.filter((key) => key !== payload.log_key);
    if (typ === 'log.continued') [this.origin, this.logKeys] = [payload.origin, [payload.log_key]];
  }

  // Records under a key that was revoked later, from before they were sequenced: whether its owner signed them is open.
  contested() {
    return this.records.filter(({ signer, faults, entry }) => faults.length === 0 && signer?.revokedFrom <= entry.millis);
  }
}
