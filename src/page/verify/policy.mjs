// What the person trusts: keys of logs and of witnesses, one a line, or a C2SP tlog-policy, which also says how many witnesses
// are enough.

import { Fault, attempt } from './fault.mjs';
import { LOG, WITNESS, readVkey } from './note.mjs';

const LINES_MAX = 1000;

class PolicyReader {
  constructor() {
    this.logs = [];
    this.witnesses = [];
    // Witnesses whose keys are of a type that nothing here checks: they count as if they had not cosigned.
    this.unchecked = [];
    this.members = new Map();
    this.used = new Set();
    this.quorum = undefined;
  }

  async line(words) {
    const [first, ...rest] = words;
    if (first === 'log' && rest.length >= 1) return this.key(rest[0], LOG);
    if (first === 'witness' && rest.length >= 2) return this.witness(rest[0], rest[1]);
    if (first === 'group' && rest.length >= 3) return this.group(...rest);
    if (first === 'quorum' && rest.length === 1 && this.quorum === undefined) {
      if (rest[0] !== 'none' && !this.members.has(rest[0])) throw new Fault('policy-name', { name: rest[0] });
      this.quorum = rest[0];
      return undefined;
    }
    if (words.length === 1) return this.key(first);
    throw new Fault('policy-syntax', { line: words.join(' ').slice(0, 80) });
  }

  async key(text, wanted) {
    const key = await readVkey(text);
    if (wanted !== undefined && key.kind !== wanted) throw new Fault('vkey-type', { name: key.name, type: key.kind });
    (key.kind === LOG ? this.logs : this.witnesses).push(key);
    return key;
  }

  async witness(name, text) {
    if (this.members.has(name) || name === 'none') throw new Fault('policy-name', { name });
    const { value, fault } = await attempt(() => this.key(text, WITNESS));
    if (fault && (fault.code !== 'vkey-type' || fault.values.type === LOG)) throw fault;
    if (!value) this.unchecked.push(name);
    this.members.set(name, (cosigned) => value !== undefined && cosigned.includes(value));
  }

  group(name, threshold, ...names) {
    const least = { all: names.length, any: 1 }[threshold] ?? (/^[1-9][0-9]{0,3}$/.test(threshold) ? Number(threshold) : 0);
    const fits = least >= 1 && least <= names.length && !this.members.has(name) && name !== 'none';
    if (!fits) throw new Fault('policy-syntax', { line: `group ${name} ${threshold}` });
    const members = names.map((member) => {
      if (!this.members.has(member) || this.used.has(member)) throw new Fault('policy-name', { name: member });
      this.used.add(member);
      return this.members.get(member);
    });
    this.members.set(name, (cosigned) => members.filter((member) => member(cosigned)).length >= least);
  }
}

export async function readTrust(text) {
  const reader = new PolicyReader();
  const lines = text.split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  if (lines.length > LINES_MAX) throw new Fault('policy-syntax', { line: `${lines.length} lines` });
  for (const line of lines) await reader.line(line.split(/\s+/));
  const { logs, witnesses, unchecked, quorum, members } = reader;
  const any = (cosigned) => cosigned.length > 0;
  const isEnough = quorum === undefined ? any : quorum === 'none' ? () => true : members.get(quorum);
  return { logs, witnesses, unchecked, isEnough };
}
