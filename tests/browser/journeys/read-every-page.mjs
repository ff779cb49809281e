// Somebody with an old phone, and somebody who reads at 400 % zoom, open every kind of page: nothing is cut off, and nothing keeps
// anybody out.

import assert from 'node:assert/strict';
import { fits } from '../fits.mjs';

const PAGES = {
  home: '/',
  search: '/search?q=%E9%87%87%E8%B4%AD',
  'search-narrowed': '/search?q=%E9%87%87%E8%B4%AD&kind=tender&began_from=2026-01-01',
  'searched-in-vain': '/search?q=zzz',
  'searched-wrongly': '/search?kind=zzz&regoin=41',
  tenders: '/tenders',
  'nothing-found': '/tenders?q=zzz&nature=works',
  'wrongly-asked': '/tenders?region=zz',
  'asked-unknown': '/tenders?regoin=41',
  lots: '/lots',
  objections: '/objections',
  organisations: '/organisations',
  commitments: '/commitments',
  evaluations: '/evaluations',
  deposits: '/deposits',
  documents: '/documents',
  'tender-objected': '/tenders/LYJY-005',
  'tender-refuted': '/tenders/LYJY-020',
  'tender-lots': '/tenders/HNZB-022',
  'tender-done': '/tenders/ZZCG-024',
  statistics: '/statistics',
  'statistics-units': '/statistics?by=unit',
  'statistics-regions': '/statistics?by=region',
  'statistics-wrongly-asked': '/statistics?by=zzz',
  law: '/law',
  log: '/log',
  record: '/records/48',
  verify: '/about/verify',
  components: '/about/components',
  accessibility: '/about/accessibility',
  subscriptions: '/subscriptions',
  subscription: '/subscription?token=x',
  confirm: '/subscription/confirm?token=x',
  stop: '/subscription/stop?token=x',
  nowhere: '/nowhere',
  'asked-for-nothing': '/law?edition=1',
};
// Pages whose addresses a list has: the first one there is opened.
const FIRST_OF = {
  organisation: '/organisations?role=enterprise',
  'organisation-unit': '/organisations?role=procuring_unit',
  commitment: '/commitments',
  evaluation: '/evaluations',
  deposit: '/deposits',
  'tender-suspended': '/tenders?status=suspended',
  edition: '/law',
};
// Pages that are in both languages at once.
const BESIDE = { problems: '/problems', problem: '/problems/bad-parameter' };

export default async function ({ page, language, demo, shoot, judge }) {
  const looked = async (name) => {
    await fits(page, name);
    await judge();
    if (language === 'zh') await shoot(name);
  };
  for (const [name, path] of Object.entries({ ...PAGES, ...FIRST_OF })) {
    await page.goto(`${demo}/${language}${path}`);
    if (name in FIRST_OF) {
      await page.click('tbody th a');
      await page.waitForLoadState();
    }
    await looked(name);
  }
  for (const [name, path] of Object.entries(BESIDE)) {
    await page.goto(`${demo}${path}`);
    await looked(name);
  }
}
