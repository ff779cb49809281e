// What journeys with verify.html have in common.

import assert from 'node:assert/strict';
import path from 'node:path';

// Opens the page from the disk, and reaches its fields by keyboard alone.
export async function open({ page, evidence }, keys) {
  // Whoever listens gets the choosers; from the beginning, for the browser learns of it with a delay.
  page.on('filechooser', () => {});
  await page.goto(`file://${path.join(evidence, 'verify.html')}`);
  await tabTo(page, 'files');
  await tabTo(page, 'trust');
  await page.keyboard.insertText(keys);
  await page.keyboard.press('Shift+Tab');
  await page.waitForFunction(() => document.activeElement.id === 'files');
}

async function tabTo(page, id) {
  for (let presses = 0; presses < 10; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement.id)) === id) return;
  }
  assert.fail(`no key leads to #${id}`);
}

// Presses the button that has the focus and chooses files; the states of the three answers.
export async function choose({ page }, files) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')]);
  await chooser.setFiles(files);
  await page.waitForSelector('.answer');
  return page.$$eval('.answer', (sections) => sections.map((section) => section.dataset.state).join(' '));
}
