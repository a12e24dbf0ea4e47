//! What an API server admits: the *restricted* Pod Security Standard, and a policy of a company's.

use crate::cluster::{Chart, Namespace, Release, apply, must};
use crate::{broken, scenario};

/// Limits on all containers, and no image that may change under its name.
fn policy(namespace: &str) -> String {
    format!(
        r#"
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {{name: {namespace}}}
spec:
  failurePolicy: Fail
  matchConstraints:
    namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: {namespace}}}}}
    resourceRules: [{{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}}]
  validations:
    - expression: "object.spec.containers.all(c, has(c.resources.limits) && 'cpu' in c.resources.limits && 'memory' in c.resources.limits)"
      message: a container has no limits
    - expression: "object.spec.containers.all(c, c.image.contains(':') && !c.image.endsWith(':latest'))"
      message: an image may change
    - expression: "object.spec.containers.all(c, has(c.securityContext.readOnlyRootFilesystem) && c.securityContext.readOnlyRootFilesystem)"
      message: a file system can be written to
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {{name: {namespace}}}
spec: {{policyName: {namespace}, validationActions: [Deny]}}
"#
    )
}

fn run(chart: &Chart) {
    let namespace = Namespace::new("admission");
    apply("default", &policy(&namespace.name));
    let release = Release::new(&namespace, "shop");
    let said = release.upgrade_within(chart, &[], "60s").unwrap_or_else(|error| panic!("{error}"));
    assert!(!said.to_lowercase().contains("would violate"), "{said}");
    let told = release.test().unwrap_or_else(|error| panic!("{error}"));
    assert!(!told.to_lowercase().contains("would violate"), "{told}");
    let kinds = "validatingadmissionpolicy,validatingadmissionpolicybinding";
    must(&["delete", kinds, &namespace.name]);
}

#[test]
fn every_pod_is_admitted() {
    scenario(
        run,
        &[
            broken("values.yaml", "runAsNonRoot: true", "runAsNonRoot: false"),
            broken(
                "templates/tests/health.yaml",
                "        limits:\n          cpu: 100m\n          memory: 32Mi\n",
                "",
            ),
            broken("templates/tests/health.yaml", "wget -q -O -", "false"),
        ],
    );
}
