//! `vmsc get`

use super::complete;
use super::session::{self, Session};
use super::{ExitStatus, Global, Input, output};
use crate::compile::{self, Compiled};
use crate::diagnostics::wording;
use crate::emit;
use crate::project::impact;
use crate::project::plan::{self, Member, Options};
use crate::semantics::data::{Layer, Value, ValueKind};
use crate::source::{SourceMap, Span};
use crate::yaml::scalar::Guard;
use camino::Utf8Path;
use clap::{Args, ValueEnum};
use clap_complete::engine::ArgValueCandidates;

/// The arguments of `vmsc get`.
#[derive(Debug, Args)]
pub(super) struct Get {
    /// Path of the value, such as scrape.interval or scrape.job."my-job".path
    #[arg(value_name = "PATH", add = ArgValueCandidates::new(complete::settings))]
    path: String,
    #[command(flatten)]
    input: Input,
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "yaml")]
    format: Data,
    /// Explain where the value comes from, what it overrides, and which outputs it affects
    #[arg(long)]
    why: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Data {
    Yaml,
    Json,
}

impl Get {
    pub(super) fn run(&self, global: &Global) -> ExitStatus {
        let open = |stack: &Utf8Path| session::open(stack, &self.input, global);
        session::each(&self.input, global, &open, &mut |session| self.one(session, global))
    }

    fn one(&self, mut session: Session, global: &Global) -> ExitStatus {
        output::reports(&session.reports, &session.map, global);
        let Some(compiled) = session.compiled.take() else { return ExitStatus::Wrong };
        let path = segments(&self.path);
        let profile = self.input.profile.last();
        let at = compiled.variants.iter().position(|variant| variant.profile.as_ref() == profile);
        let at = at.unwrap_or_default();
        let value = match found(&compiled.variants[at].values, &path) {
            Ok(value) => value,
            Err(help) => {
                output::failure(&format!("{}: there is no `{}`: {help}", session.name, self.path));
                return ExitStatus::Failed;
            }
        };
        output::data(&match self.format {
            // Scripts need the bare string, without quotes.
            Data::Yaml => match &value.kind {
                ValueKind::String(text) | ValueKind::Version(text) => format!("{text}\n"),
                ValueKind::Quantity(quantity) => format!("{quantity}\n"),
                _ => emit::yaml(value).to_text(0, Guard::Nothing),
            },
            Data::Json => {
                format!("{}\n", serde_json::to_string_pretty(&emit::json(value)).unwrap_or_default())
            }
        });
        if self.why {
            output::data(&why(&compiled, at, &path, value, &mut session));
        }
        ExitStatus::Fine
    }
}

/// Splits a path into segments; a quoted name may contain dots.
fn segments(path: &str) -> Vec<String> {
    let mut segments = vec![String::new()];
    let mut quoted = false;
    for c in path.trim_start_matches("stack.").chars() {
        match c {
            '"' => quoted = !quoted,
            '.' if !quoted => segments.push(String::new()),
            c => {
                if let Some(last) = segments.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    segments
}

fn found<'v>(root: &'v Value, path: &[String]) -> Result<&'v Value, String> {
    path.iter().try_fold(root, |value, name| match &value.kind {
        ValueKind::Record(record) => record.get(name.as_str()).ok_or_else(|| {
            let known: Vec<&str> = record.keys().map(|key| &**key).collect();
            match wording::nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => "it is empty there".to_owned(),
                None => format!("there are {}", wording::all_of(&known[..known.len().min(12)])),
            }
        }),
        ValueKind::List(items) => name
            .parse::<usize>()
            .ok()
            .and_then(|at| items.get(at))
            .ok_or_else(|| format!("the list there has {}", wording::count(items.len(), "element"))),
        _ => Err(format!("nothing is in `{}`", value.kind)),
    })
}

/// Describes where a value comes from, what it overrides, and which outputs it affects.
fn why(compiled: &Compiled, at: usize, path: &[String], value: &Value, session: &mut Session) -> String {
    let mut out = String::new();
    let shape = compiled.analysis.shape(&session.map);
    let field = shape.field(path);
    out.push_str(&format!("\n{}\n", origin(value, compiled, at, session)));
    for span in value.origins() {
        out.push_str(&format!("  which comes from {}\n", place(span, session)));
    }
    let mut last = (value.span, value.layer);
    for below in compile::below(compiled, at) {
        if let Ok(lower) = found(&compiled.variants[below].values, path)
            && (lower.span, lower.layer) != last
            && lower.layer != Layer::Default
        {
            let shown = wording::short(&lower.kind.to_string());
            out.push_str(&format!("overrides {shown}, {}\n", origin(lower, compiled, below, session)));
            last = (lower.span, lower.layer);
        }
    }
    if let Some(text) = field.and_then(|field| field.default_text.as_ref())
        && value.layer != Layer::Default
    {
        out.push_str(&format!("overrides {text}, the default\n"));
    }
    let options = Options { force: true, trace: true, ..Options::default() };
    let mut members = [Member { compiled, source: &session.name, map: &mut session.map }];
    let (plan, _) = plan::plan(&mut members, &session.root, &options, &mut SourceMap::default());
    let reached = impact::impact(&plan.origins, compiled, at, &shape, path);
    out.push_str(if reached.is_empty() { "reaches no output\n" } else { "reaches\n" });
    for (file, lines) in reached {
        let shown = lines.iter().take(6).map(|line| format!("  {file}:{}\n", line + 1));
        out.extend(shown);
        if lines.len() > 6 {
            out.push_str(&format!("  {file}: and {} lines more\n", lines.len() - 6));
        }
    }
    out
}

/// Describes which layer sets a value, and where.
fn origin(value: &Value, compiled: &Compiled, at: usize, session: &Session) -> String {
    if session.map.is_builtin(value.span) || value.layer == Layer::Default {
        return "the default".to_owned();
    }
    let place = place(value.span, session);
    match (value.layer, &compiled.variants[at].profile) {
        (Layer::Profile(_), Some(profile)) => format!("given for profile {profile}, {place}"),
        _ => format!("given in the stack, {place}"),
    }
}

fn place(span: Span, session: &Session) -> String {
    let (file, range) = session.map.locate(span);
    let (line, column) = session.map.line_column(file, range.start);
    format!("{}:{line}:{column}", session.map.file(file).name)
}
