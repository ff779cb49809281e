// What no service accepts, in a log that its own keys have signed: the verifier finds each for what it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersTo } from '../../src/page/verify/answer.mjs';
import { ascii, hex, sha256 } from '../../src/page/verify/bytes.mjs';
import { sentence } from '../../src/page/verify/words.mjs';
import { MadeLog, makeKey } from './made-log.mjs';

const states = ({ answers }) => Object.values(answers).map((answer) => answer.state).join(' ');
const codes = (answer) => answer.faults.map((fault) => fault.code);
const trusted = (log) => log.signers.map((signer) => signer.vkey).join('\n');

const wrongs = {
  aud: (log) => log.append('tender.x', 'tender/T', {}, log.unit, { aud: 'other.example' }),
  iat: (log) => log.append('tender.x', 'tender/T', {}, log.unit, { iat: Math.floor(log.now() / 1000) + 301 }),
  'key-unknown': async (log) => log.append('tender.x', 'tender/T', {}, await makeKey()),
  'key-own': async (log) => log.append('organisation.registered', 'organisation/V', { key: (await makeKey()).jwk }, log.unit),
  'key-malformed': (log) => log.append('organisation.registered', 'organisation/V', { key: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } }, log.unit),
  'opened-twice': (log) => log.append('log.opened', 'log', {}, log.operator),
  'json-null': (log) => log.append('tender.x', 'tender/T', { a: null }, log.unit),
  'header-value': (log) => log.append('tender.x', '', {}, log.unit),
  'header-member': (log) => log.append('tender.x', 'tender/T', {}, log.unit, { crit: 'x' }),
  'registration-long': (log) => log.append('organisation.registered', 'organisation/V', { key: log.unit.jwk, name: 'x'.repeat(4096) }, log.unit),
  possession: async (log) => {
    const key = await makeKey();
    await log.append('key.added', 'organisation/U', { key: key.jwk, possession: await log.possession(key, 'organisation/V') }, log.unit);
  },
  'key-adder': async (log) => {
    const key = await makeKey();
    await log.append('key.added', 'organisation/U', { key: key.jwk, possession: await log.possession(key, 'organisation/U') }, log.operator);
  },
  'key-revoked': async (log) => {
    await log.append('key.revoked', 'organisation/U', { kid: log.unit.kid, effective: new Date(log.now()).toISOString() }, log.operator);
    await log.append('tender.x', 'tender/T', {}, log.unit);
  },
  'jti-reused': async (log) => {
    const jti = crypto.randomUUID();
    await log.append('tender.x', 'tender/T', {}, log.unit, { jti });
    await log.append('tender.x', 'tender/T', {}, log.unit, { jti });
  },
};

for (const [code, wrong] of Object.entries(wrongs)) {
  test(`${code} is found`, async () => {
    const log = await MadeLog.open();
    assert.equal(states(await answersTo(await log.files(), trusted(log))), 'yes yes open');
    await wrong(log);
    const { answers } = await answersTo(await log.files(), trusted(log));
    assert.equal(answers.log.state, 'yes');
    if (code === 'key-unknown' || code === 'aud') {
      // What is missing is missed, and accuses nobody.
      assert.equal(answers.signer.state, 'open');
      assert.ok(answers.signer.says.some((saying) => ['key-not-here', 'aud-other'].includes(saying.code)));
    } else {
      assert.deepEqual([answers.signer.state, codes(answers.signer)], ['no', [code]]);
    }
  });
}

test('time that runs backwards is found', async () => {
  const log = await MadeLog.open();
  await log.append('tender.x', 'tender/T', {}, log.unit, {}, log.now() - 100_000);
  const { answers } = await answersTo(await log.files(), trusted(log));
  assert.deepEqual(codes(answers.log), ['time-backwards']);
});

test('an added key signs, and one that was revoked later leaves its records in doubt', async () => {
  const log = await MadeLog.open();
  const key = await makeKey();
  await log.append('key.added', 'organisation/U', { key: key.jwk, possession: await log.possession(key, 'organisation/U') }, log.unit);
  const subject = await log.append('tender.x', 'tender/T', {}, key);
  assert.equal(states(await answersTo(await log.files(), trusted(log), subject)), 'yes yes open');
  const effective = new Date(log.now() - 120_000).toISOString();
  await log.append('key.revoked', 'organisation/U', { kid: key.kid, effective }, log.unit);
  const { answers } = await answersTo(await log.files(), trusted(log), subject);
  assert.equal(answers.signer.state, 'open');
  assert.ok(answers.signer.says.some((saying) => saying.code === 'contested' && saying.values.index === subject));
});

