//! Whether a citation says where in its instrument a rule stands.

/// Words after which the number of a part follows, in small letters and
/// without a full stop.
const PARTS: [&str; 28] = [
    "annex",
    "appendix",
    "app",
    "art",
    "arts",
    "article",
    "articles",
    "ch",
    "chapter",
    "cl",
    "clause",
    "class",
    "ipp",
    "para",
    "paras",
    "part",
    "principle",
    "r",
    "reg",
    "regs",
    "rule",
    "rules",
    "s",
    "ss",
    "sch",
    "schedule",
    "sec",
    "section",
];

/// Returns whether a citation names a part of its instrument: an article, a
/// section, a clause, a paragraph, and not only the instrument.
pub fn names_a_part(cite: &str) -> bool {
    if cite.contains(['§', '第']) {
        return true;
    }
    let words: Vec<_> = cite.split_whitespace().collect();
    let names_part = |pair: &[&str]| match pair {
        [word, number] => is_part(word) && number.starts_with(|it: char| it.is_ascii_digit()),
        _ => false,
    };
    words.windows(2).any(names_part) || words.iter().any(|it| is_numbered(it))
}

fn is_part(word: &str) -> bool {
    let word = word.trim_end_matches('.').trim_start_matches('(').to_lowercase();
    PARTS.contains(&word.as_str())
}

/// Returns whether a word is the number of a part by itself, such as
/// `791.4(a)` or `5.10.1`.
fn is_numbered(word: &str) -> bool {
    let characters: Vec<_> = word.chars().collect();
    let mut all = characters.windows(3);
    all.any(|it| matches!(it, [a, '.' | '(', b] if a.is_ascii_digit() && b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_more_than_an_instrument() {
        let parts = [
            "Order 11 Art. 4(3)",
            "§ 202.303",
            "s. 5",
            "Act 1 of 2026, s. 3",
            "《个人信息保护法》第三十八条",
            "15 CFR 791.4(a)",
            "CJIS Security Policy 5.10.1.5",
            "DPA 2018 Sch. 21 para. 5",
            "Tianjin list (2024), class 10",
        ];
        for cite in parts {
            assert!(names_a_part(cite), "{cite}");
        }
        let instruments = [
            "",
            "Act 1 of 2026",
            "116/2025/QH15",
            "ECC-1:2018",
            "SAMA outsourcing rules",
            "Beijing list (2024)",
            "Part of it",
        ];
        for cite in instruments {
            assert!(!names_a_part(cite), "{cite}");
        }
    }
}
