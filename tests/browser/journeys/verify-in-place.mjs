// A judge opens the record that a decision rests on and has the browser verify it: with the site's own key, with one from elsewhere,
// and where the site gives other bytes than were signed.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { fits } from '../fits.mjs';

export default async function ({ page, language, demo, evidence, shoot, judge }) {
  const { log_key: key } = await (await fetch(`${demo}/v1/log`)).json();
  await page.goto(`${demo}/${language}/tenders/LYJY-005`);
  await page.click('#objection-o-1 a.proof');
  const [, index] = /\/records\/([0-9]+)$/.exec(page.url());
  assert.ok((await page.textContent('main')).includes('tender.objected'));
  await judge();
  await shoot('record');

  assert.equal(await answers(page), 'yes own open');
  await page.fill('[data-part=keys]', key);
  assert.equal(await answers(page), 'yes yes open');
  assert.match(await page.textContent('[data-part=status]'), language === 'zh' ? /谁签的？ ✓ 成立/ : /Who signed\? ✓ Yes/);
  await judge();
  await fits(page, 'verified');
  await shoot('verified');

  const entry = `**/v1/records/${index}/entry`;
  await page.route(entry, async (route) => {
    const text = await (await route.fetch()).text();
    await route.fulfill({ body: text.replace(/"time":"2/, '"time":"3') });
  });
  assert.equal((await answers(page)).split(' ')[1], 'no');
  assert.match(await page.textContent('[data-question=log] .fault'), language === 'zh' ? /怎么办：/ : /What to do: /);
  await shoot('refused');
  await page.unroute(entry);

  await page.click('footer a[href$="/about/verify"]');
  await judge();
  await shoot('about');
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('main a[href$="verify.html"]')]);
  assert.deepEqual(fs.readFileSync(await download.path()), fs.readFileSync(path.join(evidence, 'verify.html')));
}

// Presses the button with the keyboard, and waits for the states of the three answers.
async function answers(page) {
  await page.focus('[data-part=verify]');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.answer');
  return page.$$eval('.answer', (sections) => sections.map((section) => section.dataset.state).join(' '));
}
