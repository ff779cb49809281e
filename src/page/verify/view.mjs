// The three answers as a part of a page. Everything comes in as text, nothing as markup.

import { LANGUAGES, advice, sentence } from './words.mjs';

const QUESTIONS = {
  signer: ['谁签的？', 'Who signed?'],
  log: ['在日志中吗？', 'Is it in the log?'],
  others: ['别人看到的是同一个日志吗？', 'Do others see the same log?'],
};
// A sign and a word: nobody needs the colour.
const STATES = {
  yes: ['✓ 成立', '✓ Yes'],
  no: ['✗ 不成立', '✗ No'],
  own: ['△ 自洽，公钥未核对', '△ Fits together; key not compared'],
  open: ['？ 未证明', '? Not shown'],
};
const NOT_PROVED = ['这不证明什么', 'What this does not prove'];
const WHAT_TO_DO = ['怎么办：', 'What to do: '];
const TRUST_FAULT = ['可信公钥一栏有误：', 'The field of trusted keys: '];
const SIGNED = ['所签内容', 'What was signed'];
const UNSIGNED = ['✗ 签名或作者未核验', '✗ signature or author not verified'];
const UNPROVED = ['？ 未证明在日志中', '? not shown to be in the log'];
const MORE = ['其余 {count} 条未列出。', '{count} more are not listed.'];
const FAULTS_MORE = ['另有 {count} 处不符。', '{count} more faults.'];
const SUMMARY = ['核验完成。', 'Checked. '];
// More than anybody reads; one changed byte may break many things.
const FAULTS_SHOWN = 20;
const RECORDS_SHOWN = 100;

const inLanguage = (words, language) => words[LANGUAGES.indexOf(language)];

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

// One line for whoever hears the page.
export function summary({ answers }, language) {
  const parts = Object.entries(QUESTIONS).map(
    ([question, words]) => `${inLanguage(words, language)} ${inLanguage(STATES[answers[question].state], language)}`,
  );
  return inLanguage(SUMMARY, language) + parts.join(language === 'zh' ? '；' : '; ');
}

function faultItem(fault, language) {
  const todo = inLanguage(WHAT_TO_DO, language) + advice(fault, language);
  return element('li', { class: 'fault' }, sentence(fault, language), element('small', {}, todo));
}

function answerSection(question, { state, says, faults }, language) {
  const badge = element('strong', { class: `state ${state}` }, inLanguage(STATES[state], language));
  const list = element('ul', {});
  for (const fault of faults.slice(0, FAULTS_SHOWN)) list.append(faultItem(fault, language));
  if (faults.length > FAULTS_SHOWN) {
    list.append(element('li', {}, inLanguage(FAULTS_MORE, language).replace('{count}', faults.length - FAULTS_SHOWN)));
  }
  // What holds is no comfort where something else does not.
  for (const saying of state === 'no' ? [] : says) list.append(element('li', {}, sentence(saying, language)));
  const heading = element('h3', {}, inLanguage(QUESTIONS[question], language));
  return element('section', { class: 'answer', 'data-question': question, 'data-state': state }, heading, badge, list);
}

function recordDetails({ entry, faults, isProved }, language) {
  const { header, payload } = entry.record;
  const doubts = [...(faults.length > 0 ? [UNSIGNED] : []), ...(isProved ? [] : [UNPROVED])];
  const marks = doubts.map((words) => element('strong', { class: 'state no' }, ` ${inLanguage(words, language)}`));
  const title = element('summary', {}, `${entry.index} · ${header.typ} · ${header.sub} · ${entry.time}`, ...marks);
  return element('details', {}, title, element('pre', {}, JSON.stringify(payload, undefined, 2)));
}

// What is wrong with the keys that the person gave.
export function trustShown({ trustFault }, language) {
  if (!trustFault) return [];
  const said = inLanguage(TRUST_FAULT, language) + sentence(trustFault, language);
  return [element('p', { class: 'fault', role: 'alert' }, said, element('small', {}, advice(trustFault, language)))];
}

// The three answers and what they don't prove.
export function answersShown({ answers, notProved }, language) {
  const questions = Object.keys(QUESTIONS).map((question) => answerSection(question, answers[question], language));
  const items = notProved.map((saying) => element('li', {}, sentence(saying, language)));
  const not = element('section', { class: 'not' }, element('h3', {}, inLanguage(NOT_PROVED, language)), element('ul', {}, ...items));
  return [...questions, not];
}

// The records themselves, so that nobody verifies what he has not read.
export function recordsShown({ records }, language) {
  const readable = records.filter(({ entry }) => entry.record);
  if (readable.length === 0) return [];
  const shown = readable.slice(0, RECORDS_SHOWN).map((record) => recordDetails(record, language));
  const rest = readable.length - shown.length;
  const more = rest > 0 ? [element('p', {}, inLanguage(MORE, language).replace('{count}', rest))] : [];
  return [element('section', {}, element('h3', {}, inLanguage(SIGNED, language)), ...shown, ...more)];
}
