//! `neglist export schemas`

use std::path::PathBuf;

use clap::Args;

use crate::cli::failure::{Failure, of_file};
use crate::cli::{Screen, exit};
use crate::export::schemas;
use crate::model::near::did_you_mean;

/// Where schemas go.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(super) struct SchemasArgs {
    /// The folder to write all of them to
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Print the one with this name
    #[arg(long, value_name = "NAME")]
    print: Option<String>,
}

pub(super) fn run(args: &SchemasArgs, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    if let Some(name) = &args.print {
        let Some((_, schema)) = schemas::all().find(|(it, _)| it == name) else { return Err(unknown(name)) };
        screen.json(&schema)?;
        return Ok(exit::DONE);
    }
    let folder = args.folder.as_deref().expect("because one of the two is required");
    std::fs::create_dir_all(folder).map_err(|it| of_file(folder, &it))?;
    for (name, schema) in schemas::all() {
        let path = folder.join(format!("{name}.schema.json"));
        std::fs::write(&path, format!("{schema:#}\n")).map_err(|it| of_file(&path, &it))?;
    }
    Ok(exit::DONE)
}

fn unknown(name: &str) -> Failure {
    let all: Vec<_> = schemas::all().map(|(it, _)| it).collect();
    let near = did_you_mean(name, all.iter().copied());
    let failure = Failure::input(format!("there is no schema `{name}`")).hints(near);
    failure.hint(format!("expected one of {}", all.join(", ")))
}