// A log whose last record cites a document, and the document.
async function citing() {
  const log = await MadeLog.open();
  const document = ascii('评标报告');
  const id = hex(await sha256(document));
  const cited = { title: '评标报告', sha256: id, size: document.length, media_type: 'text/plain' };
  const index = await log.append('tender.x', 'tender/T', { documents: [cited] }, log.unit);
  return { log, document, id, index };
}

test('the documents that records cite are looked for in a bundle, and those that are missing named', async () => {
  const { log, document, id, index } = await citing();
  const inLog = async (...bundle) => (await answersTo([await log.bundle(...bundle)], trusted(log))).answers.log;
  const here = await inLog({ documents: [id] }, { [`documents/${id}`]: document });
  assert.deepEqual(here.faults, []);
  assert.ok(here.says.some(({ code }) => code === 'bundle-included'), JSON.stringify(here.says));

  // One that the bundle says it lacks is named, and nothing is green for it.
  const lacking = await inLog({ documents_missing: [id] });
  assert.deepEqual([lacking.state, lacking.faults], ['open', []]);
  const saying = lacking.says.find(({ code }) => code === 'bundle-lacking');
  for (const language of ['zh', 'en']) assert.ok(sentence(saying, language).includes(id), sentence(saying, language));
  assert.ok(!lacking.says.some(({ code }) => code === 'bundle-included'));

  // One that is missing and said nothing of, another content, another size.
  const silent = await inLog();
  assert.deepEqual([silent.state, silent.faults.map(({ code, values }) => [code, values.document, values.index])], ['no', [['document-missing', id, index]]]);
  const other = ascii('评标报吿');
  assert.equal(other.length, document.length);
  assert.deepEqual(codes(await inLog({ documents: [id] }, { [`documents/${id}`]: other })), ['document-mismatch']);
  const longer = ascii('评标报告。');
  assert.deepEqual(codes(await inLog({ documents: [id] }, { [`documents/${id}`]: longer })), ['document-mismatch', 'document-size']);
});

test('a document that no record cites is refused by its name, and so is a member that the manifest does not name', async () => {
  const { log, document, id } = await citing();
  const stranger = ascii('另一份');
  const strange = hex(await sha256(stranger));
  const members = { [`documents/${id}`]: document, [`documents/${strange}`]: stranger };
  for (const documents of [[id, strange], [id]]) {
    const { answers } = await answersTo([await log.bundle({ documents }, members)], trusted(log));
    const faults = answers.log.faults.map(({ code, values }) => [code, values.name]);
    assert.deepEqual([answers.log.state, faults], ['no', [['member-unknown', `documents/${strange}`]]]);
  }
});

test('what a report says is no evidence, and the page says so', async () => {
  const { log, document, id } = await citing();
  for (const report of [undefined, '<p>中标无效</p>']) {
    const members = { [`documents/${id}`]: document, ...(report && { 'report.html': ascii(report) }) };
    const answered = await answersTo([await log.bundle({ documents: [id] }, members)], trusted(log));
    assert.deepEqual(codes(answered.answers.log), []);
    const saying = answered.notProved.find(({ code }) => code === 'not-people');
    for (const language of ['zh', 'en']) assert.ok(sentence(saying, language).includes('report.html'));
  }
});

test('a log that changed its name is one log where the entry that says so is there', async () => {
  const log = await MadeLog.open();
  const continued = await log.continueAs('new.example/log');
  const subject = await log.append('tender.x', 'tender/T', {}, log.unit);
  assert.equal(states(await answersTo(await log.files(), trusted(log), subject)), 'yes yes open');
  const { answers } = await answersTo(await log.files([continued]), trusted(log), subject);
  assert.deepEqual([answers.signer.state, answers.log.state, codes(answers.log)], ['open', 'open', []]);
});
