//! The pages that show what the registry holds, as browsers get them: whole in
//! both languages, light, and in agreement with what programs are told.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::served::Served;
use neglist::canon::Publication;
use neglist::registry::Publisher;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::json;

/// A page with a map may weigh so much, and any other so much, in bytes, with
/// what it loads.
const WITH_MAP: usize = 400_000;
const ANY_OTHER: usize = 100_000;

const PAGES: &[&str] = &[
    "/lists",
    "/coverage",
    "/lists?place=CN-TJ-FTZ&at=2024-06-01",
    "/lists/CN/cross-border-transfer",
    "/lists/CN/cross-border-transfer?at=2022-01-01&effect=conditional&sort=category&category=personal",
    "/lists/CN-SH-FTZ/negative-list",
    "/lists/EEA/gdpr-chapter-v",
    "/lists/EEA/gdpr-chapter-v/@2026-01-01",
    "/lists/US/data-security-program/1.0.0",
    "/diff/CN/cross-border-transfer/4.0.2/5.0.0",
    "/diff/US/data-security-program/1.0.0/@2026-11-01",
    "/places/CN",
    "/places/EEA?at=2020-01-31",
    "/places/GB?at=2019-01-01",
    "/places/US-TX",
    "/catalog",
    "/catalog?show=facts",
    "/catalog?show=places",
    "/catalog?q=genomic",
    "/catalog?q=a",
    "/catalog/personal.health.genomic",
    "/catalog/personal",
    "/catalog/exporter.ciio",
    "/map",
    "/map?category=personal&place=CN&way=to&at=2026-01-01&facts=open",
    "/matrix",
    "/matrix?rows=categories&from=US",
    "/matrix?rows=categories&from=CN&to=US,DE,SG&category=personal",
    "/matrix?category=personal.contact&from=AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK,AD,AE,AF,AG,AI,AL,AM,AO,AR,AS,AW,AX,AZ,BA,BB,BD,BF,BH,BI,BJ&to=AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK,AD,AE,AF,AG,AI,AL,AM,AO,AR,AS,AW,AX,AZ,BA,BB,BD,BF,BH,BI,BJ",
    "/matrix?category=personal&from=CN,EEA&to=US,GB,SG&at=2026-01-01&subjects=5000",
];

fn with(path: &str, more: &str) -> String {
    format!("{path}{}{more}", if path.contains('?') { '&' } else { '?' })
}

#[test]
fn every_page_is_whole_in_both_languages_and_light() {
    let served = Served::bundled();
    let (style, script) = (served.text("/page/style.css").len(), served.text("/page/map.js").len());
    for path in PAGES {
        for (language, code) in [("en", "en"), ("zh", "zh-Hans")] {
            let path = with(path, &format!("lang={language}"));
            let page = served.text(&path);
            let (script, most) = if path.starts_with("/map") { (script, WITH_MAP) } else { (0, ANY_OTHER) };
            let weight = page.len() + style + script;
            assert!(weight <= most, "{path}: {weight} bytes");
            assert!(page.contains(&format!("<html lang=\"{code}\">")), "{path}");
            assert_eq!(page.matches("<h1").count(), 1, "{path}");
            let title = page.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
            assert!(title.ends_with(" · neglist") && title.len() > " · neglist".len(), "{path}: {title}");
            // Every field has a label, and nothing of a page is style or script in it.
            for (number, field) in page.split("<input").enumerate().skip(1) {
                let is_hidden = field.split('>').next().unwrap().contains("type=\"hidden\"");
                let before = page.split("<input").take(number).collect::<Vec<_>>().join("");
                let is_labelled = before.matches("<label").count() > before.matches("</label>").count();
                assert!(is_hidden || is_labelled, "{path}: {field:.60}");
            }
            assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onclick="), "{path}");
            let ids: Vec<_> = page.split(" id=\"").skip(1).map(|it| it.split('"').next().unwrap()).collect();
            assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "{path}: {ids:?}");
        }
    }
}

