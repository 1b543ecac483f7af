// The log: the record that an answer rests on is its last, and its key signed it.
"use strict";

(() => {
  const { need, at, keys, text, canonical, utf8, derive, joined, unbase64, object } = globalThis.neglist;

  /// Why a browser cannot verify anything.
  class Unable extends Error {}

  function subtle() {
    const found = globalThis.crypto?.subtle;
    if (!found) throw new Unable("insecure");
    return found;
  }

  const sha256 = async (...parts) => new Uint8Array(await subtle().digest("SHA-256", joined(...parts)));
  const isSame = (a, b) => a.length === b.length && a.every((it, place) => it === b[place]);
  const keyId = async (name, key) => (await sha256(utf8(name), [10], key)).slice(0, 4);

  async function isSigned(key, signature, message) {
    let read;
    try {
      read = await subtle().importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
    } catch (error) {
      if (error.name === "NotSupportedError" || error.name === "TypeError") throw new Unable("ed25519");
      throw error;
    }
    return subtle().verify({ name: "Ed25519" }, read, signature, message);
  }

  /// Reads the public key of a log: `NAME+HASH+BASE64`.
  async function readKey(written) {
    const parts = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(written.trim());
    need(parts, "not the key of a log");
    const [, name, hash, encoded] = parts;
    const key = unbase64(encoded);
    const id = await keyId(name, key);
    need(key.length === 33 && key[0] === 1 && isSame(id, hash.match(/../g).map((it) => parseInt(it, 16))), "not the key of a log");
    return { name, id, key: key.slice(1) };
  }

  /// Returns size and root of a checkpoint (C2SP tlog-checkpoint) that the key signed.
  async function checkpointOf(note, key) {
    const cut = note.lastIndexOf("\n\n");
    need(0 <= cut && note.endsWith("\n"), "no signed note");
    const [signed, signatures] = [note.slice(0, cut + 1), note.slice(cut + 2, -1)];
    let isBySigner = false;
    for (const line of signatures.split("\n")) {
      const parts = line.split(" ");
      need(parts.length === 3 && parts[0] === "\u2014", "no signed note");
      const raw = unbase64(parts[2]);
      if (parts[1] !== key.name || !isSame(raw.slice(0, 4), key.id)) continue;
      need(await isSigned(key.key, raw.slice(4), utf8(signed)), "the signature is not over this checkpoint");
      isBySigner = true;
    }
    need(isBySigner, "not signed by this log");
    const lines = signed.split("\n");
    need(lines.length === 4 && lines[0] === key.name && /^(0|[1-9][0-9]{0,15})$/.test(lines[1]), "no checkpoint of this log");
    return { origin: lines[0], size: Number(lines[1]), root: unbase64(lines[2]) };
  }

  /// RFC 9162 section 2.1.3.2.
  async function rootFrom(path, index, size, leaf) {
    need(Number.isSafeInteger(index) && 0 <= index && index < size, "the entry is not in the log");
    let [place, last, hash] = [index, size - 1, leaf];
    const half = (it) => Math.floor(it / 2);
    for (const step of path) {
      need(last, "the path is too long");
      if (place % 2 || place === last) {
        hash = await sha256([1], step, hash);
        while (place % 2 === 0 && place) [place, last] = [half(place), half(last)];
      } else {
        hash = await sha256([1], hash, step);
      }
      [place, last] = [half(place), half(last)];
    }
    need(last === 0, "the path is too short");
    return hash;
  }

  /// Returns the head that the log commits to.
  async function checkLog(receipt, key) {
    const proof = text(receipt.proof);
    const cut = proof.indexOf("\n\n");
    const [lines, note] = [proof.slice(0, cut).split("\n"), proof.slice(cut + 2)];
    need(0 <= cut && lines[0] === "c2sp.org/tlog-proof@v1" && 2 <= lines.length, "no proof of the log");
    const { origin, size, root } = await checkpointOf(note, key);
    const record = keys(receipt.record, "digest", "index", "kind", "lists_root", "previous", "recorded", "signatures");
    need(lines[1] === `index ${record.index}` && record.index + 1 === size, "not the last record");
    const entry = object(["digest", "index", "kind", "lists_root", "recorded"].map((it) => [it, at(record, it)]));
    const leaf = await sha256([0], utf8(canonical(entry)));
    const found = await rootFrom(lines.slice(2).map(unbase64), record.index, size, leaf);
    need(isSame(found, root), "the log holds another record");
    return object([["head", derive("record", record)], ["origin", origin], ["size", size]]);
  }

  Object.assign(globalThis.neglist, { Unable, readKey, checkLog });
})();
