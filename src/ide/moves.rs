//! What imports must say after files move.

use super::edit::Edits;
use super::view::View;
use crate::compile::Live;
use crate::load::Target;
use crate::source::FileId;
use crate::syntax::tree::ItemKind;
use camino::{Utf8Path, Utf8PathBuf};

/// The edits of imports that keep what they lead to when files or folders move from the first path to the
/// second.
pub fn moves(stacks: &[&Live], moved: &[(Utf8PathBuf, Utf8PathBuf)]) -> Edits {
    let mut edits = Edits::default();
    let mut seen = Vec::new();
    for live in stacks {
        let Some(own) = View::own(live) else { continue };
        for view in own.all() {
            let file = live.path_of(view.file);
            if seen.contains(&file) {
                continue;
            }
            seen.push(file.clone());
            of_file(view, &file, moved, &mut edits);
        }
    }
    edits
}

fn of_file(view: View<'_>, file: &Utf8Path, moved: &[(Utf8PathBuf, Utf8PathBuf)], edits: &mut Edits) {
    let loaded = view.analysis.loaded();
    let Some(module) = loaded.modules.iter().find(|module| module.file == view.file) else { return };
    for item in view.tree().items() {
        let ItemKind::Import { path, .. } = &item.kind else { continue };
        let target: FileId = match module.imports.get(&path.span) {
            Some(Target::Module(at)) => loaded.modules[*at].file,
            Some(Target::Data(at)) => view.map().locate(loaded.data[*at].span(&(0..0))).0,
            _ => continue,
        };
        let target = view.live.path_of(target);
        let (from, to) = (after(file, moved), after(&target, moved));
        let Some(text) = path.plain_text() else { continue };
        let wanted = relative(from.parent().unwrap_or(&from), &to);
        let stays = from == file && to == target;
        if !stays && wanted != text {
            edits.add(file.to_owned(), view.range(path.span), format!("\"{wanted}\""));
        }
    }
}

/// Where a file is after the moves.
fn after(file: &Utf8Path, moved: &[(Utf8PathBuf, Utf8PathBuf)]) -> Utf8PathBuf {
    let new = moved.iter().find_map(|(old, new)| Some((file.strip_prefix(old).ok()?, new)));
    match new {
        Some((rest, new)) if rest.as_str().is_empty() => new.clone(),
        Some((rest, new)) => new.join(rest),
        None => file.to_owned(),
    }
}

/// The path of a file from a folder.
fn relative(folder: &Utf8Path, file: &Utf8Path) -> String {
    let shared = folder.components().zip(file.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().count() - shared;
    let down: Vec<&str> = file.components().skip(shared).map(|part| part.as_str()).collect();
    let steps: Vec<&str> = std::iter::repeat_n("..", up).chain(down).collect();
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    #[test]
    fn imports_follow_what_moves() {
        let at =
            with_files("import \"lib.vms\" as lib\nlet a = lib.name\n", &[("lib.vms", "let name = \"a\"\n")]);
        let folder = at.live.place().folder.clone();
        let moved = |from: &str, to: &str| {
            let edits = moves(&[&at.live], &[(folder.join(from), folder.join(to))]);
            edits
                .files()
                .flat_map(|(_, edits)| edits.iter().map(|(_, text)| text.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(moved("lib.vms", "shared/base.vms"), ["\"shared/base.vms\""]);
        assert_eq!(moved("cursor.vms", "inner/cursor.vms"), ["\"../lib.vms\""]);
        assert_eq!(moved("other.vms", "else.vms"), [] as [String; 0]);
        let _ = (cursor, stack);
    }
}
