//! The pages as readers see them: in a real browser, with script and without.
//!
//! `NEGLIST_CHROMEDRIVER` names the driver of Chromium.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

#[path = "common/browser.rs"]
mod browser;
mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use browser::{Browser, Script};
use common::process::bundled;
use serde_json::{Value as Json, json};

const KEY: &str = include_str!("../snapshots/bundled.vkey");
const ASKED: &str = "from=CN&to=US&category=personal.contact&subjects=50000&ordinary=true&at=2024-04-01";

#[tokio::test]
async fn a_question_is_asked_and_settled_in_both_languages() {
    let served = bundled(&[]);
    let Some(browser) = Browser::start(Script::Runs).await else { return };
    let home = &served.serving.address;
    browser.open(&format!("{home}/?lang=en")).await;
    // The names of all categories are offered while somebody writes.
    let offered = browser.run("return document.getElementById('categories').options.length").await;
    assert!(150 < offered.as_i64().unwrap(), "{offered}");
    for (field, text) in [("from", "China\t"), ("to", "US"), ("category", "personal.contact"), ("subjects", "50000")] {
        browser.find(&format!("#{field}")).await.send_keys(text).await.unwrap();
    }
    // A name becomes the code that it stands for.
    assert_eq!(browser.find("#from").await.prop("value").await.unwrap().unwrap(), "CN");
    browser.run("document.getElementById('at').value = '2024-04-01'").await;
    browser.find("input[name=ordinary]").await.click().await.unwrap();
    browser.press("Ask").await;
    assert_eq!(browser.text("#outcome").await, "prohibited (at most)");
    let address = browser.client.current_url().await.unwrap();
    for part in ["from=CN", "to=US", "category=personal.contact", "subjects=50000", "at=2024-04-01", "ordinary=true"] {
        assert!(address.query().unwrap().contains(part), "{address}");
    }

    // What it hangs on is settled, and taken off again.
    browser.press("ride-hailing").await;
    assert_eq!(browser.text("#outcome").await, "prohibited");
    assert!(browser.text("#answer").await.contains("Interim Measures for Online Taxi Booking Services Art. 27"));
    assert_eq!(browser.text(".settled .chips").await, "sector=ride-hailing ×");
    browser.press("sector=ride-hailing ×").await;
    assert_eq!(browser.text("#outcome").await, "prohibited (at most)");

    browser.follow_to("a.language").await;
    assert_eq!(browser.text("#outcome").await, "禁止 （最严）");
    assert_eq!(browser.find("html").await.attr("lang").await.unwrap().unwrap(), "zh-Hans");
    let command = browser.text(".command").await;
    assert!(command.starts_with("neglist ask --from CN --to US --item personal.contact,subjects=50000"), "{command}");
    browser.was_quiet(home).await;

    // What asks again by itself, where an answer stands already.
    browser.open(&format!("{home}/?lang=en&{ASKED}")).await;
    browser.follow_to("input[name=ordinary]").await;
    browser.find("#depends").await;
    browser.client.wait().for_element(fantoccini::Locator::Css("input[name=ordinary]:not(:checked)")).await.unwrap();
    browser.was_quiet(home).await;
    browser.close().await;
}

#[tokio::test]
async fn the_keyboard_reaches_each_field_and_each_has_a_label() {
    let served = bundled(&[]);
    let Some(browser) = Browser::start(Script::Runs).await else { return };
    browser.open(&format!("{}/?lang=en", served.serving.address)).await;
    let mut order: Vec<String> = Vec::new();
    while order.last().is_none_or(|it| it != "Ask!") {
        browser.client.active_element().await.unwrap().send_keys("\u{e004}").await.unwrap();
        let focus =
            "const it = document.activeElement; return it.name || it.textContent + (it.type === 'submit' ? '!' : '')";
        let name = browser.run(focus).await.as_str().unwrap().trim().to_owned();
        // Day, month and year are one field.
        if order.last() != Some(&name) {
            order.push(name);
        }
        assert!(order.len() < 40, "{order:?}");
    }
    let from = order.iter().position(|it| it == "from").unwrap();
    assert_eq!(order[0], "Skip to the content");
    let fields =
        ["from", "to", "category", "at", "What was known earlier", "subjects", "All categories", "ordinary", "Ask!"];
    assert_eq!(order[from..], fields);
    for path in ["/?lang=en", &format!("/?lang=zh&{ASKED}"), "/verify?lang=en", "/verify?lang=zh"] {
        browser.open(&format!("{}{path}", served.serving.address)).await;
        let unlabelled = "return [...document.querySelectorAll('input:not([type=hidden])')].filter((it) => !it.labels.length).length";
        assert_eq!(browser.run(unlabelled).await, json!(0), "{path}");
        // Nothing is wider than a telephone.
        browser.client.set_window_size(390, 800).await.unwrap();
        let excess = browser.run("return document.documentElement.scrollWidth - innerWidth").await;
        assert!(excess.as_i64().unwrap() <= 0, "{path}: {excess}");
    }
    browser.close().await;
}

