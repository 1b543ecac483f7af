//! The query of a request: parameters by name, each read once, and none that
//! nobody reads.

use axum::http::Uri;
use percent_encoding::percent_decode_str;

use crate::model::near::did_you_mean;
use crate::server::problem::Problem;

/// Parameters as they came.
#[derive(Clone, Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads the query of an address. Each of its parameters has to be one of
    /// those that are known.
    pub(super) fn read(uri: &Uri, known: &[&str]) -> Result<Query, Problem> {
        Query::of_text(uri.query().unwrap_or_default(), known)
    }

    /// Reads what is known of a query that is not understood as a whole.
    pub(super) fn understood(uri: &Uri, known: &[&str]) -> Query {
        let parts = uri.query().unwrap_or_default().split('&').filter_map(|it| it.split_once('='));
        let pairs = parts.filter_map(|(name, value)| Some((decoded(name).ok()?, decoded(value).ok()?)));
        Query(pairs.filter(|(name, _)| known.contains(&name.as_str())).collect())
    }

    /// Reads parameters as forms are sent.
    pub(super) fn of_text(text: &str, known: &[&str]) -> Result<Query, Problem> {
        let parts = text.split('&').filter(|it| !it.is_empty());
        let pairs = parts.map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decoded(name)?, decoded(value)?))
        });
        let pairs = pairs.collect::<Result<Vec<_>, Problem>>()?;
        let unknown = pairs.iter().map(|(name, _)| name).find(|it| !known.contains(&it.as_str()));
        match unknown {
            None => Ok(Query(pairs)),
            Some(name) => {
                let hint = did_you_mean(name, known.iter().copied())
                    .unwrap_or_else(|| format!("known are {}", known.join(", ")));
                let message = format!("unknown parameter `{name}`");
                Err(Problem::request(&message).with(message, Some(hint)))
            }
        }
    }

    /// Returns the parameters as they came.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns the query with a parameter, where it is not given.
    #[must_use]
    pub(super) fn or(mut self, name: &str, value: &str) -> Query {
        if self.all(name).next().is_none() {
            self.0.push((name.to_owned(), value.to_owned()));
        }
        self
    }

    /// Returns the query without a parameter.
    #[must_use]
    pub(super) fn without(&self, name: &str) -> Query {
        Query(self.0.iter().filter(|(it, _)| it != name).cloned().collect())
    }

    /// Returns the same query, none of whose parameters is empty: a program that
    /// names a parameter means something by it.
    pub(super) fn filled(self) -> Result<Query, Problem> {
        match self.0.iter().find(|(_, value)| value.is_empty()) {
            None => Ok(self),
            Some((name, _)) => Err(Problem::request(format!("`{name}` is empty"))),
        }
    }

    /// Returns the value of a parameter that may be given once. One that is
    /// empty, as forms send what was not filled in, is not given.
    pub(super) fn one<'q>(&'q self, name: &str) -> Result<Option<&'q str>, Problem> {
        let mut all = self.all(name);
        match (all.next(), all.next()) {
            (_, Some(_)) => Err(Problem::request(format!("`{name}` is given twice"))),
            (one, None) => Ok(one),
        }
    }

    /// Returns the values of a parameter.
    pub(super) fn all<'q>(&'q self, name: &str) -> impl Iterator<Item = &'q str> + use<'q> {
        let named: Vec<_> = self.0.iter().filter(|(it, value)| it == name && !value.is_empty()).collect();
        named.into_iter().map(|(_, value)| value.as_str())
    }

    /// Returns whether a parameter is given as `true`.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.one(name)? {
            None | Some("false" | "no") => Ok(false),
            Some("true" | "yes") => Ok(true),
            Some(other) => Err(Problem::request(format!("`{name}` is `true` or `false`, and not `{other}`"))),
        }
    }

    /// Reads the value of a parameter.
    pub(super) fn parsed<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, Problem>
    where
        T::Err: std::fmt::Display,
    {
        let parse = |it: &str| it.parse().map_err(|error: T::Err| Problem::request(format!("{name}: {error}")));
        self.one(name)?.map(parse).transpose()
    }
}

fn decoded(text: &str) -> Result<String, Problem> {
    let spaced = text.replace('+', " ");
    let decoded = percent_decode_str(&spaced).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| Problem::request("the query is not UTF-8"))
}
