//! `neglist export skos`, `dcat`, `odrl` and `vocabulary`

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::failure::{Failure, of_file};
use crate::cli::{Screen, exit, selection};
use crate::export::linked::{Graph, Names, Syntax, dcat, odrl, skos, vocabulary};
use crate::model::{At, State};

/// How a graph is written, and where to.
#[derive(Args, Debug)]
pub(super) struct LinkedArgs {
    /// How it is written
    #[arg(long = "as", value_name = "SYNTAX", default_value = "turtle")]
    syntax: SyntaxArg,
    /// What all names begin with; without it, `urn:x-neglist:` and the name of the registry
    #[arg(long, value_name = "IRI")]
    base: Option<String>,
    /// The file to write to; without it, standard output
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SyntaxArg {
    Turtle,
    JsonLd,
}

/// What is exported.
#[derive(Clone, Copy, Debug)]
pub(super) enum Linked {
    Skos,
    Dcat,
    /// What is in force on a day.
    Odrl(At),
    Vocabulary,
}

pub(super) fn run(
    what: Linked,
    args: &LinkedArgs,
    registry: Option<&str>,
    screen: &mut Screen<'_>,
) -> Result<u8, Failure> {
    let graph = match what {
        Linked::Vocabulary => vocabulary(),
        Linked::Skos | Linked::Dcat | Linked::Odrl(_) => {
            let opened = selection::open(registry, screen)?;
            of_registry(what, opened.state(), args.base.as_deref())?
        }
    };
    let bytes = graph.write(match args.syntax {
        SyntaxArg::Turtle => Syntax::Turtle,
        SyntaxArg::JsonLd => Syntax::JsonLd,
    });
    match &args.file {
        Some(path) => std::fs::write(path, bytes).map_err(|it| of_file(path, &it))?,
        None => screen.out.write_all(&bytes)?,
    }
    Ok(exit::DONE)
}

fn of_registry(what: Linked, state: &State, base: Option<&str>) -> Result<Graph, Failure> {
    let names = match base {
        None => Names::of_registry(&state.head),
        Some(base) => Names::under(base)
            .map_err(|it| Failure::input(format!("--base: {it}")).hint("such as `https://example.org/lists/`"))?,
    };
    Ok(match what {
        Linked::Skos => skos(state, &names),
        Linked::Dcat => dcat(state, &names),
        Linked::Odrl(at) => odrl(state, &names, at),
        Linked::Vocabulary => vocabulary(),
    })
}
