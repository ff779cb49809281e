// What no service accepts, in a log that its own keys have signed: the verifier finds each for what it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersTo } from '../../src/page/verify/answer.mjs';
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

test('a log that changed its name is one log where the entry that says so is there', async () => {
  const log = await MadeLog.open();
  const continued = await log.continueAs('new.example/log');
  const subject = await log.append('tender.x', 'tender/T', {}, log.unit);
  assert.equal(states(await answersTo(await log.files(), trusted(log), subject)), 'yes yes open');
  const { answers } = await answersTo(await log.files([continued]), trusted(log), subject);
  assert.deepEqual([answers.signer.state, answers.log.state, codes(answers.log)], ['open', 'open', []]);
});
