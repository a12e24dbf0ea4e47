//! The user's flags, each with a verdict.

use crate::deploy::Deployment;
use crate::deploy::flags::unfollowed::{self, Unfollowed};
use crate::deploy::flags::{self, Flag, LISTEN};
use crate::deploy::workload::Workload;
use crate::semantics::data::{Value, ValueKind};
use semver::Version;

/// A flag given by the user.
pub(super) struct Given<'a> {
    pub(super) workload: &'a Workload,
    /// Its name without dashes.
    pub(super) bare: &'a str,
    pub(super) value: &'a Value,
    pub(super) release: &'a Version,
    /// What is wrong with it, if anything.
    pub(super) verdict: Verdict,
}

/// The verdict on a flag.
pub(super) enum Verdict {
    /// Written with a dash, or dotted without quotes; in the latter case, its full name.
    Written(Option<String>),
    /// A setting already sets it.
    Reserved,
    /// No release has it.
    Unknown,
    /// Only other releases have it.
    OtherRelease(Flag),
    /// It opens a port.
    OpensPort,
    /// It changes what others rely on.
    Unfollowed(&'static Unfollowed),
    /// Only the enterprise build has it, and the image is another.
    Enterprise,
    /// Valid, except perhaps for its value.
    Known(Flag),
}

/// The stack's release, if it can be parsed.
pub(super) fn release(deployment: &Deployment) -> Option<Version> {
    flags::release(&deployment.stack.version.value)
}

impl Given<'_> {
    /// Its values: the elements, if it repeats and a list is given.
    pub(super) fn values(&self) -> &[Value] {
        match (&self.verdict, &self.value.kind) {
            (Verdict::Known(flag), ValueKind::List(items)) if flag.repeats() => items,
            _ => std::slice::from_ref(self.value),
        }
    }
}

/// Calls `visit` with each of the user's flags, if the release is covered by the tables.
pub(super) fn each(deployment: &Deployment, visit: &mut dyn FnMut(&Given)) {
    let Some(release) = release(deployment).filter(|release| *release >= flags::OLDEST) else { return };
    for workload in deployment.workloads.iter().filter(|workload| !workload.extra_args.is_empty()) {
        let table = flags::table(workload.program);
        for (written, value) in &workload.extra_args {
            let bare = written.trim_start_matches('-');
            let verdict = verdict(workload, &table, written, bare, value, &release);
            visit(&Given { workload, bare, value, release: &release, verdict });
        }
    }
}

pub(super) fn verdict(
    workload: &Workload,
    table: &[Flag],
    written: &str,
    bare: &str,
    value: &Value,
    release: &Version,
) -> Verdict {
    if bare != written {
        return Verdict::Written(None);
    }
    if workload.flags().contains(&bare) {
        return Verdict::Reserved;
    }
    if let Some((inner, _)) = nested(value) {
        return Verdict::Written(Some(format!("{bare}.{inner}")));
    }
    if let Some(why) = unfollowed::of(bare) {
        return Verdict::Unfollowed(why);
    }
    match table.iter().find(|known| known.name == bare) {
        None => Verdict::Unknown,
        Some(known) if !known.known_in(release) => Verdict::OtherRelease(known.clone()),
        Some(known) if known.enterprise && !workload.image.is_enterprise() => Verdict::Enterprise,
        Some(_) if bare.ends_with(LISTEN) => Verdict::OpensPort,
        Some(known) => Verdict::Known(known.clone()),
    }
}

/// A value in the syntax of a stack.
pub(super) fn literal(value: &ValueKind) -> String {
    match value {
        ValueKind::String(text) => format!("\"{text}\""),
        other => other.to_string(),
    }
}

/// The innermost value under an unquoted dotted flag, and the rest of the flag's name.
pub(super) fn nested(value: &Value) -> Option<(String, &Value)> {
    let ValueKind::Record(record) = &value.kind else { return None };
    let (name, inner) = record.iter().next()?;
    match nested(inner) {
        Some((rest, value)) => Some((format!("{name}.{rest}"), value)),
        None => Some((name.to_string(), inner)),
    }
}