#[test]
fn every_link_of_a_page_leads_somewhere() {
    let served = Served::bundled();
    let mut links = BTreeSet::new();
    for path in
        ["/lists", "/lists/CN-BJ-FTZ/negative-list", "/places/CN", "/catalog/personal", "/lists/AU/privacy-act/1.0.1"]
    {
        let page = served.text(path);
        links
            .extend(page.split("href=\"").skip(1).map(|it| it.split(['"', '#']).next().unwrap().replace("&amp;", "&")));
    }
    // A question is asked elsewhere.
    links.retain(|it| it.starts_with('/') && !it.starts_with("/?"));
    assert!(50 < links.len());
    for link in links.iter().step_by(3) {
        assert_eq!(served.get(link).status, 200, "{link}");
    }
}

#[test]
fn what_is_not_there_is_said_with_what_is_near() {
    let served = Served::bundled();
    for (path, status, said) in [
        ("/lists/CN/cross-border-transfre", 404, "did you mean `CN/cross-border-transfer`"),
        ("/lists/CN/cross-border-transfer/9.9.9", 404, "has no revision 9.9.9"),
        ("/lists/CN/cross-border-transfer/nine", 400, "is not a version"),
        ("/lists/CN/cross-border-transfer?effect=forbidden", 400, "`effect` is one of"),
        ("/lists?place=UK", 400, "did you mean `GB`"),
        ("/lists?plase=CN", 400, "did you mean `place`"),
        ("/lists?at=yesterday", 400, "at: "),
        ("/lists?lang=fr", 400, "`lang` is `en` or `zh`"),
        ("/diff/CN/cross-border-transfer/1.0.0/9.9.9", 404, "has no revision 9.9.9"),
        ("/places/UK", 404, "did you mean `GB`"),
        ("/places/%3Cb%3E", 404, "there is no place `&lt;b&gt;`"),
        ("/catalog/personal.contcat", 404, "did you mean `personal.contact`"),
        ("/catalog?show=everything", 400, "`show` is"),
        ("/map?category=personal.contcat", 400, "did you mean `personal.contact`"),
        ("/map?way=sideways", 400, "`way` is `from` or `to`"),
        ("/map?subjects=many", 400, "is not a number of people"),
        ("/matrix?rows=categories&from=CN,US", 400, "has one origin"),
        ("/matrix?from=UK", 400, "did you mean `GB`"),
    ] {
        let reply = served.get(path);
        let page = String::from_utf8(reply.body).unwrap();
        assert_eq!(reply.status, status, "{path}: {page}");
        assert!(page.contains(said) && page.contains("<h1"), "{path}: {page}");
    }
    let many: Vec<_> = served.json("/v1/catalog")["places"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap().to_owned())
        .collect();
    let reply = served.get(&format!("/matrix?from={}&to={0}", many.join(",")));
    assert_eq!(reply.status, 400);
    assert!(String::from_utf8(reply.body).unwrap().contains("at most 2250 are shown"));
    // In Chinese the page is Chinese too.
    assert!(served.raw("/lists/CN/nothing", "Accept-Language: zh-CN\r\n").contains("<html lang=\"zh-Hans\">"));
}

#[test]
fn what_others_wrote_is_only_text() {
    let evil = "<script>alert('x')</script> & \"quoted\"";
    let served = Served::new(|root| {
        let mut publisher = common::small_registry(root);
        let mut revision = common::next_revision(publisher.chains(), common::LIST);
        revision.title.en = evil.to_owned();
        revision.summary.en = evil.to_owned();
        revision.source.title = evil.to_owned();
        revision.source.url = "javascript:alert(1)".to_owned();
        publisher.publish(Publication::Revision(Box::new(revision)), common::RECORDED).unwrap();
        publisher
    });
    let versions = served.json(&format!("/v1/lists/{}", common::LIST))["revisions"].as_array().unwrap().clone();
    let version = |index: usize| versions[index]["version"].as_str().unwrap().to_owned();
    let last = versions.len() - 1;
    for path in [
        "/lists".to_owned(),
        format!("/lists/{}", common::LIST),
        format!("/lists/{}/{}", common::LIST, version(last)),
        format!("/diff/{}/{}/{}", common::LIST, version(last - 1), version(last)),
    ] {
        let page = served.text(&path);
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert"), "{path}: {page}");
        assert!(!page.contains("href=\"javascript"), "{path}");
    }
    let page = served.text("/catalog?q=%3Cscript%3E%22");
    assert!(page.contains("&lt;script&gt;&quot;") && !page.contains("<script>"), "{page}");
}

