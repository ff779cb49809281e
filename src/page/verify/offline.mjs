// The page that verifies files from disk: it asks no network, and nothing leaves it.

import { answersTo } from './answer.mjs';
import { answersShown, element, recordsShown, summary, trustShown } from './view.mjs';

const TEXTS = {
  title: ['公示 · 离线核验', 'Gongshi · verify offline'],
  heading: ['离线核验', 'Verify offline'],
  other: ['English', '中文'],
  intro: [
    '放入证据包（zip），或一条记录的条目与回执。本页不联网，文件只在这台机器上读取。',
    'Put in a bundle (zip), or a record’s entry and its receipt. This page asks no network; files are read on this machine alone.',
  ],
  files: ['选择文件，或拖放到此处', 'Choose files, or drop them here'],
  trust: ['可信公钥（可不填）', 'Keys that you trust (optional)'],
  trustHelp: [
    '每行一把：日志的公钥、见证人的公钥，或整份 tlog-policy。请从招标文件、主管部门网站或公报抄来，不要用随证据送来的。不填则用文件自带的公钥，结果只说明文件自洽。',
    'One a line: the log’s key, witnesses’ keys, or a whole tlog-policy. Copy them from a tender document, a supervisor’s site or gazette, not from what came with the evidence. Without any, the keys in the file itself are used, and the answer only says that it fits together.',
  ],
  results: ['结果', 'Result'],
  waiting: ['还没有文件。', 'There is no file yet.'],
  working: ['正在核验……', 'Verifying …'],
  clear: ['移走全部文件', 'Take all files away'],
  failed: ['核验程序出错，什么都没有证明：', 'The verifier itself failed, and nothing is proved: '],
};

const state = { language: 'zh', files: [], run: 0 };
const say = (name) => TEXTS[name][state.language === 'zh' ? 0 : 1];
const find = (id) => document.getElementById(id);

function label() {
  document.documentElement.lang = state.language === 'zh' ? 'zh-Hans' : 'en';
  document.title = say('title');
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = say(node.dataset.text);
  find('language').lang = state.language === 'zh' ? 'en' : 'zh-Hans';
  find('list').replaceChildren(...state.files.map(({ name, bytes }) => element('li', {}, `${name} · ${bytes.length} B`)));
  find('clear').hidden = state.files.length === 0;
}

// Later files replace an earlier run's answer, whichever is ready first.
async function verify() {
  const run = ++state.run;
  label();
  find('answer').replaceChildren();
  find('status').textContent = say(state.files.length === 0 ? 'waiting' : 'working');
  if (state.files.length === 0) return;
  try {
    const answered = await answersTo(state.files, find('trust').value);
    if (run === state.run) show(answered);
  } catch (error) {
    if (run === state.run) find('status').textContent = say('failed') + error;
  }
}

function show(answered) {
  const { language } = state;
  find('status').textContent = summary(answered, language);
  find('answer').replaceChildren(...trustShown(answered, language), ...answersShown(answered, language), ...recordsShown(answered, language));
}

async function take(files) {
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    state.files = [...state.files.filter(({ name }) => name !== file.name), { name: file.name, bytes }];
  }
  await verify();
}

export function begin() {
  if (!navigator.language.startsWith('zh') || location.hash === '#en') state.language = 'en';
  if (location.hash === '#zh') state.language = 'zh';
  find('files').addEventListener('change', (event) => take(event.target.files));
  find('trust').addEventListener('change', verify);
  find('clear').addEventListener('click', () => {
    state.files = [];
    find('files').value = '';
    find('files').focus();
    verify();
  });
  find('language').addEventListener('click', () => {
    state.language = state.language === 'zh' ? 'en' : 'zh';
    verify();
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  find('form').hidden = false;
  verify();
}

begin();
