//! The samples: where they are, and that they stay.

use crate::cluster::{Chart, Namespace, Release, must, wait};
use crate::{IN_THE_POD, broken, scenario};

#[track_caller]
fn refused(release: &Release, chart: &Chart, values: &[&str], said: &str) {
    let told = release.upgrade(chart, values).expect_err("it must be refused");
    assert!(told.contains(said) && told.contains("can't be installed"), "{told}");
}

fn kept(chart: &Chart) {
    let namespace = Namespace::new("volumes");
    let release = Release::new(&namespace, "shop");
    release.install(chart, &["persistence.size=1Gi"]);
    let claim = format!("pvc/{}", release.server());
    let uid = release.uid(&claim);
    let phase = namespace.must(&["get", &claim, "-o", "jsonpath={.status.phase}"]);
    assert_eq!(phase, "Bound");
    release.write("before");

    namespace.must(&["delete", "pod", &release.pod()]);
    ready(&release);
    release.has("before");

    release.install(chart, &["persistence.size=2Gi"]);
    let asked = namespace.must(&["get", &claim, "-o", "jsonpath={.spec.resources.requests.storage}"]);
    assert_eq!(asked, "2Gi");
    refused(&release, chart, &["persistence.size=1Gi"], "persistence.size: 1Gi is less than the 2Gi");
    let slow = ["persistence.size=2Gi", "persistence.storageClass=slow"];
    refused(&release, chart, &slow, "persistence.storageClass: \"slow\" is not the class");
    // The class that it has can be given, and left out again.
    release.install(chart, &["persistence.size=2Gi", "persistence.storageClass=standard"]);
    release.install(chart, &["persistence.size=2Gi"]);

    for named in ["nameOverride=n", "fullnameOverride=f", "service.name=other"] {
        let told = release.upgrade(chart, &["persistence.size=2Gi", named]);
        if let Err(told) = told {
            // A selector can't change: the command that the chart names is all that it takes.
            let command =
                told.split("run `").nth(1).unwrap_or_else(|| panic!("{told}")).split('`').next().unwrap();
            must(&command.split_whitespace().skip(1).collect::<Vec<_>>());
            release.helm(&["rollback", &release.name]).unwrap();
        }
    }

    release.helm(&["uninstall", &release.name, "--wait"]).unwrap();
    release.install(chart, &["persistence.size=2Gi"]);
    assert_eq!(release.uid(&claim), uid);
    release.has("before");
}

fn ready(release: &Release) {
    wait("the server is ready", 90, || {
        let pod = format!("pod/{}", release.pod());
        release.namespace.kubectl(&["wait", &pod, "--for=condition=Ready", "--timeout=5s"])
    });
}

#[test]
fn samples_stay_on_the_claim() {
    let claim = "templates/persistentvolumeclaim.yaml";
    scenario(
        kept,
        &[
            broken(claim, r#""helm.sh/resource-policy" "keep""#, r#""x" "keep""#),
            broken(claim, r#"{{- if eq $class "given" }}"#, "{{- if .Values.persistence.storageClass }}"),
            broken("templates/checks.yaml", "{{- with $standing }}", "{{- with false }}"),
            broken("templates/statefulset.yaml", "claimName: {{", "claimName: x{{"),
        ],
    );
}

/// The default release of the chart, the long-term one, and a late one, on one volume.
fn releases(chart: &Chart) {
    let namespace = Namespace::new("releases");
    let release = Release::new(&namespace, "shop");
    for version in ["v1.106.1", "v1.136.23", "v1.151.0"] {
        let tags = format!("server.image.tag={version},victoriametrics.vmagent.image.tag={version}");
        release.install(chart, &[&tags]);
        release.expect(
            &format!(r#"count(vm_app_version{{short_version="{version}",job="victoriametrics"}})"#),
            1.0,
        );
        release.write(&format!("of_{}", version.replace(['.', 'v'], "_")));
        release.has("of__1_106_1");
        release.test().unwrap_or_else(|error| panic!("{version}: {error}"));
    }
}

#[test]
fn three_releases_run_on_one_volume() {
    scenario(releases, &[IN_THE_POD]);
}

/// An installation of vmsc 0.1 is upgraded with the one step by hand that the chart names; the samples stay.
fn from_0_1(chart: &Chart) {
    for (helm, values) in
        [("helm3", &[][..]), ("helm4", &["fullnameOverride=f", "persistence.existingClaim=f"])]
    {
        let namespace = Namespace::new("before");
        let release = Release { helm, ..Release::new(&namespace, "shop") };
        release.install(&Chart::of_0_1(), &values[..values.len().min(1)]);
        let name = if values.is_empty() { release.server() } else { "f".to_owned() };
        let pod = format!("{name}-0");
        let sample = ["exec", &pod, "--", "timeout", "5", "wget", "-q", "-O", "-", "--post-data=before 42"];
        namespace.must(&[&sample[..], &["http://127.0.0.1:8428/api/v1/import/prometheus"]].concat());
        let uid = release.uid(&format!("pvc/{name}"));

        let command = format!("kubectl -n {} delete statefulset {name} --cascade=orphan", namespace.name);
        refused(&release, chart, values, &command);
        must(&command.split_whitespace().skip(1).collect::<Vec<_>>());
        release.install(chart, values);
        assert_eq!(release.uid(&format!("pvc/{name}")), uid, "{helm}");
        let query = "http://127.0.0.1:8428/api/v1/query?query=last_over_time(before%5B1d%5D)";
        wait("the sample of before is there", 60, || {
            let said =
                namespace.kubectl(&["exec", &pod, "--", "timeout", "5", "wget", "-q", "-O", "-", query])?;
            if said.contains("\"42\"") { Ok(()) } else { Err(said) }
        });
    }
}

#[test]
fn an_installation_of_0_1_keeps_its_samples() {
    let standing = "{{- with lookup \"apps/v1\" \"StatefulSet\"";
    scenario(
        from_0_1,
        &[broken("templates/checks.yaml", standing, "{{- with lookup \"apps/v1\" \"NoSuchKind\"")],
    );
}
