//! `vmsc explain`

use super::{ExitStatus, Global, complete, output};
use crate::compile;
use crate::diagnostics::explain::wrapped;
use crate::diagnostics::wording;
use crate::project::explanations::explanations;
use crate::semantics::formula::{Field, Shape};
use clap::Args;
use clap_complete::engine::ArgValueCandidates;

/// The arguments of `vmsc explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A code such as E0501, or the path of a setting [default: list all codes]
    #[arg(value_name = "CODE|PATH", add = ArgValueCandidates::new(complete::topics))]
    topic: Option<String>,
    /// Print the reference of all settings as Markdown
    #[arg(long, conflicts_with = "topic")]
    markdown: bool,
}

impl Explain {
    pub(super) fn run(&self, _: &Global) -> ExitStatus {
        if self.markdown {
            output::data(&reference(&compile::builtin()));
            return ExitStatus::Fine;
        }
        let pages = explanations();
        let Some(topic) = &self.topic else {
            let lines = pages.iter().map(|page| format!("{}  {}\n", page.code, page.title));
            output::data(&lines.collect::<String>());
            return ExitStatus::Fine;
        };
        if let Some(page) = pages.iter().find(|page| page.code.eq_ignore_ascii_case(topic)) {
            output::data(&page.text());
            return ExitStatus::Fine;
        }
        let shape = compile::builtin();
        let path: Vec<&str> = topic.trim_start_matches("stack.").split('.').collect();
        match found(&shape, &path) {
            Ok(Found::Field(field)) => output::data(&setting(field, topic, &shape)),
            Ok(Found::Record(record)) => output::data(&fields(record)),
            Err((name, known)) => {
                let near = wording::nearest(name, known.iter().copied()).map(str::to_owned);
                let near = near.or_else(|| anywhere(&shape, name, ""));
                let codes = pages.iter().map(|page| page.code.as_str());
                let code = wording::nearest(topic, codes).map(str::to_owned);
                let help = match near.or(code) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are {}", wording::all_of(&known)),
                };
                output::failure(&format!("`{topic}` is no code and no setting: {help}"));
                return ExitStatus::Failed;
            }
        }
        ExitStatus::Fine
    }
}

enum Found<'s> {
    Field(&'s Field),
    Record(&'s Shape),
}

/// Finds the field or record at a path. The name of an entry, such as a job's, may be omitted.
fn found<'s, 'p>(shape: &'s Shape, path: &[&'p str]) -> Result<Found<'s>, (&'p str, Vec<&'s str>)> {
    let [name, rest @ ..] = path else { return Ok(Found::Record(shape)) };
    let Some(field) = shape.fields.iter().find(|field| field.name == *name) else {
        return Err((name, shape.fields.iter().map(|field| field.name.as_str()).collect()));
    };
    match (&field.inside, rest) {
        (_, []) => Ok(Found::Field(field)),
        (Some(inside), rest) => {
            let of_entry = field.ty.is_map() && inside.fields.iter().all(|field| field.name != rest[0]);
            let rest = if of_entry { &rest[1..] } else { rest };
            if rest.is_empty() { Ok(Found::Field(field)) } else { found(inside, rest) }
        }
        (None, rest) => Err((rest[0], Vec::new())),
    }
}

/// Searches all settings for a name similar to `name` and returns the path.
fn anywhere(shape: &Shape, name: &str, path: &str) -> Option<String> {
    let below =
        |field: &Field| if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
    let names = shape.fields.iter().map(|field| field.name.as_str());
    if let Some(near) = wording::nearest(name, names).filter(|_| !path.is_empty()) {
        return Some(format!("{path}.{near}"));
    }
    shape.fields.iter().find_map(|field| anywhere(field.inside.as_ref()?, name, &below(field)))
}

