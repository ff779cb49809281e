// The three answers: who signed, is it in the log, do others see the same log. Each is `yes`, `no`, `open`, or `own`: all of it fits
// together under keys that the evidence itself brings, and nobody compared them. With what it rests on (`says`) and what is wrong
// (`faults`); nothing is in it that was not computed here.

import { hex, same } from './bytes.mjs';
import { Fault, attempt } from './fault.mjs';
import { FAULTS } from './faults.mjs';
import { gather } from './material.mjs';
import { levelsOf, rootByProof, rootOfLevels } from './merkle.mjs';
import { cosignatureBy, openNote, readVkey, rootText } from './note.mjs';
import { readTrust } from './policy.mjs';
import { readReceipt } from './receipt.mjs';
import { Replay } from './replay.mjs';

const said = (code, values = {}) => ({ code, values });
// What a fault says of the evidence; of a browser that lacks something, or a file that is none of ours, it says nothing.
const SAYING_NOTHING = ['browser', 'files'];
const isAgainst = (fault) => !SAYING_NOTHING.includes(FAULTS[fault.code][0]);

function stateOf(faults, open, own = false) {
  if (faults.some(isAgainst)) return 'no';
  if (open || faults.length > 0) return 'open';
  return own ? 'own' : 'yes';
}

// `files` are { name, bytes }; `trust` is what the person trusts, as readTrust takes it; `subject` the index of the one record that is
// asked about, if it is one among others that only support it.
export async function answersTo(files, trust = '', subject = undefined) {
  const read = await attempt(() => readTrust(trust));
  const material = await gather(files);
  const replay = new Replay();
  for (const { entry } of material.entries) await replay.take(entry);
  const log = new LogAnswer(material, replay, read.value, subject);
  const inLog = read.fault ? { state: 'open', says: [], faults: [] } : await log.answer();
  const answers = { signer: signerAnswer(material, replay, log), log: inLog, others: await othersAnswer(log, inLog, read.value) };
  const records = replay.records.map((record) => ({ ...record, isProved: log.isProved(record.entry.index) }));
  return { answers, trustFault: read.fault, notProved: notProved(material, read.value), records };
}

// Without the entry that brought the key, or that changed the log's name, nothing is wrong and nothing is shown.
const MISSING = { 'key-unknown': 'key-not-here', aud: 'aud-other' };

// A fault where it was found.
const at = (entry, fault) => new Fault(fault.code, { ...fault.values, index: fault.values.index ?? entry.index });

function signerAnswer(material, replay, log) {
  const [says, faults] = [[], []];
  let open = replay.records.length === 0;
  for (const { entry, faults: own } of replay.records) {
    for (const fault of own) {
      const missing = material.bundle ? undefined : MISSING[fault.code];
      if (missing === undefined) faults.push(at(entry, fault));
      else if (log.isAsked(entry.index)) says.push(said(missing, { ...fault.values, index: entry.index }));
      open ||= missing !== undefined && log.isAsked(entry.index);
    }
  }
  const signers = bySigner(replay, log);
  // Of what is asked about nothing is here that somebody is known to have signed: nothing wrong was found, and nothing was shown.
  open ||= signers.size === 0;
  for (const [signer, records] of signers) {
    const { name, owner, kid } = signer;
    const isOne = records.length === 1;
    const which = isOne ? { index: records[0].entry.index } : { count: records.length };
    says.push(said(isOne ? 'signed-one' : 'signed-many', { name, owner, kid, ...which }));
    const isShown = log.isProved(signer.index) && (material.bundle !== undefined || log.isProved(signer.confirmed));
    if (signer.confirmed === undefined) says.push(said('key-unconfirmed', { owner, brought: signer.index }));
    else if (isShown) says.push(said('key-shown', { brought: signer.index, confirmed: signer.confirmed }));
    else says.push(said('key-unproved', { brought: signer.index, confirmed: signer.confirmed }));
    open ||= !isShown;
  }
  for (const { entry, signer } of replay.contested()) {
    const from = new Date(signer.revokedFrom).toISOString();
    says.push(said('contested', { index: entry.index, from, by: signer.revokedBy }));
    open = true;
  }
  if (!replay.records.some(({ entry }) => log.isAsked(entry.index))) says.push(said('no-entry'));
  return { state: stateOf(faults, open), says, faults };
}

