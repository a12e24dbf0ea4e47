//! Addresses of files.

use camino::{Utf8Path, Utf8PathBuf};
use gen_lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stays as it is in a path (RFC 3986, unreserved characters and the slash).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The path of a `file:` address; `None` for any other address. An address of Windows, such as
/// `file:///c%3A/a`, gives `c:/a`.
pub fn path_of(uri: &str) -> Option<Utf8PathBuf> {
    let rest = uri.strip_prefix("file:")?;
    let path = match rest.strip_prefix("//") {
        // A host before the path is this one.
        Some(rest) => &rest[rest.find('/')?..],
        None => rest,
    };
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    let is_drive = |path: &str| {
        let bytes = path.as_bytes();
        bytes.len() >= 3 && bytes[0] == b'/' && bytes[1].is_ascii_alphabetic() && bytes[2] == b':'
    };
    let plain = if is_drive(&decoded) { &decoded[1..] } else { &decoded };
    let absolute = plain.starts_with('/') || is_drive(&decoded);
    (absolute && !plain.contains('\0')).then(|| Utf8PathBuf::from(plain))
}

/// The address of a file, given its absolute path.
pub fn uri_of(path: &Utf8Path) -> Uri {
    let path = path.as_str().replace('\\', "/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    Uri(format!("file://{slash}{}", utf8_percent_encode(&path, ESCAPED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_files_are_paths() {
        let path = |uri: &str| path_of(uri).map(Utf8PathBuf::into_string);
        assert_eq!(path("file:///a/b%20c.vms").as_deref(), Some("/a/b c.vms"));
        assert_eq!(path("file:///c%3A/Users/x.vms").as_deref(), Some("c:/Users/x.vms"));
        assert_eq!(path("file:///C:/x.vms").as_deref(), Some("C:/x.vms"));
        assert_eq!(path("file://localhost/a.vms").as_deref(), Some("/a.vms"));
        assert_eq!(path("file:/a.vms").as_deref(), Some("/a.vms"));
        assert_eq!(path("file:///caf%C3%A9.vms?x#y").as_deref(), Some("/café.vms"));
        for other in ["untitled:Untitled-1", "file://", "http://a/b", "file:///%FF", "", "file:a"] {
            assert_eq!(path(other), None, "{other}");
        }
    }

    #[test]
    fn paths_come_back() {
        for path in ["/a/b c.vms", "/é/#?%.vms", "c:/Users/x.vms", "/a+b@c.vms"] {
            let uri = uri_of(Utf8Path::new(path));
            assert_eq!(path_of(&uri.0).unwrap(), path, "{uri:?}");
        }
        assert_eq!(uri_of(Utf8Path::new("c:/x")).0, "file:///c%3A/x");
    }
}
