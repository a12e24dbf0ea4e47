//! US-3: the chart.

use crate::cluster::objects::Objects;
use crate::common::{must, tool};
use crate::evidence::{proves, uses};
use crate::world::{HELMS, Story};
use cucumber::{given, then, when};
use serde_json::Value;
use std::fs;
use std::process::Command;

#[given("the subchart is defined")]
fn defined(story: &mut Story) {
    assert!(story.umbrella().join("charts/victoriametrics/Chart.yaml").is_file());
}

#[when("I run helm template dox-asdlc")]
fn template(story: &mut Story) {
    let chart = story.umbrella();
    let [three, four] = HELMS.map(|helm| {
        uses(&helm.replace("helm", "Helm "));
        let mut command = Command::new(tool(&format!("bin/{helm}")));
        Objects::parse(&must(command.args(["template", "dox-asdlc"]).arg(&chart)))
    });
    assert_eq!(three.all(), four.all(), "Helm 3 and 4 render the same");
    story.rendered = Some(three);
}

#[then("no template errors should occur")]
fn no_errors(story: &mut Story) {
    let chart = story.umbrella();
    for helm in HELMS {
        must(
            Command::new(tool(&format!("bin/{helm}")))
                .args(["lint", "--strict", "--with-subcharts"])
                .arg(&chart),
        );
    }
    proves("D.2", "`helm template` and `helm lint --strict` of both Helms");
}

#[then("VictoriaMetrics resources should be rendered")]
fn resources(story: &mut Story) {
    let rendered = story.rendered.as_ref().unwrap();
    let kinds: Vec<&str> = rendered.ours().filter_map(|object| object["kind"].as_str()).collect();
    for kind in [
        "StatefulSet",
        "DaemonSet",
        "Service",
        "ConfigMap",
        "PersistentVolumeClaim",
        "ServiceAccount",
        "ClusterRole",
        "ClusterRoleBinding",
    ] {
        assert!(kinds.contains(&kind), "no {kind} among {kinds:?}");
    }
    proves("3.4", "`helm template dox-asdlc` of both Helms renders each of them");
}

fn yaml(path: &std::path::Path) -> Value {
    serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[then("the chart should follow the project's conventions")]
fn conventions(story: &mut Story) {
    let parent = story.umbrella();
    let chart = parent.join("charts/victoriametrics");
    let about = yaml(&chart.join("Chart.yaml"));
    assert_eq!(about["version"], "0.1.0");
    let rendered = story.rendered.as_ref().unwrap();
    let image =
        &rendered.component("StatefulSet", "server")["spec"]["template"]["spec"]["containers"][0]["image"];
    assert!(
        image.as_str().unwrap().ends_with(&format!(":{}", about["appVersion"].as_str().unwrap())),
        "{image}"
    );
    proves("3.1", "`Chart.yaml` read as data, its `appVersion` against the rendered image");
    let values = yaml(&chart.join("values.yaml"));
    for (path, default) in [
        ("/retention", "30d"),
        ("/persistence/size", "10Gi"),
        ("/scrape/interval", "15s"),
        ("/service/name", "metrics-store"),
        ("/vmagent/resources/limits/memory", "128Mi"),
    ] {
        assert_eq!(values.pointer(path), Some(&Value::from(default)), "{path}");
    }
    proves("3.2", "its defaults here, every value set to something else in `tests/helm.rs`");
    let helpers = fs::read_to_string(chart.join("templates/_helpers.tpl")).unwrap();
    for helper in ["name", "fullname", "chart", "labels", "selectorLabels"] {
        assert!(helpers.contains(&format!("define \"victoriametrics.{helper}\"")), "no helper {helper}");
    }
    proves("3.3", "the helpers that `helm create` gives a chart are defined");
    let dependencies = yaml(&parent.join("Chart.yaml"))["dependencies"].clone();
    let ours =
        dependencies.as_array().unwrap().iter().find(|one| one["name"] == "victoriametrics").unwrap().clone();
    assert_eq!(
        (&ours["version"], &ours["condition"]),
        (&Value::from("0.1.0"), &Value::from("victoriametrics.enabled"))
    );
    proves("3.6", "the parent's `Chart.yaml` read as data");
    proves("D.5", "the parent's `Chart.yaml` read as data");
    assert_eq!(
        yaml(&parent.join("values.yaml")).pointer("/victoriametrics/retention"),
        Some(&Value::from("30d"))
    );
    proves("D.6", "the parent's `values.yaml` read as data");
    for object in rendered.ours() {
        let name = object["metadata"]["name"].as_str().unwrap();
        assert!(name == "metrics-store" || name.contains("dox-asdlc-victoriametrics"), "{name}");
        assert_eq!(object["metadata"]["labels"]["app.kubernetes.io/instance"], "dox-asdlc", "{name}");
    }
    proves("D.7", "names and labels of every rendered object");
}

#[given("victoriametrics.enabled is false")]
fn disabled(story: &mut Story) {
    story.values.push("victoriametrics.enabled=false".to_owned());
}

#[when("I render templates")]
fn render(story: &mut Story) {
    story.render();
}

#[then("no VictoriaMetrics resources should be rendered")]
fn nothing(story: &mut Story) {
    let rendered = story.rendered.as_ref().unwrap();
    let ours: Vec<&Value> = rendered.ours().map(|object| &object["metadata"]["name"]).collect();
    assert!(ours.is_empty(), "{ours:?}");
    assert!(!rendered.all().is_empty(), "the rest of the platform is");
    proves("3.5", "both Helms render the platform and nothing of VictoriaMetrics");
}

#[given(expr = "I set {word} to {string}")]
fn set(story: &mut Story, path: String, value: String) {
    story.values.push(format!("victoriametrics.{path}={value}"));
}

#[then("the PVC should request 50Gi storage")]
fn claim(story: &mut Story) {
    let rendered = story.rendered.as_ref().unwrap();
    assert_eq!(
        rendered.component("PersistentVolumeClaim", "server")["spec"]["resources"]["requests"]["storage"],
        "50Gi"
    );
    proves("1.2", "the claim with `persistence.size=50Gi`");
}
