//! Random histories of one person: stacks change, builds run and are cut off, files are edited, reformatted,
//! deleted and moved. After each build the promises hold: nothing of a person's is lost, nothing of ours is
//! taken for a person's, and a build that is repeated has nothing to do.

use crate::common::dice::Dice;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeMap;
use std::fs;
use vmsc::compile::{Compiled, compile};
use vmsc::diagnostics::Diagnostic;
use vmsc::load::StackLocation;
use vmsc::project::change::Change;
use vmsc::project::plan::{Member, Options, Plan, plan};
use vmsc::project::write;
use vmsc::source::SourceMap;

/// Histories that each test tries; `VMSC_HISTORIES` asks for more.
const HISTORIES: u64 = 80;
const SHARDS: u64 = 3;

const VALUES: &str = "charts/u/values.yaml";
const STACK: &str = "stacks/m.vms";

/// Stacks that a history moves between: settings, other files, another name, profiles.
fn stack(n: usize) -> String {
    let settings = [
        "retention = 30d",
        "retention = 60d\n  scrape.interval = 30s",
        "retention = 60d\n  service.port = 9000\n  server.resources.limits.cpu = 2",
        "scrape.interval = 20s\n  server.extraArgs { loggerLevel = \"WARN\" }",
        "scrape { job \"b\" { targets = [\"b:1\", \"c:2\"] } }\n  compose.restart = \"always\"",
        "persistence.enabled = false",
    ];
    let place = ["", "compose.file = \"compose/main.yml\"", "", "compose.network = \"app-net\""];
    let name = if n % 7 == 6 { "other" } else { "m" };
    let profile = if n.is_multiple_of(3) { "profile dev {\n  retention = 3d\n}\n" } else { "" };
    format!(
        "stack {name} {{\n  version = v1.106.1\n  chart.parent = \"charts/u\"\n  persistence.volume = \"{name}\"\n  {}\n  {}\n  scrape {{ job \"a\" {{ targets = [\"a:1\"] }} }}\n}}\n{profile}",
        settings[n % settings.len()],
        place[n / 3 % place.len()],
    )
}

/// The stacks, each compiled once.
struct Compiler {
    known: BTreeMap<usize, (Compiled, SourceMap)>,
}

impl Compiler {
    fn build(&mut self, n: usize, root: &Utf8Path, options: &Options) -> (Plan, Vec<Diagnostic>) {
        let (compiled, map) = self.known.entry(n).or_insert_with(|| {
            let mut map = SourceMap::default();
            let file = map.add(STACK, stack(n));
            let outcome = compile(file, &StackLocation::default(), &mut map);
            (outcome.compiled.unwrap_or_else(|| panic!("{:?}", outcome.reports)), map)
        });
        let mut members = [Member { compiled, source: STACK, map }];
        let (plan, reports) = plan(&mut members, root, options, &mut SourceMap::default());
        let all = reports.of.into_iter().map(|(_, report)| report).chain(reports.general);
        (plan, all.filter(Diagnostic::is_error).collect())
    }
}

type Files = BTreeMap<String, String>;

