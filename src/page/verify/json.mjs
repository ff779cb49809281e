// JSON as FORMAT.md §10 has it, rules 1 to 7: what is signed is read in one way or by nobody. JSON.parse would take the last of
// two members of one name, and round numbers.

import { textOf } from './bytes.mjs';
import { Fault } from './fault.mjs';

const NESTING_MAX = 32;
// White space between tokens, in bytes, beyond as much as everything else has.
const SPACE_FREE = 1024;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
    this.spaces = 0;
  }

  refuse(rule) {
    throw new Fault('json-' + rule, { at: this.at });
  }

  // The next token begins here.
  peek() {
    while (' \t\n\r'.includes(this.text[this.at] ?? 'end')) {
      this.at += 1;
      this.spaces += 1;
    }
    return this.text[this.at];
  }

  take(character) {
    if (this.peek() !== character) this.refuse('syntax');
    this.at += 1;
  }

  value(room) {
    const next = this.peek();
    if (next === '{' || next === '[') {
      if (room === 0) this.refuse('nesting');
      return next === '{' ? this.object(room - 1) : this.array(room - 1);
    }
    if (next === '"') return this.string();
    if (next === '-' || (next >= '0' && next <= '9')) return this.integer();
    for (const [word, value] of [['true', true], ['false', false]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.refuse(this.text.startsWith('null', this.at) ? 'null' : 'syntax');
  }

  // Without a prototype, so that a member called `__proto__` is a member like any other.
  object(room) {
    const members = Object.create(null);
    this.take('{');
    if (this.peek() !== '}') {
      for (;;) {
        if (this.peek() !== '"') this.refuse('syntax');
        const name = this.string();
        if (name in members) this.refuse('twice');
        this.take(':');
        members[name] = this.value(room);
        if (this.peek() !== ',') break;
        this.at += 1;
      }
    }
    this.take('}');
    return members;
  }

  array(room) {
    const items = [];
    this.take('[');
    if (this.peek() !== ']') {
      for (;;) {
        items.push(this.value(room));
        if (this.peek() !== ',') break;
        this.at += 1;
      }
    }
    this.take(']');
    return items;
  }

  string() {
    let value = '';
    for (this.at += 1; this.text[this.at] !== '"'; ) {
      const character = this.text[this.at];
      if (character === undefined || character < ' ') this.refuse('string');
      value += character === '\\' ? this.escape() : character;
      if (character !== '\\') this.at += 1;
    }
    this.at += 1;
    if (/\p{Surrogate}/u.test(value)) this.refuse('string');
    return value;
  }

  escape() {
    const kind = this.text[this.at + 1];
    const digits = this.text.slice(this.at + 2, this.at + 6);
    if (kind === 'u' && /^[0-9A-Fa-f]{4}$/.test(digits)) {
      this.at += 6;
      return String.fromCharCode(parseInt(digits, 16));
    }
    if (kind === undefined || !Object.hasOwn(ESCAPES, kind)) this.refuse('string');
    this.at += 2;
    return ESCAPES[kind];
  }

  integer() {
    const [digits] = /^-?[0-9]+/.exec(this.text.slice(this.at, this.at + 20)) ?? [''];
    const behind = this.text[this.at + digits.length] ?? '';
    const value = Number(digits);
    const canonical = digits !== '-0' && /^-?(0|[1-9][0-9]*)$/.test(digits) && !/[.eE0-9]/.test(behind);
    if (!canonical || !Number.isSafeInteger(value)) this.refuse('number');
    this.at += digits.length;
    return value;
  }
}

// The one value of a text.
export function readJson(bytes) {
  const reader = new JsonReader(textOf(bytes));
  const value = reader.value(NESTING_MAX);
  if (reader.peek() !== undefined) reader.refuse('syntax');
  if (reader.spaces > bytes.length - reader.spaces + SPACE_FREE) reader.refuse('space');
  return value;
}

export const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

export function readObject(bytes) {
  const value = readJson(bytes);
  if (!isObject(value)) throw new Fault('json-object');
  return value;
}
