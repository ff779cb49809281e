// Ed25519 (RFC 8032): which keys are keys, and whether a signature holds. The browser's WebCrypto verifies; where a browser
// lacks Ed25519, the arithmetic that tells a key of prime order verifies too, slowly.

import { base64url, hex, joined, same, sha256, sha512, ascii, unbase64url } from './bytes.mjs';
import { isObject } from './json.mjs';

// §5.1: the field, the order of the group, the curve, the base point.
const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a, m = P) => ((a % m) + m) % m;

function power(base, exponent) {
  let total = 1n;
  for (let square = mod(base); exponent > 0n; exponent >>= 1n, square = (square * square) % P) {
    if (exponent & 1n) total = (total * square) % P;
  }
  return total;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ZERO = [0n, 1n, 1n, 0n];

const little = (bytes) => bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);

// §5.1.3; undefined where the bytes are not the canonical encoding of a point.
function decodePoint(bytes) {
  const number = little(bytes);
  const y = number & (2n ** 255n - 1n);
  if (bytes.length !== 32 || y >= P) return undefined;
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * power(2n, (P - 1n) / 4n));
  const isOdd = number >> 255n;
  if (mod(x * x) !== square || (x === 0n && isOdd === 1n)) return undefined;
  if ((x & 1n) !== isOdd) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

// §5.1.4
function plus(p, q) {
  const a = mod((p[1] - p[0]) * (q[1] - q[0]));
  const b = mod((p[1] + p[0]) * (q[1] + q[0]));
  const c = mod(2n * p[3] * q[3] * D);
  const d = mod(2n * p[2] * q[2]);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function times(scalar, point) {
  let total = ZERO;
  for (; scalar > 0n; scalar >>= 1n, point = plus(point, point)) {
    if (scalar & 1n) total = plus(total, point);
  }
  return total;
}

const isZero = (point) => point[0] === 0n && mod(point[1] - point[2]) === 0n;

function encodePoint(point) {
  const inverse = power(point[2], P - 2n);
  const [x, y] = [mod(point[0] * inverse), mod(point[1] * inverse)];
  let number = y | ((x & 1n) << 255n);
  return Uint8Array.from({ length: 32 }, () => {
    const byte = Number(number & 255n);
    number >>= 8n;
    return byte;
  });
}

// Canonical, and of prime order (FORMAT.md §1): of other points a signature would mean nothing, or two things.
export function isKey(bytes) {
  const spelled = hex(bytes);
  if (!judged.has(spelled)) {
    const point = decodePoint(bytes);
    judged.set(spelled, point !== undefined && !isZero(point) && isZero(times(ORDER, point)));
  }
  return judged.get(spelled);
}

// It takes milliseconds, and the same few keys are asked about again and again.
const judged = new Map();

const BASE = decodePoint(Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0x58 : 0x66)));

// §5.1.7, without the browser's help.
export async function holdsByArithmetic(key, signature, message) {
  const [r, s] = [signature.slice(0, 32), little(signature.slice(32))];
  const point = decodePoint(key);
  if (signature.length !== 64 || s >= ORDER || point === undefined) return false;
  const k = mod(little(await sha512(joined(r, key, message))), ORDER);
  const negative = [mod(-point[0]), point[1], point[2], mod(-point[3])];
  return same(encodePoint(plus(times(s, BASE), times(k, negative))), r);
}

// Whether the signature over the message is by the key, which `isKey` has taken.
export async function signatureHolds(key, signature, message) {
  if (signature.length !== 64) return false;
  try {
    const imported = await crypto.subtle.importKey('raw', key, { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify({ name: 'Ed25519' }, imported, signature, message);
  } catch {
    return holdsByArithmetic(key, signature, message);
  }
}

// A public key from its JWK, with its thumbprint (RFC 7638); undefined where it is no key, and so signs nothing.
export async function readJwk(jwk) {
  const names = isObject(jwk) ? Object.keys(jwk).sort().join() : '';
  if (names !== 'crv,kty,x' || jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || typeof jwk.x !== 'string') return undefined;
  let bytes;
  try {
    bytes = unbase64url(jwk.x);
  } catch {
    return undefined;
  }
  if (!isKey(bytes)) return undefined;
  const kid = base64url(await sha256(ascii(`{"crv":"Ed25519","kty":"OKP","x":"${jwk.x}"}`)));
  return { kid, bytes };
}
