//! What the tests share: the repository, the tools, projects to build in.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
#![allow(dead_code)]

pub mod dice;
pub mod http;
pub mod settings;
pub mod shards;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// The repository's folder.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The wrong stacks of `tests/ui`, of all topics, in order.
pub fn wrong_stacks() -> Vec<PathBuf> {
    let topics = fs::read_dir(repository().join("tests/ui")).unwrap().map(|entry| entry.unwrap().path());
    let files = topics.flat_map(|topic| fs::read_dir(topic).unwrap()).map(|entry| entry.unwrap().path());
    let mut stacks: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|e| e == "vms")).collect();
    stacks.sort();
    stacks
}

/// The compiler, run in a folder.
pub fn vmsc(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vmsc"));
    command.current_dir(folder).stdin(Stdio::null()).env_remove("NO_COLOR");
    command
}

/// A test tool; a test whose tool is missing fails and says how to get it.
pub fn tool(path: &str) -> PathBuf {
    let tool = repository().join("target/tools").join(path);
    assert!(tool.exists(), "{} is missing: run tests/tools/install.sh", tool.display());
    tool
}

/// The releases that are tested with, the oldest first.
pub fn releases() -> Vec<(String, PathBuf)> {
    let folder = tool("vm");
    let mut found: Vec<(String, PathBuf)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path))
        .collect();
    found.sort_by_key(|(release, _)| semver::Version::parse(release).unwrap());
    assert_eq!(found.len(), 4, "four releases are installed: run tests/tools/install.sh");
    found
}

/// A program that is ended with the test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port of this machine that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A project of its own: the example's stack, umbrella and compose file.
pub struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// An empty project.
    pub fn empty() -> Project {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        Project { folder }
    }

    /// The example as it is committed.
    pub fn example() -> Project {
        let project = Project::empty();
        for part in ["stacks", "charts", "docker"] {
            copy(&repository().join(part), &project.path().join(part));
        }
        fs::copy(repository().join("vmsc.owned"), project.path().join("vmsc.owned")).unwrap();
        project
    }

    /// The example with another stack, built.
    pub fn with_stack(stack: &str) -> Project {
        let project = Project::example();
        project.write("stacks/victoriametrics.vms", stack);
        project.build(&[]);
        project
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path().join(path).exists()
    }

    /// Runs the compiler here.
    pub fn run(&self, arguments: &[&str]) -> Output {
        vmsc(self.path()).args(arguments).output().unwrap()
    }

    /// A build that must succeed; what it said.
    pub fn build(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["build"], arguments].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    /// A build that must fail with 1; what it said.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(&[&["build"], arguments].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        said
    }

    /// Fails with what differs where this project's files are not those of another.
    #[track_caller]
    pub fn is_same_as(&self, other: &Project) {
        let (ours, theirs) = (self.files(), other.files());
        let names =
            |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&ours), names(&theirs));
        for ((name, a), (_, b)) in ours.iter().zip(&theirs) {
            let (a, b) = (String::from_utf8_lossy(a), String::from_utf8_lossy(b));
            assert!(a == b, "{name}:\n{}", similar::TextDiff::from_lines(&*a, &*b).unified_diff());
        }
    }

    /// Every file with its bytes, but for `.git`.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.path(), self.path(), &mut files);
        files.sort();
        files
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap() == ".git" {
            continue;
        }
        match path.is_dir() {
            true => collect(root, &path, files),
            false => {
                files.push((path.strip_prefix(root).unwrap().display().to_string(), fs::read(&path).unwrap()))
            }
        }
    }
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy(&path, &target),
            false => drop(fs::copy(&path, &target).unwrap()),
        }
    }
}

/// A command that runs another one with a Docker Engine of its own, and ends when this program does.
pub fn engine() -> Command {
    tool("docker/bin/dockerd");
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "TERM"]).arg(repository().join("tests/tools/in-docker.sh"));
    command
}

/// Whether this is the inside of a test's engine.
pub fn is_in_docker() -> bool {
    std::env::var_os("VMSC_TEST_IN_DOCKER").is_some()
}

/// Runs the test of a name inside the engine: outside, starts it again there.
pub fn in_docker(name: &str, body: impl FnOnce()) {
    in_engine(&mut engine(), name, body);
}

/// The same inside the newest engine.
pub fn in_newest_docker(name: &str, body: impl FnOnce()) {
    in_engine(engine().env("VMSC_ENGINE", "newest"), name, body);
}

fn in_engine(engine: &mut Command, name: &str, body: impl FnOnce()) {
    if is_in_docker() {
        return body();
    }
    let output = engine
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env("VMSC_TEST_IN_DOCKER", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

/// Puts one release of Compose where the client of the tests' engine looks.
pub fn compose_plugin(version: &str) {
    let config = std::env::var("DOCKER_CONFIG").unwrap();
    let link = format!("{config}/cli-plugins/docker-compose");
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink(tool(&format!("bin/docker-compose-{version}")), link).unwrap();
}

/// Runs a command; its standard output, or a failure that shows everything.
pub fn must(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?} ended with {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// Runs a command that must fail; what it said on both outputs.
pub fn must_fail(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success(), "{command:?} succeeded:\n{said}");
    said
}

/// Serves HTTP on a free port of this machine until the test ends: each request's path is answered
/// with a JSON body, or 404 for none.
pub fn serve(answer: impl Fn(&str) -> Option<serde_json::Value> + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    http::serve(listener, move |stream| {
        http::each(stream, |stream, request| {
            let (status, body) = match answer(request.target.split('?').next().unwrap_or_default()) {
                Some(body) => ("200 OK", body),
                None => (
                    "404 Not Found",
                    serde_json::json!({ "kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404 }),
                ),
            };
            http::answer(stream, status, "application/json", &body.to_string())
        })
    });
    port
}
