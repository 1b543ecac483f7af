//! `/verify`: a receipt is verified where it lies, in the reader's browser, and
//! nothing of it is sent.
//!
//! The scripts follow docs/receipt.md as `docs/verifier/verify.py` does, and
//! share no code with the crate.

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use maud::{Markup, html};

use crate::document::phrase;
use crate::model::{Language, Outcome};
use crate::server::page::Shared;
use crate::server::page::ask::{shape, shapes};
use crate::server::page::assets::{Asset, SCRIPT};
use crate::server::page::layout::{Page, language};
use crate::server::problem::Problem;
use crate::server::query::Query;

/// The scripts, in the order in which they build on one another.
const SCRIPTS: &[&str] = &[
    "verify-blake3.js",
    "verify-forms.js",
    "verify-log.js",
    "verify-ground.js",
    "verify-answer.js",
    "verify.js",
    "verify-page.js",
];

pub(super) const ASSETS: &[Asset] = &[
    Asset { name: "verify-blake3.js", media: SCRIPT, text: include_str!("blake3.js") },
    Asset { name: "verify-forms.js", media: SCRIPT, text: include_str!("forms.js") },
    Asset { name: "verify-log.js", media: SCRIPT, text: include_str!("log.js") },
    Asset { name: "verify-ground.js", media: SCRIPT, text: include_str!("ground.js") },
    Asset { name: "verify-answer.js", media: SCRIPT, text: include_str!("answer.js") },
    Asset { name: "verify.js", media: SCRIPT, text: include_str!("verify.js") },
    Asset { name: "verify-page.js", media: SCRIPT, text: include_str!("page.js") },
];

/// What the script says, by name: what stands in braces it fills in.
const TEXTS: &[(&str, &str, &str)] = &[
    ("proven", "Proven", "已证明"),
    ("not-proven", "Not proven", "未证明"),
    (
        "head",
        "This is what {origin} answers at {size} records, head {head}; the answer was derived anew here.",
        "{origin}在{size}条记录、链头{head}处即作此答；答复已在此重新推导。",
    ),
    (
        "lists",
        "{lists} lists may have to do with it, and none is left out; nor is any of their entries.",
        "可能相关的清单共{lists}份，无一遗漏；其条目亦无遗漏。",
    ),
    (
        "unchanged",
        "Nothing that it rests on begins or ends from {from} until {until}, by what was published so far.",
        "就已公布者而言，自{from}至{until}，其所依据者均无变动。",
    ),
    ("ever", "ever", "始终"),
    (
        "recorded",
        "The last record was taken in at {recorded}, by the registry's own word.",
        "最后一条记录的收录时间为{recorded}（登记处自述）。",
    ),
    (
        "law",
        "That the lists say what the law says: compare them with the sources that they name.",
        "清单内容与法律一致：请对照其所列来源。",
    ),
    (
        "witnesses",
        "That others are shown the same head: this page asks for no witness, and a log alone can show different heads to different people.",
        "他人所见为同一链头：本页不要求见证人，日志可向不同的人出示不同链头。",
    ),
    (
        "newer",
        "That there is no newer head: `neglist verify --not-before` sets a bound.",
        "没有更新的链头：可用 `neglist verify --not-before` 设定界限。",
    ),
    (
        "order",
        "That the registry keeps its trees in order: whoever holds its journal checks that (`neglist fsck`).",
        "登记处的树排序正确：由持有其日志者核查（`neglist fsck`）。",
    ),
    ("because", "Because", "依据"),
    ("maybe", "(may apply)", "（可能适用）"),
    ("at-most", "(at most; it may be as mild as {floor})", "（最严；最宽为{floor}）"),
    ("anywhere", "any destination", "任何目的地"),
    ("nothing", "This proves nothing.", "此凭证不能证明任何事项。"),
    (
        "nothing-hint",
        "It is damaged, was changed, was made by another version of the format, or the key is not that of its log. Why, to the letter:",
        "凭证已损坏或被更改，或由其他格式版本生成，或公钥并非其日志的公钥。具体原因：",
    ),
    ("unable", "This browser cannot verify it, and so nothing is known.", "此浏览器无法验证，因此无从判断。"),
    (
        "ed25519",
        "It lacks Ed25519 signatures: use a newer one, or `neglist verify`.",
        "浏览器不支持 Ed25519 签名：请使用较新的浏览器，或使用 `neglist verify`。",
    ),
    (
        "insecure",
        "Browsers compute no signatures on pages that come neither over HTTPS nor from this computer.",
        "页面并非通过 HTTPS 或本机加载，浏览器因此不提供签名计算。",
    ),
    ("working", "Verifying…", "正在验证…"),
    ("no-receipt", "Choose a receipt first.", "请先选择凭证。"),
    ("no-key", "State the key of the log first.", "请先填写日志的公钥。"),
];

