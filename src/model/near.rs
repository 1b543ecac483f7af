//! What somebody may have meant.

/// How many near misses are named.
const MOST: usize = 3;

/// What is less alike than this is not meant.
const LEAST: f64 = 0.7;

/// Returns the words nearest to one that is not known, the nearest first.
/// Nothing is ever picked: they are only named.
pub fn near<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wrong = wrong.to_lowercase();
    let mut scored: Vec<_> = known
        .into_iter()
        .map(|word| (nearness(&wrong, &word.to_lowercase()), word))
        .filter(|(score, _)| LEAST <= *score)
        .collect();
    scored.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.cmp(b)));
    scored.into_iter().take(MOST).map(|(_, word)| word).collect()
}

fn nearness(wrong: &str, word: &str) -> f64 {
    // The last part of a dotted or slashed word is what people remember.
    let last = word.rsplit(['.', '/']).next().unwrap_or(word);
    let wrong_last = wrong.rsplit(['.', '/']).next().unwrap_or(wrong);
    likeness(wrong, word).max(likeness(wrong_last, last) * 0.95)
}

/// Returns how alike two words are, from 0 to 1.
fn likeness(one: &str, other: &str) -> f64 {
    let (one_length, other_length) = (one.chars().count(), other.chars().count());
    // Where the lengths alone are so far apart, the words are. To compare takes
    // time and memory by the product of both, and one of them is a stranger's.
    #[expect(clippy::cast_precision_loss, reason = "words are shorter than 2^52 letters")]
    let is_alike = LEAST * one_length.max(other_length) as f64 <= one_length.min(other_length) as f64;
    if is_alike { strsim::normalized_damerau_levenshtein(one, other) } else { 0.0 }
}

/// Returns a hint that names the near misses, where there are any.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = near(wrong, known);
    let quoted: Vec<_> = near.iter().map(|it| format!("`{it}`")).collect();
    match quoted.split_last()? {
        (last, []) => Some(format!("did you mean {last}?")),
        (last, rest) => Some(format!("did you mean {} or {last}?", rest.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_other_lengths_are_not_compared() {
        let shown = |one: &str, other: &str| format!("{:.2}", likeness(one, other));
        // Two letters of four are alike, and nobody looked.
        assert_eq!([shown("ab", "abcd"), shown("abcd", "ab")], ["0.00"; 2]);
        assert_eq!([shown("abc", "abcd"), shown("abcd", "abc")], ["0.75"; 2]);
        // At the border they are.
        assert_eq!(shown("abcdefg", "abcdefghij"), "0.70");
    }

    #[test]
    fn near_misses_are_sorted_by_nearness() {
        let known = ["personal.contact", "personal.health", "personal.contact.email", "important"];
        assert_eq!(near("personal.contcat", known), ["personal.contact"]);
        assert_eq!(near("email", known), ["personal.contact.email"]);
        assert_eq!(near("zzz", known), [""; 0]);
        assert_eq!(did_you_mean("personal.helth", known).unwrap(), "did you mean `personal.health`?");
    }
}
