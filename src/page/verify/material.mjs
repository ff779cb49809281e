// What somebody brought to be verified: a bundle, or entries and receipts, each told by what it is and not by its name.

import { textOf } from './bytes.mjs';
import { Bundle } from './bundle.mjs';
import { looksLikeEntry, readEntry } from './entry.mjs';
import { Fault, attempt } from './fault.mjs';
import { looksLikeAnswer, looksLikeReceipt, readAnswer, receiptOf } from './receipt.mjs';
import { looksLikeZip } from './zip.mjs';

// What can be read at once in a page; beyond it `gongshi verify` is the tool.
const ENTRIES_MAX = 20_000;

const looksLikeKeys = (text) => /^[^\s+]+\+[0-9a-f]{8}\+/m.test(text) || /^quorum /m.test(text);

async function placed(material, name, bytes) {
  if (looksLikeZip(bytes)) {
    if (material.bundle) throw new Fault('bundles-two');
    material.bundle = await Bundle.open(bytes);
    return;
  }
  const text = textOf(bytes);
  if (looksLikeEntry(text)) material.entries.push({ name, entry: await readEntry(bytes) });
  else if (looksLikeReceipt(text)) material.receipts.push({ name, ...receiptOf(bytes) });
  else if (looksLikeAnswer(text)) material.receipts.push({ name, ...readAnswer(bytes) });
  else throw new Fault(looksLikeKeys(text) ? 'file-keys' : 'file-unknown');
}

// Sorts files by what they are. A file that can't be read is a fault with its name.
export async function gather(files) {
  const material = { bundle: undefined, entries: [], receipts: [], faults: [] };
  for (const { name, bytes } of files) {
    const { fault } = await attempt(() => placed(material, name, bytes));
    if (fault) material.faults.push({ file: name, fault });
  }
  if (material.bundle) await unpack(material);
  material.entries.sort((a, b) => a.entry.index - b.entry.index);
  // The same entry twice says nothing new; two of one index with different bytes are two stories.
  const entries = [];
  for (const { name, entry } of material.entries) {
    const before = entries.at(-1);
    if (before?.entry.index !== entry.index) entries.push({ name, entry });
    else if (before.entry.bytes.join() !== entry.bytes.join()) {
      material.faults.push({ file: name, fault: new Fault('entry-two', { index: entry.index, other: before.name }) });
    }
  }
  return { ...material, entries };
}

async function unpack(material) {
  const { bundle } = material;
  const count = bundle.isWhole() ? bundle.manifest.size : bundle.manifest.entries.length;
  if (count > ENTRIES_MAX) {
    material.faults.push({ file: 'bundle.json', fault: new Fault('bundle-large', { count, limit: ENTRIES_MAX }) });
    return;
  }
  const { fault } = await attempt(async () => {
    for await (const { name, bytes, index } of bundle.entries()) {
      const { value: entry, fault } = await attempt(() => readEntry(bytes));
      if (fault) material.faults.push({ file: name, fault });
      else if (entry.index !== index) material.faults.push({ file: name, fault: new Fault('index-wrong', { stated: entry.index, index }) });
      else material.entries.push({ name, entry });
    }
  });
  if (fault) material.faults.push({ file: 'zip', fault });
}