fn files(root: &Utf8Path) -> Files {
    fn walk(root: &Utf8Path, folder: &Utf8Path, found: &mut Files) {
        for entry in folder.read_dir_utf8().unwrap() {
            let path = entry.unwrap().path().to_owned();
            if path.is_dir() {
                walk(root, &path, found);
            } else {
                found
                    .insert(path.strip_prefix(root).unwrap().to_string(), fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut found = Files::new();
    walk(root, root, &mut found);
    found
}

fn put(root: &Utf8Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// What a person has written, to be found again.
fn tokens(files: &Files) -> Vec<String> {
    let words = files.values().flat_map(|text| text.split(|c: char| !c.is_ascii_alphanumeric()));
    words.filter(|word| word.starts_with("mine") && word.len() > 4).map(str::to_owned).collect()
}

/// A person's day: one change of a file that is there.
fn edit(root: &Utf8Path, dice: &mut Dice, token: &str) {
    let all = files(root);
    let own: Vec<&String> = all
        .keys()
        .filter(|path| [VALUES, "docker/docker-compose.yml", "compose/main.yml"].contains(&path.as_str()))
        .collect();
    if own.is_empty() {
        return;
    }
    let path = dice.pick(&own).clone();
    let text = &all[&path];
    let lines: Vec<&str> = text.lines().collect();
    let at = dice.roll(lines.len().max(1));
    let line = lines.get(at).copied().unwrap_or_default();
    let indent = &line[..line.len() - line.trim_start().len()];
    let is_entry = line.trim_end().ends_with(|c: char| c != ':')
        && line.contains(": ")
        && !line.trim_start().starts_with(['-', '#']);
    let new = match dice.roll(9) {
        0 => insert(&lines, at, &format!("{indent}# {token}")),
        1 if is_entry && !line.contains('#') => replace(&lines, at, &format!("{line} # {token}")),
        2 if is_entry
            && lines.get(at + 1).is_none_or(|next| next.len() - next.trim_start().len() <= indent.len()) =>
        {
            insert(&lines, at + 1, &format!("{indent}{token}: 1"))
        }
        3 => text.replace('\n', "\r\n").replace("\r\r", "\r"),
        4 => text.replace("\r\n", "\n"),
        5 => text.replace("\"30d\"", "30d").replace("\"60d\"", "'60d'").replace("\"9000\"", "9000"),
        6 if path == VALUES => format!("{text}{token}: {{}}\n"),
        7 => format!("# {token}\n{text}"),
        _ => return,
    };
    if serde_yaml::from_str::<serde_yaml::Value>(&new).is_ok() {
        put(root, &path, &new);
    }
}

fn insert(lines: &[&str], at: usize, line: &str) -> String {
    let mut lines: Vec<&str> = lines.to_vec();
    lines.insert(at.min(lines.len()), line);
    lines.join("\n") + "\n"
}

fn replace(lines: &[&str], at: usize, line: &str) -> String {
    let mut lines: Vec<&str> = lines.to_vec();
    lines[at] = line;
    lines.join("\n") + "\n"
}

/// What happens to files of ours: a record or generated file is lost, or reformatted.
fn mishap(root: &Utf8Path, dice: &mut Dice) {
    let all = files(root);
    match dice.roll(4) {
        0 => drop(fs::remove_file(root.join("vmsc.owned"))),
        1 => drop(fs::remove_dir_all(root.join("charts/u/charts"))),
        _ => {
            let generated: Vec<&String> = all.keys().filter(|path| path.contains("/charts/")).collect();
            if !generated.is_empty() {
                let path = dice.pick(&generated);
                put(root, path, &all[path].replace("\r\n", "\n").replace('\n', "\r\n"));
            }
        }
    }
}

/// A repository of a person's in the folder that is quickest.
fn start(dice: &mut Dice) -> (tempfile::TempDir, Utf8PathBuf) {
    let folder = ["/dev/shm", "/tmp"].iter().find_map(|folder| tempfile::tempdir_in(folder).ok()).unwrap();
    let root = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
    put(&root, "charts/u/Chart.yaml", "apiVersion: v2\nname: u\nversion: 0.1.0\n");
    put(&root, VALUES, dice.pick(&["a: 1\n", "", "# c\na:\n  b: 1\n", "m: {}\n"]));
    let composes = ["services:\n  web:\n    image: x\n", "services: {}\n", "services:\n"];
    put(&root, "docker/docker-compose.yml", dice.pick(&composes));
    (folder, root)
}

fn history(seed: u64, compiler: &mut Compiler) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    (0..4).for_each(|_| drop(dice.roll(2).to_string()));
    let (_folder, root) = start(&mut dice);
    let first = files(&root);
    let (mut n, mut clean, mut log) = (0, true, Vec::new());
    for step in 0..7 + dice.roll(6) {
        let what = dice.roll(10);
        log.push(format!("{step}: {what} of {n}"));
        match what {
            0..4 => n = dice.roll(21),
            4..7 => {
                edit(&root, &mut dice, &format!("mine{step}s{seed}"));
                clean = false;
            }
            7 => {
                mishap(&root, &mut dice);
                clean = false;
            }
            _ => {}
        }
        let before = files(&root);
        let (plan, reports) = compiler.build(n, &root, &Options::default());
        if let Some(report) = reports.first() {
            // Only what a person wrote may be in the way: a value beside ours where ours goes, or, where the
            // record was lost, a value that another stack wrote.
            let excused = ["E0723", "E0703", "E0702", "E0722", "E0725"].contains(&&*report.code.0) && !clean;
            assert!(excused, "seed {seed}: {report:?}\n{}", log.join("\n"));
            return;
        }
        if dice.roll(4) == 0 {
            cut_off(&plan, &mut dice);
        } else {
            write::write(&plan).unwrap_or_else(|stopped| panic!("seed {seed}: {stopped:?}"));
        }
        let (again, reports) = compiler.build(n, &root, &Options::default());
        assert!(reports.is_empty(), "seed {seed}: {reports:?}\n{}", log.join("\n"));
        write::write(&again).unwrap();
        let after = files(&root);
        let lost: Vec<String> =
            tokens(&before).into_iter().filter(|token| !tokens(&after).contains(token)).collect();
        assert!(lost.is_empty(), "seed {seed}: {lost:?} lost\n{}", log.join("\n"));
        let (last, reports) = compiler.build(n, &root, &Options::default());
        assert!(
            reports.is_empty() && last.changed().next().is_none() && !last.record.lacks_lines(),
            "seed {seed}:\n{}",
            log.join("\n")
        );
    }
    if clean {
        let options = Options { removed: vec![STACK.to_owned()], ..Options::default() };
        let (plan, reports) = plan(&mut [], &root, &options, &mut SourceMap::default());
        assert!(!reports.has_errors(), "seed {seed}");
        write::write(&plan).unwrap();
        assert_eq!(files(&root), first, "seed {seed}: what was before is given back\n{}", log.join("\n"));
    }
}

/// Writes the first part of a plan, in the order of a build, as if it were killed.
fn cut_off(plan: &Plan, dice: &mut Dice) {
    let changed: Vec<_> = plan.changed().collect();
    if changed.is_empty() {
        return;
    }
    let most = dice.roll(changed.len() + 1);
    fs::write(&plan.record.full, &plan.record.during).unwrap();
    let (written, removed): (Vec<&Change>, Vec<&Change>) =
        changed.into_iter().partition(|change| change.after.is_some());
    for change in written.into_iter().chain(removed).take(most) {
        match &change.after {
            Some(text) => {
                fs::create_dir_all(change.full.parent().unwrap()).unwrap();
                fs::write(&change.full, text).unwrap();
            }
            None => fs::remove_file(&change.full).unwrap(),
        }
    }
}

fn shard(shard: u64) {
    let mut compiler = Compiler { known: BTreeMap::new() };
    let histories = std::env::var("VMSC_HISTORIES").ok().and_then(|many| many.parse().ok());
    for seed in 0..histories.unwrap_or(HISTORIES) {
        history(seed * SHARDS + shard, &mut compiler);
    }
}

#[test]
fn histories_of_the_first_kind() {
    shard(0);
}

#[test]
fn histories_of_the_second_kind() {
    shard(1);
}

#[test]
fn histories_of_the_third_kind() {
    shard(2);
}
