//! Where things stand in a file.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::catalog::diagnostic::find_word;
use crate::model::EntryId;

/// A file as it was written: what stands in it, and where. What it takes from
/// its base does not.
#[derive(Debug)]
pub(crate) struct Written<'a> {
    text: &'a str,
    root: Option<DeTable<'a>>,
}

impl<'a> Written<'a> {
    pub(crate) fn new(text: &'a str) -> Written<'a> {
        Written { text, root: DeTable::parse(text).ok().map(Spanned::into_inner) }
    }

    /// Returns where a value stands, such as `["source", "url"]`.
    pub(crate) fn span(&self, path: &[&str]) -> Option<Range<usize>> {
        look_up(self.root.as_ref()?, path).map(Spanned::span)
    }

    /// Returns a text value.
    pub(crate) fn string(&self, path: &[&str]) -> Option<String> {
        look_up(self.root.as_ref()?, path)?.get_ref().as_str().map(str::to_owned)
    }

    /// Returns the keys of a table, in the order in which they stand there.
    pub(crate) fn keys(&self, table: &str) -> Vec<String> {
        let found = self.root.as_ref().and_then(|it| look_up(it, &[table])?.get_ref().as_table());
        found.into_iter().flat_map(|it| it.keys()).map(|it| it.get_ref().to_string()).collect()
    }

    /// Returns whether the file says this itself.
    pub(crate) fn has(&self, path: &[&str]) -> bool {
        self.span(path).is_some()
    }

    /// Returns where one of several tables or texts of an array stands.
    pub(crate) fn nth(&self, key: &str, index: usize) -> Option<Range<usize>> {
        look_up(self.root.as_ref()?, &[key])?.get_ref().as_array()?.get(index).map(Spanned::span)
    }

    /// Returns whether an entry stands in the file.
    pub(crate) fn has_entry(&self, id: &EntryId) -> bool {
        self.entry(id).is_some()
    }

    /// Returns where a value of an entry stands, or as far as it can be
    /// followed; its id where not even the key is there.
    pub(crate) fn in_entry(&self, id: &EntryId, path: &[&str]) -> Option<Range<usize>> {
        let entry = self.entry(id)?;
        let found = (1..=path.len()).rev().find_map(|length| look_up(entry, path.get(..length)?));
        found.or_else(|| look_up(entry, &["id"])).map(Spanned::span)
    }

    /// Returns where a word stands in a part of the file, or that part.
    pub(crate) fn word(&self, part: Option<Range<usize>>, word: &str) -> Option<Range<usize>> {
        let part = part?;
        find_word(self.text, part.clone(), word).or(Some(part))
    }

    fn entry(&self, id: &EntryId) -> Option<&DeTable<'a>> {
        let entries = look_up(self.root.as_ref()?, &["entry"])?.get_ref().as_array()?;
        let is_it =
            |it: &&DeTable<'a>| look_up(it, &["id"]).is_some_and(|found| found.get_ref().as_str() == Some(id.as_str()));
        entries.iter().filter_map(|it| it.get_ref().as_table()).find(is_it)
    }
}

fn look_up<'t, 'a>(table: &'t DeTable<'a>, path: &[&str]) -> Option<&'t Spanned<DeValue<'a>>> {
    let (first, rest) = path.split_first()?;
    let value = table.get(*first)?;
    if rest.is_empty() { Some(value) } else { look_up(value.get_ref().as_table()?, rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_found_where_it_stands() {
        let text = "a = { b = \"c\" }\n[[entry]]\nid = \"x\"\nwhen = { \"exporter.ciio\" = true }\n";
        let written = Written::new(text);
        let shown = |it: Option<Range<usize>>| it.and_then(|it| text.get(it));
        assert_eq!(shown(written.span(&["a", "b"])), Some("\"c\""));
        assert_eq!(shown(written.span(&["a", "d"])), None);
        let id: EntryId = "x".parse().unwrap();
        assert_eq!(shown(written.in_entry(&id, &["when", "exporter.ciio"])), Some("true"));
        assert_eq!(shown(written.in_entry(&id, &["when", "sector"])), Some("{ \"exporter.ciio\" = true }"));
        assert_eq!(shown(written.in_entry(&id, &["cite"])), Some("\"x\""));
        assert!(!written.has_entry(&"y".parse().unwrap()));
    }
}
