//! What Kubernetes takes as a key of a label or annotation, as a label's value, and as the name of an
//! environment variable.
//!
//! Sources: the pages "Labels and Selectors", "Annotations" and "Define Environment Variables for a Container"
//! of the Kubernetes documentation. The API server refuses anything else, often half-way through an upgrade.

/// A setting that is a map of labels or annotations.
#[derive(Clone, Copy, Debug)]
pub struct Keyed {
    /// Its path.
    pub path: &'static [&'static str],
    /// Whether its values are a label's too, and not only its keys.
    pub labels: bool,
}

/// The maps of labels and annotations among the settings of a chart.
pub const KEYED: &[Keyed] = &[
    annotations(&["persistence", "annotations"]),
    annotations(&["server", "podAnnotations"]),
    labels(&["server", "podLabels"]),
    labels(&["server", "nodeSelector"]),
    annotations(&["vmagent", "podAnnotations"]),
    labels(&["vmagent", "podLabels"]),
    labels(&["vmagent", "nodeSelector"]),
    annotations(&["service", "annotations"]),
    annotations(&["serviceAccount", "annotations"]),
];

const fn annotations(path: &'static [&'static str]) -> Keyed {
    Keyed { path, labels: false }
}

const fn labels(path: &'static [&'static str]) -> Keyed {
    Keyed { path, labels: true }
}

/// A key: a name of at most 63 characters, with a DNS subdomain before a slash if any.
pub const KEY: &str = "^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";
/// A value of a label.
pub const LABEL_VALUE: &str = "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$";
/// A name of an environment variable.
pub const VARIABLE: &str = "^[-._a-zA-Z][-._a-zA-Z0-9]*$";
