//! Commands: build, and what a build would change. They run this very program, so that they do what it does
//! by hand.

use super::state::State;
use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types::{ExecuteCommandParams, MessageType};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// Builds the stacks of the project of a file, whose address is the argument.
const BUILD: &str = "vmsc.build";
/// Shows what a build would change.
const DIFF: &str = "vmsc.diff";
/// Chooses the profile whose values are shown in the stack with the first argument's address; the second is
/// the profile, or null for the stack alone.
const PROFILE: &str = "vmsc.profile";

/// All commands.
pub(super) const ALL: &[&str] = &[BUILD, DIFF, PROFILE];

/// Carries a command out.
pub(super) fn execute(server: &mut State, params: &ExecuteCommandParams) -> Result<Value, String> {
    let arguments = params.arguments.as_deref().unwrap_or_default();
    let file = arguments.first().and_then(Value::as_str).and_then(super::uri::path_of);
    let file =
        file.or_else(|| server.any_document()).ok_or("name a file: its address is the first argument")?;
    let root = root_of(&file);
    match params.command.as_str() {
        BUILD => {
            let (fine, text) = run(&["build"], &root)?;
            let kind = if fine { MessageType::Info } else { MessageType::Error };
            server.show(kind, text.trim());
            server.look_again();
            Ok(json!({ "ok": fine, "output": text }))
        }
        DIFF => {
            let (fine, text) = run(&["diff"], &root)?;
            Ok(json!({ "ok": fine, "output": text }))
        }
        PROFILE => {
            let profile = arguments.get(1).and_then(Value::as_str).map(str::to_owned);
            server.choose_profile(&file, profile);
            Ok(Value::Null)
        }
        other => Err(format!("there is no command `{other}`")),
    }
}

fn root_of(file: &Utf8Path) -> Utf8PathBuf {
    crate::project::workspace::Workspace::root_of(file)
}

/// Runs vmsc in a project; returns whether it succeeded, and what it says.
fn run(arguments: &[&str], root: &Utf8Path) -> Result<(bool, String), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program)
        .args(arguments)
        .args(["--color", "never", "--root", root.as_str()])
        .current_dir(root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| error.to_string())?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok((output.status.success(), text))
}
