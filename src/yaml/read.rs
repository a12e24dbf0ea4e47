//! Parses YAML into plain data.

use serde_yaml::Value;

/// Parses the first document; the error is the parser's message.
pub fn value(text: &str) -> Result<Value, String> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut documents = serde_yaml::Deserializer::from_str(text);
    match documents.next() {
        None => Ok(Value::Null),
        Some(first) => serde::Deserialize::deserialize(first).map_err(|error| error.to_string()),
    }
}

/// The value at a path of keys.
pub fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}
