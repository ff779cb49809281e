// A bidder finds a tender by a word of two characters, with the keyboard alone, and reads until when it may object.

import assert from 'node:assert/strict';

export default async function ({ page, language, demo, shoot }) {
  await page.goto(`${demo}/${language}/`);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  // Past the skip link and the name of the site.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('教室');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/search?q=*');
  assert.ok((await page.locator('.hits mark').allTextContents()).every((text) => text === '教室'));
  await page.locator('.hits a[href$="/tenders/ZZCG-002"]').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/tenders/ZZCG-002');
  const next = await page.textContent('.notice');
  assert.match(next, /2026-1[12]-\d\d \d\d:\d\d/);
  // The other language is the same page.
  await page.click('.tongue');
  assert.match(page.url(), new RegExp(`/${language === 'zh' ? 'en' : 'zh'}/tenders/ZZCG-002$`));
  await shoot('found');
}
