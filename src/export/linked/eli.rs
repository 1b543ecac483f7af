//! European Legislation Identifiers of the law that a revision rests on.
//!
//! Only what follows for certain from the address, and for acts of the Union
//! since 2015 from address and title together: before, several acts could have
//! one number. What is not certain has no identifier.

use oxrdf::NamedNode;

use crate::model::Source;

/// Returns the identifier of a source.
pub(super) fn identifier(source: &Source) -> Option<NamedNode> {
    let (host, path) =
        source.url.strip_prefix("https://").or_else(|| source.url.strip_prefix("http://"))?.split_once('/')?;
    let identifier = match host {
        "eur-lex.europa.eu" => union_act(path, &source.title)?,
        "www.legislation.gov.uk" => british(path)?,
        "www.fedlex.admin.ch" => swiss(path)?,
        // These publish at the identifier itself.
        "www.legifrance.gouv.fr" | "www.retsinformation.dk" if path.starts_with("eli/") => source.url.clone(),
        _ => return None,
    };
    NamedNode::new(identifier).ok()
}

/// `eli/{typedoc}/{year}/{natural number}/oj`, or a CELEX number of sector 3.
fn union_act(path: &str, title: &str) -> Option<String> {
    if let Some(act) = path.strip_prefix("eli/") {
        let parts: Vec<_> = act.split('/').collect();
        let [kind, year, number, "oj"] = parts.as_slice() else { return None };
        let is_kind = kind.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
        return (is_kind && is_number(year) && is_number(number))
            .then(|| format!("http://data.europa.eu/eli/{kind}/{year}/{number}/oj"));
    }
    let (_, celex) = path.split_once("CELEX:3")?;
    let (year, rest) = celex.split_at_checked(4)?;
    let (letter, number) = rest.split_at_checked(1)?;
    if !is_number(year) || year < "2015" || !is_number(number) {
        return None;
    }
    let number = number.trim_start_matches('0');
    let named = |words: &str| {
        let wanted = format!("{words} (EU) {year}/{number}");
        let (before, after) = title.split_once(&wanted)?;
        let is_whole = before.is_empty() || before == "Commission " || before.ends_with("; ");
        (is_whole && !after.starts_with(|it: char| it.is_ascii_digit())).then_some(())
    };
    // A decision that is called no more than that may still be an
    // implementing one, and regulations are called what they are.
    let kinds: &[(&str, &str)] = match letter {
        "R" => &[("Regulation", "reg"), ("Implementing Regulation", "reg_impl"), ("Delegated Regulation", "reg_del")],
        "L" => &[("Directive", "dir"), ("Implementing Directive", "dir_impl"), ("Delegated Directive", "dir_del")],
        "D" => &[("Implementing Decision", "dec_impl"), ("Delegated Decision", "dec_del")],
        _ => return None,
    };
    let (_, kind) = kinds.iter().find(|(words, _)| named(words).is_some())?;
    Some(format!("http://data.europa.eu/eli/{kind}/{year}/{number}/oj"))
}

/// The act as a whole, without the part that the address leads to.
fn british(path: &str) -> Option<String> {
    let mut parts = path.split('/');
    let (kind, year, number) = (parts.next()?, parts.next()?, parts.next()?);
    let is_kind = !kind.is_empty() && kind.bytes().all(|it| it.is_ascii_lowercase());
    (is_kind && is_number(year) && is_number(number))
        .then(|| format!("http://www.legislation.gov.uk/id/{kind}/{year}/{number}"))
}

/// The act without the language that the address leads to.
fn swiss(path: &str) -> Option<String> {
    let act =
        ["de", "fr", "it", "rm", "en"].iter().find_map(|it| path.strip_suffix(it)?.strip_suffix('/')).unwrap_or(path);
    let parts: Vec<_> = act.split('/').collect();
    let ["eli", "cc" | "oc" | "fga", year, number] = parts.as_slice() else { return None };
    let is_right = is_number(year) && number.bytes().all(|it| it.is_ascii_digit() || it == b'_');
    is_right.then(|| format!("https://fedlex.data.admin.ch/{act}"))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Confidence;

    #[test]
    fn identifiers_are_derived_where_that_is_certain() {
        let celex = "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:";
        let at = |number: &str| format!("{celex}{number}");
        for (url, title, expected) in [
            ("https://eur-lex.europa.eu/eli/reg/2025/327/oj", "x", Some("http://data.europa.eu/eli/reg/2025/327/oj")),
            ("https://eur-lex.europa.eu/eli/reg/2025/327/oj/eng", "x", None),
            (&at("32016R0679"), "Regulation (EU) 2016/679", Some("http://data.europa.eu/eli/reg/2016/679/oj")),
            (&at("32016L0680"), "Directive (EU) 2016/680", Some("http://data.europa.eu/eli/dir/2016/680/oj")),
            (
                &at("32021D1772"),
                "Implementing Decision (EU) 2021/1772 Art. 12",
                Some("http://data.europa.eu/eli/dec_impl/2021/1772/oj"),
            ),
            // Not said to be an implementing one, another act, and more digits.
            (&at("32021D1772"), "Decision (EU) 2021/1772", None),
            (&at("32021D1772"), "Implementing Decision (EU) 2021/177", None),
            (&at("32021D0177"), "Implementing Decision (EU) 2021/1772", None),
            (&at("32016R0679"), "Implementing Regulation (EU) 2016/67", None),
            // Two decisions of 2002 have this number.
            (&at("32002D0002"), "Decision 2002/2/EC", None),
            (&at("62018CJ0311"), "Case C-311/18", None),
            (&at("22021A0430(01)"), "EU-UK Trade and Cooperation Agreement", None),
            (
                "https://www.legislation.gov.uk/ukpga/2025/18/schedule/7",
                "x",
                Some("http://www.legislation.gov.uk/id/ukpga/2025/18"),
            ),
            ("https://www.legislation.gov.uk/browse", "x", None),
            (
                "https://www.fedlex.admin.ch/eli/cc/1993/1945_1945_1945/en",
                "x",
                Some("https://fedlex.data.admin.ch/eli/cc/1993/1945_1945_1945"),
            ),
            (
                "https://www.retsinformation.dk/eli/lta/2018/502",
                "x",
                Some("https://www.retsinformation.dk/eli/lta/2018/502"),
            ),
            ("https://www.legifrance.gouv.fr/loda/id/JORFTEXT000000501326", "x", None),
            ("https://www.cac.gov.cn/2024-03/22/c_1712776611775634.htm", "x", None),
        ] {
            let source = Source {
                title: title.to_owned(),
                citation: String::new(),
                url: url.to_owned(),
                checked: "2026-01-01".parse().unwrap(),
                confidence: Confidence::High,
            };
            assert_eq!(identifier(&source).as_ref().map(NamedNode::as_str), expected, "{url} {title}");
        }
    }
}
