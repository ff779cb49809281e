// What the answers say, in both languages. `code: [zh, en]`; what stands in braces is a value.

import { ADVICE, FAULTS } from './faults.mjs';

export const SAYINGS = {
  'signed-one': ['第 {index} 条记录由“{name}”（{owner}）的密钥 {kid} 签名，签名成立。', 'Record {index} was signed by the key {kid} of “{name}” ({owner}); the signature holds.'],
  'signed-many': ['{count} 条记录由“{name}”（{owner}）的密钥 {kid} 签名，签名都成立。', '{count} records were signed by the key {kid} of “{name}” ({owner}); all signatures hold.'],
  'key-shown': ['密钥由第 {brought} 条记录登记，由第 {confirmed} 条记录确认，两条都在此。', 'The key was brought in by record {brought} and confirmed by record {confirmed}; both are here.'],
  'key-unconfirmed': ['这把密钥由第 {brought} 条记录自称属于 {owner}；这里没有任何机构的确认，任何人都可以这样自称。', 'Record {brought} says that this key is of {owner}; nobody’s confirmation is here, and anybody can say so.'],
  'key-unproved': ['密钥由第 {brought} 条记录登记，由第 {confirmed} 条记录确认，但这里没有证明这两条都在日志中：归属尚未证明。', 'The key was brought in by record {brought} and confirmed by record {confirmed}, but nothing here shows that both are in the log: whose key it is, is not shown yet.'],
  'key-not-here': ['第 {index} 条记录由密钥 {kid} 签名；登记这把密钥的记录不在此，签名无从核验。请一并放入登记它的条目与回执，或放入证据包。', 'Record {index} names the key {kid}; the record that brought it in is not here, so the signature can’t be checked. Put in that entry with its receipt, or a bundle.'],
  contested: ['第 {index} 条记录所用密钥后来被吊销，自 {from} 起不可信（第 {by} 条记录）：是否本人所签，尚无定论。', 'The key of record {index} was revoked later, from {from} on (record {by}): whether its owner signed is open.'],
  'no-entry': ['这里没有条目，看不出是谁签的。', 'There is no entry here, so nobody can tell who signed.'],
  included: ['第 {index} 条记录（哈希 {hash}）收录于 {size} 条的日志：收录证明逐层算到检查点的树根。', 'Record {index} (hash {hash}) is in the log of {size} entries: the proof leads to the root of the checkpoint.'],
  'bundle-included': ['全部 {count} 条记录都收录于 {size} 条的日志，附件与引用相符。', 'All {count} records are in the log of {size} entries, and the documents are those that they cite.'],
  'bundle-lacking': ['全部 {count} 条记录都收录于 {size} 条的日志；它们引用的附件有些不在证据包里，没有核对：{missing}。', 'All {count} records are in the log of {size} entries; some of the documents that they cite are not in the bundle and were not checked: {missing}.'],
  'checkpoint-pinned': ['检查点（{origin}，{size} 条）由您给定的公钥签名：{keys}。', 'The checkpoint ({origin}, {size} entries) is signed by a key that you gave: {keys}.'],
  'checkpoint-own': ['检查点（{origin}，{size} 条）由文件自带的公钥签名：{keys}。文件自洽，但造假者也能自造一整套：请把这把公钥与可信来源核对，再粘贴到“可信公钥”一栏。', 'The checkpoint ({origin}, {size} entries) is signed by the key that the file itself brings: {keys}. That fits together, and a forger could make all of it: compare the key with a source you trust and paste it into the field of trusted keys.'],
  'log-key-none': ['这里没有日志 {origin} 的公钥，检查点的签名无从核验：请把它粘贴到“可信公钥”一栏。', 'The key of the log {origin} is not here, so the checkpoint’s signature can’t be checked: paste it into the field of trusted keys.'],
  'aud-other': ['第 {index} 条记录是为日志 {aud} 签的，这里的日志是 {origin}：只有日志改过名才对，须有 log.continued 一条为证。', 'Record {index} was signed for the log {aud}, the log here is {origin}: that is right only if the log changed its name, which an entry log.continued shows.'],
  'origin-changed': ['检查点属于日志 {origin}，条目属于日志 {entries}：只有日志改过名才对，须有 log.continued 一条为证。', 'The checkpoint is of the log {origin}, the entries are of {entries}: that is right only if the log changed its name, which an entry log.continued shows.'],
  'entry-needed': ['回执是第 {index} 条记录的；请一并放入它的条目，才能看出签的是什么、由谁签。', 'The receipt is of record {index}; put in its entry too, to see what was signed and by whom.'],
  'no-receipt': ['这里没有回执，不能证明条目在日志中。', 'There is no receipt here, so nothing shows that the entry is in the log.'],
  'entries-unproved': ['第 {indexes} 条没有回执，不能证明在日志中，不在上述结论之内。', 'Entries {indexes} have no receipt here: nothing shows that they are in the log, and nothing above is said of them.'],
  'streams-whole': ['各卷条数与日志签名的声明一致：没有记录被抽走。', 'The streams are as long as the log states and signs: no record was taken out.'],
  'streams-open': ['日志没有（完整）声明各卷条数：是否有记录被抽走，无从判断。', 'The log does not state how long (all of) the streams are: whether records were taken out can’t be told.'],
  cosigned: ['见证人 {name} 于 {time} 会签了这个检查点（{size} 条）：它看到的日志与此相同。', 'The witness {name} cosigned this checkpoint ({size} entries) at {time}: it saw the same log.'],
  'witnesses-none': ['没有见证人会签这个检查点：服务可能给不同的人看不同的日志，这里看不出来。', 'No witness has cosigned this checkpoint: the service could show others another log, and nothing here would tell.'],
  'witnesses-unnamed': ['检查点上有 {count} 行他人签名（{names}），但您没有给出见证人的公钥：不知其人，签名不作数。', 'There are {count} lines by others on the checkpoint ({names}), but you named no witness: lines by unknown keys mean nothing.'],
  'others-nothing': ['前一问没有成立，谈不上与别人比较。', 'Nothing is shown to be in the log, so there is nothing to compare with what others see.'],
  'not-true': ['不证明内容属实：只证明是谁这样写、何时入列、此后没有改动。', 'It does not prove that what is said is true: only who said it, when it was sequenced, and that nothing changed since.'],
  'not-entitled': ['不证明作者有权这样做、做法合规：请用 gongshi verify 重放全部规则。', 'It does not prove that the author was entitled to it, or that the rules allow it: gongshi verify replays all rules.'],
  'not-hand': ['不证明是谁的手按下签名：只证明用的是该主体的密钥。', 'It does not prove whose hand it was: only that the organisation’s key was used.'],
  'not-later': ['不证明此后没有别的记录（更正、吊销、裁定）：请看检查点之后的日志。', 'It does not prove that nothing came later (a correction, a revocation, a ruling): look at the log after the checkpoint.'],
  'not-people': ['不证明 README.md 和 report.html 所写的：它们供人阅读，不是证据，这里没有核对。', 'It does not prove what README.md and report.html say: they are for people, no evidence, and were not checked here.'],
  'not-all': ['不证明没有别的相关记录：单条回执看不出还有什么。', 'It does not prove that there is no other record about it: one receipt does not show what else there is.'],
  'not-which-log': ['不证明这就是您以为的那个日志：公钥尚未与可信来源核对。', 'It does not prove that this is the log you have in mind: its key was not compared with a source you trust.'],
};

export const LANGUAGES = ['zh', 'en'];
const SEPARATORS = ['、', ', '];

function filled(template, values, language) {
  const text = (value) => {
    if (Array.isArray(value)) return value.join(SEPARATORS[LANGUAGES.indexOf(language)]);
    return value?.code === undefined ? String(value) : sentence(value, language);
  };
  return template.replaceAll(/\{([a-zA-Z]+)\}/g, (all, name) => (name in values ? text(values[name]) : all));
}

// One sentence: what `said` or a fault says.
export function sentence({ code, values }, language) {
  const at = LANGUAGES.indexOf(language);
  const saying = SAYINGS[code];
  const template = saying ? saying[at] : FAULTS[code][at + 1];
  const place = placeOf(values, template, at);
  return place + filled(template, values, language);
}

// Where it is, unless the sentence says so itself.
function placeOf({ file, index }, template, at) {
  if (file !== undefined) return file + ['：', ': '][at];
  if (index === undefined || template.includes('{index}')) return '';
  return [`第 ${index} 条记录：`, `Record ${index}: `][at];
}

// What to do about a fault.
export const advice = ({ code }, language) => ADVICE[FAULTS[code][0]][LANGUAGES.indexOf(language)];
