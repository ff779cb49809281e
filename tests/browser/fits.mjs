// Whether a page fits on narrow screens: what is wider than the screen scrolls in its own box, and the page does not scroll sideways.

import assert from 'node:assert/strict';

// 320 pixels are 1,280 at 400 %; the last one is how a page is left.
const WIDTHS = [320, 360, 768, 1280];

export async function fits(page, name) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    const { whole, wide } = await page.evaluate(widest);
    assert.ok(whole <= width, `${name} at ${width} pixels is ${whole} wide: ${wide.join(' ')}`);
  }
}

// How wide a page is, and what reaches beyond the screen: run in the page.
function widest() {
  const { scrollingElement: root } = document;
  const scrolls = (it) => it !== root && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(it).overflowX);
  const isWithin = (it) => it && (scrolls(it) || isWithin(it.parentElement));
  const reaches = (it) => it.getBoundingClientRect().right > innerWidth && !isWithin(it.parentElement);
  const named = (it) => `<${it.localName} class="${it.getAttribute('class') ?? ''}">${it.textContent.trim().slice(0, 30)}`;
  // A viewport that grew with what it shows is as wide as that.
  const whole = Math.max(root.scrollWidth, innerWidth);
  return { whole, wide: [...document.querySelectorAll('body *')].filter(reaches).map(named).slice(0, 5) };
}