#[tokio::test]
async fn asking_needs_no_script() {
    let served = bundled(&[]);
    let Some(browser) = Browser::start(Script::IsBlocked).await else { return };
    let home = &served.serving.address;
    browser.open(&format!("{home}/verify?lang=en")).await;
    assert!(browser.text("noscript").await.contains("This page needs script"));
    browser.open(&format!("{home}/?lang=en")).await;
    for (field, text) in [("from", "US"), ("to", "CN"), ("category", "personal.health.genomic")] {
        browser.find(&format!("#{field}")).await.send_keys(text).await.unwrap();
    }
    browser.press("Ask").await;
    browser.find("#outcome").await;
    browser.open(&format!("{home}/?lang=en&from=Chian&category=personal&at=2024-04-01")).await;
    assert_eq!(browser.text("#from-mistake").await, "There is no place with the code “Chian”. Did you mean CN China?");
    browser.press("CN China").await;
    assert!(browser.text(".outcome .way").await.starts_with("China CN → any destination"));
    browser.follow_to("button[value=human-resources]").await;
    assert!(browser.text(".settled").await.contains("human-resources"));
    browser.was_quiet(home).await;
    browser.close().await;
}

#[tokio::test]
async fn receipts_are_verified_in_the_browser_and_stay_there() {
    let served = bundled(&[]);
    let Some(browser) = Browser::start(Script::Runs).await else { return };
    let home = &served.serving.address;
    let reply = served
        .get("/v1/receipt?from=CN-TJ-FTZ&to=SG&category=commercial.trade-secret&at=2024-06-01&fact=sector%3Dretail&ordinary=true");
    assert_eq!(reply.status, 200);
    let (good, bad) = (served.root.join("good.json"), served.root.join("bad.json"));
    let changed =
        String::from_utf8(reply.body.clone()).unwrap().replace("\"at\":\"2024-06-01\"", "\"at\":\"2024-06-02\"");
    fs::write(&good, &reply.body).unwrap();
    fs::write(&bad, changed).unwrap();
    let foreign = KEY.trim().replacen("neglist/bundled", "neglist/another", 1);
    for (language, word, proven, nothing) in [
        ("en", "permitted", "This is what neglist/bundled answers at", "This proves nothing."),
        ("zh", "允许", "neglist/bundled在", "此凭证不能证明任何事项。"),
    ] {
        browser.open(&format!("{home}/verify?lang={language}")).await;
        verify(&browser, KEY.trim(), &good).await;
        assert!(browser.text("[data-state=proven] h2").await.starts_with(word));
        assert!(browser.text("#result").await.contains(proven));

        verify(&browser, KEY.trim(), &bad).await;
        assert_eq!(browser.text("[data-state=unproven] h2").await, nothing);
        assert!(browser.text("#result").await.contains("its digest is not that of the rest"));

        verify(&browser, &foreign, &good).await;
        assert!(browser.text("[data-state=unproven]").await.contains("not the key of a log"));
    }

    // A browser that lacks the signature says so, and claims nothing.
    browser.open(&format!("{home}/verify?lang=en")).await;
    browser
        .run("SubtleCrypto.prototype.importKey = () => Promise.reject(new DOMException('', 'NotSupportedError'))")
        .await;
    verify(&browser, KEY.trim(), &good).await;
    assert!(browser.text("[data-state=unable]").await.contains("It lacks Ed25519 signatures"));
    browser.was_quiet(home).await;
    browser.close().await;
}