// Who signed what is asked about, and how many of them.
function bySigner(replay, log) {
  const found = new Map();
  for (const record of replay.records) {
    if (!record.signer || record.faults.length > 0 || !log.isAsked(record.entry.index)) continue;
    found.set(record.signer, [...(found.get(record.signer) ?? []), record]);
  }
  return found;
}

// Is it in the log? Proofs lead from entries to a checkpoint, which a key of the log signed.
class LogAnswer {
  constructor(material, replay, trust, subject) {
    Object.assign(this, { material, replay, trust, subject });
    this.says = [];
    this.faults = [];
    this.open = false;
    this.own = false;
    // Checkpoints, by their text.
    this.notes = new Map();
    // Indexes of the entries from which a proof leads to a checkpoint that holds.
    this.proved = new Set();
  }

  // Whether it was found to be in the log; known when there is an answer.
  isProved(index) {
    return this.proved.has(index);
  }

  hasReceipt(index) {
    return this.material.bundle !== undefined || this.material.receipts.some((receipt) => receipt.index === index);
  }

  // Whether it is what somebody asks about: the subject, or whatever has a receipt, or everything where nothing has.
  isAsked(index) {
    if (this.subject !== undefined) return index === this.subject;
    return this.hasReceipt(index) || this.material.receipts.length === 0;
  }

  async answer() {
    const { material, replay } = this;
    this.faults.push(...material.faults.map(({ file, fault }) => new Fault(fault.code, { ...fault.values, file })));
    for (const { entry, placeFaults } of replay.records) this.faults.push(...placeFaults.map((fault) => at(entry, fault)));
    const { fault } = await attempt(async () => {
      this.keys = await this.logKeys();
    });
    if (fault) this.faults.push(fault);
    this.keys ??= [];
    if (material.bundle) await this.bundle();
    for (const receipt of material.receipts) await this.receipt(receipt);
    const unproved = material.entries.map(({ entry }) => entry.index).filter((index) => !this.hasReceipt(index));
    const isMissing = this.subject === undefined ? material.receipts.length === 0 : !this.hasReceipt(this.subject);
    if (!material.bundle && isMissing) {
      this.open = true;
      this.says.push(said('no-receipt'));
    } else if (unproved.length > 0) {
      this.says.push(said('entries-unproved', { indexes: unproved }));
    }
    return { state: stateOf(this.faults, this.open, this.own), says: this.says, faults: this.faults };
  }

  // Those that the person pinned, or else those that the entries name.
  async logKeys() {
    if (this.trust.logs.length > 0) return this.trust.logs;
    return Promise.all(this.replay.logKeys.map((text) => readVkey(String(text))));
  }

  // Sees whether the log signed the checkpoint, once a checkpoint. Witnesses are asked about those of what is asked about.
  async checkpoint({ note, checkpoint, checkpointText }, isAsked = true) {
    const before = this.notes.get(checkpointText);
    if (before) {
      if (isAsked && !before.isAsked) this.says.push(...before.says);
      before.isAsked ||= isAsked;
      return;
    }
    const says = [];
    const values = { origin: checkpoint.origin, size: checkpoint.size, root: rootText(checkpoint.root) };
    const { origin } = this.replay;
    const own = this.keys.filter((key) => key.name === checkpoint.origin);
    const pinned = this.trust.logs.length > 0;
    const known = { note, values, isAsked, says, holds: false };
    this.notes.set(checkpointText, known);
    if (origin !== undefined && origin !== checkpoint.origin) {
      this.open = true;
      if (this.material.bundle) this.faults.push(new Fault('origin-differs', { ...values, entries: origin }));
      else this.says.push(said('origin-changed', { ...values, entries: origin }));
    }
    if (this.keys.length === 0) {
      this.open = true;
      this.says.push(said('log-key-none', values));
      return;
    }
    if (own.length === 0) {
      this.faults.push(new Fault('origin-other', { ...values, keys: this.keys.map((key) => key.name) }));
      return;
    }
    const { value, fault } = await attempt(() => openNote(note, own));
    known.holds = !fault;
    if (fault) this.faults.push(fault);
    else says.push(said(pinned ? 'checkpoint-pinned' : 'checkpoint-own', { ...values, keys: value.map((key) => key.text) }));
    if (isAsked) this.says.push(...says);
    this.own ||= !pinned;
  }

