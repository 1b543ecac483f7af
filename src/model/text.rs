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
