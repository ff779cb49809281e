// A journalist is sent a record that somebody has changed, and sees which and why.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { everyIndex, facts, pinned } from '../evidence.mjs';
import { choose, open } from '../offline.mjs';

export const alone = true;

export default async function (reader) {
  const { page, language, evidence, shoot, judge } = reader;
  await open(reader, pinned);
  const files = everyIndex.flatMap((index) => [`${index}.json`, `${index}.tlog-proof`]).map((name) => {
    const text = fs.readFileSync(path.join(evidence, name), 'utf8');
    return { name, mimeType: 'text/plain', buffer: Buffer.from(name === `${facts.subject}.json` ? withAnotherWord(text) : text) };
  });
  assert.equal(await choose(reader, files), 'no no open');
  const said = await page.textContent('.answer[data-question=signer] .fault');
  const expected = language === 'zh' ? [`第 ${facts.subject} 条记录：签名与内容不符`, '怎么办：'] : [`Record ${facts.subject}: The signature does not fit`, 'What to do: '];
  for (const words of expected) assert.ok(said.includes(words), said);
  await judge();
  await shoot('refused');
}

// The payload says something else, as text that is JSON still.
function withAnotherWord(entry) {
  return entry.replace(/"payload":"([^"]*)"/, (_, payload) => {
    const text = Buffer.from(payload, 'base64url').toString();
    assert.ok(text.includes('o-1'));
    return `"payload":"${Buffer.from(text.replace('o-1', 'o-2')).toString('base64url')}"`;
  });
}