#[test]
fn pages_load_nothing_from_elsewhere_and_run_nothing_of_their_own() {
    let served = Served::small();
    let head = served.raw("/map", "");
    for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
        assert!(head.contains(part), "{part}");
    }
    assert!(head.to_lowercase().contains("x-content-type-options: nosniff"));
    let script = served.text("/page/map.js");
    assert!(!script.contains("http") && !script.contains("innerHTML") && !script.contains("eval"));
}

/// The letter that a map has for an answer.
fn letter(answer: &serde_json::Value) -> String {
    let letter = match answer["outcome"].as_str().unwrap() {
        "permitted" => "p",
        "conditional" => "c",
        "unknown" => "u",
        _ => "x",
    };
    let is_decided = answer["floor"] == answer["outcome"];
    if is_decided { letter.to_owned() } else { letter.to_uppercase() }
}

#[test]
fn a_map_says_what_single_questions_are_answered() {
    let served = Served::bundled();
    for (category, place, way) in [("personal.health.genomic", "US", "from"), ("personal.contact", "US", "to")] {
        let map = served.json(&format!("/map/outcomes?category={category}&place={place}&way={way}"));
        let days: Vec<_> = map["days"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect();
        let outcomes = map["outcomes"].as_object().unwrap();
        // All countries but the one.
        assert_eq!(outcomes.len(), 248);
        assert!(!outcomes.contains_key(place));
        for code in ["CN", "DE", "RU", "SG", "AF"] {
            let (from, to) = if way == "from" { (place, code) } else { (code, place) };
            let letters = outcomes[code].as_str().unwrap();
            assert_eq!(letters.len(), days.len());
            for (index, day) in days.iter().enumerate() {
                let ask = format!("/v1/ask?from={from}&to={to}&category={category}&at={day}&ordinary=true");
                assert_eq!(letters.chars().nth(index).unwrap().to_string(), letter(&served.json(&ask)), "{ask}");
            }
        }
    }
    let map = served.json("/map/outcomes?category=personal.health.genomic&place=US&way=from");
    let days: Vec<_> = map["days"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    let index = days.iter().position(|it| *it == "2025-04-08").unwrap();
    let china = map["outcomes"]["CN"].as_str().unwrap().as_bytes();
    assert_ne!(china[index - 1], china[index]);
    // A page of a day in between says what held since the last change.
    let page = |at: &str| served.text(&format!("/map?category=personal.health.genomic&place=US&at={at}&lang=en"));
    assert!(page("2025-04-07").contains("<title>China: permitted</title>"));
    assert!(page("2025-04-08").contains("<title>China: ≤ prohibited</title>"));
    // Where there is no list, nothing is green.
    let page = served.text("/map?category=personal.health.genomic&place=AF&lang=en");
    let fills = page.split("class=\"land\"").nth(1).unwrap().split("</g>").next().unwrap().to_owned();
    assert!(fills.contains("url(#unknown)") && !fills.contains("url(#permitted)"));
    for path in [
        "/map/outcomes",
        "/map/outcomes?category=personal&place=US",
        "/map/outcomes?category=personal&place=US&way=from&at=2026-01-01",
    ] {
        assert_eq!(served.get(path).status, 400, "{path}");
    }
}

#[test]
fn the_table_below_a_map_is_complete() {
    let served = Served::bundled();
    let catalog = served.json("/v1/catalog");
    let countries = catalog["places"].as_array().unwrap().iter().filter(|it| it["what"] == json!("country"));
    let page = served.text("/map?lang=en&at=2026-01-01");
    let table = page.split("<table").nth(1).unwrap();
    for country in countries {
        assert!(table.contains(&format!("<code>{}</code>", country["id"].as_str().unwrap())), "{country}");
    }
}

#[test]
fn a_matrix_as_a_file_says_what_single_questions_are_answered() {
    let served = Served::bundled();
    let path =
        "/matrix.csv?category=personal.health&from=CN,US,EEA,AF&to=US,CN,DE&at=2025-06-01&subjects=500&facts=open";
    let text = served.text(path);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let mut lines = 0;
    for line in reader.deserialize() {
        let line: BTreeMap<String, String> = line.unwrap();
        let (from, to, category, at) = (&line["from"], &line["to"], &line["category"], &line["at"]);
        let ask = format!("/v1/ask?from={from}&to={to}&category={category}&at={at}&subjects=500");
        let answer = served.json(&ask);
        assert_eq!(
            (json!(line["outcome"]), json!(line["floor"])),
            (answer["outcome"].clone(), answer["floor"].clone()),
            "{ask}"
        );
        lines += 1;
    }
    assert_eq!(lines, 12);
    let text = served.text("/matrix.csv?rows=categories&category=personal.health&from=CN&to=US&at=2025-06-01");
    assert!(text.contains("CN,US,personal.health.genomic,2025-06-01,"), "{text}");
    assert_eq!(served.get("/matrix.csv?category=personal").status, 400);
}

#[test]
fn the_chain_of_a_list_is_shown_link_by_link() {
    let served = Served::bundled();
    let history = served.json("/v1/lists/CN/cross-border-transfer");
    let page = served.text("/lists/CN/cross-border-transfer?lang=en");
    let chain = page.split("class=\"chain\"").nth(1).unwrap().split("</ol>").next().unwrap().to_owned();
    let revisions = history["revisions"].as_array().unwrap();
    for revision in revisions {
        assert!(chain.contains(revision["revision"].as_str().unwrap()));
    }
    assert_eq!(chain.matches('✓').count(), revisions.len());
    assert_eq!(chain.matches('✕').count(), 0);
}

#[test]
fn a_page_shows_what_is_published_beside_the_server() {
    let served = Served::small();
    let mut publisher = Publisher::open(&served.root).unwrap();
    let revision = common::next_revision(publisher.chains(), common::LIST);
    let path = format!("/lists/{}/{}", common::LIST, revision.version);
    assert_eq!(served.get(&path).status, 404);
    publisher.publish(Publication::Revision(Box::new(revision)), common::RECORDED).unwrap();
    drop(publisher);
    while served.get(&path).status == 404 {
        std::thread::yield_now();
    }
    assert_eq!(served.get(&path).status, 200);
}

#[test]
fn pages_are_well_formed() {
    let served = Served::bundled();
    for path in ["/lists", "/map", "/matrix", "/catalog/personal", "/lists/CN/cross-border-transfer"] {
        let page = served.text(path);
        // Elements without an end are the only ones that XML would not have.
        let mut open: Vec<String> = Vec::new();
        let mut reader = Reader::from_str(&page);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_unmatched_ends = true;
        loop {
            match reader.read_event().unwrap() {
                Event::Start(it) => {
                    let name = it.name().as_ref().to_owned();
                    let has_end = !["meta", "link", "input", "br", "hr", "img"].contains(&name.as_str());
                    open.extend(has_end.then_some(name));
                }
                Event::End(it) => assert_eq!(open.pop().unwrap(), it.name().as_ref(), "{path}"),
                Event::Eof => break,
                Event::Text(_)
                | Event::Empty(_)
                | Event::CData(_)
                | Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::GeneralRef(_) => {}
            }
        }
        assert!(open.is_empty(), "{path}: {open:?}");
    }
}
