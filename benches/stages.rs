//! The stages over stacks of many jobs, written out. Compare ratios within one run.

// A bench may fail where a program may not.
#![allow(clippy::expect_used)]

// For pest, as in `src/lib.rs`.
extern crate alloc;

use divan::{Bencher, black_box};
use pest::Parser as _;
use vmsc::load::StackLocation;
use vmsc::source::SourceMap;

fn main() {
    divan::main();
}

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// A stack with this many jobs.
fn stack(jobs: usize) -> String {
    let job = |n: usize| format!("    job \"job-{n}\" {{ targets = [\"host-{n}:9100\"], interval = 30s }}\n");
    format!(
        "stack victoriametrics {{\n  version = v1.106.1\n  scrape {{\n{}  }}\n}}\n",
        (0..jobs).map(job).collect::<String>()
    )
}

/// The grammar alone: what pest needs, without spans and trees.
#[derive(pest_derive::Parser)]
#[grammar = "grammar/vms.pest"]
struct Alone;

#[divan::bench(args = SIZES)]
fn pest_alone(bencher: Bencher, jobs: usize) {
    let text = stack(jobs);
    bencher.bench(|| {
        let pairs = Alone::parse(Rule::chunk, &text);
        assert!(pairs.is_ok());
        black_box(pairs)
    });
}

#[divan::bench(args = SIZES)]
fn parse(bencher: Bencher, jobs: usize) {
    let text = stack(jobs);
    bencher.bench(|| {
        let mut map = SourceMap::default();
        let file = map.add("bench.vms", text.clone());
        black_box(vmsc::syntax::parse(file, &mut map))
    });
}

#[divan::bench(args = SIZES)]
fn compile(bencher: Bencher, jobs: usize) {
    let text = stack(jobs);
    bencher.bench(|| {
        let mut map = SourceMap::default();
        let file = map.add("bench.vms", text.clone());
        let outcome = vmsc::compile::compile(file, &StackLocation::default(), &mut map);
        assert!(outcome.compiled.is_some() && outcome.reports.is_empty());
        black_box(outcome)
    });
}

// -------------------------------------------------------------------------------------- keystrokes

/// Files of 10 000 lines: jobs of five lines, and jobs of one.
const LAYOUTS: [&str; 2] = ["2000 jobs of 5 lines", "10000 jobs of a line"];

fn laid_out(layout: &str) -> String {
    if layout == LAYOUTS[1] {
        return stack(10_000);
    }
    let job = |n: usize| {
        format!(
            "    job \"job-{n}\" {{\n      targets  = [\"host-{n}:9100\"]\n      interval = 30s\n      path     = \"/metrics\"\n    }}\n"
        )
    };
    format!(
        "stack victoriametrics {{\n  version = v1.106.1\n  scrape {{\n{}  }}\n}}\n",
        (0..2_000).map(job).collect::<String>()
    )
}

#[divan::bench(args = LAYOUTS)]
fn parse_layout(bencher: Bencher, layout: &str) {
    let text = laid_out(layout);
    bencher.bench(|| {
        let mut map = SourceMap::default();
        let file = map.add("bench.vms", text.clone());
        black_box(vmsc::syntax::parse(file, &mut map))
    });
}

/// A character is typed inside a value of a job in the middle, and taken away again: parsing, names
/// and types.
#[divan::bench(args = LAYOUTS)]
fn keystroke(bencher: Bencher, layout: &str) {
    let mut text = laid_out(layout);
    let mut map = SourceMap::for_editing();
    map.attach(vmsc::prelude::get().sources.clone());
    let file = map.add("bench.vms", text.clone());
    let loaded =
        vmsc::load::load(file, &StackLocation::default(), &mut map, &mut Vec::new(), &mut Vec::new());
    let mut analysis = vmsc::compile::Analysis::new(loaded, &mut Vec::new()).expect("it can be analysed");
    let middle = text[text.len() / 2..].find(":9100").map(|at| text.len() / 2 + at);
    let at = middle.expect("there is a target");
    let mut typed = false;
    bencher.bench_local(|| {
        typed = !typed;
        if typed {
            text.insert(at, '1')
        } else {
            let _ = text.remove(at);
        }
        let old = analysis.loaded().modules[0].tree.clone();
        let (tree, diagnostics) = vmsc::syntax::reparse(file, text.clone(), &mut map, &old);
        let mut reports = diagnostics;
        analysis = analysis.edited(tree, &mut reports).expect("it can be analysed");
        assert!(reports.is_empty());
    });
}
