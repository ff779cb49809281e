// An entry and the signed record in it (FORMAT.md §2, §3), read strictly. Whether the signature holds is asked in replay.mjs.

import { ascii, textOf, unbase64url } from './bytes.mjs';
import { Fault } from './fault.mjs';
import { readObject } from './json.mjs';
import { leafHash } from './merkle.mjs';

const ENTRY_BYTES_MAX = 65535;
const HEADER_BYTES_MAX = 2048;
const REGISTRATION_BYTES_MAX = 4096;
const NAME_CHARACTERS_MAX = 256;
const FORM =
  /^\{"index":(0|[1-9][0-9]{0,15}),"time":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)","previous":"([0-9a-f]{64})","record":\{"protected":"([A-Za-z0-9_-]*)","payload":"([A-Za-z0-9_-]*)","signature":"([A-Za-z0-9_-]*)"\}\}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const HEADER = { alg: 'string', kid: 'string', aud: 'string', typ: 'string', sub: 'string', jti: 'string', iat: 'number' };

export const looksLikeEntry = (text) => text.startsWith('{"index":') && text.includes('"record":{"protected":"');

// A time of the one form of §3, in milliseconds.
function millisOf(time) {
  const millis = Date.parse(time);
  if (Number.isNaN(millis) || millis < 0 || new Date(millis).toISOString() !== time) throw new Fault('entry-time', { time });
  return millis;
}

const isName = (text) => text.length > 0 && [...text].length <= NAME_CHARACTERS_MAX && !/\p{Cc}/u.test(text);

// The header of a JWS.
export function readHeader(bytes) {
  const header = readObject(bytes);
  const names = Object.keys(header).filter((name) => name !== 'ver');
  const strange = names.find((name) => !Object.hasOwn(HEADER, name));
  if (strange !== undefined) throw new Fault('header-member', { member: strange });
  const wrong = Object.keys(HEADER).find((name) => typeof header[name] !== HEADER[name]);
  if (wrong !== undefined) throw new Fault('header-value', { member: wrong });
  const { alg, kid, aud, typ, sub, jti, iat, ver = 0 } = header;
  const holds = {
    alg: alg === 'EdDSA' || alg === 'Ed25519',
    kid: unbase64url(kid).length === 32,
    aud: isName(aud),
    typ: isName(typ),
    sub: isName(sub),
    jti: UUID.test(jti),
    iat: iat >= 0,
    ver: typeof ver === 'number' && ver >= 0,
  };
  const bad = Object.keys(holds).find((name) => !holds[name]);
  if (bad !== undefined) throw new Fault('header-value', { member: bad });
  if (bytes.length > HEADER_BYTES_MAX) throw new Fault('header-long', { limit: HEADER_BYTES_MAX });
  return header;
}

// The parts of an entry: `record` is undefined, and `fault` says why, where the entry has its form and the record in it has not.
export async function readEntry(bytes) {
  const form = bytes.length <= ENTRY_BYTES_MAX ? FORM.exec(textOf(bytes)) : null;
  if (!form) throw new Fault('entry-form', { length: bytes.length });
  const [, index, time, previous, ...parts] = form;
  if (!Number.isSafeInteger(Number(index))) throw new Fault('entry-form', { length: bytes.length });
  const millis = millisOf(time);
  const decoded = parts.map(unbase64url);
  const entry = { index: Number(index), time, millis, previous, hash: await leafHash(bytes), bytes };
  try {
    return { ...entry, record: readRecord(parts, decoded) };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { ...entry, fault };
  }
}

function readRecord([protectedPart, payloadPart], [head, body, signature]) {
  const header = readHeader(head);
  const payload = readObject(body);
  if (header.typ === 'organisation.registered' && body.length > REGISTRATION_BYTES_MAX) {
    throw new Fault('registration-long', { limit: REGISTRATION_BYTES_MAX });
  }
  if (signature.length !== 64) throw new Fault('signature-length', { length: signature.length });
  return { header, payload, signature, signed: ascii(`${protectedPart}.${payloadPart}`) };
}
