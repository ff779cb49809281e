// A zip from a stranger, read by its central directory: stored or deflated members, by their exact names, each under a limit.

import { ascii, same, textOf } from './bytes.mjs';
import { Fault } from './fault.mjs';

const MEMBERS_MAX = 100_000;
// Of everything that is unpacked, in bytes: what a browser's page can hold. A larger one is for `gongshi verify`.
const TOTAL_BYTES_MAX = 1 << 30;
const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const COMMENT_BYTES_MAX = 65535;

export const looksLikeZip = (bytes) => same(bytes.slice(0, 4), ascii('PK\x03\x04'));

// Letters, digits, dots and the like between single slashes: nothing that leads out of a folder.
const isMemberName = (name) =>
  name.length <= 200 && name.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && part !== '.' && part !== '..');

function endOf(view) {
  for (let at = view.byteLength - END_BYTES; at >= 0 && at >= view.byteLength - END_BYTES - COMMENT_BYTES_MAX; at -= 1) {
    const isEnd = view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength;
    if (isEnd) return at;
  }
  throw new Fault('zip-end');
}

export class Zip {
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.members = new Map();
    try {
      this.directory();
    } catch (error) {
      if (error instanceof RangeError) throw new Fault('zip-cut');
      throw error;
    }
  }

  directory() {
    const { view } = this;
    const end = endOf(view);
    const count = view.getUint16(end + 10, true);
    let at = view.getUint32(end + 16, true);
    if (count === 0xffff || at === 0xffffffff || count > MEMBERS_MAX) throw new Fault('zip-large');
    const spans = [];
    let total = 0;
    for (let member = 0; member < count; member += 1) {
      if (view.getUint32(at, true) !== CENTRAL) throw new Fault('zip-cut');
      const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
      const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
      const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
      const local = view.getUint32(at + 42, true);
      const name = textOf(this.bytes.slice(at + 46, at + 46 + nameLength));
      if (!isMemberName(name)) throw new Fault('zip-name', { name: name.slice(0, 80) });
      if (this.members.has(name)) throw new Fault('zip-twice', { name });
      if (flags & 1 || (method !== 0 && method !== 8)) throw new Fault('zip-method', { name });
      const start = this.dataOf(local, name);
      if (start + packed > end) throw new Fault('zip-cut');
      total += size;
      this.members.set(name, { name, method, packed, size, start });
      spans.push([local, start + packed]);
      at += 46 + nameLength + extra + comment;
    }
    if (total > TOTAL_BYTES_MAX) throw new Fault('zip-large');
    // Members that share bytes make a small file unpack without end.
    spans.sort((a, b) => a[0] - b[0]);
    if (spans.some(([start], place) => place > 0 && start < spans[place - 1][1])) throw new Fault('zip-overlap');
  }

  // Where a member's bytes begin, behind its own header, which names it too.
  dataOf(local, name) {
    const { view } = this;
    if (view.getUint32(local, true) !== LOCAL) throw new Fault('zip-cut');
    const [nameLength, extra] = [view.getUint16(local + 26, true), view.getUint16(local + 28, true)];
    const own = this.bytes.slice(local + 30, local + 30 + nameLength);
    if (!same(own, ascii(name))) throw new Fault('zip-cut');
    return local + 30 + nameLength + extra;
  }

  names() {
    return [...this.members.keys()];
  }

  // The bytes of a member; undefined when there is none.
  async read(name) {
    const member = this.members.get(name);
    if (!member) return undefined;
    const packed = this.bytes.slice(member.start, member.start + member.packed);
    const bytes = member.method === 0 ? packed : await inflated(packed, member);
    if (bytes.length !== member.size) throw new Fault('zip-member', { name });
    return bytes;
  }

  async text(name) {
    const bytes = await this.read(name);
    if (bytes === undefined) throw new Fault('member-missing', { name });
    return textOf(bytes);
  }
}

// Never more than the directory says, which the limit of all of them together counts.
async function inflated(packed, { name, size }) {
  if (!globalThis.DecompressionStream) throw new Fault('no-decompression');
  const bytes = new Uint8Array(size);
  let at = 0;
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (at + chunk.value.length > size) throw new Fault('zip-member', { name });
      bytes.set(chunk.value, at);
      at += chunk.value.length;
    }
  } catch {
    throw new Fault('zip-member', { name });
  }
  return bytes.slice(0, at);
}
