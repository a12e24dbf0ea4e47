//! Two branches change, build and commit; then git merges, rebases, picks, reverts or unstashes them. After
//! the stack and the files of a person's are resolved, by whichever side, a build succeeds.

use crate::common::Project;
use crate::common::dice::Dice;
use crate::{COMPOSE, STACK, VALUES, commit_all, git};
use std::collections::BTreeMap;
use std::path::Path;

/// Histories that are tried, in this many tests at once.
const HISTORIES: u64 = 160;
const SHARDS: u64 = 4;

/// At most so many in a hundred may end in a report: git put a value into another block.
const MOST_REPORTS: u64 = 2;

/// Settings and their values; each is a paragraph of the stack.
const SETTINGS: &[(&str, &[&str])] = &[
    ("retention", &["30d", "60d", "90d", "14d"]),
    ("scrape.interval", &["15s", "30s", "20s"]),
    ("scrape.timeout", &["10s", "12s"]),
    ("service.port", &["8428", "9000", "9001"]),
    ("persistence.size", &["10Gi", "20Gi", "30Gi"]),
    ("server.resources.limits.cpu", &["1", "2", "500m"]),
    ("server.resources.limits.memory", &["1Gi", "2Gi"]),
    ("compose.restart", &["\"always\"", "\"unless-stopped\""]),
    ("server.extraArgs", &["{ loggerLevel = \"WARN\" }", "{ loggerLevel = \"ERROR\", logNewSeries = true }"]),
];

type Stack = BTreeMap<&'static str, &'static str>;

fn text(stack: &Stack, name: &str) -> String {
    let settings: String = stack.iter().map(|(name, value)| format!("  {name} = {value}\n\n")).collect();
    format!(
        "stack {name} {{\n  version = v1.106.1\n\n  chart.parent = \"charts/u\"\n\n  compose.network = \"app-net\"\n\n{settings}  \
         scrape {{ job \"a\" {{ targets = [\"a:1\"] }} }}\n}}\n\nprofile dev {{\n  retention = 3d\n}}\n"
    )
}

/// A branch's work: settings change, and a person adds something of their own beside ours.
fn work(project: &Project, stack: &mut Stack, dice: &mut Dice, token: &str) {
    for step in 0..1 + dice.roll(3) {
        let (name, values) = dice.pick(SETTINGS);
        stack.insert(name, dice.pick(values));
        project.write(STACK, &text(stack, "metrics"));
        match dice.roll(6) {
            0 => {
                let compose = project.read(COMPOSE);
                let line = format!("    labels: {{ {token}: \"{step}\" }}\n    restart:");
                if !compose.contains("labels:") {
                    project.write(COMPOSE, &compose.replacen("    restart:", &line, 1));
                }
            }
            1 => {
                let values = project.read(VALUES);
                project.write(
                    VALUES,
                    &values.replacen("  retention:", &format!("  # {token}\n  retention:"), 1),
                );
            }
            2 => project.write(&format!("notes/{token}.txt"), "mine\n"),
            _ => {}
        }
        if dice.roll(3) > 0 {
            project.build(&[]);
        }
    }
    project.build(&[]);
}

/// Resolves conflicts as people do: of each part of a stack one side, of a file of their own one side, and
/// generated files and the record not at all.
fn resolve(folder: &Path, dice: &mut Dice) {
    let unmerged = git(folder, &["diff", "--name-only", "--diff-filter=U"]).unwrap_or_default();
    // Some take one side of everything.
    let all = (dice.roll(5) == 0).then(|| dice.pick(&["--ours", "--theirs"]));
    for file in unmerged.lines() {
        let path = folder.join(file);
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        if !text.contains("<<<<<<<") {
            continue;
        }
        if let Some(side) = all {
            git(folder, &["checkout", side, "--", file]).unwrap();
            continue;
        }
        let is_own = file == VALUES
            || file == COMPOSE
            || file.ends_with("u/Chart.yaml")
            || file.ends_with("-dev.yaml")
            || file.ends_with(".dev.yml");
        if file.starts_with("stacks/") || is_own && dice.roll(2) == 0 {
            std::fs::write(&path, by_parts(&text, dice)).unwrap();
        } else if is_own || file != "vmsc.owned" && dice.roll(4) == 0 {
            let side = dice.pick(&["--ours", "--theirs"]);
            git(folder, &["checkout", side, "--", file]).unwrap();
        }
    }
}

