//! The settings of a chart's values file, and other values for them.

use serde_yaml::Value;

/// Every value of a values file below a path, with the path.
pub fn leaves(value: &Value, path: String, paths: &mut Vec<(String, Value)>) {
    match value {
        Value::Mapping(map) if !map.is_empty() => {
            for (key, value) in map {
                let key = key.as_str().unwrap();
                leaves(value, if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }, paths);
            }
        }
        other => paths.push((path, other.clone())),
    }
}

/// Another value of the same kind; none for what switches the rest off.
pub fn other(path: &str, value: &Value) -> Option<String> {
    let last = path.rsplit('.').next().unwrap();
    Some(match (last, value) {
        ("enabled" | "create", _) => return None,
        ("type" | "seccompProfile", _) if path.contains("ecurityContext") || path.contains("updateStrategy") => return None,
        ("type", _) => "\"NodePort\"".into(),
        ("pullPolicy", _) => "\"Always\"".into(),
        ("accessModes", _) => "[\"ReadWriteMany\"]".into(),
        ("drop", _) => return None,
        ("fsGroupChangePolicy", _) => "\"Always\"".into(),
        ("maxUnavailable", _) => "\"10%\"".into(),
        ("tolerations", _) => "[{\"operator\": \"Exists\"}]".into(),
        ("topologySpreadConstraints", _) => {
            "[{\"maxSkew\": 1, \"topologyKey\": \"zone\", \"whenUnsatisfiable\": \"ScheduleAnyway\", \"labelSelector\": {}}]".into()
        }
        ("affinity", _) => "{\"podAntiAffinity\": {}}".into(),
        ("extraEnv", _) => "[{\"name\": \"A\", \"value\": \"b\"}]".into(),
        ("extraUrls", _) => {
            "[{\"url\": \"https://m.example.com/api/v1/write\", \"bearerTokenSecret\": {\"name\": \"s\", \"key\": \"k\"}}]".into()
        }
        ("extraScrapeConfigs", _) => {
            // A job's name is one job's, and an agent's job names its node.
            let name = path.replace('.', "-");
            let host = if path.starts_with("vmagent") { "%{NODE_IP}" } else { "a" };
            format!("[{{\"job_name\": \"{name}\", \"static_configs\": [{{\"targets\": [\"{host}:1\"]}}]}}]")
        }
        ("extraArgs", _) => "{\"loggerFormat\": \"json\"}".into(),
        ("namespaces", _) => "[\"one\", \"two\"]".into(),
        ("imagePullSecrets", _) => "[{\"name\": \"registry\"}]".into(),
        (_, Value::Bool(value)) => (!value).to_string(),
        (_, Value::Number(number)) => (number.as_i64().unwrap() + 1).to_string(),
        (_, Value::String(text)) => match text.chars().position(|c| !c.is_ascii_digit()) {
            Some(at) if at > 0 => format!("\"{}{}\"", text[..at].parse::<u64>().unwrap() * 2, &text[at..]),
            _ => format!("\"{text}-x\""),
        },
        (_, Value::Mapping(_)) => "{\"a\": \"b\"}".into(),
        _ => return None,
    })
}

/// The values of the example's subchart and those that it may be given, by the table of its README: the path,
/// the value in its values file, and the kind.
pub fn all() -> Vec<(String, Value, String)> {
    let chart = super::repository().join("charts/dox-asdlc/charts/victoriametrics");
    let read = |file: &str| std::fs::read_to_string(chart.join(file)).unwrap();
    let mut given = Vec::new();
    leaves(&serde_yaml::from_str(&read("values.yaml")).unwrap(), String::new(), &mut given);
    let readme = read("README.md");
    let rows: Vec<(&str, &str)> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(path, rest)| (path, rest.split(' ').next().unwrap()))
        .collect();
    assert!(rows.len() > 90, "the table is found");
    let mut all: Vec<(String, Value, String)> = Vec::new();
    for (path, kind) in rows {
        let inside = format!("{path}.");
        let of_row = given.iter().filter(|(leaf, _)| leaf == path || leaf.starts_with(&inside));
        let of_row: Vec<_> =
            of_row.map(|(leaf, value)| (leaf.clone(), value.clone(), kind.to_owned())).collect();
        match of_row.is_empty() {
            true => all.push((path.to_owned(), Value::Null, kind.to_owned())),
            false => all.extend(of_row),
        }
    }
    all.retain(|(path, ..)| path != "enabled");
    all
}
