//! A note for people, and the three ways to write it.

use std::fmt::Write;

use crate::cli::layout::Layout;
use crate::model::Language;

/// A part of a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Span {
    Plain(String),
    /// Something that is written exactly so, such as an id.
    Code(String),
    Strong(String),
    /// A text that leads to an address.
    Link(String, String),
}

pub(super) type Line = Vec<Span>;

/// A part of a note.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Block {
    Title(Line),
    Section(Line),
    Part(Line),
    Paragraph(Line),
    /// Texts beside labels.
    Facts(Vec<(String, Line)>),
    /// Points, each with lines that hang below it.
    Points(Vec<(Line, Vec<Line>)>),
}

/// Makes a line of plain text.
pub(super) fn plain(text: impl Into<String>) -> Line {
    vec![Span::Plain(text.into())]
}

/// Writes a note for a terminal.
pub(super) fn text(blocks: &[Block], width: usize, language: Language) -> String {
    let mut layout = Layout::new(width, language);
    for (index, block) in blocks.iter().enumerate() {
        let is_first = index == 0;
        match block {
            Block::Title(line) => layout.line(&words(line)),
            Block::Section(line) | Block::Part(line) | Block::Paragraph(line) => {
                if !is_first {
                    layout.line("");
                }
                match block {
                    Block::Section(_) => layout.line(&words(line).to_uppercase()),
                    Block::Part(_) => layout.hanging("", &words(line)),
                    Block::Title(_) | Block::Paragraph(_) | Block::Facts(_) | Block::Points(_) => {
                        layout.hanging("  ", &words(line));
                    }
                }
            }
            Block::Facts(facts) => {
                if !is_first {
                    layout.line("");
                }
                facts.iter().for_each(|(label, line)| layout.labelled(label, &words(line)));
            }
            Block::Points(points) => {
                for (line, below) in points {
                    layout.hanging("  - ", &words(line));
                    below.iter().for_each(|it| layout.hanging("    - ", &words(it)));
                }
            }
        }
    }
    layout.into_text()
}

fn words(line: &Line) -> String {
    let word = |span: &Span| match span {
        Span::Plain(text) | Span::Code(text) | Span::Strong(text) => text.clone(),
        Span::Link(text, url) => format!("{text} <{url}>"),
    };
    line.iter().map(word).collect()
}

/// Writes a note in Markdown.
pub(super) fn markdown(blocks: &[Block]) -> String {
    let mut text = String::new();
    for block in blocks {
        if !text.is_empty() {
            text.push('\n');
        }
        match block {
            Block::Title(line) => text += &format!("# {}\n", marked(line)),
            Block::Section(line) => text += &format!("## {}\n", marked(line)),
            Block::Part(line) => text += &format!("### {}\n", marked(line)),
            Block::Paragraph(line) => text += &format!("{}\n", marked(line)),
            Block::Facts(facts) => {
                facts.iter().for_each(|(label, line)| text += &format!("- **{}**: {}\n", escaped(label), marked(line)));
            }
            Block::Points(points) => {
                for (line, below) in points {
                    text += &format!("- {}\n", marked(line));
                    below.iter().for_each(|it| text += &format!("  - {}\n", marked(it)));
                }
            }
        }
    }
    text
}

fn marked(line: &Line) -> String {
    let mark = |span: &Span| match span {
        Span::Plain(text) => escaped(text),
        // An id has no backticks; what strangers wrote may.
        Span::Code(text) => format!("`{}`", text.replace('`', "'")),
        Span::Strong(text) => format!("**{}**", escaped(text)),
        Span::Link(text, url) => format!("[{}](<{}>)", escaped(text), url.replace(['<', '>', '\n'], "")),
    };
    line.iter().map(mark).collect()
}

/// Takes from a text what would mean something in Markdown or HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            '\n' | '\r' => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;\
background:#fff}h1{font-size:1.5rem}h2{font-size:1.2rem;border-bottom:1px solid #bbb;margin-top:2rem}h3{font-size:1rem}\
code{font-size:.9em;background:#eee;padding:0 .2em;overflow-wrap:anywhere}dt{font-weight:600}dd{margin:0 0 .4rem}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}code{background:#333}a{color:#8bf}}\
@media print{body{margin:0;max-width:none}}";

/// Writes a note as a page of its own, which needs nothing else.
pub(super) fn html(blocks: &[Block], language: Language) -> String {
    let title = blocks.iter().find_map(|it| if let Block::Title(line) = it { Some(words(line)) } else { None });
    let (language, title) = (tag(language), safe(&title.unwrap_or_default()));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    );
    for block in blocks {
        page += &match block {
            Block::Title(line) => format!("<h1>{}</h1>\n", tagged(line)),
            Block::Section(line) => format!("<h2>{}</h2>\n", tagged(line)),
            Block::Part(line) => format!("<h3>{}</h3>\n", tagged(line)),
            Block::Paragraph(line) => format!("<p>{}</p>\n", tagged(line)),
            Block::Facts(facts) => {
                let mut list = String::from("<dl>\n");
                for (label, line) in facts {
                    list += &format!("<dt>{}</dt><dd>{}</dd>\n", safe(label), tagged(line));
                }
                list + "</dl>\n"
            }
            Block::Points(points) => points_html(points),
        };
    }
    page + "</body>\n</html>\n"
}

fn points_html(points: &[(Line, Vec<Line>)]) -> String {
    let mut list = String::from("<ul>\n");
    for (line, below) in points {
        let below: String = below.iter().map(|it| format!("<li>{}</li>", tagged(it))).collect();
        let below = if below.is_empty() { below } else { format!("<ul>{below}</ul>") };
        // Writing to a text cannot fail.
        let _ = writeln!(list, "<li>{}{below}</li>", tagged(line));
    }
    list + "</ul>\n"
}

fn tag(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh-Hans",
    }
}

fn tagged(line: &Line) -> String {
    let tagged = |span: &Span| match span {
        Span::Plain(text) => safe(text),
        Span::Code(text) => format!("<code>{}</code>", safe(text)),
        Span::Strong(text) => format!("<strong>{}</strong>", safe(text)),
        // Only addresses of the web become links: nothing that runs.
        Span::Link(text, url) if url.starts_with("https://") || url.starts_with("http://") => {
            format!("<a href=\"{}\">{}</a>", safe(url), safe(text))
        }
        Span::Link(text, url) => format!("{} ({})", safe(text), safe(url)),
    };
    line.iter().map(tagged).collect()
}

fn safe(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_is_only_text() {
        let evil = "<script>alert('x')</script> & [a](javascript:b) *c* | `d`";
        let blocks = [
            Block::Title(plain(evil)),
            Block::Facts(vec![(evil.to_owned(), vec![Span::Code(evil.to_owned())])]),
            Block::Points(vec![(vec![Span::Link(evil.to_owned(), "javascript:alert(1)".to_owned())], vec![plain(evil)])]),
            Block::Paragraph(vec![Span::Link(evil.to_owned(), "https://example.org/\"><script>".to_owned())]),
        ];
        let page = html(&blocks, Language::En);
        assert!(!page.contains("<script") && !page.contains("href=\"javascript"), "{page}");
        assert_eq!(page.matches("<a href").count(), 1);
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;"));
        let note = markdown(&blocks);
        assert!(!note.contains("[a](") && note.contains("\\<script\\>") && note.contains("\\*c\\* \\| \\`d\\`"), "{note}");
        assert!(note.contains("](<https://example.org/\"script>)"), "{note}");
    }
}