fn by_parts(text: &str, dice: &mut Dice) -> String {
    let (mut out, mut ours, mut theirs, mut side) = (String::new(), String::new(), String::new(), 0);
    for line in text.split_inclusive('\n') {
        match line.get(..7) {
            Some("<<<<<<<") => side = 1,
            Some("=======") if side == 1 => side = 2,
            Some(">>>>>>>") if side == 2 => {
                out.push_str(if dice.roll(2) == 0 { &ours } else { &theirs });
                (ours, theirs, side) = (String::new(), String::new(), 0);
            }
            _ => [&mut out, &mut ours, &mut theirs][side].push_str(line),
        }
    }
    out
}

/// One history; what it ended in, if that is a report.
fn history(seed: u64) -> Option<String> {
    let mut dice = Dice(seed);
    (0..5).for_each(|_| drop(dice.roll(2).to_string()));
    let project = Project::empty();
    project.write("charts/u/Chart.yaml", "apiVersion: v2\nname: u\nversion: 0.1.0\n");
    project.write(VALUES, "a: 1\n");
    project.write(COMPOSE, "services:\n  web:\n    image: x\n");
    let folder = project.path();
    let mut base: Stack = [("retention", "30d"), ("scrape.interval", "15s"), ("service.port", "8428")].into();
    if dice.roll(2) == 0 {
        base.extend(SETTINGS.iter().map(|(name, values)| (*name, values[0])));
    }
    project.write(STACK, &text(&base, "metrics"));
    project.build(&[]);
    commit_all(&project, "base");
    git(folder, &["config", "core.autocrlf", dice.pick(&["false", "false", "input"])]).unwrap();
    git(folder, &["checkout", "-qb", "other"]).unwrap();
    work(&project, &mut base.clone(), &mut dice, "theirs");
    let how = dice.pick(&["merge", "merge", "merge", "rebase", "cherry-pick", "revert", "stash"]);
    let stashed = how == "stash";
    if stashed {
        git(folder, &["add", "-A"]).unwrap();
        git(folder, &["stash", "-q"]).unwrap();
    } else {
        commit_all(&project, "theirs");
    }
    git(folder, &["checkout", "-q", "main"]).unwrap();
    work(&project, &mut base, &mut dice, "ours");
    commit_all(&project, "ours");
    // A conflict is no failure here: it is what is resolved below.
    let _ = match how {
        "merge" | "revert" => git(folder, &["merge", "-q", "other"]),
        "rebase" => {
            git(folder, &["checkout", "-q", "other"]).unwrap();
            git(folder, &["rebase", "-q", "main"])
        }
        "cherry-pick" => git(folder, &["cherry-pick", "other"]),
        _ => git(folder, &["stash", "pop", "-q"]),
    };
    resolve(folder, &mut dice);
    if let Some(report) = settle(&project, how, seed) {
        return Some(report);
    }
    if how == "revert" {
        commit_all(&project, "merged");
        let _ = git(folder, &["revert", "--no-edit", "-m", "1", "HEAD"]);
        resolve(folder, &mut dice);
        return settle(&project, how, seed);
    }
    None
}

/// Builds what git left, twice; a report is returned.
fn settle(project: &Project, how: &str, seed: u64) -> Option<String> {
    let stack = project.read(STACK);
    if stack.matches("retention =").count() > 2 || project.run(&["check"]).status.code() != Some(0) {
        // The parts of the two stacks make no stack together; that is for people.
        return None;
    }
    let output = project.run(&["build"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Some(format!("history {seed}, {how}:\n{said}"));
    }
    let before = project.files();
    assert!(project.build(&[]).contains("nothing to do"), "history {seed}, {how}");
    assert_eq!(project.run(&["build", "--check"]).status.code(), Some(0), "history {seed}, {how}");
    assert!(project.files() == before, "history {seed}, {how}");
    None
}

fn shard(shard: u64) {
    let seeds = (0..HISTORIES).filter(|seed| seed % SHARDS == shard);
    let reports: Vec<String> = seeds.filter_map(|seed| history(seed.wrapping_mul(0x9E37_79B9) + 1)).collect();
    let most = HISTORIES / SHARDS * MOST_REPORTS / 100;
    assert!(reports.len() as u64 <= most.max(1), "{} reports:\n{}", reports.len(), reports.join("\n"));
}

#[test]
fn git_histories_of_the_first_kind() {
    shard(0);
}

#[test]
fn git_histories_of_the_second_kind() {
    shard(1);
}

#[test]
fn git_histories_of_the_third_kind() {
    shard(2);
}

#[test]
fn git_histories_of_the_fourth_kind() {
    shard(3);
}
