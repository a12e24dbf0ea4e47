//! What the accounts may do: what they need, and nothing else.

use crate::cluster::{Chart, Namespace, Release, nodes};
use crate::{broken, scenario};
use std::collections::BTreeSet;

/// What an account may do, a line a resource, without what everybody may.
fn rights(namespace: &Namespace, account: &str) -> BTreeSet<String> {
    let who = format!("--as=system:serviceaccount:{}:{account}", namespace.name);
    let list = |who: &str| -> BTreeSet<String> {
        let text = namespace.must(&["auth", "can-i", "--list", "--no-headers", who]);
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    };
    let nobody = list(&format!("--as=system:serviceaccount:{}:nobody", namespace.name));
    list(&who).difference(&nobody).cloned().collect()
}

fn run(chart: &Chart) {
    let namespace = Namespace::new("rights");
    let release = Release::new(&namespace, "shop");
    release.install(chart, &[]);
    // All agents find all that is theirs.
    release.expect(r#"count(up{job="vmagent"} == 1)"#, nodes());
    release.expect(r#"count(up{job="kubernetes-pods"} == 1) or count(up{job="orchestrator"} == 1)"#, 1.0);
    let mut accounts = BTreeSet::new();
    for pod in namespace.get("pods", &["-l", "app.kubernetes.io/name=victoriametrics"]) {
        accounts.insert(pod["spec"]["serviceAccountName"].as_str().unwrap().to_owned());
    }
    assert_eq!(accounts.len(), 2, "{accounts:?}");
    for account in accounts {
        let wanted: &[&str] = if account.ends_with("vmagent") { &["pods [] [] [list watch]"] } else { &[] };
        let wanted: BTreeSet<String> = wanted.iter().map(|right| (*right).to_owned()).collect();
        assert_eq!(rights(&namespace, &account), wanted, "{account}");
    }
}

#[test]
fn accounts_have_the_rights_that_they_need() {
    scenario(
        run,
        &[
            broken("templates/clusterrole.yaml", r#"resources: ["pods"]"#, r#"resources: ["pods", "nodes"]"#),
            broken("templates/clusterrole.yaml", r#"["list", "watch"]"#, r#"["list", "watch", "get"]"#),
        ],
    );
}
