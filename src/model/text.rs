//! Names and sentences in the two languages of the registry.

/// A text in English and in Chinese.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Text {
    /// English.
    pub en: String,
    /// Chinese, simplified.
    pub zh: String,
}

/// A language to show things in.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese, simplified.
    Zh,
}

/// Returns whether a character stands for itself where it is shown: it tells a
/// terminal nothing, does not change the order of what is around it, and is
/// seen.
pub fn is_plain(it: char) -> bool {
    let is_order =
        matches!(it, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    // Joiners are not among them: words of some scripts need them.
    let is_unseen = matches!(
        it,
        '\u{ad}' | '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    );
    !(it.is_control() || is_order || is_unseen)
}

impl Language {
    /// Returns the one of two texts that is in this language.
    pub fn say<'t>(self, en: &'t str, zh: &'t str) -> &'t str {
        match self {
            Language::En => en,
            Language::Zh => zh,
        }
    }
}

impl Text {
    /// Returns the text in a language.
    pub fn in_language(&self, language: Language) -> &str {
        language.say(&self.en, &self.zh)
    }
}
