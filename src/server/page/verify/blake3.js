// BLAKE3, as its specification has it: hashing, and hashing under a context.
"use strict";

(() => {
  const IV = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
  const ORDER = [2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8];
  const [CHUNK_START, CHUNK_END, PARENT, ROOT, CONTEXT, MATERIAL] = [1, 2, 4, 8, 32, 64];
  const [BLOCK, CHUNK] = [64, 1024];

  const turned = (word, by) => (word >>> by) | (word << (32 - by));

  function mix(state, a, b, c, d, x, y) {
    state[a] = (state[a] + state[b] + x) | 0;
    state[d] = turned(state[d] ^ state[a], 16);
    state[c] = (state[c] + state[d]) | 0;
    state[b] = turned(state[b] ^ state[c], 12);
    state[a] = (state[a] + state[b] + y) | 0;
    state[d] = turned(state[d] ^ state[a], 8);
    state[c] = (state[c] + state[d]) | 0;
    state[b] = turned(state[b] ^ state[c], 7);
  }

  /// Returns the chaining value: eight words.
  function compress(chaining, block, counter, length, flags) {
    const high = Math.floor(counter / 2 ** 32);
    const state = Int32Array.from([...chaining, ...IV.slice(0, 4), counter | 0, high, length, flags]);
    let words = block;
    for (let round = 0; round < 7; round++) {
      mix(state, 0, 4, 8, 12, words[0], words[1]);
      mix(state, 1, 5, 9, 13, words[2], words[3]);
      mix(state, 2, 6, 10, 14, words[4], words[5]);
      mix(state, 3, 7, 11, 15, words[6], words[7]);
      mix(state, 0, 5, 10, 15, words[8], words[9]);
      mix(state, 1, 6, 11, 12, words[10], words[11]);
      mix(state, 2, 7, 8, 13, words[12], words[13]);
      mix(state, 3, 4, 9, 14, words[14], words[15]);
      words = ORDER.map((it) => words[it]);
    }
    return Array.from({ length: 8 }, (_, place) => state[place] ^ state[place + 8]);
  }

  function wordsOf(bytes, start, end) {
    const block = new Uint8Array(BLOCK);
    block.set(bytes.subarray(start, end));
    const view = new DataView(block.buffer);
    return Array.from({ length: 16 }, (_, place) => view.getInt32(4 * place, true));
  }

  function chunk(bytes, start, end, key, flags, root) {
    let chaining = key;
    let place = start;
    do {
      const until = Math.min(place + BLOCK, end);
      const isLast = until === end;
      const marks = (place === start ? CHUNK_START : 0) | (isLast ? CHUNK_END | root : 0);
      chaining = compress(chaining, wordsOf(bytes, place, until), start / CHUNK, until - place, flags | marks);
      place = until;
    } while (place < end);
    return chaining;
  }

  function subtree(bytes, start, end, key, flags, root) {
    if (end - start <= CHUNK) return chunk(bytes, start, end, key, flags, root);
    // The left part is the largest power of two of chunks that leaves some.
    let left = CHUNK;
    while (2 * left < end - start) left *= 2;
    const words = [
      ...subtree(bytes, start, start + left, key, flags, 0),
      ...subtree(bytes, start + left, end, key, flags, 0),
    ];
    return compress(key, words, 0, BLOCK, flags | PARENT | root);
  }

  function bytesOf(words) {
    const bytes = new Uint8Array(32);
    const view = new DataView(bytes.buffer);
    words.forEach((it, place) => view.setInt32(4 * place, it, true));
    return bytes;
  }

  const hash = (bytes) => bytesOf(subtree(bytes, 0, bytes.length, IV, 0, ROOT));

  function derive(context, bytes) {
    const name = new TextEncoder().encode(context);
    const key = subtree(name, 0, name.length, IV, CONTEXT, ROOT);
    return bytesOf(subtree(bytes, 0, bytes.length, key, MATERIAL, ROOT));
  }

  globalThis.neglist = Object.assign(globalThis.neglist ?? {}, { blake3: { hash, derive } });
})();
