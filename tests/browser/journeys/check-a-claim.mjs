// A journalist checks a fake achievement: from the first page to the claim, who found it false, and why.

import assert from 'node:assert/strict';

export default async function ({ page, language, demo }) {
  await page.goto(`${demo}/${language}/`);
  await page.click('a[href*="/tenders/LYJY-020#lot-"]');
  const refuted = page.locator('tr', { has: page.locator('.tag.bad', { hasText: language === 'zh' ? '不实' : 'False' }) });
  assert.equal(await refuted.count(), 1);
  assert.match(await refuted.textContent(), /LYWJ-HT-118/);
  // The challenge that led to it points at the claim, although another publication has replaced the candidates.
  await page.click('#challenge-z-1 .talk a[href^="#claim-"]');
  assert.ok(await page.locator(':target').evaluate((it) => it.closest('tr').querySelector('.bad') !== null));
}
