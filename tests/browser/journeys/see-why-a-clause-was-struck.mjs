// A citizen sees why a clause was struck: who objected, what was answered, how the supervisor ruled, and how the text changed.

import assert from 'node:assert/strict';

export default async function ({ page, language, demo }) {
  await page.goto(`${demo}/${language}/objections`);
  await page.click('a[href$="/tenders/LYJY-005#objection-o-1"]');
  const dispute = page.locator('#objection-o-1');
  assert.ok(await dispute.evaluate((it) => it.getBoundingClientRect().top < innerHeight), 'the page opens at the objection');
  const turns = await dispute.locator('.talk > li').allTextContents();
  assert.equal(turns.length, 4, 'objected, answered, escalated, ruled');
  assert.match(turns[3], language === 'zh' ? /成立/ : /Upheld/);
  const struck = await page.locator('.version del').allTextContents();
  assert.ok(struck.some((text) => text.includes('纳税')), 'the clause that was struck can be read');
  const records = await dispute.locator('a.proof').count();
  assert.equal(records, turns.length, 'each says which record it rests on');
}
