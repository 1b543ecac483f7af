//! `neglist receipt`

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value as Json;

use crate::canon::question_from_json;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, selection};
use crate::model::Question;

/// Make the receipt of an answer: one file that anyone can check offline
///
/// Reads an answer as `neglist ask --format json` writes it, or a question, and proves what the
/// registry answers to that question at its signed head.
#[derive(Args, Debug)]
pub(super) struct ReceiptArgs {
    /// The answer or question, as JSON; standard input if it is `-`
    #[arg(value_name = "ANSWER")]
    answer: PathBuf,
    /// Where to write the receipt; standard output if left out
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(args: &ReceiptArgs, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let text = if args.answer == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text
    } else {
        let bytes = selection::read_file(&args.answer)?;
        String::from_utf8(bytes).map_err(|_| Failure::input(format!("`{}` is not text", args.answer.display())))?
    };
    let document: Json = serde_json::from_str(&text).map_err(|it| Failure::input(format!("it is not JSON: {it}")))?;
    let question = document.get("question").unwrap_or(&document);
    let question = question_from_json(&question.to_string()).map_err(|it| Failure::input(it.message))?;
    let receipt = made(&question, registry, screen)?;
    match &args.output {
        Some(path) => write(path, &receipt)?,
        None => screen.out.write_all(&receipt)?,
    }
    Ok(exit::DONE)
}

/// Makes the receipt of the answer to a question.
pub(super) fn made(question: &Question, registry: Option<&str>, screen: &mut Screen<'_>) -> Result<Vec<u8>, Failure> {
    let root = selection::signed_folder(registry, screen)?;
    Ok(crate::registry::prover(&root)?.prove(question)?)
}

/// Writes a receipt, in a folder that is there.
pub(super) fn write(path: &Path, receipt: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|it| !it.is_dir()) {
        let message = format!("`{}` is no folder: the receipt cannot be written there", folder.display());
        return Err(Failure::input(message));
    }
    selection::write_file(path, receipt)
}
