//! The stages over stacks of many jobs, written out. Compare ratios within one run.

// For pest, as in `src/lib.rs`.
extern crate alloc;

use divan::{Bencher, black_box};
use pest::Parser as _;
use vmsc::load::Place;
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
        let outcome = vmsc::compile::compile(file, &Place::default(), &mut map);
        assert!(outcome.compiled.is_some() && outcome.reports.is_empty());
        black_box(outcome)
    });
}
