//! Where programs run.

/// A place where programs run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Platform {
    /// The cluster.
    Kubernetes,
    /// The laptop.
    Compose,
}
