//! A feed as RFC 4287 writes it.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

/// A feed: what it is, and its entries, the newest first.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) updated: String,
    pub(super) entries: Vec<Entry>,
}

/// Something that was published.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) updated: String,
    /// Where it can be read, on this server.
    pub(super) link: Option<String>,
    pub(super) summary: String,
}

impl Feed {
    /// Writes the feed that lies at an address.
    pub(super) fn write(&self, address: &str) -> Vec<u8> {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        self.write_to(&mut writer, address).expect("because memory takes what is written");
        let mut bytes = writer.into_inner();
        bytes.push(b'\n');
        bytes
    }

    fn write_to<W: Write>(&self, writer: &mut Writer<W>, address: &str) -> io::Result<()> {
        writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let feed = writer.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
        feed.write_inner_content(|writer| {
            text(writer, "id", &self.id)?;
            text(writer, "title", &self.title)?;
            text(writer, "updated", &self.updated)?;
            writer
                .create_element("link")
                .with_attribute(("rel", "self"))
                .with_attribute(("href", address))
                .write_empty()?;
            writer.create_element("author").write_inner_content(|it| text(it, "name", &self.author))?;
            for entry in &self.entries {
                writer.create_element("entry").write_inner_content(|it| entry.write_to(it))?;
            }
            Ok(())
        })?;
        Ok(())
    }
}

impl Entry {
    fn write_to<W: Write>(&self, writer: &mut Writer<W>) -> io::Result<()> {
        text(writer, "id", &self.id)?;
        text(writer, "title", &self.title)?;
        text(writer, "updated", &self.updated)?;
        if let Some(link) = &self.link {
            writer.create_element("link").with_attribute(("href", link.as_str())).write_empty()?;
        }
        // Without a link an entry has to have content.
        if self.link.is_none() {
            text(writer, "content", &self.title)?;
        }
        if !self.summary.is_empty() {
            text(writer, "summary", &self.summary)?;
        }
        Ok(())
    }
}

fn text<W: Write>(writer: &mut Writer<W>, name: &str, text: &str) -> io::Result<()> {
    // What XML has no spelling for is left out.
    let is_spelled = |it: &char| !it.is_control() || matches!(it, '\t' | '\n');
    let text: String = text.chars().filter(is_spelled).collect();
    writer.create_element(name).write_text_content(BytesText::new(&text))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_only_text() {
        let entry = Entry {
            id: "urn:x:1".to_owned(),
            title: "<b>a & b</b>\u{1}".to_owned(),
            updated: "2026-01-01T00:00:00Z".to_owned(),
            link: None,
            summary: "]]> \"c\"".to_owned(),
        };
        let updated = entry.updated.clone();
        let feed = Feed {
            id: "urn:x".to_owned(),
            title: "x".to_owned(),
            author: "y".to_owned(),
            updated,
            entries: vec![entry],
        };
        let written = String::from_utf8(feed.write("/feed.atom?a=b&c=\"d\"")).unwrap();
        assert!(written.contains("<title>&lt;b&gt;a &amp; b&lt;/b&gt;</title>"), "{written}");
        assert!(written.contains("href=\"/feed.atom?a=b&amp;c=&quot;d&quot;\""), "{written}");
        assert!(written.contains("]]&gt;") && !written.contains('\u{1}'), "{written}");
    }
}