fn setting(field: &Field, path: &str, root: &Shape) -> String {
    let optional = if field.optional { ", may be left out" } else { "" };
    let mut out = format!("{path}: {}{optional}\n", field.ty.written());
    if !field.doc.is_empty() {
        out.push_str(&format!("\n{}\n", wrapped(&field.doc, 80)));
    }
    if let Some(text) = &field.default_text {
        out.push_str(&format!("\nDefault: {text}\n"));
    }
    let conditions = field.conditions.iter().filter_map(|rule| rule.title());
    let conditions: Vec<String> = conditions.collect();
    if !conditions.is_empty() {
        out.push_str(&format!("Must hold: {}\n", conditions.join("; ")));
    }
    let checks = checks(root, field);
    if !checks.is_empty() {
        out.push_str("\nChecked by:\n");
        out.extend(checks.iter().map(|(code, title)| format!("  {code}  {title}\n")));
    }
    let place = match field.annotations.build {
        true => "Shapes the build: it is no value of the chart.".to_owned(),
        false => {
            format!("In the chart's values: {path} (in the umbrella's: NAME.{path}, NAME is the stack's)")
        }
    };
    out.push_str(&format!("\n{place}\n"));
    if let Some(change) = field.change {
        out.push_str(&format!("{}\n", change.sentence()));
    }
    out.push_str("Where it goes in your project: `vmsc get PATH --why`\n");
    if let Some(inside) = &field.inside {
        out.push_str(&format!("\nFields:\n{}", fields(inside)));
    }
    out
}

/// The checks that read `field`, from the record that declares it.
fn checks(shape: &Shape, field: &Field) -> Vec<(String, String)> {
    let here = shape.fields.iter().any(|known| std::ptr::eq(known, field));
    if here {
        let asks = shape.rules.iter().filter(|rule| rule.asks(&field.name));
        return asks.filter_map(|rule| Some((rule.code.clone()?, rule.title()?))).collect();
    }
    let inside = shape.fields.iter().filter_map(|field| field.inside.as_ref());
    inside.flat_map(|inside| checks(inside, field)).collect()
}

fn fields(shape: &Shape) -> String {
    let width = shape.fields.iter().map(|field| field.name.len()).max().unwrap_or(0);
    let line = |field: &Field| {
        let doc = field.doc.lines().next().unwrap_or_default();
        format!("  {:width$}  {doc}\n", field.name)
    };
    shape.fields.iter().map(line).collect()
}

/// Renders the reference of all settings, one table per record.
fn reference(shape: &Shape) -> String {
    let mut out = "# The settings\n\nWritten from the built-in schema by `vmsc explain --markdown`. A setting's path here is its path in the chart's\nvalues, but for those that shape the build. `vmsc explain PATH` tells what a setting is checked by.\n".to_owned();
    section(shape, "", &mut out);
    out
}

fn section(shape: &Shape, path: &str, out: &mut String) {
    out.push_str(&match path {
        "" => "\n## A stack\n\n| setting | type | default | |\n|---|---|---|---|\n".to_owned(),
        path => format!("\n## {path}\n\n| setting | type | default | |\n|---|---|---|---|\n"),
    });
    let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
    for field in &shape.fields {
        let record = field.inside.is_some() && !field.ty.is_map();
        let default = match (&field.default_text, field.optional) {
            (Some(text), _) if !record && text.len() < 60 => format!("`{}`", cell(text)),
            (_, true) => "not set".to_owned(),
            (None, false) if !record => "required".to_owned(),
            _ => String::new(),
        };
        let doc =
            if field.annotations.build { format!("{} Shapes the build.", field.doc) } else { field.told() };
        out.push_str(&format!(
            "| `{}` | `{}` | {default} | {} |\n",
            field.name,
            cell(&field.ty.written()),
            cell(doc.trim())
        ));
    }
    for field in &shape.fields {
        if let Some(inside) = &field.inside {
            let name = if path.is_empty() { field.name.clone() } else { format!("{path}.{}", field.name) };
            let name = if field.ty.is_map() { format!("{name}.NAME") } else { name };
            section(inside, &name, out);
        }
    }
}