  async receipt({ name, index, hashes, checkpoint, claims, ...rest }) {
    await this.checkpoint({ checkpoint, ...rest }, this.isAsked(index));
    const found = this.material.entries.find(({ entry }) => entry.index === index);
    const leaf = found?.entry.hash ?? (claims && hashOfHex(claims.hash));
    if (!found) {
      const others = this.material.entries.map(({ entry }) => entry.index);
      // Of one of each, somebody took them for a pair.
      if (others.length === 1 && this.material.receipts.length === 1) this.faults.push(new Fault('receipt-other', { file: name, index, others }));
      else this.says.push(said('entry-needed', { index }));
      this.open = true;
    }
    if (found && claims) this.compareClaims(name, claims, found.entry);
    if (!leaf) return;
    const fault = await this.inclusion(leaf, index, hashes, checkpoint);
    if (fault) this.faults.push(fault);
    else if (found && this.notes.get(rest.checkpointText).holds) this.proved.add(index);
    if (!fault && this.isAsked(index)) this.says.push(said('included', { index, size: checkpoint.size, hash: hex(leaf) }));
    const header = found?.entry.record?.header;
    if (header && this.replay.origin === undefined && header.aud !== checkpoint.origin) {
      this.open = true;
      this.says.push(said('aud-other', { index, aud: header.aud, origin: checkpoint.origin }));
    }
  }

  async inclusion(leaf, index, hashes, checkpoint) {
    const { value: root, fault } = await attempt(() => rootByProof(leaf, index, checkpoint.size, hashes));
    if (fault) return fault;
    if (same(root, checkpoint.root)) return undefined;
    return new Fault('proof-root', { index, hash: hex(leaf), computed: rootText(root), signed: rootText(checkpoint.root) });
  }

  // What the service said beside its proof.
  compareClaims(file, claims, entry) {
    const computed = { index: entry.index, time: entry.time, hash: hex(entry.hash), stream: entry.record?.header.sub };
    for (const [member, value] of Object.entries(computed)) {
      const claim = claims[member];
      if (claim !== value) this.faults.push(new Fault('claim-differs', { file, member, claim: String(claim), computed: String(value) }));
    }
  }

  async bundle() {
    const { bundle, entries } = this.material;
    const { checkpoint, checkpointText, note } = bundle;
    await this.checkpoint({ checkpoint, checkpointText, note });
    this.faults.push(...bundle.memberFaults(), ...bundle.manifestFaults(this.replay));
    const { fault } = await attempt(() => (bundle.isWhole() ? this.whole() : this.part()));
    if (fault) this.faults.push(fault);
    const documents = await attempt(() => bundle.documentFaults(this.replay));
    this.faults.push(...(documents.value ?? [documents.fault]));
    if (this.faults.length > 0) return;
    const [count, { size }, { missing }] = [entries.length, checkpoint, bundle.manifest];
    this.open ||= missing.length > 0;
    this.says.push(missing.length > 0 ? said('bundle-lacking', { count, size, missing }) : said('bundle-included', { count, size }));
  }

