// The verifier against evidence of the real service: honest, and tampered with in every way.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import zlib from 'node:zlib';
import { answersTo } from '../../src/page/verify/answer.mjs';
import { ascii, hex, joined, textOf } from '../../src/page/verify/bytes.mjs';
import { collect } from '../../src/page/verify/collect.mjs';
import { holdsByArithmetic, isKey, signatureHolds } from '../../src/page/verify/ed25519.mjs';
import { ADVICE, FAULTS } from '../../src/page/verify/faults.mjs';
import { readJson } from '../../src/page/verify/json.mjs';
import { readTrust } from '../../src/page/verify/policy.mjs';
import { SAYINGS, advice, sentence } from '../../src/page/verify/words.mjs';
import { facts, pinned, read, records } from './evidence.mjs';

const { subject } = facts;
const states = ({ answers }) => Object.values(answers).map((answer) => answer.state).join(' ');
const codes = ({ answers }) => Object.values(answers).flatMap((answer) => answer.faults.map((fault) => fault.code));
const receiptName = `${subject}.tlog-proof`;

// The files with one of them changed.
const changed = (files, name, change) =>
  files.map((file) => (file.name === name ? { name, bytes: change(file.bytes) } : file));
const edited = (files, name, edit) => changed(files, name, (bytes) => ascii(edit(textOf(bytes))));
const flipped = (bytes, at, bit = 0) => bytes.with(at, bytes[at] ^ (1 << bit));

