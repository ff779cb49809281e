// Somebody with an old phone, and somebody who reads at 400 % zoom, open every kind of page: nothing is cut off, and nothing keeps
// anybody out.

import assert from 'node:assert/strict';

const PAGES = {
  home: '/',
  search: '/search?q=%E9%87%87%E8%B4%AD',
  'searched-in-vain': '/search?q=zzz',
  tenders: '/tenders',
  'nothing-found': '/tenders?q=zzz&nature=works',
  'wrongly-asked': '/tenders?region=zz',
  lots: '/lots',
  objections: '/objections',
  organisations: '/organisations',
  commitments: '/commitments',
  documents: '/documents',
  'tender-objected': '/tenders/LYJY-005',
  'tender-refuted': '/tenders/LYJY-020',
  'tender-lots': '/tenders/HNZB-022',
  'tender-done': '/tenders/ZZCG-024',
  law: '/law',
  log: '/log',
  record: '/records/48',
  verify: '/about/verify',
  components: '/about/components',
  accessibility: '/about/accessibility',
  nowhere: '/nowhere',
};
// Pages whose addresses a list has: its first one is opened.
const FIRST_OF = {
  organisation: '/organisations?role=enterprise',
  commitment: '/commitments',
  evaluation: '/evaluations',
};
// 320 pixels are 1,280 at 400 %. English words are the longer ones, so the narrowest screen is asked for in both languages.
const WIDTHS = { zh: [320, 360, 768, 1280], en: [320] };

export default async function ({ page, language, demo, shoot, judge }) {
  for (const [name, path] of Object.entries({ ...PAGES, ...FIRST_OF })) {
    await page.goto(`${demo}/${language}${path}`);
    if (name in FIRST_OF) {
      await page.click('tbody th a');
      await page.waitForLoadState();
    }
    for (const width of WIDTHS[language]) {
      await page.setViewportSize({ width, height: 900 });
      const [whole, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(whole <= seen, `${name} at ${width} pixels is ${whole} wide`);
    }
    await judge();
    if (language === 'zh') await shoot(name);
  }
}
