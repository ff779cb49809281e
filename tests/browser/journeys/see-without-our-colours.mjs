// Somebody whose system has colours of its own, and somebody who prints: nothing is said by our colours alone, and paper has nothing to
// press, says what was asked and where it is found again.

import assert from 'node:assert/strict';

const PAGES = ['/', '/search?q=%E9%87%87%E8%B4%AD', '/tenders?nature=works', '/tenders/LYJY-005', '/organisations', '/records/48', '/statistics', '/law', '/log', '/deposits'];

// What is drawn at the bottom of the sections: of the one that the page is in, and of the others.
const lines = () => {
  const lineOf = (link) => getComputedStyle(link).borderBottomColor;
  const links = [...document.querySelectorAll('.sections a')];
  return {
    current: links.filter((link) => link.hasAttribute('aria-current')).map(lineOf),
    others: [...new Set(links.filter((link) => !link.hasAttribute('aria-current')).map(lineOf))],
    ground: getComputedStyle(document.body).backgroundColor,
  };
};

// Boxes that a ground alone would show.
const boxless = () => [...document.querySelectorAll('.tag, .notice, .filter, .talk > li')].filter((box) => getComputedStyle(box).borderTopStyle === 'none').map((box) => box.outerHTML.slice(0, 80));

// Bars that have the colour of the ground, inside and around.
const unseenBars = () => {
  const ground = getComputedStyle(document.body).backgroundColor;
  return [...document.querySelectorAll('.bars rect')].filter((bar) => [getComputedStyle(bar).fill, getComputedStyle(bar).stroke].every((paint) => paint === ground || paint === 'none')).length;
};

// What is left on paper of what can be pressed, and what is larger there than the headings around it.
const onPaper = () => {
  const isSeen = (it) => it.checkVisibility() && it.getClientRects().length > 0;
  const size = (it) => Number.parseFloat(getComputedStyle(it).fontSize);
  const text = size(document.body);
  return {
    pressed: [...document.querySelectorAll('button, input, select, textarea, summary')].filter(isSeen).map((it) => it.outerHTML.slice(0, 80)),
    large: [...document.querySelectorAll('.aside, .when, .tag, .proof, time')].filter((it) => isSeen(it) && !it.closest('h1, h2, h3, h4, .lead') && size(it) > text).map((it) => it.outerHTML.slice(0, 80)),
    source: [...document.querySelectorAll('footer .printed')].filter(isSeen).map((it) => it.innerText).join(' '),
    wide: document.scrollingElement.scrollWidth - innerWidth,
  };
};

export default async ({ page, language, demo }) => {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ forcedColors: 'active', colorScheme });
    for (const path of PAGES) {
      await page.goto(`${demo}/${language}${path}`);
      const { current, others, ground } = await page.evaluate(lines);
      assert.deepEqual(others, [ground], `${path}: sections that the page is not in`);
      assert.ok(!current.includes(ground), path);
      assert.deepEqual(await page.evaluate(boxless), [], path);
      assert.equal(await page.evaluate(unseenBars), 0, path);
    }
  }
  await page.emulateMedia({ media: 'print', forcedColors: 'none', colorScheme: 'light' });
  // A4 without its margins.
  await page.setViewportSize({ width: 720, height: 1040 });
  for (const path of PAGES) {
    await page.goto(`${demo}/${language}${path}`);
    const { pressed, large, source, wide } = await page.evaluate(onPaper);
    assert.deepEqual({ pressed, large }, { pressed: [], large: [] }, path);
    assert.ok(source.endsWith(`${demo}/${language}${decodeURIComponent(path)}`), `${path}: ${source}`);
    assert.ok(wide <= 0, `${path} is ${wide} pixels too wide`);
  }
  // A link that only its owner should have is not printed.
  await page.goto(`${demo}/${language}/subscription/confirm?token=secret`);
  assert.ok(!(await page.evaluate(onPaper)).source.includes('secret'));
};
