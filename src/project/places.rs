//! The names of files and folders as they are on disk.

use super::root;
use crate::source::read;
use camino::Utf8Path;

/// A path below the root as vmsc writes it: without `.` and doubled slashes, with the letter case of the
/// folder or file that is there, and with links replaced by what they point to. A path that leaves the
/// root stays as it is, and is reported where it is used.
pub fn normal(root: &Utf8Path, path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    if path.starts_with('/') || parts.contains(&"..") || parts.is_empty() {
        return path.to_owned();
    }
    let mut known = String::new();
    for (n, part) in parts.iter().enumerate() {
        let folder = if known.is_empty() { root.to_owned() } else { root.join(&known) };
        let next = |name: &str| if known.is_empty() { name.to_owned() } else { format!("{known}/{name}") };
        if read::kind(&folder.join(part)) == read::Kind::Nothing {
            let names = read::names(&folder);
            let mut alike = names.iter().filter(|name| name.eq_ignore_ascii_case(part));
            match (alike.next(), alike.next()) {
                (Some(only), None) => {
                    known = next(only);
                    continue;
                }
                // Nothing is there: the rest is made as it is written.
                _ => {
                    return parts[n..].iter().fold(known, |known, part| {
                        if known.is_empty() { (*part).to_owned() } else { format!("{known}/{part}") }
                    });
                }
            }
        }
        known = next(part);
    }
    // Where a link leads.
    let real = root::inside(root, &known).zip(read::canonical(root).ok());
    let real = real.and_then(|(full, root)| full.strip_prefix(root).ok().map(|path| path.to_string()));
    real.filter(|real| !real.is_empty()).unwrap_or(known)
}
