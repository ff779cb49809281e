// Bytes and their spellings. Each has one spelling only: what is not canonical is refused (FORMAT.md, Notation).

import { Fault } from './fault.mjs';

export const ascii = (text) => new TextEncoder().encode(text);

// UTF-8, strictly; a byte order mark stays in the text, where nothing allows it.
export function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault('not-utf8');
  }
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function base64(bytes) {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

// RFC 4648 §4, with padding.
export function unbase64(text) {
  let binary;
  try {
    binary = /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? atob(text) : undefined;
  } catch {
    binary = undefined;
  }
  if (binary === undefined || btoa(binary) !== text) throw new Fault('not-base64', { text: text.slice(0, 40) });
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

const urlSpelling = (text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

export const base64url = (bytes) => urlSpelling(base64(bytes));

// RFC 4648 §5, without padding.
export function unbase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new Fault('not-base64', { text: text.slice(0, 40) });
  const padded = text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4);
  return unbase64(padded);
}

const digest = async (name, bytes) => {
  if (!globalThis.crypto?.subtle) throw new Fault('no-cryptography');
  return new Uint8Array(await crypto.subtle.digest(name, bytes));
};

export const sha256 = (bytes) => digest('SHA-256', bytes);
export const sha512 = (bytes) => digest('SHA-512', bytes);
