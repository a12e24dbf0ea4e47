//! The Docker Engine of the tests, by its command line.

use crate::common::{must, repository};
use std::path::Path;
use std::process::Command;

/// The network of the pods; its gateway is this process's namespace.
pub const NETWORK: &str = "pods";

/// A command of the engine.
pub fn docker(arguments: &[&str]) -> Command {
    let mut command = Command::new("docker");
    command.args(arguments);
    command
}

/// Makes the pods' network, and the addresses that this process answers at: the API server's, the
/// Services' and those of test pods.
pub fn network() {
    let known = must(&mut docker(&["network", "ls", "--format", "{{.Name}}"]));
    if known.lines().any(|name| name == NETWORK) {
        return;
    }
    must(&mut docker(&["network", "create", "--subnet", "10.42.0.0/16", NETWORK]));
    for local in ["10.96.0.0/16", "10.244.0.0/16"] {
        must(Command::new("ip").args(["route", "add", "local", local, "dev", "lo"]));
    }
}

/// Makes an image of real programs, where the engine does not have it yet.
pub fn image(name: &str, binaries: &[&Path]) {
    if !must(&mut docker(&["images", "-q", name])).trim().is_empty() {
        return;
    }
    must(Command::new(repository().join("tests/tools/image.sh")).arg(name).args(binaries));
}

/// Runs a command in a container; what it said, or why it failed.
pub fn exec(container: &str, command: &[&str]) -> Result<String, String> {
    let output = docker(&["exec", container]).args(command).output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim())),
    }
}
