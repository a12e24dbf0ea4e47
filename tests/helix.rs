//! A real Helix in a terminal, with the configuration of this repository.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod common;
mod grammar;

use common::{Project, must, repository, tool};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Helix in a terminal that nobody sees.
struct Helix {
    folder: tempfile::TempDir,
}

impl Helix {
    fn open(file: &str, project: &Project) -> Helix {
        let helix = Helix { folder: tempfile::tempdir().unwrap() };
        let config = helix.path("config/helix");
        fs::create_dir_all(config.join("runtime/grammars")).unwrap();
        common::copy(&repository().join("editors/helix/queries"), &config.join("runtime/queries"));
        grammar::compile(&config.join("runtime/grammars/vms.so"));
        let languages = fs::read_to_string(repository().join("editors/helix/languages.toml")).unwrap();
        let program = format!("command = {:?}", env!("CARGO_BIN_EXE_vmsc"));
        fs::write(config.join("languages.toml"), languages.replace("command = \"vmsc\"", &program)).unwrap();
        fs::create_dir_all(config.join("themes")).unwrap();
        // Colors that say which query made them.
        fs::write(
            config.join("themes/probe.toml"),
            "\"keyword\" = \"#ff0001\"\n\"ui.text\" = \"#cccccc\"\n\"ui.selection\" = { bg = \"#333333\" }\n\"ui.cursor\" = { modifiers = [\"reversed\"] }\n\"error\" = \"#ff8080\"\n",
        )
        .unwrap();
        fs::write(
            config.join("config.toml"),
            "theme = \"probe\"\n[editor]\ntrue-color = true\nend-of-line-diagnostics = \"hint\"\n[editor.inline-diagnostics]\ncursor-line = \"error\"\nother-lines = \"error\"\n",
        )
        .unwrap();
        let log = helix.path("helix.log");
        let hx = tool("bin/hx");
        let mut inside = format!(
            "env -i PATH={} LC_ALL=C.UTF-8 TERM=tmux-256color COLORTERM=truecolor",
            std::env::var("PATH").unwrap()
        );
        for (name, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_DATA_HOME", "data"),
            ("XDG_STATE_HOME", "state"),
        ] {
            fs::create_dir_all(helix.path(folder)).unwrap();
            inside.push_str(&format!(" {name}={}", helix.path(folder).display()));
        }
        inside.push_str(&format!(
            " {} --log {} -v {}",
            hx.display(),
            log.display(),
            project.path().join(file).display()
        ));
        must(helix.tmux().args(["new-session", "-d", "-x", "110", "-y", "55", "-s", "hx", &inside]));
        must(helix.tmux().args(["set-option", "-g", "status", "off"]));
        must(helix.tmux().args(["set-option", "-s", "escape-time", "0"]));
        helix
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tmux(&self) -> Command {
        let mut command = Command::new(tool("bin/tmux"));
        command.args(["-u", "-f", "/dev/null", "-S"]).arg(self.path("tmux"));
        command.env("SHELL", "/bin/sh").env("LC_ALL", "C.UTF-8").env_remove("TMUX").stdin(Stdio::null());
        command
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("helix.log")).unwrap_or_default()
    }

    fn screen(&self, colors: bool) -> String {
        let flags = if colors { "-pe" } else { "-p" };
        must(self.tmux().args(["capture-pane", flags, "-t", "hx"]))
    }

    /// Waits until the screen shows something.
    #[track_caller]
    fn shows(&self, wanted: &str) {
        let until = Instant::now() + Duration::from_secs(60);
        while !self.screen(false).contains(wanted) {
            assert!(Instant::now() < until, "never shown: {wanted}\n{}", self.screen(false));
            std::thread::yield_now();
        }
    }

    fn keys(&self, keys: &[&str]) {
        must(self.tmux().args(["send-keys", "-t", "hx"]).args(keys));
    }

    fn types(&self, text: &str) {
        must(self.tmux().args(["send-keys", "-t", "hx", "-l", "--", text]));
    }

    /// Runs a command of Helix.
    fn command(&self, text: &str) {
        self.types(&format!(":{text}"));
        self.keys(&["Enter"]);
    }

    /// Waits until Helix has ended.
    fn ends(&self) {
        let until = Instant::now() + Duration::from_secs(60);
        while self.tmux().args(["has-session", "-t", "hx"]).output().unwrap().status.success() {
            assert!(Instant::now() < until, "Helix does not end:\n{}", self.screen(false));
            std::thread::yield_now();
        }
    }
}

impl Drop for Helix {
    fn drop(&mut self) {
        let _ = self.tmux().arg("kill-server").output();
    }
}

#[test]
fn a_day_in_helix() {
    let project = Project::example();
    let stack = project.read("stacks/victoriametrics.vms");
    project.write("stacks/victoriametrics.vms", &stack.replace("retention = 30d", "retentoin = 30d"));
    let helix = Helix::open("stacks/victoriametrics.vms", &project);
    // The report, and its fix.
    helix.shows("a stack has no field `retentoin`");
    let colored = helix.screen(true);
    assert!(colored.contains("38;2;255;0;1m"), "the grammar colors: {}\n{colored}", helix.log());
    let line = stack.lines().position(|line| line.contains("retention = 30d")).unwrap() + 1;
    helix.command(&line.to_string());
    helix.keys(&["w"]);
    helix.keys(&["Space", "a"]);
    helix.shows("A field with a similar name exists");
    helix.keys(&["Enter"]);
    helix.shows("retention = 30d");
    // Completion.
    helix.keys(&["o"]);
    helix.shows(" INS ");
    helix.types("nameOv");
    helix.shows("nameOverride");
    helix.keys(&["C-n"]);
    helix.keys(&["Enter"]);
    helix.keys(&["Escape"]);
    helix.shows(" NOR ");
    helix.shows("nameOverride = ");
    helix.keys(&["x", "d"]);
    // Rename.
    let line = stack.lines().position(|line| line.starts_with("let tag")).unwrap() + 1;
    helix.command(&line.to_string());
    helix.keys(&["w", "w"]);
    helix.keys(&["Space", "r"]);
    helix.shows("rename");
    helix.keys(&["C-u"]);
    helix.types("release");
    helix.keys(&["Enter"]);
    helix.shows("version   = release");
    // Saving formats: the configuration says so.
    helix.command("3");
    helix.keys(&["O"]);
    helix.shows(" INS ");
    helix.types("let   odd=1");
    helix.keys(&["Escape"]);
    helix.command("wq");
    helix.ends();
    let saved = project.read("stacks/victoriametrics.vms");
    assert!(saved.contains("let odd = 1\n"), "{saved}");
    assert!(saved.contains("let release = v1.106.1") && saved.contains("  retention = 30d"), "{saved}");
    assert!(!helix.log().contains("Failed to compile"), "{}", helix.log());
}
