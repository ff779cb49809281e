// Somebody whose browser runs no scripts reads a tender, filters a list, and prints a notice.

import assert from 'node:assert/strict';

// A page of paper and its frame.
const PDF_BYTES_MIN = 10_000;
// Two centimetres, in CSS pixels: a telephone reads it.
const CODE_PIXELS_MIN = 75;

export default async function ({ page, language, demo }) {
  const context = await page.context().browser().newContext({ javaScriptEnabled: false });
  const reader = await context.newPage();
  await reader.goto(`${demo}/${language}/tenders`);
  await reader.click('.filter summary');
  await reader.selectOption('#filter-nature', 'works');
  await reader.fill('#filter-estimate_min', '20000000');
  await reader.click('.filter button');
  assert.match(reader.url(), /nature=works/);
  const found = await reader.locator('tbody tr').count();
  assert.ok(found > 0 && found < 6, `${found} works of twenty million yuan and more`);
  await reader.click('tbody th a');
  assert.ok((await reader.textContent('main')).length > 500);
  // On paper, and only there, it says where it is found again.
  const code = reader.locator('.printed svg');
  assert.ok(!(await code.isVisible()));
  await reader.emulateMedia({ media: 'print' });
  assert.ok((await code.boundingBox()).width > CODE_PIXELS_MIN);
  assert.ok((await reader.locator('.printed p').innerText()).includes(reader.url().split('#')[0]));
  const pdf = await reader.pdf({ format: 'A4' });
  assert.ok(pdf.length > PDF_BYTES_MIN && pdf.subarray(0, 5).toString() === '%PDF-');
  // Nothing that a notice says is missing on paper: no heading stands alone.
  await reader.goto(`${demo}/${language}/tenders/LYJY-005`);
  const alone = await reader.evaluate(() =>
    [...document.querySelectorAll('main h2')].filter((heading) => !heading.nextElementSibling?.getClientRects().length).map((heading) => heading.textContent),
  );
  assert.deepEqual(alone, []);
  await context.close();
}
