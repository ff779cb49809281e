// Asks on the search page to be told by mail, confirms by the link in it, is told of a record, and stops. Without a mouse.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fits } from '../fits.mjs';

const TEXTS = {
  zh: { follow: '订阅这个查询', address: '电子邮箱', ask: '邮件订阅', look: '请查收邮件', confirm: '确认订阅', active: '订阅已生效', stop: '退订', stopped: '已退订' },
  en: { follow: 'Follow this search', address: 'E-mail address', ask: 'Follow by mail', look: 'look into your mail', confirm: 'Confirm', active: 'You follow this search', stop: 'Stop', stopped: 'Stopped' },
};

export default async ({ page, language, follow, mails, shoot, judge }) => {
  const texts = TEXTS[language];
  const mailbox = `reader-${language}@example.cn`;
  // The links of the n-th mail to this reader.
  const links = async (n) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const mine = fs.readdirSync(mails).sort().filter((name) => name.endsWith(mailbox));
      if (mine.length > n) return fs.readFileSync(path.join(mails, mine[n]), 'utf8').split(/\s+/).filter((word) => word.startsWith('http'));
      await pause(100);
    }
    throw new Error(`no mail ${n} to ${mailbox}`);
  };
  const press = async (name) => {
    await page.getByRole('main').getByRole('button', { name }).focus();
    await page.keyboard.press('Enter');
  };

  await page.goto(`${follow}/${language}/search?q=${encodeURIComponent('监理')}&kind=tender`);
  await page.getByRole('heading', { name: texts.follow }).waitFor();
  await page.getByRole('main').locator('summary').focus();
  await page.keyboard.press('Enter');
  await fits(page, 'search');
  await shoot('search');
  await judge();
  await page.getByRole('textbox', { name: texts.address }).focus();
  await page.keyboard.type(mailbox);
  await press(texts.ask);
  await page.getByText(texts.look).waitFor();
  await judge();

  const confirm = (await links(0)).find((link) => link.includes('/subscription/confirm'));
  await page.goto(confirm);
  await fits(page, 'confirm');
  await shoot('confirm');
  await judge();
  assert.equal(await page.locator('meta[name=robots]').getAttribute('content'), 'noindex');
  await press(texts.confirm);
  await page.getByRole('heading', { name: texts.active }).waitFor();
  await fits(page, 'active');
  await shoot('active');
  await judge();

  const found = await links(1);
  const record = found.find((link) => link.includes(`/${language}/records/`));
  await page.goto(record);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const manage = found.find((link) => link.includes('/subscription?token='));
  await page.goto(manage);
  await page.getByText(mailbox).waitFor();
  await fits(page, 'subscription');
  await shoot('subscription');
  await judge();
  await press(texts.stop);
  await page.getByRole('heading', { name: texts.stopped }).waitFor();
  assert.equal((await page.goto(manage)).status(), 404);
  assert.deepEqual(await page.context().cookies(), []);
};