/// The verifier in the browser derives what the server answers, from questions
/// of the exam.
#[tokio::test]
async fn the_browser_derives_the_same_from_receipts() {
    let served = bundled(&[]);
    let Some(browser) = Browser::start(Script::Runs).await else { return };
    browser.open(&format!("{}/verify?lang=en", served.serving.address)).await;
    let verify = "const [query, key] = arguments;
        fetch(`/v1/receipt?${query}`).then((it) => it.arrayBuffer())
            .then((it) => neglist.verify(new Uint8Array(it), key))
            .then((it) => done(it.answer), (error) => done(error.message))";
    let exam = fs::read_to_string("tests/exam/open.jsonl").unwrap();
    let mut outcomes = BTreeSet::new();
    let some = exam.lines().enumerate().filter(|(number, _)| number.is_multiple_of(7));
    let queries = some.map(|(number, line)| query_of(&serde_json::from_str::<Json>(line).unwrap()["question"], number));
    for query in queries.chain(["from=AQ&category=personal&at=2026-01-01".to_owned()]) {
        let answer: Json = serde_json::from_slice(&served.get(&format!("/v1/ask?{query}")).body).unwrap();
        let derived = browser.wait_for(verify, vec![json!(query), json!(KEY.trim())]).await;
        // How long it holds is not what a receipt proves.
        let proven = |answer: &Json| ["outcome", "matches", "depends_on", "notes"].map(|it| answer[it].clone());
        assert_eq!(proven(&derived), proven(&answer), "{query}: {derived}");
        outcomes.insert(answer["outcome"].to_string());
    }
    assert_eq!(outcomes.len(), 4, "{outcomes:?}");
    browser.was_quiet(&served.serving.address).await;
    browser.close().await;
}

/// One bit changed is enough for the browser to refuse; and so is a part that a
/// forger leaves out, who makes the digest right again.
#[tokio::test]
async fn the_browser_refuses_what_was_changed() {
    let served = bundled(&[]);
    let Some(browser) = Browser::start(Script::Runs).await else { return };
    browser.open(&format!("{}/verify?lang=en", served.serving.address)).await;
    let query =
        "from=CN-TJ-FTZ&to=SG&category=commercial.trade-secret&at=2024-06-01&fact=sector%3Dretail&ordinary=true";
    let arguments = || vec![json!(query), json!(KEY.trim())];
    assert_eq!(browser.wait_for(CHANGE, arguments()).await, json!(true));
    assert_eq!(browser.wait_for(FORGE, arguments()).await, json!({"honest": true, "passed": [], "is_enough": true}));
    browser.was_quiet(&served.serving.address).await;
    browser.close().await;
}

/// Changes one bit in every hundred bytes.
const CHANGE: &str = "const [query, key] = arguments;
    fetch(`/v1/receipt?${query}`).then((it) => it.arrayBuffer()).then(async (it) => {
        const bytes = new Uint8Array(it);
        const refused = [];
        for (let place = 0; place < bytes.length; place += 101) {
            bytes[place] ^= 1 << place % 8;
            refused.push(await neglist.verify(bytes, key).then(() => false, (it) => it instanceof neglist.Unproven));
            bytes[place] ^= 1 << place % 8;
        }
        done(refused.length && refused.every(Boolean));
    })";

/// Leaves out one part in seven, one at a time. Another question may have the
/// same answer, so that the question is let alone.
const FORGE: &str = "const [query, key] = arguments;
    const { verify, Unproven, plain, canonical, derive, utf8 } = neglist;
    const sealed = (forged) => {
        const { digest, ...rest } = forged;
        const hash = derive('receipt', rest).match(/../g).map((it) => parseInt(it, 16));
        forged.digest = btoa(String.fromCharCode(...hash));
        return utf8(`${canonical(forged)}\n`);
    };
    fetch(`/v1/receipt?${query}`).then((it) => it.json()).then(async (receipt) => {
        const paths = [];
        const walk = (value, path) => {
            if (typeof value !== 'object' || value === null) return;
            for (const key of Object.keys(value)) {
                paths.push([...path, key]);
                walk(value[key], [...path, key]);
            }
        };
        walk(receipt, []);
        const passed = [];
        const tried = paths.filter((it, place) => place % 7 === 0 && it[1] !== 'question' && it[0] !== 'digest');
        for (const path of tried) {
            const forged = plain(receipt);
            const last = path.at(-1);
            const holder = path.slice(0, -1).reduce((it, key) => it[key], forged);
            if (Array.isArray(holder)) holder.splice(Number(last), 1);
            else delete holder[last];
            const refused = await verify(sealed(forged), key).then(() => false, (it) => it instanceof Unproven);
            if (!refused) passed.push(path.join('.'));
        }
        const honest = await verify(sealed(plain(receipt)), key).then(() => true, () => false);
        done({ honest, passed, is_enough: 100 < tried.length });
    }).catch((error) => done(error.message))";

