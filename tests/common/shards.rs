//! Jobs that need a Docker Engine, in a few engines at a time: most of them wait most of the time.

use super::{engine, repository};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Engines at a time.
const ENGINES: usize = 3;

/// The folder that engines share, inside of one: what each job said, and what it found.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("VMSC_TEST_SHARED").map(PathBuf::from)
}

/// Runs jobs, numbered from 0, each in one of the engines; `job` says whether it passed and what it said.
///
/// Outside of the engines, it starts this program again in each, and gives the folder that they share
/// where all jobs passed. Inside of one, it does not return.
pub fn run(jobs: usize, job: impl Fn(usize) -> (bool, String)) -> Result<tempfile::TempDir, String> {
    if jobs == 0 {
        return Err("nothing has that in its name".to_owned());
    }
    if let Some(folder) = folder() {
        for number in 0..jobs {
            // Who makes the file has the job.
            if fs::File::create_new(folder.join(format!("{number}.taken"))).is_err() {
                continue;
            }
            let done = catch_unwind(AssertUnwindSafe(|| job(number)));
            let (passed, said) = done.unwrap_or_else(|why| {
                let words = why.downcast_ref::<String>().cloned();
                (false, words.unwrap_or_else(|| format!("job {number} panicked")))
            });
            let ending = if passed { "passed" } else { "failed" };
            fs::write(folder.join(format!("{number}.{ending}")), said).unwrap();
        }
        std::process::exit(0);
    }
    let target = repository().join("target/tmp");
    fs::create_dir_all(&target).unwrap();
    let shared = tempfile::tempdir_in(target).unwrap();
    let failed = std::thread::scope(|scope| {
        let engines: Vec<_> = (0..ENGINES.min(jobs)).map(|_| scope.spawn(|| start(shared.path()))).collect();
        engines.into_iter().filter_map(|engine| engine.join().unwrap()).collect::<Vec<String>>()
    });
    let mut wrong = failed;
    for number in 0..jobs {
        let said = |ending: &str| fs::read_to_string(shared.path().join(format!("{number}.{ending}")));
        match (said("passed"), said("failed")) {
            (Ok(said), _) => print!("{said}"),
            (_, Ok(said)) => wrong.push(said),
            _ => wrong.push(format!("job {number} was not run")),
        }
    }
    if wrong.is_empty() { Ok(shared) } else { Err(wrong.join("\n")) }
}

/// Runs this program in an engine; what it said where it failed.
fn start(shared: &Path) -> Option<String> {
    let output = engine()
        .args([std::env::current_exe().unwrap()])
        .args(std::env::args_os().skip(1))
        .env("VMSC_TEST_SHARED", shared)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said =
        || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (!output.status.success()).then(said)
}
