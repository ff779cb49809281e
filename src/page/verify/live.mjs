// The verifier on the page of a record: it asks the service for the bytes, judges them here, and shows the three answers in place.
// What it takes is loaded when somebody asks for it.

const TEXTS = {
  working: ['正在取得证据并核验……', 'Getting the evidence and verifying it …'],
  failed: ['没有核验成：', 'Nothing was verified: '],
};

async function read(path) {
  const answer = await fetch(path, { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

// `place` has the index and the language as data, and parts for the form, the words and the answers.
function begin(place) {
  const { index, language } = place.dataset;
  const part = (name) => place.querySelector(`[data-part=${name}]`);
  const say = (name) => TEXTS[name][language === 'zh' ? 0 : 1];
  const status = part('status');
  const verify = async () => {
    status.textContent = say('working');
    part('answer').replaceChildren();
    try {
      const [{ collect }, { answersTo }, view] = await Promise.all([import('./collect.mjs'), import('./answer.mjs'), import('./view.mjs')]);
      const answered = await answersTo(await collect(Number(index), read), part('keys').value, Number(index));
      status.textContent = view.summary(answered, language);
      part('answer').replaceChildren(...view.trustShown(answered, language), ...view.answersShown(answered, language));
    } catch (error) {
      status.textContent = say('failed') + error.message;
    }
  };
  part('form').hidden = false;
  part('verify').addEventListener('click', verify);
}

for (const place of document.querySelectorAll('[data-verify]')) begin(place);
