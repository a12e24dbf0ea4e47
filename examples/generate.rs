//! Writes generated projects to a folder, for `benches/against.sh`: `generate FOLDER COUNT`.

// Not part of what is shipped: it may fail, and writes files itself.
#![allow(clippy::expect_used, clippy::disallowed_methods)]

#[path = "../tests/generated/stacks.rs"]
mod stacks;

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    let mut arguments = env::args().skip(1);
    let folder = PathBuf::from(arguments.next().expect("a folder"));
    let count: u64 = arguments.next().and_then(|count| count.parse().ok()).expect("how many");
    for seed in 0..count {
        let root = folder.join(seed.to_string());
        let project = stacks::project(seed);
        let stack = ("stacks/generated.vms", project.stack);
        for (path, text) in project.files.into_iter().chain([stack]) {
            let path = root.join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
            fs::write(path, text).expect("it can be written");
        }
        fs::create_dir_all(root.join(".git")).expect("it can be made");
    }
}
