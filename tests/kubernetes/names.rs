//! Names: long ones, dotted ones, and two of a kind.

use crate::cluster::{Chart, Namespace, Release, nodes};
use crate::{broken, scenario};

fn any_name(chart: &Chart) {
    let namespace = Namespace::new("names");
    // As long as Helm allows, and with a dot.
    for name in ["shop.v2", "a-release-with-the-longest-name-that-helm-lets-you-give"] {
        let release = Release::new(&namespace, &name[..name.len().min(53)]);
        release.install(chart, &[]);
        release.test().unwrap_or_else(|error| panic!("{name}: {error}"));
        release.helm(&["uninstall", &release.name, "--wait"]).unwrap();
    }
}

#[test]
fn a_release_may_have_any_name_that_helm_takes() {
    let helper = "templates/_helpers.tpl";
    scenario(
        any_name,
        &[
            broken(
                helper,
                r#"{{- $release := .Release.Name | replace "." "-" }}"#,
                "{{- $release := .Release.Name }}",
            ),
            broken(helper, "{{- if gt (len $full) 52 }}", "{{- if false }}"),
        ],
    );
}

/// Two releases in one namespace need two names of the Service; then neither scrapes the other's.
fn two(chart: &Chart) {
    let namespace = Namespace::new("two");
    let (one, other) = (Release::new(&namespace, "one"), Release::new(&namespace, "other"));
    one.install(chart, &[]);
    let told = other.upgrade(chart, &[]).expect_err("one Service can't be of two releases");
    assert!(told.contains("metrics-store"), "{told}");
    let _ = other.helm(&["uninstall", "other", "--wait"]);
    other.install(chart, &["service.name=other-store"]);
    for release in [&one, &other] {
        release.expect(r#"count(up{job="victoriametrics"} == 1)"#, 1.0);
        release.expect(r#"count(up{job="vmagent"} == 1)"#, nodes());
        let stranger = format!(r#"count(up{{job="victoriametrics",pod!="{}"}}) or vector(0)"#, release.pod());
        release.expect(&stranger, 0.0);
    }
}

#[test]
fn two_releases_in_a_namespace_keep_to_themselves() {
    scenario(
        two,
        &[broken(
            "templates/_helpers.tpl",
            "{{ $.Release.Name }};{{ include \"victoriametrics.name\" $ }};server\"",
            ".*;server\"",
        )],
    );
}
