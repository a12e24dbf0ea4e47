//! Addresses: `host:port`.

/// Checks that a string is `host:port`; the error says why it is not.
pub(in crate::semantics) fn endpoint(text: &str) -> Result<(), String> {
    if text.contains("://") {
        return Err("has a scheme".into());
    }
    let Some((host, port)) = text.rsplit_once(':') else { return Err("has no port".into()) };
    if host.is_empty() {
        return Err("has no host".into());
    }
    if port.contains('/') {
        return Err("has a path".into());
    }
    let bracketed = host.starts_with('[') && host.ends_with(']');
    // DNS names, and Compose names, which may contain `_`.
    let named = host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let address = || host[1..host.len() - 1].chars().all(|c| c.is_ascii_hexdigit() || matches!(c, ':' | '.'));
    if !(named || bracketed && address()) {
        return Err("the host can't be read".into());
    }
    match port.parse::<u16>() {
        Ok(port) if port > 0 => Ok(()),
        _ => Err("a port is 1 to 65535".into()),
    }
}
