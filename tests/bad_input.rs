//! Every input gets a clear report or a right answer: no panic, no hang, no half-written file.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;

use common::{Project, vmsc};
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

const STACK: &str = "stack m {\n  version = v1.106.1\n}\n";

/// Checks a text given on standard input; the exit status and the report.
fn check(text: &[u8]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let mut child = vmsc(folder.path())
        .args(["check", "-"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that has its answer may stop reading.
    let _ = child.stdin.take().unwrap().write_all(text);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked"), "{said}");
    (output.status.code(), said)
}

#[track_caller]
fn says(text: &[u8], status: i32, part: &str) {
    let (found, said) = check(text);
    assert_eq!(found, Some(status), "{said}");
    assert!(said.contains(part), "{said}");
}

#[test]
fn odd_texts() {
    says(b"", 1, "this file has no stack");
    says(b"# nothing\n", 1, "this file has no stack");
    says(b"stack m {\n  version = v1.106.1\n\xff}\n", 2, "E0002");
    says(b"stack m {\n  version = v1.106.1\0\n}\n", 1, "U+0000");
    says(STACK.replace('\n', "\r\n").as_bytes(), 0, "");
    says(STACK.replace('\n', "\r").as_bytes(), 1, "U+000D");
    says(format!("\u{FEFF}{STACK}").as_bytes(), 0, "");
}

#[test]
fn large_and_deep_texts() {
    says(&vec![b'#'; 4 * 1024 * 1024 + 1], 2, "E0004");
    let mut comment = STACK.as_bytes().to_vec();
    comment.resize(4 * 1024 * 1024, b'#');
    says(&comment, 0, "");
    for byte in [b'{', b'(', b'"', b'a', b'-', b'!', b'.', b'\\', b'0', b'\n'] {
        let (status, _) = check(&vec![byte; 128 * 1024]);
        assert_eq!(status, Some(1), "many {:?}", byte as char);
    }
    for (open, close) in [("[", "]"), ("(", ")"), ("{ a = ", "}")] {
        let text = format!("let a = {}1{}\n{STACK}", open.repeat(10_000), close.repeat(10_000));
        says(text.as_bytes(), 1, "E0005");
        says(format!("let a = {}\n{STACK}", open.repeat(10_000)).as_bytes(), 1, "error[E");
    }
    let nested = format!("let a = {}1{}\n{STACK}", "\"\\(".repeat(10_000), ")\"".repeat(10_000));
    says(nested.as_bytes(), 1, "E0005");
    says(format!("let a = {}true\n{STACK}", "!".repeat(10_000)).as_bytes(), 1, "E0005");
    says(format!("stack m {{\n  a{} = 1\n}}\n", ".a".repeat(10_000)).as_bytes(), 1, "E0005");
}

/// What nests or goes on without a bracket.
#[test]
fn long_chains() {
    let most = 400_000;
    let filled = |before: &str, piece: &str, after: &str| {
        format!("{before}{}{after}\n{STACK}", piece.repeat((most - STACK.len()) / piece.len()))
    };
    for (before, piece, after) in [
        ("let a = ", "if ", "true"),
        ("let a = ", "if true {1}else ", "{2}"),
        ("let a = \"\\(", "if ", "true)\""),
        ("let a = ", "1 + ", "1"),
        ("let a = 1", " ?? 1", ""),
        ("let a = x", ".a", ""),
        ("let a = x", "[0]", ""),
        ("type A = ", "Map<", "Int"),
    ] {
        says(filled(before, piece, after).as_bytes(), 1, "E0005");
    }
    for piece in ["  }\n", "\"\n", "a = 1\n"] {
        says(format!("stack m {{\n{}}}\n", piece.repeat(20_000)).as_bytes(), 1, "more");
    }
    // A chain of values, each as deep as an expression may be.
    let deep = |n: usize| {
        let (open, close) = ("(1 + ".repeat(60), ")".repeat(60));
        format!("let a{n} = {open}a{} + 1{close}\n", n + 1)
    };
    let chain: String = (0..900).map(deep).collect();
    says(
        format!("{chain}let a900 = 1\n{}", STACK.replace("{", "{\n  server { port = a0 }\n")).as_bytes(),
        1,
        "error[E",
    );
}

#[test]
fn things_that_are_no_text() {
    let project = Project::empty();
    project.write("stacks/m.vms", STACK);
    let said = |path: &str| {
        let output = project.run(&["check", path]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said("stacks").contains("is a directory"));
    assert!(said("none.vms").contains("does not exist"));
    assert!(said("/dev/null").contains("is not a regular file"));
    assert!(String::from_utf8_lossy(&project.run(&["build", "-"]).stderr).contains("needs a file"));
}

/// Root may read and write everything, so this is tried as nobody.
#[test]
fn files_without_permission() {
    let project = Project::empty();
    project.write("stacks/m.vms", STACK);
    let at = |path: &str, mode: u32| {
        fs::set_permissions(project.path().join(path), fs::Permissions::from_mode(mode)).unwrap()
    };
    at("", 0o755);
    let copy = project.path().join("vmsc");
    // Not by this process: a test beside this one may start a program while the copy is open, which then
    // counts as being written.
    assert!(
        Command::new("cp").args([env!("CARGO_BIN_EXE_vmsc").as_ref(), &*copy]).status().unwrap().success()
    );
    let as_nobody = |arguments: &[&str]| {
        let mut command = match fs::metadata("/proc/self").map(|m| std::os::unix::fs::MetadataExt::uid(&m)) {
            Ok(0) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&copy);
                command
            }
            _ => Command::new(&copy),
        };
        command.current_dir(project.path()).args(arguments).stdin(Stdio::null()).output().unwrap()
    };
    at("stacks/m.vms", 0o000);
    let output = as_nobody(&["check", "stacks/m.vms"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("check its permissions"));
    at("stacks/m.vms", 0o644);
    at("", 0o555);
    let before = project.files();
    let output = as_nobody(&["build"]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("can't be written"));
    assert_eq!(project.files(), before);
    at("", 0o755);
}

/// On a file system of 64 KiB, in a mount namespace of its own.
#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let project = Project::empty();
    let script = format!(
        "set -e\nmount -n -t tmpfs -o size=64k tmpfs {root}\ncd {root}\nmkdir stacks .git\nprintf '{stack}' > stacks/m.vms\nprintf 'services: {{}}\\n' > docker-compose.yml\n\
         set +e\n{vmsc} build\necho status $?\nfind . -type f | sort\ncat docker-compose.yml\n",
        root = project.path().display(),
        stack = "stack m {\\n  version = v1.106.1\\n  compose { file = \"docker-compose.yml\" }\\n}\\n",
        vmsc = env!("CARGO_BIN_EXE_vmsc"),
    );
    let output = Command::new("unshare")
        .args(["-m", "--propagation", "private", "bash", "-c", &script])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        said,
        "status 2\n./docker-compose.yml\n./stacks/m.vms\nservices: {}\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn two_builds_at_once_end_as_one() {
    let (one, two) = (Project::example(), Project::example());
    let stack = one.read("stacks/victoriametrics.vms").replace("30d", "31d");
    for project in [&one, &two] {
        project.write("stacks/victoriametrics.vms", &stack);
    }
    two.build(&[]);
    let children: Vec<_> =
        (0..8).map(|_| vmsc(one.path()).arg("build").stderr(Stdio::piped()).spawn().unwrap()).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(one.files(), two.files());
}

/// One piece deleted from a right file: at most two reports, and none that is the compiler's fault.
#[test]
fn a_deleted_piece_gives_few_reports() {
    let text = fs::read_to_string(common::repository().join("stacks/victoriametrics.vms")).unwrap();
    // Standard input stands in a project without the imported file.
    let import = "import \"services.vms\" as asdlc";
    assert!(text.contains(import));
    let text = text.replace(import, "let asdlc = { services = [{ name = \"a\", port = 1 }] }");
    let mut many = Vec::new();
    let first = text.find("let tag").unwrap();
    for (start, end) in pieces(&text).into_iter().filter(|(start, _)| *start >= first) {
        let (status, said) = check(format!("{}{}", &text[..start], &text[end..]).as_bytes());
        assert!(matches!(status, Some(0 | 1)), "{said}");
        let reports = said.matches("error[").count();
        if reports > 2 {
            many.push(format!("{:?} at {start}: {reports}", &text[start..end]));
        }
    }
    assert!(many.len() <= 2, "{}", many.join("\n"));
}

/// Words, numbers, strings and brackets outside of comments.
fn pieces(text: &str) -> Vec<(usize, usize)> {
    let pattern = regex::Regex::new(r##"#[^\n]*|"[^"\n]*"|[A-Za-z0-9_.]+|[{}\[\]=,:]"##).unwrap();
    pattern.find_iter(text).filter(|m| !m.as_str().starts_with('#')).map(|m| (m.start(), m.end())).collect()
}
