//! The reports about values in the user's files.

use super::codes::{self, GONE_FILE, OWNED, SHAPE};
use super::difference::Difference;
use super::outputs::Leaf;
use super::owned::record::Place;
use super::plan::Planner;
use crate::diagnostics::{Diagnostic, wording};
use crate::emit::TARGETS;
use crate::yaml::edit::{Found, Refusal};
use crate::yaml::path::dotted;
use crate::yaml::scalar::Guard;
use crate::yaml::{Segment, Yaml};

impl Planner<'_, '_> {
    /// Reports a value that is not what vmsc wrote.
    pub(super) fn report_owned(&mut self, place: &Place, leaf: &Leaf, text: &str, found: &Found) {
        let (file, path) = (&place.file, dotted(&place.path));
        let shown = leaf.value.to_text(0, Guard::Nothing);
        let several = shown.trim_end().contains('\n') || text[found.value.clone()].trim().contains('\n');
        let label = match several {
            true => "a build would change this".to_owned(),
            false => format!("a build would write `{}` here", wording::short(shown.trim_end())),
        };
        let mut report = Diagnostic::error(&OWNED, format!("`{path}` in `{file}` is not what vmsc wrote"));
        let mut at = found.range.clone();
        if several {
            let difference = Difference::of_value(&shown, text, &found.value);
            at = difference.at.unwrap_or(at);
            report = report.note(difference.note);
        }
        let mut report = codes::at_file(report, file, text, at, &label, self.map());
        if let Some(setting) = self.setting_of(place) {
            report = report.help(format!("set `{setting}` in the stack, and remove it here"));
        }
        let named = codes::shell(&format!("{file}:{path}"));
        self.report(
            report
                .help(format!("run `vmsc build --keep={named}` to keep what stands here"))
                .help(format!("run `vmsc build --force={named}` to overwrite it")),
        );
    }

    /// The setting that a value comes from, if one says it.
    fn setting_of(&mut self, place: &Place) -> Option<String> {
        let at = self.at?;
        let member = &self.members[at];
        let (compiled, source) = (member.compiled, member.source);
        let home = self.home()?;
        let shape = compiled.analysis.shape(self.map());
        let build = home.build(compiled, source, &shape, true);
        let edits = TARGETS.iter().flat_map(|target| (target.edits)(&build));
        let mut edits = edits.filter(|edit| *edit.file == *place.file && place.path.starts_with(&edit.path));
        edits.find_map(|edit| origin(&edit.value, &place.path[edit.path.len()..]))
    }

    /// Reports a file that can't be edited at a place.
    pub(super) fn report_refused(
        &mut self,
        file: &str,
        path: &[Segment],
        value: Option<&Yaml>,
        text: &str,
        refusal: &Refusal,
    ) {
        let title = match refusal.broken {
            true => format!("`{file}` is not valid YAML"),
            false => format!("`{file}` can't be edited at `{}`", dotted(path)),
        };
        let report = Diagnostic::error(&SHAPE, title);
        let report = codes::at_file(report, file, text, refusal.at.clone(), &refusal.reason, self.map());
        let report = report.note("the file stays as it is");
        if refusal.broken {
            return self.report(report.help("mend it, and build again"));
        }
        let Some(value) = value else {
            return self.report(report.help(format!("remove `{}` by hand, and build again", dotted(path))));
        };
        let shown = value.to_text(0, Guard::Nothing);
        let lines: Vec<&str> = shown.lines().take(3).collect();
        let more = if shown.lines().count() > 3 { "\n…" } else { "" };
        self.report(report.help(format!(
            "write that place as a plain block, or add by hand at `{}`:\n{}{more}",
            dotted(path),
            lines.join("\n")
        )));
    }

    /// Reports a file of the user's that vmsc wrote into, and that is gone.
    pub(super) fn report_gone_file(&mut self, file: &str) {
        let report = Diagnostic::error(&GONE_FILE, format!("`{file}` is gone, and vmsc wrote into it"));
        let report = match self.places() {
            Some(places)
                if file.contains("/charts/")
                    || file.ends_with("values.yaml")
                    || file.ends_with("Chart.yaml") =>
            {
                report.at(places.parent, "named here")
            }
            Some(places) => report.at(places.compose, "named here"),
            None => report,
        };
        self.report(
            report
                .note(
                    "a sparse checkout or a wrong branch may lack it; a new file would have nothing of yours",
                )
                .help("bring it back, or name another file in the stack")
                .help(format!("run `vmsc build --force={}` to make it anew", codes::shell(file))),
        );
    }
}

/// The innermost setting on the way to a value.
fn origin(value: &Yaml, path: &[Segment]) -> Option<String> {
    match (value, path) {
        (Yaml::From(settings, node), path) => {
            origin(node, path).or_else(|| settings.first().map(|setting| setting.join(".")))
        }
        (Yaml::Map(entries), [Segment::Key(key), rest @ ..]) => {
            entries.iter().find(|entry| entry.key == *key).and_then(|entry| origin(&entry.value, rest))
        }
        _ => None,
    }
}
