//! `neglist mirror`

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::canon::head_json;
use crate::cli::args::Format;
use crate::cli::failure::Failure;
use crate::cli::{Screen, exit, selection, verify};
use crate::journal::Original;
use crate::log::{LogKey, ServedLog};
use crate::model::Language;
use crate::registry::{self, MirrorError, Mirrored, OpenError};

/// Keep a copy of a registry that is served elsewhere, every record of it verified
///
/// Takes only what continues what it has, and with the log's key only what the log signed: a fork
/// is refused, and its evidence kept. The copy is a registry like any other: `neglist serve`
/// serves it, and goes on with the last verified head when the original cannot be reached.
#[derive(Args, Debug)]
pub(super) struct MirrorArgs {
    /// The registry's address, or the folder of a static export
    #[arg(value_name = "URL")]
    original: String,
    /// The folder of the copy
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// The public key of the log, or a file that holds it
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Go on, and look for news again and again
    #[arg(long)]
    follow: bool,
    /// With `--follow`: look every so many seconds
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    every: u32,
}

pub(super) fn run(args: &MirrorArgs, screen: &mut Screen<'_>) -> Result<u8, Failure> {
    let follower = Follower::new(args)?;
    if !args.follow {
        follower.look(screen)?;
        return Ok(exit::DONE);
    }
    loop {
        match follower.look(screen) {
            Ok(()) => {}
            Err(error) if is_final(&error) => return Err(error.into()),
            // The network, a disk that is full for now: told, and tried again.
            Err(error) => drop(Failure::from(error).report(screen.err)),
        }
        screen.out.flush()?;
        (screen.surroundings.pause)(Duration::from_secs(args.every.into()));
    }
}

/// Returns whether to look again would only find the same: somebody has to look
/// who decides.
fn is_final(error: &MirrorError) -> bool {
    matches!(
        error,
        MirrorError::Fork(_)
            | MirrorError::Forked { .. }
            | MirrorError::Other(_)
            | MirrorError::Origin { .. }
            | MirrorError::Open(_)
    )
}

struct Follower<'a> {
    served: Box<dyn ServedLog>,
    log: Option<LogKey>,
    args: &'a MirrorArgs,
}

impl Follower<'_> {
    fn new(args: &MirrorArgs) -> Result<Follower<'_>, Failure> {
        let log = args.key.as_deref().map(verify::log_key).transpose()?;
        let hint = "name the address of a registry, or a static export of one";
        let served = selection::served_log(&args.original, hint)?;
        Ok(Follower { served, log, args })
    }

    fn mirror(&self) -> Result<Mirrored, MirrorError> {
        registry::mirror(self.served.as_ref(), &self.args.folder, self.log.as_ref())
    }

    fn look(&self, screen: &mut Screen<'_>) -> Result<(), MirrorError> {
        let mirrored = match self.mirror() {
            // A copy that went bad is made anew: everything in it is elsewhere.
            Err(MirrorError::Open(OpenError::Damaged { source, .. })) => {
                let aside = registry::put_aside(&self.args.folder)?;
                let (folder, aside) = (self.args.folder.display(), aside.display());
                writeln!(
                    screen.err,
                    "note: `{folder}` was damaged ({source}), and lies in `{aside}`: it is made anew"
                )?;
                self.mirror()?
            }
            mirrored => mirrored?,
        };
        Original::new(&self.args.original, (screen.surroundings.clock)()).write(&self.args.folder)?;
        // Whoever follows wants to hear of news alone.
        if mirrored.taken != 0 || mirrored.behind.is_some() || !self.args.follow {
            say(&mirrored, screen)?;
        }
        Ok(())
    }
}

fn say(mirrored: &Mirrored, screen: &mut Screen<'_>) -> std::io::Result<()> {
    let Mirrored { head, taken, behind } = mirrored;
    if screen.format == Format::Json {
        return writeln!(screen.out, "{}", json!({"registry": head_json(head), "taken": taken, "behind": behind}));
    }
    let (origin, size, hash) = (&head.origin, head.size, head.hash);
    let line = match (screen.language, behind) {
        (Language::En, None) => format!("{origin}: {size} records, {taken} of them new, head {hash}"),
        (Language::Zh, None) => format!("{origin}：{size}条记录，其中新增{taken}条，链头{hash}"),
        (Language::En, Some(shown)) => {
            format!("{origin}: {size} records; the original shows {shown}, and is out of date")
        }
        (Language::Zh, Some(shown)) => format!("{origin}：{size}条记录；原登记处仅出示{shown}条，内容过时"),
    };
    writeln!(screen.out, "{line}")
}

impl From<MirrorError> for Failure {
    fn from(error: MirrorError) -> Failure {
        match error {
            MirrorError::Open(error) => error.into(),
            MirrorError::Publish(error) => error.into(),
            MirrorError::Seen(error) => error.into(),
            MirrorError::Watch(error) => error.into(),
            MirrorError::Served(_) => Failure::other(&error).hint("nothing was taken: try again"),
            MirrorError::TooMuch => {
                Failure::input(error.to_string()).hint("begin with a snapshot of it: `neglist snapshot import`")
            }
            MirrorError::Head(_) => Failure::input(error.to_string()).hint("name the address of a registry that is served"),
            MirrorError::Origin { .. } => Failure::input(error.to_string()).hint("name another folder"),
            MirrorError::Fork(_) | MirrorError::Forked { .. } | MirrorError::Other(_) | MirrorError::Root => {
                Failure::of_proof(&error.to_string())
                    .hint("nothing was taken; whoever runs the original has shown two histories, or one of the two was restored")
            }
        }
    }
}