/// Returns a question of the exam as a query; some with more left open than
/// there.
fn query_of(question: &Json, number: usize) -> String {
    let text = |it: &Json| it.as_str().map(str::to_owned);
    let mut pairs = vec![format!("from={}", text(&question["from"]).unwrap())];
    if !number.is_multiple_of(5) {
        pairs.extend(text(&question["to"]).map(|it| format!("to={it}")));
    }
    for item in question["items"].as_array().unwrap() {
        let category = text(&item["category"]).unwrap();
        let number = item["subjects"].as_u64().map(|it| format!(",subjects={it}"));
        pairs.push(format!("item={category}{}", number.unwrap_or_default()));
    }
    pairs.push(format!("at={}", text(&question["at"]).unwrap()));
    pairs.extend(text(&question["known_on"]).map(|it| format!("known_on={it}")));
    if !number.is_multiple_of(3) {
        let facts = question["facts"].as_object().unwrap();
        pairs.extend(facts.iter().map(|(fact, it)| format!("fact={fact}%3D{}", it.to_string().trim_matches('"'))));
        pairs.push(format!("ordinary={}", question["ordinary"]));
    }
    pairs.join("&")
}

/// States a key and chooses a file, as a reader does.
async fn verify(browser: &Browser, key: &str, receipt: &Path) {
    browser.run("document.getElementById('result').dataset.state = ''").await;
    let field = browser.find("#key").await;
    field.clear().await.unwrap();
    field.send_keys(key).await.unwrap();
    browser.find("#receipt").await.send_keys(receipt.to_str().unwrap()).await.unwrap();
    browser.find("#result:not([data-state='']):not([data-state=working])").await;
}

#[tokio::test]
async fn the_map_crosses_the_day_on_which_the_law_changed() {
    let served = bundled(&[]);
    let Some(browser) = Browser::start(Script::Runs).await else { return };
    let home = &served.serving.address;
    let asked = "category=personal.health.genomic&place=US&at=2025-04-07";
    for (language, before, after) in [("en", "● permitted", "prohibited"), ("zh", "● 允许", "禁止")] {
        browser.open(&format!("{home}/map?lang={language}&{asked}")).await;
        let slider = browser.find(".player input").await;
        let china = "td[data-code=CN]";
        assert_eq!(browser.text(china).await, before);
        let colour = "return document.querySelector('path[data-code=CN]').getAttribute('fill')";
        assert_eq!(browser.run(colour).await, json!("url(#permitted)"));
        // The next day on which something changes.
        slider.send_keys("\u{e014}").await.unwrap();
        assert_eq!(browser.text("figure .day").await, "2025-04-08");
        assert!(browser.text(china).await.ends_with(after));
        assert_eq!(browser.run(colour).await, json!("url(#prohibited)"));
        slider.send_keys("\u{e012}").await.unwrap();
        assert_eq!(browser.text(china).await, before);
        browser.was_quiet(home).await;
    }
    browser.close().await;
    // Without script, the date is a field of a form.
    let Some(browser) = Browser::start(Script::IsBlocked).await else { return };
    browser.open(&format!("{home}/map?lang=en&{}", asked.replace("04-07", "04-08"))).await;
    assert!(browser.text("td[data-code=CN]").await.ends_with("prohibited"));
    browser.close().await;
}

#[tokio::test]
async fn any_two_revisions_are_compared() {
    let served = bundled(&[]);
    let Some(browser) = Browser::start(Script::IsBlocked).await else { return };
    let home = &served.serving.address;
    for (language, tighter) in [("en", "What got tighter"), ("zh", "收紧")] {
        browser.open(&format!("{home}/lists/US/data-security-program?lang={language}")).await;
        browser.follow_to("form[action^='/diff/'] button").await;
        let address = browser.client.current_url().await.unwrap();
        assert!(address.path().starts_with("/diff/US/data-security-program/1.0.0/"), "{address}");
        assert!(browser.text("main").await.contains(tighter), "{}", browser.text("main").await);
        browser.was_quiet(home).await;
    }
    browser.close().await;
}