// It is refused, for this reason, in a sentence of its own in both languages.
async function refused(files, code, trust = pinned, asked = subject) {
  const answered = await answersTo(files, trust, asked);
  assert.ok(codes(answered).includes(code), `${code} is not among ${codes(answered)}`);
  for (const fault of Object.values(answered.answers).flatMap((answer) => answer.faults)) {
    for (const language of ['zh', 'en']) {
      const said = sentence(fault, language);
      assert.ok(!/undefined|\[object|\{[a-z]/.test(said) && advice(fault, language), said);
    }
  }
  return answered;
}

test('an honest record is signed, in the log, and witnessed', async () => {
  const answered = await answersTo(records, pinned, subject);
  assert.equal(states(answered), 'yes yes yes', JSON.stringify(answered.answers));
  const said = answered.answers.signer.says.map((saying) => saying.code);
  assert.deepEqual(said, ['signed-one', 'key-shown']);
});

test('what is not shown is open, and nothing is green for it', async () => {
  assert.equal(states(await answersTo(records, '', subject)), 'yes own open');
  assert.equal(states(await answersTo(records, facts.witness_key, subject)), 'yes own yes');
  assert.equal(states(await answersTo(records, facts.log_key, subject)), 'yes yes open');
  const alone = [read(`${subject}.json`), read(receiptName)];
  const answered = await answersTo(alone, pinned);
  assert.equal(states(answered), 'open yes yes');
  assert.equal(answered.answers.signer.says[0].code, 'key-not-here');
  assert.equal(states(await answersTo([read(receiptName)], pinned)), 'open open open');
  assert.equal(states(await answersTo([read(`${subject}.json`)], pinned)), 'open open open');
  // Whose key it is must be shown to be in the log too.
  const unproved = records.filter(({ name }) => name.endsWith('.json') || name === receiptName);
  assert.equal(states(await answersTo(unproved, pinned, subject)), 'open yes yes');
});

test('what has no receipt is said to have none, and is not part of the answer', async () => {
  const [stranger] = records.filter(({ name }) => name === '1.json');
  const answered = await answersTo([stranger, read(`${subject}.json`), read(receiptName)], pinned);
  assert.deepEqual(answered.answers.log.says.find(({ code }) => code === 'entries-unproved').values, { indexes: [1] });
  assert.deepEqual(answered.records.map(({ isProved }) => isProved), [false, true]);
  const letter = { name: 'letter.txt', bytes: ascii('Dear sir') };
  assert.equal(states(await answersTo([...records, letter], pinned, subject)), 'yes open open');
  const without = records.filter(({ name }) => name !== receiptName);
  assert.equal((await answersTo(without, pinned, subject)).answers.log.state, 'open');
  await refused([read('1.json'), read(receiptName)], 'receipt-other', pinned, undefined);
});

test('the service’s own answer counts as a receipt, as far as it says what the entry says', async () => {
  const answer = (change) => ({ name: 'answer.json', bytes: ascii(JSON.stringify({ ...facts.receipt, ...change })) });
  const rest = records.filter(({ name }) => name !== receiptName);
  assert.equal(states(await answersTo([...rest, answer({})], facts.log_key, subject)), 'yes yes open');
  for (const change of [{ time: '2026-08-03T01:00:00.001Z' }, { stream: 'tender/T-2' }, { entry_hash: '00'.repeat(32) }]) {
    await refused([...rest, answer(change)], 'claim-differs');
  }
});

test('bundles of a tender, of a commitment and of the whole log hold', async () => {
  for (const name of ['tender.zip', 'handed-out.zip', 'commitment.zip', 'all.zip']) {
    const answered = await answersTo([read(name)], facts.log_key);
    assert.equal(states(answered), 'yes yes open', JSON.stringify(answered.answers));
    const own = await answersTo([read(name)]);
    assert.equal(states(own), 'yes own open');
    assert.ok(own.answers.log.says.some((saying) => saying.code === 'checkpoint-own'));
  }
});

test('what one record needs is collected from the service', async () => {
  const read = async (path) => new Uint8Array(await (await fetch(facts.service + path)).arrayBuffer());
  for (const index of [0, 1, subject, facts.size - 1]) {
    const files = await collect(index, read);
    assert.ok(files.length < 2 * facts.size, `${files.length} files`);
    assert.equal(states(await answersTo(files, facts.log_key, index)), 'yes yes open', `record ${index}`);
  }
});

test('each way of tampering has its own reason', async () => {
  const entry = `${subject}.json`;
  const part = (name) => (text) => {
    const at = text.indexOf(`"${name}":"`) + name.length + 14;
    return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  };
  await refused(edited(records, entry, part('payload')), 'signature-mismatch');
  await refused(edited(records, entry, part('signature')), 'signature-mismatch');
  await refused(edited(records, entry, part('previous')), 'entry-form');
  await refused(edited(records, entry, (text) => text.replace(/"previous":"(.)/, (_, digit) => `"previous":"${digit === '0' ? 1 : 0}`)), 'proof-root');
  await refused(edited(records, entry, (text) => text.replace('.000Z', '.001Z')), 'proof-root');
  await refused(edited(records, entry, (text) => text + '\n'), 'entry-form');
  const lines = (change) => (text) => change(text.split('\n')).join('\n');
  const swap = (at, other) => (all) => all.with(at, all[other]).with(other, all[at]);
  await refused(edited(records, receiptName, lines(swap(2, 3))), 'proof-root');
  await refused(edited(records, receiptName, lines((all) => all.toSpliced(2, 1))), 'proof-length');
  await refused(edited(records, receiptName, (text) => text.replace(/index [0-9]+/, `index ${subject - 1}`)), 'proof-root');
  await refused(edited(records, receiptName, (text) => text.replace(`\n${facts.size}\n`, `\n${facts.size + 1}\n`)), 'note-signature');
  await refused(edited(records, receiptName, (text) => text.split('—')[0]), 'note-form');
  const others = textOf(read('1.tlog-proof').bytes);
  const relabelled = others.replace('index 1', `index ${subject}`);
  await refused(edited(records, receiptName, () => relabelled), 'proof-root');
  // Another key under the log's name; one of a log that it is not; a witness's key with a slip.
  await refused(records, 'note-unsigned', facts.other_key);
  const strange = await answersTo(records, facts.log_key.replace('+', '1+'), subject);
  assert.equal(strange.trustFault.code, 'vkey-id');
  await refused(edited(records, receiptName, (text) => text.slice(0, text.lastIndexOf('—'))), 'witnesses-too-few');
});

test('a cosignature that does not hold is told by the witness’s name', async () => {
  const cut = (text) => {
    const at = text.length - 10;
    return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  };
  const answered = await refused(edited(records, receiptName, cut), 'cosignature-mismatch');
  assert.equal(states(answered), 'yes yes no');
});

test('another author’s key, brought in for the signer, is refused', async () => {
  const registered = records.find(({ bytes }) => textOf(bytes).includes('"index":') && payloadOf(bytes)?.roles?.[0] === 'enterprise');
  const stranger = records.find(({ bytes, name }) => name !== registered.name && payloadOf(bytes)?.roles?.[0] === 'centre');
  const swap = (text) => {
    const payload = { ...payloadOf(registered.bytes), key: payloadOf(stranger.bytes).key };
    const spelled = Buffer.from(JSON.stringify(payload)).toString('base64url');
    return text.replace(/"payload":"[^"]*"/, `"payload":"${spelled}"`);
  };
  const answered = await refused(edited(records, registered.name, swap), 'key-own');
  assert.notEqual(answered.answers.signer.state, 'yes');
});

test('a registration whose receipt does not hold says nothing of whose key it is', async () => {
  const { answers } = await answersTo(records, pinned, subject);
  const { brought } = answers.signer.says.find(({ code }) => code === 'key-shown').values;
  const other = textOf(read(`${brought - 1}.tlog-proof`).bytes).replace(`index ${brought - 1}`, `index ${brought}`);
  const answered = await refused(edited(records, `${brought}.tlog-proof`, () => other), 'proof-root');
  assert.equal(states(answered), 'open no open');
});

function payloadOf(bytes) {
  const [, payload] = /"payload":"([^"]*)"/.exec(textOf(bytes)) ?? [];
  return payload && JSON.parse(Buffer.from(payload, 'base64url'));
}

test('no receipt with one byte flipped is verified', async () => {
  const original = read(receiptName).bytes;
  const alone = [read(`${subject}.json`), read(receiptName)];
  assert.equal(states(await answersTo(alone, pinned)), 'open yes yes');
  for (let at = 0; at < original.length; at += 1) {
    for (const bit of [at % 8, (at + 5) % 8]) {
      const answered = await answersTo(changed(alone, receiptName, (bytes) => flipped(bytes, at, bit)), pinned);
      assert.notEqual(states(answered), 'open yes yes', `byte ${at}, bit ${bit}`);
    }
  }
});

test('no entry with one byte flipped is verified', async () => {
  const name = `${subject}.json`;
  const alone = [read(name), read(receiptName)];
  const { length } = read(name).bytes;
  for (let at = 0; at < length; at += 7) {
    const answered = await answersTo(changed(alone, name, (bytes) => flipped(bytes, at, at % 8)), pinned);
    assert.ok(['no', 'open'].includes(answered.answers.log.state), `byte ${at}`);
  }
});

test('a bundle that was cut is refused, wherever', async () => {
  const { bytes } = read('tender.zip');
  for (let length = 5; length < bytes.length; length += Math.ceil(bytes.length / 50)) {
    const answered = await answersTo([{ name: 'cut.zip', bytes: bytes.slice(0, length) }], facts.log_key);
    assert.ok(['zip-end', 'zip-cut'].includes(codes(answered)[0]), `${length}: ${codes(answered)}`);
  }
  await refused([{ name: 'zip', bytes: joined(bytes, [0]) }], 'zip-end', facts.log_key, undefined);
});

test('nothing is green for what nobody looked at', async () => {
  // A record whose receipt is another one's: nobody is known to have signed what is asked about.
  const strangers = await answersTo([read(`${subject}.json`), read(`${subject + 1}.tlog-proof`)], pinned);
  assert.equal(strangers.answers.signer.state, 'open');
  assert.deepEqual(strangers.answers.signer.says.map(({ code }) => code), ['no-entry']);
  // Who asks for no witness has not been shown that others see the same.
  const { bytes } = read('tender.zip');
  const nobody = `log ${facts.log_key}\nwitness w ${facts.witness_key}\nquorum none\n`;
  const { answers, notProved } = await answersTo([{ name: 'zip', bytes }], nobody);
  assert.deepEqual([answers.others.state, answers.others.says.at(-1).code], ['open', 'witnesses-none']);
  assert.ok(notProved.some(({ code }) => code === 'not-people'));
});

test('no bundle whose evidence was changed is verified', async () => {
  const { bytes } = read('tender.zip');
  const end = new DataView(bytes.buffer, bytes.byteLength - 22).getUint32(16, true);
  const members = membersOf(bytes);
  const tried = Array.from({ length: Math.ceil(end / 401) }, (_, n) => [n * 401, n % 8]);
  // The bits that a compressed member's last byte has too many are read by nobody: that may pass, and is tried each time.
  tried.push(...members.map(({ end }) => [end - 1, 7]));
  let passed = 0;
  for (const [at, bit] of tried) {
    const other = flipped(bytes, at, bit);
    const { answers } = await answersTo([{ name: 'zip', bytes: other }], facts.log_key);
    if (answers.log.state !== 'yes' || answers.signer.state !== 'yes') continue;
    passed += 1;
    const { name, data, end } = members.find(({ end }) => at < end);
    // A member's own header is repeated by the directory, and two members are for people.
    if (at < data || ['README.md', 'report.html'].includes(name)) continue;
    // When a bundle was made, nobody has signed.
    const said = (of) => unpacked(of, data, end).toString('latin1').replace(name === 'bundle.json' ? /"created":"[^"]*"/ : '', '');
    assert.equal(said(other), said(bytes), `byte ${at} of ${name} was changed and nothing was said`);
  }
  assert.ok(passed < tried.length / 2);
});

// Where the members of a zip stand: their names, and where the data of each begins and ends.
function membersOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const members = [];
  for (let offset = 0; view.getUint32(offset, true) === 0x04034b50; offset = members.at(-1).end) {
    const [packed, nameLength, extra] = [view.getUint32(offset + 18, true), view.getUint16(offset + 26, true), view.getUint16(offset + 28, true)];
    const data = offset + 30 + nameLength + extra;
    members.push({ name: textOf(bytes.slice(offset + 30, offset + 30 + nameLength)), data, end: data + packed });
  }
  return members;
}

const unpacked = (bytes, from, to) => zlib.inflateRawSync(bytes.subarray(from, to));

test('JSON is read in one way or not at all', () => {
  const good = ['{"a":[1,-2,"\\u0061\\ud83d\\ude00"],"b":{"__proto__":true}}', ' [ ] ', '9007199254740991'];
  for (const text of good) assert.deepEqual(JSON.stringify(readJson(ascii(text))), JSON.stringify(JSON.parse(text)), text);
  const bad = {
    'json-twice': ['{"a":1,"\\u0061":2}'],
    'json-number': ['-0', '1.0', '1e2', '01', '9007199254740992', '-'],
    'json-null': ['null', '[null]'],
    'json-string': ['"\\ud800"', '"\t"', '"\\x"', '"'],
    'json-syntax': ['', '\ufeff1', '1 2', '{,}', '[1,]', "{'a':1}", 'tru'],
    'json-nesting': ['['.repeat(33) + ']'.repeat(33)],
    'json-space': [' '.repeat(1030) + '1'],
  };
  for (const [code, texts] of Object.entries(bad)) {
    for (const text of texts) assert.throws(() => readJson(ascii(text)), { code }, text);
  }
  assert.ok(readJson(ascii('['.repeat(32) + ']'.repeat(32))));
  assert.throws(() => readJson(Uint8Array.of(0x22, 0xff, 0x22)), { code: 'not-utf8' });
});

test('Ed25519 by arithmetic judges as the platform does', async () => {
  const pair = await crypto.subtle.generateKey({ name: 'Ed25519' }, true, ['sign']);
  const key = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  assert.ok(isKey(key));
  for (let n = 0; n < 6; n += 1) {
    const message = ascii(`message ${n}`);
    const signature = new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, message));
    assert.ok(await holdsByArithmetic(key, signature, message));
    for (const bad of [flipped(signature, n, n), flipped(signature, 63 - n, n), flipped(signature, 63, 7)]) {
      assert.equal(await holdsByArithmetic(key, bad, message), false);
      assert.equal(await signatureHolds(key, bad, message), false);
    }
  }
  // Points of small order, and encodings that are not canonical.
  const little = (number) => Uint8Array.from(Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse());
  const p = 2n ** 255n - 19n;
  for (const y of [0n, 1n, p - 1n, p, p + 1n, 2n ** 255n - 1n]) assert.equal(isKey(little(y)), false, `${y}`);
});

test('trust is read as keys or as a policy', async () => {
  const { log_key: log, witness_key: witness } = facts;
  const policy = await readTrust(`log ${log}\nwitness a ${witness}\ngroup g all a\nquorum g\n`);
  assert.equal(policy.isEnough([]), false);
  assert.equal(policy.isEnough(policy.witnesses), true);
  assert.equal((await readTrust(`witness a ${witness}\nquorum none`)).isEnough([]), true);
  const bad = { 'vkey-type': `witness a ${log}`, 'policy-name': 'quorum x', 'policy-syntax': 'a b', 'vkey-form': 'word', 'vkey-point': undefined };
  for (const [code, text] of Object.entries(bad)) if (text) await assert.rejects(readTrust(text), { code });
});

test('every reason and every saying has words in both languages, with the same values', () => {
  const sources = fs.readdirSync(new URL('../../src/page/verify/', import.meta.url)).filter((name) => name.endsWith('.mjs'));
  const text = sources.map((name) => fs.readFileSync(new URL(`../../src/page/verify/${name}`, import.meta.url), 'utf8')).join('\n');
  const named = new Set([...text.matchAll(/'([a-z0-9]+(?:-[a-z0-9]+)*)'/g)].map(([, code]) => code));
  const rules = [...text.matchAll(/refuse\((?:[^)]*?\? )?'([a-z]+)'(?: : '([a-z]+)')?/g)].flatMap(([, ...found]) => found.filter(Boolean));
  for (const rule of rules) named.add(`json-${rule}`);
  const thrown = [...text.matchAll(/(?:Fault|said)\(\s*'([a-z0-9-]+)'(?!\s*\+)/g)].map(([, code]) => code);
  for (const code of [...thrown, ...rules.map((rule) => `json-${rule}`)]) assert.ok(code in FAULTS || code in SAYINGS, code);
  const values = (template) => [...template.matchAll(/\{([a-zA-Z]+)\}/g)].map(([name]) => name).sort().join();
  for (const [code, [kind, zh, en]] of Object.entries(FAULTS)) {
    assert.ok(kind in ADVICE && named.has(code), code);
    assert.equal(values(zh), values(en), code);
  }
  for (const [code, [zh, en]] of Object.entries(SAYINGS)) {
    assert.ok(named.has(code), code);
    assert.equal(values(zh), values(en), code);
  }
  assert.equal(hex(Uint8Array.of(1, 255)), '01ff');
});
