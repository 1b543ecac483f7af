//! A note for people, as Markdown and HTML.

use crate::model::Language;

/// A part of a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Span {
    Plain(String),
    /// Something that is written exactly so, such as an id.
    Code(String),
    Strong(String),
    /// A text that leads to an address.
    Link(String, String),
    /// An address as it is.
    Address(String),
}

impl Span {
    /// Returns how long it is, in letters.
    pub(crate) fn letters(&self) -> usize {
        match self {
            Span::Plain(text) | Span::Code(text) | Span::Strong(text) | Span::Link(text, _) | Span::Address(text) => {
                text.chars().count()
            }
        }
    }
}

pub(crate) type Line = Vec<Span>;

/// A part of a note.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Block {
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
pub(crate) fn plain(text: impl Into<String>) -> Line {
    vec![Span::Plain(text.into())]
}

/// Returns the words of a line.
pub(crate) fn words(line: &Line) -> String {
    let word = |span: &Span| match span {
        Span::Plain(text) | Span::Code(text) | Span::Strong(text) | Span::Address(text) => text.clone(),
        Span::Link(text, url) => format!("{text} <{url}>"),
    };
    line.iter().map(word).collect()
}

/// Writes a note in Markdown.
pub(crate) fn markdown(blocks: &[Block]) -> String {
    let blocks: Vec<String> = blocks.iter().map(|it| markdown_lines(it).join("\n") + "\n").collect();
    blocks.join("\n")
}

fn markdown_lines(block: &Block) -> Vec<String> {
    match block {
        Block::Title(line) => vec![format!("# {}", marked(line))],
        Block::Section(line) => vec![format!("## {}", marked(line))],
        Block::Part(line) => vec![format!("### {}", marked(line))],
        Block::Paragraph(line) => vec![marked(line)],
        Block::Facts(facts) => {
            facts.iter().map(|(label, line)| format!("- **{}**: {}", escaped(label), marked(line))).collect()
        }
        Block::Points(points) => {
            let point = |(line, below): &(Line, Vec<Line>)| {
                let below = below.iter().map(|it| format!("  - {}", marked(it)));
                std::iter::once(format!("- {}", marked(line))).chain(below).collect::<Vec<_>>()
            };
            points.iter().flat_map(point).collect()
        }
    }
}

fn marked(line: &Line) -> String {
    let mark = |span: &Span| match span {
        Span::Plain(text) => escaped(text),
        // An id has no backticks; what strangers wrote may.
        Span::Code(text) => format!("`{}`", text.replace('`', "'")),
        Span::Strong(text) => format!("**{}**", escaped(text)),
        // Only addresses of the web become links: nothing that runs.
        Span::Link(text, url) if is_web(url) => {
            format!("[{}](<{}>)", escaped(text), url.replace(['<', '>', '\n'], ""))
        }
        Span::Link(text, url) => format!("{} ({})", escaped(text), escaped(url)),
        Span::Address(url) => escaped(url),
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

/// Writes a note as a part of a page.
pub(crate) fn html_part(blocks: &[Block]) -> String {
    blocks.iter().flat_map(html_lines).collect()
}

/// Writes a note as a page of its own, which needs nothing else.
pub(crate) fn html(blocks: &[Block], language: Language) -> String {
    let title = blocks.iter().find_map(|it| if let Block::Title(line) = it { Some(words(line)) } else { None });
    let (language, title) = (tag(language), safe(&title.unwrap_or_default()));
    let head = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    );
    let blocks = blocks.iter().flat_map(html_lines);
    let lines: Vec<String> = std::iter::once(head).chain(blocks).chain(["</body>\n</html>\n".to_owned()]).collect();
    lines.join("\n")
}

fn html_lines(block: &Block) -> Vec<String> {
    let within = |tag: &str, lines: Vec<String>| {
        let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
        std::iter::once(open).chain(lines).chain([close]).collect()
    };
    match block {
        Block::Title(line) => vec![format!("<h1>{}</h1>", tagged(line))],
        Block::Section(line) => vec![format!("<h2>{}</h2>", tagged(line))],
        Block::Part(line) => vec![format!("<h3>{}</h3>", tagged(line))],
        Block::Paragraph(line) => vec![format!("<p>{}</p>", tagged(line))],
        Block::Facts(facts) => {
            let fact = |(label, line): &(String, Line)| format!("<dt>{}</dt><dd>{}</dd>", safe(label), tagged(line));
            within("dl", facts.iter().map(fact).collect())
        }
        Block::Points(points) => {
            let point = |(line, below): &(Line, Vec<Line>)| {
                let below: Vec<_> = below.iter().map(|it| format!("<li>{}</li>", tagged(it))).collect();
                let below = if below.is_empty() { String::new() } else { format!("<ul>{}</ul>", below.concat()) };
                format!("<li>{}{below}</li>", tagged(line))
            };
            within("ul", points.iter().map(point).collect())
        }
    }
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
        Span::Link(text, url) if is_web(url) => {
            format!("<a href=\"{}\">{}</a>", safe(url), safe(text))
        }
        Span::Link(text, url) => format!("{} ({})", safe(text), safe(url)),
        Span::Address(url) if is_web(url) => format!("<a href=\"{}\">{}</a>", safe(url), safe(url)),
        Span::Address(url) => safe(url),
    };
    line.iter().map(tagged).collect()
}

fn is_web(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
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
            Block::Points(vec![(
                vec![Span::Link(evil.to_owned(), "javascript:alert(1)".to_owned())],
                vec![plain(evil)],
            )]),
            Block::Paragraph(vec![Span::Link(evil.to_owned(), "https://example.org/\"><script>".to_owned())]),
        ];
        let page = html(&blocks, Language::En);
        assert!(!page.contains("<script") && !page.contains("href=\"javascript"), "{page}");
        assert_eq!(page.matches("<a href").count(), 1);
        assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;"));
        let note = markdown(&blocks);
        // Only within backticks it stands as it is, and means nothing there.
        assert_eq!((note.matches("[a](").count(), note.matches("`<script>").count()), (1, 1), "{note}");
        assert!(note.contains("\\<script\\>") && note.contains("\\*c\\* \\| \\`d\\`"), "{note}");
        assert!(note.contains("](<https://example.org/\"script>)"), "{note}");
    }
}
