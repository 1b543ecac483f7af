//! Text for people, in which only the program itself speaks to the terminal.
//!
//! What lists and files say comes from strangers, and a terminal does what
//! control characters tell it: it deletes a line, hides a word, shows a text in
//! another order than it is read in. So they are written as what they are.

use std::io::{self, Write};

use crate::model::text::is_plain;

/// The sequences that the program writes itself, behind `ESC [` and before `m`:
/// bold, dim, four colours, and the end of these. A text that has them too may
/// be coloured by them, and no more.
const OWN: [&str; 7] = ["0", "1", "2", "31", "32", "33", "35"];

/// Writes text, with all that is not plain as `\u{1b}`.
pub(super) struct Shown<'o> {
    out: &'o mut dyn Write,
    /// The beginning of a character whose end is still to come.
    rest: Vec<u8>,
}

impl<'o> Shown<'o> {
    /// Writes to `out`.
    pub(super) fn new(out: &'o mut dyn Write) -> Shown<'o> {
        Shown { out, rest: Vec::new() }
    }

    /// Returns what it writes to.
    pub(super) fn inner(&mut self) -> &mut dyn Write {
        self.out
    }
}

impl Write for Shown<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_plain = |it: &u8| (b' '..0x7f).contains(it) || *it == b'\n';
        if self.rest.is_empty() && bytes.iter().all(is_plain) {
            self.out.write_all(bytes)?;
        } else {
            let whole = [std::mem::take(&mut self.rest).as_slice(), bytes].concat();
            let mut written = String::with_capacity(whole.len());
            let mut chunks = whole.utf8_chunks().peekable();
            while let Some(chunk) = chunks.next() {
                escape(chunk.valid(), &mut written);
                // Of what ends in the midst of a character, more may come.
                let is_cut = chunks.peek().is_none()
                    && std::str::from_utf8(chunk.invalid()).is_err_and(|it| it.error_len().is_none());
                if is_cut {
                    self.rest = chunk.invalid().to_vec();
                } else if !chunk.invalid().is_empty() {
                    written.push(char::REPLACEMENT_CHARACTER);
                }
            }
            self.out.write_all(written.as_bytes())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a text with all that is not plain in it escaped.
fn escape(text: &str, written: &mut String) {
    let mut rest = text;
    while let Some(it) = rest.chars().next() {
        if let Some(own) = own(rest) {
            written.push_str(own);
            rest = rest.strip_prefix(own).unwrap_or_default();
            continue;
        }
        if is_plain(it) || it == '\n' || it == '\t' {
            written.push(it);
        } else {
            written.extend(it.escape_unicode());
        }
        rest = rest.strip_prefix(it).unwrap_or_default();
    }
}

/// Returns the sequence of our own that a text begins with.
fn own(text: &str) -> Option<&str> {
    let (code, rest) = text.strip_prefix("\u{1b}[")?.split_once('m')?;
    OWN.contains(&code).then(|| text.strip_suffix(rest)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::layout::style;
    use crate::model::Outcome;

    fn shown(pieces: &[&[u8]]) -> String {
        let mut out = Vec::new();
        let mut shown = Shown::new(&mut out);
        pieces.iter().for_each(|it| shown.write_all(it).unwrap());
        shown.flush().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_as_what_it_is() {
        for (text, expected) in [
            ("plain\n\tand 数据 é 👍\n", "plain\n\tand 数据 é 👍\n"),
            // Up a line and over it; a title; a link; the screen.
            ("\u{1b}[1A\u{1b}[2KPERMITTED", "\\u{1b}[1A\\u{1b}[2KPERMITTED"),
            ("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}"),
            ("\u{9b}2J", "\\u{9b}2J"),
            ("PROHIBITED\rPERMITTED ", "PROHIBITED\\u{d}PERMITTED "),
            ("a\u{8}b\u{0}\u{7f}", "a\\u{8}b\\u{0}\\u{7f}"),
            // Another order than is read, and what is not seen.
            ("\u{202e}dettimrep\u{202c}", "\\u{202e}dettimrep\\u{202c}"),
            ("\u{2066}a\u{2069}\u{200f}", "\\u{2066}a\\u{2069}\\u{200f}"),
            ("a\u{200b}b\u{feff}\u{2028}\u{e0041}", "a\\u{200b}b\\u{feff}\\u{2028}\\u{e0041}"),
            // No colours but ours, and none hidden.
            ("\u{1b}[8mhidden\u{1b}[0m", "\\u{1b}[8mhidden\u{1b}[0m"),
            ("\u{1b}[1;31m", "\\u{1b}[1;31m"),
            ("\u{1b}[", "\\u{1b}["),
        ] {
            assert_eq!(shown(&[text.as_bytes()]), expected);
            // Whatever the pieces in which it comes.
            let bytes: Vec<_> = text.bytes().map(|it| vec![it]).collect();
            if !expected.contains('\u{1b}') {
                let bytes: Vec<_> = bytes.iter().map(Vec::as_slice).collect();
                assert_eq!(shown(&bytes), expected);
            }
        }
        assert_eq!(shown(&[b"a\xffb"]), "a\u{fffd}b");
    }

    #[test]
    fn what_the_program_writes_itself_passes() {
        for outcome in Outcome::ALL {
            let style = style(outcome);
            let text = format!("{style}{}{style:#} {}label{}", outcome.word(), "\u{1b}[2m", "\u{1b}[0m");
            assert_eq!(shown(&[text.as_bytes()]), text);
        }
    }
}
