// Verifies a receipt from its bytes and the key of a log, and nothing else.
"use strict";

(() => {
  const {
    Unproven, Unable, need, plain, canonical, derive, digits, whole, FORMS, readKey, checkLog, Ground, answer, checkQuestion, readQuestion,
  } = globalThis.neglist;

  /// Returns what the bytes say, which are those of the one way to say it.
  function read(bytes) {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const said = plain(JSON.parse(text));
    // Half of a character is no text.
    encodeURIComponent(canonical(said));
    need(`${canonical(said)}\n` === text, "another spelling of what it says");
    const { digest, ...rest } = said;
    need(typeof digest === "string" && derive("receipt", rest) === digits(digest), "its digest is not that of the rest");
    const receipt = whole(said, FORMS.RECEIPT);
    need(receipt.format === "neglist receipt v2", "another format");
    return receipt;
  }

  /// Returns the answer that a receipt proves, derived anew, and what is known of
  /// the head that it is of.
  async function proven(bytes, writtenKey) {
    const receipt = read(bytes);
    const head = await checkLog(receipt, await readKey(writtenKey));
    const question = readQuestion(receipt.answer);
    const ground = new Ground(receipt, question, head);
    checkQuestion(question, ground.state);
    const found = answer(ground.state, question);
    need(canonical(found) === canonical(receipt.answer), "what is proven leads to another answer");
    need(canonical(ground.unchanged()) === canonical(receipt.unchanged), "what is proven holds for other days");
    return { answer: found, head, unchanged: receipt.unchanged, recorded: receipt.record.recorded, lists: ground.lists.size };
  }

  async function verify(bytes, writtenKey) {
    try {
      return await proven(bytes, writtenKey);
    } catch (error) {
      // What is neither is how a malformed receipt shows itself.
      if (error instanceof Unproven || error instanceof Unable) throw error;
      throw new Unproven(`it is not a receipt: ${error.message}`);
    }
  }

  Object.assign(globalThis.neglist, { verify });
})();
