//! The Docker Engine of the tests, by its command line, and HTTP to what runs in it.

use crate::common::{must, repository};
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

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

/// A GET; the body of an answer of 200.
pub fn get(address: &str, path: &str) -> Result<String, String> {
    request(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n"), &[])
}

/// A POST; the body of a good answer.
pub fn post(address: &str, path: &str, headers: &str, body: &[u8]) -> Result<String, String> {
    let head =
        format!("POST {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    request(address, &head, body)
}

fn request(address: &str, head: &str, body: &[u8]) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{address}: {error}");
    let target = address.to_socket_addrs().map_err(failed)?.next().ok_or("no address")?;
    let timeout = Duration::from_secs(5);
    let mut stream = TcpStream::connect_timeout(&target, timeout).map_err(failed)?;
    stream.set_read_timeout(Some(timeout)).map_err(failed)?;
    stream.write_all(head.as_bytes()).map_err(failed)?;
    stream.write_all(body).map_err(failed)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(failed)?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) =
        answer.split_once("\r\n\r\n").ok_or_else(|| format!("{address}: no HTTP: {answer}"))?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    match status {
        "200" | "204" => Ok(body.to_owned()),
        _ => Err(format!("{address}: {}: {body}", head.lines().next().unwrap_or_default())),
    }
}
