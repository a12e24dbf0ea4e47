//! A real Neovim, the oldest that is supported and the newest, with the plugin of this repository.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
mod grammar;

use common::{Project, repository, tool};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The plugin with the grammar's parser, as docs/editors.md has a person put it together.
fn plugin(folder: &Path) -> std::path::PathBuf {
    let plugin = folder.join("plugin");
    common::copy(&repository().join("editors/nvim"), &plugin);
    fs::create_dir_all(plugin.join("parser")).unwrap();
    grammar::compile(&plugin.join("parser/vms.so"));
    plugin
}

fn nvim(name: &str, home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(tool(&format!("bin/{name}")));
    for (variable, folder) in [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_RUNTIME_DIR", "run"),
    ] {
        command.env(variable, home.join(folder));
    }
    fs::create_dir_all(home.join("run")).unwrap();
    command.env("LC_ALL", "C.UTF-8").env("NVIM_LOG_FILE", home.join("nvim.log"));
    command.args(["--clean", "-l"]).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn a_day_in(name: &str) {
    let project = Project::example();
    let scratch = tempfile::tempdir().unwrap();
    let plugin = plugin(scratch.path());
    let script = repository().join("tests/editor/nvim.lua");
    let stack = project.path().join("stacks/victoriametrics.vms");
    let arguments =
        [&script, &plugin, Path::new(env!("CARGO_BIN_EXE_vmsc")), &stack].map(|path| path.to_str().unwrap());
    let output = nvim(name, scratch.path(), &arguments);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let line = fs::read_to_string(repository().join("stacks/victoriametrics.vms")).unwrap();
    let retention = line.lines().position(|line| line.contains("retention = 30d")).unwrap() + 1;
    assert_eq!(
        said,
        format!(
            "server vmsc\ncommentstring # %s\nreport E0204 {retention} a stack has no field `retentoin`\nfixed\ncompletes true\nhover `30s`\ndefinition true\nrenamed true\nformatted compose {{ file = \"docker/docker-compose.yml\", network = \"asdlc-network\" }}\ntokens true\ntree source_file false\ncapture keyword\ndiff true\nbuilt\n"
        )
    );
    assert!(project.read("stacks/victoriametrics.vms").contains("let release = v1.106.1"));
    assert!(project.read("charts/dox-asdlc/values.yaml").contains("20Gi"));
}

#[test]
fn a_day_in_neovim_0_10() {
    a_day_in("nvim-0.10");
}

#[test]
fn a_day_in_the_newest_neovim() {
    a_day_in("nvim-newest");
}

/// A program that is missing, or of another version, is one message with the line that installs it.
#[test]
fn a_missing_program_is_one_message() {
    let scratch = tempfile::tempdir().unwrap();
    let plugin = plugin(scratch.path());
    let other = scratch.path().join("other");
    fs::write(&other, "#!/bin/sh\necho vmsc 0.1.0\n").unwrap();
    common::must(Command::new("chmod").arg("755").arg(&other));
    let file = scratch.path().join("a.vms");
    fs::write(&file, "let a = 1\n").unwrap();
    for (program, what) in
        [("/no/such/vmsc", "`/no/such/vmsc` is not installed"), (other.to_str().unwrap(), "found 0.1.0")]
    {
        let script = scratch.path().join("script.lua");
        fs::write(
            &script,
            format!(
                "vim.opt.runtimepath:prepend({plugin:?})\nvim.g.vmsc_path = {program:?}\nvim.cmd.runtime('plugin/vmsc.lua')\nvim.cmd.edit({file:?})\nvim.cmd.new({file:?})\nio.stdout:write(vim.fn.execute('messages'))\nvim.cmd('qa!')\n"
            ),
        )
        .unwrap();
        for name in ["nvim-0.10", "nvim-newest"] {
            let output = nvim(name, scratch.path(), &[script.to_str().unwrap()]);
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said).into_owned();
            assert!(said.contains(what), "{name}: {said}");
            assert_eq!(said.matches("cargo install --path .").count(), said.matches(what).count(), "{said}");
            assert!(output.status.success());
        }
    }
}
