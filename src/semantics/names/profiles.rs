//! Profiles, what they extend, and tests.

use super::builder::{Builder, nearest};
use super::{Item, ItemKind, Layered, Name, Resolution, Test};
use crate::diagnostics::Diagnostic;
use crate::semantics::codes::{CYCLE, UNKNOWN_PROFILE};
use crate::source::offset;

impl<'t> Builder<'t, '_> {
    /// The profiles of the stack's file.
    pub(super) fn profiles(&mut self, own: &[&'t Item]) -> Vec<Layered<'t>> {
        let mut profiles: Vec<Layered> = Vec::new();
        let mut parents: Vec<(Option<&Name>, bool)> = Vec::new();
        for item in own {
            let ItemKind::Profile { parent, body } = &item.kind else { continue };
            if let Some(first) = profiles.iter().find(|p| p.name.text == item.name.text) {
                let first = first.name.span;
                self.report_duplicate(&item.name, first, "profile");
                continue;
            }
            self.findings.resolve_name(&item.name, Resolution::Profile(offset(profiles.len())));
            profiles.push(Layered { name: &item.name, doc: &item.doc, parent: None, body });
            parents.push((parent.as_ref(), item.broken));
        }
        for (at, (parent, broken)) in parents.iter().enumerate() {
            let stack = |item: &&Item| matches!(item.kind, ItemKind::Stack { .. });
            if let Some(parent) = parent
                && !profiles.iter().any(|profile| profile.name.text == parent.text)
                && own
                    .iter()
                    .copied()
                    .filter(stack)
                    .any(|item| [&*item.name.text, "stack"].contains(&&*parent.text))
            {
                self.tell(
                    Diagnostic::error(&UNKNOWN_PROFILE, format!("`{}` is not a profile", parent.text))
                        .at(parent.span, "every profile already extends the stack")
                        .help(format!("write `profile {} {{ … }}`", profiles[at].name.text)),
                );
            } else if let Some(parent) = parent {
                profiles[at].parent = self.muted(*broken, |builder| builder.profile(parent, &profiles));
            }
        }
        for at in 0..profiles.len() {
            let (mut current, mut steps) = (profiles[at].parent, 0);
            while let Some(next) = current {
                steps += 1;
                if next == at || steps > profiles.len() {
                    let span = parents[at].0.map_or(profiles[at].name.span, |p| p.span);
                    let title = format!("the profile `{}` extends itself", profiles[at].name.text);
                    self.tell(
                        Diagnostic::error(&CYCLE, title)
                            .at(span, "leads back here")
                            .help("a profile extends the stack, or a profile that does not extend it"),
                    );
                    profiles[at].parent = None;
                    break;
                }
                current = profiles[next].parent;
            }
        }
        profiles
    }

    /// Looks up a profile by name, and reports an unknown one.
    fn profile(&mut self, name: &Name, profiles: &[Layered]) -> Option<usize> {
        let found = profiles.iter().position(|profile| profile.name.text == name.text);
        if let Some(at) = found {
            self.findings.resolve_name(name, Resolution::Profile(offset(at)));
        } else {
            let report = Diagnostic::error(&UNKNOWN_PROFILE, format!("there is no profile `{}`", name.text))
                .at(name.span, "unknown profile");
            let report = match nearest(&name.text, profiles.iter().map(|p| &*p.name.text)) {
                Some(near) => report.near(format!("did you mean `{near}`?"), name.span, &name.text, near),
                None => report.help(format!("write `profile {} {{ … }}`", name.text)),
            };
            self.tell(report);
        }
        found
    }

    /// The tests of the stack's file.
    pub(super) fn tests(&mut self, own: &[&'t Item], profiles: &[Layered]) -> Vec<Test<'t>> {
        let mut tests: Vec<Test> = Vec::new();
        for item in own {
            let ItemKind::Test { profile, body } = &item.kind else { continue };
            if let Some(first) = tests.iter().find(|test| test.name.text == item.name.text) {
                let first = first.name.span;
                self.report_duplicate(&item.name, first, "test");
                continue;
            }
            let profile = match profile {
                Some(name) => match self.muted(item.broken, |builder| builder.profile(name, profiles)) {
                    Some(at) => Some(at),
                    None => continue,
                },
                None => None,
            };
            tests.push(Test { name: &item.name, profile, body });
        }
        tests
    }
}
