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
  'tender-objected': '/tenders/LYJY-005',
  'tender-refuted': '/tenders/LYJY-020',
  'tender-lots': '/tenders/HNZB-022',
  'tender-done': '/tenders/ZZCG-024',
  organisation: '/organisations/',
  law: '/law',
  log: '/log',
  record: '/records/48',
  verify: '/about/verify',
  components: '/about/components',
  accessibility: '/about/accessibility',
  nowhere: '/nowhere',
};
// 320 pixels are 1,280 at 400 %.
const WIDTHS = [320, 360, 768, 1280];

export default async function ({ page, language, demo, shoot, judge }) {
  for (const [name, path] of Object.entries(PAGES)) {
    await page.setViewportSize({ width: 1280, height: 900 });
    if (name === 'organisation') {
      // Who is barred, and has much said about it.
      await page.goto(`${demo}/${language}/organisations?role=enterprise`);
      await page.click('tbody th a');
    } else {
      await page.goto(`${demo}/${language}${path}`).catch(() => {});
    }
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const [whole, seen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(whole <= seen, `${name} at ${width} pixels is ${whole} wide`);
    }
    await judge();
    await shoot(name);
  }
}