/// `GET /verify`
pub(super) async fn get(service: Shared, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let edition = service.editions.current();
    let language = language(&Query::read(&uri, &["lang"])?, &headers)?;
    let title = language.say("Verify a receipt", "验证凭证");
    let page = Page { language, uri: &uri, head: edition.head(), title, scripts: SCRIPTS };
    let body = html! {
        h1 { (title) }
        p {
            (language.say(
                "A receipt is an answer with its proof. It is verified here, in your browser: nothing of it is sent.",
                "凭证是附有证明的答复。验证在您的浏览器中进行，不会发送其任何内容。",
            ))
        }
        noscript { p.trouble { (without_script(language)) } }
        (form(&edition.head().origin, language))
        section.answer id="result" aria-live="polite" {}
        (scope(language))
        (texts(language))
        (shapes())
    };
    Ok(page.respond(StatusCode::OK, &body))
}

fn without_script(language: Language) -> &'static str {
    language.say(
        "This page needs script, since only then nothing has to be sent. Without it, the command “neglist verify” and docs/verifier/verify.py do the same.",
        "本页需要脚本：唯有如此才无须发送凭证。不使用脚本时，可用命令“neglist verify”或 docs/verifier/verify.py 验证。",
    )
}

fn form(origin: &str, language: Language) -> Markup {
    html! {
        form.verify id="verify" {
            div.field {
                label for="key" { (language.say("Key of the log", "日志的公钥")) }
                input id="key" type="text" autocomplete="off" spellcheck="false" placeholder=(format!("{origin}+HASH+BASE64")) aria-describedby="key-hint";
                p.hint id="key-hint" {
                    (language.say(
                        "Whoever runs the registry publishes it. Take it from elsewhere than from who gave you the receipt. For the registry served here it begins with ",
                        "由登记处的运营者公布；请勿从提供凭证者处获取。此处登记处的公钥开头为 ",
                    ))
                    code { (origin) "+" }
                }
            }
            div.field.drop id="drop" {
                label for="receipt" { (language.say("Receipt", "凭证")) }
                input id="receipt" type="file" accept=".json,application/json" aria-describedby="receipt-hint";
                p.hint id="receipt-hint" { (language.say("Choose the file, or drop it here.", "选择文件，或将其拖放至此处。")) }
            }
            p { button.primary type="submit" { (language.say("Verify", "验证")) } }
        }
    }
}

/// What is looked at, whatever the receipt.
fn scope(language: Language) -> Markup {
    let steps = [
        ("that the receipt is spelled in the one way that it can be", "凭证的写法是唯一的规范写法"),
        (
            "that its log signed the head, and that the head is of the record that is shown",
            "其日志签署了该链头，且链头对应所示记录",
        ),
        (
            "that all lists, entries, categories, facts and places that bear on the question are there",
            "与询问有关的清单、条目、类别、事实和地点一概齐全",
        ),
        ("that what is there leads to this answer and to no other, to the byte", "由此逐字节推得该答复，而非其他答复"),
    ];
    html! {
        section.scope {
            h2 { (language.say("What is verified", "验证内容")) }
            ul { @for (en, zh) in steps { li { (language.say(en, zh)) } } }
            p.hint {
                (language.say(
                    "The same as the command “neglist verify” does, but for witnesses and bounds on the age of the head, which this page does not look at.",
                    "与命令“neglist verify”相同，但本页不核查见证人，也不限定链头的新旧。",
                ))
            }
        }
    }
}

fn texts(language: Language) -> Markup {
    html! {
        template id="texts" {
            @for (name, en, zh) in TEXTS { p data-text=(name) { (language.say(en, zh)) } }
            @for outcome in Outcome::ALL {
                div data-outcome=(outcome.word()) { (shape(outcome)) span { (phrase::outcome(outcome, language)) } }
            }
        }
    }
}
