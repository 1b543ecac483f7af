//! The pages as they are sent: whole, labelled, light, and with the status that
//! they should have.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use common::process::bundled;

/// No page is larger than this, in bytes before it is compressed.
const MOST_BYTES: usize = 100_000;

/// Pages, with the status that they have.
const PAGES: &[(&str, u16)] = &[
    ("/", 200),
    ("/?from=CN&to=US&category=personal.contact&subjects=50000&ordinary=true&at=2024-04-01", 200),
    ("/?from=CN&category=personal&category=important&at=2026-11-30", 200),
    ("/?from=US&category=personal.health&at=2026-11-30", 200),
    ("/?from=AQ&category=personal", 200),
    ("/?from=DE&to=KR&category=personal&at=2025-01-01&with=standard-contract&fact=exporter.ciio%3Dno", 200),
    ("/?from=CN&item=personal,subjects=5&at=2025-01-01&known_on=2024-01-01", 200),
    ("/?from=Chian&to=UK&category=contact&at=2024-13-01&subjects=many", 400),
    ("/?from=CN", 400),
    ("/?category=personal", 400),
    ("/?from=CN&category=personal&fact=sector%3Dretial", 400),
    ("/?from=CN&category=personal&with=nothing", 400),
    ("/?from=CN&item=nothing&at=2025-01-01", 400),
    ("/?from=CN&from=US&category=personal", 400),
    ("/?from=CN&category=personal&subjects=calendar-year%3D5,since-previous-year%3D4", 400),
    ("/?form=CN", 400),
    ("/?from=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&category=%3Cb%3E", 400),
    ("/verify", 200),
];

#[test]
fn each_page_is_whole_and_light_in_both_languages() {
    let served = bundled(&[]);
    for (path, status) in PAGES {
        for (language, code) in [("en", "en"), ("zh", "zh-Hans")] {
            let path = format!("{path}{}lang={language}", if path.contains('?') { '&' } else { '?' });
            let reply = served.get(&path);
            let page = String::from_utf8(reply.body).unwrap();
            assert_eq!(reply.status, *status, "{path}: {page}");
            assert!(page.contains(&format!("<html lang=\"{code}\">")), "{path}");
            assert_eq!(page.matches("<h1>").count(), 1, "{path}");
            assert!(page.len() <= MOST_BYTES, "{path}: {} bytes", page.len());
            assert!(!page.contains(" style=") && !page.contains("<script>") && !page.contains(" onclick"), "{path}");
            assert_eq!(mispaired(&page), None, "{path}");
            assert_eq!(unlabelled(&page), [""; 0], "{path}");
        }
    }
}

#[test]
fn what_is_wrong_is_said_beside_its_field() {
    let served = bundled(&[]);
    let page = |path: &str| String::from_utf8(served.get(path).body).unwrap();
    let wrong = page("/?lang=en&from=Chian&to=UK&category=contact&at=2024-13-01&subjects=many");
    for field in ["from", "to", "category", "at", "subjects"] {
        assert!(wrong.contains(&format!("id=\"{field}-mistake\"")), "{field}: {wrong}");
    }
    for near in ["CN China", "GB United Kingdom", "personal.contact Contact data"] {
        assert!(wrong.contains(near), "{near}");
    }
    // Unknown is never dressed as a yes.
    let unknown = page("/?lang=en&from=AQ&category=personal&at=2026-01-01");
    assert!(unknown.contains("class=\"outcome unknown\"") && unknown.contains("This is not a yes."), "{unknown}");
    assert!(!unknown.contains("class=\"outcome permitted\""));
    // What was stated stays stated in each link and field.
    let settled = page("/?lang=en&from=CN&to=US&category=personal&at=2025-01-01&fact=exporter.ciio%3Dno");
    assert!(settled.contains("name=\"fact\" value=\"exporter.ciio=no\""), "{settled}");
    assert!(
        settled.contains(
            "/v1/receipt?from=CN&amp;to=US&amp;category=personal&amp;at=2025-01-01&amp;fact=exporter.ciio%3Dno"
        )
    );
}

/// Returns the first tag that closes what is not open, or is not closed.
fn mispaired(page: &str) -> Option<String> {
    const VOID: &[&str] = &["meta", "link", "input", "br", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    for tag in page.split('<').skip(1) {
        let name = tag.trim_start_matches('/').split([' ', '>', '\n']).next().unwrap();
        match tag.strip_prefix('/') {
            Some(_) if open.pop() != Some(name) => return Some(format!("</{name}>")),
            Some(_) => {}
            None if VOID.contains(&name) => {}
            None => open.push(name),
        }
    }
    open.pop().map(str::to_owned)
}

/// Returns the fields that no label names. A label names a field by its id, or
/// has it in it.
fn unlabelled(page: &str) -> Vec<&str> {
    let inputs = page.match_indices("<input").map(|(start, _)| page.split_at(start));
    let visible = inputs.filter(|(_, rest)| !rest.split('>').next().unwrap().contains("type=\"hidden\""));
    let missing = visible.filter(|(before, rest)| {
        let id = rest.split('>').next().unwrap().split_once(" id=\"").and_then(|(_, it)| it.split('"').next());
        let is_named = id.is_some_and(|it| page.contains(&format!("<label for=\"{it}\"")));
        let is_within = before.rfind("<label>") > before.rfind("</label>");
        !is_named && !is_within
    });
    missing.map(|(_, rest)| rest.split('>').next().unwrap()).collect()
}
