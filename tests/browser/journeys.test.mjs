// Runs every journey in journeys/, in Chinese and in English, in one headless Chromium.
//
// A journey is the default export of its file, `async (reader) => …`. A reader has `page` (Playwright's), `language` ('zh' or 'en'),
// `service` (where the service is), `demo` (where one with the data of the demo is), `follow` (where one that sends mail is, with a record a
// second) and `mails` (the folder that its mail comes into), `evidence` (a folder, see evidence.rs),
// `shoot(name)` for a screenshot, and `judge()`, which asks axe-core about the page as it is. A journey that exports `alone = true` may ask nobody, not even the service.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, test } from 'node:test';

const { EVIDENCE: evidence, PEERS: peers, SERVICE: service, DEMO: demo, FOLLOW: follow, MAILS: mails, SCREENSHOTS: screenshots } = process.env;
const require = createRequire(path.join(peers, 'node_modules/'));
const { chromium } = require('playwright-core');
const { source: axe } = require('axe-core');

const LANGUAGES = { zh: 'zh-CN', en: 'en-US' };
// Milliseconds for one step: what takes longer here is stuck.
const PATIENCE = 5000;
const SERIOUS = ['serious', 'critical'];

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium' });
});
after(() => browser?.close());

const folder = new URL('journeys/', import.meta.url);
for (const file of fs.readdirSync(folder).sort()) {
  const { default: travel, alone = false } = await import(new URL(file, folder));
  for (const language of Object.keys(LANGUAGES)) {
    test(`${path.parse(file).name}, ${language}`, () => journey(path.parse(file).name, language, travel, alone));
  }
}

async function journey(name, language, travel, alone) {
  const context = await browser.newContext({ locale: LANGUAGES[language], viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  // A page that says that there is no such page is an answer, though the browser calls it a failure.
  const pages = new Set();
  const isPage = (message) => message.text().startsWith('Failed to load resource') && pages.has(message.location().url);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isPage(message)) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (request.isNavigationRequest()) pages.add(request.url());
    const isOurs = [service, demo, follow].some((place) => request.url().startsWith(`${place}/`));
    const isHome = request.url().startsWith('file:') || (!alone && isOurs);
    if (!isHome) complaints.push(`asked ${request.url()}`);
  });
  // A page of many thousand pixels is long in drawing.
  const shoot = (what) => page.screenshot({ timeout: 6 * PATIENCE, path: path.join(screenshots, `${name}-${what}-${language}.png`), fullPage: true });
  try {
    await travel({ page, language, service, demo, follow, mails, evidence, shoot, judge: () => judge(page) });
    assert.deepEqual(complaints, []);
  } catch (error) {
    await shoot('failed');
    throw error;
  } finally {
    await context.close();
  }
}

// No finding that keeps somebody out.
async function judge(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter(({ impact }) => SERIOUS.includes(impact));
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}
