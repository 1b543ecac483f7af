//! JSON written straight to bytes, with no space in it, as `serde_json` writes
//! it.

use std::io::Write;

use jiff::civil::Date;
use semver::Version;

use crate::model::Hash;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// An object that is being written.
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
    is_empty: bool,
}

impl Object<'_> {
    /// Writes a key that needs no escape, and returns where its value goes.
    pub(super) fn key(&mut self, key: &str) -> &mut Vec<u8> {
        self.out.extend_from_slice(if self.is_empty { b"\"" } else { b",\"" });
        self.is_empty = false;
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    /// Writes a key with a text.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        write_text(self.key(key), value);
    }
}

/// Writes an object.
pub(super) fn object(out: &mut Vec<u8>, write: impl FnOnce(&mut Object<'_>)) {
    out.push(b'{');
    write(&mut Object { out, is_empty: true });
    out.push(b'}');
}

/// Writes an array.
pub(super) fn array<T>(out: &mut Vec<u8>, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut Vec<u8>, T)) {
    out.push(b'[');
    for (position, item) in items.into_iter().enumerate() {
        if position != 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// Writes a value, or `null`.
pub(super) fn option<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        Some(value) => write(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

/// Writes `true` or `false`.
pub(super) fn flag(out: &mut Vec<u8>, value: bool) {
    out.extend_from_slice(if value { b"true" } else { b"false" });
}

/// Writes a whole number.
pub(super) fn number(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut length = 0;
    for digit in digits.iter_mut().rev() {
        *digit = decimal(value % 10);
        value /= 10;
        length += 1;
        if value == 0 {
            break;
        }
    }
    let (_, written) = digits.split_at(digits.len() - length);
    out.extend_from_slice(written);
}

/// Writes a date as a text.
pub(super) fn date(out: &mut Vec<u8>, date: Date) {
    out.push(b'"');
    write_date(out, date);
    out.push(b'"');
}

/// Writes a date.
fn write_date(out: &mut Vec<u8>, date: Date) {
    let Ok(year) = u64::try_from(date.year()) else {
        return write_shown(out, &date);
    };
    let (month, day) = (u64::from(date.month().unsigned_abs()), u64::from(date.day().unsigned_abs()));
    out.extend_from_slice(&[
        decimal(year / 1000),
        decimal(year / 100),
        decimal(year / 10),
        decimal(year),
        b'-',
        decimal(month / 10),
        decimal(month),
        b'-',
        decimal(day / 10),
        decimal(day),
    ]);
}

/// Writes a version as a text.
pub(super) fn version(out: &mut Vec<u8>, version: &Version) {
    out.push(b'"');
    if version.pre.is_empty() && version.build.is_empty() {
        number(out, version.major);
        out.push(b'.');
        number(out, version.minor);
        out.push(b'.');
        number(out, version.patch);
    } else {
        write_shown(out, version);
    }
    out.push(b'"');
}

/// Writes a hash as a text.
pub(super) fn hash(out: &mut Vec<u8>, hash: &Hash) {
    let mut digits = [0; 64];
    let (pairs, _) = digits.as_chunks_mut::<2>();
    for (pair, byte) in pairs.iter_mut().zip(&hash.0) {
        *pair = [hexadecimal(byte >> 4), hexadecimal(byte & 15)];
    }
    out.push(b'"');
    out.extend_from_slice(&digits);
    out.push(b'"');
}

/// Writes a text, escaped.
pub(super) fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if is_plain(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        text.bytes().for_each(|it| write_escaped(out, it));
    }
    out.push(b'"');
}

/// Returns whether nothing has to be escaped. Nearly always: so many bytes at
/// once are looked at without a branch.
fn is_plain(bytes: &[u8]) -> bool {
    let (chunks, rest) = bytes.as_chunks::<32>();
    let needs_escape = |it: &u8| *it < 0x20 || *it == b'"' || *it == b'\\';
    let is_plain = |it: &[u8]| !it.iter().fold(false, |found, it| found | needs_escape(it));
    chunks.iter().all(|it| is_plain(it)) && is_plain(rest)
}

fn write_escaped(out: &mut Vec<u8>, byte: u8) {
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0c => b'f',
        b'\r' => b'r',
        0..0x20 => {
            return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', hexadecimal(byte >> 4), hexadecimal(byte & 15)]);
        }
        _ => return out.push(byte),
    };
    out.extend_from_slice(&[b'\\', short]);
}

fn write_shown(out: &mut Vec<u8>, value: &impl std::fmt::Display) {
    write!(out, "{value}").expect("because a vector takes every byte");
}

/// Returns the last decimal digit of a number.
fn decimal(number: u64) -> u8 {
    b'0' + u8::try_from(number % 10).unwrap_or_default()
}

fn hexadecimal(half: u8) -> u8 {
    DIGITS.get(usize::from(half)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_text_is_escaped_as_serde_json_does() {
        let all: String = (0..0x300).filter_map(char::from_u32).collect();
        let texts = ["", "plain", "a \"quoted\" word", "back\\slash", "中文。", &all, &all.repeat(3)];
        // One byte to escape at every place of a long text.
        let holed = (0..100).map(|place| {
            let mut text = vec!['x'; 100];
            text[place] = '\n';
            text.into_iter().collect::<String>()
        });
        let alone = (0..0x80).filter_map(char::from_u32).map(String::from);
        for text in texts.into_iter().map(str::to_owned).chain(holed).chain(alone) {
            assert_eq!(written(|out| write_text(out, &text)), serde_json::to_string(&text).unwrap());
        }
    }

    #[test]
    fn numbers_dates_versions_and_hashes_are_written_as_they_are_shown() {
        for it in [0, 9, 10, 101, 1 << 53, u64::MAX] {
            assert_eq!(written(|out| number(out, it)), it.to_string());
        }
        for it in ["0000-01-01", "0999-12-31", "2024-02-29", "9999-12-31", "-000001-01-01"] {
            let day: Date = it.parse().unwrap();
            assert_eq!(written(|out| date(out, day)), format!("\"{day}\""));
        }
        for it in ["0.0.0", "12.345.6789", "1.0.0-rc.1"] {
            assert_eq!(written(|out| version(out, &it.parse().unwrap())), format!("\"{it}\""));
        }
        let bytes: Vec<u8> = (0..32).map(|it| it * 8 + 1).collect();
        let it = Hash(bytes.try_into().unwrap());
        assert_eq!(written(|out| hash(out, &it)), format!("\"{it}\""));
    }
}
