//! Checks that the server may fill its volume.

use super::{Check, Rule};
use crate::deploy::Deployment;
use crate::deploy::flags;
use crate::diagnostics::{Diagnostic, DiagnosticKind};
use crate::semantics::data::ValueKind;
use crate::semantics::quantity::Unit;
use crate::source::Span;
use semver::Version;

const KIND: DiagnosticKind =
    DiagnosticKind::rule("E0611", "the server would take no samples on a volume of this size");

pub(super) const RULE: Rule = Rule {
    kind: KIND,
    explanation: r#"VictoriaMetrics takes no more samples when less space is free than `-storage.minFreeDiskSpaceBytes` says. On a small volume that is so from the start: `/health` is well, and nothing is stored.
- server { extraArgs { "storage.minFreeDiskSpaceBytes" = 20Gi } }
+ server { extraArgs { "storage.minFreeDiskSpaceBytes" = 1Gi } }"#,
    check: Check::Deployment(check),
};

const FLAG: &str = "storage.minFreeDiskSpaceBytes";

/// The flag's default: 10 MB, and 100 MB from v1.137 on (`-help`).
fn default_of(version: &str) -> i64 {
    let release = flags::release(version);
    if release.is_some_and(|release| release >= Version::new(1, 137, 0)) { 100_000_000 } else { 10_000_000 }
}

/// The default in the words of `-help`.
fn megabytes(bytes: i64) -> String {
    format!("{} MB", bytes / 1_000_000)
}

/// An error where the space that must stay free is half of the volume or more.
fn check(deployment: &Deployment, _: Span, diagnostics: &mut Vec<Diagnostic>) {
    let stack = &deployment.stack;
    let persistence = &stack.persistence;
    // Without a claim of ours the size says nothing.
    if !persistence.enabled.value || persistence.existing_claim.is_some() {
        return;
    }
    let given = stack.server.extra_args.get(FLAG);
    let free = match given.map(|value| &value.kind) {
        Some(ValueKind::Quantity(amount)) if amount.unit == Unit::Bytes => amount.amount,
        Some(ValueKind::Int(amount)) => *amount,
        // A value of another kind has its own report.
        Some(_) => return,
        None => default_of(&stack.version.value),
    };
    let size = &persistence.size;
    if free.saturating_mul(2) < size.value.amount {
        return;
    }
    let title = format!("the server would take no samples on a volume of {}", size.value);
    let report = Diagnostic::error(&KIND, title);
    let report = match given {
        Some(given) => report
            .at(given.span, "this much must stay free")
            .because(size.span, "of this much")
            .help(format!("set `\"{FLAG}\"` to less than half of {}, or leave it out", size.value)),
        None => report
            .at(size.span, format!("{} of it must stay free", megabytes(free)))
            .help("write `size = 1Gi` or more"),
    };
    diagnostics
        .push(report.note("below that the server is read-only, while `/health` says that all is well"));
}

#[cfg(test)]
mod tests {
    use crate::deploy::rules::testing::reported;

    #[test]
    fn a_volume_has_room_for_samples() {
        let free =
            |amount: &str| format!(r#"server.extraArgs {{ "storage.minFreeDiskSpaceBytes" = {amount} }}"#);
        assert_eq!(reported("E0611", &free("5Gi")), ["5Gi"]);
        assert_eq!(reported("E0611", &free("4Gi")), [] as [&str; 0]);
        assert_eq!(reported("E0611", &free("6000000000")), ["6000000000"]);
        let small = |version: &str| format!("stack m {{ version = {version}, persistence.size = 150Mi }}");
        assert_eq!(reported("E0611", &small("v1.106.1")), [] as [&str; 0]);
        assert_eq!(reported("E0611", &small("v1.151.0")), ["150Mi"]);
        assert_eq!(reported("E0611", &small("v1.137.0-enterprise")), ["150Mi"]);
        let off = format!("persistence.enabled = false\n{}", free("5Gi"));
        assert_eq!(reported("E0611", &off), [] as [&str; 0]);
    }
}
