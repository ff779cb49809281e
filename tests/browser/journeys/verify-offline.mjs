// A bidder verifies a record at home: entry, receipt, and the records that brought the signer's key, with keys from elsewhere.

import assert from 'node:assert/strict';
import path from 'node:path';
import { everyIndex, facts, pinned } from '../evidence.mjs';
import { fits } from '../fits.mjs';
import { choose, open } from '../offline.mjs';

export const alone = true;

export default async function (reader) {
  const { page, language, evidence, shoot, judge } = reader;
  await open(reader, pinned);
  await fits(page, 'empty');
  await judge();
  await shoot('empty');
  const files = everyIndex.flatMap((index) => [`${index}.json`, `${index}.tlog-proof`]).map((name) => path.join(evidence, name));
  assert.equal(await choose(reader, files), 'yes yes yes');
  const status = await page.textContent('[role=status]');
  assert.ok(status.includes(language === 'zh' ? '别人看到的是同一个日志吗？ ✓ 成立' : 'Do others see the same log? ✓ Yes'), status);
  assert.equal(await page.getAttribute('html', 'lang'), language === 'zh' ? 'zh-Hans' : 'en');
  assert.equal(await page.locator('details').count(), facts.size);
  await fits(page, 'verified');
  await judge();
  await shoot('verified');
  // Paper can't be opened: what was signed is printed, and nothing to press.
  await page.emulateMedia({ media: 'print' });
  await page.waitForFunction(() => {
    const signed = [...document.querySelectorAll('details > :not(summary)')];
    return signed.length > 0 && signed.every((it) => it.checkVisibility({ contentVisibilityAuto: true }));
  });
  assert.ok(!(await page.locator('button, textarea, input').first().isVisible()));
  await page.emulateMedia({ media: 'screen' });

  // A bundle, with the key that it brings itself: honest, and not green where nothing was compared.
  await page.click('#clear');
  await page.fill('#trust', '');
  await page.focus('#files');
  assert.equal(await choose(reader, [path.join(evidence, 'tender.zip')]), 'yes own open');
  await fits(page, 'bundle');
  await shoot('bundle');

  // What does not hold, with its long hashes.
  await page.click('#clear');
  await page.fill('#trust', facts.other_key);
  await page.focus('#files');
  assert.match(await choose(reader, [path.join(evidence, 'tender.zip')]), /no/);
  await fits(page, 'refused');
  await shoot('refused');
}
