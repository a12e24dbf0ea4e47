//! The platforms that programs run on.

/// A platform that programs run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Platform {
    /// A Kubernetes cluster.
    Kubernetes,
    /// Docker Compose on a laptop.
    Compose,
}
