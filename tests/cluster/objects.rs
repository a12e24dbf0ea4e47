//! What Helm rendered, as data.

use super::NAMESPACE;
use crate::common::{must, tool};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// Rendered objects.
#[derive(Clone, Default)]
pub struct Objects(Vec<Value>);

/// Renders a chart as an install would: release `demo`, in the namespace of the tests, without hooks.
pub fn render(helm: &str, chart: &Path, values: &[String]) -> Objects {
    Objects::parse(&must(&mut template(helm, chart, values)))
}

/// The command that renders it.
pub fn template(helm: &str, chart: &Path, values: &[String]) -> Command {
    let mut command = Command::new(tool(&format!("bin/{helm}")));
    command.args(["template", "demo"]).arg(chart).args(["--namespace", NAMESPACE, "--no-hooks"]);
    for value in values {
        command.args(["--set", value]);
    }
    command
}

impl Objects {
    /// Reads a stream of YAML documents.
    pub fn parse(text: &str) -> Objects {
        let documents = serde_yaml::Deserializer::from_str(text);
        let objects = documents.map(|document| <Value as serde::Deserialize>::deserialize(document).unwrap());
        Objects(objects.filter(|object| !object.is_null()).collect())
    }

    pub fn all(&self) -> &[Value] {
        &self.0
    }

    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.0.iter().filter(move |object| object["kind"] == *kind)
    }

    /// The object of a kind and name.
    pub fn get(&self, kind: &str, name: &str) -> Option<&Value> {
        self.of_kind(kind).find(|object| object["metadata"]["name"] == *name)
    }

    /// The one object of a kind whose component is this.
    pub fn component(&self, kind: &str, component: &str) -> &Value {
        let mut found = self.of_kind(kind).filter(|object| {
            let labels = &object["metadata"]["labels"];
            labels["app.kubernetes.io/name"] == "victoriametrics"
                && labels["app.kubernetes.io/component"] == *component
        });
        let one = found.next().unwrap_or_else(|| panic!("no {kind} of the {component} is rendered"));
        assert!(found.next().is_none(), "more than one {kind} of the {component} is rendered");
        one
    }

    /// The objects of our subchart.
    pub fn ours(&self) -> impl Iterator<Item = &Value> {
        self.0
            .iter()
            .filter(|object| object["metadata"]["labels"]["app.kubernetes.io/name"] == "victoriametrics")
    }
}

/// Whether labels have all that a selector asks.
pub fn matches(selector: &Value, labels: &Value) -> bool {
    let Some(selector) = selector.as_object().filter(|selector| !selector.is_empty()) else { return false };
    selector.iter().all(|(key, value)| labels[key] == *value)
}
