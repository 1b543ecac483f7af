//! What all pages have around what they show.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::model::{Head, Language};
use crate::server::problem::Problem;
use crate::server::query::Query;

/// Nothing is loaded from elsewhere, and nothing of a page runs that is not a
/// file of this program.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The places that the head of each page leads to.
const PLACES: &[(&str, &str, &str)] = &[
    ("/", "Ask", "询问"),
    ("/lists", "Lists", "清单"),
    ("/map", "Map", "地图"),
    ("/matrix", "Matrix", "矩阵"),
    ("/catalog", "Catalog", "目录"),
    ("/verify", "Verify", "验证"),
];

/// A page: for whom, where, and what it shows.
pub(super) struct Page<'p> {
    /// In which language.
    pub(super) language: Language,
    /// The address, with its query: what the other language is linked to.
    pub(super) uri: &'p Uri,
    /// The head of the registry that it was made from.
    pub(super) head: &'p Head,
    /// Its title.
    pub(super) title: &'p str,
    /// The scripts that make it better, by the names of their files.
    pub(super) scripts: &'p [&'p str],
}

/// Returns the language of a page: as `lang` says, and else as the browser
/// does.
pub(super) fn language(query: &Query, headers: &HeaderMap) -> Result<Language, Problem> {
    match query.one("lang")? {
        Some("en") => Ok(Language::En),
        Some("zh") => Ok(Language::Zh),
        Some(other) => Err(Problem::request(format!("`lang` is `en` or `zh`, and not `{other}`"))),
        None => {
            let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok()).unwrap_or_default();
            Ok(if wanted.trim_start().starts_with("zh") { Language::Zh } else { Language::En })
        }
    }
}

/// Returns the code of a language in HTML.
pub(super) fn code(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh-Hans",
    }
}

/// Returns the value of `lang`.
pub(super) fn word(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Zh => "zh",
    }
}

impl Page<'_> {
    /// Returns the text in the page's language.
    pub(super) fn say<'t>(&self, en: &'t str, zh: &'t str) -> &'t str {
        self.language.say(en, zh)
    }

    /// Puts what the page shows into the page.
    pub(super) fn respond(&self, status: StatusCode, body: &Markup) -> Response {
        let markup = html! {
            (DOCTYPE)
            html lang=(code(self.language)) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " · neglist" }
                    link rel="icon" href=(asset("icon.svg"));
                    link rel="stylesheet" href=(asset("style.css"));
                    link rel="alternate" type="application/atom+xml" href="/feed.atom";
                    @for script in self.scripts { script defer src=(asset(script)) {} }
                }
                body {
                    a.skip href="#main" { (self.say("Skip to the content", "跳到正文")) }
                    header.top {
                        a.brand href=(format!("/?lang={}", word(self.language))) { "neglist" }
                        nav aria-label=(self.say("Pages", "页面")) {
                            @for (path, en, zh) in PLACES {
                                a href=(format!("{path}?lang={}", word(self.language)))
                                    aria-current=[(self.uri.path() == *path).then_some("page")] { (self.say(en, zh)) }
                            }
                        }
                        a.language href=(self.other_language()) hreflang=(code(other(self.language))) {
                            (self.say("中文", "English"))
                        }
                    }
                    main id="main" { (body) }
                    footer {
                        p {
                            (self.head.origin) " · " (self.head.size) " " (self.say("records", "条记录")) " · "
                            code.hash title=(self.head.hash) { (self.head.hash.to_string().chars().take(16).collect::<String>()) }
                        }
                        p { (self.say(
                            "Lists are transcribed from public sources unless they say otherwise, and are not legal advice. What is asked here is not kept.",
                            "除另有说明外，清单系根据公开来源转录，不构成法律意见。此处的询问不会被保存。",
                        )) }
                    }
                }
            }
        };
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CACHE_CONTROL, "no-cache"),
            (header::VARY, "accept-language"),
        ];
        (status, headers, markup.into_string()).into_response()
    }

    /// Returns the address of this page in the other language.
    fn other_language(&self) -> String {
        let kept =
            self.uri.query().unwrap_or_default().split('&').filter(|it| !it.is_empty() && !it.starts_with("lang="));
        let query: Vec<_> = kept.map(str::to_owned).chain([format!("lang={}", word(other(self.language)))]).collect();
        format!("{}?{}", self.uri.path(), query.join("&"))
    }
}

fn other(language: Language) -> Language {
    match language {
        Language::En => Language::Zh,
        Language::Zh => Language::En,
    }
}

/// Returns the address of a file that pages use.
pub(super) fn asset(name: &str) -> String {
    format!("/page/{name}?{}", env!("CARGO_PKG_VERSION"))
}
