// A reason why something does not hold: a code that words.mjs has a sentence for, in both languages, and its values.

export class Fault extends Error {
  constructor(code, values = {}) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

// What `work` gives, or the fault that it stopped at. Anything else that it throws is a mistake of ours, and passes.
export async function attempt(work) {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof Fault) return { fault: error };
    throw error;
  }
}