  async whole() {
    const { bundle, entries } = this.material;
    const { checkpoint } = bundle;
    if (entries.length !== checkpoint.size) this.faults.push(new Fault('size-mismatch', { size: checkpoint.size, found: entries.length }));
    const levels = await levelsOf(entries.map(({ entry }) => entry.hash));
    const root = await rootOfLevels(levels);
    if (!same(root, checkpoint.root)) {
      this.faults.push(new Fault('root-mismatch', { computed: rootText(root), signed: rootText(checkpoint.root) }));
    } else if (this.notes.get(bundle.checkpointText).holds) {
      for (const { entry } of entries) this.proved.add(entry.index);
    }
    this.faults.push(...(await bundle.tileFaults(levels)));
  }

  async part() {
    const { bundle, entries } = this.material;
    for (const { entry } of entries) {
      const text = await bundle.proof(entry.index);
      if (text === undefined) continue;
      const { value: receipt, fault } = await attempt(() => readReceipt(text));
      const file = `proofs/${entry.index}.tlog-proof`;
      if (fault) this.faults.push(new Fault(fault.code, { ...fault.values, file }));
      else if (receipt.checkpointText !== bundle.checkpointText) this.faults.push(new Fault('proof-checkpoint', { file }));
      else if (receipt.index !== entry.index) this.faults.push(new Fault('receipt-other', { file, index: receipt.index, others: [entry.index] }));
      else {
        const broken = await this.inclusion(entry.hash, entry.index, receipt.hashes, bundle.checkpoint);
        if (broken) this.faults.push(broken);
        else if (this.notes.get(bundle.checkpointText).holds) this.proved.add(entry.index);
      }
    }
    const { stated, faults } = await bundle.reach(this.replay, this.keys.filter((key) => key.name === bundle.checkpoint.origin));
    this.faults.push(...faults);
    if (faults.length === 0) this.says.push(said(stated ? 'streams-whole' : 'streams-open'));
    this.open ||= !stated;
  }
}

const hashOfHex = (text) => (/^[0-9a-f]{64}$/.test(text) ? Uint8Array.from(text.match(/../g), (byte) => parseInt(byte, 16)) : undefined);

// Do others see the same log? Witnesses have cosigned the checkpoint.
async function othersAnswer(log, inLog, trust) {
  const [says, faults] = [[], []];
  if (!trust || inLog.state === 'no' || log.notes.size === 0) return { state: 'open', says: [said('others-nothing')], faults };
  let open = false;
  for (const { note, values } of [...log.notes.values()].filter(({ isAsked }) => isAsked)) {
    const lines = note.signatures.filter((line) => line.name !== values.origin).map((line) => line.name);
    if (trust.witnesses.length === 0 && trust.unchecked.length === 0) {
      open = true;
      says.push(lines.length > 0 ? said('witnesses-unnamed', { count: lines.length, names: lines }) : said('witnesses-none'));
      continue;
    }
    const cosigned = [];
    for (const witness of trust.witnesses) {
      const found = await cosignatureBy(witness, note);
      if (found && !found.holds) faults.push(new Fault('cosignature-mismatch', { name: witness.name, ...values }));
      if (!found?.holds) continue;
      cosigned.push(witness);
      says.push(said('cosigned', { name: witness.name, time: new Date(found.seconds * 1000).toISOString(), size: values.size }));
    }
    // A quorum of none asks for no witness; then none has shown that others see the same.
    if (cosigned.length === 0 && trust.isEnough(cosigned)) {
      open = true;
      says.push(said('witnesses-none'));
    } else if (!trust.isEnough(cosigned)) {
      const missing = trust.witnesses.filter((witness) => !cosigned.includes(witness)).map((witness) => witness.name);
      faults.push(new Fault('witnesses-too-few', { count: cosigned.length, of: trust.witnesses.length + trust.unchecked.length, missing }));
    }
  }
  // Cosignatures of a checkpoint whose own signature nobody could check say little.
  return { state: stateOf(faults, open || inLog.state === 'open'), says, faults };
}

function notProved(material, trust) {
  const codes = ['not-true', 'not-entitled', 'not-hand', 'not-later'];
  codes.push(material.bundle ? 'not-people' : 'not-all');
  if (!trust?.logs.length) codes.push('not-which-log');
  return codes.map((code) => said(code));
}
