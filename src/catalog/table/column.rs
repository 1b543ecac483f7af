//! The columns of a table.

use crate::model::Language;

/// What a column says of the entry in its row.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Column {
    /// A running number, for people.
    Number,
    /// The id of the entry.
    Id,
    /// The sectors that it concerns.
    Sector,
    /// The categories that it binds.
    Category,
    /// Narrower categories, in place of those.
    Subcategory,
    /// Categories that it does not bind.
    Except,
    /// The numbers of people that it concerns.
    Threshold,
    /// Further conditions.
    When,
    /// The destinations that it binds.
    To,
    /// What it does.
    Effect,
    /// What makes a conditional one lawful.
    Requires,
    /// What lifts it.
    Exemptions,
    /// What remains to be done.
    Duties,
    /// What it is for.
    Objective,
    /// The article.
    Cite,
    /// The sentence for people, in English.
    NoteEn,
    /// The sentence for people, in Chinese.
    NoteZh,
    /// The combine group.
    Combine,
    /// Notes for readers of answers.
    Notes,
}

/// The columns in the order in which they are written.
const ALL: [Column; 19] = [
    Column::Number,
    Column::Id,
    Column::Sector,
    Column::Category,
    Column::Subcategory,
    Column::Except,
    Column::Threshold,
    Column::When,
    Column::To,
    Column::Effect,
    Column::Requires,
    Column::Exemptions,
    Column::Duties,
    Column::Objective,
    Column::Cite,
    Column::NoteEn,
    Column::NoteZh,
    Column::Combine,
    Column::Notes,
];

/// Other names under which columns come.
const ALIASES: [(&str, Column); 17] = [
    ("编号", Column::Id),
    ("entry", Column::Id),
    ("数据分类", Column::Category),
    ("除外", Column::Except),
    ("数量阈值", Column::Threshold),
    ("条件", Column::When),
    ("conditions", Column::When),
    ("destination", Column::To),
    ("destinations", Column::To),
    ("要求", Column::Requires),
    ("citation", Column::Cite),
    ("条款", Column::Cite),
    ("description", Column::NoteEn),
    ("note-en", Column::NoteEn),
    ("note-(en)", Column::NoteEn),
    ("note-(zh)", Column::NoteZh),
    ("描述", Column::NoteZh),
];

impl Column {
    /// Every column.
    pub const ALL: [Column; 19] = ALL;

    /// Returns the columns that a table is written with: a subcategory is
    /// written as the category that it is.
    pub fn written() -> impl Iterator<Item = Column> {
        ALL.into_iter().filter(|it| *it != Column::Subcategory)
    }

    /// Returns its name.
    pub fn name(self, language: Language) -> &'static str {
        let (en, zh) = match self {
            Column::Number => ("no", "序号"),
            Column::Id => ("id", "条目编号"),
            Column::Sector => ("sector", "行业"),
            Column::Category => ("category", "数据类别"),
            Column::Subcategory => ("subcategory", "数据子类"),
            Column::Except => ("except", "除外类别"),
            Column::Threshold => ("threshold", "阈值"),
            Column::When => ("when", "其他条件"),
            Column::To => ("to", "目的地"),
            Column::Effect => ("effect", "效力"),
            Column::Requires => ("requires", "机制"),
            Column::Exemptions => ("exemptions", "豁免"),
            Column::Duties => ("duties", "义务"),
            Column::Objective => ("objective", "目的"),
            Column::Cite => ("cite", "依据"),
            Column::NoteEn => ("note", "数据基本特征与描述(英文)"),
            Column::NoteZh => ("note-zh", "数据基本特征与描述"),
            Column::Combine => ("combine", "合并组"),
            Column::Notes => ("notes", "附注"),
        };
        match language {
            Language::En => en,
            Language::Zh => zh,
        }
    }

    /// Finds a column by any of its names.
    pub fn find(name: &str) -> Option<Column> {
        let name = tidy(name);
        let named = |it: &Column| [Language::En, Language::Zh].iter().any(|language| it.name(*language) == name);
        let alias = || ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, it)| *it);
        ALL.into_iter().find(named).or_else(alias)
    }

    /// Returns every name that a column may have.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let names = ALL.into_iter().flat_map(|it| [it.name(Language::En), it.name(Language::Zh)]);
        names.chain(ALIASES.iter().map(|(alias, _)| *alias))
    }
}

/// Takes out what spreadsheets and people put into headings.
fn tidy(name: &str) -> String {
    let name = name.trim().to_lowercase().replace('（', "(").replace('）', ")");
    let is_chinese = !name.is_ascii();
    let words = name.split(|it: char| it.is_whitespace() || it == '_').filter(|it| !it.is_empty());
    // A heading that was broken into lines is one word in Chinese.
    words.collect::<Vec<_>>().join(if is_chinese { "" } else { "-" })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_means_one_column() {
        let names: Vec<_> = Column::names().collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for column in ALL {
            for language in [Language::En, Language::Zh] {
                assert_eq!(Column::find(column.name(language)), Some(column));
            }
        }
        for (alias, column) in ALIASES {
            assert_eq!(Column::find(alias), Some(column), "{alias}");
        }
        for (name, column) in [
            (" Category ", Column::Category),
            ("数据\n类别", Column::Category),
            ("数据基本特征与描述（英文）", Column::NoteEn),
            ("Note (zh)", Column::NoteZh),
            ("NOTE_ZH", Column::NoteZh),
        ] {
            assert_eq!(Column::find(name), Some(column), "{name}");
        }
        assert_eq!(Column::find("treshold"), None);
        assert_eq!(Column::find(""), None);
    }
}
